//! Markdown (CommonMark) for a student: what came of each scenario, and why.
//!
//! Texts of programs stand in fences that are longer than any in them, names in code spans: nothing of them is a link, an image, HTML or a
//! mention.

use crate::report::{Style, visible, words};
use crate::verdict::Outcome;

use super::{Feedback, Readers, decimal};

/// The feedback for one submission.
pub fn markdown(feedback: &Feedback<'_>, readers: Readers, style: &Style) -> String {
    let (class, graded) = (feedback.class, feedback.graded);
    let view = feedback.view(readers, style);
    let words = words::of(style.language);
    let sheet = &view.words.sheet;
    let title = class.title.get(style.language);
    let mut out = format!(
        "# {}: {}\n\n",
        sheet.title,
        escaped(if title.is_empty() { &class.lab } else { title })
    );
    out.push_str(&format!("{}\n\n", span(&who(&graded.key, &graded.name))));
    for said in view.mark(graded) {
        out.push_str(&format!("- {}\n", escaped(&said)));
    }
    if !view.lines.is_empty() {
        out.push_str(&format!("\n## {}\n", escaped(sheet.scenarios)));
    }
    for line in &view.lines {
        let status = words.status(&line.judged.outcome, !line.judged.remarks.is_empty());
        let points = match line.judged.points {
            Some(_) if line.judged.of == 0.0 => String::new(),
            Some(points) => format!(", {}/{}", decimal(points), decimal(line.judged.of)),
            None => String::new(),
        };
        let bonus = if line.column.bonus {
            format!(", {}", sheet.bonus)
        } else {
            String::new()
        };
        out.push_str(&format!(
            "\n### {}: {}{points}{bonus}\n\n",
            span(&line.column.name),
            escaped(status),
        ));
        let title = line.column.title.get(style.language);
        if !title.is_empty() {
            out.push_str(&format!("{}\n\n", escaped(title)));
        }
        if !line.text.is_empty() {
            out.push_str(&fence(&line.text));
        }
    }
    out.push_str(&format!(
        "\n{}\n",
        escaped(&(sheet.foot)(&class.viva, &class.seed))
    ));
    out
}

/// A key and a name on one line.
pub(super) fn who(key: &str, name: &str) -> String {
    let text = if name.is_empty() || name == key {
        key.to_owned()
    } else {
        format!("{key} {name}")
    };
    visible::clipped(text.as_bytes(), 120)
}

/// A table's row for each scenario would need cells that can't hold line ends: a list does.
pub(super) fn list(view: &super::feedback::View<'_>, style: &Style) -> String {
    let words = words::of(style.language);
    let mut out = String::new();
    for line in &view.lines {
        let mark = match &line.judged.outcome {
            Outcome::Passed => "✅",
            Outcome::Failed(_) | Outcome::Skipped { .. } => "❌",
            Outcome::NotApplicable { .. } => "➖",
            Outcome::Error(_) => "⚠️",
        };
        let status = words.status(&line.judged.outcome, !line.judged.remarks.is_empty());
        out.push_str(&format!(
            "- {mark} {}: {}\n",
            span(&line.column.name),
            escaped(status)
        ));
    }
    out
}

/// A text on one line in which nothing is markup (CommonMark §2.4: any ASCII punctuation may be escaped); no more is escaped than must be, for
/// some read it as it is.
pub(super) fn escaped(text: &str) -> String {
    const ALWAYS: &str = "\\`*_[]<>&|~$@#";
    let mut out = String::new();
    for c in text.chars() {
        match c {
            '\n' | '\r' => out.push(' '),
            c if ALWAYS.contains(c) => out.extend(['\\', c]),
            // At the beginning of a line they make a list or a heading.
            '-' | '+' | '=' if out.trim().is_empty() => out.extend(['\\', c]),
            '.' | ')' if !out.is_empty() && out.bytes().all(|byte| byte.is_ascii_digit()) => {
                out.extend(['\\', c]);
            }
            c => out.push(c),
        }
    }
    // GitHub makes links of these.
    out.replace("://", "\\://").replace("www.", "www\\.")
}

/// A text on one line as it is (CommonMark §6.1).
pub(super) fn span(text: &str) -> String {
    let text = visible::clipped(text.as_bytes(), 200);
    let ticks = "`".repeat(longest(&text, '`') + 1);
    // A blank at either side is taken off, unless there is nothing else.
    match text.trim().is_empty() {
        true => format!("{ticks} - {ticks}"),
        false => format!("{ticks} {text} {ticks}"),
    }
}

/// Lines as they are (CommonMark §4.5).
pub(super) fn fence(text: &str) -> String {
    let ticks = "`".repeat(longest(text, '`').max(2) + 1);
    format!("{ticks}text\n{}\n{ticks}\n", text.trim_end())
}

/// The length of the longest run of `wanted`.
fn longest(text: &str, wanted: char) -> usize {
    let mut longest = 0;
    let mut run = 0;
    for c in text.chars() {
        run = if c == wanted { run + 1 } else { 0 };
        longest = longest.max(run);
    }
    longest
}
