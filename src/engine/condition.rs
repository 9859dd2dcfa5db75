//! Settles what is expected of a program as a whole: its files, and what the kernel says of it.

use tokio::time::Instant;

use crate::scenario::{Condition, Template};
use crate::transcript::{ActorId, Data, Miss, Proof};
use crate::verdict::{Actual, Expected, Remark, StepRef};

use super::explain::Attempt;
use super::play::{Flow, Run};

/// Bytes of a file that are looked at: a program can't write longer ones.
const MOST_OF_A_FILE: u64 = 64 << 20;

impl Run<'_> {
    /// Waits until it is so, or can't become so any more.
    pub(super) async fn hold(
        &mut self,
        id: ActorId,
        condition: &Condition,
        step: &StepRef,
    ) -> Flow {
        match condition {
            Condition::File {
                name,
                content,
                whole,
            } => self.file(id, (name, content, *whole), step).await,
            _ => {
                self.remarks.push(Remark::NotSeen { step: step.clone() });
                Ok(())
            }
        }
    }

    async fn file(
        &mut self,
        id: ActorId,
        (name, content, whole): (&Template, &Template, bool),
        step: &StepRef,
    ) -> Flow {
        let began = Instant::now();
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
                contains(held, &content)
            }
        });
        if right {
            self.settled(step, Proof::Matched, None);
            return Ok(());
        }
        let actual = match held {
            Err(_) => Actual::NoFile,
            Ok(held) => Actual::Bytes {
                difference: crate::transcript::closest(&content, &held),
                total: held.len(),
                data: Data(held),
            },
        };
        let attempt = Attempt {
            step: step.clone(),
            id,
            on: None,
            began,
        };
        Err(self
            .failure(
                &attempt,
                Expected::File {
                    name,
                    content: Data(content),
                    whole,
                },
                actual,
                Miss::Unexpected,
                Proof::Matched,
            )
            .into())
    }
}

fn contains(hay: &[u8], needle: &[u8]) -> bool {
    needle.is_empty() || hay.windows(needle.len()).any(|window| window == needle)
}
