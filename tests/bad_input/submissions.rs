//! Folders of submissions, which hold whatever students (and their file systems) put into them.

use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::symlink;
use std::path::Path;

use super::stand::{Came, Closed, ECHO, Folder, came, note, powerless_viva, run, viva};

/// The scenario `echo` against one submission.
fn submit(folder: &Path) -> Came {
    let output = viva()
        .args(["run", "echo", "--only", "echo", "--submission"])
        .arg(folder)
        .output()
        .expect("viva starts");
    came(output)
}

fn fifo(path: &Path) {
    use rustix::fs::{CWD, FileType, Mode, mknodat};
    mknodat(CWD, path, FileType::Fifo, Mode::RWXU, 0).expect("a FIFO");
}

#[test]
fn a_role_that_nothing_fills_is_a_failure_and_says_which_names_would_do() {
    let empty = Folder::new();
    let other = Folder::new().with("notes.txt", "done!");
    for folder in [&empty, &other] {
        submit(folder.path())
            .exits(1)
            .prints("the submission must hold a program for server: echo_server.py, server.py")
            .prints("But there is no such file in it.")
            .prints("0 of 2 points");
    }
    // Who hands in a client only has handed in no server, and no less.
    let client = Folder::new().with("client.py", "print(input())");
    submit(client.path())
        .exits(1)
        .prints("a program for server");
}

#[test]
fn a_folder_that_is_not_there_or_no_folder() {
    let folder = Folder::new().with("file", "");
    let gone = folder.at("gone");
    submit(Path::new(&gone))
        .exits(2)
        .says(&format!("viva: {gone}: no such file or folder\n"));
    let file = folder.at("file");
    submit(Path::new(&file)).exits(2).says(&format!(
        "viva: {file}: cannot be read: Not a directory (os error 20)\n"
    ));
}

#[test]
fn what_can_not_be_read_is_not_the_students_failure() {
    let folder = Folder::new().with("echo_server.py", ECHO);
    let submit = || {
        let output = powerless_viva()
            .args(["run", "echo", "--only", "echo", "--submission"])
            .arg(folder.path())
            .output()
            .expect("viva starts");
        came(output)
    };
    let shown = folder.path().display().to_string();
    {
        let _closed = Closed::new(folder.path().to_owned());
        submit()
            .exits(2)
            .complains("cannot be read: Permission denied");
    }
    let _closed = Closed::new(folder.path().join("echo_server.py"));
    let came = submit().exits(2);
    assert_eq!(
        came.err,
        format!(
            "viva: {shown} is not run: {shown}/echo_server.py: cannot be read: Permission denied (os error 13)\n"
        )
    );
    assert_eq!(came.out, "");
}

#[test]
fn links_and_special_files_beside_the_program_do_no_harm() {
    let folder = Folder::new().with("echo_server.py", ECHO);
    let at = |name: &str| folder.path().join(name);
    symlink("/etc/passwd", at("a_server.py")).expect("a link");
    symlink("loop", at("loop")).expect("a link");
    symlink(".", at("here")).expect("a link");
    symlink("/", at("root")).expect("a link");
    fifo(&at("b_server.py"));
    let _socket = std::os::unix::net::UnixListener::bind(at("c_server.py")).expect("a socket");
    submit(folder.path()).exits(0);
}

#[test]
fn devices_are_left_out_by_name() {
    use rustix::fs::{CWD, FileType, Mode, makedev, mknodat};
    // Memory without end (mem(4)), and a disk that no machine has.
    let device = |path: &Path, kind, device| mknodat(CWD, path, kind, Mode::RWXU, device);
    let zero = |path: &Path| device(path, FileType::CharacterDevice, makedev(1, 5));
    let disk = |path: &Path| device(path, FileType::BlockDevice, makedev(7, 1999));
    let folder = Folder::new();
    let at = |name: &str| folder.path().join(name);
    if let Err(error) = zero(&at("zero")) {
        note(&format!(
            "devices are left out: who runs this can't make any: {error}"
        ));
        return;
    }
    disk(&at("disk")).expect("a device");
    // Beside a program that has no need of them.
    folder.add("echo_server.py", ECHO);
    submit(folder.path()).exits(0);
    folder.add("echo_server.py", "open('zero').read(1)\n");
    submit(folder.path())
        .exits(1)
        .prints("No such file or directory: 'zero'")
        .prints("the programs did not have `disk`: only plain files and folders are copied")
        .prints("the programs did not have `zero`: only plain files and folders are copied");
    // In place of the program.
    std::fs::remove_file(at("echo_server.py")).expect("a file");
    zero(&at("echo_server.py")).expect("a device");
    submit(folder.path())
        .exits(1)
        .prints("But there is no such file in it.");
}

#[test]
fn a_link_or_a_fifo_is_no_program() {
    let elsewhere = Folder::new().with("echo_server.py", ECHO);
    let linked = Folder::new();
    symlink(
        elsewhere.at("echo_server.py"),
        linked.path().join("echo_server.py"),
    )
    .expect("a link");
    let piped = Folder::new();
    fifo(&piped.path().join("echo_server.py"));
    let passwd = Folder::new();
    symlink("/etc/passwd", passwd.path().join("echo_server.py")).expect("a link");
    for folder in [linked, piped, passwd] {
        let came = submit(folder.path())
            .exits(1)
            .prints("But there is no such file in it.");
        assert!(!came.out.contains("root:"), "{}", came.out);
    }
}

#[test]
fn a_program_sees_neither_other_submissions_nor_where_links_lead() {
    let other = Folder::new().with("echo_server.py", "secret = 'pineapple'\n");
    let spy = Folder::new();
    spy.add(
        "echo_server.py",
        format!(
            "for path in ('{}', 'link'):\n    try: print(open(path).read())\n    except OSError as error: print('no:', error)\n",
            other.at("echo_server.py")
        ),
    );
    symlink(other.at("echo_server.py"), spy.path().join("link")).expect("a link");
    let came = submit(spy.path()).exits(1).prints("no:");
    assert!(!came.out.contains("pineapple"), "{}", came.out);
}

#[test]
fn a_set_user_id_file_is_an_ordinary_one_where_it_is_run() {
    use std::os::unix::fs::PermissionsExt;
    let folder = Folder::new().with(
        "echo_server.py",
        "import os; print('mode', oct(os.stat('tool').st_mode))",
    );
    let tool = folder.add("tool", "#!/bin/sh\nid -u\n");
    std::fs::set_permissions(&tool, std::fs::Permissions::from_mode(0o6755)).expect("chmod");
    submit(folder.path()).exits(1).prints("mode 0o100755");
    let mode = std::fs::metadata(&tool)
        .expect("a file")
        .permissions()
        .mode();
    assert_eq!(mode & 0o7777, 0o6755);
}

#[test]
fn more_than_a_submission_can_be_is_not_copied() {
    let sparse = Folder::new().with("echo_server.py", ECHO);
    let file = std::fs::File::create(sparse.path().join("sparse")).expect("a file");
    file.set_len(1 << 40).expect("a sparse file");
    let at = |folder: &Folder| folder.path().display().to_string();
    submit(sparse.path()).exits(2).says(&format!(
        "viva: {0} is not run: {0}: every scenario gets a copy of this folder, which may have 64 MiB at most; `sparse` \
         takes most: move it elsewhere, or name a smaller folder\n",
        at(&sparse)
    ));
    let deep = Folder::new().with(&format!("{}echo_server.py", "d/".repeat(60)), ECHO);
    submit(deep.path()).exits(2).complains(&format!(
        "which may be 32 folders deep at most; `{}d` is deeper: move it elsewhere",
        "d/".repeat(31)
    ));
    let many = Folder::new().with("echo_server.py", ECHO);
    // Names of few files: a hundred thousand files take the machine longer than the test is worth.
    for file in 0..2 {
        let photo = many.add(&format!("photos/{file}"), "");
        for number in 0..50_000 {
            let name = photo.with_extension(number.to_string());
            std::fs::hard_link(&photo, name).expect("a link");
        }
    }
    submit(many.path()).exits(2).complains(
        "which may have 9000 files and folders at most; `photos` has most: move it elsewhere, or name a smaller folder",
    );
}

/// A command of the user's runs in a copy of the folder where Viva is called, which may be anything.
#[test]
fn a_folder_that_is_too_large_to_call_viva_in() {
    let folder = Folder::new().with("echo_server.py", ECHO);
    let video = std::fs::File::create(folder.path().join("video.mkv")).expect("a file");
    video.set_len(1 << 30).expect("a sparse file");
    let command = [
        "run",
        "echo",
        "--only",
        "echo",
        "--role",
        "server=python3 echo_server.py",
    ];
    let output = viva().args(command).current_dir(folder.path()).output();
    came(output.expect("viva starts")).exits(2).says(
        "viva: .: every scenario gets a copy of this folder, which may have 64 MiB at most; `video.mkv` takes most: name \
         the folder with the programs by --submission, or call viva there (a command of --role runs in a copy of the \
         folder where viva is called)\n",
    );
}

#[test]
fn what_is_not_copied_is_named_where_that_may_be_why() {
    let folder = Folder::new().with("echo_server.py", "open('words')");
    symlink("/etc/hostname", folder.path().join("words")).expect("a link");
    fifo(&folder.path().join("pipe"));
    submit(folder.path())
        .exits(1)
        .prints("the programs did not have `pipe`: only plain files and folders are copied")
        .prints("the programs did not have `words`: symbolic links are not copied");
}

#[test]
fn names_of_all_kinds() {
    let top = Folder::new();
    let make = |folder: &[u8], file: &[u8]| {
        let folder = top.path().join(OsStr::from_bytes(folder));
        std::fs::create_dir_all(&folder).expect("a folder");
        std::fs::write(folder.join(OsStr::from_bytes(file)), ECHO).expect("a file");
        folder
    };
    for (folder, file) in [
        (&b"plain"[..], &b"echo_server.py"[..]),
        ("张三 2024".as_bytes(), "回显 服务器.py".as_bytes()),
        (b"two words", b"my server's \"best\".py"),
        (b"-rf", b"--server.py"),
        (b"$(touch x);`id`", b"server $HOME ${port}.py"),
        (b"esc\x1b[31m\x07", b"server\x1b]0;title\x07.py"),
        (b"not-utf8-\xff\xfe", b"server.py"),
        (b"line\nbreak", b"ser\nver\nserver.py"),
    ] {
        let folder = make(folder, file);
        let shown = folder.display().to_string();
        let came = submit(&folder).exits(0);
        assert!(
            !came.out.contains(['\x1b', '\x07']),
            "{shown:?}: {:?}",
            came.out
        );
    }
    // A name that is no text at all is no program's.
    let folder = make(b"only", b"server\xff.py");
    submit(&folder)
        .exits(1)
        .prints("But there is no such file in it.");
}

#[test]
fn a_failure_shows_no_raw_name() {
    let top = Folder::new();
    let folder = top.path().join("esc\x1b[31mname");
    std::fs::create_dir(&folder).expect("a folder");
    std::fs::write(folder.join("x\x1b[2Jserver.py"), "raise SystemExit(9)").expect("a file");
    for more in [&[][..], &["--json"], &["--lang", "zh"]] {
        let output = viva()
            .args(["run", "echo", "--only", "echo", "--submission"])
            .arg(&folder)
            .args(more)
            .output()
            .expect("viva starts");
        let came = came(output).exits(1);
        assert!(
            !came.out.contains('\x1b') && !came.err.contains('\x1b'),
            "{:?}",
            came.out
        );
        // What is printed to be run again names the very folder.
        if more.is_empty() {
            came.prints(r"$'");
        }
    }
}

#[test]
fn settings_of_a_submission_that_are_wrong_keep_only_that_one_from_being_run() {
    let right = Folder::new().with("echo_server.py", ECHO);
    let with = |settings: &[u8]| right_with(settings);
    let wrong = [
        (with(b"conventions: { fom: one }"), "did you mean `form`?"),
        (
            with(b"roles: { server: { reference: [echo-server] } }"),
            "error[not-in-submission]",
        ),
        (
            with(b"roles: { hacker: { command: ls } }"),
            "there is no role `hacker`",
        ),
        (with(b"[[[[[["), "error["),
        (
            with(b"\xff\xfe"),
            "cannot be read: stream did not contain valid UTF-8",
        ),
        (with(&vec![b'x'; 100_000]), "cannot be read: file too large"),
    ];
    let mut viva = viva();
    viva.args(["run", "echo", "--only", "echo", "--submission"]);
    viva.arg(right.path());
    for (folder, _) in &wrong {
        viva.arg("--submission").arg(folder.path());
    }
    let linked = Folder::new().with("echo_server.py", ECHO);
    symlink("/etc/passwd", linked.path().join("viva.yaml")).expect("a link");
    let piped = Folder::new().with("echo_server.py", ECHO);
    fifo(&piped.path().join("viva.yaml"));
    for folder in [&linked, &piped] {
        viva.arg("--submission").arg(folder.path());
    }
    let came = came(viva.output().expect("viva starts"))
        .exits(2)
        .prints("1 passed")
        .prints("exit            2  not all was run: see what is said above");
    for (_, text) in wrong {
        assert!(came.err.contains(text), "no {text:?} in:\n{}", came.err);
    }
    for folder in [linked, piped] {
        let text = format!(
            "viva: {}/viva.yaml: cannot be read",
            folder.path().display()
        );
        assert!(came.err.contains(&text), "no {text:?} in:\n{}", came.err);
    }
    assert!(!came.err.contains("root:"), "{}", came.err);
}

fn right_with(settings: &[u8]) -> Folder {
    Folder::new()
        .with("echo_server.py", ECHO)
        .with("viva.yaml", settings)
}

#[test]
fn the_settings_of_a_submission_count() {
    let shouts = ECHO.replace("client.sendall(data)", "client.sendall(data.upper())");
    let folder = Folder::new().with("mine.py", shouts).with(
        "viva.yaml",
        "conventions: { reply: '${text|upper}' }\nroles: { server: { find: mine.py } }\n",
    );
    submit(folder.path()).exits(0);
    let without = Folder::new().with("mine.py", "").with("viva.yaml", "");
    assert_ne!(submit(without.path()).code, 0);
    // The same folder with an empty file of settings is a mistake that is said.
    let came = run([
        "run",
        "echo",
        "--submission",
        &without.path().display().to_string(),
    ]);
    assert!(came.err.contains("error[empty]"), "{}", came.err);
}
