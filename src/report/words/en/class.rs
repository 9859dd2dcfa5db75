//! Marks and feedback.

use crate::grading::{Late, NoMark, Reason};
use crate::report::class::Telling;
use crate::report::words::class::{ClassWords, SheetWords, TableWords};
use crate::transcript::Miss;

use super::advice;

pub(in crate::report::words) const WORDS: ClassWords = ClassWords {
    mark: |points, of| format!("Mark: {points} of {of}."),
    mark_line,
    visible_part: |earned, of, later| match earned {
        Some(earned) => {
            format!("Visible part: {earned} of {of}; {later} further points are checked later.")
        }
        None => {
            format!("Visible part: could not be judged; {later} further points are checked later.")
        }
    },
    no_mark: |why, scenarios| match why {
        NoMark::Trouble(_) if scenarios.is_empty() => {
            "No mark yet: Viva or the machine was in trouble, which says nothing about the program."
                .to_owned()
        }
        NoMark::Trouble(_) => format!(
            "No mark yet: {} could not be judged. Viva or the machine was in trouble, which says nothing about the program.",
            scenarios.join(", ")
        ),
        NoMark::Unusable => "No mark yet: somebody has to look at what was handed in.".to_owned(),
        NoMark::Unfinished => {
            "No mark yet: the run was interrupted before all was judged.".to_owned()
        }
    },
    nothing: "Nothing was handed in.",
    unusable: |why| format!("What was handed in can't be read or run: {why}."),
    skipped: |need| match need {
        Some(need) => format!("Not run: it needs {need}, which did not pass."),
        None => "Not run: it needs another scenario, which did not pass.".to_owned(),
    },
    trouble: "It could not be judged: Viva or the machine was in trouble, which says nothing about the program.",
    unstable: |passed, runs| format!("Unstable: it passed in {passed} of {runs} runs."),
    deducted: |points| format!("{points} taken off for a near miss."),
    telling,
    no_points: "This lab gives no points.",
    cut: "(cut: the whole text is too long for this channel)",
    passed_of: |passed, of| format!("{passed} of {of} scenarios passed"),
    table: TableWords {
        who: "who",
        mark: "mark",
        what: "not passed",
        all_passed: "-",
        no_mark: "none",
        late: |seconds| match seconds {
            Some(seconds) => format!("late by {}", time(seconds)),
            None => "late".to_owned(),
        },
        counted: |submissions, marks| format!("{submissions} in the class, {marks} with a mark"),
        middle: |mean, median, of| format!("mean {mean}, median {median}, of {of}"),
        distribution: "marks",
        misses: "most frequent misses",
        of: |count, of| format!("{count} of {of}"),
        unstable: "unstable",
        open: "without a mark",
        interrupted: "The run was interrupted: results are missing. The same command goes on.",
        more: |count| format!("… and {count} more"),
    },
    sheet: SheetWords {
        title: "Feedback",
        scenarios: "Scenarios",
        bonus: "bonus",
        foot: |viva, seed| format!("Viva {viva}, seed {seed}"),
    },
};

fn time(seconds: u64) -> String {
    let (days, hours, minutes) = (seconds / 86_400, seconds / 3600 % 24, seconds / 60 % 60);
    match (days, hours, minutes) {
        (0, 0, minutes) => format!("{minutes} min"),
        (0, hours, minutes) => format!("{hours} h {minutes} min"),
        (days, hours, _) => format!("{days} d {hours} h"),
    }
}

fn mark_line(reason: &Reason, points: &str) -> String {
    match reason {
        Reason::Core { of } => format!("core: {points} of {of}"),
        Reason::Robustness { of } => format!("robustness: {points} of {of}"),
        Reason::Bonus { of } => format!("bonus: {points} of {of}"),
        Reason::Cap { most } => format!("no more than {most}: {points}"),
        Reason::Scaled { to } => format!("scaled to {to}: {points}"),
        Reason::Late { late, percent } => match late {
            Late::By(seconds) => {
                format!("late by {}, {percent} % are left: {points}", time(*seconds))
            }
            Late::Yes | Late::No => format!("late, {percent} % are left: {points}"),
        },
        Reason::Rounded { to, how } => match how.as_str() {
            "down" => format!("rounded down to a multiple of {to}: {points}"),
            "up" => format!("rounded up to a multiple of {to}: {points}"),
            _ => format!("rounded to the nearest multiple of {to}: {points}"),
        },
        Reason::Nothing => format!("nothing was handed in: {points}"),
    }
}

fn telling(telling: &Telling) -> String {
    match telling {
        Telling::NoProgram(role) => format!("there is no program for the role {role}"),
        Telling::Build => "the program can't be built".to_owned(),
        Telling::OwnMessage => "the sender gets its own message back".to_owned(),
        Telling::CameBefore => "an answer that was given before comes again".to_owned(),
        Telling::CameAlong => {
            "old answers come again with each new one: a buffer is never emptied".to_owned()
        }
        Telling::TalksToItself => "the program sends to its own address".to_owned(),
        Telling::UnknownPrompt => "the program waits at a prompt that nobody answers".to_owned(),
        Telling::ReadsLines => {
            "the program waits for the end of a line, and none is sent".to_owned()
        }
        Telling::ElsewhereAddress => {
            "the program uses another address than it was asked to".to_owned()
        }
        Telling::LastWords(remedy) => advice::remedy(*remedy).to_owned(),
        Telling::Miss(miss) => match miss {
            Miss::Never => "what is expected never comes",
            Miss::Late => "what is expected comes too late",
            Miss::WrongPeer => "a message reaches somebody who must not get it",
            Miss::WrongOrder => "things come in the wrong order",
            Miss::Duplicate => "something comes more often than it should",
            Miss::Unexpected => "something else comes than is expected",
            Miss::Merged => "two messages come as one",
            Miss::Split => "one message comes as several",
            Miss::NoNewline => "the end of the line is missing",
            Miss::WrongEncoding => "the characters come in another encoding",
            Miss::Unflushed => "the output stays in a buffer of the program",
            Miss::Flooded => "the program prints without end",
            Miss::Refused => "a connection is not served",
            Miss::Closed => "the connection is closed too early",
            Miss::Crashed => "the program crashes",
            Miss::NotStarted => "the program does not get ready",
            Miss::NotEnded => "the program or the connection does not end",
            Miss::Leaked => "the program keeps what it should give back",
            Miss::Busy => "the program uses the processor where it should wait",
        }
        .to_owned(),
    }
}
