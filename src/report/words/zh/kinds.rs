//! What kinds of values and of actors are called, in Chinese.

use crate::diagnostic::{Party, Shape};

use crate::report::lint::Said;

fn shape(shape: Shape) -> &'static str {
    match shape {
        Shape::Text => "文本",
        Shape::List => "列表",
        Shape::Map => "映射（`key: value`）",
        Shape::Nothing => "空",
        Shape::Bool => "`true` 或 `false`",
        Shape::True => "`true`",
    }
}

pub(super) fn wrong_shape(expected: &[Shape], found: Shape) -> Said {
    let wanted: Vec<&str> = expected.iter().map(|it| shape(*it)).collect();
    let wanted = wanted.join("或");
    let message = match (expected, found) {
        ([Shape::True | Shape::Bool], Shape::Text) => format!("这里只能写 {wanted}"),
        _ => format!("这里应当是{wanted}，而不是{}", shape(found)),
    };
    let remedy = match (expected, found) {
        (_, Shape::Nothing) => "请在冒号后面写上值，或删去这个键",
        ([Shape::True], _) => "如果不需要它发生，请删去整个步骤",
        ([.., Shape::Map], Shape::Text) => "请写成 `{ key: value }`，或者每个键另起一行并缩进",
        ([Shape::List], _) => "请写成 `[one, two]`，或者每一项另起一行，以 `- ` 开头",
        ([Shape::Text, ..], Shape::Map) => "含有冒号加空格、或含有花括号的文本要加引号",
        _ => return (message, None),
    };
    (message, Some(remedy.to_owned()))
}

pub(super) fn party(party: Party) -> &'static str {
    match party {
        Party::TerminalProgram => "终端里的程序",
        Party::PipedProgram => "用管道连接的程序",
        Party::TcpClient => "Viva 扮演的 TCP 客户端",
        Party::UdpClient => "Viva 扮演的 UDP 客户端",
        Party::TcpServer => "Viva 扮演的 TCP 服务器",
        Party::UdpServer => "Viva 扮演的 UDP 服务器",
        Party::TcpLink => "Viva 接受的连接",
        Party::TcpProxy => "TCP 线路",
        Party::UdpProxy => "UDP 线路",
        Party::WebSocketClient => "Viva 扮演的 WebSocket 客户端",
        Party::WebSocketServer => "Viva 扮演的 WebSocket 服务器",
        Party::WebSocketLink => "Viva 接受的 WebSocket 连接",
    }
}

pub(super) fn parties(all: &[Party]) -> String {
    use Party::{
        PipedProgram, TcpClient, TcpLink, TcpServer, TerminalProgram, UdpClient, UdpServer,
        WebSocketClient, WebSocketLink, WebSocketServer,
    };
    let both = |one, other| all.contains(&one) && all.contains(&other);
    let mut names: Vec<&str> = Vec::new();
    for it in all {
        let name = match it {
            TerminalProgram | PipedProgram if both(TerminalProgram, PipedProgram) => "程序",
            TcpClient | UdpClient | WebSocketClient if both(TcpClient, UdpClient) => {
                "Viva 扮演的客户端"
            }
            TcpClient | WebSocketClient if both(TcpClient, WebSocketClient) => {
                "Viva 扮演的 TCP 和 WebSocket 客户端"
            }
            TcpServer | UdpServer | WebSocketServer if both(TcpServer, UdpServer) => {
                "Viva 扮演的服务器"
            }
            TcpServer | WebSocketServer if both(TcpServer, WebSocketServer) => {
                "Viva 扮演的 TCP 和 WebSocket 服务器"
            }
            TcpLink | WebSocketLink if both(TcpLink, WebSocketLink) => "Viva 接受的连接",
            other => party(*other),
        };
        if !names.contains(&name) {
            names.push(name);
        }
    }
    names.join("、")
}
