//! Runs commands and says what they cost.

use std::ffi::OsString;
use std::fmt;
use std::io::Read;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::time::Instant;

/// What a run has cost, in milliseconds.
pub(crate) struct Sample {
    pub(crate) wall: f64,
    pub(crate) cpu: f64,
    output: String,
}

impl Sample {
    /// What the run itself says of the processor time of the program that it started.
    pub(crate) fn program(&self) -> f64 {
        self.output
            .trim()
            .parse()
            .expect("the floor prints a number")
    }
}

/// The real Python, and a PATH on which it is the first: no version manager's shim runs.
pub(crate) fn python() -> (PathBuf, OsString) {
    let asked = Command::new("python3")
        .args(["-c", "import sys; print(sys.executable)"])
        .output()
        .expect("python3 is installed");
    let python = PathBuf::from(String::from_utf8_lossy(&asked.stdout).trim());
    let folder = python.parent().expect("an absolute path").to_path_buf();
    let old = std::env::var_os("PATH").unwrap_or_default();
    let folders = std::iter::once(folder.clone()).chain(std::env::split_paths(&old));
    let path = std::env::join_paths(folders).expect("a path without colons");
    // Viva looks for this name.
    (folder.join("python3"), path)
}

/// What others leave behind comes to this process, so that its processor time can be counted (PR_SET_CHILD_SUBREAPER of prctl(2)).
pub(crate) fn adopt_orphans() {
    rustix::process::set_child_subreaper(Some(rustix::process::getpid())).expect("every Linux can");
}

#[expect(
    clippy::zombie_processes,
    reason = "it is waited for by wait4(2), which tells the processor time"
)]
/// Runs a command to its end, and waits until its descendants have ended, too; panics unless it exits with 0.
pub(crate) fn run(command: &mut Command) -> Sample {
    let began = Instant::now();
    let mut child = command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .spawn()
        .expect("the command can be started");
    let mut output = String::new();
    child
        .stdout
        .take()
        .expect("it was asked for")
        .read_to_string(&mut output)
        .expect("it prints text");
    let (status, mut cpu) = wait(child.id() as i32).expect("it is a child");
    let wall = began.elapsed().as_secs_f64() * 1e3;
    assert_eq!(status, 0, "{command:?} failed:\n{output}");
    while let Some((_, late)) = wait(-1) {
        cpu += late;
    }
    Sample { wall, cpu, output }
}

/// The wait status and the processor time of a child and of those for whom it has waited; `None`: there is none.
pub(crate) fn wait(child: i32) -> Option<(i32, f64)> {
    let mut status = 0;
    let mut usage = std::mem::MaybeUninit::<libc::rusage>::zeroed();
    // SAFETY: both places are ours and of the right type; zeros are a valid rusage.
    let (ended, usage) = unsafe {
        let ended = libc::wait4(child, &raw mut status, 0, usage.as_mut_ptr());
        (ended, usage.assume_init())
    };
    let milliseconds = |time: libc::timeval| time.tv_sec as f64 * 1e3 + time.tv_usec as f64 / 1e3;
    (ended > 0).then(|| {
        (
            status,
            milliseconds(usage.ru_utime) + milliseconds(usage.ru_stime),
        )
    })
}

/// The middle of some numbers, and how far they lie apart.
pub(crate) struct Spread {
    lower: f64,
    pub(crate) median: f64,
    upper: f64,
}

impl Spread {
    pub(crate) fn of(numbers: impl Iterator<Item = f64>) -> Self {
        let mut numbers: Vec<f64> = numbers.collect();
        numbers.sort_by(f64::total_cmp);
        let at = |part: f64| numbers[((numbers.len() - 1) as f64 * part).round() as usize];
        Spread {
            lower: at(0.25),
            median: at(0.5),
            upper: at(0.75),
        }
    }

    /// Of one / other, round by round.
    pub(crate) fn of_ratios(
        one: &[Sample],
        other: &[Sample],
        figure: impl Fn(&Sample) -> f64,
    ) -> Self {
        Spread::of(
            one.iter()
                .zip(other)
                .map(|(one, other)| figure(one) / figure(other)),
        )
    }
}

impl fmt::Display for Spread {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            formatter,
            "{:5.2} [{:5.2} {:5.2}]",
            self.median, self.lower, self.upper
        )
    }
}
