//! What changed between two gradings, in words.

use crate::diagnostic::Language;

/// A language's words for what changed.
pub(in crate::report) struct ChangeWords {
    /// So many marks changed, so many are the same.
    pub(in crate::report) counted: fn(usize, usize) -> String,
    pub(in crate::report) lab: &'static str,
    /// Old and new.
    pub(in crate::report) seed: fn(&str, &str) -> String,
    /// Old and new.
    pub(in crate::report) viva: fn(&str, &str) -> String,
    pub(in crate::report) handed_in: &'static str,
    pub(in crate::report) nobody: &'static str,
    pub(in crate::report) no_mark: &'static str,
    /// A verdict's fixed word.
    pub(in crate::report) verdict: fn(&str) -> &'static str,
}

static ENGLISH: ChangeWords = ChangeWords {
    counted: |changed, same| match changed {
        0 => format!("no mark changed; {same} compared"),
        1 => format!("1 mark changed, {same} are the same"),
        _ => format!("{changed} marks changed, {same} are the same"),
    },
    lab: "the lab's files changed",
    seed: |old, new| format!("other random words: seed {old}, then {new}"),
    viva: |old, new| format!("another Viva: {old}, then {new}"),
    handed_in: "what was handed in changed",
    nobody: "not there",
    no_mark: "no mark",
    verdict: |word| match word {
        "passed" => "passed",
        "failed" => "failed",
        "skipped" => "skipped",
        "not_applicable" => "not applicable",
        "unstable" => "unstable",
        _ => "trouble",
    },
};

static CHINESE: ChangeWords = ChangeWords {
    counted: |changed, same| match changed {
        0 => format!("没有成绩改变；比较了 {same} 个"),
        _ => format!("{changed} 个成绩改变，{same} 个不变"),
    },
    lab: "实验文件改了",
    seed: |old, new| format!("随机词不同：种子先 {old} 后 {new}"),
    viva: |old, new| format!("Viva 版本不同：先 {old} 后 {new}"),
    handed_in: "提交的文件改了",
    nobody: "不在其中",
    no_mark: "无成绩",
    verdict: |word| match word {
        "passed" => "通过",
        "failed" => "未通过",
        "skipped" => "跳过",
        "not_applicable" => "不适用",
        "unstable" => "不稳定",
        _ => "故障",
    },
};

/// The words of a language.
pub(in crate::report) fn changes(language: Language) -> &'static ChangeWords {
    match language {
        Language::English => &ENGLISH,
        Language::Chinese => &CHINESE,
    }
}
