//! Gathers a portrait.

use std::collections::HashMap;
use std::fs;
use std::net::SocketAddr;
use std::os::fd::OwnedFd;
use std::time::Duration;

use rustix::event::PollFlags;
use rustix::net::sockopt;

use super::call::{self, Awaited, Call};
use super::descriptors::{Descriptors, sooner, targets};
use super::inet_diag::plain;
use super::names;
use super::observer::{Observer, Scope};
use super::portrait::{
    Awaiting, Doing, Holder, Limit, Portrait, ProcessPortrait, Protocol, SocketPortrait, Source,
    ThreadPortrait, Wait,
};
use super::position::Position;
use super::processes;
use super::queue;
use super::rest::Thread;
use super::sockets::{TcpSocket, TcpState, UdpSocket};
use super::threads::{State, is_held};
use super::timeout::Timeout;

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
        if let (Protocol::Udp, 1.., Some(holder)) =
            (socket.protocol, socket.unread, socket.holders.first())
            && let Ok(file) = observer
                .descriptors
                .duplicate(holder.pid, holder.descriptor)
            && let Ok(queued) = queue::datagrams(&file)
        {
            socket.unread = queued.iter().map(|datagram| datagram.bytes).sum();
            socket.datagrams = queued;
        }
    }
    if observer.scope == Scope::Shared {
        let held = |socket: &SocketPortrait| !socket.holders.is_empty();
        let listens = |socket: &&SocketPortrait| socket.state == Some(TcpState::Listen);
        let listeners: Vec<SocketAddr> = sockets
            .iter()
            .filter(|socket| held(socket))
            .filter(listens)
            .map(|socket| socket.local)
            .collect();
        sockets.retain(|socket| held(socket) || waits_for(socket, &listeners));
    }
    Portrait { processes, sockets }
}

/// Whether it is a connection that waits for one of these listeners to accept it. What a program has closed has no inode either, but another state.
fn waits_for(socket: &SocketPortrait, listeners: &[SocketAddr]) -> bool {
    let is_open = matches!(
        socket.state,
        Some(TcpState::Established | TcpState::CloseWait)
    );
    is_open
        && socket.inode == 0
        && listeners.iter().any(|listener| {
            listener.port() == socket.local.port()
                && (listener.ip().is_unspecified() || listener.ip() == socket.local.ip())
        })
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
        name: names::of_process(pid),
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
    let name = names::of_thread(thread);
    let portrait = ThreadPortrait {
        thread,
        is_helper: names::is_helper(thread, &name),
        name,
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
                let descriptors = &mut observer.descriptors;
                sources.extend(sources_of(
                    descriptors,
                    thread.process,
                    one,
                    &mut limit,
                    tcp,
                ));
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
        limit: match sooner(left, limit) {
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
pub(super) fn sources_of(
    descriptors: &mut Descriptors,
    process: i32,
    awaited: Awaited,
    limit: &mut Option<Option<Duration>>,
    tcp: &[TcpSocket],
) -> Vec<Source> {
    let look = descriptors.look(process, awaited).unwrap_or_default();
    *limit = sooner(*limit, look.timer);
    *limit = sooner(*limit, look.timeout.map(Some));
    let Ok(file) = descriptors.duplicate(process, awaited.descriptor) else {
        return vec![Source {
            descriptor: awaited.descriptor,
            what: Awaiting::Closed,
            ready: false,
        }];
    };
    // Files of the kernel's own have no type: epoll descriptors are among them.
    let watched = match kind(&file) {
        0 => targets(&file).unwrap_or_default(),
        _ => Vec::new(),
    };
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
        let look = descriptors.look(process, target).unwrap_or_default();
        let what = descriptors
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
    let kind = kind(file);
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

/// Its file type (inode(7)).
fn kind(file: &OwnedFd) -> u32 {
    rustix::fs::fstat(file).map_or(0, |status| status.st_mode & libc::S_IFMT)
}

fn socket(file: &OwnedFd, to_read: bool, tcp: &[TcpSocket]) -> Awaiting {
    let address = |address: Option<rustix::net::SocketAddrAny>| {
        address
            .and_then(|address| SocketAddr::try_from(address).ok())
            .map(plain)
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
        datagrams: Vec::new(),
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
    let paint = |socket: UdpSocket| SocketPortrait {
        protocol: Protocol::Udp,
        state: None,
        local: socket.local,
        remote: socket.remote,
        unread: socket.unread,
        datagrams: Vec::new(),
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
