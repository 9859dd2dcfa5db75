//! Whether namespaces can be had, where the user leaves it to the machine: told by the first boxes that are used.
//!
//! A trial beforehand would cost as much as the box of a scenario. So they are taken for granted, and only what looks as if they were missing is a reason to try
//! ([`probe`]). If they really are, nothing of what came out counts, and everything is run without them: the isolation of a run is one.

use std::sync::atomic::{AtomicU8, Ordering};

use crate::r#box::probe;
use crate::transcript::Miss;
use crate::verdict::Outcome;

const OPEN: u8 = 0;
const FIRM: u8 = 1;
const GONE: u8 = 2;

/// What workers have found out.
pub struct Footing(AtomicU8);

impl Footing {
    /// Namespaces are taken for granted.
    pub fn assumed() -> Self {
        Footing(AtomicU8::new(OPEN))
    }

    /// Nothing is to be found out.
    pub fn firm() -> Self {
        Footing(AtomicU8::new(FIRM))
    }

    /// Whether a result counts that came out so. If not, all work ends, and begins again without namespaces.
    pub(super) fn bears(&self, outcome: &Outcome) -> bool {
        match outcome {
            // A program that runs in a box proves it.
            Outcome::Passed => self.settle(FIRM),
            Outcome::Failed(failure) if failure.miss != Miss::NotStarted => self.settle(FIRM),
            Outcome::Failed(_) | Outcome::Error(_) => return self.bears_trouble(),
            Outcome::Skipped { .. } | Outcome::NotApplicable { .. } => {}
        }
        !self.is_gone()
    }

    /// The same for what could not even be prepared.
    pub(super) fn bears_trouble(&self) -> bool {
        if self.0.load(Ordering::SeqCst) == OPEN && probe().full.is_err() {
            self.settle(GONE);
        }
        !self.is_gone()
    }

    /// Whether namespaces can't be had.
    pub fn is_gone(&self) -> bool {
        self.0.load(Ordering::SeqCst) == GONE
    }

    /// The first word counts.
    fn settle(&self, word: u8) {
        let _ = self
            .0
            .compare_exchange(OPEN, word, Ordering::SeqCst, Ordering::SeqCst);
    }
}

#[cfg(test)]
mod tests {
    use super::Footing;
    use crate::verdict::{Outcome, Trouble};

    #[test]
    fn what_was_shown_once_is_not_asked_again() {
        let skipped = Outcome::Skipped {
            need: String::new(),
        };
        let footing = Footing::assumed();
        assert!(footing.bears(&skipped));
        assert!(footing.bears(&Outcome::Passed));
        // A machine that has lost its namespaces meanwhile is in trouble.
        footing.settle(super::GONE);
        assert!(footing.bears(&Outcome::Error(Trouble::TooSlow)));
        assert!(!footing.is_gone());
    }

    #[test]
    fn without_namespaces_nothing_counts_that_came_out() {
        let footing = Footing::assumed();
        footing.settle(super::GONE);
        assert!(footing.is_gone());
        assert!(!footing.bears_trouble());
        for outcome in [Outcome::Passed, Outcome::Error(Trouble::TooSlow)] {
            assert!(!footing.bears(&outcome));
        }
    }
}
