//! What is said of HTTP.

use crate::report::visible;
use crate::report::words::QUOTED;
use crate::transcript::{Response, ResponseFault};

use super::phrases::bytes;

fn q(text: &str) -> String {
    format!("“{}”", visible::clipped(text.as_bytes(), QUOTED))
}

/// A response as something that is expected.
pub(super) fn target(response: &Response) -> String {
    let status = match response.status {
        Some(status) => format!("状态为 {status} 的 HTTP 响应"),
        None => "HTTP 响应".to_owned(),
    };
    let mut parts: Vec<String> = response
        .headers
        .iter()
        .map(|(name, value)| format!("头部字段 {} 含有{}", q(name), q(value)))
        .collect();
    if !response.body.is_empty() {
        parts.push(format!("正文含有{}", q(&response.body)));
    }
    if response.bodiless {
        parts.push("没有正文".to_owned());
    }
    match parts.is_empty() {
        true => status,
        false => format!("{status}（{}）", parts.join("，")),
    }
}

pub(super) fn expectation(response: &Response, other: &str, who: &str, never: bool) -> String {
    let must = if never { "不得" } else { "必须" };
    format!("{other} {must}给 {who} 一个{}", target(response))
}

/// What came instead.
pub(super) fn instead(fault: &ResponseFault) -> String {
    match fault {
        ResponseFault::FirstLine { line } => format!(
            "但收到的内容开头不是 HTTP/1.1 200 OK 这样的状态行，而是{}。",
            q(line)
        ),
        ResponseFault::LineEnd => {
            "但各行只以 \\n 结束：HTTP 头部的每一行都要以 \\r\\n 结束。".to_owned()
        }
        ResponseFault::NoHeader { line } => {
            format!("但{}不是头部字段：字段由名称、冒号和值组成。", q(line))
        }
        ResponseFault::Headless => {
            "但头部没有结束：头部和正文之间要有一个空行（\\r\\n\\r\\n）。".to_owned()
        }
        ResponseFault::Status { line } => format!("但状态行是{}。", q(line)),
        ResponseFault::MissingHeader { name } => format!("但缺少头部字段 {name}。"),
        ResponseFault::Header { name, came } => format!("但头部字段 {name} 是{}。", q(came)),
        ResponseFault::Length { came } => {
            format!("但 Content-Length 应当是一个数，实际是{}。", q(came))
        }
        ResponseFault::OtherLength { said, came } => format!(
            "但正文有 {}，而 Content-Length 写的是 {said}：它按字节计，不按字符计。",
            bytes(*came)
        ),
        ResponseFault::Chunk { line } => format!(
            "但正文是分块的，而{}不是十六进制的块长度，或者块没有在该结束的地方结束。",
            q(line)
        ),
        ResponseFault::NoLastChunk => "但正文是分块的，却缺少最后一块（0 和空行）。".to_owned(),
        ResponseFault::Endless => {
            "但无法知道正文在哪里结束：没有 Content-Length，连接也一直开着。".to_owned()
        }
        ResponseFault::Body { bytes: count } => {
            format!("但正文（{}）里没有这段内容。", bytes(*count))
        }
    }
}
