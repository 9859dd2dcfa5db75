//! Everything worth telling about the programs of a box, for explaining why nothing comes: plain values.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use super::rest::Thread;
use super::sockets::TcpState;

/// The programs of a box and their sockets. What vanishes while it is looked at is left out.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Portrait {
    /// By number.
    pub processes: Vec<ProcessPortrait>,
    /// All in the box's own network namespace, Viva's included; in a shared one, those that the programs hold.
    pub sockets: Vec<SocketPortrait>,
}

/// A process.
#[derive(Clone, Debug, PartialEq)]
pub struct ProcessPortrait {
    /// Its number in Viva's own PID namespace.
    pub pid: i32,
    /// Its parent's.
    pub parent: i32,
    /// The process below the box's first one that it descends from: the program that was started, or a daemon that has left its parents.
    pub program: i32,
    /// What a person would call it: the script that an interpreter runs, or the last part of its executable's path.
    pub name: String,
    /// It has ended and was not waited for (a zombie): then it has no threads and no descriptors.
    pub ended: bool,
    /// By number, the main thread first.
    pub threads: Vec<ThreadPortrait>,
    /// How many descriptors it has open; `None` where the kernel doesn't show it.
    pub descriptors: Option<usize>,
    /// Processor time of its threads that are alive.
    pub processor: Duration,
}

/// A thread.
#[derive(Clone, Debug, PartialEq)]
pub struct ThreadPortrait {
    /// Its numbers.
    pub thread: Thread,
    /// Its name, 15 bytes at most.
    pub name: String,
    /// It is one of those that Java's virtual machine makes for itself, by its name.
    pub is_helper: bool,
    /// What it does.
    pub doing: Doing,
    /// Processor time that it has used since the last portrait (ever, in the first one): one that spins has used about as much as went by.
    pub used: Duration,
}

/// What a thread does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Doing {
    /// It runs or wants to.
    Runs,
    /// It is stopped or traced.
    Stopped,
    /// It waits.
    Waits {
        /// For what.
        wait: Wait,
        /// The wait ends by itself.
        limit: Limit,
    },
    /// The kernel doesn't show it.
    Unknown,
}

/// When a wait ends by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Limit {
    /// Never.
    Never,
    /// After this time at most.
    After(Duration),
    /// At some time.
    Unknown,
}

/// What a thread waits for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Wait {
    /// Something at any of these descriptors (read, recv, accept, write, connect, …: one; poll, select, epoll: any number, none if only the time matters).
    Input(Vec<Source>),
    /// Another thread or process: a futex (lock, condition, queue, join), a semaphore, a file lock, a message queue.
    Lock,
    /// The end of a child: of this one (a number in Viva's own PID namespace), or of any.
    Child(Option<i32>),
    /// A signal.
    Signal,
    /// The time.
    Sleep,
    /// Somebody to open the other end of a named pipe.
    Opening,
    /// Viva, to whom its call was announced, and who has not let it go on yet.
    Viva,
    /// This system call; see syscalls(2).
    Call(i64),
}

/// A descriptor that a thread waits for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Source {
    /// Its number in the process.
    pub descriptor: i32,
    /// What is awaited there.
    pub what: Awaiting,
    /// It is there already: the thread is about to be woken.
    pub ready: bool,
}

/// What is awaited at a descriptor.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Awaiting {
    /// Its user: something to read at descriptor 0, or at its terminal.
    Keyboard,
    /// Bytes from a connection.
    Data {
        /// Its own end.
        local: SocketAddr,
        /// The other end.
        remote: SocketAddr,
    },
    /// A datagram.
    Datagram {
        /// Where.
        local: SocketAddr,
    },
    /// A connection to accept.
    Connection {
        /// Where it listens.
        listener: SocketAddr,
    },
    /// Room to send: the other end doesn't read.
    Room {
        /// Its own end.
        local: SocketAddr,
        /// The other end, if there is one.
        remote: Option<SocketAddr>,
    },
    /// An attempt to connect to be answered.
    Connect {
        /// To whom; `None` if that can't be told.
        to: Option<SocketAddr>,
    },
    /// Somebody to write into a pipe, or a socket of the Unix family.
    Pipe,
    /// Somebody to read from a pipe, or a socket of the Unix family.
    PipeRoom,
    /// Room in its own output: Viva doesn't read, or the terminal is stopped.
    OutputRoom,
    /// A timer (timerfd), an event counter or the like of its own.
    Event,
    /// It was closed while it is being waited for.
    Closed,
    /// Something else, as /proc/PID/fd names it.
    Other(PathBuf),
}

/// Which protocol.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Protocol {
    /// TCP
    Tcp,
    /// UDP
    Udp,
}

/// A socket.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SocketPortrait {
    /// Its protocol.
    pub protocol: Protocol,
    /// TCP only.
    pub state: Option<TcpState>,
    /// Its own end.
    pub local: SocketAddr,
    /// The other end, if there is one.
    pub remote: Option<SocketAddr>,
    /// Bytes that have come and lie unread. 0 for a listener.
    pub unread: u32,
    /// UDP: the datagrams that these bytes are, the oldest first; an empty one only in the first portrait that shows it. None of a socket that no program has
    /// open, or whose queue the kernel doesn't show: then `unread` counts the kernel's overhead, too.
    pub datagrams: Vec<Datagram>,
    /// Bytes that were written and not acknowledged. 0 for a listener.
    pub unsent: u32,
    /// The other end has closed, and nobody has read that far.
    pub close_unread: bool,
    /// Of a listener: connections that wait to be accepted.
    pub queue: Option<u32>,
    /// Of a listener: how many may wait; the kernel admits one more.
    pub backlog: Option<u32>,
    /// The inode; 0 for a connection that is not accepted yet, or that no process has any more.
    pub inode: u32,
    /// Which processes of the box have it open, and as which descriptor. Nobody, if it is Viva's.
    pub holders: Vec<Holder>,
    /// UDP: datagrams that came and were thrown away because there was no room.
    pub drops: u32,
}

/// A datagram that lies unread.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Datagram {
    /// Who has sent it.
    pub from: SocketAddr,
    /// Its bytes.
    pub bytes: u32,
}

/// Who has a socket open.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Holder {
    /// The process.
    pub pid: i32,
    /// Its descriptor.
    pub descriptor: i32,
}
