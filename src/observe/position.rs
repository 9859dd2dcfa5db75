//! Where a thread is, by the line of /proc/PID/syscall (proc(5)).

/// Where a thread is, as the kernel's line says it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Position {
    /// It runs, or has been woken.
    Running,
    /// It is blocked, but not in a system call: in a page fault, for example.
    Elsewhere,
    /// It is blocked in this system call.
    Blocked(Frame),
}

/// A system call under way. The stack pointer and the program counter are there to tell one call from the next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Frame {
    pub(super) number: i64,
    pub(super) arguments: [u64; 6],
    stack: u64,
    counter: u64,
}

impl Position {
    pub(super) fn parse(line: &str) -> Option<Self> {
        let mut words = line.split_ascii_whitespace();
        let first = words.next()?;
        if first == "running" {
            return Some(Position::Running);
        }
        let number: i64 = first.parse().ok()?;
        if number < 0 {
            return Some(Position::Elsewhere);
        }
        let mut next = || u64::from_str_radix(words.next()?.strip_prefix("0x")?, 16).ok();
        let mut arguments = [0; 6];
        for argument in &mut arguments {
            *argument = next()?;
        }
        Some(Position::Blocked(Frame {
            number,
            arguments,
            stack: next()?,
            counter: next()?,
        }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_of_proc_say_where_a_thread_is() {
        assert_eq!(Position::parse("running\n"), Some(Position::Running));
        assert_eq!(
            Position::parse("-1 0x7ffc 0x7f\n"),
            Some(Position::Elsewhere)
        );
        let line = "0 0x3 0x55 0x400 0x0 0x0 0x0 0x7 0x8\n";
        let read = Frame {
            number: 0,
            arguments: [3, 0x55, 0x400, 0, 0, 0],
            stack: 7,
            counter: 8,
        };
        assert_eq!(Position::parse(line), Some(Position::Blocked(read)));
        for bad in ["", "0 0x3", "0 3 4 5 6 7 8 9 10", "walking"] {
            assert_eq!(Position::parse(bad), None, "{bad}");
        }
    }
}
