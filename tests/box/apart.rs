//! What programs see and can't do: the layers one by one. (Whole attacks are in `tests/attacks`.)

use viva::r#box::{ExitStatus, Isolation, Layer, Setting, TestBox, Watch};

use crate::stand::binary;
use crate::support::{BOTH, exit_of, open, python, script, start};

/// Runs a script that asserts; what it printed if it did not come to its end.
async fn holds(isolation: Isolation, text: &str) {
    let (test_box, mut events) = open(isolation).await;
    let (process, output) = script(&test_box, text, Watch::NONE).await;
    let told = output.all().await;
    assert_eq!(told, "", "{isolation:?}");
    assert_eq!(exit_of(&mut events, process.id).await, ExitStatus::Code(0));
    test_box.end().await.unwrap();
}

#[tokio::test]
async fn the_root_holds_what_programs_need_and_nothing_else() {
    let top = python().prefix.components().nth(1).unwrap();
    let text = format!(
        r#"
import os, pwd, stat
known = {{"bin", "sbin", "lib", "lib32", "lib64", "libx32", "usr", "opt", "nix", "gnu", "etc", "dev", "proc", "tmp", "run", "var", "submission", {top:?}}}
assert set(os.listdir("/")) <= known, os.listdir("/")
assert os.getcwd() == "/submission" and os.listdir(".") == [] and os.listdir("/tmp") == []
assert pwd.getpwuid(os.getuid()).pw_name == "student" and len(pwd.getpwall()) == 2
assert set(os.listdir("/dev")) == {{"null", "zero", "full", "random", "urandom", "tty", "pts", "ptmx", "shm", "fd", "stdin", "stdout", "stderr"}}
assert os.listdir("/dev/pts") == ["ptmx"]
assert [p for p in os.listdir("/proc") if p.isdigit()] == [str(os.getpid())]
for path in ("/x", "/usr/x", "/etc/x", "/dev/x", "/proc/x", "/run/x"):
    try: open(path, "w"); print("written", path)
    except OSError: pass
for path in ("/submission/x", "/tmp/x", "/var/tmp/y", "/dev/shm/x"):
    open(path, "w").write("fig")
for path in ("/usr/bin/su", "/usr/bin/passwd"):
    if os.path.exists(path): assert os.statvfs(path).f_flag & os.ST_NOSUID
for path in ("/submission", "/tmp", "/dev/shm"):
    fs = os.statvfs(path)
    assert fs.f_blocks * fs.f_frsize == 64 << 20 and fs.f_files == 10000, path
    assert fs.f_flag & os.ST_NOSUID and fs.f_flag & os.ST_NODEV, path
"#,
        top = top.as_os_str().to_str().unwrap(),
    );
    holds(Isolation::Full, &text).await;
}

#[tokio::test]
async fn what_is_hidden_is_not_seen_below_what_everybody_sees() {
    // The tests may lie anywhere, so something of the system's stands for a solution there.
    viva::r#box::use_binary(binary());
    let setting = Setting {
        hidden: vec![
            "/usr/share".into(),
            "/usr/bin/env".into(),
            "/nonexistent".into(),
        ],
        ..Setting::new(Isolation::Full)
    };
    let (test_box, mut events) = TestBox::open(&setting).await.unwrap();
    let look = "ls -A /usr/share; cat /usr/bin/env; ls /usr/bin/true";
    let (process, output) = start(&test_box, &["/bin/sh", "-c", look], Watch::NONE).await;
    assert_eq!(
        output.all().await,
        "cat: /usr/bin/env: Permission denied\n/usr/bin/true\n"
    );
    assert_eq!(exit_of(&mut events, process.id).await, ExitStatus::Code(0));
    test_box.end().await.unwrap();
}

#[tokio::test]
async fn writing_has_an_end() {
    let text = r#"
import errno, os
def fill(path, pieces):
    try:
        for number in range(pieces): open(f"{path}/{number}", "wb").write(b"x" * (1 << 20))
        print("no end at", path)
    except OSError as error: assert error.errno == errno.ENOSPC, error
fill(".", 70); fill("/tmp", 70)
for number in range(64): os.remove(f"/tmp/{number}") if os.path.exists(f"/tmp/{number}") else None
try:
    for number in range(10001): open(f"/tmp/{number}", "w").close()
    print("no end of files")
except OSError as error: assert error.errno == errno.ENOSPC, error
"#;
    holds(Isolation::Full, text).await;
}

#[tokio::test]
async fn limits_hold() {
    let text = r#"
import os, resource as r
assert r.getrlimit(r.RLIMIT_CORE) == (0, 0)
assert r.getrlimit(r.RLIMIT_NOFILE) <= (1024, 1024)
assert r.getrlimit(r.RLIMIT_FSIZE)[1] <= 64 << 20
assert r.getrlimit(r.RLIMIT_DATA)[1] <= 4 << 30
assert 0 < r.getrlimit(r.RLIMIT_CPU)[1] <= 601
try: r.setrlimit(r.RLIMIT_NOFILE, (9999, 9999)); print("raised")
except ValueError: pass
children = []
# Elsewhere the user's other processes count, those of other tests among them, and root's don't.
if os.getcwd() != "/submission": raise SystemExit
import signal
try:
    while len(children) < 600:
        child = os.fork()
        if child == 0:
            signal.pause()
        children.append(child)
    print("no end of processes")
except BlockingIOError: pass
for child in children: os.kill(child, 9)
"#;
    for isolation in BOTH {
        holds(isolation, text).await;
    }
}

#[tokio::test]
async fn system_calls_that_no_lab_needs_are_refused() {
    let text = r#"
import ctypes, errno, os, platform, socket
libc = ctypes.CDLL(None, use_errno=True)
def call(number, *rest):
    return 0 if libc.syscall(number, *rest) >= 0 else ctypes.get_errno()
if platform.machine() == "x86_64":
    assert call(435, 0, 0) == errno.ENOSYS  # clone3
    assert call(425, 8, 0) == errno.ENOSYS  # io_uring_setup
    for number in (272, 308, 165, 166, 155, 161, 101, 310, 321, 298, 323, 250, 438, 429, 430):
        assert call(number, 0, 0, 0, 0, 0) == errno.EPERM, number
    assert call(56, 0x10000000 | 17, 0, 0, 0, 0) == errno.EPERM  # clone with a user namespace
    assert call(0x40000000 | 39) == errno.ENOSYS  # getpid of the x32 interface
assert call(157 if platform.machine() == "x86_64" else 167, 4, 0) == errno.EPERM  # PR_SET_DUMPABLE
for family, kind in ((17, 3), (38, 5), (40, 1), (16, 3)):
    try: socket.socket(family, kind, 4); print("socket", family)
    except OSError as error: assert error.errno == errno.EAFNOSUPPORT, (family, error)
socket.socket(16, 3, 0)  # NETLINK_ROUTE
socket.getaddrinfo("localhost", 80); socket.if_nameindex()
import fcntl
try: fcntl.ioctl(0, 0x5412, b"x"); print("TIOCSTI")
except OSError as error: assert error.errno == errno.EPERM, error
import threading; t = threading.Thread(target=lambda: None); t.start(); t.join()
"#;
    for isolation in BOTH {
        holds(isolation, text).await;
    }
}

#[tokio::test]
async fn landlock_keeps_the_machines_files_out_of_reach_without_a_root() {
    let home = tempfile::tempdir().unwrap();
    std::fs::write(home.path().join("solution"), "pineapple").unwrap();
    let open = std::os::unix::fs::PermissionsExt::from_mode(0o755);
    std::fs::set_permissions(home.path(), open).unwrap();
    let text = format!(
        r#"
import os
for path in ({:?}, "/root", "/home", "/tmp", "/var"):
    try: print(os.listdir(path))
    except PermissionError: pass
try: print(open({:?} + "/solution").read())
except PermissionError: pass
open("mine", "w").write("fig"); open("/dev/null", "w").write("x"); open("/dev/urandom", "rb").read(1)
"#,
        home.path(),
        home.path()
    );
    holds(Isolation::Basic, &text).await;
}

#[tokio::test]
async fn a_box_says_which_layers_hold() {
    use Layer::{Calls, Landlock, Limits, Namespaces, Processes, Root, Space};
    for (isolation, expected) in [
        (
            Isolation::Full,
            &[Namespaces, Root, Space, Processes, Landlock, Calls, Limits][..],
        ),
        (Isolation::Basic, &[Landlock, Calls, Limits]),
        (Isolation::None, &[]),
    ] {
        let (test_box, _events) = open(isolation).await;
        let mut layers = test_box.ready().await.unwrap();
        assert_eq!(test_box.layers().as_ref(), Some(&layers));
        // Another user: where Viva may take one.
        layers.held.retain(|layer| *layer != Layer::User);
        layers
            .missing
            .retain(|missing| missing.layer != Layer::User);
        assert_eq!(layers.held, expected);
        assert_eq!((layers.missing, layers.isolation), (Vec::new(), isolation));
        test_box.end().await.unwrap();
    }
}
