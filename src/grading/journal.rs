//! The record of a run in its result folder: every result is appended the moment it exists, so that a run that was interrupted, even by
//! loss of power, goes on where it was.
//!
//! `journal.jsonl` holds one JSON value a line: who it belongs to (again each time that a run is begun or goes on), and the results. A line counts if
//! it is whole, and if its stamp is that of the submission, lab, Viva and options of now. Reports are made from it and never read back.

use std::collections::BTreeMap;
use std::fs::{self, File, OpenOptions};
use std::io::{self, BufRead, BufReader, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

use data_encoding::HEXLOWER;
use flate2::Compression;
use flate2::read::GzDecoder;
use flate2::write::GzEncoder;
use rustix::fs::{FlockOperation, flock};
use rustix::io::Errno;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::scenario::Lab;
use crate::verdict::{Outcome, Word};

use super::class::{Handin, Judged};

/// The journal, below the result folder.
const FILE: &str = "journal.jsonl";

/// What its first line begins with.
const BEGINNING: &[u8] = b"{\"viva1\":";

/// Transcripts, below the result folder: a folder for each submission.
const TRANSCRIPTS: &str = "transcripts";

/// What was unpacked from archives, below the result folder: a folder for each submission.
const UNPACKED: &str = "submissions";

/// What a result folder belongs to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Owner {
    /// The lab's name.
    pub lab: String,
    /// Which part of the class, as `i/n`; `None`: all of it.
    pub shard: Option<String>,
    /// The seed of the random words.
    pub seed: String,
}

/// Why a result folder can't be used.
#[derive(Debug)]
pub enum JournalError {
    /// There is something in it, and no journal: it belongs to something else.
    NotOurs(PathBuf),
    /// It belongs to a run of another lab or shard.
    OtherRun {
        /// The folder.
        folder: PathBuf,
        /// Whose it is.
        owner: Owner,
    },
    /// Another Viva is at work in it.
    InUse(PathBuf),
    /// The system refuses: full disk, rights.
    System(PathBuf, io::Error),
}

/// The record of a run.
pub struct Journal {
    folder: PathBuf,
    file: File,
    results: Results,
}

/// By submission and scenario.
type Results = BTreeMap<(String, String), Kept>;

struct Kept {
    stamp: String,
    judged: Judged,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Line {
    /// A run begins, or goes on.
    Viva1(Owner),
    Result(Entry),
}

#[derive(Serialize, Deserialize)]
struct Entry {
    key: String,
    stamp: String,
    judged: Judged,
}

/// Tells whether what a result was made of is still the same.
pub(super) fn stamp(handin: &Handin, lab: &Lab, seed: &str, options: &[Word]) -> String {
    let mut digest = Sha256::new();
    let mut add = |part: &[u8]| {
        digest.update((part.len() as u64).to_le_bytes());
        digest.update(part);
    };
    for part in [env!("CARGO_PKG_VERSION"), &lab.digest, &handin.digest, seed] {
        add(part.as_bytes());
    }
    for word in options {
        add(&word.0);
    }
    HEXLOWER.encode(&digest.finalize()[..16])
}

impl Journal {
    /// Opens the journal of `folder`, which is made if it is not there. `seed`: the one that is wanted; else that of the run that goes on, else `fresh`.
    ///
    /// # Errors
    ///
    /// The folder belongs to something else, is being used, or can't be written.
    pub fn open(
        folder: &Path,
        lab: &str,
        shard: Option<&str>,
        seed: Option<&str>,
        fresh: impl FnOnce() -> String,
    ) -> Result<(Self, Owner), JournalError> {
        let system = |error| JournalError::System(folder.to_path_buf(), error);
        let path = folder.join(FILE);
        if !path.exists() && fs::read_dir(folder).is_ok_and(|mut inside| inside.next().is_some()) {
            return Err(JournalError::NotOurs(folder.to_path_buf()));
        }
        fs::create_dir_all(folder).map_err(system)?;
        let mut options = OpenOptions::new();
        let options = options.read(true).write(true).create(true);
        let mut file = options.open(&path).map_err(system)?;
        // A file system without locks: then nobody can tell.
        if let Err(Errno::WOULDBLOCK) = flock(&file, FlockOperation::NonBlockingLockExclusive) {
            return Err(JournalError::InUse(folder.to_path_buf()));
        }
        let Some((results, before)) = read(&mut file).map_err(system)? else {
            return Err(JournalError::NotOurs(folder.to_path_buf()));
        };
        // A run that came to nothing leaves nothing that could be lost.
        if let Some(owner) = before.as_ref().filter(|_| !results.is_empty())
            && (owner.lab != lab || owner.shard.as_deref() != shard)
        {
            return Err(JournalError::OtherRun {
                folder: folder.to_path_buf(),
                owner: owner.clone(),
            });
        }
        let seed = seed.map(str::to_owned);
        let owner = Owner {
            lab: lab.to_owned(),
            shard: shard.map(str::to_owned),
            seed: seed
                .or_else(|| before.as_ref().map(|owner| owner.seed.clone()))
                .unwrap_or_else(fresh),
        };
        let mut journal = Journal {
            folder: folder.to_path_buf(),
            file,
            results,
        };
        if before.as_ref() != Some(&owner) {
            journal.append(&Line::Viva1(owner.clone()))?;
        }
        Ok((journal, owner))
    }

    /// Where what comes out of archives is put.
    pub fn unpacked(&self) -> PathBuf {
        self.folder.join(UNPACKED)
    }

    /// What is known of a scenario of a submission, if it is still valid. What could not be judged is worth another try.
    pub fn known(&self, key: &str, scenario: &str, stamp: &str) -> Option<&Judged> {
        let kept = self.results.get(&(key.to_owned(), scenario.to_owned()))?;
        let is_error = matches!(kept.judged.outcome, Outcome::Error(_));
        (kept.stamp == stamp && !is_error).then_some(&kept.judged)
    }

    /// The same, even if it could not be judged.
    pub fn latest(&self, key: &str, scenario: &str, stamp: &str) -> Option<&Judged> {
        let kept = self.results.get(&(key.to_owned(), scenario.to_owned()))?;
        (kept.stamp == stamp).then_some(&kept.judged)
    }

    /// Keeps a result and its transcript (the content of a file for `viva show`).
    ///
    /// # Errors
    ///
    /// The system refuses: full disk, rights.
    pub fn keep(
        &mut self,
        key: &str,
        stamp: &str,
        mut judged: Judged,
        transcript: &str,
    ) -> Result<(), JournalError> {
        let scenario = judged.scenario.clone();
        let name = format!("{TRANSCRIPTS}/{key}/{scenario}.json.gz");
        let path = self.folder.join(&name);
        squeeze(transcript)
            .and_then(|content| replace(&path, &content))
            .map_err(|error| JournalError::System(path, error))?;
        judged.transcript = Some(name);
        let entry = Entry {
            key: key.to_owned(),
            stamp: stamp.to_owned(),
            judged: judged.clone(),
        };
        self.append(&Line::Result(entry))?;
        let kept = Kept {
            stamp: stamp.to_owned(),
            judged,
        };
        self.results.insert((key.to_owned(), scenario), kept);
        Ok(())
    }

    /// The line is on the disk afterwards.
    fn append(&mut self, line: &Line) -> Result<(), JournalError> {
        let mut text = serde_json::to_vec(line).unwrap_or_default();
        text.push(b'\n');
        let end = self.file.stream_position();
        let written = end.and_then(|end| {
            let written = self.file.write_all(&text);
            written
                .and_then(|()| self.file.sync_data())
                .inspect_err(|_| {
                    // Half a line would only be cut off later, and the next one begins where this did.
                    let _ = self.file.set_len(end);
                    let _ = self.file.seek(SeekFrom::Start(end));
                })
        });
        written.map_err(|error| JournalError::System(self.folder.join(FILE), error))
    }
}

fn squeeze(text: &str) -> io::Result<Vec<u8>> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(text.as_bytes())?;
    encoder.finish()
}

/// The text of a transcript's file, squeezed (gzip, RFC 1952) or not; never more than `most` bytes of it.
///
/// # Errors
///
/// It can't be read, is damaged, larger, or no text.
pub fn read_transcript(path: &Path, most: u64) -> io::Result<String> {
    let mut reader = BufReader::new(File::open(path)?);
    let is_squeezed = reader.fill_buf()?.starts_with(&[0x1f, 0x8b]);
    // Not by its length: a device has none, and no end either.
    let mut bytes = Vec::new();
    match is_squeezed {
        true => GzDecoder::new(reader)
            .take(most + 1)
            .read_to_end(&mut bytes)?,
        false => reader.take(most + 1).read_to_end(&mut bytes)?,
    };
    if bytes.len() as u64 > most {
        return Err(io::ErrorKind::FileTooLarge.into());
    }
    String::from_utf8(bytes).map_err(|_| io::ErrorKind::InvalidData.into())
}

/// All whole lines; the file ends behind them afterwards. `None`: it is somebody else's, and left as it is.
fn read(file: &mut File) -> io::Result<Option<(Results, Option<Owner>)>> {
    let mut results = BTreeMap::new();
    let mut owner = None;
    let mut end = 0;
    let mut reader = BufReader::new(&mut *file);
    let mut line = Vec::new();
    loop {
        line.clear();
        let length = reader.read_until(b'\n', &mut line)?;
        // Also of the first line there may be only a part.
        if end == 0 && !line.starts_with(&BEGINNING[..BEGINNING.len().min(line.len())]) {
            return Ok(None);
        }
        if !line.ends_with(b"\n") {
            break;
        }
        end += length as u64;
        // What can't be read is judged again.
        match serde_json::from_slice(&line) {
            Ok(Line::Viva1(of)) => owner = Some(of),
            Ok(Line::Result(entry)) => {
                let of = (entry.key, entry.judged.scenario.clone());
                let kept = Kept {
                    stamp: entry.stamp,
                    judged: entry.judged,
                };
                results.insert(of, kept);
            }
            Err(_) => {}
        }
    }
    file.set_len(end)?;
    file.seek(SeekFrom::Start(end))?;
    Ok(Some((results, owner)))
}

/// Writes a file as a whole or not at all: beside it first, then in its place. Its folder is made.
///
/// # Errors
///
/// The system refuses: full disk, rights.
pub fn replace(path: &Path, mut content: &[u8]) -> io::Result<()> {
    replace_from(path, &mut content)
}

/// The same with what a reader gives.
///
/// # Errors
///
/// The system refuses: full disk, rights.
pub fn replace_from(path: &Path, content: &mut dyn Read) -> io::Result<()> {
    let folder = path.parent().filter(|it| !it.as_os_str().is_empty());
    let folder = folder.unwrap_or(Path::new("."));
    fs::create_dir_all(folder)?;
    let (beside, mut file) = beside(folder)?;
    let written = io::copy(content, &mut file);
    let replaced = written.and_then(|_| fs::rename(&beside, path));
    replaced.inspect_err(|_| {
        let _ = fs::remove_file(&beside);
    })
}

/// A new file in a folder, with a name that nothing else has there.
fn beside(folder: &Path) -> io::Result<(PathBuf, File)> {
    static COUNT: AtomicU64 = AtomicU64::new(0);
    loop {
        let count = COUNT.fetch_add(1, Ordering::Relaxed);
        let path = folder.join(format!(".viva-{}-{count}", std::process::id()));
        match File::create_new(&path) {
            // One that was killed may have had this number.
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            file => return Ok((path, file?)),
        }
    }
}
