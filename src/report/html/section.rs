//! One scenario on a page: how it came out, why, what to try, and the drawing of its transcript.

use crate::r#box::Layers;
use crate::diagnostic::{Language, Localized};
use crate::report::about::About;
use crate::report::shell;
use crate::report::words;
use crate::report::words::Label;
use crate::report::words::html::{self, Caption};
use crate::transcript::Transcript;
use crate::verdict::{Failure, Kind, Outcome, Remark, ScenarioResult, StepResult, Word};

use super::happened::happened;
use super::markup::{anchor, both, captioned, code, escaped, labelled, paragraph};
use super::reason::why;
use super::steps::{State, steps};

/// A scenario as a page tells it.
pub(super) struct Told<'a> {
    pub(super) name: &'a str,
    pub(super) title: &'a Localized,
    pub(super) kind: Kind,
    pub(super) outcome: &'a Outcome,
    /// Whether the scenario that it needs must not be named.
    pub(super) unnamed: bool,
    /// What it earned; `None`: it could not be judged.
    pub(super) points: Option<f64>,
    pub(super) of: f64,
    pub(super) deducted: f64,
    /// How many runs were passed, and of how many.
    pub(super) runs: (u32, u32),
    pub(super) remarks: &'a [Remark],
    pub(super) again: &'a [Word],
    pub(super) layers: Option<&'a Layers>,
    pub(super) seconds: f64,
    /// Said behind its points.
    pub(super) notes: Vec<Caption>,
    /// The run itself, if its transcript is there.
    pub(super) run: Option<&'a ScenarioResult>,
    /// The file that holds it.
    pub(super) file: Option<&'a str>,
}

/// What a scenario came to, as a class of the style and a sign.
pub(super) fn status(outcome: &Outcome, unstable: bool) -> (&'static str, char) {
    match outcome {
        _ if unstable => ("unstable", '≈'),
        Outcome::Passed => ("passed", '✓'),
        Outcome::Failed(_) => ("failed", '✗'),
        Outcome::Skipped { .. } => ("skipped", '↷'),
        Outcome::NotApplicable { .. } => ("none", '–'),
        Outcome::Error(_) => ("error", '!'),
    }
}

impl<'a> Told<'a> {
    fn failure(&self) -> Option<&'a Failure> {
        match self.outcome {
            Outcome::Failed(failure) => Some(failure),
            _ => None,
        }
    }

    fn transcript(&self) -> Option<&'a Transcript> {
        self.run.map(|run| &run.transcript)
    }

    fn settled(&self) -> &'a [StepResult] {
        self.run.map_or(&[], |run| &run.steps)
    }

    fn is_unstable(&self) -> bool {
        let (passed, runs) = self.runs;
        passed > 0 && passed < runs
    }

    fn status(&self) -> (&'static str, char) {
        status(self.outcome, self.is_unstable())
    }

    /// Whether it has to be looked at.
    fn is_wanting(&self) -> bool {
        matches!(self.outcome, Outcome::Failed(_) | Outcome::Error(_))
    }

    /// Its line in the list at the left, with its steps; `alone`: it is the only one, so that they are shown.
    pub(super) fn entry(&self, alone: bool) -> String {
        let (class, sign) = self.status();
        let id = anchor(self.name);
        let here = if alone { " here" } else { "" };
        let empty = Transcript::default();
        let steps = steps(
            self.settled(),
            self.failure(),
            self.transcript().unwrap_or(&empty),
        );
        let items: String = steps
            .iter()
            .map(|step| {
                let (class, sign) = match step.state {
                    State::Settled => ("passed", "✓"),
                    State::Done => ("done", "·"),
                    State::Failed => ("failed", "✗"),
                };
                format!(
                    "<li class=\"{class}\"><a href=\"#{id}-step-{}\"><i>{sign}</i><b>{}</b> {}</a></li>",
                    step.number,
                    step.number,
                    both(|language| step.title(language))
                )
            })
            .collect();
        let list = match items.as_str() {
            "" => String::new(),
            items => format!("<ol>{items}</ol>"),
        };
        format!(
            "<li class=\"{class}{here}\"><a class=\"entry\" href=\"#{id}\"><i>{sign}</i><b>{}</b><span>{}</span></a>{list}</li>",
            escaped(self.name),
            escaped(&html::of(self.points, self.of))
        )
    }

    /// All of it; `alone`: it is the only one, and open.
    pub(super) fn section(&self, alone: bool) -> String {
        let (class, sign) = self.status();
        let id = anchor(self.name);
        let open = if alone || self.is_wanting() {
            " open"
        } else {
            ""
        };
        format!(
            "<details class=\"scenario {class}\" id=\"{id}\"{open}><summary><i class=\"sign\">{sign}</i><h2>{}</h2><span class=\"title\">{}</span>{}</summary>\n{}</details>\n",
            escaped(self.name),
            both(|language| self.title.get(language).to_owned()),
            self.worth(),
            self.body(&id)
        )
    }

    /// Status, points and what else is to be known at once.
    fn worth(&self) -> String {
        let mut chips = Vec::new();
        let status = |language: Language| {
            words::of(language)
                .status(self.outcome, !self.remarks.is_empty())
                .to_owned()
        };
        chips.push(format!("<b class=\"status\">{}</b>", both(status)));
        if self.is_unstable() {
            let (passed, runs) = self.runs;
            chips.push(both(|language| html::runs(language, passed, runs)));
        }
        if let Some(points) = self.points.filter(|_| self.of > 0.0) {
            chips.push(both(|language| words::of(language).points(points, self.of)));
        } else if self.of > 0.0 {
            chips.push(both(|language| words::of(language).no_mark().to_owned()));
        }
        if self.deducted > 0.0 {
            chips.push(both(|language| html::deducted(language, self.deducted)));
        }
        chips.push(both(|language| {
            words::of(language).kind(self.kind).to_owned()
        }));
        for note in &self.notes {
            chips.push(captioned(*note));
        }
        if self.seconds > 0.0 {
            chips.push(both(|language| html::seconds(language, self.seconds)));
        }
        format!("<span class=\"worth\">{}</span>", chips.join("<u>·</u>"))
    }

    fn body(&self, id: &str) -> String {
        let empty = Transcript::default();
        let transcript = self.transcript().unwrap_or(&empty);
        let about = self.failure().map(|failure| About {
            failure,
            transcript,
        });
        let mut out = String::from("<div class=\"body\">");
        if self.unnamed {
            out += &paragraph("reason", |language| (words::class(language).skipped)(None));
        } else if words::of(Language::English).reason(self.outcome).is_some() {
            out += &paragraph("reason", |language| {
                words::of(language).reason(self.outcome).unwrap_or_default()
            });
        }
        if let Outcome::Error(trouble) = self.outcome {
            out += &paragraph("trouble", |language| words::of(language).trouble(trouble));
        }
        if let Some(about) = &about {
            out += "<div class=\"why\">";
            out += &why(about, id);
            if let Some(run) = self.run.filter(|_| !about.names_the_mistake()) {
                let hint = |language: Language| run.hint.get(language).to_owned();
                if !hint(Language::English).is_empty() {
                    out += &labelled(Label::Hint, "hint", &both(hint));
                }
            }
            out += &self.repeat();
            out += "</div>";
        }
        for remark in self.remarks {
            out += &labelled(
                Label::Remark,
                "remark",
                &both(|language| words::of(language).remark(remark)),
            );
        }
        if let Some(layers) = self.layers
            && words::of(Language::English).layers(layers).is_some()
        {
            out += &labelled(
                Label::Isolation,
                "remark",
                &both(|language| words::of(language).layers(layers).unwrap_or_default()),
            );
        }
        let steps = steps(self.settled(), self.failure(), transcript);
        if about.is_none() {
            out += &self.repeat();
        }
        if self.run.is_some() {
            out += &happened(transcript, about.as_ref(), &steps, id, self.file);
        } else if self.runs.1 > 0 {
            out += &paragraph("reason", |language| match self.file {
                Some(file) => html::whole(language, file),
                None => html::caption(language, Caption::NoTranscript).to_owned(),
            });
        }
        out += "</div>";
        out
    }

    /// The command that repeats it.
    fn repeat(&self) -> String {
        if self.again.is_empty() {
            return String::new();
        }
        let command = format!("viva {}", shell::command(self.again));
        let copy = captioned(Caption::Copy);
        labelled(
            Label::Again,
            "again",
            &format!(
                "{}<button class=\"copy\" hidden>{copy}</button>",
                code(&command)
            ),
        )
    }
}
