//! The lies. Each is told about a truth, a body that would be a success if it came in a proper answer: what is no success
//! here is so because of the lie alone.

use std::io::{self, Read, Write};
use std::net::{Shutdown, TcpStream};
use std::thread;
use std::time::Duration;

use stub_service::reset_on_close;

use crate::common::API_KEY;
use crate::outcome::{CODE, NUMBER};

/// An answer that is not what it seems.
pub struct Lie {
    pub what: &'static str,
    /// Answers one request, whose truth is given.
    pub tell: fn(&mut TcpStream, &str) -> io::Result<()>,
    pub send: &'static str,
    pub verification: &'static str,
}

const UNREADABLE: &str = "UNEXPECTED_RESPONSE, UNKNOWN";
const LOST: &str = "CONNECTION_LOST, UNKNOWN";
const LATE: &str = "TIMEOUT, UNKNOWN";
const REFUSED: &str = "REJECTED, NOT_SENT";
/// A refusal whose body begins like JSON and cannot be read: it may have said "submitted".
const REFUSED_IN_DOUBT: &str = "REJECTED, UNKNOWN";

/// A lie that both calls take for the same.
const fn lie(what: &'static str, outcome: &'static str, tell: fn(&mut TcpStream, &str) -> io::Result<()>) -> Lie {
    Lie { what, tell, send: outcome, verification: outcome }
}

/// An odd answer that is true nevertheless.
const fn odd(what: &'static str, tell: fn(&mut TcpStream, &str) -> io::Result<()>) -> Lie {
    Lie { what, tell, send: "sent", verification: "verified" }
}

pub const ALL: &[Lie] = &[
    // Bodies.
    lie("200 and a captive portal's page", UNREADABLE, |s, _| ok(s, PAGE)),
    lie("200 and nothing", UNREADABLE, |s, _| ok(s, "")),
    lie("200 and `null`", UNREADABLE, |s, _| ok(s, "null")),
    lie("200 and `[]`", UNREADABLE, |s, _| ok(s, "[]")),
    lie("200 and half of the JSON", UNREADABLE, |s, truth| ok(s, &truth[..truth.len() / 2])),
    lie("200 and the JSON twice", UNREADABLE, |s, truth| ok(s, format!("{truth}{truth}"))),
    lie("200 and a field twice", UNREADABLE, |s, truth| ok(s, truth.replacen('{', r#"{"referenceId":"ref-2","#, 1))),
    lie("204", UNREADABLE, |s, _| s.write_all(b"HTTP/1.1 204 No Content\r\n\r\n")),
    Lie {
        what: "200 and status 1007",
        tell: |s, truth| ok(s, truth.replace("1001", "1007").replace("1000", "1007")),
        send: "REJECTED, NOT_SENT",
        verification: "not verified",
    },
    lie("200 without `referenceId`", UNREADABLE, |s, truth| ok(s, truth.replace("referenceId", "reference"))),
    lie("200 and a `referenceId` with U+0000", UNREADABLE, |s, truth| ok(s, truth.replace("ref-1", r"ref-1\u0000x"))),
    Lie {
        what: "200 and status 1007, but 1001 in `responses`",
        tell: |s, _| {
            ok(
                s,
                r#"{"referenceId":"ref-1","messageResult":{"status":"1007","responses":[{"status":"1001"}]},"statusCode":"1007"}"#,
            )
        },
        send: "REJECTED, UNKNOWN",
        verification: "not verified",
    },
    Lie {
        what: "200 and 300,000 `responses`",
        tell: |s, truth| {
            // Into the innermost object: messageResult, or the whole answer of a verification.
            let (before, after) = truth.split_at(truth.find('}').unwrap_or_default());
            repeating(s, "200 OK", &format!(r#"{before},"responses":["#), "{},", 300_000, &format!("{{}}]{after}"))
        },
        send: "sent",
        verification: "verified",
    },
    // A megabyte of secrets must not take longer to hide than a call may take.
    Lie {
        what: "400 and the number in base64, 60,000 times",
        tell: |s, _| repeating(s, "400 No", r#"{"message":""#, "OTQ3NzEyMzQ1Njc=", 60_000, r#""}"#),
        send: "REJECTED, NOT_SENT",
        verification: "REJECTED, NOT_SENT",
    },
    Lie {
        what: "400 and the key, 60,000 times",
        tell: |s, _| repeating(s, "400 No", r#"{"message":""#, API_KEY, 60_000, r#""}"#),
        send: "REJECTED, NOT_SENT",
        verification: "REJECTED, NOT_SENT",
    },
    Lie {
        what: "400 and a code of 300 KB in a text of 600 KB",
        tell: |s, _| {
            let before = format!(r#"{{"code":"{}","message":""#, "a".repeat(300_000));
            repeating(s, "400 No", &before, "a", 600_000, r#""}"#)
        },
        send: "REJECTED, NOT_SENT",
        verification: "REJECTED, NOT_SENT",
    },
    Lie {
        what: "200 and another `referenceId`",
        tell: |s, truth| ok(s, truth.replace("ref-1", "ref-2")),
        send: "sent",
        verification: UNREADABLE,
    },
    Lie {
        what: "200 and another code",
        tell: |s, truth| ok(s, truth.replace("01234", "56789")),
        send: "sent",
        verification: UNREADABLE,
    },
    lie("200 and bytes that are not UTF-8", UNREADABLE, |s, truth| {
        let body = truth.replace("ref-1", "ref-?").into_bytes();
        ok(s, body.into_iter().map(|byte| if byte == b'?' { 0xff } else { byte }).collect::<Vec<u8>>())
    }),
    lie("200 and 200,000 opening brackets", UNREADABLE, |s, _| ok(s, "[".repeat(200_000))),
    lie("200 and 200,000 opening braces", UNREADABLE, |s, _| ok(s, r#"{"a":"#.repeat(200_000))),
    lie("200 and gzip that nobody asked for", UNREADABLE, |s, _| {
        head_and_body(s, "200 OK", &format!("content-encoding: gzip\r\ncontent-length: {}\r\n", GZIP.len()), GZIP)
    }),
    lie("200 and a body of 2 GB", UNREADABLE, |s, truth| {
        endless_after(s, &format!("HTTP/1.1 200 OK\r\ncontent-length: 2147483648\r\n\r\n{truth}"), &[b' '; 65536])
    }),
    lie("200 and a body without end", UNREADABLE, |s, truth| {
        endless_after(s, &format!("HTTP/1.1 200 OK\r\nconnection: close\r\n\r\n{truth}"), &[b' '; 65536])
    }),
    lie("200 and chunks without end", UNREADABLE, |s, truth| {
        let first = format!("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n{:x}\r\n{truth}\r\n", truth.len());
        endless_after(s, &first, format!("1000\r\n{}\r\n", " ".repeat(0x1000)).as_bytes())
    }),
    // Lengths.
    lie("a length that is too long, and an end", LOST, |s, truth| {
        head_and_body(s, "200 OK", &format!("content-length: {}\r\n", truth.len() + 1), truth)?;
        s.shutdown(Shutdown::Write)
    }),
    lie("a length that is too long, and silence", LATE, |s, truth| {
        head_and_body(s, "200 OK", &format!("content-length: {}\r\n", truth.len() + 1), truth)?;
        until_the_client_hangs_up(s)
    }),
    lie("a length that is too short", UNREADABLE, |s, truth| {
        head_and_body(s, "200 OK", &format!("content-length: {}\r\n", truth.len() - 1), truth)
    }),
    lie("two lengths that differ", UNREADABLE, |s, truth| {
        head_and_body(s, "200 OK", &format!("content-length: 3\r\ncontent-length: {}\r\n", truth.len()), truth)
    }),
    lie("a negative length", UNREADABLE, |s, truth| head_and_body(s, "200 OK", "content-length: -1\r\n", truth)),
    lie("a length of more than 64 bits", UNREADABLE, |s, truth| {
        head_and_body(s, "200 OK", "content-length: 99999999999999999999999\r\n", truth)
    }),
    // Chunks.
    odd("chunks of one byte, with extensions and a trailer", |s, truth| {
        let chunks: String = truth.chars().map(|c| format!("1;name=value\r\n{c}\r\n")).collect();
        chunked(s, &format!("{chunks}0\r\nx-trailer: 1\r\n\r\n"))
    }),
    lie("chunks, and an end before the last", LOST, |s, truth| {
        chunked(s, &format!("{:x}\r\n{truth}\r\n", truth.len()))?;
        s.shutdown(Shutdown::Write)
    }),
    lie("a chunk whose size is no number", UNREADABLE, |s, truth| {
        chunked(s, &format!("length\r\n{truth}\r\n0\r\n\r\n"))
    }),
    lie("a chunk of more than 64 bits", UNREADABLE, |s, truth| {
        chunked(s, &format!("ffffffffffffffffff\r\n{truth}\r\n0\r\n\r\n"))
    }),
    // Heads.
    lie("200,000 headers", UNREADABLE, |s, truth| {
        s.write_all(b"HTTP/1.1 200 OK\r\n")?;
        for i in 0..200_000 {
            s.write_all(format!("x-{i}: 0\r\n").as_bytes())?;
        }
        s.write_all(format!("content-length: {}\r\n\r\n{truth}", truth.len()).as_bytes())
    }),
    lie("a header without end", UNREADABLE, |s, _| endless_after(s, "HTTP/1.1 200 OK\r\nx: ", &[b'x'; 65536])),
    lie("a header without a colon", UNREADABLE, |s, truth| {
        head_and_body(s, "200 OK", &format!("content-length: {}\r\nnonsense\r\n", truth.len()), truth)
    }),
    lie("a header with a NUL", UNREADABLE, |s, truth| {
        head_and_body(s, "200 OK", &format!("x: \0\r\ncontent-length: {}\r\n", truth.len()), truth)
    }),
    odd("HTTP/1.0 with a length", |s, truth| {
        s.write_all(format!("HTTP/1.0 200 OK\r\ncontent-length: {}\r\n\r\n{truth}", truth.len()).as_bytes())
    }),
    odd("HTTP/1.0 that ends with the connection", |s, truth| {
        s.write_all(format!("HTTP/1.0 200 OK\r\n\r\n{truth}").as_bytes())?;
        s.shutdown(Shutdown::Write)
    }),
    odd("100 Continue before the answer", |s, truth| {
        s.write_all(b"HTTP/1.1 100 Continue\r\n\r\n")?;
        ok(s, truth)
    }),
    odd("100 Continue with a header before the answer", |s, truth| {
        s.write_all(b"HTTP/1.1 100 Continue\r\ndate: today\r\n\r\n")?;
        ok(s, truth)
    }),
    odd("103 with a header before the answer", |s, truth| {
        s.write_all(b"HTTP/1.1 103 Early Hints\r\nlink: </a.css>\r\n\r\n")?;
        ok(s, truth)
    }),
    lie("101, as if another protocol had been asked for", UNREADABLE, |s, _| {
        s.write_all(b"HTTP/1.1 101 Switching Protocols\r\nupgrade: h2c\r\nconnection: upgrade\r\n\r\n")
    }),
    lie("100 Continue without end", LATE, |s, _| endless_after(s, "", b"HTTP/1.1 100 Continue\r\n\r\n")),
    lie("a redirect, 301", UNREADABLE, |s, truth| redirect(s, 301, truth)),
    lie("a redirect, 302", UNREADABLE, |s, truth| redirect(s, 302, truth)),
    lie("a redirect, 303", UNREADABLE, |s, truth| redirect(s, 303, truth)),
    lie("a redirect, 307", UNREADABLE, |s, truth| redirect(s, 307, truth)),
    lie("a redirect, 308", UNREADABLE, |s, truth| redirect(s, 308, truth)),
    lie("a status of 999", UNREADABLE, |s, truth| {
        head_and_body(s, "999 Wonder", &format!("content-length: {}\r\n", truth.len()), truth)
    }),
    lie("a status of two digits", UNREADABLE, |s, truth| head_and_body(s, "20 OK", "connection: close\r\n", truth)),
    odd("a folded header that nobody reads", |s, truth| {
        head_and_body(s, "200 OK", &format!("x-note: a\r\n b\r\ncontent-length: {}\r\n", truth.len()), truth)
    }),
    odd("a folded header that nobody reads, with a tab", |s, truth| {
        head_and_body(s, "200 OK", &format!("content-length: {}\r\nx-note:\r\n\tb\r\n", truth.len()), truth)
    }),
    lie("a folded `content-length`", UNREADABLE, |s, truth| {
        head_and_body(s, "200 OK", &format!("content-length:\r\n {}\r\n", truth.len()), truth)
    }),
    lie("a folded `content-length`, in the number", UNREADABLE, |s, truth| {
        let length = truth.len().to_string();
        let (first, rest) = length.split_at(1);
        head_and_body(s, "200 OK", &format!("content-length: {first}\r\n\t{rest}\r\n"), truth)
    }),
    lie("a folded `transfer-encoding`", UNREADABLE, |s, truth| {
        let chunks = format!("{:x}\r\n{truth}\r\n0\r\n\r\n", truth.len());
        head_and_body(s, "200 OK", "transfer-encoding:\r\n chunked\r\n", chunks)
    }),
    odd("a head whose lines end in a bare LF", |s, truth| {
        s.write_all(format!("HTTP/1.1 200 OK\nx-note: a\ncontent-length: {}\n\n{truth}", truth.len()).as_bytes())
    }),
    // Refusals whose body did not come whole, or cannot be read.
    lie("400 and half of the JSON, and an end", REFUSED_IN_DOUBT, |s, truth| half_of(s, "400 No", truth)),
    lie("400 and half of the JSON after an empty line, and an end", REFUSED_IN_DOUBT, |s, truth| {
        half_of(s, "400 No", &format!("\r\n{truth}"))
    }),
    lie("400 and half of the JSON, and a reset", REFUSED_IN_DOUBT, |s, truth| {
        head_and_body(s, "400 No", &length_of(truth), &truth[..truth.len() / 2])?;
        reset(s)
    }),
    lie("400 and JSON that drips past the deadline", REFUSED_IN_DOUBT, |s, truth| {
        let (now, later) = truth.split_at(truth.len() / 2);
        head_and_body(s, "400 No", &length_of(truth), now)?;
        drip(s, later)
    }),
    lie("400 and JSON of more than 1 MiB", REFUSED_IN_DOUBT, |s, truth| {
        repeating(s, "400 No", truth, " ", TOO_MANY_SPACES, "")
    }),
    lie("400 and JSON of more than 1 MiB, after a head that is read alone", REFUSED_IN_DOUBT, |s, truth| {
        let headers = |padding: &str| format!("x-padding: {padding}\r\ncontent-length: 1048577\r\n");
        let head_without_padding = format!("HTTP/1.1 400 No\r\n{}\r\n", headers(""));
        let padding = "x".repeat(ONE_READ - head_without_padding.len());
        endless_after(s, &format!("HTTP/1.1 400 No\r\n{}\r\n{truth}", headers(&padding)), &[b' '; 65536])
    }),
    lie("400 and JSON of more than 1 MiB, in chunks", REFUSED_IN_DOUBT, |s, truth| {
        let first = format!("HTTP/1.1 400 No\r\ntransfer-encoding: chunked\r\n\r\n{:x}\r\n{truth}\r\n", truth.len());
        endless_after(s, &first, format!("1000\r\n{}\r\n", " ".repeat(0x1000)).as_bytes())
    }),
    lie("400 and JSON after a byte order mark", REFUSED_IN_DOUBT, |s, truth| {
        whole(s, "400 No", format!("\u{feff}{truth}"))
    }),
    lie("400 and JSON with a byte of Latin-1", REFUSED_IN_DOUBT, |s, truth| {
        whole(s, "400 No", [br#"{"message":"\xe9","#, &truth.as_bytes()[1..]].concat())
    }),
    lie("400 and a field twice", REFUSED_IN_DOUBT, |s, truth| {
        whole(s, "400 No", truth.replacen('{', r#"{"referenceId":"ref-2","#, 1))
    }),
    lie("401 and half of the JSON, and an end", "UNAUTHORIZED, UNKNOWN", |s, truth| half_of(s, "401 No", truth)),
    lie("403 and half of the JSON, and an end", "UNAUTHORIZED, UNKNOWN", |s, truth| half_of(s, "403 No", truth)),
    lie("429 and half of the JSON, and an end", "RATE_LIMITED, UNKNOWN", |s, truth| half_of(s, "429 No", truth)),
    lie("401 and a field twice", "UNAUTHORIZED, UNKNOWN", |s, truth| {
        whole(s, "401 No", truth.replacen('{', r#"{"referenceId":"ref-2","#, 1))
    }),
    lie("429 and a field twice", "RATE_LIMITED, UNKNOWN", |s, truth| {
        whole(s, "429 No", truth.replacen('{', r#"{"referenceId":"ref-2","#, 1))
    }),
    lie("400 and nothing", REFUSED, |s, _| whole(s, "400 No", "")),
    lie("400 and nothing of the body that it announces", REFUSED, |s, truth| {
        head_and_body(s, "400 No", &length_of(truth), "")?;
        s.shutdown(Shutdown::Write)
    }),
    lie("400 and a page", REFUSED, |s, _| whole(s, "400 No", PAGE)),
    lie("400 and half of a page, and an end", REFUSED, |s, _| half_of(s, "400 No", PAGE)),
    lie("401 and nothing", "UNAUTHORIZED, NOT_SENT", |s, _| whole(s, "401 No", "")),
    lie("403 and a page", "UNAUTHORIZED, NOT_SENT", |s, _| whole(s, "403 No", PAGE)),
    lie("401 and half of a page, and an end", "UNAUTHORIZED, NOT_SENT", |s, _| half_of(s, "401 No", PAGE)),
    lie("429 and nothing", "RATE_LIMITED, NOT_SENT", |s, _| whole(s, "429 No", "")),
    lie("429 and half of a page, and an end", "RATE_LIMITED, NOT_SENT", |s, _| half_of(s, "429 No", PAGE)),
    // Not HTTP.
    lie("the greeting of an SSH server", UNREADABLE, |s, _| s.write_all(b"SSH-2.0-OpenSSH_9.2p1 Debian-2\r\n\r\n")),
    lie("the preface of HTTP/2", UNREADABLE, |s, _| {
        s.write_all(b"\0\0\x12\x04\0\0\0\0\0\0\x03\0\0\0\x64\0\x04\0\x10\0\0\0\x06\0\x01\0\0\r\n\r\n")
    }),
    lie("an answer in HTTP/9.9", UNREADABLE, |s, truth| {
        s.write_all(format!("HTTP/9.9 200 OK\r\ncontent-length: {}\r\n\r\n{truth}", truth.len()).as_bytes())
    }),
    lie("noise without end", UNREADABLE, |s, _| endless_after(s, "", &NOISE)),
    // Secrets, which the HTTP library may put into its error: no text of ours may hold them.
    lie("the request itself, as an echo", UNREADABLE, |s, _| {
        s.write_all(b"POST /send HTTP/1.1\r\n").and_then(|()| secrets(s))
    }),
    lie("the request's secrets in the status line", UNREADABLE, |s, _| {
        s.write_all(b"HTTP/1.1 ").and_then(|()| secrets(s))
    }),
    lie("the request's secrets in a header", UNREADABLE, |s, _| {
        s.write_all(b"HTTP/1.1 200 OK\r\n").and_then(|()| secrets(s))
    }),
    lie("the request's secrets as a length", UNREADABLE, |s, _| {
        s.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: ").and_then(|()| secrets(s))
    }),
    lie("the request's secrets as a chunk's size", UNREADABLE, |s, _| {
        s.write_all(b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n").and_then(|()| secrets(s))
    }),
];

const PAGE: &str = "<html><body>Please log in</body></html>";
/// After a JSON text, these make a body of more than 1 MiB.
const TOO_MANY_SPACES: usize = 1_049_000;
/// The client's buffer. A head of this length fills it, so nothing of the body comes with the head, however the kernel cuts
/// the answer: when the client learns that the body is too long, it has none of it.
const ONE_READ: usize = 16 * 1024;
/// How long a dripping answer waits between two bytes.
const DRIP: Duration = Duration::from_millis(300);

/// `{"referenceId":"ref-1","messageResult":{"status":"1001"}}`, compressed.
const GZIP: &[u8] =
    b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x02\x03\xabV*JMK-J\xcdKN\xf5LQ\xb2\x02\xf1t\r\x95t\x94rS\x8b\x8b\
    \x13\xd3S\x83R\x8bKsJ\x94\xac\xaa\x95\x8aK\x12KJ\x8b\x81*\x0c\r\x0c\x0c\x95jk\x01\xdf\x95\xa4t9\x00\x00\x00";

/// Bytes without a pattern, the same each time.
const NOISE: [u8; 4096] = {
    let mut noise = [0; 4096];
    let (mut i, mut state) = (0, 0x2545_f491_u32);
    while i < noise.len() {
        state ^= state << 13;
        state ^= state >> 17;
        state ^= state << 5;
        noise[i] = state as u8;
        i += 1;
    }
    noise
};

pub fn tell_the_truth(stream: &mut TcpStream, truth: &str) -> io::Result<()> {
    ok(stream, truth)
}

fn ok(stream: &mut TcpStream, body: impl AsRef<[u8]>) -> io::Result<()> {
    whole(stream, "200 OK", body)
}

fn whole(stream: &mut TcpStream, status: &str, body: impl AsRef<[u8]>) -> io::Result<()> {
    head_and_body(stream, status, &length_of(&body), &body)
}

/// Announces the whole body, writes half of it, and ends.
fn half_of(stream: &mut TcpStream, status: &str, body: &str) -> io::Result<()> {
    head_and_body(stream, status, &length_of(body), &body[..body.len() / 2])?;
    stream.shutdown(Shutdown::Write)
}

/// The headers of a JSON text, which a page may claim to be as well.
fn length_of(body: impl AsRef<[u8]>) -> String {
    format!("content-type: application/json\r\ncontent-length: {}\r\n", body.as_ref().len())
}

/// A long body of which the liar, whose memory is counted too, holds a part at a time.
fn repeating(s: &mut TcpStream, status: &str, before: &str, piece: &str, times: usize, after: &str) -> io::Result<()> {
    const AT_ONCE: usize = 1_000;
    let length = before.len() + piece.len() * times + after.len();
    head_and_body(s, status, &format!("content-length: {length}\r\n"), before)?;
    let pieces = piece.repeat(AT_ONCE);
    for _ in 0..times / AT_ONCE {
        s.write_all(pieces.as_bytes())?;
    }
    s.write_all(after.as_bytes())
}

fn head_and_body(stream: &mut TcpStream, status: &str, headers: &str, body: impl AsRef<[u8]>) -> io::Result<()> {
    let mut bytes = format!("HTTP/1.1 {status}\r\n{headers}\r\n").into_bytes();
    bytes.extend(body.as_ref());
    stream.write_all(&bytes)
}

fn chunked(stream: &mut TcpStream, chunks: &str) -> io::Result<()> {
    head_and_body(stream, "200 OK", "transfer-encoding: chunked\r\n", chunks)
}

/// To a place that would notice: `docs/certainty.md` promises that nobody goes there.
fn redirect(stream: &mut TcpStream, status: u16, truth: &str) -> io::Result<()> {
    let here = stream.local_addr()?;
    let headers = format!("location: http://{here}/elsewhere\r\ncontent-length: {}\r\n", truth.len());
    head_and_body(stream, &format!("{status} Elsewhere"), &headers, truth)
}

fn secrets(stream: &mut TcpStream) -> io::Result<()> {
    stream.write_all(format!("Apikey {API_KEY} {NUMBER} {CODE}\r\n\r\n").as_bytes())
}

fn endless_after(stream: &mut TcpStream, beginning: &str, rest: &[u8]) -> io::Result<()> {
    stream.write_all(beginning.as_bytes())?;
    loop {
        stream.write_all(rest)?;
    }
}

/// Ends the connection with a reset: an error ends it.
fn reset(stream: &TcpStream) -> io::Result<()> {
    reset_on_close(stream)?;
    Err(io::ErrorKind::ConnectionReset.into())
}

fn drip(stream: &mut TcpStream, text: &str) -> io::Result<()> {
    for byte in text.as_bytes() {
        thread::sleep(DRIP);
        stream.write_all(&[*byte])?;
    }
    Ok(())
}

fn until_the_client_hangs_up(stream: &mut TcpStream) -> io::Result<()> {
    while stream.read(&mut [0; 1024])? > 0 {}
    Ok(())
}
