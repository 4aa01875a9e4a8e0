//! The library in a simulated world: time, names, network, proxy and service come from one seed, and every call is checked
//! against laws. `docs/certainty.md` says what is simulated and what was found.
//!
//! Arguments: `run SEED SENDS`.

mod chance;
mod faults;
mod laws;
mod machine;
mod names;
mod request;
mod run;
mod service;
mod sim;
mod tls;
mod trace;
mod wire;
mod words;

use std::process::ExitCode;
use std::time::Instant;

use run::{Stage, run};
use tls::Authority;
use trace::Trace;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let number = |index: usize, usual: u64| arguments.get(index).map_or(usual, |text| text.parse().expect("a number"));
    let (first, sends) = (number(1, 1), number(2, 10_000));
    let folder = tempfile::tempdir().unwrap();
    let ca_file = folder.path().join("ca.pem");
    let authority = Authority::new();
    authority.write_ca_file(&ca_file);
    let stage = Stage { authority: &authority, ca_file: &ca_file };
    let start = Instant::now();
    let (mut done, mut tally, mut seed) = (0, [0; 3], first);
    while done < sends {
        let report = run(seed, &[], Trace::off(), &stage);
        done += report.sends;
        for (sum, count) in tally.iter_mut().zip(report.tally) {
            *sum += count;
        }
        if let Some(violation) = report.violation {
            let report = run(seed, &[], Trace::on(), &stage);
            println!("SEED={seed}: {violation:?}\n{}", report.summary);
            println!("{}", report.trace.table_of(violation.call));
            println!("faults: {:?}", report.happened);
            return ExitCode::FAILURE;
        }
        seed += 1;
    }
    let rate = done as f64 / start.elapsed().as_secs_f64();
    println!("{done} sends in {} runs, {rate:.0} per second: {tally:?}", seed - first);
    ExitCode::SUCCESS
}
