//! Every place where a network or a service can stop a send, or answer it too early, and what the library says of it. Two
//! tables in `docs/certainty.md` are what these tests hold and write.

#[path = "../common/mod.rs"]
mod common;
#[path = "../common/name_server.rs"]
mod name_server;
#[path = "../common/outcome.rs"]
mod outcome;
#[path = "../common/page.rs"]
mod page;
#[path = "../common/trust.rs"]
mod trust;

mod cuts;
mod early;
mod long_request;
mod obstacles;

use std::collections::{BTreeMap, VecDeque};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Mutex, PoisonError};

use crate::cuts::Cut;
use crate::obstacles::Obstacle;
use crate::outcome::Outcome;
use crate::trust::Trust;

/// How many cases run at once: enough to be quick, since most of them wait, and few enough to be punctual.
const AT_ONCE: usize = 16;

/// One line of the page, and what the design says of it; several cases may be held by one.
struct Row {
    place: &'static str,
    fault: &'static str,
    /// More than one where it is a race which of them it is.
    right: Vec<&'static str>,
    kind: &'static str,
}

impl Row {
    /// Fails unless the outcome is right; gives the line that the page then has.
    fn line(&self, outcome: &Outcome, of: &str) -> String {
        let (words, right) = (outcome.words.as_str(), &self.right);
        assert!(right.contains(&words), "{of}: {words}, and right is {right:?}");
        let (words, tries) = match right[..] {
            [_] => (words.to_owned(), outcome.attempts.to_string()),
            _ => (format!("a race: {}", right.join(" or ")), "1 to 3".to_owned()),
        };
        format!("| {} | {} | {} | {words} | {tries} |\n", self.place, self.fault, self.kind)
    }
}

#[test]
fn every_place_and_fault_gives_the_status_and_the_delivery_of_the_page() {
    let trust = &Trust::new();
    let obstacles = Obstacle::ALL.into_iter().map(|obstacle| -> Case { Box::new(move || obstacle.run(trust)) });
    let cuts = Cut::all().into_iter().map(|cut| -> Case { Box::new(move || cut.run(trust)) });
    let mut lines = run_all(obstacles.chain(cuts).collect());
    // What several cases say alike, the page says once.
    lines.dedup();
    let head = "| Where it breaks off | how | connections | what the call gives | tries |\n|---|---|---|---|---|\n";
    page::hold("cuts", &format!("{head}{}", lines.concat()));
}

#[test]
fn every_early_answer_gives_what_the_page_says() {
    let trust = &Trust::new();
    let mut lines = run_all(early::all(trust));
    lines.dedup();
    let head = "| The answer | when it comes | connections | what the call gives | tries |\n|---|---|---|---|---|\n";
    page::hold("early", &format!("{head}{}", lines.concat()));
}

/// Meets a fault; gives the line of the page.
type Case<'a> = Box<dyn FnOnce() -> String + Send + 'a>;

/// Runs the cases, some at once, and gives what they gave, in their order; fails when all have run, if one has failed. The
/// tests take turns, so that none makes a case of another late.
fn run_all(cases: Vec<Case>) -> Vec<String> {
    static TURN: Mutex<()> = Mutex::new(());
    let _turn = TURN.lock().unwrap_or_else(PoisonError::into_inner);
    let cases: &Mutex<VecDeque<(usize, Case)>> = &Mutex::new(cases.into_iter().enumerate().collect());
    let results = &Mutex::new(BTreeMap::new());
    let next = move || cases.lock().unwrap().pop_front();
    std::thread::scope(|scope| {
        for _ in 0..AT_ONCE {
            scope.spawn(move || {
                while let Some((place, case)) = next() {
                    let result = catch_unwind(AssertUnwindSafe(case));
                    results.lock().unwrap().insert(place, result);
                }
            });
        }
    });
    let (lines, failures): (Vec<_>, Vec<_>) =
        std::mem::take(&mut *results.lock().unwrap()).into_values().partition(Result::is_ok);
    assert!(failures.is_empty(), "{} of {} cases failed", failures.len(), failures.len() + lines.len());
    lines.into_iter().flatten().collect()
}
