//! What was made for the author of a lab, and what to do with it.

use std::path::{Path, PathBuf};

use super::Style;
use super::page::{Page, Tone, padded, width};
use super::shell;
use super::visible::clipped;
use super::words::making;

/// That a lab was made in `folder`: with so many scenarios and known programs.
pub fn new_lab(name: &str, folder: &Path, scenarios: usize, known: usize, style: &Style) -> String {
    // Else it would be taken for the name of a shipped lab.
    let folder = match folder.components().count() {
        1 if folder.is_relative() => Path::new(".").join(folder),
        _ => folder.to_owned(),
    };
    let command =
        |name: &str| shell::command(&["viva".into(), name.into(), folder.as_os_str().into()]);
    let words = making::new_lab(style.language);
    let mut page = Page::new(style);
    let name = clipped(name.as_bytes(), 120);
    page.line(&[(Tone::Plain, &(words.made)(&name, scenarios, known))]);
    page.blank();
    let next = [
        ("lint", words.lint),
        ("run", words.run),
        ("calibrate", words.calibrate),
    ];
    let commands = next.map(|(name, about)| (command(name), about));
    let widest = commands.iter().map(|(command, _)| width(command)).max();
    for (command, about) in &commands {
        let command = padded(command, widest.unwrap_or(0));
        page.line(&[
            (Tone::Plain, "  "),
            (Tone::Strong, &command),
            (Tone::Plain, "  "),
            (Tone::Plain, about),
        ]);
    }
    page.blank();
    let readme = folder.join("README.md").display().to_string();
    let readme = clipped(readme.as_bytes(), 200);
    page.line(&[(Tone::Plain, &(words.readme)(&readme))]);
    page.finish()
}

/// What files were made for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MadeFor {
    /// An autograder of Gradescope.
    Gradescope,
    /// An autograder of Classroom 50.
    Classroom50,
    /// GitHub Actions in a student's repository.
    Github,
    /// GitHub Actions for a class.
    GithubMatrix,
    /// GitLab CI for a class.
    Gitlab,
    /// A Slurm cluster.
    Slurm,
    /// A container image.
    Container,
}

/// That files were made, and what to do with them.
pub fn made_for(what: MadeFor, folder: &Path, files: &[PathBuf], style: &Style) -> String {
    let mut page = Page::new(style);
    for file in files {
        let file = file.display().to_string();
        page.line(&[(Tone::Plain, &clipped(file.as_bytes(), 200))]);
    }
    page.blank();
    let folder = shell::command(&[folder.as_os_str().into()]);
    page.wrapped(
        "",
        0,
        Tone::Plain,
        &making::next_step(what, &folder, style.language),
        9,
    );
    page.finish()
}
