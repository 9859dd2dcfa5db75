//! Helper threads of language runtimes whose timed waits do nothing that a program's user could see.
//!
//! | runtime | at rest, its threads are | so a proof |
//! |---|---|---|
//! | CPython | the program's own, nothing else | holds. `socketserver.serve_forever` polls every 0.5 s: timed |
//! | JVM | main and user threads in `futex` or the call itself; some service threads in timed `futex` waits (`VM Periodic Task`, `Monitor Deflation`, `G1 Service`, …), known by their names | holds |
//! | Go | one thread in `epoll_pwait`, others in `futex`; `sysmon`, the first thread that the runtime makes, in a timed `futex` while nothing runs | holds; timers of the program appear as the timeout of `epoll_pwait` |
//! | Node | `epoll_pwait` in the main thread, helpers in `futex`; the platform's `DelayedTaskScheduler` in an `epoll_pwait` of its own | holds; timers of the program appear as the timeout of the main thread's `epoll_pwait` |
//!
//! The names count only in a process of that runtime. A program could imitate one and would be called quiet while its imitation sleeps: it would only be proved silent or stuck
//! where it is neither, at its own expense, or speak later, which the next step notices.

use std::collections::HashMap;
use std::fs::{self, File};
use std::io::Read;
use std::path::{Path, PathBuf};

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
                let name = name(thread);
                JVM_SERVICES.iter().any(|service| name.starts_with(service))
            }
            // `sysmon` sleeps in a futex; nothing else in Go does so for a while: its timers are the poller's.
            Runtime::Go => on_lock && first == Some(thread.thread),
            // The platform's scheduler is the first thread that it makes; newer versions give it a name.
            Runtime::Node => {
                first == Some(thread.thread)
                    || thread.thread != thread.process && name(thread) == NODE_SERVICE
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

fn name(thread: Thread) -> String {
    super::portrait::thread_name(thread)
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
