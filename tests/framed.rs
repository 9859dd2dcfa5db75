//! A lab of its own whose programs talk otherwise than the shipped ones: a length in front of each message, GBK, pipes
//! instead of a terminal, a hard-coded LAN address, two programs of one submission cast against each other.

use std::process::Command;

fn viva(arguments: &[&str]) -> (Option<i32>, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_viva"))
        .args(arguments)
        .output()
        .expect("viva");
    let said = format!(
        "{}{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    );
    (output.status.code(), said)
}

#[test]
fn framing_encoding_pipes_and_pairs() {
    let (code, said) = viva(&["lint", "tests/labs/framed"]);
    assert_eq!(
        (code, said.as_str()),
        (Some(0), "tests/labs/framed: in order\n")
    );
    let (code, said) = viva(&[
        "run",
        "tests/labs/framed",
        "--submission",
        "tests/labs/framed",
    ]);
    assert_eq!(code, Some(0), "{said}");
    assert_eq!(said.matches(" passed ").count(), 3, "{said}");
}

#[test]
fn another_framing_than_the_programs_is_seen() {
    let (code, said) = viva(&[
        "run",
        "tests/labs/framed",
        "--only",
        "gbk",
        "--submission",
        "tests/labs/framed",
        "--set",
        "message=line",
        "--deadline",
        "2s",
    ]);
    assert_eq!(code, Some(1), "{said}");
    let (code, said) = viva(&[
        "run",
        "tests/labs/framed",
        "--only",
        "gbk",
        "--submission",
        "tests/labs/framed",
        "--set",
        "encoding=utf-8",
        "--deadline",
        "2s",
    ]);
    // The programs pass bytes through, whatever they mean.
    assert_eq!(code, Some(0), "{said}");
}
