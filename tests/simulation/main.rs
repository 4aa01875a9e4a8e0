//! The library in a simulated world: time, names, network, proxy and service come from one seed, and every call is checked
//! against laws. `docs/certainty.md` says what is simulated and what was found.
//!
//! Arguments: `SEED SENDS [SECONDS]` runs the seeds from this one on until there were so many sends; `planted` plants faults in
//! the library and finds them.

#[path = "../common/page.rs"]
mod page;

mod chance;
mod faults;
mod laws;
mod machine;
mod names;
mod planted;
mod request;
mod run;
mod service;
mod shrink;
mod sim;
mod tls;
mod trace;
mod wire;
mod words;

use std::process::{Command, ExitCode};
use std::time::{Duration, Instant};

use run::{Report, Stage, run};
use tls::Authority;
use trace::Trace;

/// Every seed that ever failed; they are run first.
const FAILED_BEFORE: &str = include_str!("seeds.txt");

/// The first seed of `planted`.
const FIRST_SEED: u64 = 1;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    // A panic in a call is a failure that is reported with its seed.
    if std::env::var_os("SHOUTOUT_SHOW_PANICS").is_none() {
        std::panic::set_hook(Box::new(|_| {}));
    }
    let folder = tempfile::tempdir().expect("a temporary folder");
    let ca_file = folder.path().join("ca.pem");
    let authority = Authority::new();
    authority.write_ca_file(&ca_file);
    let stage = Stage { authority: &authority, ca_file: &ca_file };
    let is_well = match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["planted"] => planted::are_all_found(FIRST_SEED, &stage),
        [seed, sends] => simulate(number(seed), number(sends), Duration::MAX, &stage),
        [seed, sends, seconds] => simulate(number(seed), number(sends), Duration::from_secs(number(seconds)), &stage),
        _ => {
            eprintln!("usage: SEED SENDS [SECONDS] | planted");
            false
        }
    };
    if is_well { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

fn number(text: &str) -> u64 {
    text.parse().unwrap_or_else(|_| panic!("{text} is no number"))
}

/// Runs the seeds that failed before, and then one after the other; false at the first failure.
fn simulate(first: u64, most_sends: u64, most_time: Duration, stage: &Stage) -> bool {
    let failed_before = FAILED_BEFORE.lines().filter(|line| !line.starts_with('#')).map(number);
    if !is_reproducible(first, stage) {
        println!("SEED={first} did not give the same run twice");
        return false;
    }
    let start = Instant::now();
    let (mut runs, mut sends, mut tally) = (0, 0, [0; 3]);
    for (seed, is_asked_for) in failed_before.map(|seed| (seed, false)).chain((first..).map(|seed| (seed, true))) {
        let report = run(seed, &[], Trace::off(), stage);
        if report.violation.is_some() {
            tell(seed, &report, stage);
            return false;
        }
        runs += 1;
        sends += report.sends;
        for (sum, count) in tally.iter_mut().zip(report.tally) {
            *sum += count;
        }
        // A seed that is run again is run, however many sends the stored ones made.
        if is_asked_for && (sends >= most_sends || start.elapsed() >= most_time) {
            break;
        }
    }
    let rate = sends as f64 / start.elapsed().as_secs_f64();
    let [successes, not_sent, unknown] = tally;
    println!("{sends} sends in {runs} runs from seed {first} on, {rate:.0} per second; every law holds");
    println!("with the verifications: {successes} successes, {not_sent} NOT_SENT, {unknown} UNKNOWN");
    true
}

/// One seed gives one run, to the byte.
fn is_reproducible(first: u64, stage: &Stage) -> bool {
    (first..first + 20).all(|seed| {
        let [one, other] = [(); 2].map(|()| run(seed, &[], Trace::on(), stage).trace.whole());
        !one.is_empty() && one == other
    })
}

/// Prints a failure, without the faults that do not matter to it.
fn tell(seed: u64, report: &Report, stage: &Stage) {
    let shrunk = shrink::shrunk(seed, report, stage);
    let Some(violation) = shrunk.violation.as_ref().or(report.violation.as_ref()) else { return };
    println!("A law is broken. SEED={seed}, commit {}", commit());
    println!("  the law:  {}", violation.law);
    println!("  broken:   {}", violation.what);
    if violation.call != 0 {
        println!("  the call: #{} {}", violation.call, shrunk.summary);
    }
    println!("  faults:   {} of {} matter", shrunk.happened.len(), report.happened.len());
    for (fault, call, _) in &shrunk.happened {
        println!("            {} (call {call})", fault.text());
    }
    print!("{}", shrunk.trace.table_of(violation.call));
    println!("Run it again with `make simulate SEED={seed} SENDS=1`, and add the seed to tests/simulation/seeds.txt.");
}

fn commit() -> String {
    let output = Command::new("git").args(["rev-parse", "--short", "HEAD"]).output();
    output.map(|output| String::from_utf8_lossy(&output.stdout).trim().to_owned()).unwrap_or_default()
}
