//! What a server may ask of us before it is authenticated, whom a `ca_file` makes us believe, and what is said when it
//! does not.

mod common;
#[path = "common/outcome.rs"]
mod outcome;

use std::iter;
use std::path::Path;
use std::process::Command;

use common::{client_that_trusts, client_with};
use outcome::{of_send, punctually_within};
use shoutout_otp::{Delivery, Status};
use stub_service::{Authority, EchoService, Identity};
use tempfile::TempDir;

const HERE: &str = "127.0.0.1";

/// Too little for a handshake that goes on and on.
const TIMEOUT_MS: u32 = 50;

/// A server with as many authorities of one name, each with a key of its own, and sent so many times. A client that
/// looks for a way from its certificate to an authority that it trusts can take them in any order, and finds none.
fn maze(authorities: usize, times: usize) -> Identity {
    let strangers: Vec<_> = (0..authorities).map(|_| Authority::named("An authority of many keys")).collect();
    let leaf = strangers[0].certify(HERE);
    iter::repeat_n(&strangers, times).fold(leaf, |identity, all| identity.sent_with(all))
}

fn a_maze_costs_no_more_than_the_timeout(authorities: usize, times: usize) {
    let trusted = Authority::new();
    let service = EchoService::start_tls(&maze(authorities, times)).unwrap();
    let with = |ca_file: Option<&Authority>| {
        client_with(&service.url(), |options| {
            options.set_timeout_ms(TIMEOUT_MS).unwrap();
            options.set_connect_timeout_ms(TIMEOUT_MS).unwrap();
            if let Some(authority) = ca_file {
                options.set_ca_file(authority.ca_file().to_str().unwrap()).unwrap();
            }
        })
    };
    for (roots, client) in [("ca_file", with(Some(&trusted))), ("the default roots", with(None))] {
        let what = format!("{authorities} authorities of one name, {times} times, {roots}");
        let (outcome, ()) = punctually_within(TIMEOUT_MS, &what, || (of_send(&client), ()));
        assert!(["TLS_FAILED, NOT_SENT", "TIMEOUT, NOT_SENT"].contains(&&*outcome.words), "{what}: {}", outcome.words);
    }
    assert_eq!(service.counts().requests, 0, "a stranger was told the key");
}

#[test]
fn many_authorities_of_one_name_cost_no_more_than_the_timeout() {
    a_maze_costs_no_more_than_the_timeout(24, 3);
}

/// In fewer bytes than many an honest chain has.
#[test]
fn ten_authorities_of_one_name_cost_no_more_than_the_timeout() {
    a_maze_costs_no_more_than_the_timeout(10, 1);
}

#[test]
fn the_same_few_authorities_again_and_again_cost_no_more() {
    a_maze_costs_no_more_than_the_timeout(10, 6);
}

/// As many certificates beside the server's own as the library looks at.
const MOST: usize = 6;

#[test]
fn as_many_authorities_as_are_looked_at_are_refused_in_time() {
    a_maze_costs_no_more_than_the_timeout(MOST, 1);
}

/// What is said of a server that sends as many authorities of one name.
fn said_of_a_maze(authorities: usize) -> String {
    let trusted = Authority::new();
    let service = EchoService::start_tls(&maze(authorities, 1)).unwrap();
    let error = client_that_trusts(&service.url(), trusted.ca_file()).send_otp("ShoutDEMO", "94771234567", "{{code}}");
    let error = error.unwrap_err();
    assert_eq!((error.status(), error.delivery(), error.attempts()), (Status::TlsFailed, Delivery::NotSent, 1));
    error.message().to_owned()
}

#[test]
fn one_authority_more_is_refused_for_the_number_alone() {
    let (most, more) = (said_of_a_maze(MOST), said_of_a_maze(MOST + 1));
    let count = "certificates beside its own";
    assert!(!most.contains(count), "{most}");
    assert!(more.contains(&format!("{} {count}", MOST + 1)), "{more}");
}

/// Believed through `ca_file`, at the first attempt.
fn must_be_believed(identity: &Identity, root: &Authority) {
    let service = EchoService::start_tls(identity).unwrap();
    let client = client_with(&service.url(), |options| {
        options.set_ca_file(root.ca_file().to_str().unwrap()).unwrap();
    });
    let outcome = of_send(&client);
    assert_eq!((&*outcome.words, outcome.attempts), ("sent", 1));
}

#[test]
fn a_server_three_authorities_below_the_root_is_believed() {
    let root = Authority::named("The root");
    let first = root.delegate("Below the root");
    let second = first.delegate("Below that");
    let third = second.delegate("Below that, too");
    must_be_believed(&third.certify(HERE).sent_with([&third, &second, &first, &root]), &root);
}

/// While an authority changes its key, servers send the certificates of both.
#[test]
fn a_server_whose_authority_has_two_keys_is_believed() {
    let (old, root) = (Authority::named("The root"), Authority::named("The root"));
    let (of_old, below) = (old.delegate("Below the root"), root.delegate("Below the root"));
    must_be_believed(&below.certify(HERE).sent_with([&of_old, &below, &old, &root]), &root);
}

#[test]
fn a_server_with_a_long_certificate_is_believed() {
    let root = Authority::new();
    let names: Vec<_> = iter::once(HERE.to_owned())
        .chain((0..320).map(|number| format!("tenant-{number:03}.of-a-shared-server.example")))
        .collect();
    let identity = root.certify_for_all(&names);
    assert!(identity.chain_bytes() > 12 * 1024, "{} bytes", identity.chain_bytes());
    must_be_believed(&identity, &root);
}

/// Runs commands of a shell in a folder.
fn run(commands: &str, folder: &Path) {
    let output = Command::new("sh").args(["-ec", commands]).current_dir(folder).output().expect("there is a shell");
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{} (`scripts/setup.sh test` installs openssl): {said}", output.status);
}

/// A server whose certificate and key are files of this folder.
fn server_of(folder: &Path, certificate: &str, key: &str) -> EchoService {
    EchoService::start_tls(&Identity::from_files(&folder.join(certificate), &folder.join(key)).unwrap()).unwrap()
}

#[test]
fn a_servers_own_ca_true_certificate_in_ca_file_is_explained() {
    let folder = TempDir::new().unwrap();
    run(
        "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -noenc -days 2 -subj /CN=127.0.0.1 \
         -addext subjectAltName=IP:127.0.0.1 -keyout own.key -out own.pem",
        folder.path(),
    );
    let service = server_of(folder.path(), "own.pem", "own.key");
    let client = client_that_trusts(&service.url(), &folder.path().join("own.pem"));
    let error = client.send_otp("ShoutDEMO", "94771234567", "{{code}}").unwrap_err();
    assert_eq!((error.status(), error.delivery()), (Status::TlsFailed, Delivery::NotSent), "{error}");
    assert_eq!((error.attempts(), service.counts().requests), (1, 0), "{error}");
    for word in ["ca_file", "CA:TRUE", "authority"] {
        assert!(error.message().contains(word), "{word} is not said: {error}");
    }
}

/// The commands of the page for users, as they stand there.
fn commands_of_the_page() -> &'static str {
    let (_, section) =
        include_str!("../docs/outcomes.md").split_once("## A `ca_file` for a server of your own").unwrap();
    section.split_once("```sh\n").unwrap().1.split_once("```").unwrap().0
}

#[test]
fn the_two_commands_of_the_docs_make_a_server_that_is_believed() {
    let commands = commands_of_the_page();
    assert_eq!(commands.matches("openssl req -x509").count(), 2, "{commands}");
    let folder = TempDir::new().unwrap();
    run(commands, folder.path());
    let service = server_of(folder.path(), "server.pem", "server.key");
    let outcome = of_send(&client_that_trusts(&service.url(), &folder.path().join("authority.pem")));
    assert_eq!((&*outcome.words, outcome.attempts), ("sent", 1));
}
