//! A right program that does something else at a random line: whatever that is, and whenever, it comes to a mark.
//!
//! `VIVA_ROUNDS=500` is the long form; `VIVA_FIRST=17` begins with that round, which is always the same.

use super::stand::{ECHO, Folder, run};

/// What it does; `sockets` are all that it has open.
const DEEDS: [&str; 40] = [
    "os._exit(0)",
    "os._exit(5)",
    "os.kill(os.getpid(), signal.SIGSEGV)",
    "os.kill(os.getpid(), signal.SIGTSTP)",
    "os.kill(0, signal.SIGTERM)",
    "os.abort()",
    "raise SystemExit(0)",
    "raise RuntimeError('chaos')",
    "for one in sockets(): one.close()",
    "for one in sockets(): one.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, bytes([1] + [0] * 7)); one.close()",
    "for one in sockets(): one.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1)",
    "for one in sockets(): one.settimeout(0.001)",
    "for one in sockets(): one.setblocking(False)",
    "for one in sockets(): os.dup2(0, one.fileno())",
    "for one in sockets(): socket.socket.listen(one, 0)",
    "for one in sockets(): socket.socket.shutdown(one, socket.SHUT_WR)",
    "for one in sockets(): socket.socket.shutdown(one, socket.SHUT_RD)",
    "os.closerange(0, 100)",
    "os.close(0)",
    "os.dup2(0, 1)",
    "os.fork()",
    "os.fork() and os._exit(0)",
    "os.fork() or (os.setsid(), os.fork(), time.sleep(1000))",
    "[os.fork() or os._exit(0) for _ in range(20)]",
    "'AGAIN' in os.environ or os.execve(sys.executable, [sys.executable] + sys.argv, {**os.environ, 'AGAIN': '1'})",
    "print('x' * 9_000_000)",
    "os.write(1, bytes(range(256)) * 100)",
    "os.chmod('.', 0)",
    "shutil.rmtree('.', ignore_errors=True)",
    "os.chdir('/')",
    "resource.setrlimit(resource.RLIMIT_NOFILE, (3, 3))",
    "resource.setrlimit(resource.RLIMIT_AS, (1, 1))",
    "resource.setrlimit(resource.RLIMIT_NPROC, (0, 0))",
    "resource.setrlimit(resource.RLIMIT_LOCKS, (0, 0))",
    "open('junk', 'wb').write(bytes(63 << 20))",
    "signal.alarm(1)",
    "signal.setitimer(signal.ITIMER_REAL, 0.01, 0.01)",
    "signal.pause()",
    "input()",
    "held = [socket.socket() for _ in range(900)]",
];

const TOOLS: &str = "import gc, os, resource, shutil, signal, socket, sys, time\n\
    def sockets(): return [one for one in gc.get_objects() if isinstance(one, socket.socket) and one.fileno() >= 0]\n";

/// Numbers that look random, the same for the same seed (xorshift).
struct Dice(u64);

impl Dice {
    fn below(&mut self, end: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 as usize % end
    }
}

fn program(dice: &mut Dice) -> String {
    let mut lines: Vec<String> = ECHO.lines().skip(1).map(str::to_owned).collect();
    for _ in 0..1 + dice.below(3) {
        let at = dice.below(lines.len());
        let margin = lines[at].len() - lines[at].trim_start().len();
        let deed = DEEDS[dice.below(DEEDS.len())];
        lines.insert(at, format!("{}{deed}", " ".repeat(margin)));
    }
    format!("{TOOLS}{}\n", lines.join("\n"))
}

#[test]
fn whatever_a_program_does_and_whenever_it_comes_to_a_mark() {
    let number = |name: &str| std::env::var(name).ok().and_then(|text| text.parse().ok());
    let first: u64 = number("VIVA_FIRST").unwrap_or(1);
    for round in first..first + number("VIVA_ROUNDS").unwrap_or(6) {
        let mut dice = Dice(round.wrapping_mul(0x9e37_79b9_7f4a_7c15));
        let program = program(&mut dice);
        let folder = Folder::new().with("server.py", &program);
        let role = format!("server={}", folder.at("server.py"));
        let isolation = ["auto", "basic"][dice.below(2)];
        let scenarios = ["echo", "one-segment", "reset", "restart"];
        let mut words = vec!["run", "echo", "--role", &role, "--deadline", "1s"];
        words.extend(["--isolation", isolation]);
        words.extend(scenarios.into_iter().flat_map(|name| ["--only", name]));
        let came = run(words);
        assert!(
            came.code < 2,
            "VIVA_FIRST={round}:\n{program}\n{}{}",
            came.out,
            came.err
        );
    }
}
