//! Turns what was handed in into the folder that is examined: archives unpacked, folders around it left, and what fills the roles.

use std::fs::{self, OpenOptions};
use std::io;
use std::os::unix::fs::OpenOptionsExt;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use crate::r#box::{CopyError, Reason, measure};
use crate::engine::find as find_file;
use crate::scenario::Lab;

use super::super::class::Role;
use super::archive::{Archive, is_archive, stem};
use super::digest::{digest, list};
use super::names::{folded, is_document, is_junk, parts, shown};
use super::naming::without_repeat;
use super::roll::{Odd, Oddity, join, note};
use super::unpacking::{Halt, Incoming, Kind, Unpacking};
use super::why::{Hindrance, Unusable, Why};
use super::{FindError, Rules};

/// Archives in archives, so deep.
const NESTED: usize = 4;

/// A file or folder of a submission.
#[derive(Clone, Debug)]
pub(super) struct Item {
    pub(super) path: PathBuf,
    /// As its author called it.
    pub(super) name: String,
    pub(super) is_folder: bool,
    /// It lies in a folder of Viva's own, and may be moved.
    pub(super) is_ours: bool,
}

/// What a submission has become.
pub(super) struct Settled {
    /// The folder that is examined.
    pub(super) folder: PathBuf,
    pub(super) digest: String,
    pub(super) roles: Vec<Role>,
}

/// Makes the folder of a submission, in `to` where it can't be examined where it lies.
pub(super) fn settle(
    items: &[Item],
    to: &Path,
    rules: &Rules<'_>,
    oddities: &mut Vec<Oddity>,
) -> Result<Result<Settled, Hindrance>, FindError> {
    let mut unread = Vec::new();
    let mut folder = match items {
        [item] if item.is_folder && !item.is_ours && is_plain(&item.path) => item.path.clone(),
        items => {
            match gather(items, to, &mut unread, oddities) {
                Ok(()) => {}
                Err(Halt::Unusable(unusable)) => return Ok(Err(unusable.into())),
                Err(Halt::NotWritten(path, error)) => {
                    return Err(FindError::not_written(&path, &error));
                }
            }
            to.to_owned()
        }
    };
    if let Err(unusable) = weigh(&folder, oddities) {
        return Ok(Err(unusable.into()));
    }
    folder = inmost(folder, rules.lab);
    let own = match (rules.own)(&folder) {
        Ok(own) => own,
        Err(hindrance) => return Ok(Err(hindrance)),
    };
    let lab = own.as_deref().unwrap_or(rules.lab);
    if folder.starts_with(to) {
        rename(&folder, lab, oddities)
            .map_err(|(path, error)| FindError::not_written(&path, &error))?;
    }
    let mut files = Vec::new();
    let listed = list(&folder, "", 0, &mut files);
    let digest = listed.and_then(|()| digest(&folder));
    let digest = match digest {
        Ok(digest) => digest,
        Err(error) => return Ok(Err(Unusable::new(Why::Unreadable, error.to_string()).into())),
    };
    let roles = roles_in(&folder, lab);
    let is_whole = roles.iter().all(|role| role.file.is_some());
    if let Some((name, unusable)) = unread.into_iter().next() {
        if !is_whole {
            return Ok(Err(unusable.into()));
        }
        note(
            oddities,
            Odd::UnreadArchive,
            format!("{name} ({})", unusable.why.word()),
        );
    }
    if files.is_empty() {
        let why = Why::Empty;
        return Ok(Err(Unusable { why, about: None }.into()));
    }
    clashes(&files, oddities);
    Ok(Ok(Settled {
        folder,
        digest,
        roles,
    }))
}

/// Which file of `folder` fills which role of `lab`, as a run would have it.
pub(super) fn roles_in(folder: &Path, lab: &Lab) -> Vec<Role> {
    let role = |role: &crate::scenario::Role| Role {
        role: role.name.clone(),
        file: find_file(folder, &role.find),
    };
    lab.roles.iter().map(role).collect()
}

/// How many roles `folder` fills.
pub(super) fn filled(folder: &Path, lab: &Lab) -> usize {
    let roles = roles_in(folder, lab);
    roles.iter().filter(|role| role.file.is_some()).count()
}

/// Whether a folder can be examined where it lies: no archive in it, and no name that is no text.
fn is_plain(folder: &Path) -> bool {
    fn walk(folder: &Path, depth: usize) -> bool {
        let Ok(entries) = fs::read_dir(folder) else {
            return true;
        };
        entries.flatten().all(|entry| {
            let Ok(name) = entry.file_name().into_string() else {
                return false;
            };
            let Ok(kind) = entry.file_type() else {
                return true;
            };
            is_junk(&name)
                || if kind.is_dir() {
                    depth == 0 || walk(&entry.path(), depth - 1)
                } else {
                    !kind.is_file() || !is_archive(&name)
                }
        })
    }
    folder.to_str().is_some() && walk(folder, crate::r#box::LIMITS.depth)
}

/// Brings everything to `to` and unpacks what is packed. Archives that can't be read are left as they are, and named.
fn gather(
    items: &[Item],
    to: &Path,
    unread: &mut Vec<(String, Unusable)>,
    oddities: &mut Vec<Oddity>,
) -> Result<(), Halt> {
    let whole = |_: &str| String::new();
    let mut unpacking = Unpacking::new(to, &whole, 0);
    if let [item] = items
        && item.is_folder
        && item.is_ours
    {
        fs::rename(&item.path, to).map_err(|error| Halt::NotWritten(to.to_owned(), error))?;
    } else {
        fs::create_dir_all(to).map_err(|error| Halt::NotWritten(to.to_owned(), error))?;
        for item in items {
            let prefix = match items {
                [_] if item.is_folder => "",
                _ => item.name.as_str(),
            };
            bring(&item.path, prefix, &mut unpacking, 0)?;
        }
        if let Some(unusable) = unpacking.turn_to(to) {
            return Err(unusable.into());
        }
    }
    unpack_all(to, &mut unpacking, NESTED, unread)?;
    join(oddities, unpacking.oddities);
    Ok(())
}

/// Copies a file or folder that lies elsewhere.
fn bring(from: &Path, name: &str, into: &mut Unpacking<'_>, depth: usize) -> Result<(), Halt> {
    let unreadable = |error: io::Error| Unusable::new(Why::Unreadable, error.to_string());
    let metadata = fs::symlink_metadata(from).map_err(unreadable)?;
    let incoming = |kind| Incoming {
        path: name,
        kind,
        size: None,
        packed: metadata.len(),
    };
    if metadata.is_dir() {
        if depth > crate::r#box::LIMITS.depth {
            return Err(Unusable::new(Why::TooDeep, name).into());
        }
        if !name.is_empty() {
            into.take(&incoming(Kind::Folder), &mut io::empty())?;
        }
        let mut entries = Vec::new();
        for entry in fs::read_dir(from)
            .map_err(unreadable)?
            .take(crate::r#box::LIMITS.entries + 1)
        {
            entries.push(entry.map_err(unreadable)?);
        }
        entries.sort_by_key(std::fs::DirEntry::file_name);
        for entry in entries {
            let own = shown(&entry.file_name());
            if is_junk(&own) {
                continue;
            }
            let path = if name.is_empty() {
                own
            } else {
                format!("{name}/{own}")
            };
            bring(&entry.path(), &path, into, depth + 1)?;
        }
        return Ok(());
    }
    if metadata.is_symlink() {
        return into.take(&incoming(Kind::Link), &mut io::empty());
    }
    if !metadata.is_file() {
        return into.take(&incoming(Kind::Special), &mut io::empty());
    }
    let careful = libc::O_NOFOLLOW | libc::O_NONBLOCK | libc::O_NOCTTY;
    match OpenOptions::new()
        .read(true)
        .custom_flags(careful)
        .open(from)
    {
        Ok(mut file) => {
            let executable = metadata.permissions().mode() & 0o111 != 0;
            into.take(&incoming(Kind::File { executable }), &mut file)
        }
        Err(_) => {
            note(&mut into.oddities, Odd::Unreadable, name.to_owned());
            Ok(())
        }
    }
}

/// Unpacks the archives below `folder`, each into a folder of its name beside it.
fn unpack_all(
    folder: &Path,
    unpacking: &mut Unpacking<'_>,
    nested: usize,
    unread: &mut Vec<(String, Unusable)>,
) -> Result<(), Halt> {
    let mut files = Vec::new();
    list(folder, "", 0, &mut files)
        .map_err(|error| Unusable::new(Why::Unreadable, error.to_string()))?;
    files.sort();
    for file in files.into_iter().filter(|file| is_archive(file)) {
        let path = folder.join(&file);
        let name = file.rsplit('/').next().unwrap_or(&file);
        if nested == 0 {
            unread.push((file.clone(), Unusable::new(Why::NestedTooDeep, &file)));
            continue;
        }
        let target = free(&path.with_file_name(stem(name)));
        let opened = Archive::open(&path, name).and_then(|mut archive| {
            fs::create_dir_all(&target)
                .map_err(|error| Unusable::new(Why::Unreadable, error.to_string()))?;
            unpacking.turn_to(&target);
            match archive.unpack(&path, unpacking, true) {
                Ok(()) => unpacking.turn_to(&target).map_or(Ok(Ok(())), Err),
                Err(Halt::Unusable(unusable)) => Err(unusable),
                Err(halt) => Ok(Err(halt)),
            }
        });
        match opened {
            Ok(Ok(())) => {
                let removed = fs::remove_file(&path);
                removed.map_err(|error| Halt::NotWritten(path.clone(), error))?;
                unpack_all(&target, unpacking, nested - 1, unread)?;
            }
            Ok(Err(halt)) => return Err(halt),
            Err(mut unusable) => {
                // Half of an archive is not graded.
                let _ = fs::remove_dir_all(&target);
                if unusable.about.is_none() {
                    unusable.about = Some(file.clone());
                }
                unread.push((file.clone(), unusable));
            }
        }
    }
    Ok(())
}

/// A path like this one that nothing has.
fn free(path: &Path) -> PathBuf {
    let taken = |path: &Path| fs::symlink_metadata(path).is_ok();
    let name = path.file_name().map(shown).unwrap_or_default();
    let mut free = path.to_owned();
    let mut number = 2;
    while taken(&free) {
        free = path.with_file_name(format!("{name}-{number}"));
        number += 1;
    }
    free
}

/// Whether a box would take it, and what it would leave out.
fn weigh(folder: &Path, oddities: &mut Vec<Oddity>) -> Result<(), Unusable> {
    let path = |path: PathBuf| shown(path.as_os_str());
    match measure(folder) {
        Ok(copied) => {
            let mut left_out = copied.left_out;
            left_out.sort_by(|one, other| one.path.cmp(&other.path));
            for left in left_out {
                let odd = match left.reason {
                    Reason::Link => Odd::Link,
                    Reason::Special => Odd::Special,
                    Reason::Unreadable => Odd::Unreadable,
                };
                note(oddities, odd, path(left.path));
            }
            Ok(())
        }
        Err(CopyError::TooLarge { mainly, .. }) => Err(Unusable::new(Why::TooLarge, path(mainly))),
        Err(CopyError::TooMany { mainly, .. }) => {
            Err(Unusable::new(Why::TooManyFiles, path(mainly)))
        }
        Err(CopyError::TooDeep { at, .. }) => Err(Unusable::new(Why::TooDeep, path(at))),
        Err(CopyError::NotReadable(error) | CopyError::NotWritten(error)) => {
            Err(Unusable::new(Why::Unreadable, error.to_string()))
        }
    }
}

/// The folder inside `folder` that has everything in it: while there is nothing else but a folder (and what people read), it is entered,
/// unless something that a role looks for would be lost.
fn inmost(mut folder: PathBuf, lab: &Lab) -> PathBuf {
    while let Some(inner) = only_folder(&folder) {
        if filled(&inner, lab) < filled(&folder, lab) {
            break;
        }
        folder = inner;
    }
    folder
}

/// The only folder in a folder, if there is nothing else that counts.
pub(super) fn only_folder(folder: &Path) -> Option<PathBuf> {
    let mut only = None;
    for entry in fs::read_dir(folder).ok()? {
        let entry = entry.ok()?;
        let name = shown(&entry.file_name());
        let kind = entry.file_type().ok()?;
        if is_junk(&name) || kind.is_symlink() || (kind.is_file() && is_document(&name)) {
            continue;
        }
        if !kind.is_dir() || only.is_some() {
            return None;
        }
        only = Some(entry.path());
    }
    only
}

/// Gives files of the top the names that roles look for, where they have more in front (`20240001-server.py`) or Canvas's number behind
/// (`server-1.py`), or where there is one file and one role only. Only roles that nothing fills look for more.
fn rename(
    folder: &Path,
    lab: &Lab,
    oddities: &mut Vec<Oddity>,
) -> Result<(), (PathBuf, io::Error)> {
    let mut names: Vec<String> = fs::read_dir(folder)
        .into_iter()
        .flatten()
        .flatten()
        .filter(|entry| entry.file_type().is_ok_and(|kind| kind.is_file()))
        .filter_map(|entry| entry.file_name().into_string().ok())
        .filter(|name| !is_junk(name) && !is_document(name))
        .collect();
    names.sort();
    for role in &lab.roles {
        if find_file(folder, &role.find).is_some() {
            continue;
        }
        let fixed = role
            .find
            .iter()
            .filter(|glob| !glob.contains(['*', '?', '[', '/']));
        let mut wanted = fixed.filter_map(|wanted| {
            let behind = |name: &&String| {
                let name = without_repeat(name).unwrap_or_else(|| (*name).clone());
                let rest = folded(&name);
                let rest = rest.strip_suffix(&folded(wanted));
                rest.is_some_and(|rest| !rest.ends_with(char::is_alphanumeric))
            };
            let alone = |name: &&String| {
                lab.roles.len() == 1
                    && names.len() == 1
                    && super::names::extension(name) == super::names::extension(wanted)
            };
            let found = names.iter().find(behind).or(names.iter().find(alone))?;
            Some((found.clone(), wanted.clone()))
        });
        if let Some((from, wanted)) = wanted.next() {
            let (old, new) = (folder.join(&from), folder.join(&wanted));
            fs::rename(&old, &new).map_err(|error| (new, error))?;
            names.retain(|name| *name != from);
            note(oddities, Odd::Renamed, format!("{from} → {wanted}"));
        }
    }
    Ok(())
}

/// Names the files that would be one on a system that doesn't tell upper from lower case.
fn clashes(files: &[String], oddities: &mut Vec<Oddity>) {
    let mut seen = std::collections::BTreeMap::new();
    for file in files {
        if let Some(other) = seen.insert(folded(file), file) {
            note(oddities, Odd::CaseClash, format!("{other}, {file}"));
        }
    }
}

/// A name that can be the name of an item in a folder.
pub(super) fn plain(name: &str) -> String {
    let parts = parts(name).ok().flatten();
    let last = parts.and_then(|parts| parts.names.into_iter().last());
    last.unwrap_or_else(|| "_".to_owned())
}
