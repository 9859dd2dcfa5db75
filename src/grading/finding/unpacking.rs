//! Writes what an archive (or a folder) holds below a folder of Viva's own: nothing outside, nothing twice, no more than a submission
//! may have, and no links.

use std::collections::BTreeMap;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use rawzip::ErrorKind;

use crate::r#box::LIMITS;

use super::names::{Refused, is_junk, parts};
use super::roll::{Odd, Oddity, note};
use super::why::{Unusable, Why};

/// What an entry is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    File { executable: bool },
    Folder,
    Link,
    Special,
}

/// An entry of an archive.
pub(super) struct Incoming<'a> {
    /// As it stands in the archive, decoded.
    pub(super) path: &'a str,
    pub(super) kind: Kind,
    /// Bytes, as the archive says: more than these don't come honestly. `None`: it says nothing.
    pub(super) size: Option<u64>,
    /// Bytes that it takes in the archive.
    pub(super) packed: u64,
}

/// What keeps reading from going on.
#[derive(Debug)]
pub(super) enum Halt {
    /// What was handed in.
    Unusable(Unusable),
    /// The machine: this can't be written.
    NotWritten(PathBuf, io::Error),
}

impl From<Unusable> for Halt {
    fn from(unusable: Unusable) -> Halt {
        Halt::Unusable(unusable)
    }
}

/// What a share of an archive has come to.
#[derive(Default)]
struct Share {
    entries: usize,
    /// Entries that are known to come.
    announced: usize,
    bytes: u64,
    packed: u64,
    /// Why nothing more of it is taken.
    unusable: Option<Unusable>,
}

/// Where an archive goes. What is in it is accounted for by shares, so that one bad student costs nobody else anything.
pub(super) struct Unpacking<'a> {
    to: PathBuf,
    /// Which share the first folder or file of a path belongs to.
    share_of: &'a dyn Fn(&str) -> String,
    /// Names in front of the shares' own, which all paths have in common.
    around: usize,
    shares: BTreeMap<String, Share>,
    pub(super) oddities: Vec<Oddity>,
    /// First names of paths of which nothing was written because of what they hold.
    pub(super) unusable: BTreeMap<String, Unusable>,
    /// Bytes of what is left out, which costs time all the same.
    skipped: u64,
}

/// What is made to grow grows by more than this; programs and texts by a fifth of it at most.
const BOMB: u64 = 50;
/// So much that is left out is read at most.
const SKIPPED: u64 = 1 << 30;

impl<'a> Unpacking<'a> {
    /// Into `to`, which is there.
    pub(super) fn new(to: &Path, share_of: &'a dyn Fn(&str) -> String, around: usize) -> Self {
        Unpacking {
            to: to.to_owned(),
            share_of,
            around,
            shares: BTreeMap::new(),
            oddities: Vec::new(),
            unusable: BTreeMap::new(),
            skipped: 0,
        }
    }

    /// What follows goes to another folder, which is there. What was taken before still counts; whether it was usable is told.
    pub(super) fn turn_to(&mut self, to: &Path) -> Option<Unusable> {
        self.to = to.to_owned();
        for share in self.shares.values_mut() {
            share.unusable = None;
            share.announced = 0;
        }
        std::mem::take(&mut self.unusable).into_values().next()
    }

    /// An entry that will come: what is too much is then refused before anything of it is written.
    pub(super) fn announce(&mut self, path: &str) {
        let names = parts(path).ok().flatten().map(|parts| parts.names);
        let Some(names) = names.filter(|names| !names.iter().any(|name| is_junk(name))) else {
            return;
        };
        let first = names.get(self.around).or(names.last());
        let share = (self.share_of)(first.map_or("", String::as_str));
        self.shares.entry(share).or_default().announced += 1;
    }

    /// Takes one entry, and reads what it holds from `content` when it is wanted.
    ///
    /// # Errors
    ///
    /// The machine's only. What is wrong with the entry is kept with its share.
    pub(super) fn take(
        &mut self,
        entry: &Incoming<'_>,
        content: &mut dyn Read,
    ) -> Result<(), Halt> {
        let parts = match parts(entry.path) {
            Ok(None) => return Ok(()),
            Ok(Some(parts)) => parts,
            Err(refused) => {
                let odd = match refused {
                    Refused::Outside => Odd::Outside,
                    Refused::TooLong => Odd::Shortened,
                };
                note(&mut self.oddities, odd, entry.path.to_owned());
                return Ok(());
            }
        };
        if parts.names.iter().any(|name| is_junk(name)) {
            return self.skip(content);
        }
        let first = parts.names.get(self.around).or(parts.names.last());
        let first = first.cloned().unwrap_or_default();
        let share = self.shares.entry((self.share_of)(&first)).or_default();
        if share.unusable.is_some() {
            return Ok(());
        }
        share.entries += 1;
        share.packed += entry.packed;
        let refused = if share.entries.max(share.announced) > LIMITS.entries {
            Some(Unusable::new(Why::TooManyFiles, LIMITS.entries.to_string()))
        } else if parts.names.len() > LIMITS.depth + self.around {
            Some(Unusable::new(Why::TooDeep, entry.path))
        } else {
            None
        };
        if let Some(unusable) = refused {
            self.refuse(&first, unusable);
            return Ok(());
        }
        if entry.path.chars().any(char::is_control) {
            note(
                &mut self.oddities,
                Odd::ControlCharacters,
                entry.path.to_owned(),
            );
        }
        let executable = match entry.kind {
            Kind::File { executable } => executable,
            Kind::Folder => {
                if !self.folder(&parts.names)? {
                    note(&mut self.oddities, Odd::Duplicate, entry.path.to_owned());
                }
                return Ok(());
            }
            Kind::Link | Kind::Special => {
                let odd = match entry.kind {
                    Kind::Link => Odd::Link,
                    _ => Odd::Special,
                };
                note(&mut self.oddities, odd, entry.path.to_owned());
                return self.skip(content);
            }
        };
        if parts.shortened {
            note(&mut self.oddities, Odd::Shortened, entry.path.to_owned());
        }
        let (_, above) = parts.names.split_last().unwrap_or((&first, &[]));
        // Where there is none, its file can't be created either.
        self.folder(above)?;
        let path: PathBuf = self.to.join(parts.names.iter().collect::<PathBuf>());
        let Some(file) = create(&path, executable)? else {
            note(&mut self.oddities, Odd::Duplicate, entry.path.to_owned());
            return self.skip(content);
        };
        let share = self.shares.entry((self.share_of)(&first)).or_default();
        if let Err(unusable) = share.fill(&path, file, entry, content)? {
            self.refuse(&first, unusable);
        }
        Ok(())
    }

    /// Nothing more of this share is taken.
    pub(super) fn refuse(&mut self, first: &str, unusable: Unusable) {
        let share = self.shares.entry((self.share_of)(first)).or_default();
        share.unusable = Some(unusable.clone());
        self.unusable.insert(first.to_owned(), unusable);
    }

    /// The share that an entry of this path belongs to.
    pub(super) fn first_of(&self, path: &str) -> String {
        let names = parts(path).ok().flatten().map(|parts| parts.names);
        let names = names.unwrap_or_default();
        let first = names.get(self.around).or(names.last());
        first.cloned().unwrap_or_default()
    }

    /// Whether the folder is there now; else a file is in its way.
    fn folder(&self, names: &[String]) -> Result<bool, Halt> {
        let path = self.to.join(names.iter().collect::<PathBuf>());
        match fs::create_dir_all(&path) {
            Ok(()) => Ok(true),
            Err(error) if is_in_the_way(&error) => Ok(false),
            Err(error) => Err(Halt::NotWritten(path, error)),
        }
    }

    /// Reads over what is left out.
    fn skip(&mut self, content: &mut dyn Read) -> Result<(), Halt> {
        let left = SKIPPED - self.skipped;
        // What can't be read is not wanted; a bad archive is met at the next entry.
        self.skipped += io::copy(&mut content.take(left), &mut io::sink()).unwrap_or(0);
        if self.skipped == SKIPPED {
            return Err(Unusable {
                why: Why::ZipBomb,
                about: None,
            }
            .into());
        }
        Ok(())
    }
}

/// `None`: there is something already.
fn create(path: &Path, executable: bool) -> Result<Option<File>, Halt> {
    let mode = if executable { 0o755 } else { 0o644 };
    let opened = OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(mode)
        .open(path);
    match opened {
        Ok(file) => Ok(Some(file)),
        Err(error) if is_in_the_way(&error) => Ok(None),
        Err(error) => Err(Halt::NotWritten(path.to_owned(), error)),
    }
}

/// Whether nothing can be created because something else is there.
fn is_in_the_way(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::AlreadyExists | io::ErrorKind::NotADirectory
    )
}

impl Share {
    fn fill(
        &mut self,
        path: &Path,
        mut file: File,
        entry: &Incoming<'_>,
        content: &mut dyn Read,
    ) -> Result<Result<(), Unusable>, Halt> {
        let room = LIMITS.bytes.saturating_sub(self.bytes);
        let declared = entry.size.unwrap_or(u64::MAX);
        let mut buffer = vec![0; 64 << 10];
        let mut written = 0u64;
        let refused = loop {
            if written > declared {
                break Some(Unusable::new(Why::ZipBomb, entry.path));
            }
            if written > room || (written == 0 && entry.size.is_some_and(|size| size > room)) {
                let all = self.bytes + written.max(entry.size.unwrap_or(0));
                let why = match self.packed.max(1).checked_mul(BOMB) {
                    Some(honest) if honest < all => Why::ZipBomb,
                    _ => Why::TooLarge,
                };
                break Some(Unusable::new(why, entry.path));
            }
            match content.read(&mut buffer) {
                Ok(0) if entry.size.is_some_and(|size| written < size) => {
                    break Some(Unusable::new(Why::Truncated, entry.path));
                }
                Ok(0) => break None,
                Ok(count) => {
                    file.write_all(&buffer[..count])
                        .map_err(|error| Halt::NotWritten(path.to_owned(), error))?;
                    written += count as u64;
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => break Some(unread(&error, entry.path)),
            }
        };
        self.bytes += written;
        if refused.is_some() {
            // Half a file is worse than none.
            let _ = fs::remove_file(path);
        }
        Ok(refused.map_or(Ok(()), Err))
    }
}

/// Why the content of an archive can't be read.
pub(super) fn unread(error: &io::Error, about: &str) -> Unusable {
    let told = error
        .get_ref()
        .and_then(|told| told.downcast_ref::<rawzip::Error>());
    if let Some(ErrorKind::InvalidSize { expected, actual }) = told.map(rawzip::Error::kind)
        && actual > expected
    {
        return Unusable::new(Why::ZipBomb, about);
    }
    let why = match error.kind() {
        io::ErrorKind::UnexpectedEof => Why::Truncated,
        io::ErrorKind::InvalidData | io::ErrorKind::InvalidInput | io::ErrorKind::Other => {
            Why::Damaged
        }
        _ => return Unusable::new(Why::Unreadable, error.to_string()),
    };
    Unusable::new(why, about)
}
