//! A class in parts that machines grade on their own: who belongs to which part.
//!
//! A part is told by the key alone, so that no machine has to know of another. Which part a key belongs to never changes: results that are
//! merged may come from different days.

use std::fmt;

use sha2::{Digest, Sha256};

/// More parts than any class has students.
const MOST: u32 = 10_000;

/// One of several parts of a class.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Shard {
    /// Which one, from 1.
    pub index: u32,
    /// Of how many, from 1.
    pub of: u32,
}

/// Why it can't be told which part is meant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ShardError {
    /// Not `i/n` with 1 ≤ i ≤ n.
    Malformed {
        /// As typed.
        text: String,
    },
    /// No scheduler says it.
    Nowhere,
    /// More than one scheduler says it.
    Several {
        /// Their names.
        schedulers: Vec<&'static str>,
    },
    /// What a scheduler says is no part of a whole.
    Inconsistent {
        /// Its name.
        scheduler: &'static str,
        /// The variables of the environment: name, and value if it is set.
        variables: Vec<(&'static str, Option<String>)>,
    },
}

impl Shard {
    /// Reads `i/n`.
    ///
    /// # Errors
    ///
    /// It is anything else.
    pub fn parse(text: &str) -> Result<Shard, ShardError> {
        let numbers = text.split_once('/').and_then(|(index, of)| {
            let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
            let both = digits(index) && digits(of);
            both.then_some((index.parse().ok()?, of.parse().ok()?))
        });
        numbers
            .and_then(|(index, of)| Shard::new(index, of))
            .ok_or_else(|| ShardError::Malformed {
                text: text.to_owned(),
            })
    }

    fn new(index: u32, of: u32) -> Option<Shard> {
        let sensible = (1..=of).contains(&index) && of <= MOST;
        sensible.then_some(Shard { index, of })
    }

    /// Which part the scheduler that started this process wants; `variable` reads the environment.
    ///
    /// # Errors
    ///
    /// None of the known ones says it, several do, or what it says makes no sense.
    pub fn wanted(variable: impl Fn(&str) -> Option<String>) -> Result<Shard, ShardError> {
        let set = |name: &str| variable(name).filter(|value| !value.is_empty());
        let present: Vec<&Scheduler> = SCHEDULERS
            .iter()
            .filter(|scheduler| set(scheduler.index).is_some())
            .collect();
        match present[..] {
            [] => Err(ShardError::Nowhere),
            [scheduler] => {
                let number = |name: &str| set(name)?.parse().ok();
                let shard = (|| {
                    scheduler.shard(number(scheduler.index)?, number(scheduler.total)?, &number)
                })();
                shard.ok_or_else(|| ShardError::Inconsistent {
                    scheduler: scheduler.name,
                    variables: [scheduler.index, scheduler.total]
                        .iter()
                        .chain(scheduler.first.as_ref())
                        .map(|name| (*name, set(name)))
                        .collect(),
                })
            }
            [..] => Err(ShardError::Several {
                schedulers: present.iter().map(|scheduler| scheduler.name).collect(),
            }),
        }
    }

    /// Whether a submission belongs to this part: the first 8 bytes of the SHA-256 of its key (UTF-8), as a number, the
    /// highest byte first, modulo the number of parts.
    pub fn holds(self, key: &str) -> bool {
        let digest = Sha256::digest(key.as_bytes());
        let number = digest
            .iter()
            .take(8)
            .fold(0_u64, |number, byte| number << 8 | u64::from(*byte));
        number % u64::from(self.of) == u64::from(self.index - 1)
    }
}

impl fmt::Display for Shard {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}/{}", self.index, self.of)
    }
}

/// How a scheduler tells its jobs apart.
struct Scheduler {
    name: &'static str,
    index: &'static str,
    total: &'static str,
    /// What it counts from: a number, or the variable that says it.
    from: u32,
    first: Option<&'static str>,
}

const SCHEDULERS: [Scheduler; 4] = [
    // sbatch(1), "output environment variables": the array may begin anywhere.
    Scheduler {
        name: "Slurm",
        index: "SLURM_ARRAY_TASK_ID",
        total: "SLURM_ARRAY_TASK_COUNT",
        from: 0,
        first: Some("SLURM_ARRAY_TASK_MIN"),
    },
    // kubernetes.io, Jobs, completion mode Indexed; the total has no variable of its own, the shipped recipe sets it.
    Scheduler {
        name: "Kubernetes",
        index: "JOB_COMPLETION_INDEX",
        total: "JOB_COMPLETIONS",
        from: 0,
        first: None,
    },
    // docs.gitlab.com, predefined CI/CD variables: set by `parallel:`.
    Scheduler {
        name: "GitLab",
        index: "CI_NODE_INDEX",
        total: "CI_NODE_TOTAL",
        from: 1,
        first: None,
    },
    // docs.github.com, contexts, `strategy`: job-index counts from 0. Only contexts, so the shipped workflow sets these.
    Scheduler {
        name: "GitHub",
        index: "STRATEGY_JOB_INDEX",
        total: "STRATEGY_JOB_TOTAL",
        from: 0,
        first: None,
    },
];

impl Scheduler {
    fn shard(&self, index: u32, total: u32, number: &dyn Fn(&str) -> Option<u32>) -> Option<Shard> {
        let first = match self.first {
            // An array that was begun again in part looks like a smaller one; those begin at 0 or 1.
            Some(name) => number(name).filter(|first| *first <= 1)?,
            None => self.from,
        };
        Shard::new(index.checked_sub(first)?.checked_add(1)?, total)
    }
}

#[cfg(test)]
mod tests {
    use super::{Shard, ShardError};

    fn shard(index: u32, of: u32) -> Shard {
        Shard { index, of }
    }

    fn wanted(variables: &[(&str, &str)]) -> Result<Shard, ShardError> {
        Shard::wanted(|name| {
            let found = variables.iter().find(|(own, _)| *own == name);
            found.map(|(_, value)| (*value).to_owned())
        })
    }

    #[test]
    fn a_part_is_written_as_which_of_how_many() {
        assert_eq!(Shard::parse("3/8"), Ok(shard(3, 8)));
        assert_eq!(shard(3, 8).to_string(), "3/8");
        for text in [
            "",
            "3",
            "0/8",
            "9/8",
            "3/0",
            "+3/8",
            "3/8/9",
            " 3/8",
            "-1/8",
            "1/10001",
            "1/99999999999",
        ] {
            let text = text.to_owned();
            assert_eq!(Shard::parse(&text), Err(ShardError::Malformed { text }));
        }
    }

    #[test]
    fn who_belongs_where_never_changes() {
        // printf %s KEY | sha256sum | cut -c1-16, modulo 8.
        for (key, index) in [("2024010001", 7), ("张三", 5), ("", 5)] {
            assert!(shard(index, 8).holds(key), "{key}");
        }
    }

    #[test]
    fn everybody_belongs_to_one_part_and_no_part_is_much_larger() {
        let keys: Vec<String> = (0..2000)
            .map(|number| format!("20240{number:05}"))
            .collect();
        let parts: Vec<usize> = (1..=8)
            .map(|index| keys.iter().filter(|key| shard(index, 8).holds(key)).count())
            .collect();
        assert_eq!(parts.iter().sum::<usize>(), keys.len());
        assert!(
            parts.iter().all(|count| (200..300).contains(count)),
            "{parts:?}"
        );
        assert!(keys.iter().all(|key| shard(1, 1).holds(key)));
    }

    #[test]
    fn schedulers_count_from_0_or_1() {
        let cases = [
            (
                &[
                    ("SLURM_ARRAY_TASK_ID", "3"),
                    ("SLURM_ARRAY_TASK_COUNT", "4"),
                    ("SLURM_ARRAY_TASK_MIN", "1"),
                ][..],
                (3, 4),
            ),
            (
                &[
                    ("SLURM_ARRAY_TASK_ID", "3"),
                    ("SLURM_ARRAY_TASK_COUNT", "4"),
                    ("SLURM_ARRAY_TASK_MIN", "0"),
                ],
                (4, 4),
            ),
            (
                &[("JOB_COMPLETION_INDEX", "0"), ("JOB_COMPLETIONS", "2")],
                (1, 2),
            ),
            (&[("CI_NODE_INDEX", "2"), ("CI_NODE_TOTAL", "2")], (2, 2)),
            // GitLab sets the total in every job, also where nothing is parallel.
            (
                &[
                    ("STRATEGY_JOB_INDEX", "1"),
                    ("STRATEGY_JOB_TOTAL", "2"),
                    ("CI_NODE_TOTAL", "1"),
                    ("CI_NODE_INDEX", ""),
                ],
                (2, 2),
            ),
        ];
        for (variables, (index, of)) in cases {
            assert_eq!(wanted(variables), Ok(shard(index, of)), "{variables:?}");
        }
    }

    #[test]
    fn what_makes_no_sense_is_not_guessed() {
        assert_eq!(wanted(&[("CI_NODE_TOTAL", "4")]), Err(ShardError::Nowhere));
        assert_eq!(
            wanted(&[
                ("CI_NODE_INDEX", "1"),
                ("CI_NODE_TOTAL", "4"),
                ("JOB_COMPLETION_INDEX", "0")
            ]),
            Err(ShardError::Several {
                schedulers: vec!["Kubernetes", "GitLab"]
            })
        );
        // Only the third task of an array, begun again.
        let again = [
            ("SLURM_ARRAY_TASK_ID", "3"),
            ("SLURM_ARRAY_TASK_COUNT", "1"),
            ("SLURM_ARRAY_TASK_MIN", "3"),
        ];
        assert_eq!(
            wanted(&again),
            Err(ShardError::Inconsistent {
                scheduler: "Slurm",
                variables: again
                    .map(|(name, value)| (name, Some(value.to_owned())))
                    .to_vec(),
            })
        );
        for variables in [
            &[("JOB_COMPLETION_INDEX", "4"), ("JOB_COMPLETIONS", "4")][..],
            &[("JOB_COMPLETION_INDEX", "4")],
            &[("CI_NODE_INDEX", "0"), ("CI_NODE_TOTAL", "4")],
            &[("CI_NODE_INDEX", "x"), ("CI_NODE_TOTAL", "4")],
        ] {
            assert!(
                matches!(wanted(variables), Err(ShardError::Inconsistent { .. })),
                "{variables:?}"
            );
        }
    }
}
