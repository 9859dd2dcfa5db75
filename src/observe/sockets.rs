//! The sockets of a network namespace, by sock_diag(7): 10 to 20 µs for all listeners, 3 µs for one connection, no extra connection in anybody's queue.

use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::os::fd::OwnedFd;

use rustix::net::{RecvFlags, SendFlags};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

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

impl Listener {
    /// An address of this machine at which it can be reached.
    pub fn reachable_at(&self) -> SocketAddr {
        let ip = match self.address.ip() {
            IpAddr::V4(ip) if ip.is_unspecified() => Ipv4Addr::LOCALHOST.into(),
            IpAddr::V6(ip) if ip.is_unspecified() && self.only_v6 => Ipv6Addr::LOCALHOST.into(),
            IpAddr::V6(ip) if ip.is_unspecified() => Ipv4Addr::LOCALHOST.into(),
            ip => ip,
        };
        SocketAddr::new(ip, self.address.port())
    }
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
    fn from_kernel(number: u8) -> Self {
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

const REQUEST: u16 = libc::NLM_F_REQUEST as u16;
const DUMP: u16 = REQUEST | libc::NLM_F_DUMP as u16;
/// SOCK_DIAG_BY_FAMILY of linux/sock_diag.h.
const BY_FAMILY: u16 = 20;
/// TCPDIAG_GETSOCK of linux/inet_diag.h.
const TCP_SOCKETS: u16 = 18;
/// struct nlmsghdr
const HEADER: usize = 16;
/// struct inet_diag_msg
const ANSWER: usize = 72;
/// INET_DIAG_SKV6ONLY of linux/inet_diag.h.
const ONLY_V6: u16 = 11;
/// INET_DIAG_INFO of linux/inet_diag.h: struct tcp_info of linux/tcp.h.
const INFO: u16 = 2;
/// INET_DIAG_SKMEMINFO of linux/inet_diag.h: numbers of linux/sock_diag.h, SK_MEMINFO_DROPS the ninth of them.
const MEMORY: u16 = 7;
const DROPS: usize = 8 * 4;
const ALL_STATES: u32 = u32::MAX;
const LISTENING: u32 = 1 << 10;
const FAMILIES: [u8; 2] = [libc::AF_INET as u8, libc::AF_INET6 as u8];

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
            self.dump(family, libc::IPPROTO_TCP, LISTENING, |answer| {
                found.push(Listener {
                    address: answer.local(),
                    only_v6: answer.attribute(ONLY_V6) == Some(&[1]),
                    backlog: answer.number(60),
                    queued: answer.number(56),
                    inode: answer.number(68),
                });
            })?;
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
        let request = self.old_request();
        rustix::net::send(&self.diagnosis, &request, SendFlags::empty())?;
        while !self.receive(|answer| found.push(answer.tcp()))? {}
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
            self.dump(family, libc::IPPROTO_UDP, ALL_STATES, |answer| {
                let remote = answer.remote();
                found.push(UdpSocket {
                    local: answer.local(),
                    only_v6: answer.attribute(ONLY_V6) == Some(&[1]),
                    remote: (remote.port() != 0).then_some(remote),
                    unread: answer.number(56),
                    inode: answer.number(68),
                    drops: short(answer.attribute(MEMORY).unwrap_or_default(), DROPS),
                });
            })?;
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
        let family = FAMILIES[usize::from(local.is_ipv6())];
        let mut request = self.request(family, libc::IPPROTO_TCP, ALL_STATES, REQUEST);
        request[24..26].copy_from_slice(&local.port().to_be_bytes());
        request[26..28].copy_from_slice(&remote.port().to_be_bytes());
        write_ip(&mut request[28..44], local.ip());
        write_ip(&mut request[44..60], remote.ip());
        request[64..72].fill(0xff); // no cookie
        rustix::net::send(&self.diagnosis, &request, SendFlags::empty())?;
        let mut found = None;
        match self.receive(|answer| found = Some(answer.tcp())) {
            Err(error) if error.raw_os_error() == Some(libc::ENOENT) => return Ok(None),
            result => result?,
        };
        // Without a connection the kernel answers with the listener that would take it.
        Ok(found.filter(|found| found.local == local && found.remote == remote))
    }

    /// Bytes that lie unread at the program's end of a connection, as in [`SocketTable::connection`].
    ///
    /// # Errors
    ///
    /// The kernel doesn't answer.
    pub fn unread_of(&mut self, local: SocketAddr, remote: SocketAddr) -> io::Result<Option<u32>> {
        Ok(self.connection(local, remote)?.map(|socket| socket.unread))
    }

    fn dump(
        &mut self,
        family: u8,
        protocol: i32,
        states: u32,
        mut each: impl FnMut(&Answer<'_>),
    ) -> io::Result<()> {
        let request = self.request(family, protocol, states, DUMP);
        rustix::net::send(&self.diagnosis, &request, SendFlags::empty())?;
        while !self.receive(&mut each)? {}
        Ok(())
    }

    /// struct nlmsghdr and struct inet_diag_req_v2
    fn request(&mut self, family: u8, protocol: i32, states: u32, flags: u16) -> [u8; HEADER + 56] {
        self.sequence = self.sequence.wrapping_add(1);
        let mut request = [0; HEADER + 56];
        let length = request.len() as u32;
        request[..4].copy_from_slice(&length.to_ne_bytes());
        request[4..6].copy_from_slice(&BY_FAMILY.to_ne_bytes());
        request[6..8].copy_from_slice(&flags.to_ne_bytes());
        request[8..12].copy_from_slice(&self.sequence.to_ne_bytes());
        request[16] = family;
        request[17] = protocol as u8;
        request[18] = 1 << (INFO - 1) | 1 << (MEMORY - 1);
        request[20..24].copy_from_slice(&states.to_ne_bytes());
        request
    }

    /// struct nlmsghdr and struct inet_diag_req, the older one: it asks for both families at once, and so walks the hash table once.
    fn old_request(&mut self) -> [u8; HEADER + 60] {
        self.sequence = self.sequence.wrapping_add(1);
        let mut request = [0; HEADER + 60];
        let length = request.len() as u32;
        request[..4].copy_from_slice(&length.to_ne_bytes());
        request[4..6].copy_from_slice(&TCP_SOCKETS.to_ne_bytes());
        request[6..8].copy_from_slice(&DUMP.to_ne_bytes());
        request[8..12].copy_from_slice(&self.sequence.to_ne_bytes());
        request[19] = 1 << (INFO - 1);
        request[68..72].copy_from_slice(&ALL_STATES.to_ne_bytes());
        request
    }

    /// Takes one packet; whether the answer is complete.
    fn receive(&mut self, mut each: impl FnMut(&Answer<'_>)) -> io::Result<bool> {
        let (length, _) =
            rustix::net::recv(&self.diagnosis, &mut self.buffer[..], RecvFlags::empty())?;
        let mut rest = &self.buffer[..length];
        let mut complete = false;
        while rest.len() >= HEADER {
            let length = number(rest, 0) as usize;
            let kind = number(rest, 4) & 0xffff;
            let flags = (number(rest, 4) >> 16) as u16;
            let body = rest.get(HEADER..length).ok_or(io::ErrorKind::InvalidData)?;
            // What is left of a question that was given up is not for us.
            if number(rest, 8) == self.sequence {
                match kind as i32 {
                    libc::NLMSG_DONE => complete = true,
                    libc::NLMSG_ERROR => {
                        let error = body.first_chunk().copied().map_or(0, i32::from_ne_bytes);
                        if error != 0 {
                            return Err(io::Error::from_raw_os_error(-error));
                        }
                    }
                    _ if body.len() >= ANSWER => {
                        each(&Answer(body));
                        complete |= flags & libc::NLM_F_MULTI as u16 == 0;
                    }
                    _ => {}
                }
            }
            rest = rest.get(length.next_multiple_of(4)..).unwrap_or_default();
        }
        Ok(complete)
    }
}

/// struct inet_diag_msg, followed by attributes
struct Answer<'a>(&'a [u8]);

impl Answer<'_> {
    fn number(&self, at: usize) -> u32 {
        number(self.0, at)
    }

    fn local(&self) -> SocketAddr {
        self.address(4, 8)
    }

    fn remote(&self) -> SocketAddr {
        self.address(6, 24)
    }

    fn address(&self, port: usize, ip: usize) -> SocketAddr {
        let port = u16::from_be_bytes([self.0[port], self.0[port + 1]]);
        let mut bytes = [0; 16];
        bytes.copy_from_slice(&self.0[ip..ip + 16]);
        let [a, b, c, d, ..] = bytes;
        let ip = if i32::from(self.0[0]) == libc::AF_INET {
            Ipv4Addr::new(a, b, c, d).into()
        } else {
            Ipv6Addr::from(bytes).into()
        };
        plain(SocketAddr::new(ip, port))
    }

    fn tcp(&self) -> TcpSocket {
        let info = self.attribute(INFO).unwrap_or_default();
        TcpSocket {
            local: self.local(),
            remote: self.remote(),
            state: TcpState::from_kernel(self.0[1]),
            unread: self.number(56),
            unsent: self.number(60),
            timer: self.0[2],
            inode: self.number(68),
            bytes_sent: long(info, 200),
            bytes_repeated: long(info, 208),
            not_sent: short(info, 144),
            bytes_received: long(info, 128),
            window: if info.len() < 232 {
                u32::MAX
            } else {
                short(info, 228)
            },
        }
    }

    fn attribute(&self, kind: u16) -> Option<&[u8]> {
        let mut rest = &self.0[ANSWER..];
        while rest.len() > 4 {
            let length = usize::from(u16::from_ne_bytes([rest[0], rest[1]]));
            if u16::from_ne_bytes([rest[2], rest[3]]) == kind {
                return rest.get(4..length);
            }
            rest = rest.get(length.max(4).next_multiple_of(4)..)?;
        }
        None
    }
}

/// A number of struct tcp_info, which is shorter on older kernels.
fn long(bytes: &[u8], at: usize) -> u64 {
    let number = bytes.get(at..).and_then(|rest| rest.first_chunk());
    number.copied().map_or(0, u64::from_ne_bytes)
}

fn short(bytes: &[u8], at: usize) -> u32 {
    let number = bytes.get(at..).and_then(|rest| rest.first_chunk());
    number.copied().map_or(0, u32::from_ne_bytes)
}

fn number(bytes: &[u8], at: usize) -> u32 {
    let mut number = [0; 4];
    number.copy_from_slice(&bytes[at..at + 4]);
    u32::from_ne_bytes(number)
}

/// An IPv4 address that an IPv6 socket has is an IPv4 address.
pub(super) fn plain(address: SocketAddr) -> SocketAddr {
    match address.ip() {
        IpAddr::V6(ip) => ip
            .to_ipv4_mapped()
            .map_or(address, |ip| SocketAddr::new(ip.into(), address.port())),
        IpAddr::V4(_) => address,
    }
}

fn write_ip(to: &mut [u8], ip: IpAddr) {
    match ip {
        IpAddr::V4(ip) => to[..4].copy_from_slice(&ip.octets()),
        IpAddr::V6(ip) => to.copy_from_slice(&ip.octets()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rustix::net::{AddressFamily, SocketFlags, SocketType, netlink};
    use std::io::{Read, Write};
    use std::net::{TcpListener, TcpStream};

    fn table() -> SocketTable {
        let diagnosis = rustix::net::socket_with(
            AddressFamily::NETLINK,
            SocketType::RAW,
            SocketFlags::CLOEXEC | SocketFlags::NONBLOCK,
            Some(netlink::SOCK_DIAG),
        );
        SocketTable::new(diagnosis.unwrap())
    }

    #[test]
    fn a_listener_is_seen_with_its_queue() {
        let mut table = table();
        let server = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = server.local_addr().unwrap();
        let mut seen = || {
            let all = table.listeners().unwrap();
            all.into_iter().find(|listener| listener.address == address)
        };
        let first = seen().unwrap();
        assert_eq!((first.queued, first.backlog), (0, 128));
        assert_eq!(first.reachable_at(), address);
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
        assert_eq!(
            listener.reachable_at(),
            SocketAddr::new(Ipv4Addr::LOCALHOST.into(), port)
        );
        let mut client = TcpStream::connect(listener.reachable_at()).unwrap();
        client.write_all(b"hello").unwrap();
        let (ours, theirs) = (client.local_addr().unwrap(), client.peer_addr().unwrap());
        assert_eq!(table.unread_of(theirs, ours).unwrap(), Some(5));
    }

    #[test]
    fn unread_bytes_of_one_connection() {
        for bind in ["127.0.0.1:0", "[::1]:0"] {
            let mut table = table();
            let server = TcpListener::bind(bind).unwrap();
            let mut client = TcpStream::connect(server.local_addr().unwrap()).unwrap();
            let (ours, theirs) = (client.local_addr().unwrap(), client.peer_addr().unwrap());
            assert_eq!(table.unread_of(theirs, ours).unwrap(), Some(0));
            client.write_all(b"mango").unwrap();
            assert_eq!(table.unread_of(theirs, ours).unwrap(), Some(5));
            let (mut accepted, _) = server.accept().unwrap();
            accepted.read_exact(&mut [0; 3]).unwrap();
            let socket = table.connection(theirs, ours).unwrap().unwrap();
            assert_eq!((socket.unread, socket.state), (2, TcpState::Established));
            let all = table.tcp().unwrap();
            assert!(all.contains(&socket));
            // The same ports the other way round are the client's end.
            assert_eq!(table.unread_of(ours, theirs).unwrap(), Some(0));
            let nobody = SocketAddr::new(ours.ip(), 1);
            assert_eq!(table.unread_of(theirs, nobody).unwrap(), None);
            assert_eq!(table.unread_of(nobody, nobody).unwrap(), None);
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
