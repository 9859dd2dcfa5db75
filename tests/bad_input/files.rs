//! Labs and scenario files that are wrong. What is said about each single mistake is tested in `tests/mistakes.rs`.

use super::stand::{Folder, run, viva};

/// A scenario file with these steps about a hub and `alice`.
fn scenario(steps: &str) -> String {
    format!(
        "viva: 1\nscenario: x\nroles: {{ server: {{ reference: [chat-server] }} }}\n\
         cast: {{ server: {{ role: server }}, alice: {{ connects: server }} }}\nsteps:\n{steps}"
    )
}

#[test]
fn hostile_files_are_refused_in_bounded_time_and_memory() {
    let mut aliases = "a: &a [x, x, x, x, x, x, x, x, x]\n".to_owned();
    for letter in 'b'..='z' {
        let before = char::from(letter as u8 - 1);
        aliases += &format!(
            "{letter}: &{letter} [{}]\n",
            vec![format!("*{before}"); 9].join(", ")
        );
    }
    let nested: String = (0..5_000)
        .map(|depth| " ".repeat(depth.min(3_000)) + "a:\n")
        .collect();
    let many: String = (0..30_000).map(|key| format!("key{key}: 1\n")).collect();
    for (name, content, code) in [
        ("empty", b"".to_vec(), "error[empty]"),
        ("blank", b" \n# nothing\n".to_vec(), "error[empty]"),
        ("huge", vec![b'a'; 3 << 20], "error[too-large]"),
        ("one line", vec![b'['; 100_000], "error[line-too-long]"),
        ("deep", vec![b'['; 3_000], "error[too-deep]"),
        ("nested", nested.into_bytes(), "error[too-"),
        ("many", many.into_bytes(), "error[too-many-values]"),
        ("aliases", aliases.into_bytes(), "error[alias]"),
        (
            "not UTF-8",
            b"viva: 1\nscenario: \xff\xfe\n".to_vec(),
            "error[not-utf8]",
        ),
        ("binary", (0..=255).cycle().take(9_999).collect(), "error["),
        (
            "two",
            b"viva: 1\n---\nviva: 1\n".to_vec(),
            "error[several-documents]",
        ),
        ("escapes", b"\x1b[31mviva: 1\n".to_vec(), "error["),
    ] {
        let folder = Folder::new().with(&format!("{name}.yaml"), content);
        for command in ["run", "lint"] {
            let came = run([command, &folder.at(&format!("{name}.yaml"))]).exits(2);
            assert!(came.err.contains(code), "{name}:\n{}", came.err);
            assert!(came.err.len() < 40_000, "{name}: {} bytes", came.err.len());
            assert!(!came.err.contains('\x1b'), "{name}");
            assert_eq!(came.out, "", "{name}");
        }
    }
}

#[test]
fn every_mistake_of_a_file_is_said_in_one_go_and_nothing_is_run() {
    let folder = Folder::new();
    folder.add(
        "x.yaml",
        scenario(
            "  - alcie: { send: \"${token.a}\" }\n  - alice: { expct: hello }\n  - alice: { send: \"${nmae}\" }\n  \
             - alice: 5\n  - alice: { expect: { file: notes.txt, equals: a } }\n",
        ),
    );
    let output = viva()
        .current_dir(folder.path())
        .args(["run", "x.yaml"])
        .output()
        .expect("viva starts");
    super::stand::came(output).exits(2).says(
        "\
error[unknown-actor]: there is no actor `alcie`
 --> x.yaml:6:5
  |
6 |   - alcie: { send: \"${token.a}\" }
  |     ^^^^^
  = did you mean `alice`?

error[unknown-key]: there is no key `expct` here
 --> x.yaml:7:14
  |
7 |   - alice: { expct: hello }
  |              ^^^^^
  = did you mean `expect`?

error[unknown-variable]: there is no variable `nmae`
 --> x.yaml:8:21
  |
8 |   - alice: { send: \"${nmae}\" }
  |                     ^^^^^^^
  = give it a value under `variables:`; a fresh random word is `${token.nmae}`

error[wrong-shape]: this must be a map (`key: value`), not a text
 --> x.yaml:9:12
  |
9 |   - alice: 5
  |            ^
  = write `{ key: value }`, or the keys in lines of their own, indented

error[pattern-not-of-actor]: `file` can't be expected of `alice`, a TCP client that Viva plays
  --> x.yaml:10:30
   |
10 |   - alice: { expect: { file: notes.txt, equals: a } }
   |                              ^^^^^^^^^
   = it can be expected of programs
",
    );
}

#[test]
fn keys_that_stand_twice_and_regular_expressions_that_explode() {
    let folder = Folder::new()
        .with("twice.yaml", "viva: 1\nscenario: a\nscenario: b\n")
        .with(
            "explodes.yaml",
            scenario("  - alice: { expect: { regex: \"((a{1000}){1000}){1000}\" } }\n"),
        );
    run(["run", &folder.at("twice.yaml")])
        .exits(2)
        .complains("error[duplicate-key]: the key `scenario` stands here twice")
        .complains("the first stands here");
    run(["run", &folder.at("explodes.yaml")])
        .exits(2)
        .complains("error[bad-regex]: this regular expression would take too much memory")
        .complains("explodes.yaml:6:31");
}

#[test]
fn a_regular_expression_that_other_engines_choke_on_is_matched_in_no_time() {
    let folder = Folder::new().with(
        "x.yaml",
        scenario(
            "  - alice: { connect: true }\n  \
             - server: { never: { regex: \"^(([a-z])+.)+[A-Z]([a-z])+$\" } }\n  \
             - alice: { send: '${\"a\"|repeat(30000)}' }\n  \
             - server: { expect: { regex: \"(a*)*(a*)*(a*)*a{9}\" } }\n  \
             - alice: { send: q }\n  - alice: { expect: { closed: true } }\n",
        )
        .replace(
            "[chat-server]",
            "[chat-server, --port, \"${port}\", --mode, p2p]",
        ),
    );
    // However it comes out, it comes out, and not by the machine's fault.
    let came = run(["run", &folder.at("x.yaml"), "--deadline", "2s"]);
    assert!(matches!(came.code, 0 | 1), "{}{}", came.out, came.err);
}

#[test]
fn names_that_nothing_bears() {
    let folder = Folder::new()
        .with(
            "lab/lab.yaml",
            "viva: 1\nlab: x\nscenarios: [{ use: gone.yaml }]\n",
        )
        .with("empty/readme.txt", "")
        .with(
            "role.yaml",
            scenario("").replace("role: server", "role: sevrer"),
        );
    run(["run", &folder.at("lab")])
        .exits(2)
        .complains("error[not-found]: there is no file")
        .complains("lab/gone.yaml");
    let gone = folder.at("gone.yaml");
    run(["run", &gone])
        .exits(2)
        .says(&format!("viva: {gone}: no such file or folder\n"));
    run(["run", &folder.at("empty")]).exits(2);
    run(["run", &folder.at("role.yaml")])
        .exits(2)
        .complains("error[unknown-role]: there is no role `sevrer`")
        .complains("did you mean `server`?");
}

#[test]
fn the_same_in_chinese() {
    let folder = Folder::new().with("x.yaml", "viva: 1\nscenario: a\nscenario: b\n");
    let chinese = |arguments: &[&str]| {
        let output = viva()
            .env("LANG", "zh_CN.UTF-8")
            .args(arguments)
            .output()
            .expect("viva starts");
        super::stand::came(output)
    };
    chinese(&["run", &folder.at("x.yaml")])
        .exits(2)
        .complains("错误[duplicate-key]: 键 `scenario` 在这里出现了两次")
        .complains("请删去其中一个");
    chinese(&["run", "hob"]).exits(2).says(
        "viva: 没有名为 `hob` 的实验；是不是想写 `hub`？（也可以给出含 lab.yaml 的目录，或一个场景文件）\n",
    );
    // What is said on the command line counts more than the locale.
    chinese(&["--lang", "en", "run", "hub", "--only", "brodcast"])
        .exits(4)
        .says("viva: there is no scenario `brodcast`; did you mean `broadcast`?\n");
    run(["run", "hub", "--role", "sever=x", "--lang", "zh"])
        .exits(2)
        .says("viva: 没有名为 `sever` 的角色；是不是想写 `server`？\n");
}
