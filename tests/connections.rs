//! Connections are kept, shared and replaced without the caller noticing, in threads and across `fork()`.
// fork() is unsafe by nature, and nothing else can show what a forked child does.
#![allow(unsafe_code)]

use std::collections::HashSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use shoutout_otp::{Client, Options};
use stub_service::{Answer, Request, StubService};

/// Names the destination of the request in the answer, so that a crossed answer shows.
fn echo(request: &Request) -> Answer {
    let body = String::from_utf8_lossy(&request.body).into_owned();
    let destination = body.rsplit('"').nth(1).unwrap_or_default();
    Answer::json(200, format!(r#"{{"referenceId":"for-{destination}","messageResult":{{"status":"1001"}}}}"#))
}

fn client_of(service: &StubService) -> Client {
    let mut options = Options::new();
    options.set_base_url(&service.url()).unwrap();
    Client::new("golden.test.key", &options).unwrap()
}

fn send_to(client: &Client, destination: &str) -> String {
    let sent = client.send_otp("ShoutDEMO", destination, "{{code}}").unwrap_or_else(|e| panic!("{destination}: {e}"));
    sent.reference_id().to_owned()
}

#[test]
fn sends_of_one_thread_share_a_connection_even_when_the_client_is_freed_between() {
    let service = StubService::start(echo).unwrap();
    for _ in 0..5 {
        send_to(&client_of(&service), "94771234567");
    }
    assert_eq!((service.requests().len(), service.connections()), (5, 1));
}

#[test]
fn a_connection_that_the_server_closed_in_between_is_replaced_silently() {
    let service = StubService::start(echo).unwrap();
    let address = service.url().trim_start_matches("http://").to_owned();
    let client = client_of(&service);
    send_to(&client, "94771234567");
    // The idle connection dies with the service; what listens on its port next is another one.
    drop(service);
    let revived = std::net::TcpListener::bind(&address).expect("the port is free again");
    let server = std::thread::spawn(move || {
        let (mut stream, _) = revived.accept().unwrap();
        let request = Request::read(&mut std::io::BufReader::new(&stream)).unwrap().unwrap();
        std::io::Write::write_all(&mut stream, &echo(&request).to_bytes()).unwrap();
    });
    let sent = client.send_otp("ShoutDEMO", "94771234567", "{{code}}").unwrap();
    assert_eq!(sent.attempts(), 1);
    server.join().unwrap();
}

#[test]
fn many_threads_on_one_client_each_get_their_own_answer() {
    let service = StubService::start(echo).unwrap();
    let client = Arc::new(client_of(&service));
    let threads: Vec<_> = (0..16)
        .map(|thread| {
            let client = client.clone();
            std::thread::spawn(move || {
                for i in 0..20 {
                    let destination = format!("9477{thread:03}{i:04}");
                    assert_eq!(send_to(&client, &destination), format!("for-{destination}"));
                }
            })
        })
        .collect();
    threads.into_iter().for_each(|thread| thread.join().unwrap());
    let asked: HashSet<_> = service.requests().into_iter().map(|request| request.body).collect();
    assert_eq!(asked.len(), 16 * 20);
    assert!(service.connections() <= 16, "{} connections", service.connections());
}

/// Runs `body` in a forked child and gives its exit status; a panic in it is 101.
fn in_a_forked_child(body: impl FnOnce()) -> i32 {
    // SAFETY: the child runs our code and leaves by _exit, so nothing of the parent's is run or dropped twice.
    match unsafe { libc::fork() } {
        0 => {
            let outcome = std::panic::catch_unwind(std::panic::AssertUnwindSafe(body));
            // SAFETY: leaves at once.
            unsafe { libc::_exit(if outcome.is_ok() { 0 } else { 101 }) }
        }
        child => {
            let mut status = 0;
            // SAFETY: waits for the child made above.
            assert_eq!(unsafe { libc::waitpid(child, &mut status, 0) }, child);
            libc::WEXITSTATUS(status)
        }
    }
}

#[test]
fn a_forked_child_opens_its_own_connection_and_leaves_the_parents_unharmed() {
    let service = StubService::start(echo).unwrap();
    let client = client_of(&service);
    send_to(&client, "94770000001");
    let child = in_a_forked_child(|| {
        assert_eq!(send_to(&client, "94770000002"), "for-94770000002");
        let grandchild = in_a_forked_child(|| assert_eq!(send_to(&client, "94770000003"), "for-94770000003"));
        assert_eq!(grandchild, 0);
        assert_eq!(send_to(&client, "94770000004"), "for-94770000004");
    });
    assert_eq!(child, 0);
    assert_eq!(send_to(&client, "94770000005"), "for-94770000005");
    assert_eq!(service.connections(), 3, "parent, child and grandchild have one each");
}

#[test]
fn a_fork_in_the_middle_of_other_threads_sends_harms_nobody() {
    let service = StubService::start(echo).unwrap();
    let client = Arc::new(client_of(&service));
    let stop = Arc::new(AtomicBool::new(false));
    let busy: Vec<_> = (0..4)
        .map(|thread| {
            let (client, stop) = (client.clone(), stop.clone());
            std::thread::spawn(move || {
                let destination = format!("9477111000{thread}");
                while !stop.load(Ordering::Relaxed) {
                    assert_eq!(send_to(&client, &destination), format!("for-{destination}"));
                }
            })
        })
        .collect();
    for i in 0..20 {
        let destination = format!("947722200{i:02}");
        assert_eq!(in_a_forked_child(|| assert_eq!(send_to(&client, &destination), format!("for-{destination}"))), 0);
    }
    stop.store(true, Ordering::Relaxed);
    busy.into_iter().for_each(|thread| thread.join().unwrap());
}
