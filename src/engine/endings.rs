//! How programs ended, and what they said last.
//!
//! Must not judge: whether an end is a failure is said where something was expected.

use std::time::Duration;

use memchr::memmem;

use crate::transcript::{ActorId, Channel, Data, ExitStatus};
use crate::verdict::Note;

use super::play::Run;
use super::player::Part;

/// How long the last words of a program that is ending are waited for, once a step has failed.
const LAST_WORDS: Duration = Duration::from_millis(150);

/// So much of the end of what a program printed is looked through for its last words, in bytes.
const LOOKED_AT: usize = 8 << 10;

impl Run<'_> {
    /// Waits for the last words of programs that are ending: what they wrote is still on its way.
    pub(super) async fn gather(&mut self) {
        let due = self.stage.clock.due(LAST_WORDS);
        // Whether they have all ended or not: what has come is what there is.
        let _ = self
            .stage
            .until(due, |stage| {
                let mut programs = stage
                    .players
                    .iter()
                    .filter(|player| matches!(player.part, Part::Program(_)));
                programs
                    .all(|player| {
                        player.exit.is_some()
                            && player
                                .streams
                                .iter()
                                .all(|(_, stream)| stream.ended || stream.flooded)
                    })
                    .then_some(())
            })
            .await;
    }

    /// How programs ended that did not end well, and their last words.
    pub(super) fn endings(&self) -> Vec<Note> {
        (0..self.stage.players.len())
            .map(ActorId)
            .flat_map(|id| self.how_it_ended(id))
            .collect()
    }

    /// How this program ended, if it did not end well, and its last words if it complained.
    pub(super) fn how_it_ended(&self, id: ActorId) -> Vec<Note> {
        let player = self.stage.player(id);
        if !player.is_program() {
            return Vec::new();
        }
        // Whoever the scenario has stopped did not end by itself.
        let was_stopped = self
            .stage
            .program(id)
            .is_some_and(|part| part.program.is_none());
        let ended = player.exit.filter(|status| is_bad(*status) && !was_stopped);
        let ended = ended.map(|status| Note::Ended {
            actor: player.name.clone(),
            status,
        });
        ended.into_iter().chain(self.last_words(id)).collect()
    }

    /// The end of a program's error output or screen, if it looks like an error.
    pub(super) fn last_words(&self, id: ActorId) -> Option<Note> {
        const LINES: usize = 12;
        let player = self.stage.player(id);
        let stream = player
            .stream(Channel::Stderr)
            .filter(|stream| stream.len() > 0)
            .or_else(|| player.stream(player.channel(None)))?;
        let all = stream.slice(stream.len().saturating_sub(LOOKED_AT)..stream.len());
        let is_complaint = |line: &[u8]| {
            let line = String::from_utf8_lossy(line).to_lowercase();
            [
                "traceback",
                "error",
                "exception",
                "panicked",
                "segmentation",
                "already in use",
                "fault",
            ]
            .iter()
            .any(|word| line.contains(word))
        };
        let lines: Vec<&[u8]> = all
            .split(|byte| *byte == b'\n')
            .filter(|line| !line.iter().all(u8::is_ascii_whitespace))
            .collect();
        lines.iter().rposition(|line| is_complaint(line))?;
        // The beginning of a traceback says less than its end.
        let start = lines.len().saturating_sub(LINES);
        let first = lines[start..]
            .iter()
            .position(|line| line.starts_with(b"Traceback"))
            .unwrap_or(0);
        let text = lines[start + first..].join(&b'\n');
        // Where the copy of the submission lies is Viva's business: a student knows `server.py`.
        let text = match &self.stage.test_box {
            Some(test_box) => without(
                &text,
                format!("{}/", test_box.folder().display()).as_bytes(),
            ),
            None => text,
        };
        Some(Note::LastWords {
            actor: player.name.clone(),
            text: Data(text),
        })
    }
}

/// Whether a program that ends so has not ended well.
pub(super) fn is_bad(status: ExitStatus) -> bool {
    status != ExitStatus::Code(0)
}

/// `text` with every occurrence of `part` left out.
fn without(text: &[u8], part: &[u8]) -> Vec<u8> {
    let mut kept = Vec::with_capacity(text.len());
    let mut from = 0;
    for at in memmem::find_iter(text, part) {
        kept.extend_from_slice(&text[from..at]);
        from = at + part.len();
    }
    kept.extend_from_slice(&text[from..]);
    kept
}
