//! The prompts that a program asks, and the answers it is given: one each, when it waits for its keyboard.

use crate::actor::Program;
use crate::observe::{Keyboard, keyboard};
use crate::transcript::{ActorId, Pattern};
use crate::verdict::StepRef;

use super::clock::Due;
use super::play::{Flow, Run};
use super::stage::Stage;
use super::stream::{Hit, Look, Stream};
use super::waiting::InVain;

/// A prompt that was not answered yet.
pub(super) struct Unanswered {
    asks: Pattern,
    reply: String,
}

/// A prompt that was found in what a program printed.
#[derive(Clone, Copy, Debug)]
pub(super) struct Asked {
    index: usize,
    start: usize,
    end: usize,
}

impl Run<'_> {
    /// The prompts that a program may ask from its start on.
    pub(super) fn expect_prompts(&mut self, id: ActorId) -> Flow {
        let Some(part) = self.stage.program(id) else {
            return Ok(());
        };
        let role = &self.scenario.roles[part.role];
        let speaker = self.speaker(id);
        let mut unanswered = Vec::new();
        for answer in &role.answers {
            let (asks, _) = self.variables.pattern(&answer.asks, &speaker)?;
            unanswered.push(Unanswered {
                asks,
                reply: self.variables.text(&answer.reply, &speaker)?,
            });
        }
        let channel = self.stage.player(id).channel(None);
        let consumed = self.stage.player(id).stream(channel).map(Stream::consumed);
        if let Some(part) = self.stage.program_mut(id) {
            part.unanswered = unanswered;
            part.answered_upto = consumed.unwrap_or(0);
        }
        Ok(())
    }

    /// Types the answer; what the program printed up to `upto` is then read.
    pub(super) async fn answer(
        &mut self,
        id: ActorId,
        asked: Asked,
        upto: usize,
        step: &StepRef,
        due: Due,
    ) -> Flow {
        let channel = self.stage.player(id).channel(None);
        if let Some(stream) = self.stage.player_mut(id).stream_mut(channel) {
            stream.consume_to(upto);
        }
        let Some(part) = self.stage.program_mut(id) else {
            return Ok(());
        };
        part.was_answered = true;
        part.answered_upto = upto;
        let reply = part.unanswered.remove(asked.index).reply;
        self.type_bytes(id, format!("{reply}\n").as_bytes(), step, due)
            .await
    }

    /// Waits as [`Stage::until`] does. Where everything stands still because a program that is already in use asks a prompt
    /// that was not answered yet, it is answered and the wait goes on.
    pub(super) async fn wait<T>(
        &mut self,
        step: &StepRef,
        due: Due,
        mut check: impl FnMut(&mut Stage) -> Option<T>,
    ) -> Flow<Result<T, InVain>> {
        loop {
            let outcome = self.stage.until(due, &mut check).await;
            if !matches!(outcome, Err(InVain::Quiescent)) {
                return Ok(outcome);
            }
            let Some((id, asked, upto)) = late_prompt(&self.stage) else {
                return Ok(outcome);
            };
            self.answer(id, asked, upto, step, due).await?;
        }
    }
}

/// The program that waits for an answer at this moment, the prompt, and how much it has printed.
fn late_prompt(stage: &Stage) -> Option<(ActorId, Asked, usize)> {
    (0..stage.players.len()).map(ActorId).find_map(|id| {
        let pid = stage.program(id)?.program.as_ref()?.process.pid;
        let player = stage.player(id);
        let stream = player.stream(player.channel(None))?;
        let asked = last_asked(stage, id)?;
        let waits = player.exit.is_none() && keyboard(pid) == Keyboard::Awaited;
        waits.then(|| (id, asked, stream.len()))
    })
}

/// The prompts that stand in what a program has printed since its last answer.
fn asked(stage: &Stage, id: ActorId) -> impl Iterator<Item = Asked> {
    let player = stage.player(id);
    let stream = player.stream(player.channel(None));
    let part = stage.program(id);
    part.into_iter().flat_map(move |part| {
        part.unanswered
            .iter()
            .enumerate()
            .filter_map(move |(index, open)| {
                let hit = find(stream?, &open.asks, part.answered_upto)?;
                Some(Asked {
                    index,
                    start: hit.start,
                    end: hit.end,
                })
            })
    })
}

/// Who waits for its user has printed the prompt last.
fn last_asked(stage: &Stage, id: ActorId) -> Option<Asked> {
    asked(stage, id).max_by_key(|asked| asked.start)
}

fn find(stream: &Stream, pattern: &Pattern, from: usize) -> Option<Hit> {
    match stream.look_from(pattern, from, None) {
        Look::Hit(hit) => Some(hit),
        _ => None,
    }
}

/// What a program that starts does next.
pub(super) enum Turn {
    /// It waits for this answer; what it printed up to here is then read.
    Asks {
        asked: Asked,
        upto: usize,
    },
    /// It has printed what makes it ready.
    Prompted {
        upto: usize,
    },
    Ready,
    Ended,
    /// It has printed more than is kept.
    Flooded,
}

/// What makes a program ready.
pub(super) struct Awaited<'a> {
    pub(super) prompt: Option<&'a Pattern>,
    /// Nothing but that it was started.
    pub(super) started: bool,
}

/// What the program of the process `pid` does next; `ready` tells whether it has done what makes it ready.
pub(super) fn turn(
    stage: &Stage,
    id: ActorId,
    pid: i32,
    ready: bool,
    awaited: &Awaited<'_>,
) -> Option<Turn> {
    let player = stage.player(id);
    let part = stage.program(id)?;
    let stream = player.stream(player.channel(None))?;
    let since = part.answered_upto;
    if let Some(hit) = awaited
        .prompt
        .and_then(|prompt| find(stream, prompt, since))
    {
        return Some(Turn::Prompted { upto: hit.end });
    }
    if ready && !awaited.started {
        return Some(Turn::Ready);
    }
    if player.exit.is_some() {
        // What it printed before its end is on its way until the terminal is closed.
        return stream.ended.then_some(Turn::Ended);
    }
    if stream.flooded && !ready {
        return Some(Turn::Flooded);
    }
    let silent = || {
        let printed = stream.slice(since..stream.len());
        printed.iter().all(u8::is_ascii_whitespace)
    };
    if part.unanswered.is_empty() || (!ready && silent()) {
        return ready.then_some(Turn::Ready);
    }
    let waits = keyboard(pid);
    // In this order: what it printed before it waited is then either here or seen to be on its way.
    let on_its_way = part.program.as_ref().is_some_and(Program::has_output);
    match waits {
        // It may go on printing, and ask for something else; or it has not read its last answer yet.
        Keyboard::Busy => None,
        Keyboard::Awaited if on_its_way => None,
        Keyboard::Awaited => match last_asked(stage, id) {
            Some(asked) => Some(Turn::Asks {
                asked,
                upto: stream.len(),
            }),
            None => ready.then_some(Turn::Ready),
        },
        // Nobody knows whether it waits: it is answered prompt by prompt.
        Keyboard::Unknown => match asked(stage, id).min_by_key(|asked| asked.start) {
            Some(asked) => Some(Turn::Asks {
                asked,
                upto: asked.end,
            }),
            // While it is being started the kernel shows nothing; elsewhere it never does.
            None if silent() => None,
            None => ready.then_some(Turn::Ready),
        },
    }
}
