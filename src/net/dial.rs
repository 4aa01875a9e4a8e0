//! A TCP connection to one of several addresses (RFC 8305, "Happy Eyeballs"): a next attempt begins while the earlier ones
//! go on, and the first that connects wins. So an address that swallows everything costs a quarter of a second.

use std::io;
use std::net::{IpAddr, SocketAddr, TcpStream};
use std::os::fd::AsFd;
use std::time::{Duration, Instant};

use crate::errors::{Cause, NetworkFault};
use crate::sys::{self, Interest, Wait};

/// More addresses than this are not tried.
pub(super) const MOST_ADDRESSES: usize = 16;
/// RFC 8305 section 8, "Connection Attempt Delay".
const LONGEST_DELAY: Duration = Duration::from_millis(250);

/// Connects to the first address that accepts, and names it.
pub(super) fn dial(addresses: &[IpAddr], port: u16, deadline: Instant) -> Result<(TcpStream, IpAddr), NetworkFault> {
    let now = Instant::now();
    let addresses = &addresses[..addresses.len().min(MOST_ADDRESSES)];
    let left = deadline.saturating_duration_since(now);
    // Every address gets its turn, and the last one gets as much time as lies between two.
    let delay = LONGEST_DELAY.min(left / (addresses.len() as u32 + 1));
    let mut waiting = addresses.iter().copied();
    let mut connecting: Vec<Connecting> = Vec::new();
    let mut next_at = now;
    let mut last = io::Error::from(io::ErrorKind::AddrNotAvailable);
    loop {
        let is_turn_of_next = connecting.is_empty() || Instant::now() >= next_at;
        if let Some(address) = if is_turn_of_next { waiting.next() } else { None } {
            match sys::begin_to_connect(SocketAddr::new(address, port)) {
                Ok(socket) => connecting.push(Connecting { socket, address }),
                Err(error) => last = error,
            }
            next_at = Instant::now() + delay;
            continue;
        }
        if connecting.is_empty() {
            return Err(refused(&last));
        }
        let until = if waiting.len() == 0 { deadline } else { next_at.min(deadline) };
        match first_ready(&connecting, until).map_err(|error| NetworkFault::lost(&error))? {
            Some(index) => {
                let Connecting { socket, address } = connecting.swap_remove(index);
                match socket.take_error() {
                    Ok(None) => return Ok((socket, address)),
                    Ok(Some(error)) | Err(error) => last = error,
                }
                // A refusal says at once that the next one is to be tried.
                next_at = Instant::now();
            }
            None if Instant::now() >= deadline => return Err(NetworkFault::timed_out()),
            None => {}
        }
    }
}

/// A connection that is being made.
struct Connecting {
    socket: TcpStream,
    address: IpAddr,
}

fn first_ready(connecting: &[Connecting], until: Instant) -> io::Result<Option<usize>> {
    let mut waits: Vec<Wait> = connecting.iter().map(|one| Wait::new(one.socket.as_fd(), Interest::Write)).collect();
    sys::wait_for_any(&mut waits, until)?;
    Ok(waits.iter().position(|wait| wait.ready.is_any()))
}

/// Every address failed.
fn refused(last: &io::Error) -> NetworkFault {
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
    use std::net::TcpListener;

    fn addresses(texts: &[&str]) -> Vec<IpAddr> {
        texts.iter().map(|text| text.parse().unwrap()).collect()
    }

    fn later() -> Instant {
        Instant::now() + Duration::from_secs(60)
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
        let (socket, address) = dial(&all, port, later()).unwrap();
        assert_eq!(address, all[2]);
        assert_eq!(socket.peer_addr().unwrap(), listener.local_addr().unwrap());
    }

    #[test]
    fn where_all_refuse_no_connection_was_accepted() {
        let free_port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let fault = dial(&addresses(&["127.0.0.1", "::1"]), free_port, later()).unwrap_err();
        assert_eq!(fault.cause, Cause::NotConnected);
        assert_eq!(dial(&[], 1, later()).unwrap_err().cause, Cause::NotConnected);
    }

    #[test]
    fn a_deadline_that_has_passed_is_a_timeout() {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let fault = dial(&addresses(&["127.0.0.1"]), port, Instant::now()).unwrap_err();
        assert_eq!(fault.cause, Cause::TimedOut);
    }
}
