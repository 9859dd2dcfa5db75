//! What is run, in which order, and what comes of it as a whole.

use std::path::Path;
use std::process::Stdio;
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};

use super::stand::{
    Came, ECHO, Ends, Folder, HANG, Mark, came, code, plain_viva, powerless_viva, run,
};

/// `viva run echo` against these submissions.
fn echo(submissions: &[&Folder], more: &[&str]) -> Came {
    let mut arguments = vec!["run".to_owned(), "echo".to_owned()];
    for folder in submissions {
        arguments.push("--submission".to_owned());
        arguments.push(folder.path().display().to_string());
    }
    arguments.extend(more.iter().map(|&word| word.to_owned()));
    run(arguments)
}

fn pairs(of: &[(&str, &str)]) -> Vec<(String, String)> {
    of.iter()
        .map(|(scenario, outcome)| ((*scenario).to_owned(), (*outcome).to_owned()))
        .collect()
}

#[test]
fn the_reference_fills_every_role_and_passes() {
    run(["run", "echo"])
        .exits(0)
        .prints("echo · echo")
        .prints("echo · client-echo")
        .prints("exit 0 all passed");
}

#[test]
fn several_submissions_are_judged_each_for_itself_and_in_order() {
    let right = Folder::new().with("server.py", ECHO);
    let shouts = ECHO.replace(
        "client.sendall(data)",
        "client.sendall(data.upper()); break",
    );
    let wrong = Folder::new().with("server.py", shouts);
    let also_right = Folder::new().with("deep/down/my_server.py", ECHO);
    for jobs in ["1", "8"] {
        let more = ["--only", "echo", "--only", "chinese", "-j", jobs];
        let came = echo(&[&right, &wrong, &also_right], &more).exits(1);
        let places: Vec<usize> = [&right, &wrong, &also_right]
            .map(|folder| came.out.find(&format!("{}\n", folder.path().display())))
            .into_iter()
            .map(|place| place.expect("a heading"))
            .collect();
        assert!(places.is_sorted(), "{}", came.out);
        let parts = [
            &came.out[places[0]..places[1]],
            &came.out[places[1]..places[2]],
            &came.out[places[2]..],
        ];
        let counts = parts.map(|part| part.matches("passed   2 of 2").count());
        assert_eq!(counts, [2, 0, 2], "{}", came.out);
        assert!(parts[1].contains("FAILED") && parts[1].contains("skipped"));
        came.prints("4 passed, 1 failed, 1 skipped")
            .prints("8 of 12 points");
    }
    // The same as JSON.
    let came = echo(&[&right, &wrong], &["--only", "echo", "--json", "-j", "2"]).exits(1);
    assert_eq!(
        came.outcomes(),
        pairs(&[("echo", "passed"), ("echo", "failed")])
    );
    let report = came.report();
    let names = [0, 1].map(|index| {
        report["results"][index]["submission"]
            .as_str()
            .unwrap_or_default()
            .to_owned()
    });
    assert_eq!(
        names.each_ref().map(Path::new),
        [right.path(), wrong.path()]
    );
}

#[test]
fn what_a_failure_makes_pointless_is_skipped_and_costs_its_points() {
    let silent = Folder::new().with("server.py", ECHO.replace("client.sendall(data)", "break"));
    let more = [
        "--only",
        "echo",
        "--only",
        "next-client",
        "--only",
        "reset",
        "--set",
        "form=sequential",
    ];
    let came = echo(&[&silent], &more)
        .exits(1)
        .prints("echo · next-client needs echo, which did not pass skipped 0 of 2 points")
        .prints("core 0 of 4 points 1 failed, 1 skipped")
        .prints("robustness 0 of 1 point 1 skipped")
        .prints("exit 1 something failed");
    assert_eq!(came.err, "");
    // Who asks for the needing one alone gets it.
    echo(
        &[&silent],
        &[
            "--only",
            "next-client",
            "--set",
            "form=sequential",
            "--json",
        ],
    )
    .exits(1);
}

#[test]
fn what_is_not_meant_for_a_program_leaves_the_total() {
    let one = ECHO.replace("    client.close()", "    break");
    let folder = Folder::new().with("server.py", one);
    let only = [
        "--only",
        "echo",
        "--only",
        "ends-with-client",
        "--only",
        "next-client",
    ];
    echo(&[&folder], &[&only[..], &["--set", "form=one"]].concat())
        .exits(0)
        .prints("echo · next-client not for form: one not applicable not marked")
        .prints("core 4 of 4 points 2 passed, 1 not applicable");
    // If nothing is left, nothing was judged.
    echo(&[&folder], &["--only", "next-client", "--set", "form=one"])
        .exits(1)
        .prints("nothing could be judged");
}

#[test]
fn robustness_is_counted_apart() {
    // ECHO does not survive a reset.
    let folder = Folder::new().with("server.py", ECHO);
    let more = [
        "--only",
        "echo",
        "--only",
        "next-client",
        "--only",
        "reset",
        "--set",
        "form=sequential",
    ];
    echo(&[&folder], &more)
        .exits(1)
        .prints("core 4 of 4 points 2 passed")
        .prints("robustness 0 of 1 point 1 failed")
        .prints("total 4 of 5 points 2 passed, 1 failed")
        .prints("ConnectionResetError");
}

#[test]
fn roles_that_are_filled_by_hand_select_their_scenarios() {
    let folder = Folder::new().with("server.py", ECHO);
    let role = format!("server={}", folder.at("server.py"));
    let came = run([
        "run",
        "echo",
        "--set",
        "form=sequential",
        "--role",
        &role,
        "--json",
    ]);
    let client = came
        .outcomes()
        .iter()
        .filter(|(name, _)| name.starts_with("client"))
        .count();
    assert_eq!(client, 0);
    // A command beside a submission goes before what that holds, and runs in its folder.
    let wrong = Folder::new()
        .with("server.py", "raise SystemExit(1)")
        .with("other.py", ECHO);
    echo(
        &[&wrong],
        &["--only", "echo", "--role", "server=python3 other.py"],
    )
    .exits(0);
    echo(
        &[&wrong],
        &["--only", "echo", "--role", "server=python3 ${file}"],
    )
    .exits(1);
}

#[test]
fn forty_programs_that_insist_on_one_port_are_run_side_by_side() {
    let fixed = ECHO.replace("int(os.environ.get(\"PORT\", \"50007\"))", "9999");
    let right: Vec<Folder> = (0..40)
        .map(|_| Folder::new().with("server.py", &fixed))
        .collect();
    // One in the middle is wrong, and stays the only one.
    let wrong = Folder::new().with("server.py", fixed.replace("client.sendall(data)", "break"));
    let mut all: Vec<&Folder> = right.iter().collect();
    all.insert(20, &wrong);
    let came = echo(&all, &["--only", "echo", "-j", "8", "--json"]).exits(1);
    let outcomes = came.outcomes();
    assert_eq!(outcomes.len(), 41);
    for (index, (_, outcome)) in outcomes.iter().enumerate() {
        let expected = if index == 20 { "failed" } else { "passed" };
        assert_eq!(
            outcome,
            expected,
            "submission {index}:\n{:#}",
            came.report()["results"][index]["outcome"]
        );
    }
}

/// Whether a process has a handler for SIGUSR1 (`SigCgt` of proc_pid_status(5)).
fn is_prepared(process: &Pid) -> bool {
    let path = format!("/proc/{}/status", process.as_raw_nonzero());
    let status = std::fs::read_to_string(path).unwrap_or_default();
    let caught = status.lines().find_map(|line| line.strip_prefix("SigCgt:"));
    let caught = caught.and_then(|digits| u64::from_str_radix(digits.trim(), 16).ok());
    caught.is_some_and(|caught| caught & (1 << (Signal::USR1.as_raw() - 1)) != 0)
}

#[test]
fn sixteen_servers_listen_on_one_port_at_the_same_time() {
    let mark = Mark::new();
    // None of them listens before all sixteen are there, and none ends before it was examined.
    let waits = "import signal, time\nnow = []\nsignal.signal(signal.SIGUSR1, lambda *_: now.append(1))\n\
                 while not now: time.sleep(0.01)\n";
    let fixed = ECHO.replace("int(os.environ.get(\"PORT\", \"50007\"))", "9999");
    let mut viva = plain_viva();
    viva.args([
        "run",
        "echo",
        "--only",
        "echo",
        "-j",
        "16",
        "--json",
        "--deadline",
        "60s",
    ]);
    let folders: Vec<Folder> = (0..16)
        .map(|index| {
            let server = match index % 5 {
                3 => fixed.replace("client.sendall(data)", "break"),
                _ => fixed.clone(),
            };
            Folder::new().with(&format!("{}_server.py", mark.0), format!("{waits}{server}"))
        })
        .collect();
    for folder in &folders {
        viva.arg("--submission").arg(folder.path());
    }
    let viva = viva.stdout(Stdio::piped()).stderr(Stdio::null());
    let mut viva = Ends(viva.spawn().expect("viva starts"));
    let began = Instant::now();
    let all = loop {
        let all = mark.processes();
        if all.len() == 16 && all.iter().all(is_prepared) {
            break all;
        }
        let ended = viva.0.try_wait().expect("wait");
        assert!(
            ended.is_none() && began.elapsed() < HANG,
            "{} have come",
            all.len()
        );
        // The kernel has no event for a process of others that comes.
        std::thread::sleep(Duration::from_millis(5));
    };
    for process in all {
        kill_process(process, Signal::USR1).expect("kill");
    }
    let mut printed = String::new();
    let output = viva.0.stdout.as_mut().expect("a pipe");
    std::io::Read::read_to_string(output, &mut printed).expect("text");
    let status = viva.0.wait().expect("viva ends");
    let came = Came {
        code: code(status),
        out: printed,
        err: String::new(),
    }
    .exits(1);
    for (index, (_, outcome)) in came.outcomes().iter().enumerate() {
        let expected = if index % 5 == 3 { "failed" } else { "passed" };
        assert_eq!(outcome, expected, "submission {index}");
    }
    assert_eq!(came.outcomes().len(), 16);
    mark.is_gone();
}

#[test]
fn without_root_and_without_namespaces_it_is_the_same() {
    let folder = Folder::new().with("server.py", ECHO);
    let output = powerless_viva()
        .args(["run", "echo", "--isolation", "basic", "--submission"])
        .arg(folder.path())
        .args(["--only", "echo", "--only", "chinese", "--only", "restart"])
        .output()
        .expect("viva starts");
    came(output)
        .exits(0)
        .prints("3 scenarios in")
        .prints("isolation basic");
}

#[test]
fn labs_and_files_can_be_run_together() {
    let folder = Folder::new().with(
        "own.yaml",
        "viva: 1\nscenario: own\nroles: { server: { reference: [echo-server, --port, '${port}'] } }\n\
         cast: { server: { role: server }, alice: { connects: server } }\n\
         steps:\n  - alice: { send: '${token.a}' }\n  - alice: { expect: '${token.a}' }\n",
    );
    run([
        "run",
        &folder.at("own.yaml"),
        "echo",
        "udp",
        "--only",
        "own",
        "--only",
        "echo",
        "--only",
        "answer",
    ])
    .exits(0)
    .prints("own")
    .prints("echo · echo")
    .prints("udp · answer")
    .prints("3 scenarios in");
}
