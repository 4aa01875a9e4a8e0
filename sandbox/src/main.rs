//! The process: read the arguments, listen, say so in one line, serve until asked to stop. Or wait for an SMS.
//!
//! Standard output carries exactly one line, so that a parent can read it and go on. Nothing is logged: what a sandbox
//! handles (codes, keys, numbers) has no place in a log.
#![forbid(unsafe_code)]

mod stop;

use std::io::{self, Write};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;

use serde::Serialize;
use shoutout_sandbox::args::{self, Command, Options};
use shoutout_sandbox::clock::SystemClock;
use shoutout_sandbox::guard::without_port;
use shoutout_sandbox::tls::ThrowAway;
use shoutout_sandbox::wait::wait;
use shoutout_sandbox::{Sandbox, server};
use tokio::net::TcpListener;

fn main() -> ExitCode {
    match args::parse(lexopt::Parser::from_env(), |name| std::env::var_os(name)) {
        Ok(Command::Help(text)) => finish(print(&text)),
        Ok(Command::Wait(wanted)) => finish(wait(&wanted).and_then(|value| print(&(value + "\n")))),
        Ok(Command::Version) => finish(print(concat!("shoutout-sandbox ", env!("CARGO_PKG_VERSION"), "\n"))),
        Ok(Command::Serve(options)) => finish(run(options)),
        Err(error) => {
            eprintln!("shoutout-sandbox: {error}; see --help");
            ExitCode::from(2)
        }
    }
}

fn finish(result: io::Result<()>) -> ExitCode {
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("shoutout-sandbox: {error}");
            ExitCode::FAILURE
        }
    }
}

/// One thread is enough: every request is a few microseconds of work on memory.
#[tokio::main(flavor = "current_thread")]
async fn run(mut options: Options) -> io::Result<()> {
    // Before the ready line: whoever reads it may ask us to stop at once.
    let stop = stop::requested(options.exit_with_stdin)?;
    let listener = listen((options.bind, options.port).into()).await?;
    let address = listener.local_addr()?;
    if !address.ip().is_loopback() {
        eprintln!("{}", REMOTE_WARNING.replace("ADDRESS", &address.to_string()));
    } else if options.access.allow_remote {
        eprintln!("shoutout-sandbox: --allow-remote has no effect: {address} is of this machine only; see --bind");
    }
    // Removed when it goes out of scope, at the end.
    let tls = if options.tls { Some(ThrowAway::new(certified(&options, address))?) } else { None };
    options.access.tls = tls.as_ref().map(|tls| tls.config.clone());
    print(&ready_line(address, tls.as_ref().map(ThrowAway::ca_file))?)?;
    let sandbox = Arc::new(Sandbox::new(options.settings, Arc::new(SystemClock::new())));
    server::serve(listener, sandbox, options.access, stop).await
}

const REMOTE_WARNING: &str = "\
shoutout-sandbox: WARNING: listening on ADDRESS, beyond this machine. Everybody who can reach it reads every code and
can switch everything. Use it on a network that you trust, and never with real users.";

async fn listen(address: SocketAddr) -> io::Result<TcpListener> {
    TcpListener::bind(address).await.map_err(|error| {
        io::Error::new(error.kind(), format!("cannot listen on {address}: {error} (--port 0 picks a free port)"))
    })
}

/// Where this machine's programs reach it: "all addresses" is none to connect to.
fn reachable(address: SocketAddr) -> SocketAddr {
    let ip = match address.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => Ipv4Addr::LOCALHOST.into(),
        IpAddr::V6(ip) if ip.is_unspecified() => Ipv6Addr::LOCALHOST.into(),
        ip => ip,
    };
    SocketAddr::new(ip, address.port())
}

/// What the certificate is for: all that the guard lets through, without the ports.
fn certified(options: &Options, address: SocketAddr) -> Vec<String> {
    let own = ["localhost".into(), "127.0.0.1".into(), "::1".into(), reachable(address).ip().to_string()];
    let allowed = options.access.allow_hosts.iter().map(|name| without_port(name).trim_matches(['[', ']']).to_owned());
    let mut names: Vec<String> = own.into_iter().chain(allowed).collect();
    names.sort();
    names.dedup();
    names
}

/// What a parent process needs to know; printed when connections are already being queued.
#[derive(Serialize)]
struct Ready {
    url: String,
    base_url: String,
    pid: u32,
    /// With TLS only: what a client has to trust.
    #[serde(skip_serializing_if = "Option::is_none")]
    ca_file: Option<PathBuf>,
}

fn ready_line(address: SocketAddr, ca_file: Option<PathBuf>) -> io::Result<String> {
    let scheme = if ca_file.is_some() { "https" } else { "http" };
    let url = format!("{scheme}://{}", reachable(address));
    let ready = Ready { base_url: format!("{url}/otpservice"), url, pid: std::process::id(), ca_file };
    Ok(serde_json::to_string(&ready)? + "\n")
}

fn print(text: &str) -> io::Result<()> {
    let mut out = io::stdout().lock();
    out.write_all(text.as_bytes())?;
    out.flush()
}
