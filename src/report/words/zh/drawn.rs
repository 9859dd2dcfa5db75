//! What stands in the drawing of a transcript, in Chinese: its signs, its actors, and events that are more than bytes.

use crate::transcript::{ActorKind, Channel, EventKind};

use crate::report::words::{Direction, Mark, Symbol, errno, signal};

use super::phrases::{bytes, status};
use super::websocket;

pub(super) fn symbol(symbol: Symbol) -> &'static str {
    match symbol {
        Symbol::LineEnd => "⏎ 换行 \\n",
        Symbol::CarriageReturn => "␍ 回车 \\r",
        Symbol::Tab => "⇥ 制表符",
        Symbol::Zero => "␀ 零字节",
        Symbol::Escape => "␛ ESC",
        Symbol::Blank => "· 空格",
        Symbol::Byte => "\\xE4 十六进制的一个字节",
    }
}

pub(super) fn mark(mark: Mark) -> &'static str {
    match mark {
        Mark::Sent => "→ 发送",
        Mark::Received => "← 收到",
        Mark::Typed => "> 键盘输入",
        Mark::Printed => "| 程序输出",
        Mark::PrintedError => "! 错误输出",
        Mark::Came(Direction::ToServer) => "⇢ 到达线路，发往服务器",
        Mark::Came(Direction::ToClient) => "⇠ 到达线路，发往客户端",
        Mark::PassedOn(Direction::ToServer) => "⇒ 转交给服务器",
        Mark::PassedOn(Direction::ToClient) => "⇐ 转交给客户端",
        Mark::Lost => "× 在线路上丢失",
    }
}

pub(super) fn actor_kind(kind: &ActorKind) -> &'static str {
    match kind {
        ActorKind::TerminalProgram => "（终端）",
        ActorKind::PipedProgram => "（管道）",
        ActorKind::RunningProgram => "（已在运行）",
        ActorKind::TcpServer | ActorKind::UdpServer | ActorKind::WebSocketServer => "（Viva 监听）",
        ActorKind::TcpClient
        | ActorKind::TcpLink
        | ActorKind::UdpClient
        | ActorKind::WebSocketClient
        | ActorKind::WebSocketLink => "",
        ActorKind::TcpProxy | ActorKind::UdpProxy => "（线路）",
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
        } => "⇐ 关闭".to_owned(),
        EventKind::PassedEnd { .. } => "⇒ 关闭".to_owned(),
        EventKind::CutOff {
            channel: Channel::ToClient,
        } => "⇠ 重置（RST）".to_owned(),
        EventKind::CutOff { .. } => "⇢ 重置（RST）".to_owned(),
        EventKind::PeerClosed {
            channel: Channel::ToServer,
        } => "⇢ 关闭".to_owned(),
        EventKind::PeerClosed {
            channel: Channel::ToClient,
        } => "⇠ 关闭".to_owned(),
        EventKind::SentMessage { kind, data } => {
            format!("→ {}", websocket::message(*kind, data))
        }
        EventKind::ReceivedMessage { kind, data } => {
            format!("← {}", websocket::message(*kind, data))
        }
        EventKind::Started { command } => format!("启动：{}", command.join(" ")),
        EventKind::Listening { address } => format!("监听 {address}"),
        EventKind::Bound { address } => format!("绑定 {address}"),
        EventKind::Dialled { address } => format!("去连 {address}"),
        EventKind::Connected { .. } => "已连接".to_owned(),
        EventKind::Refused { errno: number, .. } => format!("被拒绝：{}", errno(*number)),
        EventKind::Accepted { .. } => "接受连接".to_owned(),
        EventKind::SentMuch { length } => format!("→ {}", bytes(*length)),
        EventKind::EndedInput => "→ 输入结束".to_owned(),
        EventKind::Closed => "→ 关闭".to_owned(),
        EventKind::Reset => "→ 重置（RST）".to_owned(),
        EventKind::PeerClosed {
            channel: Channel::Wire,
        } => "← 关闭".to_owned(),
        EventKind::PeerClosed { .. } => "输出结束".to_owned(),
        EventKind::PeerReset => "← 重置（RST）".to_owned(),
        EventKind::Reading(false) => "停止读取".to_owned(),
        EventKind::Reading(true) => "继续读取".to_owned(),
        EventKind::Signalled { signal: number } => format!("收到信号 {}", signal(*number)),
        EventKind::Exited(end) => status(*end),
        EventKind::Flooded { kept, .. } => format!("内容过多：只保留 {}", bytes(*kept)),
    })
}
