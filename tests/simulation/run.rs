//! One run: what its seed makes of it, from the first call to the last law.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use generator::{Generator, Gn};
use shoutout_otp::simulation::{self, Connections, World};
use shoutout_otp::{Call, Client, Options};

use crate::chance::Dice;
use crate::faults::{Fault, FaultId, Faults};
use crate::laws::{LeadsTo, Operation, Outcome, Violation};
use crate::machine::Process;
use crate::names::Hosts;
use crate::request::COUNTRY;
use crate::sim::{CallNumber, Happening, Sim, State};
use crate::tls::{Authority, cryptography};
use crate::trace::Trace;
use crate::words::reference_id;

/// rustls and the answers need some of it; a word is eight bytes.
const STACK_WORDS: usize = 32 * 1024;

/// What all runs share.
pub struct Stage<'a> {
    pub authority: &'a Authority,
    pub ca_file: &'a Path,
}

/// What became of a run.
pub struct Report {
    pub sends: u64,
    /// Successes, NOT_SENT, UNKNOWN.
    pub tally: [u64; 3],
    pub violation: Option<Violation>,
    pub happened: Vec<FaultId>,
    pub trace: Trace,
    pub summary: String,
}

/// One of the clients of a run.
struct Actor {
    client: Client,
    timeout: Duration,
    leads_to: LeadsTo,
    secrets: Vec<String>,
}

/// Runs what the seed makes, without the faults that are left out.
pub fn run(seed: u64, left_out: &[FaultId], trace: Trace, stage: &Stage) -> Report {
    let mut faults = Faults::of_run(seed, left_out);
    let hosts = Hosts::of_run(seed, &mut faults);
    let cryptography = cryptography(seed);
    let servers = stage.authority.servers(&cryptography);
    let mut state = State::new(seed, faults, hosts, servers, trace);
    if let Some(mut dice) = state.draw(Fault::CoarseClock, 0) {
        state.tick = Duration::from_millis(dice.pick(&[1, 10, 100, 1_000]));
    }
    let mut dice = Dice::of(seed, &[6]);
    let crowd = state.draw(Fault::Crowd, 0).map(|mut dice| 100 + dice.below(60));
    let threads = crowd.unwrap_or_else(|| 1 + dice.below(4));
    let forks = state.draw(Fault::Fork, 0).is_some();
    let calls_per_thread = if crowd.is_some() { 1 } else { 4 + dice.below(12) };

    let program = Arc::new(Connections::default());
    let actors: Vec<Actor> =
        (0..1 + dice.below(3)).map(|number| actor(number, &mut dice, &mut state, &program, stage)).collect();
    // After a fork, every other thread is the child's.
    let process_of = |thread: u64| if forks { (thread % 2) as usize } else { 0 };
    (0..threads).for_each(|thread| state.add_thread(process_of(thread)));
    let sim = Sim::new(state);
    let worlds = [0, 1].map(|number| -> &'static dyn World {
        // The library keeps a world forever; what is leaked is a few words.
        Box::leak(Box::new(Process { sim: sim.clone(), number, cryptography: cryptography.clone() }))
    });
    let mut coroutines: Vec<Generator<'_, (), ()>> = (0..threads)
        .map(|number| {
            let (sim, actors, worlds) = (&sim, &actors, &worlds);
            let process = process_of(number);
            let thread = Thread { sim, actors, world: worlds[process], dice: Dice::of(seed, &[7, number]) };
            Gn::new_opt(STACK_WORDS, move || {
                // A child has the memory of its parent, with the connections that were kept until then.
                let before_fork = if process == 1 { Duration::from_secs(3) } else { Duration::ZERO };
                thread.sim.park(before_fork);
                thread.live(calls_per_thread);
            })
        })
        .collect();
    sim.run(|thread| {
        coroutines[thread].resume();
    });
    drop(coroutines);
    let report = judge(&sim);
    drop(actors);
    drop(program);
    sim.state().forget();
    report
}

fn judge(sim: &Sim) -> Report {
    let mut state = sim.state();
    state.hear_what_was_lost();
    state.judge_all();
    if state.faults.happened.is_empty() {
        state.judge_a_run_without_faults();
    }
    let violation = state.ledger.violation.clone();
    let summary = violation.as_ref().filter(|violation| violation.call != 0);
    let summary = summary.map(|violation| state.summary_of(violation.call)).unwrap_or_default();
    Report {
        sends: state.ledger.sends(),
        tally: state.tally(),
        violation,
        happened: std::mem::take(&mut state.faults.happened),
        trace: std::mem::replace(&mut state.trace, Trace::off()),
        summary,
    }
}

fn actor(number: u64, dice: &mut Dice, state: &mut State, program: &Arc<Connections>, stage: &Stage) -> Actor {
    let mut options = Options::new();
    let is_plain = !dice.is_one_in(3);
    let scheme = if is_plain { "http" } else { "https" };
    // The certificate is for the first host only.
    let host = if is_plain && dice.is_one_in(3) { 1 } else { 0 };
    options.set_base_url(&format!("{scheme}://service{host}.example/otpservice")).unwrap();
    options.set_allow_plain_http(is_plain);
    options.set_ca_file(stage.ca_file.to_str().unwrap()).unwrap();
    let mut secrets = vec![format!("key.of.client.{number}"), format!("tenant-secret-{number}")];
    options.add_header("x-tenant", &secrets[1]).unwrap();
    let has_proxy = dice.is_one_in(4);
    if has_proxy {
        secrets.push("proxy-password".to_owned());
        options.set_proxy(Some("http://us:proxy-password@proxy2.example:3128")).unwrap();
    }
    let timeout = match state.draw(Fault::ShortTimeout, 0) {
        Some(mut dice) => dice.pick(&[1, 5, 50, 300]),
        None => 30_000,
    };
    options.set_timeout_ms(timeout).unwrap();
    options.set_connect_timeout_ms(dice.pick(&[1_000, 5_000])).unwrap();
    options.set_max_retries(dice.pick(&[0, 1, 2, 2, 10])).unwrap();
    let client = simulation::client(program, &secrets[0], &options).expect("the options are good");
    Actor { client, timeout: Duration::from_millis(timeout.into()), leads_to: (is_plain, host, has_proxy), secrets }
}

/// A thread of the application.
struct Thread<'a> {
    sim: &'a Sim,
    actors: &'a [Actor],
    world: &'static dyn World,
    dice: Dice,
}

impl Thread<'_> {
    fn live(mut self, calls: u64) {
        let mut last_sent = None;
        for _ in 0..calls {
            let pause = self.dice.pick(&[0, 0, 0, 1, 1, 10, 100, 1_000, 20_000, 70_000]);
            self.sim.park(Duration::from_millis(pause));
            let actor = &self.actors[self.dice.below(self.actors.len() as u64) as usize];
            let operation = match last_sent {
                Some(of) if self.dice.is_one_in(5) => Operation::Verify { of },
                _ => Operation::Send,
            };
            let (number, outcome) = self.call(actor, operation);
            if let Outcome::Sent(_) = outcome {
                last_sent = Some(number);
            }
            let mut state = self.sim.state();
            state.ends(number, outcome);
            state.set_call(0);
        }
    }

    fn call(&mut self, actor: &Actor, operation: Operation) -> (CallNumber, Outcome) {
        let mut state = self.sim.state();
        let number = state.ledger.next_number();
        let mut secrets = actor.secrets.clone();
        let destination = format!("{COUNTRY}{number:07}");
        let code = format!("{number:06}-{}", self.dice.below(1_000_000));
        secrets.push(if operation == Operation::Send { destination.clone() } else { code.clone() });
        let clock = state.clock();
        let own = state.draw(Fault::OwnSettings, number).map(|mut dice| dice.pick(&[100, 1_000, 9_000]));
        let timeout = own.map_or(actor.timeout, Duration::from_millis);
        if own.is_some() {
            secrets.push(format!("secret-of-call-{number}"));
        }
        state.ledger.begins(operation, clock, timeout, actor.leads_to, secrets);
        state.set_call(number);
        state.note(number, || format!("call {number} begins: {operation:?}"));
        // Most calls of most applications have none.
        let is_stoppable = own.is_some() || self.dice.is_one_in(2);
        let settings = Arc::new(own_settings(number, own));
        if let Some(mut dice) = state.draw(Fault::Cancel, number).filter(|_| is_stoppable) {
            let after = Duration::from_micros(dice.pick(&[0, 100, 300, 700, 1_500, 20_000, 1_000_000, 6_000_000]));
            state.schedule(after, Happening::Cancel(number, settings.clone()));
        }
        drop(state);
        let (client, world) = (&actor.client, self.world);
        let own = Some(&*settings).filter(|_| is_stoppable);
        let length = if self.dice.is_one_in(10) { self.dice.below(12_000) } else { self.dice.below(40) };
        let content = format!("Your code is {{{{code}}}}. {}", "x".repeat(length as usize));
        let outcome = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| match operation {
            Operation::Send => {
                simulation::send_otp(client, world, own, "ShoutDEMO", &destination, &content).map(Outcome::Sent)
            }
            Operation::Verify { of } => {
                simulation::verify_otp(client, world, own, &reference_id(of), &code).map(Outcome::Checked)
            }
        }));
        let outcome = match outcome {
            Ok(outcome) => outcome.unwrap_or_else(Outcome::Failed),
            Err(_) => Outcome::Panicked,
        };
        (number, outcome)
    }
}

/// The settings of a call: a timeout of its own with a header of its own, or only the way to cancel it.
fn own_settings(number: CallNumber, timeout_ms: Option<u64>) -> Call {
    let mut settings = Call::new();
    if let Some(timeout) = timeout_ms {
        settings.set_timeout_ms(timeout as u32).expect("a timeout");
        settings.add_header("x-call", &format!("secret-of-call-{number}")).expect("a header");
    }
    settings
}
