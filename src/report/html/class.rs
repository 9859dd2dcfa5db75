//! The page of a class: what a teacher wants to know before looking at anybody.

use crate::diagnostic::Language;
use crate::grading::{Class, Column, Graded, Submitted};
use crate::report::Style;
use crate::report::class::{FrequentMiss, Readers, decimal, misses, unusable};
use crate::report::visible::clipped;
use crate::report::words;
use crate::report::words::html::{self, Caption, caption};
use crate::report::words::isolation::isolation;

use super::document::{Document, document};
use super::markup::{LANGUAGES, anchor, both, escaped};
use super::matrix::{harmless, matrix};
use super::spread::spread;
use super::submission::is_seen;

/// So many misses are told, and so many of the slowest and the unstable.
const MOST_MISSES: usize = 10;
const MOST_LISTED: usize = 12;

/// A class as its readers may see it.
pub(super) struct Shown<'a> {
    pub(super) class: &'a Class,
    pub(super) columns: Vec<&'a Column>,
    pub(super) link: &'a dyn Fn(&Graded) -> Option<String>,
}

impl Shown<'_> {
    /// What somebody has: the mark, or what the visible part comes to where that is not all.
    pub(super) fn earned(&self, graded: &Graded) -> Option<f64> {
        if self.is_whole() {
            return graded.mark.points;
        }
        if graded.results.is_empty() {
            return matches!(graded.handed_in, Submitted::Nothing).then_some(0.0);
        }
        let seen = graded
            .results
            .iter()
            .filter(|judged| self.columns.iter().any(|own| own.name == judged.scenario));
        let points: Option<Vec<f64>> = seen.map(|judged| judged.points).collect();
        points.map(|points| points.iter().fold(0.0, |sum, own| sum + own))
    }

    /// The most that can be had without bonus.
    pub(super) fn most(&self) -> f64 {
        let of = self.class.submissions.iter().map(|graded| graded.mark.of);
        if self.is_whole() {
            return of.fold(0.0, f64::max);
        }
        let points = self.columns.iter().filter(|column| !column.bonus);
        points
            .map(|column| column.points)
            .fold(0.0, |sum, own| sum + own)
    }

    fn is_whole(&self) -> bool {
        self.columns.len() == self.class.scenarios.len()
    }

    /// A submission's name, as a link to its page if it has one.
    fn named(&self, graded: &Graded, scenario: Option<&str>) -> String {
        let name = escaped(&clipped(graded.name.as_bytes(), 60));
        let place = scenario.map_or_else(String::new, |name| format!("#{}", anchor(name)));
        match (self.link)(graded) {
            Some(link) => format!(
                "<a href=\"{}{place}\">{name}</a>",
                escaped(&harmless(&link))
            ),
            None => name,
        }
    }
}

/// The page of a class as `readers` may see it, opening in `language`; `link` is where the page of a submission is: a relative URL
/// path, encoded as URLs are.
pub fn class_page(
    class: &Class,
    link: &dyn Fn(&Graded) -> Option<String>,
    readers: Readers,
    language: Language,
) -> String {
    let shown = Shown {
        class,
        columns: class
            .scenarios
            .iter()
            .filter(|column| is_seen(column, readers))
            .collect(),
        link,
    };
    let interrupted = match class.interrupted {
        true => format!(
            "<p class=\"notice\">{}</p>",
            both(|language| words::class(language).table.interrupted.to_owned())
        ),
        false => String::new(),
    };
    let main = if class.submissions.is_empty() {
        let said = both(|language| caption(language, Caption::NobodyHere).to_owned());
        format!("<p class=\"notice\">{said}</p>")
    } else {
        format!(
            "<div class=\"overview\"><div>{}{}</div>{}{}</div>\n{}",
            spread(&shown),
            slowest(&shown),
            frequent(&shown),
            unstable(&shown),
            matrix(&shown)
        )
    };
    document(&Document {
        title: &format!("{} · {}", class.lab, class.title.get(language)),
        language,
        aside: String::new(),
        main: format!(
            "<header class=\"top\"><p class=\"over\">{}</p><h1>{}</h1>{}{interrupted}</header>\n{main}",
            escaped(&class.lab),
            both(|language| class.title.get(language).to_owned()),
            facts(&shown)
        ),
        viva: &class.viva,
        has_bytes: false,
        kind: "class",
    })
}

fn facts(shown: &Shown<'_>) -> String {
    let class = shown.class;
    let mut marks: Vec<f64> = class
        .submissions
        .iter()
        .filter_map(|graded| shown.earned(graded))
        .collect();
    marks.sort_by(f64::total_cmp);
    let mut facts = String::new();
    let mut fact = |of: Caption, content: &str| {
        let label = both(|language| caption(language, of).to_owned());
        facts += &format!("<div><dt>{label}</dt><dd>{}</dd></div>", escaped(content));
    };
    let everybody = class.submissions.len();
    fact(Caption::Everybody, &everybody.to_string());
    fact(Caption::NotMarked, &(everybody - marks.len()).to_string());
    if let Some(middle) = median(&marks) {
        let mean = marks.iter().sum::<f64>() / marks.len() as f64;
        let full = marks.iter().filter(|mark| **mark >= shown.most()).count();
        fact(Caption::Mean, &decimal((mean * 100.0).round() / 100.0));
        fact(Caption::Median, &decimal(middle));
        fact(Caption::FullMarks, &full.to_string());
    }
    fact(Caption::Seed, &class.seed);
    fact(Caption::Isolation, isolation(class.isolation));
    format!("<dl class=\"facts\">{facts}</dl>")
}

/// The one in the middle of rising numbers, or between the two there.
fn median(marks: &[f64]) -> Option<f64> {
    let upper = *marks.get(marks.len() / 2)?;
    match marks.len() % 2 {
        1 => Some(upper),
        _ => Some((marks[marks.len() / 2 - 1] + upper) / 2.0),
    }
}

/// Why there is nothing that could be run.
pub(super) fn handed_in(language: Language, submitted: &Submitted) -> String {
    let words = words::class(language);
    match submitted {
        Submitted::Files(_) => String::new(),
        Submitted::Nothing => words.nothing.to_owned(),
        Submitted::Unusable { why, about, .. } => unusable(why, about.as_deref(), words, language),
    }
}

/// What most got wrong.
fn frequent(shown: &Shown<'_>) -> String {
    let heading = both(|language| caption(language, Caption::Misses).to_owned());
    let all: [Vec<FrequentMiss>; 2] = LANGUAGES.map(|(language, _)| {
        let style = Style {
            color: false,
            width: 100,
            language,
        };
        let mut all = misses(shown.class, &style);
        all.retain(|miss| shown.columns.iter().any(|own| own.name == miss.scenario));
        all
    });
    if all[0].is_empty() {
        let said = both(|language| caption(language, Caption::NoMisses).to_owned());
        return format!("<section class=\"misses\"><h2>{heading}</h2><p>{said}</p></section>");
    }
    let items: String = all[0]
        .iter()
        .enumerate()
        .take(MOST_MISSES)
        .map(|(at, miss)| {
            let who: Vec<String> = miss
                .keys
                .iter()
                .filter_map(|key| shown.class.submissions.iter().find(|own| own.key == *key))
                .map(|graded| shown.named(graded, Some(&miss.scenario)))
                .collect();
            let what = |language: Language| {
                let index = LANGUAGES.iter().position(|(own, _)| *own == language);
                let said = all[index.unwrap_or(0)].get(at);
                said.map_or_else(String::new, |miss| miss.what.clone())
            };
            let step = both(|language| html::at_step(language, miss.step));
            format!(
                "<li><details><summary><b>{}</b><meter max=\"{}\" value=\"{}\"></meter><span>{} <small>{} · {step}</small></span></summary><p>{}</p></details></li>",
                both(|language| html::share(language, miss.count, miss.of)),
                miss.of.max(1),
                miss.count,
                both(what),
                escaped(&miss.scenario),
                who.join(", ")
            )
        })
        .collect();
    format!("<section class=\"misses\"><h2>{heading}</h2><ol>{items}</ol></section>\n")
}

/// Whose verdicts are not always the same.
fn unstable(shown: &Shown<'_>) -> String {
    let mut all = Vec::new();
    for graded in &shown.class.submissions {
        for judged in graded.results.iter().filter(|judged| judged.is_unstable()) {
            if shown.columns.iter().any(|own| own.name == judged.scenario) {
                all.push(format!(
                    "<li>{} <small>{} · {}</small></li>",
                    shown.named(graded, Some(&judged.scenario)),
                    escaped(&judged.scenario),
                    both(|language| html::runs(language, judged.passed, judged.runs))
                ));
            }
        }
    }
    listed(Caption::Unstable, &all)
}

/// Whose runs took longest.
fn slowest(shown: &Shown<'_>) -> String {
    let mut all: Vec<(f64, &Graded)> = shown
        .class
        .submissions
        .iter()
        .map(|graded| {
            let times = graded.results.iter().map(|own| own.duration.as_secs_f64());
            (times.fold(0.0, |sum, own| sum + own), graded)
        })
        .filter(|(seconds, _)| *seconds > 0.0)
        .collect();
    all.sort_by(|one, other| other.0.total_cmp(&one.0));
    let items: Vec<String> = all
        .iter()
        .take(5)
        .map(|(seconds, graded)| {
            format!(
                "<li>{} <small>{}</small></li>",
                shown.named(graded, None),
                both(|language| html::seconds(language, *seconds))
            )
        })
        .collect();
    listed(Caption::Slowest, &items)
}

fn listed(heading: Caption, items: &[String]) -> String {
    if items.is_empty() {
        return String::new();
    }
    let heading = both(|language| caption(language, heading).to_owned());
    let more = match items.len().saturating_sub(MOST_LISTED) {
        0 => String::new(),
        more => format!(
            "<li>{}</li>",
            both(|language| (words::class(language).table.more)(more))
        ),
    };
    let items = items[..items.len().min(MOST_LISTED)].concat();
    format!("<section class=\"listed\"><h2>{heading}</h2><ul>{items}{more}</ul></section>\n")
}

#[cfg(test)]
mod tests {
    use super::median;

    #[test]
    fn the_median_is_in_the_middle() {
        for (marks, middle) in [
            (&[][..], None),
            (&[3.0], Some(3.0)),
            (&[1.0, 2.0], Some(1.5)),
            (&[0.0, 4.0, 10.0], Some(4.0)),
        ] {
            assert_eq!(median(marks), middle);
        }
    }
}
