//! WebSocket on a connection of Viva: the handshake, messages instead of bytes, and what Viva answers by itself.
//!
//! A ping is answered, and so is a message that closes, as RFC 6455 (5.5) demands of either side, as soon as it is heard:
//! while Viva is told not to read, nothing is. The bytes of the handshake, and bytes that are no frames, stand in the
//! transcript as they came.

use crate::scenario::{Payload, Template};
use crate::transcript::{ActorId, Channel, Data, EventKind, MessageKind, Miss, Proof};
use crate::verdict::{Actual, Expected, StepRef};
use crate::wire::{
    Cut, Decoder, Encoder, HandshakeFault, Key, Message, Opcode, Side, Violation, check_request,
    check_response, end_of_head, request, response,
};

use super::clock::Due;
use super::explain::Attempt;
use super::play::{Flow, Run};
use super::player::Part;
use super::stage::Stage;

/// What is known of a conversation, from the first byte of its handshake on.
pub(super) struct Talk {
    /// Which end Viva is.
    side: Side,
    /// What has come of the other side's head.
    head: Vec<u8>,
    /// It is whole: what follows are frames.
    shaken: bool,
    decoder: Decoder,
    encoder: Option<Encoder>,
    /// Viva is in the middle of a message: no answer may stand between its bytes.
    writing: bool,
    /// Answers that have not been written yet.
    owed: Vec<u8>,
    /// Viva has sent a message that closes.
    closing: bool,
    /// What was wrong with what the program sent; nothing is decoded any more.
    violation: Option<Violation>,
}

/// What came of some bytes.
enum Came {
    /// They belong to no message: a head, or nothing that can be decoded.
    Bytes(Vec<u8>),
    Message(Message),
}

impl Talk {
    fn new(side: Side) -> Self {
        let other = match side {
            Side::Client => Side::Server,
            Side::Server => Side::Client,
        };
        Talk {
            side,
            head: Vec::new(),
            shaken: false,
            decoder: Decoder::new(other),
            encoder: None,
            writing: false,
            owed: Vec::new(),
            closing: false,
            violation: None,
        }
    }

    /// What is wrong with what the program has sent.
    pub(super) fn violation(&self) -> Option<&Violation> {
        self.violation.as_ref()
    }

    fn take(&mut self, mut bytes: Vec<u8>) -> Vec<Came> {
        let mut came = Vec::new();
        if !self.shaken {
            let before = self.head.len();
            self.head.extend(&bytes);
            let Some(end) = end_of_head(&self.head) else {
                return vec![Came::Bytes(bytes)];
            };
            self.head.truncate(end);
            self.shaken = true;
            let frames = bytes.split_off(end - before);
            came.push(Came::Bytes(std::mem::replace(&mut bytes, frames)));
        }
        if bytes.is_empty() {
            return came;
        }
        if self.violation.is_some() {
            came.push(Came::Bytes(bytes));
            return came;
        }
        self.decoder.feed(&bytes);
        loop {
            match self.decoder.next() {
                Ok(Some(message)) => came.push(Came::Message(message)),
                Ok(None) => return came,
                Err(violation) => {
                    self.violation = Some(violation);
                    came.push(Came::Bytes(self.decoder.rest().to_vec()));
                    return came;
                }
            }
        }
    }
}

impl Stage {
    fn talk(&mut self, id: ActorId) -> Option<&mut Talk> {
        self.player_mut(id).talk.as_mut()
    }

    /// Bytes have come on a connection that speaks WebSocket.
    pub(super) fn hears(&mut self, id: ActorId, bytes: Vec<u8>) {
        let Some(came) = self.talk(id).map(|talk| talk.take(bytes)) else {
            return;
        };
        for came in came {
            match came {
                Came::Bytes(bytes) => {
                    self.record(id, EventKind::Received(Data(bytes)));
                }
                Came::Message(message) => {
                    let data = Data(message.data.clone());
                    let event = match kind_of(message.opcode) {
                        MessageKind::Text => EventKind::Received(data),
                        kind => EventKind::ReceivedMessage { kind, data },
                    };
                    self.comes(id, event);
                    self.answer_message(id, message);
                }
            }
        }
        let broken = self.talk(id).is_some_and(|talk| talk.violation.is_some());
        if let Some(stream) = self.player_mut(id).stream_mut(Channel::Wire) {
            stream.broken |= broken;
        }
        self.pay(id);
    }

    /// What RFC 6455 demands as an answer.
    fn answer_message(&mut self, id: ActorId, message: Message) {
        let Some(talk) = self.talk(id) else { return };
        let answer = match message.opcode {
            Opcode::Ping if !talk.closing => Opcode::Pong,
            Opcode::Close => Opcode::Close,
            _ => return,
        };
        let is_first = !talk.closing;
        // A server closes the connection when both have said so (7.1.1).
        let ends = answer == Opcode::Close && talk.side == Side::Server;
        talk.closing |= answer == Opcode::Close;
        let frames = talk
            .encoder
            .as_mut()
            .filter(|_| is_first)
            .map(|encoder| encoder.message(answer, &message.data, &Cut::Whole));
        if let Some(frames) = frames {
            talk.owed.extend(frames.concat());
            let kind = kind_of(answer);
            let data = Data(message.data);
            self.record(id, EventKind::SentMessage { kind, data });
        }
        self.pay(id);
        if ends {
            self.record(id, EventKind::EndedInput);
            if let Part::Connection(Some(connection)) = &self.player(id).part {
                // The other side may have closed it already.
                let _ = connection.end_writing();
            }
        }
    }

    /// Writes the answers that are owed, as far as there is room for them.
    fn pay(&mut self, id: ActorId) {
        let player = self.player_mut(id);
        if let (Some(talk), Part::Connection(Some(connection))) = (&mut player.talk, &player.part)
            && !talk.writing
        {
            let taken = connection.write_now(&talk.owed);
            talk.owed.drain(..taken);
        }
    }
}

impl Run<'_> {
    /// The handshake of a client that Viva plays; `host` is whom it asks, `ip:port`.
    pub(super) async fn ask_for_websocket(
        &mut self,
        id: ActorId,
        host: &str,
        step: &StepRef,
        due: Due,
    ) -> Flow {
        let key = Key::new(self.variables.tokens.bytes());
        let request = request(host, &self.variables.conventions.path, &key);
        let mut talk = Talk::new(Side::Client);
        talk.encoder = Some(Encoder::new(Side::Client, &key));
        self.stage.player_mut(id).talk = Some(talk);
        self.write(id, &request, step, due).await?;
        self.other_head(id, false, step, due, |head| check_response(head, &key))
            .await
    }

    /// The handshake of a connection that a server of Viva has taken.
    pub(super) async fn answer_for_websocket(
        &mut self,
        id: ActorId,
        step: &StepRef,
        due: Due,
    ) -> Flow {
        let key = self.other_head(id, true, step, due, check_request).await?;
        if let Some(talk) = self.stage.talk(id) {
            talk.encoder = Some(Encoder::new(Side::Server, &key));
        }
        self.write(id, &response(&key), step, due).await
    }

    /// Waits for the head that the program sends, and judges it.
    async fn other_head<T>(
        &mut self,
        id: ActorId,
        asks: bool,
        step: &StepRef,
        due: Due,
        check: impl Fn(&[u8]) -> Result<T, HandshakeFault>,
    ) -> Flow<T> {
        let attempt = Attempt::new(id, step);
        let expected = Expected::Handshake { asks };
        let came = self.wait(step, due, |stage| {
            let player = stage.player(id);
            let head = player.talk.as_ref().filter(|talk| talk.shaken);
            let ended = player
                .stream(Channel::Wire)
                .is_some_and(|stream| stream.ended);
            match head {
                Some(head) => Some(Some(head.head.clone())),
                None => ended.then_some(None),
            }
        });
        let begun = |run: &Self| {
            let talk = run.stage.player(id).talk.as_ref();
            talk.is_some_and(|talk| !talk.head.is_empty())
        };
        let (fault, miss, proof) = match came.await? {
            Ok(Some(head)) => match check(&head) {
                Ok(right) => return Ok(right),
                Err(fault) => (Some(fault), Miss::Unexpected, Proof::Matched),
            },
            Ok(None) if begun(self) => (
                Some(HandshakeFault::Unfinished),
                Miss::Closed,
                Proof::Closed,
            ),
            Ok(None) => {
                let stream = self.stage.player(id).stream(Channel::Wire);
                let actual = match stream.is_some_and(|stream| stream.reset) {
                    true => Actual::Reset,
                    false => Actual::Closed,
                };
                let failure = self.ended_failure(&attempt, expected, actual, Proof::Closed);
                return Err(failure.await.into());
            }
            Err(vain) => {
                let fault = begun(self).then_some(HandshakeFault::Unfinished);
                (fault, Miss::Never, vain.proof()?)
            }
        };
        let actual = fault.map_or(Actual::Nothing, Actual::Handshake);
        let mut failure = self.failure(&attempt, expected, actual, miss, proof);
        failure.event = begun(self).then(|| self.stage.last_event());
        Err(failure.into())
    }

    /// Gives a connection of a server of Viva what it needs to speak WebSocket.
    pub(super) fn will_speak_websocket(&mut self, id: ActorId) {
        self.stage.player_mut(id).talk = Some(Talk::new(Side::Server));
    }

    /// Sends messages, each in the fragments that `fragments` makes of it, or bytes as they are.
    pub(super) async fn send_messages(
        &mut self,
        id: ActorId,
        payload: &Payload,
        [cut, fragments]: [&Cut; 2],
        step: &StepRef,
        due: Due,
    ) -> Flow {
        let speaker = self.speaker(id);
        let text = |run: &mut Self, template: &Template| -> Flow<Vec<u8>> {
            let text = run.variables.text(template, &speaker)?;
            Ok(run.variables.encode(&text)?)
        };
        let messages = match payload {
            Payload::Bytes(bytes) => {
                let sent = EventKind::Sent(Data(bytes.clone()));
                return self
                    .write_pieces(id, vec![(vec![sent], bytes.clone())], cut, step, due)
                    .await;
            }
            Payload::Messages(templates) => {
                let mut messages = Vec::new();
                for template in templates {
                    messages.push((Opcode::Text, text(self, template)?));
                }
                messages
            }
            Payload::Binary(bytes) => vec![(Opcode::Binary, bytes.clone())],
            Payload::Ping(template) => vec![(Opcode::Ping, text(self, template)?)],
            Payload::Pong(template) => vec![(Opcode::Pong, text(self, template)?)],
            Payload::CloseFrame(code) => vec![(Opcode::Close, code.to_be_bytes().to_vec())],
        };
        let mut parts: Vec<(Vec<EventKind>, Vec<u8>)> = Vec::new();
        for (opcode, message) in messages {
            let Some(talk) = self.stage.talk(id) else {
                continue;
            };
            talk.closing |= opcode == Opcode::Close;
            let Some(encoder) = &mut talk.encoder else {
                continue;
            };
            let frames = encoder.message(opcode, &message, fragments);
            let mut pieces = fragments.pieces(&message);
            if pieces.is_empty() {
                pieces.push(&[]);
            }
            for (piece, frame) in pieces.into_iter().zip(frames) {
                let data = Data(piece.to_vec());
                let event = match kind_of(opcode) {
                    MessageKind::Text => EventKind::Sent(data),
                    kind => EventKind::SentMessage { kind, data },
                };
                parts.push((vec![event], frame));
            }
        }
        // Several messages stand in one single write; a fragment is one of its own, unless `cut` says otherwise.
        if *fragments == Cut::Whole || *cut != Cut::Whole {
            let (events, frames): (Vec<_>, Vec<_>) = parts.into_iter().unzip();
            parts = vec![(events.concat(), frames.concat())];
        }
        self.write_pieces(id, parts, cut, step, due).await
    }

    async fn write_pieces(
        &mut self,
        id: ActorId,
        parts: Vec<(Vec<EventKind>, Vec<u8>)>,
        cut: &Cut,
        step: &StepRef,
        due: Due,
    ) -> Flow {
        if let Some(talk) = self.stage.talk(id) {
            talk.writing = true;
        }
        let mut first = true;
        for (events, bytes) in parts {
            let mut event = self.stage.last_event();
            let mut told = Some(events);
            for piece in cut.pieces(&bytes) {
                if !first {
                    self.wait_until_read(id, due).await;
                }
                first = false;
                for kind in told.take().into_iter().flatten() {
                    event = self.stage.record(id, kind);
                }
                self.put(id, piece, event, step, due).await?;
            }
        }
        if let Some(talk) = self.stage.talk(id) {
            talk.writing = false;
        }
        self.stage.pay(id);
        Ok(())
    }
}

fn kind_of(opcode: Opcode) -> MessageKind {
    match opcode {
        Opcode::Text => MessageKind::Text,
        Opcode::Binary => MessageKind::Binary,
        Opcode::Close => MessageKind::Close,
        Opcode::Ping => MessageKind::Ping,
        Opcode::Pong => MessageKind::Pong,
    }
}
