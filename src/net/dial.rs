//! A TCP connection to one of several addresses (RFC 8305, "Happy Eyeballs"): a next attempt begins while the earlier ones
//! go on, and the first that connects wins. An address that does not answer therefore costs 250 ms.

use std::io;
use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use super::stream::Stream;
use super::until::Until;
use super::world::{Dialled, World};
use crate::errors::{Cause, NetworkFault};
use crate::sys;

/// More addresses than this are not tried.
const MAX_ADDRESSES: usize = 16;
/// RFC 8305 section 8, "Connection Attempt Delay".
const LONGEST_DELAY: Duration = Duration::from_millis(250);

/// Connects to the first address that accepts, and names it.
pub(crate) fn dial(
    world: &dyn World,
    addresses: &[IpAddr],
    port: u16,
    until: Until,
) -> Result<(Box<dyn Stream>, IpAddr), NetworkFault> {
    let deadline = until.deadline;
    let mut next_at = world.now();
    let addresses = &addresses[..addresses.len().min(MAX_ADDRESSES)];
    // Every address is tried within the deadline, and the last one has at least one delay of time left.
    let delay = LONGEST_DELAY.min(deadline.saturating_duration_since(next_at) / (addresses.len() as u32 + 1));
    let mut untried = addresses.iter();
    let mut dialler = world.dialler();
    let mut last = io::Error::from(io::ErrorKind::AddrNotAvailable);
    loop {
        let is_turn_of_next = dialler.is_idle() || world.now() >= next_at;
        if let Some(address) = if is_turn_of_next { untried.next() } else { None } {
            if let Err(error) = dialler.begin(SocketAddr::new(*address, port)) {
                last = error;
            }
            next_at = world.now() + delay;
            continue;
        }
        if dialler.is_idle() {
            return Err(all_failed(&last));
        }
        let end = if untried.len() == 0 { deadline } else { next_at.min(deadline) };
        match dialler.next(Until { deadline: end, ..until }).map_err(|error| NetworkFault::lost(&error))? {
            Some(Dialled { address, stream: Ok(stream) }) => return Ok((stream, address)),
            Some(Dialled { stream: Err(error), .. }) => {
                last = error;
                // After a failure, the next address is tried at once.
                next_at = world.now();
            }
            None if until.is_cancelled() || world.now() >= deadline => return Err(until.fault()),
            None => {}
        }
    }
}

/// Every address failed.
fn all_failed(last: &io::Error) -> NetworkFault {
    let cause = match last.kind() {
        _ if sys::is_lack_of_descriptors(last) => Cause::TooManyFilesToConnect,
        io::ErrorKind::TimedOut => Cause::TimedOut,
        _ => Cause::NotConnected,
    };
    NetworkFault::new(cause, last.to_string())
}

/// The addresses in the order in which they are tried: those of the two families in turn, the first family first (RFC 8305
/// section 4).
pub(super) fn in_turn(addresses: Vec<IpAddr>) -> Vec<IpAddr> {
    let is_of_first = |address: &IpAddr| address.is_ipv4() == addresses[0].is_ipv4();
    let (first, other): (Vec<IpAddr>, Vec<IpAddr>) = addresses.iter().partition(|address| is_of_first(address));
    let (mut first, mut other) = (first.into_iter(), other.into_iter());
    let mut ordered = Vec::with_capacity(addresses.len());
    while ordered.len() < addresses.len() {
        ordered.extend(first.next());
        ordered.extend(other.next());
    }
    ordered
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::net::THIS_MACHINE;
    use std::net::TcpListener;
    use std::time::Instant;

    fn addresses(texts: &[&str]) -> Vec<IpAddr> {
        texts.iter().map(|text| text.parse().unwrap()).collect()
    }

    fn later() -> Until<'static> {
        Until { deadline: Instant::now() + Duration::from_secs(60), stop: None }
    }

    #[test]
    fn the_families_take_turns_and_the_first_one_begins() {
        let ordered = in_turn(addresses(&["::1", "::2", "::3", "10.0.0.1"]));
        assert_eq!(ordered, addresses(&["::1", "10.0.0.1", "::2", "::3"]));
        let ordered = in_turn(addresses(&["10.0.0.1", "10.0.0.2", "::1", "::2"]));
        assert_eq!(ordered, addresses(&["10.0.0.1", "::1", "10.0.0.2", "::2"]));
        assert!(in_turn(Vec::new()).is_empty());
    }

    #[test]
    fn an_address_that_refuses_gives_way_to_the_next() {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let all = addresses(&["127.0.0.2", "127.0.0.3", "127.0.0.1"]);
        let (_stream, address) = dial(THIS_MACHINE, &all, port, later()).unwrap();
        assert_eq!(address, all[2]);
    }

    #[test]
    fn where_all_refuse_no_connection_was_accepted() {
        let free_port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let fault = dial(THIS_MACHINE, &addresses(&["127.0.0.1", "::1"]), free_port, later()).err().unwrap();
        assert_eq!(fault.cause, Cause::NotConnected);
        assert_eq!(dial(THIS_MACHINE, &[], 1, later()).err().unwrap().cause, Cause::NotConnected);
    }

    #[test]
    fn a_deadline_that_has_passed_is_a_timeout() {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let now = Until { deadline: Instant::now(), stop: None };
        let fault = dial(THIS_MACHINE, &addresses(&["127.0.0.1"]), port, now).err().unwrap();
        assert_eq!(fault.cause, Cause::TimedOut);
    }
}
