//! C5: a chat room: each message goes to all but its sender, as `PEER : TEXT`; bytes go as they are.
//!
//! What one client does, or fails to do, never holds up the others: each has a queue of its own.

use std::collections::HashMap;
use std::io;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use futures_util::{SinkExt, StreamExt};
use tokio::select;
use tokio::sync::mpsc::{self, Receiver, Sender};
use tokio::time::timeout;
use tokio_tungstenite::tungstenite::Message;

use super::Socket;
use super::server::{PATIENCE, dismiss, serve};
use crate::address::python_address;
use crate::screen::say;

/// How many messages may wait for a client; one that falls further behind is thrown out.
const MOST_WAITING: usize = 4096;

/// Lets any number of clients talk to each other, for ever.
pub(crate) fn run(args: &[String]) -> io::Result<()> {
    let room = Arc::new(Room::default());
    serve(args, move |socket, address| {
        let room = Arc::clone(&room);
        async move {
            let peer = python_address(address);
            say(&format!("({peer}已成功连接!"));
            let waiting = room.enter(address);
            talk(&room, socket, address, waiting).await;
            room.leave(address);
            say(&format!("{peer}已经离开了"));
            room.tell_others(address, &Message::text(format!("{peer}已经离开了")));
        }
    })
}

/// Both directions at once, until the client leaves, is lost, or takes nothing more.
async fn talk(
    room: &Room,
    mut socket: Socket,
    address: SocketAddr,
    mut waiting: Receiver<Message>,
) {
    let peer = python_address(address);
    loop {
        select! {
            message = socket.next() => match message {
                Some(Ok(Message::Text(text))) => {
                    say(&format!("{peer} : {text}"));
                    room.tell_others(address, &Message::text(format!("{peer} : {text}")));
                }
                Some(Ok(message @ Message::Binary(_))) => room.tell_others(address, &message),
                // The library has answered it already.
                Some(Ok(_)) => {}
                Some(Err(error)) => return dismiss(socket, error).await,
                None => return,
            },
            message = waiting.recv() => {
                let Some(message) = message else {
                    return;
                };
                if !matches!(timeout(PATIENCE, socket.send(message)).await, Ok(Ok(()))) {
                    return;
                }
            }
        }
    }
}

/// Everyone's queue.
#[derive(Default)]
struct Room {
    members: Mutex<HashMap<SocketAddr, Sender<Message>>>,
}

impl Room {
    fn enter(&self, address: SocketAddr) -> Receiver<Message> {
        let (queue, waiting) = mpsc::channel(MOST_WAITING);
        self.members().insert(address, queue);
        waiting
    }

    fn leave(&self, address: SocketAddr) {
        self.members().remove(&address);
    }

    /// Whose queue is full loses it, and by that leaves.
    fn tell_others(&self, sender: SocketAddr, message: &Message) {
        self.members()
            .retain(|address, queue| *address == sender || queue.try_send(message.clone()).is_ok());
    }

    fn members(&self) -> MutexGuard<'_, HashMap<SocketAddr, Sender<Message>>> {
        // A thread that panicked with the lock in its hand would leave the dictionary whole.
        self.members.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
