//! English.

mod advice;
mod came;
pub(super) mod class;
mod condition;
mod drawn;
mod expected;
mod http;
mod kinds;
pub(super) mod lint;
mod mistake;
mod phrases;
mod standing;
mod websocket;

use crate::r#box::{Layers, Reason};
use crate::transcript::{ActorKind, EventKind, Miss, Proof};
use crate::verdict::{Expected, Kind, Note, Outcome, Remark, StepRef, Trouble};

use crate::report::about::About;
use crate::report::contrast::Contrast;
use crate::report::saved::LoadError;
use crate::report::summary::Conclusion;
use crate::report::visible;

use phrases::{bytes, plural, quote};

use super::{Counts, Label, Mark, QUOTED, Remedy, Symbol, Words, number};

pub(super) struct English;

impl Words for English {
    fn label(&self, label: Label) -> &'static str {
        match label {
            Label::Expected => "expected",
            Label::Actual => "actual",
            Label::Remedy => "try",
            Label::Hint => "hint",
            Label::Again => "again",
            Label::Sheet => "spec",
            Label::Total => "total",
            Label::Remark => "remark",
            Label::Run => "run",
            Label::Isolation => "isolation",
            Label::Exit => "exit",
        }
    }

    fn status(&self, outcome: &Outcome, remarks: bool) -> &'static str {
        match outcome {
            Outcome::Passed if remarks => "passed with remarks",
            Outcome::Passed => "passed",
            Outcome::Failed(_) => "FAILED",
            Outcome::Skipped { .. } => "skipped",
            Outcome::NotApplicable { .. } => "not applicable",
            Outcome::Error(_) => "ERROR",
        }
    }

    fn reason(&self, outcome: &Outcome) -> Option<String> {
        match outcome {
            Outcome::Skipped { need } => Some(format!("needs {need}, which did not pass")),
            Outcome::NotApplicable { name, value } => Some(format!("not for {name}: {value}")),
            Outcome::Passed | Outcome::Failed(_) | Outcome::Error(_) => None,
        }
    }

    fn kind(&self, kind: Kind) -> &'static str {
        match kind {
            Kind::Core => "core",
            Kind::Robustness => "robustness",
        }
    }

    fn points(&self, earned: f64, of: f64) -> String {
        let end = if of == 1.0 { "" } else { "s" };
        format!("{} of {} point{end}", number(earned), number(of))
    }

    fn no_mark(&self) -> &'static str {
        "not marked"
    }

    fn step(&self, step: &StepRef) -> String {
        match step.number {
            0 => "start".to_owned(),
            n => format!("step {n}"),
        }
    }

    fn expectation(&self, about: &About<'_>) -> String {
        expected::expectation(about, &about.failure.expected, false)
    }

    fn target(&self, expected: &Expected) -> String {
        expected::target(expected)
    }

    fn arrival(&self, about: &About<'_>) -> String {
        came::arrival(about)
    }

    fn settled(&self, miss: Miss, proof: Proof, after_ms: u64) -> String {
        came::settled(miss, proof, after_ms)
    }

    fn missing(&self, about: &About<'_>) -> Option<&'static str> {
        came::missing(about)
    }

    fn note(&self, note: &Note, about: &About<'_>) -> String {
        advice::note(note, about)
    }

    fn contrast(&self, contrast: Contrast) -> String {
        advice::contrast(contrast)
    }

    fn remedy(&self, remedy: Remedy) -> &'static str {
        advice::remedy(remedy)
    }

    fn remark(&self, remark: &Remark) -> String {
        match remark {
            Remark::OtherPort { asked, took } => {
                format!("listens on port {took}, though asked for {asked}")
            }
            Remark::PortSwapped { meant, took } => {
                format!(
                    "listens on port {took}, which is {meant} with its two bytes swapped: is htons({meant}) missing?"
                )
            }
            Remark::NearMiss {
                step,
                expected,
                came,
            } => format!(
                "{}: printed {} where {} was expected: a near miss",
                self.step(step),
                quote(came),
                quote(expected)
            ),
            Remark::AbsenceByWaiting { step } => format!(
                "{}: that nothing came was settled by waiting only",
                self.step(step)
            ),
            Remark::Exhausted { bytes } => format!(
                "the programs were killed, for together they had more than {} MiB of memory",
                bytes >> 20
            ),
            Remark::LeftOut { path, reason } => format!(
                "the programs did not have `{}`: {}",
                visible::clipped(path.as_bytes(), QUOTED),
                match reason {
                    Reason::Link => "symbolic links are not copied",
                    Reason::Special => "only plain files and folders are copied",
                    Reason::Unreadable => "it can't be read",
                }
            ),
            Remark::Polled => {
                "the kernel's view of the program was not to be had: Viva looked again and again"
                    .to_owned()
            }
            Remark::NotSeen { step } => format!(
                "{} was left out: only the kernel could tell, and it doesn't here",
                self.step(step)
            ),
        }
    }

    fn trouble(&self, trouble: &Trouble) -> String {
        const NOT_YOURS: &str = "This says nothing about the program.";
        match trouble {
            Trouble::System { doing, message } => format!(
                "Viva could not go on: {} failed: {}. {NOT_YOURS} `viva doctor` shows what this machine can do.",
                visible::clipped(doing.as_bytes(), QUOTED),
                visible::clipped(message.as_bytes(), 200)
            ),
            Trouble::Missing { program, place } => {
                let program = visible::clipped(program.as_bytes(), QUOTED);
                let demanded = match place {
                    Some(place) => format!(" ({}:{} asks for it)", place.file, place.line),
                    None => String::new(),
                };
                format!(
                    "{program} is not installed here{demanded}. {NOT_YOURS} Install it, or name another with `command:`."
                )
            }
            Trouble::TooSlow => format!(
                "The scenario took longer than its limit, and not by the program's fault: the machine is too busy. \
                 {NOT_YOURS} Run it again with fewer jobs."
            ),
            Trouble::NoValue { name, place } => format!(
                "${{{}}} had no value when it was needed ({}:{}): an earlier step must catch it.",
                visible::clipped(name.as_bytes(), QUOTED),
                place.file,
                place.line
            ),
            Trouble::Unencodable {
                character,
                encoding,
            } => format!(
                "{} {} can't be written in {}, which the conventions name: the scenario must send another text.",
                advice::shown(*character),
                advice::code(*character),
                visible::clipped(encoding.as_bytes(), 24)
            ),
            Trouble::Pattern { place, message } => format!(
                "With its variables filled in, the regular expression at {}:{} can't be used: {}.",
                place.file,
                place.line,
                visible::clipped(message.as_bytes(), 200)
            ),
            Trouble::Address { place, text } => format!(
                "With its variables filled in, the address at {}:{} is `{}`, which is none: give it an IP address and a \
                 port, as in 127.0.0.1:9999.",
                place.file,
                place.line,
                visible::clipped(text.as_bytes(), QUOTED)
            ),
            Trouble::Interrupted => "The run was interrupted.".to_owned(),
            Trouble::Unreadable { path, message } => format!(
                "{} can't be read: {}. {NOT_YOURS}",
                visible::clipped(path.as_bytes(), 120),
                visible::clipped(message.as_bytes(), 200)
            ),
        }
    }

    fn symbol(&self, symbol: Symbol) -> &'static str {
        drawn::symbol(symbol)
    }

    fn mark(&self, mark: Mark) -> &'static str {
        drawn::mark(mark)
    }

    fn actor_kind(&self, kind: &ActorKind) -> &'static str {
        drawn::actor_kind(kind)
    }

    fn event(&self, event: &EventKind) -> Option<String> {
        drawn::event(event)
    }

    fn printed_nothing(&self, actor: &str) -> String {
        format!("nothing printed by {actor}")
    }

    fn left_out(&self, count: usize, first: &str, last: &str) -> String {
        match count {
            1 => format!("not drawn: {first}"),
            n => format!("not drawn: {n} others ({first} … {last})"),
        }
    }

    fn others(&self) -> &'static str {
        "others"
    }

    fn more_bytes(&self, count: usize) -> String {
        format!("… {} more", bytes(count))
    }

    fn counts(&self, counts: &Counts) -> String {
        let parts = [
            (counts.passed, "passed"),
            (counts.failed, "failed"),
            (counts.skipped, "skipped"),
            (counts.not_applicable, "not applicable"),
            (counts.errors, "not judged"),
        ];
        let parts: Vec<String> = parts
            .iter()
            .filter(|(count, _)| *count > 0)
            .map(|(count, what)| format!("{count} {what}"))
            .collect();
        parts.join(", ")
    }

    fn not_run(&self, names: &[String], reason: &str) -> String {
        format!("{} ({reason})", names.join(", "))
    }

    fn run(
        &self,
        scenarios: usize,
        seconds: f64,
        seeds: &str,
        isolation: &str,
        viva: &str,
    ) -> String {
        format!(
            "{} in {seconds:.1} s · seed {seeds} · isolation {isolation} · viva {viva}",
            plural(scenarios, "scenario")
        )
    }

    fn layers(&self, layers: &Layers) -> Option<String> {
        super::isolation::english_layers(layers)
    }

    fn not_marked(&self, points: f64) -> String {
        let end = if points == 1.0 { " is" } else { "s are" };
        format!(
            "{} point{end} not marked: Viva or the machine was in trouble",
            number(points)
        )
    }

    fn conclusion(&self, conclusion: Conclusion) -> &'static str {
        match conclusion {
            Conclusion::Passed => "all passed",
            Conclusion::Failed => "something failed",
            Conclusion::NothingJudged => "nothing could be judged",
            Conclusion::Trouble => "Viva or the machine was in trouble: some marks are empty",
            Conclusion::NotAllRun => "not all was run: see what is said above",
            Conclusion::NothingSelected => "no scenario was selected",
            Conclusion::Interrupted => "interrupted: results are missing",
        }
    }

    fn load_error(&self, error: &LoadError) -> String {
        match error {
            LoadError::NotJson {
                line,
                column,
                message,
            } => format!(
                "this is no saved transcript: no JSON at line {line}, column {column} ({}); `viva run --save DIR` writes them",
                visible::clipped(message.as_bytes(), 120)
            ),
            LoadError::NotTranscript => {
                "this is JSON, but no saved transcript; `viva run --save DIR` writes them"
                    .to_owned()
            }
            LoadError::Version { found } => format!(
                "this transcript has version {found}, and this Viva reads version {}",
                crate::report::saved::VERSION
            ),
            LoadError::Damaged {
                line,
                column,
                message,
            } => format!(
                "this transcript is damaged at line {line}, column {column}: {}",
                visible::clipped(message.as_bytes(), 120)
            ),
        }
    }
}
