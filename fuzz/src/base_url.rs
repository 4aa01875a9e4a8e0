//! The base URL: the key goes to the host that the URL names, to no other, and in the clear to this machine only.
//!
//! ```text
//! -               or: allow_plain_http
//! <base URL>
//! ```

use shoutout_otp::fuzzing::{PlantedAnswer, answering};
use shoutout_otp::{Client, Delivery, Error, Options, Status};
use url::{Host, Url};

use crate::scene::Script;
use crate::secrets::{API_KEY, CODE, hold_none};

const WRONG_CODE: PlantedAnswer =
    PlantedAnswer { http_status: 200, retry_after: b"", body: br#"{"statusCode":"1001"}"#, is_cut_off: false };

pub fn check(data: &[u8]) {
    let mut script = Script(data);
    let allow_plain_http = script.line() == b"allow_plain_http";
    let Ok(base_url) = std::str::from_utf8(script.0) else { return };

    let mut options = Options::new();
    options.set_allow_plain_http(allow_plain_http);
    let is_accepted = options.set_base_url(base_url);
    let client = match Client::new(API_KEY, &options) {
        Ok(client) => client,
        Err(error) => return hold_refusal(&error),
    };
    is_accepted.expect("a client was made of a URL that its setter refused");
    let (outcome, caught) = answering(&client, WRONG_CODE, || client.verify_otp("ref-1", CODE));
    outcome.expect("a wrong code is no error");
    hold_address(&caught.expect("a request leaves").uri, base_url, allow_plain_http);
}

fn hold_refusal(error: &Error) {
    assert_eq!((error.status(), error.delivery()), (Status::InvalidArgument, Delivery::NotSent), "{error}");
    assert!(error.message().contains("base_url"), "{error}");
    hold_none(error.message(), "a refusal", &[API_KEY]);
}

/// What the reader of another author makes of the two URLs. It refuses some that are merely odd, such as a host whose last
/// label is a number: those go out as they were written, and never in the clear.
fn hold_address(asked: &str, base_url: &str, allow_plain_http: bool) {
    let (Ok(base), Ok(asked)) = (Url::parse(base_url), Url::parse(asked)) else {
        let written = with_short_port(&base_url.trim_end_matches('/').to_ascii_lowercase());
        assert_eq!(asked.to_ascii_lowercase(), format!("{written}/verify"));
        assert!(allow_plain_http || asked.starts_with("https://"), "the key went to {asked} in the clear");
        return;
    };
    assert_eq!((asked.scheme(), asked.host(), asked.port()), (base.scheme(), base.host(), base.port()), "{base_url}");
    assert!(asked.path().ends_with("/verify"), "{asked}");
    assert_eq!((asked.query(), asked.fragment(), asked.username(), asked.password()), (None, None, "", None));
    match asked.scheme() {
        "https" => {}
        "http" => assert!(allow_plain_http || is_this_machine(&asked), "the key went to {asked} in the clear"),
        other => panic!("{other} was accepted"),
    }
}

/// The same URL without zeros before its port, and without the port that its scheme implies.
fn with_short_port(url: &str) -> String {
    let (scheme, rest) = url.split_once("://").unwrap_or_default();
    let (authority, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
    let implied = if scheme == "https" { 443 } else { 80 };
    match authority.rsplit_once(':').and_then(|(host, port)| Some((host, port.parse::<u16>().ok()?))) {
        Some((host, port)) if port == implied => format!("{scheme}://{host}{path}"),
        Some((host, port)) => format!("{scheme}://{host}:{port}{path}"),
        None => url.to_owned(),
    }
}

fn is_this_machine(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}
