//! English.

mod advice;
mod came;
mod condition;
mod expected;
mod http;
pub(super) mod lint;
mod mistake;
mod standing;
mod websocket;

use crate::r#box::{Layers, Reason};
use crate::transcript::{ActorKind, Channel, Data, EventKind, ExitStatus, Miss, Proof};
use crate::verdict::{Expected, Kind, Note, Outcome, Remark, StepRef, Trouble};

use crate::report::about::About;
use crate::report::contrast::Contrast;
use crate::report::saved::LoadError;
use crate::report::summary::Conclusion;
use crate::report::visible;

use super::{
    Counts, Direction, Label, Mark, QUOTED, Remedy, Symbol, Words, errno, number, signal,
    signal_name,
};

pub(super) struct English;

fn quote(data: &Data) -> String {
    format!("\"{}\"", visible::clipped(&data.0, QUOTED))
}

/// `1 byte`, `32 bytes`, `4.0 MiB`.
fn bytes(count: usize) -> String {
    match count {
        1 => "1 byte".to_owned(),
        0..=99_999 => format!("{count} bytes"),
        100_000..=999_999 => format!("{} KiB", count / 1024),
        _ => format!("{:.1} MiB", count as f64 / 1024.0 / 1024.0),
    }
}

/// `1 step`, `2 steps`.
fn plural(count: usize, word: &str) -> String {
    let end = if count == 1 { "" } else { "s" };
    format!("{count} {word}{end}")
}

fn after(ms: u64) -> String {
    match ms {
        0 => "within 1 ms".to_owned(),
        1..=9_999 => format!("after {ms} ms"),
        _ => format!("after {:.1} s", ms as f64 / 1000.0),
    }
}

fn capital(sentence: &str) -> String {
    let mut chars = sentence.chars();
    match chars.next() {
        Some(first) => first.to_uppercase().chain(chars).collect(),
        None => String::new(),
    }
}

/// `the server`, but `alice`.
fn who(about: &About<'_>, name: &str) -> String {
    if about.is_program(name) && name.chars().all(|c| c.is_ascii_lowercase()) {
        format!("the {name}")
    } else {
        name.to_owned()
    }
}

/// Who is at the other end of a peer's connection.
fn other(about: &About<'_>) -> String {
    match about.program() {
        Some(name) => who(about, name),
        None => "the program".to_owned(),
    }
}

/// What a channel of an actor is called.
fn place(about: &About<'_>, actor: &str, channel: Channel) -> String {
    let who = who(about, actor);
    match channel {
        Channel::Screen => format!("{who}'s terminal"),
        Channel::Stdout => format!("{who}'s standard output"),
        Channel::Stderr => format!("{who}'s error output (stderr)"),
        Channel::Wire => format!("{who}'s connection"),
        Channel::ToServer => format!("{who}, on its way to the server"),
        Channel::ToClient => format!("{who}, on its way to the client"),
    }
}

fn listed(items: &[String], joint: &str) -> String {
    match items {
        [] => String::new(),
        [only] => only.clone(),
        [most @ .., last] => format!("{} {joint} {last}", most.join(", ")),
    }
}

fn status(status: ExitStatus) -> String {
    match status {
        ExitStatus::Code(code) => format!("with status {code}"),
        ExitStatus::Signal(number) => format!("by {}", signal(number)),
    }
}

/// The same with what it means.
fn explained(end: ExitStatus) -> String {
    let meaning = match end {
        ExitStatus::Code(0) => "as if all were done",
        ExitStatus::Code(126 | 127) => "its command could not be run",
        ExitStatus::Code(_) => "an error",
        ExitStatus::Signal(number) => match signal_name(number) {
            Some("SIGSEGV" | "SIGBUS") => "it used memory that is not its own",
            Some("SIGABRT") => "it gave up by itself: an assertion, or memory freed twice",
            Some("SIGFPE") => "a division by zero",
            Some("SIGPIPE") => "it wrote to a connection that the other side had closed",
            Some("SIGXCPU") => "it used up its processor time",
            Some("SIGXFSZ") => "it wrote too large a file",
            Some("SIGKILL") => "killed from outside, or out of memory",
            Some("SIGSYS") => "it tried something that is not allowed here",
            _ => return status(end),
        },
    };
    format!("{} ({meaning})", status(end))
}

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
        match symbol {
            Symbol::LineEnd => "⏎ line end \\n",
            Symbol::CarriageReturn => "␍ carriage return \\r",
            Symbol::Tab => "⇥ tab",
            Symbol::Zero => "␀ zero byte",
            Symbol::Escape => "␛ escape",
            Symbol::Blank => "· blank",
            Symbol::Byte => "\\xE4 a byte in hexadecimal digits",
        }
    }

    fn mark(&self, mark: Mark) -> &'static str {
        match mark {
            Mark::Sent => "→ sent",
            Mark::Received => "← received",
            Mark::Typed => "> typed",
            Mark::Printed => "| printed",
            Mark::PrintedError => "! printed to stderr",
            Mark::Came(Direction::ToServer) => "⇢ came, on its way to the server",
            Mark::Came(Direction::ToClient) => "⇠ came, on its way to the client",
            Mark::PassedOn(Direction::ToServer) => "⇒ passed on to the server",
            Mark::PassedOn(Direction::ToClient) => "⇐ passed on to the client",
            Mark::Lost => "× lost on the line",
        }
    }

    fn actor_kind(&self, kind: &ActorKind) -> &'static str {
        match kind {
            ActorKind::TerminalProgram => " (terminal)",
            ActorKind::PipedProgram => " (pipes)",
            ActorKind::RunningProgram => " (running)",
            ActorKind::TcpServer | ActorKind::UdpServer | ActorKind::WebSocketServer => {
                " (Viva listens)"
            }
            ActorKind::TcpClient
            | ActorKind::TcpLink
            | ActorKind::UdpClient
            | ActorKind::WebSocketClient
            | ActorKind::WebSocketLink => "",
            ActorKind::TcpProxy | ActorKind::UdpProxy => " (the line)",
        }
    }

    fn event(&self, event: &EventKind) -> Option<String> {
        Some(match event {
            EventKind::Typed(_)
            | EventKind::Printed { .. }
            | EventKind::Sent(_)
            | EventKind::Received(_)
            | EventKind::Came { .. }
            | EventKind::PassedOn { .. }
            | EventKind::Lost { .. } => return None,
            EventKind::PassedEnd {
                channel: Channel::ToClient,
            } => "⇐ close".to_owned(),
            EventKind::PassedEnd { .. } => "⇒ close".to_owned(),
            EventKind::CutOff {
                channel: Channel::ToClient,
            } => "⇠ reset (RST)".to_owned(),
            EventKind::CutOff { .. } => "⇢ reset (RST)".to_owned(),
            EventKind::PeerClosed {
                channel: Channel::ToServer,
            } => "⇢ close".to_owned(),
            EventKind::PeerClosed {
                channel: Channel::ToClient,
            } => "⇠ close".to_owned(),
            EventKind::SentMessage { kind, data } => {
                format!("→ {}", websocket::message(*kind, data))
            }
            EventKind::ReceivedMessage { kind, data } => {
                format!("← {}", websocket::message(*kind, data))
            }
            EventKind::Started { command } => format!("started: {}", command.join(" ")),
            EventKind::Listening { address } => format!("listens at {address}"),
            EventKind::Bound { address } => format!("bound to {address}"),
            EventKind::Dialled { address } => format!("dials {address}"),
            EventKind::Connected { .. } => "connected".to_owned(),
            EventKind::Refused { errno: number, .. } => format!("refused: {}", errno(*number)),
            EventKind::Accepted { .. } => "accepted".to_owned(),
            EventKind::SentMuch { length } => format!("→ {}", bytes(*length)),
            EventKind::EndedInput => "→ end of input".to_owned(),
            EventKind::Closed => "→ close".to_owned(),
            EventKind::Reset => "→ reset (RST)".to_owned(),
            EventKind::PeerClosed {
                channel: Channel::Wire,
            } => "← close".to_owned(),
            EventKind::PeerClosed { .. } => "end of output".to_owned(),
            EventKind::PeerReset => "← reset (RST)".to_owned(),
            EventKind::Reading(false) => "stops reading".to_owned(),
            EventKind::Reading(true) => "reads on".to_owned(),
            EventKind::Signalled { signal: number } => format!("gets {}", signal(*number)),
            EventKind::Exited(end) => format!("ended {}", status(*end)),
            EventKind::Flooded { kept, .. } => format!("flood: {} kept", bytes(*kept)),
        })
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
