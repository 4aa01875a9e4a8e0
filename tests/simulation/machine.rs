//! The simulated machine as the library sees it: the world of one process.

use std::fmt;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime};

use rustls::crypto::CryptoProvider;
use shoutout_otp::simulation::{
    Dialled, Dialler, Event, LookupFault, ProcessMark, Stop, Stream, TellAddresses, Until, World,
};

use crate::faults::Fault;
use crate::names::Reception;
use crate::sim::{Happening, Sim};
use crate::tls::date;
use crate::wire::SimulatedStream;

/// One process of the simulated machine.
pub struct Process {
    pub sim: Sim,
    pub number: usize,
    pub cryptography: Arc<CryptoProvider>,
}

impl fmt::Debug for Process {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Process({})", self.number)
    }
}

impl World for Process {
    fn now(&self) -> Instant {
        self.sim.state().now()
    }

    fn date(&self) -> SystemTime {
        date() + self.sim.state().clock()
    }

    fn process(&self) -> ProcessMark {
        ProcessMark::simulated(self.number as u64 + 1)
    }

    fn prepare_to_stop(&self, _: &Stop) -> io::Result<()> {
        let mut state = self.sim.state();
        let call = state.call();
        match state.draw(Fault::NoStop, call) {
            Some(_) => Err(io::Error::from_raw_os_error(libc::EMFILE)),
            None => Ok(()),
        }
    }

    fn pause(&self, time: Duration, stop: Option<&Stop>) {
        self.sim.begin_operation();
        if !stop.is_some_and(Stop::is_cancelled) {
            self.sim.park(time);
        }
    }

    fn wait_for(&self, event: &Event, until: Until) {
        let end = self.sim.end_of(until);
        loop {
            let left = end.saturating_sub(self.sim.state().time);
            if event.has_happened() || left.is_zero() || until.is_cancelled() {
                return;
            }
            self.sim.park_for_event(left);
        }
    }

    fn random_fraction(&self) -> f64 {
        self.sim.state().dice.below(1 << 32) as f64 / (1_u64 << 32) as f64
    }

    fn cryptography(&self) -> Option<Arc<CryptoProvider>> {
        Some(self.cryptography.clone())
    }

    fn look_up(&self, host: &str, tell: TellAddresses) -> io::Result<()> {
        self.sim.begin_operation();
        let mut state = self.sim.state();
        let call = state.call();
        if state.draw(Fault::NoLookupThread, call).is_some() {
            return Err(io::ErrorKind::WouldBlock.into());
        }
        let found = if state.draw(Fault::NameFails, call).is_some() {
            Err(LookupFault::Unavailable)
        } else if state.draw(Fault::NameUnknown, call).is_some() {
            Err(LookupFault::Unknown)
        } else {
            Ok(state.hosts.addresses_of(host))
        };
        let slow = state.draw(Fault::NameSlow, call).map(|mut dice| Duration::from_millis(dice.below(40_000)));
        state.note(call, || format!("looks up {host}: {found:?}"));
        state.schedule(slow.unwrap_or(Duration::from_micros(300)), Happening::LookupEnds(tell, found));
        Ok(())
    }

    fn dialler(&self) -> Box<dyn Dialler> {
        Box::new(Attempts { sim: self.sim.clone(), under_way: Vec::new() })
    }
}

/// Attempts to connect that are under way.
struct Attempts {
    sim: Sim,
    under_way: Vec<Attempt>,
}

struct Attempt {
    address: SocketAddr,
    /// When it ends, and how; `None`: never.
    end: Option<(Duration, io::Result<()>)>,
}

impl Dialler for Attempts {
    fn begin(&mut self, address: SocketAddr) -> io::Result<()> {
        self.sim.begin_operation();
        let mut state = self.sim.state();
        let call = state.call();
        state.note(call, || format!("connects to {address}"));
        state.ledger.dials(call);
        if state.draw(Fault::TooManyFiles, call).is_some() {
            return Err(io::Error::from_raw_os_error(libc::EMFILE));
        }
        if state.draw(Fault::AddressUnreachable, call).is_some() {
            return Err(io::ErrorKind::NetworkUnreachable.into());
        }
        let now = state.time;
        let end = match state.hosts.reception(address.ip()) {
            Reception::Accepts(after) => Some((now + after, Ok(()))),
            Reception::Refuses(after, kind) => Some((now + after, Err(kind.into()))),
            Reception::Never => None,
        };
        self.under_way.push(Attempt { address, end });
        Ok(())
    }

    fn is_idle(&self) -> bool {
        self.under_way.is_empty()
    }

    fn next(&mut self, until: Until) -> io::Result<Option<Dialled>> {
        self.sim.begin_operation();
        let latest = self.sim.end_of(until);
        let first = self.under_way.iter().enumerate().filter_map(|(index, attempt)| {
            let (at, _) = attempt.end.as_ref()?;
            Some((*at, index))
        });
        let first = first.min().filter(|(at, _)| *at <= latest);
        let end = first.map_or(latest, |(at, _)| at);
        loop {
            let left = end.saturating_sub(self.sim.state().time);
            if until.is_cancelled() {
                return Ok(None);
            }
            if left.is_zero() {
                break;
            }
            self.sim.park(left);
        }
        let Some((_, index)) = first else { return Ok(None) };
        let Attempt { address, end } = self.under_way.swap_remove(index);
        let outcome = end.map_or(Ok(()), |(_, outcome)| outcome);
        let stream = outcome.map(|()| connected(&self.sim, address.ip(), address.port()));
        Ok(Some(Dialled { address: address.ip(), stream }))
    }
}

fn connected(sim: &Sim, address: IpAddr, port: u16) -> Box<dyn Stream> {
    let wire = sim.state().open_wire(address, port);
    Box::new(SimulatedStream::new(sim.clone(), wire))
}
