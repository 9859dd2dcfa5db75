//! What came out once is not run again, whatever ended the run.

use std::collections::BTreeMap;
use std::os::fd::OwnedFd;
use std::path::Path;
use std::process::{Child, Stdio};

use rustix::event::{PollFd, PollFlags, poll};
use rustix::fs::inotify;
use rustix::process::{Pid, PidfdFlags, Signal, kill_process, pidfd_open};

use crate::class::{Class, Platform};
use crate::contracts::class_json;
use crate::small::{ECHO, MUTE};
use crate::stand::{Folder, plain_viva, run};

/// The results in a journal by submission and scenario: how often each was written.
pub(crate) fn written(folder: &Path) -> BTreeMap<(String, String), usize> {
    let text = std::fs::read_to_string(folder.join("journal.jsonl")).unwrap_or_default();
    let mut written = BTreeMap::new();
    for line in text.lines() {
        let Ok(line) = serde_json::from_str::<serde_json::Value>(line) else {
            continue;
        };
        let result = &line["result"];
        if let (Some(key), Some(name)) = (
            result["key"].as_str(),
            result["judged"]["scenario"].as_str(),
        ) {
            *written
                .entry((key.to_owned(), name.to_owned()))
                .or_default() += 1;
        }
    }
    written
}

/// Tells when something is written in a folder, or a child ends.
pub(crate) struct News(OwnedFd, OwnedFd);

impl News {
    pub(crate) fn of(folder: &Path, child: &Child) -> News {
        std::fs::create_dir_all(folder).expect("a folder");
        let watch = inotify::init(inotify::CreateFlags::CLOEXEC).expect("inotify");
        let what = inotify::WatchFlags::MODIFY | inotify::WatchFlags::CREATE;
        inotify::add_watch(&watch, folder, what).expect("a watch");
        let process = pidfd_open(Pid::from_child(child), PidfdFlags::empty());
        News(watch, process.expect("a process"))
    }

    /// Waits for the next; `false` if the child has ended.
    pub(crate) fn come(&mut self) -> bool {
        let mut both = [
            PollFd::new(&self.0, PollFlags::IN),
            PollFd::new(&self.1, PollFlags::IN),
        ];
        poll(&mut both, None).expect("poll");
        let is_alive = both[1].revents().is_empty();
        if !both[0].revents().is_empty() {
            let _ = rustix::io::read(&self.0, &mut [0; 4096]);
        }
        is_alive
    }
}

/// Marks and points, without times.
pub(crate) fn marks(folder: &Path) -> String {
    let class = class_json(folder);
    let of = class["submissions"].as_array().expect("submissions").iter();
    of.map(|graded| {
        let results = graded["results"].as_array().expect("results").iter();
        let points: Vec<String> = results.map(|result| result["points"].to_string()).collect();
        format!(
            "{} {} {}\n",
            graded["key"],
            graded["mark"]["points"],
            points.join(" ")
        )
    })
    .collect()
}

/// The long form: `VIVA_KILLS=50 cargo test --release --test grade killed`.
#[test]
fn who_is_killed_goes_on_where_it_was() {
    let kills: u32 =
        std::env::var("VIVA_KILLS").map_or(3, |kills| kills.parse().expect("a number"));
    let folder = tempfile::tempdir().expect("a folder");
    let is_wanted =
        |known: &viva::scenario::KnownProgram| !known.timed && known.may_fail.is_empty();
    let class = Class::of("gb2312", 6, Platform::Moodle, folder.path(), is_wanted);
    let grade = |output: &Path| {
        let mut viva = plain_viva();
        viva.args(["grade", &class.lab, "--seed", "0a1b"])
            .arg(&class.archive);
        viva.arg("--output").arg(output);
        viva
    };
    let calm = folder.path().join("calm");
    assert!(grade(&calm).output().expect("viva").status.success());
    let all: usize = written(&calm).values().sum();
    let rough = folder.path().join("rough");
    for kill in 0..kills {
        let mut viva = grade(&rough);
        let mut child = viva
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("viva");
        // It is killed as soon as so many results are there: moments spread over the whole run.
        let wanted = (all as u32 * (kill + 1) / (kills + 1)) as usize;
        let mut news = News::of(&rough, &child);
        while written(&rough).values().sum::<usize>() < wanted && news.come() {}
        let _ = kill_process(Pid::from_child(&child), Signal::KILL);
        child.wait().expect("a child");
    }
    assert!(grade(&rough).output().expect("viva").status.success());
    assert_eq!(marks(&rough), marks(&calm));
    let twice: Vec<_> = written(&rough)
        .into_iter()
        .filter(|(_, times)| *times > 1)
        .collect();
    assert!(twice.is_empty(), "{twice:?}");
    // Nobody has anything to do any more.
    let before = written(&rough);
    assert!(grade(&rough).output().expect("viva").status.success());
    assert_eq!(written(&rough), before);
}

#[test]
fn only_what_changed_is_run_again() {
    let class = Folder::new()
        .with("one/server.py", ECHO)
        .with("two/server.py", MUTE);
    let output = Folder::new();
    let grade = |more: &[&str]| {
        let (class, output) = (class.at("."), output.at("results"));
        let mut arguments = vec![
            "grade",
            "echo",
            class.as_str(),
            "--output",
            output.as_str(),
            "--only",
            "echo",
            "--only",
            "several-messages",
        ];
        arguments.extend(more);
        run(arguments).exits(0)
    };
    let folder = output.path().join("results");
    grade(&[]);
    let first = written(&folder);
    grade(&[]);
    assert_eq!(written(&folder), first, "nothing changed");
    grade(&["--failed"]);
    let failed = written(&folder);
    let again: Vec<&str> = failed
        .iter()
        .filter(|(_, times)| **times > 1)
        .map(|((key, _), _)| key.as_str())
        .collect();
    assert!(
        !again.is_empty() && again.iter().all(|key| *key == "two"),
        "{failed:?}"
    );
    grade(&["--rerun", "--student", "one"]);
    let rerun = written(&folder);
    assert!(
        rerun.iter().all(|((key, name), times)| *times
            == failed[&(key.clone(), name.clone())] + usize::from(key == "one")),
        "{rerun:?}"
    );
    // Another program is another matter.
    std::fs::write(class.path().join("two/server.py"), ECHO).expect("a file");
    grade(&[]);
    let mended = written(&folder);
    assert!(
        mended.iter().all(|((key, name), times)| *times
            == rerun[&(key.clone(), name.clone())] + usize::from(key == "two")),
        "{mended:?}"
    );
}
