//! Whether what is expected has come.
//!
//! The answer must not depend on the pieces in which a stream arrives. A text is found as soon as it is there. A
//! regular expression can match less when less has come; so its match is *settled* only when nothing that could come
//! can change it, or when a line ends: then that is its match, whatever the next line holds.

use memchr::memmem;

use super::all_of::all_of;
use super::sighting::{Look, View};
use super::{ExitStatus, MessageKind, Pattern, Read};

/// What is known of a stream: what is unread and whether more can come.
#[derive(Clone, Copy, Debug)]
pub struct Search<'a> {
    /// What has come and was not yet consumed.
    pub unread: &'a [u8],
    /// The stream has ended: nothing more can come.
    pub ended: bool,
    /// It has ended by a reset.
    pub reset: bool,
    /// The program has ended like this.
    pub exited: Option<ExitStatus>,
}

/// What came of a search.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Found {
    /// It came.
    Match {
        /// Where in the unread bytes it begins.
        start: usize,
        /// One past its end: up to here the stream is consumed.
        end: usize,
        /// Named groups and what they caught, in the bytes of the stream. A group that took no part is missing.
        captures: Vec<(String, Vec<u8>)>,
        /// `false`: what is still to come could make it longer, or another one of it. It is final when nothing more
        /// comes.
        settled: bool,
    },
    /// It has not come, but still could.
    NotYet,
    /// Whatever comes now, it can't be that (`exactly` after other bytes; anything but an exit on an ended stream).
    Impossible,
}

/// Looks for `pattern` in what is known of a stream.
///
/// [`Pattern::Closed`], [`Pattern::Reset`] and [`Pattern::Exit`] match at the end of all that is unread.
pub fn search(pattern: &Pattern, search: &Search<'_>) -> Found {
    found(
        pattern,
        &View {
            unread: search.unread,
            ended: search.ended,
            reset: search.reset,
            exited: search.exited,
            whole: false,
            kind: MessageKind::Text,
        },
    )
}

/// Looks for `pattern` in one whole message (a datagram, or what a framing makes one) of this kind.
///
/// [`Found::Impossible`] says that it is not in *this* message. `exactly` means all of it. Its lines settle nothing.
/// The end of a message is no end of a stream: whether that was closed is for [`search`].
pub fn search_message(pattern: &Pattern, kind: MessageKind, message: &[u8]) -> Found {
    found(
        pattern,
        &View {
            unread: message,
            ended: true,
            reset: false,
            exited: None,
            whole: true,
            kind,
        },
    )
}

fn found(pattern: &Pattern, view: &View<'_>) -> Found {
    match look(pattern, view) {
        Look::Hit(hit) => Found::Match {
            start: hit.start,
            end: hit.end,
            captures: hit
                .captures
                .into_iter()
                .map(|(name, caught)| (name, view.unread[caught].to_vec()))
                .collect(),
            settled: hit.settled || view.ended,
        },
        Look::NotYet => Found::NotYet,
        Look::Impossible => Found::Impossible,
    }
}

/// What is seen of `pattern`.
pub(super) fn look(pattern: &Pattern, view: &View<'_>) -> Look {
    // What is said of a text is said of no other message.
    let of_text = matches!(
        pattern,
        Pattern::Bytes(_) | Pattern::Exactly(_) | Pattern::Regex(_)
    );
    if of_text && view.kind != MessageKind::Text {
        return view.nothing();
    }
    match pattern {
        Pattern::Bytes(bytes) => match memmem::find(view.unread, bytes) {
            Some(start) => view.settled(start, start + bytes.len()),
            None => view.nothing(),
        },
        Pattern::Exactly(bytes) => {
            if view.whole && view.unread != bytes {
                Look::Impossible
            } else if view.unread.starts_with(bytes) {
                view.settled(0, bytes.len())
            } else if bytes.starts_with(view.unread) {
                view.nothing()
            } else {
                Look::Impossible
            }
        }
        Pattern::Regex(expression) => expression.look(view),
        Pattern::AtLeast(amount) if view.unread.len() >= *amount => view.settled(0, *amount),
        Pattern::AtLeast(_) => view.nothing(),
        Pattern::AnyOf(members) => any_of(members, view),
        Pattern::AllOf(members) => all_of(members, view),
        Pattern::Message { kind, payload } => {
            let holds = match kind {
                MessageKind::Close => view.unread.starts_with(payload),
                _ => view.unread == payload,
            };
            if view.whole && view.kind == *kind && holds {
                view.settled(0, view.unread.len())
            } else {
                view.nothing()
            }
        }
        Pattern::Response(response) => match response.read(view.unread, view.ended) {
            Read::Is(end) => view.settled(0, end),
            Read::NotYet => view.nothing(),
            Read::Wrong(_) => Look::Impossible,
        },
        Pattern::Closed => at_end(view, view.ended && !view.whole, false),
        Pattern::Reset => {
            let ended = view.ended && !view.whole;
            at_end(view, ended && view.reset, ended && !view.reset)
        }
        Pattern::Exit(expected) => {
            let fits = |status| expected.is_none_or(|expected| expected == status);
            at_end(
                view,
                view.exited.is_some_and(fits),
                view.exited.is_some_and(|status| !fits(status)),
            )
        }
    }
}

fn at_end(view: &View<'_>, came: bool, impossible: bool) -> Look {
    let end = view.unread.len();
    match (came, impossible) {
        (true, _) => view.settled(end, end),
        (_, true) => Look::Impossible,
        _ => Look::NotYet,
    }
}

/// The first of the members in the fewest lines that hold any.
fn any_of(members: &[Pattern], view: &View<'_>) -> Look {
    let looks: Vec<Look> = members.iter().map(|member| look(member, view)).collect();
    let known = looks
        .iter()
        .filter_map(|look| match look {
            Look::Hit(hit) => Some(hit.known),
            _ => None,
        })
        .min();
    let Some(known) = known else {
        return if looks.iter().all(|look| *look == Look::Impossible) {
            Look::Impossible
        } else {
            Look::NotYet
        };
    };
    let lines = view.upto(known);
    let first = members
        .iter()
        .enumerate()
        .filter_map(|(index, member)| match look(member, &lines) {
            Look::Hit(hit) => Some((index, hit)),
            _ => None,
        })
        .min_by_key(|(_, hit)| hit.start);
    let Some((chosen, mut hit)) = first else {
        return view.nothing();
    };
    hit.known = known;
    hit.settled = view.is_line_end(known)
        || (hit.settled
            && members.iter().enumerate().all(|(index, member)| {
                // Of two at one place the first in the list is taken.
                let limit = hit.start + usize::from(index < chosen);
                index == chosen || !could_begin_before(member, &lines, limit)
            }));
    Look::Hit(hit)
}

/// Whether a match of `pattern` could still come that begins before the offset `limit`, where none begins yet.
fn could_begin_before(pattern: &Pattern, view: &View<'_>, limit: usize) -> bool {
    if view.ended {
        return false;
    }
    let came = view.unread;
    match pattern {
        Pattern::Bytes(bytes) => (came.len().saturating_sub(bytes.len())..limit.min(came.len()))
            .any(|start| bytes.starts_with(&came[start..])),
        Pattern::Exactly(bytes) => limit > 0 && bytes.len() > came.len() && bytes.starts_with(came),
        Pattern::Regex(expression) => expression.could_begin_before(view, limit),
        Pattern::AnyOf(members) => members
            .iter()
            .any(|member| could_begin_before(member, view, limit)),
        Pattern::AllOf(members) => members.iter().any(|member| {
            could_begin_before(member, view, limit)
                || matches!(look(member, view), Look::Hit(hit) if hit.start < limit)
        }),
        Pattern::AtLeast(_)
        | Pattern::Message { .. }
        | Pattern::Response(_)
        | Pattern::Closed
        | Pattern::Reset
        | Pattern::Exit(_) => false,
    }
}

#[cfg(test)]
mod tests;
