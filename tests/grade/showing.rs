//! What is there to be seen afterwards: `viva show` on a result folder; and what is said of those that could not be run.

use crate::small::{ECHO, MUTE, small_lab};
use crate::stand::{Folder, came, plain_viva, run};

#[test]
fn a_result_folder_is_shown_by_key_and_scenario() {
    let class = Folder::new()
        .with("class/ann/server.py", ECHO)
        .with("class/ben/server.py", MUTE)
        .with(
            "roster.csv",
            "学号,team\nann,Team 1\nben,\ncid,Team 1\ndot,\n",
        );
    let lab = small_lab(&class, "");
    let (students, roster, results) = (
        class.at("class"),
        class.at("roster.csv"),
        class.at("results"),
    );
    let arguments = [
        "grade", &lab, &students, "--roster", &roster, "--group", "team",
    ];
    run(arguments.into_iter().chain(["--output", &results])).exits(0);
    let show = |more: &[&str]| {
        let arguments = ["show", results.as_str()];
        run(arguments.into_iter().chain(more.iter().copied()))
    };
    let one = show(&["ben", "echo"]).exits(0);
    let same = run(["show", &class.at("results/transcripts/ben/echo.json.gz")]).exits(0);
    assert_eq!(one.out, same.out);
    assert!(
        one.out.starts_with("echo · echo") && one.out.contains("FAILED"),
        "{}",
        one.out
    );
    // All of it: also what was not run, and that of a group by any of its members.
    let all = show(&["ben"]).exits(0);
    assert!(all.out.starts_with(&one.out), "{}", all.out);
    assert!(
        all.out
            .contains("\necho · several-messages   needs echo, which did not pass"),
        "{}",
        all.out
    );
    let (first, second) = (show(&["ann"]).exits(0), show(&["cid"]).exits(0));
    assert_eq!(first.out, second.out);
    let page = class.at("ben.html");
    show(&["ben", "--html", &page]).exits(0).says("");
    let page = std::fs::read_to_string(page).expect("a page");
    assert!(
        page.starts_with("<!DOCTYPE html>") && page.contains("several-messages"),
        "{page}"
    );
    for (more, said) in [
        (
            &[][..],
            format!(
                "{results}: this is the result of a class: say whose, and which scenario if not all: viva show {results} KEY SCENARIO"
            ),
        ),
        (
            &["bem"],
            "nobody in this class has the key `bem`; did you mean `ben`?".to_owned(),
        ),
        (
            &["ben", "ecko"],
            "there is no scenario `ecko`; did you mean `echo`?".to_owned(),
        ),
        (
            &["dot"],
            "dot: nothing was run, so that there is nothing to be shown".to_owned(),
        ),
    ] {
        show(more).exits(2).says(&format!("viva: {said}\n"));
    }
}

#[test]
fn only_somebody_of_the_class_can_be_asked_for() {
    let class = Folder::new().with("class/ann/server.py", ECHO);
    let (lab, students) = (small_lab(&class, ""), class.at("class"));
    let results = class.at("results");
    let came = run([
        "grade",
        &lab,
        &students,
        "--output",
        &results,
        "--student",
        "anm",
    ]);
    came.exits(4)
        .says("viva: nobody in this class has the key `anm`; did you mean `ann`?\n");
}

#[test]
fn what_the_machine_lacks_is_nobodys_fault() {
    let class = Folder::new()
        .with("class/ann/Server.java", "class Server {}\n")
        .with("class/ben/server.py", ECHO)
        .with("bin/x", "");
    let lab = small_lab(&class, "");
    // A machine with Python and nothing else.
    let python = std::process::Command::new("python3")
        .args(["-c", "import sys; print(sys.executable)"])
        .env("PATH", crate::stand::path())
        .output();
    let python = String::from_utf8(python.expect("python3").stdout).expect("a path");
    std::os::unix::fs::symlink(python.trim(), class.at("bin/python3")).expect("a link");
    let csv = class.at("marks.csv");
    let mut viva = plain_viva();
    viva.args([
        "grade",
        &lab,
        &class.at("class"),
        "--output",
        &class.at("results"),
    ])
    .args(["--format", &format!("csv:{csv}")])
    .env("PATH", class.at("bin"));
    let came = came(viva.output().expect("viva")).exits(3);
    assert!(
        came.out.contains("\n    ann: What was handed in can't be read or run: this machine lacks a program that it needs (java).\n"),
        "{}",
        came.out
    );
    assert!(
        came.err
            .contains("ann  no mark: trouble of Viva or the machine\n"),
        "{}",
        came.err
    );
    let marks = std::fs::read_to_string(csv).expect("marks");
    assert_eq!(
        marks,
        "key,name,mark,of,late,status,echo,several-messages\r\nann,ann,,5,,trouble: missing-program,,\r\nben,ben,5,5,,ok,2,3\r\n"
    );
}
