//! Reads tarballs, plain or compressed by gzip, bzip2 or xz. (POSIX.1-2017 pax, "ustar Interchange Format"; GNU tar's long names)

use std::cell::Cell;
use std::fs::File;
use std::io::{self, BufReader, Read};
use std::path::Path;

use lzma_rust2::XzReader;
use tar::{Archive, EntryType};

use super::names::decode;
use super::unpacking::{Halt, Incoming, Kind, Unpacking, unread};
use super::why::{Unusable, Why};

/// How a tarball is compressed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Packed {
    Plain,
    Gzip,
    Bzip2,
    Xz,
}

/// Memory in KiB that an archive may want for being unpacked: what `xz -9` makes needs 65 MiB (xz(1)).
const MEMORY: u32 = 70 << 10;

/// Between two entries there is nothing but padding and long names: so much is enough.
const BETWEEN: u64 = 1 << 20;

/// A tarball says nothing about its end: a reader that is given no more than it may use.
struct Rationed<'a, R> {
    inner: R,
    ration: &'a Cell<u64>,
    /// Whether there was nothing more to read.
    ended: &'a Cell<bool>,
}

impl<R: Read> Read for Rationed<'_, R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let ration = self.ration.get();
        if ration == 0 {
            return Err(io::Error::from(io::ErrorKind::FileTooLarge));
        }
        let most = usize::try_from(ration)
            .unwrap_or(usize::MAX)
            .min(buffer.len());
        let count = self.inner.read(&mut buffer[..most])?;
        self.ration.set(ration - count as u64);
        self.ended.set(count == 0 && !buffer.is_empty());
        Ok(count)
    }
}

/// Is given each entry: its path, what it is, its size, and its content; says whether to go on.
type With<'a> = dyn FnMut(&str, Kind, u64, &mut dyn Read) -> Result<bool, Halt> + 'a;

/// Calls `with` for each entry, until it says no.
fn each(path: &Path, packed: Packed, with: &mut With<'_>) -> Result<(), Halt> {
    let file = File::open(path);
    let file = file.map_err(|error| Unusable::new(Why::Unreadable, error.to_string()))?;
    let file = BufReader::new(file);
    let reader: Box<dyn Read> = match packed {
        Packed::Plain => Box::new(file),
        Packed::Gzip => Box::new(flate2::bufread::MultiGzDecoder::new(file)),
        Packed::Bzip2 => Box::new(bzip2::bufread::MultiBzDecoder::new(file)),
        Packed::Xz => Box::new(XzReader::new_mem_limit(file, true, MEMORY)),
    };
    let (ration, ended) = (Cell::new(BETWEEN), Cell::new(false));
    let mut archive = Archive::new(Rationed {
        inner: reader,
        ration: &ration,
        ended: &ended,
    });
    let broken = |error: io::Error| match error.kind() {
        io::ErrorKind::FileTooLarge => Unusable {
            why: Why::ZipBomb,
            about: None,
        },
        // The crate tells apart nothing but its texts; what is missing at the end is by far the most common.
        io::ErrorKind::UnexpectedEof => Unusable {
            why: Why::Truncated,
            about: None,
        },
        // More memory than it may want.
        io::ErrorKind::OutOfMemory => Unusable {
            why: Why::UnknownCompression,
            about: None,
        },
        _ => Unusable {
            why: Why::Damaged,
            about: None,
        },
    };
    let mut last = String::new();
    for entry in archive.entries().map_err(broken)? {
        let mut entry = match entry {
            Ok(entry) => entry,
            Err(error) => {
                let mut unusable = broken(error);
                unusable.about = (!last.is_empty()).then_some(last);
                return Err(unusable.into());
            }
        };
        let name = decode(&entry.path_bytes());
        let kind = match entry.header().entry_type() {
            EntryType::Regular | EntryType::Continuous | EntryType::GNUSparse => Kind::File {
                executable: entry.header().mode().is_ok_and(|mode| mode & 0o111 != 0),
            },
            EntryType::Directory => Kind::Folder,
            EntryType::Link | EntryType::Symlink => Kind::Link,
            EntryType::XGlobalHeader | EntryType::XHeader => continue,
            _ => Kind::Special,
        };
        // Bounded by who reads it.
        ration.set(u64::MAX);
        let size = entry.size();
        let goes_on = with(&name, kind, size, &mut entry)?;
        if !goes_on {
            return Ok(());
        }
        ration.set(BETWEEN + 512);
        last = name;
    }
    // A whole tarball ends with blocks of zeros.
    if ended.get() {
        let about = (!last.is_empty()).then_some(last);
        return Err(Unusable {
            why: Why::Truncated,
            about,
        }
        .into());
    }
    // Whether all of it is as it was packed stands behind the last block.
    ration.set(u64::MAX);
    let mut rest = archive.into_inner().take(BETWEEN);
    io::copy(&mut rest, &mut io::sink()).map_err(broken)?;
    Ok(())
}

/// Calls `with` for each path, until it says no.
pub(super) fn paths(
    path: &Path,
    packed: Packed,
    mut with: impl FnMut(&str) -> bool,
) -> Result<(), Unusable> {
    let read = each(path, packed, &mut |name, _, _, content| {
        let rest = io::copy(&mut content.take(MOST), &mut io::sink());
        match rest {
            Ok(MOST) => Err(Unusable::new(Why::ZipBomb, name).into()),
            Ok(_) => Ok(with(name)),
            Err(error) => Err(unread(&error, name).into()),
        }
    });
    match read {
        Err(Halt::Unusable(unusable)) => Err(unusable),
        _ => Ok(()),
    }
}

/// No file of a class is larger.
const MOST: u64 = 4 << 30;

/// Unpacks everything.
pub(super) fn unpack(
    path: &Path,
    packed: Packed,
    into: &mut Unpacking<'_>,
    stop: bool,
) -> Result<(), Halt> {
    let all = std::fs::metadata(path).map_or(0, |metadata| metadata.len());
    let mut share = Some(all);
    each(path, packed, &mut |name, kind, size, content| {
        let incoming = Incoming {
            path: name,
            kind,
            size: Some(size),
            // How much of it an entry takes can't be told: the first has it all.
            packed: share.take().unwrap_or(0),
        };
        into.take(&incoming, content)?;
        if stop && !into.unusable.is_empty() {
            return Ok(false);
        }
        // What was not wanted is read over here, so that its size is bounded.
        let rest = io::copy(&mut content.take(MOST), &mut io::sink());
        match rest {
            Ok(MOST) => Err(Unusable::new(Why::ZipBomb, name).into()),
            Ok(_) => Ok(true),
            Err(error) => Err(unread(&error, name).into()),
        }
    })
}
