//! Phrases in English that several sentences are made of.

use crate::transcript::{Channel, Data, ExitStatus};

use crate::report::about::About;
use crate::report::visible;
use crate::report::words::{QUOTED, signal, signal_name};

pub(super) fn quote(data: &Data) -> String {
    format!("\"{}\"", visible::clipped(&data.0, QUOTED))
}

/// `1 byte`, `32 bytes`, `4.0 MiB`.
pub(super) fn bytes(count: usize) -> String {
    match count {
        1 => "1 byte".to_owned(),
        0..=99_999 => format!("{count} bytes"),
        100_000..=999_999 => format!("{} KiB", count / 1024),
        _ => format!("{:.1} MiB", count as f64 / 1024.0 / 1024.0),
    }
}

/// `1 step`, `2 steps`.
pub(super) fn plural(count: usize, word: &str) -> String {
    let end = if count == 1 { "" } else { "s" };
    format!("{count} {word}{end}")
}

pub(super) fn after(ms: u64) -> String {
    match ms {
        0 => "within 1 ms".to_owned(),
        1..=9_999 => format!("after {ms} ms"),
        _ => format!("after {:.1} s", ms as f64 / 1000.0),
    }
}

pub(super) fn seconds(ms: u64) -> String {
    format!("{} s", ms as f64 / 1000.0)
}

pub(super) fn capital(sentence: &str) -> String {
    let mut chars = sentence.chars();
    match chars.next() {
        Some(first) => first.to_uppercase().chain(chars).collect(),
        None => String::new(),
    }
}

/// `the server`, but `alice`.
pub(super) fn who(about: &About<'_>, name: &str) -> String {
    if about.is_program(name) && name.chars().all(|c| c.is_ascii_lowercase()) {
        format!("the {name}")
    } else {
        name.to_owned()
    }
}

/// Who is at the other end of a peer's connection.
pub(super) fn other(about: &About<'_>) -> String {
    match about.program() {
        Some(name) => who(about, name),
        None => "the program".to_owned(),
    }
}

/// What a channel of an actor is called.
pub(super) fn place(about: &About<'_>, actor: &str, channel: Channel) -> String {
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

pub(super) fn listed(items: &[String], joint: &str) -> String {
    match items {
        [] => String::new(),
        [only] => only.clone(),
        [most @ .., last] => format!("{} {joint} {last}", most.join(", ")),
    }
}

pub(super) fn status(status: ExitStatus) -> String {
    match status {
        ExitStatus::Code(code) => format!("with status {code}"),
        ExitStatus::Signal(number) => format!("by {}", signal(number)),
    }
}

/// The same with what it means.
pub(super) fn explained(end: ExitStatus) -> String {
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
