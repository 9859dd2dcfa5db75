//! The head of a drawing, which stays in view: who has which lane.

use std::fmt::Write as _;

use crate::report::about::is_program;
use crate::report::visible::clipped;
use crate::report::words;
use crate::report::words::html::{self, Caption};
use crate::transcript::Transcript;

use super::super::markup::{both_drawn, escaped};
use super::columns::{Columns, Lane, NUMBER, STEP, TIME};

/// Pixels.
pub(super) const HEIGHT: usize = 60;

/// It, as the content of a drawing.
pub(super) fn head(transcript: &Transcript, columns: &Columns<'_>) -> String {
    let foot = HEIGHT - 10;
    let caption = |of| both_drawn(|language| html::caption(language, of).to_owned());
    let mut out = String::new();
    for (x, said) in [
        (STEP, caption(Caption::Step)),
        (NUMBER, "#".to_owned()),
        (TIME, caption(Caption::Seconds)),
    ] {
        let _ = write!(
            out,
            "<text class=\"track end\" x=\"{x}\" y=\"{foot}\">{said}</text>"
        );
    }
    for lane in &columns.lanes {
        out += &format!(
            "<rect class=\"{}\" x=\"{}\" y=\"4\" width=\"{}\" height=\"{}\"/>",
            class(transcript, lane),
            lane.x,
            lane.width,
            HEIGHT - 4
        );
        match lane.actor {
            Some(actor) => own(transcript, lane, actor, &mut out),
            None => shared(lane, columns.sharing.len(), &mut out),
        }
    }
    out
}

/// The class of a lane's ground.
pub(super) fn class(transcript: &Transcript, lane: &Lane) -> &'static str {
    let kind = lane.actor.map(|actor| &transcript.actors[actor].kind);
    match kind.is_some_and(is_program) {
        true => "lane program",
        false => "lane",
    }
}

fn shared(lane: &Lane, count: usize, out: &mut String) {
    let said = both_drawn(|language| format!("{} ({count})", words::of(language).others()));
    let x = lane.x + 10;
    let _ = write!(out, "<text class=\"who\" x=\"{x}\" y=\"21\">{said}</text>");
}

fn own(transcript: &Transcript, lane: &Lane, actor: usize, out: &mut String) {
    let info = &transcript.actors[actor];
    let x = lane.x + 10;
    let name = escaped(&clipped(info.name.as_bytes(), lane.width / 9));
    let address = info.address.as_deref().unwrap_or("");
    let kind = both_drawn(|language| {
        let kind = html::actor(language, &info.kind);
        match address {
            "" => kind.to_owned(),
            address => format!("{kind} {}", clipped(address.as_bytes(), 24)),
        }
    });
    let _ = write!(
        out,
        "<text class=\"who\" x=\"{x}\" y=\"21\">{name}</text><text class=\"kind\" x=\"{x}\" y=\"36\">{kind}</text>"
    );
    for (track, caption) in [
        (lane.keyboard, Caption::Keyboard),
        (lane.screen, Caption::Screen),
    ] {
        if let Some(track) = track {
            let said = both_drawn(|language| html::caption(language, caption).to_owned());
            let _ = write!(
                out,
                "<text class=\"track\" x=\"{}\" y=\"{}\">{said}</text>",
                track.x,
                HEIGHT - 5
            );
        }
    }
}
