//! What has come to an actor in one of its sequences, and how far it was read.

use std::ops::Range;

use crate::transcript::{ExitStatus, Found, MessageKind, Pattern, Search, search, search_message};
use crate::wire::{Framing, Unframed};

use super::repeats::{Repeated, repeated};

/// How a sequence is divided.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Form {
    /// Bytes without any division.
    Bytes,
    /// Messages told apart by a framing.
    Framed(Framing),
    /// Datagrams, or messages of WebSocket: each comes whole.
    Messages,
}

/// One ordered sequence of an actor; offsets count from its first byte.
#[derive(Clone, Debug)]
pub(super) struct Stream {
    form: Form,
    bytes: Vec<u8>,
    /// Offset and number of the event that brought it, rising.
    origins: Vec<(usize, usize)>,
    /// Everything before is consumed.
    consumed: usize,
    messages: Vec<Message>,
    /// So many of them are consumed; an empty one has no bytes that could tell.
    taken: usize,
    /// Up to here the bytes are divided into messages.
    divided: usize,
    /// A framing that makes no sense any more; nothing behind `divided` is divided.
    nonsense: bool,
    pub(super) ended: bool,
    pub(super) reset: bool,
    pub(super) flooded: bool,
    /// What follows makes no sense: no message will come any more.
    pub(super) broken: bool,
}

#[derive(Clone, Debug)]
struct Message {
    kind: MessageKind,
    payload: Range<usize>,
    next: usize,
}

/// Where a pattern was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Hit {
    pub(super) start: usize,
    /// One past the last byte that matched.
    pub(super) end: usize,
    /// Reading goes on here.
    pub(super) next: usize,
    /// In a stream of messages: so many are consumed then.
    pub(super) taken: Option<usize>,
    pub(super) captures: Vec<(String, Vec<u8>)>,
    /// `false`: more bytes could make it longer.
    pub(super) settled: bool,
}

/// What a look for a pattern says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Look {
    Hit(Hit),
    NotYet,
    Impossible,
}

impl Stream {
    pub(super) fn new(form: Form) -> Self {
        Stream {
            form,
            bytes: Vec::new(),
            origins: Vec::new(),
            consumed: 0,
            messages: Vec::new(),
            taken: 0,
            divided: 0,
            nonsense: false,
            ended: false,
            reset: false,
            flooded: false,
            broken: false,
        }
    }

    /// Adds what event number `event` brought: more of the stream, or one message.
    pub(super) fn push(&mut self, bytes: &[u8], event: usize) {
        self.push_message(MessageKind::Text, bytes, event);
    }

    /// The same of a message that may be no text.
    pub(super) fn push_message(&mut self, kind: MessageKind, bytes: &[u8], event: usize) {
        let start = self.bytes.len();
        self.origins.push((start, event));
        self.bytes.extend_from_slice(bytes);
        match self.form {
            Form::Bytes => {}
            Form::Messages => {
                let end = self.bytes.len();
                self.messages.push(Message {
                    kind,
                    payload: start..end,
                    next: end,
                });
                self.divided = end;
            }
            Form::Framed(framing) => {
                while !self.nonsense {
                    match framing.unframe(&self.bytes[self.divided..]) {
                        Unframed::Message { payload, next } => {
                            let payload = self.divided + payload.start..self.divided + payload.end;
                            self.divided += next;
                            self.messages.push(Message {
                                kind,
                                payload,
                                next: self.divided,
                            });
                        }
                        Unframed::Partial => break,
                        Unframed::Nonsense { .. } => self.nonsense = true,
                    }
                }
            }
        }
    }

    /// A program that was started again: what it writes now follows what the former one wrote.
    pub(super) fn reopen(&mut self) {
        self.broken = false;
        self.ended = false;
        self.reset = false;
        self.consumed = self.bytes.len();
        self.taken = self.messages.len();
        self.divided = self.bytes.len();
    }

    /// One past the last byte that has come.
    pub(super) fn len(&self) -> usize {
        self.bytes.len()
    }

    /// Everything before this offset is consumed.
    pub(super) fn consumed(&self) -> usize {
        self.consumed
    }

    /// How many messages have come; none in an undivided stream.
    pub(super) fn messages(&self) -> usize {
        self.messages.len()
    }

    /// How many of them are consumed.
    pub(super) fn taken(&self) -> usize {
        self.taken
    }

    /// How many messages had come when event `event` happened. With a framing also an empty message has bytes, and none is counted here.
    pub(super) fn messages_until(&self, event: usize) -> usize {
        match self.form {
            Form::Messages => self.origins.partition_point(|(_, number)| *number <= event),
            Form::Bytes | Form::Framed(_) => self.messages.len(),
        }
    }

    /// The bytes between two offsets, as far as they have come.
    pub(super) fn slice(&self, range: Range<usize>) -> &[u8] {
        &self.bytes[range.start.min(self.bytes.len())..range.end.min(self.bytes.len())]
    }

    /// What has come and is not consumed.
    pub(super) fn unread(&self) -> &[u8] {
        &self.bytes[self.consumed..]
    }

    /// Everything that is unread, message by message if it is divided; then it is consumed. What has come of a message that is
    /// not whole stays.
    pub(super) fn take_unread(&mut self) -> Vec<Vec<u8>> {
        let (taken, upto) = match self.form {
            Form::Bytes => (vec![self.unread().to_vec()], self.bytes.len()),
            _ => (
                self.unread_messages().map(<[u8]>::to_vec).collect(),
                self.divided,
            ),
        };
        self.consume_to(upto);
        self.taken = self.messages.len();
        taken
            .into_iter()
            .filter(|part| self.is_divided() || !part.is_empty())
            .collect()
    }

    /// The payloads of the messages that are not consumed; none in an undivided stream.
    pub(super) fn unread_messages(&self) -> impl Iterator<Item = &[u8]> {
        self.unread_kinds().map(|(_, payload)| payload)
    }

    /// The same with what each of them is.
    pub(super) fn unread_kinds(&self) -> impl Iterator<Item = (MessageKind, &[u8])> {
        self.messages[self.taken..]
            .iter()
            .map(|message| (message.kind, &self.bytes[message.payload.clone()]))
    }

    /// The payload of the last consumed message.
    pub(super) fn last_message(&self) -> Option<&[u8]> {
        let last = self.messages[..self.taken].last()?;
        Some(&self.bytes[last.payload.clone()])
    }

    /// Whether the stream is divided into messages.
    pub(super) fn is_divided(&self) -> bool {
        self.form != Form::Bytes
    }

    /// What has come of a message that is not yet whole.
    pub(super) fn partial(&self) -> &[u8] {
        if self.is_divided() {
            &self.bytes[self.divided.max(self.consumed)..]
        } else {
            &[]
        }
    }

    /// Number of the event that brought the byte at `offset`.
    pub(super) fn event_at(&self, offset: usize) -> Option<usize> {
        let after = self.origins.partition_point(|(start, _)| *start <= offset);
        after.checked_sub(1).map(|index| self.origins[index].1)
    }

    /// What has come over and over since event number `event`, and nothing else at last.
    pub(super) fn repeated_after(&self, event: usize) -> Option<Repeated> {
        repeated(&self.bytes[self.offset_after(event)..])
    }

    /// The offset of the first byte that an event after number `event` brought.
    pub(super) fn offset_after(&self, event: usize) -> usize {
        self.origins
            .iter()
            .find(|(_, number)| *number > event)
            .map_or(self.bytes.len(), |(start, _)| *start)
    }

    /// Looks for `pattern` in what is unread.
    pub(super) fn look(&self, pattern: &Pattern, exited: Option<ExitStatus>) -> Look {
        self.look_among(pattern, self.consumed, self.taken, exited)
    }

    /// Looks for `pattern` from `offset` on.
    pub(super) fn look_from(
        &self,
        pattern: &Pattern,
        offset: usize,
        exited: Option<ExitStatus>,
    ) -> Look {
        let before = self.messages.iter();
        let before =
            before.take_while(|message| message.next <= offset && message.payload.start < offset);
        self.look_among(pattern, offset, before.count(), exited)
    }

    /// Looks in a stream from `offset` on, or in messages behind the first `taken` ones.
    fn look_among(
        &self,
        pattern: &Pattern,
        offset: usize,
        taken: usize,
        exited: Option<ExitStatus>,
    ) -> Look {
        if self.form == Form::Bytes {
            let unread = &self.bytes[offset..];
            let search_in = Search {
                unread,
                ended: self.ended,
                reset: self.reset,
                exited,
            };
            return located(search(pattern, &search_in), offset, None);
        }
        for (index, message) in self.messages.iter().enumerate().skip(taken) {
            let found = search_message(pattern, message.kind, &self.bytes[message.payload.clone()]);
            match (
                located(found, message.payload.start, Some(message.next)),
                pattern,
            ) {
                (Look::Hit(hit), _) => {
                    let taken = Some(index + 1);
                    return Look::Hit(Hit { taken, ..hit });
                }
                // Nothing may come before it, and this message has.
                (_, Pattern::Exactly(_)) if !is_control(message.kind) => return Look::Impossible,
                _ => {}
            }
        }
        let rest = self.bytes.len();
        let found = search(
            pattern,
            &Search {
                unread: &[],
                ended: self.ended,
                reset: self.reset,
                exited,
            },
        );
        match located(found, rest, None) {
            Look::NotYet if self.broken && !matches!(pattern, Pattern::Closed | Pattern::Reset) => {
                Look::Impossible
            }
            look => look,
        }
    }

    /// Reading goes on behind what was found.
    pub(super) fn consume(&mut self, hit: &Hit) {
        self.consume_to(hit.next);
        self.taken = hit.taken.unwrap_or_else(|| {
            let behind = |message: &Message| message.next <= self.consumed;
            self.messages.partition_point(behind)
        });
    }

    /// Reading goes on at `offset`.
    pub(super) fn consume_to(&mut self, offset: usize) {
        self.consumed = self.consumed.max(offset);
    }
}

/// Pings and the like stand between messages.
fn is_control(kind: MessageKind) -> bool {
    !matches!(kind, MessageKind::Text | MessageKind::Binary)
}

fn located(found: Found, base: usize, next: Option<usize>) -> Look {
    match found {
        Found::Match {
            start,
            end,
            captures,
            settled,
        } => Look::Hit(Hit {
            start: base + start,
            end: base + end,
            next: next.unwrap_or(base + end),
            taken: None,
            captures,
            // A message is whole: nothing can make a match in it longer.
            settled: settled || next.is_some(),
        }),
        Found::NotYet => Look::NotYet,
        Found::Impossible => Look::Impossible,
    }
}

#[cfg(test)]
mod tests {
    use super::{Form, Look, MessageKind, Pattern, Stream};

    #[test]
    fn empty_messages_are_consumed_one_by_one() {
        let mut stream = Stream::new(Form::Messages);
        let close = Pattern::Message {
            kind: MessageKind::Close,
            payload: Vec::new(),
        };
        let nothing = Pattern::Exactly(Vec::new());
        let hello = Pattern::Exactly(b"hello".to_vec());
        for text in [&b""[..], b"", b"hello", b""] {
            stream.push(text, 1);
        }
        stream.push_message(MessageKind::Close, b"", 2);
        for pattern in [&nothing, &nothing, &hello, &nothing, &close] {
            let Look::Hit(hit) = stream.look(pattern, None) else {
                panic!("{pattern:?} in {stream:?}");
            };
            stream.consume(&hit);
        }
        assert_eq!(stream.look(&close, None), Look::NotYet);
        assert_eq!(stream.unread_messages().count(), 0);
        assert_eq!(stream.last_message(), Some(&b""[..]));
    }
}
