//! Makes a failure readable: leaves out the faults of a run that do not matter.

use crate::faults::FaultId;
use crate::run::{Report, Stage, run};
use crate::trace::Trace;

/// More runs than this are not tried.
const MOST_RUNS: usize = 400;

/// The same failure with as few faults as can be found, and its trace.
pub fn shrunk(seed: u64, failed: &Report, stage: &Stage) -> Report {
    let law = failed.violation.as_ref().map(|violation| violation.law);
    let fails = |left_out: &[FaultId]| {
        let report = run(seed, left_out, Trace::off(), stage);
        report.violation.is_some_and(|violation| Some(violation.law) == law).then_some(report.happened)
    };
    let mut left_out: Vec<FaultId> = Vec::new();
    let mut kept = failed.happened.clone();
    let (mut size, mut runs) = (kept.len().div_ceil(2), 0);
    while size > 0 && runs < MOST_RUNS {
        let mut begin = 0;
        let mut has_shrunk = false;
        while begin < kept.len() && runs < MOST_RUNS {
            let part = &kept[begin..kept.len().min(begin + size)];
            let candidate = [&left_out[..], part].concat();
            runs += 1;
            match fails(&candidate) {
                Some(happened) => {
                    left_out = candidate;
                    // Without them the run goes another way, and other faults may happen in it.
                    kept = happened;
                    has_shrunk = true;
                }
                None => begin += size,
            }
        }
        if !has_shrunk || size > kept.len() {
            size /= 2;
        }
    }
    run(seed, &left_out, Trace::on(), stage)
}
