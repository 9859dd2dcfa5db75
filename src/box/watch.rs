//! Announced system calls (seccomp_unotify(2)): learns from them, carries out `bind` and `listen` for the program so that the news comes after the effect, and lets the rest (`connect`, `sendto`, `alarm`, `setitimer`) go on.
//!
//! What a program's memory says may change under our eyes, so it is only ever reported; what is done is done to a duplicate of the very socket, by our own copy of the arguments.

use std::collections::HashSet;
use std::io;
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr, SocketAddrV6};
use std::os::fd::{AsRawFd, OwnedFd};
use std::sync::Arc;
use std::time::Duration;

use rustix::event::{PollFd, PollFlags};
use rustix::net::{AddressFamily, SocketType, sockopt};
use rustix::process::{Pid, PidfdFlags, PidfdGetfdFlags};
use tokio::io::Interest;
use tokio::io::unix::AsyncFd;
use tokio::sync::mpsc::UnboundedSender;

use super::{BoxEvent, ProcessId, readiness};

/// Longest address that is looked at: struct sockaddr_storage.
const LONGEST_ADDRESS: usize = 128;
/// Destinations of datagrams that are remembered as known; further ones are not announced.
const MOST_DESTINATIONS: usize = 1024;
/// Makes the kernel run us on the caller's processor right away (SECCOMP_IOCTL_NOTIF_SET_FLAGS, Linux 6.6).
const SYNC_WAKE_UP: u64 = 1;

/// Keeps a program in its system call. Released when told to, or when dropped.
#[derive(Debug)]
pub struct Hold {
    listener: Arc<AsyncFd<OwnedFd>>,
    call: u64,
}

impl Hold {
    /// Lets the program go on with its call.
    pub fn release(self) {}
}

impl Drop for Hold {
    fn drop(&mut self) {
        respond(self.listener.get_ref(), self.call, Response::Continue);
    }
}

enum Response {
    /// The kernel shall carry out the call.
    Continue,
    /// It is carried out; 0, or an errno.
    Done(i32),
}

fn respond(listener: &OwnedFd, call: u64, response: Response) {
    let mut response = match response {
        // Anything but zeros beside this flag is refused, and the program would wait for ever.
        Response::Continue => libc::seccomp_notif_resp {
            id: call,
            val: 0,
            error: 0,
            flags: libc::SECCOMP_USER_NOTIF_FLAG_CONTINUE as u32,
        },
        Response::Done(number) => libc::seccomp_notif_resp {
            id: call,
            val: 0,
            error: -number,
            flags: 0,
        },
    };
    // SAFETY: the ioctl reads the structure it is made for. It fails if the program has ended meanwhile: then nobody waits.
    unsafe {
        libc::ioctl(
            listener.as_raw_fd(),
            libc::SECCOMP_IOCTL_NOTIF_SEND,
            &raw mut response,
        )
    };
}

/// Reports the announced calls of one program, its children included, until all of them have ended.
pub(super) async fn watch(
    listener: OwnedFd,
    process: ProcessId,
    events: UnboundedSender<BoxEvent>,
) {
    // SAFETY: the ioctl takes a number; older kernels refuse it.
    unsafe {
        libc::ioctl(
            listener.as_raw_fd(),
            libc::SECCOMP_IOCTL_NOTIF_SET_FLAGS,
            SYNC_WAKE_UP,
        )
    };
    let Ok(listener) = readiness::register(listener, Interest::READABLE) else {
        // Dropping the listener lets waiting calls fail; there is nothing better.
        let _ = events.send(BoxEvent::Unwatched { process });
        return;
    };
    let listener = Arc::new(listener);
    let mut watcher = Watcher {
        listener: Arc::clone(&listener),
        process,
        events,
        known: HashSet::new(),
        blind: false,
    };
    while let Ok(mut ready) = listener.readable().await {
        loop {
            match state(listener.get_ref()) {
                State::Announcement => watcher.next(),
                State::Nothing => {
                    ready.clear_ready();
                    break;
                }
                State::Over => return,
            }
        }
    }
}

enum State {
    Announcement,
    Nothing,
    Over,
}

/// Receiving waits where there is nothing to receive, whatever the descriptor's flags: so ask first.
fn state(listener: &OwnedFd) -> State {
    let mut events = [PollFd::new(listener, PollFlags::IN)];
    let _ = rustix::event::poll(&mut events, Some(&rustix::time::Timespec::default()));
    let events = events[0].revents();
    if events.contains(PollFlags::IN) {
        State::Announcement
    } else if events.intersects(PollFlags::HUP | PollFlags::ERR) {
        State::Over
    } else {
        State::Nothing
    }
}

struct Watcher {
    listener: Arc<AsyncFd<OwnedFd>>,
    process: ProcessId,
    events: UnboundedSender<BoxEvent>,
    /// Where datagrams have been sent already.
    known: HashSet<SocketAddr>,
    blind: bool,
}

impl Watcher {
    fn next(&mut self) {
        // SAFETY: the kernel wants it zeroed, and zeros are valid for plain numbers.
        let mut call: libc::seccomp_notif = unsafe { std::mem::zeroed() };
        // SAFETY: the ioctl fills in the structure it is made for.
        let received = unsafe {
            libc::ioctl(
                self.listener.as_raw_fd(),
                libc::SECCOMP_IOCTL_NOTIF_RECV,
                &raw mut call,
            )
        };
        // It fails if the program has been killed meanwhile.
        if received != 0 {
            return;
        }
        match i64::from(call.data.nr) {
            libc::SYS_bind | libc::SYS_listen => {
                let response = self.serve(&call);
                respond(self.listener.get_ref(), call.id, response);
            }
            libc::SYS_setitimer => {
                self.time(&call, interval(&call));
                respond(self.listener.get_ref(), call.id, Response::Continue);
            }
            #[cfg(target_arch = "x86_64")]
            libc::SYS_alarm => {
                let seconds = call.data.args[0] as u32;
                self.time(&call, Some((Duration::from_secs(seconds.into()), false)));
                respond(self.listener.get_ref(), call.id, Response::Continue);
            }
            _ => self.dial(&call),
        }
    }

    fn serve(&mut self, call: &libc::seccomp_notif) -> Response {
        let socket = match duplicate(call.pid, call.data.args[0]) {
            Ok(socket) => socket,
            Err(rustix::io::Errno::BADF) => return Response::Continue,
            Err(_) => {
                if !std::mem::replace(&mut self.blind, true) {
                    let _ = self.events.send(BoxEvent::Unwatched {
                        process: self.process,
                    });
                }
                return Response::Continue;
            }
        };
        if !self.is_current(call) || !is_internet(&socket) {
            return Response::Continue;
        }
        let is_bind = i64::from(call.data.nr) == libc::SYS_bind;
        let done = if is_bind {
            let mut bytes = [0; LONGEST_ADDRESS];
            let Some(address) = peek(call, 1, 2, &mut bytes) else {
                return Response::Continue;
            };
            // A copy that this thread alone has: the socket is the program's, but the address can't change any more.
            let address: &[u8] = address;
            // SAFETY: the address is as long as said.
            let result = unsafe {
                libc::bind(
                    socket.as_raw_fd(),
                    address.as_ptr().cast(),
                    address.len() as libc::socklen_t,
                )
            };
            if result == 0 {
                Ok(())
            } else {
                Err(io::Error::last_os_error())
            }
        } else {
            rustix::net::listen(&socket, call.data.args[1] as i32).map_err(io::Error::from)
        };
        if let Err(error) = done {
            return Response::Done(error.raw_os_error().unwrap_or(libc::EIO));
        }
        let address = rustix::net::getsockname(&socket)
            .ok()
            .and_then(|address| SocketAddr::try_from(address).ok());
        if let Some(address) = address {
            let process = self.process;
            let only_v6 =
                address.is_ipv6() && rustix::net::sockopt::ipv6_v6only(&socket).unwrap_or(false);
            let _ = self.events.send(if is_bind {
                BoxEvent::Bound {
                    process,
                    address,
                    only_v6,
                    udp: is_datagram(&socket),
                }
            } else {
                BoxEvent::Listening {
                    process,
                    address,
                    only_v6,
                    backlog: call.data.args[1] as i32,
                }
            });
        }
        Response::Done(0)
    }

    fn dial(&mut self, call: &libc::seccomp_notif) {
        let hold = Hold {
            listener: Arc::clone(&self.listener),
            call: call.id,
        };
        let is_sendto = i64::from(call.data.nr) == libc::SYS_sendto;
        let (pointer, length) = if is_sendto { (4, 5) } else { (1, 2) };
        let mut bytes = [0; LONGEST_ADDRESS];
        let Some(address) = peek(call, pointer, length, &mut bytes).and_then(parse) else {
            return;
        };
        if !self.is_current(call) {
            return;
        }
        if is_sendto && (self.known.len() >= MOST_DESTINATIONS || !self.known.insert(address)) {
            return;
        }
        let udp =
            duplicate(call.pid, call.data.args[0]).map_or(is_sendto, |socket| is_datagram(&socket));
        let _ = self.events.send(BoxEvent::Dialling {
            process: self.process,
            address,
            udp,
            hold,
        });
    }

    /// What is no timer the kernel refuses.
    fn time(&mut self, call: &libc::seccomp_notif, timer: Option<(Duration, bool)>) {
        let Some((after, repeats)) = timer.filter(|_| self.is_current(call)) else {
            return;
        };
        let _ = self.events.send(BoxEvent::Timer {
            process: self.process,
            pid: leader(call.pid).unwrap_or(call.pid) as i32,
            thread: call.pid as i32,
            after,
            repeats,
        });
    }

    /// Whether the caller still waits: only then was it the caller's memory and descriptor that we looked at, and not those of a process that has got its number.
    fn is_current(&self, call: &libc::seccomp_notif) -> bool {
        let mut id = call.id;
        // SAFETY: the ioctl reads a number.
        let result = unsafe {
            libc::ioctl(
                self.listener.as_raw_fd(),
                libc::SECCOMP_IOCTL_NOTIF_ID_VALID,
                &raw mut id,
            )
        };
        result == 0
    }
}

/// The caller's socket, for us too.
fn duplicate(thread: u32, descriptor: u64) -> rustix::io::Result<OwnedFd> {
    let process = pidfd(thread)?;
    let descriptor = descriptor as i32;
    // Python's number of a closed socket is -1, which rustix takes for a mistake of ours.
    if descriptor < 0 {
        return Err(rustix::io::Errno::BADF);
    }
    rustix::process::pidfd_getfd(&process, descriptor, PidfdGetfdFlags::empty())
}

/// The process of a thread: announcements name threads, and a pidfd is one of a process.
fn pidfd(thread: u32) -> rustix::io::Result<OwnedFd> {
    let open = |number: u32| {
        let number = i32::try_from(number).ok().and_then(Pid::from_raw);
        rustix::process::pidfd_open(number.ok_or(rustix::io::Errno::SRCH)?, PidfdFlags::empty())
    };
    open(thread).or_else(|error| {
        leader(thread)
            .filter(|leader| *leader != thread)
            .map_or(Err(error), open)
    })
}

/// The number of a thread's process.
fn leader(thread: u32) -> Option<u32> {
    let status = std::fs::read_to_string(format!("/proc/{thread}/status")).ok()?;
    status
        .lines()
        .find_map(|line| line.strip_prefix("Tgid:")?.trim().parse().ok())
}

/// The struct itimerval that a setitimer(2) sets: when it first goes off, and whether again. A null pointer clears it.
fn interval(call: &libc::seccomp_notif) -> Option<(Duration, bool)> {
    let pointer = call.data.args[1];
    if pointer == 0 {
        return Some((Duration::ZERO, false));
    }
    let mut bytes = [0; size_of::<libc::itimerval>()];
    copy(call.pid, pointer, &mut bytes)?;
    let number = |at: usize| {
        let mut number = [0; 8];
        number.copy_from_slice(&bytes[at * 8..at * 8 + 8]);
        u64::try_from(i64::from_ne_bytes(number)).ok()
    };
    let repeats = number(0)? > 0 || number(1)? > 0;
    let after = Duration::from_secs(number(2)?).checked_add(Duration::from_micros(number(3)?))?;
    Some((after, repeats))
}

fn is_internet(socket: &OwnedFd) -> bool {
    sockopt::socket_domain(socket)
        .is_ok_and(|family| family == AddressFamily::INET || family == AddressFamily::INET6)
}

fn is_datagram(socket: &OwnedFd) -> bool {
    sockopt::socket_type(socket).is_ok_and(|kind| kind == SocketType::DGRAM)
}

/// The internet address that two arguments of a call point to and measure.
fn peek<'a>(
    call: &libc::seccomp_notif,
    pointer: usize,
    length: usize,
    bytes: &'a mut [u8; LONGEST_ADDRESS],
) -> Option<&'a [u8]> {
    let length = call.data.args[length] as u32 as usize;
    let bytes = bytes.get_mut(..length)?;
    copy(call.pid, call.data.args[pointer], bytes)?;
    parse(bytes).is_some().then_some(bytes)
}

/// Fills a buffer from a thread's memory.
fn copy(thread: u32, pointer: u64, bytes: &mut [u8]) -> Option<()> {
    let ours = libc::iovec {
        iov_base: bytes.as_mut_ptr().cast(),
        iov_len: bytes.len(),
    };
    let theirs = libc::iovec {
        iov_base: pointer as *mut libc::c_void,
        iov_len: bytes.len(),
    };
    // SAFETY: reads another process's memory into a buffer of ours that is as long as said.
    let read = unsafe {
        libc::process_vm_readv(thread as i32, &raw const ours, 1, &raw const theirs, 1, 0)
    };
    (usize::try_from(read).ok()? == bytes.len()).then_some(())
}

/// struct sockaddr_in and sockaddr_in6
fn parse(address: &[u8]) -> Option<SocketAddr> {
    let family = u16::from_ne_bytes(address.get(..2)?.try_into().ok()?);
    let port = u16::from_be_bytes(address.get(2..4)?.try_into().ok()?);
    match i32::from(family) {
        libc::AF_INET => {
            let ip: [u8; 4] = address.get(4..8)?.try_into().ok()?;
            Some((Ipv4Addr::from(ip), port).into())
        }
        libc::AF_INET6 => {
            let flow = u32::from_be_bytes(address.get(4..8)?.try_into().ok()?);
            let ip: [u8; 16] = address.get(8..24)?.try_into().ok()?;
            let scope = address
                .get(24..28)
                .and_then(|scope| scope.try_into().ok())
                .map_or(0, u32::from_ne_bytes);
            Some(SocketAddrV6::new(Ipv6Addr::from(ip), port, flow, scope).into())
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_read_as_programs_write_them() {
        let v4 = [2, 0, 0x27, 0x0f, 127, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0];
        assert_eq!(parse(&v4), Some("127.0.0.1:9999".parse().unwrap()));
        let mut v6 = vec![10, 0, 0x27, 0x0f, 0, 0, 0, 0];
        v6.extend(Ipv6Addr::LOCALHOST.octets());
        assert_eq!(parse(&v6), Some("[::1]:9999".parse().unwrap()));
        for bad in [&v4[..1], &v4[..7], &v6[..20], &[1, 0, b'/', b't'], &[]] {
            assert_eq!(parse(bad), None);
        }
    }

    #[test]
    fn a_thread_leads_to_its_process() {
        let thread = std::thread::spawn(|| {
            let thread = rustix::thread::gettid().as_raw_nonzero().get() as u32;
            assert_ne!(thread, std::process::id());
            pidfd(thread).is_ok()
        });
        assert!(thread.join().unwrap());
        assert!(pidfd(u32::MAX).is_err());
    }
}
