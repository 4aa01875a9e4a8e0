//! Magic numbers: destinations that always fail in a way of their own, so that an error can be seen without setting
//! anything up. One table makes the behaviour, the page, `docs/magic-numbers.md` and the tests.

use std::time::Duration;

use axum::http::StatusCode;
use serde::Serialize;

#[derive(Serialize)]
pub struct MagicNumber {
    pub number: &'static str,
    pub name: &'static str,
    /// A sentence for who reads the table.
    what: &'static str,
    /// What a send of the client library gives.
    library: &'static str,
    #[serde(skip)]
    pub effect: Effect,
}

#[derive(Clone, Copy)]
pub enum Effect {
    /// Answered in the way of the provider's sibling API, without a reference.
    InvalidSource,
    /// Answered in the documented shape, with another status than success.
    NotSubmitted {
        status: &'static str,
    },
    /// Refused by the service or the gateway before it, as `{"message"}`.
    Refused {
        status: StatusCode,
        message: &'static str,
    },
    RateLimited {
        retry_after: u64,
    },
    /// Not processed, which the answer does not say.
    Failed {
        status: StatusCode,
        message: &'static str,
        after: Duration,
    },
    /// Delivered, and the answer is lost.
    AnswerLost,
    /// Delivered, but its code cannot be verified any more.
    ExpiredOnArrival,
}

pub fn find(destination: &str) -> Option<&'static MagicNumber> {
    MAGIC_NUMBERS.iter().find(|magic| magic.number == destination)
}

pub const MAGIC_NUMBERS: [MagicNumber; 10] = [
    MagicNumber {
        number: "94700000001",
        name: "invalid source",
        what: "200 with status 1007, in the shape of the sibling API (assumed)",
        library: "SHOUTOUT_REJECTED, NOT_SENT",
        effect: Effect::InvalidSource,
    },
    MagicNumber {
        number: "94700000002",
        name: "no route",
        what: "200 with status 1012 in messageResult, cost 0 (assumed)",
        library: "SHOUTOUT_REJECTED, NOT_SENT",
        effect: Effect::NotSubmitted { status: "1012" },
    },
    MagicNumber {
        number: "94700000003",
        name: "blocked",
        what: "200 with status 1015 in messageResult, cost 0 (assumed)",
        library: "SHOUTOUT_REJECTED, NOT_SENT",
        effect: Effect::NotSubmitted { status: "1015" },
    },
    MagicNumber {
        number: "94700000004",
        name: "no credit",
        what: "400 with a message (its words are assumed)",
        library: "SHOUTOUT_REJECTED, NOT_SENT",
        effect: Effect::Refused { status: StatusCode::BAD_REQUEST, message: "insufficient credits" },
    },
    MagicNumber {
        number: "94700000005",
        name: "unauthorised",
        what: "403, as the gateway answers to a wrong key (seen once)",
        library: "SHOUTOUT_UNAUTHORIZED, NOT_SENT",
        effect: Effect::Refused { status: StatusCode::FORBIDDEN, message: "Forbidden" },
    },
    MagicNumber {
        number: "94700000006",
        name: "rate-limited",
        what: "429 with Retry-After: 7 (assumed)",
        library: "SHOUTOUT_RATE_LIMITED, NOT_SENT, retry after 7 s",
        effect: Effect::RateLimited { retry_after: 7 },
    },
    MagicNumber {
        number: "94700000007",
        name: "server error",
        what: "500 with a message; nothing is sent, which the answer does not say (assumed)",
        library: "SHOUTOUT_SERVICE_FAILED, UNKNOWN",
        effect: Effect::Failed {
            status: StatusCode::INTERNAL_SERVER_ERROR,
            message: "Internal server error",
            after: Duration::ZERO,
        },
    },
    MagicNumber {
        number: "94700000008",
        name: "timeout",
        what: "Silence for 60 seconds, then 504; nothing is sent, which the client cannot know (assumed)",
        library: "SHOUTOUT_TIMEOUT, UNKNOWN",
        effect: Effect::Failed {
            status: StatusCode::GATEWAY_TIMEOUT,
            message: "Endpoint request timed out",
            after: Duration::from_secs(60),
        },
    },
    MagicNumber {
        number: "94700000009",
        name: "answer lost",
        what: "The SMS is delivered, then the connection is closed without an answer",
        library: "SHOUTOUT_CONNECTION_LOST, UNKNOWN",
        effect: Effect::AnswerLost,
    },
    MagicNumber {
        number: "94700000010",
        name: "expired on arrival",
        what: "The SMS is delivered, but its code has expired already",
        library: "SHOUTOUT_OK; a verification gives EXPIRED",
        effect: Effect::ExpiredOnArrival,
    },
];
