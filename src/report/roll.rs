//! Who handed in what, and what was understood of it, before anything is run.

use crate::diagnostic::Language;
use crate::grading::{Entry, Late, Oddity, Roll, Submitted};

use super::Style;
use super::page::{Page, Tone, padded, width};
use super::visible::clipped;
use super::words::finding as words;

/// Names that a line of the end holds.
const NAMED: usize = 20;
/// The widest that a column of keys or names gets.
const WIDEST: usize = 28;

/// A list of everybody: who it is, what fills the roles, where it came from, and what is odd. Who handed in nothing comes last.
pub fn roll(roll: &Roll, style: &Style) -> String {
    let words = words::roll(style.language);
    let mut page = Page::new(style);
    let shown = |text: &str| clipped(text.as_bytes(), WIDEST);
    let (absent, present): (Vec<&Entry>, Vec<&Entry>) = roll
        .entries
        .iter()
        .partition(|entry| entry.submitted == Submitted::Nothing);
    let widest = |of: fn(&Entry) -> &str| {
        present
            .iter()
            .map(|entry| width(&shown(of(entry))))
            .max()
            .unwrap_or(0)
    };
    let keys = widest(|entry| &entry.key);
    let are_named = present.iter().any(|entry| entry.name != entry.key);
    let names = if are_named {
        widest(|entry| &entry.name) + 2
    } else {
        0
    };
    for entry in &present {
        let (tone, text) = handed_in(entry, style);
        let name = if are_named {
            shown(&entry.name)
        } else {
            String::new()
        };
        let head = [
            (Tone::Strong, padded(&shown(&entry.key), keys + 2)),
            (Tone::Plain, padded(&name, names)),
        ];
        let room = page.columns().saturating_sub(keys + 2 + names).max(20);
        let mut stretches: Vec<(Tone, &str)> = head
            .iter()
            .map(|(tone, text)| (*tone, text.as_str()))
            .collect();
        let text = clipped(text.as_bytes(), room);
        stretches.push((tone, &text));
        page.line(&stretches);
        if let Submitted::Unusable { why, about, .. } = &entry.submitted {
            let about = about.as_ref().map(|about| clipped(about.as_bytes(), 100));
            let why = words::why(why, about.as_deref(), style.language);
            page.wrapped("", 4, Tone::Bad, &why, 4);
        }
        for line in details(entry, roll, style) {
            page.wrapped("", 4, Tone::Faint, &line, 3);
        }
    }
    page.blank();
    for oddity in &roll.oddities {
        page.wrapped("", 0, Tone::Warn, &odd(oddity, style.language), 3);
    }
    let listed = |entries: &[&Entry]| {
        let named = entries
            .iter()
            .take(NAMED)
            .map(|entry| match entry.name == entry.key {
                true => shown(&entry.key),
                false => format!("{} {}", shown(&entry.key), shown(&entry.name)),
            });
        let text = named.collect::<Vec<_>>().join(", ");
        let more = entries.len().saturating_sub(NAMED);
        if more > 0 {
            text + &(words.and_more)(more)
        } else {
            text
        }
    };
    if !roll.columns.is_empty() {
        let unknown: Vec<&Entry> = present
            .iter()
            .copied()
            .filter(|entry| entry.known.is_none())
            .collect();
        if !unknown.is_empty() {
            page.wrapped(
                "",
                0,
                Tone::Warn,
                &(words.not_in_roster)(unknown.len(), &listed(&unknown)),
                6,
            );
        }
    }
    if !absent.is_empty() {
        page.wrapped(
            "",
            0,
            Tone::Warn,
            &(words.absent)(absent.len(), &listed(&absent)),
            6,
        );
    }
    page.line(&[(
        Tone::Strong,
        &(words.summary)(present.len(), roll.entries.len()),
    )]);
    page.finish()
}

/// The roll as JSON: one object, made for machines.
pub fn roll_json(roll: &Roll) -> String {
    let text = serde_json::to_string_pretty(roll).unwrap_or_default();
    text + "\n"
}

/// The JSON Schema of what [`roll_json`] writes.
pub fn roll_schema() -> serde_json::Value {
    schemars::schema_for!(Roll).to_value()
}

fn handed_in(entry: &Entry, style: &Style) -> (Tone, String) {
    let words = words::roll(style.language);
    match &entry.submitted {
        Submitted::Nothing => (Tone::Warn, words.nothing.to_owned()),
        Submitted::Unusable { .. } => (Tone::Bad, words.unusable.to_owned()),
        Submitted::Files(handin) => {
            let is_whole = handin.roles.iter().all(|role| role.file.is_some());
            let is_nothing = handin.roles.iter().all(|role| role.file.is_none());
            let role = |role: &crate::grading::Role| {
                let file = role.file.as_deref().unwrap_or(words.missing);
                format!("{}: {file}", role.role)
            };
            let roles = handin.roles.iter().map(role).collect::<Vec<_>>().join("  ");
            let late = match handin.late {
                Late::No => String::new(),
                Late::Yes => format!("  ({})", words.late),
                Late::By(seconds) => format!("  ({})", (words.late_by)(&time(seconds))),
            };
            let tone = match (is_whole, is_nothing) {
                (true, false) => Tone::Plain,
                (_, true) => Tone::Bad,
                _ => Tone::Warn,
            };
            (tone, roles + &late)
        }
    }
}

/// What stands below an entry: only what is out of the ordinary, and where it came from.
fn details(entry: &Entry, roll: &Roll, style: &Style) -> Vec<String> {
    let words = words::roll(style.language);
    let shown = |text: &str| clipped(text.as_bytes(), 200);
    let mut from = Vec::new();
    match &entry.submitted {
        Submitted::Files(handin) => {
            from.push(shown(&handin.source));
            if handin.attempts.len() > 1 {
                from.push((words.attempts)(handin.attempts.len()));
            }
        }
        Submitted::Unusable { source, .. } => from.push(shown(source)),
        Submitted::Nothing => {}
    }
    if entry.members.len() > 1 {
        let members: Vec<String> = entry
            .members
            .iter()
            .map(|member| shown(&member.key))
            .collect();
        from.push((words.members)(&members.join(", ")));
    }
    match &entry.known {
        Some(known) => from.extend(words::known(known, style.language)),
        None if !roll.columns.is_empty() => from.push(words.unknown.to_owned()),
        None => {}
    }
    let mut lines = vec![from.join(" · ")];
    lines.extend(
        entry
            .oddities
            .iter()
            .map(|oddity| odd(oddity, style.language)),
    );
    lines
}

/// What is odd, as a clause for a teacher.
pub(super) fn odd(oddity: &Oddity, language: Language) -> String {
    words::odd(oddity.what, oddity.count, &named(oddity), language)
}

/// What is odd about what a student handed in, and what to do about it, as sentences for that student; `None`: it is no matter for
/// students.
pub(super) fn odd_for_students(oddity: &Oddity, language: Language) -> Option<String> {
    words::odd_for_students(oddity.what, &named(oddity), language)
}

/// What it is about: the first few.
fn named(oddity: &Oddity) -> String {
    let about = oddity.about.iter();
    let mut named: Vec<String> = about.map(|about| clipped(about.as_bytes(), 100)).collect();
    if oddity.count > oddity.about.len() {
        named.push("…".to_owned());
    }
    named.join(", ")
}

/// Seconds as the largest units that say enough.
fn time(seconds: u64) -> String {
    match seconds {
        0..60 => format!("{seconds} s"),
        60..3_600 => format!("{} min", seconds / 60),
        3_600..86_400 => format!("{} h {} min", seconds / 3_600, seconds % 3_600 / 60),
        _ => format!("{} d {} h", seconds / 86_400, seconds % 86_400 / 3_600),
    }
}
