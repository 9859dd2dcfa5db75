//! The datagrams that lie unread in a program's socket.
//!
//! sock_diag(7) tells only how much memory they take. With SO_PEEK_OFF (socket(7)) each MSG_PEEK shows what lies behind the one before, and takes
//! nothing away; the option is given back as it was.

use std::net::SocketAddr;
use std::os::fd::{AsRawFd, OwnedFd};

use rustix::io::Errno;
use rustix::net::{RecvFlags, recvfrom};

use super::inet_diag::plain;
use super::portrait::Datagram;

/// No datagram is longer (udp(7)): one that did not fit would be shown in pieces.
const LONGEST: usize = 64 << 10;

/// More are not counted.
const MOST: usize = 10_000;

/// What SO_PEEK_OFF says where it is not used.
const UNUSED: libc::c_int = -1;

/// What lies unread in a UDP socket, the oldest first. An empty datagram that was shown once is passed over the next time.
///
/// Takes 1 µs a datagram. A program that peeks itself, with SO_PEEK_OFF, is left alone: EBUSY.
pub(super) fn datagrams(socket: &OwnedFd) -> rustix::io::Result<Vec<Datagram>> {
    if peek_offset(socket)? != UNUSED {
        return Err(Errno::BUSY);
    }
    set_peek_offset(socket, 0)?;
    let mut found = Vec::new();
    let mut buffer = vec![0; LONGEST];
    let flags = RecvFlags::PEEK | RecvFlags::DONTWAIT;
    while found.len() < MOST
        && let Ok((read, _, Some(from))) = recvfrom(socket, &mut buffer[..], flags)
        && let Ok(from) = SocketAddr::try_from(from)
    {
        found.push(Datagram {
            from: plain(from),
            bytes: read as u32,
        });
    }
    set_peek_offset(socket, UNUSED)?;
    Ok(found)
}

fn peek_offset(socket: &OwnedFd) -> rustix::io::Result<libc::c_int> {
    let mut offset: libc::c_int = 0;
    let mut length = size_of::<libc::c_int>() as libc::socklen_t;
    // SAFETY: both pointers are to values that live through the call, and `length` is the size of the first.
    let result = unsafe {
        libc::getsockopt(
            socket.as_raw_fd(),
            libc::SOL_SOCKET,
            libc::SO_PEEK_OFF,
            (&raw mut offset).cast(),
            &raw mut length,
        )
    };
    match result {
        0 => Ok(offset),
        _ => Err(last_error()),
    }
}

fn set_peek_offset(socket: &OwnedFd, offset: libc::c_int) -> rustix::io::Result<()> {
    // SAFETY: the pointer is to a value that lives through the call, and the length is its size.
    let result = unsafe {
        libc::setsockopt(
            socket.as_raw_fd(),
            libc::SOL_SOCKET,
            libc::SO_PEEK_OFF,
            (&raw const offset).cast(),
            size_of::<libc::c_int>() as libc::socklen_t,
        )
    };
    match result {
        0 => Ok(()),
        _ => Err(last_error()),
    }
}

fn last_error() -> Errno {
    Errno::from_io_error(&std::io::Error::last_os_error()).unwrap_or(Errno::IO)
}

#[cfg(test)]
mod tests {
    use super::{Datagram, Errno, datagrams, set_peek_offset};
    use std::net::UdpSocket;
    use std::os::fd::OwnedFd;

    #[test]
    fn what_lies_unread_is_shown_and_stays() {
        for ip in ["127.0.0.1:0", "[::1]:0"] {
            let socket = UdpSocket::bind(ip).unwrap();
            let [alice, bob] = [(); 2].map(|()| UdpSocket::bind(ip).unwrap());
            let address = socket.local_addr().unwrap();
            let long = vec![b'y'; 60_000];
            for (from, text) in [
                (&alice, &b"hello"[..]),
                (&bob, b"you"),
                (&alice, &long),
                (&bob, b""),
            ] {
                from.send_to(text, address).unwrap();
            }
            let [alice, bob] = [alice, bob].map(|socket| socket.local_addr().unwrap());
            let expected = [(alice, 5), (bob, 3), (alice, 60_000), (bob, 0)]
                .map(|(from, bytes)| Datagram { from, bytes });
            let same: OwnedFd = socket.try_clone().unwrap().into();
            assert_eq!(datagrams(&same).unwrap(), expected);
            // The empty one was shown.
            assert_eq!(datagrams(&same).unwrap(), expected[..3]);
            let mut buffer = vec![0; 1 << 16];
            for Datagram { from, bytes } in expected {
                let came = socket.recv_from(&mut buffer).unwrap();
                assert_eq!(came, (bytes as usize, from));
            }
            assert_eq!(datagrams(&same).unwrap(), []);
            set_peek_offset(&same, 0).unwrap();
            assert_eq!(datagrams(&same), Err(Errno::BUSY));
        }
    }
}
