//! When a program that was started is ready, and the prompts it asks until then.

use std::io;
use std::net::SocketAddr;

use crate::observe::{Keyboard, SocketTable, holds_socket, keyboard};
use crate::scenario::{Ready, Transport};
use crate::transcript::{ActorId, Channel, Data, Miss, Proof};
use crate::verdict::{Actual, Expected, Note, Remark, StepRef, Trouble};

use super::address::reachable;
use super::clock::Due;
use super::explain::Attempt;
use super::play::{Flow, Run, Stop};
use super::player::Part;
use super::prompts::{Awaited, Turn, turn};
use super::stage::Stage;
use super::stream::Stream;
use super::waiting::InVain;

impl Run<'_> {
    /// When the program counts as started.
    fn readiness(&self, id: ActorId) -> Ready {
        let Some(part) = self.stage.program(id) else {
            return Ready::Started;
        };
        let transport = self.variables.conventions.transport;
        match (&self.scenario.roles[part.role].ready, part.to, transport) {
            (Some(ready), _, _) => ready.clone(),
            (None, Some(_), Transport::Tcp | Transport::WebSocket) => Ready::Connected,
            (None, Some(_), Transport::Udp) => Ready::Started,
            (None, None, Transport::Tcp | Transport::WebSocket) => Ready::Listening,
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
    pub(super) async fn become_ready(&mut self, attempt: &Attempt, due: Due) -> Flow {
        let (id, step) = (attempt.id, &attempt.step);
        let ready = self.readiness(id);
        let Some(part) = self.stage.program(id) else {
            return Ok(());
        };
        let pid = part
            .program
            .as_ref()
            .map_or(0, |program| program.process.pid);
        self.expect_prompts(id)?;
        let prompt = match &ready {
            Ready::Prompt(spec) => {
                let speaker = self.speaker(id);
                Some(self.variables.pattern(spec, &speaker)?.0)
            }
            _ => None,
        };
        let awaited = Awaited {
            prompt: prompt.as_ref(),
            started: ready == Ready::Started,
        };
        let mut table = self.table_of_sockets(id).await?;
        // Nothing but being at rest shows that some are started.
        let due = if awaited.started { due } else { due.starting() };
        loop {
            let mut trouble = None;
            let due = match self.stage.program(id) {
                // That a program waits for its keyboard has none either.
                Some(part) if table.is_some() || !part.unanswered.is_empty() => due.looking(),
                _ => due,
            };
            let turn = self.stage.until(due, |stage| {
                if let Some(table) = &mut table
                    && let Err(error) = look_at_sockets(stage, id, pid, table)
                {
                    trouble = Some(error);
                }
                turn(stage, id, pid, is_ready(stage, id, &ready), &awaited)
            });
            let turn = turn.await;
            if let Some(error) = trouble {
                return Err(Trouble::system("sock_diag", &error).into());
            }
            match turn {
                Ok(Turn::Asks { asked, upto }) => {
                    self.answer(id, asked, upto, step, due).await?;
                }
                Ok(Turn::Prompted { upto }) => {
                    let channel = self.stage.player(id).channel(None);
                    if let Some(stream) = self.stage.player_mut(id).stream_mut(channel) {
                        stream.consume_to(upto);
                    }
                    break;
                }
                Ok(Turn::Ready) => break,
                // One that has ended, or waits for something else, was started, too.
                Ok(Turn::Ended) | Err(InVain::Quiescent | InVain::Overdue) if awaited.started => {
                    break;
                }
                // A start may take its time: runtimes compile, programs load what they need.
                Err(InVain::Spinning) => {}
                Ok(Turn::Flooded) => {
                    return Err(self.not_ready(attempt, Proof::Flooded).await);
                }
                Ok(Turn::Ended) => {
                    return Err(self.not_ready(attempt, Proof::Exited).await);
                }
                Err(vain) => {
                    let proof = vain.proof()?;
                    return Err(self.not_ready(attempt, proof).await);
                }
            }
        }
        if table.is_some() && !self.remarks.contains(&Remark::Polled) {
            self.remarks.push(Remark::Polled);
        }
        self.after_ready(id);
        self.settled(step, Proof::Matched, None);
        Ok(())
    }

    /// Where the program `server` of this name is reached: one that counts as started before it listens, or binds its socket, has
    /// until the deadline to do that.
    pub(super) async fn find(
        &mut self,
        server: Option<ActorId>,
        name: &str,
        step: &StepRef,
        due: Due,
    ) -> Flow<SocketAddr> {
        let running = server.and_then(|id| {
            let program = self.stage.program(id)?.program.as_ref()?;
            Some((id, program.process.pid))
        });
        let Some((id, pid)) = running else {
            return Err(Stop::Trouble(Trouble::NoValue {
                name: format!("{name}.address"),
                place: step.place.clone(),
            }));
        };
        let transport = self.variables.conventions.transport;
        let mut table = self.table_of_sockets(id).await?;
        let mut trouble = None;
        let due = match table {
            Some(_) => due.looking(),
            None => due,
        };
        let found = self.wait(step, due, |stage| {
            if let Some(table) = &mut table
                && let Err(error) = look_at_sockets(stage, id, pid, table)
            {
                trouble = Some(error);
            }
            match stage.address_of(id, transport) {
                None if stage.player(id).exit.is_none() => None,
                found => Some(found),
            }
        });
        let found = found.await?;
        if let Some(error) = trouble {
            return Err(Trouble::system("sock_diag", &error).into());
        }
        let (actual, proof) = match found {
            Ok(Some(address)) => {
                self.after_ready(id);
                return Ok(address);
            }
            Ok(None) => match self.stage.player(id).exit {
                Some(status) => (Actual::Exited(status), Proof::Exited),
                None => (Actual::Nothing, Proof::Exited),
            },
            Err(vain) => (Actual::Nothing, vain.proof()?),
        };
        let expected = match transport {
            Transport::Udp => Expected::Bound,
            Transport::Tcp | Transport::WebSocket => Expected::Listening,
        };
        let attempt = Attempt::new(id, step);
        let mut failure = self.ended_failure(&attempt, expected, actual, proof).await;
        failure.miss = Miss::NotStarted;
        Err(failure.into())
    }

    /// Where the kernel doesn't tell of a program's listen(2) and bind(2) itself, sockets are looked for in there again and again.
    async fn table_of_sockets(&self, id: ActorId) -> Flow<Option<SocketTable>> {
        if self.is_watched(id) {
            return Ok(None);
        }
        let table = self.socket_table().await;
        Ok(Some(
            table.map_err(|error| Trouble::system("sock_diag", &error))?,
        ))
    }

    fn is_watched(&self, id: ActorId) -> bool {
        self.stage.program(id).is_some_and(|part| part.watched)
    }

    fn after_ready(&mut self, id: ActorId) {
        if let Some(address) = self.address_of(id) {
            self.stage.set_address(id, address);
            let name = self.stage.player(id).name.clone();
            self.variables.set_address(&name, address);
            let Some(part) = self.stage.program(id) else {
                return;
            };
            let (asked, took) = (part.asked, address.port());
            let remark = if asked == took || part.to.is_some() {
                None
            } else if asked.swap_bytes() == took {
                Some(Remark::PortSwapped { meant: asked, took })
            } else {
                part.was_answered
                    .then_some(Remark::OtherPort { asked, took })
            };
            let known = |remark: &Remark| self.remarks.contains(remark);
            if let Some(remark) = remark.filter(|remark| !known(remark)) {
                self.remarks.push(remark);
            }
        }
    }

    async fn not_ready(&mut self, attempt: &Attempt, settled: Proof) -> Stop {
        let id = attempt.id;
        // Who waits for its keyboard waits for an answer; of whoever does something else nothing is known.
        let pid = self.stage.program(id).and_then(|part| {
            let program = part.program.as_ref()?;
            Some(program.process.pid)
        });
        let asks = pid.map(keyboard) == Some(Keyboard::Awaited);
        if settled == Proof::Exited {
            self.gather().await;
        }
        let expected = self.expected_ready(id);
        let player = self.stage.player(id);
        let stream = player.stream(player.channel(None));
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
        if proof == Proof::Flooded {
            notes.push(Note::Flood {
                actor: player.name.clone(),
                kept: stream.map_or(0, Stream::len),
            });
        } else if player.exit.is_none() {
            let text = stream.map(Stream::unread).unwrap_or_default();
            let last = text
                .split(|byte| *byte == b'\n')
                .rev()
                .find(|line| !line.iter().all(u8::is_ascii_whitespace));
            match last {
                Some(line) if asks => notes.push(Note::UnknownPrompt {
                    actor: player.name.clone(),
                    text: Data(line.to_vec()),
                }),
                _ => notes.push(Note::StillRunning {
                    actor: player.name.clone(),
                }),
            }
        }
        let miss = if proof == Proof::Flooded {
            Miss::Flooded
        } else {
            Miss::NotStarted
        };
        let mut failure = self.failure(attempt, expected, actual, miss, proof);
        failure.notes = notes;
        failure.into()
    }
}

/// Which sockets does the program have now? A stranger's don't count.
fn look_at_sockets(
    stage: &mut Stage,
    id: ActorId,
    pid: i32,
    table: &mut SocketTable,
) -> io::Result<()> {
    let mut listening = table.listeners()?;
    let mut bound = table.udp_bound()?;
    let Some(part) = stage.program(id) else {
        return Ok(());
    };
    let is_new = |address: SocketAddr, only_v6: bool, inode: u32, known: &[SocketAddr]| {
        !known.contains(&reachable(address, only_v6)) && holds_socket(pid, inode) == Some(true)
    };
    listening.retain(|it| is_new(it.address, it.only_v6, it.inode, &part.listening));
    bound.retain(|it| is_new(it.local, it.only_v6, it.inode, &part.bound));
    for socket in listening {
        stage.note_listening(id, socket.address, socket.only_v6);
    }
    for socket in bound {
        stage.note_bound(id, socket.local, socket.only_v6);
    }
    Ok(())
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
                Part::Proxy(relay) => relay.was_reached(),
                _ => stage
                    .player(server)
                    .stream(Channel::Wire)
                    .is_some_and(|stream| stream.len() > 0),
            }),
        Ready::Prompt(_) => false,
    }
}
