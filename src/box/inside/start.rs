//! Starts one program: from the stub's clone to the program's exec.
//!
//! The child shares the stub's memory until it execs (as posix_spawn(3) does it): nothing is copied, and what goes wrong is written where the stub can read it. So between
//! clone and exec there are only system calls, no allocation, and no change of what memory as a whole carries (such as dumpability).

use std::ffi::CString;
use std::io;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::os::unix::ffi::{OsStrExt, OsStringExt};

use rustix::process::{Pid, Signal, WaitOptions};
use rustix::thread::{CapabilitySet, CapabilitySets};

use super::confinement::Confinement;
use super::{access, filter, forbidden, setup, signals};
use crate::r#box::channel;
use crate::r#box::family;
use crate::r#box::message::{Report, Start, Trouble};

/// Enough for a few nested system calls.
const STACK: usize = 64 << 10;

/// Why a program does not run.
pub(super) enum NotStarted {
    NotExecutable(i32),
    Trouble(Trouble),
}

impl From<Trouble> for NotStarted {
    fn from(trouble: Trouble) -> Self {
        NotStarted::Trouble(trouble)
    }
}

/// Starts a program; also says whether its system calls are announced (on a descriptor that has then been sent through `control`).
pub(super) fn start(
    start: Start,
    streams: &[OwnedFd; 3],
    confinement: &Confinement<'_>,
    control: BorrowedFd<'_>,
) -> Result<(Pid, bool), NotStarted> {
    let words = |list: Vec<std::ffi::OsString>| -> Result<Vec<CString>, Trouble> {
        list.into_iter()
            .map(|word| {
                CString::new(word.into_vec()).map_err(|_| {
                    Trouble::new("execve", &io::Error::from_raw_os_error(libc::EINVAL))
                })
            })
            .collect()
    };
    let arguments = words(start.arguments)?;
    let environment = words(start.environment)?;
    let folder = CString::new(start.folder.as_os_str().as_bytes())
        .map_err(|_| Trouble::new("chdir", &io::Error::from_raw_os_error(libc::EINVAL)))?;
    let announcement = channel::encode(&Report::Watching(start.program))
        .map_err(|error| Trouble::new("encode", &error))?;
    let filter = filter::program(start.watch_servers, start.watch_dials, start.watch_timers);
    let mut child = Child {
        arguments: &pointers(&arguments),
        environment: &pointers(&environment),
        folder: &folder,
        streams,
        terminal: start.terminal,
        program: start.program,
        confinement,
        filter: filter.as_deref(),
        announcement: &announcement,
        control,
        watched: false,
        failed: None,
    };
    let mut stack = vec![0u128; STACK / size_of::<u128>()];
    // SAFETY: the stack is ours, aligned and grows down from its end. CLONE_VFORK holds this only thread until the child has exec'ed or ended, so that nothing it shares with
    // the child changes or goes away meanwhile, and what the child has written is read only afterwards.
    let pid = unsafe {
        libc::clone(
            run,
            stack.as_mut_ptr_range().end.cast(),
            libc::CLONE_VM | libc::CLONE_VFORK | libc::SIGCHLD,
            (&raw mut child).cast(),
        )
    };
    let Some(pid) = Pid::from_raw(pid.max(0)) else {
        return Err(Trouble::new("clone", &io::Error::last_os_error()).into());
    };
    let Some((step, number)) = child.failed else {
        return Ok((pid, child.watched));
    };
    let _ = rustix::process::waitpid(Some(pid), WaitOptions::empty());
    // Without power a folder that is closed, or gone, can't be entered; nor can the program in it be read.
    let by_programs =
        step == FOLDER && matches!(number, libc::EACCES | libc::ENOENT | libc::ENOTDIR);
    if step == EXEC || by_programs {
        return Err(NotStarted::NotExecutable(number));
    }
    Err(Trouble::new(step, &io::Error::from_raw_os_error(number)).into())
}

fn pointers(words: &[CString]) -> Vec<*const libc::c_char> {
    words
        .iter()
        .map(|word| word.as_ptr())
        .chain([std::ptr::null()])
        .collect()
}

const EXEC: &str = "execve";
const FOLDER: &str = "chdir";

/// What the child needs, and what it leaves behind.
struct Child<'a> {
    arguments: &'a [*const libc::c_char],
    environment: &'a [*const libc::c_char],
    folder: &'a CString,
    streams: &'a [OwnedFd; 3],
    terminal: bool,
    program: u32,
    confinement: &'a Confinement<'a>,
    filter: Option<&'a [libc::sock_filter]>,
    announcement: &'a [u8],
    control: BorrowedFd<'a>,
    watched: bool,
    failed: Option<(&'static str, i32)>,
}

extern "C" fn run(child: *mut libc::c_void) -> libc::c_int {
    // SAFETY: start() passes its own `Child` and is held until this is over.
    let child = unsafe { &mut *child.cast::<Child<'_>>() };
    let (step, error) = match child.prepare() {
        Ok(()) => {
            // SAFETY: both lists end with a null pointer and hold pointers to C strings that outlive the call.
            unsafe {
                libc::execve(
                    child.arguments[0],
                    child.arguments.as_ptr(),
                    child.environment.as_ptr(),
                )
            };
            (EXEC, io::Error::last_os_error())
        }
        Err(failed) => failed,
    };
    child.failed = Some((step, error.raw_os_error().unwrap_or(libc::EIO)));
    // SAFETY: ends the child without running what belongs to the stub.
    unsafe { libc::_exit(127) }
}

impl Child<'_> {
    fn prepare(&mut self) -> Result<(), (&'static str, io::Error)> {
        fn at<E: Into<io::Error>>(
            step: &'static str,
        ) -> impl FnOnce(E) -> (&'static str, io::Error) {
            move |error| (step, error.into())
        }
        rustix::process::setsid().map_err(at("setsid"))?;
        // The stub has something on 0, 1 and 2, so that none of these is one of those.
        rustix::stdio::dup2_stdin(&self.streams[0]).map_err(at("dup2"))?;
        rustix::stdio::dup2_stdout(&self.streams[1]).map_err(at("dup2"))?;
        rustix::stdio::dup2_stderr(&self.streams[2]).map_err(at("dup2"))?;
        if self.terminal {
            rustix::process::ioctl_tiocsctty(rustix::stdio::stdin()).map_err(at("TIOCSCTTY"))?;
        }
        // While there is power left: programs that ran before may have closed their folder to themselves.
        rustix::process::chdir(self.folder.as_c_str()).map_err(at(FOLDER))?;
        family::belong_to(self.program).map_err(at("setrlimit"))?;
        if let Some(limits) = self.confinement.limits {
            limits.take().map_err(at("setrlimit"))?;
        }
        if let Some(identity) = self.confinement.identity {
            setup::become_user(identity).map_err(at("setresuid"))?;
        }
        let nothing = CapabilitySets {
            effective: CapabilitySet::empty(),
            permitted: CapabilitySet::empty(),
            inheritable: CapabilitySet::empty(),
        };
        rustix::thread::set_capabilities(None, nothing).map_err(at("capset"))?;
        rustix::thread::set_no_new_privs(true).map_err(at("no_new_privs"))?;
        // After the change of identity, which would undo it (prctl(2)).
        rustix::process::set_parent_process_death_signal(Some(Signal::KILL))
            .map_err(at("PR_SET_PDEATHSIG"))?;
        // SAFETY: only marks descriptors that were to be closed by exec anyway.
        unsafe {
            libc::syscall(
                libc::SYS_close_range,
                3,
                u32::MAX,
                libc::CLOSE_RANGE_CLOEXEC,
            )
        };
        if let Some(rules) = &self.confinement.rules {
            access::hold(rules.as_fd()).map_err(at("landlock_restrict_self"))?;
        }
        if let Some(forbidden) = self.confinement.forbidden {
            forbidden::install(forbidden).map_err(at("seccomp"))?;
        }
        if let Some(filter) = self.filter
            // Not everywhere allowed (an outer filter with a listener of its own, say): then Viva polls.
            && let Ok(listener) = filter::install(filter)
        {
            // sendmsg(2) is not among the announced calls.
            channel::send_bytes(self.control, self.announcement, &[listener.as_fd()], None)
                .map_err(at("sendmsg"))?;
            self.watched = true;
        }
        signals::unblock_all();
        Ok(())
    }
}

impl NotStarted {
    /// For descriptors that did not come as they should.
    pub(super) fn incomplete() -> Self {
        NotStarted::Trouble(Trouble::new(
            "recvmsg",
            &io::Error::from_raw_os_error(libc::EBADMSG),
        ))
    }
}
