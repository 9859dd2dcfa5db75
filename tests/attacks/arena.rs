//! Where an attack takes place: a machine with things worth attacking, and a look at all of them afterwards.
//!
//! Everything is bounded from outside, too, so that an attack can't hurt the machine when a layer fails.

use std::collections::BTreeMap;
use std::fs::{self, File, Permissions};
use std::hash::{BuildHasher, Hasher};
use std::io::{BufRead, BufReader};
use std::net::{TcpListener, UdpSocket};
use std::os::fd::OwnedFd;
use std::os::linux::net::SocketAddrExt;
use std::os::unix::fs::PermissionsExt;
use std::os::unix::net::{SocketAddr, UnixListener};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use rustix::pty::OpenptFlags;

use crate::attack::{Attack, Ends};
use crate::level::Level;
use crate::stand::{Ends as Running, Folder, HANG, Mark, bare_viva, code, signal};

/// What a program without power over others needs; not the tests' own PATH, which may lead through a closed home.
const PATH: &str = "/usr/local/bin:/usr/bin:/bin";

/// One machine for one attack.
pub(crate) struct Arena {
    folder: Folder,
    mark: Mark,
    other_mark: Mark,
    /// Stands in files, names and command lines that are nobody's business.
    secret: String,
    /// What an attack prints that says of itself that it has worked.
    word: String,
    tcp: [TcpListener; 2],
    udp: UdpSocket,
    unix: [UnixListener; 2],
    terminal: Terminal,
    victim: Running,
    key: i32,
    before: BTreeMap<PathBuf, String>,
}

struct Terminal {
    ours: OwnedFd,
    theirs: OwnedFd,
    name: String,
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

    fn at(&self, name: &str) -> PathBuf {
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

    /// What is otherwise on the machine than before, and who has heard something.
    fn harm(&mut self) -> Vec<String> {
        let mut harm = Vec::new();
        for mark in [&self.mark, &self.other_mark] {
            if std::panic::catch_unwind(|| mark.is_gone()).is_err() {
                harm.push("processes are left".to_owned());
            }
        }
        if let Ok(Some(status)) = self.victim.0.try_wait() {
            harm.push(format!("a process of the machine has ended: {status}"));
        }
        if self.tcp.iter().any(|socket| socket.accept().is_ok()) {
            harm.push("it reached a service of the machine over TCP".to_owned());
        }
        if self.udp.recv(&mut [0; 100]).is_ok() {
            harm.push("it reached a service of the machine over UDP".to_owned());
        }
        for (socket, way) in self.unix.iter().zip(["path", "name"]) {
            if socket.accept().is_ok() {
                harm.push(format!(
                    "it reached a local service of the machine by {way}"
                ));
            }
        }
        let shown = self.terminal.shows();
        if shown.contains(&self.mark.0) {
            harm.push(format!("it wrote into the terminal: {shown:?}"));
        }
        let after = self.files();
        for (path, content) in &after {
            if self.before.get(path) != Some(content) {
                harm.push(format!("{} is new or changed", path.display()));
            }
        }
        for path in self.before.keys().filter(|path| !after.contains_key(*path)) {
            harm.push(format!("{} is gone", path.display()));
        }
        harm.extend(self.left_in_ipc());
        harm
    }

    /// What must not change: what lies in the arena, apart from submissions and reports, and what bears the mark elsewhere.
    fn files(&self) -> BTreeMap<PathBuf, String> {
        let mut files = BTreeMap::new();
        for name in ["other", "filed", "home", "open", "tmp"] {
            files.extend(tree(&self.at(name)));
        }
        for name in fs::read_dir(self.at("saved")).expect("a folder").flatten() {
            // Viva's own.
            if name.file_name().to_string_lossy() != "001-echo.json"
                && !name.file_name().to_string_lossy().starts_with("001-")
            {
                files.insert(name.path(), String::new());
            }
        }
        for place in [
            "/tmp",
            "/var/tmp",
            "/dev/shm",
            "/dev/mqueue",
            "/run/lock",
            "/run",
            "/",
        ] {
            let entries = fs::read_dir(place).into_iter().flatten().flatten();
            for entry in
                entries.filter(|entry| entry.file_name().to_string_lossy().contains(&self.mark.0))
            {
                files.insert(entry.path(), String::new());
            }
        }
        files
    }

    /// What is left of System V IPC under the key; removes it.
    fn left_in_ipc(&self) -> Vec<String> {
        let mut left = Vec::new();
        for (kind, option) in [("shm", "-M"), ("sem", "-S"), ("msg", "-Q")] {
            let list = fs::read_to_string(format!("/proc/sysvipc/{kind}")).unwrap_or_default();
            let key = self.key.to_string();
            if list
                .lines()
                .any(|line| line.split_whitespace().next() == Some(&key))
            {
                left.push(format!("a System V {kind} is left"));
                let _ = Command::new("ipcrm")
                    .args([option, &format!("{:#x}", self.key)])
                    .output();
            }
        }
        left
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

impl Terminal {
    fn new() -> Terminal {
        let ours =
            rustix::pty::openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY | OpenptFlags::CLOEXEC)
                .expect("a terminal");
        rustix::pty::grantpt(&ours).expect("a terminal");
        rustix::pty::unlockpt(&ours).expect("a terminal");
        let name = rustix::pty::ptsname(&ours, Vec::new()).expect("a name");
        let name = name.into_string().expect("a name");
        let theirs = File::options()
            .read(true)
            .write(true)
            .open(&name)
            .expect("a terminal");
        // As with `mesg y`, and for everybody.
        open_to_all(Path::new(&name), 0o666);
        rustix::io::ioctl_fionbio(&ours, true).expect("O_NONBLOCK");
        Terminal {
            ours,
            theirs: theirs.into(),
            name,
        }
    }

    /// What came to it; it may be from the attack of another arena.
    fn shows(&self) -> String {
        let mut bytes = [0; 4096];
        let count = rustix::io::read(&self.ours, &mut bytes).unwrap_or(0);
        String::from_utf8_lossy(&bytes[..count]).into_owned()
    }
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

/// Bounds for Viva and all that she starts, in case hers fail.
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

fn open_to_all(path: &Path, mode: u32) {
    fs::set_permissions(path, Permissions::from_mode(mode)).expect("chmod");
}

fn abstract_name(socket: &UnixListener) -> String {
    let address = socket.local_addr().expect("an address");
    String::from_utf8(address.as_abstract_name().expect("a name").to_vec()).expect("text")
}

/// All that is in a folder: kind, permissions, and content.
fn tree(folder: &Path) -> BTreeMap<PathBuf, String> {
    let mut found = BTreeMap::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).into_iter().flatten().flatten() {
            let path = entry.path();
            let metadata = path.symlink_metadata().expect("an entry");
            let mut told = format!("{:o}", metadata.permissions().mode());
            if metadata.is_dir() {
                folders.push(path.clone());
            } else if metadata.is_file() {
                told += &String::from_utf8_lossy(&fs::read(&path).unwrap_or_default());
            }
            found.insert(path, told);
        }
    }
    found
}

/// The outcome of a saved transcript.
fn outcome(report: &str) -> Option<String> {
    let report: serde_json::Value = serde_json::from_str(report).ok()?;
    match &report["result"]["outcome"] {
        serde_json::Value::String(name) => Some(name.clone()),
        other => other.as_object()?.keys().next().cloned(),
    }
}

/// All text of a transcript's events in one piece, since it may have come in many.
fn heard(report: &str) -> String {
    let report: serde_json::Value = serde_json::from_str(report).unwrap_or_default();
    let events = report["result"]["transcript"]["events"]
        .as_array()
        .cloned()
        .unwrap_or_default();
    let texts = events.iter().filter_map(|event| {
        let kind = event["kind"].as_object()?.values().next()?;
        kind["data"]["text"]
            .as_str()
            .or(kind["text"].as_str())
            .map(str::to_owned)
    });
    texts.collect()
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

/// What no terminal, and no log that a machine reads, should be given.
fn raw(text: &str) -> Option<String> {
    let hidden = |c: char| {
        (c.is_control() && c != '\n')
            || matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
    };
    if let Some(found) = text.chars().find(|c| hidden(*c)) {
        return Some(format!("Viva prints {found:?}"));
    }
    // A line that begins so is a command to GitHub's runner.
    let command = text
        .lines()
        .find(|line| line.trim_start().starts_with("::"))?;
    Some(format!("Viva prints {command:?}"))
}
