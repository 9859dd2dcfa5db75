//! Parts of a class: which one is meant, and what they come to, in words.

use crate::diagnostic::Language;
use crate::grading::{MergeError, ShardError};

/// What parts came to.
pub(in crate::report) struct Words {
    /// The folder, so many parts, so many submissions.
    pub(in crate::report) head: fn(&str, usize, usize) -> String,
    /// Parts that are not there.
    pub(in crate::report) shards: &'static str,
    /// So many of the class are in no part.
    pub(in crate::report) missing: fn(usize) -> String,
    pub(in crate::report) more: fn(usize) -> String,
}

pub(in crate::report) fn merged(language: Language) -> Words {
    match language {
        Language::English => Words {
            head: |folder, parts, submissions| {
                let part = if parts == 1 { "folder" } else { "folders" };
                format!("{folder}: submissions from {parts} {part}: {submissions}")
            },
            shards: "parts that are not there; grade them, and merge again:",
            missing: |count| format!("of the class, but in no folder: {count}"),
            more: |count| format!("and {count} more"),
        },
        Language::Chinese => Words {
            head: |folder, parts, submissions| {
                format!("{folder}：来自 {parts} 个目录的提交：{submissions} 份")
            },
            shards: "缺少的分片；请先批改它们，再合并一次：",
            missing: |count| format!("班里有，但不在任何目录里：{count}"),
            more: |count| format!("还有 {count} 个"),
        },
    }
}

fn english_what(what: &str) -> &'static str {
    match what {
        "viva" => "versions of Viva",
        "lab" => "labs",
        "seed" => "seeds (--seed)",
        "options" => "scenarios or ways of isolation",
        "shards" => "numbers of parts",
        _ => "classes: submissions or rosters",
    }
}

fn chinese_what(what: &str) -> &'static str {
    match what {
        "viva" => "Viva 版本",
        "lab" => "实验",
        "seed" => "种子（--seed）",
        "options" => "场景或隔离方式",
        "shards" => "分片总数",
        _ => "班级：提交或名单",
    }
}

fn part((source, says): &(String, Option<String>)) -> String {
    match says {
        Some(says) => format!("{source} ({says})"),
        None => source.clone(),
    }
}

pub(super) fn english_merge(error: &MergeError) -> String {
    match error {
        MergeError::Nothing => "there is nothing to merge".to_owned(),
        MergeError::Different { what, parts } => format!(
            "these are not parts of one class; they are of different {}: {} and {}",
            english_what(what),
            part(&parts[0]),
            part(&parts[1])
        ),
        MergeError::Twice { key, sources } => format!(
            "{key} came out differently in {} and {}; leave out one of them",
            sources[0], sources[1]
        ),
        MergeError::Stranger { key, source } => {
            format!("{source}: {key} can't be in this part; was it put together by hand?")
        }
    }
}

pub(super) fn chinese_merge(error: &MergeError) -> String {
    match error {
        MergeError::Nothing => "没有可合并的内容".to_owned(),
        MergeError::Different { what, parts } => format!(
            "它们不是同一个班的分片；{}不同：{} 和 {}",
            chinese_what(what),
            part(&parts[0]),
            part(&parts[1])
        ),
        MergeError::Twice { key, sources } => format!(
            "{key} 在 {} 和 {} 里的结果不同；请去掉其中一个",
            sources[0], sources[1]
        ),
        MergeError::Stranger { key, source } => {
            format!("{source}：{key} 不可能在这个分片里；它是手工拼成的吗？")
        }
    }
}

/// `NAME=value`, with `unset` for what is not set.
fn variables(variables: &[(&str, Option<String>)], unset: &str) -> String {
    let shown = variables.iter().map(|(name, value)| match value {
        Some(value) => format!("{name}={value}"),
        None => format!("{name} {unset}"),
    });
    shown.collect::<Vec<_>>().join(", ")
}

pub(super) fn english_shard(error: &ShardError) -> String {
    match error {
        ShardError::Malformed { text } => {
            format!("`{text}` is no part of a class; write --shard 3/8 for the third of eight, or --shard auto")
        }
        ShardError::Nowhere => "--shard auto: neither Slurm, Kubernetes, GitLab nor GitHub says which part this is (docs/platforms/scale-out.md); write it as --shard 3/8".to_owned(),
        ShardError::Several { schedulers } => format!(
            "--shard auto: {} both say which part this is; write it as --shard 3/8",
            schedulers.join(" and ")
        ),
        ShardError::Inconsistent { scheduler, variables: found } => format!(
            "--shard auto: what {scheduler} says is no part of a whole ({}); write it as --shard 3/8",
            variables(found, "is not set")
        ),
    }
}

pub(super) fn chinese_shard(error: &ShardError) -> String {
    match error {
        ShardError::Malformed { text } => {
            format!("`{text}` 不是分片；八份中的第三份写成 --shard 3/8，或写 --shard auto")
        }
        ShardError::Nowhere => "--shard auto：Slurm、Kubernetes、GitLab、GitHub 都没有说明这是哪一份（docs/platforms/scale-out.md）；请写成 --shard 3/8".to_owned(),
        ShardError::Several { schedulers } => format!(
            "--shard auto：{} 都说明了这是哪一份；请写成 --shard 3/8",
            schedulers.join("、")
        ),
        ShardError::Inconsistent { scheduler, variables: found } => format!(
            "--shard auto：{scheduler} 给出的不是整体中的一份（{}）；请写成 --shard 3/8",
            variables(found, "未设置")
        ),
    }
}
