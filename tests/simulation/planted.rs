//! Faults planted in the library: the laws must find each. `docs/certainty.md` says within how many sends.

use std::path::Path;

use shoutout_otp::simulation::{PlantedFault, plant};

use crate::page;
use crate::run::{Stage, run};
use crate::trace::Trace;

/// Each fault must be found within so many sends.
const MOST_SENDS: u64 = 200_000;

/// One fault that was found.
struct Find {
    fault: PlantedFault,
    sends: u64,
    law: &'static str,
}

/// Plants one fault after the other, each from the same seed on; false if one is not found within the number that the page
/// states. Writes the page's table where it is to be renewed.
pub fn are_all_found(first_seed: u64, stage: &Stage) -> bool {
    let mut finds = Vec::new();
    for fault in PlantedFault::ALL {
        plant(Some(*fault));
        let found = find(*fault, first_seed, stage);
        plant(None);
        match found {
            Some(find) => {
                println!("{fault:?}: found after {} sends, by \"{}\"", find.sends, find.law);
                finds.push(find);
            }
            None => {
                println!("{fault:?}: NOT FOUND in {MOST_SENDS} sends");
                return false;
            }
        }
    }
    if std::env::var_os("SHOUTOUT_RENEW_DOCS").is_some() {
        page::hold("planted", &table_of(&finds));
        return true;
    }
    finds.iter().all(is_as_stated)
}

fn find(fault: PlantedFault, first_seed: u64, stage: &Stage) -> Option<Find> {
    let mut sends = 0;
    for seed in first_seed.. {
        let report = run(seed, &[], Trace::off(), stage);
        sends += report.sends;
        if let Some(violation) = report.violation {
            return Some(Find { fault, sends, law: violation.law });
        }
        if sends >= MOST_SENDS {
            break;
        }
    }
    None
}

fn table_of(finds: &[Find]) -> String {
    let mut table = "| Planted in the library | found within | by the law |\n|---|---|---|\n".to_owned();
    for find in finds {
        table.push_str(&format!("{} {} sends | {} |\n", beginning_of_row(find.fault), bound(find.sends), find.law));
    }
    table
}

fn beginning_of_row(fault: PlantedFault) -> String {
    format!("| {} |", fault.description())
}

/// Whether the page states a number that is large enough.
fn is_as_stated(find: &Find) -> bool {
    let page = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/certainty.md"));
    let row = beginning_of_row(find.fault);
    let stated = page.ok().and_then(|page| {
        let rest = page.lines().find_map(|line| line.strip_prefix(&row))?.trim_start().to_owned();
        rest.split(' ').next()?.parse::<u64>().ok()
    });
    let is_stated = stated.is_some_and(|stated| find.sends <= stated);
    if !is_stated {
        println!("{:?}: docs/certainty.md states {stated:?} sends: run `make certainty-page`", find.fault);
    }
    is_stated
}

/// A round number with a margin: a change of the library changes which run finds a fault.
fn bound(sends: u64) -> u64 {
    let mut rounds = (3..).flat_map(|power| [1, 2, 5].map(|times| times * 10_u64.pow(power)));
    rounds.find(|round| *round >= 3 * sends).unwrap_or(MOST_SENDS).min(MOST_SENDS)
}
