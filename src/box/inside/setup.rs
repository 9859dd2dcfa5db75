//! What a stub sets up in its fresh namespaces before the first program: identity, network, host name, mounts.

use std::io::{self, Read};
use std::os::fd::{AsFd, AsRawFd, BorrowedFd, OwnedFd};
use std::os::unix::ffi::OsStrExt;
use std::path::Path;

use rustix::fs::CWD;
use rustix::mount::{MountFlags, MountPropagationFlags, MoveMountFlags};
use rustix::thread::{Gid, Uid};

use super::{launcher, network};
use crate::r#box::message::{Open, Shown, Trouble};
use crate::r#box::names;

/// What a stub gets from the launcher when it is forked.
pub(super) struct Fork<'a> {
    /// Viva's own user and group, who are nobody any more in a fresh user namespace.
    pub(super) viva: (Uid, Gid),
    /// Tells when a foreign identity may be taken.
    pub(super) go: io::PipeReader,
    /// One for each [`Shown`].
    pub(super) trees: &'a [OwnedFd],
}

/// Sets everything up, or says what could not be.
pub(super) fn set_up(open: &Open, fork: Fork<'_>) -> Result<(), Trouble> {
    if open.namespaces {
        // First, while this is still Viva's own user outside: the files may lie in her closed home.
        detach_mounts(open)?;
        identity(open.identity, fork.viva, fork.go)
            .map_err(|error| Trouble::new("identity", &error))?;
        network::set_up().map_err(|error| Trouble::new("network", &error))?;
        rustix::system::sethostname(names::HOST.as_bytes())
            .map_err(|error| Trouble::new("sethostname", &error.into()))?;
        mounts(open, fork.trees)?;
    }
    forgo_powers();
    Ok(())
}

/// Becomes the user that programs run as. Until then this process is nobody in its user namespace, though with all capabilities there.
fn identity(identity: Option<u32>, viva: (Uid, Gid), mut go: io::PipeReader) -> io::Result<()> {
    if identity.is_none() {
        // user_namespaces(7): who has no power outside may map himself alone, and only after giving up setgroups.
        let (user, group) = (viva.0.as_raw(), viva.1.as_raw());
        // Who is root outside is nobody special inside: exec would give root capabilities.
        let inside = |id| if id == 0 { launcher::ORDINARY } else { id };
        std::fs::write("/proc/self/setgroups", "deny")?;
        std::fs::write("/proc/self/uid_map", format!("{} {user} 1", inside(user)))?;
        std::fs::write("/proc/self/gid_map", format!("{} {group} 1", inside(group)))?;
        return Ok(());
    }
    let mut word = [0];
    go.read_exact(&mut word)?;
    become_user(launcher::ORDINARY)
}

/// Becomes this user and group of the present user namespace, in no other group.
pub(super) fn become_user(id: u32) -> io::Result<()> {
    rustix::thread::set_thread_groups(&[])?;
    let (user, group) = (Uid::from_raw(id), Gid::from_raw(id));
    rustix::thread::set_thread_res_gid(group, group, group)?;
    rustix::thread::set_thread_res_uid(user, user, user)?;
    Ok(())
}

fn detach_mounts(open: &Open) -> Result<(), Trouble> {
    rustix::mount::mount_change(
        c"/",
        MountPropagationFlags::PRIVATE | MountPropagationFlags::REC,
    )
    .map_err(|error| Trouble::new("mount --make-private", &error.into()))?;
    for (covered, seen) in &open.replaced {
        replace(covered, seen).map_err(|error| Trouble::new("mount --bind", &error))?;
    }
    Ok(())
}

fn mounts(open: &Open, trees: &[OwnedFd]) -> Result<(), Trouble> {
    // Where parts of /proc are masked (containers) a fresh one is refused: the old one then shows the processes of the machine, which can't be touched.
    let _ = rustix::mount::mount(
        c"proc",
        c"/proc",
        c"proc",
        MountFlags::NOSUID | MountFlags::NODEV | MountFlags::NOEXEC,
        None,
    );
    // Where this can't be written, programs can't listen below 1024; nothing else is lost.
    let _ = std::fs::write("/proc/sys/net/ipv4/ip_unprivileged_port_start", "0");
    for covered in &open.covered {
        rustix::mount::mount(
            c"tmpfs",
            covered,
            c"tmpfs",
            MountFlags::NOSUID | MountFlags::NODEV,
            c"size=1m,mode=755",
        )
        .map_err(|error| Trouble::new("mount -t tmpfs", &error.into()))?;
    }
    for (shown, tree) in open.shown.iter().zip(trees) {
        show(shown, tree).map_err(|error| Trouble::new("move_mount", &error))?;
    }
    for covered in &open.covered {
        make_read_only(CWD, covered, false)
            .map_err(|error| Trouble::new("mount_setattr", &error))?;
    }
    Ok(())
}

fn replace(covered: &Path, seen: &Path) -> io::Result<()> {
    match rustix::mount::mount_bind(seen, covered) {
        // There is nothing to cover.
        Err(rustix::io::Errno::NOENT) => return Ok(()),
        result => result?,
    }
    make_read_only(CWD, covered, false)
}

fn show(shown: &Shown, tree: &OwnedFd) -> io::Result<()> {
    if shown.is_folder {
        std::fs::create_dir_all(&shown.path)?;
    } else {
        if let Some(parent) = shown.path.parent() {
            std::fs::create_dir_all(parent)?;
        }
        std::fs::write(&shown.path, "")?;
    }
    Ok(rustix::mount::move_mount(
        tree,
        c"",
        CWD,
        &shown.path,
        MoveMountFlags::MOVE_MOUNT_F_EMPTY_PATH,
    )?)
}

/// Makes the mount at a path read-only; an empty path means the descriptor itself (mount_setattr(2), Linux 5.12).
pub(super) fn make_read_only(at: BorrowedFd<'_>, path: &Path, all_below: bool) -> io::Result<()> {
    let path = std::ffi::CString::new(path.as_os_str().as_bytes())?;
    let attributes = libc::mount_attr {
        attr_set: libc::MOUNT_ATTR_RDONLY | libc::MOUNT_ATTR_NOSUID | libc::MOUNT_ATTR_NODEV,
        attr_clr: 0,
        propagation: 0,
        userns_fd: 0,
    };
    let mut flags = libc::AT_EMPTY_PATH;
    if all_below {
        flags |= libc::AT_RECURSIVE;
    }
    // SAFETY: the path and the attributes outlive the call, and the size is that of the attributes.
    let result = unsafe {
        libc::syscall(
            libc::SYS_mount_setattr,
            at.as_fd().as_raw_fd(),
            path.as_ptr(),
            flags,
            &raw const attributes,
            size_of::<libc::mount_attr>(),
        )
    };
    if result < 0 {
        return Err(io::Error::last_os_error());
    }
    Ok(())
}

/// Nothing that is started from here on can gain a capability by exec. The stub itself keeps what it has, and is closed to its children: it can't be traced or read.
fn forgo_powers() {
    for capability in 0..=63 {
        // SAFETY: takes a capability off the bounding set of this thread. Fails for the first that doesn't exist, and where there was no power anyway.
        if unsafe { libc::prctl(libc::PR_CAPBSET_DROP, capability, 0, 0, 0) } != 0 {
            break;
        }
    }
    let _ = rustix::process::set_dumpable_behavior(rustix::process::DumpableBehavior::NotDumpable);
}
