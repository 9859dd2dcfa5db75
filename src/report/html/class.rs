//! The page of a class: what a teacher wants to know before looking at anybody.

use crate::diagnostic::Language;
use crate::grading::{Class, Column, Graded, Submitted};
use crate::report::class::{FrequentMiss, Readers, decimal, misses, part, unusable};
use crate::report::roll;
use crate::report::visible::clipped;
use crate::report::words;
use crate::report::words::html::{self, Caption, caption};
use crate::report::words::isolation::isolation;

use super::document::{Document, document};
use super::markup::{anchor, both, captioned, code, escaped, facts, paragraph};
use super::matrix::{harmless, matrix};
use super::spread::spread;

/// So many misses are told, so many of the slowest, and so many things of a list are seen at once.
const MOST_MISSES: usize = 10;
const MOST_SLOW: usize = 5;
const MOST_LISTED: usize = 12;

/// A class as its readers may see it.
pub(super) struct Shown<'a> {
    pub(super) class: &'a Class,
    readers: Readers,
    /// In which the page opens.
    pub(super) language: Language,
    pub(super) columns: Vec<&'a Column>,
    pub(super) link: &'a dyn Fn(&Graded) -> Option<String>,
}

impl Shown<'_> {
    /// What somebody has: the mark, or what the visible part comes to where that is not all.
    pub(super) fn earned(&self, graded: &Graded) -> Option<f64> {
        match self.is_whole() {
            true => graded.mark.points,
            false => part(self.class, graded, self.readers).earned,
        }
    }

    /// What everybody has who has a mark.
    pub(super) fn marks(&self) -> Vec<f64> {
        let all = self.class.submissions.iter();
        all.filter_map(|graded| self.earned(graded)).collect()
    }

    /// The most that can be had without bonus.
    pub(super) fn most(&self) -> f64 {
        if self.is_whole() {
            let of = self.class.submissions.iter().map(|graded| graded.mark.of);
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
        readers,
        language,
        columns: class
            .scenarios
            .iter()
            .filter(|column| readers.may_see(column.visibility))
            .collect(),
        link,
    };
    let interrupted = match class.interrupted {
        true => paragraph("notice", |language| {
            words::class(language).table.interrupted.to_owned()
        }),
        false => String::new(),
    };
    let main = if class.submissions.is_empty() {
        paragraph("notice", |language| {
            caption(language, Caption::NobodyHere).to_owned()
        })
    } else {
        format!(
            "<div class=\"overview\"><div>{}{}</div><div>{}{}{}</div></div>\n{}",
            spread(&shown),
            slowest(&shown),
            frequent(&shown),
            unstable(&shown),
            odd(&shown),
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
            examined(&shown)
        ),
        viva: &class.viva,
        has_bytes: false,
        kind: "class",
    })
}

fn examined(shown: &Shown<'_>) -> String {
    let class = shown.class;
    let mut marks = shown.marks();
    marks.sort_by(f64::total_cmp);
    let everybody = class.submissions.len();
    let mut all = vec![
        (Caption::Everybody, everybody.to_string()),
        (Caption::NotMarked, (everybody - marks.len()).to_string()),
    ];
    if let Some(middle) = median(&marks) {
        let mean = marks.iter().sum::<f64>() / marks.len() as f64;
        let full = marks.iter().filter(|mark| **mark >= shown.most()).count();
        all.extend([
            (Caption::Mean, decimal((mean * 100.0).round() / 100.0)),
            (Caption::Median, decimal(middle)),
            (Caption::FullMarks, full.to_string()),
        ]);
    }
    all.push((Caption::Seed, code(&class.seed)));
    all.push((Caption::Isolation, isolation(class.isolation).to_owned()));
    facts(&all)
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
    let all = misses(shown.class, shown.readers);
    let item = |miss: &FrequentMiss<'_>| {
        let who = miss.who.iter();
        let who: Vec<String> = who
            .map(|(graded, scenario)| shown.named(graded, Some(scenario)))
            .collect();
        let count = miss.who.len();
        let place = both(|language| match miss.step {
            Some(step) => format!("{} · {}", miss.places(), html::at_step(language, step)),
            None => miss.places(),
        });
        format!(
            "<li><details><summary><b>{}</b><meter max=\"{}\" value=\"{count}\" aria-hidden=\"true\"></meter><span>{} <small>{place}</small></span></summary><p>{}</p></details></li>",
            both(|language| (words::class(language).table.of)(count, miss.of)),
            miss.of.max(1),
            both(|language| miss.what(language)),
            who.join(", ")
        )
    };
    let heading = captioned(Caption::Misses);
    let content = match all.is_empty() {
        true => paragraph("", |language| {
            caption(language, Caption::NoMisses).to_owned()
        }),
        false => {
            let items: String = all.iter().take(MOST_MISSES).map(item).collect();
            format!("<ol>{items}</ol>")
        }
    };
    format!("<section class=\"misses\"><h2>{heading}</h2>{content}</section>\n")
}

/// Whose submissions are out of the ordinary: names of several students can be in it, so that it is for teachers.
fn odd(shown: &Shown<'_>) -> String {
    if shown.readers != Readers::Teachers {
        return String::new();
    }
    let mut all = Vec::new();
    for graded in &shown.class.submissions {
        let name = shown.named(graded, None);
        all.extend(graded.oddities.iter().map(|oddity| {
            let said = both(|language| roll::odd(oddity, language));
            format!("<li>{name} <small>{said}</small></li>")
        }));
    }
    listed(Caption::Oddities, &all)
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
        .take(MOST_SLOW)
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

/// A list under a heading; what is behind the first few can be opened.
fn listed(heading: Caption, items: &[String]) -> String {
    if items.is_empty() {
        return String::new();
    }
    let (first, rest) = items.split_at(items.len().min(MOST_LISTED));
    let more = match rest.len() {
        0 => String::new(),
        more => format!(
            "<details><summary>{}</summary><ul>{}</ul></details>",
            both(|language| (words::class(language).table.more)(more)),
            rest.concat()
        ),
    };
    format!(
        "<section class=\"listed\"><h2>{}</h2><ul>{}</ul>{more}</section>\n",
        captioned(heading),
        first.concat()
    )
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
