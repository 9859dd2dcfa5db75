//! What the echo and the chat have in common: connections, and how one ends that broke the rules.

use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use futures_util::StreamExt;
use tokio::runtime::Builder;
use tokio::time::timeout;
use tokio_tungstenite::tungstenite::Error;
use tokio_tungstenite::tungstenite::protocol::CloseFrame;
use tokio_tungstenite::tungstenite::protocol::frame::coding::CloseCode;

use super::{Socket, unblocked};
use crate::address::{accept, listen_as_told, python_address};
use crate::screen::complain;

/// How long a client may take nothing, or leave a close unanswered.
pub(super) const PATIENCE: Duration = Duration::from_secs(5);

/// Lets clients in for ever; `talk` with each of them is a task of its own, and one thread runs them all.
pub(super) fn serve<Talk, Talking>(args: &[String], talk: Talk) -> io::Result<()>
where
    Talk: Fn(Socket, SocketAddr) -> Talking + Clone + Send + 'static,
    Talking: Future<Output = ()> + Send,
{
    let listener = listen_as_told(args, "127.0.0.1", 8765)?;
    let runtime = Builder::new_multi_thread()
        .worker_threads(1)
        .enable_all()
        .build()?;
    loop {
        let (stream, address) = accept(&listener);
        let talk = talk.clone();
        runtime.spawn(async move {
            let shaken = async { tokio_tungstenite::accept_async(unblocked(stream)?).await };
            match shaken.await {
                Ok(socket) => talk(socket, address).await,
                Err(error) => complain(&format!("{}: {error}", python_address(address))),
            }
        });
    }
}

/// Tells a client that broke the rules which (RFC 6455, 7.4.1), and lets it go.
pub(super) async fn dismiss(mut socket: Socket, error: Error) {
    let code = match error {
        Error::Utf8(_) => CloseCode::Invalid,
        Error::Capacity(_) => CloseCode::Size,
        Error::Protocol(_) => CloseCode::Protocol,
        // The connection is lost: there is nobody to tell.
        _ => return,
    };
    let farewell = async {
        let frame = CloseFrame {
            code,
            reason: error.to_string().into(),
        };
        if socket.close(Some(frame)).await.is_ok() {
            while let Some(Ok(_)) = socket.next().await {}
        }
    };
    let _ = timeout(PATIENCE, farewell).await;
}
