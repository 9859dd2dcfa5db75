//! Students' programs in a box, and an observer of it.

use std::ffi::OsString;
use std::fs::File;
use std::io::{PipeReader, PipeWriter};
use std::net::{Ipv4Addr, SocketAddr, TcpStream, UdpSocket};
use std::os::fd::OwnedFd;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;
use std::time::Duration;

use crate::stand::{binary, lacking};
use tokio::runtime::Runtime;
use viva::r#box::{
    BoxEvent, BoxEvents, Family, Isolation, Launch, Process, Setting, Stdio, TestBox, Watch, probe,
    use_binary,
};
use viva::observe::{Activity, Listener, Observer, Rest, Scope, SocketTable, Thread, holds_socket};

/// Where programs serve.
const PORT: u16 = 9999;
/// Only a test that fails waits as long.
const LONGEST: Duration = Duration::from_secs(20);

/// A box with one observer. Ends with everything in it.
pub(crate) struct Stage {
    /// Where programs serve; `None` if that is theirs to choose.
    port: Option<u16>,
    root: i32,
    scope: Scope,
    pub(crate) observer: Observer,
    pub(crate) table: SocketTable,
    pub(crate) test_box: TestBox,
    pub(crate) events: BoxEvents,
    pub(crate) runtime: Runtime,
}

/// A program that runs, with its keyboard and its screen.
pub(crate) struct Running {
    pub(crate) process: Process,
    pub(crate) keyboard: PipeWriter,
    pub(crate) screen: PipeReader,
}

/// The folder of the programs beside these tests.
pub(crate) fn programs() -> PathBuf {
    Path::new("tests/observe/programs").canonicalize().unwrap()
}

/// A real interpreter (no version manager's shim) and where its library is.
fn python() -> &'static (PathBuf, PathBuf) {
    static PYTHON: OnceLock<(PathBuf, PathBuf)> = OnceLock::new();
    PYTHON.get_or_init(|| {
        let ask = "import sys; print(sys.executable); print(sys.base_prefix)";
        let told = Command::new("python3").args(["-c", ask]).output();
        let told = String::from_utf8(told.expect("the tests need python3").stdout).unwrap();
        let mut lines = told.lines().map(PathBuf::from);
        let executable = lines.next().unwrap().canonicalize().unwrap();
        (executable, lines.next().unwrap())
    })
}

/// The best that can be had. Said, if that isn't `full`.
fn best() -> Isolation {
    static BEST: OnceLock<Isolation> = OnceLock::new();
    *BEST.get_or_init(|| {
        use_binary(binary());
        if let Err(missing) = &probe().full {
            lacking(&format!("{missing:?}"));
        }
        probe().best()
    })
}

impl Stage {
    /// The path of one of the programs beside these tests, in its folder.
    pub(crate) fn program(name: &str) -> String {
        name.to_owned()
    }

    pub(crate) fn interpreter() -> String {
        python().0.to_str().unwrap().to_owned()
    }

    pub(crate) fn copy(&self, folder: &Path) {
        let copied = self.test_box.copy_in(folder);
        self.runtime.block_on(copied).unwrap();
    }

    /// Takes what was announced, and tells the observer of timers.
    pub(crate) fn events_pass(&mut self) {
        self.runtime.block_on(async {
            tokio::task::yield_now().await;
            tokio::task::yield_now().await;
        });
        while let Ok(event) = self.events.try_recv() {
            if let BoxEvent::Timer {
                pid,
                thread,
                after,
                repeats,
                ..
            } = event
            {
                let setter = Thread {
                    process: pid,
                    thread,
                };
                self.observer.has_timer(setter, after, repeats);
            }
        }
    }

    pub(crate) fn new() -> Self {
        Self::with(best(), Some(PORT))
    }

    /// On the machine's own network, whose ports may be taken: the only listener of the programs is where they serve.
    pub(crate) fn among_others() -> Self {
        Self::with(Isolation::Basic, None)
    }

    /// Whether the network is the box's own.
    pub(crate) fn is_alone(&self) -> bool {
        self.scope == Scope::Own
    }

    fn with(isolation: Isolation, port: Option<u16>) -> Self {
        use_binary(binary());
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .unwrap();
        let (test_box, events, root, sockets) = runtime.block_on(async {
            let setting = Setting {
                readable: vec![python().1.clone()],
                ..Setting::new(isolation)
            };
            let (test_box, events) = TestBox::open(&setting).await.unwrap();
            let root = test_box.root().await.unwrap();
            test_box.copy_in(&programs()).await.unwrap();
            let sockets = [
                test_box.diag_socket().await.unwrap(),
                test_box.diag_socket().await.unwrap(),
            ];
            (test_box, events, root, sockets)
        });
        let [own, table] = sockets.map(SocketTable::new);
        let scope = match isolation {
            Isolation::Full => Scope::Own,
            _ => Scope::Shared,
        };
        Stage {
            port,
            root,
            scope,
            observer: Observer::new(root, own, scope),
            table,
            test_box,
            events,
            runtime,
        }
    }

    pub(crate) fn start(&self, argv: &[&str], watch: Watch) -> Running {
        let (input, keyboard) = std::io::pipe().unwrap();
        let (screen, output) = std::io::pipe().unwrap();
        let stdio = Stdio::Streams([
            OwnedFd::from(input),
            OwnedFd::from(output),
            File::open("/dev/null").unwrap().into(),
        ]);
        let launch = self.launch(argv, watch, stdio);
        let process = self
            .runtime
            .block_on(self.test_box.launch(launch))
            .expect("launch");
        Running {
            process,
            keyboard,
            screen,
        }
    }

    fn launch(&self, argv: &[&str], watch: Watch, stdio: Stdio) -> Launch {
        Launch {
            argv: argv.iter().map(OsString::from).collect(),
            environment: vec![
                ("PATH".into(), "/usr/bin:/bin".into()),
                ("PYTHONUNBUFFERED".into(), "1".into()),
            ],
            folder: self.test_box.folder().to_owned(),
            stdio,
            watch,
        }
    }

    pub(crate) fn python(&self, script: &str) -> Running {
        let executable = python().0.to_str().unwrap();
        self.start(&[executable, "-I", "-c", script], Watch::NONE)
    }

    /// A script in a terminal; Viva's side of it.
    pub(crate) fn terminal(&self, script: &str) -> (File, Process) {
        use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
        let ours = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY | OpenptFlags::CLOEXEC).unwrap();
        grantpt(&ours).unwrap();
        unlockpt(&ours).unwrap();
        let name = ptsname(&ours, Vec::new()).unwrap();
        let theirs = rustix::fs::open(
            name,
            rustix::fs::OFlags::RDWR | rustix::fs::OFlags::NOCTTY | rustix::fs::OFlags::CLOEXEC,
            rustix::fs::Mode::empty(),
        )
        .unwrap();
        let interpreter = Self::interpreter();
        let launch = self.launch(
            &[&interpreter, "-I", "-c", script],
            Watch::NONE,
            Stdio::Terminal(theirs),
        );
        let process = self.runtime.block_on(self.test_box.launch(launch));
        (File::from(ours), process.expect("launch"))
    }

    /// Looks until the programs are at rest, timed or not.
    pub(crate) fn rest(&mut self) -> Rest {
        self.rest_and_flights().0
    }

    /// The same, and how often something was seen on its way before.
    pub(crate) fn rest_and_flights(&mut self) -> (Rest, usize) {
        let mut flights = 0;
        loop {
            match self.observer.look() {
                Rest::Busy(Activity::InFlight { .. }) => flights += 1,
                Rest::Busy(_) => {}
                rest => return (rest, flights),
            }
            std::thread::yield_now();
        }
    }

    /// Where somebody listens, as soon as somebody does.
    pub(crate) fn listener(&mut self) -> SocketAddr {
        loop {
            let listeners = self.table.listeners().unwrap();
            // A server may open a socket for each family, one after the other.
            let is_it = |listener: &&Listener| {
                (listener.address.is_ipv4() || !listener.only_v6)
                    && self.port.is_none_or(|port| port == listener.address.port())
                    && (self.is_alone() || holds_socket(self.root, listener.inode) == Some(true))
            };
            if let Some(listener) = listeners.iter().find(is_it) {
                return (Ipv4Addr::LOCALHOST, listener.address.port()).into();
            }
            std::thread::yield_now();
        }
    }

    /// An attempt to connect, whose outcome nobody waits for.
    pub(crate) fn attempt(&mut self) -> TcpStream {
        let address = self.listener();
        let socket = self.runtime.block_on(self.test_box.tcp_socket(Family::V4));
        let socket = socket.unwrap();
        match rustix::net::connect(&socket, &address) {
            Ok(()) | Err(rustix::io::Errno::INPROGRESS) => TcpStream::from(socket),
            Err(error) => panic!("{error}"),
        }
    }

    pub(crate) fn connect(&mut self) -> TcpStream {
        let address = self.listener();
        let socket = self.runtime.block_on(self.test_box.tcp_socket(Family::V4));
        let socket = socket.unwrap();
        rustix::io::ioctl_fionbio(&socket, false).unwrap();
        rustix::net::connect(&socket, &address).unwrap();
        let stream = TcpStream::from(socket);
        stream.set_nodelay(true).unwrap();
        stream.set_read_timeout(Some(LONGEST)).unwrap();
        stream
    }

    pub(crate) fn udp(&mut self) -> UdpSocket {
        let address = loop {
            let sockets = self.table.udp_bound().unwrap();
            if sockets.iter().any(|socket| socket.local.port() == PORT) {
                break SocketAddr::from(([127, 0, 0, 1], PORT));
            }
            std::thread::yield_now();
        };
        let socket = self.runtime.block_on(self.test_box.udp_socket(Family::V4));
        let socket = socket.unwrap();
        rustix::io::ioctl_fionbio(&socket, false).unwrap();
        rustix::net::connect(&socket, &address).unwrap();
        UdpSocket::from(socket)
    }
}
