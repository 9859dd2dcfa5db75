//! How long a wrong program is judged, against a right one: the known-bad programs of the hub lab and as many known-good ones, side by side.
//!
//! ```text
//! cargo bench --bench verdicts              1 round, some minutes
//! cargo bench --bench verdicts -- 3         more
//! ```
//!
//! Each wrong program of `scenarios/hub/known/contract.yaml` takes turns with a right one of the same role; both are judged by all of the lab, with the settings of the contract. Those
//! that the contract calls `timed` are left out: where they go wrong only a deadline can tell.
//!
//! What is printed: the time on the wall of both sides, program by program, with what settled the failures; and the ratio of the sums. Those that run in circles are told apart as well: that a
//! program is busy for nothing is settled by the processor time that it uses, two seconds of it for each scenario that it fails so.

use std::collections::BTreeMap;
use std::process::{Command, Stdio};
use std::time::Instant;

use viva::scenario::{KnownProgram, LabFiles, Overrides, read_contract, read_lab};

/// The figure to reach.
const MOST: f64 = 1.5;

const LAB: &str = "hub";

/// What judging a program came to.
struct Judged {
    seconds: f64,
    /// What settled its failures, and how many of them.
    proofs: BTreeMap<String, usize>,
}

fn main() {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let rounds = words.iter().find_map(|word| word.parse().ok()).unwrap_or(1);
    // Without `--bench` this is `cargo test --benches`: see that it works.
    let pairs = match words.iter().any(|word| word == "--bench") {
        true => usize::MAX,
        false => 1,
    };
    let folder = format!("{}/scenarios/{LAB}", env!("CARGO_MANIFEST_DIR"));
    let path = format!("{folder}/known");
    let files = LabFiles::Folder(folder.into());
    let lab = read_lab(&files, LAB, &Overrides::default()).expect("a lab");
    let contract = read_contract(&files, LAB, &lab).expect("a contract");
    let of = |folder: &'static str| {
        let programs = contract.programs.iter();
        programs.filter(move |program| program.file.starts_with(folder) && !program.timed)
    };
    println!("{LAB}: seconds on the wall, wrong and right\n");
    let (mut all, mut waiting) = (Sides::default(), Sides::default());
    for round in 0..rounds {
        let mut next: BTreeMap<&str, usize> = BTreeMap::new();
        for (index, program) in of("wrong/").take(pairs).enumerate() {
            let right: Vec<_> = of("right/")
                .filter(|right| right.role == program.role)
                .collect();
            let turn = next.entry(&program.role).or_default();
            let beside = right[*turn % right.len()];
            *turn += 1;
            let judge_wrong = || judge(&path, program);
            let judge_right = || judge(&path, beside);
            // Who begins changes.
            let (wrong, right) = if (round + index) % 2 == 0 {
                let wrong = judge_wrong();
                (wrong, judge_right())
            } else {
                let right = judge_right();
                (judge_wrong(), right)
            };
            assert!(right.proofs.is_empty(), "{} is not right", beside.file);
            let proofs: Vec<String> = wrong
                .proofs
                .iter()
                .map(|(proof, count)| format!("{count} {proof}"))
                .collect();
            println!(
                "{:36} {:6.2}   {:28} {:6.2}   {}",
                program.file,
                wrong.seconds,
                beside.file,
                right.seconds,
                proofs.join(", ")
            );
            all.add(&wrong, &right);
            if !wrong.proofs.contains_key("spinning") {
                waiting.add(&wrong, &right);
            }
        }
    }
    println!();
    all.print("all", Some(MOST));
    waiting.print("but for those that run in circles", None);
}

/// The sums of both sides.
#[derive(Default)]
struct Sides {
    programs: usize,
    wrong: f64,
    right: f64,
}

impl Sides {
    fn add(&mut self, wrong: &Judged, right: &Judged) {
        self.programs += 1;
        self.wrong += wrong.seconds;
        self.right += right.seconds;
    }

    fn print(&self, what: &str, most: Option<f64>) {
        let ratio = self.wrong / self.right;
        let verdict = match most {
            Some(most) if ratio <= most => format!("   (at most {most}: reached)"),
            Some(most) => format!("   (at most {most}: MISSED)"),
            None => String::new(),
        };
        println!(
            "{what}: {} programs, wrong {:.1} s, right {:.1} s, ratio {ratio:.2}{verdict}",
            self.programs, self.wrong, self.right
        );
    }
}

fn judge(known: &str, program: &KnownProgram) -> Judged {
    let mut command = Command::new(env!("CARGO_BIN_EXE_viva"));
    command
        .args(["run", LAB, "--json", "--seed", "known", "--role"])
        .arg(format!("{}={known}/{}", program.role, program.file));
    for (name, value) in &program.set {
        command.arg("--set").arg(format!("{name}={value}"));
    }
    let began = Instant::now();
    let output = command
        .stdin(Stdio::null())
        .output()
        .expect("viva can be started");
    let seconds = began.elapsed().as_secs_f64();
    let report: serde_json::Value = serde_json::from_slice(&output.stdout).expect("a report");
    let mut proofs = BTreeMap::new();
    for result in report["results"].as_array().expect("results") {
        if let Some(proof) = result["outcome"]["failed"]["proof"].as_str() {
            *proofs.entry(proof.to_owned()).or_default() += 1;
        }
    }
    Judged { seconds, proofs }
}
