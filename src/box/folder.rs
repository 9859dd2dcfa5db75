//! What a box owns on disk where it has no file system of its own: a folder with the submission's copy and a place for temporary files in it.

use std::ffi::{CStr, CString, OsStr};
use std::fs::Permissions;
use std::io;
use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Once};

use rustix::fs::{AtFlags, CWD, Dir, FileType, FlockOperation, Gid, Mode, OFlags, Uid};
use rustix::io::Errno;

/// How the names of these folders begin, and how many random letters follow.
const PREFIX: &str = "viva-";
const RANDOM: usize = 10;
const WORK: &str = "work";
const TEMPORARY: &str = "tmp";

/// A folder that lives as long as the box.
#[derive(Debug)]
pub(super) struct Folder {
    base: PathBuf,
    work: PathBuf,
    temporary: PathBuf,
    descriptor: Arc<OwnedFd>,
    /// Says that the folder has an owner who lives (flock(2)).
    _claim: OwnedFd,
}

impl Folder {
    /// Makes it in the machine's place for temporary files; programs will run as `owner`.
    pub(super) fn new(owner: Option<u32>) -> io::Result<Self> {
        static RECLAIMED: Once = Once::new();
        RECLAIMED.call_once(reclaim);
        let (base, claim) = fresh()?;
        match Folder::fill(&base, owner) {
            Ok(descriptor) => Ok(Folder {
                work: base.join(WORK),
                temporary: base.join(TEMPORARY),
                base,
                descriptor: Arc::new(descriptor),
                _claim: claim,
            }),
            Err(error) => {
                let _ = remove(&base);
                Err(error)
            }
        }
    }

    fn fill(base: &Path, owner: Option<u32>) -> io::Result<OwnedFd> {
        let make = |name| {
            let path = base.join(name);
            rustix::fs::mkdir(&path, Mode::RWXU)?;
            let descriptor = open_folder(CWD, &path)?;
            give(&descriptor, owner)?;
            io::Result::Ok(descriptor)
        };
        make(TEMPORARY)?;
        make(WORK)
    }

    /// All of it.
    pub(super) fn base(&self) -> &Path {
        &self.base
    }

    /// The submission's copy.
    pub(super) fn work(&self) -> &Path {
        &self.work
    }

    /// The place for temporary files.
    pub(super) fn temporary(&self) -> &Path {
        &self.temporary
    }

    /// The submission's copy, open.
    pub(super) fn descriptor(&self) -> &Arc<OwnedFd> {
        &self.descriptor
    }
}

/// A new folder in the machine's place for temporary files, through which everybody may pass, and the claim to it. Whoever makes it removes it.
fn fresh() -> io::Result<(PathBuf, OwnedFd)> {
    let place = std::env::temp_dir().canonicalize()?;
    loop {
        let path = tempfile::Builder::new()
            .prefix(PREFIX)
            .rand_bytes(RANDOM)
            .permissions(Permissions::from_mode(0o711))
            .tempdir_in(&place)?
            .keep();
        // Another Viva may have taken it for a dead one's before it was claimed.
        match claim(&path) {
            Ok(Some(claim)) => return Ok((path, claim)),
            Ok(None) | Err(Errno::NOENT) => {}
            Err(error) => return Err(error.into()),
        }
    }
}

/// The claim to a folder, unless somebody living has it.
fn claim(path: &Path) -> rustix::io::Result<Option<OwnedFd>> {
    let folder = open_folder(CWD, path)?;
    match rustix::fs::flock(&folder, FlockOperation::NonBlockingLockExclusive) {
        Ok(()) if rustix::fs::fstat(&folder)?.st_nlink > 0 => Ok(Some(folder)),
        Ok(()) | Err(Errno::WOULDBLOCK) => Ok(None),
        Err(error) => Err(error),
    }
}

/// Removes the folders of those that were killed before they, or their launcher, could do it.
fn reclaim() {
    let Ok(entries) = std::fs::read_dir(std::env::temp_dir()) else {
        return;
    };
    let me = rustix::process::geteuid().as_raw();
    for entry in entries.flatten() {
        let name = entry.file_name();
        let of_ours = name
            .as_bytes()
            .strip_prefix(PREFIX.as_bytes())
            .is_some_and(|rest| rest.len() == RANDOM && rest.is_ascii());
        let is_mine = entry.metadata().is_ok_and(|metadata| {
            metadata.is_dir() && metadata.uid() == me && metadata.mode() & 0o777 == 0o711
        });
        if of_ours
            && is_mine
            && let Ok(Some(_claim)) = claim(&entry.path())
        {
            let _ = remove(&entry.path());
        }
    }
}

/// Gives an open file to the user that programs run as.
pub(super) fn give(file: impl AsFd, owner: Option<u32>) -> io::Result<()> {
    if let Some(owner) = owner {
        rustix::fs::fchown(file, Some(Uid::from_raw(owner)), Some(Gid::from_raw(owner)))?;
    }
    Ok(())
}

/// Opens a folder without following a symbolic link at its end.
pub(super) fn open_folder(
    at: impl AsFd,
    path: impl rustix::path::Arg,
) -> rustix::io::Result<OwnedFd> {
    rustix::fs::openat(
        at,
        path,
        OFlags::RDONLY | OFlags::DIRECTORY | OFlags::NOFOLLOW | OFlags::CLOEXEC,
        Mode::empty(),
    )
}

/// Removes a folder and all below it, whatever students have made of it: closed folders, and trees deeper than descriptors or the stack reach. Nobody may be writing to it any more.
///
/// Folders that aren't empty are moved up to the top before their turn comes, so that the work is never deeper than two levels.
pub(super) fn remove(path: &Path) -> io::Result<()> {
    remove_from(CWD, path.as_os_str())
}

/// The same of the folder `name` in an open one.
pub(super) fn remove_from(at: impl AsFd, name: &OsStr) -> io::Result<()> {
    let top = open_closed(&at, name)?;
    let mut moved = 0u64;
    loop {
        let entries = entries(&top)?;
        if entries.is_empty() {
            break;
        }
        for (name, kind) in entries {
            if remove_one(&top, &name, kind)? {
                continue;
            }
            let folder = open_closed(&top, name.as_c_str())?;
            for (inner, kind) in self::entries(&folder)? {
                if !remove_one(&folder, &inner, kind)? {
                    move_up(&folder, &inner, &top, &mut moved)?;
                }
            }
        }
    }
    Ok(rustix::fs::unlinkat(&at, name, AtFlags::REMOVEDIR)?)
}

/// Whether it is gone now; it isn't if it is a folder with something in it.
fn remove_one(folder: &OwnedFd, name: &CStr, kind: FileType) -> io::Result<bool> {
    let as_folder = |yes| match yes {
        true => AtFlags::REMOVEDIR,
        false => AtFlags::empty(),
    };
    let mut result = rustix::fs::unlinkat(folder, name, as_folder(kind == FileType::Directory));
    // Some file systems don't say what an entry is.
    if result == Err(Errno::ISDIR) {
        result = rustix::fs::unlinkat(folder, name, as_folder(true));
    }
    match result {
        Ok(()) | Err(Errno::NOENT) => Ok(true),
        Err(Errno::NOTEMPTY | Errno::EXIST) => Ok(false),
        Err(error) => Err(error.into()),
    }
}

/// Opens a folder that may have been closed to its owner.
fn open_closed(folder: impl AsFd, name: impl rustix::path::Arg + Copy) -> io::Result<OwnedFd> {
    rustix::fs::chmodat(&folder, name, Mode::RWXU, AtFlags::empty())?;
    Ok(open_folder(&folder, name)?)
}

fn move_up(folder: &OwnedFd, name: &CStr, top: &OwnedFd, moved: &mut u64) -> io::Result<()> {
    // Moving a folder changes its "..", so it must be writable.
    rustix::fs::chmodat(folder, name, Mode::RWXU, AtFlags::empty())?;
    loop {
        *moved += 1;
        match rustix::fs::renameat(folder, name, top, format!("moved-{moved}")) {
            Err(Errno::NOTEMPTY | Errno::EXIST | Errno::NOTDIR) => {}
            result => return Ok(result?),
        }
    }
}

fn entries(folder: &OwnedFd) -> io::Result<Vec<(CString, FileType)>> {
    let mut entries = Vec::new();
    for entry in Dir::read_from(folder)? {
        let entry = entry?;
        if !matches!(entry.file_name().to_bytes(), b"." | b"..") {
            entries.push((entry.file_name().to_owned(), entry.file_type()));
        }
    }
    Ok(entries)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    #[test]
    fn a_fresh_folder_is_private_and_goes_when_removed() {
        let folder = Folder::new(None).unwrap();
        let mode = fs::metadata(folder.work()).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o700);
        fs::write(folder.work().join("a.py"), "x").unwrap();
        remove(folder.base()).unwrap();
        assert!(!folder.base().exists());
    }

    #[test]
    fn what_a_dead_one_left_is_reclaimed_and_nothing_else() {
        let kept = Folder::new(None).unwrap();
        let (left, claim) = fresh().unwrap();
        fs::write(left.join("a.py"), "x").unwrap();
        drop(claim);
        let other = std::env::temp_dir().join("viva-other");
        let _ = fs::create_dir(&other);
        reclaim();
        assert!(kept.work().exists() && other.exists());
        assert!(!left.exists());
        fs::remove_dir(&other).unwrap();
        remove(kept.base()).unwrap();
    }

    #[test]
    fn removal_copes_with_deep_trees_closed_folders_and_links_to_elsewhere() {
        let elsewhere = tempfile::tempdir().unwrap();
        fs::write(elsewhere.path().join("keep"), "x").unwrap();
        let top = tempfile::tempdir().unwrap().keep();
        // Deeper than a process may hold descriptors, and than a path may be long.
        let mut at = open_folder(CWD, &top).unwrap();
        for depth in 0..1100 {
            rustix::fs::mkdirat(&at, "d", Mode::RWXU).unwrap();
            let below = open_folder(&at, "d").unwrap();
            if depth % 500 == 0 {
                rustix::fs::mkdirat(&at, "twin", Mode::RWXU).unwrap();
                let twin = open_folder(&at, "twin").unwrap();
                rustix::fs::mkdirat(&twin, "moved-1", Mode::RWXU).unwrap();
                rustix::fs::symlinkat(elsewhere.path(), &twin, "link").unwrap();
                rustix::fs::chmodat(&at, "twin", Mode::empty(), AtFlags::empty()).unwrap();
            }
            at = below;
        }
        remove(&top).unwrap();
        assert!(!top.exists());
        assert!(elsewhere.path().join("keep").exists());
    }
}
