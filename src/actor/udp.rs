//! UDP peers: a socket and the datagrams that come to it.

use std::io;
use std::net::SocketAddr;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::sync::Arc;

use rustix::io::Errno;
use rustix::net::SendFlags;
use tokio::net::UdpSocket;
use tokio::task::JoinHandle;

use crate::transcript::{ActorId, Channel, EventKind};

use super::reading::KEPT;
use super::{Report, Reports};

/// A UDP socket that is read all the time.
pub struct Datagrams {
    socket: Arc<UdpSocket>,
    reader: JoinHandle<()>,
    /// Our address.
    pub local: SocketAddr,
}

impl Datagrams {
    /// Binds `socket` (made where the other side lives) to `at` and begins to read it on behalf of `actor`, for which what
    /// comes is one of its sequences.
    pub fn open(
        socket: OwnedFd,
        at: SocketAddr,
        actor: ActorId,
        channel: Channel,
        reports: Reports,
    ) -> io::Result<Self> {
        let address: rustix::net::SocketAddrAny = at.into();
        rustix::net::bind(&socket, &address)?;
        let socket = Arc::new(UdpSocket::from_std(std::net::UdpSocket::from(socket))?);
        let local = socket.local_addr()?;
        let reader = tokio::spawn(read(Arc::clone(&socket), actor, channel, reports));
        Ok(Datagrams {
            socket,
            reader,
            local,
        })
    }

    /// What its reader waits for; `None` once it has read as much as is kept.
    pub fn descriptor(&self) -> Option<BorrowedFd<'_>> {
        (!self.reader.is_finished()).then(|| self.socket.as_fd())
    }

    /// Sends one datagram if there is room for it; whether there was.
    ///
    /// # Errors
    ///
    /// The kernel refuses it: nobody took an earlier one (ECONNREFUSED), or it is too long.
    pub fn try_send(&self, bytes: &[u8], to: SocketAddr) -> io::Result<bool> {
        // The runtime says that there is none until it has been told otherwise: the kernel is asked itself.
        let to: rustix::net::SocketAddrAny = to.into();
        match rustix::net::sendto(&self.socket, bytes, SendFlags::DONTWAIT, &to) {
            Err(Errno::AGAIN) => Ok(false),
            outcome => Ok(outcome.map(|_| true)?),
        }
    }

    /// Sends one datagram.
    pub async fn send(&self, bytes: &[u8], to: SocketAddr) -> io::Result<()> {
        self.socket.send_to(bytes, to).await.map(|_| ())
    }
}

async fn read(socket: Arc<UdpSocket>, actor: ActorId, channel: Channel, reports: Reports) {
    let mut buffer = vec![0; 65536];
    let mut kept = 0;
    while kept < KEPT {
        match socket.recv_from(&mut buffer).await {
            Ok((count, from)) => {
                // An empty datagram counts too, or a flood of them would never end.
                kept += count.max(16);
                if reports
                    .send(Report::Datagram {
                        actor,
                        channel,
                        from,
                        data: buffer[..count].to_vec(),
                    })
                    .is_err()
                {
                    return;
                }
            }
            // ECONNREFUSED and the like belong to an earlier datagram (udp(7)); the socket goes on.
            Err(error) if error.kind() == io::ErrorKind::ConnectionRefused => {}
            Err(_) => return,
        }
    }
    let flooded = EventKind::Flooded { channel, kept };
    let _ = reports.send(Report::Event(actor, flooded));
}

impl Drop for Datagrams {
    fn drop(&mut self) {
        self.reader.abort();
    }
}
