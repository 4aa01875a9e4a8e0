//! The client's end of a wire: what the library reads, writes and waits for.

use std::io::{self, IoSlice, Read};
use std::time::Duration;

use shoutout_otp::simulation::{Interest, NetworkFault, Readiness, Received, SinceLastAnswer, Stream, Until};

use super::{BREAKS, Parcel, cut_size};
use crate::faults::Fault;
use crate::sim::{Happening, Sim};

/// An answer that comes is read on for this long after a cancellation.
const READ_ON_FOR: Duration = Duration::from_millis(20);

/// The client's end of a wire.
pub struct SimulatedStream {
    sim: Sim,
    wire: usize,
}

impl SimulatedStream {
    pub fn new(sim: Sim, wire: usize) -> SimulatedStream {
        SimulatedStream { sim, wire }
    }
}

impl Stream for SimulatedStream {
    fn send(&mut self, parts: &[IoSlice]) -> Result<usize, NetworkFault> {
        self.sim.begin_operation();
        let mut state = self.sim.state();
        let call = state.use_wire(self.wire);
        if matches!(state.wires[self.wire].end, Some(Parcel::Reset)) {
            return Err(reset());
        }
        if state.draw(Fault::WriteFails, call).is_some() {
            state.wires[self.wire].end = Some(Parcel::Reset);
            state.wires[self.wire].is_peer_closed = true;
            return Err(reset());
        }
        state.judge_reuse(self.wire, call);
        let length: usize = parts.iter().map(|part| part.len()).sum();
        let cut = state.draw(Fault::RequestCut, call);
        let wire = &mut state.wires[self.wire];
        if let (Some(mut dice), None) = (cut, wire.break_out) {
            wire.break_out = Some((wire.taken + dice.below(length as u64 + 1), dice.pick(&BREAKS)));
        }
        let room = wire.window.saturating_sub(wire.on_the_way_out.len());
        let count = room.min(length);
        let mut left = count;
        for part in parts {
            let taken = left.min(part.len());
            wire.on_the_way_out.extend(&part[..taken]);
            left -= taken;
        }
        wire.taken += count as u64;
        let way = wire.way;
        if count > 0 && !wire.is_delivery_planned {
            wire.is_delivery_planned = true;
            state.schedule(way, Happening::ReachPeer(self.wire));
        }
        state.ledger.writes(call, self.wire);
        state.note(call, || format!("wire {}: the kernel takes {count} of {length} bytes", self.wire));
        Ok(count)
    }

    fn flush(&mut self) -> Result<bool, NetworkFault> {
        Ok(true)
    }

    fn bytes_sent(&self) -> u64 {
        self.sim.state().wires[self.wire].taken
    }

    fn receive(&mut self, room: &mut [u8]) -> Result<Received, NetworkFault> {
        self.sim.begin_operation();
        let mut state = self.sim.state();
        let call = state.use_wire(self.wire);
        let short = state.draw(Fault::ShortReads, call);
        let wire = &mut state.wires[self.wire];
        if wire.came.is_empty() {
            wire.read_end |= wire.end.is_some();
            return match wire.end {
                Some(Parcel::Reset) => Err(reset()),
                Some(_) => Ok(Received::End),
                None => Ok(Received::Nothing),
            };
        }
        let mut count = wire.came.len().min(room.len());
        if let Some(mut dice) = short {
            count = cut_size(&mut dice).min(count);
        }
        wire.came.read_exact(&mut room[..count]).expect("so much has come");
        wire.read += count as u64;
        state.note(call, || format!("wire {}: reads {count} bytes", self.wire));
        state.judge_what_was_read(self.wire);
        Ok(Received::Bytes(count))
    }

    fn wait(&mut self, interest: Interest, until: Until) -> Result<Readiness, NetworkFault> {
        self.sim.begin_operation();
        let (end, call) = {
            let mut state = self.sim.state();
            let call = state.use_wire(self.wire);
            let left = state.time_until(until.deadline);
            if state.draw(Fault::SpuriousWake, call).is_some() {
                return Ok(Readiness { read: interest != Interest::Write, write: interest != Interest::Read });
            }
            (state.time + left, call)
        };
        loop {
            let left = {
                let mut state = self.sim.state();
                let running = state.running();
                let wire = &mut state.wires[self.wire];
                let ready = wire.readiness();
                let ready = Readiness {
                    read: ready.read && interest != Interest::Write,
                    write: ready.write && interest != Interest::Read,
                };
                if until.is_cancelled() {
                    wire.waiter = None;
                    // What has come is read on for a moment, and nothing more is written.
                    let now = state.time;
                    let is_read_on = ready.read && state.ledger.was_cancelled_within(call, READ_ON_FOR, now);
                    return if is_read_on {
                        Ok(Readiness { read: true, write: false })
                    } else {
                        Err(NetworkFault::cancelled())
                    };
                }
                if ready.read || ready.write {
                    wire.waiter = None;
                    return Ok(ready);
                }
                wire.waiter = Some(running);
                end.saturating_sub(state.time)
            };
            if left.is_zero() {
                self.sim.state().wires[self.wire].waiter = None;
                return Err(NetworkFault::timed_out());
            }
            self.sim.park(left);
        }
    }

    fn look(&mut self) -> SinceLastAnswer {
        self.sim.begin_operation();
        let mut state = self.sim.state();
        state.use_wire(self.wire);
        let wire = &state.wires[self.wire];
        match (wire.came.is_empty(), &wire.end) {
            (false, _) => SinceLastAnswer::Spoke,
            (true, Some(_)) => SinceLastAnswer::Ended,
            (true, None) => SinceLastAnswer::Silent,
        }
    }

    fn duplicate(&self) -> Option<Box<dyn Stream>> {
        self.sim.state().wires[self.wire].handles += 1;
        Some(Box::new(SimulatedStream::new(self.sim.clone(), self.wire)))
    }
}

impl Drop for SimulatedStream {
    fn drop(&mut self) {
        let mut state = self.sim.state();
        // The run may be over.
        let Some(wire) = state.wires.get_mut(self.wire) else { return };
        wire.handles -= 1;
        if wire.handles == 0 {
            wire.is_closed = true;
            let call = wire.call;
            state.note(call, || format!("wire {} is closed", self.wire));
        }
    }
}

fn reset() -> NetworkFault {
    NetworkFault::lost(&io::ErrorKind::ConnectionReset.into())
}
