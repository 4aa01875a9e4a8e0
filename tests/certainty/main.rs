//! Every place where a network or a service can stop a send, and what the library says of it. The table in
//! `docs/certainty.md` is what this test holds and writes.

#[path = "../common/mod.rs"]
mod common;
#[path = "../common/name_server.rs"]
mod name_server;
#[path = "../common/outcome.rs"]
mod outcome;
#[path = "../common/page.rs"]
mod page;

mod cuts;
mod obstacles;

use std::collections::{BTreeMap, VecDeque};
use std::path::{Path, PathBuf};
use std::sync::Mutex;

use stub_service::Identity;

use crate::cuts::Cut;
use crate::obstacles::Obstacle;
use crate::outcome::Outcome;

/// How many cases run at once: enough to be quick, since most of them wait, and few enough to be punctual.
const AT_ONCE: usize = 16;

/// A certificate, and the file by which a client trusts it.
struct Trust {
    identity: Identity,
    ca_file: PathBuf,
}

impl Trust {
    fn new() -> Trust {
        let identity = Identity::for_loopback();
        let ca_file = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("certainty-{}.pem", std::process::id()));
        std::fs::write(&ca_file, identity.certificate_pem()).unwrap();
        Trust { identity, ca_file }
    }

    fn path(&self) -> &str {
        self.ca_file.to_str().unwrap()
    }
}

impl Drop for Trust {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.ca_file);
    }
}

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

/// Meets a fault; gives the line of the page.
type Case<'a> = Box<dyn FnOnce() -> String + Send + 'a>;

/// Runs the cases, some at once, and gives what they gave, in their order; a panic in one of them fails the test.
fn run_all(cases: Vec<Case>) -> Vec<String> {
    let cases: &Mutex<VecDeque<(usize, Case)>> = &Mutex::new(cases.into_iter().enumerate().collect());
    let lines = &Mutex::new(BTreeMap::new());
    let next = move || cases.lock().unwrap().pop_front();
    std::thread::scope(|scope| {
        for _ in 0..AT_ONCE {
            scope.spawn(move || {
                while let Some((place, case)) = next() {
                    let line = case();
                    lines.lock().unwrap().insert(place, line);
                }
            });
        }
    });
    std::mem::take(&mut *lines.lock().unwrap()).into_values().collect()
}
