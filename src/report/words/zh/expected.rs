//! What was expected of whom.

use crate::report::about::About;
use crate::report::visible;
use crate::report::words::{NAMED, QUOTED, is_content, is_printed, signal};
use crate::transcript::Channel;
use crate::verdict::Expected;

use super::phrases::{bytes, other, place, quote, seconds, status};
use super::{condition, http, websocket};

/// `bob 应当收到…`, `server 的终端不应显示…`.
pub(super) fn gets(about: &About<'_>, never: bool, object: &str) -> String {
    let subject = &about.failure.subject;
    let who = &subject.actor;
    let must = if never { "不应" } else { "应当" };
    match subject.channel {
        Channel::Screen => format!("{who} 的终端{must}显示{object}"),
        Channel::Stdout => format!("{who} {must}输出{object}"),
        Channel::Stderr => format!("{who} {must}在错误输出中输出{object}"),
        Channel::Wire => format!("{who} {must}收到{object}"),
        Channel::ToServer => format!("发往服务器、经过 {who} 的数据中{must}出现{object}"),
        Channel::ToClient => format!("发往客户端、经过 {who} 的数据中{must}出现{object}"),
    }
}

pub(super) fn expectation(about: &About<'_>, expected: &Expected, never: bool) -> String {
    let who = about.actor();
    let must = if never { "不应" } else { "应当" };
    match expected {
        Expected::Exactly(data) if !never => {
            format!("{}，前面不能有别的内容", gets(about, false, &quote(data)))
        }
        content if is_content(content) => gets(about, never, &object(content)),
        Expected::AnyOf(all) | Expected::AllOf(all) => {
            let any = matches!(expected, Expected::AnyOf(_));
            let clauses: Vec<String> = all
                .iter()
                .take(NAMED)
                .map(|one| expectation(about, one, never))
                .collect();
            clauses.join(if any { "，或者 " } else { "，并且 " })
        }
        Expected::Text(_)
        | Expected::Exactly(_)
        | Expected::Regex(_)
        | Expected::Message { .. }
        | Expected::AtLeast { .. } => gets(about, never, &object(expected)),
        Expected::Not(inner) => {
            let said = expectation(about, inner, !never);
            if about.own_message() && is_content(inner) {
                format!("{said}（这是 {who} 自己发的）")
            } else {
                said
            }
        }
        Expected::Silence => match about.failure.subject.channel {
            Channel::Screen => format!("{who} 的终端不应显示任何内容"),
            Channel::Stdout | Channel::Stderr => format!("{who} 不应输出任何内容"),
            Channel::Wire => format!("{who} 不应收到任何内容"),
            Channel::ToServer => format!("{who} 不应收到任何发往服务器的内容"),
            Channel::ToClient => format!("{who} 不应收到任何发往客户端的内容"),
        },
        Expected::Closed { reset } => {
            if is_printed(about.failure.subject.channel) {
                return format!("{}{must}结束", place(who, about.failure.subject.channel));
            }
            let verb = if *reset { "重置" } else { "关闭" };
            match about.failure.subject.channel {
                Channel::ToServer => return format!("客户端{must}{verb}经过 {who} 的连接"),
                Channel::ToClient => return format!("服务器{must}{verb}经过 {who} 的连接"),
                _ => {}
            }
            format!("{} {must}{verb}与 {who} 的连接", other(about))
        }
        Expected::Exit(None) => format!("{who} {must}结束运行"),
        Expected::Exit(Some(end)) => format!("{who} {must}{}", status(*end)),
        Expected::File {
            name,
            content,
            whole,
        } => {
            let name = visible::clipped(name.as_bytes(), QUOTED);
            let verb = if *whole {
                "内容恰好是"
            } else {
                "其中含有"
            };
            format!("{who} {must}写出文件 {name}，{verb}{}", quote(content))
        }
        Expected::Listening => format!("{who} {must}启动并开始监听"),
        Expected::Bound => format!("{who} {must}启动并绑定 UDP 端口"),
        Expected::Connected => format!("{who} {must}启动并建立连接"),
        Expected::Prompt(inner) => format!("{who} {must}启动并提示输入{}", object(inner)),
        Expected::ProgramFile { role, find } => {
            let names: Vec<String> = find
                .iter()
                .take(NAMED)
                .map(|name| visible::clipped(name.as_bytes(), QUOTED))
                .collect();
            format!("提交的文件中{must}有 {role} 的程序：{}", names.join(" 或 "))
        }
        Expected::Build => format!("{who} {must}通过编译"),
        Expected::Connection { to } => {
            format!("{who} {must}能连上 {}（{to}）", other(about))
        }
        Expected::Accept => match about.address(who) {
            Some(address) => format!("{} {must}连接到 {who}（{address}）", other(about)),
            None => format!("{} {must}连接到 {who}", other(about)),
        },
        Expected::Handshake { asks: true } => {
            format!("{} {must}向 {who} 请求建立 WebSocket", other(about))
        }
        Expected::Handshake { asks: false } => {
            format!("{} {must}应答 {who} 的 WebSocket 请求", other(about))
        }
        Expected::Response(response) => http::expectation(response, other(about), who, never),
        Expected::Frames => format!("{} {must}发送 WebSocket 帧", other(about)),
        Expected::Taken { bytes: count } => {
            if about.failure.subject.program {
                format!("{who} {must}读取键盘输入的 {}", bytes(*count))
            } else {
                format!("{} {must}读取 {who} 发送的 {}", other(about), bytes(*count))
            }
        }
        Expected::Stopped => format!("{who} {must}在被终止时结束"),
        Expected::Signalled(number) => {
            format!("{who} {must}仍在运行，以便接收 {}", signal(*number))
        }
        Expected::InTime { limit_ms } => format!(
            "所有步骤合计，程序自身用时{must}不超过 {}",
            seconds(*limit_ms)
        ),
        Expected::Sockets { .. }
        | Expected::ListensAt { .. }
        | Expected::BoundTo { .. }
        | Expected::AllRead { .. }
        | Expected::Datagrams { .. }
        | Expected::NoMore { .. }
        | Expected::Idle => {
            let duty = condition::duty(expected).unwrap_or_default();
            format!("{who} {must}{duty}")
        }
    }
}

pub(super) fn target(expected: &Expected) -> String {
    match expected {
        content if is_content(content) => object(content),
        Expected::Text(_)
        | Expected::Exactly(_)
        | Expected::Regex(_)
        | Expected::Message { .. }
        | Expected::AtLeast { .. }
        | Expected::AnyOf(_)
        | Expected::AllOf(_) => "几种情况之一".to_owned(),
        Expected::Not(inner) => format!("没有{}", target(inner)),
        Expected::Silence => "没有任何内容".to_owned(),
        Expected::Closed { reset: false } => "连接关闭".to_owned(),
        Expected::Closed { reset: true } => "连接被重置".to_owned(),
        Expected::Exit(None) => "程序结束".to_owned(),
        Expected::Exit(Some(end)) => format!("程序{}", status(*end)),
        Expected::File { content, .. } => quote(content),
        Expected::Listening => "监听的套接字".to_owned(),
        Expected::Bound => "绑定的套接字".to_owned(),
        Expected::Connected | Expected::Connection { .. } | Expected::Accept => "连接".to_owned(),
        Expected::Prompt(inner) => object(inner),
        Expected::ProgramFile { .. } => "程序文件".to_owned(),
        Expected::Build => "能通过编译的程序".to_owned(),
        Expected::Handshake { .. } => "WebSocket 握手".to_owned(),
        Expected::Response(response) => http::target(response),
        Expected::Frames => "WebSocket 帧".to_owned(),
        Expected::Taken { bytes: count } => bytes(*count),
        Expected::Stopped => "程序结束".to_owned(),
        Expected::Signalled(_) => "正在运行的程序".to_owned(),
        Expected::InTime { .. } => "场景结束".to_owned(),
        Expected::Sockets { .. }
        | Expected::ListensAt { .. }
        | Expected::BoundTo { .. }
        | Expected::AllRead { .. }
        | Expected::Datagrams { .. }
        | Expected::NoMore { .. }
        | Expected::Idle => condition::state(expected).unwrap_or_default(),
    }
}

fn object(expected: &Expected) -> String {
    let all = |all: &[Expected]| {
        let items: Vec<String> = all.iter().take(NAMED).map(object).collect();
        let more = if all.len() > NAMED {
            format!("等 {} 项", all.len())
        } else {
            String::new()
        };
        format!("{}{more}", items.join("、"))
    };
    match expected {
        Expected::Text(data) => quote(data),
        Expected::Exactly(data) => format!("恰好是{}的内容", quote(data)),
        Expected::Message { kind, data } => websocket::wanted(*kind, data),
        Expected::Regex(expression) => format!("与 {} 匹配的内容", regex(expression)),
        Expected::AtLeast { bytes: count } => format!("至少 {}", bytes(*count)),
        Expected::AnyOf(items) => format!("{}之一", all(items)),
        Expected::AllOf(items) => format!("{}（顺序不限）", all(items)),
        other => target(other),
    }
}

fn regex(expression: &str) -> String {
    format!("/{}/", visible::clipped(expression.as_bytes(), QUOTED))
}
