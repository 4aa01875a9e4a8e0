//! Answers that lie: what stands between an application and the service may say anything. Whatever it says, the call ends
//! in time and in bounded memory, and nothing unverified is called verified. Holds the second table of
//! `docs/certainty.md`.

#[path = "../common/mod.rs"]
mod common;
#[path = "../common/outcome.rs"]
mod outcome;
#[path = "../common/page.rs"]
mod page;

mod lies;
mod memory;

use std::io::BufReader;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use shoutout_otp::Client;
use stub_service::{Listener, Request};

use crate::common::{SUBMITTED, VERIFIED, client_with};
use crate::lies::{ALL, Lie};
use crate::outcome::{Outcome, TIMEOUT_MS, punctually};

/// What one call may allocate at its peak, whatever it is answered: the answer's limit of 1 MiB, and the room in which a
/// vector grows to that.
const MOST_MEMORY: usize = 4 * 1024 * 1024;

/// Less than the smallest call: a counter that says so does not count.
const LEAST_MEMORY: usize = 4 * 1024;

/// Asks the liar, and gives what the call came to. What it lied about once it tells truly ever after: nothing of a lie may be
/// taken for the next call's answer.
fn ask(lie: &'static Lie, truth: &'static str, call: impl Fn(&Client) -> Outcome) -> String {
    let what = format!("{}, for {truth}", lie.what);
    let (outcome, asked) = punctually(&what, || {
        let asked = Arc::new(AtomicUsize::new(0));
        let liar = Listener::start({
            let asked = asked.clone();
            move |mut stream| {
                while let Ok(Some(_)) = Request::read(&mut BufReader::new(&stream)) {
                    let told = match asked.fetch_add(1, Ordering::SeqCst) {
                        0 => (lie.tell)(&mut stream, truth),
                        _ => lies::tell_the_truth(&mut stream, truth),
                    };
                    // The client hangs up on most of them.
                    if told.is_err() {
                        return;
                    }
                }
            }
        });
        let liar = liar.unwrap();
        let client = client_with(&format!("http://{}", liar.address()), |options| {
            options.set_timeout_ms(TIMEOUT_MS).unwrap();
        });
        let before = memory::begin();
        let outcome = call(&client);
        let peak = memory::peak_since(before);
        assert!((LEAST_MEMORY..=MOST_MEMORY).contains(&peak), "{what}: {peak} bytes");
        let asked_before = asked.load(Ordering::SeqCst);
        let next = call(&client).words;
        assert!(next == "sent" || next == "verified", "{what}: the next call, which is told the truth, gives {next}");
        assert_eq!(asked.load(Ordering::SeqCst), asked_before + 1, "{what}: the next call asked more than once");
        (outcome, asked_before)
    });
    assert_eq!(asked, 1, "{what}: an answer, good or bad, is never asked for twice");
    outcome.words
}

#[test]
fn every_lie_gives_the_status_and_the_delivery_of_the_page_in_time_and_in_bounded_memory() {
    let mut table = String::from("| The answer | a send gives | a verification gives |\n|---|---|---|\n");
    let mut wrong = Vec::new();
    for lie in ALL {
        let sent = ask(lie, SUBMITTED, outcome::of_send);
        let verified = ask(lie, VERIFIED, outcome::of_verification);
        table.push_str(&format!("| {} | {sent} | {verified} |\n", lie.what));
        if (sent.as_str(), verified.as_str()) != (lie.send, lie.verification) {
            wrong.push(format!("{}: {sent}; {verified}", lie.what));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
    page::hold("lies", &table);
}
