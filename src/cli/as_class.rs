//! What `viva run` has found out, as a class: so that students' own CI gets the same forms as a teacher's grading.

use crate::grading::{
    Class, Graded, Group, Handin, Late, Mark, Member, NoMark, Submitted, Wanted, columns, judged,
    mark,
};
use crate::verdict::{RunReport, ScenarioResult};

/// `report` as a class: a submission for each of `groups`, which must be of one lab.
pub(super) fn as_class(report: &RunReport, groups: &[Group]) -> Class {
    let first = groups.first();
    let all = first.map(|group| columns(&group.lab)).unwrap_or_default();
    let asked = |name: &str| {
        let entries = groups.iter().flat_map(|group| {
            let entries = group.lab.scenarios.iter().zip(&group.wanted);
            entries.filter(|(_, wanted)| **wanted != Wanted::No)
        });
        let mut names = entries.map(|(entry, _)| entry.scenario.name.as_str());
        names.any(|own| own == name)
    };
    let scenarios: Vec<_> = all
        .into_iter()
        .filter(|column| asked(&column.name))
        .collect();
    let called = |group: &Group| {
        group
            .submission
            .as_ref()
            .map(|submission| submission.name.clone())
    };
    let group_keys = groups
        .iter()
        .map(|group| key(called(group).as_deref(), &group.lab.name));
    let group_keys: Vec<String> = group_keys.collect();
    let submissions = groups.iter().map(|group| {
        let name = group
            .submission
            .as_ref()
            .map(|submission| submission.name.as_str());
        let results: Vec<_> = of(report, name)
            .map(|result| {
                let passed = u32::from(matches!(result.outcome, crate::verdict::Outcome::Passed));
                judged(result.clone(), passed, 1, true)
            })
            .collect();
        let not_run = report
            .not_run
            .iter()
            .find(|not_run| not_run.submission.as_deref() == name);
        let key = key(name, &group.lab.name);
        let key = match group_keys.iter().filter(|own| **own == key).count() {
            0 | 1 => key,
            _ => name.unwrap_or_default().to_owned(),
        };
        let handed_in = match not_run {
            Some(not_run) => Submitted::Unusable {
                source: name.unwrap_or_default().to_owned(),
                why: not_run.why.clone(),
                about: not_run.about.clone(),
            },
            None => Submitted::Files(Handin {
                source: name.unwrap_or_default().to_owned(),
                folder: name.unwrap_or_default().to_owned(),
                digest: String::new(),
                roles: Vec::new(),
                attempts: Vec::new(),
                late: Late::No,
            }),
        };
        let mark = match report.interrupted && results.len() < scenarios.len() {
            true => Mark {
                points: None,
                none: Some(NoMark::Unfinished),
                of: scenarios.iter().map(|column| column.points).sum(),
                lines: Vec::new(),
            },
            false => mark(&handed_in, &results, &scenarios, &group.lab.grading),
        };
        Graded {
            name: key.clone(),
            members: vec![Member {
                key: key.clone(),
                name: key.clone(),
                roster: Default::default(),
            }],
            key,
            handed_in,
            oddities: Vec::new(),
            results,
            mark,
        }
    });
    let submissions = submissions.collect();
    Class {
        everybody: Vec::new(),
        version: 1,
        viva: report.viva.clone(),
        lab: first
            .map(|group| group.lab.name.clone())
            .unwrap_or_default(),
        title: first
            .map(|group| group.lab.title.clone())
            .unwrap_or_default(),
        seed: report
            .results
            .first()
            .map(|result| result.seed.clone())
            .unwrap_or_default(),
        isolation: report.isolation,
        digest: first
            .map(|group| group.lab.digest.clone())
            .unwrap_or_default(),
        shard: None,
        roster: Vec::new(),
        scenarios,
        submissions,
        interrupted: report.interrupted,
    }
}

/// What a submission is called: as its folder, for it is named as the user typed it, which may be `.`.
fn key(name: Option<&str>, lab: &str) -> String {
    let folder = name.and_then(|name| std::fs::canonicalize(name).ok());
    let last = folder.as_ref().and_then(|folder| folder.file_name());
    let last = last.map(|last| last.to_string_lossy().into_owned());
    last.unwrap_or_else(|| name.unwrap_or(lab).to_owned())
}

/// The results of one submission.
fn of<'a>(report: &'a RunReport, name: Option<&str>) -> impl Iterator<Item = &'a ScenarioResult> {
    let results = report.results.iter();
    results.filter(move |result| result.submission.as_deref() == name)
}

/// The full result behind a line of that class.
pub(super) fn told(
    report: &RunReport,
) -> impl Fn(&Graded, &crate::grading::Judged) -> Option<ScenarioResult> {
    move |graded, judged| {
        let name = match &graded.handed_in {
            Submitted::Files(handin) => handin.source.as_str(),
            Submitted::Unusable { .. } | Submitted::Nothing => return None,
        };
        let own = |result: &&ScenarioResult| {
            result.scenario == judged.scenario
                && result.submission.as_deref().unwrap_or_default() == name
        };
        report.results.iter().find(own).cloned()
    }
}
