//! What a look at the programs of a box finds: plain values.

use std::net::SocketAddr;
use std::time::Duration;

/// A thread, by its numbers in Viva's own PID namespace.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Thread {
    /// The process.
    pub process: i32,
    /// The thread; the main thread has the number of its process.
    pub thread: i32,
}

/// Whether the programs of a box are at rest.
///
/// All of it is about one moment within the look. Whoever acts on it must have nothing to do to the programs in turn: no bytes unsent, no event unread; and what
/// the programs have written may lie unread at its own descriptors: read it after the look, and look again if that lets them go on (a reader frees room for a writer).
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Rest {
    /// Proved: no thread can go on without new input, and no input is on its way.
    Quiet,
    /// At rest, but not for ever: some waits end by themselves.
    Timed {
        /// When the first of them ends, at the latest; `None` if that can't be known.
        soonest: Option<Duration>,
        /// Whose wait that is (the main thread, if it is a timer of the process as a whole).
        who: Thread,
    },
    /// Something goes on, or is about to.
    Busy(Activity),
    /// It can't be known. Everything else was at rest.
    Unknown(Obstacle),
}

/// What kept programs from being at rest; the first that was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Activity {
    /// A thread runs, waits for a processor, or for a disk.
    Runs(Thread),
    /// A thread is asleep, but what it waits for is there.
    HasInput {
        /// Who.
        who: Thread,
        /// At which descriptor.
        descriptor: i32,
    },
    /// A thread is in an announced system call that Viva has not let go on yet. One in connect(2) or sendto(2) is said to have input: its socket has room.
    Announced(Thread),
    /// A process has ended, and its parent, which waits for that, has not noticed yet; or the box's own first process has not.
    Ends {
        /// Which.
        process: i32,
    },
    /// A process was stopped from outside (SIGSTOP); it would go on if it could.
    Stopped(Thread),
    /// Bytes, a connection attempt or a close are between two sockets.
    InFlight {
        /// Who sends.
        from: SocketAddr,
        /// To whom.
        to: SocketAddr,
    },
    /// The machine has packets that it has not delivered yet, to whomever.
    Packets,
    /// Something ran, began or ended during the look.
    Changed,
}

/// Why it can't be known whether programs are at rest.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Obstacle {
    /// The kernel doesn't show what a process does (ptrace(2), "Ptrace access mode checking"): it made itself undumpable, or belongs to somebody else.
    Unreadable {
        /// Which.
        process: i32,
        /// The errno, EACCES or EPERM mostly.
        error: i32,
    },
    /// A thread waits in a system call that is not known to wait for input alone: io_uring, for example.
    Call {
        /// Who.
        who: Thread,
        /// The call's number on this machine; see syscalls(2).
        number: i64,
    },
    /// A thread is being traced (ptrace(2)), and goes on when its tracer wants it to.
    Traced(Thread),
    /// A connection with the world outside of this machine: something may come at any time.
    Outside {
        /// With whom.
        remote: SocketAddr,
    },
    /// This kernel doesn't count how often threads run (`/proc/PID/task/TID/schedstat`, CONFIG_SCHED_INFO): nothing can be proved.
    Uncounted,
    /// Something else could not be read.
    System {
        /// The errno.
        error: i32,
    },
}

/// What the programs of a box have used so far, and what they want now.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Spent {
    /// Processor time of all threads, those included that have ended (as of the last look at them). Never falls.
    pub processor: Duration,
    /// How long threads could have run, but waited for a processor. Never falls.
    pub queued: Duration,
    /// How many threads there are.
    pub threads: usize,
    /// How many of them run or want to (states R and D of proc(5)).
    pub runnable: usize,
    /// How many of them are stopped (states T and t).
    pub stopped: usize,
}
