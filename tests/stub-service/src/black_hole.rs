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
        let listener = Socket::new(Domain::IPV4, Type::STREAM, None)?;
        listener.bind(&SocketAddr::from((Ipv4Addr::LOCALHOST, 0)).into())?;
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

    #[test]
    fn a_connection_to_it_never_stands() {
        let hole = BlackHole::open().unwrap();
        let error = TcpStream::connect_timeout(&hole.address(), Duration::from_millis(50)).unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::TimedOut);
    }
}
