//! What runs in processes of its own, on the other side of the control sockets: the launcher, which a Viva starts once, and the stubs, one per box.
//!
//! The launcher is this same program, started anew while it is small and has a single thread; it forks the stubs, which therefore cost no exec and copy little memory.
//! Code in here is ordinary Rust without threads. It must not trust a student's process, print, or hold a descriptor of Viva's ends of the control sockets.

mod access;
mod confinement;
mod ending;
mod filter;
mod forbidden;
mod launcher;
mod limits;
mod memory;
mod network;
mod nursery;
mod root;
mod setup;
mod signals;
mod start;
mod stub;

use std::os::fd::BorrowedFd;
use std::os::unix::ffi::OsStrExt;
use std::sync::atomic::{AtomicBool, Ordering};

use rustix::net::SocketType;

pub(super) use access::version as landlock_version;
pub(super) use ending::kill_descendants;
pub(super) use root::{COPY, TEMPORARY};

/// The name under which Viva starts itself as the launcher. Programs in a box can read it, so it says nothing.
pub(super) const NAME: &str = "box-init";

static ASKED: AtomicBool = AtomicBool::new(false);

/// Becomes the launcher and never returns, if this process was started to be it; else does nothing. The first thing in `main`: before any thread, runtime or
/// argument parser.
pub fn stub_main_if_asked() {
    ASKED.store(true, Ordering::Relaxed);
    let mut arguments = std::env::args_os();
    let named = arguments
        .next()
        .is_some_and(|name| name.as_bytes() == NAME.as_bytes());
    // SAFETY: descriptor 0 is only asked for its type here; if it isn't open the question fails.
    let standard_input = unsafe { BorrowedFd::borrow_raw(0) };
    if named
        && rustix::net::sockopt::socket_type(standard_input)
            .is_ok_and(|kind| kind == SocketType::SEQPACKET)
    {
        launcher::run();
    }
}

/// Whether this program would become the launcher if it were started as one.
pub(super) fn can_be_launcher() -> bool {
    ASKED.load(Ordering::Relaxed)
}

/// The unit tests' own `main` doesn't ask; so ask before it.
#[cfg(test)]
#[used]
#[unsafe(link_section = ".init_array")]
static ASK: extern "C" fn() = {
    extern "C" fn ask() {
        stub_main_if_asked();
    }
    ask
};
