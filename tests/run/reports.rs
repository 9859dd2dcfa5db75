//! What is printed, saved, shown again and repeated.

use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;
use std::process::Command;

use super::stand::{Came, ECHO, Folder, came, path, run, viva};

/// A server that answers one word too many, so that a report has something to tell.
fn chatty() -> Folder {
    let answers = "client.sendall(data[::-1]); break";
    Folder::new().with("server.py", ECHO.replace("client.sendall(data)", answers))
}

fn echo(folder: &Folder, more: &[&str]) -> Came {
    let submission = folder.path().display().to_string();
    let arguments = [
        "run",
        "echo",
        "--only",
        "echo",
        "--only",
        "chinese",
        "--submission",
        &submission,
    ];
    run([&arguments[..], more].concat())
}

/// What Viva sent in the transcript of the first result.
fn sent(report: &serde_json::Value) -> Vec<String> {
    let events = report["results"][0]["transcript"]["events"]
        .as_array()
        .expect("events");
    let sent = events
        .iter()
        .filter_map(|event| event["kind"]["sent"]["text"].as_str());
    sent.map(str::to_owned).collect()
}

#[test]
fn the_report_as_json_is_what_the_schema_says() {
    let schema: serde_json::Value =
        serde_json::from_str(&run(["schema", "report"]).exits(0).out).expect("JSON");
    let schema = jsonschema::validator_for(&schema).expect("a schema");
    let sparse = Folder::new().with("server.py", ECHO);
    let file = std::fs::File::create(sparse.path().join("sparse")).expect("a file");
    file.set_len(1 << 40).expect("a sparse file");
    let crashes = Folder::new().with("server.py", "print('oh'); 1 / 0");
    let right = Folder::new().with("server.py", ECHO);
    for (came, code) in [
        (echo(&right, &["--json", "--only", "ends-with-client"]), 0),
        (echo(&chatty(), &["--json"]), 1),
        (echo(&crashes, &["--json"]), 1),
        (echo(&sparse, &["--json"]), 2),
        (
            run(["run", "echo", "--json", "--only", "echo", "--lang", "zh"]),
            0,
        ),
    ] {
        let came = came.exits(code);
        let report = came.report();
        let wrong: Vec<String> = schema
            .iter_errors(&report)
            .map(|error| error.to_string())
            .collect();
        assert_eq!(wrong, [] as [&str; 0]);
        assert_eq!(report["version"], 1);
    }
    // It would notice.
    assert!(!schema.is_valid(&serde_json::json!({ "version": 1, "results": [{}] })));
}

#[test]
fn what_could_not_be_run_is_in_the_report_too() {
    let misspelt = Folder::new().with("server.py", ECHO).with(
        "viva.yaml",
        "roles: { servr: {} }\nconventions: { quit: [] }\n",
    );
    let strange = Folder::new()
        .with("server.zig", "")
        .with("viva.yaml", "roles: { server: { find: server.zig } }\n");
    let right = Folder::new().with("server.py", ECHO);
    let all = [&misspelt, &strange, &right].map(|folder| folder.path().display().to_string());
    let submissions = all.iter().flat_map(|path| ["--submission", path]);
    let fixed = ["run", "echo", "--only", "echo", "--json"];
    let came = run(fixed.into_iter().chain(submissions)).exits(2);
    let report = came.report();
    let results = report["results"].as_array().expect("results");
    assert_eq!(results.len(), 1, "the third is judged all the same");
    let not_run = report["not_run"].as_array().expect("a list");
    let told: Vec<_> = not_run
        .iter()
        .map(|it| {
            let text = |value: &serde_json::Value| value.as_str().map(str::to_owned);
            let line = it["place"]["line"].as_u64();
            (
                text(&it["submission"]),
                text(&it["why"]),
                text(&it["about"]),
                line,
            )
        })
        .collect();
    let some = |text: &str| Some(text.to_owned());
    let expected = [
        (some(&all[0]), some("unknown-role"), None, Some(1)),
        (some(&all[0]), some("wrong-shape"), None, Some(2)),
        (
            some(&all[1]),
            some("unknown-kind"),
            some("server.zig"),
            None,
        ),
    ];
    assert_eq!(told, expected, "{}", came.err);
    // Where nothing can be run, there is a report that says so.
    let nothing = run(fixed.into_iter().chain(["--submission", &all[0]])).exits(2);
    assert_eq!(nothing.report()["not_run"][0]["why"], "unknown-role");
    assert_eq!(nothing.report()["results"], serde_json::json!([]));
}

#[test]
fn a_folder_whose_name_is_no_text_can_be_examined_again() {
    let folder = Folder::new();
    let name = OsStr::from_bytes(b"li \xc0 ming");
    std::fs::create_dir(folder.path().join(name)).expect("a folder");
    std::fs::write(folder.path().join(name).join("server.py"), "1 / 0").expect("a program");
    let submission = folder.path().join(name);
    let report = viva()
        .args(["run", "echo", "--only", "echo", "--submission"])
        .arg(&submission)
        .output()
        .expect("viva starts");
    let report = came(report).exits(1).out;
    let again = report
        .lines()
        .find_map(|line| line.trim().strip_prefix("again"))
        .expect("how to run it again")
        .trim();
    assert!(again.contains(r"li \xc0 ming'"), "{again}");
    let command = again.replacen("viva", env!("CARGO_BIN_EXE_viva"), 1);
    let second = Command::new("bash")
        .args(["-c", &command])
        .env("PATH", path())
        .output()
        .expect("bash");
    came(second).exits(1).prints("ZeroDivisionError");
}

#[test]
fn the_schemas_for_editors_know_each_kind_of_file() {
    let schema = |which: &str| {
        let schema = run(["schema", which]).exits(0).out;
        let schema: serde_json::Value = serde_json::from_str(&schema).expect("JSON");
        jsonschema::validator_for(&schema).expect("a schema")
    };
    let submission = schema("submission");
    let settings = serde_json::json!({
        "conventions": { "quit": "exit" },
        "roles": { "server": { "find": "main.py" } },
    });
    assert!(submission.is_valid(&settings));
    assert!(!submission.is_valid(&serde_json::json!({ "scenarios": [] })));
    let scenario = schema("scenario");
    let expects = |what: serde_json::Value| {
        scenario.is_valid(&serde_json::json!({
            "viva": 1, "scenario": "t", "cast": { "server": { "role": "server" } },
            "steps": [{ "server": { "expect": what } }],
        }))
    };
    assert!(expects("hello".into()));
    assert!(expects(
        serde_json::json!({ "sockets": ["close-wait", "last-ack"], "count": 0 })
    ));
    assert!(!expects(
        serde_json::json!({ "sockets": "close_wait", "count": 0 })
    ));
    assert!(!expects(serde_json::json!({ "no_more": "threads" })));
}

#[test]
fn a_seed_repeats_the_words_and_another_does_not() {
    let right = Folder::new().with("server.py", ECHO);
    let words = |seed: &str| sent(&echo(&right, &["--json", "--seed", seed]).report());
    let first = words("7f3a");
    assert!(!first.is_empty());
    assert_eq!(words("7f3a"), first);
    assert_ne!(words("7f3b"), first);
    // Without one, each run has its own, and says which.
    let came = echo(&right, &["--json"]);
    let seed = came.report()["results"][0]["seed"]
        .as_str()
        .unwrap_or_default()
        .to_owned();
    assert_eq!(words(&seed), sent(&came.report()));
}

#[test]
fn what_is_saved_is_shown_again() {
    let folder = chatty();
    let saved = Folder::new();
    let into = saved.at("a/b");
    let came = echo(&folder, &["--save", &into, "--seed", "7f3a"]).exits(1);
    let shown = run(["show", &saved.at("a/b/001-echo.json")]).exits(0);
    for text in ["alice", "→", "←", "connected"] {
        assert!(shown.out.contains(text), "no {text:?} in:\n{}", shown.out);
    }
    // The word that was sent stands in both.
    let again = run(["run", "echo", "--only", "echo", "--json", "--seed", "7f3a"]);
    let word = sent(&again.report()).remove(0);
    assert!(
        came.out.contains(&word) && shown.out.contains(&word),
        "{word}:\n{}",
        shown.out
    );
    // The second was skipped: there is nothing of it to show but that.
    assert!(saved.path().join("a/b/002-chinese.json").is_file());
    run(["show", &saved.at("a/b/002-chinese.json")]).exits(0);
    run(["show", &saved.at("a/b/001-echo.json"), "--lang", "zh"]).exits(0);
}

/// Runs the line behind `again` as it is printed, in a shell.
fn again(came: &Came) -> Came {
    let line = came
        .out
        .lines()
        .find_map(|line| line.trim().strip_prefix("again"))
        .expect("how to run it again")
        .trim()
        .to_owned();
    let folder = std::path::Path::new(env!("CARGO_BIN_EXE_viva"))
        .parent()
        .expect("a folder");
    let mut search = folder.as_os_str().to_owned();
    search.push(":");
    search.push(path());
    let output = Command::new("bash")
        .args(["-c", &line])
        .env("PATH", search)
        .env_remove("LANG")
        .env_remove("LC_ALL")
        .output()
        .expect("bash");
    super::stand::came(output)
}

/// The lines that say what failed and how; not when.
fn verdict(came: &Came) -> Vec<String> {
    let lines = came.out.lines().map(str::trim);
    let facts = lines.filter(|line| {
        let first = line.split_whitespace().next().unwrap_or_default();
        line.contains("FAILED") || ["step", "start", "But", "expected", "actual"].contains(&first)
    });
    facts.map(str::to_owned).collect()
}

#[test]
fn the_line_to_run_it_again_really_repeats_it() {
    let folder = chatty();
    let odd = Folder::new();
    let odd_name = odd.path().join("it's $HOME; \"two\" words\u{1b}[1m 张三");
    std::fs::create_dir(&odd_name).expect("a folder");
    let program = std::fs::read(folder.path().join("server.py")).expect("a program");
    std::fs::write(odd_name.join("server.py"), program).expect("a program");
    let role = format!("server={}", folder.at("server.py"));
    let fixed = ["--set", "encoding=gbk", "--deadline", "5s"];
    let submission = odd_name.display().to_string();
    for arguments in [
        &["--role", &role][..],
        &["--submission", &submission],
        &[
            "--role",
            &role,
            "--isolation",
            "basic",
            "--set",
            "reply=<${text}>",
        ],
        &[
            &[
                "--role",
                "server=python3 -c 'print(\"it'\"'\"'s ${port}\")'",
            ],
            &fixed[..],
        ]
        .concat(),
    ] {
        let first = viva()
            .args(["run", "echo", "--only", "echo"])
            .args(arguments)
            .output()
            .expect("viva starts");
        let first = came(first).exits(1);
        let second = again(&first).exits(1);
        assert!(verdict(&first).len() > 2, "{}", first.out);
        assert_eq!(verdict(&second), verdict(&first));
        // And so does what the repetition prints.
        assert_eq!(verdict(&again(&second)), verdict(&first));
    }
}

#[test]
fn completions_come_out_for_every_shell_and_work() {
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        let came = run(["completions", shell]).exits(0);
        for word in ["submission", "isolation", "completions", "reference"] {
            assert!(came.out.contains(word), "{shell}: {word}");
        }
    }
    let script = Folder::new().with("viva.bash", run(["completions", "bash"]).out);
    let asked = "source \"$1\"; COMP_WORDS=(viva run --sub); COMP_CWORD=2; _viva viva --sub run; echo \"${COMPREPLY[@]}\"";
    let output = Command::new("bash")
        .args(["-c", asked, "bash", &script.at("viva.bash")])
        .output()
        .expect("bash");
    assert_eq!(
        String::from_utf8_lossy(&output.stdout).trim(),
        "--submission"
    );
}
