//! Holds the house to the table in `src/lib.rs`: imports go down only, neighbours don't know each other, and a module
//! is entered by its `mod.rs` only.

use std::fs;
use std::path::{Path, PathBuf};

/// The floors, as `src/lib.rs` lists them.
fn floors() -> Vec<(String, u32)> {
    let map = fs::read_to_string("src/lib.rs").expect("src/lib.rs");
    let rows = map.lines().filter_map(|line| {
        let mut cells = line.strip_prefix("//! | ")?.split('|');
        let floor = cells.next()?.trim().parse().ok()?;
        let name = cells
            .next()?
            .trim()
            .trim_start_matches("[`mod@")
            .trim_start_matches("[`")
            .trim_end_matches("`]");
        Some((name.to_owned(), floor))
    });
    rows.collect()
}

fn sources(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).expect("folder").flatten() {
        let path = entry.path();
        if path.is_dir() {
            sources(&path, files);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            files.push(path);
        }
    }
}

/// Every `crate::a::b` that a file names: line, `a`, and `b` if there is one. A group (`crate::{a, b}`) counts as a
/// module of that name, which is on no floor: one line for one module keeps this readable.
fn paths(text: &str) -> Vec<(usize, String, Option<String>)> {
    let mut found = Vec::new();
    for (number, line) in text.lines().enumerate() {
        let code = line.split("//").next().unwrap_or("");
        for part in code.split("crate::").skip(1) {
            let path: String = part
                .chars()
                .take_while(|c| c.is_alphanumeric() || matches!(c, '_' | ':' | '#' | '{'))
                .collect();
            let mut segments = path
                .split("::")
                .map(|segment| segment.trim_start_matches("r#").to_owned());
            let first = segments.next().unwrap_or_default();
            found.push((
                number + 1,
                first,
                segments
                    .next()
                    .filter(|segment| !segment.is_empty() && segment != "{"),
            ));
        }
    }
    found
}

#[test]
fn imports_go_down_and_modules_are_entered_by_their_front_door() {
    let floors = floors();
    assert!(
        floors.len() >= 10,
        "the table in src/lib.rs could not be read: {floors:?}"
    );
    let floor = |name: &str| {
        floors
            .iter()
            .find(|(own, _)| own == name)
            .map(|(_, floor)| *floor)
    };
    let mut files = Vec::new();
    sources(Path::new("src"), &mut files);
    let mut wrong = Vec::new();
    for file in files {
        let inside = file.strip_prefix("src").expect("in src");
        let Some(module) = inside
            .iter()
            .next()
            .and_then(|name| name.to_str())
            .filter(|_| inside.iter().count() > 1)
        else {
            continue;
        };
        let Some(own) = floor(module) else {
            wrong.push(format!(
                "{}: module {module} is not in the table of src/lib.rs",
                file.display()
            ));
            continue;
        };
        let text = fs::read_to_string(&file).expect("source");
        for (line, target, inner) in paths(&text) {
            let place = format!("{}:{line}", file.display());
            if target == module {
                continue;
            }
            match floor(&target) {
                None => wrong.push(format!(
                    "{place}: crate::{target} is no module of the table"
                )),
                Some(other) if other >= own => wrong.push(format!(
                    "{place}: {module} (floor {own}) imports {target} (floor {other})"
                )),
                Some(_) => {}
            }
            if let Some(inner) = inner
                && is_private(&target, &inner)
            {
                wrong.push(format!(
                    "{place}: enters {target} by crate::{target}::{inner}, not by its mod.rs"
                ));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Whether `name` is a file of the module that its `mod.rs` does not also offer as an item of that name.
fn is_private(module: &str, name: &str) -> bool {
    let folder = Path::new("src").join(module);
    if !folder.join(format!("{name}.rs")).exists() && !folder.join(name).is_dir() {
        return false;
    }
    let front = fs::read_to_string(folder.join("mod.rs")).unwrap_or_default();
    let offered = front
        .split("pub use ")
        .skip(1)
        .filter_map(|item| item.split(';').next())
        .any(|item| {
            let names = item.rsplit_once("::").map_or(item, |(_, names)| names);
            names
                .split(|c: char| !(c.is_alphanumeric() || c == '_'))
                .any(|word| word == name)
        });
    !offered
}

#[test]
fn every_module_says_what_it_is_for_and_what_it_must_not_do() {
    for (module, _) in floors() {
        let front = fs::read_to_string(format!("src/{module}/mod.rs"))
            .unwrap_or_else(|error| panic!("src/{module}/mod.rs: {error}"));
        let head: String = front
            .lines()
            .take_while(|line| line.starts_with("//!"))
            .collect();
        assert!(
            head.to_lowercase().contains("must not"),
            "src/{module}/mod.rs does not say what it must not do"
        );
    }
}

#[test]
fn no_file_is_named_after_nothing_in_particular() {
    let mut files = Vec::new();
    sources(Path::new("src"), &mut files);
    for file in files {
        let name = file
            .file_stem()
            .and_then(|name| name.to_str())
            .unwrap_or_default();
        assert!(
            ![
                "errors", "error", "helpers", "helper", "utils", "util", "common", "misc"
            ]
            .contains(&name),
            "{}",
            file.display()
        );
    }
}
