//! Gaining powers: system calls that lead to kernel bugs, more rights, more limits.

use crate::attack::{Attack, python};

pub(crate) const ATTACKS: &[Attack] = &[
    python!(
        "set-user-id",
        "gains rights by set-user-id programs",
        r#"
each(lambda: [won() for line in open("/proc/self/status") if line.split() == ["NoNewPrivs:", "0"]])
def run():
    # It belongs to whoever calls Viva.
    if int(subprocess.run(["@SUID@", "-u"], capture_output=True).stdout) != os.getuid():
        won()
each(run)
"#
    ),
    python!(
        "become-root",
        "asks to be root",
        "os.getuid() and each(lambda: then_won(lambda: os.setuid(0)), lambda: then_won(lambda: os.setgid(0)))"
    ),
    python!(
        "capabilities",
        "has capabilities, or may gain them",
        r#"
for line in open("/proc/self/status"):
    if line.startswith(("CapPrm", "CapEff", "CapAmb", "CapBnd")) and int(line.split()[1], 16):
        say(line)
        if not line.startswith("CapBnd"):
            won()
"#
    ),
    python!(
        "user-namespace",
        "makes a user namespace, in which it would be root (unshare)",
        "then_won(lambda: checked(libc.unshare(0x10000000)))"
    ),
    python!(
        "user-namespace-by-clone",
        "the same by clone and clone3",
        r#"
def child(result):
    if result == 0:
        os._exit(0)
each(lambda: then_won(lambda: child(call("clone", 0x10000000 | signal.SIGCHLD, 0, 0, 0, 0))))
arguments = ctypes.create_string_buffer(struct.pack("8Q", 0x10000000, 0, 0, 0, signal.SIGCHLD, 0, 0, 0))
each(lambda: then_won(lambda: child(call("clone3", arguments, 64))))
"#
    ),
    python!(
        "other-namespaces",
        "makes network, mount, process, IPC and host name namespaces, and enters those of others",
        r#"
for kind in 0x40000000, 0x00020000, 0x20000000, 0x08000000, 0x04000000, 0x02000000:
    each(lambda: then_won(lambda: checked(libc.unshare(kind))))
for process in ancestors() + [1, VICTIM]:
    for kind in "net", "mnt", "user", "pid":
        each(lambda: then_won(lambda: checked(libc.setns(os.open(f"/proc/{process}/ns/{kind}", os.O_RDONLY), 0))))
"#
    ),
    python!(
        "mounts",
        "mounts, unmounts and moves file systems",
        r#"
os.makedirs("m", exist_ok=True)
each(lambda: then_won(lambda: checked(libc.mount(b"x", b"m", b"tmpfs", 0, None))),
     lambda: then_won(lambda: checked(libc.mount(b"/", b"m", None, 4096, None))),
     lambda: then_won(lambda: checked(libc.mount(b"proc", b"m", b"proc", 0, None))),
     lambda: then_won(lambda: checked(libc.umount2(b"/proc", 2))),
     lambda: then_won(lambda: call("open_tree", -100, b"/", 1)),
     lambda: then_won(lambda: call("fsopen", b"tmpfs", 0)))
"#
    ),
    python!(
        "chroot",
        "changes its root folder",
        "then_won(lambda: os.chroot('/tmp'))"
    ),
    python!(
        "device-nodes",
        "makes a device node of the machine's disk",
        "each(lambda: then_won(lambda: os.mknod('disk', 0o60666, os.makedev(254, 0))), \
         lambda: then_won(lambda: os.mknod('/tmp/disk' + MARK, 0o60666, os.makedev(8, 0))))"
    ),
    python!(
        "io-uring",
        "uses io_uring, behind the back of seccomp",
        "then_won(lambda: call('io_uring_setup', 8, ctypes.create_string_buffer(256)))"
    ),
    python!(
        "bpf",
        "loads a program into the kernel",
        "then_won(lambda: call('bpf', 0, ctypes.create_string_buffer(struct.pack('IIII', 2, 4, 4, 1) + bytes(112)), 128))"
    ),
    python!(
        "perf-events",
        "watches the processor and other processes (perf_event_open)",
        "then_won(lambda: call('perf_event_open', ctypes.create_string_buffer(struct.pack('IIQ', 1, 128, 0) + bytes(112)), 0, -1, -1, 0))"
    ),
    python!(
        "userfaultfd",
        "handles page faults of its own, for races in the kernel",
        "then_won(lambda: call('userfaultfd', 0))"
    ),
    python!(
        "keyrings",
        "uses the kernel's keyrings, which outlive it",
        "each(lambda: then_won(lambda: call('keyctl', 0, -3, 0)), \
         lambda: then_won(lambda: call('add_key', b'user', b'dragon', b'x', 1, -4)))"
    ),
    python!(
        "kernel-modules",
        "loads a module or another kernel, turns on swap and accounting",
        // Never what would do it: wrong arguments show whether it may.
        r#"
def may(a_try):
    try:
        a_try()
    except OSError as error:
        if error.errno in (errno.EPERM, errno.ENOSYS, errno.EACCES):
            raise
    won()
each(lambda: may(lambda: call("init_module", None, 0, b"")),
     lambda: may(lambda: call("kexec_load", 0, 99, None, 0xffff)),
     lambda: may(lambda: checked(libc.swapon(b"/nonexistent", 0))),
     lambda: may(lambda: checked(libc.acct(b"/nonexistent"))))
"#
    ),
    python!(
        "packet-sockets",
        "reads and forges packets",
        r#"
each(lambda: then_won(lambda: socket.socket(17, socket.SOCK_RAW, 0x300)),
     lambda: then_won(lambda: socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_ICMP)))
"#
    ),
    python!(
        "odd-sockets",
        "opens sockets of rare families, which reach hypervisors and kernel bugs",
        r#"
for family in 38, 40, 21, 29, 31, 44:  # AF_ALG, AF_VSOCK, AF_RDS, AF_CAN, AF_BLUETOOTH, AF_XDP
    for kind in socket.SOCK_SEQPACKET, socket.SOCK_STREAM, socket.SOCK_DGRAM, socket.SOCK_RAW:
        each(lambda: then_won(lambda: socket.socket(family, kind)))
"#
    ),
    python!(
        "priority",
        "puts itself before all others",
        "each(lambda: then_won(lambda: os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(1))), \
         lambda: then_won(lambda: os.nice(-5)))"
    ),
    python!(
        "raise-limits",
        "raises its own limits",
        r#"
for limit in resource.RLIMIT_NOFILE, resource.RLIMIT_NPROC, resource.RLIMIT_FSIZE, resource.RLIMIT_CPU, resource.RLIMIT_AS, resource.RLIMIT_CORE:
    soft, hard = resource.getrlimit(limit)
    more = hard + 1 if hard != resource.RLIM_INFINITY else hard
    if hard != resource.RLIM_INFINITY:
        each(lambda: then_won(lambda: resource.setrlimit(limit, (more, more))))
"#
    ),
    python!(
        "spare-me-first",
        "has the kernel end others before itself when memory is short (oom_score_adj)",
        "then_won(lambda: write('/proc/self/oom_score_adj', '-1000'))"
    ),
    python!(
        "clock",
        "sets the machine's clock",
        // To what it is.
        "then_won(lambda: time.clock_settime(time.CLOCK_REALTIME, time.time()))"
    ),
    python!(
        "hide",
        "makes itself invisible to Viva (PR_SET_DUMPABLE), and does as it should",
        "each(lambda: checked(libc.prctl(4, 0)))\nserve()"
    )
    .that_passes(),
    python!(
        "hide-and-be-silent",
        "makes itself invisible to Viva, accepts, and never answers",
        r#"
each(lambda: checked(libc.prctl(4, 0)))
server = socket.socket()
server.bind(("127.0.0.1", PORT))
server.listen()
server.accept()
signal.pause()
"#
    )
    .without_end(),
];
