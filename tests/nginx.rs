//! TLS as a real nginx speaks it: whom the library believes, whom it refuses, and that nobody refused gets a request.

mod common;

use std::process::{Command, Stdio};

use common::{SUBMITTED, client_that_trusts, client_with};
use shoutout_otp::{Client, Delivery, Error, SendResult, Status};
use stub_service::{Authority, Identity, Nginx, Site};

const HERE: &str = "127.0.0.1";

/// What no message may show: the key, the number, the text.
const SECRETS: [&str; 3] = ["golden.test.key", "94771234567", "Your code"];

/// A client that believes this authority and nobody else.
fn client_of(url: &str, authority: &Authority) -> Client {
    client_that_trusts(url, authority.ca_file())
}

fn send(client: &Client) -> Result<SendResult, Error> {
    client.send_otp("ShoutDEMO", "94771234567", "Your code is {{code}}")
}

#[test]
fn a_private_authority_is_believed_through_ca_file_and_its_connection_is_kept() {
    let authority = Authority::new();
    let nginx = Nginx::start(&[Site::with(&authority.certify(HERE))], SUBMITTED);
    let client = client_of(&nginx.url(0), &authority);
    for _ in 0..3 {
        let sent = send(&client).unwrap();
        assert_eq!((sent.reference_id(), sent.attempts()), ("ref-1", 1));
    }
    let requests = nginx.requests(3);
    assert_eq!(requests.len(), 3);
    for request in &requests {
        assert_eq!(request.request, "POST /send");
        assert_eq!(
            request.connection, requests[0].connection,
            "the connection of the first send serves all: {requests:?}"
        );
    }
}

#[test]
fn without_ca_file_a_private_authority_is_not_believed() {
    let authority = Authority::new();
    let nginx = Nginx::start(&[Site::with(&authority.certify(HERE))], SUBMITTED);
    must_be_refused(&client_with(&nginx.url(0), |_| {}), "UnknownIssuer");
    send(&client_of(&nginx.url(0), &authority)).unwrap();
    assert_eq!(nginx.requests(1).len(), 1, "the refused send was no request");
}

#[test]
fn whoever_is_not_who_he_should_be_gets_no_request() {
    let authority = Authority::new();
    let good = authority.certify(HERE);
    let (expired, elsewhere) = (authority.certify_for_the_past(HERE), authority.certify("service.example"));
    // An authority with the name of the right one, and another key.
    let (self_signed, of_impostor) = (Identity::for_loopback(), Authority::new().certify(HERE));
    let sites = [
        (Site::with(&expired), "certificate expired"),
        (Site::with(&elsewhere), "not valid for name"),
        (Site::with(&self_signed), "UnknownIssuer"),
        (Site::with(&of_impostor), "BadSignature"),
        (Site::with_tls_1_1_only(&good), "ProtocolVersion"),
    ];
    let mut all: Vec<_> = sites.iter().map(|(site, _)| *site).collect();
    all.push(Site::with(&good));
    let nginx = Nginx::start(&all, SUBMITTED);
    let never_updated = sites.len() - 1;
    must_speak_tls_1_1(nginx.port(never_updated));
    for (index, (_, why)) in sites.iter().enumerate() {
        must_be_refused(&client_of(&nginx.url(index), &authority), why);
    }
    // Also the proof that nginx serves, and that its log has all that came before.
    let last = all.len() - 1;
    send(&client_of(&nginx.url(last), &authority)).unwrap();
    let served: Vec<_> = nginx.requests(1).iter().map(|request| request.site).collect();
    assert_eq!(served, [last], "only the good site had a request");
}

/// A server without any TLS that works would be refused as well. So somebody who still may shakes hands first, and hangs up.
fn must_speak_tls_1_1(port: u16) {
    let handshake = Command::new("openssl")
        .args(["s_client", "-brief", "-tls1_1", "-cipher", "DEFAULT@SECLEVEL=0"])
        .args(["-connect", &format!("{HERE}:{port}")])
        .stdin(Stdio::null())
        .output()
        .unwrap_or_else(|error| panic!("openssl does not run (`scripts/setup.sh test` installs it): {error}"));
    let said = String::from_utf8_lossy(&handshake.stderr);
    assert!(handshake.status.success() && said.contains("TLSv1.1"), "{}: {said}", handshake.status);
}

/// Refused for this reason, at the first attempt, in words that help and show nothing secret.
fn must_be_refused(client: &Client, why: &str) {
    let error = send(client).unwrap_err();
    assert_eq!((error.status(), error.delivery()), (Status::TlsFailed, Delivery::NotSent), "{why}: {error}");
    assert_eq!(error.attempts(), 1, "{why}: {error}");
    assert!(error.message().contains(why), "the reason is named, {why}: {error}");
    assert!(error.message().contains("Check base_url, ca_file and this machine's clock."), "{error}");
    for secret in SECRETS {
        assert!(!format!("{error} {error:?}").contains(secret), "{secret} is shown: {error:?}");
    }
}
