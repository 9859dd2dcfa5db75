//! The screen and the keyboard: every line is flushed at once, and neither ever panics.
//!
//! `println!` would panic when nobody reads any more; a server must outlive its screen, so a failed write is dropped here.
//! Knows nothing of sockets.

use std::io::{self, BufRead, Write};

/// Prints a line.
pub(crate) fn say(line: &str) {
    show(&format!("{line}\n"));
}

/// Prints as it is, such as a prompt whose answer is typed behind it.
pub(crate) fn show(text: &str) {
    let mut screen = io::stdout().lock();
    let _ = screen
        .write_all(text.as_bytes())
        .and_then(|()| screen.flush());
}

/// Prints a line for trouble, on standard error.
pub(crate) fn complain(line: &str) {
    let _ = writeln!(io::stderr(), "{line}");
}

/// Reads a line from the keyboard, without its line end. `None` when the input has ended.
pub(crate) fn read_line() -> io::Result<Option<String>> {
    let mut line = Vec::new();
    if io::stdin().lock().read_until(b'\n', &mut line)? == 0 {
        return Ok(None);
    }
    let line = String::from_utf8_lossy(&line);
    Ok(Some(line.trim_end_matches(['\n', '\r']).to_owned()))
}

/// Asks until the answer makes sense: prints the question as a line and reads the next line; `understand` returns the value,
/// or what to tell the user.
pub(crate) fn ask<T>(
    question: &str,
    understand: impl Fn(&str) -> Result<T, String>,
) -> io::Result<T> {
    loop {
        say(question);
        let Some(answer) = read_line()? else {
            let trouble = format!("the input ended before an answer to: {question}");
            return Err(io::Error::new(io::ErrorKind::UnexpectedEof, trouble));
        };
        match understand(answer.trim()) {
            Ok(value) => return Ok(value),
            Err(trouble) => say(&trouble),
        }
    }
}
