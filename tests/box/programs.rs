//! How programs start, what they find, how they end.

use std::io::Write;

use viva::r#box::{BoxEvent, CopyError, ExitStatus, Isolation, LaunchError, Stdio, Watch};

use crate::support::{BOTH, exit_of, launch, open, pipes, python, script, start};

#[tokio::test]
async fn exits_are_told_with_code_or_signal() {
    for isolation in BOTH {
        let (test_box, mut events) = open(isolation).await;
        for (text, expected) in [
            ("pass", ExitStatus::Code(0)),
            ("raise SystemExit(3)", ExitStatus::Code(3)),
            ("import os; os.abort()", ExitStatus::Signal(libc::SIGABRT)),
            ("import os; os.kill(os.getpid(), 9)", ExitStatus::Signal(9)),
        ] {
            let (process, _) = script(&test_box, text, Watch::NONE).await;
            assert_eq!(exit_of(&mut events, process.id).await, expected, "{text}");
        }
        test_box.end().await.unwrap();
    }
}

#[tokio::test]
async fn what_cannot_be_executed_says_why() {
    for isolation in BOTH {
        let (test_box, mut events) = open(isolation).await;
        test_box.add_file("data", b"no program").await.unwrap();
        let data = test_box.folder().join("data");
        for (program, expected) in [
            ("/nonexistent", libc::ENOENT),
            ("/", libc::EACCES),
            (data.to_str().unwrap(), libc::EACCES),
        ] {
            let (_, stdio) = pipes();
            let started = test_box
                .launch(launch(&test_box, &[program], stdio, Watch::NONE))
                .await;
            assert!(
                matches!(started, Err(LaunchError::NotExecutable(number)) if number == expected),
                "{program}: {started:?}"
            );
        }
        let (_, stdio) = pipes();
        let mut elsewhere = launch(&test_box, &["/bin/true"], stdio, Watch::NONE);
        elsewhere.folder = "/nonexistent".into();
        let started = test_box.launch(elsewhere).await;
        assert!(
            matches!(started, Err(LaunchError::NotExecutable(libc::ENOENT))),
            "{started:?}"
        );
        // Nothing is heard of what never ran, and the box goes on.
        let (process, _) = start(&test_box, &["/bin/true"], Watch::ALL).await;
        assert!(process.watched);
        let Some(BoxEvent::Exited { process: ended, .. }) = events.recv().await else {
            panic!("another event came first");
        };
        assert_eq!(ended, process.id);
        test_box.end().await.unwrap();
    }
}

#[tokio::test]
async fn a_program_starts_clean_and_powerless() {
    let text = r#"
import os, signal
status = dict(line.split(":", 1) for line in open("/proc/self/status"))
for name in ("CapInh", "CapPrm", "CapEff", "CapAmb"):
    assert int(status[name], 16) == 0, name
assert status["NoNewPrivs"].strip() == "1"
assert int(status["SigBlk"], 16) == 0
ignored = int(status["SigIgn"], 16) & 0x7fffffff
# Python itself ignores SIGPIPE and SIGXFSZ.
assert ignored & ~(1 << (signal.SIGPIPE - 1) | 1 << (signal.SIGXFSZ - 1)) == 0, ignored
assert os.getsid(0) == os.getpid() == os.getpgrp()
fds = sorted(int(fd) for fd in os.listdir("/proc/self/fd"))
assert fds[:3] == [0, 1, 2] and len(fds) == 4, fds  # and the listing's own
assert dict(os.environ) in ({"PATH": "/usr/bin:/bin", "PYTHONUNBUFFERED": "1", **extra} for extra in ({}, {"LC_CTYPE": "C.UTF-8"})), os.environ
assert os.umask(0) == 0o022
assert os.getcwd() == os.path.realpath(".")
open("written", "w").write(open("dir/given").read())
open("/dev/stdout", "a").write("fine\n")
open("/dev/stderr", "a").write("too\n")
print(os.getcwd())
"#;
    for isolation in BOTH {
        let (test_box, mut events) = open(isolation).await;
        test_box.add_file("dir/given", b"mango").await.unwrap();
        let (process, output) = script(&test_box, text, Watch::NONE).await;
        let folder = test_box.folder().to_str().unwrap();
        assert_eq!(output.all().await, format!("fine\ntoo\n{folder}\n"));
        assert_eq!(exit_of(&mut events, process.id).await, ExitStatus::Code(0));
        let written = test_box.read_file("written", 100).await.unwrap();
        assert_eq!(written, b"mango");
        test_box.end().await.unwrap();
    }
}

#[tokio::test]
async fn a_copied_submission_can_be_run_and_changed_but_not_at_its_source() {
    for isolation in BOTH {
        let submission = tempfile::tempdir().unwrap();
        let main = submission.path().join("server.py");
        std::fs::write(
            &main,
            "import helper; open('helper.py', 'a').write('#'); print(helper.word)",
        )
        .unwrap();
        std::fs::write(submission.path().join("helper.py"), "word = 'fig'\n").unwrap();
        let (test_box, mut events) = open(isolation).await;
        assert_eq!(test_box.copy_in(submission.path()).await.unwrap().files, 2);
        let executable = python().executable.to_str().unwrap();
        let (process, output) = start(&test_box, &[executable, "server.py"], Watch::NONE).await;
        assert_eq!(output.all().await, "fig\n");
        assert_eq!(exit_of(&mut events, process.id).await, ExitStatus::Code(0));
        let helper = std::fs::read(submission.path().join("helper.py")).unwrap();
        assert_eq!(helper, b"word = 'fig'\n");
        assert!(matches!(
            test_box.copy_in(&main).await,
            Err(CopyError::NotReadable(_))
        ));
        test_box.end().await.unwrap();
    }
}

#[tokio::test]
async fn a_terminal_controls_its_program() {
    let text = r#"
import os, signal
signal.signal(signal.SIGINT, signal.SIG_DFL)
print(os.ttyname(0) == os.ttyname(2), os.tcgetpgrp(0) == os.getpid())
open("/dev/tty", "w").write("tty\n")
signal.pause()
"#;
    for isolation in BOTH {
        let (test_box, mut events) = open(isolation).await;
        let (ours, theirs) = test_box.terminal().await.unwrap();
        let argv = [python().executable.to_str().unwrap(), "-I", "-c", text];
        let stdio = Stdio::Terminal(theirs);
        let process = test_box
            .launch(launch(&test_box, &argv, stdio, Watch::NONE))
            .await
            .unwrap();
        let mut terminal = std::fs::File::from(ours);
        let mut copy = terminal.try_clone().unwrap();
        let screen = tokio::task::spawn_blocking(move || {
            use std::io::Read;
            let mut screen = String::new();
            let mut byte = [0];
            while !screen.ends_with("tty\r\n") && copy.read(&mut byte).is_ok_and(|bytes| bytes > 0)
            {
                screen.push(char::from(byte[0]));
            }
            screen
        });
        assert_eq!(screen.await.unwrap(), "True True\r\ntty\r\n");
        terminal.write_all(b"\x03").unwrap();
        assert_eq!(
            exit_of(&mut events, process.id).await,
            ExitStatus::Signal(libc::SIGINT)
        );
        test_box.end().await.unwrap();
    }
}

#[tokio::test]
async fn signals_reach_the_whole_group_while_the_main_process_lives() {
    let text = r#"
import os, signal
signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM})
child = os.fork()
if child == 0:
    print("ready", flush=True)
    signal.sigwait({signal.SIGTERM})
    os._exit(5)
_, status = os.waitpid(child, 0)
raise SystemExit(os.waitstatus_to_exitcode(status))
"#;
    for isolation in BOTH {
        let (test_box, mut events) = open(isolation).await;
        let (process, mut output) = script(&test_box, text, Watch::NONE).await;
        assert_eq!(output.line().await, "ready");
        let refused = test_box.signal(process.id, 99).await.unwrap_err();
        assert_eq!(refused.raw_os_error(), Some(libc::EINVAL));
        test_box.signal(process.id, libc::SIGTERM).await.unwrap();
        assert_eq!(exit_of(&mut events, process.id).await, ExitStatus::Code(5));
        let late = test_box
            .signal(process.id, libc::SIGTERM)
            .await
            .unwrap_err();
        assert_eq!(late.raw_os_error(), Some(libc::ESRCH));
        test_box.end().await.unwrap();
    }
}

#[tokio::test]
async fn the_first_process_of_a_box_is_out_of_reach() {
    let text = r#"
import ctypes, os, signal
for s in (signal.SIGKILL, signal.SIGTERM, signal.SIGSTOP):
    try: os.kill(1, s)
    except PermissionError: pass
libc = ctypes.CDLL(None, use_errno=True)
assert libc.ptrace(16, 1, 0, 0) == -1
for name in ("mem", "environ", "maps", "fd"):
    try: print(name, os.readlink("/proc/1/fd/0") if name == "fd" else open(f"/proc/1/{name}", "rb").read(1))
    except OSError: pass
try: os.setuid(0); print("root")
except OSError: pass
try: os.kill(-1, signal.SIGUSR1)
except OSError: pass
print("tried")
"#;
    let (test_box, mut events) = open(Isolation::Full).await;
    let (process, output) = script(&test_box, text, Watch::NONE).await;
    let printed = output.all().await;
    assert_eq!(printed, "tried\n");
    assert_eq!(exit_of(&mut events, process.id).await, ExitStatus::Code(0));
    let (process, _) = start(&test_box, &["/bin/true"], Watch::NONE).await;
    assert_eq!(exit_of(&mut events, process.id).await, ExitStatus::Code(0));
    test_box.end().await.unwrap();
}
