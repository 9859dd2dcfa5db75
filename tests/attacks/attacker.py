"""What every attack in Python may use. The harness puts the values in; none of the secrets is among them."""

import ctypes, errno, fcntl, mmap, os, platform, resource, signal, socket, stat, struct, subprocess, sys, time

OTHER = "@OTHER@"  # somebody else's program
FILED = "@FILED@"  # a folder in which a name is secret
HOME = "@HOME@"  # the home of whoever calls Viva
NOTES = "@NOTES@"  # a file that everybody may write
OPEN = "@OPEN@"  # a folder that everybody may write
SAVED = "@SAVED@"  # where Viva saves transcripts
TMP = "@TMP@"  # Viva's place for temporary files
TCP, TCP6, UDP = int("@TCP@"), int("@TCP6@"), int("@UDP@")  # ports of services of the machine
SOCKET = "@SOCKET@"  # a service of the machine, by path
ABSTRACT = "\0@ABSTRACT@"  # the same, by name
TTY = "@TTY@"  # the terminal in which Viva was called
VIVA = "@VIVA@"  # Viva's own binary
VICTIM = int("@VICTIM@")  # a process of whoever calls Viva
MARK = "@MARK@"  # in the command line of whatever an attack starts
KEY = int("@KEY@")  # of System V IPC
PORT = int(os.environ.get("PORT", "50007"))

libc = ctypes.CDLL(None, use_errno=True)

# The C library has no functions for these; the newer ones have the same number everywhere.
NUMBERS = {
    "x86_64": {"keyctl": 250, "add_key": 248, "bpf": 321, "perf_event_open": 298, "userfaultfd": 323,
               "kexec_load": 246, "init_module": 175, "clone": 56, "name_to_handle_at": 303,
               "open_by_handle_at": 304},
    "aarch64": {"keyctl": 219, "add_key": 217, "bpf": 280, "perf_event_open": 241, "userfaultfd": 282,
                "kexec_load": 104, "init_module": 105, "clone": 220, "name_to_handle_at": 264,
                "open_by_handle_at": 265},
}.get(platform.machine(), {}) | {"pidfd_open": 434, "pidfd_getfd": 438, "clone3": 435, "io_uring_setup": 425,
                                 "open_tree": 428, "fsopen": 430, "pidfd_send_signal": 424}


def checked(result):
    if result < 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
    return result


def call(name, *arguments):
    """A system call by its name."""
    return checked(libc.syscall(NUMBERS[name], *(ctypes.c_long(a) if isinstance(a, int) else a for a in arguments)))


def say(text):
    """Prints a line, whatever has become of sys.stdout."""
    os.write(1, text.encode(errors="backslashreplace") + b"\n")


def tell(loot):
    """Prints what may hold a secret."""
    loot = loot if isinstance(loot, str) else repr(loot)
    for at in range(0, min(len(loot), 60000), 1000):
        # Overlapping, so that nothing is cut apart.
        say(loot[at:at + 1100])


def won():
    """Says that what was tried has worked: by a word that stands nowhere in the source."""
    say("@DROW@"[::-1])


def each(*tries):
    """Tries one thing after the other; says why what does not work does not."""
    for a_try in tries:
        try:
            a_try()
        except BaseException as error:
            say(f"closed: {type(error).__name__} {error}")


def then_won(a_try):
    a_try()
    won()


def write(path, text):
    """Writes into a file that is there, at once."""
    os.write(os.open(path, os.O_WRONLY), text.encode())


def processes():
    """The numbers of all processes that can be seen, but not this one's."""
    return [int(name) for name in os.listdir("/proc") if name.isdigit() and int(name) != os.getpid()]


def ancestors():
    """The processes above this one that are Viva's."""
    at, found = os.getppid(), []
    while at > 0:
        try:
            name = open(f"/proc/{at}/comm").read().strip()
            parent = int(open(f"/proc/{at}/stat").read().rsplit(")", 1)[1].split()[1])
        except OSError:
            found.append(at)
            break
        if name not in ("init", "viva", "box-init"):
            break
        found.append(at)
        at = parent
    return found


def connected(family, address, kind=socket.SOCK_STREAM):
    it = socket.socket(family, kind)
    it.settimeout(5)
    it.connect(address)
    return it


def reach(family, address, kind=socket.SOCK_STREAM):
    """Makes itself heard at a service."""
    connected(family, address, kind).send(b"here I am")


def serve():
    """Does what the lab asks for."""
    server = socket.socket()
    server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    server.bind(("127.0.0.1", PORT))
    server.listen()
    while True:
        client, _ = server.accept()
        while data := client.recv(4096):
            client.sendall(data)
        client.close()


def stays(seconds=30):
    """Becomes a process that does nothing, and that the test can see."""
    os.execv("/bin/sh", ["sh", "-c", f"sleep {seconds}; :", MARK + "stays"])


def planted(*kept):
    """Beside an attack: everything is laid out; these sockets and files stay open."""
    for one in kept:
        os.set_inheritable(one if isinstance(one, int) else one.fileno(), True)
    stays()
