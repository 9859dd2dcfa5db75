//! What the user names: shipped labs, folders of labs, scenario files, submissions.

use std::path::Path;

use crate::diagnostic::Diagnostic;
use crate::report::Problem;
use crate::scenario::{
    Lab, LabFiles, Overrides, read_lab, read_scenario, shipped_lab, shipped_labs,
};

/// A lab or a single scenario file.
#[derive(Clone, Debug)]
pub(super) enum Target {
    Lab(LabFiles, String),
    File(String),
}

impl Target {
    /// What `named` means: a folder or file that exists, else a shipped lab.
    pub(super) fn find(named: &str) -> Result<Self, Problem> {
        let path = Path::new(named);
        if path.is_dir() && path.join("lab.yaml").is_file() {
            return Ok(Target::Lab(
                LabFiles::Folder(path.to_path_buf()),
                named.to_owned(),
            ));
        }
        if path.is_file() {
            if path.file_name().is_some_and(|name| name == "lab.yaml") {
                let folder = path
                    .parent()
                    .filter(|folder| !folder.as_os_str().is_empty())
                    .unwrap_or(Path::new("."));
                return Ok(Target::Lab(
                    LabFiles::Folder(folder.to_path_buf()),
                    folder.display().to_string(),
                ));
            }
            return Ok(Target::File(named.to_owned()));
        }
        if let Some(files) = shipped_lab(named) {
            return Ok(Target::Lab(files, named.to_owned()));
        }
        let like = shipped_labs().into_iter().map(str::to_owned);
        if named.contains('/') || named.ends_with(".yaml") || named.ends_with(".yml") {
            return Err(Problem::NoSuchFile {
                path: named.to_owned(),
            });
        }
        Err(Problem::UnknownLab {
            name: named.to_owned(),
            known: like.collect(),
        })
    }

    pub(super) fn read(&self, overrides: &Overrides) -> Result<Lab, Vec<Diagnostic>> {
        match self {
            Target::Lab(files, shown_as) => read_lab(files, shown_as, overrides),
            Target::File(path) => read_scenario(Path::new(path), overrides),
        }
    }

    /// A lab's files and what they are called, to look for what `lab.yaml` does not list.
    pub(super) fn files(&self) -> Option<(&LabFiles, &str)> {
        match self {
            Target::Lab(files, shown_as) => Some((files, shown_as)),
            Target::File(_) => None,
        }
    }

    /// The text of the file in which roles and conventions stand, if it can be read.
    pub(super) fn text(&self) -> Option<String> {
        match self {
            Target::Lab(files, _) => files.lab_text(),
            Target::File(path) => match Path::new(path).with_file_name("lab.yaml") {
                beside if beside.is_file() => std::fs::read_to_string(beside).ok(),
                _ => std::fs::read_to_string(path).ok(),
            },
        }
    }

    /// As the user named it.
    pub(super) fn named(&self) -> &str {
        match self {
            Target::Lab(_, named) | Target::File(named) => named,
        }
    }
}
