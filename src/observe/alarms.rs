//! Timers that the kernel shows nowhere: alarm(2) and setitimer(2). They are heard of when they are set.

use std::collections::HashMap;
use std::time::{Duration, Instant};

use super::position::Position;
use super::rest::Thread;
use super::threads::Sight;

/// What is known of one process's timer. There is one at most (ITIMER_REAL; alarm(2) sets the same).
#[derive(Clone, Copy, Debug)]
struct Alarm {
    setter: Thread,
    after: Duration,
    repeats: bool,
    /// When it goes off at the latest; not known before the thread that set it has been seen elsewhere, because its call may not have been carried out yet.
    end: Option<Instant>,
}

/// How late the interrupt of a timer may be. It is late by milliseconds where a virtual machine is not given its processor; a second is beyond doubt.
const LATENESS: Duration = Duration::from_secs(1);

#[derive(Debug, Default)]
pub(super) struct Alarms(HashMap<i32, Alarm>);

impl Alarms {
    pub(super) fn set(&mut self, setter: Thread, after: Duration, repeats: bool) {
        if after.is_zero() {
            self.0.remove(&setter.process);
        } else {
            let alarm = Alarm {
                setter,
                after,
                repeats,
                end: None,
            };
            self.0.insert(setter.process, alarm);
        }
    }

    /// The next alarm of each process that is there.
    pub(super) fn pending(&mut self, sights: &[Sight]) -> Vec<(Thread, Option<Duration>)> {
        if self.0.is_empty() {
            return Vec::new();
        }
        let now = Instant::now();
        self.0
            .retain(|process, _| sights.iter().any(|sight| sight.thread.process == *process));
        let mut pending = Vec::new();
        self.0.retain(|process, alarm| {
            let sets = sights.iter().any(|sight| {
                sight.thread == alarm.setter
                    && matches!(sight.position, Some(Position::Blocked(frame)) if sets(frame.number))
            });
            if !sets && alarm.end.is_none() {
                alarm.end = now.checked_add(alarm.after);
            }
            let left = alarm.end.map(|end| end.saturating_duration_since(now));
            let is_over = !alarm.repeats && alarm
                    .end
                    .is_some_and(|end| now.saturating_duration_since(end) >= LATENESS);
            if !is_over {
                let main = Thread {
                    process: *process,
                    thread: *process,
                };
                pending.push((main, left.filter(|_| !alarm.repeats)));
            }
            !is_over
        });
        pending
    }
}

#[cfg(target_arch = "x86_64")]
fn sets(number: i64) -> bool {
    number == libc::SYS_setitimer || number == libc::SYS_alarm
}

#[cfg(not(target_arch = "x86_64"))]
fn sets(number: i64) -> bool {
    number == libc::SYS_setitimer
}
