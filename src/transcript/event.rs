//! The record of one run: numbered events of actors.

use std::time::Duration;

use serde::{Deserialize, Serialize};

/// Index into [`Transcript::actors`].
#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    Serialize,
    Deserialize,
    schemars::JsonSchema,
)]
pub struct ActorId(pub usize);

/// What an actor is, as far as a reader of the transcript cares.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ActorKind {
    /// A program in a terminal.
    TerminalProgram,
    /// A program on pipes.
    PipedProgram,
    /// A program that was running already; Viva only connects to it.
    RunningProgram,
    /// A TCP client that Viva plays.
    TcpClient,
    /// A listening TCP socket of Viva.
    TcpServer,
    /// A connection that a TCP server of Viva accepted.
    TcpLink,
    /// A UDP client that Viva plays.
    UdpClient,
    /// A UDP server that Viva plays.
    UdpServer,
    /// A line of Viva between a TCP client and a server, or one connection that crosses it.
    TcpProxy,
    /// A line of Viva between a UDP client and a server.
    UdpProxy,
    /// A WebSocket client that Viva plays.
    WebSocketClient,
    /// A WebSocket server of Viva: it only listens.
    WebSocketServer,
    /// A connection that a WebSocket server of Viva accepted.
    WebSocketLink,
}

/// An actor of the transcript.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct ActorInfo {
    /// Its name in the scenario; members of a crowd are `NAME[1]`, `NAME[2]`, …
    pub name: String,
    /// What it is.
    pub kind: ActorKind,
    /// Its own address, `ip:port`, once it has one.
    pub address: Option<String>,
}

/// One of the ordered sequences of an actor.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Channel {
    /// A program's terminal.
    Screen,
    /// A program's standard output (pipes).
    Stdout,
    /// A program's standard error (pipes).
    Stderr,
    /// A connection, or the datagrams of a socket.
    Wire,
    /// What crosses a proxy on its way to the server.
    ToServer,
    /// What crosses a proxy on its way to the client.
    ToClient,
}

/// Bytes of a student: serialised as text where they are UTF-8, else as hexadecimal digits.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Data(pub Vec<u8>);

#[derive(Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
enum DataForm {
    Text(String),
    Hex(String),
}

impl Serialize for Data {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match std::str::from_utf8(&self.0) {
            Ok(text) => DataForm::Text(text.to_owned()),
            Err(_) => DataForm::Hex(self.0.iter().map(|byte| format!("{byte:02x}")).collect()),
        }
        .serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Data {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        match DataForm::deserialize(deserializer)? {
            DataForm::Text(text) => Ok(Data(text.into_bytes())),
            DataForm::Hex(digits) => {
                let digits = digits.as_bytes();
                if digits.len() % 2 != 0 {
                    return Err(serde::de::Error::custom("odd number of hexadecimal digits"));
                }
                digits
                    .chunks(2)
                    .map(|pair| {
                        std::str::from_utf8(pair)
                            .ok()
                            .and_then(|pair| u8::from_str_radix(pair, 16).ok())
                    })
                    .collect::<Option<Vec<u8>>>()
                    .map(Data)
                    .ok_or_else(|| serde::de::Error::custom("not hexadecimal digits"))
            }
        }
    }
}

impl schemars::JsonSchema for Data {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Data".into()
    }
    fn json_schema(generator: &mut schemars::SchemaGenerator) -> schemars::Schema {
        DataForm::json_schema(generator)
    }
}

/// What a message is, where messages differ: in WebSocket. All others are text.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum MessageKind {
    /// Text.
    #[default]
    Text,
    /// Any bytes.
    Binary,
    /// Asks for a pong.
    Ping,
    /// The answer to a ping.
    Pong,
    /// The end of the talk: nothing, or a code of two bytes (big-endian) and a reason.
    Close,
}

/// The code at the front of what a close frame holds (RFC 6455, 5.5.1), if there is one.
pub fn close_code(data: &[u8]) -> Option<u16> {
    data.first_chunk().map(|code| u16::from_be_bytes(*code))
}

/// How a program ended (wait(2)).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ExitStatus {
    /// It called exit with this code, 0 to 255.
    Code(i32),
    /// This signal ended it.
    Signal(i32),
}

/// What happened.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum EventKind {
    /// A program was started.
    Started {
        /// The words of its command line.
        command: Vec<String>,
    },
    /// A program listens (TCP), or a server of Viva does.
    Listening {
        /// `ip:port` as the socket has it.
        address: String,
    },
    /// A program has bound a UDP socket, or a server of Viva has.
    Bound {
        /// `ip:port` as the socket has it.
        address: String,
    },
    /// A program dials this address.
    Dialled {
        /// `ip:port`.
        address: String,
    },
    /// A connection of Viva is established.
    Connected {
        /// The other end, `ip:port`.
        to: String,
    },
    /// A connection attempt of Viva failed.
    Refused {
        /// The other end, `ip:port`.
        to: String,
        /// The error number of connect(2).
        errno: i32,
    },
    /// A server of Viva took a connection: this actor.
    Accepted {
        /// The other end, `ip:port`.
        from: String,
    },
    /// Viva typed this on the keyboard, or wrote it to the standard input, of a program.
    Typed(Data),
    /// A program printed this.
    Printed {
        /// Where.
        channel: Channel,
        /// What.
        data: Data,
    },
    /// Viva sent this on a connection, or as one datagram, or as one text message of WebSocket (or one fragment of it).
    Sent(Data),
    /// Viva sent so many bytes at once on a connection that they are not kept.
    SentMuch {
        /// How many.
        length: usize,
    },
    /// Viva received this on a connection, or as one datagram, or as one text message of WebSocket.
    Received(Data),
    /// This came to a proxy, on its way.
    Came {
        /// On its way where.
        channel: Channel,
        /// What: of a stream, or one datagram.
        data: Data,
    },
    /// A proxy passed this on.
    PassedOn {
        /// Where.
        channel: Channel,
        /// What: of a stream, or one datagram.
        data: Data,
    },
    /// This came to a proxy, and will never get any further.
    Lost {
        /// On its way where.
        channel: Channel,
        /// What.
        data: Data,
    },
    /// A proxy ended this direction of a connection.
    PassedEnd {
        /// Which.
        channel: Channel,
    },
    /// Who sends in this direction across a proxy has reset its connection.
    CutOff {
        /// In which.
        channel: Channel,
    },
    /// Viva sent a message of WebSocket that is no text, or one fragment of it.
    SentMessage {
        /// What it is.
        kind: MessageKind,
        /// Its payload.
        data: Data,
    },
    /// Viva received a message of WebSocket that is no text.
    ReceivedMessage {
        /// What it is.
        kind: MessageKind,
        /// Its payload.
        data: Data,
    },
    /// Viva closed the sending direction of a connection, or a program's standard input.
    EndedInput,
    /// Viva closed a connection or listener.
    Closed,
    /// Viva reset a connection.
    Reset,
    /// The other side closed its sending direction; or a program closed this output.
    PeerClosed {
        /// Which of the actor's sequences ended.
        channel: Channel,
    },
    /// The other side reset the connection.
    PeerReset,
    /// Viva stopped (`false`) or resumed (`true`) reading.
    Reading(bool),
    /// Viva sent a program a signal.
    Signalled {
        /// The signal's number.
        signal: i32,
    },
    /// A program ended.
    Exited(ExitStatus),
    /// More came than Viva keeps; it no longer reads.
    Flooded {
        /// Where.
        channel: Channel,
        /// How many bytes were kept.
        kept: usize,
    },
}

/// One thing that happened to one actor.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Event {
    /// From 1, in the order in which Viva saw them.
    pub number: usize,
    /// Since the start of the scenario.
    pub at: Duration,
    /// Whose.
    pub actor: ActorId,
    /// The step (index) during which Viva saw it; `None` before the first.
    pub step: Option<usize>,
    /// What.
    pub kind: EventKind,
}

/// The record of one run: the only one.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Transcript {
    /// Everybody who took part, in order of appearance.
    pub actors: Vec<ActorInfo>,
    /// In the order in which Viva saw them.
    pub events: Vec<Event>,
}
