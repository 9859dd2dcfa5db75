//! `viva calibrate`: whether a lab's scenarios tell right from wrong.

use std::io::{IsTerminal, Write};

use crate::r#box::{prepare as prepare_boxes, probe};
use crate::calibration::{Breach, Plan, calibrate as run};
use crate::report::{Problem, Style};
use crate::scenario::{KNOWN, LabFiles, Overrides, read_contract};

use super::arguments::Calibrate;
use super::run::fresh_seed;
use super::target::Target;
use super::{Exit, complain, complain_of, print};

/// 0 if everything is as the contract says, 1 if not, 3 if trouble kept something from being shown.
pub(super) fn calibrate(options: &Calibrate, style: &Style) -> Exit {
    // If the launcher of boxes can't be had, the first box will say so.
    let _ = prepare_boxes();
    let target = match Target::find(&options.target) {
        Ok(target) => target,
        Err(problem) => {
            return complain(&problem, style);
        }
    };
    let read = |set: &[(String, String)]| {
        target.read(&Overrides {
            set: set.to_vec(),
            submission: None,
        })
    };
    let lab = match read(&[]) {
        Ok(lab) => lab,
        Err(diagnostics) => {
            complain_of(&diagnostics, style);
            return Exit::Usage;
        }
    };
    let names = || lab.scenarios.iter().map(|entry| &entry.scenario.name);
    if let Some(unknown) = options
        .only
        .iter()
        .find(|only| !names().any(|name| name == *only))
    {
        let problem = Problem::UnknownScenario {
            name: unknown.clone(),
            known: names().cloned().collect(),
        };
        complain(&problem, style);
        return Exit::Nothing;
    }
    let (contract, known) = match target.files() {
        None => Default::default(),
        Some((files, shown_as)) => match read_contract(files, shown_as, &lab) {
            Ok(contract) => {
                let known = match files {
                    LabFiles::Folder(folder) => Some(folder.join(KNOWN)),
                    // What is inside this binary can't be started.
                    LabFiles::Shipped(_) => None,
                };
                (contract, known)
            }
            Err(diagnostics) => {
                complain_of(&diagnostics, style);
                return Exit::Usage;
            }
        },
    };
    let cores = || std::thread::available_parallelism().map_or(1, usize::from);
    let isolation = probe().best();
    let plan = Plan {
        read: &read,
        contract,
        known,
        only: options.only.clone(),
        rounds: options.repeat.into(),
        load: options.load,
        // Without a network of its own, two scenarios could want one port.
        jobs: match isolation.has_own_network() {
            true => options.jobs.map_or_else(cores, usize::from),
            false => 1,
        },
        seed: options.seed.clone().unwrap_or_else(fresh_seed),
        deadline: options.deadline,
        isolation,
    };
    let shows_progress = std::io::stderr().is_terminal();
    let told = |done: usize, all: usize| {
        if shows_progress {
            let line = crate::report::progress_line(done, all, &lab.name, style);
            let _ = write!(std::io::stderr(), "\r{line}");
        }
    };
    let calibration = match run(&plan, &told) {
        Ok(calibration) => calibration,
        Err(diagnostics) => {
            complain_of(&diagnostics, style);
            return Exit::Usage;
        }
    };
    if shows_progress {
        // Erase the line (ECMA-48, EL).
        let _ = write!(std::io::stderr(), "\r\x1b[K");
    }
    let text = match options.json {
        true => crate::report::calibration_json(&calibration),
        false => crate::report::calibration(&calibration, style),
    };
    let breaches = calibration.breaches();
    let is_trouble = |breach: &Breach| matches!(breach, Breach::Trouble(_) | Breach::NotRun);
    let exit = if breaches.iter().any(|(_, breach)| is_trouble(breach)) {
        Exit::Trouble
    } else if breaches.is_empty() {
        Exit::Passed
    } else {
        Exit::Failed
    };
    print(&text).max(exit)
}
