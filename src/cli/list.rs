//! `viva lint`, `viva list`, `viva reference`: what there is, and whether it is in order.

use std::io::Write;

use crate::diagnostic::Severity;
use crate::report::{Problem, Style};
use crate::scenario::{Overrides, lint as lint_lab, shipped_labs};

use super::target::Target;
use super::{Exit, complain, complain_of, print};

fn targets(named: &[String], style: &Style) -> Result<Vec<Target>, Exit> {
    let all = shipped_labs().into_iter().map(str::to_owned);
    let named: Vec<String> = if named.is_empty() {
        all.collect()
    } else {
        named.to_vec()
    };
    let mut targets = Vec::new();
    for name in &named {
        targets.push(Target::find(name).map_err(|problem| complain(&problem, style))?);
    }
    Ok(targets)
}

/// `viva lint`: 0 when nothing but warnings was found, else 2.
pub(super) fn lint(named: &[String], style: &Style) -> Exit {
    let targets = match targets(named, style) {
        Ok(targets) => targets,
        Err(exit) => return exit,
    };
    let mut exit = Exit::Passed;
    for target in targets {
        let diagnostics = match target.read(&Overrides::default()) {
            Ok(lab) => lint_lab(&lab, target.files()),
            Err(diagnostics) => diagnostics,
        };
        if diagnostics
            .iter()
            .any(|diagnostic| diagnostic.severity == Severity::Error)
        {
            exit = Exit::Usage;
        }
        if diagnostics.is_empty() {
            print(&crate::report::in_order(target.named(), style));
        }
        let _ =
            std::io::stderr().write_all(crate::report::diagnostics(&diagnostics, style).as_bytes());
    }
    exit
}

/// `viva list`: the shipped labs, or the scenarios of the labs that are named.
pub(super) fn list(named: &[String], style: &Style) -> Exit {
    let targets_of = match targets(named, style) {
        Ok(targets) => targets,
        Err(exit) => return exit,
    };
    let mut exit = Exit::Passed;
    let mut text = String::new();
    for target in targets_of {
        match target.read(&Overrides::default()) {
            Ok(lab) => {
                let rows = lab
                    .scenarios
                    .iter()
                    .filter(|_| !named.is_empty())
                    .map(|entry| crate::report::Listed {
                        name: entry.scenario.name.clone(),
                        title: entry.scenario.title.clone(),
                        robustness: entry.robustness,
                        points: entry.points,
                    });
                text.push_str(&crate::report::listing(
                    target.named(),
                    &lab.title,
                    &rows.collect::<Vec<_>>(),
                    style,
                ));
            }
            Err(diagnostics) => {
                complain_of(&diagnostics, style);
                exit = Exit::Usage;
            }
        }
    }
    print(&text).max(exit)
}

/// `viva reference`: runs a reference program in this process, or lists them all.
pub(super) fn reference(name: Option<&str>, arguments: &[String], style: &Style) -> Exit {
    let Some(name) = name else {
        let rows: Vec<(String, String)> = reference::PROGRAMS
            .iter()
            .map(|program| (program.name.to_owned(), program.about.to_owned()))
            .collect();
        let width = rows.iter().map(|(name, _)| name.len()).max().unwrap_or(0);
        return print(
            &rows
                .iter()
                .map(|(name, about)| format!("{name:width$}  {about}\n"))
                .collect::<String>(),
        );
    };
    match reference::find(name) {
        Some(program) => {
            // The standard library hides the number of an `ExitCode`; a reference program ends with 0 or 1.
            let failed = program.start(arguments) != std::process::ExitCode::SUCCESS;
            Exit::Program(u8::from(failed))
        }
        None => {
            let known = reference::PROGRAMS
                .iter()
                .map(|program| program.name.to_owned())
                .collect();
            complain(
                &Problem::UnknownReference {
                    name: name.to_owned(),
                    known,
                },
                style,
            )
        }
    }
}
