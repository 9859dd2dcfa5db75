//! Reading what is nobody's business.

use crate::attack::{Attack, files, python};

pub(crate) const ATTACKS: &[Attack] = &[
    python!("other-submission", "reads somebody else's program by its path", "tell(open(OTHER).read())"),
    python!("home-folder", "reads a file in the home of whoever calls Viva", "tell(open(HOME + '/.netrc').read())"),
    python!("names-of-others", "lists a folder of the machine whose names are secret", "tell(os.listdir(FILED))"),
    python!(
        "notes-of-everybody",
        "reads a file of the machine that everybody may read",
        "tell(open(NOTES).read())"
    ),
    python!(
        "own-environment",
        "looks for what it was not meant to inherit",
        "tell(dict(os.environ)); tell(open('/proc/self/environ').read())"
    ),
    python!(
        "environment-of-others",
        "reads the environment of Viva and of all processes",
        r#"
for process in ancestors() + processes() + [VICTIM]:
    each(lambda: tell(open(f"/proc/{process}/environ").read()))
"#
    ),
    python!(
        "command-lines",
        "reads the command lines of all processes",
        r#"
for process in processes():
    each(lambda: tell(open(f"/proc/{process}/cmdline").read()))
"#
    ),
    python!(
        "inherited-descriptors",
        "looks for open files beyond its terminal",
        r#"
for fd in range(3, 4096):
    each(lambda: then_won(lambda: os.fstat(fd)))
"#
    ),
    python!(
        "memory-of-viva",
        "opens the memory of the processes above it and of the machine",
        r#"
for process in ancestors() + [VICTIM]:
    each(lambda: then_won(lambda: open(f"/proc/{process}/mem", "rb").close()))
"#
    ),
    python!(
        "process-vm-readv",
        "reads memory of the processes above it",
        r#"
class Piece(ctypes.Structure):
    _fields_ = [("base", ctypes.c_void_p), ("length", ctypes.c_size_t)]
buffer = ctypes.create_string_buffer(8)
here, there = Piece(ctypes.addressof(buffer), 8), Piece(ctypes.addressof(buffer), 8)
for process in ancestors() + [VICTIM]:
    def read():
        result = libc.process_vm_readv(process, ctypes.byref(here), 1, ctypes.byref(there), 1, 0)
        # A wrong address would show that it may.
        assert result >= 0 or ctypes.get_errno() == errno.EFAULT, os.strerror(ctypes.get_errno())
        won()
    each(read)
"#
    ),
    python!(
        "ptrace",
        "takes hold of the processes above it (PTRACE_SEIZE)",
        r#"
for process in ancestors() + [VICTIM]:
    each(lambda: then_won(lambda: checked(libc.ptrace(0x4206, process, None, None))))
"#
    ),
    python!(
        "descriptors-of-viva",
        "takes open files from the processes above it (pidfd_getfd)",
        r#"
for process in ancestors() + [VICTIM]:
    for fd in range(8):
        each(lambda: then_won(lambda: call("pidfd_getfd", call("pidfd_open", process, 0), fd, 0)))
        each(lambda: then_won(lambda: os.open(f"/proc/{process}/fd/{fd}", os.O_RDONLY | os.O_NONBLOCK | os.O_NOCTTY)))
"#
    ),
    python!(
        "roots-of-others",
        "looks at the machine through the roots and folders of other processes",
        r#"
for process in ancestors() + [1, VICTIM]:
    for way in "root", "cwd":
        each(lambda: tell(open(f"/proc/{process}/{way}{OTHER}").read()))
each(lambda: tell(open("../" * 40 + OTHER[1:]).read()))
"#
    ),
    python!(
        "file-handles",
        "opens a file by its number instead of its path (open_by_handle_at)",
        r#"
handle = ctypes.create_string_buffer(struct.pack("Ii", 128, 0) + bytes(128))
mount = ctypes.c_int()
call("name_to_handle_at", -100, b"/", handle, ctypes.byref(mount), 0)
then_won(lambda: call("open_by_handle_at", os.open("/", os.O_RDONLY), handle, os.O_RDONLY))
"#
    ),
    python!(
        "devices",
        "reads the machine's disks and memory",
        r#"
for path in [f"/dev/{name}" for name in ("vda", "sda", "nvme0n1", "mem", "kmem", "port")] + ["/proc/kcore", "/proc/kmsg"]:
    each(lambda: then_won(lambda: os.read(os.open(path, os.O_RDONLY | os.O_NONBLOCK), 1)))
"#
    ),
    python!(
        "password-file",
        "reads the machine's password hashes",
        r#"
for path in "/etc/shadow", "/etc/shadow-", "/etc/gshadow", "/etc/ssh/ssh_host_ed25519_key":
    each(lambda: then_won(lambda: open(path).read()))
"#
    ),
    python!(
        "the-reference",
        "lets Viva's own reference program do the work",
        r#"
for path in (VIVA, "/proc/1/exe", f"/proc/{os.getppid()}/exe", "viva"):
    each(lambda: os.execvp(path, ["viva", "reference", "echo-server", "--port", str(PORT), "--form", "concurrent"]))
"#
    ),
    files(
        "secret-include",
        "has the compiler read somebody else's file and quote it in its complaint",
        &[("@MARK@_server.c", "#include \"@OTHER@\"\nint main(void) { return 0; }\n")],
    ),
    files(
        "secret-incbin",
        "has the assembler put somebody else's file into the program",
        &[(
            "@MARK@_server.c",
            "#include <unistd.h>\n\
             __asm__(\".data\\n.globl loot\\nloot: .incbin \\\"@OTHER@\\\"\\n.globl end\\nend:\\n.text\\n\");\n\
             extern char loot[], end[];\n\
             int main(void) { return write(1, loot, end - loot) < 0; }\n",
        )],
    ),
    files(
        "secret-build",
        "builds with a command of its own that fetches somebody else's file",
        &[
            (
                "viva.yaml",
                "roles: { server: { find: '@MARK@_server.py', build: 'sh fetch.sh' } }\n",
            ),
            ("fetch.sh", "cp @OTHER@ loot; cat @OTHER@\n"),
            ("@MARK@_server.py", "print(open('loot').read())\n"),
        ],
    ),
    files(
        "settings-lead-out",
        "names somebody else's file as its own in its settings",
        &[(
            "viva.yaml",
            "roles: { server: { find: ['../other/server.py', '@OTHER@', '../../@OTHER@'] } }\n",
        )],
    )
    .that_is_refused(),
    python!(
        "linked-answer",
        "hands in a link to somebody else's file where Viva reads a file that it should write",
        "os.mkdir('answers'); os.symlink(OTHER, 'answers/answer.txt'); say('written'); signal.pause()"
    )
    .against("@LAB@", "written"),
    python!(
        "linked-folder",
        "the same by a folder that is a link",
        "os.symlink(FILED, 'answers'); os.symlink(os.path.dirname(OTHER), 'other'); os.rename('other', 'answers'); \
         os.path.exists('answers/server.py') and say('it leads there'); say('written'); signal.pause()"
    )
    .against("@LAB@", "linked"),
    python!(
        "swapped-answer",
        "swaps file and link all the time, so that Viva checks the one and reads the other",
        r#"
os.mkdir("answers")
open("file", "w").write("none")
say("written")
while True:
    each(lambda: os.symlink(OTHER, "link"), lambda: os.rename("link", "answers/answer.txt"),
         lambda: os.link("file", "hard"), lambda: os.rename("hard", "answers/answer.txt"))
"#
    )
    .without_end()
    .against("@LAB@", "written"),
    python!(
        "answer-is-a-fifo",
        "hands in a FIFO where Viva reads a file, so that it waits for ever",
        "os.mkdir('answers'); os.mkfifo('answers/fifo'); say('written'); signal.pause()"
    )
    .against("@LAB@", "fifo"),
    python!(
        "answer-is-a-device",
        "hands in a link to /dev/zero where Viva reads a file, so that it reads for ever",
        "os.mkdir('answers'); os.symlink('/dev/zero', 'answers/zero'); say('written'); signal.pause()"
    )
    .against("@LAB@", "zero"),
    python!(
        "answer-is-a-giant",
        "hands in a sparse file, as large as may be, where Viva reads a file",
        r#"
os.mkdir("answers")
giant = os.open("answers/giant", os.O_CREAT | os.O_RDWR)
for size in range(40, 10, -1):
    each(lambda: os.truncate(giant, max(os.fstat(giant).st_size, 1 << size)))
say("written")
signal.pause()
"#
    )
    .against("@LAB@", "giant"),
];
