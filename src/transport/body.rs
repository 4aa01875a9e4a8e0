//! The body of an answer, read to where its head says that it ends.

use std::io::ErrorKind;

use super::answer_head::Framing;
use super::chunks::Chunks;
use super::connection::Connection;
use super::failure::Failure;

/// An answer larger than this is no answer of the service; memory stays bounded by it.
const MOST_BYTES: usize = 1024 * 1024;

pub(super) fn read(connection: &mut Connection, framing: Framing) -> Result<Vec<u8>, Failure> {
    match framing {
        Framing::Length(length) => read_length(connection, length),
        Framing::Chunked => read_chunks(connection),
        Framing::UntilClose => read_until_close(connection),
    }
}

fn read_length(connection: &mut Connection, length: u64) -> Result<Vec<u8>, Failure> {
    let length = usize::try_from(length).ok().filter(|length| *length <= MOST_BYTES).ok_or_else(too_large)?;
    let mut body = Vec::with_capacity(length);
    loop {
        let input = connection.input();
        let count = input.len().min(length - body.len());
        body.extend_from_slice(&input[..count]);
        connection.consume(count);
        if body.len() == length {
            return Ok(body);
        }
        if has_ended(connection)? {
            return Err(Failure::cut_off());
        }
    }
}

fn read_chunks(connection: &mut Connection) -> Result<Vec<u8>, Failure> {
    let (mut chunks, mut body) = (Chunks::default(), Vec::new());
    loop {
        let count = chunks.take(connection.input(), &mut body).map_err(Failure::not_http)?;
        connection.consume(count);
        if body.len() > MOST_BYTES {
            return Err(too_large());
        }
        if chunks.is_over() {
            return Ok(body);
        }
        if has_ended(connection)? {
            // Some services end the connection instead of the trailers.
            return if chunks.has_all_data() { Ok(body) } else { Err(Failure::cut_off()) };
        }
    }
}

/// Whether it is whole, the JSON in it must tell.
fn read_until_close(connection: &mut Connection) -> Result<Vec<u8>, Failure> {
    let mut body = Vec::new();
    loop {
        let input = connection.input();
        let count = input.len();
        body.extend_from_slice(input);
        connection.consume(count);
        if body.len() > MOST_BYTES {
            return Err(too_large());
        }
        if has_ended(connection)? {
            return Ok(body);
        }
    }
}

/// Waits for more. However a connection ends, what came before counts as far as it goes.
fn has_ended(connection: &mut Connection) -> Result<bool, Failure> {
    match connection.await_more() {
        Ok(is_more) => Ok(!is_more),
        Err(ureq::Error::Io(e))
            if matches!(
                e.kind(),
                ErrorKind::UnexpectedEof | ErrorKind::ConnectionReset | ErrorKind::ConnectionAborted
            ) =>
        {
            Ok(true)
        }
        Err(error) => Err(Failure::of(&error)),
    }
}

fn too_large() -> Failure {
    Failure::not_http("the answer is larger than 1 MiB")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::transport::failure::Cause;
    use crate::transport::progress::Fault;
    use crate::transport::scripted::saying;

    const LOST: Cause = Cause::Network(Fault::Lost);

    /// What is read of bytes that come so many at once before the connection ends; and whether the connection is kept.
    fn read_of(bytes: &[u8], at_once: usize, framing: Framing) -> (Result<Vec<u8>, Cause>, bool) {
        crate::transport::progress::forget();
        let mut connection = saying(bytes, at_once);
        let body = read(&mut connection, framing).map_err(|failure| failure.cause);
        (body, connection.is_open())
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
    fn chunks_that_end_without_their_trailers_are_whole_but_the_connection_is_not_kept() {
        assert_eq!(read_of(b"4\r\nbody\r\n0\r\n", 100, Framing::Chunked), (Ok(b"body".to_vec()), false));
    }

    #[test]
    fn a_body_that_ends_with_the_connection_ends_with_it() {
        assert_eq!(read_of(b"body", 1, Framing::UntilClose), (Ok(b"body".to_vec()), false));
    }

    #[test]
    fn what_is_larger_than_a_megabyte_is_no_answer_and_what_just_fits_is() {
        let most = vec![b'x'; MOST_BYTES];
        let more = vec![b'x'; MOST_BYTES + 1];
        let chunked = |body: &[u8]| [format!("{:x}\r\n", body.len()).as_bytes(), body, b"\r\n0\r\n\r\n"].concat();
        for (bytes, framing, wanted) in [
            (&most, Framing::Length(MOST_BYTES as u64), Ok(MOST_BYTES)),
            (&most, Framing::UntilClose, Ok(MOST_BYTES)),
            (&chunked(&most), Framing::Chunked, Ok(MOST_BYTES)),
            (&more, Framing::Length(MOST_BYTES as u64 + 1), Err(Cause::NotHttp)),
            (&more, Framing::Length(u64::MAX), Err(Cause::NotHttp)),
            (&more, Framing::UntilClose, Err(Cause::NotHttp)),
            (&chunked(&more), Framing::Chunked, Err(Cause::NotHttp)),
        ] {
            let (body, _) = read_of(bytes, 4096, framing);
            assert_eq!(body.map(|body| body.len()), wanted, "{framing:?}");
        }
    }
}
