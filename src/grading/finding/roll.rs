//! Who handed in what: the value that finding comes to.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::super::class::{Member, Submitted};

/// Everybody of a class, before anything is run.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Roll {
    /// In the roster's order, who is not in it behind; without a roster in the order of keys. Only those that are wanted.
    pub entries: Vec<Entry>,
    /// The keys of all in this order, also of those that are not wanted.
    pub everybody: Vec<String>,
    /// The roster's columns, in its order; empty without a roster.
    pub columns: Vec<String>,
    /// What is odd about the whole.
    pub oddities: Vec<Oddity>,
}

/// Somebody, or several who handed in together.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Entry {
    /// Tells it from all others, and can be the name of a file: the roster's key, else what the platform's names give (Moodle's or
    /// Canvas's number), else the name of the folder or file. The same in every run, whatever the order of a folder.
    pub key: String,
    /// As people call it. Comes from students: any text may be in it.
    pub name: String,
    /// All who share it, by the roster's keys as they stand there; one with this key where it is not in a roster.
    pub members: Vec<Member>,
    /// How it was found in the roster; `None`: it is not in it, or there is none.
    pub known: Option<Known>,
    /// What was handed in.
    pub submitted: Submitted,
    /// What is odd about it.
    pub oddities: Vec<Oddity>,
}

/// What told whose a submission is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Known {
    /// The key stands in its name.
    Key,
    /// The key stands in the name of a file inside.
    Inside,
    /// Moodle's or Canvas's number stands in the roster.
    Number,
    /// What stands in this other column stands in its name.
    Column(String),
    /// The name.
    Name,
    /// The group.
    Group,
    /// It is in the roster and handed in nothing.
    Roster,
}

/// Something that is out of the ordinary: somebody may want to look, nobody has to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Oddity {
    /// What.
    pub what: Odd,
    /// What it is about: the first few names. They come from students.
    pub about: Vec<String>,
    /// How many there are.
    pub count: usize,
}

/// What is odd.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "kebab-case")]
pub enum Odd {
    /// Links, which are left out.
    Link,
    /// FIFOs, sockets, devices, which are left out.
    Special,
    /// Names that lead out of the archive, which are left out.
    Outside,
    /// Files of the same name as one before, which are left out.
    Duplicate,
    /// Files whose names differ by case only.
    CaseClash,
    /// Names with control characters.
    ControlCharacters,
    /// Names that are too long for a file, which are cut.
    Shortened,
    /// Files that can't be read, which are left out.
    Unreadable,
    /// An archive inside that can't be read, though something else fills all roles: its name, and why.
    UnreadArchive,
    /// Files that were given the name which the lab looks for: old and new name.
    Renamed,
    /// Files beside the submissions that are none.
    Stray,
    /// It could be that of several people of the roster: their keys.
    Ambiguous,
    /// Its name names several people of the roster, who are taken to share it: their keys.
    Together,
    /// Somebody who has a part in several submissions: the key, and the submissions' keys.
    Twice,
    /// The roster's rows without a key: their lines.
    NoKey,
}

/// Oddities of one kind are counted; so many are named.
const NAMED: usize = 3;

/// Adds one thing that is odd.
pub(super) fn note(oddities: &mut Vec<Oddity>, what: Odd, about: String) {
    let one = Oddity {
        what,
        about: vec![about],
        count: 1,
    };
    join(oddities, vec![one]);
}

/// Adds what is odd to what is odd already.
pub(super) fn join(oddities: &mut Vec<Oddity>, more: Vec<Oddity>) {
    for oddity in more {
        match oddities.iter_mut().find(|own| own.what == oddity.what) {
            Some(own) => {
                own.count += oddity.count;
                own.about.extend(oddity.about);
                own.about.truncate(NAMED);
            }
            None => oddities.push(oddity),
        }
    }
}
