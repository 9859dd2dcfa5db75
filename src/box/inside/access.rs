//! Landlock (landlock(7)): what a program may reach is said to the kernel once more, apart from users, mounts and namespaces; and signals and abstract sockets stay within the box.

use std::io;
use std::os::fd::{AsRawFd, BorrowedFd, OwnedFd};
use std::path::Path;

use landlock::{
    ABI, Access, AccessFs, CompatLevel, Compatible, PathBeneath, PathFd, Ruleset, RulesetAttr,
    RulesetCreatedAttr, Scope,
};

/// The newest interface whose rights are asked for; an older kernel grants what it knows. 5 is Linux 6.10, and scopes are from 6 (Linux 6.12).
const NEWEST: ABI = ABI::V6;
/// Below this there is nothing to reach for.
const OLDEST: i64 = 1;

/// What programs may reach.
pub(super) struct Reach<'a> {
    /// Read and execute.
    pub(super) readable: Vec<&'a Path>,
    /// The same, and write, make and remove.
    pub(super) writable: Vec<&'a Path>,
    /// Read and write as they are: devices, what the kernel shows as files.
    pub(super) usable: Vec<&'a Path>,
    /// Signals and abstract sockets end at each program; for where no namespace ends them at the box.
    pub(super) alone: bool,
}

/// A set of rules for programs to be held to; an error where the kernel has no Landlock. What doesn't exist is passed over.
pub(super) fn rules(reach: &Reach<'_>) -> io::Result<OwnedFd> {
    let abi = version()?;
    if abi < OLDEST {
        return Err(io::Error::from_raw_os_error(libc::EOPNOTSUPP));
    }
    let all = AccessFs::from_all(NEWEST);
    let read = AccessFs::from_read(NEWEST);
    let mut rules = Ruleset::default()
        .set_compatibility(CompatLevel::BestEffort)
        .handle_access(all)
        .and_then(|rules| match reach.alone {
            true => rules.scope(Scope::AbstractUnixSocket | Scope::Signal),
            false => Ok(rules),
        })
        .and_then(Ruleset::create)
        .map_err(io::Error::other)?;
    let use_it = AccessFs::ReadFile
        | AccessFs::ReadDir
        | AccessFs::WriteFile
        | AccessFs::Truncate
        | AccessFs::IoctlDev;
    for (paths, access) in [
        (&reach.readable, read),
        (&reach.writable, all),
        (&reach.usable, use_it),
    ] {
        for path in paths {
            let Ok(path) = PathFd::new(path) else {
                continue;
            };
            rules = rules
                .add_rule(PathBeneath::new(path, access))
                .map_err(io::Error::other)?;
        }
    }
    let rules: Option<OwnedFd> = rules.into();
    rules.ok_or_else(|| io::Error::from_raw_os_error(libc::EOPNOTSUPP))
}

/// The kernel's version of the interface (LANDLOCK_CREATE_RULESET_VERSION).
pub(in crate::r#box) fn version() -> io::Result<i64> {
    // SAFETY: asks for a number only.
    let version = unsafe {
        libc::syscall(
            libc::SYS_landlock_create_ruleset,
            std::ptr::null::<u8>(),
            0usize,
            1u32,
        )
    };
    if version < 0 {
        return Err(io::Error::last_os_error());
    }
    Ok(version)
}

/// Holds this thread, and what it starts, to the rules. Needs no_new_privs. Callable between clone and exec.
pub(super) fn hold(rules: BorrowedFd<'_>) -> io::Result<()> {
    // SAFETY: takes a descriptor and a number.
    let result =
        unsafe { libc::syscall(libc::SYS_landlock_restrict_self, rules.as_raw_fd(), 0u32) };
    if result != 0 {
        return Err(io::Error::last_os_error());
    }
    Ok(())
}
