//! A class, and the feedback for each submission, in the forms that people, course platforms and CI systems read.
//!
//! One file for each form. Must not decide what may be seen: [`feedback`] does, once for all of them. What a student made (names, output, file
//! names) is data in every form: quoted as that form quotes, so that none of it is taken for a mark, a command, a link or a formula.

mod archive;
mod autolab;
mod classroom50;
mod feedback;
mod github;
mod gradebook;
mod gradescope;
mod json;
mod junit;
mod markdown;
mod misses;
mod prairielearn;
mod summary;
mod tap;

pub use archive::{FeedbackZip, Platform};
pub use autolab::autolab;
pub use classroom50::{Surroundings, classroom50};
pub use feedback::{Feedback, Readers};
pub(super) use feedback::{Line, View, part, unusable};
pub use github::{github, github_summary};
pub use gradebook::gradebook;
pub use gradescope::gradescope;
pub use json::{class_json, class_schema};
pub use junit::Junit;
pub use markdown::markdown;
pub(super) use misses::{FrequentMiss, Telling, misses};
pub use prairielearn::prairielearn;
pub use summary::{class_summary, interrupted_class};
pub use tap::Tap;

/// `value` as JSON with a line end behind it.
fn pretty(value: &serde_json::Value) -> String {
    format!("{value:#}\n")
}

/// Points as every form writes them: at most four digits behind the point.
pub(super) fn decimal(points: f64) -> String {
    // `+ 0.0`: -0 is 0.
    format!("{}", (points * 1e4).round() / 1e4 + 0.0)
}

/// The same as a number of JSON.
fn json_number(points: f64) -> serde_json::Value {
    let rounded = (points * 1e4).round() / 1e4 + 0.0;
    if rounded.fract() == 0.0 && rounded.abs() < 1e15 {
        // A whole number that fits: without a point, as people write it.
        (rounded as i64).into()
    } else {
        rounded.into()
    }
}

#[cfg(test)]
mod tests {
    use super::{decimal, json_number};

    #[test]
    fn points_are_written_as_people_write_them() {
        for (points, text) in [
            (4.0, "4"),
            (2.5, "2.5"),
            (0.1 + 0.2, "0.3"),
            (-0.000_01, "0"),
            (10.0 / 3.0, "3.3333"),
            (-1.5, "-1.5"),
        ] {
            assert_eq!(decimal(points), text);
            assert_eq!(json_number(points).to_string(), text);
        }
    }
}
