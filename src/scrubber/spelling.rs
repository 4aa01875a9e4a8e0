//! How one string is written in another: as it is, percent-encoded, escaped as in JSON or HTML, in hexadecimal, or
//! within base64. Each function looks at one place and says where the spelling that begins there ends. None of them
//! makes a copy of the secret.

/// Where a spelling of the whole secret ends.
pub(super) fn end_of(secret: &[u8], text: &[u8], at: usize) -> Option<usize> {
    // No spelling is shorter than the secret: this spares most secrets the look at most texts.
    if text.len() - at < secret.len() {
        return None;
    }
    let ends = [end_of_plain(secret, text, at), end_of_escaped(secret, text, at), end_of_hex(secret, text, at)];
    ends.into_iter().flatten().chain(end_of_base64(secret, text, at)).max()
}

/// Where the longest piece of the secret, of at least this length, ends.
pub(super) fn end_of_piece(secret: &[u8], shortest: usize, text: &[u8], at: usize) -> Option<usize> {
    let text = &text[at..];
    if text.len() < shortest {
        return None;
    }
    let mut longest = 0;
    for (begin, first) in secret.iter().enumerate() {
        // Only a longer piece than the best is of interest, and no later one can be.
        if secret.len() - begin <= longest.max(shortest - 1) {
            break;
        }
        if *first == text[0] {
            longest = longest.max(secret[begin..].iter().zip(text).take_while(|(a, b)| a == b).count());
        }
    }
    (longest >= shortest).then_some(at + longest)
}

/// Where the digits end, with anything between them that is neither a letter nor a digit.
pub(super) fn end_of_number(digits: &[u8], text: &[u8], at: usize) -> Option<usize> {
    let (first, others) = digits.split_first()?;
    if text.get(at) != Some(first) {
        return None;
    }
    let mut end = at + 1;
    for digit in others {
        end = after_separators(text, end);
        if text.get(end) != Some(digit) {
            return None;
        }
        end += 1;
    }
    Some(end)
}

fn after_separators(text: &[u8], at: usize) -> usize {
    /// As long as a destination may be.
    const MAX_BYTES: usize = 256;
    let mut end = at;
    while end < text.len() && end - at < MAX_BYTES {
        end += match unescaped(&text[end..]) {
            Some((byte, length)) if !byte.is_ascii_alphanumeric() => length,
            _ if !text[end].is_ascii_alphanumeric() => 1,
            _ => break,
        };
    }
    end
}

fn end_of_plain(secret: &[u8], text: &[u8], at: usize) -> Option<usize> {
    let end = at + secret.len();
    text.get(at..end)?.eq_ignore_ascii_case(secret).then_some(end)
}

/// Any of its bytes may be escaped, each in its own way.
fn end_of_escaped(secret: &[u8], text: &[u8], at: usize) -> Option<usize> {
    let mut end = at;
    for wanted in secret {
        let is_wanted = |byte: u8| byte.eq_ignore_ascii_case(wanted);
        end += match unescaped(text.get(end..)?).filter(|(byte, _)| is_wanted(*byte)) {
            Some((_, length)) => length,
            None if text.get(end).copied().is_some_and(is_wanted) => 1,
            None => return None,
        };
    }
    Some(end)
}

/// Stands for every character beyond ASCII: a byte that is in no UTF-8.
const NOT_ASCII: u8 = 0xFF;

/// The byte that the text begins with, if it is escaped, and the length of that.
fn unescaped(text: &[u8]) -> Option<(u8, usize)> {
    match text {
        [b'%', high, low, ..] => Some((hex_value(*high)? << 4 | hex_value(*low)?, 3)),
        // As forms write a space.
        [b'+', ..] => Some((b' ', 1)),
        [b'\\', b'u', digits @ ..] => Some((ascii(number(digits.get(..4)?, 16)?), 6)),
        [b'\\', escaped @ (b'"' | b'\\' | b'/' | b'\''), ..] => Some((*escaped, 2)),
        [b'&', ..] => {
            const LONGEST_REFERENCE: usize = 8;
            let end = text.iter().take(LONGEST_REFERENCE).position(|byte| *byte == b';')?;
            Some((referenced(&text[1..end])?, end + 1))
        }
        _ => None,
    }
}

/// The character that `&name;` stands for in HTML.
fn referenced(name: &[u8]) -> Option<u8> {
    match name {
        b"amp" => Some(b'&'),
        b"lt" => Some(b'<'),
        b"gt" => Some(b'>'),
        b"quot" => Some(b'"'),
        b"apos" => Some(b'\''),
        b"nbsp" => Some(NOT_ASCII),
        [b'#', b'x' | b'X', digits @ ..] => number(digits, 16).map(ascii),
        [b'#', digits @ ..] => number(digits, 10).map(ascii),
        _ => None,
    }
}

fn number(digits: &[u8], radix: u32) -> Option<u32> {
    u32::from_str_radix(std::str::from_utf8(digits).ok()?, radix).ok()
}

fn ascii(character: u32) -> u8 {
    u8::try_from(character).ok().filter(u8::is_ascii).unwrap_or(NOT_ASCII)
}

fn end_of_hex(secret: &[u8], text: &[u8], at: usize) -> Option<usize> {
    let written = text.get(at..at + 2 * secret.len())?;
    let same = written.chunks_exact(2).zip(secret).all(|(pair, byte)| {
        let (Some(high), Some(low)) = (hex_value(pair[0]), hex_value(pair[1])) else { return false };
        high << 4 | low == *byte
    });
    same.then_some(at + written.len())
}

fn hex_value(digit: u8) -> Option<u8> {
    char::from(digit).to_digit(16).map(|value| value as u8)
}

/// Base64 cuts bits into groups of six, so a secret looks in one of three ways, by where in the whole it begins. Looked
/// for are the groups that hold nothing but the secret; what follows belongs to the same text, and is hidden with it.
fn end_of_base64(secret: &[u8], text: &[u8], at: usize) -> Option<usize> {
    /// Looked for from every place in a text: the time must not grow with its square.
    const LONGEST_REST: usize = 512;
    let bits = 8 * secret.len();
    [0, 2, 4].into_iter().find_map(|skipped| {
        let groups = (bits - skipped) / 6;
        let written = text.get(at..at + groups)?;
        let same = written
            .iter()
            .enumerate()
            .all(|(i, symbol)| base64_value(*symbol) == Some(six_bits(secret, skipped + 6 * i)));
        same.then(|| {
            let rest = text[at + groups..]
                .iter()
                .take(LONGEST_REST)
                .take_while(|byte| base64_value(**byte).is_some() || **byte == b'=');
            at + groups + rest.count()
        })
    })
}

/// Six bits of the bytes, from this bit on.
fn six_bits(bytes: &[u8], bit: usize) -> u8 {
    let next = bytes.get(bit / 8 + 1).copied().unwrap_or(0);
    let sixteen = u16::from_be_bytes([bytes[bit / 8], next]);
    (sixteen >> (10 - bit % 8)) as u8 & 0x3F
}

/// In the standard alphabet, or in that for URLs.
fn base64_value(symbol: u8) -> Option<u8> {
    match symbol {
        b'A'..=b'Z' => Some(symbol - b'A'),
        b'a'..=b'z' => Some(symbol - b'a' + 26),
        b'0'..=b'9' => Some(symbol - b'0' + 52),
        b'+' | b'-' => Some(62),
        b'/' | b'_' => Some(63),
        _ => None,
    }
}
