//! What keeps a class from being graded, in words, and how far it is.

use crate::diagnostic::Language;
use crate::grading::{LateError, Mark, NoMark};
use crate::report::grading::GradingProblem;
use crate::report::problem::similar;

pub(in crate::report) fn english_grading(problem: &GradingProblem) -> String {
    match problem {
        GradingProblem::NotAResultFolder { path } => format!(
            "{path}: there is something in this folder that is not of a class being graded: choose another with --output, or an empty one"
        ),
        GradingProblem::OtherRun { path, lab, shard } => format!(
            "{path}: this folder holds the results of another run (lab {lab}{}): choose another with --output",
            shard
                .as_ref()
                .map(|shard| format!(", shard {shard}"))
                .unwrap_or_default()
        ),
        GradingProblem::InUse { path } => {
            format!(
                "{path}: another viva is at work in this folder: wait for it, or choose another with --output"
            )
        }
        GradingProblem::UnknownStudent { key, known } => match similar(key, known) {
            Some(like) => {
                format!("nobody in this class has the key `{key}`; did you mean `{like}`?")
            }
            None => {
                format!("nobody in this class has the key `{key}`; --list tells the keys of all")
            }
        },
        GradingProblem::WhoseTranscript { path } => format!(
            "{path}: this is the result of a class: say whose, and which scenario if not all: viva show {path} KEY SCENARIO"
        ),
        GradingProblem::NothingRun { key } => {
            format!("{key}: nothing was run, so that there is nothing to be shown")
        }
        GradingProblem::Late(LateError::NoColumn(column, columns)) => {
            match similar(column, columns) {
                Some(like) => {
                    format!("the roster has no column `{column}` (--late); did you mean `{like}`?")
                }
                None => format!(
                    "the roster has no column `{column}` (--late); it has: {}",
                    columns.join(", ")
                ),
            }
        }
        GradingProblem::Late(LateError::BadTime { key, found }) => format!(
            "the roster says of {key} that it is `{found}` late: write days, or a number with `m`, `h` or `d` behind it, such as 90m, 2h, 1.5d"
        ),
    }
}

pub(in crate::report) fn chinese_grading(problem: &GradingProblem) -> String {
    match problem {
        GradingProblem::NotAResultFolder { path } => {
            format!(
                "{path}：这个目录里有别的东西，不是批改结果：请用 --output 另选一个，或用空目录"
            )
        }
        GradingProblem::OtherRun { path, lab, shard } => format!(
            "{path}：这个目录里是另一次批改的结果（实验 {lab}{}）：请用 --output 另选一个",
            shard
                .as_ref()
                .map(|shard| format!("，分片 {shard}"))
                .unwrap_or_default()
        ),
        GradingProblem::InUse { path } => {
            format!("{path}：另一个 viva 正在这个目录里工作：请等它结束，或用 --output 另选一个")
        }
        GradingProblem::UnknownStudent { key, known } => match similar(key, known) {
            Some(like) => format!("班里没有人的编号是 `{key}`；是不是想写 `{like}`？"),
            None => format!("班里没有人的编号是 `{key}`；用 --list 查看所有人的编号"),
        },
        GradingProblem::WhoseTranscript { path } => format!(
            "{path}：这是全班的批改结果：请指明学生，需要时再指明场景：viva show {path} 编号 场景"
        ),
        GradingProblem::NothingRun { key } => format!("{key}：没有运行过，没有可显示的"),
        GradingProblem::Late(LateError::NoColumn(column, columns)) => {
            match similar(column, columns) {
                Some(like) => {
                    format!("名单里没有 `{column}` 这一列（--late）；是不是想写 `{like}`？")
                }
                None => format!(
                    "名单里没有 `{column}` 这一列（--late）；现有：{}",
                    columns.join("、")
                ),
            }
        }
        GradingProblem::Late(LateError::BadTime { key, found }) => format!(
            "名单说 {key} 迟交 `{found}`：请写天数，或数字后加 `m`（分）、`h`（时）、`d`（天），如 90m、2h、1.5d"
        ),
    }
}

/// Points with two decimals at most, and none that say nothing.
pub(in crate::report) fn points(points: f64) -> String {
    let text = format!("{points:.2}");
    let text = text.trim_end_matches('0').trim_end_matches('.');
    match text {
        "-0" => "0".to_owned(),
        text => text.to_owned(),
    }
}

/// A mark in a few words.
pub(in crate::report) fn short_mark(mark: &Mark, language: Language) -> String {
    match (mark.points, language) {
        (Some(got), Language::English) => format!("{} of {}", points(got), points(mark.of)),
        (Some(got), Language::Chinese) => format!("{} / {} 分", points(got), points(mark.of)),
        (None, language) => {
            let of = mark.none.as_ref();
            match (of, language) {
                (Some(NoMark::Trouble(_)), Language::English) => {
                    "no mark: trouble of Viva or the machine"
                }
                (Some(NoMark::Trouble(_)), Language::Chinese) => "无成绩：Viva 或机器的问题",
                (Some(NoMark::Unusable), Language::English) => "no mark: could not be read or run",
                (Some(NoMark::Unusable), Language::Chinese) => "无成绩：无法读取或运行",
                (_, Language::English) => "not all of it was run",
                (_, Language::Chinese) => "没有全部运行",
            }
            .to_owned()
        }
    }
}
