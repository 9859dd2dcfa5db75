//! System calls that no lab needs and that lead to other processes, to the machine's set-up, or to parts of the kernel where mistakes have been found: they are refused (seccomp(2)).
//!
//! Written by hand rather than with `seccompiler`: one filter must answer with different errors, and must also stop the calls of the x32 and 32-bit interfaces, which have other numbers.

use std::io;

use super::filter::{
    ALLOW, ARCHITECTURE, ARCHITECTURE_AT, EQUAL, LOAD, NUMBER, RETURN, jump, step,
};

const ALL_OF: u16 = (libc::BPF_JMP | libc::BPF_JSET | libc::BPF_K) as u16;
const AT_LEAST: u16 = (libc::BPF_JMP | libc::BPF_JGE | libc::BPF_K) as u16;

/// Calls of the x32 interface have this bit (asm/unistd.h).
const X32: u32 = 0x4000_0000;

/// Refused whatever their arguments, with EPERM.
const REFUSED: [libc::c_long; 54] = [
    // Other processes.
    libc::SYS_ptrace,
    libc::SYS_process_vm_readv,
    libc::SYS_process_vm_writev,
    libc::SYS_process_madvise,
    libc::SYS_pidfd_getfd,
    libc::SYS_kcmp,
    // What others can share, and what stays behind, where there is no IPC namespace.
    libc::SYS_shmget,
    libc::SYS_semget,
    libc::SYS_msgget,
    libc::SYS_mq_open,
    // Other views of the machine.
    libc::SYS_unshare,
    libc::SYS_setns,
    libc::SYS_chroot,
    libc::SYS_pivot_root,
    libc::SYS_mount,
    libc::SYS_umount2,
    libc::SYS_mount_setattr,
    libc::SYS_move_mount,
    libc::SYS_open_tree,
    libc::SYS_fsopen,
    libc::SYS_fsconfig,
    libc::SYS_fsmount,
    libc::SYS_fspick,
    libc::SYS_name_to_handle_at,
    libc::SYS_open_by_handle_at,
    // The kernel's own.
    libc::SYS_bpf,
    libc::SYS_perf_event_open,
    libc::SYS_userfaultfd,
    libc::SYS_add_key,
    libc::SYS_request_key,
    libc::SYS_keyctl,
    libc::SYS_fanotify_init,
    libc::SYS_fanotify_mark,
    libc::SYS_lookup_dcookie,
    libc::SYS_syslog,
    libc::SYS_acct,
    libc::SYS_quotactl,
    libc::SYS_quotactl_fd,
    libc::SYS_swapon,
    libc::SYS_swapoff,
    libc::SYS_reboot,
    libc::SYS_kexec_load,
    libc::SYS_kexec_file_load,
    libc::SYS_init_module,
    libc::SYS_finit_module,
    libc::SYS_delete_module,
    libc::SYS_settimeofday,
    libc::SYS_clock_settime,
    libc::SYS_clock_adjtime,
    libc::SYS_adjtimex,
    libc::SYS_sethostname,
    libc::SYS_setdomainname,
    libc::SYS_vhangup,
    libc::SYS_nfsservctl,
];

/// Answered as by a kernel that doesn't know them, so that libraries fall back: the flags of clone3 stand in memory, where a filter can't look.
const UNKNOWN: [libc::c_long; 4] = [
    libc::SYS_clone3,
    libc::SYS_io_uring_setup,
    libc::SYS_io_uring_enter,
    libc::SYS_io_uring_register,
];

/// Flags of clone(2) that make namespaces.
const NAMESPACES: u32 = (libc::CLONE_NEWUSER
    | libc::CLONE_NEWNET
    | libc::CLONE_NEWPID
    | libc::CLONE_NEWNS
    | libc::CLONE_NEWIPC
    | libc::CLONE_NEWUTS
    | libc::CLONE_NEWCGROUP) as u32;

/// Address families that programs may use. Of netlink, [`NETLINK_ROUTE`] only: getaddrinfo(3) and the runtimes of Java, Go and Node ask for the interfaces.
const FAMILIES: [i32; 3] = [libc::AF_UNIX, libc::AF_INET, libc::AF_INET6];
const NETLINK_ROUTE: u32 = 0;

/// Refused requests of ioctl(2): typing into a terminal, in two ways.
const REQUESTS: [u32; 2] = [libc::TIOCSTI as u32, libc::TIOCLINUX as u32];

/// The lower half of an argument.
const fn argument(index: u32) -> libc::sock_filter {
    step(LOAD, 16 + index * 8)
}

const fn refuse(number: i32) -> libc::sock_filter {
    step(RETURN, libc::SECCOMP_RET_ERRNO | number as u32)
}

/// The filter; `None` on processors whose numbers it doesn't know.
pub(super) fn program() -> Option<Vec<libc::sock_filter>> {
    let mut program = vec![
        step(LOAD, ARCHITECTURE_AT),
        jump(EQUAL, ARCHITECTURE?, 1, 0),
        refuse(libc::ENOSYS),
        step(LOAD, NUMBER),
        jump(AT_LEAST, X32, 0, 1),
        refuse(libc::ENOSYS),
    ];
    for (calls, error) in [(&REFUSED[..], libc::EPERM), (&UNKNOWN, libc::ENOSYS)] {
        for call in calls {
            program.extend([jump(EQUAL, *call as u32, 0, 1), refuse(error)]);
        }
    }
    // Each of the rest looks at arguments, and ends if it was its call.
    let mut rest = |call: libc::c_long, rule: Vec<libc::sock_filter>| {
        program.push(jump(EQUAL, call as u32, 0, rule.len() as u8));
        program.extend(rule);
    };
    rest(
        libc::SYS_clone,
        vec![
            argument(0),
            jump(ALL_OF, NAMESPACES, 0, 1),
            refuse(libc::EPERM),
            ALLOW,
        ],
    );
    // Who closes its memory to the one who looks for a reason why it hangs.
    rest(
        libc::SYS_prctl,
        vec![
            argument(0),
            jump(EQUAL, libc::PR_SET_DUMPABLE as u32, 0, 1),
            refuse(libc::EPERM),
            ALLOW,
        ],
    );
    // The limits of others, of the stub before all: prlimit(2) asks for nothing but the same user. Zero is the caller, as getrlimit(3)
    // and setrlimit(3) have it.
    rest(
        libc::SYS_prlimit64,
        vec![
            argument(0),
            jump(EQUAL, 0, 1, 0),
            refuse(libc::EPERM),
            ALLOW,
        ],
    );
    let mut requests = vec![argument(1)];
    for request in REQUESTS {
        requests.extend([jump(EQUAL, request, 0, 1), refuse(libc::EPERM)]);
    }
    requests.push(ALLOW);
    rest(libc::SYS_ioctl, requests);
    for call in [libc::SYS_socket, libc::SYS_socketpair] {
        let mut families = vec![argument(0)];
        for family in FAMILIES {
            families.extend([jump(EQUAL, family as u32, 0, 1), ALLOW]);
        }
        families.extend([
            jump(EQUAL, libc::AF_NETLINK as u32, 0, 3),
            argument(2),
            jump(EQUAL, NETLINK_ROUTE, 0, 1),
            ALLOW,
            refuse(libc::EAFNOSUPPORT),
        ]);
        rest(call, families);
    }
    program.push(ALLOW);
    Some(program)
}

/// Puts the filter on this thread. Needs no_new_privs. Callable between clone and exec.
pub(super) fn install(program: &[libc::sock_filter]) -> io::Result<()> {
    let program = libc::sock_fprog {
        len: program.len() as u16,
        filter: program.as_ptr().cast_mut(),
    };
    // SAFETY: the program outlives the call, which copies it.
    let result = unsafe {
        libc::syscall(
            libc::SYS_seccomp,
            libc::SECCOMP_SET_MODE_FILTER,
            0,
            &raw const program,
        )
    };
    if result != 0 {
        return Err(io::Error::last_os_error());
    }
    Ok(())
}
