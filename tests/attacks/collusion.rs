//! Two submissions that talk to each other while both run, each in a box of its own.

use crate::attack::{Attack, python};

pub(crate) const ATTACKS: &[Attack] = &[
    python!(
        "shared-memory-file",
        "shares a file in /dev/shm with another submission",
        "then_won(lambda: open('/dev/shm/dragon@KEY@').read())",
        beside r#"
each(lambda: open("/dev/shm/dragon@KEY@", "w").write("dragon"))
planted()
"#
    ),
    python!(
        "temporary-file",
        "shares a file in /tmp with another submission",
        "then_won(lambda: open('/tmp/dragon@KEY@').read())",
        beside r#"
each(lambda: open("/tmp/dragon@KEY@", "w").write("dragon"))
planted()
"#
    ),
    python!(
        "system-v-memory",
        "shares memory with another submission (System V IPC)",
        "then_won(lambda: checked(libc.shmget(KEY, 4096, 0)))",
        beside r#"
each(lambda: checked(libc.shmget(KEY, 4096, 0o1666)))
planted()
"#
    ),
    python!(
        "message-queue",
        "shares a POSIX message queue with another submission",
        "then_won(lambda: checked(libc.mq_open(b'/dragon@KEY@', 0)))",
        beside r#"
each(lambda: checked(libc.mq_open(b"/dragon@KEY@", os.O_CREAT | os.O_RDWR, 0o666, None)))
planted()
"#
    ),
    python!(
        "abstract-socket",
        "talks to another submission by an abstract name",
        "then_won(lambda: connected(socket.AF_UNIX, chr(0) + 'dragon@KEY@'))",
        beside r#"
it = socket.socket(socket.AF_UNIX)
it.bind(chr(0) + "dragon@KEY@")
it.listen()
planted(it)
"#
    ),
    python!(
        "loopback-between-boxes",
        "talks to another submission over TCP",
        "then_won(lambda: connected(socket.AF_INET, ('127.0.0.1', 20000 + KEY % 10000)))",
        beside r#"
it = socket.socket()
it.bind(("127.0.0.1", 20000 + KEY % 10000))
it.listen()
planted(it)
"#
    ),
    python!(
        "working-copy-of-another",
        "reads the working copy of a submission that is being examined",
        r#"
for folder, folders, files in os.walk(TMP):
    for name in files:
        if "@OTHER_MARK@" in name:
            each(lambda: then_won(lambda: open(folder + "/" + name).read()))
for process in processes():
    each(lambda: [won() for name in os.listdir(f"/proc/{process}/cwd") if "@OTHER_MARK@" in name])
"#,
        beside "planted()"
    ),
    python!(
        "kill-another",
        "ends the program of a submission that is being examined",
        r#"
for process in processes():
    def kill():
        if b"@OTHER_MARK@" in open(f"/proc/{process}/cmdline", "rb").read():
            os.kill(process, signal.SIGKILL)
    each(kill)
"#,
        beside "planted()"
    ),
];
