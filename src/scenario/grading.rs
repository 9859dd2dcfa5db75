//! Reads what `lab.yaml` says about marks: `grading:`, and of each scenario `bonus:` and `visible:`.

use std::time::Duration;

use crate::diagnostic::Code;

use super::findings::Findings;
use super::forms::fields;
use super::grammar::{COUNTS, ROUNDINGS};
use super::keys::{DAYS, GRADING, LATE, LATE_ROW, PERCENT, POINTS, REPEAT, ROUND, TOTAL};
use super::model::{Counts, Grading, LatePolicy, LateRow, Rounding, RoundingWay};
use super::tree::Node;
use super::values::{decimal, duration, list, word};

/// What `node` says, or what holds where a lab says nothing.
pub(super) fn grading(node: Option<&Node>, findings: &mut Findings) -> Grading {
    let mut grading = Grading::default();
    let Some(fields) = node.and_then(|node| fields(node, &GRADING, findings)) else {
        return grading;
    };
    grading.total = fields
        .get("total")
        .and_then(|node| decimal(node, &TOTAL, findings));
    grading.most = fields
        .get("most")
        .and_then(|node| decimal(node, &POINTS, findings));
    if let Some(round) = fields.get("round") {
        grading.round = rounding(round, findings).unwrap_or(grading.round);
    }
    grading.late = fields.get("late").and_then(|node| late(node, findings));
    if let Some(repeat) = fields.get("repeat")
        && let Some(fields) = super::forms::fields(repeat, &REPEAT, findings)
    {
        let times = fields.whole("times", findings);
        grading.times = times.map_or(grading.times, |times| times as u32);
        let counts = fields.get("counts");
        let counts = counts.and_then(|node| word(node, COUNTS, findings));
        grading.counts = counts.unwrap_or(Counts::Best);
    }
    grading
}

fn rounding(node: &Node, findings: &mut Findings) -> Option<Rounding> {
    let fields = fields(node, &ROUND, findings)?;
    let way = fields.get("way");
    let way = way.and_then(|node| word(node, ROUNDINGS, findings));
    let number = decimal(fields.get("to")?, &POINTS, findings)?;
    Some(Rounding {
        to: number,
        way: way.unwrap_or(RoundingWay::Nearest),
    })
}

fn late(node: &Node, findings: &mut Findings) -> Option<LatePolicy> {
    let fields = fields(node, &LATE, findings)?;
    let grace = fields.get("grace");
    let grace = grace.and_then(|node| duration(node, findings));
    let kept = fields.get("kept")?;
    let mut rows: Vec<LateRow> = Vec::new();
    for item in list(kept, findings)? {
        let Some(row) = late_row(item, findings) else {
            continue;
        };
        if rows.last().is_some_and(|last| last.days >= row.days) {
            findings.error(Code::NotRising, item.place());
        }
        rows.push(row);
    }
    if rows.is_empty() {
        findings.error(Code::Nothing, kept.place());
        return None;
    }
    Some(LatePolicy {
        grace: grace.unwrap_or(Duration::ZERO),
        kept: rows,
    })
}

fn late_row(node: &Node, findings: &mut Findings) -> Option<LateRow> {
    let fields = fields(node, &LATE_ROW, findings)?;
    let days = decimal(fields.get("days")?, &DAYS, findings);
    let percent = decimal(fields.get("percent")?, &PERCENT, findings);
    Some(LateRow {
        days: days?,
        percent: percent?,
    })
}
