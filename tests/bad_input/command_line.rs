//! Command lines that are wrong.

use super::stand::{Folder, HANG, came, path, run, viva};

#[test]
fn names_that_are_not_known_come_with_a_guess() {
    run(["run", "hob"]).exits(2).says(
        "viva: there is no lab `hob`; did you mean `hub`? (or give a folder with a lab.yaml, or a scenario file)\n",
    );
    run(["run", "zzz"]).exits(2).complains(
        "there are: chat-variants, echo, files, gb2312, http, hub, p2p, turns, udp, websocket",
    );
    run(["run", "hub", "--only", "brodcast"])
        .exits(4)
        .says("viva: there is no scenario `brodcast`; did you mean `broadcast`?\n");
    run(["run", "hub", "--role", "sever=python3 x.py"])
        .exits(2)
        .says("viva: there is no role `sever`; did you mean `server`?\n");
    run(["run", "hub", "--connect", "nobody=127.0.0.1:9"])
        .exits(2)
        .says("viva: there is no role `nobody`; there are: client, server\n");
    run(["run", "hub", "--set", "encodnig=gbk"])
        .exits(2)
        .complains("encodnig")
        .complains("`encoding`");
    run(["reference", "chat-sever"])
        .exits(2)
        .says("viva: there is no reference program `chat-sever`; did you mean `chat-server`?\n");
}

#[test]
fn values_that_make_no_sense() {
    for (arguments, text) in [
        (&["run"][..], "<LAB|FILE>"),
        (&["frobnicate"], "unrecognized subcommand 'frobnicate'"),
        (
            &["run", "hub", "--deadline", "abc"],
            "write it as 500ms, 10s or 2m",
        ),
        (
            &["run", "hub", "--deadline", "0s"],
            "write it as 500ms, 10s or 2m",
        ),
        (
            &["run", "hub", "--deadline=-1s"],
            "write it as 500ms, 10s or 2m",
        ),
        (&["run", "hub", "-j", "0"], "0 is not in 1..=256"),
        (
            &["run", "hub", "-j", "999999999"],
            "999999999 is not in 1..=256",
        ),
        (
            &["run", "hub", "--role", "server"],
            "write it as NAME=VALUE",
        ),
        (&["run", "hub", "--role", "=x"], "write it as NAME=VALUE"),
        (&["run", "hub", "--set", "quit"], "write it as NAME=VALUE"),
        (&["run", "hub", "--set", "form=none"], "did you mean `one`?"),
        (&["run", "hub", "--set", "port=99999"], "99999"),
        (
            &["run", "hub", "--connect", "server=foo"],
            "`foo` is not an address; write it as 127.0.0.1:9999",
        ),
        (
            &["run", "hub", "--connect", "server=1.2.3.4"],
            "is not an address",
        ),
        (
            &["run", "hub", "--isolation", "total"],
            "[possible values: auto, full, basic, none]",
        ),
        (&["run", "hub", "--lang", "de"], "en or zh"),
        (
            &["run", "hub", "--role", "server='open"],
            "a quote that is never closed",
        ),
        (&["run", "hub", "--role", "server= "], "empty"),
        (
            &["run", "hub", "--role", "server=ncat ${prot}"],
            "there is no variable `prot`",
        ),
        (
            &["run", "hub", "--role", "server=ncat ${port"],
            "--role:1:13",
        ),
        (
            &["run", "hub", "--role", "server=${port}"],
            "the command of the role `server`",
        ),
        (
            &["schema", "everything"],
            "[possible values: lab, scenario, submission, report, class, roll, doctor]",
        ),
        (&["completions", "csh"], "possible values"),
        (&["show"], "<FILE|RESULT-FOLDER>"),
    ] {
        let came = run(arguments).exits(2);
        assert!(came.err.contains(text), "{arguments:?}:\n{}", came.err);
        assert_eq!(came.out, "", "{arguments:?}");
    }
}

#[test]
fn files_that_viva_can_not_run() {
    let folder = Folder::new().with("server.xyz", "hello");
    run(["run", "echo", "--role", &format!("server={}", folder.at("server.xyz"))])
        .exits(2)
        .says(
            "viva: server.xyz: Viva does not know how to run such a file; say how with --role ROLE=COMMAND, or with \
             `command:` in lab.yaml\n",
        );
    let came = run(["run", "echo", "--role", "server=no-such-program-anywhere 1"]).exits(3);
    assert_eq!(
        came.err,
        "viva: no-such-program-anywhere is not installed, or not on the PATH; install it, or say how to run the program \
         with --role ROLE=COMMAND\n"
    );
    // Nothing was run, and nothing says otherwise.
    assert_eq!(came.out, "");
}

#[test]
fn a_machine_without_python() {
    let folder = Folder::new().with("echo_server.py", super::stand::ECHO);
    let empty = Folder::new();
    let without = |arguments: &[&str]| {
        let output = viva()
            .env("PATH", empty.path())
            .args(arguments)
            .output()
            .expect("viva starts");
        came(output)
    };
    let submission = folder.path().display().to_string();
    without(&["run", "echo", "--submission", &submission])
        .exits(3)
        .says(&format!(
            "viva: {submission} is not run: python3 is not installed, or not on the PATH; install Python 3 and try again\n"
        ));
    without(&[
        "--lang",
        "zh",
        "run",
        "echo",
        "--role",
        &format!("server={submission}/echo_server.py"),
    ])
    .exits(3)
    .complains("python3");
    // What needs no Python works.
    without(&["run", "echo", "--only", "echo"])
        .exits(0)
        .prints("all passed");
}

#[test]
fn a_transcript_to_show_that_is_none() {
    let folder = Folder::new()
        .with("empty.json", "")
        .with("other.json", "{\"viva\": 1}")
        .with("binary.json", [0xff, 0xfe, 0x1b]);
    for name in ["empty.json", "other.json", "binary.json"] {
        let came = run(["show", &folder.at(name)]).exits(2);
        assert!(came.err.contains(name), "{}", came.err);
    }
    run(["show", &folder.at("gone.json")])
        .exits(2)
        .complains("gone.json: no such file or folder");
    run(["show", "/dev/zero"]).exits(2);
    run(["show", &folder.path().display().to_string()]).exits(2);
}

#[test]
fn transcripts_that_can_not_be_saved() {
    let folder = Folder::new().with("file", "");
    // Seen before anything is run.
    let into_a_file = folder.at("file/below");
    let came = run(["run", "echo", "--only", "echo", "--save", &into_a_file]).exits(3);
    assert_eq!(
        came.err,
        format!("viva: {into_a_file}: cannot be written: Not a directory (os error 20)\n")
    );
    assert_eq!(came.out, "");
    run(["run", "echo", "--only", "echo", "--save", "/dev/full"])
        .exits(3)
        .complains("/dev/full: cannot be written");
    run(["run", "echo", "--only", "echo", "--save", "/proc/here"])
        .exits(3)
        .complains("/proc/here: cannot be written");
}

#[test]
fn an_output_that_is_full_or_gone() {
    let full = || std::fs::File::create("/dev/full").expect("/dev/full");
    for more in [&[][..], &["--json"]] {
        let mut viva = super::stand::plain_viva();
        let status = viva
            .args(["run", "echo", "--only", "echo"])
            .args(more)
            .stdout(full())
            .status()
            .expect("viva starts");
        assert_eq!(super::stand::code(status), 3, "{more:?}");
    }
    // As `viva run hub | head -1`: nobody reads any more.
    let (reader, writer) = std::io::pipe().expect("a pipe");
    drop(reader);
    let mut viva = super::stand::plain_viva();
    let output = viva
        .args(["run", "echo", "--only", "echo", "--only", "chinese"])
        .stdout(writer)
        .stderr(std::process::Stdio::piped())
        .output()
        .expect("viva starts");
    let came = came(output).exits(0);
    assert_eq!(came.err, "");
    let _ = (HANG, path());
}
