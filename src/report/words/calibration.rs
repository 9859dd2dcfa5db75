//! What `viva calibrate` says.

use crate::calibration::{Breach, Calibration, Subject};
use crate::diagnostic::Language;

pub(in crate::report) fn heading(language: Language, of: &Calibration) -> String {
    let known = |row: &&crate::calibration::Row| matches!(row.subject, Subject::Known(_));
    let programs = of.rows.iter().filter(known).count();
    let (scenarios, rounds) = (of.scenarios.len(), of.rounds);
    match language {
        Language::English => format!(
            "calibration · scenarios: {scenarios} · known programs: {programs} · rounds: {rounds}"
        ),
        Language::Chinese => {
            format!("校准 · 场景：{scenarios} · 已知程序：{programs} · 轮数：{rounds}")
        }
    }
}

pub(in crate::report) fn legend(language: Language) -> &'static str {
    match language {
        Language::English => {
            ". passed   X failed, as it must   x failed, as it may   ~ failed, but what it needs failed already   - nothing was altered   ! not as the contract says   ? not the same each time   E trouble"
        }
        Language::Chinese => {
            ". 通过   X 按契约必须失败   x 按契约可以失败   ~ 失败，但它依赖的场景已失败   - 没有改动任何内容   ! 与契约不符   ? 每次结果不同   E 故障"
        }
    }
}

pub(in crate::report) fn scenarios(language: Language) -> &'static str {
    match language {
        Language::English => "What each scenario alone catches",
        Language::Chinese => "每个场景独自发现的错误",
    }
}

pub(in crate::report) fn catches_nothing(language: Language) -> &'static str {
    match language {
        Language::English => "catches nothing: nobody fails here",
        Language::Chinese => "什么也没有发现：没有程序在这里失败",
    }
}

pub(in crate::report) fn list(language: Language, names: &[String]) -> String {
    match language {
        Language::English => names.join(", "),
        Language::Chinese => names.join("、"),
    }
}

pub(in crate::report) fn mutants(language: Language, applicable: usize, caught: usize) -> String {
    let share = match applicable {
        0 => 100,
        _ => caught * 100 / applicable,
    };
    match language {
        Language::English => format!(
            "Mutants: {caught} of the {applicable} that altered something are caught ({share} %)"
        ),
        Language::Chinese => {
            format!("变异体：{applicable} 个改动了内容，其中 {caught} 个被发现（{share} %）")
        }
    }
}

pub(in crate::report) fn survivor(language: Language, name: &str, why: &str) -> String {
    match language {
        Language::English => format!("{name} survives: {why}"),
        Language::Chinese => format!("{name} 没有被发现：{why}"),
    }
}

pub(in crate::report) fn reference(language: Language) -> &'static str {
    match language {
        Language::English => "reference",
        Language::Chinese => "参考程序",
    }
}

pub(in crate::report) fn breach(language: Language, name: &str, breach: &Breach) -> String {
    match language {
        Language::English => match breach {
            Breach::NotRun => format!("{name} can't be run: try it with viva run --role"),
            Breach::NotFailed(scenario) => format!("{name} must fail in {scenario}, and does not"),
            Breach::Failed(scenario) => {
                format!("{name} fails in {scenario}, where it must not fail")
            }
            Breach::Overdue(scenario) => format!(
                "{name} fails in {scenario} only because time is up: say `timed: true` if it waits with a time limit"
            ),
            Breach::Unstable(scenario) => {
                format!("{name} does not always come out alike in {scenario}")
            }
            Breach::Trouble(scenario) => {
                format!("{name}: trouble in {scenario}, which shows nothing")
            }
            Breach::Survived => format!(
                "nobody notices {name}: write a scenario that does, or say under `survivors:` why it is no mistake"
            ),
            Breach::Caught => format!("{name} is caught, though it stands under `survivors:`"),
        },
        Language::Chinese => match breach {
            Breach::NotRun => format!("{name} 无法运行：请用 viva run --role 试一试"),
            Breach::NotFailed(scenario) => format!("{name} 在 {scenario} 中必须失败，却没有失败"),
            Breach::Failed(scenario) => format!("{name} 在 {scenario} 中失败，而它不应在那里失败"),
            Breach::Overdue(scenario) => format!(
                "{name} 在 {scenario} 中只是因为超时才失败：如果它在限时等待，请写 `timed: true`"
            ),
            Breach::Unstable(scenario) => format!("{name} 在 {scenario} 中的结果不是每次都相同"),
            Breach::Trouble(scenario) => format!("{name}：{scenario} 中出现故障，什么也说明不了"),
            Breach::Survived => format!(
                "{name} 没有被发现：请写一个能发现它的场景，或在 `survivors:` 下说明它为什么不是错误"
            ),
            Breach::Caught => format!("{name} 已被发现，却列在 `survivors:` 下"),
        },
    }
}

pub(in crate::report) fn conclusion(language: Language, breaches: usize) -> String {
    match (language, breaches) {
        (Language::English, 0) => "Everything is as the contract says.".to_owned(),
        (Language::English, 1) => "One thing is not as the contract says.".to_owned(),
        (Language::English, count) => format!("{count} things are not as the contract says."),
        (Language::Chinese, 0) => "一切都符合契约。".to_owned(),
        (Language::Chinese, count) => format!("有 {count} 处不符合契约。"),
    }
}
