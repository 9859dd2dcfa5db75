//! Who does an action, and who can do which.

use crate::diagnostic::{Code, Party, Place};
use crate::wire::Framing;

use super::findings::Findings;

/// Who does it.
#[derive(Clone, Copy)]
pub(super) struct Doer<'a> {
    pub(super) actor: &'a str,
    /// `None`: not known, since its name is wrong; then everything is possible.
    pub(super) party: Option<Party>,
    /// How messages are told apart on a connection.
    pub(super) framing: Framing,
    /// In a group of steps.
    pub(super) in_group: bool,
}

impl Doer<'_> {
    pub(super) fn is_program(self) -> bool {
        matches!(
            self.party,
            Some(Party::TerminalProgram | Party::PipedProgram)
        )
    }

    pub(super) fn is_stream(self) -> bool {
        matches!(
            self.party,
            Some(Party::TcpClient | Party::TcpLink | Party::TcpProxy)
        )
    }

    /// Whether each of its messages is told apart by WebSocket.
    pub(super) fn has_frames(self) -> bool {
        matches!(
            self.party,
            Some(Party::WebSocketClient | Party::WebSocketLink)
        )
    }

    pub(super) fn raw(self) -> bool {
        self.is_program() || (self.is_stream() && self.framing == Framing::Raw)
    }
}

/// Who may do what. An action that isn't here is for all.
pub(super) fn only(action: &str) -> Option<&'static [Party]> {
    use Party::{
        PipedProgram, TcpClient, TcpLink, TcpProxy, TcpServer, TerminalProgram, UdpClient,
        UdpProxy, UdpServer, WebSocketClient, WebSocketLink, WebSocketServer,
    };
    Some(match action {
        "start" | "stop" | "restart" | "signal" => &[TerminalProgram, PipedProgram],
        "key" => &[TerminalProgram],
        "connect" => &[TcpClient, UdpClient, WebSocketClient],
        "accept" => &[TcpServer, WebSocketServer],
        // A listening socket has no stream of its own.
        "send" => &[
            TerminalProgram,
            PipedProgram,
            TcpClient,
            UdpClient,
            UdpServer,
            TcpLink,
            WebSocketClient,
            WebSocketLink,
        ],
        "cut" | "close: write" => &[TcpClient, TcpLink, WebSocketClient, WebSocketLink],
        "reset" => &[TcpClient, TcpLink, TcpProxy, WebSocketClient, WebSocketLink],
        "fragments" | "binary" | "ping" | "pong" | "close_frame" => {
            &[WebSocketClient, WebSocketLink]
        }
        "reading" => &[
            TcpClient,
            UdpClient,
            UdpServer,
            TcpLink,
            WebSocketClient,
            WebSocketLink,
        ],
        "close: true" => &[
            TcpClient,
            UdpClient,
            TcpServer,
            UdpServer,
            TcpLink,
            WebSocketClient,
            WebSocketServer,
            WebSocketLink,
        ],
        "expect" | "never" | "silent" => &[
            TerminalProgram,
            PipedProgram,
            TcpClient,
            UdpClient,
            UdpServer,
            TcpLink,
            WebSocketClient,
            WebSocketLink,
            TcpProxy,
            UdpProxy,
        ],
        "close: stdin" => &[TerminalProgram, PipedProgram],
        _ => return None,
    })
}

/// Whether somebody can do an action; `close` with its value.
pub(super) fn check_possible(
    action: &str,
    place: impl FnOnce() -> Place,
    doer: Doer<'_>,
    findings: &mut Findings,
) {
    if let (Some(only), Some(is)) = (only(action), doer.party)
        && !only.contains(&is)
    {
        let code = Code::WrongActor {
            action: action.to_owned(),
            actor: doer.actor.to_owned(),
            is,
            only: only.to_vec(),
        };
        findings.error(code, place());
    }
}
