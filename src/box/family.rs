//! Which processes belong to whom.
//!
//! A daemon loses its parents, so ancestry says only that a process belongs to a box. To which of the box's programs it belongs is told by a mark that children inherit: the resource limit
//! RLIMIT_LOCKS, which the kernel keeps but has not used since Linux 2.4 (getrlimit(2)). A program can lower it and so escape [`super::TestBox::end_process`], never the end of the box.

use std::io;
use std::os::fd::OwnedFd;
use std::os::unix::fs::MetadataExt;

use rustix::process::{Pid, PidfdFlags, Resource, Rlimit, Signal, Uid};

/// All processes below `root`, without it, parents before their children.
pub(super) fn descendants(root: Pid) -> Vec<Pid> {
    let mut found = Vec::new();
    let mut open = vec![root];
    // Without CONFIG_PROC_CHILDREN the whole process table must be read.
    let number = root.as_raw_nonzero();
    let table = match std::fs::exists(format!("/proc/{number}/task/{number}/children")) {
        Ok(true) => None,
        _ => Some(table()),
    };
    while let Some(parent) = open.pop() {
        let children = match &table {
            None => children(parent),
            Some(table) => table
                .iter()
                .filter(|(of, _)| *of == parent)
                .map(|(_, child)| *child)
                .collect(),
        };
        for child in children {
            found.push(child);
            open.push(child);
        }
    }
    found
}

/// The children of all threads of a process, from `/proc/PID/task/TID/children` (proc(5)).
fn children(parent: Pid) -> Vec<Pid> {
    let parent = parent.as_raw_nonzero();
    let Ok(threads) = std::fs::read_dir(format!("/proc/{parent}/task")) else {
        return Vec::new();
    };
    let mut found = Vec::new();
    for thread in threads.flatten() {
        if let Ok(children) = std::fs::read_to_string(thread.path().join("children")) {
            found.extend(children.split_ascii_whitespace().filter_map(parse));
        }
    }
    found
}

/// All processes: (parent, child).
fn table() -> Vec<(Pid, Pid)> {
    let Ok(entries) = std::fs::read_dir("/proc") else {
        return Vec::new();
    };
    let line = |entry: std::fs::DirEntry| {
        let child = parse(entry.file_name().to_str()?)?;
        let stat = std::fs::read_to_string(entry.path().join("stat")).ok()?;
        // The name of the program, in brackets, may hold anything; state and parent follow the last one.
        let (_, rest) = stat.rsplit_once(") ")?;
        Some((parse(rest.split_ascii_whitespace().nth(1)?)?, child))
    };
    entries.flatten().filter_map(line).collect()
}

/// How many processes and threads a user has on this machine (proc_pid_stat(5), num_threads).
pub(super) fn tasks_of(user: Uid) -> u64 {
    let Ok(entries) = std::fs::read_dir("/proc") else {
        return 0;
    };
    let threads = |entry: std::fs::DirEntry| {
        parse(entry.file_name().to_str()?)?;
        if entry.metadata().ok()?.uid() != user.as_raw() {
            return None;
        }
        let stat = std::fs::read_to_string(entry.path().join("stat")).ok()?;
        let (_, rest) = stat.rsplit_once(") ")?;
        rest.split_ascii_whitespace().nth(17)?.parse::<u64>().ok()
    };
    entries.flatten().filter_map(threads).sum()
}

fn parse(number: &str) -> Option<Pid> {
    number.parse().ok().and_then(Pid::from_raw)
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

#[cfg(test)]
mod tests {
    use super::*;
    use std::process::{Command, Stdio};

    #[test]
    fn children_and_their_children_are_found_either_way() {
        let mut shell = Command::new("sh")
            .args(["-c", "sleep 1000 & echo; wait"])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = [0];
        let mut output = shell.stdout.take().unwrap();
        std::io::Read::read_exact(&mut output, &mut line).unwrap();
        let pid = Pid::from_child(&shell);
        let below = descendants(pid);
        assert_eq!(below.len(), 1);
        assert!(table().contains(&(pid, below[0])));
        let all = descendants(rustix::process::getpid());
        let at = |wanted: Pid| all.iter().position(|pid| *pid == wanted).unwrap();
        assert!(at(pid) < at(below[0]));
        shell.kill().unwrap();
        shell.wait().unwrap();
        let _ = rustix::process::kill_process(below[0], Signal::KILL);
    }
}
