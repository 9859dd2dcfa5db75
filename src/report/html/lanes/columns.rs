//! Where each actor's lane is in a drawing, and how wide it is.

use crate::report::about::is_program;
use crate::report::page::width;
use crate::report::rows::{Row, Selection, data};
use crate::report::visible::clipped;
use crate::report::words;
use crate::transcript::{ActorKind, Channel, EventKind, Transcript};

use super::super::markup::LANGUAGES;

/// Pixels that a column of text takes at most, times ten.
const COLUMN: usize = 73;

/// Where the numbers of steps, those of events and times end, and where the lanes begin.
pub(super) const STEP: usize = 32;
pub(super) const NUMBER: usize = 84;
pub(super) const TIME: usize = 130;
pub(super) const GUTTER: usize = 140;

/// What is right of the last lane: room for the sign of the failure.
const MARGIN: usize = 28;

/// Between two lanes.
const GAP: usize = 14;

/// Between what is in a lane and its edge.
const EDGE: usize = 10;

/// What a program is called at the head of its lane needs so many columns.
const LEAST: usize = 34;

/// A lane.
pub(super) struct Lane {
    /// Whose; `None`: it is shared by all who have none of their own.
    pub(super) actor: Option<usize>,
    pub(super) x: usize,
    pub(super) width: usize,
    /// Where the network is: arrows begin and end at this line.
    pub(super) line: usize,
    /// What comes from and goes to the keyboard, if anything does.
    pub(super) keyboard: Option<Track>,
    /// What is printed.
    pub(super) screen: Option<Track>,
    /// Everything else.
    pub(super) other: Track,
}

/// A part of a lane with a text in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Track {
    pub(super) x: usize,
    /// How many columns of text it has room for.
    pub(super) columns: usize,
}

impl Track {
    /// Pixels that its text takes.
    pub(super) fn width(&self) -> usize {
        pixels(self.columns)
    }
}

/// Pixels that so many columns of text take at most.
pub(super) fn pixels(columns: usize) -> usize {
    (columns * COLUMN).div_ceil(10)
}

/// What the rows of an actor need, in columns of text.
#[derive(Clone, Copy, Debug, Default)]
struct Needs {
    keyboard: usize,
    screen: usize,
    other: usize,
}

/// The lanes of a drawing, from left to right.
pub(super) struct Columns<'a> {
    pub(super) lanes: Vec<Lane>,
    /// Those who share the last lane.
    pub(super) sharing: &'a [usize],
}

impl<'a> Columns<'a> {
    /// Those of the actors that are chosen.
    pub(super) fn new(transcript: &Transcript, chosen: &'a Selection) -> Columns<'a> {
        Columns {
            lanes: lanes(transcript, chosen),
            sharing: &chosen.left_out,
        }
    }

    /// The lane of an actor: its own, or the one that it shares.
    pub(super) fn of(&self, actor: usize) -> Option<&Lane> {
        let own = self.lanes.iter().find(|lane| lane.actor == Some(actor));
        own.or_else(|| {
            let mut lanes = self.lanes.iter();
            lanes.find(|lane| lane.actor.is_none() && self.sharing.contains(&actor))
        })
    }

    /// Pixels that all of them take, with what is beside them.
    pub(super) fn width(&self) -> usize {
        let last = self.lanes.last();
        last.map_or(GUTTER, |lane| lane.x + lane.width) + MARGIN
    }

    /// Where what crosses all of them ends.
    pub(super) fn right(&self) -> usize {
        self.width() - 8
    }
}

/// Programs first, then the lines of Viva, then peers.
fn lanes(transcript: &Transcript, chosen: &Selection) -> Vec<Lane> {
    let mut order: Vec<Option<usize>> = chosen.actors.iter().copied().map(Some).collect();
    order.sort_by_key(|actor| actor.map(|actor| rank(&transcript.actors[actor].kind)));
    if !chosen.left_out.is_empty() {
        order.push(None);
    }
    let many = order.len() > 5;
    let mut x = GUTTER;
    let mut lanes = Vec::new();
    for actor in order {
        let needs = needs(transcript, chosen, actor);
        let info = actor.map(|actor| &transcript.actors[actor]);
        let name = info.map_or(8, |info| width(&clipped(info.name.as_bytes(), 24)) + 8);
        let lane = if info.is_some_and(|info| is_program(&info.kind)) {
            of_program(actor, x, needs, many)
        } else {
            let most = if many { 26 } else { 38 };
            let other = Track {
                x: x + EDGE + 12,
                columns: needs.other.clamp(12, most).max(name.min(most)),
            };
            Lane {
                actor,
                x,
                width: EDGE + 12 + other.width() + EDGE,
                line: x + EDGE,
                keyboard: None,
                screen: None,
                other,
            }
        };
        x += lane.width + GAP;
        lanes.push(lane);
    }
    lanes
}

fn of_program(actor: Option<usize>, x: usize, needs: Needs, many: bool) -> Lane {
    let mut end = x + EDGE;
    let mut track = |needed: usize, most: usize| {
        let track = Track {
            x: end + 6,
            columns: needed.clamp(9, most),
        };
        end += track.width() + 12 + 6;
        track
    };
    let keyboard = (needs.keyboard > 0).then(|| track(needs.keyboard, 18));
    let screen = (needs.screen > 0).then(|| track(needs.screen, if many { 30 } else { 40 }));
    let least = x + EDGE + pixels(needs.other.clamp(LEAST, 40)) + 12;
    let line = end.max(least) + 8;
    Lane {
        actor,
        x,
        width: line + EDGE + 2 - x,
        line,
        keyboard,
        screen,
        other: Track {
            x: x + EDGE,
            columns: (line - x - EDGE - 12) * 10 / COLUMN,
        },
    }
}

fn rank(kind: &ActorKind) -> usize {
    match kind {
        ActorKind::TerminalProgram | ActorKind::PipedProgram | ActorKind::RunningProgram => 0,
        ActorKind::TcpProxy | ActorKind::UdpProxy => 1,
        ActorKind::TcpClient
        | ActorKind::TcpServer
        | ActorKind::TcpLink
        | ActorKind::UdpClient
        | ActorKind::UdpServer
        | ActorKind::WebSocketClient
        | ActorKind::WebSocketServer
        | ActorKind::WebSocketLink => 2,
    }
}

fn needs(transcript: &Transcript, chosen: &Selection, actor: Option<usize>) -> Needs {
    const ENOUGH: usize = 60;
    // Room for words, and for what looks longer in another encoding.
    const SHORTEST: usize = 20;
    const LONGEST: usize = 28;
    let mut needs = Needs::default();
    let own = |row: &&Row| match actor {
        Some(actor) => transcript.events[row.first].actor.0 == actor,
        None => chosen
            .left_out
            .contains(&transcript.events[row.first].actor.0),
    };
    for row in chosen.rows.iter().filter(own) {
        let kind = &transcript.events[row.first].kind;
        let text = match data(transcript, row) {
            Some(bytes) => bytes
                .split(|byte| *byte == b'\n')
                .map(|line| width(&clipped(line, ENOUGH)) + 1)
                .max()
                .unwrap_or(0),
            None => {
                let said = LANGUAGES.map(|(language, _)| words::of(language).event(kind));
                let said = said.iter().flatten().map(|said| width(said)).max();
                said.unwrap_or(0).clamp(SHORTEST, LONGEST)
            }
        };
        let needed = match kind {
            EventKind::Typed(_) => &mut needs.keyboard,
            EventKind::Printed { .. } => &mut needs.screen,
            _ => &mut needs.other,
        };
        *needed = (*needed).max(text);
    }
    if actor.is_none() {
        needs.other = ENOUGH;
    }
    needs
}

/// Whether something was printed as an error.
pub(super) fn is_error(kind: &EventKind) -> bool {
    matches!(
        kind,
        EventKind::Printed {
            channel: Channel::Stderr,
            ..
        }
    )
}
