//! `viva show`: draws a saved transcript.

use std::path::Path;

use crate::grading::read_transcript;
use crate::report::{Problem, Style};

use super::{Exit, complain, print};

/// Files that `viva run --save` wrote are smaller than this, in bytes.
const MOST: u64 = 256 << 20;

pub(super) fn show(file: &Path, style: &Style) -> Exit {
    let shown = file.display().to_string();
    let problem = match read_transcript(file, MOST) {
        Ok(text) => match crate::report::load(&text) {
            Ok(result) => return print(&crate::report::show(&result, style)),
            Err(error) => Problem::NotATranscript {
                path: shown,
                message: crate::report::load_error(&error, style),
            },
        },
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            Problem::NoSuchFile { path: shown }
        }
        Err(error) => Problem::Unreadable {
            path: shown,
            message: error.to_string(),
        },
    };
    complain(&problem, style)
}
