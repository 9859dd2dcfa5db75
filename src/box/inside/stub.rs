//! The stub: the first process of a box. Starts programs, makes sockets, reaps, reports, and ends everything when Viva hangs up.

use std::io;
use std::os::fd::{AsFd, OwnedFd};

use rustix::event::{PollFd, PollFlags};
use rustix::net::{AddressFamily, SocketFlags, SocketType, netlink};
use rustix::process::{Pid, Signal, WaitOptions};

use super::confinement::Confinement;
use super::launcher::Common;
use super::start::{self, NotStarted};
use super::{kill_descendants, setup, signals};
use crate::r#box::channel::{self, Receiver};
use crate::r#box::message::{Answer, Open, Order, Report, SocketKind, Trouble};
use crate::r#box::{Family, Isolation, Missing};

/// The whole life of a stub.
pub(super) fn run(open: &Open, control: &OwnedFd, fork: setup::Fork<'_>, common: &Common) -> ! {
    let (mut stub, missing) = match Stub::set_up(open, control, fork, common) {
        Ok(made) => made,
        Err(trouble) => {
            let _ = channel::send(control.as_fd(), &Report::Failed(trouble), &[], None);
            leave(1)
        }
    };
    stub.report(&Report::Ready(missing), &[], None);
    stub.serve();
    // In a PID namespace this is its init, and the kernel ends everything with it.
    if open.isolation != Isolation::Full {
        kill_descendants();
    }
    leave(0)
}

fn leave(code: i32) -> ! {
    // SAFETY: ends this process; what the launcher would do at its exit is not this process's to do.
    unsafe { libc::_exit(code) }
}

struct Stub<'a> {
    control: &'a OwnedFd,
    deaths: OwnedFd,
    isolation: Isolation,
    confinement: Confinement<'a>,
    /// Main processes that have not been reaped: (program, process).
    programs: Vec<(u32, Pid)>,
    /// Time to leave.
    over: bool,
}

impl<'a> Stub<'a> {
    fn set_up(
        open: &Open,
        control: &'a OwnedFd,
        fork: setup::Fork<'_>,
        common: &'a Common,
    ) -> Result<(Self, Vec<Missing>), Trouble> {
        let mut missing = setup::set_up(open, fork, |copy| {
            channel::send(control.as_fd(), &Report::Copy, &[copy.as_fd()], None)
        })?;
        if open.isolation != Isolation::Full {
            rustix::process::set_child_subreaper(Some(rustix::process::getpid()))
                .map_err(|error| Trouble::new("PR_SET_CHILD_SUBREAPER", &error.into()))?;
        }
        let deaths = signals::child_deaths().map_err(|error| Trouble::new("signalfd", &error))?;
        let confinement = Confinement::new(open, common, &mut missing);
        let stub = Stub {
            control,
            deaths,
            isolation: open.isolation,
            confinement,
            programs: Vec::new(),
            over: false,
        };
        Ok((stub, missing))
    }

    /// Until Viva hangs up.
    fn serve(&mut self) {
        let mut receiver = Receiver::new();
        while !self.over {
            let mut events = [
                PollFd::new(self.control, PollFlags::IN),
                PollFd::new(&self.deaths, PollFlags::IN),
            ];
            if rustix::event::poll(&mut events, None).is_err() {
                continue;
            }
            let [order, death] = events.map(|event| !event.revents().is_empty());
            if death {
                signals::drain(&self.deaths);
                self.reap();
            }
            if order {
                match receiver.next::<Order>(self.control) {
                    Ok(Some(packet)) => self.obey(packet.message, packet.descriptors),
                    Ok(None) | Err(_) => return,
                }
            }
        }
    }

    fn reap(&mut self) {
        while let Ok(Some((child, status))) = rustix::process::wait(WaitOptions::NOHANG) {
            if let Some(at) = self.programs.iter().position(|(_, main)| *main == child) {
                let (program, _) = self.programs.swap_remove(at);
                self.report(&Report::Exited(program, status.as_raw()), &[], None);
            }
        }
    }

    fn obey(&mut self, order: Order, descriptors: Vec<OwnedFd>) {
        match order {
            Order::Launch(number, order) => {
                let program = order.program;
                let started = match <[OwnedFd; 3]>::try_from(descriptors) {
                    Ok(streams) => {
                        start::start(order, &streams, &self.confinement, self.control.as_fd())
                    }
                    Err(_) => Err(NotStarted::incomplete()),
                };
                match started {
                    Ok((main, watched)) => {
                        self.programs.push((program, main));
                        let process = main.as_raw_nonzero().get();
                        let answer = Answer::Launched { watched, process };
                        // Without namespaces the numbers are the same, and an ordinary user may name nobody else.
                        let about = Some(main).filter(|_| self.isolation == Isolation::Full);
                        self.answer(number, answer, None, about);
                    }
                    Err(NotStarted::NotExecutable(error)) => {
                        self.answer(number, Answer::NotExecutable(error), None, None);
                    }
                    Err(NotStarted::Trouble(trouble)) => {
                        self.answer(number, Answer::Trouble(trouble), None, None);
                    }
                }
            }
            Order::Terminal(number) => self.hand_out(number, "open terminal", terminal()),
            Order::Socket(number, kind) => self.hand_out(number, "socket", socket(kind)),
            Order::Reap(number) => {
                self.reap();
                self.answer(number, Answer::Done, None, None);
            }
            Order::Signal(number, program, signal) => {
                // A signal to a process that has ended goes nowhere, without an error, until it is reaped.
                self.reap();
                let answer = match self.signal(program, signal) {
                    Ok(()) => Answer::Done,
                    Err(error) => Answer::Trouble(Trouble::new("kill", &error)),
                };
                self.answer(number, answer, None, None);
            }
        }
    }

    /// Only while the main process is not reaped: its number, and its group's, can't mean another process until then.
    fn signal(&self, program: u32, signal: i32) -> io::Result<()> {
        let gone = || io::Error::from_raw_os_error(libc::ESRCH);
        let invalid = || io::Error::from_raw_os_error(libc::EINVAL);
        let (_, main) = self
            .programs
            .iter()
            .find(|(number, _)| *number == program)
            .ok_or_else(gone)?;
        let signal = Signal::from_named_raw(signal).ok_or_else(invalid)?;
        Ok(rustix::process::kill_process_group(*main, signal)?)
    }

    fn hand_out(&mut self, number: u64, doing: &str, made: io::Result<OwnedFd>) {
        match made {
            Ok(descriptor) => self.answer(number, Answer::Descriptor, Some(&descriptor), None),
            Err(error) => {
                let trouble = Trouble::new(doing, &error);
                self.answer(number, Answer::Trouble(trouble), None, None);
            }
        }
    }

    fn answer(
        &mut self,
        number: u64,
        answer: Answer,
        descriptor: Option<&OwnedFd>,
        about: Option<Pid>,
    ) {
        let descriptors: Vec<_> = descriptor.iter().map(|one| one.as_fd()).collect();
        self.report(&Report::Answer(number, answer), &descriptors, about);
    }

    /// What can't be reported would be waited for in vain: then the box is over, as it is when Viva is gone.
    fn report(
        &mut self,
        report: &Report,
        descriptors: &[std::os::fd::BorrowedFd<'_>],
        about: Option<Pid>,
    ) {
        self.over |= channel::send(self.control.as_fd(), report, descriptors, about).is_err();
    }
}

/// Our side of a terminal, for Viva.
fn terminal() -> io::Result<OwnedFd> {
    use rustix::pty::OpenptFlags;
    let flags = OpenptFlags::RDWR | OpenptFlags::NOCTTY | OpenptFlags::CLOEXEC;
    Ok(rustix::pty::openpt(flags)?)
}

fn socket(kind: SocketKind) -> io::Result<OwnedFd> {
    let flags = SocketFlags::CLOEXEC | SocketFlags::NONBLOCK;
    let of = |family| match family {
        Family::V4 => AddressFamily::INET,
        Family::V6 => AddressFamily::INET6,
    };
    Ok(match kind {
        SocketKind::Tcp(family) => {
            rustix::net::socket_with(of(family), SocketType::STREAM, flags, None)?
        }
        SocketKind::Udp(family) => {
            rustix::net::socket_with(of(family), SocketType::DGRAM, flags, None)?
        }
        SocketKind::Diagnosis => rustix::net::socket_with(
            AddressFamily::NETLINK,
            SocketType::RAW,
            flags,
            Some(netlink::SOCK_DIAG),
        )?,
    })
}
