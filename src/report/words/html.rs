//! What stands on pages only: headings, labels, the keys, and what a drawing's lanes are called.

use crate::diagnostic::Language;
use crate::transcript::ActorKind;

/// A short text that nothing is put into.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::report) enum Caption {
    /// In front of the scenarios at the left.
    Scenarios,
    Transcript,
    /// In front of all payloads in full.
    Payloads,
    NoTranscript,
    NothingHappened,
    Keyboard,
    Screen,
    Seconds,
    Step,
    /// Where something should stand.
    Here,
    Copy,
    Help,
    Close,
    ShowAs,
    Bonus,
    HiddenFromStudents,
    AfterDue,
    Submission,
    Members,
    Roles,
    NoFile,
    Attempts,
    Seed,
    Isolation,
    Time,
    Late,
    KeyNext,
    KeyBack,
    KeyFailure,
    KeyOnlyFailures,
    KeySearch,
    KeyLanguage,
    KeyForm,
    KeyHelp,
    Unstable,
    Name,
    Points,
    Students,
    Distribution,
    Misses,
    Slowest,
    Filter,
    NotMarked,
    OnlyFailures,
    Oddities,
    NobodyHere,
    NoMisses,
    Mean,
    Median,
    FullMarks,
    Passed,
    Failed,
    Skipped,
    NotApplicable,
    Error,
    NotRun,
    Everybody,
}

/// It in this language.
pub(in crate::report) fn caption(language: Language, caption: Caption) -> &'static str {
    let (english, chinese) = match caption {
        Caption::Scenarios => ("Scenarios", "场景"),
        Caption::Transcript => ("What happened", "经过"),
        Caption::Payloads => (
            "All that was typed, printed, sent and received, in full",
            "键盘输入、程序输出、发送和收到的全部内容",
        ),
        Caption::NoTranscript => ("There is no transcript of this run.", "这次运行没有记录。"),
        Caption::NothingHappened => ("Nothing happened.", "什么也没有发生。"),
        Caption::Keyboard => ("keyboard", "键盘"),
        Caption::Screen => ("screen", "屏幕"),
        Caption::Seconds => ("s", "秒"),
        Caption::Step => ("step", "步骤"),
        Caption::Here => ("here", "这里"),
        Caption::Copy => ("Copy", "复制"),
        Caption::Help => ("Keys", "快捷键"),
        Caption::Close => ("Close", "关闭"),
        Caption::ShowAs => ("Bytes as", "编码"),
        Caption::Bonus => ("bonus", "附加分"),
        Caption::HiddenFromStudents => ("hidden from students", "对学生隐藏"),
        Caption::AfterDue => ("shown after the due date", "截止日期后公布"),
        Caption::Submission => ("Handed in", "提交的文件"),
        Caption::Members => ("Members", "成员"),
        Caption::Roles => ("Programs", "程序"),
        Caption::NoFile => ("no file", "缺少文件"),
        Caption::Attempts => ("Attempts", "提交次数"),
        Caption::Seed => ("Seed", "随机种子"),
        Caption::Isolation => ("Isolation", "隔离"),
        Caption::Late => ("Late", "迟交"),
        Caption::Time => ("Time", "用时"),
        Caption::KeyNext => ("next", "下一个"),
        Caption::KeyBack => ("back", "上一个"),
        Caption::KeyFailure => (
            "next failure (Shift: the one before)",
            "下一个未通过的场景（Shift：上一个）",
        ),
        Caption::KeyOnlyFailures => ("only failures, or everybody", "只看未通过的，或全班"),
        Caption::KeySearch => ("find a name", "查找姓名"),
        Caption::KeyLanguage => ("English or Chinese", "中文或英文"),
        Caption::KeyForm => (
            "bytes as UTF-8, GBK, Latin-1, hex",
            "字节显示为 UTF-8、GBK、Latin-1、十六进制",
        ),
        Caption::KeyHelp => ("this help", "本帮助"),
        Caption::Unstable => ("Unstable", "不稳定"),
        Caption::Name => ("Name", "姓名"),
        Caption::Points => ("Points", "得分"),
        Caption::Students => ("Everybody", "全班"),
        Caption::Distribution => ("Marks", "成绩分布"),
        Caption::Misses => ("Most frequent misses", "最常见的错误"),
        Caption::Slowest => ("Slowest", "用时最长"),
        Caption::Filter => ("Find a name", "查找姓名"),
        Caption::NotMarked => ("Without a mark", "暂无成绩"),
        Caption::OnlyFailures => ("Only failures", "只看未通过的"),
        Caption::Oddities => ("About what was handed in", "提交情况"),
        Caption::NobodyHere => ("Nobody is in this class.", "班级名单是空的。"),
        Caption::NoMisses => ("Nobody failed anything.", "所有人都通过了全部场景。"),
        Caption::Mean => ("Mean", "平均"),
        Caption::Median => ("Median", "中位数"),
        Caption::FullMarks => ("Full marks", "满分"),
        Caption::Passed => ("passed", "通过"),
        Caption::Failed => ("failed", "未通过"),
        Caption::Skipped => ("skipped", "跳过"),
        Caption::NotApplicable => ("not applicable", "不适用"),
        Caption::Error => ("not judged", "未能判定"),
        Caption::NotRun => ("not run", "没有运行"),
        Caption::Everybody => ("In all", "总人数"),
    };
    match language {
        Language::English => english,
        Language::Chinese => chinese,
    }
}

/// What an actor is, at the head of its lane.
pub(in crate::report) fn actor(language: Language, kind: &ActorKind) -> &'static str {
    let (english, chinese) = match kind {
        ActorKind::TerminalProgram => ("program in a terminal", "程序（终端）"),
        ActorKind::PipedProgram => ("program on pipes", "程序（管道）"),
        ActorKind::RunningProgram => ("running program", "程序（已在运行）"),
        ActorKind::TcpClient => ("TCP client", "TCP 客户端"),
        ActorKind::TcpServer => ("TCP server", "TCP 服务器"),
        ActorKind::TcpLink => ("accepted connection", "已接受的连接"),
        ActorKind::UdpClient => ("UDP client", "UDP 客户端"),
        ActorKind::UdpServer => ("UDP server", "UDP 服务器"),
        ActorKind::TcpProxy => ("TCP line", "TCP 线路"),
        ActorKind::UdpProxy => ("UDP line", "UDP 线路"),
        ActorKind::WebSocketClient => ("WebSocket client", "WebSocket 客户端"),
        ActorKind::WebSocketServer => ("WebSocket server", "WebSocket 服务器"),
        ActorKind::WebSocketLink => ("accepted WebSocket", "已接受的 WebSocket"),
    };
    match language {
        Language::English => english,
        Language::Chinese => chinese,
    }
}

/// A stretch of time in which nothing happened.
pub(in crate::report) fn pause(language: Language, seconds: f64) -> String {
    match language {
        Language::English => format!("{seconds:.1} s later"),
        Language::Chinese => format!("{seconds:.1} 秒后"),
    }
}

/// So many events are not drawn.
pub(in crate::report) fn left_out(language: Language, count: usize) -> String {
    match language {
        Language::English => format!("{count} events not drawn"),
        Language::Chinese => format!("未画出 {count} 个事件"),
    }
}

/// Where all of it is.
pub(in crate::report) fn whole(language: Language, file: &str) -> String {
    match language {
        Language::English => format!("The whole transcript is in {file} (viva show draws it)."),
        Language::Chinese => format!("完整记录在 {file} 中（用 viva show 查看）。"),
    }
}

/// Something is cut, and how all of it can be had where nobody knows a file.
pub(in crate::report) fn cut(language: Language) -> &'static str {
    match language {
        Language::English => "Something is cut here; the saved transcript has all of it.",
        Language::Chinese => "这里有所删节；完整内容见保存的记录。",
    }
}

/// Passed so many of so many runs.
pub(in crate::report) fn runs(language: Language, passed: u32, runs: u32) -> String {
    match language {
        Language::English => format!("unstable: passed {passed} of {runs} runs"),
        Language::Chinese => format!("不稳定：运行 {runs} 次，通过 {passed} 次"),
    }
}

/// How long it took.
pub(in crate::report) fn seconds(language: Language, seconds: f64) -> String {
    match language {
        Language::English => format!("{seconds:.1} s"),
        Language::Chinese => format!("{seconds:.1} 秒"),
    }
}

/// What near misses took away.
pub(in crate::report) fn deducted(language: Language, points: f64) -> String {
    let points = super::number(points);
    match language {
        Language::English => format!("{points} taken off for near misses"),
        Language::Chinese => format!("相差无几，扣 {points} 分"),
    }
}

/// Points of points, short; a mere dash where there are none to be had.
pub(in crate::report) fn of(points: Option<f64>, of: f64) -> String {
    if of == 0.0 && points.unwrap_or(0.0) == 0.0 {
        return "–".to_owned();
    }
    let earned = points.map_or_else(|| "–".to_owned(), super::number);
    format!("{earned} / {}", super::number(of))
}

/// Where a page comes from, at its foot.
pub(in crate::report) fn foot(language: Language, viva: &str) -> String {
    match language {
        Language::English => {
            format!("Made by Viva {viva}. This file is complete: it loads nothing.")
        }
        Language::Chinese => format!("由 Viva {viva} 生成。全部内容都在本文件中，无需联网。"),
    }
}

/// At which step, in brief.
pub(in crate::report) fn at_step(language: Language, step: usize) -> String {
    match (language, step) {
        (Language::English, 0) => "start".to_owned(),
        (Language::English, step) => format!("step {step}"),
        (Language::Chinese, 0) => "启动".to_owned(),
        (Language::Chinese, step) => format!("第 {step} 步"),
    }
}
