//! A calibration: the table, what each scenario catches, and what is not as the contract says.

use serde_json::{Value, json};

use crate::calibration::{Breach, Calibration, Cell, Row, Subject};
use crate::diagnostic::Language;

use super::Style;
use super::page::{Page, Tone, blanks, padded, width};
use super::visible::clipped;
use super::words::calibration as told;

/// The most lines that a list of names takes.
const MOST_LINES: usize = 12;

/// The widest name of a row.
const WIDEST: usize = 36;

/// The whole of it, for people.
pub fn calibration(calibration: &Calibration, style: &Style) -> String {
    let language = style.language;
    let mut page = Page::new(style);
    page.line(&[
        (Tone::Strong, &calibration.lab),
        (Tone::Plain, " · "),
        (Tone::Plain, &told::heading(language, calibration)),
    ]);
    let breaches = calibration.breaches();
    table(calibration, &breaches, &mut page, language);
    page.blank();
    page.wrapped("", 2, Tone::Faint, told::legend(language), 3);
    scenarios(calibration, &mut page, language);
    mutants(calibration, &mut page, language);
    page.blank();
    let (survived, others): (Vec<_>, Vec<_>) = breaches
        .iter()
        .partition(|(_, breach)| *breach == Breach::Survived);
    for (row, breach) in others {
        let sentence = told::breach(language, &name(language, &row.subject), breach);
        page.wrapped("  ", 2, Tone::Bad, &sentence, 3);
    }
    if !survived.is_empty() {
        // The same advice for all.
        let names: Vec<String> = survived
            .iter()
            .map(|(row, _)| name(language, &row.subject))
            .collect();
        let names = told::list(language, &names);
        let sentence = told::breach(language, &names, &Breach::Survived);
        page.wrapped("  ", 2, Tone::Bad, &sentence, MOST_LINES);
    }
    let tone = if breaches.is_empty() {
        Tone::Good
    } else {
        Tone::Bad
    };
    page.line(&[(tone, &told::conclusion(language, breaches.len()))]);
    page.finish()
}

fn table(
    calibration: &Calibration,
    breaches: &[(&Row, Breach)],
    page: &mut Page,
    language: Language,
) {
    let names: Vec<String> = calibration
        .rows
        .iter()
        .map(|row| clipped(name(language, &row.subject).as_bytes(), WIDEST))
        .collect();
    let margin = names.iter().map(|name| width(name)).max().unwrap_or(0) + 4;
    let room = page.columns().saturating_sub(margin).max(10);
    let all: Vec<usize> = (0..calibration.scenarios.len()).collect();
    for columns in all.chunks(room) {
        page.blank();
        let digit = |of: fn(usize) -> Option<u32>| -> String {
            let digits = columns.iter().map(|column| of(column + 1));
            digits
                .map(|digit| {
                    digit
                        .and_then(|digit| char::from_digit(digit, 10))
                        .unwrap_or(' ')
                })
                .collect()
        };
        let tens = |number: usize| {
            number
                .is_multiple_of(10)
                .then_some((number / 10 % 10) as u32)
        };
        let above = digit(tens);
        if !above.trim().is_empty() {
            page.line(&[(Tone::Faint, &blanks(margin)), (Tone::Faint, &above)]);
        }
        let ones = |number: usize| Some((number % 10) as u32);
        page.line(&[(Tone::Faint, &blanks(margin)), (Tone::Faint, &digit(ones))]);
        for (row, name) in calibration.rows.iter().zip(&names) {
            let mut stretches = vec![(
                Tone::Plain,
                format!("  {}", padded(name, margin.saturating_sub(2))),
            )];
            let own: Vec<&Breach> = breaches
                .iter()
                .filter(|(of, _)| std::ptr::eq(*of, row))
                .map(|(_, breach)| breach)
                .collect();
            for column in columns {
                let (tone, mark) = mark(calibration, row, &own, *column);
                stretches.push((tone, mark.to_string()));
            }
            let stretches: Vec<(Tone, &str)> = stretches
                .iter()
                .map(|(tone, text)| (*tone, text.as_str()))
                .collect();
            page.line(&stretches);
        }
    }
}

/// One character for one cell; the legend says what they mean.
fn mark(calibration: &Calibration, row: &Row, breaches: &[&Breach], column: usize) -> (Tone, char) {
    let scenario = &calibration.scenarios[column];
    let is_breach = breaches.iter().any(|breach| {
        matches!(breach, Breach::NotFailed(name) | Breach::Failed(name) | Breach::Overdue(name) if name == scenario)
    });
    let must = matches!(&row.subject, Subject::Known(known) if known.must_fail.contains(scenario));
    let is_mutant = matches!(row.subject, Subject::Mutant(..));
    match row.cells[column] {
        _ if row.not_run => (Tone::Bad, 'E'),
        _ if is_breach => (Tone::Bad, '!'),
        Cell::NotRun => (Tone::Plain, ' '),
        Cell::Passed { altered: false } if is_mutant => (Tone::Faint, '-'),
        Cell::Passed { .. } => (Tone::Good, '.'),
        Cell::Failed { .. } if !is_mutant && !must && calibration.is_excused(row, column) => {
            (Tone::Faint, '~')
        }
        Cell::Failed { .. } if is_mutant || must => (Tone::Plain, 'X'),
        Cell::Failed { .. } => (Tone::Plain, 'x'),
        Cell::Unstable { .. } => (Tone::Warn, '?'),
        Cell::Trouble => (Tone::Bad, 'E'),
    }
}

fn scenarios(calibration: &Calibration, page: &mut Page, language: Language) {
    page.blank();
    page.line(&[(Tone::Strong, told::scenarios(language))]);
    let widest = calibration.scenarios.iter().map(|name| width(name)).max();
    let idle = calibration.idle();
    for (index, scenario) in calibration.scenarios.iter().enumerate() {
        let alone: Vec<String> = calibration
            .alone(index)
            .iter()
            .map(|row| name(language, &row.subject))
            .collect();
        let said = if idle.contains(&scenario.as_str()) {
            told::catches_nothing(language).to_owned()
        } else if alone.is_empty() {
            String::new()
        } else {
            told::list(language, &alone)
        };
        let label = format!(
            "  {:>3}  {}",
            index + 1,
            padded(scenario, widest.unwrap_or(0) + 2)
        );
        match said.is_empty() {
            true => page.line(&[(Tone::Plain, label.trim_end())]),
            false => page.wrapped(&label, width(&label), Tone::Plain, &said, 2),
        }
    }
}

fn mutants(calibration: &Calibration, page: &mut Page, language: Language) {
    let (applicable, caught) = calibration.mutants();
    page.blank();
    page.line(&[(Tone::Strong, &told::mutants(language, applicable, caught))]);
    for row in &calibration.rows {
        let survived = row.is_applicable() && !row.is_caught();
        if let (true, Some(why)) = (survived, calibration.excuse(row)) {
            let said = told::survivor(language, &name(language, &row.subject), why);
            page.wrapped("  ", 2, Tone::Plain, &said, 3);
        }
    }
}

fn name(language: Language, subject: &Subject) -> String {
    match subject {
        Subject::Reference => told::reference(language).to_owned(),
        Subject::Known(known) => known.file.clone(),
        Subject::Mutant(role, mutation) => format!("{role} {}", mutation.name()),
    }
}

/// The same as JSON.
pub fn calibration_json(calibration: &Calibration) -> String {
    let row = |row: &Row| {
        let cells = calibration.scenarios.iter().zip(&row.cells);
        let cells = cells.filter_map(|(scenario, cell)| {
            let cell = match cell {
                Cell::NotRun => return None,
                Cell::Passed { altered } => json!({ "outcome": "passed", "altered": altered }),
                Cell::Failed { overdue } => json!({ "outcome": "failed", "overdue": overdue }),
                Cell::Unstable { failed } => json!({ "outcome": "unstable", "failed": failed }),
                Cell::Trouble => json!({ "outcome": "error" }),
            };
            Some((scenario.clone(), cell))
        });
        let cells: Value = Value::Object(cells.collect());
        match &row.subject {
            Subject::Reference => json!({ "reference": true, "scenarios": cells }),
            Subject::Known(known) => json!({ "program": known.file, "scenarios": cells }),
            Subject::Mutant(role, mutation) => json!({
                "role": role, "mutation": mutation.name(), "scenarios": cells,
                "applicable": row.is_applicable(), "caught": row.is_caught(),
                "excuse": calibration.excuse(row),
            }),
        }
    };
    let breaches = calibration.breaches();
    let breach = |(row, breach): &(&Row, Breach)| {
        let subject = name(Language::English, &row.subject);
        told::breach(Language::English, &subject, breach)
    };
    let (applicable, caught) = calibration.mutants();
    let whole = json!({
        "version": 1,
        "viva": env!("CARGO_PKG_VERSION"),
        "lab": calibration.lab,
        "rounds": calibration.rounds,
        "rows": calibration.rows.iter().map(row).collect::<Vec<_>>(),
        "mutants": { "applicable": applicable, "caught": caught },
        "breaches": breaches.iter().map(breach).collect::<Vec<_>>(),
    });
    format!("{whole:#}\n")
}
