//! What changed between two gradings, and why.

use crate::small::{ECHO, MUTE, small_lab};
use crate::stand::{Folder, run};

fn class() -> Folder {
    Folder::new()
        .with("class/one/server.py", ECHO)
        .with("class/two/server.py", MUTE)
        .with("class/three/server.py", MUTE)
}

#[test]
fn every_mark_that_changed_is_told_with_its_reason() {
    let class = class();
    let lab = Folder::new();
    small_lab(&lab, "");
    let grade = |output: &str, more: &[&str]| {
        let (lab, students, output) = (lab.at("lab"), class.at("class"), class.at(output));
        let mut arguments = vec!["grade", &lab, &students, "--output", &output];
        arguments.extend(more);
        run(arguments).exits(0);
    };
    let (old, new) = (class.at("old"), class.at("new"));
    grade("old", &["--seed", "0a1b"]);
    std::fs::write(class.path().join("class/two/server.py"), ECHO).expect("a program");
    std::fs::remove_dir_all(class.path().join("class/three")).expect("a folder");
    small_lab(&lab, "grading: { most: 4 }\n");
    grade("new", &["--seed", "0a1b"]);
    let told = run(["compare", &old, &new]).exits(1);
    assert_eq!(
        told.out,
        "\
3 marks changed, 0 are the same
  the lab's files changed

one  5 → 4
  + no more than 4: -1

two  0 → 4
  what was handed in changed
  echo: failed 0/2 → passed 2/2
  several-messages: skipped 0/3 → passed 3/3
  - core: 0 of 5
  + core: 5 of 5
  + no more than 4: -1

three  0 → not there
"
    );
    let chinese = run(["compare", &old, &new, "--lang", "zh"]).exits(1);
    assert!(
        chinese
            .out
            .starts_with("3 个成绩改变，0 个不变\n  实验文件改了\n"),
        "{}",
        chinese.out
    );
    let same = run(["compare", &new, &new]).exits(0);
    assert_eq!(same.out, "no mark changed; 2 compared\n");
    let json = run(["compare", &old, &new, "--json"]).exits(1);
    let json: serde_json::Value = serde_json::from_str(&json.out).expect("JSON");
    assert_eq!(json["changed"][1]["key"], "two");
    assert_eq!(json["changed"][1]["old"], 0.0);
    assert_eq!(json["changed"][1]["new"], 4.0);
}

#[test]
fn what_is_no_class_cannot_be_compared() {
    let folder = Folder::new().with("class.json", "{}");
    let path = folder.path().display().to_string();
    let came = run(["compare", &path, &path]).exits(2);
    assert!(
        came.err.starts_with(&format!("viva: {path}/class.json: ")),
        "{}",
        came.err
    );
    let missing = folder.at("nowhere");
    run(["compare", &missing, &path])
        .exits(2)
        .says(&format!("viva: {missing}: no such file or folder\n"));
}
