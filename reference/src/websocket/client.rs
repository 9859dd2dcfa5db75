//! C5: the client: typed lines are sent as text, and whatever comes is shown, both at once.

use std::io::{self, Error, ErrorKind};
use std::thread;

use futures_util::{SinkExt, StreamExt};
use tokio::runtime::Builder;
use tokio::select;
use tokio::sync::mpsc::{self, UnboundedReceiver};
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::protocol::CloseFrame;
use tokio_tungstenite::tungstenite::protocol::frame::coding::CloseCode;

use super::{Socket, unblocked};
use crate::address::connect;
use crate::options::Options;
use crate::screen::{complain, read_line, say};
use crate::text::python_bytes;

/// Talks to a server until either side closes; the end of the input closes, too.
pub(crate) fn run(args: &[String]) -> io::Result<()> {
    let options = Options::parse(args, &["--host", "--port", "--path"])?;
    let host = options.text("--host").unwrap_or("localhost");
    let port = options.port_or(8765)?;
    let path = options.text("--path").unwrap_or("/");
    let stream = connect(host, port)?;
    let address = format!("ws://{host}:{port}{path}");
    let runtime = Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        let shaken = async { tokio_tungstenite::client_async(address, unblocked(stream)?).await };
        let (socket, _) = shaken.await.map_err(wrong)?;
        talk(socket, typed_lines()?).await
    })
}

async fn talk(mut socket: Socket, mut lines: UnboundedReceiver<String>) -> io::Result<()> {
    let mut typing = true;
    loop {
        select! {
            line = lines.recv(), if typing => match line {
                Some(line) => socket.send(Message::text(line)).await.map_err(wrong)?,
                None => {
                    typing = false;
                    // What is still on its way to us is shown before the server's own close.
                    let frame = CloseFrame { code: CloseCode::Normal, reason: "".into() };
                    socket.close(Some(frame)).await.map_err(wrong)?;
                }
            },
            message = socket.next() => match message {
                Some(Ok(Message::Text(text))) => say(&text),
                Some(Ok(Message::Binary(bytes))) => say(&python_bytes(&bytes)),
                Some(Ok(Message::Close(frame))) if typing => {
                    typing = false;
                    complain(&match frame {
                        Some(frame) => format!("the server has closed the connection: {frame}"),
                        None => "the server has closed the connection".to_owned(),
                    });
                }
                // The library has answered it already.
                Some(Ok(_)) => {}
                Some(Err(error)) => return Err(wrong(error)),
                None => return Ok(()),
            },
        }
    }
}

/// What is typed, line by line, by a thread that waits for it. It can't be woken and goes when the program ends.
fn typed_lines() -> io::Result<UnboundedReceiver<String>> {
    let (sender, lines) = mpsc::unbounded_channel();
    thread::Builder::new().spawn(move || {
        while let Ok(Some(line)) = read_line() {
            if sender.send(line).is_err() {
                break;
            }
        }
    })?;
    Ok(lines)
}

fn wrong(error: tokio_tungstenite::tungstenite::Error) -> Error {
    Error::new(ErrorKind::ConnectionAborted, error.to_string())
}
