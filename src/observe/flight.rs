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

#[cfg(test)]
mod tests {
    use super::*;
    use TcpState::{CloseWait, Established, FinWait1, Listen, SynReceived, SynSent, TimeWait};

    fn at(port: u16) -> SocketAddr {
        ([127, 0, 0, 1], port).into()
    }

    fn socket(state: TcpState, local: u16, remote: u16) -> TcpSocket {
        TcpSocket {
            local: at(local),
            remote: at(remote),
            state,
            unread: 0,
            unsent: 0,
            timer: 0,
            inode: u32::from(local),
            bytes_sent: 0,
            bytes_repeated: 0,
            not_sent: 0,
            bytes_received: 0,
            window: 65536,
        }
    }

    /// A client at port 1 that has written `written` bytes, `unsent` of which are unacknowledged, and a server at port 2 that has got some.
    fn pair(written: u64, unsent: u32, arrived: u64) -> [TcpSocket; 2] {
        let client = TcpSocket {
            bytes_sent: written,
            unsent,
            ..socket(Established, 1, 2)
        };
        let server = TcpSocket {
            bytes_received: arrived,
            ..socket(Established, 2, 1)
        };
        [client, server]
    }

    fn flies(sockets: &[TcpSocket], for_room: &[u64]) -> bool {
        match between(sockets, for_room, true, |_| true) {
            Between::Nothing => false,
            Between::Flying(_) => true,
            Between::Outside(_) => unreachable!(),
        }
    }

    #[test]
    fn bytes_fly_until_they_have_arrived_not_until_they_are_acknowledged() {
        assert!(!flies(&pair(10, 0, 10), &[]));
        assert!(!flies(&pair(10, 10, 10), &[]));
        assert!(flies(&pair(10, 10, 4), &[]));
        // Who waits for room waits for the acknowledgement.
        assert!(flies(&pair(10, 10, 10), &[1]));
        assert!(!flies(&pair(10, 0, 10), &[1]));
        // Held back by Nagle's algorithm: not sent at all.
        let [client, server] = pair(10, 15, 10);
        let held = TcpSocket {
            not_sent: 5,
            ..client
        };
        assert!(flies(&[held, server], &[]));
        // What was sent twice has been written once.
        let twice = TcpSocket {
            bytes_sent: 20,
            bytes_repeated: 10,
            ..client
        };
        assert!(!flies(&[twice, server], &[]));
    }

    #[test]
    fn what_stands_before_a_reader_who_does_not_read_does_not_fly() {
        let [client, server] = pair(10, 15, 10);
        let full = TcpSocket {
            unread: 10,
            ..server
        };
        let waiting = TcpSocket {
            not_sent: 5,
            ..client
        };
        let probing = TcpSocket {
            timer: PERSIST,
            ..waiting
        };
        let closed = TcpSocket {
            window: 0,
            ..waiting
        };
        assert!(flies(&[waiting, full], &[]));
        assert!(!flies(&[probing, full], &[]));
        assert!(!flies(&[closed, full], &[]));
        // There is room again, only the sender hasn't heard of it.
        assert!(flies(&[probing, server], &[]));
        assert!(flies(&[closed, server], &[]));
    }

    #[test]
    fn a_close_flies_until_it_has_arrived() {
        let closing = TcpSocket {
            unsent: 1,
            bytes_sent: 10,
            ..socket(FinWait1, 1, 2)
        };
        let told = |state, bytes_received| TcpSocket {
            bytes_received,
            ..socket(state, 2, 1)
        };
        assert!(flies(&[closing, told(Established, 10)], &[]));
        assert!(!flies(&[closing, told(CloseWait, 11)], &[]));
        // The other end is gone, or nearly: an answer is on its way.
        assert!(flies(&[closing], &[]));
        assert!(flies(&[closing, socket(TimeWait, 2, 1)], &[]));
        assert!(!flies(&[socket(TimeWait, 2, 1)], &[]));
    }

    #[test]
    fn attempts_fly_unless_nobody_lets_them_in() {
        let listener = |queue, backlog| TcpSocket {
            unread: queue,
            unsent: backlog,
            ..socket(Listen, 2, 0)
        };
        let attempt = socket(SynSent, 1, 2);
        assert!(flies(&[attempt, listener(0, 1)], &[]));
        assert!(flies(&[attempt, listener(1, 1)], &[]));
        assert!(!flies(&[attempt, listener(2, 1)], &[]));
        assert!(flies(&[attempt], &[]));
        let half = socket(SynReceived, 2, 1);
        let inside = TcpSocket {
            unsent: 5,
            bytes_sent: 5,
            ..socket(Established, 1, 2)
        };
        assert!(flies(&[inside, half, listener(0, 1)], &[]));
        assert!(!flies(&[inside, half, listener(2, 1)], &[]));
    }

    #[test]
    fn only_what_concerns_the_programs_counts_on_a_machine_that_is_shared() {
        let flying = pair(10, 10, 4);
        let of = |inode: u32| between(&flying, &[], false, |socket| socket.inode == inode);
        assert!(matches!(of(1), Between::Flying(_)));
        assert!(matches!(of(2), Between::Flying(_)));
        assert_eq!(of(3), Between::Nothing);
        let abroad = TcpSocket {
            remote: ([192, 0, 2, 1], 80).into(),
            ..socket(Established, 1, 0)
        };
        let of = |inode: u32| between(&[abroad], &[], false, |socket| socket.inode == inode);
        assert!(matches!(of(1), Between::Outside(_)));
        assert_eq!(of(2), Between::Nothing);
    }
}
