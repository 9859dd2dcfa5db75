//! On a machine without namespaces everything is run all the same, once, and the report says how; who demands them is refused.

use std::process::{Command, Output, Stdio};

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
    let output = viva_without_namespaces(&["run", "echo", "--only", "echo", "--isolation", "full"]);
    assert_eq!(output.status.code(), Some(3));
    assert_eq!(String::from_utf8_lossy(&output.stdout), "");
    let complaint = String::from_utf8_lossy(&output.stderr);
    assert!(complaint.contains("clone3"), "{complaint}");
}
