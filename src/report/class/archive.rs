//! A zip with the feedback for a whole class, as Moodle and Canvas take it back: each file under the name that they gave to what was handed in.

use std::collections::BTreeSet;
use std::io::{Seek, Write};

use zip::ZipWriter;
use zip::result::ZipResult;
use zip::write::SimpleFileOptions;

use crate::grading::{Graded, Member, Submitted};

/// Where the zip is uploaded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Platform {
    /// A folder `NAME_ID_assignsubmission_file` for each student, with a file in it.
    Moodle,
    /// A file `NAME_USER_ATTACHMENT_FILE` for each student.
    Canvas,
}

/// A zip in the making, which is written into `W` as it comes: the pages of a class are too much to be held.
pub struct FeedbackZip<W: Write + Seek> {
    zip: ZipWriter<W>,
    platform: Platform,
    names: BTreeSet<String>,
}

impl<W: Write + Seek> FeedbackZip<W> {
    /// A zip for `platform`, to be written into `to`, which is empty.
    pub fn new(platform: Platform, to: W) -> Self {
        FeedbackZip {
            zip: ZipWriter::new(to),
            platform,
            names: BTreeSet::new(),
        }
    }

    /// Adds `content`, in a file of the type `ending` where the platform leaves the choice. Whether there is a place for it: the platform must have
    /// given one to what was handed in.
    ///
    /// # Errors
    ///
    /// A name or content that no zip can hold.
    pub fn add(&mut self, graded: &Graded, ending: &str, content: &[u8]) -> ZipResult<bool> {
        let places = match self.platform {
            Platform::Moodle => moodle_folders(graded),
            Platform::Canvas => canvas_file(graded).map(|file| vec![file]),
        };
        let Some(places) = places else {
            return Ok(false);
        };
        for place in places {
            let name = match self.platform {
                Platform::Moodle => format!("{place}/feedback.{ending}"),
                // Canvas knows it again by the numbers, and shows it under the name of what was handed in.
                Platform::Canvas => place,
            };
            if !self.names.insert(name.clone()) {
                return Ok(false);
            }
            // The same content is the same zip.
            let options = SimpleFileOptions::DEFAULT.last_modified_time(zip::DateTime::DEFAULT);
            self.zip.start_file(name, options)?;
            self.zip.write_all(content)?;
        }
        Ok(true)
    }

    /// The whole file.
    ///
    /// # Errors
    ///
    /// More than a zip can hold, or the system refuses.
    pub fn finish(self) -> ZipResult<W> {
        self.zip.finish()
    }
}

/// Where it came from.
fn source(graded: &Graded) -> Option<&str> {
    match &graded.handed_in {
        Submitted::Files(handin) => Some(&handin.source),
        Submitted::Unusable { source, .. } => Some(source),
        Submitted::Nothing => None,
    }
}

fn parts(source: &str) -> impl Iterator<Item = &str> {
    source.split(['/', '\\']).rev()
}

/// The file that Canvas made of what was handed in.
fn canvas_file(graded: &Graded) -> Option<String> {
    parts(source(graded)?)
        .find(|part| is_canvas(part))
        .map(safe)
}

/// The folders of Moodle for all who share it.
fn moodle_folders(graded: &Graded) -> Option<Vec<String>> {
    let own = parts(source(graded)?).find_map(moodle)?;
    if graded.members.len() < 2 {
        return Some(vec![own]);
    }
    // The number is that of the group, and might be that of another student.
    let folder = |member: &Member| {
        let name = member.name.replace(['_', '/', '\\'], " ");
        let participant = participant(member)?;
        Some(safe(&format!("{name}_{participant}_assignsubmission_file")))
    };
    graded.members.iter().map(folder).collect()
}

/// The number of a participant, if the roster is Moodle's grading worksheet: `Participant 123` in its column of identifiers.
fn participant(member: &Member) -> Option<&str> {
    // As Moodle's language packs call it.
    const COLUMNS: [&str; 7] = [
        "Identifier",
        "Identificador",
        "Identifiant",
        "识别码",
        "标识符",
        "識別碼",
        "ID",
    ];
    COLUMNS.iter().find_map(|column| {
        let value = member.roster.get(*column)?.trim();
        let digits = value.trim_start_matches(|c: char| !c.is_ascii_digit());
        (digits.len() < value.len() && is_number(digits)).then_some(digits)
    })
}

/// The folder in which Moodle put it: `Some Body_123_assignsubmission_file`, in older versions with `_` behind it; what follows is a file's
/// name, where no folders were wanted.
fn moodle(part: &str) -> Option<String> {
    let (who, rest) = part.split_once("_assignsubmission_")?;
    let (name, id) = who.rsplit_once('_')?;
    let plugin_end = rest
        .find(|c: char| !c.is_ascii_lowercase())
        .unwrap_or(rest.len());
    let (plugin, rest) = rest.split_at(plugin_end);
    let numbered = !id.is_empty() && id.bytes().all(|byte| byte.is_ascii_digit());
    // A name is one part: Moodle counts them.
    (numbered && !name.is_empty() && !name.contains('_') && !plugin.is_empty()).then(|| {
        let old = if rest == "_" { "_" } else { "" };
        safe(&format!("{name}_{id}_assignsubmission_{plugin}{old}"))
    })
}

/// Whether Canvas named it so: two numbers, or `anon_…` and one, somewhere between `_`.
fn is_canvas(part: &str) -> bool {
    let mut pieces = part
        .split('_')
        .skip_while(|piece| !is_number(piece) && *piece != "anon");
    match pieces.next() {
        Some("anon") => {
            pieces.next().is_some_and(|id| !id.is_empty()) && pieces.next().is_some_and(is_number)
        }
        Some(_) => pieces.next().is_some_and(is_number) && pieces.next().is_some(),
        None => false,
    }
}

fn is_number(piece: &str) -> bool {
    !piece.is_empty() && piece.bytes().all(|byte| byte.is_ascii_digit())
}

/// A name that is one part of a path and nothing else.
fn safe(name: &str) -> String {
    let name: String = name
        .chars()
        .map(|c| {
            if c.is_control() || matches!(c, '/' | '\\' | ':') {
                '_'
            } else {
                c
            }
        })
        .collect();
    // Moodle passes over files that begin so.
    match name.starts_with(['.', '~']) {
        true => format!("_{name}"),
        false => name,
    }
}

#[cfg(test)]
mod tests {
    use super::{is_canvas, moodle};

    #[test]
    fn names_of_moodle_are_known_again() {
        for (part, expected) in [
            (
                "Student One_1327627_assignsubmission_file",
                Some("Student One_1327627_assignsubmission_file"),
            ),
            (
                "张三_12_assignsubmission_file_",
                Some("张三_12_assignsubmission_file_"),
            ),
            (
                "张三_12_assignsubmission_file_server.py",
                Some("张三_12_assignsubmission_file"),
            ),
            (
                "Team A_5_assignsubmission_onlinetext",
                Some("Team A_5_assignsubmission_onlinetext"),
            ),
            ("Default group_assignsubmission_file", None),
            ("a_b_assignsubmission_file", None),
            ("server.py", None),
        ] {
            assert_eq!(moodle(part).as_deref(), expected, "{part}");
        }
    }

    #[test]
    fn names_of_canvas_are_known_again() {
        for (part, expected) in [
            ("onestudent_101_9001_server.py", true),
            ("onestudent_LATE_101_9001_server-1.py", true),
            ("anon_x7Qp_9001_server.py", true),
            ("张三_101_9001_my server.zip", true),
            ("onestudent_101_text.html", false),
            ("server.py", false),
        ] {
            assert_eq!(is_canvas(part), expected, "{part}");
        }
    }
}
