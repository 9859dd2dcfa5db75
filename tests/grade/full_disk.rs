//! A result folder on a disk that is full: what could not be written is named, what is there stays, and the same command goes on when there
//! is room.

use std::process::Command;

use crate::going_on::{marks, written};
use crate::small::{ECHO, MUTE, small_lab};
use crate::stand::{Folder, binary, came, lacking, path};

/// In namespaces of its own: `$1` bytes are left of a small disk, and `viva` is called with the rest; then again when there is room.
/// What it printed is beside the copy of its results.
const SCRIPT: &str = r#"
mount -t tmpfs -o size=512k disk "$DISK" || exit 77
left=$1; shift
dd if=/dev/zero of="$DISK/ballast" bs=4096 count=$((128 - left)) 2>/dev/null
"$VIVA" "$@" >"$KEPT/out" 2>"$KEPT/err"; echo $? >"$KEPT/code"
cp -r "$DISK/results" "$KEPT/full" 2>/dev/null
rm "$DISK/ballast"
"$VIVA" "$@" >"$KEPT/out-2" 2>"$KEPT/err-2"; echo $? >"$KEPT/code-2"
cp -r "$DISK/results" "$KEPT/results"
"#;

#[test]
fn a_full_disk_is_named_and_the_run_goes_on_when_there_is_room() {
    let class = Folder::new()
        .with("ann/server.py", ECHO)
        .with("ben/server.py", MUTE);
    let lab = small_lab(&class, "");
    let archived = Command::new("tar")
        .current_dir(class.path())
        .args(["-cf", "class.tar", "ann", "ben"])
        .status();
    assert!(archived.expect("tar").success());
    // So many pages are left: none for the journal, too few for what is unpacked, or for the results.
    for (pages, named) in [
        (0, "results/journal.jsonl: "),
        (2, "results/submissions/"),
        (5, "results/transcripts/"),
    ] {
        let kept = Folder::new().with("disk/x", "");
        let (disk, output) = (kept.at("disk"), kept.at("disk/results"));
        let ran = Command::new("unshare")
            .args(["--user", "--map-root-user", "--mount", "sh", "-c", SCRIPT])
            .args(["sh", &pages.to_string(), "grade", &lab])
            .args([
                &class.at("class.tar"),
                "--seed",
                "0a1b",
                "--output",
                &output,
            ])
            .env("VIVA", binary())
            .env("DISK", &disk)
            .env("KEPT", kept.path())
            .env("PATH", path())
            .env_remove("LANG")
            .env_remove("LC_ALL")
            .output();
        let ran = came(ran.expect("unshare"));
        let text = |name: &str| std::fs::read_to_string(kept.at(name)).unwrap_or_default();
        if ran.code == 77 || text("code").is_empty() {
            lacking("disks of its own in a user namespace");
            return;
        }
        let err = text("err");
        assert_eq!(text("code"), "3\n", "{pages}: {err}");
        let told: Vec<&str> = err.lines().filter(|it| it.starts_with("viva: ")).collect();
        assert!(
            told.iter().any(|line| line.contains(named)
                && line.ends_with(": cannot be written: No space left on device (os error 28)")),
            "{pages}: {err}"
        );
        // What came out then is not run again.
        let results = kept.path().join("results");
        let early = written(&kept.path().join("full"));
        assert_eq!(text("code-2"), "0\n", "{pages}: {}", text("err-2"));
        assert_eq!(
            marks(&results),
            "\"ann\" 5.0 2.0 3.0\n\"ben\" 0.0 0.0 0.0\n",
            "{pages}"
        );
        let all = written(&results);
        assert!(
            all.len() == 4 && all.values().all(|times| *times == 1),
            "{pages}: {early:?} {all:?}"
        );
    }
}
