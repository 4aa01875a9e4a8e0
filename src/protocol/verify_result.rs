//! What a caller gets for a verification that the service answered.

use std::fmt;
use std::time::Duration;

/// What the service said of a code. The numbers are the C ABI's; zero is never success.
#[repr(C)]
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum VerifyOutcome {
    /// The code is right, and now used up (the provider documents 1000).
    Verified = 1,
    /// The code is wrong (1001, as a public caller reads it). The service may say so too when it has had enough
    /// attempts: count them yourself.
    WrongCode = 2,
    /// The code is too old; send a new one (1002 and 1003, as one public caller reads them: unconfirmed).
    Expired = 3,
    /// Any other word of the service, such as used or unknown; send a new one.
    Refused = 4,
}

impl VerifyOutcome {
    /// The constant's name in C, with its NUL.
    pub(crate) const fn name_with_nul(self) -> &'static str {
        match self {
            VerifyOutcome::Verified => "SHOUTOUT_VERIFY_VERIFIED\0",
            VerifyOutcome::WrongCode => "SHOUTOUT_VERIFY_WRONG_CODE\0",
            VerifyOutcome::Expired => "SHOUTOUT_VERIFY_EXPIRED\0",
            VerifyOutcome::Refused => "SHOUTOUT_VERIFY_REFUSED\0",
        }
    }
}

/// The service's word on a code. Immutable, readable from any thread. It does not hold the code.
#[derive(Clone)]
pub struct VerifyResult {
    pub(crate) outcome: VerifyOutcome,
    pub(crate) status: String,
    pub(crate) description: String,
    pub(crate) reference_id: String,
    pub(crate) request_id: String,
    pub(crate) http_status: u16,
    pub(crate) elapsed: Duration,
}

impl VerifyResult {
    /// Whether the code is right: the only thing to let a user in for.
    pub fn is_verified(&self) -> bool {
        self.outcome == VerifyOutcome::Verified
    }

    /// Right, wrong, expired or refused.
    pub fn outcome(&self) -> VerifyOutcome {
        self.outcome
    }

    /// The service's `statusCode`, such as `1000`.
    pub fn status(&self) -> &str {
        &self.status
    }

    /// The service's words, scrubbed of the code; or empty.
    pub fn description(&self) -> &str {
        &self.description
    }

    /// The reference id that was asked about.
    pub fn reference_id(&self) -> &str {
        &self.reference_id
    }

    /// The request's id in the service's own logs, for a support ticket: `x-amzn-requestid`, `apigw-requestid` or `x-request-id`;
    /// empty if the answer named none.
    pub fn request_id(&self) -> &str {
        &self.request_id
    }

    /// The HTTP status of the answer.
    pub fn http_status(&self) -> u16 {
        self.http_status
    }

    /// How long the call took.
    pub fn elapsed(&self) -> Duration {
        self.elapsed
    }
}

impl fmt::Debug for VerifyResult {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("VerifyResult")
            .field("outcome", &self.outcome)
            .field("status", &self.status)
            .field("description", &self.description)
            .field("reference_id", &self.reference_id)
            .field("http_status", &self.http_status)
            .field("elapsed", &self.elapsed)
            .finish()
    }
}
