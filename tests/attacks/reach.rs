//! Reaching the machine: its services, its processes, its terminal, its files.

use crate::attack::{Attack, python};

pub(crate) const ATTACKS: &[Attack] = &[
    python!(
        "loopback-tcp",
        "connects to a service on the machine's loopback",
        "reach(socket.AF_INET, ('127.0.0.1', TCP))"
    ),
    python!(
        "loopback-tcp-v6",
        "the same over IPv6",
        "reach(socket.AF_INET6, ('::1', TCP6))"
    ),
    python!(
        "loopback-udp",
        "sends a datagram to a service on the machine's loopback",
        "reach(socket.AF_INET, ('127.0.0.1', UDP), socket.SOCK_DGRAM)"
    ),
    python!(
        "local-socket-by-path",
        "connects to a local service by its path",
        "reach(socket.AF_UNIX, SOCKET)"
    ),
    python!(
        "local-socket-by-name",
        "connects to a local service by its abstract name",
        "reach(socket.AF_UNIX, ABSTRACT)"
    ),
    python!(
        "kill-viva",
        "asks and forces the processes above it to end",
        r#"
for number in signal.SIGTERM, signal.SIGKILL:
    for process in ancestors():
        each(lambda: then_won(lambda: os.kill(process, number)) if process != 1 else os.kill(process, number))
"#
    ),
    python!(
        "stop-viva",
        "stops the processes above it",
        r#"
for process in ancestors():
    each(lambda: then_won(lambda: (os.kill(process, signal.SIGSTOP), os.kill(process, signal.SIGCONT))) if process != 1
         else os.kill(process, signal.SIGSTOP))
"#
    ),
    python!(
        "kill-others",
        "ends a process of the machine, by number and by descriptor",
        r#"
each(lambda: os.kill(VICTIM, signal.SIGTERM))
each(lambda: call("pidfd_send_signal", call("pidfd_open", VICTIM, 0), signal.SIGTERM, None, 0))
"#
    ),
    // A signal that does nothing to whoever is not prepared for it.
    python!(
        "signal-everybody",
        "sends a signal to every process there is",
        "os.kill(-1, signal.SIGURG)"
    ),
    python!(
        "write-to-the-terminal",
        "writes into all terminals that it finds",
        r#"
names = [TTY, "/dev/tty", "/dev/console"] + ["/dev/pts/" + name for name in os.listdir("/dev/pts")]
for name in names:
    if not os.path.exists(name) or os.stat(name).st_rdev != os.fstat(0).st_rdev:
        each(lambda: os.write(os.open(name, os.O_WRONLY | os.O_NOCTTY | os.O_NONBLOCK), f"\x1b]0;{MARK}\x07".encode()))
"#
    ),
    python!(
        "type-into-the-terminal",
        "puts keystrokes into its own terminal and the one in which Viva was called (TIOCSTI)",
        r#"
def type_into(fd):
    for letter in MARK + "\n":
        fcntl.ioctl(fd, 0x5412, letter.encode())
    won()
each(lambda: type_into(0), lambda: type_into(os.open(TTY, os.O_RDWR | os.O_NOCTTY)), lambda: type_into(os.open("/dev/tty", os.O_RDWR)))
"#
    ),
    python!(
        "take-the-terminal",
        "makes the terminal in which Viva was called its own",
        r#"
if os.fork():
    os.wait()
else:
    os.setsid()
    then_won(lambda: fcntl.ioctl(os.open(TTY, os.O_RDWR), 0x540e, 1))
"#
    ),
    python!(
        "write-notes",
        "changes a file of the machine that everybody may write",
        "open(NOTES, 'a').write('dragon')"
    ),
    python!(
        "write-other",
        "changes somebody else's program",
        "open(OTHER, 'a').write('dragon')"
    ),
    python!(
        "write-results",
        "writes results into the folder where Viva saves its own",
        r#"
open(SAVED + "/001-echo.json", "w").write('{"result": {"outcome": "passed"}}')
open(SAVED + "/dragon.json", "w").write("dragon")
"#
    ),
    python!(
        "files-elsewhere",
        "leaves files wherever the machine lets everybody write",
        r#"
for place in "/tmp", "/var/tmp", "/dev/shm", "/dev/mqueue", "/run/lock", "/run", "/", TMP, OPEN, HOME:
    each(lambda: open(f"{place}/{MARK}", "w").write("dragon"))
"#
    ),
    python!(
        "change-the-submission",
        "changes its own files where they were handed in",
        r#"
source = os.path.dirname(os.path.dirname(TMP + "/x")) + "/submission/"
each(lambda: open(__file__, "a").write("dragon = 1\n"),
     lambda: os.chmod(__file__, 0o4777),
     lambda: open(source + os.path.basename(__file__), "a").write("dragon = 1\n"),
     lambda: open(source + "new", "w").write("dragon"))
"#
    ),
    python!(
        "system-v-leftovers",
        "leaves shared memory, semaphores and messages behind (System V IPC)",
        r#"
each(lambda: checked(libc.shmget(KEY, 4096, 0o1666)), lambda: checked(libc.semget(KEY, 1, 0o1666)), lambda: checked(libc.msgget(KEY, 0o1666)))
"#
    ),
    python!(
        "host-name",
        "changes the name of the machine",
        // To what it is: the machine is not to suffer where it works.
        "each(lambda: then_won(lambda: socket.sethostname(socket.gethostname())), \
         lambda: then_won(lambda: write('/proc/sys/kernel/hostname', socket.gethostname())))"
    ),
    python!(
        "kernel-settings",
        "writes kernel settings",
        r#"
for path in "kernel/core_pattern", "kernel/sysrq", "net/core/somaxconn", "vm/overcommit_memory", "kernel/pid_max", "net/ipv4/ip_forward":
    # Writing what is there does no harm where it works.
    def rewrite():
        name = "/proc/sys/" + path
        now = open(name).read()
        then_won(lambda: write(name, now))
    each(rewrite)
each(lambda: then_won(lambda: write("/proc/sysrq-trigger", "h")))
"#
    ),
];
