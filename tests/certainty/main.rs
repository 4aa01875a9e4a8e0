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

use std::collections::VecDeque;
use std::path::{Path, PathBuf};
use std::sync::Mutex;

use stub_service::Identity;

use crate::cuts::Cut;
use crate::obstacles::Obstacle;

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

/// One line of the page; several cases may be held by one.
#[derive(PartialEq)]
struct Row {
    place: &'static str,
    fault: &'static str,
    /// Every one of these is right: which it is, is a race.
    right: Vec<&'static str>,
    kind: &'static str,
}

impl Row {
    fn line(&self) -> String {
        format!("| {} | {} | {} | {} |\n", self.place, self.fault, self.right.join(" or "), self.kind)
    }

    /// Fails unless the outcome is what the page says.
    fn hold(&self, outcome: &str, of: &str) {
        assert!(self.right.contains(&outcome), "{of}: {outcome}, and the page says {:?}", self.right);
    }
}

#[test]
fn every_place_and_fault_gives_the_status_and_the_delivery_of_the_page() {
    let trust = &Trust::new();
    let obstacles = Obstacle::ALL.into_iter().map(|obstacle| -> Case { Box::new(move || obstacle.run(trust)) });
    let cuts = Cut::all().into_iter().map(|cut| -> Case { Box::new(move || cut.run(trust)) });
    run_all(obstacles.chain(cuts).collect());

    let mut rows: Vec<Row> = Obstacle::ALL.map(Obstacle::row).into_iter().collect();
    for row in Cut::all().into_iter().map(Cut::row) {
        if !rows.contains(&row) {
            rows.push(row);
        }
    }
    let head = "| Where it breaks off | how | what the send gives | connections |\n|---|---|---|---|\n";
    page::hold("cuts", &format!("{head}{}", rows.iter().map(Row::line).collect::<String>()));
}

type Case<'a> = Box<dyn FnOnce() + Send + 'a>;

/// Runs the cases, some at once; a panic in one of them fails the test.
fn run_all(cases: VecDeque<Case>) {
    let cases = &Mutex::new(cases);
    let next = move || cases.lock().unwrap().pop_front();
    std::thread::scope(|scope| {
        for _ in 0..AT_ONCE {
            scope.spawn(move || {
                while let Some(case) = next() {
                    case();
                }
            });
        }
    });
}
