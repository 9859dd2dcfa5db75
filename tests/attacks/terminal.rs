//! A terminal of the machine.

use std::fs::File;
use std::os::fd::OwnedFd;
use std::path::Path;

use rustix::pty::OpenptFlags;

use crate::arena::open_to_all;

pub(crate) struct Terminal {
    ours: OwnedFd,
    pub(crate) theirs: OwnedFd,
    pub(crate) name: String,
}

impl Terminal {
    pub(crate) fn new() -> Terminal {
        let ours =
            rustix::pty::openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY | OpenptFlags::CLOEXEC)
                .expect("a terminal");
        rustix::pty::grantpt(&ours).expect("a terminal");
        rustix::pty::unlockpt(&ours).expect("a terminal");
        let name = rustix::pty::ptsname(&ours, Vec::new()).expect("a name");
        let name = name.into_string().expect("a name");
        let theirs = File::options()
            .read(true)
            .write(true)
            .open(&name)
            .expect("a terminal");
        // As with `mesg y`, and for everybody.
        open_to_all(Path::new(&name), 0o666);
        rustix::io::ioctl_fionbio(&ours, true).expect("O_NONBLOCK");
        Terminal {
            ours,
            theirs: theirs.into(),
            name,
        }
    }

    /// What came to it; it may be from the attack of another arena.
    pub(crate) fn shows(&self) -> String {
        let mut bytes = [0; 4096];
        let count = rustix::io::read(&self.ours, &mut bytes).unwrap_or(0);
        String::from_utf8_lossy(&bytes[..count]).into_owned()
    }
}
