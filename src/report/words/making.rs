//! What was made for the author of a lab, in words.

use crate::diagnostic::Language;

/// The sentences about a new lab.
pub(in crate::report) struct NewLab {
    /// Its name, and how many scenarios and known programs it has.
    pub(in crate::report) made: fn(&str, usize, usize) -> String,
    pub(in crate::report) lint: &'static str,
    pub(in crate::report) run: &'static str,
    pub(in crate::report) calibrate: &'static str,
    /// Where its readme is.
    pub(in crate::report) readme: fn(&str) -> String,
}

pub(in crate::report) fn new_lab(language: Language) -> NewLab {
    match language {
        Language::English => NewLab {
            made: |name, scenarios, known| {
                format!("{name}: a new lab, with {scenarios} scenarios and {known} known programs")
            },
            lint: "is everything written as it should be?",
            run: "the scenarios with the reference",
            calibrate: "do they tell right from wrong?",
            readme: |readme| format!("{readme} says what to change."),
        },
        Language::Chinese => NewLab {
            made: |name, scenarios, known| {
                format!("{name}：新实验，含 {scenarios} 个场景、{known} 个已知程序")
            },
            lint: "写法都对吗？",
            run: "用参考程序运行全部场景",
            calibrate: "这些场景能分清对错吗？",
            readme: |readme| format!("{readme} 说明要改哪些地方。"),
        },
    }
}
