//! Programs in a box, as its user sees them: how they are started, and what is heard of them.

use std::ffi::OsString;
use std::io;
use std::net::SocketAddr;
use std::os::fd::OwnedFd;
use std::path::PathBuf;
use std::time::Duration;

use tokio::sync::mpsc;

use super::Hold;

/// A program of a box; a restart is another one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ProcessId(pub(super) u32);

/// How a program is to be started.
#[derive(Debug)]
pub struct Launch {
    /// Its words; the first is the absolute path of the executable as the box sees it.
    pub argv: Vec<OsString>,
    /// Its whole environment: nothing is inherited.
    pub environment: Vec<(OsString, OsString)>,
    /// Where it starts.
    pub folder: PathBuf,
    /// Its standard input, output and error. Viva's copies are closed.
    pub stdio: Stdio,
    /// Which of its system calls are announced.
    pub watch: Watch,
}

/// Standard input, output and error.
#[derive(Debug)]
pub enum Stdio {
    /// Three descriptors, pipes mostly.
    Streams([OwnedFd; 3]),
    /// The program's side of a pseudo-terminal: all three, and its controlling terminal.
    Terminal(OwnedFd),
}

/// Which system calls of a program and its children are announced. An announcement costs the program some 10 µs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Watch {
    /// `listen` and `bind`: [`BoxEvent::Listening`] and [`BoxEvent::Bound`].
    pub servers: bool,
    /// `connect`, and `sendto` with an address: [`BoxEvent::Dialling`].
    pub dials: bool,
    /// `alarm`, and `setitimer` of the real time: [`BoxEvent::Timer`]. The kernel shows these timers nowhere.
    pub timers: bool,
}

impl Watch {
    /// Nothing.
    pub const NONE: Watch = Watch {
        servers: false,
        dials: false,
        timers: false,
    };
    /// Everything.
    pub const ALL: Watch = Watch {
        servers: true,
        dials: true,
        timers: true,
    };
}

/// A program that has been started.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Process {
    /// Its number in this box.
    pub id: ProcessId,
    /// Its main process, as Viva sees it. The number may mean another process once [`BoxEvent::Exited`] has come.
    pub pid: i32,
    /// Whether its system calls are announced as asked; else sockets must be looked for.
    pub watched: bool,
}

/// Why a program does not run.
#[derive(Debug)]
pub enum LaunchError {
    /// execve(2), or chdir(2) to its folder, refused it with this errno: the file or folder, not the machine.
    NotExecutable(i32),
    /// Viva's or the machine's trouble.
    System {
        /// The system call, or the part of the box, that failed.
        doing: String,
        /// How.
        error: io::Error,
    },
}

impl std::fmt::Display for LaunchError {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            LaunchError::NotExecutable(number) => {
                write!(
                    formatter,
                    "execve: {}",
                    io::Error::from_raw_os_error(*number)
                )
            }
            LaunchError::System { doing, error } => write!(formatter, "{doing}: {error}"),
        }
    }
}

impl std::error::Error for LaunchError {}

/// How a main process has ended (wait(2)).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ExitStatus {
    /// It called exit with this code, 0 to 255.
    Code(i32),
    /// This signal ended it.
    Signal(i32),
}

impl ExitStatus {
    pub(super) fn from_wait(status: i32) -> Self {
        if libc::WIFSIGNALED(status) {
            ExitStatus::Signal(libc::WTERMSIG(status))
        } else {
            ExitStatus::Code(libc::WEXITSTATUS(status))
        }
    }
}

/// What is heard of a box, in the order in which Viva heard it.
#[derive(Debug)]
pub enum BoxEvent {
    /// A main process has ended and been reaped. Its children may live on.
    Exited {
        /// Which program.
        process: ProcessId,
        /// How.
        status: ExitStatus,
    },
    /// A listen(2) has taken effect; the program has not yet heard of it.
    Listening {
        /// Which program.
        process: ProcessId,
        /// As the socket has it.
        address: SocketAddr,
        /// IPv6 only (ipv6(7), IPV6_V6ONLY).
        only_v6: bool,
        /// As asked for.
        backlog: i32,
    },
    /// A bind(2) has taken effect; the program has not yet heard of it.
    Bound {
        /// Which program.
        process: ProcessId,
        /// As the socket has it.
        address: SocketAddr,
        /// IPv6 only (ipv6(7), IPV6_V6ONLY).
        only_v6: bool,
        /// A datagram socket.
        udp: bool,
    },
    /// A program is about to connect(2), or to sendto(2) an address for the first time, and waits.
    Dialling {
        /// Which program.
        process: ProcessId,
        /// Where to.
        address: SocketAddr,
        /// A datagram socket.
        udp: bool,
        /// Lets it go on.
        hold: Hold,
    },
    /// A process is about to set, or to clear, its timer of the real time (alarm(2), setitimer(2) with ITIMER_REAL); it has one at most. It goes on by itself.
    Timer {
        /// Which program.
        process: ProcessId,
        /// Which process of it, as Viva sees it.
        pid: i32,
        /// And which thread.
        thread: i32,
        /// When its signal comes; zero: never.
        after: Duration,
        /// Whether it comes again and again.
        repeats: bool,
    },
    /// Announcements can be received but not looked into, so that no more of them will come: sockets must be looked for.
    Unwatched {
        /// Which program.
        process: ProcessId,
    },
    /// The box has ended though nobody asked it to. The last event.
    Gone(io::Error),
}

/// The events of a box.
pub type BoxEvents = mpsc::UnboundedReceiver<BoxEvent>;
