//! `shoutout-sandbox wait`, as a shell script uses it.

use std::process::{Command, Output};
use std::thread;

use serde_json::Value;

use crate::process::Program;
use crate::server::{NUMBER, Server};

fn command(server: &Server, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_shoutout-sandbox"));
    command.arg("wait").args(["--url", &format!("http://{}", server.address)]).args(arguments);
    command
}

fn wait(server: &Server, arguments: &[&str]) -> Output {
    command(server, arguments).output().expect("run it")
}

fn printed(output: &Output) -> String {
    assert!(output.status.success(), "{output:?}");
    assert!(output.stderr.is_empty(), "{output:?}");
    String::from_utf8(output.stdout.clone()).expect("text")
}

#[test]
fn it_prints_the_code_of_a_message_that_is_there_already() {
    let server = Server::start();
    let reference_id = server.send(NUMBER);
    let code = server.code(&reference_id);
    assert_eq!(printed(&wait(&server, &["--to", "+94 77 123 4567"])), format!("{code}\n"));
    let print = |what: &str| printed(&wait(&server, &["--to", NUMBER, "--print", what]));
    assert_eq!(print("text"), format!("Your code is {code}\n"));
    assert_eq!(print("reference_id"), format!("{reference_id}\n"));
    let message: Value = serde_json::from_str(&print("json")).expect("one line of JSON");
    assert_eq!(message, server.messages("")[0]);
}

#[test]
fn it_waits_for_one_that_comes_after_the_cursor() {
    let server = Server::start();
    server.send(NUMBER);
    thread::scope(|scope| {
        let waiting = scope.spawn(|| wait(&server, &["--to", NUMBER, "--after", "1", "--print", "reference_id"]));
        server.until_waiting(1);
        let second = server.send(NUMBER);
        assert_eq!(printed(&waiting.join().expect("an end")), format!("{second}\n"));
    });
}

#[test]
fn in_vain_it_says_what_did_arrive_but_no_code() {
    let server = Server::start();
    let none = wait(&server, &["--to", NUMBER, "--timeout", "0"]);
    assert_eq!((none.status.code(), none.stdout.len()), (Some(1), 0));
    assert!(String::from_utf8_lossy(&none.stderr).contains("none is there at all"));

    let reference_id = server.send("14155550100");
    let other = wait(&server, &["--to", NUMBER, "--timeout", "0.05"]);
    let said = String::from_utf8_lossy(&other.stderr).into_owned();
    assert_eq!((other.status.code(), other.stdout.len()), (Some(1), 0));
    for part in [NUMBER, "0.05 s", "1 to 14155550100", &reference_id] {
        assert!(said.contains(part), "{said}");
    }
    assert!(!said.contains(&server.code(&reference_id)));
}

#[test]
fn without_a_sandbox_it_says_so() {
    let server = Server::start();
    let mut command = command(&server, &["--to", NUMBER]);
    drop(server);
    let output = command.output().expect("run it");
    assert_eq!(output.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&output.stderr).contains("no sandbox at http://127.0.0.1:"));
}

#[test]
fn a_sandbox_on_https_is_recognised_as_such() {
    let program = Program::start(&["--port", "0", "--tls"]);
    let url = format!("http://{}", program.address);
    let mut command = Command::new(env!("CARGO_BIN_EXE_shoutout-sandbox"));
    let output = command.args(["wait", "--to", NUMBER, "--url", &url]).output().expect("run it");
    let said = String::from_utf8_lossy(&output.stderr);
    assert_eq!((output.status.code(), output.stdout.len()), (Some(1), 0));
    assert!(said.contains("is it started with --tls?") && !said.contains("no sandbox"), "{said}");
}

#[test]
fn wrong_usage_is_status_2_and_help_is_not() {
    let server = Server::start();
    assert_eq!(wait(&server, &[]).status.code(), Some(2));
    assert_eq!(wait(&server, &["--to", NUMBER, "--print", "all"]).status.code(), Some(2));
    assert!(printed(&wait(&server, &["--help"])).contains("EXIT STATUS"));
}
