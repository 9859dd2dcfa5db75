//! `viva calibrate`: a small lab, its known programs and its mutants; and contracts that are not kept.

#[path = "stand/mod.rs"]
mod stand;

use std::fs;
use std::path::{Path, PathBuf};

use stand::viva;

const LAB: &str = "tests/labs/calibrated";

/// What is printed, its exit code, and what is said on standard error.
fn calibrate(lab: &Path, options: &[&str]) -> (String, i32, String) {
    let output = viva()
        .arg("calibrate")
        .arg(lab)
        .args(options)
        .output()
        .expect("viva");
    let text = |bytes| String::from_utf8(bytes).expect("text");
    let code = output.status.code().expect("an exit code");
    (text(output.stdout), code, text(output.stderr))
}

/// A copy of the lab, with something changed in one of its files.
fn changed(file: &str, from: &str, to: &str) -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().expect("a folder");
    let lab = folder.path().join("calibrated");
    copy(Path::new(LAB), &lab);
    let path = lab.join(file);
    let text = fs::read_to_string(&path).expect("a file");
    assert!(text.contains(from), "{from}");
    fs::write(path, text.replacen(from, to, 1)).expect("written");
    (folder, lab)
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).expect("a folder");
    for entry in fs::read_dir(from).expect("a folder").flatten() {
        let target = to.join(entry.file_name());
        match entry.path().is_dir() {
            true => copy(&entry.path(), &target),
            false => drop(fs::copy(entry.path(), target).expect("copied")),
        }
    }
}

/// The end of what is printed: everything behind the last empty line.
fn conclusion(text: &str) -> &str {
    text.trim_end()
        .rsplit_once("\n\n")
        .map_or(text, |(_, last)| last)
        .trim_end()
}

#[test]
fn a_lab_that_tells_right_from_wrong() {
    let (text, code, complaints) = calibrate(Path::new(LAB), &["--seed", "calibrate"]);
    let expected = "\
calibrated · calibration · scenarios: 3 · known programs: 3 · rounds: 1

                                123
  reference                     ...
  right/threads.py              ...
  wrong/ascii.py                .X.
  wrong/doubles.py              X~.
  server loses-first            XX-
  server loses-all-but-first    X--
  server loses-every-third      ---
  server doubles                XX-
  server doubles-first          XX-
  server swaps-first-two        ---
  server one-late               XX-
  server repeats-first          X--
  server back-to-sender         ---
  server forgets-first-peer     ---
  server forgets-last-peer      ---
  server wrong-peer             ---
  server loses-notices          ---
  server doubles-notices        ---
  server drops-newline          ---
  server adds-newline           X.-
  server carriage-returns       ---
  server loses-half             XX-
  server loses-last-character   XX-
  server loses-first-character  XX-
  server adds-space             X.-
  server loses-behind-1024      ---
  server spoils-chinese         -X-
  server ascii-only             -X-
  server changes-case           XX-
  server closes-early           X--
  server resets-instead         .--
  server never-closes           X--
";
    assert!(text.starts_with(expected), "{text}");
    let expected = "
  . passed   X failed, as it must   x failed, as it may   ~ failed, but what it needs failed already
  - nothing was altered   ! not as the contract says   ? not the same each time   E trouble

What each scenario alone catches
    1  answers  server loses-all-but-first, server repeats-first, server adds-newline, server
                adds-space, server closes-early, server never-closes
    2  chinese  wrong/ascii.py, server spoils-chinese, server ascii-only
    3  silent   catches nothing: nobody fails here

Mutants: 16 of the 22 that altered something are caught (72 %)
  server resets-instead survives: nobody sees how a server closes that nobody waits for
  server prints-nothing survives: what the server prints is its own business
  server prints-only-first survives: what the server prints is its own business
  server prints-twice survives: what the server prints is its own business
  server prints-half survives: what the server prints is its own business
  server prints-spoiled survives: what the server prints is its own business

Everything is as the contract says.
";
    assert!(text.ends_with(expected), "{text}");
    assert_eq!((code, complaints.as_str()), (0, ""));
}

#[test]
fn a_wrong_program_that_passes_and_a_right_one_that_fails_break_the_contract() {
    let (_folder, lab) = changed(
        "known/contract.yaml",
        "must_fail: chinese }",
        "must_fail: [answers, silent] }",
    );
    let (text, code, _) = calibrate(&lab, &[]);
    assert_eq!(
        conclusion(&text),
        "  wrong/ascii.py must fail in answers, and does not
  wrong/ascii.py fails in chinese, where it must not fail
  wrong/ascii.py must fail in silent, and does not
3 things are not as the contract says."
    );
    assert_eq!(code, 1);
    assert!(
        text.contains("\n  wrong/ascii.py                !!!\n"),
        "{text}"
    );

    let (_folder, lab) = changed(
        "known/right/threads.py",
        "sendall(data)",
        "sendall(data[1:])",
    );
    let (text, code, _) = calibrate(&lab, &["--only", "answers", "--lang", "zh"]);
    assert_eq!(
        conclusion(&text),
        "  right/threads.py 在 answers 中失败，而它不应在那里失败
有 1 处不符合契约。"
    );
    assert_eq!(code, 1);
}

#[test]
fn survivors_must_be_named_and_nobody_else() {
    let line = "    prints-half: \"what the server prints is its own business\"\n";
    let (_folder, lab) = changed("known/contract.yaml", line, "    doubles: \"why not\"\n");
    let (text, code, _) = calibrate(&lab, &[]);
    assert_eq!(
        conclusion(&text),
        "  server doubles is caught, though it stands under `survivors:`
  nobody notices server prints-half: write a scenario that does, or say under `survivors:` why it is
  no mistake
2 things are not as the contract says."
    );
    assert_eq!(code, 1);
}

#[test]
fn what_cannot_be_run_is_trouble_and_never_counts_as_caught() {
    let (_folder, lab) = changed(
        "known/contract.yaml",
        "  wrong/ascii.py: ",
        "  wrong/broken.c: ",
    );
    fs::write(
        lab.join("known/wrong/broken.c"),
        "int main(void) { return 0 }\n",
    )
    .expect("written");
    let (text, code, _) = calibrate(&lab, &[]);
    assert_eq!(
        conclusion(&text),
        "  wrong/broken.c can't be run: try it with viva run --role
One thing is not as the contract says."
    );
    assert_eq!(code, 3);
    assert!(
        text.contains("\n  wrong/broken.c                EEE\n"),
        "{text}"
    );
}

#[test]
fn repeated_under_load_every_verdict_stays_the_same() {
    let (text, code, _) = calibrate(
        Path::new(LAB),
        &["--repeat", "3", "--load", "--only", "chinese", "--json"],
    );
    let report: serde_json::Value = serde_json::from_str(&text).expect("JSON");
    assert_eq!(report["rounds"], 3);
    let rows = report["rows"].as_array().expect("rows");
    let outcomes = rows
        .iter()
        .map(|row| &row["scenarios"]["chinese"]["outcome"]);
    assert!(
        outcomes
            .clone()
            .all(|outcome| outcome == "passed" || outcome == "failed"),
        "{text}"
    );
    assert!(outcomes.clone().any(|outcome| outcome == "failed"));
    assert_eq!(report["breaches"], serde_json::json!([]));
    assert_eq!(code, 0);
}

#[test]
fn a_program_that_fails_now_and_then_is_told() {
    let program = "\
import os
import socket

s = socket.create_server((\"\", 10001))
while True:
    conn, _ = s.accept()
    with conn:
        while data := conn.recv(1024):
            # The words of each round are others: `one` and so on, then four letters and a number.
            conn.sendall(data if data.split()[-1][-1] in b\"02468\" else b\"?\")
";
    let (_folder, lab) = changed(
        "known/contract.yaml",
        "  wrong/doubles.py: ",
        "  right/moody.py: ",
    );
    let (text, _, _) = {
        fs::write(lab.join("known/right/moody.py"), program).expect("written");
        calibrate(&lab, &["--repeat", "12", "--only", "chinese", "--json"])
    };
    let report: serde_json::Value = serde_json::from_str(&text).expect("JSON");
    let rows = report["rows"].as_array().expect("rows");
    let moody = rows.iter().find(|row| row["program"] == "right/moody.py");
    assert_eq!(
        moody.expect("a row")["scenarios"]["chinese"]["outcome"],
        "unstable",
        "{text}"
    );
}

#[test]
fn what_is_not_there_is_said_at_once() {
    let (_, code, complaints) = calibrate(Path::new("hubb"), &[]);
    assert!(
        complaints.starts_with("viva: there is no lab `hubb`; did you mean `hub`?"),
        "{complaints}"
    );
    assert_eq!(code, 2);
    let (_, code, complaints) = calibrate(Path::new(LAB), &["--only", "answer"]);
    assert!(complaints.contains("`answer`"), "{complaints}");
    assert_eq!(code, 4);
    let (_folder, lab) = changed(
        "known/contract.yaml",
        "must_fail: chinese",
        "must_fail: chines",
    );
    let (_, code, complaints) = calibrate(&lab, &[]);
    assert!(
        complaints.starts_with("error[unknown-scenario]: the lab has no scenario `chines`"),
        "{complaints}"
    );
    assert_eq!(code, 2);
}

#[test]
fn every_mutant_is_on_the_page() {
    let page = fs::read_to_string("docs/calibration.md").expect("the page");
    for (name, _) in viva::scenario::Mutation::ALL {
        assert!(page.contains(&format!("| `{name}` | ")), "{name}");
    }
}
