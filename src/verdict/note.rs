//! What else is known of a failure.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::transcript::{Channel, Data, ExitStatus, MessageKind};

use super::{Standing, Unproved};

/// What else is known: each becomes a sentence.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Note {
    /// These bytes are what this very actor sent at that step.
    OwnMessage {
        /// The step's number.
        step: usize,
    },
    /// What came is what had come in this very sequence before, and was expected then: an old answer.
    CameBefore {
        /// The number of the step that expected it.
        step: usize,
    },
    /// What had come in this very sequence before came once more together with something new: nothing is thrown away.
    CameAlong {
        /// The number of the step that expected it; `None`: it is the beginning of the same answer.
        step: Option<usize>,
    },
    /// What was expected came to this actor instead.
    CameTo {
        /// Who got it.
        actor: String,
        /// It is who had sent it.
        #[serde(default)]
        sent: bool,
    },
    /// What came is what was sent by that actor.
    SentBy {
        /// Who.
        actor: String,
        /// The step's number.
        step: usize,
    },
    /// This word came so many times and was expected so many times.
    Counted {
        /// The word.
        word: String,
        /// Times it came.
        came: usize,
        /// Times it was expected.
        expected: usize,
    },
    /// The right text stands on the screen of the program, but never crossed the wire; or the other way round.
    SeenElsewhere {
        /// The actor on whose sequence it was seen.
        actor: String,
        /// Which sequence.
        channel: Channel,
    },
    /// A program has ended.
    Ended {
        /// Which.
        actor: String,
        /// How.
        status: ExitStatus,
    },
    /// The last lines of a program's error output or screen that look like an error (a traceback's end, a compiler's error).
    LastWords {
        /// Which program.
        actor: String,
        /// At most 12 lines.
        text: Data,
    },
    /// The program printed nothing and is on pipes: its output may be held back in a buffer.
    MayBeUnflushed {
        /// Which program.
        actor: String,
    },
    /// The program waits at a prompt that no answer is given for.
    UnknownPrompt {
        /// Which program.
        actor: String,
        /// The prompt.
        text: Data,
    },
    /// Somebody else listens on the port that the program wanted.
    PortTaken {
        /// The port.
        port: u16,
    },
    /// The bytes are the expected text in this other encoding.
    OtherEncoding {
        /// Its name.
        name: String,
    },
    /// The program listens, but not where it was asked to.
    ListensAt {
        /// `ip:port`.
        address: String,
    },
    /// The very payload that was expected came as another kind of WebSocket message.
    OtherKind {
        /// What it was expected as.
        expected: MessageKind,
        /// What it came as.
        came: MessageKind,
    },
    /// A message of WebSocket came that closes the talk.
    ClosedWith {
        /// Its code, if it has one.
        code: Option<u16>,
        /// Its reason.
        reason: Data,
    },
    /// More than this many bytes came.
    Flood {
        /// From whom.
        actor: String,
        /// Bytes kept.
        kept: usize,
    },
    /// The same thing came over and over.
    Repeats {
        /// From whom.
        actor: String,
        /// What.
        text: Data,
        /// How many times.
        times: usize,
    },
    /// The program dialled this address, where nobody listens.
    DialledElsewhere {
        /// `ip:port`.
        address: String,
    },
    /// The program sends to the very address that it has bound (UDP).
    TalksToItself {
        /// Which.
        actor: String,
        /// `ip:port`.
        address: String,
    },
    /// The whole program was still running when the time was up.
    StillRunning {
        /// Which.
        actor: String,
    },
    /// What a program was doing.
    Stood(Standing),
    /// Nothing could be proved before the time was up.
    Unproved(Unproved),
    /// What was missing came when the program was asked to end: it had written it, and not sent it on.
    Unflushed {
        /// Which program.
        actor: String,
    },
    /// What was missing came when Viva sent a newline behind the last message: it is read by lines.
    ReadsLines {
        /// Who had sent that message.
        from: String,
    },
}
