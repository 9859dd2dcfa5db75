//! What was found wrong so far.

use crate::diagnostic::{Code, Diagnostic, Place, Severity};

/// More than so many are not worth reading.
const MOST: usize = 100;

/// Collects diagnostics: each once, and not too many.
#[derive(Debug, Default)]
pub(super) struct Findings {
    found: Vec<Diagnostic>,
    /// How much the regular expressions that were read so far take, compiled, in bytes.
    pub(super) compiled: usize,
}

impl Findings {
    /// Something is wrong at `place`.
    pub(super) fn error(&mut self, code: Code, place: Place) {
        self.add(Severity::Error, code, place, Vec::new());
    }

    /// Something is wrong at `place`, and `related` has a part in it.
    pub(super) fn error_with(&mut self, code: Code, place: Place, related: Place) {
        self.add(Severity::Error, code, place, vec![related]);
    }

    /// Something is hardly meant so.
    pub(super) fn warning(&mut self, code: Code, place: Place) {
        self.add(Severity::Warning, code, place, Vec::new());
    }

    // A lab's conventions and roles are read for each of its scenarios, so that the same mistake is found again.
    fn add(&mut self, severity: Severity, code: Code, place: Place, related: Vec<Place>) {
        let known = |other: &Diagnostic| {
            other.code == code && (&other.place, other.severity) == (&place, severity)
        };
        if !self.is_full() && !self.found.iter().any(known) {
            self.found.push(Diagnostic {
                severity,
                code,
                place,
                related,
            });
        }
    }

    /// Whether nothing more is kept: what is still to be found need not be worked out.
    pub(super) fn is_full(&self) -> bool {
        self.found.len() >= MOST
    }

    /// How many there are.
    pub(super) fn count(&self) -> usize {
        self.found.len()
    }

    /// All of them, file by file in the order in which they were met, each file from top to bottom.
    pub(super) fn into_sorted(self) -> Vec<Diagnostic> {
        let mut files: Vec<String> = Vec::new();
        for diagnostic in &self.found {
            if !files.contains(&diagnostic.place.file) {
                files.push(diagnostic.place.file.clone());
            }
        }
        let mut found = self.found;
        found.sort_by_key(|diagnostic| {
            let file = files.iter().position(|file| *file == diagnostic.place.file);
            (file, diagnostic.place.line, diagnostic.place.column)
        });
        found
    }
}

#[cfg(test)]
mod tests {
    use super::{Findings, MOST};
    use crate::diagnostic::{Code, Place};

    fn place(file: &str, line: usize) -> Place {
        Place {
            file: file.to_owned(),
            line,
            ..Place::default()
        }
    }

    #[test]
    fn each_once_and_file_by_file_from_top_to_bottom() {
        let mut findings = Findings::default();
        for (file, line) in [("b", 3), ("a", 2), ("b", 1), ("a", 2), ("b", 3)] {
            findings.error(Code::Nothing, place(file, line));
        }
        findings.error(Code::Empty, place("a", 2));
        let found = findings.into_sorted();
        let found: Vec<_> = found
            .iter()
            .map(|it| (it.place.file.as_str(), it.place.line))
            .collect();
        assert_eq!(found, [("b", 1), ("b", 3), ("a", 2), ("a", 2)]);
    }

    #[test]
    fn not_more_than_can_be_read() {
        let mut findings = Findings::default();
        for line in 0..10 * MOST {
            findings.error(Code::Nothing, place("a", line));
        }
        assert_eq!(findings.count(), MOST);
    }
}
