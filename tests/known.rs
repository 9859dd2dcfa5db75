//! Holds Viva to the contracts of its labs: known-good programs pass everything, known-bad ones fail where they must and
//! nowhere else.
//!
//! Of the scenarios that a program is not known to fail, every eighth is run, program by program another; all of them by
//! `VIVA_WHOLE=1 cargo test --test known`, or by `viva calibrate`.
//!
//! `VIVA_ROUNDS=200 cargo test --release --test known right -- --nocapture` is the long form of the promise that a right
//! program never fails: every right program so many times, with every processor kept busy by other work.

use std::collections::BTreeMap;
use std::process::{Command, Stdio};
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use viva::scenario::{Contract, KnownProgram, Lab, LabFiles, Overrides, read_contract, read_lab};

const LABS: [&str; 10] = [
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
];

/// How a scenario came out.
struct Outcome {
    /// `passed`, `failed`, …
    name: String,
    /// What settled a failure.
    proof: String,
    /// All that is known of it, for whoever has to find out.
    detail: String,
}

fn read(lab: &str) -> (Lab, Contract) {
    let files = LabFiles::Folder(format!("scenarios/{lab}").into());
    let of_lab = read_lab(&files, lab, &Overrides::default()).expect("a lab");
    let contract = read_contract(&files, lab, &of_lab);
    let contract = contract.unwrap_or_else(|found| panic!("{lab}: {found:?}"));
    (of_lab, contract)
}

/// The scenarios in which a program is examined: none of the rest that needs one where it fails.
fn examined(lab: &str, program: &KnownProgram) -> Vec<String> {
    let long_forms = ["VIVA_WHOLE", "VIVA_ROUNDS"];
    let is_whole = long_forms
        .iter()
        .any(|name| std::env::var_os(name).is_some());
    let entries = read(lab).0.scenarios;
    let fails = |name: &String| program.must_fail.contains(name) || program.may_fail.contains(name);
    let mut spoilt: Vec<&String> = Vec::new();
    // What a scenario needs stands before it.
    for entry in &entries {
        if entry
            .needs
            .iter()
            .any(|need| fails(need) || spoilt.contains(&need))
        {
            spoilt.push(&entry.scenario.name);
        }
    }
    let picked = entries.iter().enumerate().filter(|(index, entry)| {
        let name = &entry.scenario.name;
        let eighth = (index + program.file.len()).is_multiple_of(8);
        let rest = is_whole || eighth && !fails(name) && !spoilt.contains(&name);
        entry.scenario.casts(&[&program.role]) && (rest || program.must_fail.contains(name))
    });
    picked
        .map(|(_, entry)| entry.scenario.name.clone())
        .collect()
}

fn only(names: &[String]) -> impl Iterator<Item = &str> {
    names.iter().flat_map(|name| ["--only", name.as_str()])
}

/// One program of a lab, and how it came out: scenario by scenario, `passed`, `failed`, …
fn run(
    lab: &str,
    program: &KnownProgram,
    more: &[&str],
) -> Result<BTreeMap<String, Outcome>, String> {
    let mut command = Command::new(env!("CARGO_BIN_EXE_viva"));
    command.args(["run", lab, "--json"]).args(more);
    command.arg("--role").arg(format!(
        "{}=scenarios/{lab}/known/{}",
        program.role, program.file
    ));
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
            "{lab} {}: {error}\n{text}{}",
            program.file,
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
            detail: result["outcome"].to_string(),
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

fn programs(folder: &str) -> Vec<(&'static str, KnownProgram)> {
    let all = LABS.iter().flat_map(|lab| {
        let programs = read(lab).1.programs.into_iter();
        programs.map(move |program| (*lab, program))
    });
    all.filter(|(_, program)| program.file.starts_with(folder))
        .collect()
}

#[test]
fn every_known_program_is_in_the_contract() {
    for lab in LABS {
        let contract = read(lab).1;
        for program in &contract.programs {
            let (file, is_wrong) = (&program.file, program.file.starts_with("wrong/"));
            assert_eq!(is_wrong, !program.must_fail.is_empty(), "{lab}: {file}");
        }
        for folder in ["right", "wrong"] {
            let known = || {
                let programs = contract.programs.iter();
                programs.filter(|program| program.file.starts_with(folder))
            };
            let least = if folder == "right" { 3 } else { 8 };
            assert!(known().count() >= least, "{lab}: too few known programs");
            for entry in std::fs::read_dir(format!("scenarios/{lab}/known/{folder}"))
                .expect("known programs")
                .flatten()
            {
                let name = format!("{folder}/{}", entry.file_name().to_string_lossy());
                assert!(
                    !name.ends_with(".py") || known().any(|program| program.file == name),
                    "{lab}: {name} is not in the contract"
                );
            }
        }
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
            in_parallel(&programs, 4, |(lab, program)| {
                let seed = format!("r{round}");
                let examined = examined(lab, program);
                let mut options = vec!["-j", "2", "--seed", &seed];
                options.extend(only(&examined));
                match run(lab, program, &options) {
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
                                    "{lab}: {}: {scenario}: {} (seed r{round}) {}",
                                    program.file, outcome.name, outcome.detail
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
    in_parallel(&programs("wrong/"), 6, |(lab, program)| {
        let complain = |text: String| {
            wrong
                .lock()
                .expect("lock")
                .push(format!("{lab}: {}: {text}", program.file))
        };
        let mut options = vec!["-j", "2", "--deadline", "10s", "--seed", "known"];
        let examined = examined(lab, program);
        options.extend(only(&examined));
        let outcomes = match run(lab, program, &options) {
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
                complain(format!(
                    "{scenario} is not its fault, but: {name} {}",
                    outcome.detail
                ));
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
    let (_, program) = programs("wrong/")
        .into_iter()
        .find(|(lab, program)| *lab == "echo" && program.file == "wrong/indentation_error.py")
        .expect("in the contract");
    let outcomes = run("echo", &program, &[]).expect("a report");
    assert_eq!(outcomes["several-messages"].name, "skipped");
    assert_eq!(outcomes["ends-with-client"].name, "not_applicable");
    assert_eq!(outcomes["waits-its-turn"].name, "not_applicable");
}
