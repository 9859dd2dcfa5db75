//! What a regular expression could still become when more bytes come.
//!
//! A regular expression engine answers for the bytes it has. Here the deterministic automaton of the expression is
//! walked byte by byte instead, and the state it ends in says what the bytes that are still to come can change.

use std::ops::ControlFlow;
use std::sync::{Mutex, PoisonError};

use regex_automata::hybrid::LazyStateID;
use regex_automata::hybrid::dfa::{Cache, Config, DFA};
use regex_automata::nfa::thompson;
use regex_automata::{Anchored, Input, MatchKind};
use regex_syntax::hir::{Hir, HirKind, Look};

/// Most memory for states that are kept, in bytes; older ones are forgotten and built again.
const CACHE_BYTES: usize = 4 << 20;

/// Most steps in a search for a match under way that began early; beyond, there might be one.
const STEPS: usize = 1 << 18;

/// The automaton of one expression.
#[derive(Debug)]
pub(super) struct Automaton {
    dfa: DFA,
    /// States are built when they are first reached.
    cache: Mutex<Cache>,
    /// The expression asks for word boundaries of Unicode, which no such automaton knows beyond ASCII.
    ascii_only: bool,
}

/// What a walk over all that has come found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Walk {
    /// A match, within the first `known` bytes. These end behind a line end, or are all there are.
    Match {
        known: usize,
        /// A line ends there; or whatever comes behind these bytes, the match stays as it is.
        settled: bool,
    },
    /// None, but it could still come.
    NotYet,
    /// None, whatever comes.
    Never,
}

impl Automaton {
    /// `None` where it would be too big.
    pub(super) fn new(expression: &Hir, size_limit: usize) -> Option<Self> {
        let ascii_only = expression.properties().look_set().contains_word_unicode();
        let rewritten;
        let expression = if ascii_only {
            rewritten = with_ascii_boundaries(expression.clone());
            &rewritten
        } else {
            expression
        };
        let nfa = thompson::Compiler::new()
            .configure(
                thompson::Config::new()
                    .utf8(false)
                    .nfa_size_limit(Some(size_limit))
                    .which_captures(thompson::WhichCaptures::None),
            )
            .build_from_hir(expression)
            .ok()?;
        let dfa = DFA::builder()
            .configure(
                Config::new()
                    .match_kind(MatchKind::LeftmostFirst)
                    .cache_capacity(CACHE_BYTES),
            )
            .build_from_nfa(nfa)
            .ok()?;
        Some(Automaton {
            cache: Mutex::new(dfa.create_cache()),
            dfa,
            ascii_only,
        })
    }

    /// Looks for a match in the fewest lines that hold one, or in all of `text` with the beginning of a line at its
    /// end. `None`: this automaton can't tell.
    pub(super) fn walk(&self, text: &[u8]) -> Option<Walk> {
        if self.ascii_only && !text.is_ascii() {
            return None;
        }
        let mut cache = self.cache.lock().unwrap_or_else(PoisonError::into_inner);
        let cache = &mut *cache;
        let input = Input::new(text);
        let mut state = self.dfa.start_state_forward(cache, &input).ok()?;
        // A match shows one byte (or the end) behind its last.
        let mut matched = false;
        for (offset, &byte) in text.iter().enumerate() {
            state = self.dfa.next_state(cache, state, byte).ok()?;
            if state.is_dead() {
                return Some(if matched {
                    let known = match memchr::memchr(b'\n', &text[offset..]) {
                        Some(more) => offset + more + 1,
                        None => text.len(),
                    };
                    Walk::Match {
                        known,
                        settled: true,
                    }
                } else {
                    Walk::Never
                });
            }
            matched |= state.is_match();
            if byte == b'\n' {
                let ending = self.dfa.next_eoi_state(cache, state).ok()?;
                if matched || ending.is_match() {
                    return Some(Walk::Match {
                        known: offset + 1,
                        settled: true,
                    });
                }
            }
        }
        let ending = self.dfa.next_eoi_state(cache, state).ok()?;
        Some(if matched || ending.is_match() {
            Walk::Match {
                known: text.len(),
                settled: self.is_fixed(cache, state, ending),
            }
        } else {
            Walk::NotYet
        })
    }

    /// Whether nothing that could come can change the match of which `state` is the state behind the last byte, and
    /// `ending` the one behind the end.
    fn is_fixed(&self, cache: &mut Cache, state: LazyStateID, ending: LazyStateID) -> bool {
        if !ending.is_match() {
            // The match lies behind us; nothing may be under way.
            return self
                .each_next(cache, state, |_, next| next.is_dead())
                .unwrap_or(false);
        }
        // The match ends here: the next byte, whatever it is, must confirm it, and nothing may follow.
        let mut confirmed = Vec::new();
        self.each_next(cache, state, |cache, next| {
            if confirmed.contains(&next) {
                return true;
            }
            confirmed.push(next);
            next.is_match()
                && self
                    .each_next(cache, next, |_, after| after.is_dead())
                    .unwrap_or(false)
        })
        .unwrap_or(false)
    }

    /// Whether `holds` for the state behind each byte that could come next. `None`: the states can't be told.
    fn each_next(
        &self,
        cache: &mut Cache,
        state: LazyStateID,
        mut holds: impl FnMut(&mut Cache, LazyStateID) -> bool,
    ) -> Option<bool> {
        // Clearing the cache makes `state` the name of another state.
        let clears = cache.clear_count();
        for byte in self.dfa.byte_classes().representatives(..) {
            let Some(byte) = byte.as_u8() else { continue };
            let next = self.dfa.next_state(cache, state, byte).ok()?;
            if cache.clear_count() != clears {
                return None;
            }
            if !holds(cache, next) {
                return Some(false);
            }
            if cache.clear_count() != clears {
                return None;
            }
        }
        Some(true)
    }

    /// Whether a match could still come that begins before the offset `limit` in `text`. Only of a text in which no
    /// match begins there.
    pub(super) fn could_begin_before(&self, text: &[u8], limit: usize) -> bool {
        if self.ascii_only && !text.is_ascii() {
            return true;
        }
        let mut cache = self.cache.lock().unwrap_or_else(PoisonError::into_inner);
        let mut steps = 0;
        (0..limit.min(text.len())).any(|start| {
            self.is_under_way(&mut cache, text, start, &mut steps)
                .unwrap_or(true)
        })
    }

    /// Whether a match that begins at `start` could be under way at the end of `text`. `None`: it can't be told.
    fn is_under_way(
        &self,
        cache: &mut Cache,
        text: &[u8],
        start: usize,
        steps: &mut usize,
    ) -> Option<bool> {
        let input = Input::new(text).range(start..).anchored(Anchored::Yes);
        let first = self.dfa.start_state_forward(cache, &input).ok()?;
        let last = text[start..].iter().try_fold(first, |state, &byte| {
            *steps += 1;
            match self.dfa.next_state(cache, state, byte) {
                Ok(next) if next.is_dead() => ControlFlow::Break(Some(false)),
                Ok(next) if *steps < STEPS => ControlFlow::Continue(next),
                _ => ControlFlow::Break(None),
            }
        });
        match last {
            ControlFlow::Break(known) => known,
            ControlFlow::Continue(_) => Some(true),
        }
    }
}

/// The same expression with the word boundaries of ASCII, where it has those of Unicode: on a text that is ASCII up
/// to here they are the same, and a byte to come that is not is on the one or the other side like one that is.
fn with_ascii_boundaries(expression: Hir) -> Hir {
    match expression.into_kind() {
        HirKind::Empty => Hir::empty(),
        HirKind::Literal(literal) => Hir::literal(literal.0),
        HirKind::Class(class) => Hir::class(class),
        HirKind::Look(look) => Hir::look(match look {
            Look::WordUnicode => Look::WordAscii,
            Look::WordUnicodeNegate => Look::WordAsciiNegate,
            Look::WordStartUnicode => Look::WordStartAscii,
            Look::WordEndUnicode => Look::WordEndAscii,
            Look::WordStartHalfUnicode => Look::WordStartHalfAscii,
            Look::WordEndHalfUnicode => Look::WordEndHalfAscii,
            other => other,
        }),
        HirKind::Repetition(mut repetition) => {
            repetition.sub = Box::new(with_ascii_boundaries(*repetition.sub));
            Hir::repetition(repetition)
        }
        HirKind::Capture(mut capture) => {
            capture.sub = Box::new(with_ascii_boundaries(*capture.sub));
            Hir::capture(capture)
        }
        HirKind::Concat(parts) => {
            Hir::concat(parts.into_iter().map(with_ascii_boundaries).collect())
        }
        HirKind::Alternation(parts) => {
            Hir::alternation(parts.into_iter().map(with_ascii_boundaries).collect())
        }
    }
}
