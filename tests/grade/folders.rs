//! What Viva does not touch: result folders that belong to something else, or to somebody who is at work in them.

use std::os::fd::AsFd;

use rustix::fs::{FlockOperation, flock};

use crate::small::ECHO;
use crate::stand::{Folder, run};

fn grade(lab: &str, class: &Folder, output: &str) -> crate::stand::Came {
    run([
        "grade",
        lab,
        &class.at("class"),
        "--output",
        output,
        "--only",
        "echo",
        "--seed",
        "0a1b",
    ])
}

#[test]
fn a_folder_with_something_else_in_it_is_left_alone() {
    let class = Folder::new()
        .with("class/one/server.py", ECHO)
        .with("thesis/chapter-1.txt", "a year's work");
    let output = class.at("thesis");
    grade("echo", &class, &output).exits(2).complains(&format!(
        "viva: {output}: there is something in this folder that is not of a class being graded: choose another with --output, or an empty one\n"
    ));
    assert_eq!(std::fs::read_dir(&output).expect("a folder").count(), 1);
    // Somebody else's may be called as ours, and need not end with a line.
    let theirs = class.add("diary/journal.jsonl", "{\"day\": 1}\n{\"day\"");
    let output = class.at("diary");
    grade("echo", &class, &output).exits(2).complains(&format!(
        "viva: {output}: there is something in this folder that is not of a class being graded"
    ));
    let text = std::fs::read_to_string(theirs).expect("a file");
    assert_eq!(text, "{\"day\": 1}\n{\"day\"");
}

#[test]
fn the_folder_of_another_lab_is_left_alone() {
    let class = Folder::new().with("class/one/server.py", ECHO);
    let output = class.at("results");
    grade("echo", &class, &output).exits(0);
    let before = std::fs::read(format!("{output}/journal.jsonl")).expect("a journal");
    let came = run(["grade", "udp", &class.at("class"), "--output", &output]);
    came.exits(2).complains(&format!(
        "viva: {output}: this folder holds the results of another run (lab echo): choose another with --output\n"
    ));
    let after = std::fs::read(format!("{output}/journal.jsonl")).expect("a journal");
    assert_eq!(before, after);
    // Where nothing came out yet there is nothing to be kept.
    let line = before.split_inclusive(|byte| *byte == b'\n').next();
    class.add("results/journal.jsonl", line.expect("a line"));
    run([
        "grade",
        "udp",
        &class.at("class"),
        "--output",
        &output,
        "--only",
        "answer",
    ])
    .exits(0);
}

#[test]
fn two_at_once_are_refused_and_half_a_line_costs_one_result() {
    let class = Folder::new().with("class/one/server.py", ECHO);
    let output = class.at("results");
    grade("echo", &class, &output).exits(0);
    let journal = format!("{output}/journal.jsonl");
    let file = std::fs::File::open(&journal).expect("a journal");
    flock(file.as_fd(), FlockOperation::LockExclusive).expect("a lock");
    grade("echo", &class, &output).exits(2).complains(&format!(
        "viva: {output}: another viva is at work in this folder: wait for it, or choose another with --output\n"
    ));
    drop(file);
    // As a loss of power leaves it.
    let whole = std::fs::read(&journal).expect("a journal");
    std::fs::write(&journal, &whole[..whole.len() - 10]).expect("a journal");
    grade("echo", &class, &output).exits(0);
    let mended = std::fs::read_to_string(&journal).expect("a journal");
    assert_eq!(mended.lines().count(), 2, "{mended}");
    for line in mended.lines() {
        serde_json::from_str::<serde_json::Value>(line).expect("JSON");
    }
}

#[test]
fn what_cannot_be_kept_stops_the_run_and_loses_nothing() {
    let class = Folder::new().with("class/one/server.py", ECHO);
    let output = class.at("results");
    grade("echo", &class, &output).exits(0);
    let marks = std::fs::read(format!("{output}/class.json")).expect("class.json");
    // Where its transcript would go there is a file: whoever runs the tests, the system refuses.
    std::fs::remove_dir_all(format!("{output}/transcripts")).expect("a folder");
    std::fs::write(format!("{output}/transcripts"), "").expect("a file");
    let came = run([
        "grade",
        "echo",
        &class.at("class"),
        "--output",
        &output,
        "--only",
        "echo",
        "--rerun",
    ]);
    let came = came.exits(3);
    assert!(came.err.contains("transcripts/one"), "{}", came.err);
    assert!(came.err.contains("cannot be written"), "{}", came.err);
    let after = std::fs::read(format!("{output}/class.json")).expect("class.json");
    assert_eq!(
        marks.len(),
        after.len(),
        "the result of before is still there"
    );
}
