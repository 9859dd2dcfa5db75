//! What the kernel says about sockets.
//!
//! Reads only: must not change anything, and must not know scenarios.

mod keyboard;

pub use keyboard::{Keyboard, keyboard, turns};

use std::io;
use std::net::SocketAddr;
use std::os::fd::OwnedFd;

/// (Stands in until sock_diag is asked.)
pub struct SocketTable;

/// A listening TCP socket.
pub struct Listener {
    /// Where.
    pub address: SocketAddr,
    /// The backlog it asked for.
    pub backlog: u32,
    /// Connections that wait to be accepted.
    pub queued: u32,
}

#[allow(clippy::unnecessary_wraps, missing_docs)]
impl SocketTable {
    pub fn new(_diag: OwnedFd) -> Self {
        SocketTable
    }
    pub fn listeners(&self) -> io::Result<Vec<Listener>> {
        Ok(Vec::new())
    }
    pub fn udp_bound(&self) -> io::Result<Vec<SocketAddr>> {
        Ok(Vec::new())
    }
    pub fn unread_of(&self, _local: SocketAddr, _remote: SocketAddr) -> io::Result<Option<u32>> {
        Ok(None)
    }
    pub fn is_taken(&self, _local: SocketAddr, _remote: SocketAddr) -> io::Result<Option<bool>> {
        Ok(None)
    }
}
