//! What the table of keys is made of, and the words of the language that are no keys.

use crate::observe::{Resource, TcpState};
use crate::transcript::Channel;

use super::keys::{ACTIONS, CAST, GROUP, SCENARIO};
use super::model::{Counts, Near, Ready, RoundingWay, Transport, Visible};
use super::step::{Action, Status};

/// What a value may be.
#[derive(Debug)]
pub(super) enum Kind {
    /// A text, with or without `${…}` in it.
    Text,
    /// A text in which `${…}` means nothing.
    Plain,
    /// A text, or a map of languages.
    Localized,
    /// `true` or `false`.
    Bool,
    /// `true`.
    True,
    /// A number.
    Number {
        /// The least.
        least: u64,
        /// The largest.
        most: u64,
        /// No decimal point.
        whole: bool,
    },
    /// Such as `10s`.
    Duration,
    /// One of some words.
    Word(fn() -> Vec<&'static str>),
    /// One of some words, or a map.
    WordOr(fn() -> Vec<&'static str>, &'static Form),
    /// A list.
    List(&'static Kind),
    /// One, or a list of them.
    OneOrMore(&'static Kind),
    /// A map from names that the author chooses.
    Names(&'static Kind),
    /// A map with certain keys.
    Map(&'static Form),
    /// A map in one of several forms, told apart by the first key of each.
    Choice(&'static [Form]),
    /// A pattern: a text or one of the forms.
    Pattern,
    /// A pattern, or a condition of a program.
    PatternOrCondition,
    /// What a `send` sends: a text, several or bytes.
    Payload,
    /// What a file holds: a text or bytes.
    Content,
    /// How a `send` is cut.
    Cut,
    /// Which pieces a fault hits: a number, a list of numbers, or a rule.
    Which,
    /// A step: an actor and its action, or a group.
    Step,
}

/// A map with certain keys.
#[derive(Debug)]
pub(super) struct Form {
    pub(super) keys: &'static [Key],
}

/// A key of a [`Form`].
#[derive(Debug)]
pub(super) struct Key {
    pub(super) name: &'static str,
    pub(super) kind: Kind,
    pub(super) required: bool,
    pub(super) about: &'static str,
}

impl Form {
    pub(super) fn key(&self, name: &str) -> Option<&'static Key> {
        self.keys.iter().find(|key| key.name == name)
    }

    /// What tells it from the other forms of a choice.
    pub(super) fn lead(&self) -> &'static str {
        self.keys.first().map_or("", |key| key.name)
    }
}

pub(super) const fn must(name: &'static str, kind: Kind, about: &'static str) -> Key {
    let required = true;
    Key {
        name,
        kind,
        required,
        about,
    }
}

pub(super) const fn may(name: &'static str, kind: Kind, about: &'static str) -> Key {
    let required = false;
    Key {
        name,
        kind,
        required,
        about,
    }
}

/// Words and what each of them means.
pub(super) type Words<T> = [(&'static str, T)];

pub(super) fn words<T>(table: &'static Words<T>) -> Vec<&'static str> {
    table.iter().map(|(word, _)| *word).collect()
}

pub(super) static TRANSPORTS: &Words<Transport> = &[
    ("tcp", Transport::Tcp),
    ("udp", Transport::Udp),
    ("websocket", Transport::WebSocket),
];

pub(super) static FORMS: &Words<()> = &[("one", ()), ("sequential", ()), ("concurrent", ())];

pub(super) static NEARS: &Words<Near> = &[("fail", Near::Fail), ("accept", Near::Accept)];

/// `true`: robustness.
pub(super) static WORTHS: &Words<bool> = &[("core", false), ("robustness", true)];

pub(super) static VISIBLES: &Words<Visible> = &[
    ("always", Visible::Always),
    ("after-due", Visible::AfterDue),
    ("never", Visible::Never),
];

pub(super) static ROUNDINGS: &Words<RoundingWay> = &[
    ("nearest", RoundingWay::Nearest),
    ("down", RoundingWay::Down),
    ("up", RoundingWay::Up),
];

pub(super) static COUNTS: &Words<Counts> = &[
    ("best", Counts::Best),
    ("worst", Counts::Worst),
    ("majority", Counts::Majority),
];

pub(super) static SIGNALS: &Words<i32> = &[
    ("INT", libc::SIGINT),
    ("TERM", libc::SIGTERM),
    ("KILL", libc::SIGKILL),
    ("HUP", libc::SIGHUP),
    ("STOP", libc::SIGSTOP),
    ("CONT", libc::SIGCONT),
    ("USR1", libc::SIGUSR1),
    ("USR2", libc::SIGUSR2),
];

/// What a program may die of; `exit:` also takes `any` and the numbers 0 to 255.
pub(super) static ENDS: &Words<i32> = &[
    ("SIGINT", libc::SIGINT),
    ("SIGTERM", libc::SIGTERM),
    ("SIGKILL", libc::SIGKILL),
    ("SIGHUP", libc::SIGHUP),
    ("SIGQUIT", libc::SIGQUIT),
    ("SIGABRT", libc::SIGABRT),
    ("SIGSEGV", libc::SIGSEGV),
    ("SIGBUS", libc::SIGBUS),
    ("SIGFPE", libc::SIGFPE),
    ("SIGILL", libc::SIGILL),
    ("SIGPIPE", libc::SIGPIPE),
    ("SIGALRM", libc::SIGALRM),
    ("SIGUSR1", libc::SIGUSR1),
    ("SIGUSR2", libc::SIGUSR2),
];

pub(super) static ANY_END: &Words<Status> = &[("any", Status::Any)];

pub(super) static ANY_CODE: &Words<()> = &[("any", ())];

/// The bytes that a keyboard sends; Enter is the newline that a terminal makes of it.
pub(super) static KEYS: &Words<u8> = &[
    ("ctrl-c", 0x03),
    ("ctrl-d", 0x04),
    ("ctrl-z", 0x1a),
    ("ctrl-backslash", 0x1c),
    ("enter", b'\n'),
    ("escape", 0x1b),
];

pub(super) static CHANNELS: &Words<Channel> = &[
    ("screen", Channel::Screen),
    ("stdout", Channel::Stdout),
    ("stderr", Channel::Stderr),
    ("to_server", Channel::ToServer),
    ("to_client", Channel::ToClient),
];

pub(super) static DIRECTIONS: &Words<Channel> = &[
    ("to_server", Channel::ToServer),
    ("to_client", Channel::ToClient),
];

pub(super) static ENDINGS: &Words<Action> = &[
    ("true", Action::Close),
    ("write", Action::CloseWrite),
    ("stdin", Action::CloseStdin),
];

pub(super) static READIES: &Words<Ready> = &[
    ("listening", Ready::Listening),
    ("bound", Ready::Bound),
    ("connected", Ready::Connected),
    ("started", Ready::Started),
];

pub(super) static STATES: &Words<TcpState> = &[
    ("established", TcpState::Established),
    ("close-wait", TcpState::CloseWait),
    ("fin-wait-1", TcpState::FinWait1),
    ("fin-wait-2", TcpState::FinWait2),
    ("closing", TcpState::Closing),
    ("last-ack", TcpState::LastAck),
    ("time-wait", TcpState::TimeWait),
    ("syn-sent", TcpState::SynSent),
    ("syn-received", TcpState::SynReceived),
    ("listen", TcpState::Listen),
];

pub(super) static RESOURCES: &Words<Resource> = &[
    ("threads", Resource::Threads),
    ("descriptors", Resource::Descriptors),
];

/// Names that the language itself gives a value.
pub(super) const BUILT_IN: &[&str] = &[
    "ip", "port", "quit", "form", "actor", "index", "file", "text",
];

/// The fields of an actor.
pub(super) const FIELDS: &[&str] = &["ip", "port", "address", "peer"];

/// The functions, and the largest argument of those that take one.
pub(super) const FUNCTIONS: &[(&str, Option<u64>)] = &[
    ("upper", None),
    ("lower", None),
    ("trim", None),
    ("repeat", Some(10_000_000)),
    ("first", Some(1_000_000_000)),
    ("last", Some(1_000_000_000)),
    ("length", None),
    ("bytes", None),
    ("reply", None),
];

/// Whether no actor may be called so: it would be mistaken for something of the language.
pub(super) fn reserved(name: &str) -> bool {
    let leads = ACTIONS.iter().chain(CAST).map(Form::lead);
    let keys = GROUP.keys.iter().chain(SCENARIO.keys).map(|key| key.name);
    name == "token" || BUILT_IN.contains(&name) || leads.chain(keys).any(|word| word == name)
}

/// Whether an actor may be called so.
pub fn is_actor_name(name: &str) -> bool {
    super::values::is_name(name) && !reserved(name)
}

/// What a keyboard sends for a key that the language knows.
pub fn byte_of_key(key: &str) -> Option<u8> {
    let known = KEYS.iter().find(|(word, _)| *word == key)?;
    Some(known.1)
}

/// The number of a signal that the language knows.
pub fn number_of_signal(signal: &str) -> Option<i32> {
    let known = SIGNALS.iter().find(|(word, _)| *word == signal)?;
    Some(known.1)
}

/// How the language writes what a program may die of.
pub fn word_of_signal(number: i32) -> Option<&'static str> {
    let known = ENDS.iter().find(|(_, known)| *known == number)?;
    Some(known.0)
}
