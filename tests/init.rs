//! `viva init`: the lab that it makes is in order, runs, and can be calibrated; and folders that it leaves alone.

mod stand;

use std::fs;
use std::path::Path;

use stand::{Came, Folder, came, viva};

fn init(within: &Folder, arguments: &[&str]) -> Came {
    in_folder(within, &[&["init"], arguments].concat())
}

fn in_folder(within: &Folder, arguments: &[&str]) -> Came {
    came(
        viva()
            .current_dir(within.path())
            .args(arguments)
            .output()
            .expect("viva starts"),
    )
}

#[test]
fn a_new_lab_is_in_order_and_runs_and_says_what_is_missing() {
    let folder = Folder::new();
    let made = init(&folder, &["capitals"]).exits(0);
    assert_eq!(
        made.out,
        "\
capitals: a new lab, with 2 scenarios and 2 known programs

  viva lint ./capitals       is everything written as it should be?
  viva run ./capitals        the scenarios with the reference
  viva calibrate ./capitals  do they tell right from wrong?

./capitals/README.md says what to change.
"
    );
    in_folder(&folder, &["lint", "./capitals"])
        .exits(0)
        .prints("./capitals: in order")
        .says("");
    in_folder(&folder, &["run", "./capitals"])
        .exits(0)
        .prints("capitals · at-once");
    in_folder(&folder, &["calibrate", "./capitals"])
        .exits(1)
        .prints("nobody notices server adds-newline, server adds-space");
    // Without a reference the right program of the contract stands in.
    let lab = folder.path().join("capitals/lab.yaml");
    let text = fs::read_to_string(&lab).expect("lab.yaml");
    let lines = text.lines().filter(|line| !line.contains("reference:"));
    fs::write(&lab, lines.collect::<Vec<_>>().join("\n")).expect("written");
    in_folder(&folder, &["run", "./capitals"])
        .exits(1)
        .prints("the submission must hold a program for server: server.py");
    in_folder(&folder, &["calibrate", "./capitals"])
        .exits(1)
        .prints("reference ..")
        .prints("nobody notices server adds-newline, server adds-space");
}

#[test]
fn a_lab_can_begin_with_a_copy_of_a_shipped_one() {
    let folder = Folder::new();
    fs::create_dir(folder.path().join("回显")).expect("an empty folder");
    init(&folder, &["回显", "--from", "echo", "--lang", "zh"])
        .exits(0)
        .prints("回显：新实验，含 ");
    let text = fs::read_to_string(folder.path().join("回显/lab.yaml")).expect("lab.yaml");
    assert!(text.starts_with("viva: 1\nlab: 回显\n"), "{text}");
    in_folder(&folder, &["lint", "./回显"]).exits(0).says("");
    in_folder(&folder, &["run", "./回显", "--only", "echo"])
        .exits(0)
        .prints("回显 · echo");
    let contract = |lab: &str| fs::read(format!("{lab}/known/contract.yaml")).expect("a contract");
    assert_eq!(contract(&folder.at("回显")), contract("scenarios/echo"));
}

#[test]
fn what_is_there_is_left_alone() {
    let folder = Folder::new()
        .with("quiz/notes.txt", "mine")
        .with("file", "mine");
    for name in ["quiz", "file"] {
        init(&folder, &[name]).exits(2).says(&format!(
            "viva: {name} is there already, and is left as it is: choose another name\n"
        ));
    }
    assert_eq!(
        fs::read_dir(folder.path().join("quiz"))
            .expect("quiz")
            .count(),
        1
    );
    init(&folder, &["quiz", "--lang", "zh"])
        .exits(2)
        .says("viva: quiz 已经存在，没有改动它：请换一个名称\n");
    // Its own folder, which is empty.
    let here = Folder::new();
    fs::create_dir(here.path().join("quiz")).expect("a folder");
    let made = viva()
        .current_dir(here.path().join("quiz"))
        .args(["init", "."])
        .output();
    came(made.expect("viva starts"))
        .exits(0)
        .prints("quiz: a new lab");
}

#[test]
fn names_and_places_that_will_not_do() {
    let folder = Folder::new().with("file", "");
    init(&folder, &["my first lab"]).exits(2).says(
        "viva: a lab can't be called `my first lab`: a name is made of letters, digits, `-` and `_`, a letter first; \
         how about `my-first-lab`?\n",
    );
    init(&folder, &["7", "--lang", "zh"])
        .exits(2)
        .says("viva: 实验不能叫 `7`：名称由字母、数字、`-` 和 `_` 组成，以字母开头\n");
    init(&folder, &["quiz", "--from", "hob"])
        .exits(2)
        .says("viva: there is no shipped lab `hob`; did you mean `hub`?\n");
    init(&folder, &["file/quiz"])
        .exits(3)
        .complains("file/quiz/")
        .complains("cannot be written: ");
    // A folder that has a blank in its name may hold a lab.
    init(&folder, &["labs of mine/quiz"])
        .exits(0)
        .prints("viva run 'labs of mine/quiz'");
    assert!(Path::new(&folder.at("labs of mine/quiz/lab.yaml")).is_file());
}
