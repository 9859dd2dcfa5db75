//! A test stand: `viva` as a person calls it, things to give it, and a look at what is left behind.
//!
//! Must not judge, and must not look inside: whatever a test learns, a user could learn, too.

// Each test program stands on a part of it.
#![allow(dead_code)]

pub(crate) mod less_power;
pub(crate) mod shown;

use std::ffi::OsString;
use std::fs;
use std::io::Write;
use std::os::unix::fs::PermissionsExt;
use std::os::unix::process::ExitStatusExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use rustix::event::{PollFd, PollFlags, Timespec};
use rustix::process::{Pid, PidfdFlags, Signal, kill_process, pidfd_open};

/// A belt only: nothing here takes so long unless it hangs.
pub(crate) const HANG: Duration = Duration::from_secs(120);

/// The program under test: this build's, or its copy where an ordinary user may run it.
pub(crate) fn binary() -> PathBuf {
    std::env::var_os("VIVA_TEST_BINARY")
        .map_or_else(|| env!("CARGO_BIN_EXE_viva").into(), PathBuf::from)
}

/// Says to whoever runs the tests what was not tried, or otherwise than usual. Unlike `eprintln!` it is seen of a test that passes, too.
pub(crate) fn note(text: &str) {
    let _ = writeln!(std::io::stderr(), "note: {}", text.trim_end());
}

/// A layer that this machine lacks, or another power that tests need: said, and a failure where `VIVA_REQUIRE` is `full`.
#[track_caller]
pub(crate) fn lacking(what: &str) {
    note(&format!("this machine lacks {what}"));
    let required = std::env::var_os("VIVA_REQUIRE").is_some_and(|value| value == "full");
    assert!(!required, "VIVA_REQUIRE=full, but it lacks {what}");
}

/// `viva` with a plain environment: English, no colours, the real Python first on the PATH (asking a version manager's shim
/// would cost more than most tests).
pub(crate) fn viva() -> assert_cmd::Command {
    let mut viva = assert_cmd::Command::from_std(plain_viva());
    viva.timeout(HANG);
    viva
}

/// The same for a test that talks to it while it runs.
pub(crate) fn plain_viva() -> Command {
    let mut viva = bare_viva();
    viva.stdin(Stdio::null());
    viva
}

/// The same with the terminal, or whatever else, of its caller.
pub(crate) fn bare_viva() -> Command {
    let mut viva = Command::new(binary());
    for name in [
        "LANG",
        "LC_ALL",
        "LC_MESSAGES",
        "NO_COLOR",
        "TERM",
        "VIVA_ISOLATION",
    ] {
        viva.env_remove(name);
    }
    viva.env("PATH", path());
    viva
}

/// The PATH that `viva` gets.
pub(crate) fn path() -> &'static OsString {
    static PATH: OnceLock<OsString> = OnceLock::new();
    PATH.get_or_init(|| {
        let asked = Command::new("python3")
            .args([
                "-c",
                "import os, sys; print(os.path.dirname(sys.executable))",
            ])
            .output()
            .expect("the tests need python3");
        let folder = String::from_utf8(asked.stdout).expect("a path");
        let rest = std::env::var_os("PATH").unwrap_or_default();
        let mut path = OsString::from(folder.trim());
        path.push(":");
        path.push(rest);
        path
    })
}

/// What `viva` came to.
pub(crate) struct Came {
    pub(crate) code: i32,
    pub(crate) out: String,
    pub(crate) err: String,
}

/// Runs `viva` with these arguments to its end.
pub(crate) fn run<A: AsRef<std::ffi::OsStr>>(arguments: impl IntoIterator<Item = A>) -> Came {
    came(viva().args(arguments).output().expect("viva starts"))
}

/// What an output says, as text.
pub(crate) fn came(output: std::process::Output) -> Came {
    let came = Came {
        code: code(output.status),
        out: String::from_utf8(output.stdout).expect("viva prints UTF-8"),
        err: String::from_utf8(output.stderr).expect("viva complains in UTF-8"),
    };
    assert!(!came.err.contains("panicked"), "{}", came.err);
    came
}

/// The exit code; of a program that a signal has ended 128 and its number, as shells say it.
pub(crate) fn code(status: ExitStatus) -> i32 {
    status
        .code()
        .unwrap_or_else(|| 128 + status.signal().unwrap_or_default())
}

impl Came {
    /// Fails unless it came to this exit code.
    #[track_caller]
    pub(crate) fn exits(self, code: i32) -> Came {
        assert_eq!(self.code, code, "\n{}{}", self.out, self.err);
        self
    }

    /// Fails unless this was printed, wherever its lines were broken.
    #[track_caller]
    pub(crate) fn prints(self, text: &str) -> Came {
        let found = flat(&self.out).contains(&flat(text));
        assert!(found, "no {text:?} in:\n{}", self.out);
        self
    }

    /// Fails unless this was printed on standard error, wherever its lines were broken.
    #[track_caller]
    pub(crate) fn complains(self, text: &str) -> Came {
        let found = flat(&self.err).contains(&flat(text));
        assert!(found, "no {text:?} in:\n{}", self.err);
        self
    }

    /// Fails unless exactly this was printed on standard error.
    #[track_caller]
    pub(crate) fn says(self, text: &str) -> Came {
        assert_eq!(self.err, text);
        self
    }

    /// The report of `--json`.
    #[track_caller]
    pub(crate) fn report(&self) -> serde_json::Value {
        serde_json::from_str(&self.out)
            .unwrap_or_else(|error| panic!("{error}:\n{}{}", self.out, self.err))
    }

    /// How each scenario came out, in the order of the report: `passed`, `failed`, …
    #[track_caller]
    pub(crate) fn outcomes(&self) -> Vec<(String, String)> {
        let report = self.report();
        let results = report["results"].as_array().expect("results");
        let outcomes = results.iter().map(|result| {
            let outcome = match &result["outcome"] {
                serde_json::Value::String(name) => name.clone(),
                other => other
                    .as_object()
                    .and_then(|fields| fields.keys().next().cloned())
                    .unwrap_or_default(),
            };
            let scenario = result["scenario"].as_str().unwrap_or_default();
            (scenario.to_owned(), outcome)
        });
        outcomes.collect()
    }
}

fn flat(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// A folder of a test; goes when dropped.
pub(crate) struct Folder(tempfile::TempDir);

impl Folder {
    pub(crate) fn new() -> Folder {
        Folder(tempfile::tempdir().expect("a folder"))
    }

    /// With a file in it; folders above it are made.
    pub(crate) fn with(self, name: &str, content: impl AsRef<[u8]>) -> Folder {
        self.add(name, content);
        self
    }

    /// Writes a file; folders above it are made.
    pub(crate) fn add(&self, name: &str, content: impl AsRef<[u8]>) -> PathBuf {
        let path = self.path().join(name);
        fs::create_dir_all(path.parent().expect("a folder")).expect("folders");
        fs::write(&path, content).expect("a file");
        path
    }

    pub(crate) fn path(&self) -> &Path {
        self.0.path()
    }

    /// The path of a file in it, as text.
    pub(crate) fn at(&self, name: &str) -> String {
        self.path().join(name).display().to_string()
    }
}

/// Takes all permissions from a file or folder; given back when dropped, so that it can be removed.
pub(crate) struct Closed(PathBuf);

impl Closed {
    pub(crate) fn new(path: PathBuf) -> Closed {
        fs::set_permissions(&path, fs::Permissions::from_mode(0o0)).expect("chmod");
        Closed(path)
    }
}

impl Drop for Closed {
    fn drop(&mut self) {
        let _ = fs::set_permissions(&self.0, fs::Permissions::from_mode(0o700));
    }
}

/// `viva` without the power of root, whoever runs the tests: in a user namespace in which it is nobody.
pub(crate) fn powerless_viva() -> assert_cmd::Command {
    let mut viva = assert_cmd::Command::new("unshare");
    viva.arg("--user").arg(binary());
    for name in ["LANG", "LC_ALL", "LC_MESSAGES", "NO_COLOR"] {
        viva.env_remove(name);
    }
    viva.env("PATH", path()).timeout(HANG);
    viva
}

/// A word that no other command line on this machine has.
pub(crate) struct Mark(pub(crate) String);

impl Mark {
    pub(crate) fn new() -> Mark {
        static COUNT: AtomicUsize = AtomicUsize::new(0);
        let count = COUNT.fetch_add(1, Ordering::Relaxed);
        Mark(format!("mark{}x{count}x", std::process::id()))
    }

    /// The processes that have it in their command line, `viva` itself not counted.
    pub(crate) fn processes(&self) -> Vec<Pid> {
        let folders = fs::read_dir("/proc").expect("/proc").flatten();
        let numbers = folders.filter_map(|entry| entry.file_name().to_str()?.parse().ok());
        let marked = |number: &i32| {
            let command = fs::read(format!("/proc/{number}/cmdline")).unwrap_or_default();
            let text = String::from_utf8_lossy(&command).into_owned();
            let first = text.split('\0').next().unwrap_or_default();
            text.contains(&self.0) && !first.ends_with("/viva")
        };
        numbers.filter(marked).filter_map(Pid::from_raw).collect()
    }

    /// Waits until a process has it; fails if `viva` ends before.
    pub(crate) fn comes(&self, viva: &mut Child) {
        let began = Instant::now();
        while self.processes().is_empty() {
            let ended = viva.try_wait().expect("wait");
            assert!(ended.is_none(), "viva has ended: {ended:?}");
            assert!(began.elapsed() < HANG, "no process has come");
            // The kernel has no event for a process of others that comes.
            std::thread::sleep(Duration::from_millis(5));
        }
    }

    /// Waits until every process that has it is gone: those that `viva` kills may still be on their way. Fails if one stays.
    #[track_caller]
    pub(crate) fn is_gone(&self) {
        for pid in self.processes() {
            ends(pid);
        }
        // What these had started may be seen only now.
        assert_eq!(self.processes(), [], "processes are left");
    }
}

/// Waits until the process has ended, if it has not yet; fails if it stays.
#[track_caller]
pub(crate) fn ends(pid: Pid) {
    let Ok(process) = pidfd_open(pid, PidfdFlags::empty()) else {
        return;
    };
    let mut ends = [PollFd::new(&process, PollFlags::IN)];
    let patience = Timespec {
        tv_sec: 20,
        tv_nsec: 0,
    };
    let ended = rustix::event::poll(&mut ends, Some(&patience)).expect("poll");
    assert!(ended == 1, "process {pid:?} is left");
}

/// A program of a test that ends with it.
pub(crate) struct Ends(pub(crate) Child);

impl Drop for Ends {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Sends a signal to a child.
pub(crate) fn signal(child: &Child, signal: Signal) {
    let pid = Pid::from_raw(child.id() as i32).expect("a pid");
    kill_process(pid, signal).expect("kill");
}

/// A server in Python that echoes, one client after another, on the port that `PORT` names.
pub(crate) const ECHO: &str = r#"
import os, socket
server = socket.socket()
server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
server.bind(("127.0.0.1", int(os.environ.get("PORT", "50007"))))
server.listen()
while True:
    client, _ = server.accept()
    while data := client.recv(4096):
        client.sendall(data)
    client.close()
"#;
