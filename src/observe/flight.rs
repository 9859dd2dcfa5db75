//! What is between two sockets: bytes that were written and have not arrived, attempts to connect, closes.
//!
//! "The send queue is empty" would be too strict a question: it also holds bytes that have arrived, but whose acknowledgement waits for up to 40 ms, and bytes that wait for a reader who doesn't read.
//! So both ends are compared: what one has sent for the first time or not yet sent (tcp_info: `bytes_sent - bytes_retrans + notsent_bytes`), and what the other has received in order (`bytes_received`, in
//! which a FIN counts as a byte). Both ends of every connection are in the same namespace, else there is nothing to compare.

use std::collections::HashMap;
use std::net::SocketAddr;

use super::rest::{Activity, Obstacle};
use super::sockets::{TcpSocket, TcpState};

/// What was found between sockets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Between {
    Nothing,
    Flying(Activity),
    Outside(Obstacle),
}

/// Looks for the first thing in flight. `for_room`: the inodes of sockets in which threads wait for room; `counts` says which sockets matter (with their other ends); `is_whole` that both ends of every connection are among the sockets.
pub(super) fn between(
    sockets: &[TcpSocket],
    for_room: &[u64],
    is_whole: bool,
    counts: impl Fn(&TcpSocket) -> bool,
) -> Between {
    let ends: HashMap<(SocketAddr, SocketAddr), &TcpSocket> = sockets
        .iter()
        .filter(|socket| socket.state != TcpState::Listen)
        .map(|socket| ((socket.local, socket.remote), socket))
        .collect();
    let full = |at: SocketAddr| {
        let mut listeners = sockets.iter().filter(|listener| {
            listener.state == TcpState::Listen
                && listener.local.port() == at.port()
                && (listener.local.ip() == at.ip() || listener.local.ip().is_unspecified())
        });
        // Of a listener these are its queue and its backlog; the kernel admits one more (sk_acceptq_is_full).
        listeners.any(|listener| listener.unread > listener.unsent)
    };
    for socket in sockets {
        let other = ends.get(&(socket.remote, socket.local)).copied();
        if !counts(socket) && !other.is_some_and(&counts) {
            continue;
        }
        let flying = match socket.state {
            TcpState::Listen | TcpState::TimeWait | TcpState::Closed => false,
            // Attempts are dropped and repeated as long as nobody accepts.
            TcpState::SynSent => !full(socket.remote),
            TcpState::SynReceived => !full(socket.local),
            _ => match other {
                None if !is_whole && !socket.remote.ip().is_loopback() => {
                    return Between::Outside(Obstacle::Outside {
                        remote: socket.remote,
                    });
                }
                // Not accepted yet: that end is judged by itself.
                Some(other) if other.state == TcpState::SynReceived => false,
                Some(other) if other.state != TcpState::TimeWait => {
                    is_between(socket, other, for_room)
                }
                // The other end is closed for good: what remains is a reset or an acknowledgement on its way.
                _ => socket.unsent > 0,
            },
        };
        if flying {
            return Between::Flying(Activity::InFlight {
                from: socket.local,
                to: socket.remote,
            });
        }
    }
    Between::Nothing
}

fn is_between(from: &TcpSocket, to: &TcpSocket, for_room: &[u64]) -> bool {
    // Nothing is unacknowledged, not even a close.
    if from.unsent == 0 {
        return false;
    }
    let closed = has_closed(from.state);
    let heard = has_heard_close(to.state);
    let sent = from.bytes_sent.saturating_sub(from.bytes_repeated) + u64::from(from.not_sent);
    let arrived = to.bytes_received.saturating_sub(u64::from(heard));
    if sent == arrived && closed == heard {
        // All is there, only the sender doesn't know. That matters to one who waits for room.
        return for_room.contains(&u64::from(from.inode));
    }
    // The reader has no room, and something to read: nothing comes of what stands behind it (persist timer, or retransmissions into a closed window).
    to.unread == 0 || from.timer != PERSIST && from.window > 0
}

/// tcp_diag's idiag_timer for ICSK_TIME_PROBE0.
const PERSIST: u8 = 4;

fn has_closed(state: TcpState) -> bool {
    use TcpState::{Closing, FinWait1, FinWait2, LastAck};
    matches!(state, FinWait1 | FinWait2 | Closing | LastAck)
}

fn has_heard_close(state: TcpState) -> bool {
    use TcpState::{CloseWait, Closing, LastAck};
    matches!(state, CloseWait | Closing | LastAck)
}
