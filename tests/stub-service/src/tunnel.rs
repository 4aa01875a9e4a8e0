//! What a CONNECT proxy does: reads the request for a tunnel, and passes on what goes through it.

use std::io::{self, Read};
use std::net::{Shutdown, TcpStream};
use std::thread;

/// What a proxy says when the tunnel stands.
pub const TUNNEL_STANDS: &[u8] = b"HTTP/1.1 200 Connection established\r\n\r\n";

/// Reads a CONNECT byte by byte, since what follows it is not this part's to read.
pub fn read_connect(mut socket: &TcpStream) -> io::Result<Vec<u8>> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        let mut byte = [0];
        socket.read_exact(&mut byte)?;
        head.extend(byte);
    }
    if head.starts_with(b"CONNECT ") { Ok(head) } else { Err(io::ErrorKind::InvalidData.into()) }
}

/// Passes everything on in both directions, until both ends have had enough.
pub fn relay(one: &TcpStream, other: &TcpStream) -> io::Result<()> {
    thread::scope(|scope| {
        scope.spawn(|| io::copy(&mut { other }, &mut { one }).and_then(|_| one.shutdown(Shutdown::Write)));
        io::copy(&mut { one }, &mut { other }).and_then(|_| other.shutdown(Shutdown::Write))
    })
}
