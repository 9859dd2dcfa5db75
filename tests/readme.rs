//! What the README shows is true: every `console` block is run, and its two commands are the ones that CI and people use.

mod stand;

use std::process::Command;

use stand::shown::comparable;

fn readme() -> String {
    std::fs::read_to_string("README.md").expect("README.md")
}

/// Blocks of a command and what it prints.
fn blocks() -> Vec<(String, String)> {
    let text = readme();
    let blocks = text
        .split("```console\n$ ")
        .skip(1)
        .filter_map(|rest| rest.split("\n```").next());
    blocks
        .map(|block| {
            block
                .split_once('\n')
                .map_or((block.to_owned(), String::new()), |(command, output)| {
                    (command.to_owned(), output.to_owned())
                })
        })
        .collect()
}

#[test]
fn what_the_console_blocks_show_is_what_viva_prints() {
    let blocks = blocks();
    assert!(blocks.len() >= 2, "the README shows no commands any more");
    for (command, shown) in blocks {
        let arguments = command
            .strip_prefix("cargo run -q -- ")
            .unwrap_or_else(|| panic!("no command of Viva: {command}"));
        let output = Command::new(env!("CARGO_BIN_EXE_viva"))
            .args(arguments.split_whitespace())
            .env("LANG", "C.UTF-8")
            .env_remove("LC_ALL")
            .output()
            .expect("viva");
        let printed = String::from_utf8_lossy(&output.stdout);
        assert_eq!(
            comparable(&printed),
            comparable(&shown),
            "\n{command} prints:\n{printed}"
        );
    }
}

#[test]
fn the_main_command_examines_both_groups() {
    let readme = readme();
    let command = readme
        .lines()
        .find_map(|line| line.strip_prefix("    cargo run -q -- "))
        .expect("the main command");
    let arguments = command
        .split('#')
        .next()
        .unwrap_or_default()
        .split_whitespace();
    let output = Command::new(env!("CARGO_BIN_EXE_viva"))
        .args(arguments)
        .output()
        .expect("viva");
    let printed = String::from_utf8_lossy(&output.stdout);
    assert_eq!(output.status.code(), Some(1), "{printed}");
    let failed: Vec<&str> = printed
        .lines()
        .filter(|line| line.contains("FAILED"))
        .filter_map(|line| line.split_whitespace().nth(2))
        .collect();
    assert!(failed.contains(&"broadcast"), "{printed}");
    assert!(
        printed.contains("--submission docs/examples/group-2")
            && !printed.contains(
                "again     viva run hub --only broadcast --submission docs/examples/group-1"
            ),
        "{printed}"
    );
}

#[test]
fn ci_runs_the_test_command_of_the_readme() {
    let readme = readme();
    let command = readme
        .lines()
        .find_map(|line| line.trim().strip_prefix("cargo test"))
        .and_then(|rest| rest.split('#').next())
        .expect("a test command");
    let ci = std::fs::read_to_string(".ci/run").expect(".ci/run");
    assert!(
        ci.contains(&format!("cargo test{}", command.trim_end())),
        ".ci/run does not call `cargo test{}`",
        command.trim_end()
    );
}

#[test]
fn every_path_that_the_readme_names_exists() {
    for path in [
        "src/lib.rs",
        "docs/language.md",
        "scenarios",
        "reference",
        "docs/examples/group-1",
        "docs/examples/group-2",
        "benches/floor",
    ] {
        assert!(
            readme().contains(path.trim_end_matches('/')),
            "the README no longer names {path}"
        );
        assert!(std::path::Path::new(path).exists(), "{path} does not exist");
    }
}
