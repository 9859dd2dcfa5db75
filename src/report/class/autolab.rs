//! Autolab: two lines of JSON, of which the last one on standard output counts.
//!
//! One problem, called as the lab: the mark as a whole (late, caps and rounding are in it). An empty mark leaves the problem out.

use serde_json::{Map, Value, json};

use crate::report::Style;
use crate::verdict::Kind;

use super::{Feedback, Readers, json_number};

/// The two lines for one submission: what students read, and the score.
pub fn autolab(feedback: &Feedback<'_>, readers: Readers, style: &Style) -> String {
    let graded = feedback.graded;
    let view = feedback.view(readers, style);
    let mut stages: Vec<Value> = Vec::new();
    let mut shown = Map::new();
    shown.insert("_presentation".to_owned(), "semantic".into());
    shown.insert("stages".to_owned(), Value::Null);
    for (kind, name) in [(Kind::Core, "core"), (Kind::Robustness, "robustness")] {
        let mut tests = Map::new();
        for line in view.lines.iter().filter(|line| line.column.kind == kind) {
            let mut test = Map::new();
            test.insert("passed".to_owned(), line.is_passed().into());
            if !line.text.is_empty() {
                test.insert("hint".to_owned(), line.text.clone().into());
            }
            tests.insert(line.column.name.clone(), test.into());
        }
        if !tests.is_empty() {
            stages.push(name.into());
            shown.insert(name.to_owned(), tests.into());
        }
    }
    let said = view.mark(graded).join(" ");
    stages.push("mark".into());
    let passed = graded
        .mark
        .points
        .is_some_and(|points| points >= graded.mark.of);
    // Whether all of it was had must not tell what may not be seen.
    let passed = match view.withheld {
        None => passed,
        Some(_) => view
            .part
            .earned
            .is_some_and(|earned| earned >= view.part.of),
    };
    shown.insert(
        "mark".to_owned(),
        json!({ "mark": { "passed": passed, "hint": said } }),
    );
    shown.insert("stages".to_owned(), stages.into());
    let mut scores = Map::new();
    if let (Some(points), None) = (graded.mark.points, &graded.mark.none) {
        scores.insert(feedback.class.lab.clone(), json_number(points));
    }
    format!("{}\n{}\n", Value::from(shown), json!({ "scores": scores }))
}
