//! The body of an answer, read to where its head says that it ends.

use super::answer_head::Framing;
use super::chunks::Chunks;
use super::connection::Connection;
use crate::attempt::Attempt;
use crate::errors::{Cause, NetworkFault};

/// A larger body is refused, so that memory use is bounded.
const MAX_BYTES: usize = 1024 * 1024;

/// A body that is too long is read until it shows what it is, or has had this much white space.
const MAX_BLANK_BYTES: usize = 1024;

/// As much of a body as came.
#[derive(Debug, Default)]
pub(crate) struct Body {
    pub(crate) bytes: Vec<u8>,
    /// Why it is not whole, if it is not.
    pub(crate) fault: Option<NetworkFault>,
}

/// Reads the body; what is wrong with it is in [`Body::fault`].
pub(super) fn read(connection: &mut Connection, framing: Framing, attempt: &Attempt) -> Body {
    let mut bytes = Vec::new();
    let outcome = match framing {
        Framing::Length(length) => read_length(connection, length, &mut bytes, attempt),
        Framing::Chunked => read_chunks(connection, &mut bytes, attempt),
        Framing::UntilClose => read_until_close(connection, &mut bytes, attempt),
    };
    Body { bytes, fault: outcome.err() }
}

fn read_length(
    connection: &mut Connection,
    length: u64,
    body: &mut Vec<u8>,
    attempt: &Attempt,
) -> Result<(), NetworkFault> {
    let most = usize::try_from(length).unwrap_or(usize::MAX);
    let is_too_large = most > MAX_BYTES;
    if !is_too_large {
        body.reserve_exact(most);
    }
    loop {
        let input = connection.input();
        let count = input.len().min(most - body.len());
        body.extend_from_slice(&input[..count]);
        connection.consume(count);
        if is_too_large && (shows_what_it_is(body) || body.len() > MAX_BLANK_BYTES) {
            return Err(too_large());
        }
        if body.len() == most {
            return Ok(());
        }
        if has_ended(connection, attempt)? {
            return Err(NetworkFault::cut_off());
        }
    }
}

fn read_chunks(connection: &mut Connection, body: &mut Vec<u8>, attempt: &Attempt) -> Result<(), NetworkFault> {
    let mut chunks = Chunks::default();
    loop {
        let count = chunks.take(connection.input(), body).map_err(NetworkFault::not_http)?;
        connection.consume(count);
        if body.len() > MAX_BYTES {
            return Err(too_large());
        }
        if chunks.is_over() {
            return Ok(());
        }
        if has_ended(connection, attempt)? {
            // Some services end the connection instead of the trailers.
            return if chunks.has_all_data() { Ok(()) } else { Err(NetworkFault::cut_off()) };
        }
    }
}

/// Only the JSON shows whether the body is complete.
fn read_until_close(connection: &mut Connection, body: &mut Vec<u8>, attempt: &Attempt) -> Result<(), NetworkFault> {
    loop {
        let input = connection.input();
        let count = input.len();
        body.extend_from_slice(input);
        connection.consume(count);
        if body.len() > MAX_BYTES {
            return Err(too_large());
        }
        if has_ended(connection, attempt)? {
            return Ok(());
        }
    }
}

/// Waits for more; `true` at the end. A lost connection counts as its end, so the received part is kept.
fn has_ended(connection: &mut Connection, attempt: &Attempt) -> Result<bool, NetworkFault> {
    match connection.await_more(attempt) {
        Ok(is_more) => Ok(!is_more),
        Err(fault) if fault.cause == Cause::Lost => Ok(true),
        Err(fault) => Err(fault),
    }
}

/// Whether a body has begun, after a byte order mark and white space: its first byte tells JSON from a page of HTML.
fn shows_what_it_is(body: &[u8]) -> bool {
    body.iter().any(|byte| !byte.is_ascii_whitespace() && !b"\xef\xbb\xbf".contains(byte))
}

fn too_large() -> NetworkFault {
    NetworkFault::not_http("the answer is larger than 1 MiB")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::net::SinceLastAnswer;
    use crate::testing::scripted::{attempt, saying};

    const LOST: Cause = Cause::Lost;

    /// What is read of bytes that come so many at once before the connection ends; and whether the connection is kept.
    fn read_of(bytes: &[u8], at_once: usize, framing: Framing) -> (Result<Vec<u8>, Cause>, bool) {
        let mut connection = saying(bytes, at_once);
        let body = read(&mut connection, framing, &attempt());
        let whole = body.fault.map_or(Ok(body.bytes), |fault| Err(fault.cause));
        (whole, connection.look() == SinceLastAnswer::Silent)
    }

    #[test]
    fn a_body_ends_with_its_length_and_the_connection_is_kept() {
        for at_once in [1, 3, 4] {
            assert_eq!(read_of(b"body", at_once, Framing::Length(4)), (Ok(b"body".to_vec()), true));
        }
        assert_eq!(read_of(b"", 1, Framing::Length(0)), (Ok(Vec::new()), true));
    }

    #[test]
    fn what_follows_a_body_spoils_the_connection() {
        assert_eq!(read_of(b"body and more", 100, Framing::Length(4)), (Ok(b"body".to_vec()), false));
        assert_eq!(read_of(b"1\r\na\r\n0\r\n\r\nmore", 100, Framing::Chunked), (Ok(b"a".to_vec()), false));
    }

    #[test]
    fn a_body_that_ends_too_early_is_lost() {
        assert_eq!(read_of(b"bod", 100, Framing::Length(4)), (Err(LOST), false));
        assert_eq!(read_of(b"4\r\nbody\r\n", 100, Framing::Chunked), (Err(LOST), false));
        assert_eq!(read_of(b"4\r\nbo", 1, Framing::Chunked), (Err(LOST), false));
    }

    #[test]
    fn what_came_of_a_body_that_is_not_whole_is_kept() {
        for (bytes, framing) in [(&b"bod"[..], Framing::Length(4)), (b"4\r\nbod", Framing::Chunked)] {
            let body = read(&mut saying(bytes, 100), framing, &attempt());
            assert_eq!((body.bytes.as_slice(), body.fault.unwrap().cause), (&b"bod"[..], LOST));
        }
    }

    #[test]
    fn chunks_without_trailers_are_complete_but_end_the_connection() {
        assert_eq!(read_of(b"4\r\nbody\r\n0\r\n", 100, Framing::Chunked), (Ok(b"body".to_vec()), false));
    }

    #[test]
    fn a_body_that_ends_with_the_connection_ends_with_it() {
        assert_eq!(read_of(b"body", 1, Framing::UntilClose), (Ok(b"body".to_vec()), false));
    }

    #[test]
    fn a_body_of_at_most_one_megabyte_is_read() {
        let most = vec![b'x'; MAX_BYTES];
        let more = vec![b'x'; MAX_BYTES + 1];
        let chunked = |body: &[u8]| [format!("{:x}\r\n", body.len()).as_bytes(), body, b"\r\n0\r\n\r\n"].concat();
        for (bytes, framing, wanted) in [
            (&most, Framing::Length(MAX_BYTES as u64), Ok(MAX_BYTES)),
            (&most, Framing::UntilClose, Ok(MAX_BYTES)),
            (&chunked(&most), Framing::Chunked, Ok(MAX_BYTES)),
            (&more, Framing::Length(MAX_BYTES as u64 + 1), Err(Cause::NotHttp)),
            (&more, Framing::Length(u64::MAX), Err(Cause::NotHttp)),
            (&more, Framing::UntilClose, Err(Cause::NotHttp)),
            (&chunked(&more), Framing::Chunked, Err(Cause::NotHttp)),
        ] {
            let (body, _) = read_of(bytes, 4096, framing);
            assert_eq!(body.map(|body| body.len()), wanted, "{framing:?}");
        }
    }
}
