//! A transcript as a drawing: a lane for each actor, time downwards, an arrow for what crosses the network.
//!
//! Only what the transcript says is drawn: an arrow joins two lanes where it is known who is at the other end, and is a stub where it
//! is not. Must not need a script: the page's own only scrolls it.

mod beats;
mod columns;
mod ends;
mod head;
mod row;
mod shapes;

use std::fmt::Write as _;

use crate::diagnostic::Language;
use crate::report::about::About;
use crate::report::drawing::Drawing;
use crate::report::rows::{Row, folded};
use crate::report::words;
use crate::report::words::html::{self, Caption};
use crate::transcript::Transcript;

use super::markup::both_drawn;
use super::steps::{State, Step};

use beats::{Beat, beats};
use columns::{Columns, GUTTER, STEP};
use ends::Ends;

/// What is drawn.
pub(super) struct Scene<'a> {
    pub(super) transcript: &'a Transcript,
    pub(super) about: Option<&'a About<'a>>,
    pub(super) steps: &'a [Step<'a>],
    /// What the ids of its parts begin with.
    pub(super) anchor: &'a str,
}

/// So many actors have a lane of their own, or one less where others share one.
const MOST_LANES: usize = 14;

/// Pixels: a line of text, and what is between two rows.
const LINE: usize = 16;
const SPACE: usize = 10;

/// A drawing that is no wider may be made smaller, so that all of it can be seen; another one is scrolled.
const WIDEST: usize = 1250;

/// The drawing, a head that can stay in view and a body; empty where nothing happened.
pub(super) fn drawn(scene: &Scene<'_>) -> String {
    if scene.transcript.events.is_empty() {
        return String::new();
    }
    let chosen = folded(scene.transcript, scene.about, MOST_LANES);
    let mut canvas = Canvas {
        scene,
        drawing: Drawing::whole(scene.transcript, scene.about),
        columns: Columns::new(scene.transcript, &chosen),
        content: String::new(),
        y: 6,
        is_marked: false,
    };
    canvas.put_all(&chosen.rows);
    canvas.finish()
}

struct Canvas<'a> {
    scene: &'a Scene<'a>,
    drawing: Drawing<'a>,
    columns: Columns<'a>,
    /// What is drawn already, down to `y`.
    content: String,
    y: usize,
    /// Whether the failure has been marked.
    is_marked: bool,
}

impl Canvas<'_> {
    fn put_all(&mut self, rows: &[Row]) {
        let transcript = self.scene.transcript;
        let numbers: Vec<usize> = self.scene.steps.iter().map(|step| step.number).collect();
        let missing = self.missing_at();
        let focus = self.drawing.failing.or_else(|| {
            let behind = missing?;
            let mut events = transcript.events.iter();
            events.rposition(|event| event.step.is_none_or(|step| step < behind))
        });
        let mut ends = Ends::new(transcript);
        let mut seen = 0;
        let mut begins = None;
        let mut beats = beats(transcript, rows, &numbers, focus, missing)
            .into_iter()
            .peekable();
        while let Some(beat) = beats.next() {
            match beat {
                Beat::Step(index) => {
                    let step = &self.scene.steps[index];
                    match beats.peek() {
                        Some(Beat::Row(row)) if step.is_told_by(&transcript.events[row.first]) => {
                            begins = Some(step);
                        }
                        _ => self.step(step),
                    }
                }
                Beat::Pause(time) => {
                    self.pause(|language| html::pause(language, time.as_secs_f64()));
                }
                Beat::LeftOut(count) => self.pause(|language| html::left_out(language, count)),
                Beat::Missing => self.missing(),
                Beat::Row(row) => {
                    // What is not drawn is learnt from all the same.
                    while seen < row.first {
                        ends.way(seen);
                        seen += 1;
                    }
                    let way = ends.way(seen);
                    seen += 1;
                    if let Some(drawn) = row::drawn(&self.drawing, &self.columns, &row, way) {
                        let is_failing =
                            missing.is_none() && self.drawing.failing == Some(row.first);
                        self.put(drawn, begins.take(), is_failing);
                    }
                }
            }
        }
    }

    /// The number of the step at whose end something should stand, if what failed is that it does not.
    fn missing_at(&self) -> Option<usize> {
        let about = self.scene.about?;
        if about.wants_absence() && self.drawing.failing.is_some() {
            return None;
        }
        let number = about.failure.step.number;
        // What came before the step that failed is not yet what is missing there.
        let is_shown = self.drawing.failing.is_some_and(|event| {
            let step = self.scene.transcript.events[event].step;
            step.map_or(0, |step| step.saturating_add(1)) >= number
        });
        (!is_shown).then_some(number)
    }

    /// Puts below everything else what is so high, and has its origin where its first line of text begins. `begins`: the step that
    /// begins here; `is_failing`: here is the failure, which is marked once.
    fn put(&mut self, drawn: (String, usize), begins: Option<&Step<'_>>, is_failing: bool) {
        let (content, height) = drawn;
        let right = self.columns.right();
        let id = begins.map_or_else(String::new, |step| {
            let anchor = self.scene.anchor;
            format!(" id=\"{anchor}-step-{}\" class=\"step\"", step.number)
        });
        let _ = write!(
            self.content,
            "<g{id} transform=\"translate(0 {})\">",
            self.y + LINE
        );
        if let Some(step) = begins {
            let (bad, mark) = match step.state {
                State::Failed => (" bad", "✗ "),
                State::Settled | State::Done => ("", ""),
            };
            let _ = write!(
                self.content,
                "<path class=\"rule{bad}\" d=\"M8 -{LINE}H{right}\"/><text class=\"name{bad}\" x=\"{STEP}\">{mark}{}</text>",
                step.number
            );
        }
        if is_failing && !self.is_marked {
            self.is_marked = true;
            let _ = write!(
                self.content,
                "<rect class=\"failing\" x=\"8\" y=\"-{LINE}\" width=\"{}\" height=\"{height}\" rx=\"4\"/><text class=\"cross\" x=\"{}\" y=\"{}\">✗</text>",
                right - 8,
                right - 18,
                (height / 2 + 6) as i64 - LINE as i64
            );
        }
        self.content += &content;
        self.content += "</g>\n";
        self.y += height;
    }

    /// The beginning of a step, with what it is.
    fn step(&mut self, step: &Step<'_>) {
        let is_failed = step.state == State::Failed;
        let about = self.scene.about.filter(|_| is_failed);
        let said = both_drawn(|language| match about {
            Some(about) => words::of(language).expectation(about),
            None => step.title(language),
        });
        let bad = if is_failed { " bad" } else { "" };
        let x = GUTTER + 10;
        let content = format!("<text class=\"said{bad}\" x=\"{x}\">{said}</text>");
        self.put((content, LINE + SPACE), Some(step), false);
    }

    /// Where time went by, or something is left out.
    fn pause(&mut self, say: impl Fn(Language) -> String) {
        let content = format!(
            "<path class=\"pause\" d=\"M{GUTTER} -4H{}\"/><text class=\"time\" x=\"12\">{}</text>",
            self.columns.right(),
            both_drawn(say)
        );
        self.put((content, LINE + SPACE), None, false);
    }

    /// Where something should stand and nothing does.
    fn missing(&mut self) {
        let Some(about) = self.scene.about else {
            return;
        };
        let actors = &self.scene.transcript.actors;
        let own = actors.iter().position(|info| info.name == about.actor());
        let Some(lane) = own.and_then(|actor| self.columns.of(actor)) else {
            return;
        };
        let height = LINE + SPACE;
        let said = both_drawn(|language| {
            let said = words::of(language).missing(about);
            let here = html::caption(language, Caption::Here);
            format!("✗ {}", said.unwrap_or(here))
        });
        let content = format!(
            "<rect class=\"missing\" x=\"{}\" y=\"-14\" width=\"{}\" height=\"{}\" rx=\"4\"/><text class=\"event bad\" x=\"{}\">{said}</text>",
            lane.x,
            lane.width,
            height - 4,
            lane.other.x
        );
        self.put((content, height), None, true);
    }

    /// All of it, with the lanes below it and their head above.
    fn finish(self) -> String {
        let (width, height) = (self.columns.width(), self.y + 8);
        let transcript = self.scene.transcript;
        let mut lanes = String::new();
        for lane in &self.columns.lanes {
            let _ = write!(
                lanes,
                "<rect class=\"{}\" x=\"{}\" y=\"0\" width=\"{}\" height=\"{height}\"/><path class=\"life\" d=\"M{} 0V{height}\"/>",
                head::class(transcript, lane),
                lane.x,
                lane.width,
                lane.line
            );
        }
        let fits = if width <= WIDEST { " fits" } else { "" };
        let (head, top) = (head::head(transcript, &self.columns), head::HEIGHT);
        format!(
            "<div class=\"lanes{fits}\" tabindex=\"0\" role=\"region\" aria-labelledby=\"{}-lanes\"><svg class=\"head\" width=\"{width}\" height=\"{top}\" viewBox=\"0 0 {width} {top}\">{head}</svg><svg width=\"{width}\" height=\"{height}\" viewBox=\"0 0 {width} {height}\">{lanes}\n{}</svg></div>\n",
            self.scene.anchor, self.content
        )
    }
}
