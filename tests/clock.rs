//! A machine that does not know the time: its clock stands before 1970, as on a device whose battery is empty. No certificate
//! can be checked then, so nothing is sent, and the message names the clock.
// Only an exported function can take the place of another one.
#![allow(unsafe_code)]

mod common;

use std::cell::Cell;
use std::ptr;
use std::time::SystemTime;

use common::{client_with, send_to};
use shoutout_otp::{Delivery, Status};
use stub_service::{Authority, EchoService};

/// The first second of 1969.
const START_OF_1969: libc::time_t = -365 * 24 * 60 * 60;

thread_local! {
    /// Whether it is 1969 for this thread; for the service, on threads of its own, it never is.
    static IS_1969: Cell<bool> = const { Cell::new(false) };
}

/// The system's clock, as far as this program is concerned: it stands before the C library's own.
///
/// # Safety
/// As the C library's: `time` can be written.
#[unsafe(no_mangle)]
unsafe extern "C" fn clock_gettime(clock: libc::clockid_t, time: *mut libc::timespec) -> libc::c_int {
    let tells_the_date = matches!(clock, libc::CLOCK_REALTIME | libc::CLOCK_REALTIME_COARSE);
    if tells_the_date && IS_1969.get() {
        // SAFETY: the caller's promise.
        unsafe { ptr::write(time, libc::timespec { tv_sec: START_OF_1969, tv_nsec: 0 }) };
        return 0;
    }
    // SAFETY: the caller's promise; the kernel checks the rest.
    unsafe { libc::syscall(libc::SYS_clock_gettime, clock, time) as libc::c_int }
}

fn in_1969<T>(work: impl FnOnce() -> T) -> T {
    IS_1969.set(true);
    let outcome = work();
    IS_1969.set(false);
    outcome
}

#[test]
fn a_clock_before_1970_is_a_tls_fault_that_names_the_clock() {
    assert!(in_1969(SystemTime::now) < SystemTime::UNIX_EPOCH, "the clock of this test is not asked");
    let authority = Authority::new();
    let service = EchoService::start_tls(&authority.certify("127.0.0.1")).unwrap();
    let client = client_with(&service.url(), |options| {
        options.set_ca_file(authority.ca_file().to_str().unwrap()).unwrap();
    });
    let error = in_1969(|| client.send_otp("ShoutDEMO", "94771234567", "{{code}}")).unwrap_err();
    assert_eq!((error.status(), error.delivery()), (Status::TlsFailed, Delivery::NotSent), "{error}");
    assert_eq!((error.attempts(), service.counts().requests), (1, 0), "{error}");
    for word in ["clock", "1970"] {
        assert!(error.message().contains(word), "{word} is not said: {error}");
    }
    assert_eq!(send_to(&client, "94771234567"), "for-94771234567", "the clock is right again");
}

#[test]
fn without_tls_a_clock_before_1970_stops_nothing() {
    let service = EchoService::start().unwrap();
    let client = client_with(&service.url(), |_| {});
    assert_eq!(in_1969(|| send_to(&client, "94771234567")), "for-94771234567");
}
