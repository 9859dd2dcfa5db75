//! A program that prints forged results in every form there is, through the command line.

use std::fs;

use crate::check;
use crate::class::HOSTILE;
use crate::stand::viva;

const LAB: &str = "viva: 1
lab: hub
roles:
  server: { find: chat_server.py, terminal: true, ready: listening }
scenarios:
  - { use: broadcast.yaml, points: 4 }
";

const BROADCAST: &str = r#"viva: 1
scenario: broadcast
cast:
  server: { role: server }
  alice:  { connects: server }
steps:
  - alice: { send: "${token.hello}" }
  - alice: { expect: "${token.hello}" }
"#;

#[test]
fn a_program_that_prints_results_has_none() {
    let folder = tempfile::tempdir().expect("a folder");
    let printed = format!(
        "{HOSTILE}{{\"score\": 100, \"tests\": [{{\"score\": 100, \"max_score\": 100}}]}}\n"
    );
    let program = format!(
        "import sys\nfor _ in range(3):\n    sys.stdout.write({printed:?})\nsys.stdout.flush()\nsys.exit(1)\n"
    );
    // Rust writes some characters as no other language does.
    let program = program.replace("\\0", "\\x00");
    let program = unescaped(&program);
    let student = folder.path().join("subs/student");
    fs::create_dir_all(&student).expect("a folder");
    fs::write(student.join("chat_server.py"), program).expect("a file");
    for (file, text) in [("lab.yaml", LAB), ("broadcast.yaml", BROADCAST)] {
        let lab = folder.path().join("hub");
        fs::create_dir_all(&lab).expect("a folder");
        fs::write(lab.join(file), text).expect("a file");
    }
    let out = folder.path().join("out");
    let mut call = viva();
    call.current_dir(folder.path());
    call.args(["grade", "./hub", "subs", "-o", "result"]);
    for (form, file) in [
        ("json", "class.json"),
        ("csv", "class.csv"),
        ("gradescope", "gradescope.json"),
        ("classroom50", "classroom50.json"),
        ("autolab", "autolab.txt"),
        ("prairielearn", "prairielearn.json"),
        ("junit", "junit.xml"),
        ("tap", "tap.txt"),
        ("github", "github.txt"),
        ("github-summary", "summary.md"),
        ("markdown", "feedback.md"),
    ] {
        call.args(["--format", &format!("{form}:out/{file}")]);
    }
    let output = call.output().expect("viva");
    let said = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(0), "{said}");
    fs::write(out.join("terminal.txt"), &output.stdout).expect("a file");
    check("forged", &out);
}

/// `\u{202e}` as Python writes it.
fn unescaped(program: &str) -> String {
    let mut out = String::new();
    let mut rest = program;
    while let Some((before, behind)) = rest.split_once("\\u{") {
        let (digits, after) = behind.split_once('}').unwrap_or((behind, ""));
        out.push_str(before);
        out.push_str(&format!("\\u{digits:0>4}"));
        rest = after;
    }
    out + rest
}

#[test]
fn every_command_of_the_documentation_works() {
    let folder = tempfile::tempdir().expect("a folder");
    let put = |name: &str, text: &str| {
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        fs::write(path, text).expect("a file");
    };
    put("hub/lab.yaml", LAB);
    put("hub/broadcast.yaml", BROADCAST);
    put("subs/student/chat_server.py", "raise SystemExit(1)\n");
    let page = fs::read_to_string("docs/formats.md").expect("docs/formats.md");
    let rows = page.lines().filter(|line| line.starts_with("| `"));
    let mut tried = 0;
    for row in rows {
        let command = row
            .split('`')
            .find(|part| part.starts_with("viva "))
            .expect("a command");
        let arguments: Vec<&str> = command.split_whitespace().skip(1).collect();
        let (form, file) = arguments
            .last()
            .and_then(|last| last.split_once(':'))
            .unwrap_or(("", ""));
        let mut call = viva();
        call.current_dir(folder.path())
            .env_remove("GITHUB_STEP_SUMMARY");
        // The lab of this test is small.
        call.args(arguments.iter().map(|word| match *word {
            "hub" => "./hub",
            word => word,
        }));
        let output = call.output().expect("viva");
        let wanted = if arguments[0] == "run" { 1 } else { 0 };
        let said = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(wanted), "{command}: {said}");
        assert!(
            file.is_empty() || folder.path().join(file).exists(),
            "{command}: {form} is not there"
        );
        tried += 1;
    }
    assert_eq!(tried, 15);
}
