//! An address that swallows connections: nothing refuses, nothing accepts, nothing answers.

use std::io;
use std::net::{Ipv4Addr, SocketAddr, TcpStream};

use socket2::{Domain, Socket, Type};

/// A listener whose queue has one place, which is taken: the kernel drops whatever else asks to connect.
pub struct BlackHole {
    address: SocketAddr,
    _listener: Socket,
    _taken: TcpStream,
}

impl BlackHole {
    pub fn open() -> io::Result<BlackHole> {
        BlackHole::open_at((Ipv4Addr::LOCALHOST, 0).into())
    }

    /// The same at a chosen address of this machine.
    pub fn open_at(address: SocketAddr) -> io::Result<BlackHole> {
        let listener = Socket::new(Domain::for_address(address), Type::STREAM, None)?;
        listener.bind(&address.into())?;
        listener.listen(0)?;
        let address = listener.local_addr()?.as_socket().ok_or(io::ErrorKind::AddrNotAvailable)?;
        let taken = TcpStream::connect(address)?;
        Ok(BlackHole { address, _listener: listener, _taken: taken })
    }

    pub fn address(&self) -> SocketAddr {
        self.address
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    fn swallows_connections(hole: &BlackHole) {
        let error = TcpStream::connect_timeout(&hole.address(), Duration::from_millis(50)).unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::TimedOut);
    }

    #[test]
    fn a_connection_to_it_never_stands() {
        swallows_connections(&BlackHole::open().unwrap());
        let elsewhere = (Ipv4Addr::new(127, 0, 0, 2), 0).into();
        swallows_connections(&BlackHole::open_at(elsewhere).unwrap());
    }
}
