//! How often a proof of quiescence is wrong: many tries for each shape of program, with both processors kept busy.
//!
//! Each try says something to the program, looks after a random pause of up to 0.3 ms until the program is at rest, and then holds that the whole answer has come. What came later would be found
//! by the next try, whose answer would not be what it must be.
//!
//! The long form: `VIVA_TRIES=2000 cargo test --release --test observe quiescence -- --nocapture --test-threads=1`. With `VIVA_IDLE=1` the processors are left alone.

use std::process::Command;

use crate::stage::programs;
use crate::stand::note;
use crate::trial::{Proof, Shape, Talk, run, run_at_once, run_with, shape, tries};

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
