//! A bad line: what becomes of what crosses it in one direction.
//!
//! It says what is to be passed on and on which condition; somebody else must find out whether the condition holds. Times
//! are counted from any moment that its user likes.

use std::collections::VecDeque;
use std::time::Duration;

use super::fault::{Fault, Which};
use super::random::Random;

/// What comes out of a line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Cargo {
    /// To be written, or sent as one datagram.
    Bytes(Vec<u8>),
    /// Nobody will ever get it.
    Lost(Vec<u8>),
    /// The end of the stream.
    End,
    /// The connection is to be reset.
    Reset,
}

/// When something is passed on, at the earliest.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum When {
    /// At once.
    Now,
    /// When what was passed on before has been read.
    Read,
    /// When all else is at rest.
    AtRest,
    /// At this time.
    At(Duration),
}

#[derive(Debug)]
struct Waiting {
    cargo: Cargo,
    when: When,
    /// Of a stream: more pieces may join it, so many.
    joining: u64,
}

/// One direction of a line.
#[derive(Debug)]
pub struct Line {
    faults: Vec<Fault>,
    /// A stream keeps its order; datagrams overtake each other.
    is_stream: bool,
    random: Random,
    waiting: VecDeque<Waiting>,
    /// How many pieces have come.
    count: u64,
    /// How many bytes have come.
    bytes: u64,
    /// When the last byte of what came so far is through a narrow line.
    free_at: Duration,
    over: bool,
}

/// A narrow line passes on so many pieces a second.
const PIECES: u64 = 20;

impl Line {
    /// A line with these faults; `seed` decides what happens by chance.
    pub fn new(faults: Vec<Fault>, is_stream: bool, seed: u64) -> Self {
        let mut line = Line {
            faults,
            is_stream,
            random: Random::new(seed),
            waiting: VecDeque::new(),
            count: 0,
            bytes: 0,
            free_at: Duration::ZERO,
            over: false,
        };
        line.break_off();
        line
    }

    /// Takes what has come at this time.
    pub fn take(&mut self, mut bytes: Vec<u8>, now: Duration) {
        self.count += 1;
        if self.is_stream {
            let room = if self.over { 0 } else { self.room() };
            let rest =
                bytes.split_off(bytes.len().min(usize::try_from(room).unwrap_or(usize::MAX)));
            self.bytes += bytes.len() as u64;
            if !bytes.is_empty() {
                self.stream(bytes, now);
            }
            self.break_off();
            if !rest.is_empty() {
                self.waiting.push_back(at_once(Cargo::Lost(rest)));
            }
        } else {
            self.datagram(bytes, now);
        }
    }

    /// The sender has ended the stream.
    pub fn end(&mut self) {
        if !self.over {
            self.over = true;
            // Nothing more joins what waits for more.
            let joining = self
                .waiting
                .iter_mut()
                .filter(|waiting| waiting.joining > 0);
            joining.for_each(|waiting| waiting.when = When::Now);
            self.waiting.push_back(at_once(Cargo::End));
        }
    }

    /// The sender has reset the connection: what waits is lost.
    pub fn reset(&mut self) {
        self.over = true;
        for waiting in &mut self.waiting {
            waiting.when = When::Now;
            if let Cargo::Bytes(bytes) = &mut waiting.cargo {
                waiting.cargo = Cargo::Lost(std::mem::take(bytes));
            }
        }
        self.waiting.retain(|waiting| waiting.cargo != Cargo::End);
        self.waiting.push_back(at_once(Cargo::Reset));
    }

    /// The next thing that is passed on now, if `holds` says that its condition does.
    pub fn next(&mut self, mut holds: impl FnMut(When) -> bool) -> Option<Cargo> {
        let index = if self.is_stream {
            self.waiting
                .front()
                .is_some_and(|next| holds(next.when))
                .then_some(0)
        } else {
            self.waiting.iter().position(|waiting| holds(waiting.when))
        }?;
        Some(self.waiting.remove(index)?.cargo)
    }

    /// Whether something waits for a certain time.
    pub fn waits_for_time(&self) -> bool {
        let mut waiting = self.waiting.iter();
        waiting.any(|waiting| matches!(waiting.when, When::At(_)))
    }

    /// How many bytes may still come before the stream is broken off.
    fn room(&self) -> u64 {
        let limits = self.faults.iter().filter_map(|fault| match fault {
            Fault::HalfClose(after) | Fault::Reset(after) => Some(*after),
            _ => None,
        });
        limits
            .min()
            .map_or(u64::MAX, |limit| limit.saturating_sub(self.bytes))
    }

    /// Ends or resets the stream if it is time.
    fn break_off(&mut self) {
        if self.over || self.room() > 0 {
            return;
        }
        self.over = true;
        let is_reached =
            |fault: &Fault| matches!(fault, Fault::Reset(after) if *after <= self.bytes);
        let cargo = match self.faults.iter().any(is_reached) {
            true => Cargo::Reset,
            false => Cargo::End,
        };
        self.waiting.push_back(at_once(cargo));
    }

    fn stream(&mut self, bytes: Vec<u8>, now: Duration) {
        let delayed = self.delay(now);
        let coalesce = self.faults.iter().find_map(|fault| match fault {
            Fault::Coalesce(count) => Some(*count),
            _ => None,
        });
        if let Some(count) = coalesce {
            match self.waiting.back_mut() {
                Some(Waiting {
                    cargo: Cargo::Bytes(before),
                    when,
                    joining,
                }) if *joining > 0 => {
                    before.extend(bytes);
                    *joining -= 1;
                    if *joining == 0 {
                        *when = When::Now;
                    }
                }
                _ => self.waiting.push_back(Waiting {
                    cargo: Cargo::Bytes(bytes),
                    when: When::AtRest,
                    joining: count.saturating_sub(1),
                }),
            }
            return;
        }
        let rate = self.rate();
        let split = self.faults.iter().find_map(|fault| match fault {
            Fault::Split(size) => Some(*size),
            _ => None,
        });
        let narrow = rate.map(|rate| usize::try_from(rate / PIECES).unwrap_or(usize::MAX));
        let size = [split, narrow].into_iter().flatten().min();
        for (index, piece) in bytes.chunks(size.unwrap_or(bytes.len()).max(1)).enumerate() {
            let when = match (rate, delayed) {
                (Some(rate), _) => self.through(piece.len(), rate, now),
                (None, Some(when)) if index == 0 => when,
                _ if split.is_some() => When::Read,
                _ => When::Now,
            };
            let cargo = Cargo::Bytes(piece.to_vec());
            self.waiting.push_back(Waiting {
                cargo,
                when,
                joining: 0,
            });
        }
    }

    fn datagram(&mut self, bytes: Vec<u8>, now: Duration) {
        let dropped = self.hits(|fault| match fault {
            Fault::Drop(which) => Some(which),
            _ => None,
        });
        let doubled = self.hits(|fault| match fault {
            Fault::Duplicate(which) => Some(which),
            _ => None,
        });
        let overtaken = self.hits(|fault| match fault {
            Fault::Reorder(which) => Some(which),
            _ => None,
        });
        let delayed = self.delay(now);
        if dropped {
            self.waiting.push_back(at_once(Cargo::Lost(bytes)));
            return;
        }
        let waiting = |cargo, when, joining| Waiting {
            cargo,
            when,
            joining,
        };
        // Who was to be overtaken is now.
        let mut behind: VecDeque<Waiting> = VecDeque::new();
        while let Some(last) = self.waiting.pop_back_if(|last| last.joining > 0) {
            behind.push_front(waiting(last.cargo, When::Now, 0));
        }
        let overtaken = overtaken && behind.is_empty();
        let when = match (self.rate(), delayed) {
            (Some(rate), _) => self.through(bytes.len(), rate, now),
            (None, Some(when)) => when,
            (None, None) if overtaken => When::AtRest,
            _ => When::Now,
        };
        if doubled {
            self.waiting
                .push_back(waiting(Cargo::Bytes(bytes.clone()), when, 0));
        }
        let joining = u64::from(overtaken && when == When::AtRest);
        self.waiting
            .push_back(waiting(Cargo::Bytes(bytes), when, joining));
        self.waiting.append(&mut behind);
    }

    /// Until when this piece is held back, if it is.
    fn delay(&mut self, now: Duration) -> Option<When> {
        let mut by = None;
        for index in 0..self.faults.len() {
            if let Fault::Delay(which, time) = &self.faults[index] {
                let (which, time) = (which.clone(), *time);
                if self.is_one(&which) {
                    by = Some(time.map_or(When::AtRest, |time| When::At(now + time)));
                }
            }
        }
        by
    }

    fn rate(&self) -> Option<u64> {
        self.faults.iter().find_map(|fault| match fault {
            Fault::Throttle(rate) => Some(*rate),
            _ => None,
        })
    }

    /// When so many bytes more are through a line of this rate.
    fn through(&mut self, length: usize, rate: u64, now: Duration) -> When {
        let takes = Duration::from_secs_f64(length as f64 / rate as f64);
        self.free_at = self.free_at.max(now) + takes;
        When::At(self.free_at)
    }

    /// Whether one of the faults that `of` chooses hits this piece. Chance is asked for each of them, so that what one of
    /// them says changes nothing for the others.
    fn hits(&mut self, of: impl Fn(&Fault) -> Option<&Which>) -> bool {
        let chosen: Vec<Which> = self.faults.iter().filter_map(of).cloned().collect();
        let hits = chosen.iter().filter(|which| self.is_one(which));
        hits.count() > 0
    }

    fn is_one(&mut self, which: &Which) -> bool {
        match which {
            Which::Nth(all) => all.contains(&self.count),
            Which::Every(count) => self.count.is_multiple_of((*count).max(1)),
            Which::Chance(chance) => self.random.draw_part() < *chance,
        }
    }
}

fn at_once(cargo: Cargo) -> Waiting {
    Waiting {
        cargo,
        when: When::Now,
        joining: 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What comes out at once, and then each time when all else is at rest (behind a `|`).
    fn told(line: &mut Line) -> String {
        let mut told = String::new();
        let mut tell = |cargo: Cargo| {
            let text = |bytes: Vec<u8>| String::from_utf8_lossy(&bytes).into_owned();
            let one = match cargo {
                Cargo::Bytes(bytes) => text(bytes),
                Cargo::Lost(bytes) => format!("({})", text(bytes)),
                Cargo::End => "END".to_owned(),
                Cargo::Reset => "RST".to_owned(),
            };
            told.push_str(&one);
            told.push(' ');
        };
        loop {
            while let Some(cargo) = line.next(|when| matches!(when, When::Now | When::Read)) {
                tell(cargo);
            }
            match line.next(|when| when == When::AtRest) {
                Some(cargo) => {
                    tell(Cargo::Bytes(b"|".to_vec()));
                    tell(cargo);
                }
                None => return told.trim_end().to_owned(),
            }
        }
    }

    fn through(is_stream: bool, faults: Vec<Fault>, pieces: &[&str]) -> String {
        let mut line = Line::new(faults, is_stream, 1);
        for piece in pieces {
            line.take(piece.as_bytes().to_vec(), Duration::ZERO);
        }
        told(&mut line)
    }

    fn nth(count: u64) -> Which {
        Which::Nth(vec![count])
    }

    #[test]
    fn datagrams_are_lost_doubled_overtaken_and_late() {
        let all = ["a", "b", "c", "d"];
        for (faults, expected) in [
            (vec![], "a b c d"),
            (vec![Fault::Drop(nth(2))], "a (b) c d"),
            (vec![Fault::Drop(Which::Nth(vec![1, 4]))], "(a) b c (d)"),
            (vec![Fault::Drop(Which::Every(2))], "a (b) c (d)"),
            (vec![Fault::Drop(Which::Chance(1.0))], "(a) (b) (c) (d)"),
            (vec![Fault::Drop(Which::Chance(0.0))], "a b c d"),
            (vec![Fault::Duplicate(nth(1))], "a a b c d"),
            (vec![Fault::Reorder(nth(2))], "a c b d"),
            (vec![Fault::Reorder(nth(4))], "a b c | d"),
            (vec![Fault::Reorder(Which::Every(1))], "b a d c"),
            (vec![Fault::Delay(nth(1), None)], "b c d | a"),
            (
                vec![Fault::Drop(nth(1)), Fault::Duplicate(nth(2))],
                "(a) b b c d",
            ),
            (
                vec![Fault::Drop(nth(1)), Fault::Duplicate(nth(1))],
                "(a) b c d",
            ),
        ] {
            assert_eq!(through(false, faults.clone(), &all), expected, "{faults:?}");
        }
    }

    #[test]
    fn a_stream_is_cut_joined_held_back_and_broken_off() {
        let all = ["abc", "de", "f"];
        for (faults, expected) in [
            (vec![], "abc de f"),
            (vec![Fault::Split(2)], "ab c de f"),
            (vec![Fault::Coalesce(2)], "abcde | f"),
            (vec![Fault::Coalesce(9)], "| abcdef"),
            (vec![Fault::Delay(nth(2), None)], "abc | de f"),
            (
                vec![Fault::Delay(nth(1), None), Fault::Split(1)],
                "| a b c d e f",
            ),
            (vec![Fault::HalfClose(4)], "abc d END (e) (f)"),
            (vec![Fault::HalfClose(5)], "abc de END (f)"),
            (vec![Fault::Reset(3)], "abc RST (de) (f)"),
            (vec![Fault::Reset(0)], "RST (abc) (de) (f)"),
            (
                vec![Fault::Reset(3), Fault::HalfClose(2)],
                "ab END (c) (de) (f)",
            ),
        ] {
            assert_eq!(through(true, faults.clone(), &all), expected, "{faults:?}");
        }
    }

    #[test]
    fn an_end_comes_behind_all_and_a_reset_before_what_waits() {
        let held = || Line::new(vec![Fault::Delay(nth(1), None)], true, 1);
        let mut line = held();
        line.take(b"abc".to_vec(), Duration::ZERO);
        line.end();
        assert_eq!(told(&mut line), "| abc END");
        let mut joined = Line::new(vec![Fault::Coalesce(3)], true, 1);
        joined.take(b"abc".to_vec(), Duration::ZERO);
        joined.end();
        assert_eq!(told(&mut joined), "abc END");
        let mut line = held();
        line.take(b"abc".to_vec(), Duration::ZERO);
        line.reset();
        assert_eq!(told(&mut line), "(abc) RST");
    }

    #[test]
    fn a_narrow_line_takes_its_time() {
        let mut line = Line::new(vec![Fault::Throttle(100)], true, 1);
        line.take(vec![b'x'; 12], Duration::from_secs(1));
        line.take(vec![b'y'; 5], Duration::from_secs(1));
        assert!(line.waits_for_time());
        let mut came = Vec::new();
        for millis in (1000..1200).step_by(10) {
            let now = Duration::from_millis(millis);
            while let Some(Cargo::Bytes(bytes)) =
                line.next(|when| matches!(when, When::At(time) if time <= now))
            {
                came.push((millis, bytes.len()));
            }
        }
        assert_eq!(came, [(1050, 5), (1100, 5), (1120, 2), (1170, 5)]);
        assert!(!line.waits_for_time());
        // Less than one byte for each piece.
        let mut slow = Line::new(vec![Fault::Throttle(1)], true, 1);
        slow.take(b"ab".to_vec(), Duration::ZERO);
        let at = |seconds| move |when| when == When::At(Duration::from_secs(seconds));
        assert_eq!(slow.next(at(1)), Some(Cargo::Bytes(b"a".to_vec())));
        assert_eq!(slow.next(at(2)), Some(Cargo::Bytes(b"b".to_vec())));
    }

    #[test]
    fn chance_is_the_same_for_the_same_seed_and_hits_about_as_often_as_it_says() {
        let lost = |seed: u64| -> Vec<bool> {
            let mut line = Line::new(vec![Fault::Drop(Which::Chance(0.3))], false, seed);
            (0..1000)
                .map(|_| {
                    line.take(b"x".to_vec(), Duration::ZERO);
                    line.next(|_| true) == Some(Cargo::Lost(b"x".to_vec()))
                })
                .collect()
        };
        assert_eq!(lost(7), lost(7));
        assert_ne!(lost(7), lost(8));
        let count = lost(7).iter().filter(|lost| **lost).count();
        assert!((250..350).contains(&count), "{count}");
    }
}
