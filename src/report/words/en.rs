//! English.

use crate::transcript::{ActorKind, Channel, Data, EventKind, ExitStatus, Miss, Proof};
use crate::verdict::{Actual, Expected, Kind, Note, Outcome, Remark, StepRef, Trouble, WaitsFor};

use crate::report::about::About;
use crate::report::contrast::Contrast;
use crate::report::saved::LoadError;
use crate::report::summary::Conclusion;
use crate::report::visible;

use super::{
    Counts, Label, Mark, NAMED, QUOTED, Remedy, Symbol, Words, errno, is_content, is_printed,
    number, signal, signal_name,
};

pub(super) struct English;

fn quote(data: &Data) -> String {
    format!("\"{}\"", visible::clipped(&data.0, QUOTED))
}

fn regex(expression: &str) -> String {
    format!("/{}/", visible::clipped(expression.as_bytes(), QUOTED))
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

fn times(count: usize) -> String {
    match count {
        0 => "not at all".to_owned(),
        1 => "once".to_owned(),
        2 => "twice".to_owned(),
        n => format!("{n} times"),
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
    }
}

fn listed(items: &[String], joint: &str) -> String {
    match items {
        [] => String::new(),
        [only] => only.clone(),
        [most @ .., last] => format!("{} {joint} {last}", most.join(", ")),
    }
}

/// What a content is called as an object.
fn object(expected: &Expected) -> String {
    let all = |all: &[Expected], joint: &str| {
        let mut items: Vec<String> = all.iter().take(NAMED).map(object).collect();
        if all.len() > NAMED {
            items.push(format!("{} more", all.len() - NAMED));
        }
        listed(&items, joint)
    };
    match expected {
        Expected::Text(data) => quote(data),
        Expected::Exactly(data) => format!("exactly {}", quote(data)),
        Expected::Regex(expression) => format!("something that matches {}", regex(expression)),
        Expected::AtLeast { bytes: count } => format!("{} or more", bytes(*count)),
        Expected::AnyOf(items) => all(items, "or"),
        Expected::AllOf(items) => format!("{}, in any order", all(items, "and")),
        other => English.target(other),
    }
}

/// `bob must receive …`, `the server's terminal must never show …`.
fn gets(about: &About<'_>, never: bool, object: &str) -> String {
    let subject = &about.failure.subject;
    let who = who(about, &subject.actor);
    let never = if never { "never " } else { "" };
    match (subject.program, subject.channel) {
        (_, Channel::Screen) => format!("{who}'s terminal must {never}show {object}"),
        (_, Channel::Stdout) => format!("{who} must {never}print {object}"),
        (_, Channel::Stderr) => format!("{who} must {never}print {object} to its error output"),
        (_, Channel::Wire) => format!("{who} must {never}receive {object}"),
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

fn expectation(about: &About<'_>, expected: &Expected, never: bool) -> String {
    let actor = about.actor();
    let who = who(about, actor);
    let must = if never { "must not" } else { "must" };
    match expected {
        Expected::Exactly(data) if !never => {
            let said = gets(about, false, &quote(data));
            format!("{said} and nothing before it")
        }
        content if is_content(content) => gets(about, never, &object(content)),
        Expected::AnyOf(all) | Expected::AllOf(all) => {
            let any = matches!(expected, Expected::AnyOf(_));
            let clauses: Vec<String> = all
                .iter()
                .take(NAMED)
                .map(|one| expectation(about, one, never))
                .collect();
            listed(&clauses, if any { "or" } else { "and" })
        }
        Expected::Text(_)
        | Expected::Exactly(_)
        | Expected::Regex(_)
        | Expected::AtLeast { .. } => gets(about, never, &object(expected)),
        Expected::Not(inner) => {
            let said = expectation(about, inner, !never);
            if about.own_message() {
                format!("{said}, {who}'s own message")
            } else {
                said
            }
        }
        Expected::Silence => match about.failure.subject.channel {
            Channel::Screen => format!("{who}'s terminal must show nothing"),
            Channel::Stdout | Channel::Stderr => format!("{who} must print nothing"),
            Channel::Wire => format!("{who} must receive nothing at all"),
        },
        Expected::Closed { reset } => {
            if is_printed(about.failure.subject.channel) {
                return format!(
                    "{} {must} end",
                    place(about, actor, about.failure.subject.channel)
                );
            }
            let verb = if *reset { "reset" } else { "close" };
            format!("{} {must} {verb} the connection with {who}", other(about))
        }
        Expected::Exit(None) => format!("{who} {must} end"),
        Expected::Exit(Some(end)) => format!("{who} {must} end {}", status(*end)),
        Expected::File {
            name,
            content,
            whole,
        } => {
            let name = visible::clipped(name.as_bytes(), QUOTED);
            let verb = if *whole { "holds just" } else { "contains" };
            format!(
                "{who} {must} write a file {name} that {verb} {}",
                quote(content)
            )
        }
        Expected::Listening => format!("{who} {must} start and listen for connections"),
        Expected::Bound => format!("{who} {must} start and bind its UDP port"),
        Expected::Connected => format!("{who} {must} start and connect"),
        Expected::Prompt(inner) => {
            format!("{who} {must} start and ask for {}", object(inner))
        }
        Expected::ProgramFile { role, find } => {
            let names: Vec<String> = find
                .iter()
                .take(NAMED)
                .map(|name| visible::clipped(name.as_bytes(), QUOTED))
                .collect();
            format!(
                "the submission {must} hold a program for {role}: {}",
                listed(&names, "or")
            )
        }
        Expected::Build => format!("{who} {must} compile"),
        Expected::Connection { to } => {
            format!(
                "{who} {must} be able to connect to {} at {to}",
                other(about)
            )
        }
        Expected::Accept => match about.address(actor) {
            Some(address) => format!("{} {must} connect to {actor} at {address}", other(about)),
            None => format!("{} {must} connect to {actor}", other(about)),
        },
        Expected::Taken { bytes: count } => {
            if about.failure.subject.program {
                format!("{who} {must} read the {} typed for it", bytes(*count))
            } else {
                format!(
                    "{} {must} read the {} that {who} sends",
                    other(about),
                    bytes(*count)
                )
            }
        }
        Expected::Stopped => format!("{who} {must} end when it is stopped"),
    }
}

/// What came instead where nothing came.
fn nothing(about: &About<'_>) -> String {
    let who = who(about, about.actor());
    let more = if about.heard() { " more" } else { "" };
    match &about.failure.expected {
        Expected::Listening => format!("But {who} does not listen on any port."),
        Expected::Bound => format!("But {who} has not bound a UDP port."),
        Expected::Connected => format!("But {who} connects to nobody."),
        Expected::Accept => "But nobody connected.".to_owned(),
        Expected::Prompt(_) => format!("But {who} asked for nothing{more}."),
        Expected::Connection { .. } => "But the connection did not come about.".to_owned(),
        Expected::Taken { .. } => "But not one byte was taken.".to_owned(),
        _ if about.failure.miss == Miss::Refused => format!(
            "But {who} is connected and not served: {} has not accepted the connection, or does not read from it.",
            other(about)
        ),
        Expected::ProgramFile { .. } => "But there is no such file in it.".to_owned(),
        _ => match about.failure.subject.channel {
            Channel::Screen => format!("But {who}'s terminal showed nothing{more}."),
            Channel::Stdout => format!("But {who} printed nothing{more}."),
            Channel::Stderr => format!("But nothing{more} came from its error output."),
            Channel::Wire => format!("But {who} received nothing{more}."),
        },
    }
}

/// What came instead where bytes came.
fn came(about: &About<'_>, total: usize) -> String {
    let subject = &about.failure.subject;
    let who = who(about, &subject.actor);
    let n = bytes(total);
    let verb = match subject.channel {
        Channel::Screen => format!("{who}'s terminal showed"),
        Channel::Stdout | Channel::Stderr => format!("{who} printed"),
        Channel::Wire => format!("{who} received"),
    };
    if let Expected::File { name, .. } = &about.failure.expected {
        let name = visible::clipped(name.as_bytes(), QUOTED);
        return format!("But {name} holds something else ({n}).");
    }
    if about.wants_absence() {
        return match about.failure.miss {
            Miss::Duplicate => format!("But it came once more ({n})."),
            _ => format!("But {verb} it ({n})."),
        };
    }
    match about.failure.miss {
        Miss::Never => match about.only_beginning() {
            Some(count) => format!("But {verb} only the first {} of it.", bytes(count)),
            None => format!("But {verb} {n} without it."),
        },
        Miss::Late => "It came, but only after the time was up.".to_owned(),
        Miss::WrongPeer if about.own_message() => {
            format!("But {verb} a message that {who} had sent ({n}).")
        }
        Miss::WrongPeer => format!("But {verb} this ({n}), which was meant for somebody else."),
        Miss::WrongOrder => {
            format!("But {verb} something first ({n}) that should have come later.")
        }
        Miss::Duplicate => match about.repeated() {
            Some(word) => {
                let word = visible::clipped(word.as_bytes(), QUOTED);
                format!("But {verb} \"{word}\" once more.")
            }
            None => format!("But {verb} it more than once."),
        },
        Miss::Unexpected => format!("But {verb} something else ({n})."),
        Miss::Merged => {
            format!("But {verb} two messages as one ({n}): the end of the first was not marked.")
        }
        Miss::Split => {
            format!("But {verb} one message in pieces: each piece looks like a message of its own.")
        }
        Miss::NoNewline => "The text came, but not the end of its line.".to_owned(),
        Miss::WrongEncoding => format!("But {verb} it in another encoding ({n})."),
        Miss::Unflushed => {
            format!("But {verb} only {n}; the rest seems to be held back in a buffer.")
        }
        Miss::Flooded => format!("But {verb} {n}, and there was no end of it."),
        Miss::Refused => format!("But {who} is not served; only {n} came."),
        Miss::Closed => format!("But {verb} only {n} before the end."),
        Miss::Crashed => format!("But {verb} only {n}; then the program crashed."),
        Miss::NotStarted => format!("But {who} did not get as far as that; {n} came."),
        Miss::NotEnded => format!("But it goes on: {verb} {n}."),
    }
}

impl Words for English {
    fn label(&self, label: Label) -> &'static str {
        match label {
            Label::Expected => "expected",
            Label::Actual => "actual",
            Label::Remedy => "try",
            Label::Hint => "hint",
            Label::Again => "again",
            Label::Sheet => "sheet",
            Label::Total => "total",
            Label::Remark => "remark",
            Label::Run => "run",
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
        expectation(about, &about.failure.expected, false)
    }

    fn target(&self, expected: &Expected) -> String {
        match expected {
            content if is_content(content) => object(content),
            Expected::Text(_)
            | Expected::Exactly(_)
            | Expected::Regex(_)
            | Expected::AtLeast { .. }
            | Expected::AnyOf(_)
            | Expected::AllOf(_) => "one of several things".to_owned(),
            Expected::Not(inner) => format!("not {}", self.target(inner)),
            Expected::Silence => "nothing".to_owned(),
            Expected::Closed { reset: false } => "the end of the connection".to_owned(),
            Expected::Closed { reset: true } => "a reset of the connection".to_owned(),
            Expected::Exit(None) => "the end of the program".to_owned(),
            Expected::Exit(Some(end)) => format!("the end of the program {}", status(*end)),
            Expected::File { content, .. } => quote(content),
            Expected::Listening => "a listening socket".to_owned(),
            Expected::Bound => "a bound socket".to_owned(),
            Expected::Connected | Expected::Connection { .. } | Expected::Accept => {
                "a connection".to_owned()
            }
            Expected::Prompt(inner) => object(inner),
            Expected::ProgramFile { .. } => "a file with the program".to_owned(),
            Expected::Build => "a program that compiles".to_owned(),
            Expected::Taken { bytes: count } => bytes(*count),
            Expected::Stopped => "the end of the program".to_owned(),
        }
    }

    fn arrival(&self, about: &About<'_>) -> String {
        let who = who(about, about.actor());
        let wire = !is_printed(about.failure.subject.channel);
        match &about.failure.actual {
            Actual::Nothing => nothing(about),
            Actual::Bytes { .. } => came(about, about.came().unwrap_or(0)),
            Actual::Closed if wire => {
                format!("But {} closed the connection with {who}.", other(about))
            }
            Actual::Closed => format!("But {who} closed this output."),
            Actual::Reset => format!(
                "But {} reset the connection with {who} (RST): it crashed, or it closed the connection before it had read \
                 everything.",
                other(about)
            ),
            Actual::Exited(end) => {
                let name = about
                    .ended()
                    .map_or_else(|| "the program".to_owned(), |name| self::who(about, name));
                let before = if about.wants_end() {
                    ""
                } else {
                    " before that"
                };
                format!("But {name} ended {}{before}.", explained(*end))
            }
            Actual::StillOpen => match &about.failure.expected {
                Expected::Closed { .. } if wire => "But the connection is still open.".to_owned(),
                _ => format!("But {who} is still running."),
            },
            Actual::Refused(number) => {
                let why = match *number {
                    libc::ECONNREFUSED => "refused: nobody listens there",
                    libc::ETIMEDOUT => {
                        "not answered: its queue of waiting connections is full, or it never calls accept()"
                    }
                    libc::ECONNRESET => "reset at once",
                    libc::ENETUNREACH | libc::EHOSTUNREACH => {
                        "impossible: no way leads to that address"
                    }
                    _ => "not made",
                };
                format!("But the connection was {why} ({}).", errno(*number))
            }
            Actual::NoFile if matches!(about.failure.expected, Expected::ProgramFile { .. }) => {
                "But there is no such file in it.".to_owned()
            }
            Actual::NoFile => format!(
                "But there is no such file in the folder in which {} ran.",
                other(about)
            ),
            Actual::Taken(count) => format!("But only {} were taken.", bytes(*count)),
            Actual::Build(_) => "But the compiler found mistakes.".to_owned(),
            Actual::NotExecutable(number) => {
                let why = match *number {
                    libc::ENOENT => {
                        "the program, or the interpreter in its first line, does not exist"
                    }
                    libc::EACCES | libc::EPERM => "the file is not executable (chmod +x)",
                    libc::ENOEXEC => "the file is not a program (is its first line #!… missing?)",
                    _ => "the system refused",
                };
                format!("But it could not be started: {why} ({}).", errno(*number))
            }
        }
    }

    fn miss(&self, miss: Miss) -> &'static str {
        match miss {
            Miss::Never => "never",
            Miss::Late => "late",
            Miss::WrongPeer => "wrong peer",
            Miss::WrongOrder => "wrong order",
            Miss::Duplicate => "duplicate",
            Miss::Unexpected => "unexpected",
            Miss::Merged => "merged",
            Miss::Split => "split",
            Miss::NoNewline => "no newline",
            Miss::WrongEncoding => "wrong encoding",
            Miss::Unflushed => "unflushed",
            Miss::Flooded => "flooded",
            Miss::Refused => "refused",
            Miss::Closed => "closed",
            Miss::Crashed => "crashed",
            Miss::NotStarted => "not started",
            Miss::NotEnded => "not ended",
        }
    }

    fn proof(&self, proof: Proof, after_ms: u64) -> String {
        let when = after(after_ms);
        match proof {
            Proof::Matched => format!("seen {when}"),
            Proof::Quiescent => {
                format!("proved {when}, as all programs wait and nothing is under way")
            }
            Proof::Fenced => format!("proved {when}, as a message that was sent later has come"),
            Proof::Closed => format!("proved {when} by the end of the connection"),
            Proof::Exited => format!("proved {when} by the end of the program"),
            Proof::Spinning => {
                format!("settled {when}, as the program is busy, but neither reads nor writes")
            }
            Proof::Flooded => format!("settled {when}, as more came than Viva keeps"),
            Proof::Deadline => format!("settled by the deadline {when}"),
        }
    }

    fn settled(&self, miss: Miss, proof: Proof, after_ms: u64) -> String {
        format!("[{}: {}]", self.miss(miss), self.proof(proof, after_ms))
    }

    fn note(&self, note: &Note, about: &About<'_>) -> String {
        let named = |name: &str| who(about, name);
        match note {
            Note::OwnMessage { step } => format!(
                "That is {}'s own message of step {step}: {} sent it back to its sender.",
                named(about.actor()),
                other(about)
            ),
            Note::CameTo { actor } => format!("It came to {} instead.", named(actor)),
            Note::SentBy { actor, step } => {
                format!("That is what {} sent in step {step}.", named(actor))
            }
            Note::Counted {
                word,
                came,
                expected,
            } => format!(
                "\"{}\" came {}, but was expected {}.",
                visible::clipped(word.as_bytes(), QUOTED),
                times(*came),
                times(*expected)
            ),
            Note::SeenElsewhere { actor, channel } => match channel {
                Channel::Wire => format!(
                    "The text did reach {} over the network: show what was received, for example with print().",
                    named(actor)
                ),
                Channel::Screen | Channel::Stdout
                    if about.failure.subject.channel == Channel::Wire =>
                {
                    format!(
                        "The text did appear on {}, but was not sent: print() only shows it, send() sends it.",
                        place(about, actor, *channel)
                    )
                }
                Channel::Screen | Channel::Stdout | Channel::Stderr => {
                    format!(
                        "The text did appear, but on {}.",
                        place(about, actor, *channel)
                    )
                }
            },
            Note::Ended { actor, status } => {
                format!(
                    "{} has ended {}.",
                    capital(&named(actor)),
                    explained(*status)
                )
            }
            Note::LastWords { actor, .. } => format!("Last words of {}:", named(actor)),
            Note::MayBeUnflushed { actor } => format!(
                "If {} did print it: output that does not go to a terminal is held back in a buffer. Write \
                 print(…, flush=True), or fflush(stdout) in C.",
                named(actor)
            ),
            Note::UnknownPrompt { actor, text } => format!(
                "{} waits for its keyboard after {}, a question that this lab has no answer for. Ask only what the \
                 sheet asks, in its words.",
                capital(&named(actor)),
                quote(text)
            ),
            Note::PortTaken { port } => format!(
                "Port {port} is taken by another socket. Does the program bind it twice, or does an earlier one still run? \
                 After a restart, bind() needs SO_REUSEADDR."
            ),
            Note::OtherEncoding { name } => format!(
                "These bytes are the right text in {}: name the encoding that the sheet asks for in encode() and decode().",
                visible::clipped(name.as_bytes(), 24)
            ),
            Note::ListensAt { address } => format!(
                "{} listens at {address} instead: use the address and port that are asked for.",
                capital(&other(about))
            ),
            Note::Flood { actor, kept } => format!(
                "More than {} came from {}. Look for a loop that goes on after recv() has returned nothing: b'' (or 0) \
                 means that the other side has closed.",
                bytes(*kept),
                named(actor)
            ),
            Note::DialledElsewhere { address } => format!(
                "It tried to connect to {address}, where nobody listens: use the address and port that are asked for."
            ),
            Note::Unread {
                actor,
                bytes: count,
            } => {
                let lie = if *count == 1 { "lies" } else { "lie" };
                format!(
                    "{} from {} {lie} unread: {} has not called recv() for them.",
                    bytes(*count),
                    named(actor),
                    other(about)
                )
            }
            Note::StillRunning { actor } => {
                format!("{} was still running then.", capital(&named(actor)))
            }
            Note::Waits { actor, what, at } => {
                let what = match what {
                    WaitsFor::Keyboard => "its keyboard (input())".to_owned(),
                    WaitsFor::NewConnection => "a new connection (accept())".to_owned(),
                    WaitsFor::Data { from: Some(peer) } => {
                        format!("data from {} (recv())", named(peer))
                    }
                    WaitsFor::Data { from: None } => "data (recv())".to_owned(),
                    WaitsFor::Room { to } => {
                        format!("{} to read what it was sent (send())", named(to))
                    }
                    WaitsFor::Itself => "another of its own threads or a lock".to_owned(),
                };
                let at = match at {
                    Some(at) => format!(", {}", visible::clipped(at.as_bytes(), QUOTED)),
                    None => String::new(),
                };
                format!("{} waits for {what}{at}.", capital(&named(actor)))
            }
        }
    }

    fn contrast(&self, contrast: Contrast) -> String {
        match contrast {
            Contrast::FullWidth { came, expected } => format!(
                "full-width {} {} instead of {}: switch the input method to half-width",
                character(expected),
                code(came),
                shown(expected)
            ),
            Contrast::HalfWidth { came, expected } => format!(
                "{} instead of the full-width {} {}",
                shown(came),
                character(came),
                code(expected)
            ),
            Contrast::LookAlike { came, expected } => format!(
                "{} {} only looks like {} {}",
                shown(came),
                code(came),
                shown(expected),
                code(expected)
            ),
            Contrast::Case { came, expected } => format!(
                "{} instead of {}: upper and lower case count",
                shown(came),
                shown(expected)
            ),
            Contrast::Invisible { came: '\0' } => {
                "a zero byte: send as many bytes as the text has, not the whole buffer".to_owned()
            }
            Contrast::Invisible { came: '\u{feff}' } => {
                "a byte order mark U+FEFF: write with utf-8, not utf-8-sig".to_owned()
            }
            Contrast::Invisible { came } => {
                format!("a character that can't be seen, {}", code(came))
            }
            Contrast::EndsHere { missing, after } => {
                let missing = match missing {
                    1 => "1 byte is".to_owned(),
                    n => format!("{} are", bytes(n)),
                };
                let buffer = if after >= 256 && after.is_power_of_two() {
                    format!(
                        ". {after} is a usual buffer size: call recv() again until all is there"
                    )
                } else {
                    String::new()
                };
                format!("it ends here, {missing} missing{buffer}")
            }
            Contrast::NoLineEnd => "the end of the line (\\n) is missing".to_owned(),
            Contrast::CarriageReturn => "the line ends in \\r\\n instead of \\n".to_owned(),
            Contrast::NoCarriageReturn => "the line ends in \\n instead of \\r\\n".to_owned(),
            Contrast::ExtraBlank => "a blank too many".to_owned(),
            Contrast::MissingBlank => "a blank is missing".to_owned(),
            Contrast::NotUtf8 { byte } => {
                format!("byte {byte:02X} is not UTF-8: another encoding, or a character cut in two")
            }
        }
    }

    fn remedy(&self, remedy: Remedy) -> &'static str {
        match remedy {
            Remedy::AddressInUse => "Set SO_REUSEADDR before bind(), and bind each port only once.",
            Remedy::CutCharacter => {
                "recv() may end in the middle of a character, and a sender may use another encoding: decode only whole \
                 messages, or catch the error."
            }
            Remedy::BytesAndText => {
                "Sockets take bytes: encode() before send(), decode() after recv()."
            }
            Remedy::ChangedWhileIterated => {
                "Another thread changed the collection during the loop: loop over a copy, list(clients), or take a lock."
            }
            Remedy::BrokenPipe => {
                "It sent to a client that had left: catch the error, drop that client and go on with the others."
            }
            Remedy::Reset => {
                "A client left without a farewell: catch ConnectionResetError at recv() and go on with the others."
            }
            Remedy::Refused => "Nobody listened at that address: check the address and the port.",
            Remedy::NoModule => {
                "Hand in every file that the program imports, and use only what the sheet allows."
            }
            Remedy::Syntax => {
                "The file is no valid program: run it once yourself before you hand it in."
            }
            Remedy::CanNotEncode => "That encoding does not have this character: use utf-8.",
            Remedy::EndOfInput => "input() found the end of the keyboard's input: catch EOFError.",
            Remedy::NoPermission => {
                "The system forbids it: use a port above 1023, and files in the own folder."
            }
            Remedy::NotOurAddress => {
                "That address is not one of this machine's: bind to '' or 127.0.0.1."
            }
            Remedy::NoArgument => {
                "It expects an argument on its command line and was started without."
            }
        }
    }

    fn remark(&self, remark: &Remark) -> String {
        match remark {
            Remark::OtherPort { asked, took } => {
                format!("listens on port {took}, though asked for {asked}")
            }
            Remark::AbsenceByWaiting { step } => format!(
                "{}: that nothing came was settled by waiting only",
                self.step(step)
            ),
            Remark::Polled => {
                "the kernel's view of the program was not to be had: Viva looked again and again"
                    .to_owned()
            }
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
                shown(*character),
                code(*character),
                visible::clipped(encoding.as_bytes(), 24)
            ),
            Trouble::Pattern { place, message } => format!(
                "With its variables filled in, the regular expression at {}:{} can't be used: {}.",
                place.file,
                place.line,
                visible::clipped(message.as_bytes(), 200)
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
            Symbol::Byte => "\\xE4 a byte that is not UTF-8",
        }
    }

    fn mark(&self, mark: Mark) -> &'static str {
        match mark {
            Mark::Sent => "→ sent",
            Mark::Received => "← received",
            Mark::Typed => "> typed",
            Mark::Printed => "| printed",
            Mark::PrintedError => "! printed to stderr",
        }
    }

    fn actor_kind(&self, kind: &ActorKind) -> &'static str {
        match kind {
            ActorKind::TerminalProgram => " (terminal)",
            ActorKind::PipedProgram => " (pipes)",
            ActorKind::RunningProgram => " (running)",
            ActorKind::TcpServer | ActorKind::UdpServer => " (Viva listens)",
            ActorKind::TcpClient | ActorKind::TcpLink | ActorKind::UdpClient => "",
        }
    }

    fn event(&self, event: &EventKind) -> Option<String> {
        Some(match event {
            EventKind::Typed(_)
            | EventKind::Printed { .. }
            | EventKind::Sent(_)
            | EventKind::Received(_) => return None,
            EventKind::Started { command } => format!("started: {}", command.join(" ")),
            EventKind::Listening { address } => format!("listens at {address}"),
            EventKind::Bound { address } => format!("bound to {address}"),
            EventKind::Dialled { address } => format!("dials {address}"),
            EventKind::Connected { .. } => "connected".to_owned(),
            EventKind::Refused { errno: number, .. } => format!("refused: {}", errno(*number)),
            EventKind::Accepted { .. } => "accepted".to_owned(),
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

    fn missing(&self, about: &About<'_>) -> &'static str {
        match &about.failure.actual {
            Actual::Nothing if about.wants_content() => "✗ nothing came",
            Actual::StillOpen if is_printed(about.failure.subject.channel) => "✗ still running",
            Actual::StillOpen => "✗ still open",
            _ => "✗",
        }
    }

    fn printed_nothing(&self, actor: &str) -> String {
        format!("{actor} has printed nothing")
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

/// A character in quotes, if it can be seen.
fn shown(c: char) -> String {
    match visible::stand_in(c) {
        Some(text) => text.into_owned(),
        None if c == '\'' => "\"'\"".to_owned(),
        None => format!("'{c}'"),
    }
}

fn code(c: char) -> String {
    format!("U+{:04X}", u32::from(c))
}

/// What an ASCII character is called.
fn character(c: char) -> String {
    match c {
        ' ' => "blank",
        ':' => "colon",
        ',' => "comma",
        '.' => "full stop",
        ';' => "semicolon",
        '!' => "exclamation mark",
        '?' => "question mark",
        '(' | ')' => "bracket",
        '\'' | '"' => "quotation mark",
        '-' => "hyphen",
        '>' | '<' => "angle bracket",
        '0'..='9' => "digit",
        'a'..='z' | 'A'..='Z' => "letter",
        _ => "character",
    }
    .to_owned()
}
