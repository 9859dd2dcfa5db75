//! Which addresses reach a socket that is bound to one, or to all of them.

use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

/// Where programs and peers find each other, unless somebody wishes otherwise.
pub(super) const HERE: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);

/// Where a socket at `address` is reached on this machine. At `[::]` it takes IPv4 as well, as most clients would use, unless it
/// was told not to (ipv6(7), IPV6_V6ONLY), as it is by whoever opens a socket for each family.
pub(super) fn reachable(address: SocketAddr, only_v6: bool) -> SocketAddr {
    let ip = match address.ip() {
        IpAddr::V6(Ipv6Addr::UNSPECIFIED) if only_v6 => IpAddr::V6(Ipv6Addr::LOCALHOST),
        ip if ip.is_unspecified() => HERE,
        ip => ip,
    };
    SocketAddr::new(ip, address.port())
}

/// Where a socket of Viva's own that talks to `address` is bound: beside it, at any port.
pub(super) fn beside(address: SocketAddr) -> SocketAddr {
    let ip = match address.ip() {
        IpAddr::V4(ip) if ip.is_loopback() => HERE,
        IpAddr::V6(ip) if ip.is_loopback() => IpAddr::V6(Ipv6Addr::LOCALHOST),
        ip => ip,
    };
    SocketAddr::new(ip, 0)
}

/// Whether bind(2), connect(2) or sendto(2) has failed for an address that the program has chosen, and not for want of anything: it
/// may bind one that is not this machine's (ip(7), IP_FREEBIND), that means many machines, or that leads nowhere.
pub(super) fn is_about_the_address(error: &io::Error) -> bool {
    matches!(
        error.raw_os_error(),
        Some(
            libc::EACCES
                | libc::EADDRNOTAVAIL
                | libc::EAFNOSUPPORT
                | libc::EHOSTUNREACH
                | libc::EINVAL
                | libc::ENETUNREACH
                | libc::EPERM
        )
    )
}

/// Whether a socket at `address` is reached at `wanted`; nothing but all addresses covers all addresses.
pub(super) fn covers(address: SocketAddr, only_v6: bool, wanted: SocketAddr) -> bool {
    let all = address.ip().is_unspecified()
        && (address.is_ipv4() == wanted.is_ipv4() || (address.is_ipv6() && !only_v6));
    address.port() == wanted.port() && (all || address.ip() == wanted.ip())
}

#[cfg(test)]
mod tests {
    use super::{covers, reachable};

    #[test]
    fn a_socket_at_all_addresses_is_reached_on_this_machine() {
        for (address, only_v6, reached) in [
            ("10.0.0.2:99", false, "10.0.0.2:99"),
            ("0.0.0.0:99", false, "127.0.0.1:99"),
            ("[::]:99", false, "127.0.0.1:99"),
            ("[::]:99", true, "[::1]:99"),
        ] {
            let address = address.parse().expect("an address");
            assert_eq!(reachable(address, only_v6).to_string(), reached);
        }
    }

    #[test]
    fn an_address_covers_what_reaches_it() {
        for (address, only_v6, wanted, covered) in [
            ("127.0.0.1:99", false, "127.0.0.1:99", true),
            ("127.0.0.1:99", false, "127.0.0.1:98", false),
            ("127.0.0.1:99", false, "10.0.0.2:99", false),
            ("0.0.0.0:99", false, "127.0.0.1:99", true),
            ("0.0.0.0:99", false, "0.0.0.0:99", true),
            ("127.0.0.1:99", false, "0.0.0.0:99", false),
            ("0.0.0.0:99", false, "[::1]:99", false),
            ("[::]:99", false, "127.0.0.1:99", true),
            ("[::]:99", false, "0.0.0.0:99", true),
            ("[::]:99", true, "127.0.0.1:99", false),
            ("[::]:99", true, "[::1]:99", true),
        ] {
            let [address, wanted] = [address, wanted].map(|text| text.parse().expect("an address"));
            assert_eq!(
                covers(address, only_v6, wanted),
                covered,
                "{address} {wanted}"
            );
        }
    }
}
