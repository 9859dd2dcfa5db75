//! A conversation by hand, line by line: what came, what was not possible, and what became of it.

use std::path::Path;

use crate::diagnostic::Language;
use crate::engine::Arrived;
use crate::recording::{Heard, Mistake, Refusal};
use crate::transcript::{Channel, ExitStatus};

use super::Style;
use super::page::{Page, Tone, padded};
use super::problem::similar;
use super::shell;
use super::visible::clipped;
use super::words::recording::{self as words, Spoken};

/// Names are filled up to this many columns.
const NAME: usize = 8;

/// So many lines of one arrival are shown.
const LINES: usize = 20;

/// So many columns of a line.
const COLUMNS: usize = 400;

fn spoken(style: &Style) -> Spoken {
    match style.language {
        Language::English => words::ENGLISH,
        Language::Chinese => words::CHINESE,
    }
}

/// What stands in front of a line that is to be typed.
pub fn prompt() -> &'static str {
    "> "
}

/// Who is there when the conversation begins: names and addresses.
pub fn opening(actors: &[(&str, Option<&str>)], style: &Style) -> String {
    let spoken = spoken(style);
    let mut page = Page::new(style);
    for (name, address) in actors {
        if let Some(address) = address {
            page.line(&[(Tone::Plain, &(spoken.there)(name, address))]);
        }
    }
    page.line(&[(Tone::Faint, spoken.how)]);
    page.finish()
}

/// How to go on.
pub fn help(style: &Style) -> String {
    spoken(style).help.to_owned()
}

/// What has come.
pub fn came(heard: &[Heard], style: &Style) -> String {
    let spoken = spoken(style);
    let mut page = Page::new(style);
    let mut shown: Vec<Heard> = Vec::new();
    for next in heard {
        // Pieces of one stream are one text.
        match (shown.last_mut(), &next.what) {
            (Some(last), Arrived::Bytes(more))
                if last.actor == next.actor && last.channel == next.channel =>
            {
                match &mut last.what {
                    Arrived::Bytes(bytes) => bytes.extend_from_slice(more),
                    _ => shown.push(next.clone()),
                }
            }
            _ => shown.push(next.clone()),
        }
    }
    for heard in &shown {
        let name = format!("  {} ", padded(&heard.actor, NAME));
        let mark = match heard.channel {
            Channel::Screen | Channel::Stdout => "| ",
            Channel::Stderr => "! ",
            Channel::Wire | Channel::ToServer | Channel::ToClient => "← ",
        };
        let mut line = |tone, mark: &str, text: &str| {
            page.line(&[(Tone::Strong, &name), (Tone::Faint, mark), (tone, text)]);
        };
        let ended = match &heard.what {
            Arrived::Bytes(bytes) | Arrived::Message(bytes) => {
                let text = bytes.strip_suffix(b"\n").unwrap_or(bytes);
                let lines = text.split(|byte| *byte == b'\n');
                for text in lines.clone().take(LINES) {
                    line(Tone::Plain, mark, &clipped(text, COLUMNS));
                }
                if lines.count() > LINES {
                    line(Tone::Faint, mark, "…");
                }
                continue;
            }
            Arrived::Closed => spoken.closed.to_owned(),
            Arrived::Reset => spoken.reset.to_owned(),
            Arrived::Exited(ExitStatus::Code(code)) => (spoken.exited)(*code),
            Arrived::Exited(ExitStatus::Signal(signal)) => (spoken.killed)(*signal),
        };
        line(Tone::Warn, "· ", &ended);
    }
    page.finish()
}

fn said(text: &str, style: &Style) -> String {
    let mut page = Page::new(style);
    page.line(&[
        (Tone::Plain, "  "),
        (Tone::Bad, &clipped(text.as_bytes(), 1000)),
    ]);
    page.finish()
}

/// A line that is no order.
pub fn misread(mistake: &Mistake, style: &Style) -> String {
    let spoken = spoken(style);
    let text = match mistake {
        Mistake::NotAName(name) => (spoken.not_a_name)(name),
        Mistake::NothingToDo(name) => (spoken.nothing_to_do)(name),
        Mistake::UnknownDeed(deed) => (spoken.unknown_deed)(deed),
    };
    said(&text, style)
}

/// Why something was not done.
pub fn refused(refusal: &Refusal, style: &Style) -> String {
    let spoken = spoken(style);
    let text = match refusal {
        Refusal::UnknownActor { name, known } => (spoken.unknown_actor)(name, similar(name, known)),
        Refusal::Connected(name) => (spoken.connected)(name),
        Refusal::NotThere(name) => (spoken.not_there)(name),
        Refusal::NotForIt {
            name,
            deed,
            of_program,
        } => match of_program {
            true => (spoken.only_for_programs)(name, deed),
            false => (spoken.only_for_connections)(name, deed),
        },
        Refusal::NotEncodable {
            character,
            encoding,
        } => (spoken.not_encodable)(*character, encoding),
        Refusal::TooLong(most) => (spoken.too_long)(*most),
        Refusal::NotDone(failure) => (spoken.not_done)(&failure.subject.actor),
        Refusal::Trouble(trouble) => super::words::of(style.language).trouble(trouble),
    };
    said(&text, style)
}

/// That there is nothing to be kept.
pub fn unkept(style: &Style) -> String {
    format!("{}\n", spoken(style).unkept)
}

/// What was written. `passed`: it came true again; `listed`: a lab stands beside it.
pub fn kept(
    output: &Path,
    steps: usize,
    weakened: usize,
    passed: bool,
    beside_a_lab: bool,
    style: &Style,
) -> String {
    let spoken = spoken(style);
    let file = clipped(output.display().to_string().as_bytes(), 400);
    let mut page = Page::new(style);
    let verdict = if passed { spoken.holds } else { spoken.fails };
    page.line(&[(Tone::Plain, &(spoken.wrote)(&file, steps, verdict))]);
    if weakened > 0 {
        page.line(&[(Tone::Plain, &(spoken.weakened)(weakened))]);
    }
    if beside_a_lab {
        let name = output
            .file_name()
            .map(|name| name.to_string_lossy().into_owned());
        let line = format!("- {{ use: {}, points: 1 }}", name.unwrap_or_default());
        page.line(&[(Tone::Plain, &(spoken.list)(&line))]);
    }
    let command = shell::command(&["viva".into(), "run".into(), output.as_os_str().into()]);
    page.line(&[(Tone::Plain, &(spoken.again)(&command))]);
    page.finish()
}
