//! A running program, and the other end of its connections.

use std::fs;
use std::io::{ErrorKind, Read, Write};
use std::net::{Ipv4Addr, Shutdown, SocketAddr, TcpListener, TcpStream, UdpSocket};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::atomic::{AtomicU16, Ordering};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::thread;
use std::time::{Duration, Instant};

const DEADLINE: Duration = Duration::from_secs(20);

/// Starts one of this package's programs with words as its arguments.
macro_rules! start {
    ($program:expr $(, $word:expr)* $(,)?) => {
        crate::stage::Running::start(
            env!("CARGO_BIN_EXE_reference"),
            &[$program, $(&$word.to_string()),*],
        )
    };
}
pub(crate) use start;

/// A program that is running, with its screen and its keyboard. It is killed when it is dropped.
pub(crate) struct Running {
    child: Child,
    keyboard: Option<ChildStdin>,
    output: Receiver<Vec<u8>>,
    unread: Vec<u8>,
}

impl Running {
    pub(crate) fn start(program: &str, args: &[&str]) -> Running {
        let mut child = Command::new(program)
            .args(args)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut screen = child.stdout.take().unwrap();
        let (blocks, output) = mpsc::channel();
        thread::spawn(move || {
            let mut block = [0; 4096];
            while let Ok(length @ 1..) = screen.read(&mut block) {
                if blocks.send(block[..length].to_vec()).is_err() {
                    break;
                }
            }
        });
        let keyboard = child.stdin.take();
        Running {
            child,
            keyboard,
            output,
            unread: Vec::new(),
        }
    }

    pub(crate) fn types(&mut self, line: &str) {
        self.types_without_enter(&format!("{line}\n"));
    }

    pub(crate) fn types_without_enter(&mut self, text: &str) {
        let keyboard = self.keyboard.as_mut().unwrap();
        keyboard.write_all(text.as_bytes()).unwrap();
    }

    pub(crate) fn ends_input(&mut self) {
        self.keyboard = None;
    }

    pub(crate) fn has_shown_nothing(&mut self) -> bool {
        self.unread.extend(self.output.try_iter().flatten());
        self.unread.is_empty()
    }

    /// Nobody looks at its screen any more.
    pub(crate) fn loses_its_screen(&mut self) {
        self.output = mpsc::channel().1;
    }

    /// Waits until this comes next on the screen, and takes it.
    pub(crate) fn shows(&mut self, text: &str) {
        let started = Instant::now();
        while self.unread.len() < text.len() {
            match self
                .output
                .recv_timeout(DEADLINE.saturating_sub(started.elapsed()))
            {
                Ok(block) => self.unread.extend(block),
                Err(trouble) => panic!("{trouble}: {text:?}, but {:?}", self.unread_text()),
            }
        }
        assert_eq!(
            String::from_utf8_lossy(&self.unread[..text.len()]),
            text,
            "of {:?}",
            self.unread_text()
        );
        self.unread.drain(..text.len());
    }

    /// Waits for a line on the screen, and takes it, whatever it is.
    pub(crate) fn shows_line(&mut self) -> String {
        loop {
            if let Some(end) = self.unread.iter().position(|&byte| byte == b'\n') {
                let line: Vec<u8> = self.unread.drain(..=end).collect();
                return String::from_utf8(line).unwrap().trim_end().to_owned();
            }
            match self.output.recv_timeout(DEADLINE) {
                Ok(block) => self.unread.extend(block),
                Err(trouble) => panic!("{trouble}: a line, but {:?}", self.unread_text()),
            }
        }
    }

    /// Waits until it has ended by itself, with its keyboard as it is, and nothing more on its screen.
    pub(crate) fn ends(&mut self, code: i32) {
        loop {
            match self.output.recv_timeout(DEADLINE) {
                Ok(block) => self.unread.extend(block),
                Err(RecvTimeoutError::Disconnected) => break,
                Err(RecvTimeoutError::Timeout) => {
                    panic!("it doesn't end; {:?}", self.unread_text())
                }
            }
        }
        assert_eq!(self.unread_text(), "");
        assert_eq!(self.child.wait().unwrap().code(), Some(code));
    }

    /// What it said on standard error; it must have ended.
    pub(crate) fn complaint(&mut self) -> String {
        let mut text = String::new();
        self.child
            .stderr
            .take()
            .unwrap()
            .read_to_string(&mut text)
            .unwrap();
        text
    }

    pub(crate) fn is_running(&mut self) -> bool {
        self.child.try_wait().unwrap().is_none()
    }

    /// The most memory that it ever had, in KiB.
    pub(crate) fn most_memory(&mut self) -> u64 {
        let status = fs::read_to_string(format!("/proc/{}/status", self.child.id())).unwrap();
        let line = status.lines().find(|line| line.starts_with("VmHWM:"));
        let number = line.unwrap().split_whitespace().nth(1).unwrap();
        number.parse().unwrap()
    }

    /// Waits until it has so many TCP sockets open. A runtime may have others, for itself.
    pub(crate) fn has_sockets(&mut self, number: usize) {
        let started = Instant::now();
        let folder = format!("/proc/{}/fd", self.child.id());
        let sockets = || {
            let descriptors = fs::read_dir(&folder).unwrap();
            let targets = descriptors.filter_map(|entry| fs::read_link(entry.ok()?.path()).ok());
            let targets: Vec<String> = targets
                .map(|target| target.to_string_lossy().into_owned())
                .collect();
            // proc(5): the tenth field is the inode.
            let tables = ["/proc/net/tcp", "/proc/net/tcp6"]
                .map(|table| fs::read_to_string(table).unwrap_or_default());
            let lines = tables.iter().flat_map(|table| table.lines().skip(1));
            let inodes = lines.filter_map(|line| line.split_whitespace().nth(9));
            inodes
                .filter(|inode| targets.contains(&format!("socket:[{inode}]")))
                .count()
        };
        while sockets() != number {
            assert!(started.elapsed() < DEADLINE, "{} sockets", sockets());
            thread::yield_now();
        }
    }

    /// Waits until it listens, for a server that would take a mere trial for its client.
    pub(crate) fn listens_at(&mut self, port: u16) {
        let started = Instant::now();
        // proc(5): the local address, in hexadecimal, and 0A for a socket that listens.
        let listens = |line: &str| {
            let fields: Vec<&str> = line.split_whitespace().collect();
            fields[1].ends_with(&format!(":{port:04X}")) && fields[3] == "0A"
        };
        while !fs::read_to_string("/proc/net/tcp")
            .unwrap()
            .lines()
            .any(listens)
        {
            assert!(self.is_running() && started.elapsed() < DEADLINE);
        }
    }

    fn unread_text(&self) -> String {
        String::from_utf8_lossy(&self.unread).into_owned()
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A port that is free, below those that the kernel gives to clients, so that no connection takes it in the meantime.
pub(crate) fn free_port() -> u16 {
    static NEXT: AtomicU16 = AtomicU16::new(0);
    let offset = (std::process::id() % 200 * 100) as u16;
    loop {
        let port = 10000 + (offset + NEXT.fetch_add(1, Ordering::Relaxed)) % 20000;
        let both = (Ipv4Addr::UNSPECIFIED, port);
        if TcpListener::bind(both).is_ok() && UdpSocket::bind(both).is_ok() {
            return port;
        }
    }
}

/// One end of a connection.
pub(crate) struct Peer {
    stream: TcpStream,
}

impl Peer {
    /// Connects as soon as somebody listens.
    pub(crate) fn connect(port: u16) -> Peer {
        let started = Instant::now();
        loop {
            match TcpStream::connect((Ipv4Addr::LOCALHOST, port)) {
                Ok(stream) => return Peer::new(stream),
                Err(error)
                    if error.kind() == ErrorKind::ConnectionRefused
                        && started.elapsed() < DEADLINE =>
                {
                    thread::yield_now();
                }
                Err(error) => panic!("{error}"),
            }
        }
    }

    pub(crate) fn accept(listener: &TcpListener) -> Peer {
        Peer::new(listener.accept().unwrap().0)
    }

    fn new(stream: TcpStream) -> Peer {
        stream.set_read_timeout(Some(DEADLINE)).unwrap();
        stream.set_nodelay(true).unwrap();
        Peer { stream }
    }

    /// Its address as Python shows it.
    pub(crate) fn name(&self) -> String {
        python_address(self.stream.local_addr().unwrap())
    }

    pub(crate) fn sends(&mut self, bytes: impl AsRef<[u8]>) {
        self.stream.write_all(bytes.as_ref()).unwrap();
    }

    /// Waits until exactly this comes next.
    pub(crate) fn gets(&mut self, expected: impl AsRef<[u8]>) {
        let expected = expected.as_ref();
        let mut bytes = vec![0; expected.len()];
        self.stream.read_exact(&mut bytes).unwrap();
        assert_eq!(
            String::from_utf8_lossy(&bytes),
            String::from_utf8_lossy(expected)
        );
        assert_eq!(bytes, expected);
    }

    /// Waits for anything, and takes what has come.
    pub(crate) fn reads(&mut self) -> Vec<u8> {
        let mut block = vec![0; 65536];
        let length = self.stream.read(&mut block).unwrap();
        assert_ne!(length, 0, "the connection was closed");
        block.truncate(length);
        block
    }

    /// Waits until this has come, and takes it with what came before it, and nothing behind it.
    pub(crate) fn reads_until(&mut self, end: &[u8]) -> Vec<u8> {
        let mut bytes = Vec::new();
        while !bytes.ends_with(end) {
            let mut byte = [0];
            let came = self.stream.read_exact(&mut byte);
            assert!(came.is_ok(), "{:?}", String::from_utf8_lossy(&bytes));
            bytes.push(byte[0]);
        }
        bytes
    }

    /// Waits until the other side has closed or reset the connection, whatever it says before.
    pub(crate) fn is_let_go(&mut self) {
        match self.stream.read_to_end(&mut Vec::new()) {
            Err(error) if error.kind() != ErrorKind::ConnectionReset => panic!("{error}"),
            _ => {}
        }
    }

    /// Waits until the other side has closed the connection, and nothing more comes.
    pub(crate) fn sees_the_end(&mut self) {
        let mut rest = Vec::new();
        self.stream.read_to_end(&mut rest).unwrap();
        assert_eq!(String::from_utf8_lossy(&rest), "");
    }

    pub(crate) fn closes(self) {}

    /// Closes its own direction only.
    pub(crate) fn sends_no_more(&mut self) {
        self.stream.shutdown(Shutdown::Write).unwrap();
    }

    /// Closes with a reset, whatever has come.
    pub(crate) fn aborts(self) {
        let at_once = Some(Duration::ZERO);
        rustix::net::sockopt::set_socket_linger(&self.stream, at_once).unwrap();
    }

    /// Waits until something has come, and closes without reading it: Linux then resets the connection.
    pub(crate) fn resets(self) {
        assert_eq!(self.stream.peek(&mut [0]).unwrap(), 1);
    }
}

/// An address as Python shows it.
pub(crate) fn python_address(address: SocketAddr) -> String {
    format!("('{}', {})", address.ip(), address.port())
}

/// Listens where a client is told to connect to.
pub(crate) fn listener() -> (TcpListener, u16) {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let port = listener.local_addr().unwrap().port();
    (listener, port)
}

/// A UDP socket that fails instead of waiting for ever.
pub(crate) fn udp_socket(port: u16) -> UdpSocket {
    let socket = UdpSocket::bind((Ipv4Addr::LOCALHOST, port)).unwrap();
    socket.set_read_timeout(Some(DEADLINE)).unwrap();
    socket
}
