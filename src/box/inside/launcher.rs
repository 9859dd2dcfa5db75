//! The launcher: a small process with one thread, started once, that forks the stub of each box.

use std::cell::OnceCell;
use std::collections::HashMap;
use std::io;
use std::os::fd::{AsFd, AsRawFd, BorrowedFd, FromRawFd, OwnedFd};
use std::path::PathBuf;
use std::time::{Duration, Instant};

use rustix::event::{PollFd, PollFlags, Timespec};
use rustix::fs::{Mode, OFlags};
use rustix::process::{Pid, WaitOptions};

use super::nursery::Nursery;
use super::root::{self, System};
use super::{forbidden, kill_descendants, memory, setup, signals, stub};
use crate::r#box::Isolation;
use crate::r#box::channel::{self, Receiver};
use crate::r#box::folder;
use crate::r#box::message::{Open, Report, Trouble};
use crate::r#box::names;

/// How often the memory of boxes is looked at.
const WATCH: Timespec = Timespec {
    tv_sec: 0,
    tv_nsec: 100_000_000,
};

/// How willingly the kernel ends the processes of boxes when memory is short, from -1000 to 1000; of most processes it is 0.
const OUT_OF_MEMORY: &str = "500";

/// The namespaces of a box.
const NAMESPACES: i32 = libc::CLONE_NEWUSER
    | libc::CLONE_NEWNET
    | libc::CLONE_NEWPID
    | libc::CLONE_NEWNS
    | libc::CLONE_NEWIPC
    | libc::CLONE_NEWUTS;

/// The whole life of the launcher. Its requests come on descriptor 0; when they hang up it ends, after everything that it has made, and removes what is left on disk: the folders of boxes whose Viva has been
/// killed.
pub(super) fn run() -> ! {
    let code = match prepare() {
        Ok((requests, deaths)) => {
            serve(&requests, &deaths);
            0
        }
        Err(_) => 1,
    };
    std::process::exit(code)
}

fn prepare() -> io::Result<(OwnedFd, OwnedFd)> {
    signals::block_all();
    // SAFETY: the caller has found a socket there, and nobody else in this process uses it.
    let given = unsafe { BorrowedFd::borrow_raw(0) };
    let requests = rustix::io::fcntl_dupfd_cloexec(given, 3)?;
    let nothing = rustix::fs::open(c"/dev/null", OFlags::RDWR | OFlags::CLOEXEC, Mode::empty())?;
    rustix::stdio::dup2_stdin(&nothing)?;
    rustix::stdio::dup2_stdout(&nothing)?;
    rustix::stdio::dup2_stderr(&nothing)?;
    drop(nothing);
    keep_only(&[requests.as_raw_fd()]);
    // Away from the keys of Viva's terminal: Ctrl-C is for Viva, which then ends its boxes in good order.
    let _ = rustix::process::setsid();
    let _ = rustix::thread::set_name(c"init");
    rustix::process::chdir(c"/")?;
    rustix::process::umask(Mode::from_raw_mode(0o022));
    // When memory is short, boxes go first. Written with the power to do so, it is also the least that they can set themselves (proc_pid_oom_score_adj(5)).
    let _ = std::fs::write("/proc/self/oom_score_adj", OUT_OF_MEMORY);
    // Without PID namespaces: what a stub leaves behind, because a student has killed it, comes here.
    rustix::process::set_child_subreaper(Some(rustix::process::getpid()))?;
    let deaths = signals::child_deaths()?;
    Ok((requests, deaths))
}

fn serve(requests: &OwnedFd, deaths: &OwnedFd) {
    let mut receiver = Receiver::new();
    let mut boxes = Boxes::default();
    let common = Common {
        system: System::look(),
        forbidden: forbidden::program(),
        nursery: OnceCell::new(),
    };
    loop {
        let mut events = [
            PollFd::new(requests, PollFlags::IN),
            PollFd::new(deaths, PollFlags::IN),
        ];
        let wait = boxes.are_watched().then_some(&WATCH);
        if rustix::event::poll(&mut events, wait).is_err() {
            continue;
        }
        boxes.hold_to_memory();
        let [request, death] = events.map(|event| !event.revents().is_empty());
        if death {
            signals::drain(deaths);
            while let Ok(Some((child, _))) = rustix::process::wait(WaitOptions::NOHANG) {
                boxes.has_ended(child);
            }
        }
        if request {
            match receiver.next::<Open>(requests) {
                Ok(Some(packet)) => {
                    if let Some(control) = packet.descriptors.into_iter().next() {
                        let folder = packet.message.folder.clone();
                        let memory = (packet.message.isolation != Isolation::None)
                            .then_some(packet.message.room.memory);
                        match make(packet.message, &common, &control) {
                            Ok(stub) => boxes.add(
                                stub,
                                Living {
                                    folder,
                                    memory,
                                    control,
                                },
                            ),
                            Err(trouble) => {
                                let _ = channel::send(
                                    control.as_fd(),
                                    &Report::Failed(trouble),
                                    &[],
                                    None,
                                );
                            }
                        }
                    }
                }
                // A packet that can't be read is answered by its control socket's hang-up.
                Err(error) if error.kind() == io::ErrorKind::InvalidData => {}
                Ok(None) | Err(_) => break,
            }
        }
    }
    boxes.end();
}

/// What the launcher has made and not yet seen gone.
#[derive(Default)]
struct Boxes {
    /// By their stubs.
    living: HashMap<Pid, Living>,
    /// Folders of those that have ended. Viva removes them; if it is killed before, they are still there at the end.
    folders: Vec<PathBuf>,
    /// When their memory is to be looked at again.
    next_look: Option<Instant>,
}

struct Living {
    folder: Option<PathBuf>,
    /// Bytes that its programs may have together.
    memory: Option<u64>,
    /// The stub's end of the control socket, to tell Viva what the stub doesn't know.
    control: OwnedFd,
}

impl Boxes {
    fn add(&mut self, stub: Pid, living: Living) {
        self.living.insert(stub, living);
    }

    fn are_watched(&self) -> bool {
        self.living.values().any(|living| living.memory.is_some())
    }

    /// Looks at what the programs have, if that is due.
    fn hold_to_memory(&mut self) {
        if !self.are_watched() || self.next_look.is_some_and(|next| Instant::now() < next) {
            return;
        }
        let began = Instant::now();
        for (stub, living) in &self.living {
            if let Some(most) = living.memory
                && memory::hold(*stub, most)
            {
                let report = Report::Exhausted;
                let _ = channel::send(living.control.as_fd(), &report, &[], None);
            }
        }
        // Hundreds of processes take long to look at: never more than a tenth of the time.
        let every = Duration::from_nanos(WATCH.tv_nsec as u64);
        self.next_look = Some(Instant::now() + every.max(began.elapsed() * 9));
    }

    /// A child has been reaped; it may also be somebody whom a stub has left behind.
    fn has_ended(&mut self, child: Pid) {
        self.folders.retain(|folder| folder.exists());
        let gone = self.living.remove(&child);
        self.folders.extend(gone.and_then(|gone| gone.folder));
    }

    /// Ends all that is left, then clears up. The stubs see their own hang-ups, unless Viva lives and only wants no launcher any more.
    fn end(self) {
        kill_descendants();
        let living = self.living.into_values().filter_map(|living| living.folder);
        for folder in living.chain(self.folders) {
            let _ = folder::remove(&folder);
        }
    }
}

/// What all boxes have in common.
pub(super) struct Common {
    pub(super) system: System,
    /// The filter of system calls; `None` where there is none for this processor.
    pub(super) forbidden: Option<Vec<libc::sock_filter>>,
    /// Where networks are made, if anywhere special.
    nursery: OnceCell<Option<Nursery>>,
}

/// Forks the stub of a box; the stub's side does not return.
fn make(open: Open, common: &Common, control: &OwnedFd) -> Result<Pid, Trouble> {
    let full = open.isolation == Isolation::Full;
    let outside = match open.identity {
        Some(identity) if full => Some(outside(&open, identity, control)?),
        _ => None,
    };
    let (go, may_go) = io::pipe().map_err(|error| Trouble::new("pipe", &error))?;
    let viva = (rustix::process::geteuid(), rustix::process::getegid());
    let mut pidfd: libc::c_int = -1;
    let flags = libc::CLONE_PIDFD | if full { NAMESPACES } else { 0 };
    let mut arguments = libc::clone_args {
        flags: flags as u64,
        pidfd: (&raw mut pidfd) as u64,
        child_tid: 0,
        parent_tid: 0,
        exit_signal: libc::SIGCHLD as u64,
        stack: 0,
        stack_size: 0,
        tls: 0,
        set_tid: 0,
        set_tid_size: 0,
        cgroup: 0,
    };
    // Who has no power over networks does without.
    let nursery = full
        .then(|| common.nursery.get_or_init(|| Nursery::new().ok()).as_ref())
        .flatten()
        .filter(|nursery| nursery.enter().is_ok());
    // SAFETY: like fork(2); this process has a single thread, so the child's copy of its memory is whole.
    let pid = unsafe {
        libc::syscall(
            libc::SYS_clone3,
            &raw mut arguments,
            size_of::<libc::clone_args>(),
        )
    };
    if pid == 0 {
        drop(may_go);
        let mut kept = vec![control.as_raw_fd(), go.as_raw_fd()];
        if let Some(outside) = &outside {
            kept.push(outside.copy.as_raw_fd());
            kept.extend(outside.trees.iter().map(AsRawFd::as_raw_fd));
        }
        keep_only(&kept);
        let fork = setup::Fork {
            viva,
            go,
            system: &common.system,
            outside,
        };
        stub::run(&open, control, fork, common)
    }
    if let Some(nursery) = nursery {
        nursery
            .leave()
            .map_err(|error| Trouble::new("setns", &error))?;
    }
    let number = i32::try_from(pid).unwrap_or(0);
    // -1, an error, is a number that Pid::from_raw takes.
    let Some(stub) = Pid::from_raw(number.max(0)) else {
        return Err(Trouble::new("clone3", &io::Error::last_os_error()));
    };
    // SAFETY: clone3 has succeeded and filled it in; nobody else owns it.
    let pidfd = unsafe { OwnedFd::from_raw_fd(pidfd) };
    drop(go);
    let _ = channel::send(
        control.as_fd(),
        &Report::Born(pid as i32),
        &[pidfd.as_fd()],
        None,
    );
    let mapped = match open.identity {
        Some(identity) if full => map(stub, identity),
        _ => Ok(()),
    };
    match mapped {
        Ok(()) => {
            let _ = rustix::io::write(&may_go, b"!");
        }
        Err(error) => {
            let trouble = Trouble::new("uid_map", &error);
            let _ = channel::send(control.as_fd(), &Report::Failed(trouble), &[], None);
        }
    }
    Ok(stub)
}

fn map(stub: Pid, identity: u32) -> io::Result<()> {
    let line = format!("{} {identity} 1\n", names::USER);
    let process = format!("/proc/{}", stub.as_raw_nonzero());
    std::fs::write(format!("{process}/uid_map"), &line)?;
    std::fs::write(format!("{process}/gid_map"), &line)
}

/// What must be taken and made by somebody with power outside. The submission's copy among it: Viva, who fills it, is nobody in the stub's user namespace.
fn outside(open: &Open, identity: u32, control: &OwnedFd) -> Result<setup::Outside, Trouble> {
    let failed = |error: io::Error| Trouble::new("mount copy", &error);
    let copy = root::copy(open.room, Some(identity)).map_err(failed)?;
    let top = root::top(&copy).map_err(failed)?;
    channel::send(control.as_fd(), &Report::Copy, &[top.as_fd()], None).map_err(failed)?;
    let trees = root::trees(&open.shown)?;
    Ok(setup::Outside { trees, copy })
}

/// Closes all descriptors but 0, 1, 2 and these.
fn keep_only(kept: &[i32]) {
    let mut kept = kept.to_vec();
    kept.sort_unstable();
    let mut from = 3;
    for descriptor in kept.into_iter().chain([i32::MAX]) {
        if from < descriptor {
            // SAFETY: in the launcher and in a fresh stub nothing that is closed here is used again.
            unsafe { libc::syscall(libc::SYS_close_range, from, descriptor - 1, 0) };
        }
        from = descriptor.saturating_add(1);
    }
}
