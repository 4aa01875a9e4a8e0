//! Connections are kept, shared and replaced without the caller noticing.

mod common;

use std::collections::HashSet;
use std::sync::Arc;
use std::time::{Duration, Instant};

use common::{SUBMITTED, client_of, client_with, send_to};
use shoutout_otp::{Client, Delivery, Status};
use stub_service::{Answer, EchoService, Fault, FaultService, Identity, Phase, Plan, StubService, echo};

#[test]
fn sends_of_one_thread_share_a_connection_even_when_the_client_is_freed_between() {
    let service = StubService::start(echo).unwrap();
    for _ in 0..5 {
        send_to(&client_of(&service.url()), "94771234567");
    }
    assert_eq!((service.requests().len(), service.connections()), (5, 1));
}

/// A service over each kind of connection, and a client that trusts it.
fn over_each_kind_of_connection(plan: &Plan, test: impl Fn(&str, &FaultService, &Client)) {
    let identity = Identity::for_loopback();
    let ca_file = identity.ca_file();
    for tls in [false, true] {
        for tunnel in [false, true] {
            let plan = Plan { tunnel, ..plan.clone() };
            let service =
                if tls { FaultService::start_tls(plan, &identity) } else { FaultService::start(plan) }.unwrap();
            let client = client_with(&service.url(), |options| {
                options.set_ca_file(ca_file.path().to_str().unwrap()).unwrap();
                options.set_proxy(tunnel.then(|| service.proxy_url()).as_deref()).unwrap();
            });
            test(&format!("tls: {tls}, tunnel: {tunnel}"), &service, &client);
        }
    }
}

fn plan(fault: Fault, healthy: usize, answer: Answer) -> Plan {
    Plan { phase: Phase::AfterTheAnswer, fault, tunnel: false, healthy, answer }
}

#[test]
fn a_connection_that_ended_in_between_politely_or_rudely_is_replaced_silently() {
    for fault in [Fault::Fin, Fault::Rst] {
        over_each_kind_of_connection(&plan(fault, 0, Answer::json(200, SUBMITTED)), |kind, service, client| {
            for i in 1..=3 {
                let sent = client.send_otp("ShoutDEMO", "94771234567", "{{code}}").unwrap();
                assert_eq!(sent.attempts(), 1, "{kind}, {fault:?}");
                match fault {
                    Fault::Rst => service.wait_for_the_end_of_all_connections(),
                    _ => until(|| service.breaks() == i),
                }
            }
            assert_eq!((service.whole_requests(), service.connections()), (3, 3), "{kind}, {fault:?}");
        });
    }
}

#[test]
fn a_second_answer_that_nobody_asked_for_is_nobodys() {
    let of_another = Answer::json(200, SUBMITTED.replace("ref-1", "of-another")).to_bytes();
    let two = Answer::new(200)
        .header("content-length", SUBMITTED.len().to_string())
        .body([SUBMITTED.as_bytes(), &of_another].concat());
    over_each_kind_of_connection(&plan(Fault::Silence, usize::MAX, two), |kind, service, client| {
        for _ in 0..3 {
            assert_eq!(send_to(client, "94771234567"), "ref-1", "{kind}");
        }
        assert_eq!((service.whole_requests(), service.connections()), (3, 3), "{kind}");
    });
}

/// The service waits for another request after each of these; the client must not send it there.
#[test]
fn a_connection_is_kept_unless_the_answer_ends_it_or_leaves_in_doubt_where_it_ends() {
    let in_chunks = format!("{:x}\r\n{SUBMITTED}\r\n0\r\n\r\n", SUBMITTED.len());
    for (answer, connections) in [
        (Answer::json(200, SUBMITTED), 1),
        (Answer::json(200, SUBMITTED).header("connection", "x-a, Close"), 3),
        // `Answer` adds a length.
        (Answer::json(200, in_chunks).header("transfer-encoding", "chunked"), 3),
    ] {
        let what = String::from_utf8(answer.to_bytes()).unwrap();
        over_each_kind_of_connection(&plan(Fault::Silence, usize::MAX, answer), |kind, service, client| {
            for _ in 0..3 {
                assert_eq!(send_to(client, "94771234567"), "ref-1", "{kind}: {what}");
            }
            assert_eq!((service.whole_requests(), service.connections()), (3, connections), "{kind}: {what}");
        });
    }
}

#[test]
fn an_answer_that_comes_too_late_is_nobodys() {
    let service = EchoService::start().unwrap();
    let hasty = client_with(&format!("{}/slow-300", service.url()), |options| options.set_timeout_ms(100).unwrap());
    let patient = client_of(&service.url());
    let error = hasty.send_otp("ShoutDEMO", "94770000001", "{{code}}").unwrap_err();
    assert_eq!((error.status(), error.delivery()), (Status::Timeout, Delivery::Unknown), "{error}");
    // Before the late answer is there, and after: with one more that takes as long.
    assert_eq!(send_to(&patient, "94770000002"), "for-94770000002");
    assert_eq!(send_to(&client_of(&format!("{}/slow-300", service.url())), "94770000003"), "for-94770000003");
    assert_eq!(send_to(&patient, "94770000004"), "for-94770000004");
    assert_eq!(service.counts().requests, 4);
}

fn until(holds: impl Fn() -> bool) {
    let end = Instant::now() + Duration::from_secs(30);
    while !holds() {
        assert!(Instant::now() < end, "it never comes");
        std::thread::yield_now();
    }
}

#[test]
fn many_threads_on_one_client_each_get_their_own_answer() {
    const THREADS: usize = 64;
    const SENDS: usize = 5;
    let service = StubService::start(echo).unwrap();
    let client = Arc::new(client_of(&service.url()));
    let threads: Vec<_> = (0..THREADS)
        .map(|thread| {
            let client = client.clone();
            std::thread::spawn(move || {
                for i in 0..SENDS {
                    let destination = format!("9477{thread:03}{i:04}");
                    assert_eq!(send_to(&client, &destination), format!("for-{destination}"));
                }
            })
        })
        .collect();
    threads.into_iter().for_each(|thread| thread.join().unwrap());
    let asked: HashSet<_> = service.requests().into_iter().map(|request| request.body).collect();
    assert_eq!(asked.len(), THREADS * SENDS);
    assert!(service.connections() <= THREADS, "{} connections", service.connections());
}
