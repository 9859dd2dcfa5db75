//! Every row of the teaching sheets has a command that shows it, and every command does.

mod stand;

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use stand::{Folder, binary, path};
use viva::scenario::{LabFiles, Overrides, read_contract, read_lab};

/// The rows that there are.
const ROWS: [&str; 21] = [
    "A1", "A2", "A3", "A4", "A5", "A6", "A7", "B1", "B2", "C1", "C2", "C3", "C4", "C5", "C6", "D1",
    "D2", "E1", "E2", "E3", "E4",
];

/// The rows of the page's first table: which, and the command.
fn rows() -> Vec<(String, String)> {
    let page = std::fs::read_to_string("docs/programs.md").expect("the page");
    let (_, table) = page.split_once("\n## The rows\n").expect("the rows");
    let (table, _) = table.split_once("\n## ").expect("the end of the rows");
    let rows = table.lines().filter_map(|line| {
        let cells: Vec<&str> = line.split(" | ").collect();
        let [row, _, command] = cells[..] else {
            return None;
        };
        let command = command.trim_end_matches(" |").strip_prefix('`')?;
        // A bar within a cell of Markdown.
        let command = command.strip_suffix('`')?.replace("\\|", "|");
        Some((row.trim_start_matches("| ").to_owned(), command))
    });
    rows.collect()
}

#[test]
fn every_row_has_a_command_that_shows_it() {
    let rows = rows();
    let known: BTreeSet<&str> = rows.iter().map(|(row, _)| row.as_str()).collect();
    assert_eq!(known, BTreeSet::from(ROWS));
    // `viva` by its name.
    let programs = Folder::new();
    std::os::unix::fs::symlink(binary(), programs.path().join("viva")).expect("a link");
    let paths = std::iter::once(programs.path().to_path_buf()).chain(std::env::split_paths(path()));
    let paths = std::env::join_paths(paths).expect("a PATH");
    let empty = Folder::new();
    for (row, command) in rows {
        let mut shell = Command::new("sh");
        shell
            .arg("-c")
            .arg(&command)
            .env("PATH", &paths)
            .current_dir(empty.path());
        shell.env("LC_ALL", "C.UTF-8").stdin(Stdio::null());
        let output = shell.output().expect("a shell");
        let printed = String::from_utf8_lossy(&output.stdout);
        let complaints = String::from_utf8_lossy(&output.stderr);
        assert!(
            output.status.success(),
            "{row}: {command}\n{printed}{complaints}"
        );
        // None of the scenarios is for other programs.
        let wanted = command.matches(" --only ").count();
        let passed = printed
            .lines()
            .filter(|line| line.contains(" passed ") && line.contains(" · "));
        assert_eq!(passed.count(), wanted, "{row}: {command}\n{printed}");
    }
}

#[test]
fn every_way_in_which_right_programs_differ_has_one_in_a_contract() {
    let page = std::fs::read_to_string("docs/variations.md").expect("the page");
    let named: BTreeSet<(&str, &str)> = page
        .lines()
        .filter(|line| line.starts_with("| "))
        .flat_map(|line| line.split('`'))
        .filter(|cell| cell.ends_with(".py"))
        .filter_map(|cell| cell.split_once('/'))
        .collect();
    assert!(named.len() > 25, "{named:?}");
    for lab in named.iter().map(|(lab, _)| *lab).collect::<BTreeSet<_>>() {
        let files = LabFiles::Folder(PathBuf::from("scenarios").join(lab));
        let read = read_lab(&files, lab, &Overrides::default()).expect("a lab");
        let contract = read_contract(&files, lab, &read).expect("a contract");
        for (_, file) in named.iter().filter(|(own, _)| *own == lab) {
            let right = contract
                .programs
                .iter()
                .any(|known| known.file == format!("right/{file}") && known.must_fail.is_empty());
            assert!(right, "{lab}: right/{file} is in no contract");
        }
    }
}
