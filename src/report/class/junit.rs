//! JUnit XML, as GitLab, Jenkins and most CI systems read it: a suite for each submission, a test case for each scenario.
//!
//! The crate drops what XML 1.0 can't hold. Readers drop cases of one name, so that a case's `classname` holds the submission.

use std::time::Duration;

use quick_junit::{
    NonSuccessKind, Property, Report, TestCase, TestCaseStatus, TestRerun, TestSuite,
};

use crate::grading::{NoMark, Submitted};
use crate::report::{Style, visible};
use crate::verdict::Outcome;

use super::{Feedback, Readers, decimal};

/// A file in the making.
pub struct Junit {
    report: Report,
    readers: Readers,
    style: Style,
}

/// A failure's text is cut after so many characters: GitLab reads 30 MB a file.
const MOST: usize = 16_000;

impl Junit {
    /// A file for `readers`.
    pub fn new(readers: Readers, style: &Style) -> Self {
        Junit {
            report: Report::new("viva"),
            readers,
            style: *style,
        }
    }

    /// Adds a submission.
    pub fn add(&mut self, feedback: &Feedback<'_>) {
        let (class, graded) = (feedback.class, feedback.graded);
        let view = feedback.view(self.readers, &self.style);
        let suite_name = format!("{}/{}", class.lab, shown(&graded.key));
        let mut suite = TestSuite::new(suite_name.as_str());
        let mut properties = vec![
            ("viva", class.viva.clone()),
            ("seed", class.seed.clone()),
            ("key", shown(&graded.key)),
            ("name", shown(&graded.name)),
        ];
        if let (Some(points), None) = (graded.mark.points, view.withheld) {
            properties.push(("mark", decimal(points)));
            properties.push(("of", decimal(graded.mark.of)));
        }
        if let (Some(_), Some(earned)) = (view.withheld, view.part.earned) {
            properties.push(("visible_part", decimal(earned)));
            properties.push(("visible_of", decimal(view.part.of)));
        }
        suite.add_properties(
            properties
                .iter()
                .map(|(name, value)| Property::new(*name, value.as_str())),
        );
        let mut time = Duration::ZERO;
        for line in &view.lines {
            let mut case = TestCase::new(line.column.name.as_str(), status(line));
            case.set_classname(suite_name.as_str());
            case.set_time(line.judged.duration);
            time += line.judged.duration;
            if let Some(points) = line.judged.points {
                case.add_property(Property::new("score", decimal(points)));
                case.add_property(Property::new("max_score", decimal(line.judged.of)));
            }
            if line.is_passed() && !line.text.is_empty() {
                case.set_system_out(line.text.as_str());
            }
            suite.add_test_case(case);
        }
        // Who could not be judged at all must not look like somebody without a mistake.
        if view.lines.is_empty() {
            let said = view.mark(graded).join("\n");
            let kind = match (&graded.handed_in, &graded.mark.none) {
                (_, Some(NoMark::Trouble(_) | NoMark::Unfinished)) | (Submitted::Files(_), _) => {
                    NonSuccessKind::Error
                }
                (Submitted::Nothing | Submitted::Unusable { .. }, _) => NonSuccessKind::Failure,
            };
            let mut status = TestCaseStatus::non_success(kind);
            status.set_message(said.lines().next().unwrap_or_default());
            status.set_type("submission");
            status.set_description(said);
            let mut case = TestCase::new("submission", status);
            case.set_classname(suite_name.as_str());
            suite.add_test_case(case);
        }
        suite.set_time(time);
        self.report.add_test_suite(suite);
    }

    /// The file.
    pub fn finish(mut self) -> String {
        let time = self
            .report
            .test_suites
            .iter()
            .filter_map(|suite| suite.time);
        self.report.time = Some(time.sum());
        // Written to memory, from texts that hold nothing that XML can't.
        self.report.to_string().unwrap_or_default()
    }
}

fn status(line: &super::feedback::Line<'_>) -> TestCaseStatus {
    let judged = line.judged;
    let failed_runs = judged.runs.saturating_sub(judged.passed);
    let (message, text) = said(line);
    match &judged.outcome {
        Outcome::Passed => {
            let mut status = TestCaseStatus::success();
            // A line of the case, and no mistake of it: some runs were not passed.
            for _ in 0..failed_runs {
                let mut rerun = TestRerun::new(NonSuccessKind::Failure);
                rerun.set_type("unstable").set_message(message.as_str());
                status.add_rerun(rerun);
            }
            status
        }
        Outcome::Failed(_) => {
            let mut status = TestCaseStatus::non_success(NonSuccessKind::Failure);
            status
                .set_type(line.code())
                .set_message(message)
                .set_description(text);
            for _ in 1..failed_runs {
                let mut rerun = TestRerun::new(NonSuccessKind::Failure);
                rerun.set_type(line.code());
                status.add_rerun(rerun);
            }
            status
        }
        Outcome::Skipped { .. } | Outcome::NotApplicable { .. } => {
            let mut status = TestCaseStatus::skipped();
            status.set_message(message);
            status
        }
        Outcome::Error(_) => {
            let mut status = TestCaseStatus::non_success(NonSuccessKind::Error);
            status
                .set_type("trouble")
                .set_message(message)
                .set_description(text);
            status
        }
    }
}

/// A line, and all there is.
fn said(line: &super::feedback::Line<'_>) -> (String, String) {
    let text: String = line.text.chars().take(MOST).collect();
    let first = match &line.judged.outcome {
        // The first line of a failure is its name and status.
        Outcome::Failed(failure) => format!(
            "{} ({})",
            super::misses::code(failure.miss),
            failure.step.number
        ),
        _ => text.lines().next().unwrap_or_default().to_owned(),
    };
    (first, text)
}

/// A key or name on one line.
fn shown(text: &str) -> String {
    visible::clipped(text.as_bytes(), 120)
}
