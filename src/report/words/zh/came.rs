//! What came instead, and what settled it.

use crate::report::about::About;
use crate::report::visible;
use crate::report::words::{QUOTED, errno, is_printed};
use crate::transcript::{Channel, Miss, Proof};
use crate::verdict::{Actual, Expected};

use super::phrases::{after, bytes, explained, other};
use super::{condition, http, websocket};

pub(super) fn arrival(about: &About<'_>) -> String {
    let who = about.actor();
    let wire = !is_printed(about.failure.subject.channel);
    match &about.failure.actual {
        Actual::Nothing => nothing(about),
        Actual::Bytes { .. } => came(about, about.came().unwrap_or(0)),
        Actual::Closed if wire => format!("但 {} 关闭了与 {who} 的连接。", other(about)),
        Actual::Closed => format!("但 {who} 关闭了这个输出。"),
        Actual::Reset => format!(
            "但 {} 重置了与 {who} 的连接（RST）：程序崩溃了，或者还没读完数据就关闭了连接。",
            other(about)
        ),
        Actual::Exited(end) => {
            let name = about.ended().unwrap_or("被测程序");
            let before = if about.wants_end() {
                ""
            } else {
                "在此之前就"
            };
            format!("但 {name} {before}{}。", explained(*end))
        }
        Actual::StillOpen => match &about.failure.expected {
            Expected::Closed { .. } if wire => "但连接仍然开着。".to_owned(),
            Expected::InTime { .. } => "但实际用时更长。".to_owned(),
            _ if about.failure.miss == Miss::Flooded => format!("但 {who} 不停地输出。"),
            _ => format!("但 {who} 还在运行。"),
        },
        Actual::Refused(number) => {
            let why = match *number {
                libc::ECONNREFUSED => "被拒绝：那里没有程序在监听",
                libc::ETIMEDOUT => "没有回应：等待队列已满，或者程序一直没有调用 accept()",
                libc::ECONNRESET => "刚建立就被重置",
                libc::ENETUNREACH | libc::EHOSTUNREACH => "不可能建立：到不了那个地址",
                _ => "没有建立",
            };
            format!("但连接{why}（{}）。", errno(*number))
        }
        Actual::NoFile if matches!(about.failure.expected, Expected::ProgramFile { .. }) => {
            "但其中没有这样的文件。".to_owned()
        }
        Actual::NoFile => format!("但 {} 的运行目录里没有这个文件。", other(about)),
        Actual::Taken(count) => format!("但只有 {}被读走。", bytes(*count)),
        Actual::Build(_) => "但编译没有通过。".to_owned(),
        Actual::BuiltTooMuch { mainly } => format!(
            "但编译留下的文件太多或太大，无法为每次运行复制，主要是 {}。",
            visible::clipped(mainly.as_bytes(), QUOTED)
        ),
        Actual::NotExecutable(number) => {
            let why = match *number {
                libc::ENOENT => "找不到这个程序，或找不到它第一行写的解释器",
                libc::EACCES | libc::EPERM => "文件没有执行权限（chmod +x）",
                libc::ENOEXEC => "文件不是可执行程序（第一行是不是少了 #!…？）",
                _ => "系统拒绝执行",
            };
            format!("但它无法启动：{why}（{}）。", errno(*number))
        }
        Actual::Response(fault) => http::instead(fault),
        Actual::Handshake(fault) => websocket::handshake(fault),
        Actual::Violation(violation) => websocket::violation(violation, other(about)),
        Actual::Sockets(_)
        | Actual::ListensAt(_)
        | Actual::BoundTo(_)
        | Actual::Unread(_)
        | Actual::Datagrams(_)
        | Actual::Has(_)
        | Actual::Used { .. } => condition::instead(about).unwrap_or_default(),
    }
}

fn nothing(about: &About<'_>) -> String {
    let who = about.actor();
    let heard = about.heard();
    let (no, none) = if heard {
        ("没有再", "没有更多内容")
    } else {
        ("没有", "什么也没有")
    };
    match &about.failure.expected {
        Expected::Listening => format!("但 {who} 没有监听任何端口。"),
        Expected::Bound => format!("但 {who} 没有绑定 UDP 端口。"),
        Expected::Connected => format!("但 {who} 没有连接任何地址。"),
        Expected::Accept => "但没有程序来连接。".to_owned(),
        Expected::Prompt(_) => format!("但 {who} {no}提示输入。"),
        Expected::Connection { .. } => "但连接没有建立起来。".to_owned(),
        Expected::Taken { .. } => "但一个字节也没有被读走。".to_owned(),
        _ if about.is_unserved() => format!(
            "但 {who} 连上之后没有得到服务：{} 没有接受这个连接，或者没有从中读取数据。",
            other(about)
        ),
        Expected::ProgramFile { .. } => "但其中没有这样的文件。".to_owned(),
        _ => {
            let nothing = match about.failure.subject.channel {
                Channel::Screen => format!("但 {who} 的终端{no}显示任何内容。"),
                Channel::Stdout => format!("但 {who} {no}输出任何内容。"),
                Channel::Stderr => format!("但错误输出中{none}。"),
                Channel::Wire => format!("但 {who} {no}收到任何内容。"),
                Channel::ToServer => format!("但 {who} {no}收到任何发往服务器的内容。"),
                Channel::ToClient => format!("但 {who} {no}收到任何发往客户端的内容。"),
            };
            match about.failure.miss {
                Miss::Crashed => format!("{nothing}{}", crash(about)),
                _ => nothing,
            }
        }
    }
}

/// That a program crashed, as a whole or in part.
fn crash(about: &About<'_>) -> String {
    let name = about.ended().unwrap_or("程序");
    if about.has_ended() {
        format!("{name} 已经崩溃。")
    } else {
        format!("{name} 的一部分崩溃了，它最后的输出见下文。")
    }
}

fn came(about: &About<'_>, total: usize) -> String {
    let subject = &about.failure.subject;
    let who = &subject.actor;
    let n = bytes(total);
    let (place, verb) = match subject.channel {
        Channel::Screen => (format!("{who} 的终端"), "显示了"),
        Channel::Stdout | Channel::Stderr => (format!("{who} "), "输出了"),
        Channel::Wire | Channel::ToServer | Channel::ToClient => (format!("{who} "), "收到了"),
    };
    if let Expected::File { name, .. } = &about.failure.expected {
        let name = visible::clipped(name.as_bytes(), QUOTED);
        return format!("但 {name} 的内容不对（{n}）。");
    }
    if about.counts_bytes() {
        return format!("但 {place}{verb} {n}。");
    }
    if about.wants_absence() {
        return match about.failure.miss {
            Miss::Duplicate => format!("但它又来了一次（{n}）。"),
            _ if total == 0 => format!("但 {place}{verb}一条空消息。"),
            _ => format!("但 {place}{verb}它（{n}）。"),
        };
    }
    if let (Miss::Never | Miss::Unexpected, Some(count)) =
        (about.failure.miss, about.only_beginning())
    {
        return format!("但 {place}只{verb}开头的 {}。", bytes(count));
    }
    match about.failure.miss {
        Miss::Never => format!("但 {place}{verb} {n}，其中没有它。"),
        Miss::Late => "它到了，但已经超过时限。".to_owned(),
        Miss::WrongPeer if about.own_message() => {
            format!("但 {place}{verb} {who} 自己发出的消息（{n}）。")
        }
        Miss::WrongPeer => format!("但 {place}{verb}本该发给别人的内容（{n}）。"),
        Miss::WrongOrder => format!("但 {place}先{verb}本该晚些到的内容（{n}）。"),
        Miss::Duplicate => match about.repeated() {
            Some(word) => {
                let word = visible::clipped(word.as_bytes(), QUOTED);
                format!("但 {place}又一次{verb}“{word}”。")
            }
            None => format!("但 {place}{verb}不止一次。"),
        },
        Miss::Unexpected => format!("但 {place}{verb}别的内容（{n}）。"),
        Miss::Merged => {
            format!("但 {place}{verb}粘在一起的两条消息（{n}）：第一条的结尾没有标出来。")
        }
        Miss::Split => {
            format!("但 {place}{verb}被拆成几段的一条消息，每一段看上去都像一条完整的消息。")
        }
        Miss::NoNewline => "内容到了，但行尾的换行符没有到。".to_owned(),
        Miss::WrongEncoding => format!("但 {place}{verb}用另一种编码的文字（{n}）。"),
        Miss::Unflushed => format!("但 {place}只{verb} {n}，其余的大概还留在缓冲区里。"),
        Miss::Flooded => format!("但 {place}{verb} {n}，而且还在不停地来。"),
        Miss::Refused => format!("但 {who} 没有得到服务，只来了 {n}。"),
        Miss::Closed if subject.channel == Channel::Wire => format!(
            "但 {} 关闭了与 {who} 的连接，在此之前只来了 {n}。",
            other(about)
        ),
        Miss::Closed => format!("但 {place}只{verb} {n}就结束了。"),
        Miss::Crashed => format!("但 {place}只{verb} {n}。{}", crash(about)),
        Miss::NotStarted => format!("但 {who} 没有走到这一步，只来了 {n}。"),
        Miss::NotEnded => format!("但还没有结束：{place}{verb} {n}。"),
        Miss::Leaked => format!("但它占着不该再占的资源，{place}{verb} {n}。"),
        Miss::Busy => format!("但它一直在忙，{place}{verb} {n}。"),
    }
}

pub(super) fn miss(miss: Miss) -> &'static str {
    match miss {
        Miss::Never => "没有出现",
        Miss::Late => "超时才到",
        Miss::WrongPeer => "发错了对象",
        Miss::WrongOrder => "顺序不对",
        Miss::Duplicate => "重复",
        Miss::Unexpected => "内容不符",
        Miss::Merged => "消息粘连",
        Miss::Split => "消息被拆开",
        Miss::NoNewline => "缺少换行",
        Miss::WrongEncoding => "编码不对",
        Miss::Unflushed => "没有刷新缓冲区",
        Miss::Flooded => "内容过多",
        Miss::Refused => "没有得到服务",
        Miss::Closed => "连接被关闭",
        Miss::Crashed => "程序崩溃",
        Miss::NotStarted => "没有启动成功",
        Miss::NotEnded => "没有结束",
        Miss::Leaked => "没有释放",
        Miss::Busy => "空转",
    }
}

fn proof(proof: Proof, after_ms: u64) -> String {
    let when = after(after_ms);
    match proof {
        Proof::Matched => format!("{when}就看到了"),
        Proof::Quiescent => format!("{when}即可断定，因为所有程序都在等待，也没有数据在途中"),
        Proof::Fenced => format!("{when}即可断定，因为更晚发出的消息已经到了"),
        Proof::Closed => format!("{when}即可断定，因为连接已经结束"),
        Proof::Exited => format!("{when}即可断定，因为程序已经结束"),
        Proof::Spinning => format!("{when}判定，因为程序在空转，既不读也不写"),
        Proof::Flooded => format!("{when}判定，因为内容没完没了"),
        Proof::Deadline => format!("{when}到了时限"),
    }
}

pub(super) fn settled(kind: Miss, proof: Proof, after_ms: u64) -> String {
    format!("[{}：{}]", miss(kind), self::proof(proof, after_ms))
}

pub(super) fn missing(about: &About<'_>) -> Option<&'static str> {
    match &about.failure.actual {
        Actual::Nothing if about.wants_content() => Some("什么也没来"),
        Actual::StillOpen if is_printed(about.failure.subject.channel) => Some("还在运行"),
        Actual::StillOpen => Some("还开着"),
        _ => None,
    }
}
