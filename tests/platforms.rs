//! `viva init --gradescope` and `--ci`: the files are there, other programs can read them, and the autograders do what their platform asks for.

mod stand;

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::process::{Command, Stdio};

use stand::{Came, Folder, came, path, viva};

fn init(folder: &Folder, arguments: &[&str]) -> Came {
    let output = viva()
        .current_dir(folder.path())
        .arg("init")
        .args(arguments)
        .output();
    came(output.expect("viva starts"))
}

/// Fails unless the program ends well; what it prints.
fn succeeds(folder: &Folder, program: &str, arguments: &[&str]) -> String {
    let output = Command::new(program)
        .current_dir(folder.path())
        .env("PATH", path())
        .args(arguments)
        .output()
        .expect(program);
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{program} {arguments:?}: {said}");
    String::from_utf8_lossy(&output.stdout).into_owned()
}

fn is_program(folder: &Folder, name: &str) -> bool {
    let metadata = fs::metadata(folder.path().join(name)).expect(name);
    metadata.permissions().mode() & 0o111 == 0o111
}

#[test]
fn scripts_and_workflows_can_be_read_and_name_the_lab() {
    let folder = Folder::new();
    let made = [
        ("github", ".github/workflows/viva.yml"),
        ("github-matrix", ".github/workflows/viva-class.yml"),
        ("gitlab", ".gitlab-ci.yml"),
        ("slurm", "viva-slurm.sh"),
        ("container", "Containerfile"),
    ];
    for (platform, file) in made {
        init(&folder, &["--ci", platform, "--lab", "p2p"])
            .exits(0)
            .prints(file)
            .prints("Next");
        let text = fs::read_to_string(folder.path().join(file)).expect(file);
        assert!(!text.contains('\r'));
        assert!(
            !text.contains("@LAB@") && !text.contains("@VERSION@"),
            "{text}"
        );
        assert!(text.contains("p2p") || platform == "container", "{text}");
        init(&folder, &["--ci", platform]).exits(2).says(&format!(
            "viva: ./{file} is there already, and is left as it is: choose another name\n"
        ));
    }
    // PyYAML takes `on:` for true; that is all that it sees otherwise than GitHub.
    let keys = succeeds(
        &folder,
        "python3",
        &[
            "-c",
            "import yaml\nfor name in ['.github/workflows/viva.yml', '.github/workflows/viva-class.yml', '.gitlab-ci.yml']:\n  print(*sorted(map(str, yaml.safe_load(open(name)))))",
        ],
    );
    assert_eq!(
        keys,
        "True jobs name permissions\nTrue env jobs name permissions\ndefault grade merge stages variables\n"
    );
    succeeds(&folder, "bash", &["-n", "viva-slurm.sh"]);
    assert!(is_program(&folder, "viva-slurm.sh"));
}

#[test]
fn a_lab_of_ones_own_goes_along_or_is_named_by_its_path() {
    let folder = Folder::new();
    init(&folder, &["quiz"]).exits(0);
    init(&folder, &["--ci", "slurm", "--lab", "quiz"]).exits(0);
    let text = fs::read_to_string(folder.at("viva-slurm.sh")).expect("the script");
    assert!(text.contains("\nlab=./quiz\n"), "{text}");
    init(&folder, &["grader", "--gradescope", "--lab", "quiz"]).exits(0);
    assert!(folder.path().join("grader/lab/lab.yaml").is_file());
    assert!(
        !folder.path().join("grader/lab/known").exists(),
        "known programs are answers"
    );
    init(&folder, &["grader", "--gradescope"])
        .exits(2)
        .says("viva: grader is there already, and is left as it is: choose another name\n");
    init(&folder, &["x", "--gradescope", "--lab", "hob"])
        .exits(2)
        .complains("there is no lab `hob`; did you mean `hub`?");
    fs::rename(folder.at("quiz"), folder.at("quiz; rm -rf")).expect("renamed");
    init(
        &folder,
        &["other", "--ci", "gitlab", "--lab", "quiz; rm -rf"],
    )
    .exits(2)
    .complains("the path of a lab that stands in a script is made of letters");
}

#[test]
fn the_autograder_of_classroom_50_leaves_whole_points_and_what_to_read() {
    let folder = Folder::new();
    init(&folder, &["bundle", "--ci", "classroom50", "--lab", "echo"]).exits(0);
    let script = fs::read_dir(folder.path().join("bundle")).expect("a bundle");
    let script = script
        .flatten()
        .map(|entry| entry.path())
        .find(|path| path.extension().is_some_and(|kind| kind == "py"));
    fs::create_dir(folder.at("checkout")).expect("a folder");
    let right = fs::read("scenarios/echo/known/right/asyncio_streams.py").expect("a server");
    folder.add("checkout/server.py", right);
    let status = Command::new("python3")
        .arg(script.expect("autograder.py"))
        .current_dir(folder.path().join("checkout"))
        .env("PATH", path())
        .env("CLASSROOM", "net101")
        .env("ASSIGNMENT", "echo")
        .env("SUBMISSION_TAG", "submit/2026-09-20T10-00-00Z-abc1234")
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .expect("python3");
    assert!(status.success());
    let text = fs::read(folder.at("checkout/result.json")).expect("result.json");
    let result: serde_json::Value = serde_json::from_slice(&text).expect("JSON");
    assert_eq!(result["schema"], "classroom50/result/v1");
    assert_eq!(result["classroom"], "net101");
    let tests = result["tests"].as_array().expect("tests");
    let sum = |key: &str| {
        tests
            .iter()
            .map(|test| test[key].as_u64().expect(key))
            .sum::<u64>()
    };
    assert_eq!(result["score"].as_u64(), Some(sum("score")), "{result:#}");
    assert_eq!(
        result["max-score"].as_u64(),
        Some(sum("max-score")),
        "{result:#}"
    );
    assert!(sum("score") > 0);
    let read = fs::read_to_string(folder.at("checkout/release-body.md")).expect("a page");
    assert!(read.contains("echo"), "{read}");
}

#[test]
fn the_autograder_of_gradescope_always_leaves_a_result_and_makes_up_no_score() {
    let folder = Folder::new();
    init(&folder, &["root/source", "--gradescope", "--lab", "echo"]).exits(0);
    for name in ["setup.sh", "run_autograder", "viva"] {
        assert!(
            is_program(&folder, &format!("root/source/{name}")),
            "{name}"
        );
    }
    for name in ["setup.sh", "run_autograder"] {
        let text = fs::read(folder.path().join("root/source").join(name)).expect(name);
        assert!(text.starts_with(b"#!") && !text.contains(&b'\r'));
        succeeds(&folder, "bash", &["-n", &format!("root/source/{name}")]);
    }
    folder.add("root/submission_metadata.json", METADATA);
    let run = |submission: &[(&str, &str)], limit: &str| {
        let _ = fs::remove_dir_all(folder.at("root/submission"));
        let _ = fs::remove_dir_all(folder.at("root/results"));
        fs::create_dir(folder.at("root/submission")).expect("a folder");
        for (name, content) in submission {
            folder.add(&format!("root/submission/{name}"), content);
        }
        let status = Command::new(folder.at("root/source/run_autograder"))
            .env("AUTOGRADER", folder.at("root"))
            .env("LIMIT", limit)
            .env("PATH", path())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .status()
            .expect("run_autograder");
        assert!(status.success());
        let text = fs::read(folder.at("root/results/results.json")).expect("results.json");
        let result: serde_json::Value = serde_json::from_slice(&text).expect("JSON");
        let schema: serde_json::Value = serde_json::from_str(SCHEMA).expect("the schema");
        let errors = jsonschema::validator_for(&schema).expect("a schema");
        let errors: Vec<String> = errors
            .iter_errors(&result)
            .map(|error| error.to_string())
            .collect();
        assert!(errors.is_empty(), "{errors:?}\n{result:#}");
        result
    };
    let right =
        fs::read_to_string("scenarios/echo/known/right/asyncio_streams.py").expect("a server");
    let right = run(&[("server.py", &right)], "300");
    assert!(right["score"].as_f64().expect("a score") > 0.0, "{right:#}");
    // Killed before it could say anything: no score is made up.
    let killed = run(&[("server.py", "import time\ntime.sleep(999)\n")], "0.01");
    assert!(killed["score"].is_null(), "{killed:#}");
    assert!(
        killed["output"]
            .as_str()
            .expect("words")
            .contains("no fault of yours")
    );
}

#[test]
fn parts_that_were_graded_apart_are_merged_into_the_class_that_was_never_divided() {
    let folder = Folder::new();
    init(&folder, &["quiz"]).exits(0);
    let program = fs::read_dir(folder.at("quiz/known/right")).expect("known programs");
    let program = program.flatten().next().expect("a right program");
    let program = fs::read_to_string(program.path()).expect("its text");
    for key in ["ann", "ben", "cid", "dot"] {
        folder.add(&format!("subs/{key}/server.py"), &program);
    }
    folder.add("subs/dot/server.py", "print(\"hello\")\n");
    let viva = |arguments: &[&str]| {
        let mut viva = viva();
        // The tests may be part of an array themselves.
        for name in [
            "SLURM_ARRAY_TASK_ID",
            "JOB_COMPLETION_INDEX",
            "CI_NODE_INDEX",
            "STRATEGY_JOB_INDEX",
        ] {
            viva.env_remove(name);
        }
        let output = viva.current_dir(folder.path()).args(arguments).output();
        came(output.expect("viva starts"))
    };
    let grade = |result: &str, more: &[&str]| {
        let usual = ["grade", "./quiz", "subs", "--seed", "7", "--output", result];
        viva(&[&usual[..], more].concat())
    };
    grade("whole", &["--format", "csv:whole.csv"]).exits(0);
    grade("one", &["--shard", "1/2"]).exits(0);
    grade("two", &["--shard", "2/2"]).exits(0);
    for (order, name) in [(["one", "two"], "a"), (["two", "one"], "b")] {
        let csv = format!("csv:{name}.csv");
        let merged = viva(&["merge", order[0], order[1], "--out", name, "--format", &csv]);
        merged
            .exits(0)
            .prints(&format!("{name}: submissions from 2 folders: 4"));
        let text = |file: &str| fs::read_to_string(folder.at(file)).expect(file);
        assert_eq!(text(&format!("{name}.csv")), text("whole.csv"));
        assert!(text("whole.csv").contains("\ndot,"));
    }
    let files = |name: &str| fs::read_dir(folder.at(name)).expect(name).count();
    assert_eq!(files("a/transcripts"), files("whole/transcripts"));
    // The same again, and of what was merged before.
    viva(&["merge", "one", "two", "a", "--out", "a"]).exits(0);
    viva(&["merge", "two", "--out", "some"])
        .exits(3)
        .prints("parts that are not there; grade them, and merge again: 1/2");
    viva(&["merge", "two", "--out", "one"])
        .exits(2)
        .complains("one: there is something in this folder that is not of a class being graded");
    viva(&[
        "grade", "./quiz", "subs", "--seed", "8", "--output", "other", "--shard", "1/2",
    ])
    .exits(0);
    viva(&["merge", "two", "other", "--out", "c"]).exits(2).says(
        "viva: these are not parts of one class; they are of different seeds (--seed): two (7) and other (8)\n",
    );
    grade("one", &["--shard", "2/2"])
        .exits(2)
        .complains("(lab quiz, shard 1/2)");
    grade("x", &["--shard", "3/2"]).exits(2).says(
        "viva: `3/2` is no part of a class; write --shard 3/8 for the third of eight, or --shard auto\n",
    );
    grade("x", &["--shard", "auto"])
        .exits(2)
        .complains("neither Slurm, Kubernetes, GitLab nor GitHub says which part this is");
}

#[test]
#[ignore = "installs and starts Slurm, which takes root and minutes: sudo cargo test --test platforms -- --ignored slurm"]
fn an_array_of_slurm_and_its_merge_give_the_marks_of_an_undivided_run() {
    let status = Command::new("tests/slurm/run.sh")
        .env("VIVA", stand::binary())
        .env("PATH", path())
        .status()
        .expect("tests/slurm/run.sh");
    assert!(status.success());
}

const METADATA: &str = r#"{
    "id": 123456,
    "created_at": "2026-09-20T10:15:30.123456-07:00",
    "assignment": { "id": 25828, "title": "Echo", "total_points": "20.0", "due_date": "2026-09-21T23:59:00.000000-07:00" },
    "submission_method": "upload",
    "users": [{ "email": "s1@example.edu", "id": 1234, "name": "Student One" }],
    "previous_submissions": []
}"#;

/// The autograder specification of Gradescope, as far as it says what is allowed.
const SCHEMA: &str = r##"{
    "type": "object",
    "required": ["tests"],
    "additionalProperties": false,
    "properties": {
        "score": { "type": "number" },
        "execution_time": { "type": "number", "minimum": 0 },
        "output": { "type": "string" },
        "output_format": { "$ref": "#/$defs/format" },
        "test_output_format": { "$ref": "#/$defs/format" },
        "test_name_format": { "$ref": "#/$defs/format" },
        "visibility": { "$ref": "#/$defs/visibility" },
        "stdout_visibility": { "$ref": "#/$defs/visibility" },
        "extra_data": { "type": "object" },
        "leaderboard": { "type": "array" },
        "tests": {
            "type": "array",
            "items": {
                "type": "object",
                "additionalProperties": false,
                "properties": {
                    "score": { "type": "number" },
                    "max_score": { "type": "number", "minimum": 0 },
                    "status": { "enum": ["passed", "failed"] },
                    "name": { "type": "string" },
                    "name_format": { "$ref": "#/$defs/format" },
                    "number": { "type": "string" },
                    "output": { "type": "string" },
                    "output_format": { "$ref": "#/$defs/format" },
                    "tags": { "type": "array", "items": { "type": "string" } },
                    "visibility": { "$ref": "#/$defs/visibility" },
                    "extra_data": { "type": "object" }
                }
            }
        }
    },
    "$defs": {
        "format": { "enum": ["text", "html", "simple_format", "md", "ansi"] },
        "visibility": { "enum": ["visible", "hidden", "after_due_date", "after_published"] }
    }
}"##;
