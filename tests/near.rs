//! Near misses: what a program prints that is nearly what the sheet says, as the lab wishes.

mod stand;

use std::path::Path;

use stand::{Came, Folder, came, viva};

/// The sheet's own misspelling, which many put right.
const SCENARIO: &str = r#"viva: 1
scenario: wording
cast:
  server: { role: server }
  alice:  { connects: server }
steps:
  - alice: { send: "${token.one}" }
  - server: { expect: "Recieve Data: ${token.one}" }
  - server: { expect: "来自：${alice.peer}" }
  - alice: { expect: "${token.one}" }
"#;

/// Prints, and answers, what is put in.
const SERVER: &str = r#"
import socket
connection, address = socket.create_server(("", 3214)).accept()
data = connection.recv(1024)
print(FIRST, data.decode(), flush=True)
print("来自:", address, flush=True)
connection.sendall(ANSWER)
connection.recv(1024)
"#;

fn run(near: &str, first: &str, answer: &str) -> Came {
    let lab = format!(
        "viva: 1\nlab: d1\n{near}conventions: {{ port: 3214 }}\nroles:\n  server: {{ find: server.py }}\nscenarios:\n  \
         - {{ use: wording.yaml, points: 2 }}\n"
    );
    let server = SERVER.replace("FIRST", first).replace("ANSWER", answer);
    let folder = Folder::new()
        .with("d1/lab.yaml", lab)
        .with("d1/wording.yaml", SCENARIO)
        .with("programs/server.py", server);
    let output = viva()
        .current_dir(folder.path())
        .args(["run", "./d1", "--submission", "programs", "--seed", "7f3a"])
        .output();
    assert!(Path::new(&folder.at("d1/lab.yaml")).is_file());
    came(output.expect("viva starts"))
}

const PUT_RIGHT: &str = r#""Receive Data:""#;
const SAME: &str = "data";

#[test]
fn a_lab_says_what_becomes_of_a_near_miss() {
    run("", PUT_RIGHT, SAME)
        .exits(1)
        .prints("d1 · wording FAILED 0 of 2 points · core");
    run("near: fail\n", PUT_RIGHT, SAME).exits(1);
    let accepted = run("near: accept\n", PUT_RIGHT, SAME).exits(0);
    let accepted = accepted.prints("2 of 2 points · core");
    assert!(
        accepted.out.contains("passed with remarks"),
        "{}",
        accepted.out
    );
    accepted
        .prints("step 2: printed \"Receive Data: ")
        .prints("a near miss");
    // Two of them.
    run("near: { deduct: 0.25 }\n", PUT_RIGHT, SAME)
        .exits(0)
        .prints("d1 · wording passed with remarks 1.5 of 2 points · core")
        .prints("core 1.5 of 2 points 1 passed");
    run("near: { deduct: 1.5 }\n", PUT_RIGHT, SAME)
        .exits(0)
        .prints("core 0 of 2 points 1 passed");
}

#[test]
fn another_answer_is_no_near_miss() {
    for (first, answer) in [
        // Other words; a mistake in the word that was said; and what crosses the wire is to the letter.
        (r#""got""#, SAME),
        (r#""Recieve Data: x","#, SAME),
        (PUT_RIGHT, "data.upper()"),
    ] {
        run("near: accept\n", first, answer)
            .exits(1)
            .prints("d1 · wording FAILED");
    }
}
