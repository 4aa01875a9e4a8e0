//! Names with several addresses, not all of them good (RFC 8305): what a send comes to, and how soon. The table in
//! `docs/certainty.md` is what this story checks and writes.

use std::io::{self, Read};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, TcpStream, UdpSocket};
use std::process::Command;
use std::sync::atomic::{AtomicU16, Ordering};
use std::time::Duration;

use shoutout_otp::Client;
use stub_service::{Answer, Authority, BlackHole, EchoService, Listener, StubService, echo};

use crate::common::client_with;
use crate::dns::NameServer;
use crate::outcome::{Outcome, of_send};
use crate::page;
use crate::stories::wait_until;

/// The one port of all addresses.
const PORT: u16 = 8_080;
const TIMEOUT: &str = "TIMEOUT, NOT_SENT";
/// A machine that is busy may be late; the library would be late each time.
const TURNS: usize = 3;

/// What stands at an address.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Host {
    /// A service that ends the connection after each answer.
    Good,
    /// Nothing answers.
    BlackHole,
    /// Nobody listens.
    Refuses,
    /// There is no way to it.
    NoRoute,
    /// It accepts, and says nothing.
    Mute,
    /// It accepts, and hangs up on the first bytes.
    HangsUp,
}

#[derive(Clone, Copy)]
enum Family {
    V4,
    V6,
}

use Family::{V4, V6};
use Host::{BlackHole as Hole, Good, HangsUp, Mute, NoRoute, Refuses};

/// How the client reaches them.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Way {
    Plain,
    Tls,
    /// They are addresses of a proxy, which refuses.
    Proxy,
}

/// A line of the page: so many hosts of each kind, in the order of the name's addresses.
struct Case {
    what: &'static str,
    hosts: &'static [(usize, Family, Host)],
    way: Way,
    /// Only the last one is measured.
    sends: usize,
    connect_timeout_ms: u32,
    retries: u32,
    gives: &'static str,
    tries: u32,
    within_ms: u64,
}

/// Most cases have these.
const USUAL: Case = Case {
    what: "",
    hosts: &[],
    way: Way::Plain,
    sends: 1,
    connect_timeout_ms: 5_000,
    retries: 0,
    gives: "sent",
    tries: 1,
    within_ms: 100,
};

const CASES: &[Case] = &[
    Case { what: "a good one", hosts: &[(1, V4, Good)], ..USUAL },
    Case { what: "a black hole, a good one", hosts: &[(1, V4, Hole), (1, V4, Good)], within_ms: 300, ..USUAL },
    Case { what: "the same in the next send", hosts: &[(1, V4, Hole), (1, V4, Good)], sends: 2, ..USUAL },
    Case {
        what: "an IPv6 black hole, a good IPv4 one",
        hosts: &[(1, V6, Hole), (1, V4, Good)],
        within_ms: 300,
        ..USUAL
    },
    Case { what: "the same in the next send", hosts: &[(1, V6, Hole), (1, V4, Good)], sends: 2, ..USUAL },
    Case {
        what: "three IPv6 black holes, a good IPv4 one",
        hosts: &[(3, V6, Hole), (1, V4, Good)],
        within_ms: 300,
        ..USUAL
    },
    Case { what: "an IPv6 one without a route, a good IPv4 one", hosts: &[(1, V6, NoRoute), (1, V4, Good)], ..USUAL },
    Case { what: "one that refuses, a good one", hosts: &[(1, V4, Refuses), (1, V4, Good)], ..USUAL },
    Case { what: "three black holes, a good one", hosts: &[(3, V4, Hole), (1, V4, Good)], within_ms: 850, ..USUAL },
    Case {
        what: "three black holes, a good one; `connect_timeout_ms` is 1000",
        hosts: &[(3, V4, Hole), (1, V4, Good)],
        connect_timeout_ms: 1_000,
        within_ms: 1_000,
        ..USUAL
    },
    Case {
        what: "fifteen black holes, a good one; `connect_timeout_ms` is 1000",
        hosts: &[(15, V4, Hole), (1, V4, Good)],
        connect_timeout_ms: 1_000,
        within_ms: 1_000,
        ..USUAL
    },
    Case {
        what: "three black holes; `connect_timeout_ms` is 1000",
        hosts: &[(3, V4, Hole)],
        connect_timeout_ms: 1_000,
        gives: TIMEOUT,
        within_ms: 1_100,
        ..USUAL
    },
    Case { what: "fifteen that refuse, a good one", hosts: &[(15, V4, Refuses), (1, V4, Good)], ..USUAL },
    Case {
        what: "sixteen that refuse, four good ones",
        hosts: &[(16, V4, Refuses), (4, V4, Good)],
        gives: "CONNECT_FAILED, NOT_SENT",
        ..USUAL
    },
    Case {
        what: "ten IPv6 ones that refuse, seven IPv4 ones that refuse, three good IPv4 ones",
        hosts: &[(10, V6, Refuses), (7, V4, Refuses), (3, V4, Good)],
        ..USUAL
    },
    Case {
        what: "one that never shakes hands (TLS), a good one; `connect_timeout_ms` is 300, one retry",
        hosts: &[(1, V4, Mute), (1, V4, Good)],
        way: Way::Tls,
        connect_timeout_ms: 300,
        retries: 1,
        tries: 2,
        within_ms: 600,
        ..USUAL
    },
    Case {
        what: "one that hangs up in the handshake (TLS), a good one; one retry",
        hosts: &[(1, V4, HangsUp), (1, V4, Good)],
        way: Way::Tls,
        retries: 1,
        tries: 2,
        within_ms: 300,
        ..USUAL
    },
    Case {
        what: "a proxy's: a black hole, one that refuses the tunnel",
        hosts: &[(1, V4, Hole), (1, V4, Good)],
        way: Way::Proxy,
        gives: "PROXY_FAILED, NOT_SENT",
        within_ms: 300,
        ..USUAL
    },
];

const HEAD: &str = "| The addresses of the name, in their order | a send gives | tries | within |\n|---|---|---|---|\n";

pub fn of_several_addresses_the_first_that_connects_is_used(name_server: &NameServer) {
    let authority = Authority::new();
    let faults: Vec<_> = CASES.iter().filter_map(|case| case.run(name_server, &authority).err()).collect();
    assert!(faults.is_empty(), "{}", faults.join("\n"));
    let lines = CASES.iter().map(|case| {
        let Case { what, gives, tries, within_ms, .. } = case;
        format!("| {what} | {gives} | {tries} | {within_ms} ms |\n")
    });
    page::hold("addresses", &format!("{HEAD}{}", lines.collect::<String>()));
}

impl Case {
    /// Sends to a new name each time, until a send is in time. One that runs out of time is late, too.
    fn run(&self, name_server: &NameServer, authority: &Authority) -> Result<(), String> {
        let mut late = Vec::new();
        while late.len() < TURNS {
            let Outcome { words, took, .. } = self.run_once(name_server, authority)?;
            if words == self.gives && took <= Duration::from_millis(self.within_ms) {
                return Ok(());
            }
            late.push(format!("{words} after {took:?}"));
        }
        Err(format!("{}: never within {} ms: {}", self.what, self.within_ms, late.join("; ")))
    }

    /// Gives the last send's outcome, or the first that ran out of time.
    fn run_once(&self, name_server: &NameServer, authority: &Authority) -> Result<Outcome, String> {
        let place = Place::new(self, name_server, authority);
        let client = self.client(&place, authority);
        let mut outcome = of_send(&client);
        for _ in 1..self.sends {
            if outcome.words == self.gives {
                outcome = of_send(&client);
            }
        }
        let Outcome { words, attempts, .. } = &outcome;
        let requests = if words == "sent" || self.way == Way::Proxy { self.sends } else { 0 };
        let is_right = (words.as_str(), *attempts) == (self.gives, self.tries) && place.requests() == requests;
        let is_late = words == TIMEOUT && self.gives != TIMEOUT && place.requests() < self.sends;
        if is_right || is_late {
            return Ok(outcome);
        }
        Err(format!("{}: {words}, in {attempts} tries, {} requests", self.what, place.requests()))
    }

    fn client(&self, place: &Place, authority: &Authority) -> Client {
        let (url, proxy) = match self.way {
            Way::Plain => (format!("http://{}:{PORT}", place.name), None),
            Way::Tls => (format!("https://{}:{PORT}", place.name), None),
            Way::Proxy => ("https://service.test".to_owned(), Some(format!("http://{}:{PORT}", place.name))),
        };
        client_with(&url, |options| {
            options.set_allow_plain_http(true);
            options.set_ca_file(authority.ca_file().to_str().unwrap()).unwrap();
            options.set_proxy(proxy.as_deref()).unwrap();
            options.set_connect_timeout_ms(self.connect_timeout_ms).unwrap();
            options.set_max_retries(self.retries).unwrap();
        })
    }
}

/// A name, and what stands at its addresses.
struct Place {
    name: String,
    hosts: Vec<Standing>,
}

enum Standing {
    Plain(StubService),
    Tls(EchoService),
    Deaf { _listener: Listener },
    Hole { _hole: BlackHole },
    Nobody,
}

impl Place {
    fn new(case: &Case, name_server: &NameServer, authority: &Authority) -> Place {
        let name = format!("place-{}.test", next_number());
        let hosts = case.hosts.iter().flat_map(|(count, family, host)| vec![(*family, *host); *count]);
        let (mut addresses, mut standing) = (Vec::new(), Vec::new());
        for (family, host) in hosts {
            let address = next_address(family);
            if host != NoRoute {
                take(address);
            }
            addresses.push(address);
            standing.push(stand(host, case.way, SocketAddr::new(address, PORT), &name, authority));
        }
        name_server.give(&name, &addresses);
        Place { name, hosts: standing }
    }

    fn requests(&self) -> usize {
        let of_one = |host: &Standing| match host {
            Standing::Plain(service) => service.requests().len(),
            Standing::Tls(service) => service.counts().requests,
            Standing::Deaf { .. } | Standing::Hole { .. } | Standing::Nobody => 0,
        };
        self.hosts.iter().map(of_one).sum()
    }
}

fn stand(host: Host, way: Way, address: SocketAddr, name: &str, authority: &Authority) -> Standing {
    match host {
        Good if way == Way::Tls => Standing::Tls(EchoService::start_tls_at(address, &authority.certify(name)).unwrap()),
        Good => {
            let answer = move |request: &_| match way {
                Way::Proxy => Answer::new(403),
                _ => echo(request).header("connection", "close"),
            };
            Standing::Plain(StubService::start_at(address, answer).unwrap())
        }
        Hole => Standing::Hole { _hole: BlackHole::open_at(address).unwrap() },
        Mute => deaf(address, |mut stream| while stream.read(&mut [0; 1024]).is_ok_and(|count| count > 0) {}),
        HangsUp => deaf(address, |mut stream| drop(stream.read(&mut [0; 1024]))),
        Refuses | NoRoute => Standing::Nobody,
    }
}

fn deaf(address: SocketAddr, serve: impl Fn(TcpStream) + Send + Sync + 'static) -> Standing {
    Standing::Deaf { _listener: Listener::start_at(address, serve).unwrap() }
}

/// Each one once: of a name and an address, nothing is known from an earlier case.
fn next_number() -> u16 {
    static NEXT: AtomicU16 = AtomicU16::new(1);
    NEXT.fetch_add(1, Ordering::SeqCst)
}

/// Addresses for benchmarks and for documentation: RFC 2544 and RFC 3849.
fn next_address(family: Family) -> IpAddr {
    let number = next_number();
    let [high, low] = number.to_be_bytes();
    match family {
        V4 => Ipv4Addr::new(198, 18, high, low).into(),
        V6 => Ipv6Addr::new(0x2001, 0xdb8, 0, 0, 0, 0, 0, number).into(),
    }
}

/// From now on the address is this machine's. Each is a network of its own, so that the resolver has no reason to prefer
/// one of them, and keeps the order of the name server.
fn take(address: IpAddr) {
    let network = format!("{address}/{}", if address.is_ipv4() { 32 } else { 128 });
    let status = Command::new("ip").args(["address", "add", &network, "dev", "lo"]).status();
    assert!(status.expect("the island was made with it").success(), "{network} could not be added");
    // The kernel takes its time with an IPv6 address.
    wait_until(|| reaches_itself(address).unwrap_or(false));
}

fn reaches_itself(address: IpAddr) -> io::Result<bool> {
    let anywhere: IpAddr = if address.is_ipv4() { Ipv4Addr::UNSPECIFIED.into() } else { Ipv6Addr::UNSPECIFIED.into() };
    let socket = UdpSocket::bind((anywhere, 0))?;
    socket.connect((address, PORT))?;
    Ok(socket.local_addr()?.ip() == address)
}
