//! 分数与反馈。

use crate::grading::{Late, NoMark, Reason};
use crate::report::class::Telling;
use crate::report::words::class::{ClassWords, SheetWords, TableWords};
use crate::transcript::Miss;

use super::advice;

pub(in crate::report::words) const WORDS: ClassWords = ClassWords {
    mark: |points, of| format!("得分：{points}/{of}。"),
    mark_line,
    visible_part: |earned, of, later| match earned {
        Some(earned) => format!("可见部分：{earned}/{of}；另有 {later} 分稍后检查。"),
        None => format!("可见部分：无法判定；另有 {later} 分稍后检查。"),
    },
    no_mark: |why, scenarios| match why {
        NoMark::Trouble(_) if scenarios.is_empty() => {
            "暂无分数：Viva 或机器出了问题，与程序无关。".to_owned()
        }
        NoMark::Trouble(_) => format!(
            "暂无分数：{} 无法判定。Viva 或机器出了问题，与程序无关。",
            scenarios.join("、")
        ),
        NoMark::Unusable => "暂无分数：提交的内容需要人工查看。".to_owned(),
        NoMark::Unfinished => "暂无分数：运行在全部判定之前被中断。".to_owned(),
    },
    nothing: "没有提交。",
    unusable: |why| format!("提交的内容无法读取或运行：{why}。"),
    skipped: |need| match need {
        Some(need) => format!("未运行：需要先通过 {need}。"),
        None => "未运行：需要先通过另一个场景。".to_owned(),
    },
    trouble: "无法判定：Viva 或机器出了问题，与程序无关。",
    unstable: |passed, runs| format!("不稳定：{runs} 次运行中通过 {passed} 次。"),
    deducted: |points| format!("因相差无几扣去 {points} 分。"),
    telling,
    no_points: "这个实验不计分。",
    cut: "（已截断：全文超出这里能容纳的长度）",
    passed_of: |passed, of| format!("{of} 个场景中通过 {passed} 个"),
    table: TableWords {
        who: "学生",
        mark: "得分",
        what: "未通过",
        all_passed: "-",
        no_mark: "无",
        late: |seconds| match seconds {
            Some(seconds) => format!("迟交 {}", time(seconds)),
            None => "迟交".to_owned(),
        },
        counted: |submissions, marks| format!("共 {submissions} 份，其中 {marks} 份有分数"),
        middle: |mean, median, of| format!("平均 {mean}，中位数 {median}，满分 {of}"),
        distribution: "分布",
        misses: "最常见的问题",
        of: |count, of| format!("{count}/{of}"),
        unstable: "不稳定",
        open: "暂无分数",
        interrupted: "运行被中断，缺少部分结果。再次执行同一命令即可继续。",
        more: |count| format!("…… 另有 {count} 项"),
    },
    sheet: SheetWords {
        title: "反馈",
        scenarios: "场景",
        bonus: "附加分",
        foot: |viva, seed| format!("Viva {viva}，随机种子 {seed}"),
    },
};

fn time(seconds: u64) -> String {
    let (days, hours, minutes) = (seconds / 86_400, seconds / 3600 % 24, seconds / 60 % 60);
    match (days, hours, minutes) {
        (0, 0, minutes) => format!("{minutes} 分钟"),
        (0, hours, minutes) => format!("{hours} 小时 {minutes} 分钟"),
        (days, hours, _) => format!("{days} 天 {hours} 小时"),
    }
}

fn mark_line(reason: &Reason, points: &str) -> String {
    match reason {
        Reason::Core { of } => format!("基本要求：{points}/{of}"),
        Reason::Robustness { of } => format!("健壮性：{points}/{of}"),
        Reason::Bonus { of } => format!("附加分：{points}/{of}"),
        Reason::Cap { most } => format!("不超过 {most}：{points}"),
        Reason::Scaled { to } => format!("折算为满分 {to}：{points}"),
        Reason::Late { late, percent } => match late {
            Late::By(seconds) => format!("迟交 {}，保留 {percent}%：{points}", time(*seconds)),
            Late::Yes | Late::No => format!("迟交，保留 {percent}%：{points}"),
        },
        Reason::Rounded { to, how } => match how.as_str() {
            "down" => format!("向下取整到 {to} 的倍数：{points}"),
            "up" => format!("向上取整到 {to} 的倍数：{points}"),
            _ => format!("取最接近的 {to} 的倍数：{points}"),
        },
        Reason::Nothing => format!("没有提交：{points}"),
    }
}

fn telling(telling: &Telling) -> String {
    match telling {
        Telling::NoProgram(role) => format!("没有角色 {role} 的程序"),
        Telling::Build => "程序无法编译".to_owned(),
        Telling::OwnMessage => "发送者收到自己的消息".to_owned(),
        Telling::CameBefore => "已经给过的回答又来一次".to_owned(),
        Telling::CameAlong => "每次回复都带上以前的内容：缓冲区没有清空".to_owned(),
        Telling::TalksToItself => "程序发往自己的地址".to_owned(),
        Telling::UnknownPrompt => "程序停在没有人回答的提示上".to_owned(),
        Telling::ReadsLines => "程序在等行尾，而对方没有发送行尾".to_owned(),
        Telling::ElsewhereAddress => "程序使用的地址不是要求的那个".to_owned(),
        Telling::LastWords(remedy) => advice::remedy(*remedy).to_owned(),
        Telling::Miss(miss) => match miss {
            Miss::Never => "期望的内容始终没有来",
            Miss::Late => "期望的内容来得太晚",
            Miss::WrongPeer => "消息到了不该收到的一方",
            Miss::WrongOrder => "顺序不对",
            Miss::Duplicate => "同样的内容来了多次",
            Miss::Unexpected => "来的不是期望的内容",
            Miss::Merged => "两条消息并成一条",
            Miss::Split => "一条消息分成几条",
            Miss::NoNewline => "缺少行尾",
            Miss::WrongEncoding => "字符编码不对",
            Miss::Unflushed => "输出留在程序的缓冲区里",
            Miss::Flooded => "程序不停地输出",
            Miss::Refused => "连接没有得到服务",
            Miss::Closed => "连接过早关闭",
            Miss::Crashed => "程序崩溃",
            Miss::NotStarted => "程序没有进入就绪状态",
            Miss::NotEnded => "程序或连接没有结束",
            Miss::Leaked => "程序没有归还该归还的资源",
            Miss::Busy => "程序在该等待时占用处理器",
        }
        .to_owned(),
    }
}
