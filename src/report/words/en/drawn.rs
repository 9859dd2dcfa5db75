//! What stands in the drawing of a transcript, in English: its signs, its actors, and events that are more than bytes.

use crate::transcript::{ActorKind, Channel, EventKind};

use crate::report::words::{Direction, Mark, Symbol, errno, signal};

use super::phrases::{bytes, status};
use super::websocket;

pub(super) fn symbol(symbol: Symbol) -> &'static str {
    match symbol {
        Symbol::LineEnd => "⏎ line end \\n",
        Symbol::CarriageReturn => "␍ carriage return \\r",
        Symbol::Tab => "⇥ tab",
        Symbol::Zero => "␀ zero byte",
        Symbol::Escape => "␛ escape",
        Symbol::Blank => "· blank",
        Symbol::Byte => "\\xE4 a byte in hexadecimal digits",
    }
}

pub(super) fn mark(mark: Mark) -> &'static str {
    match mark {
        Mark::Sent => "→ sent",
        Mark::Received => "← received",
        Mark::Typed => "> typed",
        Mark::Printed => "| printed",
        Mark::PrintedError => "! printed to stderr",
        Mark::Came(Direction::ToServer) => "⇢ came, on its way to the server",
        Mark::Came(Direction::ToClient) => "⇠ came, on its way to the client",
        Mark::PassedOn(Direction::ToServer) => "⇒ passed on to the server",
        Mark::PassedOn(Direction::ToClient) => "⇐ passed on to the client",
        Mark::Lost => "× lost on the line",
    }
}

pub(super) fn actor_kind(kind: &ActorKind) -> &'static str {
    match kind {
        ActorKind::TerminalProgram => " (terminal)",
        ActorKind::PipedProgram => " (pipes)",
        ActorKind::RunningProgram => " (running)",
        ActorKind::TcpServer | ActorKind::UdpServer | ActorKind::WebSocketServer => {
            " (Viva listens)"
        }
        ActorKind::TcpClient
        | ActorKind::TcpLink
        | ActorKind::UdpClient
        | ActorKind::WebSocketClient
        | ActorKind::WebSocketLink => "",
        ActorKind::TcpProxy | ActorKind::UdpProxy => " (the line)",
    }
}

pub(super) fn event(event: &EventKind) -> Option<String> {
    Some(match event {
        EventKind::Typed(_)
        | EventKind::Printed { .. }
        | EventKind::Sent(_)
        | EventKind::Received(_)
        | EventKind::Came { .. }
        | EventKind::PassedOn { .. }
        | EventKind::Lost { .. } => return None,
        EventKind::PassedEnd {
            channel: Channel::ToClient,
        } => "⇐ close".to_owned(),
        EventKind::PassedEnd { .. } => "⇒ close".to_owned(),
        EventKind::CutOff {
            channel: Channel::ToClient,
        } => "⇠ reset (RST)".to_owned(),
        EventKind::CutOff { .. } => "⇢ reset (RST)".to_owned(),
        EventKind::PeerClosed {
            channel: Channel::ToServer,
        } => "⇢ close".to_owned(),
        EventKind::PeerClosed {
            channel: Channel::ToClient,
        } => "⇠ close".to_owned(),
        EventKind::SentMessage { kind, data } => {
            format!("→ {}", websocket::message(*kind, data))
        }
        EventKind::ReceivedMessage { kind, data } => {
            format!("← {}", websocket::message(*kind, data))
        }
        EventKind::Started { command } => format!("started: {}", command.join(" ")),
        EventKind::Listening { address } => format!("listens at {address}"),
        EventKind::Bound { address } => format!("bound to {address}"),
        EventKind::Dialled { address } => format!("dials {address}"),
        EventKind::Connected { .. } => "connected".to_owned(),
        EventKind::Refused { errno: number, .. } => format!("refused: {}", errno(*number)),
        EventKind::Accepted { .. } => "accepted".to_owned(),
        EventKind::SentMuch { length } => format!("→ {}", bytes(*length)),
        EventKind::EndedInput => "→ end of input".to_owned(),
        EventKind::Closed => "→ close".to_owned(),
        EventKind::Reset => "→ reset (RST)".to_owned(),
        EventKind::PeerClosed {
            channel: Channel::Wire,
        } => "← close".to_owned(),
        EventKind::PeerClosed { .. } => "end of output".to_owned(),
        EventKind::PeerReset => "← reset (RST)".to_owned(),
        EventKind::Reading(false) => "stops reading".to_owned(),
        EventKind::Reading(true) => "reads on".to_owned(),
        EventKind::Signalled { signal: number } => format!("gets {}", signal(*number)),
        EventKind::Exited(end) => format!("ended {}", status(*end)),
        EventKind::Flooded { kept, .. } => format!("flood: {} kept", bytes(*kept)),
    })
}
