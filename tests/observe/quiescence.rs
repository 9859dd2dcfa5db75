//! How often a proof of quiescence is wrong: many tries for each shape of program, with both processors kept busy.
//!
//! Each try says something to the program, looks after a random pause of up to 0.3 ms until the program is at rest, and then holds that the whole answer has come. What came later would be found
//! by the next try, whose answer would not be what it must be.
//!
//! The long form: `VIVA_TRIES=2000 cargo test --release --test observe quiescence -- --nocapture --test-threads=1`. With `VIVA_IDLE=1` the processors are left alone.

use std::collections::BTreeMap;
use std::io::{ErrorKind, Read, Write};
use std::net::{TcpStream, UdpSocket};
use std::os::fd::AsFd;
use std::path::Path;
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use viva::r#box::Watch;
use viva::observe::{Activity, Rest};

use crate::stage::{Running, Stage, programs};
use crate::stand::{less_power, note};

/// Tries in the short form.
const SHORT: usize = 40;
/// Where they run once more.
const SHORTER: usize = 10;
/// Boxes at once of a shape whose tries take a second each, of which nearly all is waiting.
const AT_ONCE: usize = 30;
/// Longest pause before the first look, in nanoseconds.
const LONGEST_PAUSE: u64 = 300_000;

fn tries() -> usize {
    let asked = std::env::var("VIVA_TRIES").ok();
    let short = less_power::given().map_or(SHORT, |_| SHORTER);
    asked.map_or(short, |tries| tries.parse().expect("VIVA_TRIES"))
}

/// Keeps both processors busy as long as it lives.
struct Load(Arc<AtomicBool>);

impl Load {
    fn new() -> Self {
        let over = Arc::new(AtomicBool::new(false));
        if std::env::var_os("VIVA_IDLE").is_none() {
            for _ in 0..2 {
                let over = Arc::clone(&over);
                std::thread::spawn(move || while !over.load(Ordering::Relaxed) {});
            }
        }
        Load(over)
    }
}

impl Drop for Load {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

const TIMERS: Watch = Watch {
    timers: true,
    ..Watch::NONE
};

/// How a program is talked to.
#[derive(Clone, Copy)]
enum Talk {
    /// Over one connection; the same comes back this many times.
    Echo(usize),
    /// Three clients; what the first says comes to the others.
    Hub,
    Datagrams,
    /// Nothing comes back.
    Nothing,
    /// It appears on its screen.
    Screen,
    /// Over a connection for each try, which it closes.
    Once,
    /// At its keyboard; it comes to three clients, of which the last is let in only at its second attempt.
    Overflow,
}

/// What a proof may be.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Proof {
    Quiet,
    /// Something waits for a time all the time.
    Timed,
    /// A time passes before the answer: it is never quiet before, and quiet afterwards.
    QuietAfterTime,
}

struct Shape {
    name: &'static str,
    argv: Vec<String>,
    talk: Talk,
    proof: Proof,
    tries: usize,
    /// How many boxes share the tries.
    boxes: usize,
}

fn shape(name: &'static str, program: &str, talk: Talk, proof: Proof) -> Shape {
    let mut words = program.split(' ');
    let script = Stage::program(words.next().unwrap());
    let mut argv = vec![Stage::interpreter(), "-I".to_owned(), script];
    argv.extend(words.map(str::to_owned));
    Shape {
        name,
        argv,
        talk,
        proof,
        tries: tries(),
        boxes: 1,
    }
}

/// What the tries of a shape have shown.
#[derive(Default)]
struct Tally {
    wrong: usize,
    timed: usize,
    /// From what was said to the proof.
    proofs: Vec<Duration>,
    /// One look at a program at rest.
    looks: Vec<Duration>,
    busy: BTreeMap<&'static str, usize>,
}

impl Tally {
    fn add(&mut self, other: Tally) {
        self.wrong += other.wrong;
        self.timed += other.timed;
        self.proofs.extend(other.proofs);
        self.looks.extend(other.looks);
        for (kind, count) in other.busy {
            *self.busy.entry(kind).or_default() += count;
        }
    }
}

fn median(times: &mut [Duration]) -> (f64, f64) {
    times.sort_unstable();
    let at = |part: usize| {
        times
            .get((times.len().saturating_sub(1)) * part / 100)
            .map_or(f64::NAN, |time| time.as_secs_f64() * 1000.0)
    };
    (at(50), at(95))
}

struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }
}

/// Viva's ends.
enum Ends {
    Connections(Vec<TcpStream>),
    Datagrams(UdpSocket),
    Screen(TcpStream),
    None,
}

fn run(shape: &Shape) {
    run_with(shape, None);
}

fn run_with(shape: &Shape, files: Option<&Path>) {
    let load = Load::new();
    let mut tally = Tally::default();
    std::thread::scope(|scope| {
        let boxes: Vec<_> = (0..shape.boxes)
            .map(|number| {
                let tries = (shape.tries + number) / shape.boxes;
                scope.spawn(move || try_in_a_box(shape, files, tries, number))
            })
            .collect();
        for one in boxes {
            tally.add(one.join().expect("the tries of a box"));
        }
    });
    drop(load);
    let (median_proof, p95) = median(&mut tally.proofs);
    let (look, _) = median(&mut tally.looks);
    println!(
        "{:<44} tries {:>5}  wrong {}  timed looks {:>5}  said to proof: median {median_proof:.3} ms, p95 {p95:.3} ms  last look: {look:.3} ms  busy: {:?}",
        shape.name,
        tally.proofs.len() + tally.wrong,
        tally.wrong,
        tally.timed,
        tally.busy
    );
    assert_eq!(tally.wrong, 0);
}

fn try_in_a_box(shape: &Shape, files: Option<&Path>, tries: usize, number: usize) -> Tally {
    let mut stage = Stage::new();
    if let Some(files) = files {
        stage.copy(files);
    }
    let argv: Vec<&str> = shape.argv.iter().map(String::as_str).collect();
    let mut program = stage.start(&argv, TIMERS);
    let mut ends = match shape.talk {
        Talk::Echo(_) | Talk::Nothing => Ends::Connections(vec![stage.connect()]),
        Talk::Hub => Ends::Connections((0..3).map(|_| stage.connect()).collect()),
        Talk::Datagrams => Ends::Datagrams(stage.udp()),
        Talk::Screen => Ends::Screen(stage.connect()),
        Talk::Once => Ends::None,
        Talk::Overflow => {
            stage.listener();
            Ends::None
        }
    };
    settle(&mut stage);
    let mut random = Random(0x5eed_1234_abcd_9876 + number as u64);
    let mut tally = Tally::default();
    for number in 0..tries {
        let word = format!("word number {number:06}\n");
        if matches!(shape.talk, Talk::Once) {
            ends = Ends::Connections(vec![stage.connect()]);
        }
        if matches!(shape.talk, Talk::Overflow) {
            ends = Ends::Connections((0..3).map(|_| stage.attempt()).collect());
        }
        match &mut ends {
            _ if matches!(shape.talk, Talk::Overflow) => {
                program.keyboard.write_all(word.as_bytes()).unwrap();
            }
            Ends::Connections(connections) => connections[0].write_all(word.as_bytes()).unwrap(),
            Ends::Screen(connection) => connection.write_all(word.as_bytes()).unwrap(),
            Ends::Datagrams(socket) => {
                socket.send(word.as_bytes()).unwrap();
            }
            Ends::None => {}
        }
        let said = Instant::now();
        let pause = Duration::from_nanos(random.next() % LONGEST_PAUSE);
        while said.elapsed() < pause {
            std::hint::spin_loop();
        }
        let mut heard = Vec::new();
        let expected = shape.talk.answer(&word);
        loop {
            let began = Instant::now();
            let rest = prove(shape, &mut stage, &mut tally);
            let proved = Instant::now();
            let more = shape.talk.hear(&mut ends, &mut program);
            let is_new = !more.is_empty();
            heard.extend(more);
            let is_over = rest == Rest::Quiet || shape.proof != Proof::QuietAfterTime;
            if heard == expected && is_over {
                tally.proofs.push(proved - said);
                if rest == Rest::Quiet {
                    tally.looks.push(proved - began);
                }
                break;
            }
            // Reading made room for more; or the answer takes its time, and says so.
            let may_go_on =
                is_new || heard == expected || rest != Rest::Quiet && shape.proof != Proof::Quiet;
            if !may_go_on {
                eprintln!(
                    "{}: WRONG in try {number}: {rest:?}, but {} of {} bytes were there",
                    shape.name,
                    heard.len(),
                    expected.len()
                );
                tally.wrong += 1;
                shape
                    .talk
                    .wait_for(&mut ends, &mut program, &expected[heard.len()..]);
                break;
            }
        }
    }
    tally
}

/// Until all connections have been accepted.
fn settle(stage: &mut Stage) {
    loop {
        stage.events_pass();
        if !matches!(stage.observer.look(), Rest::Busy(_)) {
            return;
        }
        std::thread::yield_now();
    }
}

fn prove(shape: &Shape, stage: &mut Stage, tally: &mut Tally) -> Rest {
    loop {
        if shape.proof != Proof::Quiet {
            stage.events_pass();
        }
        match stage.observer.look() {
            Rest::Busy(activity) => {
                *tally.busy.entry(kind(&activity)).or_default() += 1;
                std::thread::yield_now();
            }
            Rest::Unknown(obstacle) => panic!("{}: {obstacle:?}", shape.name),
            rest @ Rest::Timed { .. } => {
                tally.timed += 1;
                assert!(shape.proof != Proof::Quiet, "{}: {rest:?}", shape.name);
                return rest;
            }
            Rest::Quiet => {
                assert!(shape.proof != Proof::Timed, "{}: quiet", shape.name);
                return Rest::Quiet;
            }
        }
    }
}

fn kind(activity: &Activity) -> &'static str {
    match activity {
        Activity::Runs(_) => "runs",
        Activity::HasInput { .. } => "input",
        Activity::Announced(_) => "announced",
        Activity::Ends { .. } => "ends",
        Activity::Stopped(_) => "stopped",
        Activity::InFlight { .. } => "in flight",
        Activity::Packets => "packets",
        Activity::Changed => "changed",
    }
}

impl Talk {
    fn answer(self, word: &str) -> Vec<u8> {
        match self {
            Talk::Nothing => Vec::new(),
            Talk::Echo(times) => word.as_bytes().repeat(times),
            Talk::Hub => word.as_bytes().repeat(2),
            Talk::Overflow => word.as_bytes().repeat(3),
            Talk::Datagrams | Talk::Screen | Talk::Once => word.into(),
        }
    }

    /// What is there now.
    fn hear(self, ends: &mut Ends, program: &mut Running) -> Vec<u8> {
        let mut heard = Vec::new();
        match ends {
            Ends::Connections(connections) => {
                for connection in connections {
                    connection.set_nonblocking(true).unwrap();
                    let end = connection.read_to_end(&mut heard);
                    connection.set_nonblocking(false).unwrap();
                    match end {
                        // The close is part of the answer.
                        Ok(_) => assert!(matches!(self, Talk::Once)),
                        Err(error) => {
                            assert_eq!(error.kind(), ErrorKind::WouldBlock);
                            if matches!(self, Talk::Once) {
                                heard.clear();
                            }
                        }
                    }
                }
            }
            Ends::Datagrams(socket) => {
                let mut buffer = [0; 4096];
                socket.set_nonblocking(true).unwrap();
                while let Ok(length) = socket.recv(&mut buffer) {
                    heard.extend(&buffer[..length]);
                }
                socket.set_nonblocking(false).unwrap();
            }
            Ends::Screen(_) => {
                rustix::io::ioctl_fionbio(program.screen.as_fd(), true).unwrap();
                let _ = program.screen.read_to_end(&mut heard);
                rustix::io::ioctl_fionbio(program.screen.as_fd(), false).unwrap();
            }
            Ends::None => {}
        }
        heard
    }

    /// After a wrong proof: what is missing comes all the same.
    fn wait_for(self, ends: &mut Ends, program: &mut Running, missing: &[u8]) {
        let mut buffer = vec![0; missing.len()];
        match ends {
            Ends::Connections(connections) => match &mut connections[..] {
                [only] => only.read_exact(&mut buffer).unwrap(),
                _ => panic!("a wrong proof"),
            },
            Ends::Screen(_) => program.screen.read_exact(&mut buffer).unwrap(),
            Ends::Datagrams(_) | Ends::None => panic!("a wrong proof"),
        }
    }
}

macro_rules! shapes {
    ($($name:ident: $program:literal, $talk:expr, $proof:ident;)*) => {
        $(
            #[test]
            fn $name() {
                run(&shape(stringify!($name), $program, $talk, Proof::$proof));
            }
        )*

        /// What a proof may be of each.
        const PROOFS: &[(&str, Proof)] = &[
            $((stringify!($name), Proof::$proof),)*
            ("java", FOREIGN),
            ("go", FOREIGN),
            ("node", FOREIGN),
        ];
    };
}

/// Their helper threads may be seen in timed waits, but not for long.
const FOREIGN: Proof = Proof::QuietAfterTime;

#[test]
fn the_documentation_says_of_each_runtime_what_is_proved() {
    let page = std::fs::read_to_string("docs/language.md").expect("docs/language.md");
    let (_, section) = page
        .split_once("### What is proved of which programs")
        .expect("the section");
    let section = section.split("\n##").next().unwrap_or_default();
    let rows = section.lines().filter_map(|line| {
        let cells: Vec<&str> = line.split('|').map(str::trim).collect();
        let name = cells.get(2)?.strip_prefix('`')?.strip_suffix('`')?;
        Some((name, *cells.get(3)?))
    });
    let rows: Vec<_> = rows.collect();
    assert!(rows.len() >= 10, "{rows:?}");
    for (name, told) in rows {
        let proof = PROOFS.iter().find(|(shape, _)| *shape == name);
        let (_, proof) = proof.unwrap_or_else(|| panic!("there is no test {name}"));
        let expected = match proof {
            Proof::Quiet | Proof::QuietAfterTime => "proved",
            Proof::Timed => "deadline",
        };
        assert_eq!(told, expected, "{name} is {proof:?}");
    }
}

shapes! {
    an_echo_of_one_thread: "echo.py", Talk::Echo(1), Quiet;
    a_hub_of_threads: "hub.py", Talk::Hub, Quiet;
    a_hub_with_select: "select_hub.py", Talk::Hub, Quiet;
    asyncio: "coroutines.py", Talk::Echo(1), Quiet;
    asyncio_with_a_timer: "coroutines.py 1000", Talk::Echo(1), Timed;
    three_queues_and_five_threads: "queues.py", Talk::Echo(1), Quiet;
    three_processes_and_pipes: "pipes.py", Talk::Echo(1), Quiet;
    six_hundred_handovers_between_threads: "handovers.py threads", Talk::Echo(1), Quiet;
    six_hundred_handovers_over_tcp: "handovers.py tcp", Talk::Echo(1), Quiet;
    six_hundred_handovers_over_udp: "handovers.py udp", Talk::Echo(1), Quiet;
    udp: "datagrams.py", Talk::Datagrams, Quiet;
    a_connection_with_a_timeout: "timeout.py", Talk::Echo(1), Timed;
    a_sleep_before_the_answer: "slow.py", Talk::Echo(1), QuietAfterTime;
    a_keyboard_while_data_wait: "deaf.py", Talk::Nothing, Quiet;
    two_small_writes: "halves.py", Talk::Echo(1), Quiet;
    an_interval_timer: "alarm.py setitimer", Talk::Echo(1), Timed;
    a_timerfd_in_epoll: "timerfd.py", Talk::Echo(1), Timed;
    a_posix_timer: "posix_timer.py", Talk::Echo(1), Timed;
    a_process_for_each_client: "forking.py", Talk::Echo(1), Quiet;
    socketserver: "framework.py", Talk::Echo(1), Timed;
    a_child_for_each_message: "commands.py", Talk::Echo(1), Quiet;
    a_close_after_the_answer: "once.py", Talk::Once, Quiet;
    a_screen: "printer.py", Talk::Screen, Quiet;
    more_than_fits_into_the_buffers: "much.py", Talk::Echo(300_000), Quiet;
}

/// Runtimes with helper threads of their own. `compile` is done by a shell, in a folder to which `$0` is the source; one that isn't here is left out, and said to be.
fn run_foreign(name: &'static str, compile: &str, argv: &[&str]) {
    let folder = tempfile::tempdir().unwrap();
    let compiled = Command::new("sh")
        .args(["-c", compile])
        .arg(programs())
        .current_dir(folder.path())
        .output()
        .unwrap();
    if !compiled.status.success() {
        let why = String::from_utf8_lossy(&compiled.stderr);
        note(&format!("{name} is left out: {why}"));
        return;
    }
    let shape = Shape {
        name,
        argv: argv.iter().map(|word| (*word).to_owned()).collect(),
        talk: Talk::Echo(1),
        proof: FOREIGN,
        tries: tries(),
        boxes: 1,
    };
    run_with(&shape, Some(folder.path()));
}

#[test]
fn java() {
    run_foreign(
        "java",
        "command -v java && javac -d . $0/Echo.java",
        &["/usr/bin/java", "-cp", ".", "Echo"],
    );
}

#[test]
fn go() {
    run_foreign(
        "go",
        "export GOCACHE=${GOCACHE:-$PWD/cache}; go build -o echo $0/echo.go && rm -rf cache",
        &["./echo"],
    );
}

#[test]
fn node() {
    run_foreign(
        "node",
        "command -v node && cp $0/echo.js .",
        &["/usr/bin/node", "echo.js"],
    );
}

/// Many boxes at once, where each has a network of its own.
fn run_at_once(mut shape: Shape) {
    if Stage::new().is_alone() {
        shape.boxes = AT_ONCE.min(shape.tries);
    } else {
        shape.tries = shape.tries.div_ceil(10);
    }
    run(&shape);
}

#[test]
fn an_alarm_of_a_second() {
    run_at_once(shape(
        "an_alarm_of_a_second",
        "alarm.py alarm",
        Talk::Echo(1),
        Proof::QuietAfterTime,
    ));
}

#[test]
fn an_attempt_to_connect_that_is_repeated_after_a_second() {
    run_at_once(shape(
        "an_attempt_to_connect_that_is_repeated_after_a_second",
        "overflow.py",
        Talk::Overflow,
        Proof::Quiet,
    ));
}
