//! The box itself.

use std::ffi::OsString;
use std::io;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use rustix::event::{PollFd, PollFlags};
use rustix::fs::FileType;
use rustix::process::{Pid, Signal};
use serde::{Deserialize, Serialize};

use super::connection::Connection;
use super::folder::{self, Folder};
use super::message::{Answer, Open, Order, Shown, SocketKind, Start, Trouble};
use super::program::{BoxEvents, Launch, LaunchError, Process, ProcessId, Stdio};
use super::{
    Copied, CopyError, Isolation, Layer, Layers, Missing, Setting, copy, family, identity, inside,
    readiness,
};

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
    isolation: Isolation,
    /// To whom the submission's copy belongs, if not to Viva's own user.
    owner: Option<u32>,
    /// On the machine's disk, where the box has no file system of its own.
    folder: Option<Folder>,
    connection: Connection,
    next_program: AtomicU32,
    memory: u64,
    /// Layers that were not even asked for.
    unmet: Vec<Missing>,
    ended: bool,
}

impl TestBox {
    /// Makes a box. Returns before it is set up, which goes on in another process; what fails there fails the first use, or [`TestBox::ready`]. Needs a tokio runtime with IO.
    ///
    /// # Errors
    ///
    /// No folder, no sockets, or no launcher can be had.
    pub async fn open(setting: &Setting) -> io::Result<(TestBox, BoxEvents)> {
        let isolation = setting.isolation;
        let shown = shown(&setting.readable);
        let mut owner = identity::foreign(isolation);
        let mut unmet = Vec::new();
        let folder = match isolation {
            Isolation::Full => None,
            Isolation::Basic | Isolation::None => {
                // Who can't reach what he needs can't be another.
                let temporary = std::env::temp_dir().join("box");
                let needed = shown.iter().map(|shown| shown.path.as_path());
                let closed = needed
                    .chain([temporary.as_path()])
                    .find(|path| !identity::can_reach(path));
                if let (Some(_), Some(closed)) = (owner, closed) {
                    unmet.push(Missing {
                        layer: Layer::User,
                        why: format!("{}: closed to others", closed.display()),
                    });
                    owner = None;
                }
                Some(Folder::new(owner)?)
            }
        };
        let request = Open {
            isolation,
            identity: owner,
            folder: folder.as_ref().map(|folder| folder.base().to_owned()),
            shown,
            hidden: setting.hidden.clone(),
            room: setting.room,
        };
        match Connection::open(&request) {
            Ok((connection, events)) => {
                let test_box = TestBox {
                    isolation,
                    owner,
                    folder,
                    connection,
                    next_program: AtomicU32::new(0),
                    memory: setting.room.memory,
                    unmet,
                    ended: false,
                };
                Ok((test_box, events))
            }
            Err(error) => {
                if let Some(folder) = folder {
                    let _ = folder::remove(folder.base());
                }
                Err(error)
            }
        }
    }

    /// Waits until everything is set up; how programs are kept apart.
    ///
    /// # Errors
    ///
    /// It could not be set up, or the box has ended.
    pub async fn ready(&self) -> io::Result<Layers> {
        let life = self.connection.life(|life| life.ready.is_some()).await?;
        Ok(self.layers_of(life.ready.unwrap_or_default()))
    }

    /// How programs are kept apart, if everything is set up by now.
    pub fn layers(&self) -> Option<Layers> {
        self.connection
            .missing()
            .map(|missing| self.layers_of(missing))
    }

    /// Bytes of memory that the programs may have together, if they have had more and been killed for it.
    pub fn exhausted(&self) -> Option<u64> {
        self.connection.is_exhausted().then_some(self.memory)
    }

    fn layers_of(&self, mut missing: Vec<Missing>) -> Layers {
        missing.extend(self.unmet.iter().cloned());
        Layers::new(self.isolation, self.owner.is_some(), missing)
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

    /// Where programs see the submission's copy. Viva itself may find nothing there: see [`TestBox::read_file`].
    pub fn folder(&self) -> &Path {
        match &self.folder {
            Some(folder) => folder.work(),
            None => Path::new(inside::COPY),
        }
    }

    /// Where programs have a place of their own for temporary files, which is also their home.
    pub fn temporary(&self) -> &Path {
        match &self.folder {
            Some(folder) => folder.temporary(),
            None => Path::new(inside::TEMPORARY),
        }
    }

    /// The submission's copy, open.
    async fn copy(&self) -> io::Result<Arc<OwnedFd>> {
        if let Some(folder) = &self.folder {
            return Ok(Arc::clone(folder.descriptor()));
        }
        let life = self.connection.life(|life| life.copy.is_some()).await?;
        life.copy.ok_or_else(|| io::ErrorKind::NotFound.into())
    }

    /// Copies a submission: no links, no special files, within limits.
    ///
    /// # Errors
    ///
    /// It is too much, or can't be read or written.
    pub async fn copy_in(&self, from: &Path) -> Result<Copied, CopyError> {
        let from = copy::open(from)?;
        let to = self.copy().await.map_err(CopyError::NotWritten)?;
        copy::copy(&from, &to, self.owner)
    }

    /// What copying the submission's copy, as programs have made it, would come to.
    ///
    /// # Errors
    ///
    /// As [`TestBox::copy_in`].
    pub async fn measure(&self) -> Result<Copied, CopyError> {
        let copy = self.copy().await.map_err(CopyError::NotReadable)?;
        copy::measure_open(&copy)
    }

    /// Copies what another box's programs have made of theirs.
    ///
    /// # Errors
    ///
    /// As [`TestBox::copy_in`].
    pub async fn copy_of(&self, other: &TestBox) -> Result<Copied, CopyError> {
        let from = other.copy().await.map_err(CopyError::NotReadable)?;
        let to = self.copy().await.map_err(CopyError::NotWritten)?;
        copy::copy(&from, &to, self.owner)
    }

    /// Writes a file of Viva's into the submission's copy, at a path below it.
    ///
    /// # Errors
    ///
    /// The name leads elsewhere, or the file can't be written.
    pub async fn add_file(&self, name: &str, bytes: &[u8]) -> io::Result<()> {
        copy::add(&*self.copy().await?, Path::new(name), bytes, self.owner)
    }

    /// Reads a plain file of the submission's copy, by a path below it, as it is at this moment: its first `most` bytes.
    ///
    /// # Errors
    ///
    /// There is none, or the name leads elsewhere or through a symbolic link.
    pub async fn read_file(&self, name: &str, most: u64) -> io::Result<Vec<u8>> {
        copy::read(&*self.copy().await?, Path::new(name), most)
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
            watch_timers: launch.watch.timers,
        };
        let answer = self
            .connection
            .order(|number| Order::Launch(number, start), &streams)
            .await
            .map_err(|error| trouble("launch", error))?;
        match answer.message {
            Answer::Launched { watched, process } => Ok(Process {
                id,
                pid: if self.isolation == Isolation::Full {
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
            Answer::Descriptor | Answer::Done => {
                Err(trouble("launch", io::ErrorKind::InvalidData.into()))
            }
        }
    }

    /// A program of another user can open `/dev/stdout` and its terminal only if that user owns them.
    fn hand_over(&self, stream: BorrowedFd<'_>) -> io::Result<()> {
        if self.owner.is_none() {
            return Ok(());
        }
        let is_pipe = FileType::from_raw_mode(rustix::fs::fstat(stream)?.st_mode) == FileType::Fifo;
        if is_pipe || rustix::termios::isatty(stream) {
            folder::give(stream, self.owner)?;
        }
        Ok(())
    }

    /// A new terminal: Viva's side, then the programs' (pty(7)).
    ///
    /// # Errors
    ///
    /// The box has ended, or no more terminals can be had.
    pub async fn terminal(&self) -> io::Result<(OwnedFd, OwnedFd)> {
        use rustix::pty::OpenptFlags;
        let flags = OpenptFlags::RDWR | OpenptFlags::NOCTTY | OpenptFlags::CLOEXEC;
        let ours = match self.isolation {
            // From the box's own terminals: programs find theirs by its name.
            Isolation::Full => self.descriptor(Order::Terminal).await?,
            Isolation::Basic | Isolation::None => rustix::pty::openpt(flags)?,
        };
        rustix::pty::unlockpt(&ours)?;
        let theirs = rustix::pty::ioctl_tiocgptpeer(&ours, flags)?;
        Ok((ours, theirs))
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
        self.descriptor(|number| Order::Socket(number, kind)).await
    }

    async fn descriptor(&self, order: impl FnOnce(u64) -> Order) -> io::Result<OwnedFd> {
        let answer = self.connection.order(order, &[]).await?;
        match (answer.message, answer.descriptors.into_iter().next()) {
            (Answer::Descriptor, Some(descriptor)) => Ok(descriptor),
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

    /// Returns when everything that has happened to main processes until now is among the events.
    ///
    /// # Errors
    ///
    /// The box has ended.
    pub async fn heard(&self) -> io::Result<()> {
        // The stub answers in the order in which it reports.
        self.connection.obeyed(Order::Reap).await
    }

    /// Whether the box has a network of its own; else its programs share that of the machine.
    pub fn has_own_network(&self) -> bool {
        self.isolation.has_own_network()
    }

    /// Kills everything, and waits until it is gone: what the programs have written can still be copied, and changes no more. Nothing can be started any more.
    ///
    /// # Errors
    ///
    /// The box could not be made, or something can't be waited for.
    pub async fn freeze(&self) -> io::Result<()> {
        self.copy().await?;
        self.end_everything().await
    }

    async fn end_everything(&self) -> io::Result<()> {
        self.connection.hang_up();
        // If the stub never came to be there is nothing to wait for.
        if let Some(stub) = self.connection.stub().await {
            self.kill(&stub);
            readiness::end_of(stub).await?;
        }
        Ok(())
    }

    /// Kills everything, waits until it is gone, and removes the folder.
    ///
    /// # Errors
    ///
    /// Something can't be waited for or removed.
    pub async fn end(mut self) -> io::Result<()> {
        self.end_everything().await?;
        self.ended = true;
        match &self.folder {
            Some(folder) => folder::remove(folder.base()),
            None => Ok(()),
        }
    }

    /// In a PID namespace the kernel ends everything with the stub, at once. Elsewhere the stub must do it, and must not be killed before.
    fn kill(&self, stub: &OwnedFd) {
        if self.isolation == Isolation::Full {
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
        if let Some(folder) = &self.folder {
            let _ = folder::remove(folder.base());
        }
    }
}

/// What is to be seen of the machine, at its own place and where a symbolic link to it stands. What doesn't exist is passed over.
fn shown(readable: &[PathBuf]) -> Vec<Shown> {
    let mut all: Vec<Shown> = Vec::new();
    for named in readable {
        let (Ok(path), Ok(named)) = (named.canonicalize(), std::path::absolute(named)) else {
            continue;
        };
        let is_folder = path.is_dir();
        for seen_at in [path.clone(), named] {
            if !all.iter().any(|shown| seen_at.starts_with(&shown.seen_at)) {
                all.push(Shown {
                    path: path.clone(),
                    seen_at,
                    is_folder,
                });
            }
        }
    }
    all
}
