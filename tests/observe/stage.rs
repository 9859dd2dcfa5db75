//! Students' programs in a box, and an observer of it.

use std::ffi::OsString;
use std::fs::File;
use std::io::{PipeReader, PipeWriter};
use std::net::{SocketAddr, TcpStream, UdpSocket};
use std::os::fd::OwnedFd;
use std::path::PathBuf;
use std::process::Command;
use std::sync::OnceLock;

use tokio::runtime::Runtime;
use viva::r#box::{
    BoxEvents, Family, Isolation, Launch, Process, Setting, Stdio, TestBox, Watch, use_binary,
};
use viva::observe::{Observer, Rest, Scope, SocketTable};

/// A box with one observer. Ends with everything in it.
pub(crate) struct Stage {
    pub(crate) observer: Observer,
    pub(crate) table: SocketTable,
    pub(crate) test_box: TestBox,
    #[expect(dead_code)]
    pub(crate) events: BoxEvents,
    pub(crate) runtime: Runtime,
}

/// A program that runs, with its keyboard and its screen.
pub(crate) struct Running {
    #[expect(dead_code)]
    pub(crate) process: Process,
    pub(crate) keyboard: PipeWriter,
    #[expect(dead_code)]
    pub(crate) screen: PipeReader,
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

impl Stage {
    pub(crate) fn new() -> Self {
        Self::with(Isolation::Full)
    }

    pub(crate) fn with(isolation: Isolation) -> Self {
        let binary = std::env::var_os("VIVA_TEST_BINARY")
            .map_or_else(|| env!("CARGO_BIN_EXE_viva").into(), PathBuf::from);
        use_binary(binary);
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
        let launch = Launch {
            argv: argv.iter().map(OsString::from).collect(),
            environment: vec![
                ("PATH".into(), "/usr/bin:/bin".into()),
                ("PYTHONUNBUFFERED".into(), "1".into()),
            ],
            folder: self.test_box.folder().to_owned(),
            stdio,
            watch,
        };
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

    pub(crate) fn python(&self, script: &str) -> Running {
        let executable = python().0.to_str().unwrap();
        self.start(&[executable, "-I", "-c", script], Watch::NONE)
    }

    /// Looks until the programs are at rest, timed or not.
    pub(crate) fn rest(&mut self) -> Rest {
        loop {
            match self.observer.look() {
                Rest::Busy(_) => std::thread::yield_now(),
                rest => return rest,
            }
        }
    }

    /// Where somebody listens, as soon as somebody does.
    pub(crate) fn listener(&mut self) -> SocketAddr {
        loop {
            if let [listener, ..] = self.table.listeners().unwrap()[..] {
                return listener.reachable_at();
            }
            std::thread::yield_now();
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
        stream
    }

    #[expect(dead_code)]
    pub(crate) fn udp(&mut self) -> UdpSocket {
        let address = loop {
            if let [socket, ..] = self.table.udp_bound().unwrap()[..] {
                break SocketAddr::from(([127, 0, 0, 1], socket.local.port()));
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
