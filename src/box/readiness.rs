//! Descriptors whose readiness the runtime reports.

use std::io;
use std::os::fd::OwnedFd;

use tokio::io::Interest;
use tokio::io::unix::AsyncFd;

/// Hands a descriptor to the runtime that this is called in.
pub(super) fn register(descriptor: OwnedFd, interest: Interest) -> io::Result<AsyncFd<OwnedFd>> {
    // SAFETY: an `OwnedFd` is open, and stays the same, until it is dropped; nobody else closes it.
    Ok(unsafe { AsyncFd::register_with_interest(descriptor, interest) }?)
}

/// Waits for the end of a process (it may still have to be reaped).
pub(super) async fn end_of(pidfd: OwnedFd) -> io::Result<()> {
    let pidfd = register(pidfd, Interest::READABLE)?;
    let _ = pidfd.readable().await?;
    Ok(())
}
