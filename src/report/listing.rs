//! Lists of labs and scenarios.

use unicode_width::UnicodeWidthStr;

use crate::diagnostic::{Language, Localized};

use super::Style;
use super::page::{Page, Tone};
use super::visible::clipped;

/// A scenario as a list shows it.
#[derive(Clone, Debug)]
pub struct Listed {
    /// Its name.
    pub name: String,
    /// Its title.
    pub title: Localized,
    /// Not demanded by the sheet.
    pub robustness: bool,
    /// What it is worth.
    pub points: f64,
}

/// A lab with its scenarios, a line each.
pub fn listing(named: &str, title: &Localized, scenarios: &[Listed], style: &Style) -> String {
    let shown = |text: &str| clipped(text.as_bytes(), 120);
    // The shipped labs have short names; their titles stand in a column.
    let mut text = format!(
        "{:<15}{}\n",
        shown(named) + "  ",
        shown(title.get(style.language))
    );
    let widest = scenarios
        .iter()
        .map(|scenario| shown(&scenario.name).width())
        .max()
        .unwrap_or(0);
    for scenario in scenarios {
        let name = shown(&scenario.name);
        let room = " ".repeat(widest - name.width());
        let kind = match (style.language, scenario.robustness) {
            (_, false) => "",
            (Language::English, true) => " (robustness)",
            (Language::Chinese, true) => "（健壮性）",
        };
        text.push_str(&format!(
            "  {name}{room}  {:>4}  {}{kind}\n",
            scenario.points,
            shown(scenario.title.get(style.language))
        ));
    }
    text
}

/// Whose results follow.
pub fn heading(submission: &str, style: &Style) -> String {
    let mut page = Page::new(style);
    page.line(&[(Tone::Strong, &clipped(submission.as_bytes(), 200))]);
    page.finish()
}

/// That nothing is wrong with a lab.
pub fn in_order(named: &str, style: &Style) -> String {
    let named = clipped(named.as_bytes(), 120);
    match style.language {
        Language::English => format!("{named}: in order\n"),
        Language::Chinese => format!("{named}：没有问题\n"),
    }
}
