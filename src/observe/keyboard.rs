//! Whether a program waits for its keyboard.

use std::fs;

use super::processes::descendants;

/// Whether a program waits for its user.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Keyboard {
    /// A thread reads descriptor 0.
    Read {
        /// There is no other thread, and no other process of the program.
        alone: bool,
    },
    /// All threads wait, one of them for several descriptors, of which 0 may be one.
    Watched,
    /// It does something else, or may.
    Busy,
    /// The kernel doesn't show it (ptrace(2), "Ptrace access mode checking"), or the program has ended.
    Unknown,
}

/// How often the threads of the process `pid` were given a processor (the third number of /proc/PID/task/TID/schedstat): a
/// process for which this has not changed has done nothing meanwhile. 0 where the kernel does not tell.
pub fn turns(pid: i32) -> u64 {
    let tasks = fs::read_dir(format!("/proc/{pid}/task"))
        .into_iter()
        .flatten()
        .flatten();
    let turns = tasks.filter_map(|task| {
        let line = fs::read_to_string(task.path().join("schedstat")).ok()?;
        line.split_whitespace().nth(2)?.parse::<u64>().ok()
    });
    turns.sum()
}

/// Looks at the process `pid` and all that descend from it.
pub fn keyboard(pid: i32) -> Keyboard {
    let mut looks = Vec::new();
    for process in descendants(pid) {
        let Ok(tasks) = fs::read_dir(format!("/proc/{process}/task")) else {
            continue;
        };
        for task in tasks.flatten() {
            match fs::read_to_string(task.path().join("syscall")) {
                Ok(line) => looks.push(doing(&line)),
                // A thread that has just ended.
                Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
                Err(error) if error.raw_os_error() == Some(libc::ESRCH) => {}
                Err(_) => return Keyboard::Unknown,
            }
        }
    }
    judge(&looks)
}

/// What a thread does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Doing {
    ReadsStdin,
    /// poll, select, epoll.
    Watches,
    /// Another system call.
    Waits,
    Runs,
}

fn judge(looks: &[Doing]) -> Keyboard {
    if looks.is_empty() {
        Keyboard::Unknown
    } else if looks.contains(&Doing::ReadsStdin) {
        Keyboard::Read {
            alone: looks.len() == 1,
        }
    } else if looks.contains(&Doing::Watches) && !looks.contains(&Doing::Runs) {
        Keyboard::Watched
    } else {
        Keyboard::Busy
    }
}

/// Reads a line of /proc/PID/task/TID/syscall (proc(5)): the number of the call and its arguments, or `running`.
fn doing(line: &str) -> Doing {
    let mut words = line.split_whitespace();
    let Some(number) = words.next().and_then(|word| word.parse::<i64>().ok()) else {
        return Doing::Runs;
    };
    let descriptor = words
        .next()
        .and_then(|word| i64::from_str_radix(word.trim_start_matches("0x"), 16).ok());
    match number {
        libc::SYS_read | libc::SYS_readv if descriptor == Some(0) => Doing::ReadsStdin,
        libc::SYS_ppoll | libc::SYS_pselect6 | libc::SYS_epoll_pwait => Doing::Watches,
        #[cfg(target_arch = "x86_64")]
        libc::SYS_poll | libc::SYS_select | libc::SYS_epoll_wait => Doing::Watches,
        // Blocked outside of any system call: in a page fault, for example.
        -1 => Doing::Runs,
        _ => Doing::Waits,
    }
}

#[cfg(test)]
mod tests {
    use super::{Doing, Keyboard, doing, judge, keyboard};
    use std::io::{BufRead, BufReader, Write};
    use std::process::{Command, Stdio};

    #[test]
    fn lines_of_proc_say_what_a_thread_does() {
        assert_eq!(doing("running\n"), Doing::Runs);
        assert_eq!(doing("-1 0x7ffc 0x7f\n"), Doing::Runs);
        assert_eq!(
            doing(&format!(
                "{} 0x0 0x55 0x400 0x0 0x0 0x0 0x7 0x7",
                libc::SYS_read
            )),
            Doing::ReadsStdin
        );
        assert_eq!(
            doing(&format!(
                "{} 0x3 0x55 0x400 0x0 0x0 0x0 0x7 0x7",
                libc::SYS_read
            )),
            Doing::Waits
        );
        assert_eq!(
            doing(&format!(
                "{} 0x3 0x55 0x400 0x0 0x0 0x0 0x7 0x7",
                libc::SYS_ppoll
            )),
            Doing::Watches
        );
        assert_eq!(judge(&[]), Keyboard::Unknown);
        assert_eq!(judge(&[Doing::Waits, Doing::Watches]), Keyboard::Watched);
        assert_eq!(judge(&[Doing::Runs, Doing::Watches]), Keyboard::Busy);
        assert_eq!(
            judge(&[Doing::Runs, Doing::ReadsStdin]),
            Keyboard::Read { alone: false }
        );
        assert_eq!(judge(&[Doing::Waits]), Keyboard::Busy);
    }

    #[test]
    fn a_program_that_reads_its_keyboard_is_seen_to_and_one_that_has_ended_is_not() {
        let mut child = Command::new("cat")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("cat");
        let mut input = child.stdin.take().expect("stdin");
        let mut output = BufReader::new(child.stdout.take().expect("stdout"));
        input.write_all(b"one\n").expect("write");
        output.read_line(&mut String::new()).expect("answer");
        // It has answered and will read again, if it doesn't already.
        while keyboard(child.id() as i32) != (Keyboard::Read { alone: true }) {
            std::thread::yield_now();
        }
        drop(input);
        child.wait().expect("end");
        assert_eq!(keyboard(child.id() as i32), Keyboard::Unknown);
    }
}
