//! TCP sockets that never wait, never raise SIGPIPE, and never take the descriptors of the standard streams.

use std::io::{self, IoSlice};
use std::mem::{self, ManuallyDrop};
use std::net::{SocketAddr, TcpStream};
use std::os::fd::{AsFd, AsRawFd, BorrowedFd, FromRawFd, OwnedFd};

/// A host may have closed its standard streams. A socket with their number would get what the host writes to them.
const FIRST_DESCRIPTOR: libc::c_int = 3;

/// No call may wait. O_NONBLOCK on the descriptor is not enough: the host may have closed it and
/// opened another file under its number.
const NEVER_WAIT: libc::c_int = libc::MSG_DONTWAIT;

/// A socket, closed when it is dropped. The standard library's own would end a process that was built with checks when it finds
/// that somebody else has closed the descriptor.
pub(crate) struct Socket(ManuallyDrop<TcpStream>);

impl Socket {
    /// Begins to connect, without waiting. The connection stands when the socket can be written to and has no error.
    pub(crate) fn begin_to_connect(address: SocketAddr) -> io::Result<Socket> {
        let family = if address.is_ipv4() { libc::AF_INET } else { libc::AF_INET6 };
        let socket = open(family)?;
        let (address, length) = c_address(address);
        // SAFETY: the address is valid for `length` bytes of it, and the socket is open.
        let connected =
            unsafe { libc::connect(socket.as_raw_fd(), (&raw const address).cast(), length as libc::socklen_t) };
        if connected != 0 {
            let error = io::Error::last_os_error();
            // After a signal, the kernel still completes the connection.
            if !matches!(error.raw_os_error(), Some(libc::EINPROGRESS | libc::EINTR)) {
                return Err(error);
            }
        }
        Ok(Socket(ManuallyDrop::new(socket.into())))
    }

    /// A usual request leaves in one write; the later writes of a long one must not wait for the acknowledgement of the earlier.
    pub(crate) fn set_nodelay(&self) -> io::Result<()> {
        self.0.set_nodelay(true)
    }

    /// Why the connection failed, if it did; asked once.
    pub(crate) fn take_error(&self) -> io::Result<Option<io::Error>> {
        self.0.take_error()
    }

    /// Writes from several parts, in one system call; says how many bytes the kernel took. The standard library's own would raise
    /// SIGPIPE.
    pub(crate) fn send(&self, parts: &[IoSlice]) -> io::Result<usize> {
        // SAFETY: zeros are a valid value of the C struct.
        let mut message: libc::msghdr = unsafe { mem::zeroed() };
        // The kernel only reads the parts, and an IoSlice is a C iovec.
        message.msg_iov = parts.as_ptr().cast_mut().cast();
        message.msg_iovlen = parts.len() as _;
        // SAFETY: the message holds that many parts, each valid for a read.
        let sent = unsafe { libc::sendmsg(self.0.as_raw_fd(), &message, NEVER_WAIT | libc::MSG_NOSIGNAL) };
        usize::try_from(sent).map_err(|_| io::Error::last_os_error())
    }

    /// Reads what has come; 0 at the end of the connection.
    pub(crate) fn receive(&self, room: &mut [u8]) -> io::Result<usize> {
        self.receive_with(room, 0)
    }

    /// Looks whether something has come, and leaves it where it is; 0 at the end of the connection.
    pub(crate) fn peek(&self) -> io::Result<usize> {
        self.receive_with(&mut [0], libc::MSG_PEEK)
    }

    fn receive_with(&self, room: &mut [u8], flags: libc::c_int) -> io::Result<usize> {
        // SAFETY: the room is valid for a write of its length.
        let count = unsafe { libc::recv(self.0.as_raw_fd(), room.as_mut_ptr().cast(), room.len(), NEVER_WAIT | flags) };
        usize::try_from(count).map_err(|_| io::Error::last_os_error())
    }
}

impl AsFd for Socket {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.0.as_fd()
    }
}

impl Drop for Socket {
    fn drop(&mut self) {
        // SAFETY: takes no pointers, and nothing uses the descriptor of a dropped socket.
        unsafe { libc::close(self.0.as_raw_fd()) };
    }
}

/// Opens a TCP socket that does not wait, with a descriptor beyond the standard streams.
fn open(family: libc::c_int) -> io::Result<OwnedFd> {
    // SAFETY: takes no pointers.
    let descriptor = unsafe { libc::socket(family, libc::SOCK_STREAM | libc::SOCK_CLOEXEC | libc::SOCK_NONBLOCK, 0) };
    beyond_standard_streams(descriptor)
}

/// Takes a new descriptor, or the error of the call that should have made it, and gives one with a number that no standard
/// stream has.
pub(super) fn beyond_standard_streams(descriptor: libc::c_int) -> io::Result<OwnedFd> {
    let new = owned(descriptor)?;
    if descriptor >= FIRST_DESCRIPTOR {
        return Ok(new);
    }
    // The low number is held for a moment, until the duplicate is made.
    // SAFETY: takes no pointers; the flags of the open file stay as they are.
    owned(unsafe { libc::fcntl(descriptor, libc::F_DUPFD_CLOEXEC, FIRST_DESCRIPTOR) })
}

fn owned(descriptor: libc::c_int) -> io::Result<OwnedFd> {
    if descriptor < 0 {
        return Err(io::Error::last_os_error());
    }
    // SAFETY: the kernel has just given it to us, and to nobody else.
    Ok(unsafe { OwnedFd::from_raw_fd(descriptor) })
}

fn c_address(address: SocketAddr) -> (libc::sockaddr_storage, usize) {
    // SAFETY: zeros are a valid value of the C struct.
    let mut storage: libc::sockaddr_storage = unsafe { mem::zeroed() };
    match address {
        SocketAddr::V4(address) => {
            let c_address = libc::sockaddr_in {
                sin_family: libc::AF_INET as libc::sa_family_t,
                sin_port: address.port().to_be(),
                sin_addr: libc::in_addr { s_addr: u32::from_ne_bytes(address.ip().octets()) },
                sin_zero: [0; 8],
            };
            // SAFETY: the storage has room and alignment for the address of any family.
            unsafe { (&raw mut storage).cast::<libc::sockaddr_in>().write(c_address) };
            (storage, mem::size_of::<libc::sockaddr_in>())
        }
        SocketAddr::V6(address) => {
            let c_address = libc::sockaddr_in6 {
                sin6_family: libc::AF_INET6 as libc::sa_family_t,
                sin6_port: address.port().to_be(),
                sin6_flowinfo: address.flowinfo(),
                sin6_addr: libc::in6_addr { s6_addr: address.ip().octets() },
                sin6_scope_id: address.scope_id(),
            };
            // SAFETY: as above.
            unsafe { (&raw mut storage).cast::<libc::sockaddr_in6>().write(c_address) };
            (storage, mem::size_of::<libc::sockaddr_in6>())
        }
    }
}

/// Whether the process or the machine has no descriptor left. The error code of the resolver does not show it.
pub(crate) fn descriptors_are_used_up() -> bool {
    matches!(open(libc::AF_INET), Err(error) if is_lack_of_descriptors(&error))
}

/// Whether this is why the call failed.
pub(crate) fn is_lack_of_descriptors(error: &io::Error) -> bool {
    matches!(error.raw_os_error(), Some(libc::EMFILE | libc::ENFILE))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sys::exit_code_of_fork;
    use crate::sys::poll::{Interest, Wait, Waited, wait_for_any};
    use std::io::{Read, Write};
    use std::net::TcpListener;
    use std::time::{Duration, Instant};

    fn is_ready(socket: &Socket, interest: Interest) -> bool {
        let deadline = Instant::now() + Duration::from_secs(20);
        wait_for_any(&mut [Wait::new(socket.as_fd(), interest)], deadline, None).unwrap() == Waited::Ready
    }

    /// A connection and its other end.
    fn connection(host: &str) -> (Socket, TcpStream) {
        let listener = TcpListener::bind((host, 0)).unwrap();
        let socket = Socket::begin_to_connect(listener.local_addr().unwrap()).unwrap();
        assert!(is_ready(&socket, Interest::Write) && socket.take_error().unwrap().is_none());
        (socket, listener.accept().unwrap().0)
    }

    #[test]
    fn both_families_connect_send_and_receive() {
        for host in ["127.0.0.1", "::1"] {
            let (socket, mut other_end) = connection(host);
            assert_eq!(socket.send(&[IoSlice::new(b"two "), IoSlice::new(b"parts")]).unwrap(), 9);
            let mut got = [0; 9];
            other_end.read_exact(&mut got).unwrap();
            assert_eq!(&got, b"two parts");
            other_end.write_all(b"answer").unwrap();
            assert!(is_ready(&socket, Interest::Read));
            assert_eq!(socket.receive(&mut [0; 100]).unwrap(), 6);
        }
    }

    #[test]
    fn a_look_leaves_what_has_come_where_it_is() {
        let (socket, mut other_end) = connection("127.0.0.1");
        other_end.write_all(b"unasked").unwrap();
        assert!(is_ready(&socket, Interest::Read));
        assert_eq!(socket.peek().unwrap(), 1);
        assert_eq!(socket.receive(&mut [0; 100]).unwrap(), 7);
        drop(other_end);
        assert!(is_ready(&socket, Interest::Read));
        assert_eq!(socket.peek().unwrap(), 0);
    }

    #[test]
    fn no_call_waits_even_if_the_descriptor_would() {
        let (socket, _other_end) = connection("127.0.0.1");
        socket.0.set_nonblocking(false).unwrap();
        while socket.send(&[IoSlice::new(&[0; 65_536])]).is_ok() {}
        for looked in [socket.peek(), socket.receive(&mut [0]), socket.send(&[IoSlice::new(&[0])])] {
            assert_eq!(looked.unwrap_err().kind(), io::ErrorKind::WouldBlock);
        }
    }

    #[test]
    fn a_socket_that_somebody_else_closed_is_dropped_all_the_same() {
        let code = exit_code_of_fork(|| {
            let socket = open(libc::AF_INET).unwrap();
            let socket = Socket(ManuallyDrop::new(socket.into()));
            // SAFETY: what a careless host does; no other thread of the child opens a file meanwhile.
            unsafe { libc::close(socket.0.as_raw_fd()) };
            0
        });
        assert_eq!(code, 0);
    }

    #[test]
    fn a_socket_never_takes_the_place_of_a_standard_stream() {
        let code = exit_code_of_fork(|| {
            for stream in 0..FIRST_DESCRIPTOR {
                // SAFETY: the child has no use for them.
                unsafe { libc::close(stream) };
            }
            i32::from(open(libc::AF_INET).unwrap().as_raw_fd() < FIRST_DESCRIPTOR)
        });
        assert_eq!(code, 0);
    }
}
