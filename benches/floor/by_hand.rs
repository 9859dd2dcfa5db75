//! The floor: each piece with only the system calls that it needs.
//!
//! Nothing is waited for by the clock: a server is ready when it says so (it prints where it listens), everything else is a blocking read. TCP_QUICKACK after each read spares
//! the server's small segments the delayed acknowledgement (tcp(7)).

use std::ffi::{CString, c_char};
use std::fs::File;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::os::unix::ffi::OsStrExt;
use std::path::Path;

use rustix::pty::{OpenptFlags, openpt, ptsname, unlockpt};
use rustix::termios::{LocalModes, OptionalActions, tcgetattr, tcsetattr};

use crate::measure::wait;

/// Plays a piece; the processor time of the Python program, in milliseconds. Panics if the program is wrong.
pub(crate) fn play(piece: &str, python: &Path) -> f64 {
    match piece {
        "echo" => echo(python),
        "hub" => hub(python),
        "client" => client(python),
        "narrow" => narrow(python),
        other => panic!("no piece {other}"),
    }
}

fn echo(python: &Path) -> f64 {
    let mut server = Program::start(python, "echo/server.py", &["0", ""]);
    let mut alice = Peer::connect(server.port());
    for word in ["one", "two", "three"] {
        alice.say(word);
        assert_eq!(alice.line(), word);
    }
    drop(alice);
    server.end(0)
}

fn hub(python: &Path) -> f64 {
    let mut server = Program::start(python, "hub/server.py", &["0", ""]);
    let port = server.port();
    let mut clients = [(); 3].map(|()| {
        let mut client = Peer::connect(port);
        assert_eq!(client.line(), "welcome");
        client
    });
    for sender in 0..3 {
        for word in ["first", "second"] {
            let text = format!("{word} of {sender}");
            clients[sender].say(&text);
            for (index, client) in clients.iter_mut().enumerate() {
                // The sender's own next line, of another client's, is compared as a whole: his own words before it would show.
                if index != sender {
                    assert!(client.line().ends_with(&text));
                }
            }
        }
    }
    clients[2].say("q");
    for client in &mut clients[..2] {
        assert!(client.line().ends_with("left"));
    }
    assert_eq!(clients[2].line(), "");
    server.kill()
}

fn client(python: &Path) -> f64 {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a free port");
    let port = listener.local_addr().expect("it is bound").port();
    let mut client = Program::start(python, "client/client.py", &[]);
    client.until("IP: ");
    client.say("127.0.0.1");
    client.until("Port: ");
    client.say(&port.to_string());
    let (stream, _) = listener.accept().expect("it dials");
    let mut link = Peer::new(stream);
    for (typed, shown) in [("one", "two"), ("three", "four")] {
        client.say(typed);
        assert_eq!(link.line(), typed);
        link.say(shown);
        client.until(shown);
    }
    client.say("q");
    assert_eq!(link.line(), "");
    client.end(0)
}

fn narrow(python: &Path) -> f64 {
    let mut server = Program::start(python, "narrow/server.py", &["0", ""]);
    let port = server.port();
    let queue = AcceptQueue::new(port);
    let mut clients: Vec<Peer> = (0..10)
        .map(|_| {
            queue.wait_for_room();
            Peer::connect(port)
        })
        .collect();
    for client in &mut clients {
        assert_eq!(client.line(), "welcome");
    }
    server.kill()
}

/// A connection, line by line.
struct Peer {
    reader: BufReader<Quick>,
}

/// Acknowledges at once.
struct Quick(TcpStream);

impl Read for Quick {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let count = self.0.read(buffer);
        // Fails where the other side is gone already: then there is nothing to acknowledge.
        let _ = rustix::net::sockopt::set_tcp_quickack(&self.0, true);
        count
    }
}

impl Peer {
    fn connect(port: u16) -> Self {
        Peer::new(TcpStream::connect((Ipv4Addr::LOCALHOST, port)).expect("the server listens"))
    }

    fn new(stream: TcpStream) -> Self {
        stream.set_nodelay(true).expect("a TCP socket");
        Peer {
            reader: BufReader::new(Quick(stream)),
        }
    }

    fn say(&mut self, text: &str) {
        let line = format!("{text}\n");
        self.reader
            .get_mut()
            .0
            .write_all(line.as_bytes())
            .expect("the other side reads");
    }

    /// The next line; empty at the end.
    fn line(&mut self) -> String {
        let mut line = String::new();
        self.reader
            .read_line(&mut line)
            .expect("the other side is there");
        line.trim_end().to_owned()
    }
}

/// A Python program in a terminal of its own, without echo.
struct Program {
    process: i32,
    terminal: File,
    /// What it has printed and nobody has asked for.
    printed: Vec<u8>,
}

impl Program {
    fn start(python: &Path, file: &str, arguments: &[&str]) -> Self {
        let master = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY | OpenptFlags::CLOEXEC)
            .expect("a terminal");
        unlockpt(&master).expect("it is ours");
        let slave = ptsname(&master, Vec::new()).expect("it is a terminal");
        let mut modes = tcgetattr(&master).expect("it is a terminal");
        modes.local_modes.remove(LocalModes::ECHO);
        tcsetattr(&master, OptionalActions::Now, &modes).expect("it is a terminal");
        let file = Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("benches/floor/lab/programs")
            .join(file);
        let mut words = vec![python.as_os_str().as_bytes(), file.as_os_str().as_bytes()];
        words.extend(arguments.iter().map(|argument| argument.as_bytes()));
        Program {
            process: spawn(&words, &slave),
            terminal: File::from(master),
            printed: Vec::new(),
        }
    }

    /// Reads until `text` has been printed: what came before it.
    fn until(&mut self, text: &str) -> String {
        loop {
            let at = self
                .printed
                .windows(text.len())
                .position(|window| window == text.as_bytes());
            if let Some(at) = at {
                let before = self.printed[..at].to_vec();
                self.printed.drain(..at + text.len());
                return String::from_utf8(before).expect("it prints text");
            }
            let mut buffer = [0; 4096];
            let count = self.terminal.read(&mut buffer).expect("the program runs");
            self.printed.extend_from_slice(&buffer[..count]);
        }
    }

    /// Where it says that it listens.
    fn port(&mut self) -> u16 {
        self.until("listening on ");
        let said = self.until("\n");
        said.trim().parse().expect("a port")
    }

    fn say(&mut self, text: &str) {
        self.terminal
            .write_all(format!("{text}\n").as_bytes())
            .expect("the terminal is open");
    }

    /// Waits for its end; its processor time.
    fn end(self, status: i32) -> f64 {
        let (ended, cpu) = wait(self.process).expect("it is a child");
        assert_eq!(ended, status);
        cpu
    }

    fn kill(self) -> f64 {
        // SAFETY: signals a child that has not been waited for.
        unsafe { libc::kill(self.process, libc::SIGKILL) };
        self.end(libc::SIGKILL)
    }
}

/// posix_spawn(3) rather than fork and exec: with its first descriptor the program gets its terminal.
fn spawn(words: &[&[u8]], terminal: &CString) -> i32 {
    const ENVIRONMENT: [&std::ffi::CStr; 4] = [
        c"PATH=/usr/local/bin:/usr/bin:/bin",
        c"LANG=C.UTF-8",
        c"PYTHONDONTWRITEBYTECODE=1",
        c"TERM=dumb",
    ];
    /// From spawn.h: the program begins a session, so that the first terminal it opens is its own.
    const SETSID: libc::c_short = 0x80;
    let words: Vec<CString> = words
        .iter()
        .map(|word| CString::new(*word).expect("no NUL"))
        .collect();
    let pointers: Vec<*mut c_char> = words
        .iter()
        .map(|word| word.as_ptr().cast_mut())
        .chain([std::ptr::null_mut()])
        .collect();
    let environment: Vec<*mut c_char> = ENVIRONMENT
        .iter()
        .map(|word| word.as_ptr().cast_mut())
        .chain([std::ptr::null_mut()])
        .collect();
    let mut process = 0;
    let mut actions = std::mem::MaybeUninit::uninit();
    let mut attributes = std::mem::MaybeUninit::uninit();
    // SAFETY: both objects are initialised before they are used; both lists end with a null pointer and outlive the call, as do the strings in them.
    let result = unsafe {
        libc::posix_spawn_file_actions_init(actions.as_mut_ptr());
        libc::posix_spawn_file_actions_addopen(
            actions.as_mut_ptr(),
            0,
            terminal.as_ptr(),
            libc::O_RDWR,
            0,
        );
        libc::posix_spawn_file_actions_adddup2(actions.as_mut_ptr(), 0, 1);
        libc::posix_spawn_file_actions_adddup2(actions.as_mut_ptr(), 0, 2);
        libc::posix_spawnattr_init(attributes.as_mut_ptr());
        libc::posix_spawnattr_setflags(attributes.as_mut_ptr(), SETSID);
        libc::posix_spawn(
            &raw mut process,
            pointers[0],
            actions.as_ptr(),
            attributes.as_ptr(),
            pointers.as_ptr(),
            environment.as_ptr(),
        )
    };
    assert_eq!(result, 0, "posix_spawn");
    process
}

/// How many clients wait at a port to be accepted, by sock_diag(7).
struct AcceptQueue {
    netlink: rustix::fd::OwnedFd,
    port: u16,
}

impl AcceptQueue {
    fn new(port: u16) -> Self {
        use rustix::net::{AddressFamily, SocketFlags, SocketType, netlink, socket_with};
        let netlink = socket_with(
            AddressFamily::NETLINK,
            SocketType::RAW,
            SocketFlags::CLOEXEC,
            Some(netlink::SOCK_DIAG),
        );
        AcceptQueue {
            netlink: netlink.expect("sock_diag"),
            port,
        }
    }

    /// The kernel has no event for it.
    fn wait_for_room(&self) {
        loop {
            let (waiting, most) = self.look();
            if waiting <= most {
                return;
            }
            std::thread::sleep(std::time::Duration::from_micros(100));
        }
    }

    /// How many wait, and how many may: idiag_rqueue and idiag_wqueue of the listening socket.
    fn look(&self) -> (u32, u32) {
        use rustix::net::{RecvFlags, SendFlags, recv, send};
        const SOCK_DIAG_BY_FAMILY: u16 = 20;
        const HEADER: usize = 16;
        // struct nlmsghdr, then struct inet_diag_req_v2 for the very socket.
        let mut request = [0u8; HEADER + 56];
        request[..4].copy_from_slice(&(HEADER as u32 + 56).to_ne_bytes());
        request[4..6].copy_from_slice(&SOCK_DIAG_BY_FAMILY.to_ne_bytes());
        request[6..8].copy_from_slice(&(libc::NLM_F_REQUEST as u16).to_ne_bytes());
        let body = &mut request[HEADER..];
        body[0] = libc::AF_INET as u8;
        body[1] = libc::IPPROTO_TCP as u8;
        body[4..8].copy_from_slice(&(1u32 << 10).to_ne_bytes()); // TCP_LISTEN
        body[8..10].copy_from_slice(&self.port.to_be_bytes());
        body[12..16].copy_from_slice(&Ipv4Addr::LOCALHOST.octets());
        body[48..56].fill(0xff); // INET_DIAG_NOCOOKIE
        send(&self.netlink, &request, SendFlags::empty()).expect("sock_diag");
        let mut answer = [0u8; 1024];
        let (length, _) = recv(&self.netlink, &mut answer, RecvFlags::empty()).expect("sock_diag");
        assert!(length >= HEADER + 72, "nobody listens");
        // struct inet_diag_msg: 4 bytes, the id of 48, the expiry of 4, then the two queues.
        let number = |at: usize| {
            u32::from_ne_bytes([answer[at], answer[at + 1], answer[at + 2], answer[at + 3]])
        };
        (number(HEADER + 56), number(HEADER + 60))
    }
}
