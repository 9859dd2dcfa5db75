//! When a wait ends by itself.

use std::time::Duration;

use rustix::time::{ClockId, clock_gettime};

/// When a wait ends by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Timeout {
    Never,
    /// This long after it began.
    After(Duration),
    /// When this clock shows that.
    At(Clock, Duration),
    /// It will, but when can't be seen.
    Unknown,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Clock {
    Realtime,
    Monotonic,
    Boottime,
}

impl Clock {
    fn now(self) -> Duration {
        let now = clock_gettime(match self {
            Clock::Realtime => ClockId::Realtime,
            Clock::Monotonic => ClockId::Monotonic,
            Clock::Boottime => ClockId::Boottime,
        });
        Duration::new(
            now.tv_sec.try_into().unwrap_or(0),
            now.tv_nsec.try_into().unwrap_or(0),
        )
    }
}

impl Timeout {
    /// What is left of it at most, if the wait has been seen for as long as `waited`; `None` for never, `Some(None)` where it can't be known.
    pub(super) fn left(self, waited: Duration) -> Option<Option<Duration>> {
        match self {
            Timeout::Never => None,
            Timeout::Unknown => Some(None),
            Timeout::After(given) => Some(Some(given.saturating_sub(waited))),
            Timeout::At(clock, end) => Some(Some(end.saturating_sub(clock.now()))),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_left_of_a_timeout_is_never_more_than_was_given() {
        let second = Duration::from_secs(1);
        assert_eq!(Timeout::Never.left(second), None);
        assert_eq!(Timeout::Unknown.left(second), Some(None));
        assert_eq!(
            Timeout::After(3 * second).left(second),
            Some(Some(2 * second))
        );
        assert_eq!(
            Timeout::At(Clock::Monotonic, Duration::ZERO).left(second),
            Some(Some(Duration::ZERO))
        );
    }
}
