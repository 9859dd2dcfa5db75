//! The threads below a process, and what the kernel says of each; the files it says it in stay open from one look to the next.

use std::collections::HashMap;
use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt;

use super::position::Position;
use super::rest::{Obstacle, Thread};

/// Files that are kept open at most; a machine may allow no more than 1024 in all.
const MOST_KEPT: usize = 128;
/// Processes and threads that are looked at, at most.
const MOST_THREADS: usize = 20_000;

/// What is seen of a thread. Two equal sights of a blocked thread mean that it has not run in between.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Sight {
    pub(super) thread: Thread,
    /// How often it was given a processor.
    pub(super) turns: u64,
    /// `None` where it was not asked for: it runs, is stopped, or has ended.
    pub(super) position: Option<Position>,
    pub(super) state: State,
}

/// The states of proc(5) that matter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum State {
    /// R, and everything unknown.
    Runs,
    /// S
    Sleeps,
    /// D: for a disk, or because Viva holds it in an announced call.
    Firmly,
    /// T
    Stopped,
    /// t
    Traced,
    /// Z, X
    Ended,
}

/// Processor time and waiting time of a thread, in nanoseconds, and how often it ran.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Times {
    pub(super) ran: u64,
    pub(super) queued: u64,
    pub(super) turns: u64,
}

/// Why a look came to no end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Trouble {
    /// Something that was there is not there any more.
    Vanished,
    Obstacle(Obstacle),
}

/// What /proc/PID/task/TID/stat says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Stat {
    pub(super) state: State,
    pub(super) parent: i32,
}

/// By which signal a process was stopped; 0 where the kernel doesn't tell (before Linux 6.2). Only the process's own file does, in its 52nd field, exit_code, in the way of wait(2).
pub(super) fn stopped_by(process: i32) -> i32 {
    let stat = std::fs::read(format!("/proc/{process}/stat")).unwrap_or_default();
    let stat = String::from_utf8_lossy(&stat);
    let code = stat
        .rsplit_once(") ")
        .and_then(|(_, rest)| rest.split_ascii_whitespace().nth(49)?.parse().ok());
    code.map_or(0, |code: i32| code & 0x7f)
}

impl Stat {
    fn parse(line: &str) -> Option<Self> {
        // The name of the program, in brackets, may hold anything.
        let (_, rest) = line.rsplit_once(") ")?;
        let mut words = rest.split_ascii_whitespace();
        let state = words.next()?;
        let parent = words.next()?.parse().ok()?;
        Some(Stat {
            state: match state {
                "S" => State::Sleeps,
                "D" => State::Firmly,
                // The 52nd field, exit_code, names the signal in the way of wait(2).
                "T" => State::Stopped,
                "t" => State::Traced,
                "Z" | "X" | "x" => State::Ended,
                _ => State::Runs,
            },
            parent,
        })
    }
}

/// The files of the threads below a process.
#[derive(Debug)]
pub(super) struct Threads {
    root: i32,
    kept: HashMap<(Thread, Name), File>,
    buffer: Vec<u8>,
    /// Whether the kernel lists children (CONFIG_PROC_CHILDREN).
    lists_children: bool,
}

/// A file in /proc/PID/task/TID.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Name {
    Schedstat,
    Syscall,
    Stat,
    Children,
}

impl Name {
    fn of(self, thread: Thread) -> String {
        let name = match self {
            Name::Schedstat => "schedstat",
            Name::Syscall => "syscall",
            Name::Stat => "stat",
            Name::Children => "children",
        };
        format!("/proc/{}/task/{}/{name}", thread.process, thread.thread)
    }
}

impl Threads {
    pub(super) fn new(root: i32) -> Self {
        Threads {
            root,
            kept: HashMap::new(),
            buffer: vec![0; 4096],
            lists_children: std::fs::exists(format!(
                "/proc/self/task/{}/children",
                std::process::id()
            ))
            .unwrap_or(false),
        }
    }

    /// All threads of all processes below the root, in an order that depends on nothing but them.
    pub(super) fn list(&mut self) -> Result<Vec<Thread>, Trouble> {
        let table = if self.lists_children {
            None
        } else {
            Some(table())
        };
        let mut found = Vec::new();
        let mut open = vec![self.root];
        while let Some(process) = open.pop() {
            let threads = match threads_of(process) {
                Ok(threads) => threads,
                // Whoever has ended and been reaped since its parent was read.
                Err(_) if process != self.root => return Err(Trouble::Vanished),
                Err(_) => return Ok(Vec::new()),
            };
            for number in threads {
                let thread = Thread {
                    process,
                    thread: number,
                };
                if process != self.root {
                    found.push(thread);
                }
                if found.len() > MOST_THREADS {
                    return Err(Trouble::Obstacle(Obstacle::System { error: libc::E2BIG }));
                }
                match &table {
                    None => self.children(thread, &mut open)?,
                    Some(table) if number == process => open.extend(
                        table
                            .iter()
                            .filter(|(of, _)| *of == process)
                            .map(|(_, child)| *child),
                    ),
                    Some(_) => {}
                }
            }
        }
        let current: std::collections::HashSet<Thread> = found.iter().copied().collect();
        let root = self.root;
        self.kept
            .retain(|(thread, _), _| thread.process == root || current.contains(thread));
        found.sort_unstable();
        Ok(found)
    }

    fn children(&mut self, thread: Thread, children: &mut Vec<i32>) -> Result<(), Trouble> {
        let text = match self.read(thread, Name::Children) {
            Err(error) if is_gone(&error) => return Ok(()),
            Err(error) => return Err(trouble(thread, &error)),
            Ok(text) => text,
        };
        children.extend(
            text.split_ascii_whitespace()
                .filter_map(|child| child.parse::<i32>().ok()),
        );
        Ok(())
    }

    /// How often a thread ran, its state, and where it is blocked: in this order, so that whatever it did after the first is seen by comparing the first.
    pub(super) fn sight(&mut self, thread: Thread) -> Result<Sight, Trouble> {
        let times = self.times(thread)?;
        let state = self.stat(thread)?.state;
        let position = match state {
            State::Sleeps | State::Firmly => Some(self.position(thread)?),
            _ => None,
        };
        if times.turns == 0 && state == State::Sleeps {
            return Err(Trouble::Obstacle(Obstacle::Uncounted));
        }
        Ok(Sight {
            thread,
            turns: times.turns,
            position,
            state,
        })
    }

    /// Whether a thread has not moved since: neither has it run, nor could it run now.
    pub(super) fn is_as_before(&mut self, before: &Sight) -> Result<bool, Trouble> {
        Ok(self.times(before.thread)?.turns == before.turns
            && match before.position {
                Some(position) => self.position(before.thread)? == position,
                // Nobody comes back from the dead; who was stopped may.
                None => {
                    before.state == State::Ended || self.stat(before.thread)?.state == before.state
                }
            })
    }

    pub(super) fn times(&mut self, thread: Thread) -> Result<Times, Trouble> {
        let text = self
            .read(thread, Name::Schedstat)
            .map_err(|error| trouble(thread, &error))?;
        let mut numbers = text
            .split_ascii_whitespace()
            .map(|word| word.parse().unwrap_or(0));
        let mut next = || numbers.next().unwrap_or(0);
        Ok(Times {
            ran: next(),
            queued: next(),
            turns: next(),
        })
    }

    pub(super) fn stat(&mut self, thread: Thread) -> Result<Stat, Trouble> {
        let text = self
            .read(thread, Name::Stat)
            .map_err(|error| trouble(thread, &error))?;
        Stat::parse(text).ok_or(Trouble::Vanished)
    }

    /// Where it is.
    pub(super) fn position(&mut self, thread: Thread) -> Result<Position, Trouble> {
        let text = self
            .read(thread, Name::Syscall)
            .map_err(|error| trouble(thread, &error))?;
        Position::parse(text).ok_or(Trouble::Vanished)
    }

    fn read(&mut self, thread: Thread, name: Name) -> io::Result<&str> {
        let key = (thread, name);
        let mut passing = None;
        if !self.kept.contains_key(&key) {
            let file = File::open(name.of(thread))?;
            if self.kept.len() < MOST_KEPT {
                self.kept.insert(key, file);
            } else {
                passing = Some(file);
            }
        }
        let mut length = 0;
        if let Some(file) = passing.as_ref().or_else(|| self.kept.get(&key)) {
            match read_all(file, &mut self.buffer, name == Name::Children) {
                Ok(read) => length = read,
                Err(error) => {
                    self.kept.remove(&key);
                    return Err(error);
                }
            }
        }
        // What these files hold is ASCII, but for the name of a program.
        let bytes = &self.buffer[..length];
        let text = match bytes.iter().rposition(|byte| *byte == b')') {
            Some(end) if name == Name::Stat => &bytes[end..],
            _ => bytes,
        };
        std::str::from_utf8(text).map_err(|_| io::ErrorKind::InvalidData.into())
    }
}

/// All that these files hold comes at once, but for long lists.
fn read_all(file: &File, buffer: &mut Vec<u8>, is_long: bool) -> io::Result<usize> {
    let mut length = 0;
    loop {
        if length == buffer.len() {
            buffer.resize(2 * length, 0);
        }
        let read = file.read_at(&mut buffer[length..], length as u64)?;
        length += read;
        if read == 0 || !is_long {
            return Ok(length);
        }
    }
}

pub(super) fn threads_of(process: i32) -> io::Result<Vec<i32>> {
    let entries = std::fs::read_dir(format!("/proc/{process}/task"))?;
    let mut found = Vec::new();
    for entry in entries {
        found.extend(
            entry?
                .file_name()
                .to_str()
                .and_then(|name| name.parse::<i32>().ok()),
        );
    }
    Ok(found)
}

/// All processes of the machine: (parent, child).
fn table() -> Vec<(i32, i32)> {
    let Ok(entries) = std::fs::read_dir("/proc") else {
        return Vec::new();
    };
    let line = |entry: std::fs::DirEntry| {
        let child = entry.file_name().to_str()?.parse().ok()?;
        let stat = std::fs::read(entry.path().join("stat")).ok()?;
        let stat = Stat::parse(&String::from_utf8_lossy(&stat))?;
        Some((stat.parent, child))
    };
    entries.flatten().filter_map(line).collect()
}

/// Whether a thread waits for Viva to answer an announcement (seccomp_unotify(2)). It can't be seen whether Viva has received it.
pub(super) fn is_held(thread: Thread) -> bool {
    let path = format!("/proc/{}/task/{}/wchan", thread.process, thread.thread);
    std::fs::read_to_string(path).is_ok_and(|place| place.contains("seccomp"))
}

/// Whether an error means that whom it is about has ended.
pub(super) fn is_gone(error: &io::Error) -> bool {
    error.kind() == io::ErrorKind::NotFound || error.raw_os_error() == Some(libc::ESRCH)
}

fn trouble(thread: Thread, error: &io::Error) -> Trouble {
    let number = error.raw_os_error().unwrap_or(libc::EIO);
    match number {
        _ if is_gone(error) => Trouble::Vanished,
        libc::EACCES | libc::EPERM => Trouble::Obstacle(Obstacle::Unreadable {
            process: thread.process,
            error: number,
        }),
        _ => Trouble::Obstacle(Obstacle::System { error: number }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn states_are_told_whatever_a_program_is_called() {
        let state = |line: &str| Stat::parse(line).unwrap();
        let of = |state, parent| Stat { state, parent };
        assert_eq!(state("7 (cat) S 3 7 7"), of(State::Sleeps, 3));
        assert_eq!(state("7 (a) R 1 (b) S) D 4 7"), of(State::Firmly, 4));
        assert_eq!(state("7 (cat) W 3 7 7"), of(State::Runs, 3));
        assert_eq!(state("7 (cat) T 3 7 7"), of(State::Stopped, 3));
        assert_eq!(Stat::parse("7"), None);
    }

    #[test]
    fn all_threads_below_a_process_are_listed_and_those_that_end_are_not() {
        let mut threads = Threads::new(std::process::id() as i32);
        let mut child = std::process::Command::new("sleep")
            .arg("1000")
            .spawn()
            .unwrap();
        let number = child.id() as i32;
        let thread = Thread {
            process: number,
            thread: number,
        };
        let listed = |threads: &mut Threads| loop {
            // Other tests' children come and go.
            match threads.list() {
                Ok(list) => return list.contains(&thread),
                Err(Trouble::Vanished) => {}
                Err(trouble) => panic!("{trouble:?}"),
            }
        };
        assert!(listed(&mut threads));
        threads.lists_children = false;
        assert!(listed(&mut threads));
        assert_eq!(
            threads.stat(thread).unwrap().parent,
            std::process::id() as i32
        );
        child.kill().unwrap();
        child.wait().unwrap();
        assert_eq!(threads.sight(thread), Err(Trouble::Vanished));
        assert!(!listed(&mut threads));
    }
}
