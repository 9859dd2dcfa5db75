//! Puts together what belongs to the same people: by the roster, by the platforms' numbers, by names; and gives each a key.

use std::collections::BTreeMap;

use super::super::class::Member;
use super::downloads::Piece;
use super::matching::{Found, Matching, Sought, name_of};
use super::names::{folded, key, trace};
use super::naming::{Platform, attempt};
use super::roll::{Known, Odd, Oddity, note};
use super::roster::Roster;

/// One attempt: all that was handed in at a time.
#[derive(Clone, Debug)]
pub(super) struct Share {
    pub(super) pieces: Vec<Piece>,
}

/// Somebody, or a group, and what they handed in.
#[derive(Clone, Debug)]
pub(super) struct Owner {
    pub(super) key: String,
    pub(super) name: String,
    pub(super) members: Vec<Member>,
    pub(super) known: Option<Known>,
    /// Oldest first; none: nothing was handed in.
    pub(super) shares: Vec<Share>,
    pub(super) oddities: Vec<Oddity>,
}

/// Everybody.
pub(super) struct Whose {
    pub(super) owners: Vec<Owner>,
    pub(super) oddities: Vec<Oddity>,
}

/// What makes two pieces the same people's. In the order in which they are listed.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Identity {
    /// Rows of the roster, in its order.
    Rows(Vec<usize>),
    /// A platform's number, or its name.
    Platform(Platform, String),
    /// What people call it.
    Name(String),
}

struct Theirs {
    pieces: Vec<Piece>,
    known: Option<Known>,
    oddities: Vec<Oddity>,
}

pub(super) fn whose(
    pieces: Vec<Piece>,
    roster: Option<&Roster>,
    matching: Option<&Matching>,
) -> Whose {
    let mut all: BTreeMap<Identity, Theirs> = BTreeMap::new();
    let students = by_student_number(&pieces);
    for piece in pieces {
        let found = matching.map_or(Found::Nobody, |matching| {
            let inside = piece.inside();
            matching.find(&Sought {
                label: &piece.label,
                inside: &inside,
            })
        });
        let mut oddities = Vec::new();
        let keys = |rows: &[usize]| {
            let keys = rows
                .iter()
                .filter_map(|row| Some(roster?.rows.get(*row)?.key.clone()));
            keys.collect::<Vec<_>>().join(", ")
        };
        let (rows, known) = match found {
            Found::Nobody => (None, None),
            Found::One(row, known) => (Some(vec![row]), Some(known)),
            Found::Together(rows) => {
                note(&mut oddities, Odd::Together, keys(&rows));
                (Some(rows), Some(Known::Key))
            }
            Found::Ambiguous(rows) => {
                note(&mut oddities, Odd::Ambiguous, keys(&rows));
                (None, None)
            }
        };
        let identity = match (rows, roster) {
            (Some(rows), Some(roster)) => Identity::Rows(with_group(&rows, roster)),
            _ => identity(&piece, &students),
        };
        let theirs = all.entry(identity).or_insert_with(|| Theirs {
            pieces: Vec::new(),
            known: None,
            oddities: Vec::new(),
        });
        theirs.known = theirs.known.take().or(known);
        for oddity in oddities {
            if !theirs.oddities.contains(&oddity) {
                theirs.oddities.push(oddity);
            }
        }
        theirs.pieces.push(piece);
    }
    let mut oddities = Vec::new();
    if let Some(roster) = roster {
        absent(&mut all, roster);
        twice(&all, roster, &mut oddities);
        for line in &roster.keyless {
            note(&mut oddities, Odd::NoKey, line.to_string());
        }
    }
    // Who stands in the roster comes first, each where the first of the group stands.
    let mut owners: Vec<(Identity, Owner)> = all
        .into_iter()
        .map(|(identity, theirs)| {
            let owner = owner(&identity, theirs, roster);
            (identity, owner)
        })
        .collect();
    apart(&mut owners);
    owners.sort_by_cached_key(|(identity, owner)| match identity {
        Identity::Rows(rows) => (0, rows.clone(), String::new()),
        _ => (1, Vec::new(), owner.key.clone()),
    });
    let owners = owners.into_iter().map(|(_, owner)| owner).collect();
    Whose { owners, oddities }
}

/// All rows of the groups that these rows belong to.
fn with_group(rows: &[usize], roster: &Roster) -> Vec<usize> {
    let mut all = rows.to_vec();
    if let Some(column) = roster.group {
        let group = |row: usize| folded(roster.rows[row].cells[column].trim());
        for row in rows {
            let own = group(*row);
            if !own.is_empty() {
                all.extend((0..roster.rows.len()).filter(|other| group(*other) == own));
            }
        }
    }
    all.sort_unstable();
    all.dedup();
    all
}

/// Long numbers that stand in the names of several files: the files are one student's.
fn by_student_number(pieces: &[Piece]) -> BTreeMap<String, usize> {
    let mut numbers = BTreeMap::new();
    for piece in pieces.iter().filter(|piece| !piece.item.is_folder) {
        if let Some(number) = student_number(&piece.label.name) {
            *numbers.entry(number).or_insert(0) += 1;
        }
    }
    numbers.retain(|_, count| *count > 1);
    numbers
}

/// The only long number in a name.
fn student_number(name: &str) -> Option<String> {
    const LONG: usize = 6;
    let folded = folded(name);
    let mut numbers = folded
        .split(|c: char| !c.is_ascii_digit())
        .filter(|run| run.len() >= LONG);
    let number = numbers.next()?.to_owned();
    numbers.next().is_none().then_some(number)
}

fn identity(piece: &Piece, students: &BTreeMap<String, usize>) -> Identity {
    let label = &piece.label;
    let by = match label.by {
        Platform::MoodleText => Platform::Moodle,
        by => by,
    };
    if by != Platform::Nobody {
        let number = label.number.clone().unwrap_or_else(|| label.name.clone());
        return Identity::Platform(by, number);
    }
    let number = student_number(&label.name).filter(|number| students.contains_key(number));
    match number {
        Some(number) if !piece.item.is_folder => Identity::Name(number),
        _ => match attempt(&label.name).0 {
            // `submission-7` is somebody whom nobody calls anything else, and no attempt of nobody.
            whole if whole.is_empty() => Identity::Name(label.name.clone()),
            stem => Identity::Name(stem),
        },
    }
}

/// Who stands in the roster only.
fn absent(all: &mut BTreeMap<Identity, Theirs>, roster: &Roster) {
    let mut there = vec![false; roster.rows.len()];
    for identity in all.keys() {
        if let Identity::Rows(rows) = identity {
            rows.iter().for_each(|row| there[*row] = true);
        }
    }
    for row in 0..roster.rows.len() {
        if !there[row] {
            let rows = with_group(&[row], roster);
            rows.iter().for_each(|row| there[*row] = true);
            let nothing = Theirs {
                pieces: Vec::new(),
                known: Some(Known::Roster),
                oddities: Vec::new(),
            };
            all.insert(Identity::Rows(rows), nothing);
        }
    }
}

/// Names who has a part in several submissions.
fn twice(all: &BTreeMap<Identity, Theirs>, roster: &Roster, oddities: &mut Vec<Oddity>) {
    let mut parts: BTreeMap<usize, usize> = BTreeMap::new();
    for identity in all.keys() {
        if let Identity::Rows(rows) = identity {
            rows.iter()
                .for_each(|row| *parts.entry(*row).or_insert(0) += 1);
        }
    }
    for (row, count) in parts {
        if count > 1 {
            note(oddities, Odd::Twice, roster.rows[row].key.clone());
        }
    }
}

fn owner(identity: &Identity, theirs: Theirs, roster: Option<&Roster>) -> Owner {
    let mut pieces = theirs.pieces;
    pieces.sort_by(|one, other| {
        let order = |piece: &Piece| {
            (
                piece.of,
                piece.attempt,
                piece.item.is_folder,
                piece.source.clone(),
            )
        };
        order(one).cmp(&order(other))
    });
    let shown = pieces
        .last()
        .map(|piece| piece.label.name.clone())
        .unwrap_or_default();
    let (own, name, members) = match (identity, roster) {
        (Identity::Rows(rows), Some(roster)) => of_rows(rows, roster),
        (Identity::Platform(_, number), _) => (number.clone(), shown, None),
        (Identity::Name(name), _) => {
            let key = if pieces.len() > 1 {
                common(&pieces)
            } else {
                None
            };
            let key = key.unwrap_or_else(|| name.clone());
            let shown = if pieces.len() > 1 { key.clone() } else { shown };
            (key, shown, None)
        }
        (Identity::Rows(_), None) => (String::new(), shown, None),
    };
    let key = key(&own);
    Owner {
        members: members.unwrap_or_else(|| vec![alone(&key, &name)]),
        key,
        name,
        known: theirs.known,
        shares: shares(pieces),
        oddities: theirs.oddities,
    }
}

/// Somebody who is in no roster.
fn alone(key: &str, name: &str) -> Member {
    Member {
        key: key.to_owned(),
        name: name.to_owned(),
        roster: BTreeMap::new(),
    }
}

/// Key, name and members of a submission of people in the roster.
fn of_rows(rows: &[usize], roster: &Roster) -> (String, String, Option<Vec<Member>>) {
    let people: Vec<_> = rows
        .iter()
        .filter_map(|row| roster.rows.get(*row))
        .collect();
    let members = people.iter().map(|row| Member {
        key: row.key.clone(),
        name: name_of(row, roster),
        roster: row.by_column(&roster.columns),
    });
    let members: Vec<Member> = members.collect();
    let groups = people.iter().filter_map(|row| row.cells.get(roster.group?));
    let group = groups.clone().next().filter(|group| {
        people.len() > 1 && !group.is_empty() && groups.clone().all(|other| other == *group)
    });
    let together =
        |of: fn(&Member) -> &str, sign: &str| members.iter().map(of).collect::<Vec<_>>().join(sign);
    let key = group
        .cloned()
        .unwrap_or_else(|| together(|member| &member.key, "+"));
    let name = group
        .cloned()
        .unwrap_or_else(|| together(|member| &member.name, ", "));
    (key, name, Some(members))
}

/// What the names of several pieces begin with alike.
fn common(pieces: &[Piece]) -> Option<String> {
    let mut names = pieces.iter().map(|piece| attempt(&piece.label.name).0);
    let first = names.next()?;
    let common = names.fold(first, |common, name| {
        let shared = common.chars().zip(name.chars()).take_while(|(a, b)| a == b);
        shared.map(|(c, _)| c).collect()
    });
    let common = common
        .trim_end_matches(|c: char| !c.is_alphanumeric())
        .to_owned();
    (!common.is_empty()).then_some(common)
}

/// Parts what somebody handed in into attempts. `pieces` are in order.
fn shares(pieces: Vec<Piece>) -> Vec<Share> {
    let mut shares: Vec<Share> = Vec::new();
    for piece in pieces {
        let goes_with = |other: &Piece| {
            let same = other.of == piece.of && other.attempt == piece.attempt;
            let is_part = |piece: &Piece| {
                piece.label.by != Platform::Nobody
                    || (!piece.item.is_folder && !super::archive::is_archive(&piece.item.name))
            };
            same && is_part(other) && is_part(&piece)
        };
        match shares.last_mut() {
            Some(share) if share.pieces.iter().all(goes_with) => share.pieces.push(piece),
            _ => shares.push(Share {
                pieces: vec![piece],
            }),
        }
    }
    shares
}

/// Keys that can't be told apart by every system get a trace of who it is: the same in every run.
fn apart(owners: &mut [(Identity, Owner)]) {
    let mut count: BTreeMap<String, usize> = BTreeMap::new();
    for (_, owner) in owners.iter() {
        *count.entry(folded(&owner.key)).or_insert(0) += 1;
    }
    for (identity, owner) in owners {
        if count
            .get(&folded(&owner.key))
            .is_some_and(|count| *count > 1)
        {
            let own = match identity {
                Identity::Rows(rows) => format!("{rows:?} {}", owner.key),
                Identity::Platform(by, number) => format!("{by:?} {number}"),
                Identity::Name(name) => name.clone(),
            };
            let key = format!("{}~{}", owner.key, trace(&own));
            if !matches!(identity, Identity::Rows(_)) {
                owner.members = vec![alone(&key, &owner.name)];
            }
            owner.key = key;
        }
    }
}
