//! What the name of something handed in says: the rules of Moodle and Canvas, and what people write.

use std::sync::LazyLock;

use regex::Regex;

use super::names::folded;

/// What a name says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Label {
    pub(super) by: Platform,
    /// As people call it.
    pub(super) name: String,
    /// The platform's number for it.
    pub(super) number: Option<String>,
    pub(super) late: bool,
    /// The name of the file as its author called it.
    pub(super) file: Option<String>,
}

/// Who made up the name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Platform {
    Moodle,
    /// Text that was typed into Moodle instead of a file.
    MoodleText,
    Canvas,
    /// People.
    Nobody,
}

/// `Full name_ID_assignsubmission_file[_file name]`, of Moodle; a team without a number is possible. (moodle:
/// mod/assign/classes/downloader.php)
static MOODLE: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r"^(?s)(?P<name>.+?)(?:_(?P<id>\d+))?_assignsubmission_(?P<plugin>[a-z]+)(?:_(?P<file>.*))?$").ok()
});
/// `name[_LATE]_user_attachment_file`, of Canvas; anonymous: `[LATE_]anon_user_attachment_file`; without a file: `…_text.html`,
/// `…_link.html`. (canvas-lms: lib/content_zipper.rb)
static CANVAS: LazyLock<Vec<Regex>> = LazyLock::new(|| {
    [
        r"^(?s)(?P<late>LATE_)?(?P<name>anon)_(?P<id>[0-9A-Za-z]+)_(?:\d+_(?P<file>.+)|(?:text|link)\.html)$",
        r"^(?s)(?:(?P<name>\w+?)_)?(?P<late>LATE_)?(?P<id>\d+)_(?:\d+_(?P<file>.+)|(?:text|link)\.html)$",
    ]
    .iter()
    .filter_map(|pattern| Regex::new(pattern).ok())
    .collect()
});

/// What Moodle means by a name, if it is one of its names.
pub(super) fn moodle(name: &str) -> Option<Label> {
    let found = MOODLE.as_ref()?.captures(name)?;
    let text = |group: &str| found.name(group).map(|group| group.as_str().to_owned());
    let by = match &found["plugin"] {
        "onlinetext" => Platform::MoodleText,
        _ => Platform::Moodle,
    };
    Some(Label {
        by,
        name: text("name")?,
        number: text("id"),
        late: false,
        file: text("file").filter(|file| !file.is_empty()),
    })
}

/// What Canvas means by a name, if it is one of its names.
pub(super) fn canvas(name: &str) -> Option<Label> {
    let found = CANVAS.iter().find_map(|pattern| pattern.captures(name))?;
    let text = |group: &str| found.name(group).map(|group| group.as_str().to_owned());
    let number = text("id")?;
    let name = match text("name") {
        Some(name) if name == "anon" => format!("anon {number}"),
        Some(name) => name,
        None => number.clone(),
    };
    Some(Label {
        by: Platform::Canvas,
        name,
        number: Some(number),
        late: found.name("late").is_some(),
        file: text("file"),
    })
}

/// What people mean by a name.
pub(super) fn by_people(name: &str) -> Label {
    Label {
        by: Platform::Nobody,
        name: name.to_owned(),
        number: None,
        late: is_late(name),
        file: None,
    }
}

/// Whether a word of a name says that it is late.
fn is_late(name: &str) -> bool {
    let name = folded(name);
    let mut words = name.split(|c: char| !c.is_alphanumeric());
    ["迟交", "补交", "逾期"]
        .iter()
        .any(|word| name.contains(word))
        || words.any(|word| word == "late" || word == "overdue")
}

/// The name without what tells one attempt from another, and which attempt it is; 0: nothing is said.
pub(super) fn attempt(stem: &str) -> (String, u64) {
    static NUMBERED: LazyLock<Vec<Regex>> = LazyLock::new(|| {
        [
            // As browsers and systems call a second file of the same name.
            r"^(?s)(?P<stem>.*?)\s*[(（](?P<n>\d{1,4})[)）]$",
            r"(?i)^(?s)(?P<stem>.*?)[-_ ]*(?:\b|_)(?:attempt|submission|try|version|ver|v|提交|第)[-_ ]*(?P<n>\d{1,4})(?:次提交|次|版)?$",
        ]
        .iter()
        .filter_map(|pattern| Regex::new(pattern).ok())
        .collect()
    });
    for pattern in NUMBERED.iter() {
        if let Some(found) = pattern.captures(stem) {
            let number = found["n"].parse().unwrap_or(0);
            return (found["stem"].trim_end().to_owned(), number);
        }
    }
    (stem.to_owned(), 0)
}

/// Which attempt a folder inside a submission is, if its name says nothing but that: a number, or a time.
pub(super) fn attempt_folder(name: &str) -> Option<u64> {
    static TIME: LazyLock<Option<Regex>> = LazyLock::new(|| {
        Regex::new(
            r"^\d{4}[-_.]?\d{2}[-_.]?\d{2}(?:[-_ T.]*\d{2}[-_:.]?\d{2}(?:[-_:.]?\d{2})?Z?)?$",
        )
        .ok()
    });
    if TIME.as_ref()?.is_match(name) {
        let digits: String = name.chars().filter(char::is_ascii_digit).collect();
        // A day alone comes before all times of that day.
        return format!("{digits:0<14}").parse().ok();
    }
    match attempt(name) {
        (stem, number) if stem.is_empty() && number > 0 => Some(number),
        _ => None,
    }
}

/// The name without the `-1` that Canvas puts behind a name that comes a second time.
pub(super) fn without_repeat(name: &str) -> Option<String> {
    let (stem, extension) = name.rsplit_once('.')?;
    let (stem, number) = stem.rsplit_once('-')?;
    let counted =
        !number.is_empty() && number.len() <= 3 && number.bytes().all(|b| b.is_ascii_digit());
    (counted && !stem.is_empty()).then(|| format!("{stem}.{extension}"))
}

#[cfg(test)]
mod tests {
    use super::{Platform, attempt, attempt_folder, by_people, canvas, moodle, without_repeat};

    #[test]
    fn names_of_moodle() {
        for (name, person, number, file, by) in [
            (
                "Student One_1327627_assignsubmission_file",
                "Student One",
                Some("1327627"),
                None,
                Platform::Moodle,
            ),
            (
                "Student One_1327627_assignsubmission_file_",
                "Student One",
                Some("1327627"),
                None,
                Platform::Moodle,
            ),
            (
                "张三_12_assignsubmission_file_server.py",
                "张三",
                Some("12"),
                Some("server.py"),
                Platform::Moodle,
            ),
            (
                "Participant_77_assignsubmission_onlinetext",
                "Participant",
                Some("77"),
                None,
                Platform::MoodleText,
            ),
            (
                "Default group_assignsubmission_file",
                "Default group",
                None,
                None,
                Platform::Moodle,
            ),
            (
                "Team 7_3_assignsubmission_file_a_1_assignsubmission_file",
                "Team 7",
                Some("3"),
                Some("a_1_assignsubmission_file"),
                Platform::Moodle,
            ),
        ] {
            let label = moodle(name).expect(name);
            assert_eq!(
                (
                    label.name.as_str(),
                    label.number.as_deref(),
                    label.file.as_deref(),
                    label.by
                ),
                (person, number, file, by),
                "{name}"
            );
        }
        assert_eq!(moodle("server.py"), None);
    }

    #[test]
    fn names_of_canvas() {
        for (name, person, number, late, file) in [
            (
                "onestudent_101_2001_server.py",
                "onestudent",
                "101",
                false,
                Some("server.py"),
            ),
            (
                "onestudent_LATE_101_2001_server-1.py",
                "onestudent",
                "101",
                true,
                Some("server-1.py"),
            ),
            (
                "张三_101_2001_聊天 室.zip",
                "张三",
                "101",
                false,
                Some("聊天 室.zip"),
            ),
            (
                "anon_a1B2_2001_server.py",
                "anon a1B2",
                "a1B2",
                false,
                Some("server.py"),
            ),
            (
                "LATE_anon_a1B2_2001_server.py",
                "anon a1B2",
                "a1B2",
                true,
                Some("server.py"),
            ),
            ("onestudent_101_text.html", "onestudent", "101", false, None),
        ] {
            let label = canvas(name).expect(name);
            assert_eq!(
                (
                    label.name.as_str(),
                    label.number.as_deref(),
                    label.late,
                    label.file.as_deref()
                ),
                (person, Some(number), late, file),
                "{name}"
            );
        }
        for name in ["20240001-张三.py", "server.py", "a_1_b.py"] {
            assert_eq!(canvas(name), None, "{name}");
        }
    }

    #[test]
    fn attempts_and_lateness_are_read_from_names() {
        for (name, stem, number) in [
            ("20240001-张三", "20240001-张三", 0),
            ("20240001-张三 (2)", "20240001-张三", 2),
            ("20240001-张三（3）", "20240001-张三", 3),
            ("lab_v2", "lab", 2),
            ("x-attempt-11", "x", 11),
            ("张三_第2次提交", "张三", 2),
            ("dev2", "dev2", 0),
        ] {
            assert_eq!(attempt(name), (stem.to_owned(), number), "{name}");
        }
        assert_eq!(attempt_folder("attempt_2"), Some(2));
        assert_eq!(attempt_folder("第3次"), Some(3));
        assert_eq!(attempt_folder("2026-09-20"), Some(20_260_920_000_000));
        assert_eq!(
            attempt_folder("2026-09-20T10-00-05"),
            Some(20_260_920_100_005)
        );
        assert_eq!(attempt_folder("src"), None);
        assert!(by_people("20240001-张三-迟交").late && by_people("x_LATE").late);
        assert!(!by_people("plate").late);
    }

    #[test]
    fn a_repeated_name_loses_its_number() {
        assert_eq!(without_repeat("server-1.py").as_deref(), Some("server.py"));
        assert_eq!(without_repeat("server.py"), None);
        assert_eq!(without_repeat("-1.py"), None);
    }
}
