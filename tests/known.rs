//! Holds Viva to the contracts of its labs: known-good programs pass everything, known-bad ones fail where they must and
//! nowhere else.
//!
//! `VIVA_ROUNDS=200 cargo test --release --test known right -- --nocapture` is the long form of the promise that a right
//! program never fails: every right program so many times, with every processor kept busy by other work.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use serde::Deserialize;

const LABS: [&str; 8] = [
    "echo",
    "p2p",
    "hub",
    "udp",
    "turns",
    "gb2312",
    "websocket",
    "chat-variants",
];

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Contract {
    viva: u32,
    programs: BTreeMap<String, Program>,
    /// The mutants' part of the contract, which `viva calibrate` holds.
    #[serde(default, rename = "survivors")]
    _survivors: serde::de::IgnoredAny,
}

#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct Program {
    role: String,
    #[serde(default)]
    set: BTreeMap<String, String>,
    #[serde(default)]
    must_fail: Vec<String>,
    #[serde(default)]
    may_fail: Vec<String>,
    /// It waits with a time limit where it goes wrong: only the deadline can tell.
    #[serde(default)]
    timed: bool,
}

/// How a scenario came out.
struct Outcome {
    /// `passed`, `failed`, …
    name: String,
    /// What settled a failure.
    proof: String,
}

fn contract(lab: &str) -> Contract {
    let text =
        std::fs::read_to_string(format!("scenarios/{lab}/known/contract.yaml")).expect("contract");
    let contract: Contract =
        serde_yaml::from_str(&text).unwrap_or_else(|error| panic!("{lab}: {error}"));
    assert_eq!(contract.viva, 1);
    contract
}

/// One program of a lab, and how it came out: scenario by scenario, `passed`, `failed`, …
fn run(
    lab: &str,
    file: &str,
    program: &Program,
    more: &[&str],
) -> Result<BTreeMap<String, Outcome>, String> {
    let mut command = Command::new(env!("CARGO_BIN_EXE_viva"));
    command.args(["run", lab, "--json"]).args(more);
    command
        .arg("--role")
        .arg(format!("{}=scenarios/{lab}/known/{file}", program.role));
    for (name, value) in &program.set {
        command.arg("--set").arg(format!("{name}={value}"));
    }
    let output = command
        .stdin(Stdio::null())
        .output()
        .map_err(|error| error.to_string())?;
    let text = String::from_utf8_lossy(&output.stdout);
    let report: serde_json::Value = serde_json::from_str(&text).map_err(|error| {
        format!(
            "{lab} {file}: {error}\n{text}{}",
            String::from_utf8_lossy(&output.stderr)
        )
    })?;
    let results = report["results"].as_array().ok_or("no results")?;
    let outcomes = results.iter().map(|result| {
        let name = match &result["outcome"] {
            serde_json::Value::String(name) => name.clone(),
            serde_json::Value::Object(map) => map.keys().next().cloned().unwrap_or_default(),
            other => other.to_string(),
        };
        let proof = result["outcome"]["failed"]["proof"].as_str();
        let outcome = Outcome {
            name,
            proof: proof.unwrap_or_default().to_owned(),
        };
        (
            result["scenario"].as_str().unwrap_or_default().to_owned(),
            outcome,
        )
    });
    Ok(outcomes.collect())
}

/// Runs `work` on every item, several at a time; waiting for a deadline costs no processor time.
fn in_parallel<T: Sync>(items: &[T], threads: usize, work: impl Fn(&T) + Sync) {
    let next = AtomicUsize::new(0);
    std::thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                while let Some(item) = items.get(next.fetch_add(1, Ordering::Relaxed)) {
                    work(item);
                }
            });
        }
    });
}

fn programs(folder: &str) -> Vec<(&'static str, String, Program)> {
    let all = LABS.iter().flat_map(|lab| {
        contract(lab)
            .programs
            .into_iter()
            .map(move |(file, program)| (*lab, file, program))
    });
    all.filter(|(_, file, _)| file.starts_with(folder))
        .collect()
}

#[test]
fn every_known_program_is_in_the_contract_and_every_scenario_of_a_contract_exists() {
    for lab in LABS {
        let contract = contract(lab);
        let listed = Command::new(env!("CARGO_BIN_EXE_viva"))
            .args(["list", lab])
            .output()
            .expect("viva list");
        let listed = String::from_utf8_lossy(&listed.stdout).into_owned();
        let scenarios: Vec<&str> = listed
            .lines()
            .skip(1)
            .filter_map(|line| line.split_whitespace().next())
            .collect();
        for (file, program) in &contract.programs {
            assert!(
                Path::new(&format!("scenarios/{lab}/known/{file}")).is_file(),
                "{lab}: no program {file}"
            );
            for scenario in program.must_fail.iter().chain(&program.may_fail) {
                assert!(
                    scenarios.contains(&scenario.as_str()),
                    "{lab}: {file} names the unknown scenario {scenario}"
                );
            }
            assert_eq!(
                file.starts_with("wrong/"),
                !program.must_fail.is_empty(),
                "{lab}: {file}"
            );
        }
        for folder in ["right", "wrong"] {
            for entry in std::fs::read_dir(format!("scenarios/{lab}/known/{folder}"))
                .expect("known programs")
                .flatten()
            {
                let name = format!("{folder}/{}", entry.file_name().to_string_lossy());
                let is_program = entry
                    .path()
                    .extension()
                    .is_some_and(|extension| extension == "py");
                assert!(
                    !is_program || contract.programs.contains_key(&name),
                    "{lab}: {name} is not in the contract"
                );
            }
        }
        let count = |folder: &str| {
            contract
                .programs
                .keys()
                .filter(|file| file.starts_with(folder))
                .count()
        };
        assert!(
            count("right/") >= 3 && count("wrong/") >= 8,
            "{lab}: too few known programs"
        );
    }
}

/// The busy machine of the one test must not make the deadlines of the other pass.
static ALONE: Mutex<()> = Mutex::new(());

#[test]
fn right_programs_pass_everything_even_when_the_machine_is_busy() {
    let _alone = ALONE
        .lock()
        .unwrap_or_else(std::sync::PoisonError::into_inner);
    let rounds: usize = std::env::var("VIVA_ROUNDS")
        .ok()
        .and_then(|rounds| rounds.parse().ok())
        .unwrap_or(1);
    let busy = AtomicBool::new(true);
    let (runs, wrong) = (AtomicUsize::new(0), Mutex::new(Vec::new()));
    let programs = programs("right/");
    std::thread::scope(|scope| {
        for _ in 0..std::thread::available_parallelism().map_or(2, usize::from) {
            scope.spawn(|| {
                while busy.load(Ordering::Relaxed) {
                    std::hint::spin_loop();
                }
            });
        }
        for round in 1..=rounds {
            in_parallel(&programs, 4, |(lab, file, program)| {
                match run(
                    lab,
                    file,
                    program,
                    &["-j", "2", "--seed", &format!("r{round}")],
                ) {
                    Ok(outcomes) => {
                        runs.fetch_add(
                            outcomes
                                .values()
                                .filter(|outcome| outcome.name == "passed")
                                .count(),
                            Ordering::Relaxed,
                        );
                        for (scenario, outcome) in outcomes {
                            if !matches!(outcome.name.as_str(), "passed" | "not_applicable") {
                                wrong.lock().expect("lock").push(format!(
                                    "{lab}: {file}: {scenario}: {} (seed r{round})",
                                    outcome.name
                                ));
                            }
                        }
                    }
                    Err(error) => wrong.lock().expect("lock").push(error),
                }
            });
            if rounds > 1 {
                println!(
                    "round {round}: {} runs, {} wrong",
                    runs.load(Ordering::Relaxed),
                    wrong.lock().expect("lock").len()
                );
            }
        }
        busy.store(false, Ordering::Relaxed);
    });
    let wrong = wrong.into_inner().expect("lock");
    assert!(
        wrong.is_empty(),
        "{} of {} runs:\n{}",
        wrong.len(),
        runs.into_inner(),
        wrong.join("\n")
    );
}

#[test]
fn wrong_programs_fail_where_they_must_and_nowhere_else() {
    let _alone = ALONE
        .lock()
        .unwrap_or_else(std::sync::PoisonError::into_inner);
    let wrong = Mutex::new(Vec::new());
    in_parallel(&programs("wrong/"), 4, |(lab, file, program)| {
        let complain = |text: String| {
            wrong
                .lock()
                .expect("lock")
                .push(format!("{lab}: {file}: {text}"))
        };
        let outcomes = match run(
            lab,
            file,
            program,
            &["-j", "2", "--deadline", "10s", "--seed", "known"],
        ) {
            Ok(outcomes) => outcomes,
            Err(error) => return complain(error),
        };
        let failed = |scenario: &String| {
            outcomes
                .get(scenario)
                .is_some_and(|outcome| outcome.name == "failed")
        };
        let may_fail_failed = program.may_fail.iter().any(failed);
        for scenario in &program.must_fail {
            match outcomes.get(scenario).map(|outcome| outcome.name.as_str()) {
                Some("failed") => {}
                // What it needs failed already, as it may: a race in a wrong program strikes where it likes.
                Some("skipped") if may_fail_failed => {}
                other => complain(format!(
                    "{scenario} must fail, but: {}",
                    other.unwrap_or("not run")
                )),
            }
        }
        for (scenario, outcome) in &outcomes {
            let may = program.must_fail.contains(scenario) || program.may_fail.contains(scenario);
            // A scenario that is skipped lacks another one, whose own outcome is looked at.
            let name = outcome.name.as_str();
            let fine =
                matches!(name, "passed" | "not_applicable" | "skipped") || (may && name != "error");
            if !fine {
                complain(format!("{scenario} is not its fault, but: {name}"));
            }
            if outcome.proof == "deadline" && !program.timed {
                complain(format!(
                    "{scenario} was not proved, but left to the deadline"
                ));
            }
        }
    });
    let wrong = wrong.into_inner().expect("lock");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn what_does_not_apply_is_never_skipped_for_a_need() {
    let (_, file, program) = programs("wrong/")
        .into_iter()
        .find(|(lab, file, _)| *lab == "echo" && file == "wrong/indentation_error.py")
        .expect("in the contract");
    let outcomes = run("echo", &file, &program, &[]).expect("a report");
    assert_eq!(outcomes["several-messages"].name, "skipped");
    assert_eq!(outcomes["ends-with-client"].name, "not_applicable");
    assert_eq!(outcomes["waits-its-turn"].name, "not_applicable");
}
