//! Marks are exactly what the contracts of the labs say.

use std::path::Path;

use serde_json::Value;

use crate::class::{Class, Platform};
use crate::stand::{came, plain_viva};

pub(crate) fn class_json(folder: &Path) -> Value {
    let text = std::fs::read_to_string(folder.join("class.json")).expect("class.json");
    serde_json::from_str(&text).expect("JSON")
}

/// The long form, of a class of so many from all labs, by both platforms: `VIVA_CLASS=200 cargo test --release --test grade contracts`.
#[test]
fn marks_are_what_the_contracts_say() {
    let size = std::env::var("VIVA_CLASS")
        .ok()
        .and_then(|size| size.parse().ok());
    let labs = match size {
        None => &["gb2312"][..],
        Some(_) => &[
            "echo",
            "p2p",
            "hub",
            "udp",
            "turns",
            "gb2312",
            "websocket",
            "chat-variants",
            "http",
            "files",
        ],
    };
    let folder = tempfile::tempdir().expect("a folder");
    let each = size.map_or(8, |size: usize| size.div_ceil(labs.len()));
    for (number, lab) in labs.iter().enumerate() {
        let platform = match number % 2 {
            0 => Platform::Moodle,
            _ => Platform::Canvas,
        };
        // Who waits with a time limit of its own is not here for want of time, but in the long form.
        let is_wanted = |known: &viva::scenario::KnownProgram| size.is_some() || !known.timed;
        let class = Class::of(lab, each, platform, folder.path(), is_wanted);
        let output = folder.path().join(format!("results-{lab}"));
        // Not for longer than it takes, but the long form takes long.
        let mut viva = plain_viva();
        viva.args(["grade", &class.lab]).arg(&class.archive);
        let graded = viva.arg("--output").arg(&output).output();
        let came = came(graded.expect("viva starts")).exits(0);
        let json = class_json(&output);
        let wrong = class.check(&json);
        // Nothing is reckoned that the lab does not ask.
        let marks = json["submissions"].as_array().expect("submissions").iter();
        let columns = json["scenarios"].as_array().expect("scenarios").iter();
        let all: f64 = columns.filter_map(|column| column["points"].as_f64()).sum();
        for graded in marks {
            assert_eq!(
                graded["mark"]["of"].as_f64(),
                Some(all),
                "{}",
                graded["key"]
            );
        }
        assert!(
            wrong.is_empty(),
            "{}\n{}{}",
            wrong.join("\n"),
            came.out,
            came.err
        );
    }
}
