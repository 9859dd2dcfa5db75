//! Ctrl-C in the middle of a class: what came out is kept and told, nothing runs on, and the same command goes on.

use std::process::Stdio;

use rustix::process::Signal;

use crate::going_on::{News, written};
use crate::small::{ECHO, MUTE, small_lab};
use crate::stand::{Folder, Mark, came, plain_viva, signal};

#[test]
fn an_interruption_loses_nothing_and_leaves_nothing_running() {
    let mark = Mark::new();
    // Never ready, never at rest.
    let endless = format!(
        "import os, sys\nif len(sys.argv) == 1: os.execv(sys.executable, [sys.executable, __file__, '{}'])\nwhile True: pass\n",
        mark.0
    );
    let class = Folder::new()
        .with("class/ann/server.py", ECHO)
        .with("class/ben/server.py", MUTE)
        .with("class/cid/server.py", &endless);
    let lab = small_lab(&class, "");
    let output = class.path().join("results");
    let csv = class.at("marks.csv");
    let grade = || {
        let mut viva = plain_viva();
        viva.args(["grade", &lab, &class.at("class"), "--seed", "0a1b", "-j2"])
            .arg("--output")
            .arg(&output)
            .args(["--format", &format!("csv:{csv}")])
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        viva
    };
    let mut child = grade().spawn().expect("viva");
    let mut news = News::of(&output, &child);
    // Ann and Ben are done, and Cid's program runs.
    while written(&output).len() < 4 && news.come() {}
    mark.comes(&mut child);
    signal(&child, Signal::INT);
    let came = came(child.wait_with_output().expect("viva")).exits(130);
    mark.is_gone();
    assert!(
        came.out.ends_with(
            "\n  without a mark\n    cid: No mark yet: the run was interrupted before all was judged.\n\n  The run was interrupted: results are missing. The same command goes on.\n"
        ),
        "{}",
        came.out
    );
    let marks = || std::fs::read_to_string(&csv).expect("marks");
    assert_eq!(
        marks(),
        "key,name,mark,of,late,status,echo,several-messages\r\nann,ann,5,5,,ok,2,3\r\nben,ben,0,5,,ok,0,0\r\ncid,cid,,5,,unfinished,,\r\n"
    );
    // Every line is whole.
    let journal = std::fs::read_to_string(output.join("journal.jsonl")).expect("a journal");
    assert!(journal.ends_with('\n'));
    for line in journal.lines() {
        serde_json::from_str::<serde_json::Value>(line).expect("JSON");
    }
    let before = written(&output);
    assert_eq!(before.len(), 4, "{before:?}");
    // The same command, when Cid has handed in something else.
    class.add("class/cid/server.py", ECHO);
    let rest = crate::stand::came(grade().output().expect("viva")).exits(0);
    assert!(rest.err.contains("1/1  cid  5 of 5\n"), "{}", rest.err);
    assert!(marks().ends_with("cid,cid,5,5,,ok,2,3\r\n"), "{}", marks());
    let after = written(&output);
    assert!(
        after.values().all(|times| *times == 1) && after.len() == 6,
        "{after:?}"
    );
}
