//! Using up the machine. All of it is bounded by the attacks themselves, too.

use crate::attack::{Attack, python};

pub(crate) const ATTACKS: &[Attack] = &[
    python!(
        "fork-bomb",
        "has more than 1,000 processes at a time",
        r#"
children = []
try:
    for _ in range(1200):
        child = os.fork()
        if child == 0:
            signal.pause()
            os._exit(0)
        children.append(child)
        if len(children) % 100 == 0:
            say(f"{len(children)} processes")
except OSError as error:
    say(f"closed: {error}")
if len(children) > 1000:
    won()
for child in children:
    os.kill(child, signal.SIGKILL)
"#
    ),
    // Reserved, and not written to: the machine is not to suffer where it works.
    python!(
        "memory-bomb",
        "has more than 5 GiB of memory in one process",
        r#"
kept = [mmap.mmap(-1, 1 << 30, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS) for _ in range(6)]
won()
"#
    ),
    python!(
        "disk-filling",
        "writes more than 256 MiB of files, wherever it can",
        r#"
written = 0
def fill(folder, number):
    global written
    with open(f"{folder}/{MARK}{number}", "wb", buffering=0) as file:
        for _ in range(16):
            written += file.write(bytes(1 << 20))
    say(f"{written >> 20} MiB")
for folder in ".", "/tmp", "/var/tmp", "/dev/shm", TMP, OPEN:
    for number in range(17):
        if written < 256 << 20:
            each(lambda: fill(folder, number))
if written >= 256 << 20:
    won()
"#
    ),
    python!(
        "large-file",
        "writes one file of more than 128 MiB",
        r#"
with open("big", "wb", buffering=0) as file:
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    for _ in range(130):
        if file.write(bytes(1 << 20)) < 1 << 20:
            raise OSError("no more")
won()
"#
    ),
    python!(
        "many-files",
        "fills folders with more than 12,000 names",
        r#"
open("dragon", "w").close()
for number in range(12_100):
    os.link("dragon", str(number))
    if number % 100 == 0:
        say(f"{number} names")
won()
"#
    ),
    python!(
        "deep-folders",
        "makes folders deeper than a path may be long",
        r#"
for _ in range(3000):
    os.mkdir("d" * 10)
    os.chdir("d" * 10)
raise SystemExit(1)
"#
    ),
    python!(
        "many-descriptors",
        "holds more than 10,000 open files",
        r#"
for _ in range(10_100):
    os.open("/", os.O_RDONLY)
won()
"#
    ),
    python!(
        "many-terminals",
        "holds more than 500 terminals, of which the machine has some thousands",
        r#"
for _ in range(510):
    os.open("/dev/ptmx", os.O_RDWR | os.O_NOCTTY)
won()
"#
    ),
    python!(
        "busy-processors",
        "spins in ten processes, deaf to all signals",
        r#"
for number in range(1, 65):
    each(lambda: signal.signal(number, signal.SIG_IGN))
for _ in range(9):
    if os.fork() == 0:
        break
while True:
    pass
"#
    )
    .without_end(),
    python!(
        "endless-output",
        "prints without end",
        "while True:\n    os.write(1, b'dragons everywhere\\n' * 1000)\n"
    )
    .without_end(),
    python!(
        "endless-line",
        "prints one line without end",
        "while True:\n    os.write(1, b'dragon' * 1000)\n"
    )
    .without_end(),
    python!(
        "endless-prompts",
        "asks without end, and takes every answer",
        "while True:\n    os.write(1, '请输入端口: '.encode())\n"
    )
    .without_end(),
    python!(
        "never-reads",
        "accepts, and lets what is sent to it pile up",
        r#"
server = socket.socket()
server.bind(("127.0.0.1", PORT))
server.listen()
kept = server.accept()
signal.pause()
"#
    )
    .without_end()
    .against("echo", "long-text"),
    python!(
        "endless-answer",
        "answers without end",
        r#"
server = socket.socket()
server.bind(("127.0.0.1", PORT))
server.listen()
client, _ = server.accept()
while True:
    client.sendall(b"dragons everywhere\n" * 1000)
"#
    ),
    python!(
        "many-listeners",
        "listens on 500 ports, its own the last",
        r#"
kept = []
for port in list(range(PORT + 1, PORT + 200)) + list(range(PORT - 200, PORT)):
    def listen():
        it = socket.socket()
        it.bind(("127.0.0.1", port))
        it.listen()
        kept.append(it)
    each(listen)
raise SystemExit(1)
"#
    ),
    python!(
        "daemons",
        "leaves processes behind: own session, own group, twice forked, deaf, at another name",
        r#"
for way in range(4):
    if os.fork() == 0:
        if way:
            os.setsid()
        if way > 1 and os.fork():
            os._exit(0)
        for number in range(1, 65):
            each(lambda: signal.signal(number, signal.SIG_IGN))
        if way == 3:
            os.close(0), os.close(1), os.close(2)
        stays(600)
raise SystemExit(1)
"#
    )
    .without_end(),
    python!(
        "stops-itself",
        "stops itself and its whole group",
        "os.kill(os.getpid(), signal.SIGSTOP) if os.fork() else os.kill(0, signal.SIGSTOP)\n"
    )
    .without_end(),
    python!(
        "short-lived-processes",
        "has processes come and go all the time, so that whoever looks finds them gone",
        r#"
if os.fork():
    server = socket.socket()
    server.bind(("127.0.0.1", PORT))
    server.listen()
    server.accept()
while True:
    child = os.fork()
    if child == 0:
        os._exit(0)
    os.waitpid(child, 0)
"#
    )
    .without_end(),
    python!(
        "short-lived-threads",
        "answers, while threads come and go all the time",
        r#"
import threading
def restless():
    while True:
        threads = [threading.Thread(target=lambda: None) for _ in range(3)]
        for thread in threads: thread.start()
        for thread in threads: thread.join()
threading.Thread(target=restless, daemon=True).start()
serve()
"#
    )
    .that_passes(),
];
