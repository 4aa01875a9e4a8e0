//! What went wrong on the network: one type, from the system call that failed to the error that the caller gets.
//!
//! A fault knows its cause. What it means for the SMS is decided by the attempt (`attempt.rs`), which knows what of the request
//! has left.

use std::fmt;
use std::io;

use super::Status;

/// Why there is no answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Cause {
    /// The deadline of the call, or its connect timeout, passed.
    TimedOut,
    /// The name cannot be looked up for now.
    NameUnavailable,
    /// The name has no address.
    NameUnknown,
    /// Too many lookups are already running; this name was not looked up.
    TooManyLookups,
    /// The thread for a name lookup could not be started.
    NoThread,
    /// The process or the machine has no file descriptor left for a lookup.
    TooManyFilesToResolve,
    /// The process or the machine has no file descriptor left for a connection.
    TooManyFilesToConnect,
    /// No address accepted a connection.
    NotConnected,
    /// The other side ended the connection.
    Lost,
    /// Bytes came before the first byte of the request was written. They answer nothing (RFC 9112 section 9.2).
    SpokeFirst,
    /// The proxy refused the tunnel, or ended the connection while it was asked for one.
    ProxyRefused,
    /// A certificate, a host name or the TLS protocol was wrong.
    Tls,
    /// TLS cannot check a certificate, because this machine's clock is before 1970.
    Clock,
    /// `ca_file` holds the server's own certificate, which is marked as an authority (CA:TRUE).
    ServerIsItsOwnAuthority,
    /// The answer is not valid HTTP/1.1, or it is too large.
    NotHttp,
    /// The caller cancelled the call.
    Cancelled,
    /// What wakes a cancelled call could not be made.
    NoStop,
    /// A panic was contained.
    Panic,
}

/// What an attempt is doing. The connect timeout bounds everything before [`Phase::Request`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Phase {
    /// Nothing yet.
    Start,
    /// Looking up the host's name.
    Resolve,
    /// Connecting to one of its addresses.
    Connect,
    /// Asking the proxy for a tunnel.
    Proxy,
    /// The TLS handshake.
    Tls,
    /// Writing the request.
    Request,
    /// Waiting for the answer, or reading it.
    Answer,
}

/// A cause, and a detail in the words of the layer that found it.
#[derive(Clone, Debug)]
pub struct NetworkFault {
    /// Why it failed.
    pub(crate) cause: Cause,
    /// May hold text of the other side: scrub it before it is shown.
    pub(crate) detail: String,
}

impl NetworkFault {
    /// The detail may hold text of the other side.
    pub(crate) fn new(cause: Cause, detail: impl Into<String>) -> NetworkFault {
        NetworkFault { cause, detail: detail.into() }
    }

    /// A deadline passed.
    pub fn timed_out() -> NetworkFault {
        NetworkFault::new(Cause::TimedOut, "the deadline passed")
    }

    /// The caller cancelled the call.
    pub fn cancelled() -> NetworkFault {
        NetworkFault::new(Cause::Cancelled, "the caller cancelled it")
    }

    /// The connection broke, in the words of the operating system.
    pub fn lost(error: &io::Error) -> NetworkFault {
        NetworkFault::new(Cause::Lost, error.to_string())
    }

    /// The connection ended before the answer did.
    pub(crate) fn cut_off() -> NetworkFault {
        NetworkFault::new(Cause::Lost, "the answer ended too early")
    }

    /// The answer is not valid HTTP, or too large.
    pub(crate) fn not_http(problem: impl Into<String>) -> NetworkFault {
        NetworkFault::new(Cause::NotHttp, problem)
    }

    /// A contained panic. Its message is dropped, because it may contain secrets.
    pub(crate) fn panic() -> NetworkFault {
        NetworkFault::new(Cause::Panic, "a contained panic")
    }

    /// The fault inside an I/O error, if `into_io` put one there; otherwise a lost connection.
    pub(crate) fn from_io(error: io::Error) -> NetworkFault {
        match error.downcast::<NetworkFault>() {
            Ok(fault) => fault,
            Err(error) => NetworkFault::lost(&error),
        }
    }

    /// Wraps the fault for a library that knows only I/O errors; [`NetworkFault::from_io`] unwraps it.
    pub(crate) fn into_io(self) -> io::Error {
        io::Error::other(self)
    }

    /// The status of the public error.
    pub(crate) fn status(&self) -> Status {
        match self.cause {
            Cause::TimedOut => Status::Timeout,
            Cause::NameUnavailable | Cause::NameUnknown | Cause::TooManyLookups | Cause::TooManyFilesToResolve => {
                Status::ResolveFailed
            }
            Cause::NotConnected | Cause::TooManyFilesToConnect => Status::ConnectFailed,
            Cause::Lost => Status::ConnectionLost,
            Cause::ProxyRefused => Status::ProxyFailed,
            Cause::Tls | Cause::Clock | Cause::ServerIsItsOwnAuthority => Status::TlsFailed,
            Cause::SpokeFirst | Cause::NotHttp => Status::UnexpectedResponse,
            Cause::Cancelled => Status::Cancelled,
            Cause::NoThread | Cause::NoStop | Cause::Panic => Status::InternalError,
        }
    }

    /// What happened and where, without the words of the layer that saw it.
    pub(crate) fn summary(&self, phase: Phase) -> String {
        let what = match self.cause {
            Cause::TimedOut => "the time ran out",
            Cause::NameUnavailable => "the name cannot be looked up for now",
            Cause::NameUnknown => "the name has no address",
            Cause::TooManyLookups => "too many names are being looked up already",
            Cause::NoThread => "a thread for the name lookup could not be started",
            Cause::TooManyFilesToResolve | Cause::TooManyFilesToConnect => "there are too many open files",
            Cause::NotConnected => "no connection was accepted",
            Cause::Lost => "the other side ended the connection",
            Cause::SpokeFirst => "bytes came before the request was sent, so it was not sent,",
            Cause::ProxyRefused => "the proxy gave no tunnel",
            Cause::Tls | Cause::ServerIsItsOwnAuthority => "TLS failed",
            Cause::Clock => "this machine's clock is set before 1970, which was noticed",
            Cause::NotHttp => "the answer was not proper HTTP, or too large",
            Cause::Cancelled => "the call was cancelled",
            Cause::NoStop => "the descriptor that a cancel needs could not be made",
            Cause::Panic => "the library failed inside (please report this)",
        };
        let where_ = match phase {
            Phase::Start => "before it began",
            Phase::Resolve => "while looking up the host's name",
            Phase::Connect => "while connecting",
            Phase::Proxy => "while asking the proxy for a tunnel",
            Phase::Tls => "during the TLS handshake",
            Phase::Request => "while sending the request",
            Phase::Answer => "while waiting for the answer",
        };
        format!("{what} {where_}")
    }

    /// What to look at first.
    pub(crate) fn hint(&self, phase: Phase, via_proxy: bool) -> &'static str {
        match self.cause {
            Cause::NameUnavailable | Cause::NameUnknown | Cause::NotConnected if via_proxy => {
                "Check the option proxy, and that it can be reached."
            }
            Cause::NameUnavailable | Cause::NameUnknown => "Check base_url and this machine's name resolution.",
            Cause::TooManyLookups => "Check this machine's name resolution: it hangs.",
            Cause::NoThread => "Check this process's limits on threads and memory.",
            Cause::TooManyFilesToResolve | Cause::TooManyFilesToConnect | Cause::NoStop => {
                "Close what is open, or raise this process's limit (ulimit -n)."
            }
            Cause::NotConnected => "Check base_url, and that a firewall lets this machine out.",
            Cause::TimedOut if phase == Phase::Answer => "Raise timeout_ms if this is usual.",
            Cause::TimedOut => "Check base_url, proxy and firewall.",
            Cause::ProxyRefused => "Check the option proxy, and what the proxy allows.",
            Cause::Tls => "Check base_url, ca_file and this machine's clock.",
            Cause::Clock => "Set this machine's clock.",
            Cause::ServerIsItsOwnAuthority => {
                "ca_file holds the server's own certificate, which says that it is an authority's (CA:TRUE). Make an \
                 authority and a server certificate, and put the authority's into ca_file: docs/outcomes.md has the two \
                 commands."
            }
            Cause::SpokeFirst | Cause::NotHttp => {
                "Check base_url, and what stands between this machine and the service."
            }
            Cause::Lost | Cause::Cancelled | Cause::Panic => "",
        }
    }
}

impl fmt::Display for NetworkFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.detail)
    }
}

impl std::error::Error for NetworkFault {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fault_passes_unchanged_through_a_library_of_io() {
        let fault = NetworkFault::from_io(NetworkFault::not_http("words").into_io());
        assert_eq!((fault.cause, fault.detail.as_str()), (Cause::NotHttp, "words"));
    }

    #[test]
    fn any_other_io_error_is_a_lost_connection() {
        let fault = NetworkFault::from_io(io::ErrorKind::ConnectionReset.into());
        assert_eq!(fault.cause, Cause::Lost);
    }
}
