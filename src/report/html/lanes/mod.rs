//! A transcript as a drawing: a lane for each actor, time downwards, an arrow for what crosses the network.
//!
//! Only what the transcript says is drawn: an arrow joins two lanes where it is known who is at the other end, and is a stub where it
//! is not. Must not need a script: the page's own only scrolls it.

mod beats;
mod columns;
mod ends;

use std::fmt::Write as _;

use crate::report::about::{About, is_program};
use crate::report::cells::{mark, telling, trimmed};
use crate::report::drawing::Drawing;
use crate::report::rows::{Row, Selection, data, failing, folded};
use crate::report::visible::clipped;
use crate::report::words;
use crate::report::words::html::{self, Caption};
use crate::transcript::{EventKind, Transcript};

use super::markup::{both_drawn, escaped};
use super::payload::shown;
use super::steps::{State, Step};

use beats::{Beat, beats};
use columns::{GUTTER, Lane, Track, is_error, lanes};
use ends::{Ends, Way};

/// What is drawn.
pub(super) struct Lanes<'a> {
    pub(super) transcript: &'a Transcript,
    pub(super) about: Option<&'a About<'a>>,
    pub(super) steps: &'a [Step<'a>],
    /// What the ids of its parts begin with.
    pub(super) anchor: &'a str,
}

/// So many actors have a lane of their own, or one less where others share one.
const MOST_LANES: usize = 14;

/// A payload has at most so many lines.
const MOST_LINES: usize = 5;

/// Pixels: a line of text, what is between two rows, what a step and a pause take, and the head of the lanes.
const LINE: usize = 16;
const SPACE: usize = 10;
const STEP: usize = 26;
const PAUSE: usize = 24;
const HEAD: usize = 54;

/// A drawing that is no wider may be made smaller, so that all of it can be seen; another one is scrolled.
const WIDEST: usize = 1500;

/// The drawing, a head that can stay in view and a body; empty where nothing happened.
pub(super) fn drawn(it: &Lanes<'_>) -> String {
    if it.transcript.events.is_empty() {
        return String::new();
    }
    let chosen = folded(it.transcript, it.about, MOST_LANES);
    let mut canvas = Canvas {
        it,
        lanes: lanes(it.transcript, &chosen),
        chosen,
        failing: it.about.and_then(failing),
        ground: String::new(),
        back: String::new(),
        front: String::new(),
        y: 6,
        pointed: false,
    };
    canvas.body();
    canvas.finish()
}

struct Canvas<'a> {
    it: &'a Lanes<'a>,
    lanes: Vec<Lane>,
    chosen: Selection,
    /// Index of the event that shows the failure.
    failing: Option<usize>,
    /// What lies below everything else, what lies above that, and the rest.
    ground: String,
    back: String,
    front: String,
    y: usize,
    /// Whether the failure has been marked.
    pointed: bool,
}

impl Canvas<'_> {
    fn width(&self) -> usize {
        let last = self.lanes.last();
        last.map_or(GUTTER, |lane| lane.x + lane.width) + 28
    }

    fn lane_of(&self, actor: usize) -> Option<usize> {
        let own = self.lanes.iter().position(|lane| lane.actor == Some(actor));
        own.or_else(|| {
            let shared = self.chosen.left_out.contains(&actor);
            self.lanes
                .iter()
                .position(|lane| shared && lane.actor.is_none())
        })
    }

    fn body(&mut self) {
        let numbers: Vec<usize> = self.it.steps.iter().map(|step| step.number).collect();
        // What came before the step that failed is not yet what is missing there.
        let shows = |number: usize| {
            self.failing.is_some_and(|event| {
                let step = self.it.transcript.events[event].step;
                step.map_or(0, |step| step.saturating_add(1)) >= number
            })
        };
        let missing = self
            .it
            .about
            .map(|about| about.failure.step.number)
            .filter(|number| !shows(*number));
        let mut ends = Ends::new(self.it.transcript);
        let mut seen = 0;
        let focus = self.failing.or_else(|| self.last_of(missing));
        for beat in beats(
            self.it.transcript,
            &self.chosen.rows,
            &numbers,
            focus,
            missing,
        ) {
            match beat {
                Beat::Step(index) => self.step(index),
                Beat::Pause(time) => {
                    self.pause(&|language| html::pause(language, time.as_secs_f64()));
                }
                Beat::LeftOut(count) => self.pause(&|language| html::left_out(language, count)),
                Beat::Missing => self.missing(),
                Beat::Row(row) => {
                    // What is not drawn is learnt from all the same.
                    let mut way = None;
                    while seen <= row.last {
                        let own = ends.way(seen);
                        if seen == row.first {
                            way = own;
                        }
                        seen += 1;
                    }
                    self.row(&row, way);
                }
            }
        }
    }

    /// The last event before the step behind this one.
    fn last_of(&self, step: Option<usize>) -> Option<usize> {
        let number = step?;
        self.it
            .transcript
            .events
            .iter()
            .rposition(|event| event.step.is_none_or(|step| step < number))
    }

    fn step(&mut self, index: usize) {
        let step = &self.it.steps[index];
        let failed = step.state == State::Failed;
        let (y, right) = (self.y + STEP - 8, self.width() - 8);
        let class = if failed { "rule bad" } else { "rule" };
        let _ = write!(
            self.back,
            "<path class=\"{class}\" d=\"M8 {}H{right}\"/>",
            y - 13
        );
        let id = format!("{}-step-{}", self.it.anchor, step.number);
        let _ = write!(self.front, "<g id=\"{id}\" class=\"step\">");
        let mark = if failed { "✗ " } else { "" };
        self.front += &both_drawn(
            12,
            y,
            if failed { "name bad" } else { "name" },
            |language| format!("{mark}{}", step.name(language)),
        );
        let about = self.it.about.filter(|_| failed);
        self.front += &both_drawn(
            GUTTER + 10,
            y,
            if failed { "said bad" } else { "said" },
            |language| match about {
                Some(about) => words::of(language).expectation(about),
                None => step.title(language),
            },
        );
        self.front += "</g>";
        self.y += STEP;
    }

    fn pause(&mut self, say: &dyn Fn(crate::diagnostic::Language) -> String) {
        let y = self.y + PAUSE / 2;
        let right = self.width() - 8;
        let waves = (right - GUTTER) / 12;
        let _ = write!(
            self.back,
            "<path class=\"pause\" d=\"M{GUTTER} {y}{}\"/>",
            "q3 -5 6 0t6 0".repeat(waves)
        );
        self.front += &both_drawn(12, y + 4, "time", say);
        self.y += PAUSE;
    }

    /// Where something should stand and nothing does.
    fn missing(&mut self) {
        let Some(about) = self.it.about else { return };
        let actors = &self.it.transcript.actors;
        let own = actors.iter().position(|info| info.name == about.actor());
        let Some(lane) = own.and_then(|actor| self.lane_of(actor)) else {
            return;
        };
        let lane = &self.lanes[lane];
        let (x, width, text) = (lane.x, lane.width, lane.other.x);
        let y = self.y;
        let class = "missing";
        self.point(y, LINE + SPACE);
        let _ = write!(
            self.front,
            "<rect class=\"{class}\" x=\"{x}\" y=\"{}\" width=\"{width}\" height=\"{}\" rx=\"4\"/>",
            y + 1,
            LINE + SPACE - 4
        );
        self.front += &both_drawn(text, y + LINE + 1, "event bad", |language| {
            let said = words::of(language).missing(about);
            format!(
                "✗ {}",
                said.unwrap_or(html::caption(language, Caption::Here))
            )
        });
        self.y += LINE + SPACE;
    }

    /// Marks where the failure is, once.
    fn point(&mut self, y: usize, height: usize) {
        if self.pointed {
            return;
        }
        self.pointed = true;
        let right = self.width() - 8;
        let _ = write!(
            self.ground,
            "<rect class=\"failing\" id=\"{}-failure\" x=\"8\" y=\"{y}\" width=\"{}\" height=\"{height}\" rx=\"4\"/>",
            self.it.anchor,
            right - 8
        );
        let _ = write!(
            self.front,
            "<text class=\"cross\" x=\"{}\" y=\"{}\">✗</text>",
            right - 18,
            y + height / 2 + 6
        );
    }

    fn row(&mut self, row: &Row, way: Option<Way>) {
        let transcript = self.it.transcript;
        let event = &transcript.events[row.first];
        let Some(lane) = self.lane_of(event.actor.0) else {
            return;
        };
        let name = match (
            &self.lanes[lane].actor,
            transcript.actors.get(event.actor.0),
        ) {
            (None, Some(actor)) => format!("{}: ", clipped(actor.name.as_bytes(), 16)),
            _ => String::new(),
        };
        let top = self.y;
        let is_failing = self.failing == Some(row.first);
        let number = if row.first == row.last {
            event.number.to_string()
        } else {
            format!("{}–{}", event.number, transcript.events[row.last].number)
        };
        let _ = write!(
            self.front,
            "<g id=\"{}-event-{}\"><text class=\"number\" x=\"40\" y=\"{y}\">{number}</text><text class=\"time end\" x=\"{}\" y=\"{y}\">{:.3}</text>",
            self.it.anchor,
            event.number,
            GUTTER - 10,
            event.at.as_secs_f64(),
            y = top + LINE,
        );
        let lines = match (mark(&event.kind), data(transcript, row)) {
            (Some(mark), Some(bytes)) => {
                let bytes = trimmed(mark, &bytes);
                self.sign(&event.kind, lane);
                self.payload(row, lane, &name, bytes)
            }
            _ => self.event(row, lane, &name, way.is_some()),
        };
        let height = lines * LINE + SPACE;
        if let Some(way) = way {
            self.arrow(row, lane, way, top + LINE - 4);
        }
        if is_failing {
            self.point(top, height);
        }
        self.front += "</g>\n";
        self.y += height;
    }

    /// Bytes, in the track that they belong to; how many lines.
    fn payload(&mut self, row: &Row, lane: usize, name: &str, bytes: &[u8]) -> usize {
        let kind = &self.it.transcript.events[row.first].kind;
        let lane = &self.lanes[lane];
        let (track, class) = match kind {
            EventKind::Typed(_) => (lane.keyboard.unwrap_or(lane.other), "key"),
            EventKind::Printed { .. } => {
                let class = if is_error(kind) {
                    "screen error"
                } else {
                    "screen"
                };
                (lane.screen.unwrap_or(lane.other), class)
            }
            EventKind::Lost { .. } => (lane.other, "lost"),
            _ => (lane.other, ""),
        };
        let drawing = Drawing::whole(self.it.transcript, self.it.about);
        let sought = telling(&drawing, row, bytes);
        let room = track.columns.saturating_sub(name.chars().count()).max(6);
        let all = shown(bytes, sought, room, MOST_LINES);
        let lines = all.iter().map(|shown| shown.lines.len()).max().unwrap_or(1);
        let more = all.iter().any(|shown| shown.rest > 0) && all[0].rest > 0;
        let height = lines + usize::from(more);
        let top = self.y;
        if !class.is_empty() && class != "lost" {
            let _ = write!(
                self.back,
                "<rect class=\"{class}\" x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\" rx=\"{}\"/>",
                track.x.saturating_sub(6),
                top + 2,
                track.width() + 12,
                height * LINE + 4,
                if class == "key" { 7 } else { 2 }
            );
        }
        for shown in &all {
            let classes = shown.classes();
            for (index, line) in shown.lines.iter().enumerate() {
                let prefix = if index == 0 { name } else { "" };
                let empty = bytes.is_empty() && index == 0;
                let text = if empty {
                    "\"\"".to_owned()
                } else {
                    line.markup("tspan")
                };
                let _ = write!(
                    self.front,
                    "<text class=\"{classes} {class}\" x=\"{}\" y=\"{}\">{}{text}</text>",
                    track.x,
                    top + LINE * (index + 1),
                    escaped(prefix)
                );
            }
        }
        if more {
            let rest = all[0].rest;
            self.front += &both_drawn(track.x, top + LINE * (lines + 1), "more", |language| {
                words::of(language).more_bytes(rest)
            });
        }
        height
    }

    /// An event that is not bytes, with a sign of its own; how many lines.
    fn event(&mut self, row: &Row, index: usize, name: &str, has_arrow: bool) -> usize {
        let event = &self.it.transcript.events[row.first];
        let Track { x, columns } = self.lanes[index].other;
        let y = self.y + LINE;
        let class = match &event.kind {
            EventKind::Exited(_)
            | EventKind::PeerReset
            | EventKind::Reset
            | EventKind::CutOff { .. } => "event end",
            EventKind::Refused { .. } | EventKind::Flooded { .. } => "event bad",
            _ => "event",
        };
        self.front += &both_drawn(x, y, class, |language| {
            let said = words::of(language).event(&event.kind).unwrap_or_default();
            // The arrow says where it goes.
            let said = match has_arrow {
                true => said.trim_start_matches(['→', '←', '⇒', '⇐', ' ']),
                false => said.as_str(),
            };
            clipped(format!("{name}{said}").as_bytes(), columns)
        });
        self.sign(&event.kind, index);
        1
    }

    /// The sign of an event on the line of its lane, if it has one.
    fn sign(&mut self, kind: &EventKind, lane: usize) {
        if let Some((class, form)) = sign(kind) {
            let _ = write!(
                self.front,
                "<path class=\"sign {class}\" transform=\"translate({} {})\" d=\"{form}\"/>",
                self.lanes[lane].line,
                self.y + LINE - 4
            );
        }
    }

    /// From lane to lane, or a stub.
    fn arrow(&mut self, row: &Row, lane: usize, way: Way, y: usize) {
        let kind = &self.it.transcript.events[row.first].kind;
        let here = self.lanes[lane].line;
        let (other, comes) = match way {
            Way::To(other) => (other, false),
            Way::From(other) => (other, true),
        };
        let there = other
            .and_then(|other| self.lane_of(other))
            .map(|other| self.lanes[other].line)
            .filter(|there| *there != here)
            .unwrap_or(here.saturating_sub(22));
        let (from, to) = if comes { (there, here) } else { (here, there) };
        let class = match kind {
            EventKind::Connected { .. } | EventKind::Accepted { .. } => "wire link",
            EventKind::Refused { .. } | EventKind::Reset | EventKind::PeerReset => "wire cut",
            EventKind::Closed
            | EventKind::EndedInput
            | EventKind::PeerClosed { .. }
            | EventKind::PassedEnd { .. } => "wire close",
            _ => "wire",
        };
        // The tip points where it goes: a head, a bar for an end, a cross for a reset.
        let back = if to > from { -1 } else { 1 };
        let tip = match class {
            "wire cut" => format!("M{} {}l8 8m0 -8l-8 8", to as i64 - 4 + 7 * back, y - 4),
            "wire close" => format!("M{} {}v10", to as i64 + 3 * back, y - 5),
            _ => format!("M{to} {y}l{} -4v8z", 8 * back),
        };
        let _ = write!(
            self.front,
            "<path class=\"{class}\" d=\"M{from} {y}H{to}\"/><path class=\"{class} tip\" d=\"{tip}\"/>",
        );
    }

    fn finish(mut self) -> String {
        let (width, height) = (self.width(), self.y + 8);
        let mut lanes = String::new();
        for lane in &self.lanes {
            let program = lane.keyboard.is_some() || lane.screen.is_some();
            let _ = write!(
                lanes,
                "<rect class=\"lane{}\" x=\"{}\" y=\"0\" width=\"{}\" height=\"{height}\"/><path class=\"life\" d=\"M{} 0V{height}\"/>",
                if program { " program" } else { "" },
                lane.x,
                lane.width,
                lane.line
            );
        }
        let head = self.head();
        let fits = if width <= WIDEST { " fits" } else { "" };
        let body = std::mem::take(&mut self.front);
        format!(
            "<div class=\"lanes{fits}\" tabindex=\"0\"><svg class=\"head\" width=\"{width}\" height=\"{HEAD}\" viewBox=\"0 0 {width} {HEAD}\">{head}</svg><svg width=\"{width}\" height=\"{height}\" viewBox=\"0 0 {width} {height}\">{lanes}{}{}\n{body}</svg></div>\n",
            self.ground, self.back
        )
    }

    /// Who has which lane.
    fn head(&self) -> String {
        let mut out = String::new();
        out += &both_drawn(40, HEAD - 10, "track end", |_| "#".to_owned());
        out += &both_drawn(GUTTER - 10, HEAD - 10, "track end", |language| {
            html::caption(language, Caption::Seconds).to_owned()
        });
        for lane in &self.lanes {
            let program = lane
                .actor
                .is_some_and(|actor| is_program(&self.it.transcript.actors[actor].kind));
            let _ = write!(
                out,
                "<rect class=\"lane{}\" x=\"{}\" y=\"4\" width=\"{}\" height=\"{}\"/>",
                if program { " program" } else { "" },
                lane.x,
                lane.width,
                HEAD - 4
            );
            let Some(actor) = lane.actor else {
                let count = self.chosen.left_out.len();
                out += &both_drawn(lane.x + 10, 21, "who", |language| {
                    format!("{} ({count})", words::of(language).others())
                });
                continue;
            };
            let info = &self.it.transcript.actors[actor];
            let name = clipped(info.name.as_bytes(), lane.width / 9);
            let _ = write!(
                out,
                "<text class=\"who\" x=\"{}\" y=\"21\">{}</text>",
                lane.x + 10,
                escaped(&name)
            );
            let address = info.address.as_deref().unwrap_or("");
            out += &both_drawn(lane.x + 10, 36, "kind", |language| {
                let kind = html::actor(language, &info.kind);
                match address {
                    "" => kind.to_owned(),
                    address => format!("{kind} {}", clipped(address.as_bytes(), 24)),
                }
            });
            let mut track = |track: Option<Track>, caption| {
                if let Some(track) = track {
                    out += &both_drawn(track.x, HEAD - 5, "track", |language| {
                        html::caption(language, caption).to_owned()
                    });
                }
            };
            track(lane.keyboard, Caption::Keyboard);
            track(lane.screen, Caption::Screen);
        }
        out
    }
}

/// What stands on a lane's line beside an event: its class, and its form around the origin.
fn sign(kind: &EventKind) -> Option<(&'static str, &'static str)> {
    Some(match kind {
        // A stop, a bolt, a ring, a start, a warning, a cross.
        EventKind::Exited(_) => ("stop", "M-5 -5h10v10h-10z"),
        EventKind::Signalled { .. } => ("bolt", "M2 -7l-6 8h4l-2 6l6 -8h-4z"),
        EventKind::Listening { .. } | EventKind::Bound { .. } => {
            ("open", "M-5 0a5 5 0 1 0 10 0a5 5 0 1 0 -10 0z")
        }
        EventKind::Started { .. } => ("start", "M-4 -6l9 6l-9 6z"),
        EventKind::Flooded { .. } => ("stop", "M0 -6l6 11h-12z"),
        EventKind::Lost { .. } => ("lost", "M-5 -5l10 10m0 -10l-10 10"),
        _ => return None,
    })
}
