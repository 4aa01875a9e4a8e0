//! The status numbers: one enum, fixed for ever, that the C header, the wrappers and the messages all take from here.
//! Ranges carry meaning (input, network, service, library); gaps are for later.

/// What became of a call. The numbers are the C ABI's and never change.
///
/// In C these are the `SHOUTOUT_*` constants that a function returning `so_status` can give.
#[repr(C)]
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Status {
    /// Success.
    Ok = 0,

    /// 1 to 19: the caller's input; nothing left the machine. This one: NULL, not UTF-8, a bad option.
    InvalidArgument = 1,
    /// The API key is empty, too long, or holds a space or a control character.
    InvalidApiKey = 2,
    /// The source cannot be a sender mask.
    InvalidSource = 3,
    /// The destination is not a number in E.164 format.
    InvalidDestination = 4,
    /// The content lacks `{{code}}`, is too long, or holds U+0000.
    InvalidContent = 5,
    /// The code cannot be a one-time passcode.
    InvalidCode = 6,
    /// The reference id cannot be one that a send gave.
    InvalidReferenceId = 7,

    /// 20 to 39: the network. This one: the host's name could not be looked up.
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

    /// 40 to 59: the service answered. This one: HTTP 401 or 403.
    Unauthorized = 40,
    /// Another 4xx, or a send status other than 1001.
    Rejected = 41,
    /// HTTP 429.
    RateLimited = 42,
    /// HTTP 5xx.
    ServiceFailed = 43,
    /// An answer that cannot be trusted: not JSON, fields missing, a redirect, too large, not HTTP.
    UnexpectedResponse = 44,

    /// 60 and up: the library. This one: a contained panic, or a thread that could not be started.
    InternalError = 60,
}

impl Status {
    /// Every status, in the order of the numbers. The one list that name and number look-ups walk.
    const ALL: [Status; 20] = [
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
        self.name_with_nul().split_at(self.name_with_nul().len() - 1).0
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
            Status::Unauthorized => "SHOUTOUT_UNAUTHORIZED\0",
            Status::Rejected => "SHOUTOUT_REJECTED\0",
            Status::RateLimited => "SHOUTOUT_RATE_LIMITED\0",
            Status::ServiceFailed => "SHOUTOUT_SERVICE_FAILED\0",
            Status::UnexpectedResponse => "SHOUTOUT_UNEXPECTED_RESPONSE\0",
            Status::InternalError => "SHOUTOUT_INTERNAL_ERROR\0",
        }
    }
}
