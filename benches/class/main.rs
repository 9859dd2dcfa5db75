//! What grading a class costs: `viva grade` and the same work by hand, side by side, on the same programs and processors.
//!
//! ```text
//! cargo bench --bench class              classes of 10 and 100, and what follows
//! cargo bench --bench class -- 1000      also of 1000, some minutes
//! ```
//!
//! Everybody hands in the same program, which neither sleeps nor spins: the echo server or the hub of the bench `floor`, whose pieces are played. By hand means that as many
//! threads as there are processors play them ([`by_hand`]) one after the other, with nothing kept, nothing judged but the text itself, and no box. *Ratio* is Viva / floor, wall time of
//! the whole process, median and quartiles of the rounds. Viva's side writes its journal, every transcript and `class.json`.
//!
//! *Linear*: what one submission costs in a class of each size, as a ratio to the smallest; and how much faster two workers are than one. *Memory*: the most that Viva had (VmHWM), in
//! MB; without that of the programs.

#[path = "../floor/by_hand.rs"]
#[allow(dead_code)]
mod by_hand;
#[path = "../floor/measure.rs"]
#[allow(dead_code)]
mod measure;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::atomic::{AtomicUsize, Ordering};

use measure::{Sample, Spread};

/// The figures to reach.
const MOST_NONE: f64 = 1.1;
const MOST_FULL: f64 = 1.3;
const MOST_MEMORY: u64 = 150;

fn main() {
    let words: Vec<String> = std::env::args().skip(1).collect();
    if let [flag, piece, size, workers, python] = words.as_slice()
        && flag == "--by-hand"
    {
        let number = |text: &String| text.parse().expect("a number");
        by_hand_class(piece, number(size), number(workers), Path::new(python));
        return;
    }
    // Without `--bench` this is `cargo test --benches`: see that it works.
    let real = words.iter().any(|word| word == "--bench");
    let largest: usize = words
        .iter()
        .find_map(|word| word.parse().ok())
        .unwrap_or(if real { 100 } else { 2 });
    let bench = Bench::new();
    let rounds = if real { 5 } else { 1 };
    for piece in ["echo", "hub"] {
        bench.against_the_floor(piece, largest.min(100), rounds);
    }
    bench.sizes(largest);
}

/// Plays a piece so often, by so many threads.
fn by_hand_class(piece: &str, size: usize, workers: usize, python: &Path) {
    let next = AtomicUsize::new(0);
    std::thread::scope(|scope| {
        for _ in 0..workers {
            scope.spawn(|| {
                while next.fetch_add(1, Ordering::Relaxed) < size {
                    by_hand::play(piece, python);
                }
            });
        }
    });
}

struct Bench {
    python: PathBuf,
    path: std::ffi::OsString,
    lab: PathBuf,
    /// Classes and results.
    folder: tempfile::TempDir,
    workers: usize,
}

impl Bench {
    fn new() -> Self {
        measure::adopt_orphans();
        let (python, path) = measure::python();
        Bench {
            python,
            path,
            lab: Path::new(env!("CARGO_MANIFEST_DIR")).join("benches/floor/lab"),
            folder: tempfile::tempdir().expect("a folder"),
            workers: std::thread::available_parallelism().map_or(1, usize::from),
        }
    }

    /// A folder with so many submissions of the piece's program.
    fn class(&self, piece: &str, size: usize) -> PathBuf {
        let class = self.folder.path().join(format!("{piece}-{size}"));
        if class.exists() {
            return class;
        }
        let programs = self.lab.join("programs").join(piece);
        for number in 0..size {
            let folder = class.join(format!("student-{number:04}"));
            fs::create_dir_all(&folder).expect("a folder");
            for file in fs::read_dir(&programs).expect("programs").flatten() {
                fs::copy(file.path(), folder.join(file.file_name())).expect("a copy");
            }
        }
        class
    }

    fn viva(&self, piece: &str, size: usize, workers: usize, isolation: &str) -> Sample {
        let class = self.class(piece, size);
        let output = self.folder.path().join("results");
        let _ = fs::remove_dir_all(&output);
        let mut command = Command::new(env!("CARGO_BIN_EXE_viva"));
        command
            .arg("grade")
            .arg(&self.lab)
            .arg(class)
            .args(["--only", piece, "--isolation", isolation])
            .args(["-j", &workers.to_string(), "--output"])
            .arg(&output)
            .stderr(std::process::Stdio::null())
            .env("PATH", &self.path);
        measure::run(&mut command)
    }

    fn by_hand(&self, piece: &str, size: usize, workers: usize) -> Sample {
        let mut command = Command::new(std::env::current_exe().expect("a program knows its file"));
        command
            .args(["--by-hand", piece, &size.to_string(), &workers.to_string()])
            .arg(&self.python);
        measure::run(&mut command)
    }

    fn against_the_floor(&self, piece: &str, size: usize, rounds: usize) {
        let (mut full, mut floor) = (Vec::new(), Vec::new());
        // Without networks of their own, programs are run one after the other: so is the floor.
        let (mut none, mut alone) = (Vec::new(), Vec::new());
        // The first round warms up the caches and is not counted.
        for round in 0..=rounds {
            let samples = (
                self.viva(piece, size, self.workers, "auto"),
                self.by_hand(piece, size, self.workers),
                self.viva(piece, size, 1, "none"),
                self.by_hand(piece, size, 1),
            );
            if round > 0 {
                full.push(samples.0);
                floor.push(samples.1);
                none.push(samples.2);
                alone.push(samples.3);
            }
        }
        let ratio = |viva: &[Sample], floor: &[Sample]| {
            Spread::of_ratios(viva, floor, |sample| sample.wall)
        };
        println!(
            "{piece:6} {size} submissions, full isolation, {} workers {} (goal {MOST_FULL}); none, one worker {} (goal {MOST_NONE})",
            self.workers,
            ratio(&full, &floor),
            ratio(&none, &alone),
        );
    }

    /// Whether a submission costs the same in classes of all sizes, and what workers are worth.
    fn sizes(&self, largest: usize) {
        let one = |size: usize, workers: usize| {
            self.viva("echo", size, workers, "auto").wall / size as f64
        };
        let mut smallest = None;
        for size in [10, 100, 1000].into_iter().filter(|size| *size <= largest) {
            let each = one(size, self.workers);
            let smallest = *smallest.get_or_insert(each);
            println!(
                "size   {size}: {each:.1} ms each, ratio to the smallest class {:.2}; at most {} MB (goal {MOST_MEMORY})",
                each / smallest,
                self.memory(size),
            );
        }
        let size = largest.min(100);
        println!(
            "speed  of {} workers to one: {:.2}",
            self.workers,
            one(size, 1) / one(size, self.workers)
        );
    }

    /// The most memory that Viva had of her own, in MB: getrusage(2) of the process that was waited for would be that of its largest child, too, so it is asked for itself.
    fn memory(&self, size: usize) -> u64 {
        let class = self.class("echo", size);
        let output = self.folder.path().join("results");
        let _ = fs::remove_dir_all(&output);
        let mut viva = Command::new(env!("CARGO_BIN_EXE_viva"))
            .arg("grade")
            .arg(&self.lab)
            .arg(class)
            .args(["--only", "echo", "--output"])
            .arg(&output)
            .stdout(std::process::Stdio::null())
            .stderr(std::process::Stdio::piped())
            .env("PATH", &self.path)
            .spawn()
            .expect("viva starts");
        let status = format!("/proc/{}/status", viva.id());
        let mut most = 0;
        // It is read whenever somebody is done: a line each.
        let lines = viva.stderr.take().map(std::io::BufReader::new);
        for _ in lines.into_iter().flat_map(std::io::BufRead::lines) {
            let text = fs::read_to_string(&status).unwrap_or_default();
            let peak = text.lines().find_map(|line| line.strip_prefix("VmHWM:"));
            let peak = peak.and_then(|peak| peak.trim().strip_suffix(" kB")?.parse::<u64>().ok());
            most = most.max(peak.unwrap_or(0));
        }
        let _ = viva.wait();
        most >> 10
    }
}
