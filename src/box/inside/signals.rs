//! Signals of the launcher and the stubs: all blocked, the death of children read from a descriptor.

use std::io;
use std::mem::MaybeUninit;
use std::os::fd::{FromRawFd, OwnedFd};

/// Gives every signal its default effect and blocks all of them. What Viva itself ignores or handles is not inherited by students.
pub(super) fn block_all() {
    for signal in 1..=libc::SIGRTMAX() {
        // SAFETY: sets a disposition, no handler; fails harmlessly for KILL, STOP and what libc keeps for itself.
        unsafe { libc::signal(signal, libc::SIG_DFL) };
    }
    set_mask(true);
}

/// Unblocks all signals, as a freshly started program expects. Callable between clone and exec.
pub(super) fn unblock_all() {
    set_mask(false);
}

fn set_mask(full: bool) {
    let mut set = MaybeUninit::<libc::sigset_t>::uninit();
    // SAFETY: the set is initialised by the first call before the second reads it.
    unsafe {
        if full {
            libc::sigfillset(set.as_mut_ptr());
        } else {
            libc::sigemptyset(set.as_mut_ptr());
        }
        libc::sigprocmask(libc::SIG_SETMASK, set.as_ptr(), std::ptr::null_mut());
    }
}

/// Becomes readable when a child has ended (signalfd(2)); SIGCHLD must be blocked.
pub(super) fn child_deaths() -> io::Result<OwnedFd> {
    let mut set = MaybeUninit::<libc::sigset_t>::uninit();
    // SAFETY: the set is initialised before use, and the new descriptor is owned by nobody else.
    unsafe {
        libc::sigemptyset(set.as_mut_ptr());
        libc::sigaddset(set.as_mut_ptr(), libc::SIGCHLD);
        let descriptor = libc::signalfd(-1, set.as_ptr(), libc::SFD_CLOEXEC | libc::SFD_NONBLOCK);
        if descriptor < 0 {
            return Err(io::Error::last_os_error());
        }
        Ok(OwnedFd::from_raw_fd(descriptor))
    }
}

/// Takes the news off the descriptor of [`child_deaths`].
pub(super) fn drain(descriptor: &OwnedFd) {
    let mut news = [0; 1024];
    while rustix::io::read(descriptor, &mut news).is_ok_and(|bytes| bytes > 0) {}
}
