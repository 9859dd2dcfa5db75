//! Holds boxes to the memory that their programs may have together. The limits of single processes don't add up, and control groups are mostly not the user's to make: so the launcher looks now and then.

use std::io::Read;

use rustix::process::{Pid, Signal};

use crate::r#box::family;

/// Ends the processes below `root` if they have more than `most` bytes together; whether it did.
pub(super) fn hold(root: Pid, most: u64) -> bool {
    let all = family::descendants(root);
    let roughly: u64 = all.iter().map(|pid| private(*pid).unwrap_or(0)).sum();
    if roughly <= most {
        return false;
    }
    // What processes share was counted for each of them.
    let exactly: u64 = all
        .iter()
        .map(|pid| fair(*pid).or_else(|| private(*pid)).unwrap_or(0))
        .sum();
    if exactly <= most {
        return false;
    }
    for pid in all {
        let _ = rustix::process::kill_process(pid, Signal::KILL);
    }
    true
}

/// Bytes of a process that are no file's (proc_pid_statm(5)): resident without shared.
fn private(process: Pid) -> Option<u64> {
    let mut text = [0; 128];
    let path = format!("/proc/{}/statm", process.as_raw_nonzero());
    let length = std::fs::File::open(path).ok()?.read(&mut text).ok()?;
    let text = std::str::from_utf8(&text[..length]).ok()?;
    let mut pages = text.split_ascii_whitespace().skip(1).map(str::parse::<u64>);
    let (resident, shared) = (pages.next()?.ok()?, pages.next()?.ok()?);
    Some(resident.saturating_sub(shared) * rustix::param::page_size() as u64)
}

/// The same with a fair share of what is shared (proc_pid_smaps(5), Pss_Anon). Slow, and not everybody may look.
fn fair(process: Pid) -> Option<u64> {
    let path = format!("/proc/{}/smaps_rollup", process.as_raw_nonzero());
    let text = std::fs::read_to_string(path).ok()?;
    let line = text
        .lines()
        .find_map(|line| line.strip_prefix("Pss_Anon:"))?;
    let kilobytes: u64 = line.split_ascii_whitespace().next()?.parse().ok()?;
    Some(kilobytes << 10)
}
