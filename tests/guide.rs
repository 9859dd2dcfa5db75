//! The guide is true: every command on it is run, one after another in one folder, and prints what the page shows.

mod stand;

use std::io::Write;
use std::process::{Command, Stdio};

use stand::shown::comparable;
use stand::{Folder, binary, path};

/// A command of the page, what is typed while it runs, and what is then shown.
struct Shown {
    command: String,
    typed: String,
    output: String,
}

/// The commands of all `console` blocks. A command goes on until the end of its here-document; a line behind `> ` is typed.
fn commands(page: &str) -> Vec<Shown> {
    let blocks = page.split("```console\n").skip(1);
    let blocks = blocks.filter_map(|rest| rest.split("\n```").next());
    let mut commands: Vec<Shown> = Vec::new();
    for block in blocks {
        let mut lines = block.lines();
        while let Some(line) = lines.next() {
            if let Some(command) = line.strip_prefix("$ ") {
                let mut command = command.to_owned();
                if let Some((_, end)) = line.split_once("<<'") {
                    let end = end.trim_end_matches('\'');
                    for line in lines.by_ref() {
                        command.push('\n');
                        command.push_str(line);
                        if line == end {
                            break;
                        }
                    }
                }
                commands.push(Shown {
                    command,
                    typed: String::new(),
                    output: String::new(),
                });
                continue;
            }
            let shown = commands.last_mut().expect("a block begins with a command");
            if let Some(typed) = line.strip_prefix("> ") {
                shown.typed.push_str(&format!("{typed}\n"));
            }
            shown.output.push_str(&format!("{line}\n"));
        }
    }
    commands
}

#[test]
fn the_guide_shows_what_happens() {
    let page = std::fs::read_to_string("docs/guide.md").expect("the guide");
    let commands = commands(&page);
    assert!(commands.len() >= 10, "the guide shows no commands any more");
    let folder = Folder::new();
    // `viva` by its name.
    let programs = Folder::new();
    std::os::unix::fs::symlink(binary(), programs.path().join("viva")).expect("a link");
    let paths = std::iter::once(programs.path().to_path_buf()).chain(std::env::split_paths(path()));
    let paths = std::env::join_paths(paths).expect("a PATH");
    for shown in commands {
        let mut shell = Command::new("sh");
        shell.arg("-c").arg(format!("exec 2>&1; {}", shown.command));
        shell.current_dir(folder.path()).env("PATH", &paths);
        shell.env("LC_ALL", "C.UTF-8").env_remove("VIVA_ISOLATION");
        shell.stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut child = shell.spawn().expect("a shell");
        let mut keyboard = child.stdin.take().expect("its input");
        keyboard.write_all(shown.typed.as_bytes()).expect("typed");
        drop(keyboard);
        let output = child.wait_with_output().expect("it ends");
        let printed = String::from_utf8_lossy(&output.stdout);
        assert_eq!(
            comparable(&printed),
            comparable(&shown.output),
            "\n$ {}\n{printed}",
            shown.command
        );
    }
}
