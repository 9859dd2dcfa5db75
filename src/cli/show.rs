//! `viva show`: draws a saved transcript, on the terminal or as a page.

use std::path::Path;

use crate::grading::read_transcript;
use crate::report::{Problem, Style};

use super::{Exit, complain, print};

/// Files that `viva run --save` wrote are smaller than this, in bytes.
const MOST: u64 = 256 << 20;

/// Draws `file`, into the file `html` if there is one.
pub(super) fn show(file: &Path, html: Option<&Path>, style: &Style) -> Exit {
    let shown = file.display().to_string();
    let problem = match read_transcript(file, MOST) {
        Ok(text) => match crate::report::load(&text) {
            Ok(result) => match html {
                None => return print(&crate::report::show(&result, style)),
                Some(html) => {
                    let version = env!("CARGO_PKG_VERSION");
                    let page = crate::report::scenario_page(
                        &result,
                        Some(&shown),
                        version,
                        style.language,
                    );
                    match crate::grading::replace(html, page.as_bytes()) {
                        Ok(()) => return Exit::Passed,
                        Err(error) => Problem::Unwritable {
                            path: html.display().to_string(),
                            message: error.to_string(),
                        },
                    }
                }
            },
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
