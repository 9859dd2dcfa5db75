//! TAP 14 (<https://testanything.org/tap-version-14-specification.html>): a subtest for each submission.
//!
//! What could not be judged is `not ok`, and after everything the file bails out, so that no harness takes it for a result.

use serde_json::Value;

use crate::grading::NoMark;
use crate::report::{Style, visible};
use crate::verdict::Outcome;

use super::feedback::Line;
use super::{Feedback, Readers, json_number};

/// A file in the making.
pub struct Tap {
    out: String,
    count: usize,
    /// Who could not be judged.
    open: Vec<String>,
    readers: Readers,
    style: Style,
}

impl Tap {
    /// A file for `readers`.
    pub fn new(readers: Readers, style: &Style) -> Self {
        Tap {
            out: "TAP version 14\n".to_owned(),
            count: 0,
            open: Vec::new(),
            readers,
            style: *style,
        }
    }

    /// Adds a submission.
    pub fn add(&mut self, feedback: &Feedback<'_>) {
        let graded = feedback.graded;
        let view = feedback.view(self.readers, &self.style);
        let name = format!("{}/{}", feedback.class.lab, one_line(&graded.key));
        self.out
            .push_str(&format!("# Subtest: {}\n", escaped(&name)));
        let said = view.mark(graded);
        let mut good = !view.lines.is_empty();
        for (index, line) in view.lines.iter().enumerate() {
            good &= !matches!(
                line.judged.outcome,
                Outcome::Failed(_) | Outcome::Error(_) | Outcome::Skipped { .. }
            );
            self.point(index + 1, line);
        }
        match view.lines.len() {
            0 => self.out.push_str("    1..0 # SKIP no scenario was run\n"),
            lines => self.out.push_str(&format!("    1..{lines}\n")),
        }
        self.count += 1;
        let ok = if good { "ok" } else { "not ok" };
        self.out
            .push_str(&format!("{ok} {} - {}\n", self.count, escaped(&name)));
        let said: Vec<Value> = said.into_iter().map(Value::from).collect();
        self.yaml(0, &[("message", said.into())]);
        if let Some(NoMark::Trouble(_) | NoMark::Unfinished) = graded.mark.none {
            self.open.push(name);
        }
    }

    /// The file.
    pub fn finish(mut self) -> String {
        match self.count {
            0 => self.out.push_str("1..0 # SKIP nobody is in this class\n"),
            count => self.out.push_str(&format!("1..{count}\n")),
        }
        if !self.open.is_empty() {
            let names = escaped(&visible::clipped(self.open.join(", ").as_bytes(), 400));
            self.out
                .push_str(&format!("Bail out! could not be judged: {names}\n"));
        }
        self.out
    }

    fn point(&mut self, number: usize, line: &Line<'_>) {
        let name = escaped(&one_line(&line.column.name));
        let reason = || escaped(&one_line(line.text.lines().next().unwrap_or_default()));
        let (ok, directive) = match &line.judged.outcome {
            Outcome::Passed => ("ok", String::new()),
            // Counts as failed all the same: it earns nothing.
            Outcome::Skipped { .. } | Outcome::NotApplicable { .. } => {
                ("ok", format!(" # SKIP {}", reason()))
            }
            Outcome::Failed(_) | Outcome::Error(_) => ("not ok", String::new()),
        };
        self.out
            .push_str(&format!("    {ok} {number} - {name}{directive}\n"));
        let mut keys: Vec<(&str, Value)> = Vec::new();
        match &line.judged.outcome {
            Outcome::Failed(failure) => {
                keys.push(("severity", "fail".into()));
                keys.push(("code", line.code().into()));
                let place = &failure.step.place;
                keys.push(("file", place.file.clone().into()));
                keys.push(("line", place.line.into()));
            }
            Outcome::Error(_) => keys.push(("severity", "error".into())),
            Outcome::Passed | Outcome::Skipped { .. } | Outcome::NotApplicable { .. } => {}
        }
        if let Some(points) = line.judged.points {
            keys.push(("score", json_number(points)));
            keys.push(("max_score", json_number(line.judged.of)));
        }
        keys.push((
            "duration_ms",
            json_number(line.judged.duration.as_secs_f64() * 1e3),
        ));
        if !line.text.is_empty() {
            let lines: Vec<Value> = line.text.lines().map(Value::from).collect();
            keys.push(("message", lines.into()));
        }
        self.yaml(4, &keys);
    }

    /// A block of diagnostics. Values are written as JSON on one line each, which is YAML too.
    fn yaml(&mut self, indent: usize, keys: &[(&str, Value)]) {
        let margin = " ".repeat(indent + 2);
        self.out.push_str(&format!("{margin}---\n"));
        for (key, value) in keys {
            self.out.push_str(&format!("{margin}{key}: {value}\n"));
        }
        self.out.push_str(&format!("{margin}...\n"));
    }
}

/// A text without line ends and other characters that can't be seen.
fn one_line(text: &str) -> String {
    visible::clipped(text.as_bytes(), 160)
}

/// `#` and `\` begin something in TAP.
fn escaped(text: &str) -> String {
    text.replace('\\', "\\\\").replace('#', "\\#")
}
