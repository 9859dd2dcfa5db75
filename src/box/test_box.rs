//! The box itself.

use std::ffi::OsString;
use std::io;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};

use rustix::event::{PollFd, PollFlags};
use rustix::fs::FileType;
use rustix::process::{Pid, Signal};
use serde::{Deserialize, Serialize};

use super::connection::Connection;
use super::folder::{self, Folder};
use super::identity::{self, Obstacles};
use super::message::{Answer, Open, Order, SocketKind, Start, Trouble};
use super::program::{BoxEvents, Launch, LaunchError, Process, ProcessId, Stdio};
use super::{Copied, CopyError, Isolation, copy, family, readiness};

/// How often the processes of a program are looked for before giving up.
const MOST_HUNTS: usize = 1000;

/// Which addresses a socket has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Family {
    /// IPv4.
    V4,
    /// IPv6.
    V6,
}

impl From<std::net::SocketAddr> for Family {
    fn from(address: std::net::SocketAddr) -> Self {
        if address.is_ipv4() {
            Family::V4
        } else {
            Family::V6
        }
    }
}

/// Where the programs of one scenario run. Ends, with everything in it, when dropped; [`TestBox::end`] does the same without blocking the thread.
#[derive(Debug)]
pub struct TestBox {
    folder: Folder,
    namespaces: bool,
    connection: Connection,
    next_program: AtomicU32,
    ended: bool,
}

impl TestBox {
    /// Makes a box. Returns before it is set up, which goes on in another process; what fails there fails the first use, or [`TestBox::ready`]. `readable` are files and folders that programs must be able
    /// to read although they may lie in somebody's closed home: the interpreter's prefix, for example. Needs a tokio runtime with IO.
    ///
    /// # Errors
    ///
    /// No folder, no sockets, or no launcher can be had.
    pub async fn open(
        isolation: Isolation,
        readable: &[PathBuf],
    ) -> io::Result<(TestBox, BoxEvents)> {
        let namespaces = isolation == Isolation::Namespaces;
        let readable: Vec<PathBuf> = readable
            .iter()
            .filter_map(|path| path.canonicalize().ok())
            .collect();
        let mut identity = identity::foreign();
        let mut folder = Folder::new(identity)?;
        let mut obstacles = Obstacles::default();
        if identity.is_some() {
            let paths = readable.iter().map(|path| (path.as_path(), false));
            obstacles = Obstacles::on_the_way_to(paths.chain([(folder.base(), true)]));
            if !namespaces && !obstacles.covered.is_empty() {
                // Nothing can be shown to a foreigner there: programs run as Viva's own user.
                folder::remove(folder.base())?;
                identity = None;
                folder = Folder::new(None)?;
                obstacles = Obstacles::default();
            }
        }
        let mut request = Open {
            namespaces,
            identity,
            folder: folder.base().to_owned(),
            replaced: Vec::new(),
            covered: obstacles.covered,
            shown: obstacles.shown,
        };
        match Connection::open(&mut request) {
            Ok((connection, events)) => {
                let test_box = TestBox {
                    folder,
                    namespaces,
                    connection,
                    next_program: AtomicU32::new(0),
                    ended: false,
                };
                Ok((test_box, events))
            }
            Err(error) => {
                let _ = folder::remove(folder.base());
                Err(error)
            }
        }
    }

    /// Waits until everything is set up.
    ///
    /// # Errors
    ///
    /// It could not be set up, or the box has ended.
    pub async fn ready(&self) -> io::Result<()> {
        self.connection.life(|life| life.ready).await.map(|_| ())
    }

    /// The stub's process as Viva sees it: all programs are below.
    ///
    /// # Errors
    ///
    /// The box could not be made, or has ended.
    pub async fn root(&self) -> io::Result<i32> {
        let life = self.connection.life(|life| life.stub.is_some()).await?;
        life.stub.ok_or_else(|| io::ErrorKind::NotFound.into())
    }

    /// The working copy, at the same path inside and outside.
    pub fn folder(&self) -> &Path {
        self.folder.work()
    }

    /// Copies a submission into the working copy: no links, no special files, within limits.
    ///
    /// # Errors
    ///
    /// It is too much, or can't be read or written.
    pub fn copy_in(&self, from: &Path) -> Result<Copied, CopyError> {
        copy::copy(from, self.folder.descriptor(), self.folder.owner())
    }

    /// Writes a file of Viva's into the working copy, at a path below it.
    ///
    /// # Errors
    ///
    /// The name leads elsewhere, or the file can't be written.
    pub fn add_file(&self, name: &str, bytes: &[u8]) -> io::Result<()> {
        copy::add(
            self.folder.descriptor(),
            Path::new(name),
            bytes,
            self.folder.owner(),
        )
    }

    /// Starts a program; returns when it runs. Dropped before that, the program may run all the same, unnamed, until the box ends.
    ///
    /// # Errors
    ///
    /// It can't be executed, or the machine is in trouble.
    pub async fn launch(&self, launch: Launch) -> Result<Process, LaunchError> {
        let trouble = |doing: &str, error| LaunchError::System {
            doing: doing.to_owned(),
            error,
        };
        let id = ProcessId(self.next_program.fetch_add(1, Ordering::Relaxed));
        let (streams, terminal) = match &launch.stdio {
            Stdio::Streams(streams) => (streams.each_ref().map(AsFd::as_fd), false),
            Stdio::Terminal(terminal) => ([terminal.as_fd(); 3], true),
        };
        for stream in streams {
            self.hand_over(stream)
                .map_err(|error| trouble("fchown", error))?;
        }
        let start = Start {
            program: id.0,
            arguments: launch.argv,
            environment: launch
                .environment
                .into_iter()
                .map(|(mut name, value)| {
                    name.push("=");
                    name.push(value);
                    name
                })
                .collect::<Vec<OsString>>(),
            folder: launch.folder,
            terminal,
            watch_servers: launch.watch.servers,
            watch_dials: launch.watch.dials,
        };
        let answer = self
            .connection
            .order(|number| Order::Launch(number, start), &streams)
            .await
            .map_err(|error| trouble("launch", error))?;
        match answer.message {
            Answer::Launched { watched, process } => Ok(Process {
                id,
                pid: if self.namespaces {
                    answer.process
                } else {
                    process
                },
                watched: watched || launch.watch == super::Watch::NONE,
            }),
            Answer::NotExecutable(number) => Err(LaunchError::NotExecutable(number)),
            Answer::Trouble(Trouble { doing, number }) => Err(LaunchError::System {
                doing,
                error: io::Error::from_raw_os_error(number),
            }),
            Answer::Socket | Answer::Done => {
                Err(trouble("launch", io::ErrorKind::InvalidData.into()))
            }
        }
    }

    /// A program of another user can open `/dev/stdout` and its terminal only if they are his.
    fn hand_over(&self, stream: BorrowedFd<'_>) -> io::Result<()> {
        if self.folder.owner().is_none() {
            return Ok(());
        }
        let is_pipe = FileType::from_raw_mode(rustix::fs::fstat(stream)?.st_mode) == FileType::Fifo;
        if is_pipe || rustix::termios::isatty(stream) {
            folder::give(stream, self.folder.owner())?;
        }
        Ok(())
    }

    /// A TCP socket made inside, non-blocking.
    ///
    /// # Errors
    ///
    /// The box has ended, or no more descriptors can be had.
    pub async fn tcp_socket(&self, family: Family) -> io::Result<OwnedFd> {
        self.socket(SocketKind::Tcp(family)).await
    }

    /// A UDP socket made inside, non-blocking.
    ///
    /// # Errors
    ///
    /// The box has ended, or no more descriptors can be had.
    pub async fn udp_socket(&self, family: Family) -> io::Result<OwnedFd> {
        self.socket(SocketKind::Udp(family)).await
    }

    /// A NETLINK_SOCK_DIAG socket made inside (sock_diag(7)): it tells of the sockets of this box.
    ///
    /// # Errors
    ///
    /// The box has ended, or no more descriptors can be had.
    pub async fn diag_socket(&self) -> io::Result<OwnedFd> {
        self.socket(SocketKind::Diagnosis).await
    }

    async fn socket(&self, kind: SocketKind) -> io::Result<OwnedFd> {
        let answer = self
            .connection
            .order(|number| Order::Socket(number, kind), &[])
            .await?;
        match (answer.message, answer.descriptors.into_iter().next()) {
            (Answer::Socket, Some(socket)) => Ok(socket),
            (Answer::Trouble(trouble), _) => Err(trouble.into()),
            _ => Err(io::ErrorKind::InvalidData.into()),
        }
    }

    /// Sends a signal to the process group of a program's main process.
    ///
    /// # Errors
    ///
    /// ESRCH if the main process has ended; EINVAL if there is no such signal.
    pub async fn signal(&self, process: ProcessId, signal: i32) -> io::Result<()> {
        self.connection
            .obeyed(|number| Order::Signal(number, process.0, signal))
            .await
    }

    /// Kills a program with all its descendants, daemons included; returns when all are gone. The other programs of the box live on. [`BoxEvent::Exited`] is among the events by then.
    ///
    /// # Errors
    ///
    /// The box has ended, a process can't be killed, or they multiply faster than they can be caught.
    pub async fn end_process(&self, process: ProcessId) -> io::Result<()> {
        let root = Pid::from_raw(self.root().await?).ok_or(io::ErrorKind::NotFound)?;
        for _ in 0..MOST_HUNTS {
            let hunt = family::hunt(root, process.0)?;
            for quarry in hunt.killed {
                readiness::end_of(quarry).await?;
            }
            // Whoever has ended may have left children to the stub, and is in the way of seeing that nobody is left.
            self.connection.obeyed(Order::Reap).await?;
            if hunt.nobody {
                return Ok(());
            }
        }
        Err(io::Error::from_raw_os_error(libc::EAGAIN))
    }

    /// Kills everything, waits until it is gone, and removes the folder.
    ///
    /// # Errors
    ///
    /// Something can't be waited for or removed.
    pub async fn end(mut self) -> io::Result<()> {
        self.connection.hang_up();
        // If the stub never came to be there is nothing to wait for.
        if let Some(stub) = self.connection.stub().await {
            self.kill(&stub);
            readiness::end_of(stub).await?;
        }
        self.ended = true;
        folder::remove(self.folder.base())
    }

    /// In a PID namespace the kernel ends everything with the stub, at once. Elsewhere the stub must do it, and must not be killed before.
    fn kill(&self, stub: &OwnedFd) {
        if self.namespaces {
            let _ = rustix::process::pidfd_send_signal(stub, Signal::KILL);
        }
    }
}

impl Drop for TestBox {
    fn drop(&mut self) {
        if self.ended {
            return;
        }
        self.connection.hang_up();
        if let Some(stub) = self.connection.stub_blocking() {
            self.kill(&stub);
            while let Err(rustix::io::Errno::INTR) =
                rustix::event::poll(&mut [PollFd::new(&stub, PollFlags::IN)], None)
            {}
        }
        let _ = folder::remove(self.folder.base());
    }
}
