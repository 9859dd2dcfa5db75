//! Settles what is expected of a program as a whole: its files, and what the kernel says of it.

use std::io::Read;
use std::path::Path;

use tokio::time::Instant;

use crate::scenario::{Condition, Template};
use crate::transcript::{ActorId, Data, Miss, Proof};
use crate::verdict::{Actual, Expected, Remark, StepRef};

use super::explain::Attempt;
use super::play::{Flow, Run};

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
            } => self.file(id, (name, content, *whole), step),
            _ => {
                self.remarks.push(Remark::NotSeen { step: step.clone() });
                Ok(())
            }
        }
    }

    fn file(
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
        let held = read_beneath(test_box.folder(), &name);
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

/// A plain file below `folder`: a student may have put a link, a device or a FIFO in its place.
fn read_beneath(folder: &Path, name: &str) -> std::io::Result<Vec<u8>> {
    use rustix::fs::{FileType, Mode, OFlags, ResolveFlags, fstat, open, openat2};
    const MOST: u64 = 64 << 20;
    let folder = open(
        folder,
        OFlags::PATH | OFlags::DIRECTORY | OFlags::CLOEXEC,
        Mode::empty(),
    )?;
    let flags = OFlags::RDONLY | OFlags::NONBLOCK | OFlags::NOCTTY | OFlags::CLOEXEC;
    let resolve = ResolveFlags::BENEATH | ResolveFlags::NO_SYMLINKS | ResolveFlags::NO_MAGICLINKS;
    let file = openat2(&folder, name, flags, Mode::empty(), resolve)?;
    if !FileType::from_raw_mode(fstat(&file)?.st_mode).is_file() {
        return Err(std::io::ErrorKind::InvalidInput.into());
    }
    let mut held = Vec::new();
    std::fs::File::from(file)
        .take(MOST)
        .read_to_end(&mut held)?;
    Ok(held)
}

fn contains(hay: &[u8], needle: &[u8]) -> bool {
    needle.is_empty() || hay.windows(needle.len()).any(|window| window == needle)
}
