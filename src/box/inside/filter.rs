//! Which system calls of a program are announced to Viva (seccomp(2), user notification).
//!
//! The notification is for seeing, not for forbidding: nothing here decides about safety.

use std::io;
use std::os::fd::{FromRawFd, OwnedFd};

#[cfg(target_arch = "x86_64")]
pub(super) const ARCHITECTURE: Option<u32> = Some(0xC000_003E); // AUDIT_ARCH_X86_64
#[cfg(target_arch = "aarch64")]
pub(super) const ARCHITECTURE: Option<u32> = Some(0xC000_00B7); // AUDIT_ARCH_AARCH64
#[cfg(not(any(target_arch = "x86_64", target_arch = "aarch64")))]
pub(super) const ARCHITECTURE: Option<u32> = None;

// Where things stand in struct seccomp_data, on little-endian machines.
pub(super) const NUMBER: u32 = 0;
pub(super) const ARCHITECTURE_AT: u32 = 4;
const FIRST_ARGUMENT: u32 = 16;
const FIFTH_ARGUMENT: u32 = 16 + 8 * 4;

pub(super) const LOAD: u16 = (libc::BPF_LD | libc::BPF_W | libc::BPF_ABS) as u16;
pub(super) const EQUAL: u16 = (libc::BPF_JMP | libc::BPF_JEQ | libc::BPF_K) as u16;
pub(super) const RETURN: u16 = (libc::BPF_RET | libc::BPF_K) as u16;

pub(super) const ALLOW: libc::sock_filter = step(RETURN, libc::SECCOMP_RET_ALLOW);
const ANNOUNCE: libc::sock_filter = step(RETURN, libc::SECCOMP_RET_USER_NOTIF);

pub(super) const fn step(code: u16, k: u32) -> libc::sock_filter {
    jump(code, k, 0, 0)
}

pub(super) const fn jump(code: u16, k: u32, jt: u8, jf: u8) -> libc::sock_filter {
    libc::sock_filter { code, jt, jf, k }
}

/// The filter that announces `listen` and `bind` (servers), `connect` and `sendto` with an address (dials), `alarm` and `setitimer` of the real time (timers). `None` where there is
/// nothing to announce, or no way.
pub(super) fn program(servers: bool, dials: bool, timers: bool) -> Option<Vec<libc::sock_filter>> {
    let architecture = ARCHITECTURE?;
    let mut calls = Vec::new();
    if servers {
        calls.extend([libc::SYS_listen, libc::SYS_bind]);
    }
    if dials {
        calls.push(libc::SYS_connect);
    }
    #[cfg(target_arch = "x86_64")]
    if timers {
        calls.push(libc::SYS_alarm);
    }
    if calls.is_empty() && !timers {
        return None;
    }
    let mut program = vec![
        step(LOAD, ARCHITECTURE_AT),
        jump(EQUAL, architecture, 1, 0),
        ALLOW,
        step(LOAD, NUMBER),
    ];
    for call in calls {
        program.extend([jump(EQUAL, call as u32, 0, 1), ANNOUNCE]);
    }
    if timers {
        program.extend([
            jump(EQUAL, libc::SYS_setitimer as u32, 0, 4),
            // The other two measure processor time, which a program at rest doesn't use.
            step(LOAD, FIRST_ARGUMENT),
            jump(EQUAL, libc::ITIMER_REAL as u32, 0, 1),
            ANNOUNCE,
            ALLOW,
        ]);
    }
    if dials {
        program.extend([
            jump(EQUAL, libc::SYS_sendto as u32, 0, 5),
            // send(2) is sendto(2) without an address: that one must stay cheap.
            step(LOAD, FIFTH_ARGUMENT),
            jump(EQUAL, 0, 0, 2),
            step(LOAD, FIFTH_ARGUMENT + 4),
            jump(EQUAL, 0, 1, 0),
            ANNOUNCE,
        ]);
    }
    program.push(ALLOW);
    Some(program)
}

/// Puts the filter on this thread and returns the descriptor on which the calls are announced. Needs no_new_privs. Callable between clone and exec.
pub(super) fn install(program: &[libc::sock_filter]) -> io::Result<OwnedFd> {
    let program = libc::sock_fprog {
        len: program.len() as u16,
        filter: program.as_ptr().cast_mut(),
    };
    let listener = libc::SECCOMP_FILTER_FLAG_NEW_LISTENER;
    // With the second flag a signal to the program doesn't break off a call that Viva is already carrying out for it (Linux 5.19).
    for flags in [
        listener | libc::SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV,
        listener,
    ] {
        // SAFETY: the program outlives the call, which copies it; the descriptor is new.
        unsafe {
            let descriptor = libc::syscall(
                libc::SYS_seccomp,
                libc::SECCOMP_SET_MODE_FILTER,
                flags,
                &raw const program,
            );
            if descriptor >= 0 {
                return Ok(OwnedFd::from_raw_fd(descriptor as i32));
            }
        }
    }
    Err(io::Error::last_os_error())
}
