//! The descriptors of another process: looked at through a duplicate (pidfd_getfd(2)) that lives no longer than the look, so that a close by its owner takes effect.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::os::fd::{AsRawFd, OwnedFd};
use std::time::Duration;

use rustix::event::{PollFd, PollFlags};
use rustix::io::Errno;
use rustix::net::sockopt::{self, Timeout as Direction};
use rustix::process::{Pid, PidfdFlags, PidfdGetfdFlags};
use rustix::termios::{LocalModes, SpecialCodeIndex};
use rustix::time::Timespec;

use super::call::Awaited;

/// How deep epoll descriptors may lie in each other (epoll_create(2): 5).
const DEEPEST: u32 = 5;

/// Processes by descriptors of ours.
#[derive(Debug, Default)]
pub(super) struct Descriptors {
    pidfds: HashMap<i32, OwnedFd>,
}

/// What a look at an awaited descriptor found.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Look {
    /// What is awaited is there.
    pub(super) ready: bool,
    /// The timeout of its own: a socket's (SO_RCVTIMEO, SO_SNDTIMEO), or a terminal's.
    pub(super) timeout: Option<Duration>,
    /// A timerfd is behind it: it goes off after that time, or, if that can't be known, perhaps never.
    pub(super) timer: Option<Option<Duration>>,
    /// Its inode, as sock_diag(7) tells sockets apart.
    pub(super) inode: u64,
}

impl Descriptors {
    /// The same open file for us.
    pub(super) fn duplicate(
        &mut self,
        process: i32,
        descriptor: i32,
    ) -> rustix::io::Result<OwnedFd> {
        // What a program gives to a system call may be any number.
        if descriptor < 0 {
            return Err(Errno::BADF);
        }
        let pidfd = match self.pidfds.entry(process) {
            Entry::Occupied(entry) => entry.into_mut(),
            Entry::Vacant(entry) => {
                let number = Pid::from_raw(process).ok_or(Errno::SRCH)?;
                let pidfd = rustix::process::pidfd_open(number, PidfdFlags::empty())?;
                entry.insert(pidfd)
            }
        };
        let duplicate = rustix::process::pidfd_getfd(pidfd, descriptor, PidfdGetfdFlags::empty());
        if matches!(duplicate, Err(Errno::SRCH)) {
            self.pidfds.remove(&process);
        }
        duplicate
    }

    /// Forgets all processes but these.
    pub(super) fn keep(&mut self, processes: impl Fn(i32) -> bool) {
        self.pidfds.retain(|process, _| processes(*process));
    }

    /// Whether what a thread waits for is there. A descriptor that was closed while it is being waited for never is: the wait goes on, at a file without a name.
    pub(super) fn look(&mut self, process: i32, awaited: Awaited) -> rustix::io::Result<Look> {
        let file = match self.duplicate(process, awaited.descriptor) {
            Err(Errno::BADF) => return Ok(Look::default()),
            file => file?,
        };
        let mut look = Look::default();
        // For a terminal this also makes the kernel deliver what has been typed.
        let mut polled = [PollFd::new(&file, awaited.events)];
        rustix::event::poll(&mut polled, Some(&Timespec::default()))?;
        look.ready = polled[0].revents().intersects(awaited.wakes);
        let status = rustix::fs::fstat(&file)?;
        look.inode = status.st_ino;
        match status.st_mode & libc::S_IFMT {
            libc::S_IFSOCK => {
                let direction = if awaited.events.contains(PollFlags::IN) {
                    Direction::Recv
                } else {
                    Direction::Send
                };
                look.timeout = sockopt::socket_timeout(&file, direction)?;
            }
            libc::S_IFCHR => look.timeout = interval(&file),
            // Files of the kernel's own (anon_inode) have no type: timers and epoll are among them.
            0 => look.timer = self.timer(process, &file, status.st_ino, DEEPEST)?,
            _ => {}
        }
        Ok(look)
    }

    /// Makes the kernel deliver what has been typed at the terminal of a process, if it has one: ctrl-C is a signal only then.
    pub(super) fn deliver_typing(&mut self, process: i32) {
        if let Ok(input) = self.duplicate(process, 0)
            && rustix::termios::isatty(&input)
        {
            let _ = rustix::event::poll(
                &mut [PollFd::new(&input, PollFlags::IN)],
                Some(&Timespec::default()),
            );
        }
    }

    /// When a timerfd goes off, or the first of those in an epoll set.
    fn timer(
        &mut self,
        process: i32,
        file: &OwnedFd,
        inode: u64,
        depth: u32,
    ) -> rustix::io::Result<Option<Option<Duration>>> {
        if let Ok(timer) = rustix::time::timerfd_gettime(file) {
            let left = timer.it_value;
            let left = Duration::new(
                left.tv_sec.try_into().unwrap_or(0),
                left.tv_nsec.try_into().unwrap_or(0),
            );
            // Nothing is left of one that isn't set, and of one whose time has come and whose interrupt hasn't: the two look the same.
            return Ok(Some(Some(left).filter(|left| !left.is_zero())));
        }
        let mut first = None;
        for target in targets(file)? {
            if target.inode != inode {
                continue;
            }
            let timer = match self.duplicate(process, target.descriptor) {
                // It is watched, but has another number now, or none: what it is can't be seen.
                Err(Errno::BADF) => Some(None),
                _ if depth == 0 => Some(None),
                file => self.timer(process, &file?, inode, depth - 1)?,
            };
            first = sooner(first, timer);
        }
        Ok(first)
    }
}

/// How long a read(2) at a terminal that is not read by lines may wait: VTIME of termios(3), in tenths of a second.
fn interval(file: &OwnedFd) -> Option<Duration> {
    let modes = rustix::termios::tcgetattr(file).ok()?;
    let tenths = modes.special_codes[SpecialCodeIndex::VTIME];
    let by_lines = modes.local_modes.contains(LocalModes::ICANON);
    (!by_lines && tenths > 0).then(|| Duration::from_millis(100) * u32::from(tenths))
}

/// The sooner of two ends, each of which may be never (`None`) or unknown (`Some(None)`).
pub(super) fn sooner(
    one: Option<Option<Duration>>,
    other: Option<Option<Duration>>,
) -> Option<Option<Duration>> {
    match (one, other) {
        (None, end) | (end, None) => end,
        (Some(None), end) | (end, Some(None)) => end,
        (Some(Some(one)), Some(Some(other))) => Some(Some(one.min(other))),
    }
}

/// What an epoll descriptor watches.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Target {
    /// The number that it had when it was added.
    pub(super) descriptor: i32,
    pub(super) events: u32,
    inode: u64,
}

/// What an epoll descriptor of ours watches (proc(5), /proc/PID/fdinfo); nothing, if it is none.
pub(super) fn targets(file: &OwnedFd) -> rustix::io::Result<Vec<Target>> {
    let path = format!("/proc/self/fdinfo/{}", file.as_raw_fd());
    let text = std::fs::read_to_string(path)
        .map_err(|error| Errno::from_io_error(&error).unwrap_or(Errno::IO))?;
    Ok(text.lines().filter_map(target).collect())
}

fn target(line: &str) -> Option<Target> {
    let mut words = line.strip_prefix("tfd:")?.split_ascii_whitespace();
    let descriptor = words.next()?.parse().ok()?;
    let events = words
        .find(|word| *word == "events:")
        .and_then(|_| words.next())?;
    let inode = words.find_map(|word| word.strip_prefix("ino:"))?;
    Some(Target {
        descriptor,
        events: u32::from_str_radix(events, 16).ok()?,
        inode: u64::from_str_radix(inode, 16).ok()?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use rustix::event::epoll;
    use rustix::time::{
        Itimerspec, TimerfdClockId, TimerfdFlags, TimerfdTimerFlags, timerfd_create,
        timerfd_settime,
    };

    fn look(descriptors: &mut Descriptors, file: &OwnedFd, events: PollFlags) -> Look {
        let awaited = Awaited::new(file.as_raw_fd(), events);
        descriptors
            .look(std::process::id() as i32, awaited)
            .unwrap()
    }

    #[test]
    fn a_pipe_is_ready_when_something_is_in_it() {
        let mut descriptors = Descriptors::default();
        let (reader, writer) = rustix::pipe::pipe().unwrap();
        assert!(!look(&mut descriptors, &reader, PollFlags::IN).ready);
        assert!(look(&mut descriptors, &writer, PollFlags::OUT).ready);
        rustix::io::write(&writer, b"x").unwrap();
        assert!(look(&mut descriptors, &reader, PollFlags::IN).ready);
        let closed = Awaited::new(i32::MAX, PollFlags::IN);
        let own = std::process::id() as i32;
        assert_eq!(descriptors.look(own, closed), Ok(Look::default()));
    }

    #[test]
    fn timers_are_seen_through_epoll() {
        let mut descriptors = Descriptors::default();
        let timer = timerfd_create(TimerfdClockId::Monotonic, TimerfdFlags::CLOEXEC).unwrap();
        let inner = epoll::create(epoll::CreateFlags::CLOEXEC).unwrap();
        let outer = epoll::create(epoll::CreateFlags::CLOEXEC).unwrap();
        let data = epoll::EventData::new_u64(0);
        epoll::add(&inner, &timer, data, epoll::EventFlags::IN).unwrap();
        epoll::add(&outer, &inner, data, epoll::EventFlags::IN).unwrap();
        // It is not set; but it might be about to go off.
        for file in [&timer, &inner, &outer] {
            assert_eq!(
                look(&mut descriptors, file, PollFlags::IN).timer,
                Some(None)
            );
        }
        let hour = Timespec {
            tv_sec: 3600,
            tv_nsec: 0,
        };
        let once = Itimerspec {
            it_interval: Timespec::default(),
            it_value: hour,
        };
        timerfd_settime(&timer, TimerfdTimerFlags::empty(), &once).unwrap();
        for file in [&timer, &inner, &outer] {
            let left = look(&mut descriptors, file, PollFlags::IN).timer;
            let left = left.unwrap().unwrap();
            assert!(left <= Duration::from_secs(3600) && left > Duration::from_secs(3500));
        }
    }

    #[test]
    fn the_sooner_of_two_ends() {
        let second = Some(Some(Duration::from_secs(1)));
        let hour = Some(Some(Duration::from_secs(3600)));
        assert_eq!(sooner(None, None), None);
        assert_eq!(sooner(None, hour), hour);
        assert_eq!(sooner(hour, second), second);
        assert_eq!(sooner(Some(None), hour), hour);
        assert_eq!(sooner(Some(None), None), Some(None));
    }

    #[test]
    fn lines_of_fdinfo() {
        let line = "tfd:        5 events:       19 data: 7f00000005  pos:0 ino:1c4f sdev:8";
        let seen = Target {
            descriptor: 5,
            events: 0x19,
            inode: 0x1c4f,
        };
        assert_eq!(target(line), Some(seen));
        assert_eq!(target("pos:\t0"), None);
    }
}
