//! Everything worth telling about the programs of a box, for explaining why nothing comes: plain values, and how they are gathered.

use std::collections::HashMap;
use std::fs;
use std::net::SocketAddr;
use std::os::fd::OwnedFd;
use std::path::PathBuf;
use std::time::Duration;

use rustix::event::PollFlags;
use rustix::net::sockopt;

use super::call::{self, Awaited, Call, Position, Timeout};
use super::descriptors::targets;
use super::observer::{Observer, Scope};
use super::processes;
use super::rest::Thread;
use super::sockets::{TcpSocket, TcpState};
use super::threads::State;

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
    /// Bytes that have come and lie unread; for UDP with the kernel's overhead. 0 for a listener.
    pub unread: u32,
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

/// Who has a socket open.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Holder {
    /// The process.
    pub pid: i32,
    /// Its descriptor.
    pub descriptor: i32,
}

/// How many descriptors of an epoll set are told.
const MOST_SOURCES: usize = 64;

pub(super) fn paint(observer: &mut Observer) -> Portrait {
    let list = observer.threads.list().unwrap_or_default();
    let tcp = observer.sockets.tcp().unwrap_or_default();
    let mut processes: Vec<ProcessPortrait> = Vec::new();
    for thread in &list {
        let Some(painted) = paint_thread(observer, *thread, &tcp) else {
            continue;
        };
        if processes
            .last()
            .is_none_or(|last| last.pid != thread.process)
        {
            let Some(process) = paint_process(observer, thread.process) else {
                continue;
            };
            processes.push(process);
        }
        let Some(process) = processes.last_mut() else {
            continue;
        };
        let (portrait, ran, ended) = painted;
        process.processor += ran;
        if ended {
            process.ended |= thread.thread == process.pid;
        } else {
            process.ended = false;
            process.threads.push(portrait);
        }
    }
    observer
        .painted
        .retain(|thread, _| list.binary_search(thread).is_ok());
    let parents: HashMap<i32, i32> = processes
        .iter()
        .map(|process| (process.pid, process.parent))
        .collect();
    for process in &mut processes {
        while let Some(parent) = parents.get(&process.program) {
            if !parents.contains_key(parent) || *parent == process.program {
                break;
            }
            process.program = *parent;
        }
    }
    let mut holders: HashMap<u32, Vec<Holder>> = HashMap::new();
    for process in &mut processes {
        let pid = process.pid;
        let Some(descriptors) = processes::descriptors(pid) else {
            continue;
        };
        process.descriptors = Some(descriptors.len());
        for (descriptor, inode) in descriptors {
            if let Some(inode) = inode {
                let holder = Holder { pid, descriptor };
                holders.entry(inode).or_default().push(holder);
            }
        }
    }
    let mut sockets: Vec<SocketPortrait> = tcp.iter().map(paint_tcp).collect();
    sockets.extend(paint_udp(observer));
    for socket in &mut sockets {
        if socket.inode != 0 {
            socket.holders = holders.get(&socket.inode).cloned().unwrap_or_default();
        }
    }
    if observer.scope == Scope::Shared {
        sockets.retain(|socket| !socket.holders.is_empty());
    }
    Portrait { processes, sockets }
}

fn paint_process(observer: &mut Observer, pid: i32) -> Option<ProcessPortrait> {
    let main = Thread {
        process: pid,
        thread: pid,
    };
    let stat = observer.threads.stat(main).ok()?;
    Some(ProcessPortrait {
        pid,
        parent: stat.parent,
        program: pid,
        name: process_name(pid),
        ended: false,
        threads: Vec::new(),
        descriptors: None,
        processor: Duration::ZERO,
    })
}

/// The thread, its processor time, and whether it has ended.
fn paint_thread(
    observer: &mut Observer,
    thread: Thread,
    tcp: &[TcpSocket],
) -> Option<(ThreadPortrait, Duration, bool)> {
    let times = observer.threads.times(thread).ok()?;
    let state = observer.threads.stat(thread).ok()?.state;
    let doing = match state {
        State::Runs | State::Ended => Doing::Runs,
        State::Stopped | State::Traced => Doing::Stopped,
        State::Sleeps | State::Firmly => match observer.threads.sight(thread) {
            Ok(sight) => match sight.position {
                Some(Position::Blocked(frame)) => {
                    let call = call::decode(thread.process, &frame).unwrap_or(Call::Unknown);
                    doing(observer, thread, state, call, frame.number, tcp)
                }
                _ => Doing::Runs,
            },
            Err(_) => Doing::Unknown,
        },
    };
    let before = observer.painted.insert(thread, times.ran).unwrap_or(0);
    let portrait = ThreadPortrait {
        thread,
        name: thread_name(thread),
        doing,
        used: Duration::from_nanos(times.ran.saturating_sub(before)),
    };
    Some((
        portrait,
        Duration::from_nanos(times.ran),
        state == State::Ended,
    ))
}

fn doing(
    observer: &mut Observer,
    thread: Thread,
    state: State,
    call: Call,
    number: i64,
    tcp: &[TcpSocket],
) -> Doing {
    let announceable = [libc::SYS_connect, libc::SYS_sendto].contains(&number);
    if (announceable || state == State::Firmly) && is_held(thread) {
        return Doing::Waits {
            wait: Wait::Viva,
            limit: Limit::Never,
        };
    }
    if state == State::Firmly {
        return Doing::Runs;
    }
    let mut limit = None;
    let (wait, timeout) = match call {
        Call::Descriptors { awaited, timeout } => {
            let mut sources = Vec::new();
            for one in awaited {
                sources.extend(paint_sources(observer, thread, one, &mut limit, tcp));
            }
            sources.truncate(MOST_SOURCES);
            (Wait::Input(sources), timeout)
        }
        Call::Connect { descriptor } => {
            let inode = observer
                .descriptors
                .duplicate(thread.process, descriptor)
                .and_then(|file| rustix::fs::fstat(&file))
                .map_or(0, |status| status.st_ino);
            let attempt = tcp.iter().find(|socket| {
                inode != 0 && u64::from(socket.inode) == inode && socket.state == TcpState::SynSent
            });
            let source = Source {
                descriptor,
                what: Awaiting::Connect {
                    to: attempt.map(|socket| socket.remote),
                },
                ready: false,
            };
            (Wait::Input(vec![source]), Timeout::Unknown)
        }
        Call::Lock(timeout) => (Wait::Lock, timeout),
        Call::Child(number) => (
            Wait::Child(number.and_then(|number| named(observer, number))),
            Timeout::Never,
        ),
        Call::Signal(timeout) => (Wait::Signal, timeout),
        Call::Sleep(timeout) => (Wait::Sleep, timeout),
        Call::Opening => (Wait::Opening, Timeout::Never),
        Call::Announceable => (Wait::Viva, Timeout::Never),
        Call::Unknown => (Wait::Call(number), Timeout::Never),
    };
    let left = timeout.left(observer.waited(thread));
    Doing::Waits {
        wait,
        limit: match super::descriptors::sooner(left, limit) {
            None => Limit::Never,
            Some(Some(left)) => Limit::After(left),
            Some(None) => Limit::Unknown,
        },
    }
}

/// Which process of the box calls itself by this number.
fn named(observer: &mut Observer, number: i32) -> Option<i32> {
    let list = observer.threads.list().unwrap_or_default();
    let mut mains = list.iter().filter(|one| one.process == one.thread);
    let found = mains.find(|main| processes::own_number(main.process) == Some(number));
    found.map(|main| main.process)
}

/// One descriptor, or all that an epoll descriptor watches.
fn paint_sources(
    observer: &mut Observer,
    thread: Thread,
    awaited: Awaited,
    limit: &mut Option<Option<Duration>>,
    tcp: &[TcpSocket],
) -> Vec<Source> {
    let process = thread.process;
    let look = observer
        .descriptors
        .look(process, awaited)
        .unwrap_or_default();
    *limit = super::descriptors::sooner(*limit, look.timer);
    *limit = super::descriptors::sooner(*limit, look.timeout.map(Some));
    let Ok(file) = observer.descriptors.duplicate(process, awaited.descriptor) else {
        return vec![Source {
            descriptor: awaited.descriptor,
            what: Awaiting::Closed,
            ready: false,
        }];
    };
    let watched = targets(&file).unwrap_or_default();
    if watched.is_empty() {
        return vec![Source {
            descriptor: awaited.descriptor,
            what: awaiting(process, awaited, &file, tcp),
            ready: look.ready,
        }];
    }
    let mut sources = Vec::new();
    for target in watched.into_iter().take(MOST_SOURCES) {
        // The flags of epoll are those of poll, with some more.
        let watched = PollFlags::from_bits_retain(target.events as u16);
        // Whoever waits for both has nothing to read first of all.
        let events = if watched.contains(PollFlags::IN) {
            PollFlags::IN
        } else {
            watched & (PollFlags::OUT | PollFlags::PRI)
        };
        let target = Awaited::new(target.descriptor, events);
        let look = observer
            .descriptors
            .look(process, target)
            .unwrap_or_default();
        let what = observer
            .descriptors
            .duplicate(process, target.descriptor)
            .map_or(Awaiting::Closed, |file| {
                awaiting(process, target, &file, tcp)
            });
        sources.push(Source {
            descriptor: target.descriptor,
            what,
            ready: look.ready,
        });
    }
    sources
}

fn awaiting(process: i32, awaited: Awaited, file: &OwnedFd, tcp: &[TcpSocket]) -> Awaiting {
    // Whoever waits for both has nothing to read first of all.
    let to_read = awaited.events.contains(PollFlags::IN);
    let kind = rustix::fs::fstat(file).map_or(0, |status| status.st_mode & libc::S_IFMT);
    if kind == libc::S_IFSOCK {
        return socket(file, to_read, tcp);
    }
    if to_read && (awaited.descriptor == 0 || rustix::termios::isatty(file)) {
        return Awaiting::Keyboard;
    }
    if !to_read && matches!(awaited.descriptor, 1 | 2) {
        return Awaiting::OutputRoom;
    }
    match kind {
        libc::S_IFIFO if to_read => Awaiting::Pipe,
        libc::S_IFIFO => Awaiting::PipeRoom,
        0 => Awaiting::Event,
        _ => {
            let link = format!("/proc/{process}/fd/{}", awaited.descriptor);
            Awaiting::Other(fs::read_link(link).unwrap_or_default())
        }
    }
}

fn socket(file: &OwnedFd, to_read: bool, tcp: &[TcpSocket]) -> Awaiting {
    let address = |address: Option<rustix::net::SocketAddrAny>| {
        address
            .and_then(|address| SocketAddr::try_from(address).ok())
            .map(super::sockets::plain)
    };
    let local = address(rustix::net::getsockname(file).ok());
    let remote = address(rustix::net::getpeername(file).ok().flatten());
    let is_stream =
        sockopt::socket_type(file).is_ok_and(|kind| kind == rustix::net::SocketType::STREAM);
    let Some(local) = local else {
        return if to_read {
            Awaiting::Pipe
        } else {
            Awaiting::PipeRoom
        };
    };
    if sockopt::socket_acceptconn(file).unwrap_or(false) {
        return Awaiting::Connection { listener: local };
    }
    match (to_read, remote) {
        (true, Some(remote)) if is_stream => Awaiting::Data { local, remote },
        (true, _) if !is_stream => Awaiting::Datagram { local },
        (_, None) if is_stream => {
            let attempt = tcp
                .iter()
                .find(|socket| socket.state == TcpState::SynSent && socket.local == local);
            Awaiting::Connect {
                to: attempt.map(|socket| socket.remote),
            }
        }
        _ => Awaiting::Room { local, remote },
    }
}

fn paint_tcp(socket: &TcpSocket) -> SocketPortrait {
    let listens = socket.state == TcpState::Listen;
    let heard = matches!(
        socket.state,
        TcpState::CloseWait | TcpState::LastAck | TcpState::Closing
    );
    // A close that has come counts as a byte until it is read.
    let close_unread = heard && socket.unread > 0;
    SocketPortrait {
        protocol: Protocol::Tcp,
        state: Some(socket.state),
        local: socket.local,
        remote: (socket.remote.port() != 0).then_some(socket.remote),
        unread: if listens {
            0
        } else {
            socket.unread - u32::from(close_unread)
        },
        unsent: if listens { 0 } else { socket.unsent },
        close_unread,
        queue: listens.then_some(socket.unread),
        backlog: listens.then_some(socket.unsent),
        inode: socket.inode,
        holders: Vec::new(),
        drops: 0,
    }
}

fn paint_udp(observer: &mut Observer) -> Vec<SocketPortrait> {
    let sockets = observer.sockets.udp_bound().unwrap_or_default();
    let paint = |socket: super::sockets::UdpSocket| SocketPortrait {
        protocol: Protocol::Udp,
        state: None,
        local: socket.local,
        remote: socket.remote,
        unread: socket.unread,
        unsent: 0,
        close_unread: false,
        queue: None,
        backlog: None,
        inode: socket.inode,
        holders: Vec::new(),
        drops: socket.drops,
    };
    sockets.into_iter().map(paint).collect()
}

/// Whether a thread waits for Viva to answer an announcement (seccomp_unotify(2)). It can't be seen whether she has received it.
pub(super) fn is_held(thread: Thread) -> bool {
    let path = format!("/proc/{}/task/{}/wchan", thread.process, thread.thread);
    fs::read_to_string(path).is_ok_and(|place| place.contains("seccomp"))
}

/// The name of a thread, as pthread_setname_np(3) sets it.
pub(super) fn thread_name(thread: Thread) -> String {
    let path = format!("/proc/{}/task/{}/comm", thread.process, thread.thread);
    let name = fs::read(path).unwrap_or_default();
    String::from_utf8_lossy(&name)
        .trim_end_matches('\n')
        .to_owned()
}

/// Executables that run what their first argument names.
const INTERPRETERS: [&str; 9] = [
    "python", "node", "ruby", "perl", "bash", "sh", "dash", "java", "php",
];
/// Options of theirs that take the next word.
const WITH_WORD: [&str; 8] = [
    "-X",
    "-W",
    "-cp",
    "-classpath",
    "--class-path",
    "-p",
    "-r",
    "-I",
];

fn process_name(pid: i32) -> String {
    let line = fs::read(format!("/proc/{pid}/cmdline")).unwrap_or_default();
    let words: Vec<String> = line
        .split(|byte| *byte == 0)
        .take(64)
        .map(|word| String::from_utf8_lossy(word).into_owned())
        .collect();
    let main = Thread {
        process: pid,
        thread: pid,
    };
    named_by(&words).unwrap_or_else(|| thread_name(main))
}

fn named_by(words: &[String]) -> Option<String> {
    let last = |path: &str| path.rsplit('/').next().unwrap_or(path).to_owned();
    let own = last(words.first().filter(|word| !word.is_empty())?);
    let stem = own.trim_end_matches(|c: char| c.is_ascii_digit() || c == '.');
    if !INTERPRETERS.contains(&stem) {
        return Some(own);
    }
    let mut rest = words[1..].iter();
    while let Some(word) = rest.next() {
        match word.as_str() {
            "-m" | "-jar" => return rest.next().map(|name| last(name)),
            "-c" | "-e" | "" => return Some(own),
            // Python's -I is one of the few that take none.
            "-I" if stem == "python" => {}
            word if WITH_WORD.contains(&word) => {
                rest.next();
            }
            word if word.starts_with('-') => {}
            word => return Some(last(word)),
        }
    }
    Some(own)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_program_is_called_by_its_script() {
        let of = |line: &str| {
            let words: Vec<String> = line.split(' ').map(str::to_owned).collect();
            named_by(&words)
        };
        let named = |name: &str| Some(name.to_owned());
        assert_eq!(
            of("/usr/bin/python3.11 -u -X dev /tmp/x/server.py 9999"),
            named("server.py")
        );
        assert_eq!(of("python3 -I server.py"), named("server.py"));
        assert_eq!(of("python3 -m http.server"), named("http.server"));
        assert_eq!(of("python3 -c pass"), named("python3"));
        assert_eq!(of("java -cp . ChatServer"), named("ChatServer"));
        assert_eq!(of("./server 9999"), named("server"));
        assert_eq!(of(""), None);
    }
}
