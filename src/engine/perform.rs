//! What actors do: starting, taking connections, reading, closing, signals. What they say is in [`super::sending`].

use std::cell::Cell;
use std::io;

use crate::actor::{END_OF_FILE, Program};
use crate::scenario::{Action, Step, Transport};
use crate::transcript::{ActorId, ActorKind, Channel, EventKind, Miss, Proof};
use crate::verdict::{Actual, Expected, Note, StepRef, Trouble};

use super::clock::Due;
use super::explain::Attempt;
use super::play::{Flow, Run, reference};
use super::player::{Part, Player};
use super::stage::Stage;
use super::stream::Stream;

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
            Action::Signal(signal) => self.signal(id, *signal, &at, due).await,
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
                let part = self.stage.program_mut(id);
                let program = part.and_then(|part| part.program.as_mut());
                if let Some(keys) = program.and_then(Program::end_input) {
                    // Who reads nothing doesn't read this either: that shows when something is expected of it.
                    let _ = self
                        .stage
                        .press(&keys, &[END_OF_FILE], &Cell::new(0), due)
                        .await;
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
                        .map_err(|error| Trouble::system("reset", &error))?;
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
        match test_box.end_process(process).await {
            Ok(()) => {}
            // Its processes multiply faster than they can be caught.
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                let (expected, actual) = (Expected::Stopped, Actual::StillOpen);
                let proof = Proof::Deadline;
                let failure = self.failure(&attempt, expected, actual, Miss::NotEnded, proof);
                return Err(failure.into());
            }
            Err(error) => return Err(Trouble::system("end program", &error).into()),
        }
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

    /// Sends a signal. Whoever is stopped stands still when the step is done: what comes from then on, it leaves unread.
    async fn signal(&mut self, id: ActorId, signal: i32, step: &StepRef, due: Due) -> Flow {
        let part = self.stage.program(id);
        let process = part.and_then(|part| Some(part.program.as_ref()?.process));
        let (Some(process), Some(test_box)) = (process, &self.stage.test_box) else {
            return Ok(());
        };
        match test_box.signal(process.id, signal).await {
            Ok(()) => {}
            // It has ended, whether or not that has been heard by now.
            Err(error) if error.raw_os_error() == Some(libc::ESRCH) => {
                let attempt = Attempt::new(id, step);
                self.gather().await;
                let exit = self.stage.player(id).exit;
                let actual = exit.map_or(Actual::Nothing, Actual::Exited);
                let expected = Expected::Signalled(signal);
                let failure = self.ended_failure(&attempt, expected, actual, Proof::Exited);
                return Err(failure.await.into());
            }
            Err(error) => return Err(Trouble::system("signal", &error).into()),
        }
        self.stage.record(id, EventKind::Signalled { signal });
        if matches!(signal, libc::SIGSTOP | libc::SIGCONT) {
            let stops = signal == libc::SIGSTOP;
            self.stage.held_still.push((process.pid, stops));
            if stops {
                // Where it can't be seen, it is taken to stand still.
                let stood = |stage: &mut Stage| stage.stands_still(process.pid).then_some(());
                let _ = self.stage.until(due.looking(), stood).await;
            }
        }
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
        .map_err(|error| Trouble::system("accept", &error))?;
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
}
