//! Copies a submission into a box. The submission is hostile until proved otherwise: no link is followed, nothing but plain files and folders is opened, and there are limits.

use std::ffi::{CStr, OsStr};
use std::fs::File;
use std::io::{self, Read};
use std::os::fd::OwnedFd;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use rustix::fs::{AtFlags, CWD, Dir, FileType, Mode, OFlags, ResolveFlags};

use super::folder;

/// No submission needs more, and the file system that it is copied to has no room for more (see [`super::Room::RUN`]).
pub const LIMITS: Limits = Limits {
    entries: 9_000,
    bytes: 64 << 20,
    block: 4096,
    depth: 32,
};
/// Names of folders that only cost time: they are not copied.
pub const NOT_COPIED: [&str; 4] = [".git", "target", "node_modules", "__pycache__"];

/// How much a submission may be.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Files and folders.
    pub entries: usize,
    /// Bytes, in whole blocks.
    pub bytes: u64,
    /// Files take whole blocks of this size, in bytes.
    pub block: u64,
    /// Folders in folders, the submission itself being the first.
    pub depth: usize,
}

/// What has been copied.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Copied {
    /// Plain files.
    pub files: usize,
    /// Their bytes.
    pub bytes: u64,
    /// What the programs will miss; folders that are always skipped are not named.
    pub left_out: Vec<LeftOut>,
}

/// Something that is not copied.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LeftOut {
    /// Below the submission.
    pub path: PathBuf,
    /// Why.
    pub reason: Reason,
}

/// Why something is not copied.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Reason {
    /// A symbolic link.
    Link,
    /// A FIFO, socket or device.
    Special,
    /// It can't be read.
    Unreadable,
}

/// Why a submission can't be copied.
#[derive(Debug)]
pub enum CopyError {
    /// There are more files and folders than can be copied.
    TooMany {
        /// How many can be.
        most: usize,
        /// Which file or folder of the submission has most of those that were counted.
        mainly: PathBuf,
    },
    /// They are larger.
    TooLarge {
        /// How many bytes can be copied.
        most: u64,
        /// Which file or folder of the submission has most of those that were counted.
        mainly: PathBuf,
    },
    /// There are deeper folders.
    TooDeep {
        /// How deep they may be.
        most: usize,
        /// Which one.
        at: PathBuf,
    },
    /// The submission itself isn't a readable folder.
    NotReadable(io::Error),
    /// The copy can't be written: the machine's trouble.
    NotWritten(io::Error),
}

impl std::fmt::Display for CopyError {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            CopyError::TooMany { most, .. } => write!(formatter, "more than {most} files"),
            CopyError::TooLarge { most, .. } => write!(formatter, "more than {most} bytes"),
            CopyError::TooDeep { most, .. } => write!(formatter, "folders deeper than {most}"),
            CopyError::NotReadable(error) => write!(formatter, "can't be read: {error}"),
            CopyError::NotWritten(error) => write!(formatter, "can't be copied: {error}"),
        }
    }
}

impl std::error::Error for CopyError {}

/// Opens the folder of a submission.
pub(super) fn open(from: &Path) -> Result<OwnedFd, CopyError> {
    let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC;
    rustix::fs::openat(CWD, from, flags, Mode::empty())
        .map_err(|error| CopyError::NotReadable(error.into()))
}

/// Copies what is in the open folder `from` into the open folder `to`; the copies belong to `owner`.
pub(super) fn copy(from: &OwnedFd, to: &OwnedFd, owner: Option<u32>) -> Result<Copied, CopyError> {
    copy_within(LIMITS, from, Some(to), owner)
}

/// What copying the folder `from` would come to, without doing it.
///
/// # Errors
///
/// It would be too much, or `from` is no readable folder.
pub fn measure(from: &Path) -> Result<Copied, CopyError> {
    measure_open(&open(from)?)
}

/// The same of an open folder.
pub(super) fn measure_open(from: &OwnedFd) -> Result<Copied, CopyError> {
    copy_within(LIMITS, from, None, None)
}

fn copy_within(
    limits: Limits,
    from: &OwnedFd,
    to: Option<&OwnedFd>,
    owner: Option<u32>,
) -> Result<Copied, CopyError> {
    let mut copying = Copying {
        limits,
        owner,
        entries: 0,
        room: 0,
        shares: Vec::new(),
        copied: Copied::default(),
    };
    copying.folder(from, to, Path::new(""), 1)?;
    Ok(copying.copied)
}

struct Copying {
    limits: Limits,
    owner: Option<u32>,
    entries: usize,
    /// Bytes in whole blocks.
    room: u64,
    /// What each file and folder of the top has of them.
    shares: Vec<Share>,
    copied: Copied,
}

struct Share {
    path: PathBuf,
    entries: usize,
    room: u64,
}

impl Copying {
    /// Copies an open folder into another, or only looks.
    fn folder(
        &mut self,
        from: &OwnedFd,
        to: Option<&OwnedFd>,
        path: &Path,
        depth: usize,
    ) -> Result<(), CopyError> {
        if depth > self.limits.depth {
            let (most, at) = (self.limits.depth, path.to_owned());
            return Err(CopyError::TooDeep { most, at });
        }
        let unreadable = |error: rustix::io::Errno| CopyError::NotReadable(error.into());
        for entry in Dir::read_from(from).map_err(unreadable)? {
            let entry = entry.map_err(unreadable)?;
            let name = entry.file_name();
            if matches!(name.to_bytes(), b"." | b"..") {
                continue;
            }
            let path = path.join(OsStr::from_bytes(name.to_bytes()));
            if depth == 1 {
                self.shares.push(Share {
                    path: path.clone(),
                    entries: 0,
                    room: 0,
                });
            }
            self.entries += 1;
            if let Some(share) = self.shares.last_mut() {
                share.entries += 1;
            }
            if self.entries > self.limits.entries {
                return Err(CopyError::TooMany {
                    most: self.limits.entries,
                    mainly: self.mainly(|share| share.entries as u64),
                });
            }
            if let Err(reason) = self.entry(from, to, name, &path, depth)? {
                self.copied.left_out.push(LeftOut { path, reason });
            }
        }
        Ok(())
    }

    fn mainly(&self, of: impl Fn(&Share) -> u64) -> PathBuf {
        let mainly = self.shares.iter().max_by_key(|share| of(share));
        mainly.map(|share| share.path.clone()).unwrap_or_default()
    }

    fn too_large(&self) -> CopyError {
        CopyError::TooLarge {
            most: self.limits.bytes,
            mainly: self.mainly(|share| share.room),
        }
    }

    fn entry(
        &mut self,
        from: &OwnedFd,
        to: Option<&OwnedFd>,
        name: &CStr,
        path: &Path,
        depth: usize,
    ) -> Result<Result<(), Reason>, CopyError> {
        let unwritten = |error: rustix::io::Errno| CopyError::NotWritten(error.into());
        let Ok(status) = rustix::fs::statat(from, name, AtFlags::SYMLINK_NOFOLLOW) else {
            return Ok(Err(Reason::Unreadable));
        };
        match FileType::from_raw_mode(status.st_mode) {
            FileType::Directory => {
                if NOT_COPIED
                    .iter()
                    .any(|skipped| skipped.as_bytes() == name.to_bytes())
                {
                    return Ok(Ok(()));
                }
                let Ok(inner) = folder::open_folder(from, name) else {
                    return Ok(Err(Reason::Unreadable));
                };
                let copy = match to {
                    Some(to) => {
                        match rustix::fs::mkdirat(to, name, Mode::RWXU) {
                            Err(rustix::io::Errno::EXIST) => {}
                            result => result.map_err(unwritten)?,
                        }
                        let copy = folder::open_folder(to, name).map_err(unwritten)?;
                        folder::give(&copy, self.owner).map_err(CopyError::NotWritten)?;
                        Some(copy)
                    }
                    None => None,
                };
                self.folder(&inner, copy.as_ref(), path, depth + 1)?;
                Ok(Ok(()))
            }
            FileType::RegularFile => self.file(from, to, name),
            FileType::Symlink => Ok(Err(Reason::Link)),
            _ => Ok(Err(Reason::Special)),
        }
    }

    fn file(
        &mut self,
        from: &OwnedFd,
        to: Option<&OwnedFd>,
        name: &CStr,
    ) -> Result<Result<(), Reason>, CopyError> {
        // It was a plain file a moment ago; whatever it is now, opening it must neither follow, nor wait, nor take a terminal.
        let careful = OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::NOCTTY;
        let Ok(source) = rustix::fs::openat(from, name, careful | OFlags::CLOEXEC, Mode::empty())
        else {
            return Ok(Err(Reason::Unreadable));
        };
        let Ok(status) = rustix::fs::fstat(&source) else {
            return Ok(Err(Reason::Unreadable));
        };
        if FileType::from_raw_mode(status.st_mode) != FileType::RegularFile {
            return Ok(Err(Reason::Special));
        }
        // The size may be a lie later on, but a sparse giant need not be read to be refused.
        let size = u64::try_from(status.st_size).unwrap_or_default();
        let room = size.checked_next_multiple_of(self.limits.block);
        let room = room.unwrap_or(u64::MAX);
        self.room = self.room.saturating_add(room);
        if let Some(share) = self.shares.last_mut() {
            share.room = share.room.saturating_add(room);
        }
        if self.room > self.limits.bytes {
            return Err(self.too_large());
        }
        let bytes = match to {
            Some(to) => {
                let executable = status.st_mode & 0o111 != 0;
                let copy = create(to, name, executable, self.owner);
                let mut copy = File::from(copy.map_err(CopyError::NotWritten)?);
                // What it has grown by meanwhile is left.
                let copied = io::copy(&mut File::from(source).take(size), &mut copy);
                copied.map_err(|error| match error.kind() {
                    io::ErrorKind::StorageFull => self.too_large(),
                    _ => CopyError::NotWritten(error),
                })?
            }
            None => size,
        };
        self.copied.files += 1;
        self.copied.bytes += bytes;
        Ok(Ok(()))
    }
}

/// Reads a plain file below the open folder: its first `most` bytes. Programs may be changing what is there, so the kernel is told not to leave the folder nor to follow links (openat2(2)), and nothing is waited for.
pub(super) fn read(from: &OwnedFd, name: &Path, most: u64) -> io::Result<Vec<u8>> {
    let flags = OFlags::RDONLY | OFlags::NONBLOCK | OFlags::NOCTTY | OFlags::CLOEXEC;
    let resolve = ResolveFlags::BENEATH | ResolveFlags::NO_SYMLINKS | ResolveFlags::NO_MAGICLINKS;
    let file = rustix::fs::openat2(from, name, flags, Mode::empty(), resolve)?;
    if !FileType::from_raw_mode(rustix::fs::fstat(&file)?.st_mode).is_file() {
        return Err(io::ErrorKind::InvalidInput.into());
    }
    let mut bytes = Vec::new();
    File::from(file).take(most).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// Writes a file of Viva's own below the open folder, making the folders above it: whatever is there must give way. `name` is relative and
/// stays below.
pub(super) fn add(to: &OwnedFd, name: &Path, bytes: &[u8], owner: Option<u32>) -> io::Result<()> {
    use std::path::Component;
    let invalid = || io::Error::from(io::ErrorKind::InvalidInput);
    let mut parts = Vec::new();
    for part in name.components() {
        match part {
            Component::Normal(part) => parts.push(part),
            Component::CurDir => {}
            _ => return Err(invalid()),
        }
    }
    let last = parts.pop().ok_or_else(invalid)?;
    let mut at = rustix::io::fcntl_dupfd_cloexec(to, 3)?;
    for part in parts {
        if is_folder(&at, part) == Some(false) {
            rustix::fs::unlinkat(&at, part, AtFlags::empty())?;
        }
        match rustix::fs::mkdirat(&at, part, Mode::RWXU) {
            Err(rustix::io::Errno::EXIST) => at = folder::open_folder(&at, part)?,
            result => {
                result?;
                at = folder::open_folder(&at, part)?;
                folder::give(&at, owner)?;
            }
        }
    }
    if is_folder(&at, last) == Some(true) {
        folder::remove_from(&at, last)?;
    }
    let last = std::ffi::CString::new(last.as_bytes())?;
    let file = create(&at, &last, false, owner)?;
    io::Write::write_all(&mut File::from(file), bytes)
}

/// Whether what has this name is a folder, if there is anything.
fn is_folder(at: &OwnedFd, name: &OsStr) -> Option<bool> {
    let status = rustix::fs::statat(at, name, AtFlags::SYMLINK_NOFOLLOW).ok()?;
    Some(FileType::from_raw_mode(status.st_mode).is_dir())
}

/// Creates a file or empties the one that is there; a link that is there is refused.
fn create(to: &OwnedFd, name: &CStr, executable: bool, owner: Option<u32>) -> io::Result<OwnedFd> {
    let mode = if executable { 0o755 } else { 0o644 };
    let flags = OFlags::WRONLY | OFlags::CREATE | OFlags::TRUNC | OFlags::NOFOLLOW;
    let file = rustix::fs::openat(to, name, flags | OFlags::CLOEXEC, Mode::from_raw_mode(mode))?;
    folder::give(&file, owner)?;
    Ok(file)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;
    use std::os::unix::fs::{PermissionsExt, symlink};
    use std::os::unix::net::UnixListener;

    fn copy_of(from: &Path) -> (tempfile::TempDir, Result<Copied, CopyError>) {
        let to = tempfile::tempdir().unwrap();
        let open = folder::open_folder(CWD, to.path()).unwrap();
        let few = Limits {
            entries: 12,
            bytes: 100,
            block: 1,
            depth: 3,
        };
        let copied = super::open(from).and_then(|from| copy_within(few, &from, Some(&open), None));
        (to, copied)
    }

    #[test]
    fn plain_files_and_folders_come_along_and_nothing_else() {
        let from = tempfile::tempdir().unwrap();
        let at = |name: &str| from.path().join(name);
        fs::create_dir_all(at("a/b")).unwrap();
        fs::create_dir_all(at("node_modules/x")).unwrap();
        fs::write(at("a/b/chat server.py"), "print(1)").unwrap();
        fs::write(at("run.sh"), "#!/bin/sh").unwrap();
        fs::set_permissions(at("run.sh"), fs::Permissions::from_mode(0o4755)).unwrap();
        fs::write(from.path().join(OsStr::from_bytes(b"\xff\x1b[31m")), "odd").unwrap();
        symlink("/etc/passwd", at("passwd")).unwrap();
        symlink("/etc", at("etc")).unwrap();
        rustix::fs::mknodat(CWD, at("fifo"), FileType::Fifo, Mode::RWXU, 0).unwrap();
        let _socket = UnixListener::bind(at("socket")).unwrap();
        let (to, copied) = copy_of(from.path());
        let mut copied = copied.unwrap();
        copied
            .left_out
            .sort_by(|one, other| one.path.cmp(&other.path));
        let left_out: Vec<_> = copied
            .left_out
            .iter()
            .map(|left| (left.path.to_str().unwrap(), left.reason))
            .collect();
        assert_eq!(
            left_out,
            [
                ("etc", Reason::Link),
                ("fifo", Reason::Special),
                ("passwd", Reason::Link),
                ("socket", Reason::Special)
            ]
        );
        assert_eq!((copied.files, copied.bytes), (3, 8 + 9 + 3));
        let copy = |name: &str| to.path().join(name);
        assert_eq!(fs::read(copy("a/b/chat server.py")).unwrap(), b"print(1)");
        let mode = fs::metadata(copy("run.sh")).unwrap().permissions().mode();
        assert_eq!(mode & 0o7777, 0o755);
        assert!(!copy("node_modules").exists());
    }

    #[test]
    fn too_much_is_refused() {
        let from = tempfile::tempdir().unwrap();
        let at = |name: &str| from.path().join(name);
        let copied = || copy_of(from.path()).1;
        fs::write(at("just"), [b'x'; 100]).unwrap();
        assert_eq!(copied().unwrap().bytes, 100);
        fs::write(at("more"), "x").unwrap();
        assert!(matches!(
            copied(),
            Err(CopyError::TooLarge { most: 100, .. })
        ));
        fs::remove_file(at("just")).unwrap();
        File::create(at("sparse"))
            .unwrap()
            .set_len(1 << 40)
            .unwrap();
        assert!(
            matches!(copied(), Err(CopyError::TooLarge { mainly, .. }) if mainly == Path::new("sparse"))
        );
        fs::remove_file(at("sparse")).unwrap();
        fs::create_dir_all(at("2/3")).unwrap();
        assert_eq!(copied().unwrap().files, 1);
        fs::create_dir_all(at("2/3/4")).unwrap();
        assert!(
            matches!(copied(), Err(CopyError::TooDeep { most: 3, at }) if at == Path::new("2/3/4"))
        );
        fs::remove_dir_all(at("2")).unwrap();
        for number in 0..11 {
            File::create(at(&number.to_string())).unwrap();
        }
        assert_eq!(copied().unwrap().files, 12);
        File::create(at("last")).unwrap();
        assert!(matches!(copied(), Err(CopyError::TooMany { most: 12, .. })));
        assert!(matches!(
            copy_of(&at("0")).1,
            Err(CopyError::NotReadable(_))
        ));
    }

    #[test]
    fn viva_adds_files_below_only() {
        let to = tempfile::tempdir().unwrap();
        let open = folder::open_folder(CWD, to.path()).unwrap();
        add(&open, Path::new("data/in/words.txt"), b"mango", None).unwrap();
        add(&open, Path::new("data/in/words.txt"), b"fig", None).unwrap();
        assert_eq!(
            fs::read(to.path().join("data/in/words.txt")).unwrap(),
            b"fig"
        );
        // What the submission has there instead gives way.
        fs::create_dir_all(to.path().join("plan/deep")).unwrap();
        fs::write(to.path().join("plan/deep/x"), "x").unwrap();
        add(&open, Path::new("plan"), b"fig", None).unwrap();
        add(&open, Path::new("plan/a/b"), b"fig", None).unwrap();
        assert_eq!(fs::read(to.path().join("plan/a/b")).unwrap(), b"fig");
        for bad in ["", "..", "../x", "/etc/x", "a/../../x"] {
            assert!(add(&open, Path::new(bad), b"", None).is_err(), "{bad}");
        }
        symlink("/etc/hosts", to.path().join("link")).unwrap();
        assert!(add(&open, Path::new("link"), b"", None).is_err());
    }
}
