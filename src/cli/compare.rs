//! `viva compare`: every mark that changed between two gradings, and why.

use std::path::PathBuf;

use clap::Args;

use crate::grading::compare as differences;
use crate::report::{Style, changes, changes_json};

use super::class_file::read_class;
use super::{Exit, complain, print};

#[derive(Args)]
pub(super) struct Compare {
    /// The older result of viva grade: its folder, or the class.json in it
    #[arg(value_name = "OLD")]
    old: PathBuf,
    /// The newer one
    #[arg(value_name = "NEW")]
    new: PathBuf,
    /// Print the changes as JSON
    #[arg(long)]
    json: bool,
}

/// 0 if all marks are the same, 1 if not.
pub(super) fn compare(options: &Compare, style: &Style) -> Exit {
    let class = |path| read_class(path).map_err(|problem| complain(&problem, style));
    let (old, new) = match class(&options.old).and_then(|old| Ok((old, class(&options.new)?))) {
        Ok(both) => both,
        Err(exit) => return exit,
    };
    let comparison = differences(&old, &new);
    let printed = print(&match options.json {
        true => changes_json(&comparison),
        false => changes(&comparison, style),
    });
    match comparison.changed.is_empty() {
        true => printed,
        false => printed.max(Exit::Failed),
    }
}
