//! The box itself.

use std::collections::HashMap;
use std::ffi::OsString;
use std::io;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use rustix::event::{PollFd, PollFlags};
use rustix::fs::{FileType, OFlags};
use rustix::net::Shutdown;
use rustix::process::{Pid, Signal};
use serde::{Deserialize, Serialize};
use tokio::io::Interest;
use tokio::io::unix::AsyncFd;
use tokio::sync::{mpsc, oneshot, watch};

use super::channel::{self, Packet, Receiver};
use super::folder::{self, Folder};
use super::identity::{self, Obstacles};
use super::message::{Answer, Open, Order, Report, SocketKind, Start, Trouble};
use super::program::{
    BoxEvent, BoxEvents, ExitStatus, Launch, LaunchError, Process, ProcessId, Stdio,
};
use super::{Copied, CopyError, Isolation, copy, family, launcher, readiness};

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
    inner: Arc<Inner>,
    life: watch::Receiver<Life>,
    next_program: AtomicU32,
    ended: bool,
}

/// What the reading task and the box share.
#[derive(Debug)]
struct Inner {
    control: AsyncFd<OwnedFd>,
    next_order: AtomicU64,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    /// Orders whose answers have not come.
    waiting: HashMap<u64, oneshot::Sender<Packet<Answer>>>,
    /// The stub's pidfd.
    stub: Option<OwnedFd>,
    /// Nobody needs to hear of the end.
    ending: bool,
    /// No answer will come any more.
    over: bool,
}

/// How far a box has come.
#[derive(Clone, Debug, Default)]
struct Life {
    /// The stub's process, as Viva sees it.
    stub: Option<i32>,
    ready: bool,
    /// What was being done, errno.
    gone: Option<(String, i32)>,
}

impl Inner {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
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
        match connect(&mut request) {
            Ok(inner) => {
                let (events, receiver) = mpsc::unbounded_channel();
                let (life_sender, life) = watch::channel(Life::default());
                let inner = Arc::new(inner);
                tokio::spawn(listen(Arc::clone(&inner), life_sender, events));
                let test_box = TestBox {
                    folder,
                    namespaces,
                    inner,
                    life,
                    next_program: AtomicU32::new(0),
                    ended: false,
                };
                Ok((test_box, receiver))
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
        self.life(|life| life.ready).await.map(|_| ())
    }

    /// The stub's process as Viva sees it: all programs are below.
    ///
    /// # Errors
    ///
    /// The box could not be made, or has ended.
    pub async fn root(&self) -> io::Result<i32> {
        let life = self.life(|life| life.stub.is_some()).await?;
        life.stub.ok_or_else(|| io::ErrorKind::NotFound.into())
    }

    async fn life(&self, reached: impl Fn(&Life) -> bool) -> io::Result<Life> {
        let mut life = self.life.clone();
        let ended = || system("box", libc::EPIPE);
        let life = life
            .wait_for(|life| reached(life) || life.gone.is_some())
            .await
            .map_err(|_| ended())?;
        if reached(&life) {
            return Ok(life.clone());
        }
        Err(life
            .gone
            .as_ref()
            .map_or_else(ended, |(doing, number)| system(doing, *number)))
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
            .order(|number| Order::Socket(number, kind), &[])
            .await?;
        match (answer.message, answer.descriptors.into_iter().next()) {
            (Answer::Socket, Some(socket)) => Ok(socket),
            (Answer::Trouble(Trouble { doing, number }), _) => Err(system(&doing, number)),
            _ => Err(io::ErrorKind::InvalidData.into()),
        }
    }

    /// Sends a signal to the process group of a program's main process.
    ///
    /// # Errors
    ///
    /// ESRCH if the main process has ended; EINVAL if there is no such signal.
    pub async fn signal(&self, process: ProcessId, signal: i32) -> io::Result<()> {
        self.done(|number| Order::Signal(number, process.0, signal))
            .await
    }

    async fn done(&self, order: impl FnOnce(u64) -> Order) -> io::Result<()> {
        match self.order(order, &[]).await?.message {
            Answer::Done => Ok(()),
            Answer::Trouble(Trouble { number, .. }) => Err(io::Error::from_raw_os_error(number)),
            _ => Err(io::ErrorKind::InvalidData.into()),
        }
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
                end_of(quarry).await?;
            }
            // Whoever has ended may have left children to the stub, and is in the way of seeing that nobody is left.
            self.done(Order::Reap).await?;
            if hunt.nobody {
                return Ok(());
            }
        }
        Err(system("end_process", libc::EAGAIN))
    }

    /// Kills everything, waits until it is gone, and removes the folder.
    ///
    /// # Errors
    ///
    /// Something can't be waited for or removed.
    pub async fn end(mut self) -> io::Result<()> {
        self.hang_up();
        // If the stub never came to be there is nothing to wait for.
        if self.life(|life| life.stub.is_some()).await.is_ok() {
            let stub = self.inner.state().stub.take();
            if let Some(stub) = stub {
                self.kill(&stub);
                end_of(stub).await?;
            }
        }
        self.ended = true;
        folder::remove(self.folder.base())
    }

    /// What makes the stub end everything.
    fn hang_up(&self) {
        self.inner.state().ending = true;
        let _ = rustix::net::shutdown(self.inner.control.get_ref(), Shutdown::Write);
    }

    /// In a PID namespace the kernel ends everything with the stub, at once. Elsewhere the stub must do it, and must not be killed before.
    fn kill(&self, stub: &OwnedFd) {
        if self.namespaces {
            let _ = rustix::process::pidfd_send_signal(stub, Signal::KILL);
        }
    }

    async fn order(
        &self,
        order: impl FnOnce(u64) -> Order,
        descriptors: &[BorrowedFd<'_>],
    ) -> io::Result<Packet<Answer>> {
        let number = self.inner.next_order.fetch_add(1, Ordering::Relaxed);
        let bytes = channel::encode(&order(number))?;
        let (sender, answer) = oneshot::channel();
        {
            let mut state = self.inner.state();
            if state.over {
                drop(sender);
            } else {
                state.waiting.insert(number, sender);
            }
        }
        let send =
            |socket: &OwnedFd| channel::send_bytes(socket.as_fd(), &bytes, descriptors, None);
        let sent = match send(self.inner.control.get_ref()) {
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                self.inner.control.async_io(Interest::WRITABLE, send).await
            }
            result => result,
        };
        // If the stub has hung up, why is better known from what it said before.
        if let Err(error) = sent
            && error.kind() != io::ErrorKind::BrokenPipe
        {
            self.inner.state().waiting.remove(&number);
            return Err(error);
        }
        match answer.await {
            Ok(packet) => Ok(packet),
            Err(_) => Err(match self.life(|_| false).await {
                Err(error) => error,
                Ok(_) => system("box", libc::EPIPE),
            }),
        }
    }
}

impl Drop for TestBox {
    fn drop(&mut self) {
        if self.ended {
            return;
        }
        self.hang_up();
        let stub = self.inner.state().stub.take();
        if let Some(stub) = stub.or_else(|| self.stub_at_last()) {
            self.kill(&stub);
            while let Err(rustix::io::Errno::INTR) =
                rustix::event::poll(&mut [PollFd::new(&stub, PollFlags::IN)], None)
            {}
        }
        let _ = folder::remove(self.folder.base());
    }
}

impl TestBox {
    /// The stub's pidfd, if the launcher has yet to send it.
    fn stub_at_last(&self) -> Option<OwnedFd> {
        let control = self.inner.control.get_ref();
        let mut receiver = Receiver::new();
        loop {
            let _ = rustix::event::poll(&mut [PollFd::new(control, PollFlags::IN)], None);
            match receiver.next::<Report>(control) {
                Ok(Some(packet)) => {
                    if let Report::Born(_) = packet.message {
                        return packet.descriptors.into_iter().next();
                    }
                }
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
                Ok(None) | Err(_) => return None,
            }
        }
    }
}

fn connect(request: &mut Open) -> io::Result<Inner> {
    let (control, theirs) = channel::pair()?;
    rustix::net::sockopt::set_socket_passcred(&control, true)?;
    rustix::fs::fcntl_setfl(&control, OFlags::NONBLOCK)?;
    let control = readiness::register(control, Interest::READABLE | Interest::WRITABLE)?;
    launcher::open(request, &theirs)?;
    Ok(Inner {
        control,
        next_order: AtomicU64::new(0),
        state: Mutex::default(),
    })
}

/// Hears what comes from the launcher and the stub until they hang up.
async fn listen(
    inner: Arc<Inner>,
    life: watch::Sender<Life>,
    events: mpsc::UnboundedSender<BoxEvent>,
) {
    let mut receiver = Receiver::new();
    while let Ok(mut ready) = inner.control.readable().await {
        match ready.try_io(|control| receiver.next::<Report>(control)) {
            Ok(Ok(Some(packet))) => heed(&inner, &life, &events, packet),
            Ok(Ok(None) | Err(_)) => break,
            Err(_) => {}
        }
    }
    life.send_if_modified(|life| {
        life.gone
            .get_or_insert_with(|| ("box".to_owned(), libc::EPIPE));
        true
    });
    let ending = {
        let mut state = inner.state();
        state.waiting.clear();
        state.over = true;
        state.ending
    };
    if !ending && let Some((doing, number)) = &life.borrow().gone {
        let _ = events.send(BoxEvent::Gone(system(doing, *number)));
    }
}

fn heed(
    inner: &Inner,
    life: &watch::Sender<Life>,
    events: &mpsc::UnboundedSender<BoxEvent>,
    packet: Packet<Report>,
) {
    let descriptor = packet.descriptors.into_iter();
    match packet.message {
        Report::Born(stub) => {
            inner.state().stub = descriptor.last();
            life.send_modify(|life| life.stub = Some(stub));
        }
        Report::Ready => life.send_modify(|life| life.ready = true),
        Report::Failed(Trouble { doing, number }) => {
            life.send_modify(|life| life.gone = Some((doing, number)));
        }
        Report::Answer(number, message) => {
            let waiting = inner.state().waiting.remove(&number);
            if let Some(waiting) = waiting {
                let _ = waiting.send(Packet {
                    message,
                    descriptors: descriptor.collect(),
                    process: packet.process,
                });
            }
        }
        Report::Watching(program) => {
            if let Some(listener) = descriptor.last() {
                let events = events.clone();
                tokio::spawn(super::watch::watch(listener, ProcessId(program), events));
            }
        }
        Report::Exited(program, status) => {
            let _ = events.send(BoxEvent::Exited {
                process: ProcessId(program),
                status: ExitStatus::from_wait(status),
            });
        }
    }
}

/// Waits for the end of a process (it may still have to be reaped).
async fn end_of(pidfd: OwnedFd) -> io::Result<()> {
    let pidfd = readiness::register(pidfd, Interest::READABLE)?;
    let _ = pidfd.readable().await?;
    Ok(())
}

fn system(doing: &str, number: i32) -> io::Error {
    let error = io::Error::from_raw_os_error(number);
    io::Error::new(error.kind(), format!("{doing}: {error}"))
}
