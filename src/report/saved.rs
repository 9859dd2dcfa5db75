//! A scenario's result as a file of its own, with its whole transcript, to be drawn again when no process is alive.

use serde::{Deserialize, Serialize};

use crate::verdict::{Outcome, ScenarioResult};

use super::Style;
use super::about::About;
use super::drawing::{self, Drawing};
use super::page::{Page, Tone};
use super::scenario::{explanation, head};
use super::words;

/// The version of the file's form that this Viva writes and reads.
pub(super) const VERSION: u64 = 1;

/// What tells such a file from any other JSON.
const FORMAT: &str = "viva transcript";

#[derive(Serialize)]
struct Saved<'a> {
    format: &'static str,
    version: u64,
    result: &'a ScenarioResult,
}

/// What every version has.
#[derive(Deserialize)]
struct Head {
    #[serde(default)]
    format: String,
    #[serde(default)]
    version: u64,
}

#[derive(Deserialize)]
struct Body {
    result: ScenarioResult,
}

/// Why a file is no saved transcript that this Viva can read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LoadError {
    /// It is not JSON.
    NotJson {
        /// Line, from 1.
        line: usize,
        /// Column, from 1.
        column: usize,
        /// What the reader says.
        message: String,
    },
    /// It is JSON of something else.
    NotTranscript,
    /// It has another version.
    Version {
        /// Which.
        found: u64,
    },
    /// It says that it is one, but something in it is missing or wrong.
    Damaged {
        /// Line, from 1.
        line: usize,
        /// Column, from 1.
        column: usize,
        /// What the reader says.
        message: String,
    },
}

/// `result` as the content of a file.
pub fn save(result: &ScenarioResult) -> String {
    let saved = Saved {
        format: FORMAT,
        version: VERSION,
        result,
    };
    // Plain values of strings, numbers and lists: there is nothing in them that serde_json can't write.
    let mut text = serde_json::to_string_pretty(&saved).unwrap_or_default();
    text.push('\n');
    text
}

/// Reads what [`save`] wrote.
///
/// # Errors
///
/// The text is no such file, or one of another version, or damaged.
pub fn load(text: &str) -> Result<ScenarioResult, LoadError> {
    let told = |error: &serde_json::Error| (error.line(), error.column(), error.to_string());
    let head: Head = serde_json::from_str(text).map_err(|error| {
        let (line, column, message) = told(&error);
        if error.is_data() {
            LoadError::NotTranscript
        } else {
            LoadError::NotJson {
                line,
                column,
                message,
            }
        }
    })?;
    if head.format != FORMAT {
        return Err(LoadError::NotTranscript);
    }
    if head.version != VERSION {
        return Err(LoadError::Version {
            found: head.version,
        });
    }
    let body: Body = serde_json::from_str(text).map_err(|error| {
        let (line, column, message) = told(&error);
        LoadError::Damaged {
            line,
            column,
            message,
        }
    })?;
    Ok(body.result)
}

/// Why `error`, in a sentence that goes behind the file's name and a colon.
pub fn load_error(error: &LoadError, style: &Style) -> String {
    words::of(style.language).load_error(error)
}

/// The whole transcript of a result with a column for each actor, and why it failed, if it did.
pub fn show(result: &ScenarioResult, style: &Style) -> String {
    let words = words::of(style.language);
    let mut page = Page::new(style);
    head(&mut page, result, words, style);
    let title = result.title.get(style.language);
    if !title.is_empty() {
        page.wrapped("", 0, Tone::Plain, title, 3);
    }
    page.blank();
    let about = match &result.outcome {
        Outcome::Failed(failure) => Some(About {
            failure,
            transcript: &result.transcript,
        }),
        Outcome::Passed
        | Outcome::Skipped { .. }
        | Outcome::NotApplicable { .. }
        | Outcome::Error(_) => None,
    };
    drawing::draw(
        &mut page,
        &Drawing::whole(&result.transcript, about.as_ref()),
        words,
    );
    page.blank();
    explanation(&mut page, result, words, style, false);
    page.finish()
}

#[cfg(test)]
mod tests {
    use super::{LoadError, load};

    #[test]
    fn rubbish_is_told_apart() {
        let cases = [
            ("[]", "NotTranscript"),
            ("{}", "NotTranscript"),
            ("3", "NotTranscript"),
            ("", "NotJson"),
            ("\u{1b}]0;x", "NotJson"),
            (r#"{"format":"viva transcript","version":2}"#, "Version"),
            (r#"{"format":"viva transcript","version":1}"#, "Damaged"),
            (
                r#"{"format":"viva transcript","version":1,"result":{"lab":3}}"#,
                "Damaged",
            ),
        ];
        for (text, expected) in cases {
            let kind = match load(text) {
                Ok(_) => "Ok",
                Err(LoadError::NotJson { .. }) => "NotJson",
                Err(LoadError::NotTranscript) => "NotTranscript",
                Err(LoadError::Version { .. }) => "Version",
                Err(LoadError::Damaged { .. }) => "Damaged",
            };
            assert_eq!(kind, expected, "{text:?}");
        }
    }

    #[test]
    fn deep_nesting_is_an_error_and_no_crash() {
        let deep = "[".repeat(1 << 20);
        assert!(load(&deep).is_err());
    }
}
