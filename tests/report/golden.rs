//! Reports compared with `tests/golden/report/*.txt`.

use std::fs;
use std::path::Path;

use viva::diagnostic::Language;
use viva::report::{self, Style};
use viva::verdict::ScenarioResult;

pub(crate) const ENGLISH: Style = Style {
    color: false,
    width: 100,
    language: Language::English,
};

pub(crate) const CHINESE: Style = Style {
    color: false,
    width: 100,
    language: Language::Chinese,
};

/// Compares `text` with the golden file of that name.
pub(crate) fn golden(name: &str, text: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/golden/report")
        .join(format!("{name}.txt"));
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        fs::write(&path, text).expect("the golden folder can be written to");
        return;
    }
    let golden = fs::read_to_string(&path).unwrap_or_default();
    assert!(
        golden == text,
        "{name} reads now:\n{text}\nUPDATE_GOLDEN=1 accepts it"
    );
}

pub(crate) fn english(name: &str, result: &ScenarioResult) {
    golden(name, &report::scenario(result, &ENGLISH));
}

pub(crate) fn both(name: &str, result: &ScenarioResult) {
    english(name, result);
    golden(&format!("{name}.zh"), &report::scenario(result, &CHINESE));
}
