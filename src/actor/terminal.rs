//! A pseudo-terminal: the program's side, and ours.

use std::cell::Cell;
use std::io;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::termios::{
    LocalModes, OptionalActions, OutputModes, Winsize, tcgetattr, tcsetattr, tcsetwinsize,
};
use tokio::io::unix::AsyncFd;

use crate::r#box::TestBox;

/// Our side of a terminal.
pub(super) struct Terminal {
    master: AsyncFd<OwnedFd>,
}

/// Opens a terminal; the second value is the program's side.
///
/// No echo, so that what is typed never looks like output; no translation of newlines; wide, so that nothing wraps.
pub(super) async fn open(test_box: &TestBox) -> io::Result<(Terminal, OwnedFd)> {
    let (master, slave) = test_box.terminal().await?;
    let mut modes = tcgetattr(&slave)?;
    modes
        .local_modes
        .remove(LocalModes::ECHO | LocalModes::ECHOE | LocalModes::ECHOK | LocalModes::ECHONL);
    modes.output_modes.remove(OutputModes::ONLCR);
    tcsetattr(&slave, OptionalActions::Now, &modes)?;
    tcsetwinsize(
        &slave,
        Winsize {
            ws_row: 50,
            ws_col: 1000,
            ws_xpixel: 0,
            ws_ypixel: 0,
        },
    )?;
    rustix::io::ioctl_fionbio(&master, true)?;
    // SAFETY: an `OwnedFd` refers to the same open file until it is dropped, which is after the `AsyncFd` has let go of it.
    let master = unsafe { AsyncFd::register(master)? };
    Ok((Terminal { master }, slave))
}

impl Terminal {
    /// Reads what the program printed; EIO when no program has the terminal open any more (pty(7)).
    pub(super) async fn read(&self, buffer: &mut [u8]) -> io::Result<usize> {
        loop {
            let mut ready = self.master.readable().await?;
            match ready.try_io(|master| {
                rustix::io::read(master.as_fd(), &mut *buffer).map_err(io::Error::from)
            }) {
                Ok(outcome) => return outcome,
                Err(_would_block) => {}
            }
        }
    }

    /// Types `bytes`; `taken` counts those that the kernel has taken, also when this future is dropped.
    pub(super) async fn write(&self, bytes: &[u8], taken: &Cell<usize>) -> io::Result<()> {
        while taken.get() < bytes.len() {
            let mut ready = self.master.writable().await?;
            match ready.try_io(|master| {
                rustix::io::write(master.as_fd(), &bytes[taken.get()..]).map_err(io::Error::from)
            }) {
                Ok(outcome) => taken.set(taken.get() + outcome?),
                Err(_would_block) => {}
            }
        }
        Ok(())
    }

    /// Our side.
    pub(super) fn descriptor(&self) -> BorrowedFd<'_> {
        self.master.get_ref().as_fd()
    }

    /// Whether something can be read at this moment.
    pub(super) fn has_output(&self) -> bool {
        let mut descriptors = [PollFd::new(self.master.get_ref(), PollFlags::IN)];
        poll(
            &mut descriptors,
            Some(&Timespec {
                tv_sec: 0,
                tv_nsec: 0,
            }),
        )
        // Broken off by a signal it has told nothing: then there may be.
        .map_or(true, |ready| ready > 0)
    }
}
