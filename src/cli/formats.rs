//! `--format NAME:PATH`: the forms in which a class is wanted, and where each of them goes.
//!
//! A file is written beside its place and then renamed: whoever reads it has the old one or the new one, and never half of one.

use std::fs::{File, OpenOptions};
use std::io::{Seek, Write};
use std::path::{Path, PathBuf};

use crate::grading::{Class, Graded, Judged, read_transcript, replace, replace_from};
use crate::report::{
    Feedback, FeedbackZip, Junit, Platform, Problem, Readers, Style, Surroundings, Tap, autolab,
    class_json, class_page, class_summary, classroom50, github, github_summary, gradebook,
    gradescope, markdown, prairielearn, submission_page,
};
use crate::verdict::ScenarioResult;

use super::{Exit, complain};

/// More than any transcript takes.
const MOST: u64 = 256 << 20;

/// A form.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Form {
    Summary,
    Json,
    Csv,
    CsvExcel,
    Moodle,
    Canvas,
    Gradescope,
    Classroom50,
    Autolab,
    Prairielearn,
    Junit,
    Tap,
    Github,
    GithubSummary,
    Markdown,
    Html,
}

impl Form {
    const ALL: [(&'static str, Form); 16] = [
        ("summary", Form::Summary),
        ("json", Form::Json),
        ("csv", Form::Csv),
        ("csv-excel", Form::CsvExcel),
        ("moodle", Form::Moodle),
        ("canvas", Form::Canvas),
        ("gradescope", Form::Gradescope),
        ("classroom50", Form::Classroom50),
        ("autolab", Form::Autolab),
        ("prairielearn", Form::Prairielearn),
        ("junit", Form::Junit),
        ("tap", Form::Tap),
        ("github", Form::Github),
        ("github-summary", Form::GithubSummary),
        ("markdown", Form::Markdown),
        ("html", Form::Html),
    ];

    fn name(self) -> &'static str {
        let own = |(_, form): &&(&'static str, Form)| *form == self;
        Form::ALL.iter().find(own).map_or("", |(name, _)| name)
    }

    /// The ending of the files of a form that is about one submission; `None`: it is about the class.
    fn ending(self) -> Option<&'static str> {
        match self {
            Form::Gradescope | Form::Classroom50 | Form::Autolab | Form::Prairielearn => {
                Some("json")
            }
            Form::Github => Some("txt"),
            Form::Html => Some("html"),
            Form::GithubSummary | Form::Markdown => Some("md"),
            Form::Summary
            | Form::Json
            | Form::Csv
            | Form::CsvExcel
            | Form::Moodle
            | Form::Canvas
            | Form::Junit
            | Form::Tap => None,
        }
    }

    fn is_zip(self) -> bool {
        matches!(self, Form::Moodle | Form::Canvas)
    }
}

/// A form that is wanted, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Wanted {
    form: Form,
    to: Place,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Place {
    Output,
    File(PathBuf),
    Folder(PathBuf),
    /// At the end of a file that is there already.
    End(PathBuf),
}

impl Wanted {
    /// Reads `NAME`, `NAME:-` or `NAME:PATH`; a path that ends in `/` is a folder.
    pub(super) fn parse(text: &str) -> Result<Wanted, String> {
        let (name, path) = text.split_once(':').unwrap_or((text, "-"));
        let Some((_, form)) = Form::ALL.iter().find(|(own, _)| *own == name) else {
            let names: Vec<&str> = Form::ALL.iter().map(|(name, _)| *name).collect();
            return Err(format!(
                "write it as NAME or NAME:PATH, with one of these names: {}",
                names.join(", ")
            ));
        };
        let form = *form;
        let to = match path {
            "-" | "" if form == Form::GithubSummary => {
                match std::env::var_os("GITHUB_STEP_SUMMARY") {
                    Some(file) => Place::End(file.into()),
                    None => Place::Output,
                }
            }
            "-" | "" => Place::Output,
            path if path.ends_with('/') || Path::new(path).is_dir() => Place::Folder(path.into()),
            path => Place::File(path.into()),
        };
        match (&to, form.ending()) {
            (Place::Output, _) if form.is_zip() => {
                Err(format!("a zip needs a place: {name}:FILE.zip"))
            }
            (Place::Folder(_), None) => {
                Err(format!("{name} is one file, not a folder: {name}:FILE"))
            }
            _ => Ok(Wanted { form, to }),
        }
    }

    fn takes_output(&self) -> bool {
        self.to == Place::Output
    }

    /// Whether nothing else may stand on standard output. Annotations are lines of their own, and Autolab reads the last one only.
    fn wants_all(&self) -> bool {
        let shares = matches!(self.form, Form::Summary | Form::Github | Form::Autolab);
        self.takes_output() && !shares
    }

    /// Writes `content`; into a folder, under the name of `file`.
    fn put(&self, file: Option<&str>, content: &[u8]) -> Result<(), Problem> {
        let written = match &self.to {
            Place::Output => match super::print(&String::from_utf8_lossy(content)) {
                Exit::Passed => Ok(()),
                _ => Err(std::io::Error::last_os_error()),
            },
            Place::File(path) => replace(path, content),
            Place::Folder(folder) => replace(&folder.join(file.unwrap_or_default()), content),
            Place::End(path) => OpenOptions::new()
                .create(true)
                .append(true)
                .open(path)
                .and_then(|mut file| file.write_all(content)),
        };
        written.map_err(|error| self.unwritable(&error))
    }

    /// Puts what is in a file of no name there.
    fn put_file(&self, mut file: File) -> Result<(), Problem> {
        let path = match &self.to {
            Place::File(path) => path,
            // No form that is made so goes anywhere else.
            Place::Output | Place::Folder(_) | Place::End(_) => return Ok(()),
        };
        file.rewind()
            .and_then(|()| replace_from(path, &mut file))
            .map_err(|error| self.unwritable(&error))
    }

    fn unwritable(&self, error: &dyn std::fmt::Display) -> Problem {
        let path = match &self.to {
            Place::Output => "-".to_owned(),
            Place::File(path) | Place::Folder(path) | Place::End(path) => {
                path.display().to_string()
            }
        };
        Problem::Unwritable {
            path,
            message: error.to_string(),
        }
    }
}

/// Whether nothing but one of these may be printed.
pub(super) fn want_all(wanted: &[Wanted]) -> bool {
    wanted.iter().any(Wanted::wants_all)
}

/// Whether so many submissions can be written as `wanted`: to be asked before anything runs. `json`: a report is printed as JSON.
///
/// # Errors
///
/// What the user must change, or a place that can't be written to.
pub(super) fn check(wanted: &[Wanted], submissions: usize, json: bool) -> Result<(), Problem> {
    let outputs = wanted.iter().filter(|wanted| wanted.takes_output());
    let outputs = outputs.map(|wanted| wanted.form.name().to_owned());
    let forms: Vec<String> = json
        .then(|| "--json".to_owned())
        .into_iter()
        .chain(outputs)
        .collect();
    if forms.len() > 1 && (json || want_all(wanted)) {
        return Err(Problem::OneOutput { forms });
    }
    for wanted in wanted {
        let single = wanted.form.ending().is_some() && !matches!(wanted.to, Place::Folder(_));
        if single && submissions != 1 {
            return Err(Problem::OneSubmission {
                form: wanted.form.name().to_owned(),
                submissions,
            });
        }
        let folder = match &wanted.to {
            Place::Output | Place::End(_) => continue,
            Place::Folder(folder) => folder.as_path(),
            Place::File(path) => match path.parent() {
                Some(folder) if !folder.as_os_str().is_empty() => folder,
                _ => Path::new("."),
            },
        };
        std::fs::create_dir_all(folder)
            .and_then(|()| {
                rustix::fs::access(folder, rustix::fs::Access::WRITE_OK).map_err(Into::into)
            })
            .map_err(|error: std::io::Error| wanted.unwritable(&error))?;
    }
    Ok(())
}

/// Writes `class` in all forms that are `wanted`, for `readers`. `load` gives the full result of a scenario, with its transcript; one submission is
/// in memory at a time. What can't be written is told, and does not keep the others from being written.
pub(super) fn write(
    wanted: &[Wanted],
    class: &Class,
    load: impl Fn(&Graded, &Judged) -> Option<ScenarioResult>,
    readers: Readers,
    style: &Style,
) -> Exit {
    let mut exit = Exit::Passed;
    let mut tell = |problem: &Problem| exit = exit.max(complain(problem, style));
    let surroundings = surroundings();
    let mut open: Vec<(&Wanted, Writing)> = Vec::new();
    for wanted in wanted {
        match Writing::begin(wanted, readers, style) {
            Ok(writing) => open.push((wanted, writing)),
            Err(problem) => tell(&problem),
        }
    }
    // Its line must be the last.
    open.sort_by_key(|(wanted, _)| wanted.form == Form::Autolab);
    let each = |writing: &Writing| !matches!(writing, Writing::Whole);
    if open.iter().any(|(_, writing)| each(writing)) {
        for graded in &class.submissions {
            let feedback = Feedback::new(class, graded, |judged| load(graded, judged));
            let about = About {
                feedback: &feedback,
                surroundings: &surroundings,
                readers,
                style,
            };
            open.retain_mut(|(wanted, writing)| match writing.add(wanted, &about) {
                Ok(()) => true,
                Err(problem) => {
                    tell(&problem);
                    false
                }
            });
        }
    }
    for (wanted, writing) in open {
        match writing.finish(wanted, class, style) {
            Ok(left) if left.is_empty() => {}
            // All that could be made is made: worth knowing, and no mistake.
            Ok(left) => {
                let form = wanted.form.name().to_owned();
                complain(&Problem::NoPlace { form, left }, style);
            }
            Err(problem) => tell(&problem),
        }
    }
    exit
}

/// The results that lie as files below `folder`, as the class says.
pub(super) fn saved(folder: &Path) -> impl Fn(&Graded, &Judged) -> Option<ScenarioResult> {
    move |_, judged| {
        let file = folder.join(judged.transcript.as_ref()?);
        crate::report::load(&read_transcript(&file, MOST).ok()?).ok()
    }
}

/// What each submission is written from.
struct About<'a> {
    feedback: &'a Feedback<'a>,
    surroundings: &'a Surroundings,
    readers: Readers,
    style: &'a Style,
}

/// A form in the making.
enum Writing {
    /// From the class alone, at the end.
    Whole,
    Junit(Junit),
    Tap(Tap),
    /// The zip, and who has no place in it.
    Zip(FeedbackZip<File>, Vec<String>),
    /// Each submission at once.
    Each,
}

impl Writing {
    fn begin(wanted: &Wanted, readers: Readers, style: &Style) -> Result<Writing, Problem> {
        let zip = |platform| {
            // It has no name until it is whole, and is gone if it never is.
            let file = tempfile::tempfile().map_err(|error| wanted.unwritable(&error))?;
            Ok(Writing::Zip(FeedbackZip::new(platform, file), Vec::new()))
        };
        Ok(match wanted.form {
            Form::Junit => Writing::Junit(Junit::new(readers, style)),
            Form::Tap => Writing::Tap(Tap::new(readers, style)),
            Form::Moodle => zip(Platform::Moodle)?,
            Form::Canvas => zip(Platform::Canvas)?,
            form if form.ending().is_some() => Writing::Each,
            _ => Writing::Whole,
        })
    }

    fn add(&mut self, wanted: &Wanted, about: &About<'_>) -> Result<(), Problem> {
        let graded = about.feedback.graded;
        match self {
            Writing::Whole => {}
            Writing::Junit(junit) => junit.add(about.feedback),
            Writing::Tap(tap) => tap.add(about.feedback),
            Writing::Zip(zip, left) => {
                // Canvas shows it under the name of what was handed in: a text can be read whatever that is.
                let (ending, content) = match wanted.form {
                    Form::Canvas => ("md", one(Form::Markdown, about)),
                    _ => ("html", one(Form::Html, about)),
                };
                let added = zip.add(graded, ending, content.as_bytes());
                if !added.map_err(|error| wanted.unwritable(&error))? {
                    left.push(graded.key.clone());
                }
            }
            Writing::Each => {
                let ending = wanted.form.ending().unwrap_or_default();
                let text = one(wanted.form, about);
                let file = file_name(&graded.key, ending);
                return wanted.put(Some(&file), text.as_bytes());
            }
        }
        Ok(())
    }

    /// Who has no place in it.
    fn finish(self, wanted: &Wanted, class: &Class, style: &Style) -> Result<Vec<String>, Problem> {
        let content = match self {
            Writing::Zip(zip, left) => {
                let file = zip.finish().map_err(|error| wanted.unwritable(&error))?;
                wanted.put_file(file)?;
                return Ok(left);
            }
            Writing::Each => {
                if wanted.form == Form::Html && matches!(wanted.to, Place::Folder(_)) {
                    let page = class_page(class, &link, Readers::Teachers, style.language);
                    wanted.put(Some("index.html"), page.as_bytes())?;
                }
                return Ok(Vec::new());
            }
            Writing::Junit(junit) => junit.finish().into_bytes(),
            Writing::Tap(tap) => tap.finish().into_bytes(),
            Writing::Whole => whole(wanted, class, style),
        };
        wanted.put(None, &content)?;
        Ok(Vec::new())
    }
}

/// A form that is made from the class alone.
fn whole(wanted: &Wanted, class: &Class, style: &Style) -> Vec<u8> {
    match wanted.form {
        Form::Json => class_json(class).into_bytes(),
        Form::Csv => gradebook(class, false),
        Form::CsvExcel => gradebook(class, true),
        _ => {
            // Colours are for a terminal.
            let color = style.color && wanted.takes_output();
            class_summary(class, &Style { color, ..*style }).into_bytes()
        }
    }
}

/// A form that is about one submission.
fn one(form: Form, about: &About<'_>) -> String {
    let About {
        feedback,
        surroundings,
        readers,
        style,
    } = about;
    match form {
        Form::Gradescope => gradescope(feedback, style),
        Form::Classroom50 => classroom50(feedback, surroundings, *readers, style),
        Form::Autolab => autolab(feedback, *readers, style),
        Form::Prairielearn => prairielearn(feedback, *readers, style),
        Form::Github => github(feedback, *readers, style),
        Form::GithubSummary => github_summary(feedback, *readers, style),
        Form::Html => submission_page(feedback, *readers, style.language),
        _ => markdown(feedback, *readers, style),
    }
}

/// Where the page of a submission is, seen from that of its class (RFC 3986 §2.3).
fn link(graded: &Graded) -> Option<String> {
    let encoded = |byte: u8| match byte {
        b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => {
            char::from(byte).to_string()
        }
        byte => format!("%{byte:02X}"),
    };
    Some(
        file_name(&graded.key, "html")
            .bytes()
            .map(encoded)
            .collect(),
    )
}

/// A file's name for a key, which might hold anything.
fn file_name(key: &str, ending: &str) -> String {
    let safe = |c: char| match c {
        '/' | '\\' | ':' => '_',
        c if c.is_control() => '_',
        c => c,
    };
    let name: String = key.chars().take(100).map(safe).collect();
    match name.starts_with('.') || name.is_empty() {
        true => format!("_{name}.{ending}"),
        false => format!("{name}.{ending}"),
    }
}

/// What a runner tells in its environment, and the time.
fn surroundings() -> Surroundings {
    let variable = |name: &str| std::env::var(name).ok().filter(|value| !value.is_empty());
    Surroundings {
        classroom: variable("CLASSROOM"),
        assignment: variable("ASSIGNMENT"),
        assignment_type: variable("ASSIGNMENT_TYPE"),
        owner: variable("OWNER").or_else(|| variable("USERNAME")),
        submission: variable("SUBMISSION_TAG"),
        commit: variable("COMMIT_URL"),
        release: variable("RELEASE_URL"),
        review: variable("REVIEW_URL"),
        now: chrono::Utc::now().format("%Y-%m-%dT%H:%M:%SZ").to_string(),
    }
}
