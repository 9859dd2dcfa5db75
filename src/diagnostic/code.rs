//! Everything that can be wrong in a file.

use serde::{Deserialize, Serialize};

/// Defines [`Code`] and, from the same list, the names of all codes.
macro_rules! codes {
    ($( $(#[$doc:meta])* $variant:ident $({ $( $(#[$field_doc:meta])* $field:ident: $kind:ty ),* $(,)? })? = $name:literal ),* $(,)?) => {
        /// What is wrong, with the arguments that a sentence about it needs.
        #[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
        #[serde(rename_all = "kebab-case")]
        pub enum Code {
            $( $(#[$doc])* $variant $({ $( $(#[$field_doc])* $field: $kind ),* })? ),*
        }

        impl Code {
            /// The names of all codes.
            pub const NAMES: &'static [&'static str] = &[$($name),*];

            /// A short name that stays the same in all languages and versions.
            pub fn name(&self) -> &'static str {
                match self {
                    $( Code::$variant $({ $( $field: _ ),* })? => $name ),*
                }
            }
        }
    };
}

codes! {
    // The file.
    /// There is no such file.
    NotFound { /** As it was named. */ file: String } = "not-found",
    /// It is there, but the system refuses to read it.
    Unreadable { /** The system's reason. */ reason: String } = "unreadable",
    /// It is larger than Viva reads.
    TooLarge { /** In bytes. */ limit: usize } = "too-large",
    /// A byte sequence is not UTF-8.
    NotUtf8 = "not-utf8",
    /// A line is longer than Viva reads.
    LineTooLong { /** In bytes. */ limit: usize } = "line-too-long",
    /// It holds more lists, maps and texts than Viva reads.
    TooManyValues { /** How many are read. */ limit: usize } = "too-many-values",
    /// Lists and maps stand inside each other deeper than Viva reads.
    TooDeep { /** How deep is read. */ limit: usize } = "too-deep",
    /// It holds nothing.
    Empty = "empty",
    /// It holds more than one document.
    SeveralDocuments = "several-documents",
    /// An anchor (`&name`) or an alias (`*name`).
    Alias = "alias",
    /// A tag (`!name`).
    Tag = "tag",
    /// It is not YAML; related: the innermost bracket that is open.
    Yaml { /** What is wrong with it. */ mistake: Mistake } = "yaml",

    // Keys and values.
    /// A key that is not a text.
    KeyNotText = "key-not-text",
    /// A key that does not exist here.
    UnknownKey {
        /// The key.
        key: String,
        /// A similar one that does exist here.
        similar: Option<String>,
        /// All that exist here.
        known: Vec<String>,
    } = "unknown-key",
    /// A key that stands twice; related: the first.
    DuplicateKey { /** The key. */ key: String } = "duplicate-key",
    /// Keys of which only one can stand there.
    EitherKey { /** Those that stand there. */ keys: Vec<String> } = "either-key",
    /// Keys that must be here.
    MissingKey { /** The keys. */ keys: Vec<String> } = "missing-key",
    /// A value of the wrong shape.
    WrongShape { /** Any of these would do. */ expected: Vec<Shape>, /** What stands there. */ found: Shape } = "wrong-shape",
    /// A word that is none of those that are possible here.
    UnknownWord {
        /// The word.
        word: String,
        /// A similar one.
        similar: Option<String>,
        /// All that are possible.
        known: Vec<String>,
    } = "unknown-word",
    /// A version of the language that this Viva doesn't know.
    WrongVersion { /** What stands there. */ found: String } = "wrong-version",
    /// Not a number of the range.
    BadNumber { /** What stands there. */ found: String, /** The least. */ least: u64, /** The largest. */ most: u64, /** Only whole numbers. */ whole: bool } = "bad-number",
    /// A row whose days are not more than those of the row before it.
    NotRising = "not-rising",
    /// Not a duration.
    BadDuration { /** What stands there. */ found: String } = "bad-duration",
    /// Not a name.
    BadName { /** What stands there. */ found: String } = "bad-name",
    /// A name that means something in the language.
    ReservedName { /** The name. */ name: String } = "reserved-name",
    /// A name given twice; related: the first.
    NameTwice { /** The name. */ name: String } = "name-twice",
    /// Not pairs of hexadecimal digits.
    BadHex { /** What stands there. */ found: String } = "bad-hex",
    /// An absolute file name, or one with `..`.
    BadFileName { /** The name. */ name: String } = "bad-file-name",
    /// An empty text or list where it makes no sense.
    Nothing = "nothing",
    /// A localized text in no language.
    NoLanguage = "no-language",

    // Texts.
    /// `${` without `}`.
    Unclosed = "unclosed",
    /// Something in `${…}` that can't be understood.
    BadExpression { /** It. */ found: String } = "bad-expression",
    /// `${…}` where a text must be plain.
    NoExpressionHere = "no-expression-here",
    /// A variable that does not exist.
    UnknownVariable { /** Its name. */ name: String, /** A similar one. */ similar: Option<String> } = "unknown-variable",
    /// A variable that exists, but not here.
    NotHere { /** Its name. */ name: String } = "not-here",
    /// A capture that is caught only later; related: where.
    CaughtLater { /** Its name. */ name: String } = "caught-later",
    /// `ACTOR.field` with an unknown field.
    UnknownField { /** The field. */ field: String, /** A similar one. */ similar: Option<String> } = "unknown-field",
    /// `ACTOR.field` of a crowd, which has many.
    FieldOfCrowd { /** The crowd. */ actor: String } = "field-of-crowd",
    /// A function that does not exist.
    UnknownFunction { /** Its name. */ name: String, /** A similar one. */ similar: Option<String> } = "unknown-function",
    /// A function without its argument, or with one that it does not take or that is out of range.
    BadArgument { /** Its name. */ function: String, /** The largest argument; `None`: it takes none. */ most: Option<u64> } = "bad-argument",
    /// A text that would become too long.
    TextTooLong { /** In bytes. */ limit: u64 } = "text-too-long",
    /// A character that the encoding of the conventions lacks.
    NotEncodable { /** The character. */ character: char, /** The encoding's name. */ encoding: String } = "not-encodable",
    /// A message that is longer than the byte count in front of it can say.
    MessageTooLong { /** Its length in bytes, at least. */ bytes: u64, /** The most. */ limit: u64 } = "message-too-long",

    // Patterns.
    /// A pattern with no or with several forms.
    PatternForm { /** The forms that stand there. */ found: Vec<String>, /** Those that are possible there. */ known: Vec<String> } = "pattern-form",
    /// A regular expression that can't be read.
    BadRegex { /** What is wrong with it. */ mistake: Mistake } = "bad-regex",
    /// An expectation that nothing at all fulfils: it could never fail.
    AlwaysMatches = "always-matches",
    /// A `never` of nothing: it could never hold.
    NeverHolds = "never-holds",
    /// A pattern that can't come from such an actor.
    PatternNotOfActor { /** The pattern's form. */ form: String, /** The actor. */ actor: String, /** What it is. */ is: Party, /** From whom it could come. */ only: Vec<Party> } = "pattern-not-of-actor",

    /// A pattern about a program as a whole, in a list of patterns or steps, or in a `never`.
    StandsAlone { /** The pattern's form. */ form: String } = "stands-alone",
    /// A key that is about a stream, beside a pattern that is about none.
    NoStream { /** The key. */ key: String, /** The pattern's form. */ form: String } = "no-stream",
    /// Not an address of the form `ip:port`.
    BadAddress { /** What stands there. */ found: String } = "bad-address",
    /// A prompt that is not something printed.
    NotPrinted { /** The pattern's form. */ form: String } = "not-printed",

    // The cast.
    /// A cast member with no or with several forms.
    CastForm { /** The forms that stand there. */ found: Vec<String> } = "cast-form",
    /// A role that does not exist.
    UnknownRole { /** Its name. */ name: String, /** A similar one. */ similar: Option<String> } = "unknown-role",
    /// An actor that does not exist.
    UnknownActor { /** Its name. */ name: String, /** A similar one. */ similar: Option<String> } = "unknown-actor",
    /// A fault that the transport of the proxy doesn't know.
    NotOnThisLine { /** What the fault is called. */ fault: String, /** Whether the proxy is one of TCP. */ tcp: bool } = "not-on-this-line",
    /// An entry of `faults:` with no or with several faults.
    FaultForm { /** The faults that stand there. */ found: Vec<String> } = "fault-form",
    /// Who connects over TCP or UDP to a proxy of the other.
    OtherTransport { /** The proxy. */ name: String, /** Whether that is one of TCP. */ tcp: bool } = "other-transport",
    /// `connects:` to something that is not a program.
    NotAProgram { /** Its name. */ name: String } = "not-a-program",
    /// `to:` something that doesn't listen.
    NotAListener { /** Its name. */ name: String } = "not-a-listener",
    /// A variable under `with:` that neither the role nor `variables:` knows.
    UselessVariable { /** Its name. */ name: String, /** A similar one. */ similar: Option<String> } = "useless-variable",

    // Steps.
    /// A step that names no or several actors.
    StepForm { /** The keys that stand there. */ found: Vec<String> } = "step-form",
    /// No or several actions.
    ActionForm { /** The actions that stand there. */ found: Vec<String> } = "action-form",
    /// A key beside the actor that belongs beside the action.
    BesideAction { /** The key. */ key: String } = "beside-action",
    /// A key that does not go with this action.
    NotWithAction { /** The key. */ key: String, /** The action. */ action: String, /** What it goes with. */ with: Vec<String> } = "not-with-action",
    /// An action that such an actor can't do.
    WrongActor { /** The action. */ action: String, /** The actor. */ actor: String, /** What it is. */ is: Party, /** Who could. */ only: Vec<Party> } = "wrong-actor",
    /// A stream that this program does not have.
    NoSuchStream { /** The stream. */ stream: String, /** Whether it runs in a terminal. */ terminal: bool } = "no-such-stream",
    /// Something else than `expect` in `any_order`.
    OnlyExpect = "only-expect",
    /// An actor that begins only later; related: where.
    UsedBefore { /** Its name. */ actor: String } = "used-before",
    /// A label that no earlier step has.
    UnknownLabel { /** Its name. */ label: String, /** A similar one. */ similar: Option<String> } = "unknown-label",
    /// A cut beyond the end of what is sent, at its very start, or not rising.
    BadCut { /** The offset. */ offset: u64, /** How long the text is, if known. */ length: Option<u64> } = "bad-cut",

    /// A code that no close frame of WebSocket can have.
    CloseCode { /** The code. */ code: u64 } = "close-code",
    /// A ping or pong of WebSocket that is too long.
    ControlTooLong { /** Its bytes. */ bytes: u64, /** How many it may have. */ limit: u64 } = "control-too-long",
    /// A response of HTTP is expected where messages are told apart in another way.
    ResponseInMessages = "response-in-messages",
    /// A name that no header can have.
    BadHeader { /** The name. */ name: String } = "bad-header",
    /// A body is expected of a response that has none.
    BodyOfNone = "body-of-none",
    /// A path that no request can have.
    BadPath { /** The path. */ path: String } = "bad-path",

    // The lab.
    /// Two scenarios of one name; related: the first.
    ScenarioTwice { /** The name. */ name: String } = "scenario-twice",
    /// A scenario that is not named as its file.
    ScenarioNotAsFile { /** The scenario's name. */ name: String, /** The file. */ file: String } = "scenario-not-as-file",
    /// A need that is no scenario of the lab.
    UnknownNeed { /** Its name. */ name: String, /** A similar one. */ similar: Option<String> } = "unknown-need",
    /// A contract speaks of a scenario that the lab does not have.
    UnknownScenario { /** Its name. */ name: String, /** A similar one. */ similar: Option<String> } = "unknown-scenario",
    /// A contract speaks of a program that is not there.
    NoKnownProgram { /** Its file. */ file: String } = "no-known-program",
    /// Needs that need each other.
    CircularNeeds { /** The names, in a circle. */ names: Vec<String> } = "circular-needs",
    /// A setting from the command line that is neither convention nor variable.
    UnknownSetting { /** Its name. */ name: String, /** A similar one. */ similar: Option<String> } = "unknown-setting",
    /// A key that a submission must not have.
    NotInSubmission { /** The key. */ key: String } = "not-in-submission",

    // What a lint warns of.
    /// A cast member that no step uses.
    UnusedActor { /** Its name. */ actor: String } = "unused-actor",
    /// A token that is sent but never expected.
    UnusedToken { /** Its name. */ token: String } = "unused-token",
    /// A scenario file beside `lab.yaml` that it doesn't list.
    UnlistedFile { /** Its name. */ file: String } = "unlisted-file",
    /// A regular expression whose end can always grow.
    OpenRegex = "open-regex",
}

/// The shape of a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Shape {
    /// A text.
    Text,
    /// `[…]`
    List,
    /// `{…}`
    Map,
    /// No value at all.
    Nothing,
    /// `true` (as expected) or `false`.
    Bool,
    /// `true`, where `false` makes no sense.
    True,
}

/// What an actor is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Party {
    /// A program in a terminal.
    TerminalProgram,
    /// A program on pipes.
    PipedProgram,
    /// A TCP client that Viva plays, or a crowd of them.
    TcpClient,
    /// A UDP client that Viva plays, or a crowd of them.
    UdpClient,
    /// A TCP server that Viva plays: it only listens and accepts.
    TcpServer,
    /// A UDP server that Viva plays.
    UdpServer,
    /// A proxy between a TCP client and its server.
    TcpProxy,
    /// A proxy between a UDP client and its server.
    UdpProxy,
    /// A connection that a TCP server of Viva accepted.
    TcpLink,
    /// A WebSocket client that Viva plays, or a crowd of them.
    WebSocketClient,
    /// A WebSocket server that Viva plays: it only listens and accepts.
    WebSocketServer,
    /// A connection that a WebSocket server of Viva accepted.
    WebSocketLink,
}

/// What is wrong with a YAML text or a regular expression.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Mistake {
    /// A tab as indentation.
    Tab,
    /// An indentation that fits to nothing above.
    Indentation,
    /// A bracket that is never closed.
    Unclosed {
        /// The bracket.
        open: char,
    },
    /// A closing bracket without its opening one, or of another kind.
    Unopened,
    /// A quoted text that is never closed, or goes on with less indentation.
    UnclosedQuote,
    /// Something behind a closing quote.
    BehindQuote,
    /// An escape that does not exist.
    Escape,
    /// `: ` inside a text without quotes.
    Colon,
    /// A character with which no text can start without quotes, or which no file may hold.
    Character {
        /// The character.
        character: char,
    },
    /// A missing comma.
    Comma,
    /// A missing key or `:`.
    Key,
    /// Something between the entries of a list.
    Entry,
    /// A comment in the middle of a text, or without a space before it.
    Comment,
    /// A `%` directive.
    Directive,
    /// A `*`, `+`, `?` or `{…}` that has nothing to repeat.
    NothingToRepeat,
    /// A look-around or back-reference.
    NotRegular,
    /// It would take too much memory.
    TooBig,
    /// Something else, in the words of the library that read it (English).
    Other {
        /// Its words.
        words: String,
    },
}
