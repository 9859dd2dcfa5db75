//! Where the network namespaces of boxes are made: in a network namespace whose children get small tables of TCP connections.
//!
//! sock_diag(7) walks through the whole table at each look at the sockets of a box, and a machine's own table, which namespaces share by default, has hundreds of thousands of entries
//! (0.3 ms a look, against 0.05 ms). An ordinary user has no power over a namespace of this kind that isn't inside a user namespace: there it is done without.

use std::fs::File;
use std::io;
use std::os::fd::AsFd;

use rustix::thread::{LinkNameSpaceType, UnshareFlags, move_into_link_name_space, unshare_unsafe};

/// Entries of such a table (ip-sysctl, tcp_child_ehash_entries: Linux 6.2 and later): half as many connections at most may be in TIME_WAIT.
const ENTRIES: &str = "16384";

/// A network namespace in which others are made.
pub(super) struct Nursery {
    outside: File,
    inside: File,
}

impl Nursery {
    /// # Errors
    ///
    /// The right is missing, or the kernel can't make such tables.
    pub(super) fn new() -> io::Result<Self> {
        let outside = current()?;
        // Who may not come back must not leave: root of a user namespace may make a network, but not enter the machine's.
        move_into_link_name_space(outside.as_fd(), Some(LinkNameSpaceType::Network))?;
        // SAFETY: only unsharing the table of open files is dangerous, and this process has one thread.
        unsafe { unshare_unsafe(UnshareFlags::NEWNET) }?;
        let inside = small_tables_for_children().and_then(|()| current());
        move_into_link_name_space(outside.as_fd(), Some(LinkNameSpaceType::Network))?;
        let inside = inside?;
        Ok(Nursery { outside, inside })
    }

    /// From here on this process makes its network namespaces in there.
    pub(super) fn enter(&self) -> io::Result<()> {
        Ok(move_into_link_name_space(
            self.inside.as_fd(),
            Some(LinkNameSpaceType::Network),
        )?)
    }

    /// Back to where it came from.
    pub(super) fn leave(&self) -> io::Result<()> {
        Ok(move_into_link_name_space(
            self.outside.as_fd(),
            Some(LinkNameSpaceType::Network),
        )?)
    }
}

fn current() -> io::Result<File> {
    File::open("/proc/self/ns/net")
}

fn small_tables_for_children() -> io::Result<()> {
    std::fs::write("/proc/sys/net/ipv4/tcp_child_ehash_entries", ENTRIES)
}
