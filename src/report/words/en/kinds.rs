//! What kinds of values and of actors are called, in English.

use crate::diagnostic::{Party, Shape};

use crate::report::lint::Said;

fn shape(shape: Shape) -> &'static str {
    match shape {
        Shape::Text => "a text",
        Shape::List => "a list",
        Shape::Map => "a map (`key: value`)",
        Shape::Nothing => "empty",
        Shape::Bool => "`true` or `false`",
        Shape::True => "`true`",
    }
}

pub(super) fn wrong_shape(expected: &[Shape], found: Shape) -> Said {
    let wanted: Vec<&str> = expected.iter().map(|it| shape(*it)).collect();
    let wanted = wanted.join(" or ");
    let message = match (expected, found) {
        ([Shape::True | Shape::Bool], Shape::Text) => format!("only {wanted} is possible here"),
        _ => format!("this must be {wanted}, not {}", shape(found)),
    };
    let remedy = match (expected, found) {
        (_, Shape::Nothing) => "write it behind the colon, or remove the key",
        ([Shape::True], _) => "if it shall not happen, leave the whole step out",
        ([.., Shape::Map], Shape::Text) => {
            "write `{ key: value }`, or the keys in lines of their own, indented"
        }
        ([Shape::List], _) => "write `[one, two]`, or each entry in a line of its own, behind `- `",
        ([Shape::Text, ..], Shape::Map) => {
            "a text with a colon and a space, or with braces, needs quotes"
        }
        _ => return (message, None),
    };
    (message, Some(remedy.to_owned()))
}

pub(super) fn party(party: Party) -> &'static str {
    match party {
        Party::TerminalProgram => "a program in a terminal",
        Party::PipedProgram => "a program on pipes",
        Party::TcpClient => "a TCP client that Viva plays",
        Party::UdpClient => "a UDP client that Viva plays",
        Party::TcpServer => "a TCP server that Viva plays",
        Party::UdpServer => "a UDP server that Viva plays",
        Party::TcpLink => "a connection that Viva accepted",
        Party::TcpProxy => "a TCP proxy",
        Party::UdpProxy => "a UDP proxy",
        Party::WebSocketClient => "a WebSocket client that Viva plays",
        Party::WebSocketServer => "a WebSocket server that Viva plays",
        Party::WebSocketLink => "a WebSocket connection that Viva accepted",
    }
}

pub(super) fn parties(all: &[Party]) -> String {
    use Party::{
        PipedProgram, TcpClient, TcpLink, TcpProxy, TcpServer, TerminalProgram, UdpClient,
        UdpProxy, UdpServer, WebSocketClient, WebSocketLink, WebSocketServer,
    };
    let both = |one, other| all.contains(&one) && all.contains(&other);
    let mut names: Vec<&str> = Vec::new();
    for it in all {
        let name = match it {
            TerminalProgram | PipedProgram if both(TerminalProgram, PipedProgram) => "programs",
            TcpClient | UdpClient | WebSocketClient if both(TcpClient, UdpClient) => {
                "clients that Viva plays"
            }
            TcpClient | WebSocketClient if both(TcpClient, WebSocketClient) => {
                "TCP and WebSocket clients that Viva plays"
            }
            TcpServer | UdpServer | WebSocketServer if both(TcpServer, UdpServer) => {
                "servers that Viva plays"
            }
            TcpServer | WebSocketServer if both(TcpServer, WebSocketServer) => {
                "TCP and WebSocket servers that Viva plays"
            }
            TerminalProgram => "programs in a terminal",
            PipedProgram => "programs on pipes",
            TcpClient => "TCP clients that Viva plays",
            UdpClient => "UDP clients that Viva plays",
            WebSocketClient => "WebSocket clients that Viva plays",
            TcpServer => "TCP servers that Viva plays",
            UdpServer => "UDP servers that Viva plays",
            WebSocketServer => "WebSocket servers that Viva plays",
            WebSocketLink if !both(TcpLink, WebSocketLink) => "accepted WebSocket connections",
            TcpLink | WebSocketLink => "accepted connections",
            TcpProxy | UdpProxy if both(TcpProxy, UdpProxy) => "proxies",
            TcpProxy => "TCP proxies",
            UdpProxy => "UDP proxies",
        };
        if !names.contains(&name) {
            names.push(name);
        }
    }
    match names.as_slice() {
        [front @ .., last] if !front.is_empty() => format!("{} and {last}", front.join(", ")),
        names => names.join(""),
    }
}
