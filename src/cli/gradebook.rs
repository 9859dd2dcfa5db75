//! `viva gradebook`: the marks of a class in the file that a platform wants back.

use std::fs;
use std::path::{Path, PathBuf};

use clap::{Args, Subcommand};

use crate::grading::{Order, fill_gradebook, replace};
use crate::report::{Problem, Style};

use super::class_file::{contents, read_class};
use super::{Exit, complain, print};

#[derive(Args)]
pub(super) struct Gradebook {
    #[command(subcommand)]
    what: What,
}

#[derive(Subcommand)]
enum What {
    /// Fill a downloaded gradebook (CSV or xlsx), every other cell untouched
    Fill(Fill),
}

#[derive(Args)]
struct Fill {
    /// The file as it was downloaded: Moodle's grading worksheet, Canvas' gradebook, any other
    #[arg(long, value_name = "FILE.csv|xlsx")]
    template: PathBuf,
    /// The result of viva grade: its folder, or the class.json in it
    #[arg(long, value_name = "RESULT-FOLDER|CLASS.json")]
    from: PathBuf,
    /// Name of the column that says whose row it is: a student number, a login, Moodle's Identifier
    #[arg(long, value_name = "COLUMN")]
    key: String,
    /// Name of the column for the mark
    #[arg(long, value_name = "COLUMN")]
    mark: String,
    /// Name of a column for a comment: the points of each scenario that students may see
    #[arg(long, value_name = "COLUMN")]
    comment: Option<String>,
    /// The file to write
    #[arg(short, long, value_name = "FILE")]
    output: PathBuf,
    /// Overwrite that file (never the template)
    #[arg(long)]
    force: bool,
}

pub(super) fn gradebook(options: &Gradebook, style: &Style) -> Exit {
    let What::Fill(options) = &options.what;
    match filled(options, style) {
        Ok(text) => print(&text),
        Err(problem) => complain(&problem, style),
    }
}

fn filled(options: &Fill, style: &Style) -> Result<String, Problem> {
    let output = options.output.display().to_string();
    let real = |path: &Path| fs::canonicalize(path).ok();
    if real(&options.output).is_some_and(|path| Some(path) == real(&options.template)) {
        return Err(Problem::OverTemplate { path: output });
    }
    if !options.force && fs::symlink_metadata(&options.output).is_ok() {
        return Err(Problem::NotForced { path: output });
    }
    let template = contents(&options.template)?;
    let class = read_class(&options.from)?;
    let order = Order {
        key: options.key.clone(),
        mark: options.mark.clone(),
        comment: options.comment.clone(),
    };
    let comment = |graded: &_| crate::report::gradebook_comment(&class, graded, style.language);
    let filled = fill_gradebook(&template, &order, &class, comment);
    let filled = filled.map_err(|why| Problem::Unfillable {
        path: options.template.display().to_string(),
        why,
    })?;
    replace(&options.output, &filled.bytes).map_err(|error| Problem::Unwritable {
        path: output.clone(),
        message: error.to_string(),
    })?;
    Ok(crate::report::gradebook_filled(&filled, &output, style))
}
