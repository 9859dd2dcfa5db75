//! Short pauses between looks at what the kernel has no event for.
//!
//! The runtime's clock counts whole milliseconds, in which a program does a hundred things. Must not be used where there is an event to wait for.

use std::io;
use std::os::fd::OwnedFd;
use std::time::Duration;

use rustix::io::Errno;
use rustix::time::{
    Itimerspec, TimerfdClockId, TimerfdFlags, TimerfdTimerFlags, Timespec, timerfd_create,
    timerfd_settime,
};
use tokio::io::unix::AsyncFd;

/// How long the next pause is: short at first, since what is waited for is mostly about to happen, and longer each time,
/// so that looking at a slow program costs it nothing.
#[derive(Debug)]
pub(super) struct Pauses(Duration);

impl Pauses {
    const FIRST: Duration = Duration::from_micros(50);
    const LONGEST: Duration = Duration::from_millis(5);

    pub(super) fn new() -> Self {
        Pauses(Self::FIRST)
    }

    pub(super) fn next(&mut self) -> Duration {
        let pause = self.0;
        self.0 = (pause * 2).min(Self::LONGEST);
        pause
    }
}

/// A timer of the kernel (timerfd_create(2)), made when it is first needed.
#[derive(Debug, Default)]
pub(super) struct Alarm(Option<AsyncFd<OwnedFd>>);

impl Alarm {
    /// Returns after so long (and a few tens of microseconds).
    pub(super) async fn after(&mut self, pause: Duration) {
        if self.ring(pause).await.is_err() {
            // No more descriptors: then less exactly.
            tokio::time::sleep(pause).await;
        }
    }

    async fn ring(&mut self, pause: Duration) -> io::Result<()> {
        let timer = match self.0.take() {
            Some(timer) => timer,
            None => {
                let timer = timerfd_create(
                    TimerfdClockId::Monotonic,
                    TimerfdFlags::NONBLOCK | TimerfdFlags::CLOEXEC,
                )?;
                // SAFETY: an `OwnedFd` is open, and stays the same, until it is dropped; nobody else closes it.
                unsafe { AsyncFd::register(timer)? }
            }
        };
        let once = Itimerspec {
            it_interval: Timespec::default(),
            it_value: Timespec {
                tv_sec: pause.as_secs() as i64,
                // Zero would mean never.
                tv_nsec: i64::from(pause.subsec_nanos().max(1)),
            },
        };
        timerfd_settime(timer.get_ref(), TimerfdTimerFlags::empty(), &once)?;
        loop {
            let mut ready = timer.readable().await?;
            match rustix::io::read(timer.get_ref(), &mut [0; 8]) {
                Err(Errno::AGAIN) => ready.clear_ready(),
                Err(error) => return Err(error.into()),
                Ok(_) => break,
            }
        }
        self.0 = Some(timer);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::{Alarm, Pauses};
    use std::time::Duration;

    #[test]
    fn pauses_grow_and_do_not_grow_for_ever() {
        let mut pauses = Pauses::new();
        assert_eq!(pauses.next(), Duration::from_micros(50));
        assert_eq!(pauses.next(), Duration::from_micros(100));
        let later = (0..20).map(|_| pauses.next()).last();
        assert_eq!(later, Some(Pauses::LONGEST));
    }

    #[tokio::test]
    async fn an_alarm_rings_again_and_again_also_after_it_was_given_up() {
        let mut alarm = Alarm::default();
        alarm.after(Duration::from_nanos(1)).await;
        alarm.after(Duration::ZERO).await;
        tokio::select! {
            biased;
            () = alarm.after(Duration::from_secs(3600)) => panic!("too early"),
            () = std::future::ready(()) => {}
        }
        alarm.after(Duration::from_micros(50)).await;
    }
}
