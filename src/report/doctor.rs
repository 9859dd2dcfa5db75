//! What a machine gives for keeping programs apart, and what that costs.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::r#box::{Cure, Isolation, Layer, Machine, Standing};
use crate::diagnostic::Language;

use super::Style;
use super::page::{Page, Tone, padded, width};
use super::visible::clipped;
use super::words::{self, doctor as told};

/// What `viva doctor` found.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Checkup {
    /// Version of this form, 1.
    pub version: u32,
    /// Viva's version.
    pub viva: String,
    /// Where it was found.
    pub machine: Machine,
    /// What `--isolation=auto` takes.
    pub isolation: Isolation,
    /// All layers.
    pub layers: Vec<LayerCheck>,
    /// Whether programs' system calls can be announced, so that Viva need not look for their sockets again and again.
    pub announcements: bool,
    /// What was measured.
    pub costs: Vec<Cost>,
}

/// One layer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct LayerCheck {
    /// Which.
    pub layer: Layer,
    /// Whether it is there.
    pub held: bool,
    /// If it isn't, for want of another layer: that one.
    pub needs: Option<Layer>,
    /// Else what failed, in the system's words.
    pub why: Option<String>,
    /// How it can be had then.
    pub cure: Option<Cure>,
}

impl LayerCheck {
    /// How `layer` stands.
    pub fn new(layer: Layer, standing: &Standing) -> Self {
        let mut check = LayerCheck {
            layer,
            held: false,
            needs: None,
            why: None,
            cure: None,
        };
        match standing {
            Standing::Held => check.held = true,
            Standing::Without(needed) => check.needs = Some(*needed),
            Standing::Missing(missing) => {
                check.why = Some(missing.why.clone()).filter(|why| !why.is_empty());
                check.cure = Some(Cure::of(missing));
            }
        }
        check
    }
}

/// Something that was measured several times.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Cost {
    /// What.
    pub of: Measured,
    /// The median, in milliseconds.
    pub milliseconds: f64,
}

/// What is measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Measured {
    /// From asking for a box of the best isolation, through a program that does nothing, to its end.
    Box,
    /// The same with no isolation.
    Bare,
    /// Python in a box that is there: from its start to its end, doing nothing.
    Python,
}

/// `checkup` as JSON with a line end behind it.
pub fn checkup_json(checkup: &Checkup) -> String {
    // Plain values: there is nothing in them that serde_json can't write.
    let mut text = serde_json::to_string_pretty(checkup).unwrap_or_default();
    text.push('\n');
    text
}

/// The JSON Schema of what [`checkup_json`] writes.
pub fn checkup_schema() -> serde_json::Value {
    schemars::schema_for!(Checkup).to_value()
}

/// `checkup` for people: a line for each layer, then the figures.
pub fn checkup(checkup: &Checkup, style: &Style) -> String {
    let english = style.language == Language::English;
    let layer = match english {
        true => words::isolation::english_layer,
        false => words::isolation::chinese_layer,
    };
    let cure = match english {
        true => words::isolation::english_cure,
        false => words::isolation::chinese_cure,
    };
    let mut page = Page::new(style);
    let machine = &checkup.machine;
    page.line(&[(
        Tone::Strong,
        &told::heading(
            style.language,
            &clipped(machine.kernel.as_bytes(), 60),
            machine,
        ),
    )]);
    page.line(&[]);
    let names = checkup.layers.iter().map(|check| width(layer(check.layer)));
    let names = names.max().unwrap_or(0) + 2;
    for check in &checkup.layers {
        let (tone, answer) = match check.held {
            true => (Tone::Good, told::yes(style.language)),
            false => (Tone::Bad, told::no(style.language)),
        };
        page.line(&[
            (Tone::Plain, "  "),
            (Tone::Plain, &padded(layer(check.layer), names)),
            (tone, answer),
        ]);
        if let Some(why) = &check.why {
            let why = clipped(why.as_bytes(), 300);
            page.wrapped("", 6, Tone::Faint, &why, 4);
        }
        if let Some(needed) = check.needs {
            let needs = told::needs(style.language, layer(needed));
            page.wrapped("", 6, Tone::Faint, &needs, 4);
        }
        if let Some(remedy) = &check.cure {
            page.wrapped("", 6, Tone::Plain, &cure(remedy), 4);
        }
    }
    let seen = told::announcements(style.language, checkup.announcements);
    page.line(&[]);
    page.wrapped("  ", 2, Tone::Plain, &seen, 3);
    let best = told::best(
        style.language,
        words::isolation::isolation(checkup.isolation),
    );
    page.wrapped("  ", 2, Tone::Plain, &best, 3);
    for cost in &checkup.costs {
        let cost = told::cost(style.language, cost.of, cost.milliseconds);
        page.wrapped("  ", 2, Tone::Plain, &cost, 3);
    }
    page.finish()
}
