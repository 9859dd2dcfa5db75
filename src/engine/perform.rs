//! What actors do: sending, typing, closing, signals.

use std::cell::Cell;
use std::io;

use crate::diagnostic::Place;
use crate::scenario::{Action, Payload, Step, StepKind, Transport};
use crate::transcript::{ActorId, ActorKind, Channel, Data, EventKind, Miss, Proof};
use crate::verdict::{Actual, Expected, Note, StepRef, Trouble};
use crate::wire::Cut;

use super::clock::Due;
use super::explain::Attempt;
use super::play::{Flow, Run, Stop, reference, system};
use super::stage::{Part, Player};
use super::stream::Stream;
use super::waiting::{InVain, has_room};

/// A single write of more bytes is not kept in the transcript.
const MOST_THAT_IS_KEPT: usize = 1 << 20;

impl Run<'_> {
    /// One actor does one action.
    pub(super) async fn perform(&mut self, step: &Step, id: ActorId, action: &Action) -> Flow {
        let (at, due) = (reference(step), self.due(Some(step)));
        match action {
            Action::Start => self.start(id, &at, due).await,
            Action::Stop => self.stop(id, &at, due).await,
            Action::Restart => {
                self.stop(id, &at, due).await?;
                self.start(id, &at, self.due(Some(step))).await
            }
            Action::Signal(signal) => self.signal(id, *signal).await,
            Action::Key(byte) => self.type_bytes(id, &[*byte], &at, due).await,
            Action::Connect => self.connect(id, &at, due).await,
            Action::Accept(name) => self.accept(id, name, &at, due).await,
            Action::Send {
                payload,
                cut,
                fragments,
            } => self.send(id, payload, [cut, fragments], &at, due).await,
            Action::Expect {
                pattern,
                on,
                capture,
            } => {
                self.expect(id, pattern, *on, capture.as_deref(), &at, due)
                    .await
            }
            Action::Hold(condition) => self.hold(id, condition, &at, due).await,
            Action::Never { pattern, on, since } => {
                self.never(step, id, Some(pattern), *on, since.as_deref())
                    .await
            }
            Action::Silent { on, since } => self.never(step, id, None, *on, since.as_deref()).await,
            Action::Reading(reads) => {
                if let Part::Connection(Some(connection)) = &self.stage.player(id).part {
                    connection.set_reading(*reads);
                    self.stage.record(id, EventKind::Reading(*reads));
                }
                Ok(())
            }
            Action::Close => {
                self.stage.record(id, EventKind::Closed);
                match &mut self.stage.player_mut(id).part {
                    Part::Connection(connection) => {
                        if let Some(connection) = connection.take() {
                            connection.close().await;
                        }
                    }
                    Part::Server { listeners, .. } => {
                        for listener in std::mem::take(listeners) {
                            listener.close().await;
                        }
                    }
                    Part::Datagrams { sockets, .. } => sockets.clear(),
                    Part::Program(_) | Part::Running(_) | Part::Proxy(_) => {}
                }
                Ok(())
            }
            Action::CloseWrite => {
                self.stage.record(id, EventKind::EndedInput);
                if let Part::Connection(Some(connection)) = &self.stage.player(id).part {
                    // The other side may have reset it already: nothing is left to close then.
                    let _ = connection.end_writing();
                }
                Ok(())
            }
            Action::CloseStdin => {
                self.stage.record(id, EventKind::EndedInput);
                if let Some(program) = self
                    .stage
                    .program_mut(id)
                    .and_then(|part| part.program.as_mut())
                {
                    let _ = program.end_input().await;
                }
                Ok(())
            }
            Action::Reset if matches!(self.stage.player(id).part, Part::Proxy(_)) => {
                self.stage.reset_line(id).await;
                Ok(())
            }
            Action::Reset => {
                self.stage.record(id, EventKind::Reset);
                if let Part::Connection(connection) = &mut self.stage.player_mut(id).part
                    && let Some(connection) = connection.take()
                {
                    connection
                        .reset()
                        .await
                        .map_err(|error| system("reset", &error))?;
                }
                Ok(())
            }
        }
    }

    /// An action of the handshake that the conventions demand of every client.
    pub(super) async fn shake(
        &mut self,
        id: ActorId,
        action: &Action,
        step: &StepRef,
        due: Due,
    ) -> Flow {
        match action {
            Action::Send {
                payload,
                cut,
                fragments,
            } => self.send(id, payload, [cut, fragments], step, due).await,
            Action::Expect {
                pattern,
                on,
                capture,
            } => {
                self.expect(id, pattern, *on, capture.as_deref(), step, due)
                    .await
            }
            _ => Ok(()),
        }
    }

    async fn stop(&mut self, id: ActorId, step: &StepRef, due: Due) -> Flow {
        let Some(process) = self.stage.process(id) else {
            return Ok(());
        };
        let attempt = Attempt::new(id, step);
        if self.stage.player(id).exit.is_none() {
            self.stage.record(
                id,
                EventKind::Signalled {
                    signal: libc::SIGKILL,
                },
            );
        }
        let Some(test_box) = &self.stage.test_box else {
            return Ok(());
        };
        test_box
            .end_process(process)
            .await
            .map_err(|error| system("end program", &error))?;
        let gone = self
            .stage
            .until(due, |stage| {
                let player = stage.player(id);
                // What it printed last is on its way until its terminal is closed.
                (player.exit.is_some()
                    && player
                        .streams
                        .iter()
                        .all(|(_, stream)| stream.ended || stream.flooded))
                .then_some(())
            })
            .await;
        if let Err(vain) = gone {
            let proof = vain.proof()?;
            return Err(self
                .failure(
                    &attempt,
                    Expected::Stopped,
                    Actual::StillOpen,
                    Miss::NotEnded,
                    proof,
                )
                .into());
        }
        if let Some(part) = self.stage.program_mut(id) {
            part.program = None;
        }
        Ok(())
    }

    async fn signal(&mut self, id: ActorId, signal: i32) -> Flow {
        let Some(process) = self.stage.process(id) else {
            return Ok(());
        };
        self.stage.record(id, EventKind::Signalled { signal });
        let Some(test_box) = &self.stage.test_box else {
            return Ok(());
        };
        test_box
            .signal(process, signal)
            .await
            .map_err(|error| system("signal", &error))?;
        Ok(())
    }

    async fn accept(&mut self, id: ActorId, name: &str, step: &StepRef, due: Due) -> Flow {
        let attempt = Attempt::new(id, step);
        let dialler = (0..self.stage.players.len()).map(ActorId).find(|other| {
            self.stage
                .program(*other)
                .is_some_and(|part| part.to == Some(id))
        });
        let arrived = self.wait(step, due, |stage| {
            if let Part::Server { arrived, .. } = &mut stage.player_mut(id).part
                && let Some(next) = arrived.pop_front()
            {
                return Some(Some(next));
            }
            // A client that has ended dials nobody any more.
            dialler
                .is_some_and(|dialler| stage.player(dialler).exit.is_some())
                .then_some(None)
        });
        let arrived = arrived.await?;
        let Ok(Some((stream, from))) = arrived else {
            let proof = match arrived {
                Ok(_) => Proof::Exited,
                Err(vain) => vain.proof()?,
            };
            let mut failure = self.failure(
                &attempt,
                Expected::Accept,
                Actual::Nothing,
                Miss::Never,
                proof,
            );
            if let Some(dialler) = dialler {
                failure.notes.extend(self.how_it_ended(dialler));
                let dialled = self
                    .stage
                    .program(dialler)
                    .and_then(|part| part.dialled.last());
                failure
                    .notes
                    .extend(dialled.map(|address| Note::DialledElsewhere {
                        address: address.to_string(),
                    }));
            }
            return Err(failure.into());
        };
        let transport = self.stage.player(id).listens;
        let link = match self.stage.named(name).first() {
            Some(link) => *link,
            None => {
                let mut player = Player::new(name, Part::Connection(None));
                player.streams = vec![(Channel::Wire, Stream::new(self.form(transport)))];
                let kind = match transport {
                    Transport::WebSocket => ActorKind::WebSocketLink,
                    _ => ActorKind::TcpLink,
                };
                self.stage.enter(player, kind)
            }
        };
        self.stage.record(
            link,
            EventKind::Accepted {
                from: from.to_string(),
            },
        );
        if transport == Transport::WebSocket {
            self.will_speak_websocket(link);
        }
        let opened = crate::actor::Connection::open(
            stream,
            from,
            link,
            Channel::Wire,
            self.stage.reports.clone(),
            true,
        )
        .map_err(|error| system("accept", &error))?;
        let local = opened.local;
        let player = self.stage.player_mut(link);
        player.part = Part::Connection(Some(opened));
        if let Some(stream) = player.stream_mut(Channel::Wire) {
            stream.reopen();
        }
        self.came(link, name, local);
        if transport == Transport::WebSocket {
            self.answer_for_websocket(link, step, due).await?;
        }
        self.settled(step, Proof::Matched, None);
        Ok(())
    }

    async fn send(
        &mut self,
        id: ActorId,
        payload: &Payload,
        [cut, fragments]: [&Cut; 2],
        step: &StepRef,
        due: Due,
    ) -> Flow {
        if self.stage.player(id).talk.is_some() {
            return self
                .send_messages(id, payload, [cut, fragments], step, due)
                .await;
        }
        let speaker = self.speaker(id);
        let (messages, framed) = self.variables.payload(payload, &speaker)?;
        if self.stage.player(id).is_program() {
            let newline: &[u8] = if framed { b"\n" } else { b"" };
            let line: Vec<u8> = messages
                .iter()
                .flat_map(|message| [message.as_slice(), newline].concat())
                .collect();
            return self.type_bytes(id, &line, step, due).await;
        }
        if let Part::Datagrams { .. } = self.stage.player(id).part {
            for message in messages {
                self.send_datagram(id, &message, &step.place).await?;
            }
            return Ok(());
        }
        let framing = self.variables.conventions.message;
        let bytes: Vec<u8> = if framed {
            let framed = messages.iter().map(|message| framing.frame(message));
            framed.collect::<Vec<_>>().concat()
        } else {
            messages.concat()
        };
        let pieces: Vec<Vec<u8>> = cut.pieces(&bytes).into_iter().map(<[u8]>::to_vec).collect();
        let last = pieces.len().saturating_sub(1);
        for (index, piece) in pieces.iter().enumerate() {
            self.write(id, piece, step, due).await?;
            if index < last {
                self.wait_until_read(id, due).await;
            }
        }
        Ok(())
    }

    async fn send_datagram(&mut self, id: ActorId, bytes: &[u8], place: &Place) -> Flow {
        self.stage.record(id, EventKind::Sent(Data(bytes.to_vec())));
        self.stage.player_mut(id).sent += bytes.len();
        let name = self.stage.player(id).name.clone();
        let Part::Datagrams { sockets, to } = &self.stage.player(id).part else {
            return Ok(());
        };
        let Some((socket, to)) = to.and_then(|(socket, to)| Some((sockets.get(socket)?, to)))
        else {
            return Err(Stop::Trouble(Trouble::NoValue {
                name: format!("{name}.address"),
                place: place.clone(),
            }));
        };
        match socket.send(bytes, to).await {
            // Nobody there: that is what UDP says of an earlier datagram; this one is lost as well.
            Err(error) if error.kind() == io::ErrorKind::ConnectionRefused => Ok(()),
            sent => sent.map_err(|error| system("sendto", &error).into()),
        }
    }

    pub(super) async fn write(
        &mut self,
        id: ActorId,
        bytes: &[u8],
        step: &StepRef,
        due: Due,
    ) -> Flow {
        let kind = match bytes.len() {
            length if length > MOST_THAT_IS_KEPT => EventKind::SentMuch { length },
            _ => EventKind::Sent(Data(bytes.to_vec())),
        };
        let event = self.stage.record(id, kind);
        self.put(id, bytes, event, step, due).await
    }

    /// Writes what the event of this number says.
    pub(super) async fn put(
        &mut self,
        id: ActorId,
        bytes: &[u8],
        event: usize,
        step: &StepRef,
        due: Due,
    ) -> Flow {
        let attempt = Attempt::new(id, step);
        self.stage.player_mut(id).sent += bytes.len();
        let taken = Cell::new(0);
        let outcome = match &self.stage.player(id).part {
            Part::Connection(Some(connection)) => {
                let writer = connection.writer();
                let writing = writer.write(bytes, &taken);
                // All programs being at rest, what was sent has arrived: then room only waits for acknowledgements.
                let waits = || writer.unsent().is_ok_and(|unsent| unsent > 0);
                let stuck = || (!has_room(writer.descriptor()) && waits()).then(|| taken.get());
                self.stage.during(due, writing, stuck).await
            }
            _ => Ok(Err(io::ErrorKind::NotConnected.into())),
        };
        self.taken(attempt, outcome, bytes.len(), taken.get(), event)
            .await
    }

    /// Types bytes on a program's keyboard, or writes them to its standard input.
    pub(super) async fn type_bytes(
        &mut self,
        id: ActorId,
        bytes: &[u8],
        step: &StepRef,
        due: Due,
    ) -> Flow {
        let attempt = Attempt::new(id, step);
        let event = self
            .stage
            .record(id, EventKind::Typed(Data(bytes.to_vec())));
        self.stage.player_mut(id).sent += bytes.len();
        let taken = Cell::new(0);
        let ended = self.stage.player(id).exit.is_some();
        let outcome = match self
            .stage
            .program(id)
            .and_then(|part| part.program.as_ref())
        {
            Some(program) if !ended => {
                let keys = program.keys();
                let typing = keys.write(bytes, &taken);
                let stuck = || {
                    let has_room = keys.descriptor().is_some_and(has_room);
                    (!has_room).then(|| taken.get())
                };
                self.stage.during(due, typing, stuck).await
            }
            _ => Ok(Err(io::ErrorKind::BrokenPipe.into())),
        };
        self.taken(attempt, outcome, bytes.len(), taken.get(), event)
            .await
    }

    async fn taken(
        &mut self,
        attempt: Attempt,
        outcome: Result<io::Result<()>, InVain>,
        bytes: usize,
        taken: usize,
        event: usize,
    ) -> Flow {
        let expected = Expected::Taken { bytes };
        let mut failure = match outcome {
            Ok(Ok(())) => return Ok(()),
            Ok(Err(error)) => {
                let reset = error.kind() == io::ErrorKind::ConnectionReset;
                let (actual, proof) = match self.stage.player(attempt.id).exit {
                    Some(status) => (Actual::Exited(status), Proof::Exited),
                    None if reset => (Actual::Reset, Proof::Closed),
                    None => (Actual::Closed, Proof::Closed),
                };
                self.ended_failure(&attempt, expected, actual, proof).await
            }
            Err(vain) => self.failure(
                &attempt,
                expected,
                Actual::Taken(taken),
                Miss::Never,
                vain.proof()?,
            ),
        };
        failure.event = Some(event);
        Err(failure.into())
    }

    /// Waits until the program has read what this peer sent. The kernel has no event for it: look again soon.
    pub(super) async fn wait_until_read(&mut self, id: ActorId, due: Due) {
        let Part::Connection(Some(connection)) = &self.stage.player(id).part else {
            return;
        };
        let (local, remote) = (connection.local, connection.remote);
        let Ok(mut table) = self.socket_table().await else {
            return;
        };
        let read = self.stage.until(due.looking(), |_| {
            // First our end: on a busy machine a segment may still be on its way, and nothing lies unread over there.
            let ours = table.connection(local, remote);
            let theirs = table.connection(remote, local);
            match (ours, theirs) {
                (Ok(Some(ours)), Ok(Some(theirs))) if ours.unsent > 0 || theirs.unread > 0 => None,
                // Read; or gone, so that nobody will read it.
                _ => Some(()),
            }
        });
        // What is never read shows when something is expected of it.
        let _ = read.await;
    }

    /// Whether a later step of the scenario is a fence for this actor: an `expect` on the same channel.
    pub(super) fn has_fence(&self, after: usize, id: ActorId, channel: Channel) -> bool {
        let player = self.stage.player(id);
        let fences = |step: &Step| match &step.kind {
            StepKind::Act {
                actor,
                action: Action::Expect { on, .. },
            } => step.number > after && *actor == player.base && player.channel(*on) == channel,
            _ => false,
        };
        self.scenario.steps.iter().any(|step| match &step.kind {
            StepKind::AnyOrder(members) => members.iter().any(fences),
            StepKind::Act { .. } => fences(step),
        })
    }
}
