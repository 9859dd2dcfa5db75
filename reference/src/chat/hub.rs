//! E3: a room for many clients, a thread for each, kept in a dictionary by address.
//!
//! What one client does, or fails to do, must never hold up the others for long: nothing waits for a client but the two
//! threads that are its own.

use std::collections::HashMap;
use std::io::{Read, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::mpsc::{self, Receiver, SyncSender};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::Builder;
use std::time::Duration;

use super::QUIT;
use crate::address::{accept, python_address};
use crate::screen::{complain, say};
use crate::text::{Characters, is_word, text};

/// How many messages may wait for a client.
const MOST_WAITING: usize = 4096;

/// How long a client may take nothing at all while there is something for it.
const PATIENCE: Duration = Duration::from_secs(5);

/// One copy for all who get it, so that a client that reads slowly costs little.
type Message = Arc<[u8]>;

/// A client in the room.
///
/// Writing to a client that doesn't read blocks sooner or later. So each client has a queue of its own, which a thread of
/// its own writes out; speakers only put their messages there. A client that takes nothing for too long is thrown out.
/// Only a flood fills a queue before that; then its speaker has to wait, because a client that reads must not miss a word.
struct Member {
    stream: Arc<TcpStream>,
    queue: SyncSender<Message>,
}

#[derive(Default)]
struct Room {
    members: Mutex<HashMap<SocketAddr, Member>>,
}

/// Lets clients in for ever.
pub(super) fn serve(listener: &TcpListener, max_clients: usize) -> ! {
    let room = Arc::new(Room::default());
    loop {
        say("等待客户端的连接...");
        let (stream, address) = accept(listener);
        welcome(&room, Arc::new(stream), address, max_clients);
    }
}

/// Lets a client in and starts its two threads, or turns it away.
fn welcome(room: &Arc<Room>, stream: Arc<TcpStream>, address: SocketAddr, max_clients: usize) {
    let peer = python_address(address);
    // A short message leaves at once instead of waiting for the one before it to be acknowledged.
    let _ = stream.set_nodelay(true);
    let _ = stream.set_write_timeout(Some(PATIENCE));
    let Some(queue) = room.enter(&stream, address, max_clients) else {
        say(&format!("人数已满，拒绝了{peer}"));
        return;
    };
    say(&format!("({peer}已成功连接!"));

    let to_client = Arc::clone(&stream);
    let writer = Builder::new().spawn(move || write_queue(&to_client, &queue));
    let its_room = Arc::clone(room);
    let reader = Builder::new().spawn(move || listen_to(&its_room, &stream, address));
    if let Err(error) = writer.and(reader) {
        complain(&format!("cannot serve {peer}: {error}"));
        room.leave(address);
    }
}

/// Writes out a client's queue until the client leaves the room, or is gone, or takes nothing more.
fn write_queue(mut stream: &TcpStream, queue: &Receiver<Message>) {
    for message in queue {
        // With a timeout a write may come back with a part of the message; for that too it has waited long enough.
        match stream.write(&message) {
            Ok(length) if length == message.len() => {}
            _ => break,
        }
    }
    // The thread that reads from this client sees the end of the connection and lets the others know.
    let _ = stream.shutdown(Shutdown::Both);
}

/// Passes on what a client says until it leaves, with `q` or without.
fn listen_to(room: &Room, mut stream: &TcpStream, address: SocketAddr) {
    let peer = python_address(address);
    let mut block = [0; 4096];
    let mut characters = Characters::default();
    // An empty read is the end: reading on would return at once, for ever. A reset ends it too.
    while let Ok(length @ 1..) = stream.read(&mut block) {
        let message = characters.complete(&block[..length]);
        if is_word(&message, QUIT) {
            break;
        }
        // Half a character is passed on together with its other half.
        if !message.is_empty() {
            say(&format!("{peer} : {}", text(&message)));
            room.tell_others(
                address,
                [format!("{peer} : ").as_bytes(), &message].concat(),
            );
        }
    }
    if room.leave(address) {
        say(&format!("{peer}已经离开了"));
        room.tell_others(address, format!("{peer}已经离开了").into_bytes());
    }
}

impl Room {
    /// Takes a client in and returns its queue; `None` if the room is full.
    fn enter(
        &self,
        stream: &Arc<TcpStream>,
        address: SocketAddr,
        max_clients: usize,
    ) -> Option<Receiver<Message>> {
        let mut members = self.members();
        if members.len() >= max_clients {
            return None;
        }
        let (queue, waiting) = mpsc::sync_channel(MOST_WAITING);
        members.insert(
            address,
            Member {
                stream: Arc::clone(stream),
                queue,
            },
        );
        Some(waiting)
    }

    /// Closes a client's connection and frees its place. Says whether it was still there.
    fn leave(&self, address: SocketAddr) -> bool {
        let Some(member) = self.members().remove(&address) else {
            return false;
        };
        // Both of its threads end with this, even one that is blocked in a write.
        let _ = member.stream.shutdown(Shutdown::Both);
        true
    }

    /// Gives everyone but the sender a message. The lock keeps an answer from overtaking what it answers.
    fn tell_others(&self, sender: SocketAddr, message: Vec<u8>) {
        let message: Message = message.into();
        for (address, member) in self.members().iter() {
            if *address != sender {
                // It fails when the client is gone; its own threads take care of that.
                let _ = member.queue.send(Arc::clone(&message));
            }
        }
    }

    fn members(&self) -> MutexGuard<'_, HashMap<SocketAddr, Member>> {
        // A thread that panicked with the lock in its hand would leave the dictionary whole: it only looks things up there.
        self.members.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
