//! Classroom 50: `result.json` of the form `classroom50/result/v1`.
//!
//! Whole numbers only: points are multiplied by 1, 10 or 100, the least that makes all of them whole (else by 100, and each is rounded to the
//! nearest); every test also keeps them as they are. Students see the whole file, so that only what they may see is in it and counts.

use serde_json::{Map, Value, json};

use crate::report::Style;
use crate::verdict::Outcome;

use super::{Feedback, Readers, json_number};

/// What the runner of Classroom 50 tells in its environment, and the time.
#[derive(Clone, Debug, Default)]
pub struct Surroundings {
    /// `CLASSROOM`
    pub classroom: Option<String>,
    /// `ASSIGNMENT`
    pub assignment: Option<String>,
    /// `ASSIGNMENT_TYPE`
    pub assignment_type: Option<String>,
    /// `OWNER`, else `USERNAME`
    pub owner: Option<String>,
    /// `SUBMISSION_TAG`: `submit/TIME-COMMIT`
    pub submission: Option<String>,
    /// `COMMIT_URL`
    pub commit: Option<String>,
    /// `RELEASE_URL`
    pub release: Option<String>,
    /// `REVIEW_URL`
    pub review: Option<String>,
    /// Now, in UTC (ISO 8601).
    pub now: String,
}

/// The file for one submission. Without a mark it has no score, which Classroom 50 takes for an error and not for a mark.
pub fn classroom50(
    feedback: &Feedback<'_>,
    surroundings: &Surroundings,
    readers: Readers,
    style: &Style,
) -> String {
    let graded = feedback.graded;
    let view = feedback.view(readers, style);
    let known = graded.mark.none.is_none();
    let (points, of) = match (view.withheld, graded.mark.points) {
        (None, points) => (points, graded.mark.of),
        (Some(_), _) => (view.part.earned, view.part.of),
    };
    let judged = view.lines.iter().map(|line| line.judged);
    let all = judged.flat_map(|judged| [judged.points.unwrap_or(0.0), judged.of]);
    let scale = scale(all.chain([points.unwrap_or(0.0), of]));
    let whole = |points: f64| json!((points * scale).round().max(0.0) as u64);
    let mut file = Map::new();
    let mut put = |key: &str, value: Value| {
        file.insert(key.to_owned(), value);
    };
    put("schema", "classroom50/result/v1".into());
    let from = surroundings;
    let review = from.review.as_ref().or(from.commit.as_ref());
    let submitted = from.submission.as_deref().and_then(moment);
    for (key, value) in [
        ("classroom", from.classroom.as_deref()),
        ("assignment", from.assignment.as_deref()),
        ("assignment_type", from.assignment_type.as_deref()),
        ("owner", from.owner.as_deref()),
        ("submission", from.submission.as_deref()),
        ("commit", from.commit.as_deref()),
        ("release", from.release.as_deref()),
        ("review", review.map(String::as_str)),
        ("datetime", Some(submitted.as_deref().unwrap_or(&from.now))),
        ("graded_at", Some(&from.now)),
    ] {
        if let Some(value) = value {
            put(key, value.into());
        }
    }
    if let (true, Some(points)) = (known, points) {
        // More than all is no score there.
        put("score", whole(points.min(of)));
        put("max-score", whole(of));
    }
    let tests = view
        .lines
        .iter()
        .filter(|line| !line.is_not_applicable())
        .map(|line| {
            let judged = line.judged;
            let mut test = Map::new();
            test.insert("test-name".to_owned(), line.column.name.clone().into());
            test.insert("passed".to_owned(), line.is_passed().into());
            if known && let Some(points) = judged.points {
                test.insert("score".to_owned(), whole(points.min(judged.of)));
                test.insert("max-score".to_owned(), whole(judged.of));
                test.insert("points".to_owned(), json_number(points));
                test.insert("of".to_owned(), json_number(judged.of));
            }
            test.insert("kind".to_owned(), json!(line.column.kind));
            if line.column.bonus {
                test.insert("bonus".to_owned(), true.into());
            }
            if matches!(judged.outcome, Outcome::Failed(_)) {
                test.insert("code".to_owned(), line.code().into());
            }
            if !line.text.is_empty() {
                test.insert("output".to_owned(), line.text.clone().into());
            }
            Value::Object(test)
        });
    let tests: Vec<Value> = tests.collect();
    put("tests", tests.into());
    put(
        "viva",
        json!({
            "version": feedback.class.viva,
            "seed": feedback.class.seed,
            "scale": scale as u64,
            "summary": view.mark(graded),
        }),
    );
    super::pretty(&file.into())
}

/// What makes all `points` whole.
fn scale(points: impl Iterator<Item = f64>) -> f64 {
    let points: Vec<f64> = points.collect();
    let whole = |scale: &f64| {
        points
            .iter()
            .all(|points| (points * scale - (points * scale).round()).abs() < 1e-6)
    };
    [1.0, 10.0].into_iter().find(whole).unwrap_or(100.0)
}

/// When it was handed in, as the tag `submit/2026-09-20T10-00-00Z-abc1234` says.
fn moment(tag: &str) -> Option<String> {
    let text = tag.strip_prefix("submit/")?.get(..20)?;
    let form = "0000-00-00T00-00-00Z";
    let alike = |(is, like): (char, char)| match like {
        '0' => is.is_ascii_digit(),
        like => is == like,
    };
    if !text.is_ascii() || !text.chars().zip(form.chars()).all(alike) {
        return None;
    }
    let (date, time) = text.split_at(10);
    Some(format!("{date}{}", time.replace('-', ":")))
}

#[cfg(test)]
mod tests {
    use super::{moment, scale};

    #[test]
    fn points_become_whole() {
        assert_eq!(scale([4.0, 1.0].into_iter()), 1.0);
        assert_eq!(scale([4.5, 1.0].into_iter()), 10.0);
        assert_eq!(scale([4.25, 1.5].into_iter()), 100.0);
        assert_eq!(scale([1.0 / 3.0].into_iter()), 100.0);
    }

    #[test]
    fn the_tag_tells_the_time() {
        let tag = "submit/2026-09-20T10-00-00Z-abc1234";
        assert_eq!(moment(tag).as_deref(), Some("2026-09-20T10:00:00Z"));
        for other in [
            "",
            "submit/",
            "submit/now",
            "submit/2026-09-20T10-00-0你",
            "x/2026-09-20T10-00-00Z-a",
        ] {
            assert_eq!(moment(other), None);
        }
    }
}
