//! What can be chosen about the service: mostly what nobody outside the provider knows of it.

use std::time::Duration;

use axum::http::StatusCode;
use serde::{Serialize, Serializer};

use crate::rate::RateLimit;

/// As the page shows them, all but the key.
#[derive(Serialize)]
pub struct Settings {
    /// The only key to accept; `None` accepts any well-formed one.
    #[serde(skip)]
    pub api_key: Option<String>,
    #[serde(rename = "code_lifetime_seconds", serialize_with = "seconds")]
    pub code_lifetime: Duration,
    /// Wrong codes per message; 0 is no limit.
    pub max_attempts: u32,
    pub wrong_code_status: WrongCodeStatus,
    pub new_send_voids_old: bool,
    pub rate_limit: Option<RateLimit>,
    /// Of the chance with which a fault strikes.
    pub seed: u64,
}

impl Default for Settings {
    /// Assumptions, most of them, as `--help` says: the provider documents none of these.
    fn default() -> Self {
        Self {
            api_key: None,
            code_lifetime: Duration::from_secs(4 * 60),
            max_attempts: 5,
            wrong_code_status: WrongCodeStatus::default(),
            new_send_voids_old: false,
            rate_limit: None,
            seed: 1,
        }
    }
}

/// HTTP status of the answer to a wrong code: each has been seen once.
#[derive(Clone, Copy, Debug, Serialize)]
#[serde(into = "u16")]
pub struct WrongCodeStatus(StatusCode);

impl WrongCodeStatus {
    pub fn new(text: &str) -> Option<Self> {
        match text {
            "200" => Some(Self(StatusCode::OK)),
            "400" => Some(Self(StatusCode::BAD_REQUEST)),
            _ => None,
        }
    }

    pub fn code(self) -> StatusCode {
        self.0
    }
}

impl Default for WrongCodeStatus {
    fn default() -> Self {
        Self(StatusCode::OK)
    }
}

impl From<WrongCodeStatus> for u16 {
    fn from(status: WrongCodeStatus) -> Self {
        status.0.as_u16()
    }
}

fn seconds<S: Serializer>(time: &Duration, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_u64(time.as_secs())
}
