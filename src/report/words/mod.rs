//! Every sentence that Viva says, once in each language.
//!
//! Each language answers the same questions, and its matches name every variant: a new code without words does not
//! compile. Must not decide anything (what is said, and in what order, is the callers' business), and must not put
//! bytes of a student into a sentence other than through `visible`.

pub(super) mod calibration;
mod changes;
pub(super) mod class;
pub(super) mod doctor;
mod en;
pub(super) mod finding;
pub(super) mod gradebook;
mod grading;
pub(super) mod html;
pub(super) mod isolation;
pub(super) mod making;
pub(super) mod merging;
mod problem;
pub(super) mod recording;
mod zh;

pub(super) use changes::{ChangeWords, changes};
pub(super) use class::{ClassWords, class};
pub(super) use en::lint::sentences as english_lint;
pub(super) use grading::{points, short_mark};
pub(super) use problem::{chinese_problem, english_problem};
pub(super) use zh::lint::sentences as chinese_lint;

use crate::r#box::Layers;
use crate::diagnostic::Language;
use crate::observe::TcpState;
use crate::transcript::{ActorKind, Channel, EventKind, Miss, Proof};
use crate::verdict::{Expected, Kind, Note, Outcome, Remark, StepRef, Trouble};

use super::about::About;
use super::contrast::Contrast;
use super::saved::LoadError;
use super::summary::Conclusion;

/// The words that stand in front of something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Label {
    Expected,
    Actual,
    Remedy,
    Hint,
    Again,
    Sheet,
    Total,
    Remark,
    Run,
    Isolation,
    Exit,
}

/// What a picture in a comparison stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Symbol {
    LineEnd,
    CarriageReturn,
    Tab,
    Zero,
    Escape,
    Blank,
    Byte,
}

/// What a mark in a drawing stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mark {
    Sent,
    Received,
    Typed,
    Printed,
    PrintedError,
    Came(Direction),
    PassedOn(Direction),
    Lost,
}

/// Where something crosses a proxy.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Direction {
    ToServer,
    ToClient,
}

/// What a program's last words tell a reader who knows them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Remedy {
    AddressInUse,
    CutCharacter,
    BytesAndText,
    ChangedWhileIterated,
    BrokenPipe,
    Reset,
    Refused,
    NoModule,
    Syntax,
    CanNotEncode,
    EndOfInput,
    NoPermission,
    NotOurAddress,
    NoArgument,
    KeyboardThread,
    NotConnected,
    Pair,
    AddressPair,
    Number,
    ThreadArguments,
    NoDestination,
    NotOverUdp,
}

impl Remedy {
    /// Whether it is about a slip in the program's own text, which strikes wherever the program is run and says nothing about what was asked of it.
    pub(crate) fn is_slip(self) -> bool {
        match self {
            Remedy::BytesAndText
            | Remedy::NoModule
            | Remedy::Syntax
            | Remedy::NoPermission
            | Remedy::NotOurAddress
            | Remedy::NoArgument
            | Remedy::NotConnected
            | Remedy::Pair
            | Remedy::AddressPair
            | Remedy::Number
            | Remedy::ThreadArguments
            | Remedy::NoDestination
            | Remedy::NotOverUdp => true,
            Remedy::AddressInUse
            | Remedy::CutCharacter
            | Remedy::ChangedWhileIterated
            | Remedy::BrokenPipe
            | Remedy::Reset
            | Remedy::Refused
            | Remedy::CanNotEncode
            | Remedy::EndOfInput
            | Remedy::KeyboardThread => false,
        }
    }
}

/// Counts of a summary.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Counts {
    pub(crate) passed: usize,
    pub(crate) failed: usize,
    pub(crate) skipped: usize,
    pub(crate) not_applicable: usize,
    pub(crate) errors: usize,
}

/// A language's answers.
pub(crate) trait Words {
    fn label(&self, label: Label) -> &'static str;
    /// The status in a head line; `remarks`: there is something to remark.
    fn status(&self, outcome: &Outcome, remarks: bool) -> &'static str;
    /// Why a scenario was not run or does not count, in a few words.
    fn reason(&self, outcome: &Outcome) -> Option<String>;
    fn kind(&self, kind: Kind) -> &'static str;
    fn points(&self, earned: f64, of: f64) -> String;
    fn no_mark(&self) -> &'static str;
    /// `step 3`, or what stands for it before the first.
    fn step(&self, step: &StepRef) -> String;
    /// What was expected of whom, as a clause.
    fn expectation(&self, about: &About<'_>) -> String;
    /// An expectation that is not a text, as the `expected` line shows it.
    fn target(&self, expected: &Expected) -> String;
    /// What came instead: one or two sentences.
    fn arrival(&self, about: &About<'_>) -> String;
    /// Which kind of miss, what settled it and when, in brackets.
    fn settled(&self, miss: Miss, proof: Proof, after_ms: u64) -> String;
    fn note(&self, note: &Note, about: &About<'_>) -> String;
    fn contrast(&self, contrast: Contrast) -> String;
    fn remedy(&self, remedy: Remedy) -> &'static str;
    fn remark(&self, remark: &Remark) -> String;
    fn trouble(&self, trouble: &Trouble) -> String;
    fn symbol(&self, symbol: Symbol) -> &'static str;
    fn mark(&self, mark: Mark) -> &'static str;
    /// What stands behind an actor's name at the head of a column.
    fn actor_kind(&self, kind: &ActorKind) -> &'static str;
    /// An event as a cell of a drawing; `None`: it is its data.
    fn event(&self, event: &EventKind) -> Option<String>;
    /// What stands behind the mark where something is missing in a drawing; `None`: nothing is.
    fn missing(&self, about: &About<'_>) -> Option<&'static str>;
    fn printed_nothing(&self, actor: &str) -> String;
    /// So many actors are not drawn: the first and the last of their names.
    fn left_out(&self, count: usize, first: &str, last: &str) -> String;
    fn others(&self) -> &'static str;
    fn more_bytes(&self, bytes: usize) -> String;
    fn counts(&self, counts: &Counts) -> String;
    /// Scenarios that share a reason.
    fn not_run(&self, names: &[String], reason: &str) -> String;
    /// Scenarios, seconds, seed, isolation, version.
    fn run(
        &self,
        scenarios: usize,
        seconds: f64,
        seeds: &str,
        isolation: &str,
        viva: &str,
    ) -> String;
    /// What a reader must know about how programs were kept apart; `None` where all is as it should be.
    fn layers(&self, layers: &Layers) -> Option<String>;
    fn not_marked(&self, points: f64) -> String;
    fn conclusion(&self, conclusion: Conclusion) -> &'static str;
    fn load_error(&self, error: &LoadError) -> String;
}

/// The words of a language.
pub(crate) fn of(language: Language) -> &'static dyn Words {
    match language {
        Language::English => &en::English,
        Language::Chinese => &zh::Chinese,
    }
}

/// Points without needless digits.
fn number(points: f64) -> String {
    let rounded = (points * 100.0).round() / 100.0;
    format!("{rounded}")
}

/// The usual name of a signal (signal(7), Linux on x86 and ARM).
fn signal_name(signal: i32) -> Option<&'static str> {
    Some(match signal {
        1 => "SIGHUP",
        2 => "SIGINT",
        3 => "SIGQUIT",
        4 => "SIGILL",
        5 => "SIGTRAP",
        6 => "SIGABRT",
        7 => "SIGBUS",
        8 => "SIGFPE",
        9 => "SIGKILL",
        10 => "SIGUSR1",
        11 => "SIGSEGV",
        12 => "SIGUSR2",
        13 => "SIGPIPE",
        14 => "SIGALRM",
        15 => "SIGTERM",
        18 => "SIGCONT",
        19 => "SIGSTOP",
        20 => "SIGTSTP",
        24 => "SIGXCPU",
        25 => "SIGXFSZ",
        31 => "SIGSYS",
        _ => return None,
    })
}

/// The name of a signal, or its number.
fn signal(signal: i32) -> String {
    signal_name(signal).map_or_else(|| format!("signal {signal}"), str::to_owned)
}

/// The name of an error number of connect(2) or execve(2), or its number.
fn errno(errno: i32) -> String {
    let name = match errno {
        libc::ECONNREFUSED => "ECONNREFUSED",
        libc::ETIMEDOUT => "ETIMEDOUT",
        libc::ECONNRESET => "ECONNRESET",
        libc::ENETUNREACH => "ENETUNREACH",
        libc::EHOSTUNREACH => "EHOSTUNREACH",
        libc::EADDRNOTAVAIL => "EADDRNOTAVAIL",
        libc::EAGAIN => "EAGAIN",
        libc::EINVAL => "EINVAL",
        libc::ENOENT => "ENOENT",
        libc::EACCES => "EACCES",
        libc::EPERM => "EPERM",
        libc::ENOEXEC => "ENOEXEC",
        _ => return format!("errno {errno}"),
    };
    name.to_owned()
}

/// A state of a TCP socket, as netstat(8) calls it.
fn tcp_state(state: TcpState) -> &'static str {
    match state {
        TcpState::Established => "ESTABLISHED",
        TcpState::SynSent => "SYN_SENT",
        TcpState::SynReceived => "SYN_RECV",
        TcpState::FinWait1 => "FIN_WAIT1",
        TcpState::FinWait2 => "FIN_WAIT2",
        TcpState::TimeWait => "TIME_WAIT",
        TcpState::Closed => "CLOSED",
        TcpState::CloseWait => "CLOSE_WAIT",
        TcpState::LastAck => "LAST_ACK",
        TcpState::Listen => "LISTEN",
        TcpState::Closing => "CLOSING",
    }
}

/// Whether an expectation is about what a stream holds, so that it can stand as an object: `must receive …`.
fn is_content(expected: &Expected) -> bool {
    match expected {
        Expected::Text(_)
        | Expected::Exactly(_)
        | Expected::Regex(_)
        | Expected::Message { .. }
        | Expected::AtLeast { .. } => true,
        Expected::AnyOf(all) | Expected::AllOf(all) => all.iter().all(is_content),
        _ => false,
    }
}

/// How many alternatives are named in a sentence.
const NAMED: usize = 5;

/// How many columns of a text are quoted in a sentence.
const QUOTED: usize = 48;

/// Whether a channel is what a program prints on.
fn is_printed(channel: Channel) -> bool {
    match channel {
        Channel::Screen | Channel::Stdout | Channel::Stderr => true,
        Channel::Wire | Channel::ToServer | Channel::ToClient => false,
    }
}

/// Recognises the last words of a program.
pub(crate) fn remedy(last_words: &[u8]) -> Option<Remedy> {
    const KNOWN: [(&str, Remedy); 30] = [
        ("Address already in use", Remedy::AddressInUse),
        ("EADDRINUSE", Remedy::AddressInUse),
        ("UnicodeDecodeError", Remedy::CutCharacter),
        ("a bytes-like object is required", Remedy::BytesAndText),
        ("can't concat str to bytes", Remedy::BytesAndText),
        ("must be str, not bytes", Remedy::BytesAndText),
        (
            "changed size during iteration",
            Remedy::ChangedWhileIterated,
        ),
        (
            "ConcurrentModificationException",
            Remedy::ChangedWhileIterated,
        ),
        ("BrokenPipeError", Remedy::BrokenPipe),
        ("Broken pipe", Remedy::BrokenPipe),
        ("ConnectionResetError", Remedy::Reset),
        ("Connection reset", Remedy::Reset),
        ("ConnectionRefusedError", Remedy::Refused),
        ("Connection refused", Remedy::Refused),
        ("ModuleNotFoundError", Remedy::NoModule),
        ("IndentationError", Remedy::Syntax),
        ("SyntaxError", Remedy::Syntax),
        ("UnicodeEncodeError", Remedy::CanNotEncode),
        ("EOFError", Remedy::EndOfInput),
        ("[Errno 13]", Remedy::NoPermission),
        ("Cannot assign requested address", Remedy::NotOurAddress),
        ("sys.argv[", Remedy::NoArgument),
        ("at interpreter shutdown", Remedy::KeyboardThread),
        ("Transport endpoint is not connected", Remedy::NotConnected),
        ("'tuple' object has no attribute", Remedy::Pair),
        ("takes exactly one argument (2 given)", Remedy::AddressPair),
        (
            "'str' object cannot be interpreted as an integer",
            Remedy::Number,
        ),
        (
            "argument after * must be an iterable",
            Remedy::ThreadArguments,
        ),
        ("Destination address required", Remedy::NoDestination),
        ("[Errno 95]", Remedy::NotOverUdp),
    ];
    // The last line says most: of two known words the later counts.
    KNOWN
        .iter()
        .filter_map(|(words, remedy)| {
            let at = super::visible::find(last_words, words.as_bytes())?;
            Some((at, *remedy))
        })
        .max_by_key(|(at, _)| *at)
        .map(|(_, remedy)| remedy)
}

#[cfg(test)]
mod tests {
    use super::{Remedy, number, remedy};

    #[test]
    fn known_last_words_are_recognised() {
        let cases = [
            (
                "OSError: [Errno 98] Address already in use",
                Some(Remedy::AddressInUse),
            ),
            (
                "ConnectionResetError: x\nDuring handling …\nBrokenPipeError: [Errno 32] y",
                Some(Remedy::BrokenPipe),
            ),
            (
                "Fatal Python error: _enter_buffered_busy: could not acquire lock for <_io.BufferedReader name='<stdin>'> at interpreter shutdown, possibly \
                 due to daemon threads",
                Some(Remedy::KeyboardThread),
            ),
            (
                "TypeError: socket.bind() takes exactly one argument (2 given)",
                Some(Remedy::AddressPair),
            ),
            (
                "OSError: [Errno 89] Destination address required",
                Some(Remedy::NoDestination),
            ),
            ("ZeroDivisionError: division by zero", None),
            ("", None),
        ];
        for (text, expected) in cases {
            assert_eq!(remedy(text.as_bytes()), expected, "{text}");
        }
    }

    #[test]
    fn points_have_no_needless_digits() {
        for (points, text) in [(4.0, "4"), (2.5, "2.5"), (0.1 + 0.2, "0.3"), (0.0, "0")] {
            assert_eq!(number(points), text);
        }
    }
}
