//! `viva show`: draws a saved transcript.

use std::io::Read;
use std::path::Path;

use crate::report::{Problem, Style};

use super::{Exit, complain, print};

/// Files that `viva run --save` wrote are smaller than this, in bytes.
const MOST: u64 = 256 << 20;

pub(super) fn show(file: &Path, style: &Style) -> Exit {
    let shown = file.display().to_string();
    let read = || -> std::io::Result<String> {
        // Not by its length: a device has none, and no end either.
        let mut text = Vec::new();
        let mut file = std::fs::File::open(file)?.take(MOST + 1);
        file.read_to_end(&mut text)?;
        if text.len() as u64 > MOST {
            return Err(std::io::ErrorKind::FileTooLarge.into());
        }
        String::from_utf8(text).map_err(|_| std::io::ErrorKind::InvalidData.into())
    };
    let problem = match read() {
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
