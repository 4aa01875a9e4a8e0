//! A body in chunks (RFC 9112 section 7.1), taken apart as it comes. Extensions and trailers are skipped.
//! Strict about what ends a line: where one reader sees an end and another does not, an answer can be smuggled.

use std::str;

/// Longer than any chunk size with its extensions.
const MAX_LINE_BYTES: usize = 4 * 1024;
const MAX_TRAILERS: usize = 128;

/// What comes next.
#[derive(Debug, Default, PartialEq)]
enum Next {
    #[default]
    Size,
    Data(u64),
    EndOfData,
    Trailer(usize),
    Nothing,
}

#[derive(Debug, Default)]
pub(super) struct Chunks(Next);

impl Chunks {
    /// Takes what it can of the input, and adds the data in it to `body`; says how much it took.
    pub(super) fn take(&mut self, input: &[u8], body: &mut Vec<u8>) -> Result<usize, &'static str> {
        let mut taken = 0;
        while let Some(bytes) = self.step(&input[taken..], body)? {
            taken += bytes;
        }
        Ok(taken)
    }

    /// The last chunk was there: nothing but trailers can follow.
    pub(super) fn has_all_data(&self) -> bool {
        matches!(self.0, Next::Trailer(_) | Next::Nothing)
    }

    pub(super) fn is_over(&self) -> bool {
        self.0 == Next::Nothing
    }

    /// Takes one thing, or none if it is not whole yet.
    fn step(&mut self, input: &[u8], body: &mut Vec<u8>) -> Result<Option<usize>, &'static str> {
        if self.0 == Next::Nothing || input.is_empty() {
            return Ok(None);
        }
        if let Next::Data(left) = &mut self.0 {
            let count = usize::try_from(*left).unwrap_or(usize::MAX).min(input.len());
            body.extend_from_slice(&input[..count]);
            *left -= count as u64;
            if *left == 0 {
                self.0 = Next::EndOfData;
            }
            return Ok(Some(count));
        }
        let Some(line) = line_of(input)? else {
            return Ok(None);
        };
        self.0 = match self.0 {
            Next::EndOfData if !line.is_empty() => return Err("a chunk that is longer than its size"),
            Next::EndOfData => Next::Size,
            Next::Trailer(_) if line.is_empty() => Next::Nothing,
            Next::Trailer(MAX_TRAILERS) => return Err("too many trailers"),
            Next::Trailer(count) => Next::Trailer(count + 1),
            _ => match size_of(line).ok_or("invalid chunk size")? {
                0 => Next::Trailer(0),
                size => Next::Data(size),
            },
        };
        Ok(Some(line.len() + b"\r\n".len()))
    }
}

/// The next line without its end, which is CR LF and nothing less.
fn line_of(input: &[u8]) -> Result<Option<&[u8]>, &'static str> {
    let most = &input[..input.len().min(MAX_LINE_BYTES)];
    let Some(end) = most.iter().position(|byte| matches!(byte, b'\r' | b'\n')) else {
        return if most.len() == MAX_LINE_BYTES { Err("too long a line between chunks") } else { Ok(None) };
    };
    match &input[end..] {
        [b'\r', b'\n', ..] => Ok(Some(&input[..end])),
        [b'\r'] => Ok(None),
        _ => Err("a line between chunks that does not end in CR LF"),
    }
}

fn size_of(line: &[u8]) -> Option<u64> {
    let size = line.split(|byte| *byte == b';').next()?.trim_ascii_end();
    let digits = str::from_utf8(size).ok().filter(|text| text.bytes().all(|byte| byte.is_ascii_hexdigit()))?;
    u64::from_str_radix(digits, 16).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The body of a text that comes so many bytes at once, and what of the text is left after it.
    fn body_of(text: &str, at_once: usize) -> Result<(String, usize), &'static str> {
        let (mut chunks, mut body, mut pending) = (Chunks::default(), Vec::new(), Vec::new());
        for piece in text.as_bytes().chunks(at_once) {
            pending.extend_from_slice(piece);
            let taken = chunks.take(&pending, &mut body)?;
            pending.drain(..taken);
        }
        assert!(!chunks.is_over() || chunks.has_all_data());
        Ok((String::from_utf8(body).unwrap(), pending.len()))
    }

    #[test]
    fn chunks_are_put_together_in_whatever_pieces_they_come() {
        let text = "4;name=\"value\"\r\nWiki\r\n00A \r\nabcde\r\nfgh\r\n0\r\nTrailer: x\r\nOther: y\r\n\r\n";
        for at_once in 1..=text.len() {
            assert_eq!(body_of(text, at_once), Ok(("Wikiabcde\r\nfgh".to_owned(), 0)), "{at_once} at once");
        }
    }

    #[test]
    fn what_follows_the_last_chunk_is_left_alone() {
        assert_eq!(body_of("1\r\na\r\n0\r\n\r\nHTTP/1.1 200 OK", 5), Ok(("a".to_owned(), "HTTP/1.1 200 OK".len())));
    }

    #[test]
    fn a_size_that_is_no_number_of_64_bits_is_refused() {
        for size in ["", " ", " 1", "-1", "+1", "0x1", "g", "1 2", "1\t2", ";x", "10000000000000000", "١"] {
            assert!(body_of(&format!("{size}\r\na\r\n0\r\n\r\n"), 1).is_err(), "{size:?}");
        }
        let mut chunks = Chunks::default();
        assert_eq!(chunks.take(b"ffffffffffffffff\r\na", &mut Vec::new()), Ok(19));
        assert_eq!(chunks.0, Next::Data(u64::MAX - 1));
    }

    #[test]
    fn a_line_that_ends_in_less_than_cr_lf_is_refused() {
        for text in ["1\na\r\n0\r\n\r\n", "1\r\na\n0\r\n\r\n", "1;x\ny\r\na\r\n", "1\rx", "0\r\n\n", "0\r\nx: y\n\r\n"]
        {
            assert!(body_of(text, 1).is_err(), "{text:?}");
        }
    }

    #[test]
    fn a_chunk_that_is_longer_than_its_size_is_refused() {
        assert!(body_of("1\r\nab\r\n0\r\n\r\n", 1).is_err());
    }

    #[test]
    fn lines_and_trailers_without_end_are_refused() {
        assert!(body_of(&format!("1;{}", "x".repeat(MAX_LINE_BYTES)), 100).is_err());
        assert!(body_of(&format!("0\r\n{}", "x: y\r\n".repeat(MAX_TRAILERS + 1)), 100).is_err());
    }
}
