//! WebSocket (C5): both sides send whenever they like, over a connection that begins as an HTTP request (RFC 6455).
//!
//! The library does the handshake, puts fragments together, answers pings and closes in good order; what is said is ours.

mod chat;
mod client;
mod echo;
mod server;

pub(crate) use chat::run as chat;
pub(crate) use client::run as client;
pub(crate) use echo::run as echo;

use std::io;

use tokio::net::TcpStream;
use tokio_tungstenite::WebSocketStream;

type Socket = WebSocketStream<TcpStream>;

/// The same connection for the library, which never waits.
fn unblocked(stream: std::net::TcpStream) -> io::Result<TcpStream> {
    // A short message leaves at once instead of waiting for the one before it to be acknowledged.
    stream.set_nodelay(true)?;
    stream.set_nonblocking(true)?;
    TcpStream::from_std(stream)
}
