//! Finds who handed in what, before anything is run: folders and archives of downloads, the names that Moodle and Canvas give, archives
//! inside, rosters.
//!
//! What students hand in is hostile until proved otherwise: nothing is written but below a folder of Viva's own, in bounded memory, time
//! and space, and one bad submission costs nobody else anything. Must not run, judge or print anything, and must not change what lies in
//! the user's folders.

mod archive;
mod digest;
mod downloads;
mod matching;
mod names;
mod naming;
mod roll;
mod roster;
mod settling;
mod tar;
mod unpacking;
mod whose;
mod why;
mod zip;

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::{fs, io};

use crate::scenario::Lab;

use super::class::{Attempt, Handin, Late, Submitted};
use downloads::{Downloads, Piece, Taken, called};
use matching::Matching;
use naming::Platform;
use whose::{Owner, Share};

pub use roll::{Entry, Known, Odd, Oddity, Roll};
pub use roster::{Roster, RosterError, Row, read_roster};
pub use why::{Hindrance, Why};

/// Why nothing can be found at all. What is wrong with single submissions is theirs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FindError {
    /// Nothing there.
    NoSuchFile(PathBuf),
    /// The system does not let it be read.
    Unreadable {
        /// As named.
        path: PathBuf,
        /// The system's message.
        message: String,
    },
    /// The archive with everybody's can't be used.
    Unusable {
        /// As named.
        path: PathBuf,
        /// Why.
        why: Why,
        /// An entry, or what the system says.
        about: Option<String>,
    },
    /// There is no submission in it.
    Nobody(Vec<PathBuf>),
    /// The machine's: what is unpacked can't be written.
    NotWritten {
        /// Which file.
        path: PathBuf,
        /// The system's message.
        message: String,
    },
}

impl FindError {
    fn not_written(path: &Path, error: &io::Error) -> FindError {
        FindError::NotWritten {
            path: path.to_owned(),
            message: error.to_string(),
        }
    }

    fn unread(path: &Path, error: &io::Error) -> FindError {
        match error.kind() {
            io::ErrorKind::NotFound => FindError::NoSuchFile(path.to_owned()),
            _ => FindError::Unreadable {
                path: path.to_owned(),
                message: error.to_string(),
            },
        }
    }
}

/// Where downloads are unpacked before it is known whose they are.
const DOWNLOADS: &str = ".downloads";

/// What is searched for submissions.
#[derive(Clone, Copy, Debug)]
pub struct Sources<'a> {
    /// One: a folder or archive with everybody's (or clearly one submission). Several: one submission each, unless platforms' names or the
    /// roster's keys are inside.
    pub classes: &'a [PathBuf],
    /// Folders, archives or files that are one submission each.
    pub single: &'a [PathBuf],
}

/// The lab as a submission changes it by its own settings; `None`: it has none.
pub type OwnLab = Result<Option<Arc<Lab>>, Hindrance>;

/// By what submissions are looked at.
#[derive(Clone, Copy)]
pub struct Rules<'a> {
    /// What roles there are, and what fills them.
    pub lab: &'a Lab,
    /// The lab as the submission in this folder changes it.
    pub own: &'a dyn Fn(&Path) -> OwnLab,
    /// Whether the submission of this key is wanted: nothing but its key is found out about any other.
    pub mine: &'a dyn Fn(&str) -> bool,
}

/// Finds everybody's submissions. What has to be unpacked goes to `unpacked/KEY`, a folder of Viva's own: what an earlier call left there
/// is replaced.
///
/// # Errors
///
/// A source as a whole can't be read, there is none in them, or `unpacked` can't be written.
pub fn find(
    sources: &Sources<'_>,
    roster: Option<&Roster>,
    rules: &Rules<'_>,
    unpacked: &Path,
) -> Result<Roll, FindError> {
    let room = unpacked.join(DOWNLOADS);
    clear(&room)?;
    let matching = roster.map(Matching::new);
    let knows = |label: &naming::Label| {
        let sought = matching::Sought { label, inside: &[] };
        let found = matching.as_ref().map(|matching| matching.find(&sought));
        !matches!(found, None | Some(matching::Found::Nobody))
    };
    let mut downloads = Downloads {
        lab: rules.lab,
        knows: &knows,
        room: &room,
        pieces: Vec::new(),
        oddities: Vec::new(),
    };
    let taken = match sources.classes {
        [_] => Taken::Everybody,
        _ => Taken::Somebody,
    };
    let classes = sources.classes.iter().map(|source| (source, taken));
    let single = sources.single.iter().map(|source| (source, Taken::One));
    let mut all: Vec<(&PathBuf, Taken)> = classes.chain(single).collect();
    all.sort();
    let paths: Vec<&Path> = all.iter().map(|(source, _)| source.as_path()).collect();
    let names = called(&paths);
    for (of, ((source, taken), name)) in all.iter().zip(&names).enumerate() {
        downloads.read(source, name, of, *taken)?;
    }
    let Downloads {
        pieces, oddities, ..
    } = downloads;
    let whose = whose::whose(pieces, roster, matching.as_ref());
    let mut roll = Roll {
        entries: Vec::new(),
        everybody: Vec::new(),
        columns: roster
            .map(|roster| roster.columns.clone())
            .unwrap_or_default(),
        oddities,
    };
    for owner in whose.owners {
        roll.everybody.push(owner.key.clone());
        if (rules.mine)(&owner.key) {
            roll.entries.push(entry(owner, rules, unpacked)?);
        }
    }
    roll::join(&mut roll.oddities, whose.oddities);
    clear(&room)?;
    if roll.everybody.is_empty() {
        return Err(FindError::Nobody(
            all.into_iter().map(|(source, _)| source.clone()).collect(),
        ));
    }
    Ok(roll)
}

fn clear(folder: &Path) -> Result<(), FindError> {
    match fs::remove_dir_all(folder) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => {
            Err(FindError::not_written(folder, &error))
        }
        _ => Ok(()),
    }
}

/// Settles what somebody handed in.
fn entry(owner: Owner, rules: &Rules<'_>, unpacked: &Path) -> Result<Entry, FindError> {
    let Owner {
        key,
        name,
        members,
        known,
        shares,
        mut oddities,
    } = owner;
    let submitted = match shares.split_last() {
        None => Submitted::Nothing,
        Some((last, _)) => {
            let attempts = shares.iter().map(attempt).collect();
            last_of(last, attempts, &unpacked.join(&key), rules, &mut oddities)?
        }
    };
    Ok(Entry {
        key,
        name,
        members,
        known,
        submitted,
        oddities,
    })
}

fn attempt(share: &Share) -> Attempt {
    let is_late = share.pieces.iter().any(|piece| piece.label.late);
    Attempt {
        source: share
            .pieces
            .first()
            .map(|piece| piece.source.clone())
            .unwrap_or_default(),
        late: if is_late { Late::Yes } else { Late::No },
    }
}

/// What the attempt that counts has become.
fn last_of(
    share: &Share,
    attempts: Vec<Attempt>,
    to: &Path,
    rules: &Rules<'_>,
    oddities: &mut Vec<Oddity>,
) -> Result<Submitted, FindError> {
    let Attempt { source, late } = attempt(share);
    clear(to)?;
    let mut pieces: Vec<&Piece> = share.pieces.iter().collect();
    // What was typed into a form is no program, where there are files.
    if pieces
        .iter()
        .any(|piece| piece.label.by != Platform::MoodleText)
    {
        pieces.retain(|piece| piece.label.by != Platform::MoodleText);
    }
    let known = pieces
        .iter()
        .find_map(|piece| piece.unusable.clone().or_else(|| piece.missing()));
    let settled = match known {
        Some(unusable) => Err(unusable.into()),
        None => {
            let items: Vec<_> = pieces.iter().map(|piece| piece.item.clone()).collect();
            settling::settle(&items, to, rules, oddities)?
        }
    };
    Ok(match settled {
        Ok(settled) => Submitted::Files(Handin {
            source,
            folder: settled.folder.display().to_string(),
            digest: settled.digest,
            roles: settled.roles,
            attempts,
            late,
        }),
        Err((why, about)) => Submitted::Unusable { source, why, about },
    })
}
