//! The program as a parent process meets it: its one line, its exit, and what it never says.

use std::collections::HashSet;
use std::io::{BufRead, BufReader, Read};
use std::net::SocketAddr;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::{self, Receiver};
use std::thread;

use serde_json::{Value, json};

use crate::http::{self, PATIENCE};
use crate::server::{NUMBER, send_body, until_waiting};
use crate::sse::Events;

/// A running sandbox; killed with the test, whatever happens.
pub struct Program {
    child: Child,
    pub ready: Value,
    pub address: SocketAddr,
    /// All it says after its first line, on both streams, once it has ended.
    rest: Receiver<String>,
}

impl Program {
    pub fn start(arguments: &[&str]) -> Self {
        Self::run(&mut command(arguments))
    }

    fn run(command: &mut Command) -> Self {
        let mut child = command.stdin(Stdio::piped()).spawn().expect("start the program");
        let mut out = BufReader::new(child.stdout.take().expect("a pipe"));
        let mut err = child.stderr.take().expect("a pipe");
        let (line_sender, line) = mpsc::channel();
        let (rest_sender, rest) = mpsc::channel();
        thread::spawn(move || {
            let mut text = String::new();
            let _ = out.read_line(&mut text);
            let _ = line_sender.send(std::mem::take(&mut text));
            let _ = out.read_to_string(&mut text);
            let _ = err.read_to_string(&mut text);
            let _ = rest_sender.send(text);
        });
        let line = line.recv_timeout(PATIENCE).expect("a first line");
        let ready: Value = serde_json::from_str(&line).expect("the ready line");
        let url = ready["url"].as_str().expect("a url");
        let (_, address) = url.split_once("://").expect("a scheme");
        let address = address.parse().expect("an address");
        Self { child, ready, address, rest }
    }

    /// Both streams end when the process does, so waiting for them bounds waiting for it.
    pub fn end(mut self) -> (ExitStatus, String) {
        let rest = self.rest.recv_timeout(PATIENCE).expect("the program should have ended");
        (self.child.wait().expect("an exit status"), rest)
    }

    /// By the shell's own `kill`: a small machine has no program of that name.
    pub fn signal(&self, name: &str) {
        let kill = format!("kill {name} {}", self.child.id());
        let sent = Command::new("sh").args(["-c", &kill]).status().expect("run a shell");
        assert!(sent.success());
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        // Asked first, so that the folder that --tls makes goes with it.
        if matches!(self.child.try_wait(), Ok(None)) {
            self.signal("-TERM");
            let _ = self.rest.recv_timeout(PATIENCE);
        }
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn command(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_shoutout-sandbox"));
    command.args(arguments).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

#[test]
fn the_ready_line_names_url_base_url_and_pid_and_is_true() {
    let program = Program::start(&["--port", "0"]);
    let url = format!("http://{}", program.address);
    let expected = json!({ "url": url, "base_url": format!("{url}/otpservice"), "pid": program.child.id() });
    assert_eq!(program.ready, expected);
    assert!(program.address.ip().is_loopback());
    assert_eq!(http::get(program.address, "/_sandbox/ready").status, 200);
}

#[test]
fn twenty_at_once_on_port_0_do_not_collide() {
    let starts: Vec<_> = (0..20).map(|_| thread::spawn(|| Program::start(&["--port", "0"]))).collect();
    let programs: Vec<Program> = starts.into_iter().map(|start| start.join().expect("a start")).collect();
    let ports: HashSet<u16> = programs.iter().map(|program| program.address.port()).collect();
    assert_eq!(ports.len(), 20);
}

#[test]
fn a_taken_port_is_an_error_that_says_what_to_do() {
    let program = Program::start(&["--port", "0"]);
    let second = command(&["--port", &program.address.port().to_string()]).output().expect("run it");
    assert_eq!(second.status.code(), Some(1));
    assert!(second.stdout.is_empty());
    assert!(String::from_utf8_lossy(&second.stderr).contains("--port 0"));
}

#[test]
fn it_stops_when_standard_input_ends() {
    let mut program = Program::start(&["--port", "0", "--exit-with-stdin"]);
    drop(program.child.stdin.take());
    let (status, rest) = program.end();
    assert!(status.success());
    assert_eq!(rest, "");
}

#[test]
fn without_the_flag_the_end_of_standard_input_means_nothing() {
    let mut program = Program::start(&["--port", "0"]);
    drop(program.child.stdin.take());
    assert_eq!(http::get(program.address, "/_sandbox/ready").status, 200);
    program.signal("-TERM");
    assert!(program.end().0.success());
}

#[test]
fn sigint_and_sigterm_stop_it_even_while_somebody_waits() {
    for name in ["-INT", "-TERM"] {
        let program = Program::start(&["--port", "0"]);
        let host = format!("Host: {}", program.address);
        let _waiting = http::open(program.address, "GET /_sandbox/wait?timeout=120 HTTP/1.1", &[&host], "");
        until_waiting(program.address, 1);
        program.signal(name);
        let (status, rest) = program.end();
        assert_eq!((status.code(), rest.as_str()), (Some(0), ""), "{name}");
    }
}

#[test]
fn no_key_code_or_number_is_ever_said_and_no_key_is_kept() {
    for arguments in [&["--port", "0"][..], &["--port", "0", "--api-key", "sEcReT.the.one"]] {
        let program = Program::start(arguments);
        let address = program.address;
        let sent = http::post(address, "/otpservice/send", "sEcReT.the.one", &send_body(NUMBER).to_string());
        assert_eq!(sent.status, 200);
        let refused = http::post(address, "/otpservice/send", "sEcReT another", "not JSON");
        assert_eq!(refused.status, 403);
        let list = http::get(address, "/_sandbox/messages");
        let told = ["/", "/_sandbox/ready", "/_sandbox/wait?timeout=0", "/_sandbox/requests"]
            .map(|path| http::get(address, path));
        for answer in [&sent, &refused, &list].into_iter().chain(&told) {
            assert!(!answer.head.contains("sEcReT") && !answer.body.contains("sEcReT"), "{answer:?}");
        }
        program.signal("-TERM");
        let (_, rest) = program.end();
        assert_eq!(rest, "", "a word on either stream is one too many");
    }
}

#[test]
fn beyond_loopback_it_listens_only_when_told_so_and_then_loudly() {
    let refused = command(&["--port", "0", "--bind", "0.0.0.0"]).output().expect("run it");
    assert_eq!((refused.status.code(), refused.stdout.len()), (Some(2), 0));
    assert!(String::from_utf8_lossy(&refused.stderr).contains("--allow-remote"));

    let program = Program::start(&["--port", "0", "--bind", "0.0.0.0", "--allow-remote"]);
    assert!(program.address.ip().is_loopback(), "the ready line names an address that can be connected to");
    assert_eq!(http::get(program.address, "/_sandbox/ready").status, 200);
    let snapshot = Events::open(program.address, None).expect("snapshot").data;
    assert!(snapshot["warnings"][0].as_str().is_some_and(|text| text.contains("0.0.0.0")));
    program.signal("-TERM");
    let (_, rest) = program.end();
    assert!(rest.contains("WARNING: listening on 0.0.0.0"), "{rest}");
}

#[test]
fn allowing_what_is_not_asked_for_is_said_to_have_no_effect() {
    let program = Program::start(&["--port", "0", "--allow-remote"]);
    let address = program.address.to_string();
    program.signal("-TERM");
    let (status, rest) = program.end();
    assert!(status.success());
    assert!(rest.contains("--allow-remote has no effect") && rest.contains(&address), "{rest}");
}

#[test]
fn every_flag_is_a_variable_of_the_environment_too() {
    let mut child = command(&[]);
    child.env("SHOUTOUT_SANDBOX_PORT", "not a port");
    let refused = child.output().expect("run it");
    assert_eq!(refused.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&refused.stderr).contains("SHOUTOUT_SANDBOX_PORT"));

    let program =
        Program::run(command(&[]).env("SHOUTOUT_SANDBOX_API_KEY", "the-one").env("SHOUTOUT_SANDBOX_PORT", "0"));
    let send = |key: &str| http::post(program.address, "/otpservice/send", key, &send_body(NUMBER).to_string()).status;
    assert_eq!((send("the-one"), send("another")), (200, 403));
}

#[test]
fn a_wrong_flag_is_refused_with_status_2_and_help_is_not() {
    let wrong = command(&["--prot", "0"]).output().expect("run it");
    assert_eq!(wrong.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&wrong.stderr).contains("--help"));
    let help = command(&["--help"]).output().expect("run it");
    assert!(help.status.success());
    assert!(String::from_utf8_lossy(&help.stdout).contains("for development and tests only"));
}
