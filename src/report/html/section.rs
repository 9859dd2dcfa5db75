//! One scenario on a page: how it came out, why, what to try, and the drawing of its transcript.

use crate::r#box::Layers;
use crate::diagnostic::{Language, Localized, Place};
use crate::report::about::About;
use crate::report::cells::mark;
use crate::report::comparison::comparison;
use crate::report::rows::bytes;
use crate::report::shell;
use crate::report::visible::{clipped, window};
use crate::report::words;
use crate::report::words::html::{self, Caption, caption};
use crate::report::words::{Label, remedy};
use crate::transcript::{Data, Transcript};
use crate::verdict::{
    Actual, Failure, Kind, Note, Outcome, Remark, ScenarioResult, StepResult, Word,
};

use super::difference::compared;
use super::lanes::{Lanes, drawn};
use super::markup::{anchor, both, escaped};
use super::payload::shown;
use super::steps::{State, Step, steps};

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
pub(super) fn status(outcome: &Outcome, unstable: bool, remarks: bool) -> (&'static str, char) {
    match outcome {
        _ if unstable => ("unstable", '≈'),
        Outcome::Passed if remarks => ("passed", '✓'),
        Outcome::Passed => ("passed", '✓'),
        Outcome::Failed(_) => ("failed", '✗'),
        Outcome::Skipped { .. } => ("skipped", '↷'),
        Outcome::NotApplicable { .. } => ("none", '–'),
        Outcome::Error(_) => ("error", '!'),
    }
}

/// So many bytes of one payload, and of all of a scenario, are shown in full.
const MOST_OF_ONE: usize = 4 << 10;
const MOST_OF_ALL: usize = 96 << 10;

/// Sentences of notes are told up to so many.
const MOST_NOTES: usize = 6;

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

    fn status(&self) -> (&'static str, char) {
        let (passed, runs) = self.runs;
        status(
            self.outcome,
            passed > 0 && passed < runs,
            !self.remarks.is_empty(),
        )
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
        let (passed, runs) = self.runs;
        if passed > 0 && passed < runs {
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
            chips.push(both(|language| caption(language, *note).to_owned()));
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
            if let Some(run) = self.run {
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
                None => caption(language, Caption::NoTranscript).to_owned(),
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
        let copy = both(|language| caption(language, Caption::Copy).to_owned());
        labelled(
            Label::Again,
            "again",
            &format!(
                "<code>{}</code><button class=\"copy\" hidden>{copy}</button>",
                escaped(&command)
            ),
        )
    }
}

fn paragraph(class: &str, say: impl Fn(Language) -> String) -> String {
    format!("<p class=\"{class}\">{}</p>", both(say))
}

fn labelled(label: Label, class: &str, content: &str) -> String {
    let label = both(|language| words::of(language).label(label).to_owned());
    format!(
        "<p class=\"labelled {class}\"><span class=\"label\">{label}</span><span>{content}</span></p>"
    )
}

/// What was expected, what came, and what is known about it.
fn why(about: &About<'_>, id: &str) -> String {
    let failure = about.failure;
    let step = &failure.step;
    let mut out = format!(
        "<p class=\"expectation\"><a href=\"#{id}-step-{}\">{}</a> {}</p>",
        step.number,
        both(|language| words::of(language).step(step)),
        both(|language| words::of(language).expectation(about)),
    );
    out += &paragraph("arrival", |language| words::of(language).arrival(about));
    out += &paragraph("proof", |language| {
        words::of(language).settled(failure.miss, failure.proof, failure.after_ms)
    });
    if let Actual::Build(data) = &failure.actual {
        out += &said_at_last(data);
    }
    if let Some(table) = compared(about) {
        out += &table;
        out += &symbols(about);
    }
    let notes: String = about
        .notes()
        .take(MOST_NOTES)
        .map(|note| {
            format!(
                "<li>{}</li>",
                both(|language| words::of(language).note(note, about))
            )
        })
        .collect();
    if !notes.is_empty() {
        out += &format!("<ul class=\"notes\">{notes}</ul>");
    }
    for note in failure.notes.iter().take(MOST_NOTES) {
        if let Note::LastWords { text, .. } = note {
            out += &paragraph("last", |language| words::of(language).note(note, about));
            out += &said_at_last(text);
        }
    }
    out += &excerpt(&step.place);
    if let Some(spec) = &step.spec {
        out += &labelled(Label::Sheet, "sheet", &escaped(spec));
    }
    out
}

/// What the stand-ins of a comparison stand for.
fn symbols(about: &About<'_>) -> String {
    let symbols = |language: Language| -> String {
        let words = words::of(language);
        let told = comparison(about, words, 160).map(|comparison| comparison.symbols);
        let told = told.unwrap_or_default();
        let all: Vec<&str> = told.iter().map(|symbol| words.symbol(*symbol)).collect();
        all.join("   ")
    };
    match symbols(Language::English).as_str() {
        "" => String::new(),
        _ => paragraph("symbols", symbols),
    }
}

/// The last lines of what a program or compiler said, and what to try, if they are known ones.
fn said_at_last(data: &Data) -> String {
    const LINES: usize = 12;
    const LOOK: usize = 1 << 14;
    let bytes = &data.0[data.0.len().saturating_sub(LOOK)..];
    let lines: Vec<&[u8]> = bytes
        .split(|byte| *byte == b'\n')
        .map(|line| line.strip_suffix(b"\r").unwrap_or(line))
        .filter(|line| !line.is_empty())
        .collect();
    let shown: Vec<String> = lines[lines.len().saturating_sub(LINES)..]
        .iter()
        .map(|line| escaped(&clipped(line, 240)))
        .collect();
    let mut out = format!("<pre class=\"words\">{}</pre>", shown.join("\n"));
    if let Some(remedy) = remedy(&data.0) {
        out += &labelled(
            Label::Remedy,
            "hint",
            &both(|language| words::of(language).remedy(remedy).to_owned()),
        );
    }
    out
}

/// The line of the scenario, its place marked.
fn excerpt(place: &Place) -> String {
    let line = place.excerpt.as_str();
    if line.trim().is_empty() {
        return String::new();
    }
    let at = |characters: usize| {
        line.char_indices()
            .nth(characters)
            .map_or(line.len(), |(offset, _)| offset)
    };
    let from = place.column.saturating_sub(1);
    let focus = at(from)..at(from.saturating_add(place.width.max(1)));
    let window = window(line.as_bytes(), focus, 140);
    let name = clipped(place.file.as_bytes(), 80);
    format!(
        "<p class=\"excerpt\"><span class=\"place\">{}:{}:{}</span><code>{}<mark>{}</mark>{}</code></p>",
        escaped(&name),
        place.line,
        place.column,
        escaped(window.before.trim_start()),
        escaped(&window.focus),
        escaped(&window.after)
    )
}

/// The transcript: drawn, and in full below.
fn happened(
    transcript: &Transcript,
    about: Option<&About<'_>>,
    steps: &[Step<'_>],
    id: &str,
    file: Option<&str>,
) -> String {
    let drawing = drawn(&Lanes {
        transcript,
        about,
        steps,
        anchor: id,
    });
    if drawing.is_empty() {
        return paragraph("reason", |language| {
            caption(language, Caption::NothingHappened).to_owned()
        });
    }
    let heading = both(|language| caption(language, Caption::Transcript).to_owned());
    format!(
        "<h3>{heading}</h3>\n{drawing}{}",
        payloads(transcript, file)
    )
}

/// All payloads in full, as far as they are not too long.
fn payloads(transcript: &Transcript, file: Option<&str>) -> String {
    let mut rows = String::new();
    let mut used = 0;
    let mut cut = false;
    for event in &transcript.events {
        let (Some(mark), Some(bytes)) = (mark(&event.kind), bytes(&event.kind)) else {
            continue;
        };
        if used >= MOST_OF_ALL {
            cut = true;
            break;
        }
        let part = &bytes[..bytes.len().min(MOST_OF_ONE).min(MOST_OF_ALL - used)];
        used += part.len() + 64;
        let actor = transcript.actors.get(event.actor.0);
        let actor = actor.map_or("", |actor| actor.name.as_str());
        let content: String = shown(part, None, 96, MOST_OF_ONE)
            .iter()
            .map(|shown| {
                let lines: Vec<String> = shown.lines.iter().map(|line| line.markup("i")).collect();
                format!(
                    "<code class=\"{}\">{}</code>",
                    shown.classes(),
                    lines.join("\n")
                )
            })
            .collect();
        let rest = bytes.len() - part.len();
        cut |= rest > 0;
        let rest = match rest {
            0 => String::new(),
            rest => format!(
                "<span class=\"more\">{}</span>",
                both(|language| words::of(language).more_bytes(rest))
            ),
        };
        rows += &format!(
            "<tr><td>{}</td><td>{}</td><td>{}</td><td>{content}{rest}</td></tr>\n",
            event.number,
            escaped(&clipped(actor.as_bytes(), 24)),
            both(|language| words::of(language).mark(mark).to_owned()),
        );
    }
    if rows.is_empty() {
        return String::new();
    }
    let mut end = String::new();
    if cut {
        end += &paragraph("cut", |language| html::cut(language).to_owned());
    }
    if let Some(file) = file {
        end += &paragraph("cut", |language| {
            html::whole(language, &clipped(file.as_bytes(), 200))
        });
    }
    let heading = both(|language| caption(language, Caption::Payloads).to_owned());
    format!(
        "<details class=\"payloads\"><summary>{heading}</summary><table>{rows}</table></details>{end}\n"
    )
}
