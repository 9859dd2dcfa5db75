//! Parts of a class that were graded apart, as one class.
//!
//! Pure: the same parts give the same class, in whatever order they come, and merging what was merged changes nothing. Must not choose between two
//! different results of one submission.

use std::collections::{BTreeMap, BTreeSet};
use std::mem::discriminant;
use std::time::Duration;

use super::class::{Class, Graded, Judged};
use super::shard::Shard;

/// A part, and where it comes from.
#[derive(Clone, Debug)]
pub struct Part {
    /// The result folder, as typed.
    pub source: String,
    /// What is in it.
    pub class: Class,
}

/// What parts come to.
#[derive(Clone, Debug)]
pub struct Merged {
    /// All of them as one.
    pub class: Class,
    /// For each of its submissions, in their order: the place of the part that it is taken from.
    pub from: Vec<usize>,
    /// Keys of the class that are in no part.
    pub missing: Vec<String>,
    /// Parts that are not there.
    pub shards: Vec<Shard>,
}

/// Why parts make no class.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MergeError {
    /// No part at all.
    Nothing,
    /// They were made of different things.
    Different {
        /// What differs: `viva`, `lab`, `seed`, `options`, `shards`, `class`.
        what: &'static str,
        /// Two parts, and what each of them says, where that is short.
        parts: [(String, Option<String>); 2],
    },
    /// A submission came out differently in two parts.
    Twice {
        /// Its key.
        key: String,
        /// The parts.
        sources: [String; 2],
    },
    /// A submission is in a part in which it can't be.
    Stranger {
        /// Its key.
        key: String,
        /// The part.
        source: String,
    },
}

/// Puts parts together.
///
/// # Errors
///
/// They don't belong together, or contradict each other.
pub fn merge(parts: &[Part]) -> Result<Merged, MergeError> {
    let first = parts.first().ok_or(MergeError::Nothing)?;
    for part in parts {
        agree(first, part)?;
    }
    let shards: BTreeSet<Shard> = parts.iter().filter_map(shard).collect();
    // A whole class, or several parts that were merged before.
    let whole = parts.iter().any(|part| shard(part).is_none());
    let of = shards.first().map_or(0, |shard| shard.of);
    let wanted = (1..=of).map(|index| Shard { index, of });
    let shards = wanted
        .filter(|shard| !whole && !shards.contains(shard))
        .collect();
    let known: BTreeSet<&String> = first.class.everybody.iter().collect();
    let mut found: BTreeMap<&String, (usize, &Graded)> = BTreeMap::new();
    for (place, part) in parts.iter().enumerate() {
        for graded in &part.class.submissions {
            let elsewhere = shard(part).is_some_and(|shard| !shard.holds(&graded.key));
            if elsewhere || !known.contains(&graded.key) {
                return Err(MergeError::Stranger {
                    key: graded.key.clone(),
                    source: part.source.clone(),
                });
            }
            let Some((other, kept)) = found.get(&graded.key) else {
                found.insert(&graded.key, (place, graded));
                continue;
            };
            if !is_same(kept, graded) {
                return Err(MergeError::Twice {
                    key: graded.key.clone(),
                    sources: sorted([&parts[*other].source, &part.source]),
                });
            }
            // Whatever the order of the parts, the same one is taken.
            if times(graded) < times(kept) {
                found.insert(&graded.key, (place, graded));
            }
        }
    }
    let mut merged = Merged {
        class: Class {
            shard: None,
            submissions: Vec::new(),
            interrupted: parts.iter().any(|part| part.class.interrupted),
            ..first.class.clone()
        },
        from: Vec::new(),
        missing: Vec::new(),
        shards,
    };
    for key in &first.class.everybody {
        match found.get(key) {
            Some((place, graded)) => {
                merged.class.submissions.push((*graded).clone());
                merged.from.push(*place);
            }
            None => merged.missing.push(key.clone()),
        }
    }
    Ok(merged)
}

fn shard(part: &Part) -> Option<Shard> {
    Shard::parse(part.class.shard.as_deref()?).ok()
}

/// Whether two parts can be of one class.
fn agree(one: &Part, other: &Part) -> Result<(), MergeError> {
    let parts = |what, says: [Option<&String>; 2]| {
        let [first, second] = says.map(Option::<&String>::cloned);
        let parts = [(one.source.clone(), first), (other.source.clone(), second)];
        Err(MergeError::Different { what, parts })
    };
    let (a, b) = (&one.class, &other.class);
    for (what, says) in [
        ("viva", [&a.viva, &b.viva]),
        ("lab", [&a.lab, &b.lab]),
        ("seed", [&a.seed, &b.seed]),
    ] {
        if says[0] != says[1] {
            return parts(what, says.map(Some));
        }
    }
    if a.digest != b.digest || a.title != b.title {
        return parts("lab", [None, None]);
    }
    if a.scenarios != b.scenarios || a.isolation != b.isolation {
        return parts("options", [None, None]);
    }
    if let (Some(first), Some(second)) = (shard(one), shard(other))
        && first.of != second.of
    {
        return parts("shards", [a.shard.as_ref(), b.shard.as_ref()]);
    }
    if a.roster != b.roster || a.everybody != b.everybody {
        return parts("class", [None, None]);
    }
    Ok(())
}

/// Whether two results of a submission are the same, as far as they can be the same twice: times and ports never are.
fn is_same(one: &Graded, other: &Graded) -> bool {
    let judged = |one: &Judged, other: &Judged| {
        let counts = |it: &Judged| (it.points, it.of, it.deducted, it.passed, it.runs);
        one.scenario == other.scenario
            && discriminant(&one.outcome) == discriminant(&other.outcome)
            && counts(one) == counts(other)
    };
    let (results, others) = (&one.results, &other.results);
    one.mark == other.mark
        && one.members == other.members
        && results.len() == others.len()
        && results
            .iter()
            .zip(others)
            .all(|(one, other)| judged(one, other))
}

fn times(graded: &Graded) -> Vec<Duration> {
    graded
        .results
        .iter()
        .map(|judged| judged.duration)
        .collect()
}

fn sorted(sources: [&String; 2]) -> [String; 2] {
    let mut sources = sources.map(String::clone);
    sources.sort();
    sources
}

#[cfg(test)]
mod tests {
    use super::super::class::{Class, Graded, Mark, Submitted};
    use super::{MergeError, Merged, Part, Shard, merge};
    use crate::r#box::Isolation;
    use crate::diagnostic::Localized;

    const KEYS: [&str; 5] = ["5", "3", "1", "4", "2"];

    fn graded(key: &str, points: f64) -> Graded {
        Graded {
            key: key.to_owned(),
            name: key.to_owned(),
            members: Vec::new(),
            handed_in: Submitted::Nothing,
            oddities: Vec::new(),
            results: Vec::new(),
            mark: Mark {
                points: Some(points),
                none: None,
                of: 20.0,
                lines: Vec::new(),
            },
        }
    }

    fn part(shard: Option<&str>) -> Part {
        let own = shard.map(|shard| Shard::parse(shard).expect("a part"));
        let keys = KEYS
            .iter()
            .filter(|key| own.is_none_or(|own| own.holds(key)));
        Part {
            source: shard.unwrap_or("all").to_owned(),
            class: Class {
                version: 1,
                viva: "0.1.0".to_owned(),
                lab: "hub".to_owned(),
                title: Localized::default(),
                digest: "00".to_owned(),
                shard: shard.map(str::to_owned),
                seed: "7f3a".to_owned(),
                isolation: Isolation::Full,
                roster: Vec::new(),
                everybody: KEYS.map(str::to_owned).to_vec(),
                scenarios: Vec::new(),
                submissions: keys.map(|key| graded(key, 7.0)).collect(),
                interrupted: false,
            },
        }
    }

    fn merged(parts: &[&Part]) -> Merged {
        let parts: Vec<Part> = parts.iter().map(|part| (*part).clone()).collect();
        merge(&parts).expect("one class")
    }

    #[test]
    fn parts_in_any_order_and_merged_again_are_the_class_that_was_never_divided() {
        let whole = part(None);
        let [one, two, three] = ["1/3", "2/3", "3/3"].map(|shard| part(Some(shard)));
        for order in [
            [&one, &two, &three],
            [&three, &one, &two],
            [&two, &three, &one],
        ] {
            let merged = merged(&order);
            assert_eq!(merged.class, whole.class);
            assert_eq!((merged.missing.len(), merged.shards.len()), (0, 0));
            for (graded, from) in merged.class.submissions.iter().zip(merged.from) {
                assert!(order[from].class.submissions.contains(graded));
            }
        }
        // The same twice, and what was merged before.
        assert_eq!(merged(&[&one, &two, &one, &three]).class, whole.class);
        assert_eq!(merged(&[&whole]).class, whole.class);
        assert_eq!(merged(&[&whole, &two]).class, whole.class);
        let mut some = two.clone();
        some.class = merged(&[&one, &two]).class;
        assert_eq!(merged(&[&three, &some]).class, whole.class);
    }

    #[test]
    fn who_is_missing_is_named() {
        let (one, three) = (part(Some("1/3")), part(Some("3/3")));
        let merged = merged(&[&three, &one]);
        let two = Shard { index: 2, of: 3 };
        assert_eq!(merged.shards, [two]);
        let missing: Vec<&str> = KEYS.into_iter().filter(|key| two.holds(key)).collect();
        assert!(!missing.is_empty());
        assert_eq!(merged.missing, missing);
        assert!(matches!(merge(&[]), Err(MergeError::Nothing)));
    }

    #[test]
    fn what_does_not_belong_together_is_told_apart() {
        let whole = part(None);
        let different = |change: fn(&mut Class)| {
            let mut other = part(None);
            other.source = "other".to_owned();
            change(&mut other.class);
            match merge(&[whole.clone(), other]) {
                Err(MergeError::Different { what, parts }) => (what, parts.map(|(_, says)| says)),
                result => panic!("{result:?}"),
            }
        };
        let says = |one: &str, other: &str| [Some(one.to_owned()), Some(other.to_owned())];
        assert_eq!(
            different(|class| class.viva = "0.2.0".to_owned()),
            ("viva", says("0.1.0", "0.2.0"))
        );
        assert_eq!(
            different(|class| class.lab = "p2p".to_owned()),
            ("lab", says("hub", "p2p"))
        );
        assert_eq!(
            different(|class| class.digest = "01".to_owned()),
            ("lab", [None, None])
        );
        assert_eq!(
            different(|class| class.seed = "1".to_owned()),
            ("seed", says("7f3a", "1"))
        );
        assert_eq!(
            different(|class| class.isolation = Isolation::Basic),
            ("options", [None, None])
        );
        assert_eq!(
            different(|class| class.everybody.truncate(2)),
            ("class", [None, None])
        );
        let error = merge(&[part(Some("1/3")), part(Some("2/2"))]).expect_err("no class");
        assert!(matches!(
            error,
            MergeError::Different { what: "shards", .. }
        ));
    }

    #[test]
    fn two_results_of_one_submission_are_never_chosen_from() {
        let whole = part(None);
        let mut other = part(None);
        other.source = "another".to_owned();
        other.class.submissions[1].mark.points = Some(8.0);
        let error = MergeError::Twice {
            key: "3".to_owned(),
            sources: ["all".to_owned(), "another".to_owned()],
        };
        assert_eq!(
            merge(&[whole.clone(), other.clone()]).err(),
            Some(error.clone())
        );
        assert_eq!(merge(&[other, whole]).err(), Some(error));
        let mut strange = part(Some("2/3"));
        let shard = Shard { index: 2, of: 3 };
        let all = part(None).class.submissions.into_iter();
        let others: Vec<Graded> = all.filter(|graded| !shard.holds(&graded.key)).collect();
        let key = others[0].key.clone();
        strange.class.submissions = others;
        let source = "2/3".to_owned();
        assert_eq!(
            merge(&[strange]).err(),
            Some(MergeError::Stranger { key, source })
        );
    }
}
