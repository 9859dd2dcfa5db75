//! Reads what `viva grade` wrote about a class.

use std::fs;
use std::io::ErrorKind;
use std::path::Path;

use crate::grading::Class;
use crate::report::Problem;

/// The class in a file, or in `class.json` of a result folder.
pub(super) fn read_class(path: &Path) -> Result<Class, Problem> {
    let file = match path.is_dir() {
        true => path.join("class.json"),
        false => path.to_owned(),
    };
    let shown = file.display().to_string();
    let text = contents(&file)?;
    let class: Result<Class, _> = serde_json::from_slice(&text);
    match class {
        Ok(class) if class.version == 1 => Ok(class),
        Ok(class) => Err(Problem::NotAClass {
            path: shown,
            message: format!("version {}", class.version),
        }),
        Err(error) => Err(Problem::NotAClass {
            path: shown,
            message: error.to_string(),
        }),
    }
}

pub(super) fn contents(path: &Path) -> Result<Vec<u8>, Problem> {
    let shown = path.display().to_string();
    fs::read(path).map_err(|error| match error.kind() {
        ErrorKind::NotFound => Problem::NoSuchFile { path: shown },
        _ => Problem::Unreadable {
            path: shown,
            message: error.to_string(),
        },
    })
}
