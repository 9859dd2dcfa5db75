//! What Viva, the launcher and the stubs say to each other.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::{Family, Isolation, Missing, Room};

/// Viva to the launcher: make a box. Comes with the stub's end of the control socket.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Open {
    pub(super) isolation: Isolation,
    /// The user and group, foreign to this machine, that programs run as; `None`: Viva's own.
    pub(super) identity: Option<u32>,
    /// What the box owns on disk; removed when the box has ended and Viva is no more.
    pub(super) folder: Option<PathBuf>,
    /// What programs can read of the machine wherever it lies.
    pub(super) shown: Vec<Shown>,
    /// What they can't see even where everybody sees what is around it.
    pub(super) hidden: Vec<PathBuf>,
    /// How much they can write.
    pub(super) room: Room,
}

/// A file or folder of the machine.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Shown {
    /// Without symbolic links.
    pub(super) path: PathBuf,
    /// Where it is seen inside: there, or where a symbolic link to it stands.
    pub(super) seen_at: PathBuf,
    pub(super) is_folder: bool,
}

/// Viva to a stub.
#[derive(Debug, Serialize, Deserialize)]
pub(super) enum Order {
    /// Start a program; comes with its standard input, output and error.
    Launch(u64, Start),
    /// Open a terminal.
    Terminal(u64),
    /// Make a socket.
    Socket(u64, SocketKind),
    /// Send a signal to the process group of a program's main process.
    Signal(u64, u32, i32),
    /// Reap whoever has ended, and say so when it is done.
    Reap(u64),
}

/// How a program is to be started.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Start {
    pub(super) program: u32,
    pub(super) arguments: Vec<OsString>,
    /// `NAME=value`.
    pub(super) environment: Vec<OsString>,
    pub(super) folder: PathBuf,
    /// Its standard input is a terminal that it shall control.
    pub(super) terminal: bool,
    pub(super) watch_servers: bool,
    pub(super) watch_dials: bool,
    pub(super) watch_timers: bool,
}

/// Sockets that a stub can make.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum SocketKind {
    Tcp(Family),
    Udp(Family),
    Diagnosis,
}

/// What Viva hears about a box: from the launcher first, then from the stub.
#[derive(Debug, Serialize, Deserialize)]
pub(super) enum Report {
    /// The stub lives; comes with its pidfd. From the launcher.
    Born(i32),
    /// The box could not be made.
    Failed(Trouble),
    /// The submission's copy is there, empty; comes with the open folder. From the launcher or the stub.
    Copy,
    /// The stub has set everything up, but for these layers.
    Ready(Vec<Missing>),
    /// The programs had more memory than they may have, and have been killed. From the launcher.
    Exhausted,
    /// The answer to an order.
    Answer(u64, Answer),
    /// Comes with the descriptor on which a program's system calls are announced.
    Watching(u32),
    /// The main process of a program has ended, with this wait status.
    Exited(u32, i32),
}

#[derive(Debug, Serialize, Deserialize)]
pub(super) enum Answer {
    /// The program runs. The packet says as which process, or else, where stub and Viva see the same processes, this does.
    Launched {
        /// Whether its system calls are announced.
        watched: bool,
        /// As the stub sees it.
        process: i32,
    },
    /// execve(2) has refused it, or chdir(2) to its folder.
    NotExecutable(i32),
    /// The socket, or our side of the terminal, comes with it.
    Descriptor,
    Done,
    Trouble(Trouble),
}

/// A system call that failed where it should not.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Trouble {
    /// What was being done.
    pub(super) doing: String,
    /// errno.
    pub(super) number: i32,
}

impl Trouble {
    /// The stub has hung up without a word.
    pub(super) fn hung_up() -> Self {
        Trouble {
            doing: "box".to_owned(),
            number: libc::EPIPE,
        }
    }

    /// Doing something with a file or folder.
    pub(super) fn at(doing: &str, path: &Path, error: &std::io::Error) -> Self {
        Trouble::new(format!("{doing} {}", path.display()), error)
    }

    /// The file is not there, or out of reach: not the machine's trouble.
    pub(super) fn is_about_the_file(&self) -> bool {
        matches!(self.number, libc::ENOENT | libc::ENOTDIR | libc::EACCES)
    }

    pub(super) fn new(doing: impl Into<String>, error: &std::io::Error) -> Self {
        Trouble {
            doing: doing.into(),
            number: error.raw_os_error().unwrap_or(libc::EIO),
        }
    }
}

impl From<Trouble> for std::io::Error {
    fn from(Trouble { doing, number }: Trouble) -> Self {
        let error = std::io::Error::from_raw_os_error(number);
        std::io::Error::new(error.kind(), format!("{doing}: {error}"))
    }
}
