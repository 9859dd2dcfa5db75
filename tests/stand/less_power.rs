//! The tests of a test program once more, by somebody with less power: an ordinary user, and one to whom the system refuses user
//! namespaces.
//!
//! Each test program that makes boxes has a module `less_power` with one test for each [`Power`]. What can't hold there is left out by
//! name and with its reason, and both are printed.

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;
use std::os::unix::process::CommandExt;
use std::process::Command;

use super::{Folder, binary, note};

/// Nobody in particular: an account is not needed. Not 65534, which is what everybody looks like in a user namespace before he is mapped.
const SOMEBODY: u32 = 54321;

/// In the environment of the test program that runs once more.
const POWER: &str = "VIVA_TEST_POWER";

/// As what the tests are run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Power {
    OrdinaryUser,
    /// An ordinary user to whom the system refuses user namespaces, on a network of his own, so that ports which programs have
    /// hard-coded are free.
    NoUserNamespaces,
}

/// The power that this run was given by [`hold`]; `None` is the one that it was started with.
pub(crate) fn given() -> Option<Power> {
    match std::env::var(POWER).ok()?.as_str() {
        "OrdinaryUser" => Some(Power::OrdinaryUser),
        "NoUserNamespaces" => Some(Power::NoUserNamespaces),
        other => panic!("{POWER}={other}"),
    }
}

/// Runs all tests of this program, apart from those that are left out, each with its reason.
pub(crate) fn hold(power: Power, left_out: &[(&str, &str)]) {
    let Some(somebody) = Somebody::new(power) else {
        return;
    };
    let known = Command::new(std::env::current_exe().expect("a program"))
        .args(["--list", "--format", "terse"])
        .output()
        .expect("a list of tests");
    let known = String::from_utf8(known.stdout).expect("names");
    let mut command = somebody.command();
    command.args(["--skip", "less_power::"]);
    for (test, why) in left_out {
        assert!(
            known.lines().any(|line| line == format!("{test}: test")),
            "no test {test}"
        );
        note(&format!("{power:?}: {test} is left out: {why}"));
        command.args(["--skip", test]);
    }
    let told = passes(command);
    note(&format!("{power:?}: {told}"));
}

/// Runs one test, which is ignored otherwise.
pub(crate) fn hold_only(power: Power, test: &str) {
    if let Some(somebody) = Somebody::new(power) {
        let mut command = somebody.command();
        command.args(["--exact", test, "--ignored"]);
        let told = passes(command);
        assert!(told.contains(" 1 passed"), "{told}");
    }
}

/// What its last line says; fails unless everything passes, and something is tried.
fn passes(mut command: Command) -> String {
    let output = command.output().expect("the tests start");
    let told = String::from_utf8_lossy(&output.stdout);
    let complaints = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{told}{complaints}");
    let result = told.lines().rfind(|line| line.starts_with("test result: "));
    let result = result.expect("a result").to_owned();
    assert!(!result.contains(" 0 passed"), "{result}");
    result
}

/// Somebody who can reach this test program, `viva`, and the files of the tests.
struct Somebody {
    folder: Folder,
    power: Power,
}

impl Somebody {
    /// `None` where this very run is the one that is wanted.
    fn new(power: Power) -> Option<Somebody> {
        let is_root = rustix::process::geteuid().is_root();
        if power == Power::OrdinaryUser && !is_root {
            note("OrdinaryUser: this run is by one");
            return None;
        }
        let folder = Folder::new();
        let open = Permissions::from_mode(0o755);
        fs::set_permissions(folder.path(), open).expect("chmod");
        let tests = std::env::current_exe().expect("a program");
        fs::copy(tests, folder.path().join("tests-program")).expect("a copy");
        fs::copy(binary(), folder.path().join("viva")).expect("a copy");
        let package = folder.path().join("package");
        fs::create_dir(&package).expect("a folder");
        let copied = Command::new("cp")
            .args(["-r", "tests", "docs"])
            .arg(package)
            .status();
        assert!(copied.is_ok_and(|status| status.success()), "cp");
        Some(Somebody { folder, power })
    }

    /// The test program, run by him.
    fn command(&self) -> Command {
        let program = self.folder.path().join("tests-program");
        let mut command = match self.power {
            Power::OrdinaryUser => Command::new(program),
            Power::NoUserNamespaces => {
                // In a namespace of his own he may set its limits (user_namespaces(7)); then he gives away that power, too.
                let mut command = Command::new("unshare");
                command.args(["--user", "--net", "--map-current-user", "--keep-caps"]);
                command.args(["sh", "-ec", REFUSED]).arg(program);
                // Boxes take turns anyway.
                command.arg("--test-threads=1").env_remove("VIVA_REQUIRE");
                command
            }
        };
        if rustix::process::geteuid().is_root() {
            command.uid(SOMEBODY).gid(SOMEBODY);
        }
        command
            .env(POWER, format!("{:?}", self.power))
            .env("VIVA_TEST_BINARY", self.folder.path().join("viva"))
            // Of root's own PATH and home he may see nothing.
            .env("PATH", "/usr/local/bin:/usr/bin:/bin")
            .env("HOME", "/nonexistent")
            .env_remove("TMPDIR")
            .current_dir(self.folder.path().join("package"));
        command
    }
}

/// No user namespaces, the loopback up (SIOCSIFFLAGS, netdevice(7)), no capabilities.
const REFUSED: &str = "echo 0 > /proc/sys/user/max_user_namespaces
python3 -c 'import fcntl, socket, struct; fcntl.ioctl(socket.socket(), 0x8914, struct.pack(\"16sh14x\", b\"lo\", 1))'
exec setpriv --ambient-caps=-all --inh-caps=-all --bounding-set=-all \"$0\" \"$@\"";
