//! What holds. Each story has its process to itself: its threads, its name cache, its network.
// gettid is no part of the standard library, and nothing else counts the threads that have come and gone.
#![allow(unsafe_code)]

use std::fs;
use std::thread;
use std::time::{Duration, Instant};

use shoutout_otp::{Client, Delivery, Error, SendResult, Status};
use stub_service::{StubService, echo};

use crate::addresses::of_several_addresses_the_first_that_connects_is_used;
use crate::child::Child;
use crate::common::{client_of, client_with, send_to};
use crate::configuration::SlowConfiguration;
use crate::dns::{Answers, NameServer};

pub struct Story {
    pub name: &'static str,
    pub name_server: Answers,
    pub tell: fn(&NameServer),
}

macro_rules! stories {
    ($($name_server:ident: $($story:ident),+;)+) => {
        &[$($(Story { name: stringify!($story), name_server: Answers::$name_server, tell: $story }),+),+]
    };
}

pub const STORIES: &[Story] = stories! {
    LoopbackWhenReleased:
        a_name_server_that_hangs_costs_the_timeout_and_no_more,
        the_connect_timeout_bounds_a_lookup_and_the_timeout_all_of_them,
        a_name_that_hangs_is_looked_up_once_however_many_ask,
        a_name_that_hangs_delays_no_other_name_and_no_address,
        when_sixteen_names_hang_the_next_is_refused_at_once,
        an_answer_that_comes_late_serves_the_next_send,
        a_forked_child_waits_for_no_lookup_of_its_parent;
    Loopback:
        a_hundred_sends_take_one_lookup_and_no_thread_each,
        an_address_is_forgotten_when_connecting_to_it_fails_and_only_then,
        a_forked_child_whose_resolver_stays_locked_is_told_so_in_time,
        of_several_addresses_the_first_that_connects_is_used;
    ServerFailure: a_server_that_fails_is_asked_again_within_bounds;
    Refused: a_server_that_refuses_is_asked_again_within_bounds;
    NobodyThere: a_name_server_that_is_not_there_is_asked_again_within_bounds;
    NoSuchName: a_name_that_does_not_exist_is_not_asked_for_again;
};

/// The promise: no call ends later than this after its timeout.
const LATE: Duration = Duration::from_millis(100);
/// What the library calls the thread of a lookup.
const LOOKUP_THREAD: &str = "shoutout-name\n";

fn a_name_server_that_hangs_costs_the_timeout_and_no_more(_: &NameServer) {
    let timeout = Duration::from_millis(300);
    in_time(timeout + LATE, |turn| {
        let client = client_with(&format!("https://hangs-{turn}.test"), |options| options.set_timeout_ms(300).unwrap());
        let (error, took) = timed(|| send(&client).unwrap_err());
        must_be(&error, Status::Timeout, 1);
        assert!(error.message().contains("while looking up the host's name"), "{error}");
        assert!(took >= timeout, "{took:?}");
        took
    });
}

fn the_connect_timeout_bounds_a_lookup_and_the_timeout_all_of_them(_: &NameServer) {
    let with = |name: String, timeout, retries| {
        client_with(&format!("https://{name}.test"), |options| {
            options.set_connect_timeout_ms(100).unwrap();
            options.set_timeout_ms(timeout).unwrap();
            options.set_max_retries(retries).unwrap();
        })
    };
    // Two lookups, and a pause of 100 ms at most.
    in_time(Duration::from_millis(100 + 100 + 100) + LATE, |turn| {
        let client = with(format!("twice-{turn}"), 30_000, 1);
        let (error, took) = timed(|| send(&client).unwrap_err());
        must_be(&error, Status::Timeout, 2);
        took
    });
    in_time(Duration::from_millis(500) + LATE, |turn| {
        let client = with(format!("often-{turn}"), 500, 10);
        let (error, took) = timed(|| send(&client).unwrap_err());
        must_be(&error, Status::Timeout, error.attempts());
        assert!(error.attempts() > 1, "{error}");
        took
    });
}

fn a_name_that_hangs_is_looked_up_once_however_many_ask(name_server: &NameServer) {
    let client = client_with("https://hangs.test", |options| options.set_timeout_ms(200).unwrap());
    let ask = || must_be(&send(&client).unwrap_err(), Status::Timeout, 1);
    ask();
    assert_eq!(lookups_under_way(), 1);
    thread::scope(|scope| (0..8).for_each(|_| drop(scope.spawn(ask))));
    assert_eq!(lookups_under_way(), 1, "the later calls wait for the first one's lookup");
    let questions = name_server.questions_about("hangs.test");
    assert!((1..=2).contains(&questions), "one lookup asks for each family of addresses: {questions}");
}

fn a_name_that_hangs_delays_no_other_name_and_no_address(_: &NameServer) {
    let service = StubService::start(echo).unwrap();
    let by_address = client_of(&service.url());
    let by_name = client_of(&service.url().replace("127.0.0.1", "localhost"));
    thread::scope(|scope| {
        let hangs = client_with("https://hangs.test", |options| options.set_timeout_ms(2_000).unwrap());
        let hanging = scope.spawn(move || send(&hangs).unwrap_err());
        wait_until(|| lookups_under_way() == 1);
        for client in [&by_address, &by_name] {
            in_time(LATE, |turn| {
                let destination = format!("9477123456{turn}");
                let (answer, took) = timed(|| send_to(client, &destination));
                assert_eq!(answer, format!("for-{destination}"));
                took
            });
        }
        assert!(!hanging.is_finished(), "the others were served meanwhile");
        must_be(&hanging.join().unwrap(), Status::Timeout, 1);
    });
}

fn when_sixteen_names_hang_the_next_is_refused_at_once(_: &NameServer) {
    let client =
        |name: String| client_with(&format!("https://{name}.test"), |options| options.set_timeout_ms(500).unwrap());
    thread::scope(|scope| {
        for name in 0..16 {
            let client = client(format!("hangs-{name}"));
            scope.spawn(move || must_be(&send(&client).unwrap_err(), Status::Timeout, 1));
        }
    });
    assert_eq!(lookups_under_way(), 16);
    in_time(LATE, |turn| {
        let (error, took) = timed(|| send(&client(format!("one-more-{turn}"))).unwrap_err());
        must_be(&error, Status::ResolveFailed, 1);
        assert!(error.message().contains("Check this machine's name resolution: it hangs."), "{error}");
        took
    });
    assert_eq!(lookups_under_way(), 16, "nobody asked for the further name");
    let service = StubService::start(echo).unwrap();
    assert_eq!(send_to(&client_of(&service.url()), "94771234567"), "for-94771234567", "an address needs no lookup");
}

fn an_answer_that_comes_late_serves_the_next_send(name_server: &NameServer) {
    let service = StubService::start(echo).unwrap();
    let client = client_with(&service.url().replace("127.0.0.1", "late.test"), |options| {
        options.set_allow_plain_http(true);
        options.set_timeout_ms(2_000).unwrap();
        options.set_connect_timeout_ms(100).unwrap();
        options.set_max_retries(0).unwrap();
    });
    must_be(&send(&client).unwrap_err(), Status::Timeout, 1);
    name_server.release();
    wait_until(|| lookups_under_way() == 0);
    assert_eq!(send_to(&client, "94771234567"), "for-94771234567");
    assert_eq!(name_server.questions_about("late.test"), 2, "the first send's lookup was the only one");
}

fn a_forked_child_waits_for_no_lookup_of_its_parent(name_server: &NameServer) {
    let service = StubService::start(echo).unwrap();
    let (patient, impatient) = (by_name("hangs.test", &service, 20_000), by_name("hangs.test", &service, 300));
    let by_another_name = by_name("localhost", &service, 20_000);
    // One lookup asks for each family of addresses.
    let asked = |lookups: usize| wait_until(|| name_server.questions_about("hangs.test") == 2 * lookups);
    thread::scope(|scope| {
        let parents = scope.spawn(|| send_to(&patient, "94770000001"));
        asked(1);
        let child = Child::fork(|| assert_eq!(send_to(&patient, "94770000002"), "for-94770000002"));
        asked(2);
        assert_eq!(name_server.sockets_that_asked_for("hangs.test"), 2, "the child has a socket of its own");
        Child::fork(|| {
            in_time(LATE, |_| {
                let (answer, took) = timed(|| send_to(&by_another_name, "94770000003"));
                assert_eq!(answer, "for-94770000003");
                took
            });
            must_time_out(&impatient, Duration::from_millis(300));
        })
        .ends_well();
        asked(3);
        name_server.release();
        child.ends_well();
        assert_eq!(parents.join().unwrap(), "for-94770000001");
    });
}

fn a_hundred_sends_take_one_lookup_and_no_thread_each(name_server: &NameServer) {
    let service = StubService::start(echo).unwrap();
    let by_address = client_of(&service.url());
    let by_name = client_with(&service.url().replace("127.0.0.1", "known.test"), |options| {
        options.set_allow_plain_http(true);
    });
    for (client, lookups) in [(&by_address, 0), (&by_name, 1)] {
        let (started, connections) = (threads_ever_started(), service.connections());
        for i in 0..100 {
            let destination = format!("9477123{i:04}");
            assert_eq!(send_to(client, &destination), format!("for-{destination}"));
        }
        // The service has a thread for each connection, and the count itself takes one.
        let by_the_service = service.connections() - connections;
        assert_eq!(by_the_service, 1, "a hundred sends share a connection");
        assert_eq!(threads_ever_started() - started, by_the_service + lookups + 1);
    }
    assert_eq!(name_server.questions_about("known.test"), 2, "one lookup asks for each family of addresses");
}

fn an_address_is_forgotten_when_connecting_to_it_fails_and_only_then(name_server: &NameServer) {
    let client = |url: &str, proxy| {
        client_with(url, |options| {
            options.set_allow_plain_http(true);
            options.set_proxy(proxy).unwrap();
            options.set_max_retries(0).unwrap();
        })
    };
    // One lookup asks for each family of addresses.
    let lookups_of = |name| name_server.questions_about(name) / 2;
    // Nobody on the island listens on port 1.
    let to_closed_port = client("http://moves.test:1", None);
    let by_closed_proxy = client("http://service.test", Some("http://proxy.test:1"));
    for (client, name) in [(&to_closed_port, "moves.test"), (&by_closed_proxy, "proxy.test")] {
        for lookups in 1..=2 {
            must_be(&send(client).unwrap_err(), Status::ConnectFailed, 1);
            assert_eq!(lookups_of(name), lookups);
        }
    }
    let service = StubService::start(echo).unwrap();
    let to_open_port = client(&service.url().replace("127.0.0.1", "moves.test"), None);
    for _ in 0..2 {
        assert_eq!(send_to(&to_open_port, "94771234567"), "for-94771234567");
        assert_eq!(lookups_of("moves.test"), 3);
    }
}

/// The C library reads the resolver's configuration under a lock, and a fork copies that lock as it stands: a child that
/// was made while another thread held it looks up no name ever again. It is rare, and nobody above the C library can fix
/// it; but nobody waits for it longer than he said.
fn a_forked_child_whose_resolver_stays_locked_is_told_so_in_time(_: &NameServer) {
    let service = StubService::start(echo).unwrap();
    let configuration = SlowConfiguration::put_in_place();
    thread::scope(|scope| {
        let patient = by_name("known.test", &service, 20_000);
        let parents = scope.spawn(move || send_to(&patient, "94770000001"));
        let being_read = configuration.once_it_is_being_read();
        Child::fork(|| {
            for name in ["known.test", "another.test"] {
                must_time_out(&by_name(name, &service, 300), Duration::from_millis(300));
            }
            let by_address = client_of(&service.url());
            assert_eq!(send_to(&by_address, "94770000002"), "for-94770000002", "an address needs no lookup");
        })
        .ends_well();
        configuration.take_away();
        drop(being_read);
        assert_eq!(parents.join().unwrap(), "for-94770000001");
    });
}

fn a_server_that_fails_is_asked_again_within_bounds(name_server: &NameServer) {
    is_asked_again_within_bounds();
    assert!(name_server.questions_about("service.test") >= 3);
}

fn a_server_that_refuses_is_asked_again_within_bounds(name_server: &NameServer) {
    is_asked_again_within_bounds();
    assert!(name_server.questions_about("service.test") >= 3);
}

fn a_name_server_that_is_not_there_is_asked_again_within_bounds(_: &NameServer) {
    is_asked_again_within_bounds();
}

fn is_asked_again_within_bounds() {
    let client = client_with("https://service.test", |options| options.set_max_retries(2).unwrap());
    must_be(&send(&client).unwrap_err(), Status::ResolveFailed, 3);
}

fn a_name_that_does_not_exist_is_not_asked_for_again(name_server: &NameServer) {
    let client = client_with("https://service.test", |options| options.set_max_retries(2).unwrap());
    must_be(&send(&client).unwrap_err(), Status::ResolveFailed, 1);
    assert_eq!(name_server.questions_about("service.test"), 2, "one lookup asks for each family of addresses");
}

/// A client that knows the service by a name, and tries once.
fn by_name(name: &str, service: &StubService, timeout_ms: u32) -> Client {
    client_with(&service.url().replace("127.0.0.1", name), |options| {
        options.set_allow_plain_http(true);
        options.set_timeout_ms(timeout_ms).unwrap();
        options.set_connect_timeout_ms(timeout_ms).unwrap();
        options.set_max_retries(0).unwrap();
    })
}

/// Surely not sent, once the timeout is over and soon after.
fn must_time_out(client: &Client, timeout: Duration) {
    in_time(timeout + LATE, |_| {
        let (error, took) = timed(|| send(client).unwrap_err());
        must_be(&error, Status::Timeout, 1);
        assert!(took >= timeout, "{took:?}");
        took
    });
}

fn send(client: &Client) -> Result<SendResult, Error> {
    client.send_otp("ShoutDEMO", "94771234567", "Your code is {{code}}")
}

/// Surely not sent, for this reason, after so many attempts.
fn must_be(error: &Error, status: Status, attempts: u32) {
    assert_eq!((error.status(), error.delivery()), (status, Delivery::NotSent), "{error}");
    assert_eq!(error.attempts(), attempts, "{error}");
}

fn timed<T>(work: impl FnOnce() -> T) -> (T, Duration) {
    let start = Instant::now();
    (work(), start.elapsed())
}

/// The promise is the library's; a machine that is busy with other things may need another turn to show it.
fn in_time(limit: Duration, turn: impl Fn(usize) -> Duration) {
    let mut took = Vec::new();
    while took.len() < 3 {
        took.push(turn(took.len()));
        if took.last().is_some_and(|last| *last <= limit) {
            return;
        }
    }
    panic!("never within {limit:?}: {took:?}");
}

/// Looks until it is so; none of these takes a tenth of the time that it has.
pub fn wait_until(mut is_so: impl FnMut() -> bool) {
    let end = Instant::now() + Duration::from_secs(20);
    while !is_so() {
        assert!(Instant::now() < end, "it never came to be");
        thread::sleep(Duration::from_millis(2));
    }
}

/// How many threads of this process look up a name just now.
fn lookups_under_way() -> usize {
    let threads = fs::read_dir("/proc/self/task").unwrap();
    let names = threads.filter_map(|thread| fs::read_to_string(thread.ok()?.path().join("comm")).ok());
    names.filter(|name| name == LOOKUP_THREAD).count()
}

/// Grows by one with each thread, this count's own among them: on the island the kernel numbers nobody else's.
fn threads_ever_started() -> usize {
    // SAFETY: asks for a number and touches nothing.
    thread::spawn(|| unsafe { libc::gettid() }).join().unwrap().try_into().unwrap()
}
