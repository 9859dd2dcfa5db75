//! PrairieLearn: `results.json` of an external grader, at most 1 MB.
//!
//! The score is a share: mark by total, from 0 to 1. Without a mark the answer is not gradable, which costs the student no attempt.

use serde_json::{Map, Value, json};

use crate::report::Style;

use super::{Feedback, Readers, json_number};

/// PrairieLearn refuses more bytes than this (1 MB); what is quoted in JSON grows.
const MOST: usize = 900_000;

/// The file for one submission.
pub fn prairielearn(feedback: &Feedback<'_>, readers: Readers, style: &Style) -> String {
    let whole = file(feedback, readers, style, usize::MAX);
    if whole.len() <= MOST {
        return whole;
    }
    // The longest texts lose most.
    let lines = feedback.graded.results.len().max(1);
    let cut = file(feedback, readers, style, MOST / lines / 8);
    if cut.len() <= MOST {
        cut
    } else {
        file(feedback, readers, style, 0)
    }
}

/// The file, with texts of at most so many characters.
fn file(feedback: &Feedback<'_>, readers: Readers, style: &Style, most: usize) -> String {
    let graded = feedback.graded;
    let view = feedback.view(readers, style);
    let mut said = view.mark(graded);
    let share = match (graded.mark.points, &graded.mark.none) {
        (Some(points), None) if graded.mark.of > 0.0 => {
            Some((points / graded.mark.of).clamp(0.0, 1.0))
        }
        _ => None,
    };
    if share.is_none() && graded.mark.none.is_none() && graded.mark.of <= 0.0 {
        said.push(view.words.no_points.to_owned());
    }
    let mut file = Map::new();
    file.insert("gradable".to_owned(), share.is_some().into());
    match share {
        Some(share) => file.insert("score".to_owned(), share.into()),
        None => file.insert("format_errors".to_owned(), json!(said)),
    };
    file.insert("message".to_owned(), said.join("\n").into());
    let tests = view
        .lines
        .iter()
        .filter(|line| !line.is_not_applicable())
        .map(|line| {
            let mut test = Map::new();
            let title = line.column.title.get(style.language);
            test.insert("name".to_owned(), line.column.name.clone().into());
            test.insert("description".to_owned(), title.into());
            if let (Some(_), Some(points)) = (share, line.judged.points) {
                test.insert("points".to_owned(), json_number(points));
                test.insert("max_points".to_owned(), json_number(line.judged.of));
            }
            let status = crate::report::words::of(style.language)
                .status(&line.judged.outcome, !line.judged.remarks.is_empty());
            test.insert("message".to_owned(), status.into());
            let mut output: String = line.text.chars().take(most).collect();
            if output.len() < line.text.len() {
                output = format!("{output}\n{}", view.words.cut);
            }
            test.insert("output".to_owned(), output.into());
            Value::Object(test)
        });
    let tests: Vec<Value> = tests.collect();
    file.insert("tests".to_owned(), tests.into());
    super::pretty(&file.into())
}
