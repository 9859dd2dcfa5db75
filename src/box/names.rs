//! What a program in a box finds when it asks who and where it is.

use std::fs::{self, Permissions};
use std::io;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use super::folder;

/// The host name.
pub(super) const HOST: &str = "lab";

/// Files of the system that programs see otherwise.
const REPLACED: [(&str, &str, &str); 2] = [
    // The host name is this machine, without asking anybody.
    (
        "/etc/hosts",
        "hosts",
        "127.0.0.1 localhost lab\n::1 localhost ip6-localhost ip6-loopback\n",
    ),
    // Names are looked up in files only. Else a resolver daemon of the machine could be asked, which waits for the outside.
    (
        "/etc/nsswitch.conf",
        "nsswitch.conf",
        "passwd: files\ngroup: files\nshadow: files\nhosts: files\nnetworks: files\nprotocols: files\nservices: files\nethers: files\nrpc: files\n",
    ),
];

/// These files, written once for all boxes. Whoever has them written removes the folder.
pub(super) struct Names(PathBuf);

impl Names {
    pub(super) fn write() -> io::Result<Self> {
        let names = Names(folder::fresh()?);
        match names.fill() {
            Ok(()) => Ok(names),
            Err(error) => {
                let _ = folder::remove(&names.0);
                Err(error)
            }
        }
    }

    fn fill(&self) -> io::Result<()> {
        for (_, name, text) in REPLACED {
            let path = self.0.join(name);
            fs::write(&path, text)?;
            fs::set_permissions(&path, Permissions::from_mode(0o444))?;
        }
        Ok(())
    }

    pub(super) fn folder(&self) -> &Path {
        &self.0
    }

    /// (the file that is covered, what is seen there).
    pub(super) fn replaced(&self) -> Vec<(PathBuf, PathBuf)> {
        REPLACED
            .iter()
            .map(|(covered, name, _)| (covered.into(), self.0.join(name)))
            .collect()
    }
}
