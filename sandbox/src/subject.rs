//! What a request is about, as far as it can be read, whether or not the request is a good one.

use serde_json::Value;

use crate::number::Number;
use crate::store::Store;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Endpoint {
    Send,
    Verify,
}

#[derive(Clone, Debug)]
pub struct Subject {
    pub endpoint: Endpoint,
    /// Digits only; empty if there is none, or nothing like a number.
    pub destination: String,
    /// As a verify names it; empty on send.
    pub reference_id: String,
}

impl Subject {
    /// A verify is about the number to which the message with its reference went.
    pub fn read(path: &str, body: &[u8], messages: &Store) -> Option<Self> {
        let endpoint = match path {
            "/send" => Endpoint::Send,
            "/verify" => Endpoint::Verify,
            _ => return None,
        };
        let body: Value = serde_json::from_slice(body).unwrap_or_default();
        let field = |name: &str| body[name].as_str().unwrap_or_default().to_owned();
        Some(match endpoint {
            Endpoint::Send => Self { endpoint, destination: digits(field("destination")), reference_id: String::new() },
            Endpoint::Verify => {
                let reference_id = field("referenceId");
                let message = messages.by_reference(&reference_id);
                let destination = message.map_or_else(String::new, |message| message.destination.clone());
                Self { endpoint, destination, reference_id }
            }
        })
    }
}

fn digits(text: String) -> String {
    Number::try_from(text).map_or_else(|_| String::new(), |number| number.as_str().into())
}
