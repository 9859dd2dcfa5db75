//! What actors say: messages and datagrams that are sent, keys that are typed, and who reads them.

use std::cell::Cell;
use std::io;

use crate::actor::Keys;
use crate::scenario::Payload;
use crate::transcript::{ActorId, Data, EventKind, Miss, Proof};
use crate::verdict::{Actual, Expected, StepRef, Trouble};
use crate::wire::Cut;

use super::address::is_about_the_address;
use super::clock::Due;
use super::explain::Attempt;
use super::play::{Flow, Run, Stop};
use super::player::Part;
use super::stage::Stage;
use super::waiting::{InVain, has_room};

/// A single write of more bytes is not kept in the transcript.
const MOST_THAT_IS_KEPT: usize = 1 << 20;

impl Run<'_> {
    pub(super) async fn send(
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
                self.send_datagram(id, &message, step).await?;
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

    async fn send_datagram(&mut self, id: ActorId, bytes: &[u8], step: &StepRef) -> Flow {
        let attempt = Attempt::new(id, step);
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
                place: step.place.clone(),
            }));
        };
        match socket.send(bytes, to).await {
            // Nobody there: that is what UDP says of an earlier datagram; this one is lost as well.
            Err(error) if error.kind() == io::ErrorKind::ConnectionRefused => Ok(()),
            Err(error) if is_about_the_address(&error) => {
                Err(self.no_way(&attempt, to, &error).await)
            }
            sent => sent.map_err(|error| Trouble::system("sendto", &error).into()),
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
                self.stage.press(&keys, bytes, &taken, due).await
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
            table.is_read(local, remote).then_some(())
        });
        // What is never read shows when something is expected of it.
        let _ = read.await;
    }
}

impl Stage {
    /// Presses keys, if they find room; `taken` counts those that have.
    pub(super) async fn press(
        &mut self,
        keys: &Keys,
        bytes: &[u8],
        taken: &Cell<usize>,
        due: Due,
    ) -> Result<io::Result<()>, InVain> {
        let typing = keys.write(bytes, taken);
        let stuck = || {
            let has_room = keys.descriptor().is_some_and(has_room);
            (!has_room).then(|| taken.get())
        };
        self.during(due, typing, stuck).await
    }
}
