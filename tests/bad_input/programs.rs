//! Programs that are broken or hostile.

use std::net::TcpListener;
use std::os::unix::fs::PermissionsExt;

use super::stand::{Came, ECHO, Folder, Mark, came, powerless_viva, run, viva};

/// The scenario `echo` against this program in Python. A program that is waited for in vain need not be waited for long.
fn judge(program: &str, more: &[&str]) -> Came {
    let folder = Folder::new().with("server.py", program);
    let role = format!("server={}", folder.at("server.py"));
    let output = viva()
        .args(["run", "echo", "--only", "echo", "--role", &role])
        .args(more)
        .output()
        .expect("viva starts");
    let came = came(output);
    for text in [&came.out, &came.err] {
        let raw = text.chars().find(|c| c.is_control() && *c != '\n');
        assert_eq!(raw, None, "{text:?}");
    }
    assert!(
        came.out.len() < 20_000,
        "{} bytes of report",
        came.out.len()
    );
    came
}

const SOON: &[&str] = &["--deadline", "1s"];

#[test]
fn programs_that_do_not_start() {
    judge("def f(:\n", &[])
        .exits(1)
        .prints("But the server ended with status 1 (an error) before that.")
        .prints("[not started:")
        .prints("SyntaxError: invalid syntax")
        .prints("The file is no valid program: run it once yourself before you hand it in.");
    let folder = Folder::new().with("server", "not a program");
    let path = folder.path().join("server");
    for (command, mode, text) in [
        (
            "./server",
            0o644,
            "the file is not executable (chmod +x) (EACCES)",
        ),
        (
            "./server",
            0o755,
            "the file is not a program (is its first line #!… missing?) (ENOEXEC)",
        ),
        ("./gone", 0o755, "does not exist (ENOENT)"),
    ] {
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(mode)).expect("chmod");
        let output = viva()
            .current_dir(folder.path())
            .args([
                "run",
                "echo",
                "--only",
                "echo",
                "--role",
                &format!("server={command} x"),
            ])
            .output()
            .expect("viva starts");
        came(output)
            .exits(1)
            .prints("But it could not be started:")
            .prints(text);
    }
}

#[test]
fn programs_that_end_at_once() {
    judge("", &[])
        .exits(1)
        .prints("But the server ended with status 0 (as if all were done) before that.")
        .prints("nothing printed by server");
    judge("print('bye now'); raise SystemExit(3)", &[])
        .exits(1)
        .prints("But the server ended with status 3 (an error) before that.")
        .prints("bye now");
    judge("import os; os.kill(os.getpid(), 11)", &[])
        .exits(1)
        .prints("ended by SIGSEGV")
        .prints("it used memory that is not its own");
    judge("import os; os.kill(os.getpid(), 9)", &[])
        .exits(1)
        .prints("ended by SIGKILL");
}

#[test]
fn output_without_end_stops_at_the_cap_and_makes_a_short_report() {
    for program in [
        "while True: print('x' * 4096)",
        "import sys\nwhile True: sys.stdout.write('x' * 4096)",
        "import os\nwhile True: os.write(1, b'\\x00\\x1b[2J\\xff' * 1000)",
    ] {
        judge(program, SOON)
            .exits(1)
            .prints("But the server prints without end.");
    }
    // The report of what was kept stays short, too.
    let folder = Folder::new();
    let flood = "import os\nwhile True: os.write(1, b'word ' * 1000)";
    judge(flood, &["--deadline", "1s", "--save", &folder.at("")]).exits(1);
    let saved = folder.path().join("001-echo.json");
    let size = std::fs::metadata(&saved).expect("a transcript").len();
    assert!(size < 64 << 20, "{size} bytes");
    // All of it is shown only to whom asks for it.
    let came = run(["show".as_ref(), saved.as_os_str()]).exits(0);
    assert!(came.out.len() < 4 << 20, "{} bytes", came.out.len());
}

#[test]
fn a_connection_that_is_flooded() {
    let program = ECHO.replace(
        "while data := client.recv(4096):",
        "while data := b'z' * 65536:",
    );
    judge(&program, &[])
        .exits(1)
        .prints("But alice received 8.0 MiB, and there was no end of it.")
        .prints("[flooded: settled");
}

#[test]
fn terminal_sequences_and_binary_rubbish_are_shown_and_not_obeyed() {
    let rubbish = r"
import os
os.write(1, bytes(range(256)) * 4)
os.write(1, b'\x1b[2J\x1b]0;evil\x07\x9b31m\xe2\x80\xae\r\n\x1b]8;;http://x\x1b\\')
os.write(1, '\u202e\u2066\u200b\ufeff\x85\x9b'.encode())
raise SystemExit(1)
";
    for more in [&[][..], &["--lang", "zh"]] {
        let came = judge(rubbish, more).exits(1);
        let hidden = [
            '\u{9b}', '\u{202e}', '\u{2066}', '\u{200b}', '\u{feff}', '\u{85}',
        ];
        assert!(!came.out.contains(hidden), "{:?}", came.out);
    }
    // On the wire as well.
    let answers = ECHO.replace(
        "client.sendall(data)",
        "client.sendall(b'\\x1b[2J' + data[::-1] + b'\\x07\\x9b')",
    );
    judge(&answers, SOON).exits(1);
}

#[test]
fn programs_that_close_their_terminal_or_ask_for_what_nobody_knows() {
    judge(
        "import os, time\nfor fd in 0, 1, 2: os.close(fd)\ntime.sleep(1000)",
        SOON,
    )
    .exits(1)
    .prints("But the server is still running.");
    judge("input('Your favourite colour? ')", SOON)
        .exits(1)
        .prints("Your favourite colour?");
}

#[test]
fn whoever_forks_into_the_background_or_ignores_signals_is_gone_afterwards() {
    for isolation in ["auto", "basic"] {
        let mark = Mark::new();
        let program = format!(
            r#"
import os, signal, sys, time
for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGPIPE):
    signal.signal(number, signal.SIG_IGN)
def daemon():
    if os.fork(): return
    os.setsid()
    if os.fork(): os._exit(0)
    for fd in range(3): os.close(fd)
    os.execv(sys.executable, [sys.executable, "-c", "import time; time.sleep(1000)", "{0}"])
daemon()
os.spawnv(os.P_NOWAIT, sys.executable, [sys.executable, "-c", "import time; time.sleep(1000)", "{0}"])
{ECHO}"#,
            mark.0
        );
        let folder = Folder::new().with(&format!("{}_server.py", mark.0), program);
        let submission = folder.path().display().to_string();
        run([
            "run",
            "echo",
            "--only",
            "echo",
            "--only",
            "restart",
            "--isolation",
            isolation,
            "--submission",
            &submission,
        ])
        .exits(0);
        mark.is_gone();
    }
}

#[test]
fn a_fork_bomb_is_ended() {
    let mark = Mark::new();
    // Not without end: it must not take the machine with it where nothing holds it.
    let bomb = "import os, time\nfor _ in range(7): os.fork()\ntime.sleep(1000)";
    let folder = Folder::new().with(&format!("{}_server.py", mark.0), bomb);
    let submission = folder.path().display().to_string();
    run([
        "run",
        "echo",
        "--only",
        "echo",
        "--deadline",
        "1s",
        "--submission",
        &submission,
    ])
    .exits(1);
    mark.is_gone();
}

#[test]
fn two_programs_that_want_one_port() {
    let folder = Folder::new().with("taken_server.py", ECHO.replace("PORT", "NOT_SET"));
    folder.add(
        "lab.yaml",
        "viva: 1\nlab: two\nroles:\n  server: { find: '*server.py' }\nscenarios: [{ use: two.yaml }]\n",
    );
    folder.add(
        "two.yaml",
        "viva: 1\nscenario: two\ncast:\n  first: { role: server }\n  second: { role: server }\n\
         steps:\n  - first: { stop: true }\n",
    );
    let folder_name = folder.path().display().to_string();
    run(["run", &folder_name, "--submission", &folder_name])
        .exits(1)
        .prints("Address already in use")
        .prints("But the second ended with status 1 (an error) before that.");
}

/// Somebody else on this machine who listens, and would even answer rightly.
fn stranger() -> (TcpListener, u16) {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let port = listener.local_addr().expect("an address").port();
    let answering = listener.try_clone().expect("the same socket");
    std::thread::spawn(move || {
        use std::io::{Read, Write};
        for client in answering.incoming().flatten() {
            let mut client = client;
            let mut bytes = [0; 1024];
            while let Ok(count @ 1..) = client.read(&mut bytes) {
                if client.write_all(&bytes[..count]).is_err() {
                    break;
                }
            }
        }
    });
    (listener, port)
}

#[test]
fn a_stranger_on_the_port_earns_a_program_nothing() {
    let (_listener, port) = stranger();
    let set = format!("port={port}");
    for isolation in ["auto", "basic"] {
        let more = ["--isolation", isolation, "--set", &set];
        // Neither one that crashes, nor one that does nothing, nor one that can't have the port.
        judge("raise SystemExit('oops')", &more)
            .exits(1)
            .prints("[not started:");
        let patience = [&more[..], SOON].concat();
        judge("import time; time.sleep(1000)", &patience)
            .exits(1)
            .prints("[not started:");
        let port = format!("\"NOT_SET\", \"{port}\"");
        let came = judge(&ECHO.replace("\"PORT\", \"50007\"", &port), &more);
        if isolation == "basic" {
            came.exits(1).prints("Address already in use");
        } else {
            // In a network of its own it is right.
            came.exits(0);
        }
    }
}

#[test]
fn whoever_hides_from_viva_does_not_get_a_strangers_port_for_his_own() {
    let (_listener, port) = stranger();
    // prctl(2): PR_SET_DUMPABLE 0 keeps others without power from looking at it; the bind shows that.
    let hides = "import ctypes, socket, time\nctypes.CDLL(None).prctl(4, 0)\n\
                 socket.socket().bind(('127.0.0.1', 0))\ntime.sleep(1000)";
    let folder = Folder::new().with("server.py", hides);
    let output = powerless_viva()
        .args(["run", "echo", "--only", "echo", "--deadline", "1s"])
        .args(["--isolation", "basic", "--set", &format!("port={port}")])
        .args(["--role", &format!("server={}", folder.at("server.py"))])
        .output()
        .expect("viva starts");
    came(output).exits(1).prints("[not started:");
}

#[test]
fn a_program_that_leaves_its_port_earns_nothing() {
    // It listens, so that it counts as started, and is gone before anybody comes.
    let program = ECHO.replace("while True:", "os._exit(0)\nwhile True:");
    for isolation in ["auto", "basic"] {
        judge(&program, &["--isolation", isolation]).exits(1);
    }
}
