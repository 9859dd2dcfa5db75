//! The table of a class: a row for everybody, a column for each scenario, a sign for how it came out.

use crate::grading::{Column, Graded, Judged, Late, Submitted};
use crate::report::class::decimal;
use crate::report::words::html::Caption;
use crate::verdict::Outcome;

use super::class::Shown;
use super::markup::{anchor, both, captioned, escaped};
use super::section::status;
use super::submission::late;

/// The signs, and what they say.
const SIGNS: [(&str, char, Caption); 7] = [
    ("passed", '✓', Caption::Passed),
    ("failed", '✗', Caption::Failed),
    ("unstable", '≈', Caption::Unstable),
    ("skipped", '↷', Caption::Skipped),
    ("none", '–', Caption::NotApplicable),
    ("error", '!', Caption::Error),
    ("unrun", ' ', Caption::NotRun),
];

/// The table with what stands above it.
pub(super) fn matrix(shown: &Shown<'_>) -> String {
    let legend: String = SIGNS
        .iter()
        .map(|(class, sign, what)| {
            format!(
                "<span><i class=\"{class}\">{sign}</i> {}</span>",
                captioned(*what)
            )
        })
        .collect();
    let heads: String = shown
        .columns
        .iter()
        .map(|column| head(shown, column))
        .collect();
    let rows: String = shown
        .class
        .submissions
        .iter()
        .map(|graded| row(shown, graded))
        .collect();
    format!(
        "<section class=\"whole\"><h2>{}</h2><div class=\"tools\"><label hidden>{} <input type=\"search\" id=\"filter\"></label><label hidden><input type=\"checkbox\" id=\"wanting\"> {}</label><p class=\"legend\">{legend}</p></div>\n\
         <div class=\"matrix\"><table class=\"class\"><thead><tr><th scope=\"col\" class=\"name\" data-by=\"name\">{}</th><th scope=\"col\" class=\"points\" data-by=\"points\">{}</th>{heads}</tr></thead>\n<tbody>\n{rows}</tbody></table></div></section>\n",
        captioned(Caption::Students),
        captioned(Caption::Filter),
        captioned(Caption::OnlyFailures),
        captioned(Caption::Name),
        captioned(Caption::Points),
    )
}

/// The head of a column: its name, and how many passed of those who were run.
fn head(shown: &Shown<'_>, column: &Column) -> String {
    let results = shown
        .class
        .submissions
        .iter()
        .flat_map(|graded| &graded.results);
    let (mut passed, mut run) = (0, 0);
    for judged in results.filter(|judged| judged.scenario == column.name) {
        match judged.outcome {
            Outcome::Passed => {
                passed += 1;
                run += 1;
            }
            Outcome::Failed(_) | Outcome::Skipped { .. } => run += 1,
            Outcome::NotApplicable { .. } | Outcome::Error(_) => {}
        }
    }
    let share = match run {
        0 => String::new(),
        run => format!("{}%", passed * 100 / run),
    };
    let title = column.title.get(shown.language);
    format!(
        "<th scope=\"col\" data-by=\"cell\" title=\"{}\"><span>{}</span><small>{share}</small></th>",
        escaped(title),
        escaped(&column.name)
    )
}

fn row(shown: &Shown<'_>, graded: &Graded) -> String {
    let link = (shown.link)(graded).map(|link| escaped(&harmless(&link)));
    let name = escaped(&graded.name);
    let name = match &link {
        Some(link) => format!("<a href=\"{link}\">{name}</a>"),
        None => name,
    };
    let key = match graded.key == graded.name {
        true => String::new(),
        false => format!("<small>{}</small>", escaped(&graded.key)),
    };
    let points = shown.earned(graded);
    let told = points.map_or_else(|| "–".to_owned(), decimal);
    let mut chips = String::new();
    match &graded.handed_in {
        Submitted::Files(handin) if handin.late != Late::No => {
            let said = both(|language| late(language, handin.late));
            chips += &format!("<em>{said}</em>");
        }
        Submitted::Files(_) => {}
        Submitted::Nothing | Submitted::Unusable { .. } => {
            let said = both(|language| super::class::handed_in(language, &graded.handed_in));
            chips += &format!("<em>{said}</em>");
        }
    }
    let cells: String = shown
        .columns
        .iter()
        .map(|column| {
            let judged = graded
                .results
                .iter()
                .find(|own| own.scenario == column.name);
            cell(judged, link.as_deref())
        })
        .collect();
    let class = match is_wanting(shown, graded) {
        true => " class=\"wanting\"",
        false => "",
    };
    format!(
        "<tr{class}><th scope=\"row\">{name}{key}{chips}</th><td class=\"points\" data-points=\"{}\">{told}</td>{cells}</tr>\n",
        points.unwrap_or(-1.0)
    )
}

/// Whether there is something that was not passed, of what can be seen.
fn is_wanting(shown: &Shown<'_>, graded: &Graded) -> bool {
    let is_seen = |judged: &&Judged| shown.columns.iter().any(|own| own.name == judged.scenario);
    let mut seen = graded.results.iter().filter(is_seen);
    graded.results.is_empty()
        || seen.any(|judged| {
            let is_fine = matches!(
                judged.outcome,
                Outcome::Passed | Outcome::NotApplicable { .. }
            );
            !is_fine || judged.is_unstable()
        })
}

fn cell(judged: Option<&Judged>, link: Option<&str>) -> String {
    let Some(judged) = judged else {
        return "<td class=\"unrun\"></td>".to_owned();
    };
    let (class, sign) = status(&judged.outcome, judged.is_unstable());
    match link {
        // Who passed has nothing that one would want to look at.
        Some(link) if matches!(class, "failed" | "unstable" | "error") => format!(
            "<td class=\"{class}\"><a href=\"{link}#{}\">{sign}</a></td>",
            anchor(&judged.scenario)
        ),
        _ => format!("<td class=\"{class}\">{sign}</td>"),
    }
}

/// A link to a file below this page, and to nothing else.
pub(super) fn harmless(link: &str) -> String {
    let first = link.split('/').next().unwrap_or("");
    if first.contains(':') || link.starts_with('/') || link.starts_with('\\') {
        format!("./{}", link.trim_start_matches(['/', '\\']))
    } else {
        link.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::harmless;

    #[test]
    fn a_link_stays_below_its_page() {
        for (link, expected) in [
            ("pages/17.html", "pages/17.html"),
            ("javascript:alert(1)", "./javascript:alert(1)"),
            ("//example.org/x", "./example.org/x"),
            ("\\\\host\\x", "./host\\x"),
        ] {
            assert_eq!(harmless(link), expected);
        }
    }
}
