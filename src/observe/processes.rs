//! Which processes belong to a program, and what they hold.

use std::fs;
use std::path::{Path, PathBuf};

/// A process and all that descend from it and were not orphaned.
pub(super) fn descendants(pid: i32) -> Vec<i32> {
    let mut all = vec![pid];
    let mut next = 0;
    while let Some(process) = all.get(next).copied() {
        next += 1;
        let Ok(tasks) = fs::read_dir(format!("/proc/{process}/task")) else {
            continue;
        };
        for task in tasks.flatten() {
            let children: PathBuf = task.path().join("children");
            let text = fs::read_to_string(children).unwrap_or_default();
            all.extend(
                text.split_whitespace()
                    .filter_map(|child| child.parse::<i32>().ok()),
            );
        }
    }
    all
}

/// Whether the program of the process `pid` has the socket of this inode open, by /proc/PID/fd (proc(5)); `None` where that
/// can't be read.
pub fn holds_socket(pid: i32, inode: u32) -> Option<bool> {
    let link = format!("socket:[{inode}]");
    let mut read = false;
    for process in descendants(pid) {
        let Ok(descriptors) = fs::read_dir(format!("/proc/{process}/fd")) else {
            continue;
        };
        read = true;
        let is_it = |target: PathBuf| target == Path::new(&link);
        if descriptors
            .flatten()
            .any(|descriptor| fs::read_link(descriptor.path()).is_ok_and(is_it))
        {
            return Some(true);
        }
    }
    read.then_some(false)
}

/// The number of a process in its own PID namespace, as it calls itself (the last one of NSpid, proc(5)).
pub(super) fn own_number(pid: i32) -> Option<i32> {
    let status = fs::read(format!("/proc/{pid}/status")).ok()?;
    let status = String::from_utf8_lossy(&status);
    let numbers = status
        .lines()
        .find_map(|line| line.strip_prefix("NSpid:"))?;
    numbers.split_ascii_whitespace().last()?.parse().ok()
}

/// The inodes of the sockets that a process has open; none where they can't be read.
pub(super) fn sockets(pid: i32) -> Vec<u32> {
    let descriptors = descriptors(pid).unwrap_or_default();
    descriptors
        .into_iter()
        .filter_map(|(_, inode)| inode)
        .collect()
}

/// The descriptors of a process, and the inode of each that is a socket; `None` where they can't be read.
pub(super) fn descriptors(pid: i32) -> Option<Vec<(i32, Option<u32>)>> {
    let entries = fs::read_dir(format!("/proc/{pid}/fd")).ok()?;
    let of = |entry: fs::DirEntry| {
        let number = entry.file_name().to_str()?.parse().ok()?;
        let target = fs::read_link(entry.path()).ok()?;
        let inode = target.to_str().and_then(|link| {
            link.strip_prefix("socket:[")?
                .strip_suffix(']')?
                .parse()
                .ok()
        });
        Some((number, inode))
    };
    Some(entries.flatten().filter_map(of).collect())
}

#[cfg(test)]
mod tests {
    use std::net::TcpListener;
    use std::os::unix::fs::MetadataExt;

    use super::holds_socket;

    #[test]
    fn a_socket_is_found_with_the_process_that_has_it_open() {
        let listener = TcpListener::bind(("127.0.0.1", 0)).expect("listen");
        let descriptor = std::os::fd::AsRawFd::as_raw_fd(&listener);
        let inode = std::fs::metadata(format!("/proc/self/fd/{descriptor}"))
            .expect("inode")
            .ino() as u32;
        let own = std::process::id() as i32;
        assert_eq!(holds_socket(own, inode), Some(true));
        drop(listener);
        assert_eq!(holds_socket(own, inode), Some(false));
        assert_eq!(holds_socket(i32::MAX, inode), None);
    }
}
