//! What a line can do wrong: values only, [`super::line`] does it.

use std::time::Duration;

/// Which of the pieces that cross in one direction, counted from 1: datagrams, or what was read of a stream at once.
#[derive(Clone, Debug, PartialEq)]
pub enum Which {
    /// These.
    Nth(Vec<u64>),
    /// Each time so many have come, at least 1.
    Every(u64),
    /// Each with this probability, 0 to 1.
    Chance(f64),
}

/// What a line does wrong.
#[derive(Clone, Debug, PartialEq)]
pub enum Fault {
    /// These datagrams are lost.
    Drop(Which),
    /// These datagrams come twice.
    Duplicate(Which),
    /// These datagrams come behind the next one; if there is none, when all else is at rest.
    Reorder(Which),
    /// These come only when all else is at rest, or so much later.
    Delay(Which, Option<Duration>),
    /// A stream comes in pieces of so many bytes at most, at least 1, each when the one before was read.
    Split(usize),
    /// So many pieces of a stream come as one; fewer when all else is at rest.
    Coalesce(u64),
    /// So many bytes a second at most, at least 1.
    Throttle(u64),
    /// After so many bytes of a stream its end comes; the rest is lost.
    HalfClose(u64),
    /// After so many bytes of a stream the connection is reset, on both sides.
    Reset(u64),
}
