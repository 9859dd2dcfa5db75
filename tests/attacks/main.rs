//! Hostile and careless programs against the real `viva run`, under `full` and under `basic`.
//!
//! Each row of the tables in the modules below is a submission that does its worst. What it must not achieve is looked for
//! from outside, in the same way after each: see [`aftermath`]. Under `full` nothing may succeed. Under `basic` what does is
//! listed in `docs/isolation.md`, and that list is held to the truth in both directions.
//!
//! `VIVA_ATTACKS=NAME,…` tries only these; `VIVA_ATTACKS_SHOWN=1` prints what Viva said.

#[path = "../stand/mod.rs"]
mod stand;

mod aftermath;
mod arena;
mod attack;
mod collusion;
mod deceit;
mod harm;
mod level;
mod powers;
mod reach;
mod terminal;
mod theft;

use std::collections::BTreeSet;

use arena::Arena;
use attack::Attack;
use level::Level;

const GROUPS: [&[Attack]; 6] = [
    theft::ATTACKS,
    reach::ATTACKS,
    powers::ATTACKS,
    harm::ATTACKS,
    deceit::ATTACKS,
    collusion::ATTACKS,
];

/// Tries a group; those that succeeded, and what each achieved.
fn succeeding(attacks: &[Attack], level: Level) -> Vec<(&'static str, String)> {
    let wanted = std::env::var("VIVA_ATTACKS").ok();
    let wanted = |name: &str| {
        wanted
            .as_ref()
            .is_none_or(|names| names.split(',').any(|one| one == name))
    };
    let tried = attacks.iter().filter(|attack| wanted(attack.name));
    let achieved = tried.map(|attack| (attack, Arena::new().suffers(attack, level)));
    achieved
        .filter(|(_, achieved)| !achieved.is_empty())
        .map(|(attack, achieved)| {
            let told = format!("it {}:\n    {}", attack.tries, achieved.join("\n    "));
            (attack.name, told)
        })
        .collect()
}

fn listed(found: &[(&str, String)]) -> String {
    found
        .iter()
        .map(|(name, told)| format!("\n{name}: {told}"))
        .collect()
}

/// Under `full` none of them succeeds.
fn none(attacks: &[Attack]) {
    if Level::Full.is_had() {
        let found = succeeding(attacks, Level::Full);
        assert!(
            found.is_empty(),
            "under full there succeeded:{}",
            listed(&found)
        );
    }
}

/// Under `basic` just those succeed that the documentation lists.
fn as_documented(attacks: &[Attack]) {
    let found = succeeding(attacks, Level::Basic);
    let (listed_ones, expected) = (listed(&found), documented());
    let found: BTreeSet<&str> = found.into_iter().map(|(name, _)| name).collect();
    if std::env::var_os("VIVA_ATTACKS").is_some() {
        assert!(
            found.is_subset(&expected.iter().map(String::as_str).collect()),
            "{listed_ones}"
        );
        return;
    }
    let expected: BTreeSet<&str> = attacks
        .iter()
        .map(|attack| attack.name)
        .filter(|name| expected.contains(*name))
        .collect();
    let unlisted: Vec<_> = found.difference(&expected).collect();
    let untrue: Vec<_> = expected.difference(&found).collect();
    assert!(
        unlisted.is_empty() && untrue.is_empty(),
        "docs/isolation.md does not list {unlisted:?}, and lists {untrue:?}, which did not succeed.{listed_ones}"
    );
}

/// The names in the table of docs/isolation.md.
fn documented() -> BTreeSet<String> {
    const HEADING: &str = "## What gets through under `basic`";
    let page = std::fs::read_to_string("docs/isolation.md").expect("docs/isolation.md");
    let (_, section) = page.split_once(HEADING).expect("the section");
    let section = section.split("\n## ").next().unwrap_or_default();
    let rows = section
        .lines()
        .filter_map(|line| line.strip_prefix("| `")?.split_once('|'));
    let names = rows.flat_map(|(names, _)| names.split(['`', ',', ' ']));
    names
        .filter(|name| !name.is_empty())
        .map(str::to_owned)
        .collect()
}

#[test]
fn the_documentation_names_only_attacks_that_there_are() {
    let names: Vec<&str> = GROUPS
        .iter()
        .flat_map(|group| group.iter())
        .map(|attack| attack.name)
        .collect();
    let different: BTreeSet<&str> = names.iter().copied().collect();
    assert_eq!(names.len(), different.len(), "two attacks have one name");
    let unknown: Vec<String> = documented()
        .into_iter()
        .filter(|name| !different.contains(name.as_str()))
        .collect();
    assert_eq!(unknown, [] as [String; 0]);
}

#[test]
fn secrets_of_the_machine_are_kept_where_no_other_user_can_be_had() {
    let attack = theft::ATTACKS
        .iter()
        .find(|attack| attack.name == "password-file");
    let attack = attack.expect("the attack");
    for level in [Level::Full, Level::Basic]
        .into_iter()
        .filter(|level| level.is_had())
    {
        assert_eq!(
            Arena::new().closed().suffers(attack, level),
            [] as [String; 0],
            "{level:?}"
        );
    }
}

macro_rules! groups {
    ($($group:ident),*) => {
        mod full {
            $(#[test] fn $group() { crate::none(crate::$group::ATTACKS); })*
        }
        mod basic {
            $(#[test] fn $group() { crate::as_documented(crate::$group::ATTACKS); })*
        }
    };
}

groups!(theft, reach, powers, harm, deceit, collusion);
