//! What a folder or archive of downloads means: who is in it, and what is whose.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use crate::scenario::Lab;

use super::FindError;
use super::archive::{Archive, is_archive, stem};
use super::names::{extension, is_document, is_junk, shown};
use super::naming::{Label, Platform, attempt, attempt_folder, by_people, canvas, moodle};
use super::roll::{Odd, Oddity, join, note};
use super::settling::{Item, filled, only_folder, plain, roles_in};
use super::unpacking::{Halt, Unpacking};
use super::why::{Unusable, Why};

/// One thing that was handed in: a folder, an archive or a file, or a part of a folder that holds several attempts.
#[derive(Clone, Debug)]
pub(super) struct Piece {
    pub(super) label: Label,
    pub(super) item: Item,
    /// Where it came from, as the user would find it.
    pub(super) source: String,
    /// Which of the sources it came from.
    pub(super) of: usize,
    /// Which attempt it is, as far as its name says.
    pub(super) attempt: u64,
    /// Why it can't be used, if that is known.
    pub(super) unusable: Option<Unusable>,
}

/// Reads sources one after the other.
pub(super) struct Downloads<'a> {
    pub(super) lab: &'a Lab,
    /// Whether a name is that of somebody in the roster.
    pub(super) knows: &'a dyn Fn(&Label) -> bool,
    /// A folder of Viva's own for what is unpacked.
    pub(super) room: &'a Path,
    pub(super) pieces: Vec<Piece>,
    pub(super) oddities: Vec<Oddity>,
}

/// A folder with everybody's, or an archive that has become one.
struct Place<'a> {
    /// Where it is.
    folder: PathBuf,
    /// What stands in front of the names in it, as the user would find them.
    shown: String,
    is_ours: bool,
    /// What can't be used of it.
    unusable: BTreeMap<PathBuf, Unusable>,
    /// The number of the source.
    of: usize,
    /// What the whole is called, if it is one submission.
    whole: &'a Piece,
}

/// How sources are to be taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Taken {
    /// It holds everybody's, unless it is clearly one submission.
    Everybody,
    /// It is one submission, unless it clearly holds several people's.
    Somebody,
    /// It is one submission.
    One,
}

/// What sources are called: as their folder or file is, unless several are.
pub(super) fn called(sources: &[&Path]) -> Vec<String> {
    let name = |source: &Path| {
        let whole = source.canonicalize().ok();
        let name = whole.as_deref().unwrap_or(source).file_name();
        name.map(shown).unwrap_or_default()
    };
    let names: Vec<String> = sources.iter().map(|source| name(source)).collect();
    let is_alone = |name: &String| names.iter().filter(|other| *other == name).count() == 1;
    let called = names.iter().zip(sources).map(|(name, source)| {
        if is_alone(name) {
            name.clone()
        } else {
            shown(source.as_os_str())
        }
    });
    called.collect()
}

impl Downloads<'_> {
    /// Reads a source, which is called `name` if it is one submission.
    pub(super) fn read(
        &mut self,
        source: &Path,
        name: &str,
        of: usize,
        taken: Taken,
    ) -> Result<(), FindError> {
        let metadata = fs::metadata(source).map_err(|error| FindError::unread(source, &error))?;
        let whole = Piece {
            label: label(name, metadata.is_dir()),
            item: Item {
                path: source.to_owned(),
                name: plain(name),
                is_folder: metadata.is_dir(),
                is_ours: false,
            },
            source: shown(source.as_os_str()),
            of,
            attempt: 0,
            unusable: None,
        };
        if taken == Taken::One {
            self.pieces.push(whole);
            return Ok(());
        }
        if metadata.is_dir() {
            fs::read_dir(source).map_err(|error| FindError::unread(source, &error))?;
            let place = Place {
                folder: source.to_owned(),
                shown: shown(source.as_os_str()),
                is_ours: false,
                unusable: BTreeMap::new(),
                of,
                whole: &whole,
            };
            self.place(place, taken);
            return Ok(());
        }
        if !is_archive(name) || (taken == Taken::Somebody && self.is_labelled(&whole.label)) {
            self.pieces.push(whole);
            return Ok(());
        }
        match self.unpack(source, name, of) {
            Ok((folder, unusable)) => {
                let place = Place {
                    folder,
                    shown: shown(source.as_os_str()),
                    is_ours: true,
                    unusable,
                    of,
                    whole: &whole,
                };
                self.place(place, taken);
                Ok(())
            }
            Err(Halt::NotWritten(path, error)) => Err(FindError::not_written(&path, &error)),
            Err(Halt::Unusable(unusable)) if taken == Taken::Everybody => {
                Err(FindError::Unusable {
                    path: source.to_owned(),
                    why: unusable.why,
                    about: unusable.about,
                })
            }
            Err(Halt::Unusable(unusable)) => {
                self.pieces.push(Piece {
                    unusable: Some(unusable),
                    ..whole
                });
                Ok(())
            }
        }
    }

    /// Unpacks an archive of downloads. What single people put in it can make only their own share unusable.
    fn unpack(
        &mut self,
        source: &Path,
        name: &str,
        of: usize,
    ) -> Result<(PathBuf, BTreeMap<PathBuf, Unusable>), Halt> {
        let to = self.room.join(of.to_string());
        fs::create_dir_all(&to).map_err(|error| Halt::NotWritten(to.clone(), error))?;
        let mut archive = Archive::open(source, name)?;
        let knows = |name: &str| self.is_labelled(&label(name, true));
        let around = archive.around(source, &|name| !knows(name))?;
        let share_of = |first: &str| {
            let label = label(first, false);
            match label.number {
                Some(number) => format!("{:?} {number}", label.by),
                None => first.to_owned(),
            }
        };
        let mut unpacking = Unpacking::new(&to, &share_of, around.len());
        archive.unpack(source, &mut unpacking, false)?;
        let above: PathBuf = to.join(around.iter().collect::<PathBuf>());
        let unusable = unpacking.unusable;
        let unusable = unusable
            .into_iter()
            .map(|(first, why)| (above.join(first), why))
            .collect();
        for mut oddity in unpacking.oddities {
            for about in &mut oddity.about {
                *about = format!("{}: {about}", shown(source.as_os_str()));
            }
            join(&mut self.oddities, vec![oddity]);
        }
        Ok((to, unusable))
    }

    fn is_labelled(&self, label: &Label) -> bool {
        label.by != Platform::Nobody || (self.knows)(label)
    }

    /// What a folder means: one submission, or everybody's.
    fn place(&mut self, mut place: Place<'_>, taken: Taken) {
        let mut outermost = None;
        loop {
            let children = self.children(&place);
            if children.iter().any(|child| self.is_labelled(&child.label)) {
                return self.everybody(children);
            }
            let is_one = holds_fixed(&place.folder, self.lab);
            let inner = only_folder(&place.folder).filter(|_| !is_one && place.unusable.is_empty());
            if let Some(inner) = inner {
                let name = inner.file_name().map(shown).unwrap_or_default();
                outermost.get_or_insert_with(|| (inner.clone(), name.clone()));
                place.shown = format!("{}/{name}", place.shown);
                place.folder = inner;
                continue;
            }
            if is_one || taken == Taken::Somebody || is_parted(&place.folder, self.lab) {
                return self.one(&place, outermost.filter(|_| taken == Taken::Everybody));
            }
            return self.everybody(children);
        }
    }

    /// The place is one submission: it is called as the folder that was met first, else as the whole.
    fn one(&mut self, place: &Place<'_>, named: Option<(PathBuf, String)>) {
        let whole = place.whole;
        let (path, name) = match named {
            Some((path, name)) => (path, Some(name)),
            None if place.is_ours => (place.folder.clone(), None),
            None => (whole.item.path.clone(), None),
        };
        let unusable = place
            .unusable
            .iter()
            .next()
            .map(|(_, unusable)| unusable.clone());
        let source = match &name {
            Some(name) => format!("{}/{name}", whole.source),
            None => whole.source.clone(),
        };
        let piece = Piece {
            label: name
                .as_ref()
                .map_or_else(|| whole.label.clone(), |name| label(name, true)),
            item: Item {
                path,
                name: name.unwrap_or_else(|| whole.item.name.clone()),
                is_folder: true,
                is_ours: place.is_ours,
            },
            source,
            unusable,
            ..whole.clone()
        };
        self.pieces.extend(in_attempts(piece));
    }

    fn everybody(&mut self, children: Vec<Piece>) {
        let extensions: Vec<String> = {
            let globs = self.lab.roles.iter().flat_map(|role| &role.find);
            globs
                .map(|glob| extension(glob))
                .filter(|extension| !extension.is_empty())
                .collect()
        };
        for child in children {
            let name = &child.item.name;
            let counts = child.item.is_folder
                || is_archive(name)
                || extensions.contains(&extension(name))
                || self.is_labelled(&child.label);
            if counts {
                self.pieces.extend(in_attempts(child));
            } else {
                note(&mut self.oddities, Odd::Stray, child.source);
            }
        }
    }

    /// What lies in a folder, in the order of names; Canvas's names count where most files have them.
    fn children(&mut self, place: &Place<'_>) -> Vec<Piece> {
        let mut names = Vec::new();
        for entry in fs::read_dir(&place.folder).into_iter().flatten().flatten() {
            let name = shown(&entry.file_name());
            let Ok(kind) = entry.file_type() else {
                continue;
            };
            if is_junk(&name) {
                continue;
            }
            if !kind.is_dir() && !kind.is_file() {
                let odd = if kind.is_symlink() {
                    Odd::Link
                } else {
                    Odd::Special
                };
                note(&mut self.oddities, odd, format!("{}/{name}", place.shown));
                continue;
            }
            names.push((name, entry.path(), kind.is_dir()));
        }
        for path in place.unusable.keys() {
            // Nothing of it may have been written.
            if path.parent() == Some(&place.folder) && fs::symlink_metadata(path).is_err() {
                let name = path.file_name().map(shown).unwrap_or_default();
                names.push((name, path.clone(), false));
            }
        }
        names.sort();
        let files = names.iter().filter(|(_, _, is_folder)| !is_folder);
        let (by_canvas, all) = files.fold((0, 0), |(by_canvas, all), (name, _, _)| {
            (by_canvas + usize::from(canvas(name).is_some()), all + 1)
        });
        let is_canvas = by_canvas * 2 > all;
        let piece = |(name, path, is_folder): (String, PathBuf, bool)| {
            let by_canvas = canvas(&name).filter(|_| is_canvas && !is_folder);
            let label = moodle(&name)
                .or(by_canvas)
                .unwrap_or_else(|| label(&name, is_folder));
            let label = match label.by {
                Platform::Canvas if !is_canvas => by_people(without_extension(&name, is_folder)),
                _ => label,
            };
            let own = label.file.clone().unwrap_or_else(|| name.clone());
            let (_, attempt) = attempt(without_extension(&name, is_folder));
            Piece {
                unusable: place.unusable.get(&path).cloned(),
                label,
                item: Item {
                    path,
                    name: plain(&own),
                    is_folder,
                    is_ours: place.is_ours,
                },
                source: format!("{}/{name}", place.shown),
                of: place.of,
                attempt,
            }
        };
        names.into_iter().map(piece).collect()
    }
}

/// What a name says by itself.
fn label(name: &str, is_folder: bool) -> Label {
    let by_canvas = || canvas(name).filter(|_| !is_folder);
    moodle(name)
        .or_else(by_canvas)
        .unwrap_or_else(|| by_people(without_extension(name, is_folder)))
}

fn without_extension(name: &str, is_folder: bool) -> &str {
    match name.rsplit_once('.') {
        _ if is_folder => name,
        _ if is_archive(name) => stem(name),
        Some((stem, extension)) if !stem.is_empty() && extension.len() <= 5 => stem,
        _ => name,
    }
}

/// A folder that holds nothing but attempts is each of them.
fn in_attempts(piece: Piece) -> Vec<Piece> {
    if !piece.item.is_folder || piece.unusable.is_some() {
        return vec![piece];
    }
    let mut attempts = Vec::new();
    for entry in fs::read_dir(&piece.item.path)
        .into_iter()
        .flatten()
        .flatten()
    {
        let name = shown(&entry.file_name());
        if is_junk(&name) || is_document(&name) {
            continue;
        }
        let is_folder = entry.file_type().is_ok_and(|kind| kind.is_dir());
        let number = attempt_folder(without_extension(&name, is_folder));
        let (Some(number), true) = (number, is_folder || is_archive(&name)) else {
            return vec![piece];
        };
        let mut label = piece.label.clone();
        label.late |= by_people(&name).late;
        attempts.push(Piece {
            label,
            item: Item {
                path: entry.path(),
                name: plain(&name),
                is_folder,
                is_ours: piece.item.is_ours,
            },
            source: format!("{}/{name}", piece.source),
            attempt: number,
            ..piece.clone()
        });
    }
    if attempts.len() < 2 {
        vec![piece]
    } else {
        attempts
    }
}

/// Whether a file of a name that the lab fixes lies in this folder itself: then it is somebody's.
fn holds_fixed(folder: &Path, lab: &Lab) -> bool {
    let mut globs = lab.roles.iter().flat_map(|role| &role.find);
    globs.any(|glob| {
        !glob.contains(['*', '?', '[', '/'])
            && fs::symlink_metadata(folder.join(glob)).is_ok_and(|metadata| metadata.is_file())
    })
}

/// Whether the folders in this folder are parts of one submission: each fills another role, and there is nothing else.
fn is_parted(folder: &Path, lab: &Lab) -> bool {
    let roles = roles_in(folder, lab);
    let files: Vec<&String> = roles.iter().filter_map(|role| role.file.as_ref()).collect();
    let mut parts: Vec<&str> = files
        .iter()
        .filter_map(|file| file.split_once('/').map(|(part, _)| part))
        .collect();
    parts.sort_unstable();
    parts.dedup();
    let folders = fs::read_dir(folder)
        .into_iter()
        .flatten()
        .flatten()
        .filter(|entry| {
            entry.file_type().is_ok_and(|kind| kind.is_dir())
                && !is_junk(&shown(&entry.file_name()))
        });
    parts.len() > 1
        && parts.len() == files.len()
        && folders.count() == parts.len()
        && parts
            .iter()
            .all(|part| filled(&folder.join(part), lab) == 1)
}

impl Piece {
    /// Names of what is at the top of it, without looking into archives.
    pub(super) fn inside(&self) -> Vec<String> {
        const ENOUGH: usize = 50;
        if !self.item.is_folder {
            return Vec::new();
        }
        let entries = fs::read_dir(&self.item.path)
            .into_iter()
            .flatten()
            .flatten();
        let mut names: Vec<String> = entries
            .map(|entry| shown(&entry.file_name()))
            .take(ENOUGH)
            .collect();
        names.retain(|name| !is_junk(name));
        names.sort();
        names
    }

    /// What can't be read, as a reason.
    pub(super) fn missing(&self) -> Option<Unusable> {
        let gone = fs::symlink_metadata(&self.item.path).err();
        gone.map(|error| Unusable::new(Why::Unreadable, error.to_string()))
    }
}
