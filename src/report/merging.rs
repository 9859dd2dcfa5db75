//! Parts of a class that were put together.

use crate::grading::Merged;

use super::Style;
use super::page::{Page, Tone};
use super::visible::clipped;
use super::words::merging;

/// Names that are listed; the rest is counted.
const LISTED: usize = 20;

/// What so many parts came to; `folder` is where it is.
pub fn merged(merged: &Merged, parts: usize, folder: &str, style: &Style) -> String {
    let words = merging::merged(style.language);
    let mut page = Page::new(style);
    let folder = clipped(folder.as_bytes(), 200);
    let head = (words.head)(&folder, parts, merged.class.submissions.len());
    page.line(&[(Tone::Strong, &head)]);
    if !merged.shards.is_empty() {
        let shards: Vec<String> = merged.shards.iter().map(ToString::to_string).collect();
        page.line(&[(Tone::Bad, "  "), (Tone::Bad, words.shards)]);
        page.items(4, Tone::Plain, &shards[..shards.len().min(LISTED)]);
    }
    if !merged.missing.is_empty() {
        page.line(&[
            (Tone::Bad, "  "),
            (Tone::Bad, &(words.missing)(merged.missing.len())),
        ]);
        for key in merged.missing.iter().take(LISTED) {
            page.line(&[
                (Tone::Plain, "    "),
                (Tone::Plain, &clipped(key.as_bytes(), 60)),
            ]);
        }
        if merged.missing.len() > LISTED {
            let more = (words.more)(merged.missing.len() - LISTED);
            page.line(&[(Tone::Faint, "    "), (Tone::Faint, &more)]);
        }
    }
    page.finish()
}
