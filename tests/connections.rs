//! Connections are kept, shared and replaced without the caller noticing.

mod common;

use std::collections::HashSet;
use std::io::{BufReader, Write};
use std::net::Shutdown;
use std::sync::{Arc, mpsc};

use common::{client_of, echo, send_to};
use stub_service::{Listener, Request, StubService};

#[test]
fn sends_of_one_thread_share_a_connection_even_when_the_client_is_freed_between() {
    let service = StubService::start(echo).unwrap();
    for _ in 0..5 {
        send_to(&client_of(&service.url()), "94771234567");
    }
    assert_eq!((service.requests().len(), service.connections()), (5, 1));
}

#[test]
fn a_connection_that_the_server_closed_in_between_is_replaced_silently() {
    let (tell_closed, closed) = mpsc::channel();
    let listener = Listener::start(move |mut stream| {
        let request = Request::read(&mut BufReader::new(&stream)).unwrap().unwrap();
        stream.write_all(&echo(&request).to_bytes()).unwrap();
        stream.shutdown(Shutdown::Both).unwrap();
        tell_closed.send(()).unwrap();
    });
    let listener = listener.unwrap();
    let client = client_of(&format!("http://{}", listener.address()));
    for connections in 1..=3 {
        let sent = client.send_otp("ShoutDEMO", "94771234567", "{{code}}").unwrap();
        assert_eq!((sent.attempts(), listener.accepted()), (1, connections));
        closed.recv().unwrap();
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
