//! Which processes belong to whom.
//!
//! A daemon loses its parents, so ancestry says only that a process belongs to a box. To which of the box's programs it belongs is told by a mark that children inherit: the resource limit
//! RLIMIT_LOCKS, which the kernel keeps but has not used since Linux 2.4 (getrlimit(2)). A program can lower it and so escape [`super::TestBox::end_process`], never the end of the box.

use std::io;
use std::os::fd::OwnedFd;

use rustix::process::{Pid, PidfdFlags, Resource, Rlimit, Signal};

/// All processes below `root`, without it, parents before their children.
pub(super) fn descendants(root: Pid) -> Vec<Pid> {
    let mut found = Vec::new();
    let mut open = vec![root];
    while let Some(parent) = open.pop() {
        for child in children(parent) {
            found.push(child);
            open.push(child);
        }
    }
    found
}

/// The children of all threads of a process, from `/proc/PID/task/TID/children` (proc(5), CONFIG_PROC_CHILDREN).
fn children(parent: Pid) -> Vec<Pid> {
    let parent = parent.as_raw_nonzero();
    let Ok(threads) = std::fs::read_dir(format!("/proc/{parent}/task")) else {
        return Vec::new();
    };
    let mut found = Vec::new();
    for thread in threads.flatten() {
        if let Ok(children) = std::fs::read_to_string(thread.path().join("children")) {
            found.extend(
                children
                    .split_ascii_whitespace()
                    .filter_map(|number| number.parse().ok().and_then(Pid::from_raw)),
            );
        }
    }
    found
}

/// The mark of a program. One, not zero, for the first: a limit of its own.
fn mark(program: u32) -> u64 {
    1 + u64::from(program)
}

/// Marks this process and its children to come. Callable between clone and exec.
pub(super) fn belong_to(program: u32) -> io::Result<()> {
    let limit = Rlimit {
        current: Some(mark(program)),
        maximum: Some(mark(program)),
    };
    Ok(rustix::process::setrlimit(Resource::Locks, limit)?)
}

/// One attempt to kill all processes of a program.
pub(super) struct Hunt {
    /// Those that have been sent SIGKILL.
    pub(super) killed: Vec<OwnedFd>,
    /// Nobody was there, nor anybody who might have left somebody behind.
    pub(super) nobody: bool,
}

/// Looks for the processes of a program below `root`, and kills each as soon as it is found: it might fork and be gone the next moment.
///
/// Somebody can be missed only if a process that was there, dead or alive, has just left a child behind: so it takes another hunt unless nobody at all was there.
pub(super) fn hunt(root: Pid, program: u32) -> io::Result<Hunt> {
    let mut hunt = Hunt {
        killed: Vec::new(),
        nobody: true,
    };
    for pid in descendants(root) {
        let Ok(pidfd) = rustix::process::pidfd_open(pid, PidfdFlags::empty()) else {
            hunt.nobody = false;
            continue;
        };
        // Asked after the pidfd was opened: if the number has changed hands since, the signal goes to the one who is gone.
        if !belongs_to(pid, program) {
            continue;
        }
        hunt.nobody = false;
        match rustix::process::pidfd_send_signal(&pidfd, Signal::KILL) {
            Ok(()) => hunt.killed.push(pidfd),
            Err(rustix::io::Errno::SRCH) => {}
            Err(error) => return Err(error.into()),
        }
    }
    Ok(hunt)
}

/// Whether a process bears the mark of a program. `false` also for one that is gone.
fn belongs_to(process: Pid, program: u32) -> bool {
    let mut limit = libc::rlimit64 {
        rlim_cur: 0,
        rlim_max: 0,
    };
    // SAFETY: reads a limit into a local of the right type; no new limit is given.
    let result = unsafe {
        libc::prlimit64(
            process.as_raw_nonzero().get(),
            libc::RLIMIT_LOCKS,
            std::ptr::null(),
            &raw mut limit,
        )
    };
    if result == 0 {
        return limit.rlim_max == mark(program);
    }
    // prlimit(2) asks for CAP_SYS_RESOURCE where a process is another user's, which root in a container may lack; proc(5) shows
    // the limits to everybody.
    let limits = std::fs::read_to_string(format!("/proc/{}/limits", process.as_raw_nonzero()))
        .unwrap_or_default();
    let shown = limits.lines().find_map(|line| {
        line.strip_prefix("Max file locks")?
            .split_whitespace()
            .nth(1)
    });
    shown.and_then(|shown| shown.parse().ok()) == Some(mark(program))
}
