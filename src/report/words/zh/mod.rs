//! Simplified Chinese.

mod advice;
mod came;
pub(super) mod class;
mod condition;
mod drawn;
mod expected;
mod http;
mod kinds;
pub(super) mod lint;
mod mistake;
mod phrases;
mod standing;
mod websocket;

use crate::r#box::{Layers, Reason};
use crate::transcript::{ActorKind, EventKind, Miss, Proof};
use crate::verdict::{Expected, Kind, Note, Outcome, Remark, StepRef, Trouble};

use crate::report::about::About;
use crate::report::contrast::Contrast;
use crate::report::saved::LoadError;
use crate::report::summary::Conclusion;
use crate::report::visible;

use phrases::{bytes, quote};

use super::{Counts, Label, Mark, QUOTED, Remedy, Symbol, Words, number};

pub(super) struct Chinese;

impl Words for Chinese {
    fn label(&self, label: Label) -> &'static str {
        match label {
            Label::Expected => "应为",
            Label::Actual => "实为",
            Label::Remedy => "可以试试",
            Label::Hint => "提示",
            Label::Again => "重现",
            Label::Sheet => "依据",
            Label::Total => "合计",
            Label::Remark => "备注",
            Label::Run => "运行",
            Label::Isolation => "隔离",
            Label::Exit => "退出码",
        }
    }

    fn status(&self, outcome: &Outcome, remarks: bool) -> &'static str {
        match outcome {
            Outcome::Passed if remarks => "通过（有备注）",
            Outcome::Passed => "通过",
            Outcome::Failed(_) => "未通过",
            Outcome::Skipped { .. } => "跳过",
            Outcome::NotApplicable { .. } => "不适用",
            Outcome::Error(_) => "测试出错",
        }
    }

    fn reason(&self, outcome: &Outcome) -> Option<String> {
        match outcome {
            Outcome::Skipped { need } => Some(format!("需要先通过 {need}")),
            Outcome::NotApplicable { name, value } => Some(format!("{name} 为 {value} 时不适用")),
            Outcome::Passed | Outcome::Failed(_) | Outcome::Error(_) => None,
        }
    }

    fn kind(&self, kind: Kind) -> &'static str {
        match kind {
            Kind::Core => "基本要求",
            Kind::Robustness => "健壮性",
        }
    }

    fn points(&self, earned: f64, of: f64) -> String {
        format!("{}/{} 分", number(earned), number(of))
    }

    fn no_mark(&self) -> &'static str {
        "不计分"
    }

    fn step(&self, step: &StepRef) -> String {
        match step.number {
            0 => "启动".to_owned(),
            n => format!("第 {n} 步"),
        }
    }

    fn expectation(&self, about: &About<'_>) -> String {
        expected::expectation(about, &about.failure.expected, false)
    }

    fn target(&self, expected: &Expected) -> String {
        expected::target(expected)
    }

    fn arrival(&self, about: &About<'_>) -> String {
        came::arrival(about)
    }

    fn settled(&self, miss: Miss, proof: Proof, after_ms: u64) -> String {
        came::settled(miss, proof, after_ms)
    }

    fn missing(&self, about: &About<'_>) -> Option<&'static str> {
        came::missing(about)
    }

    fn note(&self, note: &Note, about: &About<'_>) -> String {
        advice::note(note, about)
    }

    fn contrast(&self, contrast: Contrast) -> String {
        advice::contrast(contrast)
    }

    fn remedy(&self, remedy: Remedy) -> &'static str {
        advice::remedy(remedy)
    }

    fn remark(&self, remark: &Remark) -> String {
        match remark {
            Remark::OtherPort { asked, took } => {
                format!("要求监听端口 {asked}，实际监听 {took}")
            }
            Remark::PortSwapped { meant, took } => {
                format!(
                    "监听的是端口 {took}，正好是 {meant} 的两个字节颠倒过来：是不是漏了 htons({meant})？"
                )
            }
            Remark::NearMiss {
                step,
                expected,
                came,
            } => format!(
                "{}：显示的是{}，期望的是{}：相差无几",
                self.step(step),
                quote(came),
                quote(expected)
            ),
            Remark::AbsenceByWaiting { step } => {
                format!("{}：只是靠等待来判定没有内容到达", self.step(step))
            }
            Remark::Exhausted { bytes } => {
                format!("程序合计占用的内存超过 {} MiB，已被结束", bytes >> 20)
            }
            Remark::LeftOut { path, reason } => format!(
                "程序得不到 `{}`：{}",
                visible::clipped(path.as_bytes(), QUOTED),
                match reason {
                    Reason::Link => "不复制符号链接",
                    Reason::Special => "只复制普通文件和目录",
                    Reason::Unreadable => "无法读取",
                }
            ),
            Remark::Polled => "无法从内核了解程序的状态，Viva 只能反复查看".to_owned(),
            Remark::NotSeen { step } => format!(
                "{}没有执行：只有内核知道结果，而这里无法从内核了解",
                self.step(step)
            ),
        }
    }

    fn trouble(&self, trouble: &Trouble) -> String {
        const NOT_YOURS: &str = "这不说明程序有问题。";
        match trouble {
            Trouble::System { doing, message } => format!(
                "Viva 无法继续：{} 失败，{}。{NOT_YOURS}用 `viva doctor` 可以查看这台机器支持什么。",
                visible::clipped(doing.as_bytes(), QUOTED),
                visible::clipped(message.as_bytes(), 200)
            ),
            Trouble::Missing { program, place } => {
                let program = visible::clipped(program.as_bytes(), QUOTED);
                let demanded = match place {
                    Some(place) => format!("（{} 第 {} 行需要它）", place.file, place.line),
                    None => String::new(),
                };
                format!(
                    "这台机器上没有安装 {program}{demanded}。{NOT_YOURS}请安装它，或者用 `command:` 指定别的程序。"
                )
            }
            Trouble::TooSlow => format!(
                "测试超过了总时限，但不是程序的原因：机器太忙。{NOT_YOURS}请减少同时运行的任务再试一次。"
            ),
            Trouble::NoValue { name, place } => format!(
                "用到 ${{{}}} 时它还没有值（{} 第 {} 行）：前面要有一步把它记下来。",
                visible::clipped(name.as_bytes(), QUOTED),
                place.file,
                place.line
            ),
            Trouble::Unencodable {
                character,
                encoding,
            } => format!(
                "约定的编码 {} 里没有字符 {} {}：场景要改发别的文字。",
                visible::clipped(encoding.as_bytes(), 24),
                advice::shown(*character),
                advice::code(*character)
            ),
            Trouble::Pattern { place, message } => format!(
                "填入变量之后，{} 第 {} 行的正则表达式无法使用：{}。",
                place.file,
                place.line,
                visible::clipped(message.as_bytes(), 200)
            ),
            Trouble::Address { place, text } => format!(
                "填入变量之后，{} 第 {} 行的地址成了 `{}`，这不是地址：请让它成为 IP 地址加端口，例如 127.0.0.1:9999。",
                place.file,
                place.line,
                visible::clipped(text.as_bytes(), QUOTED)
            ),
            Trouble::Interrupted => "运行被中断。".to_owned(),
            Trouble::Unreadable { path, message } => format!(
                "无法读取 {}：{}。{NOT_YOURS}",
                visible::clipped(path.as_bytes(), 120),
                visible::clipped(message.as_bytes(), 200)
            ),
        }
    }

    fn symbol(&self, symbol: Symbol) -> &'static str {
        drawn::symbol(symbol)
    }

    fn mark(&self, mark: Mark) -> &'static str {
        drawn::mark(mark)
    }

    fn actor_kind(&self, kind: &ActorKind) -> &'static str {
        drawn::actor_kind(kind)
    }

    fn event(&self, event: &EventKind) -> Option<String> {
        drawn::event(event)
    }

    fn printed_nothing(&self, actor: &str) -> String {
        format!("{actor} 没有任何输出")
    }

    fn left_out(&self, count: usize, first: &str, last: &str) -> String {
        match count {
            1 => format!("未画出：{first}"),
            n => format!("未画出其余 {n} 个（{first} … {last}）"),
        }
    }

    fn others(&self) -> &'static str {
        "其他"
    }

    fn more_bytes(&self, count: usize) -> String {
        format!("…… 还有 {}", bytes(count))
    }

    fn counts(&self, counts: &Counts) -> String {
        let parts = [
            (counts.passed, "通过"),
            (counts.failed, "未通过"),
            (counts.skipped, "跳过"),
            (counts.not_applicable, "不适用"),
            (counts.errors, "未能判定"),
        ];
        let parts: Vec<String> = parts
            .iter()
            .filter(|(count, _)| *count > 0)
            .map(|(count, what)| format!("{what} {count}"))
            .collect();
        parts.join("，")
    }

    fn not_run(&self, names: &[String], reason: &str) -> String {
        format!("{}（{reason}）", names.join("、"))
    }

    fn run(
        &self,
        scenarios: usize,
        seconds: f64,
        seeds: &str,
        isolation: &str,
        viva: &str,
    ) -> String {
        format!(
            "{scenarios} 个场景，用时 {seconds:.1} 秒 · 种子 {seeds} · 隔离 {isolation} · viva {viva}"
        )
    }

    fn layers(&self, layers: &Layers) -> Option<String> {
        super::isolation::chinese_layers(layers)
    }

    fn not_marked(&self, points: f64) -> String {
        format!("{} 分没有评定：Viva 或机器出了问题", number(points))
    }

    fn conclusion(&self, conclusion: Conclusion) -> &'static str {
        match conclusion {
            Conclusion::Passed => "全部通过",
            Conclusion::Failed => "有场景未通过",
            Conclusion::NothingJudged => "没有可以判定的场景",
            Conclusion::Trouble => "Viva 或机器出了问题：有的成绩空缺",
            Conclusion::NotAllRun => "没有全部运行：原因见上文",
            Conclusion::NothingSelected => "没有选中任何场景",
            Conclusion::Interrupted => "运行被中断：缺少部分结果",
        }
    }

    fn load_error(&self, error: &LoadError) -> String {
        match error {
            LoadError::NotJson {
                line,
                column,
                message,
            } => format!(
                "这不是保存的记录：第 {line} 行第 {column} 列不是 JSON（{}）；记录由 `viva run --save 目录` 写出",
                visible::clipped(message.as_bytes(), 120)
            ),
            LoadError::NotTranscript => {
                "这是 JSON，但不是保存的记录；记录由 `viva run --save 目录` 写出".to_owned()
            }
            LoadError::Version { found } => format!(
                "这份记录的版本是 {found}，而这个 Viva 读取版本 {}",
                crate::report::saved::VERSION
            ),
            LoadError::Damaged {
                line,
                column,
                message,
            } => format!(
                "这份记录在第 {line} 行第 {column} 列已损坏：{}",
                visible::clipped(message.as_bytes(), 120)
            ),
        }
    }
}
