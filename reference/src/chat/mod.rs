//! The chat lab: a client (E1), and a server for one client (E2, p2p) or for a room of them (E3, hub).
//!
//! Messages are raw UTF-8 without any framing: what one read brings is taken for a message, and two that arrive together
//! can't be told apart. `q` alone means that its sender leaves; whoever vanishes without it has left all the same.

mod client;
mod duplex;
mod hub;
mod p2p;
mod server;

pub(crate) use client::run as client;
pub(crate) use server::run as server;

/// Whether what one read brought means that its sender leaves. A line end behind it is forgiven.
fn is_quit(message: &[u8]) -> bool {
    matches!(message, b"q" | b"q\n" | b"q\r\n")
}
