//! `viva init`: a folder for a new lab, which its author fills; or the files that a platform wants.

use std::fs;
use std::io::{self, Write};
use std::path::Path;

use crate::report::{Problem, Style};
use crate::scenario::{is_name, new_lab, shipped_labs};

use super::arguments::Init;
use super::{Exit, complain, platform, print};

/// Makes it. What is there already is never touched.
pub(super) fn init(options: &Init, style: &Style) -> Exit {
    let made = match (options.gradescope || options.ci.is_some(), &options.folder) {
        (false, Some(folder)) => make(folder, options, style),
        _ => platform::make(options, style),
    };
    match made {
        Ok(text) => print(&text),
        Err(problem) => complain(&problem, style),
    }
}

fn make(folder: &Path, options: &Init, style: &Style) -> Result<String, Problem> {
    let typed = folder;
    let shown = typed.display().to_string();
    // What `.` and `..` are called stands in their real path.
    let real = typed.canonicalize();
    let folder = real.as_deref().unwrap_or(typed);
    let name = folder.file_name().and_then(|name| name.to_str());
    let name = name.unwrap_or(&shown);
    if !is_name(name) {
        return Err(Problem::NotALabName {
            name: name.to_owned(),
        });
    }
    let files = new_lab(name, options.from.as_deref(), style.language);
    let files = files.ok_or_else(|| Problem::UnknownShippedLab {
        name: options.from.clone().unwrap_or_default(),
        known: shipped_labs().into_iter().map(str::to_owned).collect(),
    })?;
    if is_taken(typed) {
        return Err(Problem::AlreadyThere { path: shown });
    }
    for file in &files {
        let path = typed.join(&file.path);
        write(&path, &file.content).map_err(|error| Problem::Unwritable {
            path: path.display().to_string(),
            message: error.to_string(),
        })?;
    }
    let known = files.iter().filter(|file| {
        let mut folders = file.path.ancestors().skip(1);
        folders
            .any(|folder| folder == Path::new("known/right") || folder == Path::new("known/wrong"))
    });
    let scenarios = files.iter().filter(|file| {
        file.path.components().count() == 1
            && file.path.extension().is_some_and(|it| it == "yaml")
            && file.path.as_os_str() != "lab.yaml"
    });
    Ok(crate::report::new_lab(
        name,
        typed,
        scenarios.count(),
        known.count(),
        style,
    ))
}

/// Whether there is anything but an empty folder.
pub(super) fn is_taken(folder: &Path) -> bool {
    match fs::read_dir(folder) {
        Ok(mut entries) => entries.next().is_some(),
        // Also a link that leads nowhere.
        Err(_) => fs::symlink_metadata(folder).is_ok(),
    }
}

pub(super) fn write(path: &Path, content: &[u8]) -> io::Result<()> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder)?;
    }
    fs::File::create_new(path)?.write_all(content)
}
