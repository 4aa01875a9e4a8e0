//! A tunnel through a proxy: CONNECT (RFC 9110 section 9.3.6). Any 2xx opens it; nothing else in that answer counts.

use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use super::ProxyUrl;
use crate::attempt::Attempt;
use crate::errors::{Cause, NetworkFault};
use crate::http1::{self, Connection, USER_AGENT, Written};
use crate::net::Stream;
use crate::origin::Origin;
use crate::planted_faults::{PlantedFault, is_planted};
use crate::secret::Secret;

/// Asks the proxy for a tunnel; returns the stream to the service.
pub(super) fn open(
    proxy: &ProxyUrl,
    origin: &Arc<Origin>,
    stream: Box<dyn Stream>,
    attempt: &Attempt,
) -> Result<Box<dyn Stream>, NetworkFault> {
    let mut connection = Connection::new(proxy.origin().clone(), stream);
    let asked = ask(&mut connection, proxy, origin, attempt);
    asked.map_err(|fault| match fault.cause {
        // A proxy that closes the connection or answers with invalid HTTP has refused.
        Cause::Lost | Cause::NotHttp => NetworkFault::new(Cause::ProxyRefused, fault.detail),
        _ => fault,
    })?;
    connection.into_stream()
}

fn ask(connection: &mut Connection, proxy: &ProxyUrl, origin: &Origin, attempt: &Attempt) -> Result<(), NetworkFault> {
    let authorization = proxy.user_and_password().map(basic);
    let mut fields = vec![("user-agent", USER_AGENT), ("proxy-connection", "keep-alive")];
    fields.extend(authorization.as_ref().map(|value| ("proxy-authorization", value.expose())));
    let head = http1::connect_head(origin, &fields);
    if let Written::Answered(early) = connection.write([head.expose().as_bytes()], attempt)? {
        return Err(refused(early.status));
    }
    loop {
        match answer_in(connection.input())? {
            Some((200..300, bytes)) => {
                connection.consume(bytes);
                return Ok(());
            }
            Some((_, bytes)) => connection.consume(bytes),
            None => {
                if !connection.await_more(attempt)? {
                    return Err(NetworkFault::cut_off());
                }
            }
        }
    }
}

/// The value of `Proxy-Authorization` (RFC 7617). No copy of the password is left behind on the way.
fn basic(user_and_password: &str) -> Secret {
    const SCHEME: &str = "Basic ";
    let length = SCHEME.len() + user_and_password.len().div_ceil(3) * 4;
    let mut value = vec![0; length];
    value[..SCHEME.len()].copy_from_slice(SCHEME.as_bytes());
    STANDARD.encode_slice(user_and_password, &mut value[SCHEME.len()..]).expect("four bytes for every three");
    Secret::new(String::from_utf8(value).expect("base64 is ASCII"))
}

/// The status and length of a head that opens the tunnel (2xx) or says that the proxy is still at work (1xx); `None` where it
/// is not whole yet. Any other status is a refusal as soon as its line is there, whatever comes after it.
fn answer_in(input: &[u8]) -> Result<Option<(u16, usize)>, NetworkFault> {
    match http1::status_of_line(input).map_err(NetworkFault::not_http)? {
        None => Ok(None),
        Some(_) if is_planted(PlantedFault::RefusedTunnelUsed) => {
            let found = http1::status_and_length(input).map_err(NetworkFault::not_http)?;
            Ok(found.map(|(_, length)| (200, length)))
        }
        Some(100 | 102..300) => http1::status_and_length(input).map_err(NetworkFault::not_http),
        Some(status) => Err(refused(status)),
    }
}

fn refused(status: u16) -> NetworkFault {
    NetworkFault::new(Cause::ProxyRefused, format!("the proxy answered {status}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::scripted::{Scripted, attempt, service};
    use std::sync::Mutex;

    const PROXY: &str = "http://us%65r:pass@proxy.example:3128";

    /// The outcome for this answer, received in pieces of `at_once` bytes, and what was sent to the proxy.
    fn opened(answer: &str, at_once: usize) -> (Result<(), NetworkFault>, String) {
        let written = Arc::new(Mutex::new(Vec::new()));
        let pieces = answer.as_bytes().chunks(at_once).map(<[u8]>::to_vec).collect();
        let script = Scripted { pieces, written: written.clone(), ..Scripted::default() };
        let proxy = ProxyUrl::parse(PROXY).unwrap();
        let outcome = open(&proxy, &service(), Box::new(script), &attempt()).map(drop);
        let asked = std::mem::take(&mut *written.lock().unwrap());
        assert_eq!(asked.len(), 1, "it leaves in one write");
        (outcome, String::from_utf8(asked.concat()).unwrap())
    }

    #[test]
    fn the_tunnel_is_asked_for_in_one_write() {
        let (_, asked) = opened("HTTP/1.1 200 OK\r\n\r\n", 100);
        assert!(asked.starts_with("CONNECT service.example:80 HTTP/1.1\r\nhost: service.example:80\r\n"), "{asked}");
        assert!(asked.ends_with("\r\nproxy-authorization: Basic dXNlcjpwYXNz\r\n\r\n"), "{asked}");
    }

    #[test]
    fn any_2xx_opens_it_after_any_1xx() {
        let lines = "x: y\r\n".repeat(100);
        for answer in [
            "HTTP/1.1 200 OK\r\n\r\n",
            "HTTP/1.0 299 x\r\ncontent-length: 5\r\ntransfer-encoding: gzip\r\n\r\n",
            "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Hints\r\nlink: x\r\n\r\nHTTP/1.1 204 x\r\n\r\n",
            &format!("HTTP/1.1 200 OK\r\n{lines}\r\n"),
        ] {
            for at_once in [1, 7, 10_000] {
                assert!(opened(answer, at_once).0.is_ok(), "{answer:?}");
            }
        }
    }

    #[test]
    fn any_other_status_is_a_refusal_whatever_follows_it() {
        for rest in ["\r\n", "", "no colon\r\n\r\n", "content-length: 1\r\ncontent-length: 2\r\n\r\n"] {
            for status in [101, 302, 407, 502] {
                let fault = opened(&format!("HTTP/1.1 {status} No\r\n{rest}"), 9).0.unwrap_err();
                assert_eq!(fault.cause, Cause::ProxyRefused);
                assert!(fault.detail.contains(&status.to_string()), "{}", fault.detail);
            }
        }
    }

    #[test]
    fn an_end_or_another_protocol_is_a_refusal_too() {
        let too_long = format!("HTTP/1.1 200 OK\r\nx: {}\r\n\r\n", "y".repeat(20_000));
        for answer in ["", "HTTP/1.1 20", "HTTP/1.1 200 OK\r\n", "SSH-2.0-x\r\n", "HTTP/2 200\r\n\r\n", &too_long] {
            assert_eq!(opened(answer, 5_000).0.unwrap_err().cause, Cause::ProxyRefused, "{answer:.20}");
        }
    }

    #[test]
    fn what_follows_the_answer_at_once_answers_nothing() {
        let fault = opened("HTTP/1.1 200 OK\r\n\r\nHTTP/1.1 400 No\r\n\r\n", 100).0.unwrap_err();
        assert_eq!(fault.cause, Cause::SpokeFirst);
    }
}
