//! Gradescope: `results.json` (<https://gradescope-autograders.readthedocs.io/en/latest/specs/>).
//!
//! Every scenario is there with its own visibility: Gradescope itself shows to students what they may see. An empty mark stays empty: without any
//! score Gradescope says that the autograder failed, and gives none.

use serde_json::{Map, Value, json};

use crate::grading::Visibility;
use crate::report::Style;
use crate::verdict::Outcome;

use super::json_number;
use super::{Feedback, Readers};

/// The file for one submission.
pub fn gradescope(feedback: &Feedback<'_>, style: &Style) -> String {
    let graded = feedback.graded;
    let students = feedback.view(Readers::Students, style);
    let all = feedback.view(Readers::Teachers, style);
    let mark = graded.mark.points.filter(|_| graded.mark.none.is_none());
    let mut tests = Vec::new();
    for (index, line) in all.lines.iter().enumerate() {
        if line.is_not_applicable() {
            continue;
        }
        let mut test = Map::new();
        test.insert("name".to_owned(), line.column.name.clone().into());
        test.insert("number".to_owned(), (index + 1).to_string().into());
        test.insert(
            "status".to_owned(),
            if line.is_passed() { "passed" } else { "failed" }.into(),
        );
        // Without a mark there must be no score at all: Gradescope would add up what is there.
        if let (Some(_), Some(points)) = (mark, line.judged.points) {
            test.insert("score".to_owned(), json_number(points));
            test.insert("max_score".to_owned(), json_number(line.judged.of));
        }
        let title = line.column.title.get(style.language);
        let visible = students.lines.iter();
        let seen = visible
            .into_iter()
            .find(|own| own.column.name == line.column.name);
        // What students may read must not name what they may not.
        let text = match (&line.judged.outcome, seen) {
            (Outcome::Skipped { .. }, Some(seen)) => &seen.text,
            _ => &line.text,
        };
        let output = [title, text].map(str::trim_end).join("\n");
        test.insert("output".to_owned(), output.trim().into());
        test.insert("output_format".to_owned(), "text".into());
        test.insert("tags".to_owned(), json!([line.column.kind]));
        let visibility = match line.column.visibility {
            Visibility::Visible => "visible",
            Visibility::AfterDue => "after_due_date",
            Visibility::Hidden => "hidden",
        };
        test.insert("visibility".to_owned(), visibility.into());
        tests.push(Value::Object(test));
    }
    let mut file = Map::new();
    if let Some(points) = mark {
        file.insert("score".to_owned(), json_number(points));
    }
    let time = graded
        .results
        .iter()
        .map(|judged| judged.duration.as_secs_f64());
    file.insert(
        "execution_time".to_owned(),
        json_number(time.fold(0.0, |sum, own| sum + own)),
    );
    file.insert("output".to_owned(), students.mark(graded).join("\n").into());
    for (key, value) in [
        ("output_format", "text"),
        ("test_output_format", "text"),
        ("test_name_format", "text"),
        ("visibility", "visible"),
        ("stdout_visibility", "hidden"),
    ] {
        file.insert(key.to_owned(), value.into());
    }
    file.insert(
        "extra_data".to_owned(),
        json!({ "viva": feedback.class.viva, "seed": feedback.class.seed }),
    );
    file.insert("tests".to_owned(), tests.into());
    super::pretty(&file.into())
}
