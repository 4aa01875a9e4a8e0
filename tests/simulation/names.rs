//! The simulated resolver, and what becomes of an attempt to connect to each address.

use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::time::Duration;

use shoutout_otp::simulation::LookupFault;

use crate::chance::Dice;
use crate::faults::{Fault, Faults};

pub type Found = Result<Vec<IpAddr>, LookupFault>;

/// What an address does with those who connect to it.
#[derive(Clone, Copy, Debug)]
pub enum Reception {
    /// Accepts after this time.
    Accepts(Duration),
    /// Refuses after this time.
    Refuses(Duration, io::ErrorKind),
    Never,
}

/// The addresses of all hosts in a run. Each address belongs to one host.
pub struct Hosts(Vec<(IpAddr, Reception)>);

/// Addresses of one host: more than are tried.
const MOST_ADDRESSES: u64 = 20;

impl Hosts {
    pub fn of_run(seed: u64, faults: &mut Faults) -> Hosts {
        let mut dice = Dice::of(seed, &[5]);
        let mut addresses = Vec::new();
        for host in 0..4 {
            let count = if dice.is_one_in(10) { 1 + dice.below(MOST_ADDRESSES) } else { 1 + dice.below(3) };
            for number in 0..count {
                let way = Duration::from_micros(100 + dice.below(2000));
                addresses.push((address(host, number as u8, dice.is_one_in(2)), reception(way, faults)));
            }
        }
        Hosts(addresses)
    }

    /// No host at all.
    pub fn none() -> Hosts {
        Hosts(Vec::new())
    }

    /// The addresses of a host, which its name begins with: `service0.example`.
    pub fn addresses_of(&self, host: &str) -> Vec<IpAddr> {
        let number = host.bytes().find(u8::is_ascii_digit).map_or(0, |digit| digit - b'0');
        self.0.iter().map(|(address, _)| *address).filter(|address| host_of(*address) == number).collect()
    }

    pub fn reception(&self, address: IpAddr) -> Reception {
        let known = self.0.iter().find(|(of, _)| *of == address);
        known.map_or(Reception::Never, |(_, reception)| *reception)
    }
}

fn reception(way: Duration, faults: &mut Faults) -> Reception {
    if let Some(mut dice) = faults.draw(Fault::AddressRefuses, 0) {
        let kind =
            dice.pick(&[io::ErrorKind::ConnectionRefused, io::ErrorKind::TimedOut, io::ErrorKind::HostUnreachable]);
        return Reception::Refuses(way, kind);
    }
    if faults.draw(Fault::AddressIsBlackHole, 0).is_some() {
        return Reception::Never;
    }
    match faults.draw(Fault::AddressIsSlow, 0) {
        Some(mut dice) => Reception::Accepts(Duration::from_millis(dice.below(8_000))),
        None => Reception::Accepts(way),
    }
}

fn address(host: u8, number: u8, is_v4: bool) -> IpAddr {
    if is_v4 {
        Ipv4Addr::new(10, host, 0, number).into()
    } else {
        Ipv6Addr::new(0xfd00, host.into(), 0, 0, 0, 0, 0, number.into()).into()
    }
}

fn host_of(address: IpAddr) -> u8 {
    match address {
        IpAddr::V4(address) => address.octets()[1],
        IpAddr::V6(address) => address.segments()[1] as u8,
    }
}
