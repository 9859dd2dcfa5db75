//! Archives of any kind: told by their first bytes, whatever they are called.

use std::fs::File;
use std::io::Read;
use std::path::Path;

use super::names::{extension, parts};
use super::tar::{self, Packed};
use super::unpacking::{Halt, Unpacking};
use super::why::{Unusable, Why};
use super::zip::Zip;

/// An archive that can be read, as far as its first bytes tell.
pub(super) enum Archive {
    Zip(Zip),
    Tar(Packed),
}

/// Whether a file is called as an archive is.
pub(super) fn is_archive(name: &str) -> bool {
    const KINDS: [&str; 15] = [
        "zip", "tar", "tgz", "gz", "rar", "7z", "bz2", "tbz", "tbz2", "xz", "txz", "zst", "tzst",
        "lzma", "z",
    ];
    KINDS.contains(&extension(name).as_str())
}

/// A name without what calls it an archive.
pub(super) fn stem(name: &str) -> &str {
    let Some((stem, _)) = name.rsplit_once('.').filter(|_| is_archive(name)) else {
        return name;
    };
    stem.strip_suffix(".tar")
        .filter(|stem| !stem.is_empty())
        .unwrap_or(stem)
}

impl Archive {
    /// Opens an archive that is called `name`.
    pub(super) fn open(path: &Path, name: &str) -> Result<Archive, Unusable> {
        let mut head = Vec::new();
        let read = File::open(path).and_then(|file| file.take(512).read_to_end(&mut head));
        read.map_err(|error| Unusable::new(Why::Unreadable, error.to_string()))?;
        let called = format!(".{}", extension(name));
        // What is called `program.py.gz` is a file, and no tarball.
        let may_be_tar =
            |kind: &str| called != kind || name.to_lowercase().ends_with(&format!(".tar{kind}"));
        let unknown = |kind: &str| Err(Unusable::new(Why::UnknownArchive, kind));
        match head.as_slice() {
            [] => Err(Unusable {
                why: Why::Empty,
                about: None,
            }),
            [b'P', b'K', 3, 4, ..] | [b'P', b'K', 5, 6, ..] | [b'P', b'K', 7, 8, ..] => {
                Ok(Archive::Zip(Zip::open(path)?))
            }
            [0x1f, 0x8b, ..] if may_be_tar(".gz") => Ok(Archive::Tar(Packed::Gzip)),
            head if head.starts_with(b"BZh") && may_be_tar(".bz2") => {
                Ok(Archive::Tar(Packed::Bzip2))
            }
            head if head.starts_with(b"\xfd7zXZ\0") && may_be_tar(".xz") => {
                Ok(Archive::Tar(Packed::Xz))
            }
            head if head.get(257..262) == Some(b"ustar") => Ok(Archive::Tar(Packed::Plain)),
            head if head.starts_with(b"Rar!\x1a\x07") => unknown(".rar"),
            head if head.starts_with(b"7z\xbc\xaf\x27\x1c") => unknown(".7z"),
            head if head.starts_with(b"BZh") => unknown(".bz2"),
            head if head.starts_with(b"\xfd7zXZ\0") => unknown(".xz"),
            [0x28, 0xb5, 0x2f, 0xfd, ..] => unknown(".zst"),
            [0x1f, 0x8b, ..] => unknown(".gz"),
            // An archive may stand behind a program that unpacks it.
            _ if called == ".zip" => match Zip::open(path) {
                Ok(zip) => Ok(Archive::Zip(zip)),
                Err(_) => Err(Unusable::new(Why::NoArchive, name)),
            },
            _ => Err(Unusable::new(Why::NoArchive, name)),
        }
    }

    /// Unpacks everything; with `stop` no further than to the first thing that can't be used.
    pub(super) fn unpack(
        &mut self,
        path: &Path,
        into: &mut Unpacking<'_>,
        stop: bool,
    ) -> Result<(), Halt> {
        match self {
            Archive::Zip(zip) => zip.unpack(into, stop),
            Archive::Tar(packed) => tar::unpack(path, *packed, into, stop),
        }
    }

    /// The names of folders that all of it is in, outermost first, as far as `is_around` says that they may be.
    pub(super) fn around(
        &mut self,
        path: &Path,
        is_around: &dyn Fn(&str) -> bool,
    ) -> Result<Vec<String>, Unusable> {
        let mut common: Option<Vec<String>> = None;
        let with = |entry: &str| {
            let is_folder = entry.ends_with(['/', '\\']);
            let Some(mut names) = parts(entry).ok().flatten().map(|parts| parts.names) else {
                return true;
            };
            if names.iter().any(|name| super::names::is_junk(name)) {
                return true;
            }
            if !is_folder {
                names.pop();
            }
            match &mut common {
                None => common = Some(names),
                // A folder's own entry says nothing about what is beside it.
                Some(common) if is_folder && common.starts_with(&names) => {}
                Some(common) => {
                    let shared = common
                        .iter()
                        .zip(&names)
                        .take_while(|(a, b)| a == b)
                        .count();
                    common.truncate(shared);
                }
            }
            true
        };
        match self {
            Archive::Zip(zip) => zip.paths(with)?,
            Archive::Tar(packed) => tar::paths(path, *packed, with)?,
        }
        let common = common.unwrap_or_default();
        let count = common.iter().take_while(|name| is_around(name)).count();
        Ok(common.into_iter().take(count).collect())
    }
}
