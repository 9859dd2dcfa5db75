//! Several patterns that must all come, each at a place of its own.

use std::ops::Range;

use memchr::memmem;

use super::Pattern;
use super::matching::look;
use super::sighting::{Hit, Look, View};

/// Most places that are tried; only texts that overlap in many ways come near it.
const TRIES: usize = 4096;

/// All of the members, in the fewest lines that hold them.
pub(super) fn all_of(members: &[Pattern], view: &View<'_>) -> Look {
    let (mut texts, mut ends) = (Vec::new(), Vec::new());
    sort_out(members, &mut texts, &mut ends);

    let mut least = 0;
    let mut settled = true;
    let mut missing = false;
    for member in ends.iter().chain(&texts) {
        match look(member, view) {
            Look::Hit(hit) => {
                least = least.max(hit.known);
                settled &= hit.settled;
            }
            Look::NotYet => missing = true,
            Look::Impossible => return Look::Impossible,
        }
    }
    if missing {
        return Look::NotYet;
    }
    // An end is at the end of all there is.
    if !ends.is_empty() {
        least = view.unread.len();
    }
    let Some(known) = view.fewest_lines(least, |lines| place(&texts, lines).is_some()) else {
        return view.nothing();
    };
    let lines = view.upto(known);
    let Some(placed) = place(&texts, &lines) else {
        return view.nothing();
    };
    let last = placed.iter().map(|hit| hit.end).max();
    let first = placed.iter().map(|hit| hit.start).min();
    let end = if ends.is_empty() {
        last.unwrap_or(0)
    } else {
        known
    };
    // An expression that had to give way to another member is not where its own look has judged it.
    let moved = |member: &&Pattern, hit: &Hit| {
        !is_text(member)
            && !matches!(look(member, &lines), Look::Hit(own) if (own.start, own.end) == (hit.start, hit.end))
    };
    settled &= !texts
        .iter()
        .zip(&placed)
        .any(|(member, hit)| moved(member, hit));
    Look::Hit(Hit {
        start: first.unwrap_or(end),
        end,
        captures: placed.into_iter().flat_map(|hit| hit.captures).collect(),
        settled: settled || view.is_line_end(known),
        known,
    })
}

/// Members of members are members; ends of streams and programs have no place that could be taken. Texts come first,
/// because they can't give way as an expression can; equal ones become neighbours.
fn sort_out<'a>(members: &'a [Pattern], texts: &mut Vec<&'a Pattern>, ends: &mut Vec<&'a Pattern>) {
    for member in members {
        match member {
            Pattern::AllOf(members) => sort_out(members, texts, ends),
            Pattern::AtLeast(_)
            | Pattern::Message { .. }
            | Pattern::Response(_)
            | Pattern::Closed
            | Pattern::Reset
            | Pattern::Exit(_) => ends.push(member),
            _ => texts.push(member),
        }
    }
    texts.sort_by_key(|member| match member {
        Pattern::Exactly(_) => (0, &[][..]),
        Pattern::Bytes(bytes) => (1, &bytes[..]),
        _ => (2, &[][..]),
    });
}

fn is_text(pattern: &Pattern) -> bool {
    matches!(pattern, Pattern::Bytes(_) | Pattern::Exactly(_))
}

/// Places for all members that don't overlap, of which the last ends as early as can be.
fn place(members: &[&Pattern], view: &View<'_>) -> Option<Vec<Hit>> {
    // No choice ends before the one member that ends last when it is alone.
    let mut soonest = 0;
    for member in members {
        soonest = soonest.max(next(member, view, 0..view.unread.len())?.end);
    }
    let mut placing = Placing {
        members,
        view,
        placed: Vec::new(),
        best: None,
        best_end: usize::MAX,
        soonest,
        tries: TRIES,
    };
    placing.place_next();
    placing.best
}

struct Placing<'a> {
    members: &'a [&'a Pattern],
    view: &'a View<'a>,
    placed: Vec<Hit>,
    best: Option<Vec<Hit>>,
    best_end: usize,
    soonest: usize,
    tries: usize,
}

impl Placing<'_> {
    /// Tries all places for the next member, and for each of them all places for those behind it.
    fn place_next(&mut self) {
        let index = self.placed.len();
        let Some(&member) = self.members.get(index) else {
            self.best_end = self.placed.iter().map(|hit| hit.end).max().unwrap_or(0);
            self.best = Some(self.placed.clone());
            return;
        };
        for gap in self.gaps() {
            let mut within = self.behind_its_equal(index, gap);
            while let Some(hit) = next(member, self.view, within.clone()) {
                if hit.end >= self.best_end || self.best_end <= self.soonest || self.tries == 0 {
                    return;
                }
                self.tries -= 1;
                within.start = if is_text(member) {
                    hit.start + 1
                } else {
                    hit.end.max(hit.start + 1)
                };
                self.placed.push(hit);
                self.place_next();
                self.placed.pop();
                if within.start > within.end {
                    break;
                }
            }
        }
    }

    /// What the members before have left free.
    fn gaps(&self) -> Vec<Range<usize>> {
        let mut taken: Vec<(usize, usize)> =
            self.placed.iter().map(|hit| (hit.start, hit.end)).collect();
        taken.sort_unstable();
        let mut gaps = Vec::new();
        let mut from = 0;
        for (start, end) in taken {
            gaps.push(from..start.max(from));
            from = end.max(from);
        }
        gaps.push(from..self.view.unread.len());
        gaps
    }

    /// Of two equal texts the second stands behind the first: the other way round is the same.
    fn behind_its_equal(&self, index: usize, gap: Range<usize>) -> Range<usize> {
        let (Some(before), Some(hit)) = (
            index.checked_sub(1).map(|before| self.members[before]),
            self.placed.last(),
        ) else {
            return gap;
        };
        match (before, self.members[index]) {
            (Pattern::Bytes(before), Pattern::Bytes(this)) if before == this => {
                let start = gap.start.max(hit.end).min(gap.end);
                start..gap.end
            }
            _ => gap,
        }
    }
}

/// The first place of a pattern within these bytes.
fn next(pattern: &Pattern, view: &View<'_>, within: Range<usize>) -> Option<Hit> {
    let at = |start, end| Hit {
        start,
        end,
        captures: Vec::new(),
        settled: true,
        known: end,
    };
    match pattern {
        Pattern::Bytes(bytes) => {
            let start = within.start + memmem::find(&view.unread[within], bytes)?;
            Some(at(start, start + bytes.len()))
        }
        Pattern::Exactly(bytes) => (within.start == 0
            && within.end >= bytes.len()
            && matches!(look(pattern, view), Look::Hit(_)))
        .then(|| at(0, bytes.len())),
        Pattern::Regex(expression) => expression.find(view.unread, within),
        Pattern::AnyOf(members) => members
            .iter()
            .filter_map(|member| next(member, view, within.clone()))
            .min_by_key(|hit| hit.start),
        Pattern::AllOf(_)
        | Pattern::AtLeast(_)
        | Pattern::Message { .. }
        | Pattern::Response(_)
        | Pattern::Closed
        | Pattern::Reset
        | Pattern::Exit(_) => match look(pattern, view) {
            Look::Hit(hit) if within.start <= hit.start && hit.end <= within.end => Some(hit),
            _ => None,
        },
    }
}
