//! E4: the chat room over UDP. Nobody connects and nobody listens: whoever sends a datagram is in the room.
//!
//! A datagram is a message, whole or lost, and may come out of order; a client that vanishes without `q` is never missed.

use std::io;
use std::net::{SocketAddr, UdpSocket};

use super::{QUIT, questions};
use crate::address::{python_address, receive_at};
use crate::options::{self, Options};
use crate::screen::{complain, say};
use crate::text::{is_word, text};

/// Longer than any datagram.
const LONGEST: usize = 65536;

/// Passes each datagram on to all but its sender, as `PEER : TEXT`, for ever.
pub(crate) fn run(args: &[String]) -> io::Result<()> {
    let options = Options::parse(args, &["--port", "--max", "--bind"])?;
    // All options are looked at before the first question: a mistake is told at once.
    let port = options.value("--port", options::port)?;
    let places = options.value("--max", questions::clients)?;
    let port = questions::port(port)?;
    let places = questions::max_clients(places)?;
    let socket = receive_at(options.text("--bind").unwrap_or("0.0.0.0"), port)?;
    let mut room = Room {
        socket,
        members: Vec::new(),
        places,
    };
    let mut buffer = vec![0; LONGEST];
    loop {
        let (length, sender) = room.socket.recv_from(&mut buffer)?;
        room.hear(sender, &buffer[..length]);
    }
}

struct Room {
    socket: UdpSocket,
    members: Vec<SocketAddr>,
    places: usize,
}

impl Room {
    fn hear(&mut self, sender: SocketAddr, message: &[u8]) {
        let peer = python_address(sender);
        if is_word(message, QUIT) {
            if self.members.contains(&sender) {
                self.members.retain(|member| *member != sender);
                say(&format!("{peer}已经离开了"));
                self.tell_others(sender, format!("{peer}已经离开了").as_bytes());
            }
            return;
        }
        if !self.members.contains(&sender) {
            if self.members.len() >= self.places {
                complain(&format!("人数已满，拒绝了{peer}"));
                return;
            }
            self.members.push(sender);
            say(&format!("{peer}加入了聊天"));
        }
        // An empty datagram only says: I am here.
        if !message.is_empty() {
            say(&format!("{peer} : {}", text(message)));
            self.tell_others(sender, &[format!("{peer} : ").as_bytes(), message].concat());
        }
    }

    fn tell_others(&self, sender: SocketAddr, message: &[u8]) {
        for member in self.members.iter().filter(|member| **member != sender) {
            // One that gets it not, because it's too long with the address in front or for any other reason, has lost a
            // datagram: that happens.
            if let Err(error) = self.socket.send_to(message, member) {
                complain(&format!(
                    "cannot send to {}: {error}",
                    python_address(*member)
                ));
            }
        }
    }
}
