//! TCP peers: connections that Viva makes or takes, and its listeners.

use std::cell::Cell;
use std::io;
use std::net::SocketAddr;
use std::os::fd::{AsFd, AsRawFd, BorrowedFd, OwnedFd};
use std::sync::Arc;

use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinHandle;

use crate::transcript::{ActorId, Channel};

use super::reading::Reader;
use super::{Report, Reports};

/// linux/sockios.h
const SIOCOUTQNSD: libc::Ioctl = 0x894B;

/// A listener takes no more connections: a program that dials without end must not use up Viva's descriptors. Further ones wait in its
/// backlog.
const MOST_TAKEN: usize = 256;

/// The sending direction of a connection.
#[derive(Clone)]
pub struct Writer(Arc<TcpStream>);

impl Writer {
    /// Writes all of `bytes`; `taken` counts those that the kernel has taken, also when this future is dropped.
    pub async fn write(&self, bytes: &[u8], taken: &Cell<usize>) -> io::Result<()> {
        while taken.get() < bytes.len() {
            self.0.writable().await?;
            match self.0.try_write(&bytes[taken.get()..]) {
                Ok(count) => taken.set(taken.get() + count),
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }

    /// Writes as much of `bytes` as there is room for; how many, 0 if there is none.
    ///
    /// # Errors
    ///
    /// The connection is closed or reset.
    pub fn try_write(&self, bytes: &[u8]) -> io::Result<usize> {
        match self.0.try_write(bytes) {
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => Ok(0),
            outcome => outcome,
        }
    }

    /// How many of the bytes that the kernel has taken it has not sent yet (tcp(7), SIOCOUTQNSD): the reader has no room for
    /// them. What was sent, and only not yet acknowledged, takes up room here for up to 40 ms more.
    ///
    /// # Errors
    ///
    /// The kernel doesn't say.
    pub fn unsent(&self) -> io::Result<usize> {
        let mut unsent: libc::c_int = 0;
        // SAFETY: the descriptor is open for as long as `self`, and SIOCOUTQNSD writes one int, to which the pointer leads.
        let result = unsafe { libc::ioctl(self.0.as_raw_fd(), SIOCOUTQNSD, &mut unsent) };
        match result {
            0 => Ok(usize::try_from(unsent).unwrap_or(0)),
            _ => Err(io::Error::last_os_error()),
        }
    }

    /// Where there is room to write, or not.
    pub fn descriptor(&self) -> BorrowedFd<'_> {
        self.0.as_fd()
    }
}

/// An established connection that is read all the time, unless told not to.
pub struct Connection {
    stream: Arc<TcpStream>,
    reading: watch::Sender<bool>,
    reader: JoinHandle<()>,
    /// Our end.
    pub local: SocketAddr,
    /// The other end.
    pub remote: SocketAddr,
}

/// Connects `socket` (made where the other end lives) to `to`; with a receive buffer of so many bytes (SO_RCVBUF) if given.
pub async fn connect(
    socket: OwnedFd,
    to: SocketAddr,
    receive_buffer: Option<u32>,
) -> io::Result<TcpStream> {
    let socket = TcpSocket::from_std_stream(std::net::TcpStream::from(socket));
    if let Some(size) = receive_buffer {
        socket.set_recv_buffer_size(size)?;
    }
    socket.connect(to).await
}

impl Connection {
    /// Begins to read `stream`, which leads to `remote`, on behalf of `actor`, for which what comes is one of its sequences.
    ///
    /// Whoever is at the other end may have reset it by now: then the kernel knows no `remote` any more (getpeername(2),
    /// ENOTCONN), and what is read is the reset.
    pub fn open(
        stream: TcpStream,
        remote: SocketAddr,
        actor: ActorId,
        channel: Channel,
        reports: Reports,
        reads: bool,
    ) -> io::Result<Self> {
        // Each write of ours shall be a segment of its own, at once.
        stream.set_nodelay(true)?;
        let local = stream.local_addr()?;
        let stream = Arc::new(stream);
        let (reading, told) = watch::channel(reads);
        let reader = tokio::spawn(read(
            Arc::clone(&stream),
            told,
            Reader::new(actor, channel, reports),
        ));
        Ok(Connection {
            stream,
            reading,
            reader,
            local,
            remote,
        })
    }

    /// Stops or resumes reading.
    pub fn set_reading(&self, reads: bool) {
        self.reading.send_replace(reads);
    }

    /// What writes to it.
    pub fn writer(&self) -> Writer {
        Writer(Arc::clone(&self.stream))
    }

    /// Writes as much of `bytes` as there is room for at this moment; how much that is. What can't be written because the
    /// connection has ended counts as written: its reader tells of the end.
    pub fn write_now(&self, bytes: &[u8]) -> usize {
        let mut taken = 0;
        while taken < bytes.len() {
            match rustix::io::write(self.stream.as_fd(), &bytes[taken..]) {
                Ok(count) => taken += count,
                Err(rustix::io::Errno::AGAIN) => return taken,
                Err(_) => return bytes.len(),
            }
        }
        taken
    }

    /// What its reader waits for; `None` while it is told not to read.
    pub fn descriptor(&self) -> Option<BorrowedFd<'_>> {
        (*self.reading.borrow() && !self.reader.is_finished()).then(|| self.stream.as_fd())
    }

    /// Closes the sending direction (FIN).
    pub fn end_writing(&self) -> io::Result<()> {
        rustix::net::shutdown(self.stream.as_fd(), rustix::net::Shutdown::Write)
            .map_err(io::Error::from)
    }

    /// Closes in good order.
    pub async fn close(mut self) {
        // What we have not read would turn the FIN into a reset (RFC 1122, 4.2.2.13): take it first.
        self.reader.abort();
        let _ = (&mut self.reader).await;
        let mut rest = [0; 16384];
        while matches!(self.stream.try_read(&mut rest), Ok(count) if count > 0) {}
    }

    /// Closes with a reset (RST): SO_LINGER of zero, socket(7).
    pub async fn reset(mut self) -> io::Result<()> {
        rustix::net::sockopt::set_socket_linger(
            self.stream.as_fd(),
            Some(std::time::Duration::ZERO),
        )?;
        self.reader.abort();
        let _ = (&mut self.reader).await;
        Ok(())
    }
}

async fn read(stream: Arc<TcpStream>, mut told: watch::Receiver<bool>, mut reader: Reader) {
    // Pages that no segment reaches are never touched.
    let mut buffer = Vec::with_capacity(65536);
    loop {
        if told.wait_for(|reads| *reads).await.is_err() {
            return;
        }
        tokio::select! {
            changed = told.changed() => {
                if changed.is_err() {
                    return;
                }
            }
            ready = stream.readable() => {
                buffer.clear();
                let outcome = match ready {
                    Ok(()) => stream.try_read_buf(&mut buffer),
                    Err(error) => Err(error),
                };
                match outcome {
                    Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
                    outcome => {
                        let goes_on = reader.report(outcome.map(|count| &buffer[..count]));
                        // Not sticky (tcp(7)): a program that leaves Nagle's algorithm on must not wait 40 ms for our ACK.
                        let _ = rustix::net::sockopt::set_tcp_quickack(stream.as_fd(), true);
                        if !goes_on {
                            return;
                        }
                    }
                }
            }
        }
    }
}

/// A listening socket; who connects is reported at once, and read only when it becomes an actor.
pub struct Listener {
    listener: Arc<TcpListener>,
    acceptor: JoinHandle<()>,
    /// Where it listens.
    pub local: SocketAddr,
}

impl Listener {
    /// Listens with `socket` (made where the clients live) at `at`.
    pub fn open(
        socket: OwnedFd,
        at: SocketAddr,
        actor: ActorId,
        reports: Reports,
    ) -> io::Result<Self> {
        let socket = TcpSocket::from_std_stream(std::net::TcpStream::from(socket));
        socket.set_reuseaddr(true)?;
        socket.bind(at)?;
        let listener = Arc::new(socket.listen(128)?);
        let local = listener.local_addr()?;
        Ok(Listener {
            acceptor: tokio::spawn(accept(Arc::clone(&listener), actor, reports)),
            listener,
            local,
        })
    }

    /// What it waits for.
    pub fn descriptor(&self) -> BorrowedFd<'_> {
        self.listener.as_fd()
    }

    /// Stops listening.
    pub async fn close(mut self) {
        self.acceptor.abort();
        let _ = (&mut self.acceptor).await;
    }
}

async fn accept(listener: Arc<TcpListener>, actor: ActorId, reports: Reports) {
    for _ in 0..MOST_TAKEN {
        let report = match listener.accept().await {
            Ok((stream, from)) => Report::Arrived {
                listener: actor,
                stream,
                from,
            },
            Err(error) if is_about_the_connection(&error) => continue,
            Err(error) => Report::Trouble {
                doing: "accept",
                error,
            },
        };
        let goes_on = matches!(report, Report::Arrived { .. });
        // The dispatcher may be gone already: then nobody wants to know.
        if reports.send(report).is_err() || !goes_on {
            return;
        }
    }
}

/// Whether accept(2) tells of what has happened to one connection; its page has the list.
fn is_about_the_connection(error: &io::Error) -> bool {
    matches!(
        error.raw_os_error(),
        Some(
            libc::ECONNABORTED
                | libc::EHOSTDOWN
                | libc::EHOSTUNREACH
                | libc::ENETDOWN
                | libc::ENETUNREACH
                | libc::ENONET
                | libc::ENOPROTOOPT
                | libc::EOPNOTSUPP
                | libc::EPERM
                | libc::EPROTO
        )
    )
}

impl Drop for Connection {
    fn drop(&mut self) {
        self.reader.abort();
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        self.acceptor.abort();
    }
}

#[cfg(test)]
mod tests {
    use rustix::net::{AddressFamily, SocketFlags, SocketType, socket_with, sockopt};
    use tokio::sync::mpsc::unbounded_channel;

    use crate::transcript::EventKind;

    use super::*;

    /// The other end may be gone before anything looks at the connection: that is its doing, and no trouble of ours.
    #[tokio::test]
    async fn a_connection_that_was_reset_at_once_opens_and_tells_of_the_reset() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let here = listener.local_addr().unwrap();
        let flags = SocketFlags::NONBLOCK | SocketFlags::CLOEXEC;
        let socket = socket_with(AddressFamily::INET, SocketType::STREAM, flags, None).unwrap();
        let client = connect(socket, here, None).await.unwrap();
        let (accepted, from) = listener.accept().await.unwrap();
        sockopt::set_socket_linger(&client, Some(std::time::Duration::ZERO)).unwrap();
        drop(client);
        accepted.readable().await.unwrap();
        assert!(
            accepted.peer_addr().is_err(),
            "the kernel knows the other end no more"
        );
        let (reports, mut hearing) = unbounded_channel();
        let actor = ActorId(0);
        let opened = Connection::open(accepted, from, actor, Channel::Wire, reports, true).unwrap();
        assert_eq!((opened.local, opened.remote), (here, from));
        let first = hearing.recv().await;
        assert!(
            matches!(first, Some(Report::Event(_, EventKind::PeerReset))),
            "{first:?}"
        );
    }
}
