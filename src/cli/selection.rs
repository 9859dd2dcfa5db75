//! What `viva run` runs: labs and submissions, and which scenarios of them.

use std::io::Read;
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;
use std::sync::Arc;

use crate::diagnostic::Diagnostic;
use crate::engine::Submission;
use crate::grading::{Group, Wanted};
use crate::report::{Problem, Style};
use crate::scenario::{Lab, LabEntry, Overrides};
use crate::verdict::NotRun;

use super::arguments::Run;
use super::run::Obstacle;
use super::target::Target;
use super::{Exit, complain, complain_of};

/// All that is to be run.
pub(super) struct Selection {
    pub(super) groups: Vec<Group>,
    /// What can't be run by the user's mistake, which was then said.
    pub(super) not_run: Vec<NotRun>,
}

/// Reads every lab once for each submission, and selects its entries. A submission whose own settings are wrong does not keep
/// the others from being run.
pub(super) fn select(options: &Run, style: &Style) -> Result<Selection, Exit> {
    let submissions = submissions(options, style)?;
    let mut selection = Selection {
        groups: Vec::new(),
        not_run: Vec::new(),
    };
    let (mut names, mut roles) = (Vec::new(), Vec::new());
    for target in &options.targets {
        let target = Target::find(target).map_err(|problem| complain(&problem, style))?;
        let plain = read(&target, options, None).map_err(|diagnostics| {
            complain_of(&diagnostics, style);
            Exit::Usage
        })?;
        let plain = Arc::new(plain);
        names.extend(
            plain
                .scenarios
                .iter()
                .map(|entry| entry.scenario.name.clone()),
        );
        roles.extend(plain.roles.iter().map(|role| role.name.clone()));
        // The roles of a single scenario file are the scenario's own.
        let of_scenarios = plain
            .scenarios
            .iter()
            .flat_map(|entry| &entry.scenario.roles);
        roles.extend(of_scenarios.map(|role| role.name.clone()));
        for submission in &submissions {
            let lab = match submission {
                None => Arc::clone(&plain),
                Some(submission) => match own_lab(&plain, &target, options, submission) {
                    Ok(lab) => lab,
                    Err(obstacle) => {
                        obstacle.tell(style);
                        let not_run = obstacle.not_run(Some(&submission.name));
                        selection.not_run.extend(not_run);
                        continue;
                    }
                },
            };
            let wanted = |entry| match is_selected(entry, options) {
                true => Wanted::Run,
                false => Wanted::No,
            };
            selection.groups.push(Group {
                wanted: lab.scenarios.iter().map(wanted).collect(),
                lab,
                target: target.named().to_owned(),
                submission: submission.clone(),
            });
        }
    }
    check_names(options, names, roles, style)?;
    let is_empty = |group: &Group| !group.wanted.contains(&Wanted::Run);
    if !selection.groups.is_empty() && selection.groups.iter().all(is_empty) {
        complain(&Problem::NothingSelected, style);
        return Err(Exit::Nothing);
    }
    Ok(selection)
}

fn submissions(options: &Run, style: &Style) -> Result<Vec<Option<Submission>>, Exit> {
    let mut submissions = Vec::new();
    for folder in &options.submission {
        let path = folder.display().to_string();
        // What is there, but is no folder, fails as if it were read.
        let problem = match std::fs::metadata(folder) {
            Ok(metadata) if metadata.is_dir() => None,
            Ok(_) => Some(Problem::Unreadable {
                path: path.clone(),
                message: std::io::Error::from_raw_os_error(libc::ENOTDIR).to_string(),
            }),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                Some(Problem::NoSuchFile { path: path.clone() })
            }
            Err(error) => Some(Problem::Unreadable {
                path: path.clone(),
                message: error.to_string(),
            }),
        };
        if let Some(problem) = problem {
            return Err(complain(&problem, style));
        }
        submissions.push(Some(Submission {
            name: path,
            folder: folder.clone(),
        }));
    }
    if submissions.is_empty() {
        submissions.push(None);
    }
    Ok(submissions)
}

fn is_selected(entry: &LabEntry, options: &Run) -> bool {
    let chosen = options.only.is_empty() || options.only.contains(&entry.scenario.name);
    // Who fills certain roles by hand asks about these roles.
    let by_hand: Vec<&String> = by_hand(options).collect();
    let concerns =
        !options.submission.is_empty() || by_hand.is_empty() || entry.scenario.casts(&by_hand);
    chosen && concerns
}

fn by_hand(options: &Run) -> impl Iterator<Item = &String> {
    let both = options.role.iter().chain(&options.connect);
    both.map(|(role, _)| role)
}

/// What no lab has can only be a mistake.
fn check_names(
    options: &Run,
    mut names: Vec<String>,
    mut roles: Vec<String>,
    style: &Style,
) -> Result<(), Exit> {
    if let Some(unknown) = by_hand(options).find(|role| !roles.contains(role)) {
        roles.sort();
        roles.dedup();
        let problem = Problem::UnknownRole {
            role: unknown.clone(),
            known: roles,
        };
        return Err(complain(&problem, style));
    }
    if let Some(unknown) = options.only.iter().find(|only| !names.contains(only)) {
        names.dedup();
        complain(
            &Problem::UnknownScenario {
                name: unknown.clone(),
                known: names,
            },
            style,
        );
        return Err(Exit::Nothing);
    }
    Ok(())
}

fn read(
    target: &Target,
    options: &Run,
    submission: Option<(String, String)>,
) -> Result<Lab, Vec<Diagnostic>> {
    target.read(&Overrides {
        set: options.set.clone(),
        submission,
    })
}

/// The lab as a submission's own settings change it, if it has any.
fn own_lab(
    plain: &Arc<Lab>,
    target: &Target,
    options: &Run,
    submission: &Submission,
) -> Result<Arc<Lab>, Obstacle> {
    match own_settings(&submission.folder).map_err(Obstacle::Problem)? {
        None => Ok(Arc::clone(plain)),
        settings => read(target, options, settings)
            .map(Arc::new)
            .map_err(Obstacle::Mistakes),
    }
}

/// The file in which a submission says how its programs talk.
pub(super) const OWN_SETTINGS: &str = "viva.yaml";

/// A submission's own viva.yaml: its name as shown, and its text. It comes from a student: no link is followed, and nothing but a
/// plain file is waited for.
pub(super) fn own_settings(folder: &Path) -> Result<Option<(String, String)>, Problem> {
    const MOST: u64 = 64 << 10;
    let path = folder.join(OWN_SETTINGS);
    let read = || -> std::io::Result<String> {
        let file = std::fs::OpenOptions::new()
            .read(true)
            .custom_flags(libc::O_NOFOLLOW | libc::O_NONBLOCK)
            .open(&path)?;
        if !file.metadata()?.is_file() {
            return Err(std::io::ErrorKind::InvalidInput.into());
        }
        let mut text = String::new();
        file.take(MOST + 1).read_to_string(&mut text)?;
        if text.len() as u64 > MOST {
            return Err(std::io::ErrorKind::FileTooLarge.into());
        }
        Ok(text)
    };
    let shown = path.display().to_string();
    match read() {
        Ok(text) => Ok(Some((shown, text))),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(Problem::Unreadable {
            path: shown,
            message: error.to_string(),
        }),
    }
}
