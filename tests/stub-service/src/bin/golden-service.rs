//! Plays the golden table for a runner in any language: `golden-service FOLDER`.
//!
//! Prints one line with its URL, plays until its standard input ends (so it never outlives the runner that started it),
//! prints one line with the requests that should not have come, and exits 1 if there were any.

#![forbid(unsafe_code)]

use std::io::{self, Read, Write};
use std::path::Path;
use std::process::ExitCode;

use serde_json::json;
use stub_service::GoldenService;

fn main() -> ExitCode {
    let mut arguments = std::env::args_os().skip(1);
    let (Some(folder), None) = (arguments.next(), arguments.next()) else {
        eprintln!("usage: golden-service FOLDER");
        return ExitCode::from(2);
    };
    match play(Path::new(&folder)) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::from(1),
        Err(error) => {
            eprintln!("golden-service: {error}");
            ExitCode::from(2)
        }
    }
}

/// Whether nothing unexpected came.
fn play(folder: &Path) -> io::Result<bool> {
    let service = GoldenService::start(folder)?;
    print_line(&json!({ "url": service.url() }))?;
    // What a runner writes does not matter, only that it is still there.
    io::copy(&mut io::stdin().lock().by_ref(), &mut io::sink())?;
    let unexpected = service.unexpected();
    print_line(&json!({ "unexpected": unexpected }))?;
    Ok(unexpected.is_empty())
}

fn print_line(line: &serde_json::Value) -> io::Result<()> {
    let mut stdout = io::stdout().lock();
    writeln!(stdout, "{line}")?;
    stdout.flush()
}
