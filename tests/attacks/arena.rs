//! Where an attack takes place: a machine with things worth attacking.
//!
//! Everything is bounded from outside, too, so that an attack can't hurt the machine when a layer fails.

use std::collections::BTreeMap;
use std::fs::{self, Permissions};
use std::hash::{BuildHasher, Hasher};
use std::io::{BufRead, BufReader};
use std::net::{TcpListener, UdpSocket};
use std::os::linux::net::SocketAddrExt;
use std::os::unix::fs::PermissionsExt;
use std::os::unix::net::{SocketAddr, UnixListener};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::aftermath::{heard, outcome, raw, tree};
use crate::attack::{Attack, Ends};
use crate::level::Level;
use crate::stand::{Ends as Running, Folder, HANG, Mark, bare_viva, code, signal};
use crate::terminal::Terminal;

/// What a program without power over others needs; not the tests' own PATH, which may lead through a closed home.
const PATH: &str = "/usr/local/bin:/usr/bin:/bin";

/// One machine for one attack.
pub(crate) struct Arena {
    folder: Folder,
    pub(crate) mark: Mark,
    pub(crate) other_mark: Mark,
    /// Stands in files, names and command lines that are nobody's business.
    secret: String,
    /// What an attack prints that says of itself that it has worked.
    word: String,
    pub(crate) tcp: [TcpListener; 2],
    pub(crate) udp: UdpSocket,
    pub(crate) unix: [UnixListener; 2],
    pub(crate) terminal: Terminal,
    pub(crate) victim: Running,
    pub(crate) key: i32,
    pub(crate) before: BTreeMap<PathBuf, String>,
}

impl Arena {
    pub(crate) fn new() -> Arena {
        let folder = Folder::new();
        open_to_all(folder.path(), 0o755);
        let chance = random();
        let secret = format!("pineapple{chance:016x}");
        let word = format!("{:016x}nogard", random());
        folder.add("other/server.py", format!("print('{secret}')\n"));
        folder.add(&format!("filed/{secret}"), "");
        folder.add("home/.netrc", &secret);
        folder.add("open/notes", format!("{secret}\n"));
        fs::copy("/usr/bin/id", folder.path().join("open/id")).expect("a program");
        add_lab(&folder);
        for (name, mode) in [
            ("open", 0o777),
            ("open/notes", 0o666),
            ("open/id", 0o4755),
            ("saved", 0o777),
            ("tmp", 0o1777),
        ] {
            let path = folder.path().join(name);
            if !path.exists() {
                fs::create_dir(&path).expect("a folder");
            }
            open_to_all(&path, mode);
        }
        let socket = folder.path().join("open/socket");
        let by_path = UnixListener::bind(&socket).expect("a socket");
        open_to_all(&socket, 0o777);
        let name = SocketAddr::from_abstract_name(format!("viva-{chance:x}")).expect("a name");
        let by_name = UnixListener::bind_addr(&name).expect("a socket");
        let tcp =
            ["127.0.0.1:0", "[::1]:0"].map(|address| TcpListener::bind(address).expect("a port"));
        let udp = UdpSocket::bind("127.0.0.1:0").expect("a port");
        for socket in &tcp {
            socket.set_nonblocking(true).expect("O_NONBLOCK");
        }
        for socket in [&by_path, &by_name] {
            socket.set_nonblocking(true).expect("O_NONBLOCK");
        }
        udp.set_nonblocking(true).expect("O_NONBLOCK");
        let mut arena = Arena {
            terminal: Terminal::new(),
            victim: victim(&secret),
            key: (chance as i32 & 0x7fff_ffff).max(1),
            mark: Mark::new(),
            other_mark: Mark::new(),
            secret,
            word,
            tcp,
            udp,
            unix: [by_path, by_name],
            before: BTreeMap::new(),
            folder,
        };
        arena.before = arena.files();
        arena
    }

    /// With a place for temporary files that is closed to all but its owner: whom a program must not become there.
    pub(crate) fn closed(mut self) -> Arena {
        open_to_all(&self.at("tmp"), 0o700);
        self.before = self.files();
        self
    }

    /// Runs the attack, and says all that it has achieved; nothing is what it should.
    pub(crate) fn suffers(mut self, attack: &Attack, level: Level) -> Vec<String> {
        let mut achieved = Vec::new();
        let stays = Mark(format!("{}stays", self.other_mark.0));
        let mut first = attack.beside.map(|program| {
            self.submit("first", &[("@MARK@_server.py", program)], &self.other_mark);
            let mut viva = Running(
                self.viva("first", attack, level, "60s")
                    .stdout(Stdio::null())
                    .stderr(Stdio::null())
                    .spawn()
                    .expect("viva starts"),
            );
            stays.comes(&mut viva.0);
            viva
        });
        // There boxes take turns: only what the first leaves behind can be shared.
        if level == Level::Basic
            && let Some(viva) = first.take()
        {
            interrupt(viva);
        }
        self.submit("submission", attack.files, &self.mark);
        let handed_in = tree(&self.at("submission"));
        let mut viva = assert_cmd::Command::from_std(self.in_terminal(self.viva(
            "submission",
            attack,
            level,
            attack.deadline,
        )));
        let saved = self.at("saved").display().to_string();
        let output = viva
            .args(["--save", &saved])
            .timeout(HANG)
            .output()
            .expect("viva starts");
        if let Some(viva) = first {
            if stays.processes().is_empty() {
                achieved.push("the program of another submission has ended".to_owned());
            }
            interrupt(viva);
        }
        let report = self.at(&format!("saved/001-{}.json", attack.scenario.1));
        let report = fs::read_to_string(report).unwrap_or_default();
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        let complaints = String::from_utf8_lossy(&output.stderr).into_owned();
        if std::env::var_os("VIVA_ATTACKS_SHOWN").is_some() {
            eprintln!("--- {} {level:?}\n{text}{complaints}", attack.name);
        }
        let (expected, exit) = match attack.ends {
            Ends::Passed => (Some("passed"), 0),
            Ends::Failed => (Some("failed"), 1),
            Ends::Refused => (None, 2),
        };
        if outcome(&report).as_deref() != expected || code(output.status) != exit {
            achieved.push(format!(
                "the outcome is {:?}, and Viva exits with {}:\n{text}{complaints}",
                outcome(&report),
                code(output.status)
            ));
        }
        achieved.extend(raw(&text).or_else(|| raw(&complaints)));
        let told = format!("{text}{complaints}{report}{}", heard(&report));
        for (word, what) in [
            (&self.secret, "it knows the secret"),
            (&self.word, "it did what it tried"),
        ] {
            let digits: String = word.bytes().map(|byte| format!("{byte:02x}")).collect();
            if told.contains(word.as_str()) || told.contains(&digits) {
                achieved.push(what.to_owned());
            }
        }
        if tree(&self.at("submission")) != handed_in {
            achieved.push("the submission itself was changed".to_owned());
        }
        achieved.extend(self.harm());
        achieved
    }

    pub(crate) fn at(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Puts a submission together.
    fn submit(&self, folder: &str, files: &[(&str, &str)], mark: &Mark) {
        let attacker = [("attacker.py", include_str!("attacker.py"))];
        for (name, content) in files.iter().chain(&attacker) {
            let name = format!("{folder}/{}", self.filled_in(name, mark));
            self.folder.add(&name, self.filled_in(content, mark));
        }
    }

    fn filled_in(&self, text: &str, mark: &Mark) -> String {
        let path = |name: &str| self.at(name).display().to_string();
        let port =
            |socket: &TcpListener| socket.local_addr().expect("an address").port().to_string();
        let values = [
            ("OTHER", path("other/server.py")),
            ("FILED", path("filed")),
            ("HOME", path("home")),
            ("NOTES", path("open/notes")),
            ("OPEN", path("open")),
            ("SAVED", path("saved")),
            ("TMP", path("tmp")),
            ("SOCKET", path("open/socket")),
            ("ABSTRACT", abstract_name(&self.unix[1])),
            ("TCP", port(&self.tcp[0])),
            ("TCP6", port(&self.tcp[1])),
            (
                "UDP",
                self.udp
                    .local_addr()
                    .expect("an address")
                    .port()
                    .to_string(),
            ),
            ("TTY", self.terminal.name.clone()),
            ("VIVA", env!("CARGO_BIN_EXE_viva").to_owned()),
            ("VICTIM", self.victim.0.id().to_string()),
            ("MARK", mark.0.clone()),
            ("OTHER_MARK", self.other_mark.0.clone()),
            ("SUID", path("open/id")),
            ("LAB", path("lab")),
            ("KEY", self.key.to_string()),
            ("DROW", self.word.chars().rev().collect()),
        ];
        let mut text = text.to_owned();
        for (name, value) in values {
            text = text.replace(&format!("@{name}@"), &value);
        }
        text
    }

    /// `viva run` as somebody calls it in whose home the files lie.
    fn viva(&self, submission: &str, attack: &Attack, level: Level, deadline: &str) -> Command {
        let mut viva = bare_viva();
        let (lab, scenario) = attack.scenario;
        let lab = self.filled_in(lab, &self.mark);
        viva.args(["run", &lab, "--only", scenario, "--deadline", deadline])
            .args(["--isolation", level.name(), "--submission"])
            .arg(self.at(submission))
            .env("PATH", PATH)
            .env("HOME", self.at("home"))
            .env("TMPDIR", self.at("tmp"))
            .env("VIVA_TEST_TOKEN", &self.secret)
            .env_remove("VIVA_ISOLATION");
        // SAFETY: only system calls, on values of the closure's own.
        unsafe { viva.pre_exec(bound) };
        viva
    }

    /// The same in the arena's terminal.
    fn in_terminal(&self, mut viva: Command) -> Command {
        let terminal = self.terminal.theirs.try_clone().expect("a descriptor");
        // SAFETY: only system calls, on values that the closure owns.
        unsafe {
            viva.pre_exec(move || {
                rustix::process::setsid()?;
                Ok(rustix::process::ioctl_tiocsctty(&terminal)?)
            });
        }
        viva
    }
}

impl Drop for Arena {
    /// What failed attacks leave must not stay on the machine.
    fn drop(&mut self) {
        for mark in [&self.mark, &self.other_mark] {
            for process in mark.processes() {
                let _ = rustix::process::kill_process(process, rustix::process::Signal::KILL);
            }
        }
        for path in self
            .files()
            .into_keys()
            .filter(|path| !path.starts_with(self.folder.path()))
        {
            let _ = fs::remove_file(path);
        }
    }
}

/// Ends a `viva` in good order.
fn interrupt(mut viva: Running) {
    signal(&viva.0, rustix::process::Signal::INT);
    viva.0.wait().expect("viva ends");
}

/// A process that ends at any signal, even one that would do nothing to others.
fn victim(secret: &str) -> Running {
    let program = "import os, signal\nfor number in (signal.SIGURG, signal.SIGWINCH, signal.SIGCONT):\n    \
                   signal.signal(number, lambda *_: os._exit(9))\nprint('ready', flush=True)\nwhile True: signal.pause()";
    let mut victim = Command::new("/usr/bin/python3");
    victim
        .args(["-I", "-S", "-c", program, secret])
        .env("VIVA_TEST_TOKEN", secret)
        .stdout(Stdio::piped());
    let mut victim = Running(
        victim
            .spawn()
            .expect("the attacks need python3 in /usr/bin"),
    );
    let output = victim.0.stdout.take().expect("a pipe");
    let mut line = String::new();
    BufReader::new(output).read_line(&mut line).expect("a line");
    assert_eq!(line, "ready\n");
    victim
}

/// Bounds for Viva and all that it starts, in case its own fail.
fn bound() -> std::io::Result<()> {
    for (what, most) in [
        (libc::RLIMIT_FSIZE, 256 << 20),
        (libc::RLIMIT_AS, 64 << 30),
        (libc::RLIMIT_CPU, 60),
        (libc::RLIMIT_CORE, 0),
    ] {
        let limit = libc::rlimit {
            rlim_cur: most,
            rlim_max: most,
        };
        // SAFETY: the structure outlives the call.
        if unsafe { libc::setrlimit(what, &raw const limit) } != 0 {
            return Err(std::io::Error::last_os_error());
        }
    }
    Ok(())
}

fn random() -> u64 {
    std::hash::RandomState::new().build_hasher().finish()
}

/// Gives a path these permissions, whatever the umask.
pub(crate) fn open_to_all(path: &Path, mode: u32) {
    fs::set_permissions(path, Permissions::from_mode(mode)).expect("permissions");
}

fn abstract_name(socket: &UnixListener) -> String {
    let address = socket.local_addr().expect("an address");
    String::from_utf8(address.as_abstract_name().expect("a name").to_vec()).expect("text")
}

/// A lab that has files read which a program has written.
fn add_lab(folder: &Folder) {
    let scenario = |name: &str, file: &str| {
        let text = format!(
            "viva: 1\nscenario: {name}\ncast: {{ server: {{ role: server }} }}\nsteps:\n  - server: {{ expect: written }}\n  \
             - server: {{ expect: {{ file: {file}, equals: mango }}, within: 1s }}\n"
        );
        folder.add(&format!("lab/{name}.yaml"), text);
    };
    scenario("written", "answers/answer.txt");
    scenario("linked", "answers/server.py");
    scenario("fifo", "answers/fifo");
    scenario("zero", "answers/zero");
    scenario("giant", "answers/giant");
    folder.add(
        "lab/lab.yaml",
        "viva: 1\nlab: files\nroles:\n  server: { find: '*server.py', ready: started }\nscenarios:\n  \
         - { use: written.yaml }\n  - { use: linked.yaml }\n  - { use: fifo.yaml }\n  - { use: zero.yaml }\n  - { use: giant.yaml }\n",
    );
}
