//! What a stub sets up in its fresh namespaces before the first program: identity, network, host name, root.

use std::io::{self, Read};
use std::os::fd::OwnedFd;

use rustix::thread::{Gid, Uid};

use super::network;
use super::root::{self, System};
use crate::r#box::message::{Open, Trouble};
use crate::r#box::names;
use crate::r#box::{Isolation, Missing};

/// What a stub gets from the launcher when it is forked.
pub(super) struct Fork<'a> {
    /// Viva's own user and group, who are nobody any more in a fresh user namespace.
    pub(super) viva: (Uid, Gid),
    /// Tells when a foreign identity may be taken.
    pub(super) go: io::PipeReader,
    /// What every box shows of the machine.
    pub(super) system: &'a System,
    /// What only somebody outside can have taken and made for a foreigner; else this process is Viva's own user and does it itself.
    pub(super) outside: Option<Outside>,
}

/// Mounts that are nowhere yet.
pub(super) struct Outside {
    /// One for each of [`Open::shown`].
    pub(super) trees: Vec<OwnedFd>,
    /// For the submission's copy.
    pub(super) copy: OwnedFd,
}

/// Sets everything up, or says what could not be; `made` is told of the submission's copy if it is made in here. Returns the layers that are missing.
pub(super) fn set_up(
    open: &Open,
    fork: Fork<'_>,
    made: impl FnOnce(OwnedFd) -> io::Result<()>,
) -> Result<Vec<Missing>, Trouble> {
    let mut missing = Vec::new();
    if open.isolation == Isolation::Full {
        // While this is still Viva's own user outside: the files may lie in that user's closed home.
        let (trees, copy) = match fork.outside {
            Some(Outside { trees, copy }) => (trees, Some(copy)),
            None => (root::trees(&open.shown)?, None),
        };
        identity(open.identity, fork.viva, fork.go)
            .map_err(|error| Trouble::new("identity", &error))?;
        let copy = match copy {
            Some(copy) => copy,
            None => {
                let failed = |error: io::Error| Trouble::new("mount copy", &error);
                let copy = root::copy(open.room, None).map_err(failed)?;
                root::top(&copy).and_then(made).map_err(failed)?;
                copy
            }
        };
        network::set_up().map_err(|error| Trouble::new("network", &error))?;
        rustix::system::sethostname(names::HOST.as_bytes())
            .map_err(|error| Trouble::new("sethostname", &error.into()))?;
        missing = root::enter(open, fork.system, &copy, trees)?;
    }
    forgo_powers();
    Ok(missing)
}

/// Becomes the user that programs run as. Until then this process is nobody in its user namespace, though with all capabilities there.
fn identity(identity: Option<u32>, viva: (Uid, Gid), mut go: io::PipeReader) -> io::Result<()> {
    if identity.is_none() {
        // user_namespaces(7): who has no power outside may map only their own number, and only after giving up setgroups.
        let (user, group) = (viva.0.as_raw(), viva.1.as_raw());
        let inside = names::USER;
        std::fs::write("/proc/self/setgroups", "deny")?;
        std::fs::write("/proc/self/uid_map", format!("{inside} {user} 1"))?;
        std::fs::write("/proc/self/gid_map", format!("{inside} {group} 1"))?;
        return Ok(());
    }
    let mut word = [0];
    go.read_exact(&mut word)?;
    become_user(names::USER)
}

/// Becomes this user and group of the present user namespace, in no other group.
pub(super) fn become_user(id: u32) -> io::Result<()> {
    rustix::thread::set_thread_groups(&[])?;
    let (user, group) = (Uid::from_raw(id), Gid::from_raw(id));
    rustix::thread::set_thread_res_gid(group, group, group)?;
    rustix::thread::set_thread_res_uid(user, user, user)?;
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
