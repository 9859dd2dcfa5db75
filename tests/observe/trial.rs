//! Tries whether proofs of quiescence are right: says something to a program, looks after a random pause of up to 0.3 ms
//! until it is at rest, and then holds that the whole answer has come. What came later would be found by the next try, whose
//! answer would not be what it must be.

use std::collections::BTreeMap;
use std::io::{ErrorKind, Read, Write};
use std::net::{TcpStream, UdpSocket};
use std::os::fd::AsFd;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use viva::r#box::Watch;
use viva::observe::{Activity, Rest};

use crate::stage::{Running, Stage};
use crate::stand::less_power;

/// Tries in the short form.
const SHORT: usize = 40;
/// Where they run once more.
const SHORTER: usize = 10;
/// Boxes at once of a shape whose tries take a second each, of which nearly all is waiting.
const AT_ONCE: usize = 30;
/// Longest pause before the first look, in nanoseconds.
const LONGEST_PAUSE: u64 = 300_000;

pub(crate) fn tries() -> usize {
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
pub(crate) enum Talk {
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
pub(crate) enum Proof {
    Quiet,
    /// Something waits for a time all the time.
    Timed,
    /// A time passes before the answer: it is never quiet before, and quiet afterwards.
    QuietAfterTime,
}

pub(crate) struct Shape {
    pub(crate) name: &'static str,
    pub(crate) argv: Vec<String>,
    pub(crate) talk: Talk,
    pub(crate) proof: Proof,
    pub(crate) tries: usize,
    /// How many boxes share the tries.
    pub(crate) boxes: usize,
}

pub(crate) fn shape(name: &'static str, program: &str, talk: Talk, proof: Proof) -> Shape {
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

pub(crate) fn run(shape: &Shape) {
    run_with(shape, None);
}

pub(crate) fn run_with(shape: &Shape, files: Option<&Path>) {
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

/// Many boxes at once, where each has a network of its own.
pub(crate) fn run_at_once(mut shape: Shape) {
    if Stage::new().is_alone() {
        shape.boxes = AT_ONCE.min(shape.tries);
    } else {
        shape.tries = shape.tries.div_ceil(10);
    }
    run(&shape);
}
