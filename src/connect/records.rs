//! Where the records of TLS begin and end in the bytes that come (RFC 8446 section 5.1, RFC 5246 section 6.2.1). rustls does
//! not show whether a record has begun, and half of a second answer in it would be taken for the next one.

const HEADER_BYTES: usize = 5;

#[derive(Default)]
pub(super) struct Records {
    bytes: u64,
    /// The header of the current record, as far as it has arrived.
    header: [u8; HEADER_BYTES],
    header_came: usize,
    /// What is still to come of the record after its header.
    missing: usize,
}

impl Records {
    /// Notes bytes that came.
    pub(super) fn pass(&mut self, mut bytes: &[u8]) {
        self.bytes += bytes.len() as u64;
        while !bytes.is_empty() {
            if self.missing > 0 {
                let count = self.missing.min(bytes.len());
                self.missing -= count;
                bytes = &bytes[count..];
                continue;
            }
            let count = (HEADER_BYTES - self.header_came).min(bytes.len());
            self.header[self.header_came..][..count].copy_from_slice(&bytes[..count]);
            self.header_came += count;
            bytes = &bytes[count..];
            if self.header_came == HEADER_BYTES {
                self.missing = usize::from(u16::from_be_bytes([self.header[3], self.header[4]]));
                self.header_came = 0;
            }
        }
    }

    /// How many bytes came in all.
    pub(super) fn bytes(&self) -> u64 {
        self.bytes
    }

    /// Whether a part of a record has come, and not all of it.
    pub(super) fn has_begun_one(&self) -> bool {
        self.header_came > 0 || self.missing > 0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record(length: u16) -> Vec<u8> {
        [&[23, 3, 3], &length.to_be_bytes()[..], &vec![0; length.into()]].concat()
    }

    #[test]
    fn only_the_end_of_a_record_ends_it_however_it_is_cut() {
        let stream = [record(0), record(1), record(300), record(16_384)].concat();
        let ends: Vec<usize> =
            [5, 6, 305, 16_389].iter().scan(0, |end, bytes| Some(*end + bytes).inspect(|sum| *end = *sum)).collect();
        for at_once in [1, 2, 5, 7, 1000] {
            let (mut records, mut came) = (Records::default(), 0);
            for piece in stream.chunks(at_once) {
                records.pass(piece);
                came += piece.len();
                assert_eq!(records.has_begun_one(), !ends.contains(&came), "after {came} bytes");
            }
            assert_eq!(records.bytes(), stream.len() as u64);
        }
    }
}
