//! What is said of WebSocket.

use crate::report::visible;
use crate::report::words::QUOTED;
use crate::transcript::{Data, MessageKind, close_code};
use crate::wire::{AcceptMistake, HandshakeFault, Violation};

use super::phrases::{bytes, quote};

fn kind(kind: MessageKind) -> &'static str {
    match kind {
        MessageKind::Text => "文本消息",
        MessageKind::Binary => "二进制消息",
        MessageKind::Ping => "ping",
        MessageKind::Pong => "pong",
        MessageKind::Close => "关闭帧",
    }
}

fn hexadecimal(data: &Data) -> String {
    const SHOWN: usize = 16;
    let digits: Vec<String> = data.0.iter().map(|byte| format!("{byte:02x}")).collect();
    match digits.get(..SHOWN) {
        Some(first) if digits.len() > SHOWN => {
            format!("{} …（共 {}）", first.join(" "), bytes(digits.len()))
        }
        _ => digits.join(" "),
    }
}

/// A message that is no text, in a drawing.
pub(super) fn message(of: MessageKind, data: &Data) -> String {
    match of {
        MessageKind::Binary => format!("二进制 {}", hexadecimal(data)),
        MessageKind::Close => match close_code(&data.0) {
            Some(code) => format!("关闭帧 {code}"),
            None => "关闭帧".to_owned(),
        },
        _ if data.0.is_empty() => kind(of).to_owned(),
        _ => format!("{} {}", kind(of), quote(data)),
    }
}

/// The same as something that is expected.
pub(super) fn wanted(of: MessageKind, data: &Data) -> String {
    match of {
        MessageKind::Binary => format!("内容为 {} 的二进制消息", hexadecimal(data)),
        MessageKind::Close => match close_code(&data.0) {
            Some(code) => format!("代码为 {code} 的关闭帧"),
            None => "关闭帧".to_owned(),
        },
        _ if data.0.is_empty() => kind(of).to_owned(),
        _ => format!("内容为{}的{}", quote(data), kind(of)),
    }
}

pub(super) fn other_kind(expected: MessageKind, came: MessageKind) -> String {
    format!("内容到了，但它是{}，应当是{}。", kind(came), kind(expected))
}

pub(super) fn closed_with(code: Option<u16>, reason: &Data, other: &str) -> String {
    let code = match code {
        None => "没有代码".to_owned(),
        Some(code) => {
            let meaning = match code {
                1000 => "（正常结束）",
                1001 => "（要离开）",
                1002 => "（它认为 Viva 违反了协议）",
                1003 => "（它不接受这种消息）",
                1007 => "（它认为收到的不是 UTF-8）",
                1008 => "（违反它的规定）",
                1009 => "（消息太长）",
                1011 => "（程序出错）",
                _ => "",
            };
            format!("代码 {code}{meaning}")
        }
    };
    let reason = match reason.0.is_empty() {
        true => String::new(),
        false => format!("，原因：{}", quote(reason)),
    };
    format!("{other} 发来了关闭帧，{code}{reason}。")
}

pub(super) fn handshake(fault: &HandshakeFault) -> String {
    let q = |text: &str| format!("“{}”", visible::clipped(text.as_bytes(), 2 * QUOTED));
    match fault {
        HandshakeFault::Unfinished => {
            "但 HTTP 头部没有结束：最后一个字段之后要有一个空行（\\r\\n\\r\\n）。".to_owned()
        }
        HandshakeFault::FirstLine { line } => format!("但收到的内容开头不是 HTTP：{}。", q(line)),
        HandshakeFault::Status { line } => format!(
            "但状态应当是 101（Switching Protocols），实际是{}。",
            q(line)
        ),
        HandshakeFault::Request { line } => {
            format!("但请求行应当是 GET、路径和 HTTP/1.1，实际是{}。", q(line))
        }
        HandshakeFault::NoHeader { line } => {
            format!("但{}不是头部字段：字段由名称、冒号和值组成。", q(line))
        }
        HandshakeFault::Header {
            name,
            expected,
            came: None,
        } => format!("但缺少头部字段 {name}，它应当是{}。", q(expected)),
        HandshakeFault::Header {
            name,
            expected,
            came: Some(came),
        } => format!(
            "但头部字段 {name} 应当是{}，实际是{}。",
            q(expected),
            q(came)
        ),
        HandshakeFault::Key { came: None } => {
            "但缺少头部字段 Sec-WebSocket-Key：16 个随机字节的 base64。".to_owned()
        }
        HandshakeFault::Key { came: Some(came) } => format!(
            "但头部字段 Sec-WebSocket-Key 应当是 16 个随机字节的 base64，实际是{}。",
            q(came)
        ),
        HandshakeFault::Accept {
            expected,
            came,
            mistake,
        } => {
            let why = match mistake {
                None => "应当在 key 后面接上固定文本 258EAFA5-…，取 SHA-1，再做 base64",
                Some(AcceptMistake::Key) => "这就是 key 本身，它要先做散列",
                Some(AcceptMistake::Hexadecimal) => {
                    "散列是对的，但写成了十六进制：要对 digest() 做 base64"
                }
                Some(AcceptMistake::EncodedHexadecimal) => {
                    "这是对十六进制数字做的 base64：要用 digest()，不是 hexdigest()"
                }
                Some(AcceptMistake::WithoutText) => {
                    "只对 key 做了散列：要先在后面接上固定文本 258EAFA5-…"
                }
                Some(AcceptMistake::DecodedKey) => "先解码了 key：应当直接用头部里的文本做散列",
            };
            format!(
                "但头部字段 Sec-WebSocket-Accept 应当是{}，实际是{}：{why}。",
                q(expected),
                q(came)
            )
        }
        HandshakeFault::Unasked { name, came } => {
            format!("但头部字段 {name} 是{}，而没有人请求过它。", q(came))
        }
    }
}

pub(super) fn violation(violation: &Violation, other: &str) -> String {
    let (what, section) = match violation {
        Violation::Masked => ("帧加了掩码，而只有客户端才加掩码".to_owned(), "5.1"),
        Violation::Unmasked => ("帧没有掩码，而客户端的每个帧都必须加掩码".to_owned(), "5.1"),
        Violation::ReservedBits { first } => (
            format!(
                "帧的第一个字节是 {first:02x}，其中有必须为 0 的位：这不是帧，或者用了没有商定的扩展"
            ),
            "5.2",
        ),
        Violation::UnknownOpcode { opcode } => (format!("没有操作码 {opcode}"), "5.2"),
        Violation::FragmentedControl => ("关闭帧、ping 和 pong 不能分片".to_owned(), "5.5"),
        Violation::LongControl { length } => (
            format!("关闭帧、ping 和 pong 最多 125 字节，这个有 {length}"),
            "5.5",
        ),
        Violation::WideLength {
            length,
            bytes: width,
        } => (
            format!("长度 {length} 另外用了 {width} 个字节来写，而更少就够了"),
            "5.2",
        ),
        Violation::TooLong { length } => (
            format!("帧声称有 {length} 字节，远多于实验所发送的：这些字节多半不是长度"),
            "5.2",
        ),
        Violation::NothingToContinue => {
            ("后续分片（操作码 0）前面没有开始的消息".to_owned(), "5.4")
        }
        Violation::Interrupted => (
            "上一条消息还缺最后一个分片，新消息就开始了".to_owned(),
            "5.4",
        ),
        Violation::NotUtf8 { valid } => {
            (format!("文本从第 {} 个字节起不是 UTF-8", valid + 1), "8.1")
        }
        Violation::HalfCode => (
            "关闭帧要么为空，要么以两个字节的代码开头".to_owned(),
            "5.5.1",
        ),
        Violation::CloseCode { code } => (format!("关闭帧不能用代码 {code}"), "7.4"),
        Violation::AfterClose => ("关闭帧之后又来了消息".to_owned(), "5.5.1"),
    };
    format!("但 {other} 发送的内容违反了 WebSocket 的规则：{what}（RFC 6455，{section}）。")
}
