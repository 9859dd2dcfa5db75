//! How much of a run is Viva's: the same three pieces of work by `viva run` and by hand, side by side.
//!
//! ```text
//! cargo bench --bench floor              40 rounds, under a minute
//! cargo bench --bench floor -- 10        fewer
//! ```
//!
//! By hand means a program that makes only the system calls that the piece needs ([`by_hand`]): nobody can be much faster, so it is called the *floor*. Both sides are whole processes from
//! start to exit, take turns in each round, and start the same Python file by the same interpreter (resolved once, so that no version manager's shim runs).
//!
//! | piece | what is played |
//! |---|---|
//! | echo | a server and a client of ours: three lines come back, the client closes, the server ends |
//! | hub | a server and three clients of ours: each says two lines, which the two others get and the sender does not (shown by the next line that he does get, not by waiting); one leaves, the others are told |
//! | proved | the hub again: on Viva's side each of the six absences is a `never`, which the kernel proves at once; the floor has no such thing, so the figure says what proofs cost and has no goal |
//! | client | a client in a terminal and a server of ours: two prompts, two lines each way, `q`, exit 0 |
//!
//! What is printed:
//!
//! - *wall*: from the start of the process to its end as its parent sees it, in milliseconds.
//! - *cpu*: processor time of the process and all its descendants, in milliseconds. Descendants that it left to others are added, so that nothing done behind the parent's back is missed.
//! - *Viva's own*: her cpu without the Python program's (which the floor measures, in the same round), as a part of the floor's whole cpu. Whatever a box costs the program itself counts as Viva's.
//! - *ratio*: the median of Viva / floor over the rounds, round by round, and in brackets its quartiles. Only the ratios mean something on another machine.
//!
//! Then what full isolation costs over none, in milliseconds a scenario: the difference of the two, side by side in each round.
//!
//! Then two promises whose breach costs not a few per cent but tens of milliseconds or whole seconds:
//!
//! - *Nagle*: the hub writes a line in two pieces and leaves Nagle's algorithm on. Against the same hub with TCP_NODELAY a ratio near 1 means that nobody waits for a delayed acknowledgement (40 ms each).
//! - *narrow*: ten clients come to a server with `listen(1)`. Unpaced, a connection attempt is dropped and comes again after a second; the floor paces by the accept queue (sock_diag(7)).

mod by_hand;
mod measure;

use std::path::{Path, PathBuf};
use std::process::Command;

use measure::{Sample, Spread};

/// The figures to reach.
const MOST_WALL: f64 = 1.3;
const MOST_OWN: f64 = 0.3;
const MOST_NAGLE: f64 = 1.1;
/// Milliseconds.
const MOST_ISOLATION: f64 = 5.0;

fn main() {
    let words: Vec<String> = std::env::args().skip(1).collect();
    if let [flag, piece, python] = words.as_slice()
        && flag == "--by-hand"
    {
        println!("{}", by_hand::play(piece, Path::new(python)));
        return;
    }
    // Without `--bench` this is `cargo test --benches`: see that it works.
    let rounds = match words.iter().find_map(|word| word.parse().ok()) {
        Some(rounds) => rounds,
        None if words.iter().any(|word| word == "--bench") => 40,
        None => 1,
    };
    let bench = Bench::new();
    bench.pieces(rounds);
    bench.isolation(rounds);
    bench.nagle(rounds / 2 + 1);
    bench.narrow(rounds / 4 + 1);
}

/// Whose program a piece runs.
fn program(piece: &str) -> &str {
    if piece == "proved" { "hub" } else { piece }
}

struct Bench {
    python: PathBuf,
    path: std::ffi::OsString,
    lab: PathBuf,
}

impl Bench {
    fn new() -> Self {
        measure::adopt_orphans();
        let (python, path) = measure::python();
        Bench {
            python,
            path,
            lab: Path::new(env!("CARGO_MANIFEST_DIR")).join("benches/floor/lab"),
        }
    }

    fn viva(&self, piece: &str, options: &[&str]) -> Sample {
        let mut command = Command::new(env!("CARGO_BIN_EXE_viva"));
        command
            .arg("run")
            .arg(self.lab.join(piece).with_extension("yaml"))
            .arg("--submission")
            .arg(self.lab.join("programs").join(program(piece)))
            .args(options)
            .env("PATH", &self.path);
        measure::run(&mut command)
    }

    fn by_hand(&self, piece: &str) -> Sample {
        let mut command = Command::new(std::env::current_exe().expect("a program knows its file"));
        command
            .args(["--by-hand", program(piece)])
            .arg(&self.python);
        measure::run(&mut command)
    }

    /// Both sides of a piece, in turns; who begins changes.
    fn rounds(
        &self,
        rounds: usize,
        mut one: impl FnMut() -> Sample,
        mut other: impl FnMut() -> Sample,
    ) -> (Vec<Sample>, Vec<Sample>) {
        let (mut ones, mut others) = (Vec::new(), Vec::new());
        // The first round warms up the caches and is not counted.
        for round in 0..=rounds {
            let pair = if round % 2 == 0 {
                let first = one();
                (first, other())
            } else {
                let first = other();
                (one(), first)
            };
            if round > 0 {
                ones.push(pair.0);
                others.push(pair.1);
            }
        }
        (ones, others)
    }

    fn pieces(&self, rounds: usize) {
        println!(
            "{rounds} rounds; milliseconds are medians, ratios have their quartiles beside them\n"
        );
        println!(
            "piece     wall viva    floor   ratio                  cpu viva    floor   python   ratio                  viva's own"
        );
        for piece in ["echo", "hub", "proved", "client"] {
            let (viva, floor) =
                self.rounds(rounds, || self.viva(piece, &[]), || self.by_hand(piece));
            let walls = Spread::of_ratios(&viva, &floor, |sample| sample.wall);
            let cpus = Spread::of_ratios(&viva, &floor, |sample| sample.cpu);
            let python = Spread::of(floor.iter().map(Sample::program));
            let own = Spread::of(
                viva.iter()
                    .zip(&floor)
                    .map(|(viva, floor)| (viva.cpu - floor.program()) / floor.cpu),
            );
            println!(
                "{piece:8}{:11.1}{:9.1}   {walls}{:11.1}{:9.1}{:9.1}   {cpus}   {own}",
                Spread::of(viva.iter().map(|sample| sample.wall)).median,
                Spread::of(floor.iter().map(|sample| sample.wall)).median,
                Spread::of(viva.iter().map(|sample| sample.cpu)).median,
                Spread::of(floor.iter().map(|sample| sample.cpu)).median,
                python.median,
            );
        }
        println!(
            "goal                           {MOST_WALL:4.2}                                                                     {MOST_OWN:4.2}\n"
        );
    }

    /// What full isolation costs over none at all: as it is had without asking for it, because a demand brings a trial with it, once a run.
    fn isolation(&self, rounds: usize) {
        for piece in ["echo", "hub", "client"] {
            let (full, none) = self.rounds(
                rounds,
                || self.viva(piece, &[]),
                || self.viva(piece, &["--isolation", "none"]),
            );
            let costs = |of: fn(&Sample) -> f64| {
                let pairs = full.iter().zip(&none);
                Spread::of(pairs.map(|(full, none)| of(full) - of(none)))
            };
            println!(
                "isolation  {piece:7} full - none: wall {} ms, cpu {} ms   goal {MOST_ISOLATION:4.1}",
                costs(|sample| sample.wall),
                costs(|sample| sample.cpu)
            );
        }
        println!();
    }

    fn nagle(&self, rounds: usize) {
        let (on, off) = self.rounds(
            rounds,
            || self.viva("hub", &[]),
            || self.viva("hub", &["--set", "option=--nodelay"]),
        );
        let ratio = Spread::of_ratios(&on, &off, |sample| sample.wall);
        println!(
            "Nagle   a hub that leaves it on / the same with TCP_NODELAY: {ratio}   goal {MOST_NAGLE:4.2}"
        );
    }

    fn narrow(&self, rounds: usize) {
        let (viva, floor) = self.rounds(
            rounds,
            || self.viva("narrow", &[]),
            || self.by_hand("narrow"),
        );
        let ratio = Spread::of_ratios(&viva, &floor, |sample| sample.wall);
        let longest = viva.iter().map(|sample| sample.wall).fold(0.0, f64::max);
        println!(
            "narrow  ten clients, listen(1): {ratio}   longest {longest:.0} ms (a retransmission takes 1000)"
        );
    }
}
