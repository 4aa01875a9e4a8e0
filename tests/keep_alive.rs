//! How long a connection is kept: as long as the service says, less a margin, and not at all where connections end
//! unannounced, for a request that meets such an end is UNKNOWN.

mod common;

use std::collections::HashSet;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::Duration;

use common::{client_of, client_that_trusts, send_to};
use shoutout_otp::{Client, Delivery};
use stub_service::{Authority, EchoService, HastyService, Identity, StubService, echo};

const SENDS: usize = 200;
/// What may be lost until the library knows what kind of host it is.
const MOST_UNKNOWN: usize = 2;

fn destination(number: usize) -> String {
    format!("9477{number:07}")
}

/// A service whose answers have these Keep-Alive headers, in their order, and the last one from then on.
fn saying(headers: &'static [&'static str]) -> StubService {
    let answered = AtomicUsize::new(0);
    let service = StubService::start(move |request| {
        let nth = answered.fetch_add(1, Ordering::SeqCst).min(headers.len() - 1);
        echo(request).header("connection", "keep-alive").header("keep-alive", headers[nth])
    });
    service.unwrap()
}

#[test]
fn a_connection_is_not_used_when_the_services_limit_is_over() {
    let services = [saying(&["timeout=2"]), saying(&["timeout=60", "timeout=2"]), saying(&["max=100, timeout=2"])];
    let connections_after = |number| -> Vec<usize> {
        let send = |service: &StubService| {
            send_to(&client_of(&service.url()), &destination(number));
            service.connections()
        };
        services.iter().map(send).collect()
    };
    connections_after(1);
    assert_eq!(connections_after(2), [1, 1, 1]);
    // The limit less the margin of a second.
    thread::sleep(Duration::from_secs(1));
    assert_eq!(connections_after(3), [2, 2, 2]);
}

#[test]
fn sends_in_a_row_share_a_connection_if_the_limit_allows_it() {
    for (header, connections) in [
        ("timeout=0", 2),
        ("timeout=5", 1),
        ("timeout=5, max=100", 1),
        ("max=100,timeout=5", 1),
        ("timeout=3600", 1),
        ("timeout=99999999999999999999999", 1),
    ] {
        let service = StubService::start(move |request| echo(request).header("keep-alive", header)).unwrap();
        for number in 1..=2 {
            send_to(&client_of(&service.url()), &destination(number));
        }
        assert_eq!((service.requests().len(), service.connections()), (2, connections), "{header}");
    }
}

/// Sends back to back; most of them succeed, no failure is repeated, and none arrives twice.
fn costs_few_unknown_sends(service: &HastyService, client: &Client) {
    let mut unknown = 0;
    for number in 0..SENDS {
        if let Err(error) = client.send_otp("ShoutDEMO", &destination(number), "{{code}}") {
            assert_eq!((error.delivery(), error.attempts()), (Delivery::Unknown, 1), "{error}");
            unknown += 1;
        }
    }
    service.wait_for_the_end_of_all_connections();
    let arrived = service.destinations();
    let different: HashSet<_> = arrived.iter().collect();
    assert_eq!(different.len(), arrived.len(), "a request came twice");
    assert!(unknown <= MOST_UNKNOWN, "{unknown} of {SENDS} sends are UNKNOWN");
}

#[test]
fn a_host_that_hangs_up_unannounced_costs_few_unknown_sends() {
    let service = HastyService::start(1).unwrap();
    costs_few_unknown_sends(&service, &client_of(&service.url()));
}

#[test]
fn over_tls_a_host_that_hangs_up_unannounced_costs_as_few() {
    let authority = Authority::new();
    let service = HastyService::start_tls(2, &authority.certify("127.0.0.1")).unwrap();
    costs_few_unknown_sends(&service, &client_that_trusts(&service.url(), authority.ca_file()));
}

#[test]
fn a_healthy_host_serves_all_sends_over_one_connection() {
    let authority = Authority::new();
    let identity: Identity = authority.certify("127.0.0.1");
    for service in [EchoService::start().unwrap(), EchoService::start_tls(&identity).unwrap()] {
        let client = client_that_trusts(&service.url(), authority.ca_file());
        for number in 0..SENDS {
            send_to(&client, &destination(number));
        }
        assert_eq!((service.counts().requests, service.counts().connections), (SENDS, 1), "{}", service.url());
    }
}
