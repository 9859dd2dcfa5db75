//! Ending every process below this one, where no PID namespace does it.

use rustix::process::{Pid, Signal, WaitOptions};

use crate::r#box::family;

/// Kills and reaps all descendants, daemons included; this process must be a "child subreaper" (prctl(2)), so that orphans come to it. Returns when none is left.
pub(in crate::r#box) fn kill_descendants() {
    let me = rustix::process::getpid();
    loop {
        // Stopped first, so that nobody forks while the others are being killed.
        let mut found = Vec::new();
        loop {
            let now = family::descendants(me);
            let fresh: Vec<Pid> = now.into_iter().filter(|pid| !found.contains(pid)).collect();
            if fresh.is_empty() {
                break;
            }
            for pid in &fresh {
                let _ = rustix::process::kill_process(*pid, Signal::STOP);
            }
            found.extend(fresh);
        }
        for pid in &found {
            let _ = rustix::process::kill_process(*pid, Signal::KILL);
        }
        // Each death may hand new children to this process: look again after each.
        match rustix::process::wait(WaitOptions::empty()) {
            Err(rustix::io::Errno::CHILD) => return,
            _ => while let Ok(Some(_)) = rustix::process::wait(WaitOptions::NOHANG) {},
        }
    }
}
