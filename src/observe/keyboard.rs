//! Whether a program waits for its keyboard.
//!
//! Asked again and again while a program starts, before any [`super::Observer`] is needed: so it looks at the threads of this
//! one program only, and reads nothing but where they are. What they wait for is told in the same way as in a portrait.

use super::call::{self, Call};
use super::descriptors::Descriptors;
use super::painting::sources_of;
use super::portrait::Awaiting;
use super::position::Position;
use super::processes::descendants;
use super::rest::Thread;
use super::threads::{State, Threads, Trouble, threads_of};

/// Whether a program waits for its user.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Keyboard {
    /// A thread waits for its user, who has typed nothing that was not read; or for several things, of which its user is one,
    /// and no other thread runs.
    Awaited,
    /// It does something else, or may.
    Busy,
    /// The kernel doesn't show it (ptrace(2), "Ptrace access mode checking"), or the program has ended.
    Unknown,
}

/// Looks at the process `pid` and all that descend from it.
pub fn keyboard(pid: i32) -> Keyboard {
    let mut threads = Threads::new(pid);
    let mut descriptors = Descriptors::default();
    let mut looks = Vec::new();
    for process in descendants(pid) {
        for thread in threads_of(process).unwrap_or_default() {
            let thread = Thread { process, thread };
            match look(thread, &mut threads, &mut descriptors) {
                Ok(attention) => looks.push(attention),
                Err(Trouble::Vanished) => {}
                Err(Trouble::Obstacle(_)) => return Keyboard::Unknown,
            }
        }
    }
    judge(&looks)
}

/// What a thread has to do with the keyboard.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Attention {
    /// It waits for it, and for nothing else.
    Full,
    /// It waits for it, and for other things.
    Divided,
    /// It waits for something else.
    Elsewhere,
    /// It runs, or is about to.
    Runs,
}

fn judge(looks: &[Attention]) -> Keyboard {
    let watches = looks.contains(&Attention::Divided) && !looks.contains(&Attention::Runs);
    if looks.is_empty() {
        Keyboard::Unknown
    } else if watches || looks.contains(&Attention::Full) {
        Keyboard::Awaited
    } else {
        Keyboard::Busy
    }
}

fn look(
    thread: Thread,
    threads: &mut Threads,
    descriptors: &mut Descriptors,
) -> Result<Attention, Trouble> {
    let seen = attention(thread.process, threads.position(thread)?, descriptors);
    let waits = matches!(seen, Attention::Full | Attention::Divided);
    // Who is stopped is shown in the call that it was in.
    if waits && threads.stat(thread)?.state != State::Sleeps {
        return Ok(Attention::Runs);
    }
    Ok(seen)
}

fn attention(process: i32, position: Position, descriptors: &mut Descriptors) -> Attention {
    let Position::Blocked(frame) = position else {
        return Attention::Runs;
    };
    let Ok(Call::Descriptors { awaited, .. }) = call::decode(process, &frame) else {
        return Attention::Elsewhere;
    };
    let sources: Vec<_> = awaited
        .into_iter()
        .flat_map(|one| sources_of(descriptors, process, one, &mut None, &[]))
        .collect();
    let keyboard = sources
        .iter()
        .find(|source| source.what == Awaiting::Keyboard);
    match keyboard {
        // What was typed is about to be read.
        Some(keyboard) if keyboard.ready => Attention::Runs,
        Some(_) if sources.len() == 1 => Attention::Full,
        Some(_) => Attention::Divided,
        None => Attention::Elsewhere,
    }
}

#[cfg(test)]
mod tests {
    use super::{Attention, Descriptors, Keyboard, Position, attention, judge, keyboard};
    use rustix::process::{Pid, Signal, WaitId, WaitIdOptions};
    use rustix::pty::OpenptFlags;
    use std::io::{BufRead, BufReader, Read};
    use std::os::fd::AsRawFd;
    use std::process::{Child, Command, Stdio};

    /// Ends with its test.
    struct Program(Child);

    impl Drop for Program {
        fn drop(&mut self) {
            let _ = self.0.kill();
            let _ = self.0.wait();
        }
    }

    #[test]
    fn who_watches_its_keyboard_waits_for_it_once_nobody_else_runs() {
        use Attention::{Divided, Elsewhere, Full, Runs};
        for (looks, expected) in [
            (&[][..], Keyboard::Unknown),
            (&[Elsewhere], Keyboard::Busy),
            (&[Elsewhere, Divided], Keyboard::Awaited),
            (&[Runs, Divided], Keyboard::Busy),
            (&[Runs, Full], Keyboard::Awaited),
        ] {
            assert_eq!(judge(looks), expected, "{looks:?}");
        }
    }

    /// Prints a line, and then waits as `waiting` says.
    fn waits(waiting: &str) -> Keyboard {
        let mut python = Command::new("python3");
        python
            .args([
                "-c",
                &format!("import os, select, socket\nprint(flush=True)\n{waiting}"),
            ])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped());
        let mut program = Program(python.spawn().expect("python3"));
        let mut output = BufReader::new(program.0.stdout.take().expect("stdout"));
        output.read_line(&mut String::new()).expect("a line");
        let pid = program.0.id() as i32;
        // It has printed and will wait, if it doesn't already.
        let sleeps = || {
            let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).expect("stat");
            stat.contains(") S ")
        };
        while !sleeps() {
            std::thread::yield_now();
        }
        let seen = keyboard(pid);
        drop(program);
        assert_eq!(keyboard(pid), Keyboard::Unknown);
        seen
    }

    #[test]
    fn a_program_waits_for_its_keyboard_however_it_does() {
        for (waiting, expected) in [
            ("input()", Keyboard::Awaited),
            ("select.select([0], [], [])", Keyboard::Awaited),
            (
                "select.select([0, socket.create_server(('', 0))], [], [])",
                Keyboard::Awaited,
            ),
            (
                "e = select.epoll(); e.register(0); e.poll()",
                Keyboard::Awaited,
            ),
            ("socket.create_server(('', 0)).accept()", Keyboard::Busy),
            (
                "select.select([socket.create_server(('', 0))], [], [])",
                Keyboard::Busy,
            ),
            ("import time; time.sleep(1000)", Keyboard::Busy),
        ] {
            assert_eq!(waits(waiting), expected, "{waiting}");
        }
    }

    #[test]
    fn who_has_not_read_what_was_typed_does_not_wait_for_it() {
        let flags = OpenptFlags::RDWR | OpenptFlags::NOCTTY;
        let keys = rustix::pty::openpt(flags).expect("a terminal");
        rustix::pty::grantpt(&keys).expect("a terminal");
        rustix::pty::unlockpt(&keys).expect("a terminal");
        let name = rustix::pty::ptsname(&keys, Vec::new()).expect("a name");
        let open = std::fs::File::options()
            .read(true)
            .write(true)
            .open(name.to_str().expect("a name"));
        let terminal = open.expect("a terminal");
        // As of somebody who reads there.
        let (read, descriptor) = (libc::SYS_read, terminal.as_raw_fd());
        let line = format!("{read} {descriptor:#x} 0x0 0x400 0x0 0x0 0x0 0x0 0x0");
        let position = Position::parse(&line).expect("a position");
        let mut descriptors = Descriptors::default();
        let mut seen = || attention(std::process::id() as i32, position, &mut descriptors);
        assert_eq!(seen(), Attention::Full);
        rustix::io::write(&keys, b"one\n").expect("write");
        assert_eq!(seen(), Attention::Runs);
        (&terminal).read_exact(&mut [0; 4]).expect("read");
        assert_eq!(seen(), Attention::Full);
    }

    #[test]
    fn who_is_stopped_waits_for_nobody() {
        let program = Program(
            Command::new("cat")
                .stdin(Stdio::piped())
                .spawn()
                .expect("cat"),
        );
        let pid = program.0.id() as i32;
        while keyboard(pid) != Keyboard::Awaited {
            std::thread::yield_now();
        }
        let process = Pid::from_child(&program.0);
        rustix::process::kill_process(process, Signal::STOP).expect("stop");
        let stops = WaitIdOptions::STOPPED;
        rustix::process::waitid(WaitId::Pid(process), stops).expect("it stops");
        assert_eq!(keyboard(pid), Keyboard::Busy);
    }
}
