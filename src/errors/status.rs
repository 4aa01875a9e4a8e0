//! The status numbers: one enum, fixed forever. The C header, the wrappers and the messages use it.
//! Ranges carry meaning (input, network, service, library); gaps are for later.

/// The values of a status: what became of a call. The numbers are the C ABI's and never change.
/// 0 is success; 1 to 19 are the caller's input, and nothing left the machine; 20 to 39 the network; 40 to 59 the
/// service's answer; 60 and up the library itself.
#[repr(C)]
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Status {
    /// Success.
    Ok = 0,

    /// NULL where a value is needed, bytes that are not UTF-8, or an option that was refused.
    InvalidArgument = 1,
    /// The API key is empty, too long, or holds something other than printable ASCII without spaces.
    InvalidApiKey = 2,
    /// The source cannot be a sender mask.
    InvalidSource = 3,
    /// The destination is not a number in E.164 format.
    InvalidDestination = 4,
    /// The content lacks `{{code}}`, is too long, or holds U+0000.
    InvalidContent = 5,
    /// The code is empty, too long, or holds a control character.
    InvalidCode = 6,
    /// The reference id is empty, too long, or holds a control character.
    InvalidReferenceId = 7,

    /// The host's name could not be looked up.
    ResolveFailed = 20,
    /// No connection to the host.
    ConnectFailed = 21,
    /// The TLS handshake failed: certificate, host name or protocol.
    TlsFailed = 22,
    /// The deadline passed.
    Timeout = 23,
    /// The connection ended too early.
    ConnectionLost = 24,
    /// The proxy refused, or did not speak HTTP.
    ProxyFailed = 25,
    /// The caller cancelled the call (so_call_cancel, or an interrupt check that said so).
    Cancelled = 26,

    /// HTTP 401 or 403: the service did not accept the API key.
    Unauthorized = 40,
    /// The service refused: another 4xx, or a send whose service status is not "submitted".
    Rejected = 41,
    /// HTTP 429: too many requests.
    RateLimited = 42,
    /// HTTP 5xx, or the service's own word for an internal error.
    ServiceFailed = 43,
    /// An answer that cannot be trusted: not JSON, fields missing, a redirect, too large, not HTTP.
    UnexpectedResponse = 44,

    /// A contained panic, or a thread that could not be started.
    InternalError = 60,
}

impl Status {
    /// Every status, in the order of the numbers. The one list that name and number look-ups walk.
    const ALL: [Status; 21] = [
        Status::Ok,
        Status::InvalidArgument,
        Status::InvalidApiKey,
        Status::InvalidSource,
        Status::InvalidDestination,
        Status::InvalidContent,
        Status::InvalidCode,
        Status::InvalidReferenceId,
        Status::ResolveFailed,
        Status::ConnectFailed,
        Status::TlsFailed,
        Status::Timeout,
        Status::ConnectionLost,
        Status::ProxyFailed,
        Status::Cancelled,
        Status::Unauthorized,
        Status::Rejected,
        Status::RateLimited,
        Status::ServiceFailed,
        Status::UnexpectedResponse,
        Status::InternalError,
    ];

    /// The number that crosses the C ABI.
    pub const fn number(self) -> i32 {
        self as i32
    }

    /// The status with this number, if there is one.
    pub fn from_number(number: i32) -> Option<Status> {
        Self::ALL.into_iter().find(|s| s.number() == number)
    }

    /// The constant's name in C, such as `SHOUTOUT_TIMEOUT`.
    pub const fn name(self) -> &'static str {
        let with_nul = self.name_with_nul().as_bytes();
        let (name, _nul) = with_nul.split_at(with_nul.len() - 1);
        match std::str::from_utf8(name) {
            Ok(name) => name,
            Err(_) => unreachable!(),
        }
    }

    /// [`Status::name`] with the NUL that C wants.
    pub(crate) const fn name_with_nul(self) -> &'static str {
        match self {
            Status::Ok => "SHOUTOUT_OK\0",
            Status::InvalidArgument => "SHOUTOUT_INVALID_ARGUMENT\0",
            Status::InvalidApiKey => "SHOUTOUT_INVALID_API_KEY\0",
            Status::InvalidSource => "SHOUTOUT_INVALID_SOURCE\0",
            Status::InvalidDestination => "SHOUTOUT_INVALID_DESTINATION\0",
            Status::InvalidContent => "SHOUTOUT_INVALID_CONTENT\0",
            Status::InvalidCode => "SHOUTOUT_INVALID_CODE\0",
            Status::InvalidReferenceId => "SHOUTOUT_INVALID_REFERENCE_ID\0",
            Status::ResolveFailed => "SHOUTOUT_RESOLVE_FAILED\0",
            Status::ConnectFailed => "SHOUTOUT_CONNECT_FAILED\0",
            Status::TlsFailed => "SHOUTOUT_TLS_FAILED\0",
            Status::Timeout => "SHOUTOUT_TIMEOUT\0",
            Status::ConnectionLost => "SHOUTOUT_CONNECTION_LOST\0",
            Status::ProxyFailed => "SHOUTOUT_PROXY_FAILED\0",
            Status::Cancelled => "SHOUTOUT_CANCELLED\0",
            Status::Unauthorized => "SHOUTOUT_UNAUTHORIZED\0",
            Status::Rejected => "SHOUTOUT_REJECTED\0",
            Status::RateLimited => "SHOUTOUT_RATE_LIMITED\0",
            Status::ServiceFailed => "SHOUTOUT_SERVICE_FAILED\0",
            Status::UnexpectedResponse => "SHOUTOUT_UNEXPECTED_RESPONSE\0",
            Status::InternalError => "SHOUTOUT_INTERNAL_ERROR\0",
        }
    }
}
