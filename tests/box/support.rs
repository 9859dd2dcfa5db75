//! Students' programs for the tests, and what is heard of them.

use std::ffi::OsString;
use std::fs::File;
use std::os::fd::OwnedFd;
use std::path::PathBuf;
use std::process::Command;
use std::sync::OnceLock;

use crate::stand::binary;
use tokio::io::AsyncReadExt;
use tokio::net::unix::pipe;
use viva::r#box::{
    BoxEvent, BoxEvents, ExitStatus, Isolation, Launch, Process, ProcessId, Setting, Stdio,
    TestBox, Watch,
};

/// Both, one after the other: whatever holds in a box should hold in the fall-back too, if not said otherwise.
pub(crate) const BOTH: [Isolation; 2] = [Isolation::Full, Isolation::Basic];

/// A real interpreter (no version manager's shim) and where its library is.
pub(crate) struct Python {
    pub(crate) executable: PathBuf,
    pub(crate) prefix: PathBuf,
}

pub(crate) fn python() -> &'static Python {
    static PYTHON: OnceLock<Python> = OnceLock::new();
    PYTHON.get_or_init(|| {
        let found = Command::new("python3")
            .args([
                "-c",
                "import sys; print(sys.executable); print(sys.base_prefix)",
            ])
            .output()
            .expect("the tests need python3");
        let found = String::from_utf8(found.stdout).unwrap();
        let mut lines = found.lines().map(PathBuf::from);
        Python {
            executable: lines.next().unwrap().canonicalize().unwrap(),
            prefix: lines.next().unwrap(),
        }
    })
}

pub(crate) async fn open(isolation: Isolation) -> (TestBox, BoxEvents) {
    viva::r#box::use_binary(binary());
    let setting = Setting {
        readable: vec![python().prefix.clone()],
        ..Setting::new(isolation)
    };
    TestBox::open(&setting).await.unwrap()
}

/// What a program prints, both streams in one.
pub(crate) struct Output(pipe::Receiver);

impl Output {
    /// All of it, until nobody can print any more.
    pub(crate) async fn all(mut self) -> String {
        let mut text = String::new();
        self.0.read_to_string(&mut text).await.unwrap();
        text
    }

    /// One line.
    pub(crate) async fn line(&mut self) -> String {
        let mut line = Vec::new();
        while line.last() != Some(&b'\n') {
            match self.0.read_u8().await {
                Ok(byte) => line.push(byte),
                Err(_) => break,
            }
        }
        String::from_utf8(line).unwrap().trim_end().to_owned()
    }
}

pub(crate) fn pipes() -> (Output, Stdio) {
    let (reader, writer) = std::io::pipe().unwrap();
    let input = File::open("/dev/null").unwrap();
    let output = Output(pipe::Receiver::from_owned_fd(reader.into()).unwrap());
    let error = writer.try_clone().unwrap();
    (
        output,
        Stdio::Streams([input.into(), writer.into(), error.into()]),
    )
}

pub(crate) fn launch(test_box: &TestBox, argv: &[&str], stdio: Stdio, watch: Watch) -> Launch {
    Launch {
        argv: argv.iter().map(OsString::from).collect(),
        environment: vec![
            ("PATH".into(), "/usr/bin:/bin".into()),
            ("PYTHONUNBUFFERED".into(), "1".into()),
        ],
        folder: test_box.folder().to_owned(),
        stdio,
        watch,
    }
}

pub(crate) async fn start(test_box: &TestBox, argv: &[&str], watch: Watch) -> (Process, Output) {
    let (output, stdio) = pipes();
    let process = test_box
        .launch(launch(test_box, argv, stdio, watch))
        .await
        .unwrap();
    (process, output)
}

/// Runs a script as a student's program.
pub(crate) async fn script(test_box: &TestBox, text: &str, watch: Watch) -> (Process, Output) {
    let executable = python().executable.to_str().unwrap();
    start(test_box, &[executable, "-I", "-c", text], watch).await
}

pub(crate) async fn exit_of(events: &mut BoxEvents, wanted: ProcessId) -> ExitStatus {
    loop {
        match events.recv().await.expect("the box lives") {
            BoxEvent::Exited { process, status } if process == wanted => return status,
            BoxEvent::Gone(error) => panic!("{error}"),
            _ => {}
        }
    }
}

/// A descriptor that becomes readable when the process has ended.
pub(crate) fn pidfd(pid: i32) -> OwnedFd {
    let pid = rustix::process::Pid::from_raw(pid).unwrap();
    rustix::process::pidfd_open(pid, rustix::process::PidfdFlags::empty()).unwrap()
}

/// Waits for the end of a process that need not be a child.
pub(crate) fn wait_for_end(pidfd: &OwnedFd) {
    use rustix::event::{PollFd, PollFlags, poll};
    poll(&mut [PollFd::new(pidfd, PollFlags::IN)], None).unwrap();
}

/// A server that answers each connection with one line and goes on.
pub(crate) const SERVER: &str = r#"
import socket, sys
s = socket.socket()
s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
s.bind(("127.0.0.1", 9999))
s.listen(5)
while True:
    c, _ = s.accept()
    c.sendall((sys.argv[1] if len(sys.argv) > 1 else "hello").encode() + b"\n")
    c.close()
"#;

/// Prints "ready", having left two daemons behind (double fork, own session, deaf to signals), and waits.
pub(crate) const DAEMONS: &str = r#"
import os, signal, sys, time
r, w = os.pipe()
for _ in range(2):
    if os.fork() == 0:
        os.setsid()
        if os.fork() == 0:
            os.setsid()
            for s in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT):
                signal.signal(s, signal.SIG_IGN)
            os.write(w, b"x")
            while True: signal.pause()
        os._exit(0)
while len(os.read(r, 1)) and (n := globals().get("n", 0) + 1) < 2: pass
for _ in range(2): os.wait()
print("ready", flush=True)
signal.pause()
"#;
