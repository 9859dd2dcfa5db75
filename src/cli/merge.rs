//! `viva merge`: parts of a class that were graded apart become one result folder.

use std::fs;
use std::io;
use std::path::{Component, Path, PathBuf};

use clap::Args;

use crate::grading::{Class, Merged, Part, merge as put_together, replace};
use crate::report::{GradingProblem, Problem, Style, merged as told};

use super::arguments::Formats;
use super::class_file::read_class;
use super::formats;
use super::grade::render;
use super::{Exit, complain, eprint, print};

#[derive(Args)]
pub(super) struct Merge {
    /// Result folders of viva grade --shard, or of viva merge
    #[arg(value_name = "FOLDER", required = true)]
    folders: Vec<PathBuf>,
    /// The folder for all of it: a new one, or one that was merged into before
    #[arg(short, long, alias = "out", value_name = "DIR")]
    output: PathBuf,
    #[command(flatten)]
    formats: Formats,
}

/// 0 if everybody is there, 3 if not: what is there is written all the same.
pub(super) fn merge(options: &Merge, style: &Style) -> Exit {
    let merged = match gathered(options) {
        Ok(merged) => merged,
        Err(problem) => return complain(&problem, style),
    };
    let mut exit = Exit::Passed;
    for problem in copy(options, &merged) {
        exit = exit.max(complain(&problem, style));
    }
    exit = exit.max(render(
        &options.formats,
        &merged.class,
        &options.output,
        style,
    ));
    let output = options.output.display().to_string();
    let text = told(&merged, options.folders.len(), &output, style);
    // A report may have standard output for itself.
    match formats::want_all(&options.formats.wanted) {
        true => eprint(&text),
        false => exit = exit.max(print(&text)),
    }
    match merged.missing.is_empty() && merged.shards.is_empty() {
        true => exit,
        false => exit.max(Exit::Trouble),
    }
}

fn gathered(options: &Merge) -> Result<Merged, Problem> {
    let mut parts = Vec::new();
    for folder in &options.folders {
        parts.push(Part {
            source: folder.display().to_string(),
            class: read_class(folder)?,
        });
    }
    let merged = put_together(&parts).map_err(Problem::Merge)?;
    formats::check(
        &options.formats.wanted,
        merged.class.submissions.len(),
        false,
    )?;
    match belongs(&options.output, &merged.class) {
        true => Ok(merged),
        false => Err(Problem::Grading(GradingProblem::NotAResultFolder {
            path: options.output.display().to_string(),
        })),
    }
}

/// Whether the folder may be written into: it is new, or holds the same class, merged.
fn belongs(folder: &Path, class: &Class) -> bool {
    let empty = match fs::read_dir(folder) {
        Ok(mut entries) => entries.next().is_none(),
        Err(_) => fs::symlink_metadata(folder).is_err(),
    };
    let same = || {
        read_class(folder).is_ok_and(|there| {
            there.digest == class.digest && there.seed == class.seed && there.shard.is_none()
        })
    };
    empty || !folder.join("journal.jsonl").exists() && same()
}

/// Copies the transcripts; what could not be copied.
fn copy(options: &Merge, merged: &Merged) -> Vec<Problem> {
    let mut problems = Vec::new();
    for (graded, from) in merged.class.submissions.iter().zip(&merged.from) {
        let part = &options.folders[*from];
        let part = match part.is_dir() {
            true => part,
            false => part.parent().unwrap_or(Path::new(".")),
        };
        let names = graded
            .results
            .iter()
            .filter_map(|it| it.transcript.as_ref());
        for name in names {
            let (source, place) = (part.join(name), options.output.join(name));
            if let Err(error) = copy_below(name, &source, &place) {
                problems.push(Problem::Unreadable {
                    path: source.display().to_string(),
                    message: error.to_string(),
                });
            }
        }
    }
    problems
}

fn copy_below(name: &str, source: &Path, place: &Path) -> io::Result<()> {
    // A part may come from anywhere.
    let inside = |part| matches!(part, Component::Normal(_));
    if !Path::new(name).components().all(inside) {
        return Err(io::ErrorKind::InvalidFilename.into());
    }
    let real = |path: &Path| fs::canonicalize(path).ok();
    if real(place).is_some_and(|place| Some(place) == real(source)) {
        return Ok(());
    }
    if !fs::symlink_metadata(source)?.is_file() {
        return Err(io::ErrorKind::InvalidInput.into());
    }
    replace(place, &fs::read(source)?)
}
