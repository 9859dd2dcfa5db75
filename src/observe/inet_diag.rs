//! The messages of sock_diag(7): what is asked of the kernel, and what it answers.

use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use super::sockets::{Listener, TcpSocket, TcpState, UdpSocket};

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
pub(super) const FAMILIES: [u8; 2] = [libc::AF_INET as u8, libc::AF_INET6 as u8];

/// struct nlmsghdr, and what is asked.
pub(super) struct Question<const LENGTH: usize>([u8; LENGTH]);

/// With struct inet_diag_req_v2.
type ByFamily = Question<{ HEADER + 56 }>;

/// With struct inet_diag_req, the older one.
type Older = Question<{ HEADER + 60 }>;

impl<const LENGTH: usize> Question<LENGTH> {
    fn new(kind: u16, flags: u16) -> Self {
        let mut message = [0; LENGTH];
        message[..4].copy_from_slice(&(LENGTH as u32).to_ne_bytes());
        message[4..6].copy_from_slice(&kind.to_ne_bytes());
        message[6..8].copy_from_slice(&flags.to_ne_bytes());
        Question(message)
    }

    /// Its bytes, by whose number the answers are known.
    pub(super) fn numbered(&mut self, sequence: u32) -> &[u8] {
        self.0[8..12].copy_from_slice(&sequence.to_ne_bytes());
        &self.0
    }
}

fn by_family(family: u8, protocol: i32, states: u32, flags: u16) -> ByFamily {
    let mut question = ByFamily::new(BY_FAMILY, flags);
    question.0[16] = family;
    question.0[17] = protocol as u8;
    question.0[18] = 1 << (INFO - 1) | 1 << (MEMORY - 1);
    question.0[20..24].copy_from_slice(&states.to_ne_bytes());
    question
}

/// All TCP sockets of a family that listen.
pub(super) fn listeners(family: u8) -> ByFamily {
    by_family(family, libc::IPPROTO_TCP, LISTENING, DUMP)
}

/// All UDP sockets of a family that have a port.
pub(super) fn all_udp(family: u8) -> ByFamily {
    by_family(family, libc::IPPROTO_UDP, ALL_STATES, DUMP)
}

/// The TCP socket with these ends, both of one family.
pub(super) fn connection(local: SocketAddr, remote: SocketAddr) -> ByFamily {
    let family = FAMILIES[usize::from(local.is_ipv6())];
    let mut question = by_family(family, libc::IPPROTO_TCP, ALL_STATES, REQUEST);
    question.0[24..26].copy_from_slice(&local.port().to_be_bytes());
    question.0[26..28].copy_from_slice(&remote.port().to_be_bytes());
    write_ip(&mut question.0[28..44], local.ip());
    write_ip(&mut question.0[44..60], remote.ip());
    question.0[64..72].fill(0xff); // no cookie
    question
}

/// All TCP sockets: the older question asks for both families at once, and so walks the hash table once.
pub(super) fn all_tcp() -> Older {
    let mut question = Older::new(TCP_SOCKETS, DUMP);
    question.0[19] = 1 << (INFO - 1);
    question.0[68..72].copy_from_slice(&ALL_STATES.to_ne_bytes());
    question
}

/// Hands on the answers in a packet that are to the question of this number; whether there are no more to come.
pub(super) fn answers(
    packet: &[u8],
    sequence: u32,
    mut each: impl FnMut(&Answer<'_>),
) -> io::Result<bool> {
    let mut rest = packet;
    let mut complete = false;
    while rest.len() >= HEADER {
        let length = number(rest, 0) as usize;
        let kind = number(rest, 4) & 0xffff;
        let flags = (number(rest, 4) >> 16) as u16;
        let body = rest.get(HEADER..length).ok_or(io::ErrorKind::InvalidData)?;
        // What is left of a question that was given up is not for us.
        if number(rest, 8) == sequence {
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

/// struct inet_diag_msg, followed by attributes
pub(super) struct Answer<'a>(&'a [u8]);

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

    pub(super) fn listener(&self) -> Listener {
        Listener {
            address: self.local(),
            only_v6: self.only_v6(),
            backlog: self.number(60),
            queued: self.number(56),
            inode: self.number(68),
        }
    }

    pub(super) fn udp(&self) -> UdpSocket {
        let remote = self.remote();
        UdpSocket {
            local: self.local(),
            only_v6: self.only_v6(),
            remote: (remote.port() != 0).then_some(remote),
            unread: self.number(56),
            inode: self.number(68),
            drops: short(self.attribute(MEMORY).unwrap_or_default(), DROPS),
        }
    }

    fn only_v6(&self) -> bool {
        self.attribute(ONLY_V6) == Some(&[1])
    }

    pub(super) fn tcp(&self) -> TcpSocket {
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
