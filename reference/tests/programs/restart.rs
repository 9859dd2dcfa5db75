//! A5: a server that is stopped while a client is connected, and started again at once, binds again.

use std::net::{Ipv4Addr, SocketAddrV4};

use rustix::io::Errno;
use rustix::net::{AddressFamily, SocketType, bind, socket};

use crate::stage::{Peer, Running, free_port};

/// The TCP servers, each with what it needs to start without a question.
const SERVERS: &[&[&str]] = &[
    &["echo-once-server"],
    &["echo-loop-server"],
    &["turns-server"],
    &["upper-server"],
    &["once-server"],
    &["threads-server"],
    &["gb2312-server"],
    &["file-server"],
    &["upper-threads-server"],
    &["pair-server"],
    &["websocket-echo-server"],
    &["websocket-chat-server"],
    &["http-server"],
    &["echo-server"],
    &["chat-server", "--mode", "p2p", "--max", "1"],
    &["chat-server", "--mode", "hub", "--max", "9"],
];

#[test]
fn every_server_binds_again_at_once() {
    for program in reference::PROGRAMS {
        let is_tcp_server = program.name.ends_with("-server") && !program.name.starts_with("udp-");
        let is_here = SERVERS.iter().any(|server| server[0] == program.name);
        assert_eq!(is_here, is_tcp_server, "{}", program.name);
    }
    for server in SERVERS {
        let port = free_port();
        let number = port.to_string();
        let args = [server, &["--port", &number][..]].concat();
        let mut first = Running::start(env!("CARGO_BIN_EXE_reference"), &args);
        let mut alice = Peer::connect(port);
        // Its listener, and alice: a connection that waits in the backlog would leave nothing behind.
        first.has_sockets(2);
        // Killed with the client connected: the server's side closes first and is left waiting.
        drop(first);
        alice.sees_the_end();
        assert_eq!(bind_plainly(port), Err(Errno::ADDRINUSE), "{server:?}");
        let _second = Running::start(env!("CARGO_BIN_EXE_reference"), &args);
        Peer::connect(port);
    }
}

/// What a server without `SO_REUSEADDR` is told.
fn bind_plainly(port: u16) -> rustix::io::Result<()> {
    let socket = socket(AddressFamily::INET, SocketType::STREAM, None)?;
    bind(&socket, &SocketAddrV4::new(Ipv4Addr::UNSPECIFIED, port))
}
