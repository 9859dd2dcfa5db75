//! What a thread waits for, by the system call that it is in (proc(5), /proc/PID/syscall).

use std::time::Duration;

use rustix::event::PollFlags;

use super::memory;
use super::position::Frame;
use super::timeout::{Clock, Timeout};

/// What a blocked system call waits for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Call {
    /// Any of these descriptors.
    Descriptors {
        awaited: Vec<Awaited>,
        timeout: Timeout,
    },
    /// A connection attempt to be answered.
    Connect {
        descriptor: i32,
    },
    /// A futex, a semaphore, a file lock, a message queue: another thread.
    Lock(Timeout),
    /// The end of a child: of this one, or of any.
    Child(Option<i32>),
    Signal(Timeout),
    Sleep(Timeout),
    /// The other end of a named pipe to be opened.
    Opening,
    /// A call that is known not to wait by itself, only for Viva, to whom it may be announced.
    Announceable,
    Unknown,
}

/// A descriptor, and what of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Awaited {
    pub(super) descriptor: i32,
    /// What to ask poll(2) for.
    pub(super) events: PollFlags,
    /// Which of the answers end the wait: poll(2) always tells of errors and hang-ups, too.
    pub(super) wakes: PollFlags,
}

impl Awaited {
    pub(super) fn new(descriptor: i32, events: PollFlags) -> Self {
        Awaited {
            descriptor,
            events,
            wakes: PollFlags::all(),
        }
    }
}

/// Most descriptors in one call that are looked at.
const MOST_DESCRIPTORS: usize = 4096;

/// Reads a call of the process `pid`, its memory included where arguments point there.
///
/// # Errors
///
/// The memory can't be read.
pub(super) fn decode(pid: i32, frame: &Frame) -> rustix::io::Result<Call> {
    let arguments = &frame.arguments;
    let descriptor = |at: usize| arguments[at] as i32;
    let of = |at: usize, events: PollFlags| Call::Descriptors {
        awaited: vec![Awaited::new(descriptor(at), events)],
        timeout: Timeout::Never,
    };
    let relative = |at: usize| -> rustix::io::Result<Timeout> {
        match arguments[at] {
            0 => Ok(Timeout::Never),
            pointer => Ok(memory::time(pid, pointer, 1)?.map_or(Timeout::Unknown, Timeout::After)),
        }
    };
    let milliseconds = |at: usize| match u64::try_from(arguments[at] as i32) {
        Ok(number) => Timeout::After(Duration::from_millis(number)),
        Err(_) => Timeout::Never,
    };
    Ok(match frame.number {
        libc::SYS_recvmmsg => match of(0, PollFlags::IN) {
            Call::Descriptors { awaited, .. } => Call::Descriptors {
                awaited,
                timeout: relative(4)?,
            },
            call => call,
        },
        // With MSG_WAITALL, too, whatever has come is taken at once, so that none of it lies there.
        libc::SYS_recvfrom
        | libc::SYS_recvmsg
        | libc::SYS_read
        | libc::SYS_readv
        | libc::SYS_pread64
        | libc::SYS_preadv
        | libc::SYS_preadv2
        | libc::SYS_accept
        | libc::SYS_accept4 => of(0, PollFlags::IN),
        libc::SYS_write
        | libc::SYS_writev
        | libc::SYS_pwrite64
        | libc::SYS_pwritev
        | libc::SYS_pwritev2
        | libc::SYS_sendto
        | libc::SYS_sendmsg
        | libc::SYS_sendmmsg
        | libc::SYS_sendfile => of(0, PollFlags::OUT),
        libc::SYS_connect => Call::Connect {
            descriptor: descriptor(0),
        },
        libc::SYS_listen | libc::SYS_bind | libc::SYS_setitimer => Call::Announceable,
        libc::SYS_ppoll => Call::Descriptors {
            awaited: polled(pid, arguments[0], arguments[1])?,
            timeout: relative(2)?,
        },
        libc::SYS_pselect6 => Call::Descriptors {
            awaited: selected(pid, arguments)?,
            timeout: relative(4)?,
        },
        libc::SYS_epoll_pwait | libc::SYS_epoll_pwait2 => {
            let timeout = if frame.number == libc::SYS_epoll_pwait {
                milliseconds(3)
            } else {
                relative(3)?
            };
            Call::Descriptors {
                awaited: vec![Awaited::new(descriptor(0), PollFlags::IN)],
                timeout,
            }
        }
        libc::SYS_futex => Call::Lock(futex(pid, arguments)?),
        libc::SYS_futex_waitv => Call::Lock(match arguments[3] {
            0 => Timeout::Never,
            pointer => absolute(pid, pointer, arguments[4])?,
        }),
        libc::SYS_flock | libc::SYS_semop | libc::SYS_msgrcv | libc::SYS_msgsnd => {
            Call::Lock(Timeout::Never)
        }
        libc::SYS_fcntl
            if [libc::F_SETLKW, libc::F_OFD_SETLKW].contains(&(arguments[1] as i32)) =>
        {
            Call::Lock(Timeout::Never)
        }
        libc::SYS_semtimedop => Call::Lock(relative(3)?),
        libc::SYS_mq_timedreceive | libc::SYS_mq_timedsend => Call::Lock(match arguments[4] {
            0 => Timeout::Never,
            pointer => absolute(pid, pointer, libc::CLOCK_REALTIME as u64)?,
        }),
        libc::SYS_wait4 => Call::Child(Some(arguments[0] as i32).filter(|child| *child > 0)),
        libc::SYS_waitid => {
            let is_one = arguments[0] == u64::from(libc::P_PID);
            Call::Child(Some(arguments[1] as i32).filter(|_| is_one))
        }
        libc::SYS_rt_sigsuspend => Call::Signal(Timeout::Never),
        libc::SYS_rt_sigtimedwait => Call::Signal(relative(2)?),
        libc::SYS_nanosleep => Call::Sleep(relative(0)?),
        libc::SYS_clock_nanosleep => Call::Sleep(if arguments[1] & 1 == 0 {
            relative(2)?
        } else {
            absolute(pid, arguments[2], arguments[0])?
        }),
        // A poll, a sleep or a futex with a timeout that a stop has interrupted: the arguments are gone.
        libc::SYS_restart_syscall => Call::Sleep(Timeout::Unknown),
        libc::SYS_openat => Call::Opening,
        number => older(pid, number, arguments)?,
    })
}

/// The calls that newer architectures don't have.
#[cfg(target_arch = "x86_64")]
fn older(pid: i32, number: i64, arguments: &[u64; 6]) -> rustix::io::Result<Call> {
    Ok(match number {
        libc::SYS_poll => Call::Descriptors {
            awaited: polled(pid, arguments[0], arguments[1])?,
            timeout: match u64::try_from(arguments[2] as i32) {
                Ok(number) => Timeout::After(Duration::from_millis(number)),
                Err(_) => Timeout::Never,
            },
        },
        libc::SYS_select => Call::Descriptors {
            awaited: selected(pid, arguments)?,
            timeout: match arguments[4] {
                0 => Timeout::Never,
                pointer => {
                    memory::time(pid, pointer, 1000)?.map_or(Timeout::Unknown, Timeout::After)
                }
            },
        },
        libc::SYS_epoll_wait => Call::Descriptors {
            awaited: vec![Awaited::new(arguments[0] as i32, PollFlags::IN)],
            timeout: match u64::try_from(arguments[3] as i32) {
                Ok(number) => Timeout::After(Duration::from_millis(number)),
                Err(_) => Timeout::Never,
            },
        },
        libc::SYS_alarm => Call::Announceable,
        libc::SYS_pause => Call::Signal(Timeout::Never),
        libc::SYS_open => Call::Opening,
        _ => Call::Unknown,
    })
}

#[cfg(not(target_arch = "x86_64"))]
fn older(_: i32, _: i64, _: &[u64; 6]) -> rustix::io::Result<Call> {
    Ok(Call::Unknown)
}

/// futex(2): FUTEX_WAIT counts from now, all others are told a time of a clock.
fn futex(pid: i32, arguments: &[u64; 6]) -> rustix::io::Result<Timeout> {
    let operation = arguments[1] as i32;
    let command = operation & !(libc::FUTEX_PRIVATE_FLAG | libc::FUTEX_CLOCK_REALTIME);
    let realtime = operation & libc::FUTEX_CLOCK_REALTIME != 0 || command == libc::FUTEX_LOCK_PI;
    match (command, arguments[3]) {
        (
            libc::FUTEX_WAIT
            | libc::FUTEX_WAIT_BITSET
            | libc::FUTEX_LOCK_PI
            | FUTEX_LOCK_PI2
            | libc::FUTEX_WAIT_REQUEUE_PI,
            0,
        ) => Ok(Timeout::Never),
        (libc::FUTEX_WAIT, pointer) => {
            Ok(memory::time(pid, pointer, 1)?.map_or(Timeout::Unknown, Timeout::After))
        }
        (_, pointer) if realtime => absolute(pid, pointer, libc::CLOCK_REALTIME as u64),
        (_, pointer) => absolute(pid, pointer, libc::CLOCK_MONOTONIC as u64),
    }
}

/// linux/futex.h
const FUTEX_LOCK_PI2: i32 = 13;

fn absolute(pid: i32, pointer: u64, clock: u64) -> rustix::io::Result<Timeout> {
    let clock = match clock as i32 {
        libc::CLOCK_REALTIME | libc::CLOCK_REALTIME_ALARM => Clock::Realtime,
        libc::CLOCK_MONOTONIC => Clock::Monotonic,
        libc::CLOCK_BOOTTIME | libc::CLOCK_BOOTTIME_ALARM => Clock::Boottime,
        _ => return Ok(Timeout::Unknown),
    };
    let end = memory::time(pid, pointer, 1)?;
    Ok(end.map_or(Timeout::Unknown, |end| Timeout::At(clock, end)))
}

/// The array of poll(2).
fn polled(pid: i32, pointer: u64, count: u64) -> rustix::io::Result<Vec<Awaited>> {
    let count = usize::try_from(count).unwrap_or(usize::MAX);
    if count > MOST_DESCRIPTORS {
        return Err(rustix::io::Errno::TOOBIG);
    }
    let bytes = memory::read(pid, pointer, count * size_of::<libc::pollfd>())?;
    let awaited = bytes.chunks_exact(8).map(|entry| {
        let events = u16::from_ne_bytes([entry[4], entry[5]]);
        Awaited::new(
            i32::from_ne_bytes([entry[0], entry[1], entry[2], entry[3]]),
            PollFlags::from_bits_retain(events),
        )
    });
    Ok(awaited.filter(|awaited| awaited.descriptor >= 0).collect())
}

/// The three sets of select(2).
fn selected(pid: i32, arguments: &[u64; 6]) -> rustix::io::Result<Vec<Awaited>> {
    let count = usize::try_from(arguments[0]).unwrap_or(usize::MAX);
    if count > MOST_DESCRIPTORS {
        return Err(rustix::io::Errno::TOOBIG);
    }
    let mut awaited = Vec::new();
    // fs/select.c: POLLIN_SET, POLLOUT_SET, POLLEX_SET
    let failed = PollFlags::ERR;
    for (pointer, events, wakes) in [
        (
            arguments[1],
            PollFlags::IN,
            PollFlags::IN | PollFlags::RDNORM | PollFlags::RDBAND | PollFlags::HUP | failed,
        ),
        (
            arguments[2],
            PollFlags::OUT,
            PollFlags::OUT | PollFlags::WRNORM | PollFlags::WRBAND | failed,
        ),
        (arguments[3], PollFlags::PRI, PollFlags::PRI),
    ] {
        if pointer == 0 {
            continue;
        }
        let bytes = memory::read(pid, pointer, count.div_ceil(64) * 8)?;
        let is_in = |descriptor: &usize| bytes[descriptor / 8] >> (descriptor % 8) & 1 == 1;
        awaited.extend((0..count).filter(is_in).map(|descriptor| Awaited {
            descriptor: descriptor as i32,
            events,
            wakes,
        }));
    }
    Ok(awaited)
}

#[cfg(test)]
mod tests {
    use super::super::position::Position;
    use super::*;

    fn frame(number: i64, arguments: [u64; 6]) -> Frame {
        let arguments = arguments
            .map(|argument| format!("0x{argument:x}"))
            .join(" ");
        match Position::parse(&format!("{number} {arguments} 0x0 0x0")) {
            Some(Position::Blocked(frame)) => frame,
            other => panic!("{other:?}"),
        }
    }

    fn decoded(number: i64, arguments: [u64; 6]) -> Call {
        decode(std::process::id() as i32, &frame(number, arguments)).unwrap()
    }

    #[test]
    fn sets_and_times_are_read_from_memory() {
        let mut set = [0u64; 2];
        set[0] |= 1 << 5;
        set[1] |= 1 << 2;
        let time = [2i64, 500_000_000];
        let pointer = |at: &[u64]| at.as_ptr() as u64;
        let call = decoded(
            libc::SYS_pselect6,
            [70, pointer(&set), 0, 0, time.as_ptr() as u64, 0],
        );
        let readable = PollFlags::IN | PollFlags::RDNORM | PollFlags::RDBAND;
        let awaited = |descriptor| Awaited {
            descriptor,
            events: PollFlags::IN,
            wakes: readable | PollFlags::HUP | PollFlags::ERR,
        };
        assert_eq!(
            call,
            Call::Descriptors {
                awaited: vec![awaited(5), awaited(66)],
                timeout: Timeout::After(Duration::from_millis(2500)),
            }
        );
        let list = [
            libc::pollfd {
                fd: 7,
                events: libc::POLLOUT,
                revents: 0,
            },
            libc::pollfd {
                fd: -1,
                events: libc::POLLIN,
                revents: 0,
            },
        ];
        let call = decoded(libc::SYS_ppoll, [list.as_ptr() as u64, 2, 0, 0, 0, 0]);
        assert_eq!(
            call,
            Call::Descriptors {
                awaited: vec![Awaited::new(7, PollFlags::OUT)],
                timeout: Timeout::Never,
            }
        );
        let wait = frame(libc::SYS_ppoll, [8, 1, 0, 0, 0, 0]);
        assert!(decode(std::process::id() as i32, &wait).is_err());
    }

    #[test]
    fn a_futex_waits_for_ever_for_a_while_or_until() {
        let time = [7i64, 0];
        let pointer = time.as_ptr() as u64;
        let of = |operation: i32, pointer: u64| {
            decoded(libc::SYS_futex, [0, operation as u64, 0, pointer, 0, 0])
        };
        let private = libc::FUTEX_PRIVATE_FLAG;
        assert_eq!(
            of(libc::FUTEX_WAIT | private, 0),
            Call::Lock(Timeout::Never)
        );
        assert_eq!(
            of(libc::FUTEX_WAIT | private, pointer),
            Call::Lock(Timeout::After(Duration::from_secs(7)))
        );
        assert_eq!(
            of(libc::FUTEX_WAIT_BITSET | private, pointer),
            Call::Lock(Timeout::At(Clock::Monotonic, Duration::from_secs(7)))
        );
        assert_eq!(
            of(
                libc::FUTEX_WAIT_BITSET | private | libc::FUTEX_CLOCK_REALTIME,
                pointer
            ),
            Call::Lock(Timeout::At(Clock::Realtime, Duration::from_secs(7)))
        );
    }
}
