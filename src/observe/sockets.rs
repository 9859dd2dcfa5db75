//! The sockets of a network namespace, by sock_diag(7): 10 to 20 µs for all listeners, 3 µs for one connection, no extra connection in anybody's queue.

use std::io;
use std::net::SocketAddr;
use std::os::fd::OwnedFd;

use rustix::net::{RecvFlags, SendFlags};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::inet_diag::{self, Answer, FAMILIES, Question, plain};

/// A TCP socket that listens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Listener {
    /// Where; `[::]` mostly means IPv4 too.
    pub address: SocketAddr,
    /// IPv6 only (ipv6(7), IPV6_V6ONLY).
    pub only_v6: bool,
    /// How many connections may wait to be accepted; the kernel admits one more.
    pub backlog: u32,
    /// How many wait.
    pub queued: u32,
    /// The inode, as `/proc/PID/fd` names it.
    pub inode: u32,
}

/// A TCP socket.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TcpSocket {
    /// Its own end.
    pub local: SocketAddr,
    /// The other end.
    pub remote: SocketAddr,
    /// How far the connection is.
    pub state: TcpState,
    /// Bytes that have come and lie unread; of a listener, connections that wait to be accepted.
    pub unread: u32,
    /// Bytes that are written and not acknowledged; of a listener, its backlog.
    pub unsent: u32,
    /// A timer runs: retransmission, connection attempt, probe or TIME_WAIT; 0 is none (tcp_diag's idiag_timer).
    pub timer: u8,
    /// The inode; 0 for a connection that is not accepted yet, or no process has any more.
    pub inode: u32,
    /// Payload that was sent, repetitions included (tcp_info, tcpi_bytes_sent). This and the following are 0 where a socket is half open or half gone.
    pub bytes_sent: u64,
    /// Of these, repetitions.
    pub bytes_repeated: u64,
    /// Bytes that were written and not sent even once; a close counts as one.
    pub not_sent: u32,
    /// Bytes that have come in order, read or not; the other end's close counts as one.
    pub bytes_received: u64,
    /// How many bytes the other end has room for, as it said last; `u32::MAX` where the kernel doesn't tell (before Linux 5.4).
    pub window: u32,
}

/// The states of RFC 9293, as the kernel numbers them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
#[expect(missing_docs, reason = "the RFC says what they mean")]
pub enum TcpState {
    Established,
    SynSent,
    SynReceived,
    FinWait1,
    FinWait2,
    TimeWait,
    Closed,
    CloseWait,
    LastAck,
    Listen,
    Closing,
}

impl TcpState {
    pub(super) fn from_kernel(number: u8) -> Self {
        match number {
            1 => TcpState::Established,
            2 => TcpState::SynSent,
            3 | 12 => TcpState::SynReceived,
            4 => TcpState::FinWait1,
            5 => TcpState::FinWait2,
            6 => TcpState::TimeWait,
            8 => TcpState::CloseWait,
            9 => TcpState::LastAck,
            10 => TcpState::Listen,
            11 => TcpState::Closing,
            _ => TcpState::Closed,
        }
    }
}

/// A UDP socket with a port.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UdpSocket {
    /// Its own end.
    pub local: SocketAddr,
    /// IPv6 only (ipv6(7), IPV6_V6ONLY).
    pub only_v6: bool,
    /// The other end, if it is connected.
    pub remote: Option<SocketAddr>,
    /// Bytes that have come and lie unread, with the kernel's overhead.
    pub unread: u32,
    /// The inode.
    pub inode: u32,
    /// Datagrams that came and were thrown away because there was no room.
    pub drops: u32,
}

/// Asks about the sockets of one network namespace.
#[derive(Debug)]
pub struct SocketTable {
    diagnosis: OwnedFd,
    buffer: Vec<u8>,
    sequence: u32,
}

impl SocketTable {
    /// `diagnosis` is a NETLINK_SOCK_DIAG socket made in the namespace in question; blocking or not.
    pub fn new(diagnosis: OwnedFd) -> Self {
        SocketTable {
            diagnosis,
            buffer: vec![0; 32 << 10],
            sequence: 0,
        }
    }

    /// All TCP sockets that listen.
    ///
    /// # Errors
    ///
    /// The kernel doesn't answer.
    pub fn listeners(&mut self) -> io::Result<Vec<Listener>> {
        let mut found = Vec::new();
        for family in FAMILIES {
            let question = inet_diag::listeners(family);
            self.ask(question, |answer| found.push(answer.listener()))?;
        }
        Ok(found)
    }

    /// All TCP sockets in whatever state, those included that no process has any more. Walks the machine's hash table: 170 µs.
    ///
    /// # Errors
    ///
    /// The kernel doesn't answer.
    pub fn tcp(&mut self) -> io::Result<Vec<TcpSocket>> {
        let mut found = Vec::new();
        self.ask(inet_diag::all_tcp(), |answer| found.push(answer.tcp()))?;
        Ok(found)
    }

    /// All UDP sockets that have a port.
    ///
    /// # Errors
    ///
    /// The kernel doesn't answer.
    pub fn udp_bound(&mut self) -> io::Result<Vec<UdpSocket>> {
        let mut found = Vec::new();
        for family in FAMILIES {
            let question = inet_diag::all_udp(family);
            self.ask(question, |answer| found.push(answer.udp()))?;
        }
        Ok(found)
    }

    /// The program's end of a connection: `local` is the program's address, `remote` the other one's. `None` if there is no such connection (any more).
    ///
    /// # Errors
    ///
    /// The kernel doesn't answer.
    pub fn connection(
        &mut self,
        local: SocketAddr,
        remote: SocketAddr,
    ) -> io::Result<Option<TcpSocket>> {
        let (local, remote) = (plain(local), plain(remote));
        let question = inet_diag::connection(local, remote);
        let found = self.ask_for_one(question, |answer| answer.tcp())?;
        // Without a connection the kernel answers with the listener that would take it.
        Ok(found.filter(|found| found.local == local && found.remote == remote))
    }

    /// Whether all that was written at this address of a connection has been read at the other: so far as the kernel says. Where
    /// the connection is gone nobody will read it.
    pub fn is_read(&mut self, ours: SocketAddr, theirs: SocketAddr) -> bool {
        // First our end: on a busy machine a segment may still be on its way, and nothing lies unread over there.
        let near = self.connection(ours, theirs);
        let far = self.connection(theirs, ours);
        match (near, far) {
            (Ok(Some(near)), Ok(Some(far))) => near.unsent == 0 && far.unread == 0,
            _ => true,
        }
    }

    /// The listener that would take a connection to `to`.
    ///
    /// # Errors
    ///
    /// The kernel doesn't answer.
    pub fn listener_for(&mut self, to: SocketAddr) -> io::Result<Option<Listener>> {
        let to = plain(to);
        // No connection comes from port 0.
        let nobody = SocketAddr::new(to.ip(), 0);
        let question = inet_diag::connection(to, nobody);
        self.ask_for_one(question, |answer| answer.listener())
    }

    fn ask_for_one<const LENGTH: usize, T>(
        &mut self,
        question: Question<LENGTH>,
        read: impl Fn(&Answer<'_>) -> T,
    ) -> io::Result<Option<T>> {
        let mut found = None;
        match self.ask(question, |answer| found = Some(read(answer))) {
            Err(error) if error.raw_os_error() == Some(libc::ENOENT) => Ok(None),
            result => result.map(|()| found),
        }
    }

    /// Hands on all that the kernel answers.
    fn ask<const LENGTH: usize>(
        &mut self,
        mut question: Question<LENGTH>,
        mut each: impl FnMut(&Answer<'_>),
    ) -> io::Result<()> {
        self.sequence = self.sequence.wrapping_add(1);
        let request = question.numbered(self.sequence);
        rustix::net::send(&self.diagnosis, request, SendFlags::empty())?;
        let mut complete = false;
        while !complete {
            let (length, _) =
                rustix::net::recv(&self.diagnosis, &mut self.buffer[..], RecvFlags::empty())?;
            complete = inet_diag::answers(&self.buffer[..length], self.sequence, &mut each)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rustix::net::{AddressFamily, SocketFlags, SocketType, netlink};
    use std::io::{Read, Write};
    use std::net::{Ipv4Addr, Ipv6Addr, TcpListener, TcpStream};

    fn table() -> SocketTable {
        let diagnosis = rustix::net::socket_with(
            AddressFamily::NETLINK,
            SocketType::RAW,
            SocketFlags::CLOEXEC | SocketFlags::NONBLOCK,
            Some(netlink::SOCK_DIAG),
        );
        SocketTable::new(diagnosis.unwrap())
    }

    fn unread(table: &mut SocketTable, local: SocketAddr, remote: SocketAddr) -> Option<u32> {
        let connection = table.connection(local, remote).unwrap();
        connection.map(|socket| socket.unread)
    }

    #[test]
    fn a_listener_is_seen_with_its_queue() {
        let mut table = table();
        let server = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = server.local_addr().unwrap();
        let mut seen = || {
            let all = table.listeners().unwrap();
            let seen = all.into_iter().find(|listener| listener.address == address);
            assert_eq!(table.listener_for(address).unwrap(), seen);
            seen
        };
        let first = seen().unwrap();
        assert_eq!((first.queued, first.backlog), (0, 128));
        let _client = TcpStream::connect(address).unwrap();
        assert_eq!(seen().unwrap().queued, 1);
        let _accepted = server.accept().unwrap();
        assert_eq!(seen().unwrap().queued, 0);
        drop(server);
        assert_eq!(seen(), None);
    }

    #[test]
    fn a_server_on_all_addresses_is_reachable_over_both_families() {
        let mut table = table();
        // The standard library leaves IPV6_V6ONLY as the machine has it: off.
        let server = TcpListener::bind("[::]:0").unwrap();
        let port = server.local_addr().unwrap().port();
        let all = table.listeners().unwrap();
        let listener = all
            .iter()
            .find(|listener| listener.address.port() == port)
            .unwrap();
        assert_eq!(
            listener.address,
            SocketAddr::new(Ipv6Addr::UNSPECIFIED.into(), port)
        );
        assert!(!listener.only_v6);
        let taker = table.listener_for(SocketAddr::new(Ipv4Addr::LOCALHOST.into(), port));
        assert_eq!(taker.unwrap().as_ref(), Some(listener));
        let mut client = TcpStream::connect((Ipv4Addr::LOCALHOST, port)).unwrap();
        client.write_all(b"hello").unwrap();
        let (ours, theirs) = (client.local_addr().unwrap(), client.peer_addr().unwrap());
        assert_eq!(unread(&mut table, theirs, ours), Some(5));
    }

    #[test]
    fn unread_bytes_of_one_connection() {
        for bind in ["127.0.0.1:0", "[::1]:0"] {
            let mut table = table();
            let server = TcpListener::bind(bind).unwrap();
            let mut client = TcpStream::connect(server.local_addr().unwrap()).unwrap();
            let (ours, theirs) = (client.local_addr().unwrap(), client.peer_addr().unwrap());
            assert_eq!(unread(&mut table, theirs, ours), Some(0));
            client.write_all(b"mango").unwrap();
            assert_eq!(unread(&mut table, theirs, ours), Some(5));
            let (mut accepted, _) = server.accept().unwrap();
            accepted.read_exact(&mut [0; 3]).unwrap();
            let socket = table.connection(theirs, ours).unwrap().unwrap();
            assert_eq!((socket.unread, socket.state), (2, TcpState::Established));
            let all = table.tcp().unwrap();
            assert!(all.contains(&socket));
            // The same ports the other way round are the client's end.
            assert_eq!(unread(&mut table, ours, theirs), Some(0));
            let nobody = SocketAddr::new(ours.ip(), 1);
            assert_eq!(unread(&mut table, theirs, nobody), None);
            assert_eq!(unread(&mut table, nobody, nobody), None);
        }
    }

    #[test]
    fn udp_sockets_with_a_port() {
        let mut table = table();
        let server = std::net::UdpSocket::bind("127.0.0.1:0").unwrap();
        let address = server.local_addr().unwrap();
        let client = std::net::UdpSocket::bind("127.0.0.1:0").unwrap();
        client.connect(address).unwrap();
        let mut find = |local| {
            let all = table.udp_bound().unwrap();
            all.into_iter()
                .find(|socket| socket.local == local)
                .unwrap()
        };
        assert_eq!((find(address).remote, find(address).unread), (None, 0));
        assert_eq!(find(client.local_addr().unwrap()).remote, Some(address));
        client.send(b"x").unwrap();
        assert!(find(address).unread > 0);
    }
}
