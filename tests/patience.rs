//! A loaded, stopped or suspended machine makes no program late; one that takes its time itself is.

mod stand;

use std::fs;
use std::process::{Child, Command, Stdio};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::process::{Pid, PidfdFlags, Signal, kill_process, pidfd_open};
use stand::{Ends, Folder, Mark, came, plain_viva, signal};

/// A role `tool` with this program, which is asked for its answer within so many milliseconds.
fn lab(program: &str, within: u32) -> Folder {
    Folder::new().with("tool.py", program).with(
        "x.yaml",
        format!(
            "viva: 1\nscenario: x\nroles: {{ tool: {{ find: tool.py, ready: started }} }}\ncast: {{ tool: {{ role: tool }} }}\n\
             steps:\n  - tool: {{ expect: ready }}\n  - tool: {{ send: go }}\n  - tool: {{ expect: done, within: {within}ms }}\n"
        ),
    )
}

/// Uses a processor for so many milliseconds before it answers.
fn busy(ms: u32) -> String {
    format!(
        "import time\nprint('ready')\ninput()\nend = time.process_time() + {ms} / 1000\n\
         while time.process_time() < end: pass\nprint('done')\n"
    )
}

/// Whoever makes the processor busy is the only one who does: what else wants it is a part of these tests.
static PROCESSOR: Mutex<()> = Mutex::new(());

/// Waits until nobody else makes the processor busy, also if he has failed.
fn the_processor() -> MutexGuard<'static, ()> {
    PROCESSOR.lock().unwrap_or_else(PoisonError::into_inner)
}

/// What `viva` and all that it starts come to on one processor, which so many busy loops want as well.
fn on_a_busy_processor(loops: u32, lab: &Folder) -> stand::Came {
    let _processor = the_processor();
    let _loops: Vec<Ends> = (0..loops)
        .map(|_| {
            let spinning = Command::new("taskset")
                .args(["--cpu-list", "0", "sh", "-c", "while :; do :; done"])
                .spawn();
            Ends(spinning.expect("taskset starts"))
        })
        .collect();
    let viva = plain_viva();
    let output = Command::new("taskset")
        .args(["--cpu-list", "0"])
        .arg(viva.get_program())
        .args(["run", &lab.at("x.yaml"), "--submission", &lab.at("")])
        .envs(
            viva.get_envs()
                .filter_map(|(name, value)| Some((name, value?))),
        )
        .env("LANG", "C")
        .output();
    came(output.expect("viva starts"))
}

#[test]
fn a_program_that_gets_no_processor_is_not_late() {
    // Alone it would need a quarter of its time; nine want the processor, so that it gets its answer done in twice its time.
    on_a_busy_processor(8, &lab(&busy(200), 800)).exits(0);
}

#[test]
fn a_program_that_uses_more_than_its_time_is_late() {
    // Four want the processor: its time is used up after four times as long. After ten times as long Viva would give up.
    on_a_busy_processor(3, &lab(&busy(100_000), 800))
        .exits(1)
        .prints("settled by the deadline");
}

/// Stops itself before it answers.
const STOPS: &str = "import os, signal\nprint('ready')\ninput()\nos.kill(os.getpid(), signal.SIGSTOP)\nprint('done')\n";

#[test]
fn a_program_that_is_stopped_from_outside_is_not_late() {
    stopped_for_seconds(false);
}

#[test]
fn when_the_whole_machine_is_suspended_nobody_is_late() {
    stopped_for_seconds(true);
}

fn stopped_for_seconds(with_viva: bool) {
    let mark = Mark::new();
    let lab = lab(STOPS, 500);
    let role = format!("tool=python3 tool.py {}", mark.0);
    let mut viva = plain_viva();
    viva.current_dir(lab.path())
        .args(["run", "x.yaml", "--role", &role])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    let mut viva = viva.spawn().expect("viva starts");
    mark.comes(&mut viva);
    let stopped = loop {
        assert!(viva.try_wait().expect("wait").is_none(), "viva has ended");
        // The kernel has no event for others that are stopped.
        if let Some(pid) = mark.processes().into_iter().find(|pid| is_stopped(*pid)) {
            break pid;
        }
        std::thread::yield_now();
    };
    if with_viva {
        signal(&viva, Signal::STOP);
    }
    goes_on_for(&viva, Duration::from_millis(2500));
    if with_viva {
        signal(&viva, Signal::CONT);
        goes_on_for(&viva, Duration::from_millis(100));
    }
    kill_process(stopped, Signal::CONT).expect("kill");
    came(viva.wait_with_output().expect("viva ends")).exits(0);
    mark.is_gone();
}

/// Fails if it ends in that time.
fn goes_on_for(viva: &Child, time: Duration) {
    let pid = Pid::from_raw(viva.id() as i32).expect("a pid");
    let process = pidfd_open(pid, PidfdFlags::empty()).expect("pidfd");
    let time = Timespec {
        tv_sec: time.as_secs() as i64,
        tv_nsec: i64::from(time.subsec_nanos()),
    };
    let ended = poll(&mut [PollFd::new(&process, PollFlags::IN)], Some(&time)).expect("poll");
    assert_eq!(ended, 0, "viva did not wait");
}

fn is_stopped(pid: Pid) -> bool {
    let stat = fs::read_to_string(format!("/proc/{}/stat", pid.as_raw_nonzero()));
    stat.is_ok_and(|stat| {
        stat.rsplit(')')
            .next()
            .is_some_and(|rest| rest.starts_with(" T"))
    })
}

mod less_power {
    use super::the_processor;
    use crate::stand::less_power::{Power, hold};

    #[test]
    fn as_an_ordinary_user() {
        let _processor = the_processor();
        hold(Power::OrdinaryUser, &[]);
    }

    #[test]
    fn without_user_namespaces() {
        let _processor = the_processor();
        hold(Power::NoUserNamespaces, &[]);
    }
}
