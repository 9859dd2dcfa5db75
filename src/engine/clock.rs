//! The clock by which a step is overdue.
//!
//! It counts the processor time that the programs use, and the time in which none of them wants a processor. It stands still
//! while a program is ready to run and gets no processor, while all are stopped, and while Viva itself does not run: a loaded or
//! suspended machine makes nobody late.

use std::time::Duration;

use tokio::time::Instant;

use crate::observe::Spent;

use super::waiting::Watcher;

/// How many times as long as its limit a step, or a scenario, may last by the clock on the wall.
pub(super) const WALL: u32 = 10;

/// How often the clock is set, at most.
const TICK: Duration = Duration::from_millis(20);

/// Longest time between two looks that counts as such: in a longer one Viva did not run.
const LONGEST: Duration = Duration::from_millis(50);

/// When a wait has lasted long enough.
#[derive(Clone, Copy, Debug)]
pub(super) struct Due {
    /// On the stage's clock.
    at: Duration,
    /// On the wall.
    pub(super) wall: Instant,
    /// The wait is for a proof alone: it is over as soon as it is seen that there is none.
    pub(super) hasty: bool,
    /// The kernel has no event for what is waited for: it is looked for again and again.
    pub(super) sought: bool,
    /// What is waited for takes its time: a program that starts.
    pub(super) starts: bool,
}

impl Due {
    /// The same for a proof alone.
    pub(super) fn in_haste(self) -> Due {
        Due {
            hasty: true,
            ..self
        }
    }

    /// The same for what the kernel has no event for.
    pub(super) fn looking(self) -> Due {
        Due {
            sought: true,
            ..self
        }
    }

    /// The same for a program that starts.
    pub(super) fn starting(self) -> Due {
        Due {
            starts: true,
            ..self
        }
    }

    /// The later of two.
    pub(super) fn later(self, other: Due) -> Due {
        Due {
            at: self.at.max(other.at),
            wall: self.wall.max(other.wall),
            hasty: self.hasty && other.hasty,
            sought: self.sought || other.sought,
            starts: self.starts && other.starts,
        }
    }
}

/// The stage's clock.
pub(super) struct Clock {
    now: Duration,
    set: Instant,
    spent: Spent,
    limit: Option<Limit>,
}

/// When a scenario has lasted too long.
struct Limit {
    /// On the stage's clock.
    at: Duration,
    /// On the wall, if programs are stopped then: the stage's clock stands still for them.
    stopped: Instant,
}

impl Clock {
    pub(super) fn new() -> Self {
        Clock {
            now: Duration::ZERO,
            set: Instant::now(),
            spent: Spent::default(),
            limit: None,
        }
    }

    /// From here on a scenario may last so long, or as long as it likes.
    pub(super) fn set_limit(&mut self, limit: Option<Duration>) {
        self.limit = limit.map(|limit| Limit {
            at: self.now + limit,
            stopped: Instant::now() + limit,
        });
    }

    /// Whether the programs have taken more time of their own than the scenario may last.
    pub(super) fn is_past_limit(&self) -> bool {
        self.limit.as_ref().is_some_and(|limit| {
            self.now >= limit.at || self.is_stopped() && Instant::now() >= limit.stopped
        })
    }

    /// The end of a wait that begins now.
    pub(super) fn due(&self, within: Duration) -> Due {
        Due {
            // What has gone by since the clock was set last belongs to the time before.
            at: self.now + self.set.elapsed().min(LONGEST) + within,
            wall: Instant::now() + within * WALL,
            hasty: false,
            sought: false,
            starts: false,
        }
    }

    /// The end of a wait for a proof that may as well not be had.
    pub(super) fn hasty(&self, within: Duration) -> Due {
        self.due(within).in_haste()
    }

    /// What has counted so far, when the clock was last set.
    pub(super) fn now(&self) -> Duration {
        self.now
    }

    pub(super) fn is_over(&self, due: &Due) -> bool {
        self.now >= due.at
    }

    /// Processor time that the programs have used, when the clock was last set.
    pub(super) fn used(&self) -> Duration {
        self.spent.processor
    }

    /// Whether programs were stopped by a signal when the clock was last set.
    pub(super) fn is_stopped(&self) -> bool {
        self.spent.stopped > 0
    }

    /// Sets the clock, if that was not done just before.
    pub(super) fn tick(&mut self, watcher: &mut Watcher) {
        let passed = self.set.elapsed();
        if passed < TICK {
            return;
        }
        self.set = Instant::now();
        self.now += match watcher {
            Watcher::Looking(observer) => {
                let spent = observer.spent();
                let counted = counted(passed, &self.spent, &spent);
                self.spent = spent;
                counted
            }
            _ => passed.min(LONGEST),
        };
    }
}

/// What of the time that has passed between two looks counts.
fn counted(passed: Duration, before: &Spent, now: &Spent) -> Duration {
    let ran = now.processor.saturating_sub(before.processor);
    let waited = now.queued.saturating_sub(before.queued);
    // The kernel tells how long a thread has waited for a processor only when it has got one.
    let in_line = now.runnable > 0 && ran.is_zero() && waited.is_zero();
    let idle = if in_line || now.stopped > 0 {
        Duration::ZERO
    } else {
        passed.saturating_sub(ran + waited).min(LONGEST)
    };
    ran + idle
}

#[cfg(test)]
mod tests {
    use super::{LONGEST, counted};
    use crate::observe::Spent;
    use std::time::Duration;

    const fn ms(count: u64) -> Duration {
        Duration::from_millis(count)
    }

    fn spent(running: u64, waiting: u64, runnable: usize, stopped: usize) -> Spent {
        Spent {
            processor: ms(running),
            queued: ms(waiting),
            threads: 1,
            runnable,
            stopped,
        }
    }

    #[test]
    fn a_program_at_rest_uses_up_its_time() {
        assert_eq!(
            counted(ms(10), &spent(5, 5, 0, 0), &spent(5, 5, 0, 0)),
            ms(10)
        );
    }

    #[test]
    fn processor_time_counts_and_waiting_for_a_processor_does_not() {
        let before = spent(0, 0, 1, 0);
        assert_eq!(counted(ms(10), &before, &spent(3, 7, 1, 0)), ms(3));
        assert_eq!(counted(ms(10), &before, &spent(10, 0, 1, 0)), ms(10));
        // Two processors.
        assert_eq!(counted(ms(10), &before, &spent(20, 0, 2, 0)), ms(20));
        // Ready to run all the time, and never run: the kernel has not told yet how long it has waited.
        assert_eq!(counted(ms(10), &before, &spent(0, 0, 1, 0)), ms(0));
    }

    #[test]
    fn a_stopped_program_and_a_suspended_viva_stop_the_clock() {
        let at_rest = spent(0, 0, 0, 0);
        assert_eq!(counted(ms(10), &at_rest, &spent(0, 0, 0, 1)), ms(0));
        assert_eq!(counted(ms(60_000), &at_rest, &at_rest), LONGEST);
    }
}
