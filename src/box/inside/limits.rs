//! How much of the machine one program may use (getrlimit(2)).

use std::io;

use rustix::process::{Resource, Rlimit};

use crate::r#box::Room;

/// Processes and threads of all programs of a box together: enough for a server with a thread for each of hundreds of clients.
const PROCESSES: u64 = 512;
/// What select(2) can watch.
const OPEN_FILES: u64 = 1024;
/// Memory that one process may write to. The limit on address space would be the older way, but runtimes (Java, Go, Node) reserve far more than they use.
const MEMORY: u64 = 4 << 30;
/// Seconds of processor time of one process, after which SIGXCPU comes, and one more for the last word.
const SECONDS: u64 = 600;

/// The limits of one program.
#[derive(Clone, Copy)]
pub(super) struct Limits {
    file_size: u64,
    processes: u64,
}

impl Limits {
    /// `others`: how many processes and threads count that are not the box's.
    pub(super) fn new(room: Room, others: u64) -> Self {
        Limits {
            file_size: room.bytes,
            processes: others + PROCESSES,
        }
    }

    /// Puts this process under them. Callable between clone and exec.
    pub(super) fn take(self) -> io::Result<()> {
        for (resource, soft, hard) in [
            (Resource::Nofile, OPEN_FILES, OPEN_FILES),
            (Resource::Data, MEMORY, MEMORY),
            (Resource::Fsize, self.file_size, self.file_size),
            (Resource::Core, 0, 0),
            (Resource::Cpu, SECONDS, SECONDS + 1),
            (Resource::Nproc, self.processes, self.processes),
        ] {
            set(resource, soft, hard)?;
        }
        Ok(())
    }
}

/// Lowers a limit; one that is lower already stays.
fn set(resource: Resource, soft: u64, hard: u64) -> io::Result<()> {
    let present = rustix::process::getrlimit(resource);
    let least = |wanted: u64, present: Option<u64>| {
        Some(present.map_or(wanted, |present| present.min(wanted)))
    };
    let limit = Rlimit {
        current: least(soft, present.maximum),
        maximum: least(hard, present.maximum),
    };
    Ok(rustix::process::setrlimit(resource, limit)?)
}
