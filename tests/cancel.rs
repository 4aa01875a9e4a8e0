//! Calls that are cancelled: in each phase, plain, over TLS and through a proxy, counted at the service; and one call's own
//! settings.

mod common;
#[path = "common/trust.rs"]
mod trust;

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use common::{SUBMITTED, client_of, client_with};
use shoutout_otp::{Call, Client, Delivery, Error, SendResult, Status};
use stub_service::{Answer, BlackHole, EchoService, Fault, FaultService, Phase, Plan};
use trust::Trust;

/// So long after its beginning a call is cancelled: it then waits where the service fell silent.
const CANCEL_AFTER: Duration = Duration::from_millis(100);
/// So long after that it has ended.
const PROMISED: Duration = Duration::from_millis(50);
/// Only a call that is late each time is late; the machine may have been busy.
const TRIES: usize = 3;

fn send(client: &Client, call: &Call, content: &str) -> Result<SendResult, Error> {
    client.send_otp_with(call, "ShoutDEMO", "94771234567", content)
}

/// Sends, cancels meanwhile, and gives the error and how long after the cancellation it came.
fn cancelled(client: &Client, content: &str) -> (Error, Duration) {
    let call = Call::new();
    thread::scope(|scope| {
        let sending = scope.spawn(|| (send(client, &call, content), Instant::now()));
        thread::sleep(CANCEL_AFTER);
        let cancelled_at = Instant::now();
        call.cancel();
        let (outcome, ended_at) = sending.join().unwrap();
        (outcome.unwrap_err(), ended_at.saturating_duration_since(cancelled_at))
    })
}

/// The same, again if it was late.
fn cancelled_in_time(what: &str, client: &Client, content: &str) -> Error {
    let mut late = Vec::new();
    for _ in 0..TRIES {
        let (error, took) = cancelled(client, content);
        assert_eq!(error.status(), Status::Cancelled, "{what}: {error}");
        if took <= PROMISED {
            return error;
        }
        late.push(took);
    }
    panic!("{what}: always later than {PROMISED:?}: {late:?}");
}

/// More than the kernel's buffers take.
fn long_content() -> String {
    format!("{{{{code}}}}{}", "x".repeat(16_000))
}

/// A service that falls silent in this phase, and a client of it.
fn silent_in(phase: Phase, tunnel: bool, tls: Option<&Trust>) -> (FaultService, Client) {
    let plan = Plan { phase, fault: Fault::Silence, tunnel, healthy: 0, answer: Answer::json(200, SUBMITTED) };
    let service = match tls {
        Some(trust) => FaultService::start_tls(plan, &trust.identity).unwrap(),
        None => FaultService::start(plan).unwrap(),
    };
    let client = client_with(&service.url(), |options| {
        if let Some(trust) = tls {
            options.set_ca_file(trust.path()).unwrap();
        }
        if tunnel {
            options.set_proxy(Some(&service.proxy_url())).unwrap();
        }
    });
    (service, client)
}

#[test]
fn a_call_can_be_cancelled_in_every_phase() {
    use Delivery::{NotSent, Unknown};
    let trust = Trust::new();
    for (phase, delivery) in [
        (Phase::BeforeTheTunnel, NotSent),
        (Phase::InTheTunnelsAnswer, NotSent),
        (Phase::InTheHandshake, NotSent),
        (Phase::InALongRequest, NotSent),
        (Phase::AfterTheRequest, Unknown),
        (Phase::InTheAnswersHead, Unknown),
        (Phase::InTheAnswersBody, Unknown),
    ] {
        for (tunnel, tls) in [(false, None), (false, Some(&trust)), (true, None), (true, Some(&trust))] {
            let is_of_proxy = matches!(phase, Phase::BeforeTheTunnel | Phase::InTheTunnelsAnswer);
            if (is_of_proxy && !tunnel) || (phase == Phase::InTheHandshake && tls.is_none()) {
                continue;
            }
            let what = format!("{phase:?}, tunnel {tunnel}, TLS {}", tls.is_some());
            let (service, client) = silent_in(phase, tunnel, tls);
            let content = if phase == Phase::InALongRequest { &long_content() } else { "{{code}}" };
            let error = cancelled_in_time(&what, &client, content);
            // A long request may be small enough for this machine's buffers.
            if phase != Phase::InALongRequest {
                assert_eq!(error.delivery(), delivery, "{what}: {error}");
            }
            assert_eq!(error.attempts(), 1, "{what}: {error}");
            drop(client);
            drop(service);
        }
    }
}

#[test]
fn a_call_can_be_cancelled_while_it_connects() {
    let hole = BlackHole::open().unwrap();
    let client = client_of(&format!("http://{}", hole.address()));
    let error = cancelled_in_time("connecting", &client, "{{code}}");
    assert_eq!(error.delivery(), Delivery::NotSent);
}

#[test]
fn a_call_can_be_cancelled_in_the_pause_before_a_retry() {
    // Nobody listens there, and each pause is longer than the one before.
    let client = client_with("http://127.0.0.1:1", |options| options.set_max_retries(10).unwrap());
    let error = cancelled_in_time("the pause", &client, "{{code}}");
    assert_eq!(error.delivery(), Delivery::NotSent);
    assert!(error.attempts() > 0);
}

#[test]
fn a_call_that_is_cancelled_before_it_begins_opens_nothing() {
    let service = EchoService::start().unwrap();
    let client = client_of(&service.url());
    let call = Call::new();
    call.cancel();
    for _ in 0..2 {
        let error = send(&client, &call, "{{code}}").unwrap_err();
        assert_eq!((error.status(), error.delivery()), (Status::Cancelled, Delivery::NotSent), "{error}");
        assert_eq!(error.attempts(), 0);
        assert!(error.message().contains("cancelled before it began"), "{error}");
    }
    assert_eq!(service.counts().requests, 0);
}

#[test]
fn a_cancel_after_the_end_changes_nothing_but_the_next_use() {
    let service = EchoService::start().unwrap();
    let client = client_of(&service.url());
    let call = Call::new();
    let sent = send(&client, &call, "{{code}}").unwrap();
    call.cancel();
    assert!(!sent.reference_id().is_empty());
    assert_eq!(send(&client, &call, "{{code}}").unwrap_err().status(), Status::Cancelled);
    client.send_otp("ShoutDEMO", "94771234567", "{{code}}").unwrap();
    assert_eq!(service.counts().requests, 2);
}

#[test]
fn cancel_and_end_may_meet_ten_thousand_times() {
    let service = EchoService::start().unwrap();
    let client = client_of(&service.url());
    let (mut sent, mut unknown, mut not_sent) = (0, 0, 0);
    for round in 0..10_000 {
        let call = Arc::new(Call::new());
        let canceller = {
            let call = call.clone();
            // The cancellation meets each part of a call that takes some tens of microseconds.
            thread::spawn(move || {
                let start = Instant::now();
                while start.elapsed() < Duration::from_micros(round % 200) {
                    thread::yield_now();
                }
                call.cancel();
            })
        };
        match send(&client, &call, "{{code}}") {
            Ok(_) => sent += 1,
            Err(error) => {
                assert_eq!(error.status(), Status::Cancelled, "{error}");
                match error.delivery() {
                    Delivery::NotSent => not_sent += 1,
                    _ => unknown += 1,
                }
            }
        }
        canceller.join().unwrap();
    }
    let requests = service.counts().requests;
    assert!(requests >= sent && requests <= sent + unknown, "{requests} of {sent} and {unknown}, {not_sent} not sent");
}

#[test]
fn an_interrupt_check_is_asked_and_cancels() {
    let (_service, client) = silent_in(Phase::AfterTheRequest, false, None);
    let asked = Arc::new(AtomicUsize::new(0));
    let mut call = Call::new();
    let count = asked.clone();
    call.set_interrupt_check(Some(Box::new(move || count.fetch_add(1, Ordering::Relaxed) >= 3)));
    let start = Instant::now();
    let error = send(&client, &call, "{{code}}").unwrap_err();
    assert_eq!((error.status(), error.delivery()), (Status::Cancelled, Delivery::Unknown), "{error}");
    assert!(start.elapsed() < Duration::from_secs(5), "at least every 50 ms");
    assert_eq!(asked.load(Ordering::Relaxed), 4);
}

#[test]
fn a_check_that_says_go_on_changes_nothing() {
    let service = EchoService::start().unwrap();
    let client = client_of(&service.url());
    let mut call = Call::new();
    call.set_interrupt_check(Some(Box::new(|| false)));
    for _ in 0..100 {
        send(&client, &call, "{{code}}").unwrap();
    }
    assert_eq!(service.counts().requests, 100);
}

#[test]
fn a_call_has_a_timeout_of_its_own() {
    let (_service, client) = silent_in(Phase::AfterTheRequest, false, None);
    let mut call = Call::new();
    call.set_timeout_ms(50).unwrap();
    let start = Instant::now();
    let error = send(&client, &call, "{{code}}").unwrap_err();
    assert_eq!((error.status(), error.delivery()), (Status::Timeout, Delivery::Unknown), "{error}");
    assert!(start.elapsed() < Duration::from_secs(5), "the client's is 30 s");
}

#[test]
fn a_setting_that_was_refused_makes_each_use_fail() {
    let service = EchoService::start().unwrap();
    let client = client_of(&service.url());
    let mut call = Call::new();
    call.set_timeout_ms(0).unwrap_err();
    call.set_timeout_ms(1_000).unwrap();
    let error = send(&client, &call, "{{code}}").unwrap_err();
    assert_eq!(error.status(), Status::InvalidArgument);
    assert!(error.message().contains("timeout_ms"), "{error}");
    let mut call = Call::new();
    call.add_header("Host", "x").unwrap_err();
    assert!(send(&client, &call, "{{code}}").unwrap_err().message().contains("add_header"));
    assert_eq!(service.counts().requests, 0);
}

#[test]
fn client_and_call_have_at_most_32_headers_together() {
    let service = EchoService::start().unwrap();
    let client = client_with(&service.url(), |options| options.add_header("x-first", "1").unwrap());
    let mut call = Call::new();
    for number in 0..31 {
        call.add_header(&format!("x-{number}"), "value").unwrap();
    }
    send(&client, &call, "{{code}}").unwrap();
    call.add_header("x-31", "value").unwrap();
    assert_eq!(send(&client, &call, "{{code}}").unwrap_err().status(), Status::InvalidArgument);
    assert!(call.add_header("x-32", "value").is_err());
}

#[test]
fn a_call_is_used_by_one_call_at_a_time() {
    let (_service, client) = silent_in(Phase::AfterTheRequest, false, None);
    let call = Call::new();
    thread::scope(|scope| {
        let first = scope.spawn(|| send(&client, &call, "{{code}}"));
        thread::sleep(CANCEL_AFTER);
        let error = send(&client, &call, "{{code}}").unwrap_err();
        assert_eq!((error.status(), error.delivery()), (Status::InvalidArgument, Delivery::NotSent), "{error}");
        call.cancel();
        assert_eq!(first.join().unwrap().unwrap_err().status(), Status::Cancelled);
    });
}
