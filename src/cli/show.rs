//! `viva show`: draws saved transcripts, on the terminal or as a page.

use std::path::{Path, PathBuf};

use clap::Args;

use crate::grading::{Graded, read_transcript, replace};
use crate::report::{
    Feedback, GradingProblem, Problem, Readers, Style, load, load_error, scenario_page,
    submission_page,
};
use crate::verdict::ScenarioResult;

use super::class_file::read_class;
use super::formats;
use super::{Exit, complain, print};

/// Files that `viva run --save` wrote are smaller than this, in bytes.
const MOST: u64 = 256 << 20;

#[derive(Args)]
pub(super) struct Show {
    /// A saved transcript (see run --save), or the result folder of viva grade
    #[arg(value_name = "FILE|RESULT-FOLDER")]
    file: PathBuf,
    /// Of a result folder: whose
    key: Option<String>,
    /// Of a result folder: only this scenario
    scenario: Option<String>,
    /// Write a page for a browser into this file instead
    #[arg(long, value_name = "FILE")]
    html: Option<PathBuf>,
}

/// Everything is shown, also what students may not see.
pub(super) fn show(options: &Show, style: &Style) -> Exit {
    let drawn = match &options.key {
        Some(key) => of_class(options, key, style),
        None => of_file(options, style),
    };
    let written = drawn.and_then(|text| match &options.html {
        None => Ok(print(&text)),
        Some(page) => match replace(page, text.as_bytes()) {
            Ok(()) => Ok(Exit::Passed),
            Err(error) => Err(Problem::Unwritable {
                path: page.display().to_string(),
                message: error.to_string(),
            }),
        },
    });
    written.unwrap_or_else(|problem| complain(&problem, style))
}

fn of_file(options: &Show, style: &Style) -> Result<String, Problem> {
    let path = options.file.display().to_string();
    if options.file.join("class.json").is_file() {
        return Err(Problem::Grading(GradingProblem::WhoseTranscript { path }));
    }
    let result = saved(&options.file, style)?;
    Ok(drawn(&result, &path, options, style))
}

fn of_class(options: &Show, key: &str, style: &Style) -> Result<String, Problem> {
    let class = read_class(&options.file)?;
    let folder = match options.file.is_dir() {
        true => options.file.as_path(),
        false => options.file.parent().unwrap_or(Path::new("")),
    };
    let is_theirs = |graded: &&Graded| {
        graded.key == key || graded.members.iter().any(|member| member.key == key)
    };
    let graded = class.submissions.iter().find(is_theirs).ok_or_else(|| {
        let keys = class.submissions.iter().map(|graded| graded.key.clone());
        Problem::Grading(GradingProblem::UnknownStudent {
            key: key.to_owned(),
            known: keys.collect(),
        })
    })?;
    if options.scenario.is_none() && options.html.is_some() {
        let load = formats::saved(folder);
        let feedback = Feedback::new(&class, graded, |judged| load(graded, judged));
        return Ok(submission_page(
            &feedback,
            Readers::Teachers,
            style.language,
        ));
    }
    let results = graded.results.iter();
    let wanted = results.filter(|judged| {
        let only = options.scenario.as_ref();
        only.is_none_or(|only| judged.scenario == *only)
    });
    let mut texts = Vec::new();
    for judged in wanted {
        let file = folder.join(judged.transcript.as_deref().unwrap_or_default());
        let shown = file.display().to_string();
        texts.push(drawn(&saved(&file, style)?, &shown, options, style));
    }
    match (&options.scenario, graded.results.is_empty()) {
        (Some(name), false) if texts.is_empty() => Err(Problem::UnknownScenario {
            name: name.clone(),
            known: graded
                .results
                .iter()
                .map(|judged| judged.scenario.clone())
                .collect(),
        }),
        (_, true) => Err(Problem::Grading(GradingProblem::NothingRun {
            key: graded.key.clone(),
        })),
        (_, false) => Ok(texts.join("\n")),
    }
}

fn drawn(result: &ScenarioResult, file: &str, options: &Show, style: &Style) -> String {
    match options.html {
        None => crate::report::show(result, style),
        Some(_) => scenario_page(
            result,
            Some(file),
            env!("CARGO_PKG_VERSION"),
            style.language,
        ),
    }
}

fn saved(file: &Path, style: &Style) -> Result<ScenarioResult, Problem> {
    let path = file.display().to_string();
    let text = read_transcript(file, MOST).map_err(|error| match error.kind() {
        std::io::ErrorKind::NotFound => Problem::NoSuchFile { path: path.clone() },
        _ => Problem::Unreadable {
            path: path.clone(),
            message: error.to_string(),
        },
    })?;
    load(&text).map_err(|error| Problem::NotATranscript {
        message: load_error(&error, style),
        path,
    })
}
