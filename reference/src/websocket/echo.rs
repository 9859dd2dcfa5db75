//! C5: each message comes back, text as text and bytes as bytes.

use std::io;
use std::net::SocketAddr;

use futures_util::{SinkExt, StreamExt};
use tokio_tungstenite::tungstenite::Message;

use super::Socket;
use super::server::{dismiss, serve};

/// Echoes to any number of clients at once, for ever.
pub(crate) fn run(args: &[String]) -> io::Result<()> {
    serve(args, echo)
}

async fn echo(mut socket: Socket, _: SocketAddr) {
    while let Some(message) = socket.next().await {
        match message {
            Ok(message @ (Message::Text(_) | Message::Binary(_))) => {
                if socket.send(message).await.is_err() {
                    return;
                }
            }
            // The library has answered it already.
            Ok(_) => {}
            Err(error) => return dismiss(socket, error).await,
        }
    }
}
