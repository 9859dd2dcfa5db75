//! Every key of the language, once: what it is called, what it may hold, and what it means.
//!
//! Reading a file (unknown keys, "did you mean", ranges) and the JSON Schema both follow this table, so that they can't drift
//! apart. It is kept as a table: rustfmt leaves this file alone.

use super::grammar::{CHANNELS, COUNTS, DIRECTIONS, ENDINGS, FORMS, Form, KEYS, Key, Kind, NEARS, READIES, RESOURCES, ROUNDINGS, SIGNALS, STATES, TRANSPORTS, VISIBLES, WORTHS, may, must, words};
use crate::wire::{Encoding, Framing};

pub(super) const VERSION: Kind = Kind::Number { least: 1, most: 1, whole: true };
pub(super) const POINTS: Kind = Kind::Number { least: 0, most: 1_000, whole: false };
pub(super) const TOTAL: Kind = Kind::Number { least: 1, most: 100_000, whole: false };
pub(super) const PERCENT: Kind = Kind::Number { least: 0, most: 100, whole: false };
pub(super) const DAYS: Kind = Kind::Number { least: 0, most: 10_000, whole: false };
const TIMES: Kind = Kind::Number { least: 1, most: 100, whole: true };
pub(super) const STATUS: Kind = Kind::Number { least: 0, most: 255, whole: true };
pub(super) const HTTP_STATUS: Kind = Kind::Number { least: 100, most: 599, whole: true };
pub(super) const CLOSE_CODE: Kind = Kind::Number { least: 1_000, most: 4_999, whole: true };
pub(super) const OFFSET: Kind = Kind::Number { least: 1, most: 1_000_000_000, whole: true };
const PORT: Kind = Kind::Number { least: 1, most: 65_535, whole: true };
const COUNT: Kind = Kind::Number { least: 1, most: 10_000, whole: true };
const BUFFER: Kind = Kind::Number { least: 1, most: 64 << 20, whole: true };
pub(super) const MANY: Kind = Kind::Number { least: 0, most: 1_000_000_000, whole: true };
static STATE: Kind = Kind::Word(|| words(STATES));
static TEXT: Kind = Kind::Text;
static CONTENT: Kind = Kind::Content;
static PLAIN: Kind = Kind::Plain;
static PATTERN: Kind = Kind::Pattern;
static STEP: Kind = Kind::Step;

pub(super) static LAB: Form = Form { keys: &[
    must("viva", VERSION, "the version of the language: 1"),
    must("lab", Kind::Plain, "the lab's name"),
    may("title", Kind::Localized, "what the lab is about, in one line"),
    may("variables", Kind::Names(&PLAIN), "defaults of variables; with: and --set override them"),
    may("conventions", Kind::Map(&CONVENTIONS), "how the programs of this lab talk"),
    may("roles", Kind::Names(&ROLE_KIND), "the parts to be filled by programs"),
    may("near", Kind::WordOr(|| words(NEARS), &DEDUCTION), "what a program prints that is not the expected text, but nearly: fail (default), accept, or { deduct: POINTS }"),
    may("grading", Kind::Map(&GRADING), "how viva grade makes marks of points"),
    must("scenarios", Kind::List(&LISTED_KIND), "the scenario files and what they are worth"),
] };

static LISTED_KIND: Kind = Kind::Map(&LISTED);

pub(super) static DEDUCTION: Form = Form { keys: &[
    must("deduct", POINTS, "so many points for each"),
] };

pub(super) static LISTED: Form = Form { keys: &[
    must("use", Kind::Plain, "the scenario's file, beside lab.yaml"),
    may("points", POINTS, "what it is worth (default 1)"),
    may("needs", Kind::OneOrMore(&PLAIN), "scenarios that must be passed before this one is worth running"),
    may("kind", Kind::Word(|| words(WORTHS)), "core (default): what the sheet demands; robustness: what a good program also survives"),
    may("bonus", Kind::Bool, "its points come on top of the total (default false)"),
    may("visible", Kind::Word(|| words(VISIBLES)), "when students see how it came out: always (default), after-due, or never"),
] };

pub(super) static GRADING: Form = Form { keys: &[
    may("total", TOTAL, "points are scaled so that all of them but the bonus come to this (default: as they are)"),
    may("most", POINTS, "nobody gets more than this, bonus included (default: no limit)"),
    may("round", Kind::Map(&ROUND), "what the final mark is rounded to (default: the nearest 0.01)"),
    may("late", Kind::Map(&LATE), "what is left of the points of who is late (default: all)"),
    may("repeat", Kind::Map(&REPEAT), "how often a failure that only time could tell is tried, and what counts then"),
] };

pub(super) static ROUND: Form = Form { keys: &[
    must("to", POINTS, "a multiple of this, such as 0.5; 0: not rounded"),
    may("way", Kind::Word(|| words(ROUNDINGS)), "nearest (default; halves go up), down or up"),
] };

pub(super) static LATE: Form = Form { keys: &[
    must("kept", Kind::List(&LATE_ROW_KIND), "rows of days and percent, days rising; later than the last row: nothing is left"),
    may("grace", Kind::Duration, "so late is not late (default 0)"),
] };

static LATE_ROW_KIND: Kind = Kind::Map(&LATE_ROW);

pub(super) static LATE_ROW: Form = Form { keys: &[
    must("days", DAYS, "up to so many days late"),
    must("percent", PERCENT, "so much of the points is left"),
] };

pub(super) static REPEAT: Form = Form { keys: &[
    must("times", TIMES, "how often it is tried at most (default 2)"),
    may("counts", Kind::Word(|| words(COUNTS)), "of runs that differ: best (default), worst, or majority"),
] };

pub(super) static SCENARIO: Form = Form { keys: &[
    must("viva", VERSION, "the version of the language: 1"),
    must("scenario", Kind::Plain, "the scenario's name"),
    may("title", Kind::Localized, "what is examined, in one line"),
    may("about", Kind::Localized, "the same, longer"),
    may("when", Kind::Names(&WHEN), "else not applicable: a convention or variable, and one value or a list of values"),
    may("conventions", Kind::Map(&CONVENTIONS), "overrides the lab's for this file"),
    may("roles", Kind::Names(&ROLE_KIND), "overrides the lab's for this file"),
    may("variables", Kind::Names(&PLAIN), "overrides the lab's for this file"),
    may("files", Kind::Names(&CONTENT), "what lies ready in the programs' folder, by names below it: a text or bytes"),
    must("cast", Kind::Names(&MEMBER), "who takes part"),
    must("steps", Kind::List(&STEP), "one actor does one action, step by step"),
    may("finally", Kind::List(&STEP), "steps that always run, whatever happened"),
    may("hint", Kind::Localized, "what to try when it fails"),
    may("deadline", Kind::Duration, "per step (default 10s)"),
    may("limit", Kind::Duration, "for the whole scenario (default 60s)"),
] };

static WHEN: Kind = Kind::OneOrMore(&PLAIN);
static MEMBER: Kind = Kind::Choice(CAST);

/// The only keys of a submission's `viva.yaml`.
pub(super) static SUBMISSION: Form = Form { keys: &[
    may("conventions", Kind::Map(&CONVENTIONS), "how the programs of this submission talk"),
    may("variables", Kind::Names(&PLAIN), "values of variables"),
    may("roles", Kind::Names(&ROLE_KIND), "the parts that its programs fill"),
] };

/// The keys of `known/contract.yaml` in a lab's folder.
pub(super) static CONTRACT: Form = Form { keys: &[
    must("viva", VERSION, "the version of the language: 1"),
    may("programs", Kind::Names(&KNOWN_KIND), "known programs, by their files beside the contract"),
    may("settings", Kind::OneOrMore(&SETTINGS), "conventions and variables with which the reference is examined and made wrong; each scenario by the first with which it applies"),
    may("survivors", Kind::Names(&REASONS), "by role: mutants that nobody can notice, and why that is no mistake"),
] };

static KNOWN_KIND: Kind = Kind::Map(&KNOWN_PROGRAM);
static SETTINGS: Kind = Kind::Names(&PLAIN);
static REASONS: Kind = Kind::Names(&PLAIN);

pub(super) static KNOWN_PROGRAM: Form = Form { keys: &[
    must("role", Kind::Plain, "the role that it fills"),
    may("set", Kind::Names(&PLAIN), "conventions and variables for it"),
    may("must_fail", Kind::OneOrMore(&PLAIN), "scenarios that it must fail; without any it is right and passes everything"),
    may("may_fail", Kind::OneOrMore(&PLAIN), "scenarios that it may also fail"),
    may("timed", Kind::Bool, "it waits with a time limit where it goes wrong: only a deadline can tell"),
] };

pub(super) static CONVENTIONS: Form = Form { keys: &[
    may("transport", Kind::Word(|| words(TRANSPORTS)), "TCP connections, UDP datagrams or WebSocket messages (default tcp)"),
    may("path", Kind::Plain, "what a client that Viva plays asks a WebSocket server for (default /)"),
    may("message", Kind::Word(|| Framing::names().collect()), "how messages are told apart in a stream (default raw: not at all; length-N: big-endian byte count in front)"),
    may("encoding", Kind::Word(|| Encoding::names().collect()), "how text becomes bytes (default utf-8)"),
    may("form", Kind::Word(|| words(FORMS)), "one client and then it ends, one client after another, or several at once (default concurrent)"),
    may("quit", Kind::Plain, "the quit word (default q)"),
    may("peer", Kind::Text, "how programs write an address; ${ip} and ${port} in it (default ('${ip}', ${port}))"),
    may("reply", Kind::Text, "what an echo server answers; ${text} is what it was sent (default ${text})"),
    may("port", PORT, "suggested to programs; where Viva listens for a client that dials a hard-coded UDP port (default 10001)"),
    may("handshake", Kind::List(&HANDSHAKE_KIND), "what a client that Viva plays does first on each connection"),
] };

const CUT: Key = may("cut", Kind::Cut, "cut the written bytes; each piece goes out when the piece before it was read");
const FRAGMENTS: Key = may("fragments", Kind::Cut, "cut a message of WebSocket into fragments; each goes out when the one before it was read");

static HANDSHAKE_KIND: Kind = Kind::Choice(HANDSHAKE);

pub(super) static HANDSHAKE: &[Form] = &[
    Form { keys: &[
        must("send", Kind::Payload, "one message, framed and encoded by the conventions"),
        CUT, FRAGMENTS,
    ] },
    Form { keys: &[
        must("expect", Kind::Pattern, "the pattern comes in what was not yet read"),
        may("capture", Kind::Plain, "keep what matched as ${NAME}"),
    ] },
];

static ROLE_KIND: Kind = Kind::Map(&ROLE);

pub(super) static ROLE: Form = Form { keys: &[
    may("find", Kind::OneOrMore(&PLAIN), "file names or globs; the first that a submission holds is the program"),
    may("command", Kind::Text, "instead of the usual way to run that kind of file; ${file} is the file"),
    may("build", Kind::Text, "instead of the usual way to build it"),
    may("arguments", Kind::List(&TEXT), "arguments behind the program"),
    may("environment", Kind::Names(&TEXT), "environment variables"),
    may("terminal", Kind::Bool, "a terminal (default), else pipes with stdout and stderr apart"),
    may("ready", Kind::WordOr(|| words(READIES), &PROMPT), "when it counts as started: listening (TCP), bound (UDP), connected, started, or { prompt: PATTERN }"),
    may("answers", Kind::List(&ANSWER_KIND), "its prompts, in whatever order it asks them; each is given once"),
    may("reference", Kind::OneOrMore(&TEXT), "the built-in program that fills the role when nothing else does, and its arguments"),
] };

pub(super) static PROMPT: Form = Form { keys: &[
    must("prompt", Kind::Pattern, "it has printed this"),
] };

static ANSWER_KIND: Kind = Kind::Map(&ANSWER);

pub(super) static ANSWER: Form = Form { keys: &[
    must("asks", Kind::Pattern, "what it asks"),
    must("reply", Kind::Text, "what is typed then"),
] };

const TRANSPORT: Key = may("transport", Kind::Word(|| words(TRANSPORTS)), "if not that of the conventions");
const READING: Key = may("reading", Kind::Bool, "false: it never reads until told to");
const RECEIVE_BUFFER: Key = may("receive_buffer", BUFFER, "size of its receive buffer (SO_RCVBUF), in bytes");

pub(super) static CAST: &[Form] = &[
    Form { keys: &[
        must("role", Kind::Plain, "the program that fills this role"),
        may("with", Kind::Names(&TEXT), "variables of this program"),
        may("to", Kind::Plain, "the listening actor that it shall dial"),
    ] },
    Form { keys: &[
        must("connects", Kind::Plain, "a client that Viva plays, and the program or proxy it connects to"),
        TRANSPORT, READING, RECEIVE_BUFFER,
    ] },
    Form { keys: &[
        must("listens", Kind::Word(|| words(TRANSPORTS)), "a server that Viva plays"),
        may("port", PORT, "if it must be a certain one"),
    ] },
    Form { keys: &[
        must("proxy", Kind::Plain, "a line that Viva puts in front of this program or server; who is cast to the line gets through it"),
        may("faults", Kind::List(&FAULT_KIND), "what the line does wrong (default: nothing; it only shows what crosses)"),
        TRANSPORT,
        may("port", PORT, "if it must be a certain one"),
    ] },
    Form { keys: &[
        must("crowd", Kind::Map(&CROWD), "many clients that Viva plays; a step on it is a step of each, in order"),
    ] },
];

static FAULT_KIND: Kind = Kind::Choice(FAULTS);

const CHUNK: Kind = Kind::Number { least: 1, most: 64 << 20, whole: true };
const AFTER: Kind = Kind::Number { least: 0, most: 1_000_000_000, whole: true };
const PIECES: Kind = Kind::Number { least: 2, most: 10_000, whole: true };
pub(super) const PIECE: Kind = Kind::Number { least: 1, most: 1_000_000_000, whole: true };
const CHANCE: Kind = Kind::Number { least: 0, most: 1, whole: false };
const WAY: Key = may("way", Kind::Word(|| words(DIRECTIONS)), "only what crosses in this direction (default: both)");

/// What a line may do wrong. What a fault is called stands first.
pub(super) static FAULTS: &[Form] = &[
    Form { keys: &[must("drop", Kind::Which, "these datagrams are lost"), WAY] },
    Form { keys: &[must("duplicate", Kind::Which, "these datagrams come twice"), WAY] },
    Form { keys: &[must("reorder", Kind::Which, "these datagrams come behind the next one"), WAY] },
    Form { keys: &[
        must("delay", Kind::Which, "these come only when all else is at rest"),
        may("by", Kind::Duration, "so much later instead"),
        WAY,
    ] },
    Form { keys: &[must("split", CHUNK, "pieces of so many bytes at most, each when the one before was read"), WAY] },
    Form { keys: &[must("coalesce", PIECES, "so many pieces come as one; fewer when all else is at rest"), WAY] },
    Form { keys: &[must("throttle", CHUNK, "so many bytes a second at most"), WAY] },
    Form { keys: &[must("half_close", AFTER, "after so many bytes this direction is closed; the rest is lost"), WAY] },
    Form { keys: &[must("reset", AFTER, "after so many bytes the connection is reset, on both sides"), WAY] },
];

/// What may stand for the number of a piece.
pub(super) static WHICHES: &[Form] = &[
    Form { keys: &[must("every", PIECE, "each time so many have come")] },
    Form { keys: &[must("chance", CHANCE, "each with this probability, 0 to 1; the seed decides")] },
];

pub(super) static CROWD: Form = Form { keys: &[
    must("connects", Kind::Plain, "the program or proxy they connect to"),
    must("count", COUNT, "how many"),
    may("burst", Kind::Bool, "all connect at once"),
    TRANSPORT, READING, RECEIVE_BUFFER,
] };

const AS: Key = may("as", Kind::Plain, "a name for the step");
const WITHIN: Key = may("within", Kind::Duration, "the deadline of this step");
const SPEC: Key = may("spec", Kind::Plain, "the place in the sheet, printed in the report");
const ON: Key = may("on", Kind::Word(|| words(CHANNELS)), "that stream of a program (by default the screen, on pipes stdout), or that direction of a proxy (by default to_server)");
const SINCE: Key = may("since", Kind::Plain, "count from the step of that name instead");

/// The actions. The key of an action stands first.
pub(super) static ACTIONS: &[Form] = &[
    Form { keys: &[must("start", Kind::True, "start it, answer its prompts, wait until ready"), AS, WITHIN, SPEC] },
    Form { keys: &[must("stop", Kind::True, "end it at once with all its children (SIGKILL)"), AS, WITHIN, SPEC] },
    Form { keys: &[must("restart", Kind::True, "stop it and start it again"), AS, WITHIN, SPEC] },
    Form { keys: &[must("signal", Kind::Word(|| words(SIGNALS)), "send it a signal"), AS, WITHIN, SPEC] },
    Form { keys: &[must("key", Kind::Word(|| words(KEYS)), "press a key in its terminal"), AS, WITHIN, SPEC] },
    Form { keys: &[must("connect", Kind::True, "connect (this is not \"served\")"), AS, WITHIN, SPEC] },
    Form { keys: &[must("accept", Kind::Plain, "take the next connection; it becomes the actor of this name"), AS, WITHIN, SPEC] },
    Form { keys: &[
        must("send", Kind::Payload, "to a program: type it and Enter; to a peer: one message, framed and encoded by the conventions"),
        CUT, FRAGMENTS,
        AS, WITHIN, SPEC,
    ] },
    Form { keys: &[
        must("expect", Kind::PatternOrCondition, "the pattern comes in what the actor has not yet read; or so it is with the program"),
        ON,
        may("capture", Kind::Plain, "keep what matched as ${NAME}"),
        AS, WITHIN, SPEC,
    ] },
    Form { keys: &[must("never", Kind::Pattern, "it is not in what the actor has not read, and does not come until the fence"), ON, SINCE, AS, WITHIN, SPEC] },
    Form { keys: &[must("silent", Kind::True, "not a single byte comes until the fence"), ON, SINCE, AS, WITHIN, SPEC] },
    Form { keys: &[must("reading", Kind::Bool, "false: stop reading; true: go on"), AS, WITHIN, SPEC] },
    Form { keys: &[must("close", Kind::Word(|| words(ENDINGS)), "close in good order: true, only the sending direction (write), or a program's input (stdin)"), AS, WITHIN, SPEC] },
    Form { keys: &[must("reset", Kind::True, "close with a reset (RST)"), AS, WITHIN, SPEC] },
];

/// A group of steps, in place of an actor and its action.
pub(super) static GROUP: Form = Form { keys: &[
    must("any_order", Kind::List(&STEP), "expect steps that may come true in any order"),
    AS, WITHIN, SPEC,
] };

pub(super) static PATTERNS: &[Form] = &[
    Form { keys: &[must("text", Kind::Text, "the text, anywhere in what is unread")] },
    Form { keys: &[must("regex", Kind::Text, "the regular expression; ${…} in it is taken literally; named groups capture")] },
    Form { keys: &[must("exactly", Kind::Text, "the text with nothing before it")] },
    Form { keys: &[must("bytes", Kind::Plain, "these bytes, as hexadecimal digits")] },
    Form { keys: &[must("at_least", OFFSET, "so many unread bytes, or more, whatever they are")] },
    Form { keys: &[must("any_of", Kind::List(&PATTERN), "the first of them that comes")] },
    Form { keys: &[must("all_of", Kind::List(&PATTERN), "all of them, in any order")] },
    Form { keys: &[must("binary", Kind::Plain, "a binary message of WebSocket: all its bytes, as hexadecimal digits")] },
    Form { keys: &[must("pong", Kind::Text, "a pong of WebSocket: all its text")] },
    Form { keys: &[must("close_frame", Kind::Plain, "a message of WebSocket that closes: its code, or any")] },
    Form { keys: &[
        must("response", Kind::Plain, "the next thing is a whole response of HTTP, with this status, or any"),
        may("headers", Kind::Names(&TEXT), "headers that it has, and what stands in their values"),
        may("body", Kind::Text, "what stands in its body"),
        may("bodiless", Kind::True, "it answers HEAD: no body follows, whatever its headers say"),
    ] },
    Form { keys: &[must("closed", Kind::True, "the other side has closed, in good order or by reset")] },
    Form { keys: &[must("reset", Kind::True, "it has reset the connection")] },
    Form { keys: &[must("exit", Kind::Plain, "the program has ended: 0 to 255, any, or a signal such as SIGTERM")] },
];

/// What an `expect` of a program may hold instead of a pattern.
pub(super) static CONDITIONS: &[Form] = &[
    Form { keys: &[
        must("file", Kind::Text, "a file in the program's folder"),
        may("equals", Kind::Content, "what it holds, and nothing else"),
        may("contains", Kind::Content, "what it holds among other things"),
    ] },
    Form { keys: &[
        must("sockets", Kind::OneOrMore(&STATE), "TCP sockets of the program in this state, or in one of these"),
        must("count", MANY, "how many there are"),
        may("accepted", Kind::Bool, "false: only connections that it has not accepted yet; true: only the others"),
    ] },
    Form { keys: &[
        must("listening", Kind::Text, "the program listens (TCP) at this address, ip:port, or at one that covers it"),
        may("backlog", OFFSET, "so many connections, or more, may wait to be accepted"),
    ] },
    Form { keys: &[must("bound", Kind::Text, "the program has bound a UDP socket at this address, ip:port, or at one that covers it")] },
    Form { keys: &[must("unread", MANY, "so many bytes at most have come for the program and lie unread")] },
    Form { keys: &[must("datagrams", MANY, "so many datagrams have come for the program (UDP) and lie unread")] },
    Form { keys: &[
        must("no_more", Kind::Word(|| words(RESOURCES)), "the program has no more of these than after an earlier step"),
        must("than_at", Kind::Plain, "the name of that step"),
        may("spare", MANY, "so many more are let pass (default 0): runtimes and pools start some of their own"),
    ] },
    Form { keys: &[must("idle", Kind::True, "the program waits, and uses no processor time")] },
];

/// What a file may hold instead of a text.
pub(super) static BYTES: Form = Form { keys: &[
    must("bytes", Kind::Plain, "these bytes, as hexadecimal digits"),
] };

/// What `send:` may hold instead of texts.
pub(super) static PAYLOADS: &[Form] = &[
    Form { keys: &[must("bytes", Kind::Plain, "these bytes, as hexadecimal digits, unframed")] },
    Form { keys: &[must("binary", Kind::Plain, "a binary message of WebSocket: these bytes, as hexadecimal digits")] },
    Form { keys: &[must("ping", Kind::Text, "a ping of WebSocket; it is answered by a pong with the same text")] },
    Form { keys: &[must("pong", Kind::Text, "a pong of WebSocket; Viva answers pings by itself")] },
    Form { keys: &[must("close_frame", CLOSE_CODE, "a message of WebSocket that closes, with this code")] },
];

/// What `cut:` may hold instead of the word `bytes`.
pub(super) static CUTS: &[Form] = &[
    Form { keys: &[must("at", Kind::List(&OFFSET_KIND), "at these offsets, in bytes of what is written, rising")] },
    Form { keys: &[must("every", OFFSET, "every so many bytes")] },
];

static OFFSET_KIND: Kind = OFFSET;

pub(super) static LOCALIZED: Form = Form { keys: &[
    may("en", Kind::Plain, "in English"),
    may("zh", Kind::Plain, "in Chinese"),
] };
