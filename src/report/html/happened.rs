//! What happened, on a page: the transcript as a drawing, and all payloads in full below it.

use std::fmt::Write as _;

use crate::report::about::About;
use crate::report::cells::{mark, sign};
use crate::report::rows::bytes;
use crate::report::visible::clipped;
use crate::report::words;
use crate::report::words::Mark;
use crate::report::words::html::{self, Caption, caption};
use crate::transcript::Transcript;

use super::lanes::{Scene, drawn};
use super::markup::{both, captioned, escaped, paragraph};
use super::payload::code_of;
use super::steps::Step;

/// So many bytes of one payload, and of all of a scenario, are shown in full.
const MOST_OF_ONE: usize = 4 << 10;
const MOST_OF_ALL: usize = 96 << 10;

/// It, drawn and in full; `id` is what the ids of its parts begin with, and `file` where all of it is.
pub(super) fn happened(
    transcript: &Transcript,
    about: Option<&About<'_>>,
    steps: &[Step<'_>],
    id: &str,
    file: Option<&str>,
) -> String {
    let drawing = drawn(&Scene {
        transcript,
        about,
        steps,
        anchor: id,
    });
    if drawing.is_empty() {
        return paragraph("reason", |language| {
            caption(language, Caption::NothingHappened).to_owned()
        });
    }
    format!(
        "<h3 id=\"{id}-lanes\">{}</h3>\n{drawing}{}",
        captioned(Caption::Transcript),
        payloads(transcript, file)
    )
}

/// All payloads in full, as far as they are not too long.
fn payloads(transcript: &Transcript, file: Option<&str>) -> String {
    let mut rows = String::new();
    let mut marks: Vec<Mark> = Vec::new();
    let mut used = 0;
    let mut is_cut = false;
    for event in &transcript.events {
        let (Some(mark), Some(bytes)) = (mark(&event.kind), bytes(&event.kind)) else {
            continue;
        };
        if used >= MOST_OF_ALL {
            is_cut = true;
            break;
        }
        let part = &bytes[..bytes.len().min(MOST_OF_ONE).min(MOST_OF_ALL - used)];
        used += part.len() + 64;
        let rest = match bytes.len() - part.len() {
            0 => String::new(),
            rest => format!(
                "<span class=\"more\">{}</span>",
                both(|language| words::of(language).more_bytes(rest))
            ),
        };
        is_cut |= !rest.is_empty();
        if !marks.contains(&mark) {
            marks.push(mark);
        }
        let actor = transcript.actors.get(event.actor.0);
        let actor = actor.map_or("", |actor| actor.name.as_str());
        let _ = writeln!(
            rows,
            "<tr><td>{}</td><td>{}</td><td>{}</td><td>{}{rest}</td></tr>",
            event.number,
            escaped(&clipped(actor.as_bytes(), 24)),
            escaped(&sign(mark).to_string()),
            code_of(part, "as")
        );
    }
    if rows.is_empty() {
        return String::new();
    }
    let legend = paragraph("symbols", |language| {
        let words = words::of(language);
        let all: Vec<&str> = marks.iter().map(|mark| words.mark(*mark)).collect();
        all.join("   ")
    });
    let mut end = String::new();
    if is_cut {
        end += &paragraph("cut", |language| html::cut(language).to_owned());
    }
    if let Some(file) = file {
        end += &paragraph("cut", |language| {
            html::whole(language, &clipped(file.as_bytes(), 200))
        });
    }
    format!(
        "<details class=\"payloads\"><summary>{}</summary>{legend}<table>{rows}</table></details>{end}\n",
        captioned(Caption::Payloads)
    )
}
