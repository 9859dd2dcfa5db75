//! When a program that was started is ready, and the prompts it asks until then.

use std::net::SocketAddr;
use std::time::Duration;

use tokio::time::Instant;

use crate::actor::Program;

use crate::observe::{Keyboard, holds_socket, keyboard, turns};
use crate::scenario::{Ready, Transport};
use crate::transcript::{ActorId, Channel, Data, Miss, Pattern, Proof};
use crate::verdict::{Actual, Expected, Note, Remark, StepRef};

use super::explain::Attempt;
use super::pauses::Pauses;
use super::play::{Flow, Run, Stop, system};
use super::stage::{Part, Stage, reachable};
use super::stream::{Look, Stream};

impl Run<'_> {
    /// When the program counts as started.
    fn readiness(&self, id: ActorId) -> Ready {
        let Some(part) = self.stage.program(id) else {
            return Ready::Started;
        };
        let transport = self.variables.conventions.transport;
        match (&self.scenario.roles[part.role].ready, part.to, transport) {
            (Some(ready), _, _) => ready.clone(),
            (None, Some(_), Transport::Tcp) => Ready::Connected,
            (None, Some(_), Transport::Udp) => Ready::Started,
            (None, None, Transport::Tcp) => Ready::Listening,
            (None, None, Transport::Udp) => Ready::Bound,
        }
    }

    pub(super) fn expected_ready(&mut self, id: ActorId) -> Expected {
        match self.readiness(id) {
            Ready::Listening | Ready::Started => Expected::Listening,
            Ready::Bound => Expected::Bound,
            Ready::Connected => Expected::Connected,
            Ready::Prompt(spec) => {
                let speaker = self.speaker(id);
                self.variables
                    .pattern(&spec, &speaker)
                    .map_or(Expected::Connected, |(_, expected)| {
                        Expected::Prompt(Box::new(expected))
                    })
            }
        }
    }

    /// Waits until a program is ready, and answers what it asks meanwhile.
    pub(super) async fn become_ready(
        &mut self,
        id: ActorId,
        step: &StepRef,
        began: Instant,
        deadline: Instant,
    ) -> Flow {
        let ready = self.readiness(id);
        let Some(part) = self.stage.program(id) else {
            return Ok(());
        };
        let role = &self.scenario.roles[part.role];
        let pid = part
            .program
            .as_ref()
            .map_or(0, |program| program.process.pid);
        let speaker = self.speaker(id);
        let mut unanswered = Vec::new();
        for answer in &role.answers {
            let (asks, _) = self.variables.pattern(&answer.asks, &speaker)?;
            unanswered.push(Unanswered {
                asks,
                reply: self.variables.text(&answer.reply, &speaker)?,
            });
        }
        let prompt = match &ready {
            Ready::Prompt(spec) => Some(self.variables.pattern(spec, &speaker)?.0),
            _ => None,
        };
        let channel = self.stage.player(id).channel(None);
        let mut since = self
            .stage
            .player(id)
            .stream(channel)
            .map_or(0, Stream::consumed);
        let mut turns_then = None;
        let mut pauses = Pauses::new();
        loop {
            // The kernel tells of listen(2) and bind(2) itself, but neither of a wait for the keyboard nor, on some
            // machines, of sockets: there, look again and again.
            let now = Instant::now();
            let look_at = if self.is_watched(id) {
                deadline
            } else {
                deadline.min(now + OFTEN)
            };
            let turn = self.stage.until(look_at, |stage| {
                turn(
                    stage,
                    id,
                    pid,
                    &Awaited {
                        ready: &ready,
                        prompt: prompt.as_ref(),
                        unanswered: &unanswered,
                        channel,
                        since,
                        turns: turns_then,
                    },
                )
            });
            let turn = turn.await;
            match turn {
                Some(Turn::Asked { index, upto }) => {
                    since = upto;
                    turns_then = Some(turns(pid));
                    pauses = Pauses::new();
                    if let Some(part) = self.stage.program_mut(id) {
                        part.was_answered = true;
                    }
                    self.consume(id, channel, upto);
                    let line = format!("{}\n", unanswered.remove(index).reply).into_bytes();
                    self.type_bytes(id, &line, step, deadline).await?;
                }
                Some(Turn::Prompted { upto }) => {
                    self.consume(id, channel, upto);
                    break;
                }
                Some(Turn::Ready) => break,
                Some(Turn::Stuck { seen }) if self.is_stuck(id, pid, channel, seen).await => {
                    return Err(self.not_ready(id, step, began, Proof::Quiescent).await);
                }
                Some(Turn::Soon | Turn::Stuck { .. }) if now < deadline => {
                    self.stage.pause(pauses.next()).await;
                }
                None if now < deadline => {
                    if !self.is_watched(id) {
                        self.look_at_sockets(id, pid).await?;
                    }
                }
                // One that has ended was started, too.
                Some(Turn::Soon | Turn::Ended) | None if ready == Ready::Started => break,
                Some(Turn::Ended | Turn::Soon | Turn::Stuck { .. }) | None => {
                    return Err(self.not_ready(id, step, began, Proof::Deadline).await);
                }
            }
        }
        self.after_ready(id);
        self.settled(step, Proof::Matched, None);
        Ok(())
    }

    fn consume(&mut self, id: ActorId, channel: Channel, upto: usize) {
        if let Some(stream) = self.stage.player_mut(id).stream_mut(channel) {
            stream.consume_to(upto);
        }
    }

    /// Whether a program of one thread still waits for its keyboard when all that it has printed (`seen` bytes so far) is
    /// here: then nothing but an answer can move it.
    async fn is_stuck(&mut self, id: ActorId, pid: i32, channel: Channel, seen: usize) -> bool {
        let program = self
            .stage
            .program(id)
            .and_then(|part| part.program.as_ref());
        if program.is_none_or(|program| program.has_output()) {
            return false;
        }
        self.stage.until(Instant::now(), |_| Some(())).await;
        let is_the_same = self
            .stage
            .player(id)
            .stream(channel)
            .is_some_and(|stream| stream.len() == seen);
        is_the_same && keyboard(pid) == Keyboard::Read { alone: true }
    }

    fn is_watched(&self, id: ActorId) -> bool {
        self.stage.program(id).is_some_and(|part| part.watched)
    }

    /// The fall-back where the kernel doesn't tell: which sockets does the program have now? A stranger's don't count.
    async fn look_at_sockets(&mut self, id: ActorId, pid: i32) -> Flow {
        let failed = |error| system("sock_diag", &error);
        let mut table = self.socket_table().await.map_err(failed)?;
        let mut listening = table.listeners().map_err(failed)?;
        let mut bound = table.udp_bound().map_err(failed)?;
        let Some(part) = self.stage.program(id) else {
            return Ok(());
        };
        let is_new = |address: SocketAddr, only_v6: bool, inode: u32, known: &[SocketAddr]| {
            !known.contains(&reachable(address, only_v6)) && holds_socket(pid, inode) == Some(true)
        };
        listening.retain(|it| is_new(it.address, it.only_v6, it.inode, &part.listening));
        bound.retain(|it| is_new(it.local, it.only_v6, it.inode, &part.bound));
        for socket in listening {
            self.stage
                .note_listening(id, socket.address, socket.only_v6);
        }
        for socket in bound {
            self.stage.note_bound(id, socket.local, socket.only_v6);
        }
        if !self.remarks.contains(&Remark::Polled) {
            self.remarks.push(Remark::Polled);
        }
        Ok(())
    }

    fn after_ready(&mut self, id: ActorId) {
        if let Some(address) = self.address_of(id) {
            self.stage.set_address(id, address);
            let name = self.stage.player(id).name.clone();
            self.variables.set_address(&name, address);
            let Some(part) = self.stage.program(id) else {
                return;
            };
            if part.was_answered && part.asked != address.port() && part.to.is_none() {
                let remark = Remark::OtherPort {
                    asked: part.asked,
                    took: address.port(),
                };
                if !self.remarks.contains(&remark) {
                    self.remarks.push(remark);
                }
            }
        }
    }

    async fn not_ready(
        &mut self,
        id: ActorId,
        step: &StepRef,
        began: Instant,
        settled: Proof,
    ) -> Stop {
        self.gather().await;
        let expected = self.expected_ready(id);
        let player = self.stage.player(id);
        let (actual, proof) = match player.exit {
            Some(status) => (Actual::Exited(status), Proof::Exited),
            None => (Actual::StillOpen, settled),
        };
        let mut notes = Vec::new();
        if let Some(part) = self.stage.program(id) {
            notes.extend(part.dialled.last().map(|address| Note::DialledElsewhere {
                address: address.to_string(),
            }));
        }
        notes.extend(self.last_words(id));
        if player.exit.is_none() {
            let channel = player.channel(None);
            let text = player
                .stream(channel)
                .map(|stream| stream.unread().to_vec())
                .unwrap_or_default();
            let last = text
                .split(|byte| *byte == b'\n')
                .rev()
                .find(|line| !line.iter().all(u8::is_ascii_whitespace));
            match last {
                Some(line) => notes.push(Note::UnknownPrompt {
                    actor: player.name.clone(),
                    text: Data(line.to_vec()),
                }),
                None => notes.push(Note::StillRunning {
                    actor: player.name.clone(),
                }),
            }
        }
        let attempt = Attempt {
            step: step.clone(),
            id,
            on: None,
            began,
        };
        let mut failure = self.failure(&attempt, expected, actual, Miss::NotStarted, proof);
        failure.notes = notes;
        failure.into()
    }
}

/// How often sockets are looked for where no system calls are announced.
const OFTEN: Duration = Duration::from_millis(2);

/// A prompt that was not answered yet.
struct Unanswered {
    asks: Pattern,
    reply: String,
}

/// What a program that starts may do next.
struct Awaited<'a> {
    ready: &'a Ready,
    prompt: Option<&'a Pattern>,
    unanswered: &'a [Unanswered],
    channel: Channel,
    /// What it printed before is answered.
    since: usize,
    /// How often it had had a processor when it was last answered: not more often means that it has not read the answer.
    turns: Option<u64>,
}

enum Turn {
    /// It waits for this answer; what it printed up to here is then read.
    Asked {
        index: usize,
        upto: usize,
    },
    /// It has printed what makes it ready.
    Prompted {
        upto: usize,
    },
    Ready,
    /// It may be about to ask.
    Soon,
    /// It seems to ask what no answer is given for.
    Stuck {
        seen: usize,
    },
    Ended,
}

fn turn(stage: &Stage, id: ActorId, pid: i32, awaited: &Awaited<'_>) -> Option<Turn> {
    let player = stage.player(id);
    let stream = player.stream(awaited.channel)?;
    let hit = |pattern: &Pattern| match stream.look_from(pattern, awaited.since, None) {
        Look::Hit(hit) => Some(hit),
        _ => None,
    };
    let asked: Vec<_> = awaited
        .unanswered
        .iter()
        .enumerate()
        .filter_map(|(index, open)| Some((hit(&open.asks)?, index)))
        .collect();
    if let Some(hit) = awaited.prompt.and_then(hit) {
        return Some(Turn::Prompted { upto: hit.end });
    }
    let ready = is_ready(stage, id, awaited.ready);
    if ready && *awaited.ready != Ready::Started {
        return Some(Turn::Ready);
    }
    if player.exit.is_some() {
        // What it printed before its end is on its way until the terminal is closed.
        return stream.ended.then_some(Turn::Ended);
    }
    let printed = stream.slice(awaited.since..stream.len());
    let silent = printed.iter().all(u8::is_ascii_whitespace);
    if asked.is_empty() && awaited.unanswered.is_empty() && ready {
        return Some(Turn::Ready);
    }
    let waits = keyboard(pid);
    // In this order: what it printed before it waited is then either here or seen to be on its way.
    let on_its_way = stage
        .program(id)?
        .program
        .as_ref()
        .is_some_and(Program::has_output);
    match waits {
        Keyboard::Read { .. } | Keyboard::Watched if on_its_way => Some(Turn::Soon),
        // It waits for its user: the prompt is what it printed last.
        Keyboard::Read { .. } | Keyboard::Watched if !asked.is_empty() => {
            let last = asked.into_iter().max_by_key(|(hit, _)| hit.start)?;
            Some(Turn::Asked {
                index: last.1,
                upto: stream.len(),
            })
        }
        Keyboard::Unknown if !asked.is_empty() => {
            let first = asked.into_iter().min_by_key(|(hit, _)| hit.start)?;
            Some(Turn::Asked {
                index: first.1,
                upto: first.0.end,
            })
        }
        // It may go on printing, and ask for something else.
        Keyboard::Busy if !asked.is_empty() || ready => Some(Turn::Soon),
        // It still waits for what it has been answered already.
        Keyboard::Read { .. } | Keyboard::Watched if ready && awaited.turns == Some(turns(pid)) => {
            Some(Turn::Soon)
        }
        // While it is being started the kernel shows nothing; elsewhere it never does.
        Keyboard::Unknown if ready && silent => Some(Turn::Soon),
        _ if ready => Some(Turn::Ready),
        Keyboard::Read { alone: true } if !silent => Some(Turn::Stuck { seen: stream.len() }),
        _ => None,
    }
}

fn is_ready(stage: &Stage, id: ActorId, ready: &Ready) -> bool {
    let Some(part) = stage.program(id) else {
        return true;
    };
    match ready {
        Ready::Listening => !part.listening.is_empty(),
        Ready::Bound => !part.bound.is_empty(),
        Ready::Started => true,
        Ready::Connected => part
            .to
            .is_none_or(|server| match &stage.player(server).part {
                Part::Server { arrived, .. } => !arrived.is_empty(),
                Part::Program(_) | Part::Running(_) => !part.dialled.is_empty(),
                _ => stage
                    .player(server)
                    .stream(Channel::Wire)
                    .is_some_and(|stream| stream.len() > 0),
            }),
        Ready::Prompt(_) => false,
    }
}
