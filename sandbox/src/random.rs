//! Everything that must be hard to guess, or not happen twice: codes, reference ids and the name of this run.

/// Five digits, leading zeros included. (The modulo bias is below one in 10^14.)
pub fn code() -> String {
    format!("{:05}", word() % 100_000)
}

/// A random (version 4) UUID.
pub fn uuid() -> String {
    let high = word() & 0xffff_ffff_ffff_0fff | 0x4000;
    let low = word() & 0x3fff_ffff_ffff_ffff | 0x8000_0000_0000_0000;
    format!(
        "{:08x}-{:04x}-{:04x}-{:04x}-{:012x}",
        high >> 32,
        high >> 16 & 0xffff,
        high & 0xffff,
        low >> 48,
        low & 0xffff_ffff_ffff
    )
}

/// A name for this run of the process that no other has.
pub fn boot() -> String {
    format!("{:016x}", word())
}

fn word() -> u64 {
    getrandom::u64().expect("every supported system has a source of randomness")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_five_digits_and_some_begin_with_zero() {
        let codes: Vec<String> = (0..1000).map(|_| code()).collect();
        assert!(codes.iter().all(|code| code.len() == 5 && code.bytes().all(|byte| byte.is_ascii_digit())));
        // Without padding this would fail; by chance it fails once in 10^45 runs.
        assert!(codes.iter().any(|code| code.starts_with('0')));
    }

    #[test]
    fn a_uuid_has_the_version_and_variant_of_a_random_one() {
        let id = uuid();
        let lengths: Vec<usize> = id.split('-').map(str::len).collect();
        assert_eq!(lengths, [8, 4, 4, 4, 12]);
        assert_eq!(&id[14..15], "4");
        assert!("89ab".contains(&id[19..20]));
        assert_ne!(id, uuid());
    }
}
