//! Settles what is expected of a file that a program writes.

use std::ops::Range;

use memchr::memmem;

use crate::scenario::{Content, Template};
use crate::transcript::{ActorId, Data, Miss, Proof, closest};
use crate::verdict::{Actual, Expected, StepRef};

use super::explain::Attempt;
use super::play::{Flow, Run};

/// Bytes of a file that are looked at: a program can't write longer ones.
const MOST_OF_A_FILE: u64 = 64 << 20;

/// Bytes of a wrong file that a report holds.
const MOST_THAT_IS_KEPT: usize = 1 << 20;

/// Bytes of it before the first difference.
const BEFORE: usize = 1 << 10;

/// The offsets between which a report shows a file: all of it, or of a long one what is around the first difference.
fn around_difference(held: &[u8], content: &[u8]) -> Range<usize> {
    if held.len().max(content.len()) <= MOST_THAT_IS_KEPT {
        return 0..MOST_THAT_IS_KEPT;
    }
    let same = held
        .iter()
        .zip(content)
        .take_while(|(one, other)| one == other);
    let from = same.count().saturating_sub(BEFORE);
    from..from + 2 * BEFORE
}

fn part(bytes: &[u8], window: &Range<usize>) -> Vec<u8> {
    bytes[window.start.min(bytes.len())..window.end.min(bytes.len())].to_vec()
}

impl Run<'_> {
    /// Whether the file `name` holds `content`, or is (`whole`) nothing else.
    pub(super) async fn file(
        &mut self,
        id: ActorId,
        (name, content, whole): (&Template, &Content, bool),
        step: &StepRef,
    ) -> Flow {
        let attempt = Attempt::new(id, step);
        let speaker = self.speaker(id);
        let name = self.variables.text(name, &speaker)?;
        let mut content = self.variables.content(content, &speaker)?;
        let Some(test_box) = &self.stage.test_box else {
            return Ok(());
        };
        let held = test_box.read_file(&name, MOST_OF_A_FILE).await;
        let right = held.as_ref().is_ok_and(|held| {
            if whole {
                *held == content
            } else {
                memmem::find(held, &content).is_some()
            }
        });
        if right {
            self.settled(step, Proof::Matched, None);
            return Ok(());
        }
        let actual = match held {
            Err(_) => Actual::NoFile,
            Ok(held) => {
                let total = held.len();
                let window = around_difference(&held, &content);
                let held = part(&held, &window);
                content = part(&content, &window);
                Actual::Bytes {
                    difference: closest(&content, &held),
                    total,
                    data: Data(held),
                }
            }
        };
        let expected = Expected::File {
            name,
            content: Data(content),
            whole,
        };
        let failure = self.failure(&attempt, expected, actual, Miss::Unexpected, Proof::Matched);
        Err(failure.into())
    }
}

#[cfg(test)]
mod tests {
    use super::{around_difference, part};

    #[test]
    fn of_a_long_file_what_is_around_the_first_difference_is_shown() {
        let right = vec![b'x'; 3 << 20];
        let mut wrong = right.clone();
        wrong[2 << 20] = b'y';
        let window = around_difference(&wrong, &right);
        assert_eq!(part(&wrong, &window).len(), 2048);
        assert!(part(&wrong, &window).contains(&b'y'));
        let cut = &right[..1 << 20];
        let window = around_difference(cut, &right);
        assert_eq!(part(cut, &window).len(), 1024);
        assert_eq!(part(&right, &window).len(), 2048);
        assert_eq!(
            part(b"short", &around_difference(b"short", b"text")),
            b"short"
        );
    }
}
