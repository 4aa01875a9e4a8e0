//! One call's own settings: a deadline, headers, and a way to stop it.

use std::fmt;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use crate::errors::{Error, Status};
use crate::options::{self, Header, MAX_HEADERS};
use crate::sys::{InterruptCheck, Stop};

/// What is special about one call. It can be used again for the next one, but not for two at once.
///
/// A setter that refuses its value returns the error **and** the call keeps it: the next use then fails with it.
#[derive(Default)]
pub struct Call {
    timeout: Option<Duration>,
    headers: Vec<Header>,
    stop: Stop,
    is_in_use: AtomicBool,
    refusal: Option<Error>,
}

impl Call {
    /// Like any other call of the client, until something is set.
    pub fn new() -> Call {
        Call::default()
    }

    /// How long this call may take, in milliseconds, in place of the client's `timeout_ms`; 1 to 600,000.
    pub fn set_timeout_ms(&mut self, milliseconds: u32) -> Result<(), Error> {
        let timeout = options::check_milliseconds(milliseconds);
        self.timeout = Some(timeout.map_err(|problem| self.refuse("timeout_ms", &problem))?);
        Ok(())
    }

    /// One more header on the request of this call, such as `traceparent`. The rules are those of
    /// [`Options::add_header`](crate::Options::add_header); at most 32 with those of the client.
    pub fn add_header(&mut self, name: &str, value: &str) -> Result<(), Error> {
        let header = Header::parse_beside(&self.headers, name, value);
        let header = header.map_err(|problem| self.refuse("add_header", &problem))?;
        self.headers.push(header);
        Ok(())
    }

    /// Is asked on the thread of the call, at least every 50 ms while the call waits; `true` cancels it. For hosts whose signal
    /// handlers only note the signal. It must not panic, and not use this `Call`.
    pub fn set_interrupt_check(&mut self, check: Option<InterruptCheck>) {
        self.stop.set_check(check);
    }

    /// Ends the call, now or before it begins: [`Status::Cancelled`]. A call that has ended is not changed, and every later use
    /// of this `Call` is cancelled too. Any thread may cancel, and so may a signal handler.
    pub fn cancel(&self) {
        self.stop.cancel();
    }

    /// Remembers a refusal that a layer above found, such as bytes that are not UTF-8.
    pub(crate) fn refuse(&mut self, setting: &str, problem: &str) -> Error {
        let message = format!("setting {setting} of the call {problem}. Nothing was sent.");
        let error = Error::refused(Status::InvalidArgument, message);
        self.refusal.get_or_insert_with(|| error.clone());
        error
    }

    /// Uses it for one call of a client that has so many headers of its own.
    pub(crate) fn begin_use(&self, headers_of_client: usize) -> Result<InUse<'_>, Error> {
        if let Some(refusal) = &self.refusal {
            return Err(refusal.clone());
        }
        let refused = |problem: String| Error::refused(Status::InvalidArgument, problem);
        if self.headers.len() + headers_of_client > MAX_HEADERS {
            let problem = format!("call and client have more than {MAX_HEADERS} headers together. Nothing was sent.");
            return Err(refused(problem));
        }
        if self.is_in_use.swap(true, Ordering::Acquire) {
            return Err(refused("call is in use by another call. Nothing was sent.".to_owned()));
        }
        Ok(InUse(self))
    }

    pub(crate) fn timeout(&self) -> Option<Duration> {
        self.timeout
    }

    pub(crate) fn headers(&self) -> &[Header] {
        &self.headers
    }

    pub(crate) fn stop(&self) -> &Stop {
        &self.stop
    }
}

impl fmt::Debug for Call {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Call")
            .field("timeout", &self.timeout)
            .field("headers", &self.headers)
            .field("stop", &self.stop)
            .finish_non_exhaustive()
    }
}

/// A call that is in use until this is dropped.
pub(crate) struct InUse<'a>(&'a Call);

impl Drop for InUse<'_> {
    fn drop(&mut self) {
        self.0.is_in_use.store(false, Ordering::Release);
    }
}
