//! An [`EchoService`] without TLS and one with, for a test in any language: `echo-service CA_FILE`.
//!
//! Writes the certificate to trust into the file and prints one line with both URLs. For each line on its standard input
//! it prints a line of counts; it ends, with a last such line, when that input ends.

#![forbid(unsafe_code)]

use std::io::{self, BufRead, Write};
use std::path::Path;
use std::process::ExitCode;

use serde_json::json;
use stub_service::{EchoService, Identity};

fn main() -> ExitCode {
    let mut arguments = std::env::args_os().skip(1);
    let (Some(ca_file), None) = (arguments.next(), arguments.next()) else {
        eprintln!("usage: echo-service CA_FILE");
        return ExitCode::from(2);
    };
    match serve(Path::new(&ca_file)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("echo-service: {error}");
            ExitCode::from(2)
        }
    }
}

fn serve(ca_file: &Path) -> io::Result<()> {
    let identity = Identity::for_loopback();
    std::fs::write(ca_file, identity.certificate_pem())?;
    let (plain, tls) = (EchoService::start()?, EchoService::start_tls(&identity)?);
    print_line(&json!({ "url": plain.url(), "tls_url": tls.url() }))?;
    let print_counts = || print_line(&json!({ "plain": plain.counts(), "tls": tls.counts() }));
    for line in io::stdin().lock().lines() {
        line?;
        print_counts()?;
    }
    print_counts()
}

fn print_line(line: &serde_json::Value) -> io::Result<()> {
    let mut stdout = io::stdout().lock();
    writeln!(stdout, "{line}")?;
    stdout.flush()
}
