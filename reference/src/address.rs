//! Addresses: how Python shows them, how a name becomes one, and the sockets that begin at one.
//!
//! Sends and receives nothing.

use std::fs;
use std::io;
use std::net::{IpAddr, Ipv4Addr, SocketAddr, TcpListener, TcpStream, ToSocketAddrs, UdpSocket};
use std::thread;
use std::time::Duration;

use crate::options::Options;
use crate::screen::complain;

/// An address as Python prints it: `('127.0.0.1', 40112)`.
pub(crate) fn python_address(address: SocketAddr) -> String {
    match address {
        SocketAddr::V4(v4) => format!("('{}', {})", v4.ip(), v4.port()),
        SocketAddr::V6(v6) => format!(
            "('{}', {}, {}, {})",
            v6.ip(),
            v6.port(),
            v6.flowinfo(),
            v6.scope_id()
        ),
    }
}

/// Listens there, with `SO_REUSEADDR` (which std sets itself), so that a server that is started again binds again.
pub(crate) fn listen(host: &str, port: u16) -> io::Result<TcpListener> {
    let listener = resolve(host, port).and_then(TcpListener::bind);
    listener.map_err(|error| explain(error, "cannot listen on", host, port))
}

/// Listens where `--port` and `--bind` say, or else where the sheet does.
pub(crate) fn listen_as_told(args: &[String], host: &str, port: u16) -> io::Result<TcpListener> {
    let options = Options::parse(args, &["--port", "--bind"])?;
    listen(
        options.text("--bind").unwrap_or(host),
        options.port_or(port)?,
    )
}

/// The next client.
pub(crate) fn accept(listener: &TcpListener) -> (TcpStream, SocketAddr) {
    loop {
        match listener.accept() {
            Ok(client) => return client,
            Err(error) => complain(&format!("cannot accept a client: {error}")),
        }
        // Such as too many open files (accept(2), EMFILE): the kernel has no event for a descriptor that becomes free, and trying
        // again at once would only keep the processor busy.
        thread::sleep(AGAIN);
    }
}

/// Time from one vain accept(2) to the next.
const AGAIN: Duration = Duration::from_millis(200);

/// Connects to a server.
pub(crate) fn connect(host: &str, port: u16) -> io::Result<TcpStream> {
    let stream = resolve(host, port).and_then(TcpStream::connect);
    stream.map_err(|error| explain(error, "cannot connect to", host, port))
}

/// Connects to where `--host` and `--port` say, or else to the sheet's port on this machine.
pub(crate) fn connect_as_told(args: &[String], port: u16) -> io::Result<TcpStream> {
    let options = Options::parse(args, &["--host", "--port"])?;
    connect(
        options.text("--host").unwrap_or("localhost"),
        options.port_or(port)?,
    )
}

/// A UDP socket that receives there.
pub(crate) fn receive_at(host: &str, port: u16) -> io::Result<UdpSocket> {
    let socket = resolve(host, port).and_then(UdpSocket::bind);
    socket.map_err(|error| explain(error, "cannot receive at", host, port))
}

/// The address of a host. IPv4 comes first, as in Python's `AF_INET` programs: `localhost` is 127.0.0.1.
pub(crate) fn resolve(host: &str, port: u16) -> io::Result<SocketAddr> {
    let addresses: Vec<SocketAddr> = (host, port).to_socket_addrs()?.collect();
    let first = addresses
        .iter()
        .find(|address| address.is_ipv4())
        .or(addresses.first());
    first
        .copied()
        .ok_or_else(|| io::Error::new(io::ErrorKind::NotFound, format!("{host} has no address")))
}

/// This machine's own address, which the host name stands for.
pub(crate) fn own_address() -> IpAddr {
    let name = fs::read_to_string("/proc/sys/kernel/hostname").unwrap_or_default();
    match resolve(name.trim(), 0) {
        Ok(address) if !name.trim().is_empty() => address.ip(),
        _ => IpAddr::V4(Ipv4Addr::LOCALHOST),
    }
}

fn explain(error: io::Error, what: &str, host: &str, port: u16) -> io::Error {
    io::Error::new(error.kind(), format!("{what} {host}:{port}: {error}"))
}

#[cfg(test)]
mod tests {
    use super::python_address;
    use std::net::SocketAddr;

    #[test]
    fn addresses_look_as_in_python() {
        assert_eq!(
            python_address(SocketAddr::from(([127, 0, 0, 1], 40112))),
            "('127.0.0.1', 40112)"
        );
        assert_eq!(
            python_address(SocketAddr::from(([0, 0, 0, 0, 0, 0, 0, 1], 9))),
            "('::1', 9, 0, 0)"
        );
    }
}
