//! Faults planted in the library: the laws must find each. The table of `docs/certainty.md` is written from here.

use shoutout_otp::simulation::{PlantedFault, plant};

use crate::page;
use crate::run::{Stage, run};
use crate::trace::Trace;

/// Each fault must be found within so many sends.
const MOST_SENDS: u64 = 50_000;

/// Plants one fault after the other, each from the same seed on; false if one is not found.
pub fn are_all_found(first_seed: u64, stage: &Stage) -> bool {
    let mut table = "| Planted in the library | found after | by the law |\n|---|---|---|\n".to_owned();
    let mut are_found = true;
    for fault in PlantedFault::ALL {
        plant(Some(*fault));
        let found = sends_until_found(first_seed, stage);
        plant(None);
        match found {
            Some((sends, law)) => {
                println!("{fault:?}: found after {sends} sends, by \"{law}\"");
                table.push_str(&format!("| {} | {} sends | {law} |\n", fault.description(), rounded(sends)));
            }
            None => {
                println!("{fault:?}: NOT FOUND in {MOST_SENDS} sends");
                are_found = false;
            }
        }
    }
    if are_found {
        page::hold("planted", &table);
    }
    are_found
}

fn sends_until_found(first_seed: u64, stage: &Stage) -> Option<(u64, &'static str)> {
    let mut sends = 0;
    for seed in first_seed.. {
        let report = run(seed, &[], Trace::off(), stage);
        sends += report.sends;
        if let Some(violation) = report.violation {
            return Some((sends, violation.law));
        }
        if sends >= MOST_SENDS {
            break;
        }
    }
    None
}

/// The next power of ten, or its half or fifth: a small change of the library must not change the page.
fn rounded(sends: u64) -> String {
    let limit = (2..).flat_map(|power| [1, 2, 5].map(|times| times * 10_u64.pow(power))).find(|limit| *limit >= sends);
    format!("at most {}", limit.unwrap_or(sends))
}
