//! Connections are kept, shared and replaced without the caller noticing.

mod common;

use std::collections::HashSet;
use std::io::{BufReader, Write};
use std::net::TcpListener;
use std::sync::Arc;

use common::{client_of, send_to};
use stub_service::{Request, StubService, echo, reset_on_close};

#[test]
fn sends_of_one_thread_share_a_connection_even_when_the_client_is_freed_between() {
    let service = StubService::start(echo).unwrap();
    for _ in 0..5 {
        send_to(&client_of(&service.url()), "94771234567");
    }
    assert_eq!((service.requests().len(), service.connections()), (5, 1));
}

#[test]
fn a_connection_that_ended_in_between_politely_or_rudely_is_replaced_silently() {
    for rudely in [false, true] {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let client = client_of(&format!("http://{}", listener.local_addr().unwrap()));
        for _ in 0..3 {
            std::thread::scope(|scope| {
                // Each on a connection of its own, which is over before the next send begins.
                let service = scope.spawn(|| {
                    let mut stream = listener.accept().unwrap().0;
                    let request = Request::read(&mut BufReader::new(&stream)).unwrap().unwrap();
                    stream.write_all(&echo(&request).to_bytes()).unwrap();
                    stream
                });
                let sent = client.send_otp("ShoutDEMO", "94771234567", "{{code}}").unwrap();
                assert_eq!(sent.attempts(), 1, "rudely: {rudely}");
                let stream = service.join().unwrap();
                if rudely {
                    reset_on_close(&stream).unwrap();
                }
            });
        }
    }
}

#[test]
fn many_threads_on_one_client_each_get_their_own_answer() {
    let service = StubService::start(echo).unwrap();
    let client = Arc::new(client_of(&service.url()));
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
