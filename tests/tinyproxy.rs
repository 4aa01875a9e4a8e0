//! A real CONNECT proxy between the library and the service: its tunnels are kept, and its refusals are final.

mod common;

use common::{SUBMITTED, client_with, send_to};
use shoutout_otp::{Client, Delivery, Error, Options, SendResult, Status};
use stub_service::{Authority, Nginx, Site, StubService, Tinyproxy, echo};

fn through(proxy: &str, url: &str, change: impl FnOnce(&mut Options)) -> Client {
    client_with(url, |options| {
        options.set_proxy(Some(&format!("http://{proxy}"))).unwrap();
        change(options);
    })
}

fn send(client: &Client) -> Result<SendResult, Error> {
    client.send_otp("ShoutDEMO", "94771234567", "Your code is {{code}}")
}

fn port_of(service: &StubService) -> u16 {
    service.url().rsplit(':').next().unwrap().parse().unwrap()
}

#[test]
fn sends_through_a_proxy_share_one_tunnel() {
    let service = StubService::start(echo).unwrap();
    let proxy = Tinyproxy::start(port_of(&service));
    let client = through(&proxy.address(), &service.url(), |_| {});
    for destination in ["94770000001", "94770000002", "94770000003"] {
        assert_eq!(send_to(&client, destination), format!("for-{destination}"));
    }
    assert_eq!((service.requests().len(), service.connections()), (3, 1));
    assert_eq!(proxy.tunnels_asked_for(), 1);
}

#[test]
fn tls_goes_through_the_tunnel_and_is_kept_too() {
    let authority = Authority::new();
    let nginx = Nginx::start(&[Site::with(&authority.certify("127.0.0.1"))], SUBMITTED);
    let proxy = Tinyproxy::start(nginx.port(0));
    let client = through(&proxy.address(), &nginx.url(0), |options| {
        options.set_ca_file(authority.ca_file().to_str().unwrap()).unwrap();
    });
    for _ in 0..3 {
        assert_eq!(send(&client).unwrap().attempts(), 1);
    }
    let requests = nginx.requests(3);
    assert!(requests.len() == 3 && requests.iter().all(|one| one.connection == requests[0].connection), "{requests:?}");
    assert_eq!(proxy.tunnels_asked_for(), 1);
}

#[test]
fn a_certificate_is_checked_behind_a_proxy_as_well() {
    let authority = Authority::new();
    let nginx = Nginx::start(&[Site::with(&authority.certify("service.example"))], SUBMITTED);
    let proxy = Tinyproxy::start(nginx.port(0));
    let error = send(&through(&proxy.address(), &nginx.url(0), |options| {
        options.set_ca_file(authority.ca_file().to_str().unwrap()).unwrap();
    }))
    .unwrap_err();
    assert_eq!((error.status(), error.delivery()), (Status::TlsFailed, Delivery::NotSent), "{error}");
    assert_eq!((error.attempts(), proxy.tunnels_asked_for()), (1, 1));
}

#[test]
fn a_proxy_that_forbids_the_port_is_asked_once_and_nothing_is_sent() {
    let service = StubService::start(echo).unwrap();
    let elsewhere = StubService::start(echo).unwrap();
    let proxy = Tinyproxy::start(port_of(&elsewhere));
    must_be_refused(&through(&proxy.address(), &service.url(), |_| {}), "403");
    assert_eq!((service.connections(), proxy.tunnels_asked_for()), (0, 1));
}

#[test]
fn credentials_open_the_proxy_and_wrong_ones_are_a_refusal_that_does_not_show_them() {
    let service = StubService::start(echo).unwrap();
    let proxy = Tinyproxy::start_with_credentials(port_of(&service), "canary-user", "canary-password");
    let address = proxy.address();
    for (credentials, status) in
        [("canary-user:canary-wrong@", "401"), ("canary-nobody:canary-password@", "401"), ("", "407")]
    {
        must_be_refused(&through(&format!("{credentials}{address}"), &service.url(), |_| {}), status);
    }
    assert_eq!((service.connections(), proxy.tunnels_asked_for()), (0, 3));
    let client = through(&format!("canary-user:canary-password@{address}"), &service.url(), |_| {});
    assert_eq!(send_to(&client, "94771234567"), "for-94771234567");
    assert_eq!((service.connections(), proxy.tunnels_asked_for()), (1, 4));
}

/// Refused at the first attempt, in words that name the proxy's status and show nothing secret.
fn must_be_refused(client: &Client, http_status: &str) {
    let error = send(client).unwrap_err();
    assert_eq!((error.status(), error.delivery()), (Status::ProxyFailed, Delivery::NotSent), "{error}");
    assert_eq!(error.attempts(), 1, "{error}");
    assert!(error.message().contains("Check the option proxy"), "{error}");
    assert!(error.message().contains(http_status), "{error}");
    for secret in ["canary", "golden.test.key", "94771234567", "Your code"] {
        assert!(!format!("{error} {error:?}").contains(secret), "{secret} is shown: {error:?}");
    }
}
