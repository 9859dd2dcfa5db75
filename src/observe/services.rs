//! Helper threads of language runtimes whose timed waits do nothing that a program's user could see.
//!
//! | runtime (tried) | its threads, while the program waits for input | proof |
//! |---|---|---|
//! | CPython (3.11) | the program's own, and no others | holds for threads, queues, `select`, asyncio, several processes. `socketserver.serve_forever` polls every 0.5 s, `settimeout` and asyncio's timers poll with a timeout: timed |
//! | JVM (17) | the program's own in the call or in `futex`; of the JVM's own some in timed `futex` waits: `VM Periodic Task`, `VM Thread`, `G1 Service`, `Monitor Deflation`, the compilers, `Sweeper`, `Common-Cleaner`, known by their names | holds. A pool's idle workers wait for 60 s: timed |
//! | Go (1.19) | one in `epoll_pwait`, others in `futex`; `sysmon`, the first thread that the runtime makes, in a `futex` of 60 s as soon as nothing runs | holds; the program's timers are the timeout of `epoll_pwait`: timed |
//! | Node (20) | the main thread in `epoll_wait`; helpers in `futex`; the platform's scheduler of delayed tasks, the first thread that it makes, in an `epoll_wait` of its own | holds; the program's timers are the timeout of the main thread's `epoll_wait`: timed |
//!
//! Whatever is timed is settled by a deadline, or by what comes before it.
//!
//! The names count only in a process of that runtime. A program could imitate one and would be called quiet while its imitation sleeps: it would only be proved silent or stuck
//! where it is neither, at its own expense, or speak later, which the next step notices.

use std::collections::HashMap;
use std::fs::{self, File};
use std::io::Read;
use std::path::{Path, PathBuf};

use super::names;
use super::rest::Thread;

/// What executes a program.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Runtime {
    Jvm,
    Go,
    Node,
    Other,
}

/// Service threads of HotSpot, as the kernel has their names: cut to 15 characters.
const JVM_SERVICES: [&str; 12] = [
    "VM Periodic Tas",
    "VM Thread",
    "Monitor Deflati",
    "G1 Service",
    "G1 Conc#",
    "G1 Refine#",
    "G1 Main Marker",
    "C1 CompilerThre",
    "C2 CompilerThre",
    "Sweeper thread",
    "Common-Cleaner",
    "Notification Th",
];
/// The one of Node's platform that waits for a time.
const NODE_SERVICE: &str = "DelayedTaskSche";

/// Remembers what executables are.
#[derive(Debug, Default)]
pub(super) struct Services {
    known: HashMap<PathBuf, Runtime>,
}

impl Services {
    /// Whether a thread's timed wait is its runtime's own affair. `first` is the first thread that its process made.
    pub(super) fn serves(&mut self, thread: Thread, first: Option<i32>, on_lock: bool) -> bool {
        match self.runtime(thread.process) {
            Runtime::Jvm => {
                let name = names::of_thread(thread);
                JVM_SERVICES.iter().any(|service| name.starts_with(service))
            }
            // `sysmon` sleeps in a futex; nothing else in Go does so for a while: its timers are the poller's.
            Runtime::Go => on_lock && first == Some(thread.thread),
            // The platform's scheduler is the first thread that it makes; newer versions give it a name.
            Runtime::Node => {
                first == Some(thread.thread)
                    || thread.thread != thread.process && names::of_thread(thread) == NODE_SERVICE
            }
            Runtime::Other => false,
        }
    }

    fn runtime(&mut self, process: i32) -> Runtime {
        let link = PathBuf::from(format!("/proc/{process}/exe"));
        let Ok(path) = fs::read_link(&link) else {
            return Runtime::Other;
        };
        if let Some(known) = self.known.get(&path) {
            return *known;
        }
        let runtime = match path.file_name().and_then(|name| name.to_str()) {
            Some("java") => Runtime::Jvm,
            Some("node" | "nodejs") => Runtime::Node,
            _ if is_go(&link) => Runtime::Go,
            _ => Runtime::Other,
        };
        self.known.insert(path, runtime);
        runtime
    }
}

/// Go's linker leaves a note of the owner "Go" (its build id) among the first bytes of an ELF file, stripped or not.
fn is_go(executable: &Path) -> bool {
    let mut head = Vec::new();
    let read = File::open(executable).and_then(|file| file.take(4096).read_to_end(&mut head));
    // The length of the name, of the rest, the note's type (4), and the name.
    let note = |window: &[u8]| {
        window[..4] == 4u32.to_ne_bytes()
            && window[8..12] == 4u32.to_ne_bytes()
            && window[12..] == *b"Go\0\0"
    };
    read.is_ok() && head.windows(16).any(note)
}
