//! The network of a box: a loopback that answers for every address, set up by rtnetlink(7).
//!
//! With only `lo` up, "my own address" by a UDP connect to 8.8.8.8 fails, LAN addresses can't be bound, and with a default route over `lo` connects to the
//! outside hang. A *local* route for everything makes all of these behave: every address is this machine, and what nobody listens on refuses at once.

use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::os::fd::OwnedFd;

use rustix::net::{AddressFamily, RecvFlags, SendFlags, SocketFlags, SocketType};

/// The index of `lo`: the first interface of every network namespace.
const LOOPBACK: u32 = 1;
/// The address that a program finds when it asks for its own.
const OWN: Ipv4Addr = Ipv4Addr::new(10, 0, 0, 2);
/// RTAX_QUICKACK of linux/rtnetlink.h: acknowledge at once, so that programs that send small pieces (Nagle, RFC 896) don't wait 44 ms for a delayed acknowledgement.
const QUICK_ACKNOWLEDGEMENTS: u16 = 15;

/// Brings the network up. Needs CAP_NET_ADMIN in a fresh network namespace.
pub(super) fn set_up() -> io::Result<()> {
    let socket = rustix::net::socket_with(
        AddressFamily::NETLINK,
        SocketType::RAW,
        SocketFlags::CLOEXEC,
        None, // NETLINK_ROUTE is protocol 0
    )?;
    let mut batch = Batch::default();
    batch.up();
    batch.own_address();
    let localhost = Ipv4Addr::LOCALHOST;
    for known in [
        v4_route(Ipv4Addr::new(127, 0, 0, 0), 8, localhost),
        v4_route(localhost, 32, localhost),
        v4_route(OWN, 32, OWN),
    ] {
        batch.route(libc::RTM_NEWROUTE, libc::NLM_F_REPLACE, &known);
    }
    let everything = v4_route(Ipv4Addr::UNSPECIFIED, 0, OWN);
    let new = libc::NLM_F_CREATE | libc::NLM_F_EXCL;
    batch.route(libc::RTM_NEWROUTE, new, &everything);
    batch.send(&socket)?;
    // Where there is no IPv6 there is nothing to hurry.
    let _ = hurry_v6(&socket);
    Ok(())
}

/// The kernel's own route to ::1 can't be changed: one of ours takes its place, and only if that can be had.
fn hurry_v6(socket: &OwnedFd) -> io::Result<()> {
    let mut batch = Batch::default();
    let flags = libc::NLM_F_CREATE | libc::NLM_F_EXCL;
    batch.route(libc::RTM_NEWROUTE, flags, &v6_route(true));
    batch.send(socket)?;
    let mut batch = Batch::default();
    batch.route(libc::RTM_DELROUTE, 0, &v6_route(false));
    batch.send(socket)
}

fn v6_route(ours: bool) -> Route {
    Route {
        to: Ipv6Addr::LOCALHOST.into(),
        prefix: 128,
        source: None,
        // The kernel's has 0, the most preferred.
        priority: ours.then_some(1),
    }
}

fn v4_route(to: Ipv4Addr, prefix: u8, source: Ipv4Addr) -> Route {
    Route {
        to: to.into(),
        prefix,
        source: Some(source),
        priority: None,
    }
}

/// A route to addresses that are this machine's own.
struct Route {
    to: IpAddr,
    prefix: u8,
    source: Option<Ipv4Addr>,
    priority: Option<u32>,
}

/// Messages that go to the kernel in one system call; it answers for the last, and for those that fail.
#[derive(Default)]
struct Batch {
    bytes: Vec<u8>,
    last: usize,
}

impl Batch {
    /// struct ifinfomsg
    fn up(&mut self) {
        let mut body = Vec::with_capacity(16);
        body.extend([libc::AF_UNSPEC as u8, 0, 0, 0]);
        body.extend(LOOPBACK.to_ne_bytes());
        body.extend((libc::IFF_UP as u32).to_ne_bytes());
        body.extend((libc::IFF_UP as u32).to_ne_bytes());
        self.message(libc::RTM_NEWLINK, 0, &body);
    }

    /// struct ifaddrmsg
    fn own_address(&mut self) {
        let mut body = vec![libc::AF_INET as u8, 32, 0, libc::RT_SCOPE_UNIVERSE];
        body.extend(LOOPBACK.to_ne_bytes());
        attribute(&mut body, libc::IFA_LOCAL, &OWN.octets());
        attribute(&mut body, libc::IFA_ADDRESS, &OWN.octets());
        self.message(
            libc::RTM_NEWADDR,
            libc::NLM_F_CREATE | libc::NLM_F_EXCL,
            &body,
        );
    }

    /// struct rtmsg
    fn route(&mut self, kind: u16, flags: i32, route: &Route) {
        let (family, to) = match route.to {
            IpAddr::V4(to) => (libc::AF_INET, to.octets().to_vec()),
            IpAddr::V6(to) => (libc::AF_INET6, to.octets().to_vec()),
        };
        let mut body = vec![
            family as u8,
            route.prefix,
            0,
            0,
            libc::RT_TABLE_LOCAL,
            libc::RTPROT_KERNEL,
            libc::RT_SCOPE_HOST,
            libc::RTN_LOCAL,
        ];
        body.extend(0u32.to_ne_bytes());
        if route.prefix > 0 {
            attribute(&mut body, libc::RTA_DST, &to);
        }
        attribute(&mut body, libc::RTA_OIF, &LOOPBACK.to_ne_bytes());
        if let Some(source) = route.source {
            attribute(&mut body, libc::RTA_PREFSRC, &source.octets());
        }
        if let Some(priority) = route.priority {
            attribute(&mut body, libc::RTA_PRIORITY, &priority.to_ne_bytes());
        }
        if kind == libc::RTM_NEWROUTE {
            let mut metrics = Vec::with_capacity(8);
            attribute(&mut metrics, QUICK_ACKNOWLEDGEMENTS, &1u32.to_ne_bytes());
            attribute(&mut body, libc::RTA_METRICS, &metrics);
        }
        self.message(kind, flags, &body);
    }

    /// struct nlmsghdr, then the body
    fn message(&mut self, kind: u16, flags: i32, body: &[u8]) {
        self.last = self.bytes.len();
        let length = (16 + body.len()) as u32;
        self.bytes.extend(length.to_ne_bytes());
        self.bytes.extend(kind.to_ne_bytes());
        self.bytes
            .extend(((libc::NLM_F_REQUEST | flags) as u16).to_ne_bytes());
        self.bytes.extend([0; 8]);
        self.bytes.extend(body);
    }

    fn send(mut self, socket: &OwnedFd) -> io::Result<()> {
        let flags = self.last + 6;
        self.bytes[flags] |= libc::NLM_F_ACK as u8;
        rustix::net::send(socket, &self.bytes, SendFlags::empty())?;
        let mut answer = [0; 4096];
        let (length, _) = rustix::net::recv(socket, &mut answer, RecvFlags::empty())?;
        // The first answer is for the first message that failed, else for the last one: nlmsghdr, then the error as a negative number.
        let answer = &answer[..length];
        match (number_at(answer, 4), number_at(answer, 16)) {
            (Some(kind), Some(0)) if kind as u16 == libc::NLMSG_ERROR as u16 => Ok(()),
            (Some(kind), Some(error)) if kind as u16 == libc::NLMSG_ERROR as u16 => {
                Err(io::Error::from_raw_os_error(-(error as i32)))
            }
            _ => Err(io::ErrorKind::InvalidData.into()),
        }
    }
}

fn number_at(bytes: &[u8], at: usize) -> Option<u32> {
    let bytes = bytes.get(at..at + 4)?;
    bytes.try_into().ok().map(u32::from_ne_bytes)
}

/// struct rtattr, padded to four bytes
fn attribute(body: &mut Vec<u8>, kind: u16, value: &[u8]) {
    body.extend(((4 + value.len()) as u16).to_ne_bytes());
    body.extend(kind.to_ne_bytes());
    body.extend(value);
    body.resize(body.len().next_multiple_of(4), 0);
}
