//! Viva is interrupted, or killed.

use std::hash::BuildHasher;
use std::process::{Child, Output, Stdio};

use rustix::process::{Pid, Signal};

use super::stand::{Came, ECHO, Folder, Mark, came, ends, plain_viva, signal};

/// A program that starts and never gets ready.
const SLEEPS: &str = "import time\nwhile True: time.sleep(1000)\n";

/// A program that echoes one client, and answers nobody after: with the mark once the second has spoken.
fn deaf_to_the_second(mark: &Mark) -> String {
    ECHO.replace(
        "    while data := client.recv(4096):",
        "    client.recv(0)\n    while data := client.recv(4096):",
    )
    .replace(
        "        client.sendall(data)",
        &format!(
            "        if b'second' in data: os.execv('/bin/sh', ['sh', '-c', 'while :; do sleep 1000; done', '{}'])\n        \
             client.sendall(data)",
            mark.0
        ),
    )
}

struct Under {
    viva: Child,
    mark: Mark,
    // Holds the files while it runs.
    _folder: Folder,
}

/// Starts `viva run echo` against `program`, whose file bears the mark.
fn start(program: &str, arguments: &[&str]) -> Under {
    let mark = Mark::new();
    let folder = Folder::new().with(&format!("{}_server.py", mark.0), program);
    let viva = plain_viva()
        .args(["run", "echo", "--deadline", "100s", "--submission"])
        .arg(folder.path())
        .args(arguments)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("viva starts");
    Under {
        viva,
        mark,
        _folder: folder,
    }
}

impl Under {
    fn ends(self) -> (Came, Mark) {
        let output: Output = self.viva.wait_with_output().expect("viva ends");
        (came(output), self.mark)
    }
}

#[test]
fn ctrl_c_while_a_program_starts_ends_all() {
    for isolation in ["auto", "basic"] {
        let mut under = start(SLEEPS, &["--only", "echo", "--isolation", isolation]);
        under.mark.comes(&mut under.viva);
        signal(&under.viva, Signal::INT);
        let (came, mark) = under.ends();
        came.exits(130)
            .prints("exit            130  interrupted: results are missing");
        mark.is_gone();
    }
}

#[test]
fn what_was_judged_before_is_printed_and_kept() {
    let folder = Folder::new().with(
        "lab.yaml",
        "viva: 1\nlab: two\nroles:\n  server: { find: '*server.py', environment: { PORT: '${port}' } }\n\
         scenarios: [{ use: first.yaml }, { use: second.yaml }, { use: third.yaml }]\n",
    );
    let scenario = |name: &str| {
        format!(
            "viva: 1\nscenario: {name}\nlimit: 300s\ncast:\n  server: {{ role: server }}\n  alice: {{ connects: server }}\n\
             steps:\n  - alice: {{ send: the {name} }}\n  - alice: {{ expect: the {name} }}\n"
        )
    };
    folder.add("first.yaml", scenario("first"));
    folder.add("second.yaml", scenario("second"));
    folder.add("third.yaml", scenario("third"));
    let mark = Mark::new();
    folder.add("my_server.py", deaf_to_the_second(&mark));
    let mut viva = plain_viva()
        .args(["run", "-j", "1", "--deadline", "100s"])
        .arg(folder.path())
        .arg("--submission")
        .arg(folder.path())
        .args(["--save", &folder.at("saved")])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("viva starts");
    mark.comes(&mut viva);
    signal(&viva, Signal::INT);
    let came = came(viva.wait_with_output().expect("viva ends"))
        .exits(130)
        .prints("two · first")
        .prints("1 passed")
        .prints("interrupted: results are missing");
    assert!(
        !came.out.contains("second") && !came.out.contains("third"),
        "{}",
        came.out
    );
    assert!(folder.path().join("saved/001-first.json").is_file());
    mark.is_gone();
}

#[test]
fn ctrl_c_twice_and_the_polite_request_to_end() {
    for signals in [
        &[Signal::INT, Signal::INT][..],
        &[Signal::TERM],
        &[Signal::HUP],
    ] {
        let mut under = start(SLEEPS, &["--only", "echo"]);
        under.mark.comes(&mut under.viva);
        for each in signals {
            signal(&under.viva, *each);
        }
        let (came, mark) = under.ends();
        came.exits(130);
        mark.is_gone();
    }
}

#[test]
fn ctrl_c_at_any_moment_leaves_nothing() {
    // From before Viva has read its arguments until after it has printed: the moments are as the machine makes them.
    for moment in 0..8 {
        let mut under = start(ECHO, &["--only", "echo", "--only", "chinese"]);
        for _ in 0..moment {
            under.mark.processes();
        }
        if under.viva.try_wait().expect("wait").is_none() {
            signal(&under.viva, Signal::INT);
        }
        let (came, mark) = under.ends();
        // Before Viva listens to it, the signal does what it always does: that is 128 + 2 as well.
        assert!(
            matches!(came.code, 130 | 0),
            "{}{}{}",
            came.code,
            came.out,
            came.err
        );
        mark.is_gone();
    }
}

#[test]
fn killed_outright_it_leaves_nothing_either() {
    for isolation in ["auto", "basic"] {
        let mut under = start(SLEEPS, &["--only", "echo", "--isolation", isolation]);
        under.mark.comes(&mut under.viva);
        signal(&under.viva, Signal::KILL);
        let (came, mark) = under.ends();
        came.exits(137);
        mark.is_gone();
    }
}

/// How often Viva is ended at a random moment by each signal; the long form is asked for by `VIVA_ENDINGS=100`.
fn endings() -> u32 {
    let asked = std::env::var("VIVA_ENDINGS").ok();
    asked.and_then(|count| count.parse().ok()).unwrap_or(5)
}

/// The processes that name a folder in their command line, environment or mounts.
fn processes_with(folder: &str) -> Vec<Pid> {
    let entries = std::fs::read_dir("/proc").expect("/proc").flatten();
    let processes = entries.filter_map(|entry| {
        let process = entry.file_name().to_str()?.parse::<u32>().ok()?;
        let read = |name: &str| std::fs::read(entry.path().join(name)).unwrap_or_default();
        let told = [read("cmdline"), read("environ"), read("mountinfo")].concat();
        let named = String::from_utf8_lossy(&told).contains(folder);
        (named && process != std::process::id()).then_some(process)
    });
    let processes = processes.filter_map(|process| Pid::from_raw(process as i32));
    processes.collect()
}

/// The mounts of this process that name a folder.
fn mounts_with(folder: &str) -> Vec<String> {
    let mounts = std::fs::read_to_string("/proc/self/mountinfo").expect("mounts");
    let named = mounts.lines().filter(|line| line.contains(folder));
    named.map(str::to_owned).collect()
}

#[test]
fn ended_at_any_moment_it_leaves_nothing() {
    let mark = Mark::new();
    let submission = Folder::new().with(&format!("{}_server.py", mark.0), ECHO);
    let chance = std::hash::RandomState::new();
    for kind in [Signal::KILL, Signal::TERM, Signal::HUP, Signal::INT] {
        for time in 0..endings() {
            let temporary = Folder::new();
            let open = std::os::unix::fs::PermissionsExt::from_mode(0o755);
            std::fs::set_permissions(temporary.path(), open).expect("chmod");
            let run = || {
                let mut viva = plain_viva();
                viva.args(["run", "echo", "--only", "echo", "--only", "chinese"])
                    .arg("--submission")
                    .arg(submission.path())
                    .env("TMPDIR", temporary.path())
                    .stdout(Stdio::null())
                    .stderr(Stdio::null());
                viva
            };
            let mut viva = run().spawn().expect("viva starts");
            // Not to wait for anything: the moment is the point, from before the first line of `main` until after the last.
            let moment = chance.hash_one((kind.as_raw(), time)) % 400;
            std::thread::sleep(std::time::Duration::from_millis(moment));
            if viva.try_wait().expect("wait").is_none() {
                signal(&viva, kind);
            }
            viva.wait().expect("viva ends");
            mark.is_gone();
            // Launcher and stubs see their hang-up by themselves.
            let folder = temporary.path().display().to_string();
            loop {
                // One that is about to end may have started another.
                let processes = processes_with(&folder);
                if processes.is_empty() {
                    break;
                }
                processes.into_iter().for_each(ends);
            }
            let mounts = mounts_with(&folder);
            assert!(mounts.is_empty(), "{kind:?} after {moment} ms: {mounts:?}");
            let left = || {
                std::fs::read_dir(temporary.path())
                    .expect("a folder")
                    .count()
            };
            if left() > 0 {
                // Reclaimed at the next start at the latest.
                assert!(run().status().expect("viva starts").success());
                assert_eq!(left(), 0, "{kind:?} after {moment} ms");
            }
        }
    }
}
