//! What can be asked for: which requests, how often, and what becomes of them. The JSON of `/_sandbox/faults`.

use std::num::NonZeroU32;

use axum::http::{HeaderValue, StatusCode};
use serde::{Deserialize, Serialize};

use crate::number::Number;
use crate::subject::{Endpoint, Subject};

/// Unknown fields are refused: a misspelt `to` must not hit every number.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    #[serde(default)]
    path: Path,
    #[serde(default)]
    to: Target,
    #[serde(default = "once")]
    pub times: NonZeroU32,
    #[serde(default)]
    pub probability: Probability,
    #[serde(rename = "do")]
    pub action: Action,
}

impl Rule {
    pub fn matches(&self, subject: &Subject) -> bool {
        let is_path = match self.path {
            Path::Any => true,
            Path::Send => subject.endpoint == Endpoint::Send,
            Path::Verify => subject.endpoint == Endpoint::Verify,
        };
        is_path && self.to.matches(&subject.destination)
    }
}

const fn once() -> NonZeroU32 {
    NonZeroU32::MIN
}

#[derive(Clone, Copy, Debug, Default, Deserialize, Serialize)]
#[serde(rename_all = "lowercase")]
enum Path {
    #[default]
    Any,
    Send,
    Verify,
}

/// A number, or every one.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(try_from = "String", into = "String")]
struct Target(Option<Number>);

impl Target {
    fn matches(&self, destination: &str) -> bool {
        self.0.as_ref().is_none_or(|number| number.as_str() == destination)
    }
}

impl TryFrom<String> for Target {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        if text.is_empty() { Ok(Self(None)) } else { Number::try_from(text).map(|number| Self(Some(number))) }
    }
}

impl From<Target> for String {
    fn from(target: Target) -> Self {
        target.0.map_or_else(Self::new, |number| number.as_str().into())
    }
}

#[derive(Clone, Copy, Debug, Deserialize, Serialize)]
#[serde(try_from = "f64", into = "f64")]
pub struct Probability(f64);

impl Probability {
    pub fn includes(self, roll: f64) -> bool {
        roll < self.0
    }
}

impl Default for Probability {
    fn default() -> Self {
        Self(1.0)
    }
}

impl TryFrom<f64> for Probability {
    type Error = &'static str;

    fn try_from(value: f64) -> Result<Self, Self::Error> {
        if value > 0.0 && value <= 1.0 { Ok(Self(value)) } else { Err("a probability is above 0 and at most 1") }
    }
}

impl From<Probability> for f64 {
    fn from(probability: Probability) -> Self {
        probability.0
    }
}

#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum Action {
    Answer {
        #[serde(default = "Status::server_error")]
        status: Status,
        #[serde(default)]
        body: AnswerBody,
        #[serde(default = "HeaderText::json")]
        content_type: HeaderText,
    },
    RateLimited {
        #[serde(default = "HeaderText::seven_seconds")]
        retry_after: HeaderText,
    },
    Delay {
        ms: Pause,
        #[serde(default)]
        before: Before,
    },
    Close {},
    Reset {},
    Truncated {},
    InvalidJson {},
    GatewayHtml {
        #[serde(default = "Status::bad_gateway")]
        status: Status,
    },
    AnswerLost {},
}

impl Action {
    /// As in the JSON.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Answer { .. } => "answer",
            Self::RateLimited { .. } => "rate_limited",
            Self::Delay { .. } => "delay",
            Self::Close {} => "close",
            Self::Reset {} => "reset",
            Self::Truncated {} => "truncated",
            Self::InvalidJson {} => "invalid_json",
            Self::GatewayHtml { .. } => "gateway_html",
            Self::AnswerLost {} => "answer_lost",
        }
    }

    /// In words, for the journal.
    pub fn effect(&self) -> &'static str {
        match self {
            Self::Answer { .. } => "a fault answered instead of the service",
            Self::RateLimited { .. } => "a fault answered that there are too many requests",
            Self::Delay { .. } => "a fault delayed the answer",
            Self::Close {} => "a fault closed the connection before the request was processed",
            Self::Reset {} => "a fault reset the connection before the request was processed",
            Self::Truncated {} => "processed, but a fault cut the answer short",
            Self::InvalidJson {} => "processed, but a fault cut the JSON short",
            Self::GatewayHtml { .. } => "a fault answered like a gateway without a service behind it",
            Self::AnswerLost {} => "processed, but a fault lost the answer",
        }
    }
}

#[derive(Clone, Copy, Debug, Default, Deserialize, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Before {
    #[default]
    Head,
    Body,
}

/// A status that ends an exchange: the HTTP stack cannot give an informational one as an answer.
#[derive(Clone, Copy, Debug, Deserialize, Serialize)]
#[serde(try_from = "u16", into = "u16")]
pub struct Status(pub StatusCode);

impl Status {
    const fn server_error() -> Self {
        Self(StatusCode::INTERNAL_SERVER_ERROR)
    }

    const fn bad_gateway() -> Self {
        Self(StatusCode::BAD_GATEWAY)
    }
}

impl TryFrom<u16> for Status {
    type Error = &'static str;

    fn try_from(code: u16) -> Result<Self, Self::Error> {
        match StatusCode::from_u16(code) {
            Ok(status) if !status.is_informational() => Ok(Self(status)),
            _ => Err("a status is 200 to 999: one below 200 cannot be an answer"),
        }
    }
}

impl From<Status> for u16 {
    fn from(status: Status) -> Self {
        status.0.as_u16()
    }
}

/// How many bytes an answer may have: every fault that waits is told whole, again and again.
const LONGEST_BODY: usize = 16 * 1024;

#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(try_from = "String", into = "String")]
pub struct AnswerBody(pub String);

impl TryFrom<String> for AnswerBody {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        if text.len() <= LONGEST_BODY { Ok(Self(text)) } else { Err("the body of an answer has at most 16384 bytes") }
    }
}

impl From<AnswerBody> for String {
    fn from(body: AnswerBody) -> Self {
        body.0
    }
}

const LONGEST_HEADER: usize = 1024;

/// Text that fits into a header, looked at when the fault is set and not when it strikes.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(try_from = "String", into = "String")]
pub struct HeaderText(pub HeaderValue);

impl HeaderText {
    fn json() -> Self {
        Self(HeaderValue::from_static("application/json"))
    }

    fn seven_seconds() -> Self {
        Self(HeaderValue::from_static("7"))
    }
}

impl TryFrom<String> for HeaderText {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        match HeaderValue::from_str(&text) {
            Ok(value) if text.is_ascii() && text.len() <= LONGEST_HEADER => Ok(Self(value)),
            _ => Err("a header holds visible ASCII and spaces, 1024 at most"),
        }
    }
}

impl From<HeaderText> for String {
    fn from(text: HeaderText) -> Self {
        text.0.to_str().unwrap_or_default().into()
    }
}

/// In milliseconds, up to two minutes.
#[derive(Clone, Copy, Debug, Deserialize, Serialize)]
#[serde(try_from = "u64", into = "u64")]
pub struct Pause(pub u64);

impl TryFrom<u64> for Pause {
    type Error = &'static str;

    fn try_from(ms: u64) -> Result<Self, Self::Error> {
        if ms <= 120_000 { Ok(Self(ms)) } else { Err("a delay has at most 120000 milliseconds") }
    }
}

impl From<Pause> for u64 {
    fn from(pause: Pause) -> Self {
        pause.0
    }
}
