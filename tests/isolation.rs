//! How far programs are kept apart: what is demanded, what is had, and that every report says so.

mod stand;

use std::process::{Command, Output, Stdio};

use serde_json::{Value, json};
use stand::{ECHO, Folder, came, lacking, run, viva};

/// Runs Viva where no network namespace can be made (user_namespaces(7), `/proc/sys/user`). Where not even that can be arranged,
/// the machine itself gives none.
fn viva_without_namespaces(arguments: &[&str]) -> Output {
    let viva = env!("CARGO_BIN_EXE_viva");
    let closed = ["--user", "--map-root-user", "sh", "-c"];
    let may_unshare = Command::new("unshare")
        .args(closed)
        .arg("true")
        .stderr(Stdio::null())
        .status()
        .is_ok_and(|status| status.success());
    let mut command = if may_unshare {
        let mut command = Command::new("unshare");
        command.args(closed).args([
            "echo 0 > /proc/sys/user/max_net_namespaces && exec \"$0\" \"$@\"",
            viva,
        ]);
        command
    } else {
        Command::new(viva)
    };
    command
        .args(arguments)
        .stdin(Stdio::null())
        .output()
        .expect("it can be started")
}

#[test]
fn everything_is_run_without_namespaces_where_there_are_none() {
    let arguments =
        "run echo --only echo --only chinese --only ends-with-client --only next-client --json";
    let arguments: Vec<&str> = arguments.split(' ').collect();
    let output = viva_without_namespaces(&arguments);
    let text = String::from_utf8_lossy(&output.stdout);
    let report: serde_json::Value = serde_json::from_str(&text).unwrap_or_else(|error| {
        panic!("{error}\n{text}{}", String::from_utf8_lossy(&output.stderr))
    });
    assert_eq!(report["isolation"], "basic");
    let came_out: Vec<(&str, &str)> = report["results"]
        .as_array()
        .expect("results")
        .iter()
        .map(|result| {
            let outcome = match &result["outcome"] {
                serde_json::Value::Object(outcome) => outcome.keys().next().map(String::as_str),
                outcome => outcome.as_str(),
            };
            (
                result["scenario"].as_str().expect("a name"),
                outcome.expect("an outcome"),
            )
        })
        .collect();
    let expected = [
        ("echo", "passed"),
        ("chinese", "passed"),
        // Said in the first attempt, before anything showed that there are no namespaces, and only then.
        ("ends-with-client", "not_applicable"),
        ("next-client", "passed"),
    ];
    assert_eq!(came_out, expected);
    assert_eq!(output.status.code(), Some(0));
}

#[test]
fn who_demands_namespaces_is_refused_where_there_are_none() {
    let demanded = ["run", "echo", "--only", "echo", "--isolation", "full"];
    let came = came(viva_without_namespaces(&demanded)).exits(3);
    assert_eq!(came.out, "");
    assert_eq!(
        came.err,
        "viva: --isolation=full is demanded, but this machine does not give a network, processes and names of its own \
         (namespaces): clone3: No space left on device (os error 28); as root: sysctl -w user.max_net_namespaces=10000; \
         --isolation=auto takes what there is\n"
    );
}

/// Layers of `full` that this machine lacks: printed, or a failure where `VIVA_REQUIRE` is `full`.
fn lacks() -> Vec<Value> {
    let report = came(viva().args(["doctor", "--json"]).output().unwrap()).report();
    let layers = report["layers"].as_array().expect("layers");
    let lacks: Vec<Value> = layers
        .iter()
        .filter(|check| check["held"] == false && check["layer"] != "user")
        .cloned()
        .collect();
    if !lacks.is_empty() {
        lacking(&json!(lacks).to_string());
    }
    lacks
}

#[test]
fn the_doctor_tries_every_layer_and_measures() {
    let code = if lacks().is_empty() { 0 } else { 3 };
    let came = run(["doctor", "--json"]).exits(code);
    let report = came.report();
    let schema = run(["schema", "doctor"]).exits(0).report();
    let wrong = jsonschema::validator_for(&schema)
        .unwrap()
        .iter_errors(&report)
        .map(|error| error.to_string())
        .collect::<Vec<_>>();
    assert_eq!(wrong, [] as [String; 0]);
    let layers: Vec<&str> = report["layers"]
        .as_array()
        .unwrap()
        .iter()
        .map(|check| check["layer"].as_str().unwrap())
        .collect();
    assert_eq!(
        layers,
        [
            "namespaces",
            "user",
            "root",
            "space",
            "processes",
            "landlock",
            "calls",
            "limits"
        ]
    );
    let costs = report["costs"].as_array().unwrap();
    let measured: Vec<&str> = costs
        .iter()
        .map(|cost| cost["of"].as_str().unwrap())
        .collect();
    assert_eq!(measured, ["box", "bare", "python"]);
    for cost in costs {
        assert!(cost["milliseconds"].as_f64().unwrap() > 0.0, "{cost}");
    }
    let release = Command::new("uname").arg("-r").output().unwrap().stdout;
    let release = String::from_utf8(release).unwrap();
    assert_eq!(report["machine"]["kernel"], release.trim());
}

#[test]
fn the_doctor_says_what_is_missing_and_how_to_get_it() {
    let came = came(viva_without_namespaces(&["doctor"])).exits(3);
    let (_, told) = came.out.split_once("\n\n").expect("a heading");
    let (layers, rest) = told.split_once("\n\n").expect("two parts");
    assert_eq!(
        layers,
        "  a network, processes and names of its own (namespaces)  no
      clone3: No space left on device (os error 28)
      as root: sysctl -w user.max_net_namespaces=10000
  another user than Viva's                                no
      run viva as the machine's root
  a root of its own                                       no
      for want of a network, processes and names of its own (namespaces)
  disk space of limited size                              no
      for want of a network, processes and names of its own (namespaces)
  a process table of its own                              no
      for want of a network, processes and names of its own (namespaces)
  Landlock                                                yes
  refused system calls (seccomp)                          yes
  limits                                                  yes"
    );
    assert!(rest.contains("--isolation=auto takes basic."), "{rest}");
}

const HELD: [(&str, &[&str], &str); 3] = [
    (
        "full",
        &[
            "namespaces",
            "root",
            "space",
            "processes",
            "landlock",
            "calls",
            "limits",
        ],
        "",
    ),
    (
        "basic",
        &["landlock", "calls", "limits"],
        "basic: the programs shared this machine's network and could see its processes; what held:",
    ),
    (
        "none",
        &[],
        "none: nothing kept the programs from this machine; they could read, change and end whatever you can, these \
         results included",
    ),
];

#[test]
fn every_report_says_which_layers_held() {
    if !lacks().is_empty() {
        return;
    }
    for (isolation, expected, said) in HELD {
        let arguments = ["run", "echo", "--only", "echo", "--isolation", isolation];
        let saved = tempfile::tempdir().unwrap();
        let folder = saved.path().to_str().unwrap();
        let report = run(arguments.into_iter().chain(["--json", "--save", folder]))
            .exits(0)
            .report();
        assert_eq!(report["isolation"], isolation);
        let layers = &report["results"][0]["layers"];
        assert_eq!(layers["isolation"], isolation);
        // Root's own interpreter may be closed to others.
        let missing = layers["missing"].as_array().unwrap();
        assert!(
            missing.iter().all(|missing| missing["layer"] == "user"),
            "{missing:?}"
        );
        let held: Vec<&str> = layers["held"]
            .as_array()
            .unwrap()
            .iter()
            .map(|layer| layer.as_str().unwrap())
            // Root has others run them.
            .filter(|layer| *layer != "user")
            .collect();
        assert_eq!(held, expected);
        let file = std::fs::read_dir(folder).unwrap().next().unwrap().unwrap();
        let file: Value = serde_json::from_slice(&std::fs::read(file.path()).unwrap()).unwrap();
        assert_eq!(file["result"]["layers"], *layers);
        let told = run(arguments).exits(0);
        let told = told.prints(&format!("isolation {isolation}"));
        match said {
            "" => assert!(!told.out.contains("\n  isolation "), "{}", told.out),
            said => drop(told.prints(said)),
        }
    }
}

#[test]
fn the_environment_can_say_it_for_the_command_line() {
    let output = viva()
        .args(["run", "echo", "--only", "echo", "--json"])
        .env("VIVA_ISOLATION", "basic")
        .output();
    let report = came(output.unwrap()).exits(0).report();
    assert_eq!(report["isolation"], "basic");
    let output = viva()
        .args([
            "run",
            "echo",
            "--only",
            "echo",
            "--isolation",
            "none",
            "--json",
        ])
        .env("VIVA_ISOLATION", "basic")
        .output();
    let report = came(output.unwrap()).exits(0).report();
    assert_eq!(report["isolation"], "none");
}

#[test]
fn programs_that_take_too_much_memory_are_ended_and_the_report_says_so() {
    if !lacks().is_empty() {
        return;
    }
    // More than one process may have less than the limit, and all of them together more; none lets go of it by itself.
    let greedy = "for _ in range(3):\n    if os.fork() == 0: break\nkeep = b'x' * (400 << 20)\nwhile True: signal.pause()";
    for isolation in ["full", "basic"] {
        let program = format!("import signal, os\n{greedy}\n");
        let folder = Folder::new().with("echo_server.py", program);
        let path = folder.path().display().to_string();
        let told = run([
            "run",
            "echo",
            "--only",
            "echo",
            "--isolation",
            isolation,
            "--submission",
            &path,
        ]);
        told.exits(1)
            .prints("the programs were killed, for together they had more than 1024 MiB of memory");
    }
}

#[test]
fn a_file_that_a_command_names_by_its_absolute_path_is_there() {
    let elsewhere = Folder::new().with("server.py", ECHO);
    let called = Folder::new();
    let command = format!("server=python3 {}", elsewhere.at("server.py"));
    let output = viva()
        .args(["run", "echo", "--only", "echo", "--role", &command])
        .current_dir(called.path())
        .output();
    came(output.unwrap()).exits(0);
}
