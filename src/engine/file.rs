//! Settles what is expected of a file that a program writes.

use memchr::memmem;

use crate::scenario::Template;
use crate::transcript::{ActorId, Data, Miss, Proof, closest};
use crate::verdict::{Actual, Expected, StepRef};

use super::explain::Attempt;
use super::play::{Flow, Run};

/// Bytes of a file that are looked at: a program can't write longer ones.
const MOST_OF_A_FILE: u64 = 64 << 20;

/// Bytes of a wrong file that a report holds.
const MOST_THAT_IS_KEPT: usize = 1 << 20;

impl Run<'_> {
    /// Whether the file `name` holds `content`, or is (`whole`) nothing else.
    pub(super) async fn file(
        &mut self,
        id: ActorId,
        (name, content, whole): (&Template, &Template, bool),
        step: &StepRef,
    ) -> Flow {
        let attempt = Attempt::new(id, step);
        let speaker = self.speaker(id);
        let name = self.variables.text(name, &speaker)?;
        let content = self.variables.text(content, &speaker)?;
        let content = self.variables.encode(&content)?;
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
            Ok(mut held) => {
                let total = held.len();
                held.truncate(MOST_THAT_IS_KEPT);
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
