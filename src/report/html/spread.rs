//! How the marks of a class are distributed, as a drawing.

use std::fmt::Write as _;

use crate::report::class::decimal;
use crate::report::words::html::Caption;

use super::class::Shown;
use super::markup::captioned;

/// Pixels.
const WIDTH: f64 = 460.0;
const HEIGHT: f64 = 190.0;
const FOOT: f64 = 24.0;
const TOP: f64 = 20.0;

/// At most so many bars.
const MOST_BARS: f64 = 20.0;

/// Marks of `width` points each: how many there are in each bar.
#[derive(Debug, PartialEq)]
struct Bars {
    width: f64,
    counts: Vec<usize>,
}

/// The distribution, with a heading; empty where nobody has a mark.
pub(super) fn spread(shown: &Shown<'_>) -> String {
    let marks = shown.marks();
    if marks.is_empty() {
        return String::new();
    }
    let heading = captioned(Caption::Distribution);
    let drawing = drawn(&bars(&marks, shown.most()));
    format!("<section class=\"spread\"><h2>{heading}</h2>{drawing}</section>\n")
}

/// Bars of a width that people would choose; the last holds the full mark as well.
fn bars(marks: &[f64], of: f64) -> Bars {
    let most = marks.iter().copied().fold(of, f64::max).max(1.0);
    let width = [0.5, 1.0, 2.0, 5.0, 10.0, 20.0, 50.0, 100.0, 500.0, 1000.0]
        .into_iter()
        .find(|width| most / width <= MOST_BARS)
        .unwrap_or(most / MOST_BARS);
    let count = (most / width).ceil().clamp(1.0, MOST_BARS) as usize;
    let mut counts = vec![0; count];
    for mark in marks {
        let at = (mark.max(0.0) / width) as usize;
        counts[at.min(count - 1)] += 1;
    }
    Bars { width, counts }
}

fn drawn(bars: &Bars) -> String {
    let tallest = bars.counts.iter().copied().max().unwrap_or(0).max(1) as f64;
    let each = WIDTH / bars.counts.len() as f64;
    let floor = HEIGHT - FOOT;
    let mut out = format!(
        "<svg class=\"bars\" viewBox=\"0 0 {WIDTH} {HEIGHT}\" width=\"{WIDTH}\" height=\"{HEIGHT}\">"
    );
    let every = bars.counts.len().div_ceil(10);
    for (index, count) in bars.counts.iter().enumerate() {
        let x = index as f64 * each;
        let high = *count as f64 / tallest * (floor - TOP);
        let _ = write!(
            out,
            "<rect x=\"{:.1}\" y=\"{:.1}\" width=\"{:.1}\" height=\"{high:.1}\" rx=\"2\"/>",
            x + 2.0,
            floor - high,
            (each - 4.0).max(1.0)
        );
        if *count > 0 {
            let _ = write!(
                out,
                "<text x=\"{:.1}\" y=\"{:.1}\">{count}</text>",
                x + each / 2.0,
                floor - high - 5.0
            );
        }
        if index % every == 0 {
            let _ = write!(
                out,
                "<text class=\"axis\" x=\"{:.1}\" y=\"{:.1}\">{}</text>",
                x + 2.0,
                HEIGHT - 7.0,
                decimal(index as f64 * bars.width)
            );
        }
    }
    let end = bars.counts.len() as f64 * bars.width;
    let _ = write!(
        out,
        "<path d=\"M0 {floor}H{WIDTH}\"/><text class=\"axis last\" x=\"{WIDTH}\" y=\"{:.1}\">{}</text></svg>",
        HEIGHT - 7.0,
        decimal(end)
    );
    out
}

#[cfg(test)]
mod tests {
    use super::{Bars, bars};

    #[test]
    fn every_mark_is_in_a_bar() {
        let of_ten = bars(&[0.0, 0.4, 9.5, 10.0, 12.0], 10.0);
        let mut counts = vec![0; 12];
        (counts[0], counts[9], counts[10], counts[11]) = (2, 1, 1, 1);
        assert_eq!(of_ten, Bars { width: 1.0, counts });
        let of_hundred = bars(&[100.0, 99.0, 0.0], 100.0);
        assert_eq!(of_hundred.width, 5.0);
        assert_eq!(of_hundred.counts.len(), 20);
        assert_eq!(of_hundred.counts[19], 2);
        assert_eq!(bars(&[], 0.0).counts, [0, 0]);
    }
}
