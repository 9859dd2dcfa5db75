//! The gradebook: CSV (RFC 4180) with a row for each student.
//!
//! Columns: those of the roster, then `key`, `name`, `mark`, `of`, `late` (seconds, or `yes`), `status` (fixed words), then the points of each
//! scenario under its name. A mark that could not be had is an empty cell. Points have at most four digits behind the point.

use crate::grading::{Class, Graded, Late, NoMark, Submitted};

/// The gradebook of `class`; `bom`: with the mark that tells Excel that it is UTF-8.
pub fn gradebook(class: &Class, bom: bool) -> Vec<u8> {
    let roster = &class.roster;
    let mut out = if bom { "\u{feff}".into() } else { Vec::new() };
    let mut writer = csv::WriterBuilder::new()
        .terminator(csv::Terminator::CRLF)
        .from_writer(&mut out);
    const OWN: [&str; 6] = ["key", "name", "mark", "of", "late", "status"];
    let taken =
        |name: &str| OWN.contains(&name) || class.scenarios.iter().any(|own| own.name == name);
    let of_roster = roster.iter().map(|column| match taken(column) {
        true => format!("roster {column}"),
        false => cell(column),
    });
    let of_scenarios = class.scenarios.iter().map(|column| cell(&column.name));
    let head: Vec<String> = of_roster
        .chain(OWN.map(str::to_owned))
        .chain(of_scenarios)
        .collect();
    // Memory takes everything.
    let _ = writer.write_record(&head);
    for graded in &class.submissions {
        for member in &graded.members {
            let of_roster = roster.iter().map(|column| {
                let value = member.roster.get(column);
                value.map(|value| cell(value)).unwrap_or_default()
            });
            let late = match &graded.handed_in {
                Submitted::Files(handin) => late(handin.late),
                Submitted::Nothing | Submitted::Unusable { .. } => String::new(),
            };
            let fixed = [
                cell(&member.key),
                cell(&member.name),
                graded.mark.points.map(super::decimal).unwrap_or_default(),
                super::decimal(graded.mark.of),
                late,
                cell(&status(graded)),
            ];
            let points = class.scenarios.iter().map(|column| {
                let mut results = graded.results.iter();
                let judged = results.find(|judged| judged.scenario == column.name);
                let points = judged.and_then(|judged| judged.points);
                points.map(super::decimal).unwrap_or_default()
            });
            let row: Vec<String> = of_roster.chain(fixed).chain(points).collect();
            let _ = writer.write_record(&row);
        }
    }
    drop(writer);
    out
}

fn late(late: Late) -> String {
    match late {
        Late::No => String::new(),
        Late::Yes => "yes".to_owned(),
        Late::By(seconds) => seconds.to_string(),
    }
}

/// Fixed words for programs and filters.
fn status(graded: &Graded) -> String {
    let why = match (&graded.handed_in, &graded.mark.none) {
        (Submitted::Nothing, _) => Some("nothing".to_owned()),
        (Submitted::Unusable { why, .. }, Some(NoMark::Trouble(_))) => {
            Some(format!("trouble: {why}"))
        }
        (Submitted::Unusable { why, .. }, _) => Some(format!("unusable: {why}")),
        (Submitted::Files(_), Some(NoMark::Trouble(scenarios))) => {
            Some(format!("trouble: {}", scenarios.join(" ")))
        }
        (Submitted::Files(_), Some(NoMark::Unfinished)) => Some("unfinished".to_owned()),
        (Submitted::Files(_), Some(NoMark::Unusable)) => Some("unusable".to_owned()),
        (Submitted::Files(_), None) => None,
    };
    let mut unstable = graded
        .results
        .iter()
        .filter(|judged| judged.is_unstable())
        .map(|judged| judged.scenario.as_str())
        .peekable();
    let unstable = unstable
        .peek()
        .is_some()
        .then(|| format!("unstable: {}", unstable.collect::<Vec<_>>().join(" ")));
    let all: Vec<String> = [why, unstable].into_iter().flatten().collect();
    match all.is_empty() {
        true => "ok".to_owned(),
        false => all.join("; "),
    }
}

/// A text that no spreadsheet takes for a formula, and that stays on its line: control characters and those that turn text round are replaced.
fn cell(text: &str) -> String {
    let stays = |c: char| {
        if c.is_control()
            || matches!(c, '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
        {
            crate::report::visible::stand_in(c)
                .unwrap_or_default()
                .into_owned()
        } else {
            c.to_string()
        }
    };
    let shown: String = text.chars().map(stays).collect();
    // https://owasp.org/www-community/attacks/CSV_Injection; spreadsheets skip blanks before the sign, and take full-width signs too.
    let first = text
        .trim_start_matches([' ', '\u{a0}', '\u{3000}', '\t', '\r', '\n'])
        .chars()
        .next();
    let obeyed = matches!(
        first,
        Some('=' | '+' | '-' | '@' | '＝' | '＋' | '－' | '＠')
    ) || text.starts_with(['\t', '\r', '\n']);
    match obeyed {
        true => format!("'{shown}"),
        false => shown,
    }
}

#[cfg(test)]
mod tests {
    use super::cell;

    #[test]
    fn nothing_is_taken_for_a_formula() {
        for (text, expected) in [
            ("张三", "张三"),
            ("=HYPERLINK(\"http://x\")", "'=HYPERLINK(\"http://x\")"),
            ("+1", "'+1"),
            ("-1", "'-1"),
            ("@SUM(A1)", "'@SUM(A1)"),
            ("\t=1", "'⇥=1"),
            ("\r=1", "'␍=1"),
            ("\n=1", "'⏎=1"),
            ("  =1", "'  =1"),
            ("＝1", "'＝1"),
            ("a\nb", "a⏎b"),
            ("a\u{202e}b", "a<U+202E>b"),
            ("张\u{3000}三", "张\u{3000}三"),
            ("x=1", "x=1"),
        ] {
            assert_eq!(cell(text), expected);
        }
    }
}
