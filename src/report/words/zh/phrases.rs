//! Phrases in Chinese that several sentences are made of.

use crate::transcript::{Channel, Data, ExitStatus};

use crate::report::about::About;
use crate::report::visible;
use crate::report::words::{QUOTED, signal, signal_name};

pub(super) fn quote(data: &Data) -> String {
    format!("“{}”", visible::clipped(&data.0, QUOTED))
}

pub(super) fn bytes(count: usize) -> String {
    match count {
        0..=99_999 => format!("{count} 字节"),
        100_000..=999_999 => format!("{} KiB", count / 1024),
        _ => format!("{:.1} MiB", count as f64 / 1024.0 / 1024.0),
    }
}

pub(super) fn after(ms: u64) -> String {
    match ms {
        0 => "不到 1 毫秒".to_owned(),
        1..=9_999 => format!("{ms} 毫秒后"),
        _ => format!("{:.1} 秒后", ms as f64 / 1000.0),
    }
}

pub(super) fn seconds(ms: u64) -> String {
    format!("{} 秒", ms as f64 / 1000.0)
}

/// The program at the other end of a peer's connection.
pub(super) fn other<'a>(about: &About<'a>) -> &'a str {
    about.program().unwrap_or("被测程序")
}

pub(super) fn place(actor: &str, channel: Channel) -> String {
    match channel {
        Channel::Screen => format!("{actor} 的终端"),
        Channel::Stdout => format!("{actor} 的标准输出"),
        Channel::Stderr => format!("{actor} 的错误输出（stderr）"),
        Channel::Wire => format!("{actor} 的连接"),
        Channel::ToServer => format!("{actor}（发往服务器的途中）"),
        Channel::ToClient => format!("{actor}（发往客户端的途中）"),
    }
}

pub(super) fn status(status: ExitStatus) -> String {
    match status {
        ExitStatus::Code(code) => format!("以状态码 {code} 结束"),
        ExitStatus::Signal(number) => format!("因信号 {} 终止", signal(number)),
    }
}

pub(super) fn explained(end: ExitStatus) -> String {
    let meaning = match end {
        ExitStatus::Code(0) => "正常退出",
        ExitStatus::Code(126 | 127) => "命令无法执行",
        ExitStatus::Code(_) => "出错退出",
        ExitStatus::Signal(number) => match signal_name(number) {
            Some("SIGSEGV" | "SIGBUS") => "访问了不属于它的内存",
            Some("SIGABRT") => "程序自己中止：断言失败，或重复释放内存",
            Some("SIGFPE") => "除以零",
            Some("SIGPIPE") => "向对方已经关闭的连接写数据",
            Some("SIGXCPU") => "用完了允许的处理器时间",
            Some("SIGXFSZ") => "写的文件太大",
            Some("SIGKILL") => "被外部杀死，或内存不足",
            Some("SIGSYS") => "做了这里不允许的操作",
            _ => return status(end),
        },
    };
    format!("{}（{meaning}）", status(end))
}
