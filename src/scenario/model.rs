//! A lab and its scenarios as read and checked: what the engine plays.

use std::time::Duration;

use crate::diagnostic::{Localized, Place};
use crate::wire::{Encoding, Fault, Framing};

use super::step::{Action, PatternSpec, Step};

/// A value and where it was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct At<T> {
    /// The value.
    pub value: T,
    /// Where it stands.
    pub place: Place,
}

/// A text with `${…}` in it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Template {
    /// In order.
    pub pieces: Vec<Piece>,
    /// Where the text stands.
    pub place: Place,
}

/// A part of a [`Template`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Piece {
    /// As it is.
    Literal(String),
    /// `${…}`
    Expression(Expression),
}

/// `${value|function|function(argument)}`
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Expression {
    /// What stands before the first `|`.
    pub value: Value,
    /// Applied one after another.
    pub functions: Vec<Argument>,
}

/// What an [`Expression`] starts from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Value {
    /// A quoted text.
    Quoted(String),
    /// `token.NAME`
    Token(String),
    /// `ACTOR.ip`, `ACTOR.port`, `ACTOR.address`, `ACTOR.peer`: the actor and the field.
    OfActor(String, String),
    /// A variable, convention or capture.
    Name(String),
}

/// A function of the language; arguments are checked when the file is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Argument {
    /// Upper case.
    Upper,
    /// Lower case.
    Lower,
    /// Without white space at both ends.
    Trim,
    /// So many times, 0 to 10,000,000.
    Repeat(usize),
    /// The first so many characters.
    First(usize),
    /// The last so many characters.
    Last(usize),
    /// Number of characters.
    Length,
    /// Number of bytes in the encoding of the conventions.
    Bytes,
    /// What the server answers to this, by the conventions.
    Reply,
}

/// What carries messages.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Transport {
    /// Connections.
    #[default]
    Tcp,
    /// Datagrams.
    Udp,
    /// Messages on a connection, behind a handshake (RFC 6455).
    WebSocket,
}

impl Transport {
    /// As the language calls it.
    pub fn name(self) -> &'static str {
        match self {
            Transport::Tcp => "tcp",
            Transport::Udp => "udp",
            Transport::WebSocket => "websocket",
        }
    }
}

/// How the programs of a lab talk.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Conventions {
    /// TCP, UDP or WebSocket.
    pub transport: Transport,
    /// What a client that Viva plays asks a WebSocket server for.
    pub path: String,
    /// How messages are told apart.
    pub message: Framing,
    /// How text becomes bytes.
    pub encoding: Encoding,
    /// `one`, `sequential` or `concurrent`.
    pub form: String,
    /// The quit word.
    pub quit: String,
    /// How programs write an address; `${ip}` and `${port}` in it.
    pub peer: Template,
    /// What an echo server answers; `${text}` in it.
    pub reply: Template,
    /// The lab's usual port.
    pub port: u16,
    /// What a client that Viva plays does first: only `send` and `expect`.
    pub handshake: Vec<Action>,
}

/// A lab: what its scenarios share.
#[derive(Clone, Debug)]
pub struct Lab {
    /// Its name; empty for a single scenario file.
    pub name: String,
    /// Its title.
    pub title: Localized,
    /// Defaults of variables.
    pub variables: Vec<(String, String)>,
    /// How its programs talk.
    pub conventions: Conventions,
    /// The parts to be filled, in the order of the file.
    pub roles: Vec<Role>,
    /// In the order of the file.
    pub scenarios: Vec<LabEntry>,
    /// How points become marks.
    pub grading: Grading,
    /// SHA-256 (hexadecimal) of its files as they were read, names and texts.
    pub digest: String,
}

/// How points become marks.
#[derive(Clone, Debug, PartialEq)]
pub struct Grading {
    /// Points are scaled so that all of them but the bonus come to this.
    pub total: Option<f64>,
    /// Nobody gets more than this.
    pub most: Option<f64>,
    /// The last thing that is done.
    pub round: Rounding,
    /// `None`: being late costs nothing.
    pub late: Option<LatePolicy>,
    /// How often a scenario is tried at most, if only time could tell that it failed; at least 1.
    pub times: u32,
    /// What counts where such runs differ.
    pub counts: Counts,
}

impl Default for Grading {
    fn default() -> Self {
        Grading {
            total: None,
            most: None,
            round: Rounding {
                to: 0.01,
                way: RoundingWay::Nearest,
            },
            late: None,
            times: 2,
            counts: Counts::Best,
        }
    }
}

/// To what a mark is rounded.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Rounding {
    /// To a multiple of this; 0: not at all.
    pub to: f64,
    /// To which.
    pub way: RoundingWay,
}

/// To which multiple a mark is rounded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RoundingWay {
    /// The nearest; halves go up.
    Nearest,
    /// The next lower.
    Down,
    /// The next higher.
    Up,
}

/// What is left of the points of who is late.
#[derive(Clone, Debug, PartialEq)]
pub struct LatePolicy {
    /// So late is not late.
    pub grace: Duration,
    /// Rows, days rising; later than the last: nothing is left.
    pub kept: Vec<LateRow>,
}

/// A row of a [`LatePolicy`].
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LateRow {
    /// Up to so many days late.
    pub days: f64,
    /// So much is left, in percent.
    pub percent: f64,
}

/// What counts where several runs of a scenario differ.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Counts {
    /// It is passed if one run was.
    Best,
    /// It is failed if one run was.
    Worst,
    /// It is passed if more than half of the runs were.
    Majority,
}

/// When students see how a scenario came out.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Visible {
    /// At once.
    #[default]
    Always,
    /// From the due date on.
    AfterDue,
    /// Never.
    Never,
}

/// What becomes of a text on a program's screen that is not the expected one, but nearly.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub enum Near {
    /// It is another text.
    #[default]
    Fail,
    /// It will do, with a remark.
    Accept,
    /// It will do, for so many points less.
    Deduct(f64),
}

/// A scenario as a lab lists it.
#[derive(Clone, Debug)]
pub struct LabEntry {
    /// The scenario.
    pub scenario: Scenario,
    /// What it is worth, at least 0.
    pub points: f64,
    /// Demanded by the sheet, or robustness.
    pub robustness: bool,
    /// Its points come on top of the total.
    pub bonus: bool,
    /// When students see how it came out.
    pub visible: Visible,
    /// What becomes of near misses.
    pub near: Near,
    /// Names of the scenarios that must be passed before this one is worth running.
    pub needs: Vec<String>,
}

/// A part to be filled by a program.
#[derive(Clone, Debug)]
pub struct Role {
    /// Its name.
    pub name: String,
    /// Globs; the first that a submission holds is the program.
    pub find: Vec<String>,
    /// Instead of the usual way to run the file.
    pub command: Option<Template>,
    /// Instead of the usual way to build it.
    pub build: Option<Template>,
    /// Arguments behind the program.
    pub arguments: Vec<Template>,
    /// Environment beyond Viva's own.
    pub environment: Vec<(String, Template)>,
    /// A PTY, else pipes.
    pub terminal: bool,
    /// When it counts as started; `None`: by what the scenario uses it for (see docs/language.md).
    pub ready: Option<Ready>,
    /// Its prompts.
    pub answers: Vec<Answer>,
    /// The built-in program that fills it, and its arguments.
    pub reference: Vec<Template>,
}

/// When a program counts as started.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Ready {
    /// It listens on a TCP socket.
    Listening,
    /// It has bound a UDP socket.
    Bound,
    /// It has connected to (or, over UDP, written to) a listener of Viva.
    Connected,
    /// It was started; nothing more.
    Started,
    /// It has printed this.
    Prompt(PatternSpec),
}

/// A prompt and what is typed then.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// What it asks.
    pub asks: PatternSpec,
    /// What is typed.
    pub reply: Template,
}

/// Where a scenario is applicable.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct When {
    /// A convention or variable.
    pub name: String,
    /// The values that will do.
    pub values: Vec<String>,
}

/// One scenario.
#[derive(Clone, Debug)]
pub struct Scenario {
    /// Its name.
    pub name: String,
    /// Its title.
    pub title: Localized,
    /// The file as the user named it.
    pub file: String,
    /// Where it is applicable; all must hold.
    pub when: Vec<When>,
    /// The lab's, with this file's overrides.
    pub conventions: Conventions,
    /// The lab's, with this file's overrides.
    pub roles: Vec<Role>,
    /// The lab's, with this file's overrides.
    pub variables: Vec<(String, String)>,
    /// What lies ready in the programs' folder, by names below it.
    pub files: Vec<(String, Content)>,
    /// In the order of the file.
    pub cast: Vec<At<CastMember>>,
    /// In order.
    pub steps: Vec<Step>,
    /// Always run.
    pub finally: Vec<Step>,
    /// What to try when it fails.
    pub hint: Localized,
    /// Per step.
    pub deadline: Duration,
    /// For the whole.
    pub limit: Duration,
}

/// Who takes part.
#[derive(Clone, Debug)]
pub enum CastMember {
    /// A program.
    Program {
        /// Its name in the scenario.
        name: String,
        /// Index into [`Scenario::roles`].
        role: usize,
        /// Variables of this program.
        with: Vec<(String, Template)>,
        /// The listening actor that it shall dial.
        to: Option<String>,
    },
    /// A client that Viva plays; `count` of them if it is a crowd.
    Client {
        /// Its name in the scenario.
        name: String,
        /// `None`: one actor of that name; else a crowd `NAME[1]…NAME[count]`.
        crowd: Option<usize>,
        /// All connect at once.
        burst: bool,
        /// How it connects.
        connects: Connects,
    },
    /// A server that Viva plays.
    Server {
        /// Its name in the scenario.
        name: String,
        /// TCP, UDP or WebSocket.
        transport: Transport,
        /// A certain port.
        port: Option<u16>,
    },
    /// A line of Viva between clients and a server.
    Proxy(Proxy),
}

impl CastMember {
    /// Its name in the scenario.
    pub fn name(&self) -> &str {
        match self {
            CastMember::Program { name, .. }
            | CastMember::Client { name, .. }
            | CastMember::Server { name, .. }
            | CastMember::Proxy(Proxy { name, .. }) => name,
        }
    }
}

/// A line of Viva between clients and a server.
#[derive(Clone, Debug)]
pub struct Proxy {
    /// Its name in the scenario.
    pub name: String,
    /// The program or server that it leads to.
    pub to: String,
    /// TCP or UDP.
    pub transport: Transport,
    /// A certain port.
    pub port: Option<u16>,
    /// What happens to what goes to the server.
    pub to_server: Vec<Fault>,
    /// What happens to what goes to the client.
    pub to_client: Vec<Fault>,
}

/// What a file holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Content {
    /// This text, in the encoding of the conventions.
    Text(Template),
    /// These bytes.
    Bytes(Vec<u8>),
}

/// How a client that Viva plays connects.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Connects {
    /// The program it connects to.
    pub to: String,
    /// TCP, UDP or WebSocket.
    pub transport: Transport,
    /// Whether it reads from the start.
    pub reading: bool,
    /// SO_RCVBUF, in bytes.
    pub receive_buffer: Option<u32>,
}

impl Scenario {
    /// The convention or variable that does not have what `when:` asks for, and its value: then nobody is examined in it.
    pub fn excluded(&self) -> Option<(String, String)> {
        self.when.iter().find_map(|when| {
            let value = self.value_of(&when.name).unwrap_or_default();
            (!when.values.contains(&value)).then(|| (when.name.clone(), value))
        })
    }

    /// The value of a convention or variable, as `when:` compares it.
    pub fn value_of(&self, name: &str) -> Option<String> {
        let conventions = &self.conventions;
        Some(match name {
            "transport" => conventions.transport.name().to_owned(),
            "message" => conventions.message.name().to_owned(),
            "encoding" => conventions.encoding.name().to_owned(),
            "form" => conventions.form.clone(),
            "quit" => conventions.quit.clone(),
            "port" => conventions.port.to_string(),
            "path" => conventions.path.clone(),
            name => self
                .variables
                .iter()
                .rev()
                .find(|(own, _)| own == name)?
                .1
                .clone(),
        })
    }

    /// Whether one of these roles is cast.
    pub fn casts(&self, roles: &[&String]) -> bool {
        self.cast.iter().any(|member| match &member.value {
            CastMember::Program { role, .. } => roles.contains(&&self.roles[*role].name),
            _ => false,
        })
    }
}
