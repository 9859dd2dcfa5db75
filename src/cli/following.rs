//! What is seen of a class while it is graded: who is done, how many are left, how long that may take. On standard error.

use std::io::{IsTerminal, Write};

use indicatif::{ProgressBar, ProgressStyle};

use crate::grading::{Examination, Schedule};
use crate::report::{Problem, Style};

/// Follows a run of a class.
pub(super) struct Following<'a> {
    style: &'a Style,
    bar: ProgressBar,
    /// How many results each group still has to come.
    left: Vec<usize>,
    /// How many groups are done, of how many that have anything to do.
    done: usize,
    all: usize,
    trouble: Option<Problem>,
    interrupted: bool,
}

impl<'a> Following<'a> {
    pub(super) fn new(schedule: &Schedule, style: &'a Style) -> Self {
        let mut left = vec![0; schedule.groups.len()];
        for (group, _) in schedule.order() {
            left[group] += 1;
        }
        let results: usize = left.iter().sum();
        Following {
            style,
            bar: bar(results),
            all: left.iter().filter(|left| **left > 0).count(),
            left,
            done: 0,
            trouble: None,
            interrupted: false,
        }
    }

    /// A result of this group is kept.
    pub(super) fn came(&mut self, group: usize, examination: &Examination) {
        self.bar.inc(1);
        self.left[group] = self.left[group].saturating_sub(1);
        if self.left[group] == 0 {
            self.is_done(group, examination);
        }
    }

    /// Nothing more comes of this group.
    pub(super) fn hindered(&mut self, group: usize, examination: &Examination) {
        self.bar.inc(self.left[group] as u64);
        self.left[group] = 0;
        self.is_done(group, examination);
    }

    fn is_done(&mut self, group: usize, examination: &Examination) {
        self.done += 1;
        let line = crate::report::progress_of_class(
            self.done,
            self.all,
            examination.entry_of(group),
            &examination.mark_of(group),
            self.style,
        );
        if self.bar.is_hidden() {
            // Where nobody listens, the results tell it.
            let _ = writeln!(std::io::stderr(), "{line}");
        } else {
            self.bar.set_message(line);
        }
    }

    /// Nothing can be run or kept any more.
    pub(super) fn stopped_by(&mut self, problem: Problem) {
        self.trouble.get_or_insert(problem);
    }

    /// Somebody wants no more of it.
    pub(super) fn interrupted(&mut self) {
        if self.interrupted {
            // Twice: at once. Every box ends when its owner does.
            std::process::exit(130);
        }
        self.interrupted = true;
    }

    /// Whether somebody wants no more of it.
    pub(super) fn is_interrupted(&self) -> bool {
        self.interrupted
    }

    /// Whether nothing more shall be run.
    pub(super) fn is_over(&self) -> bool {
        self.interrupted || self.trouble.is_some()
    }

    /// Leaves the screen as it was; what stopped it, if anything did.
    pub(super) fn finish(self) -> Option<Problem> {
        self.bar.finish_and_clear();
        self.trouble
    }
}

/// Drawn only where somebody watches it.
fn bar(results: usize) -> ProgressBar {
    if results == 0 || !std::io::stderr().is_terminal() {
        return ProgressBar::hidden();
    }
    let bar = ProgressBar::new(results as u64);
    if let Ok(look) =
        ProgressStyle::with_template("{bar:20} {pos}/{len}  {elapsed} +{eta}  {wide_msg}")
    {
        bar.set_style(look);
    }
    bar.enable_steady_tick(std::time::Duration::from_millis(500));
    bar
}
