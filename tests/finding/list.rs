//! `viva grade --list`: what was understood, before anything is run; and what is said of rosters that can't be used.

use std::fs;

use crate::stage::Zip;
use crate::stand::{Came, Folder, came, viva};

fn list(folder: &Folder, language: &str, more: &[&str]) -> Came {
    let mut command = viva();
    command.current_dir(folder.path()).env("LC_ALL", language);
    came(
        command
            .args(["grade", "hub", "--list"])
            .args(more)
            .output()
            .expect("viva starts"),
    )
}

fn class() -> Folder {
    let folder = Folder::new();
    let write = |name: &str, content: &[u8]| {
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        fs::write(path, content).expect("a file");
    };
    write("subs/2001-张三/server.py", b"");
    write("subs/2001-张三/client.py", b"");
    write(
        "subs/2002-李四_late (2).zip",
        &Zip::new()
            .file("chat/my_server.py", "")
            .link("x", "/etc")
            .done(),
    );
    write(
        "subs/2002-李四.zip",
        &Zip::new().file("server.py", "").done(),
    );
    write("subs/2003.rar", b"Rar!\x1a\x07\x01\x00");
    write("subs/\x1b[2J2009/readme.txt", b"");
    write("subs/notes.txt", b"");
    write(
        "roster.csv",
        "学号,姓名\n2001,张三\n2002,李四\n2003,王五\n2004,赵六\n".as_bytes(),
    );
    write(
        "twice.csv",
        "学号,姓名\n2001,张三\n2002,李四\n2001,王五\n".as_bytes(),
    );
    folder
}

#[test]
fn what_was_understood_is_listed() {
    let folder = class();
    let listed = list(&folder, "C", &["subs", "--roster", "roster.csv"]).exits(0);
    assert_eq!(
        listed.out,
        "\
2001      张三      server: server.py  client: client.py
    subs/2001-张三
2002      李四      server: my_server.py  client: missing  (late)
    subs/2002-李四_late (2).zip · the last of 2 attempts
    links are left out: x
2003      王五      can't be used
    Viva does not read .rar: unpack it by hand, or ask for .zip or .tar.gz
    subs/2003.rar
_[2J2009  ␛[2J2009  server: missing  client: missing
    subs/␛[2J2009 · not in the roster

no submission: subs/notes.txt
Not in the roster, 1: _[2J2009 ␛[2J2009
Nothing from 1: 2004 赵六
4 of 5 handed in
"
    );
    let listed = list(&folder, "zh_CN.UTF-8", &["subs", "--roster", "roster.csv"]).exits(0);
    assert_eq!(
        listed.out,
        "\
2001      张三      server: server.py  client: client.py
    subs/2001-张三
2002      李四      server: my_server.py  client: 缺  (迟交)
    subs/2002-李四_late (2).zip · 共 2 次提交，以最后一次为准
    链接不取：x
2003      王五      无法使用
    Viva 不读 .rar：请手工解压，或要求交 .zip 或 .tar.gz
    subs/2003.rar
_[2J2009  ␛[2J2009  server: 缺  client: 缺
    subs/␛[2J2009 · 不在名单中

不是作业：subs/notes.txt
不在名单中，1 份：_[2J2009 ␛[2J2009
1 人未交：2004 赵六
5 份中已交 4 份
"
    );
}

#[test]
fn what_a_submission_says_of_itself_holds_before_anything_is_run() {
    let folder = Folder::new()
        .with("subs/ann/my_program.py", "")
        .with(
            "subs/ann/viva.yaml",
            "roles: { server: { find: my_program.py } }\n",
        )
        .with("subs/ben/server.py", "")
        .with("subs/ben/viva.yaml", "rolls: {}\n");
    // A name that the lab does not look for is left as it is where its author says that it is right.
    let zip = Zip::new()
        .file("2003-server.py", "")
        .file("viva.yaml", "roles: { server: { find: 2003-server.py } }\n");
    folder.add("subs/cid.zip", zip.done());
    let listed = list(&folder, "C", &["subs"]).exits(0);
    assert_eq!(
        listed.out,
        "\
ann  server: my_program.py  client: missing
    subs/ann
ben  can't be used
    there is a mistake in its viva.yaml (viva.yaml:1:1: unknown-key)
    subs/ben
cid  server: 2003-server.py  client: missing
    subs/cid.zip

3 of 3 handed in
"
    );
}

#[test]
fn the_list_as_json_is_of_its_schema() {
    let folder = class();
    let arguments = ["subs", "--roster", "roster.csv", "--json"];
    let listed = list(&folder, "C", &arguments).exits(0);
    let roll: serde_json::Value = serde_json::from_str(&listed.out).expect("JSON");
    let schema = viva().args(["schema", "roll"]).output().expect("viva");
    let schema: serde_json::Value = serde_json::from_slice(&schema.stdout).expect("a schema");
    let validator = jsonschema::validator_for(&schema).expect("a schema");
    let errors: Vec<String> = validator
        .iter_errors(&roll)
        .map(|error| error.to_string())
        .collect();
    assert!(errors.is_empty(), "{errors:?}");
    let told = |entry: &serde_json::Value| {
        let submitted = &entry["submitted"];
        let what = submitted["files"]["roles"][0]["file"].as_str();
        let why = submitted["unusable"]["why"].as_str();
        let what = what.or(why).or(submitted.as_str()).unwrap_or("-");
        format!("{} {what}", entry["key"].as_str().unwrap_or_default())
    };
    let entries = roll["entries"].as_array().expect("entries");
    assert_eq!(
        entries.iter().map(told).collect::<Vec<_>>(),
        [
            "2001 server.py",
            "2002 my_server.py",
            "2003 unknown-archive",
            "2004 nothing",
            "_[2J2009 -"
        ]
    );
    assert_eq!(roll["columns"], serde_json::json!(["学号", "姓名"]));
    assert_eq!(roll["oddities"][0]["what"], "stray");
    // Alone it says nothing.
    let alone = viva()
        .args(["grade", "hub", "subs", "--json"])
        .output()
        .expect("viva");
    assert_eq!(alone.status.code(), Some(2));
}

#[test]
fn a_roster_or_a_source_that_can_not_be_used_is_named_with_the_way_out() {
    let folder = class();
    fs::create_dir(folder.path().join("empty")).expect("a folder");
    fs::write(folder.path().join("cut.zip"), b"PK\x03\x04 and no more").expect("a file");
    for (more, said) in [
        (
            &["subs", "--roster", "twice.csv"][..],
            "twice.csv: `学号` must be another for everybody in the roster, but 2001 stands in lines 2, 4: mend the roster, or choose another column with --key",
        ),
        (
            &["subs", "--roster", "roster.csv", "--key", "学好"],
            "roster.csv: the roster has no column `学好`; it has: 学号, 姓名",
        ),
        (
            &["subs", "--roster", "roster.csv", "--group", "组"],
            "roster.csv: the roster has no column `组`; it has: 学号, 姓名",
        ),
        (
            &["subs", "--roster", "none.csv"],
            "none.csv: the roster can't be read: No such file or directory (os error 2)",
        ),
        (
            &["subs", "--roster", "cut.zip"],
            "cut.zip: the roster can't be read: Zip error: invalid Zip archive: Could not find EOCD",
        ),
        (&["nowhere"], "nowhere: no such file or folder"),
        (
            &["empty"],
            "empty: there is no submission in it: name the folder in which each student has a folder, an archive or a file, or what the course system gives",
        ),
        (
            &["cut.zip"],
            "cut.zip: the archive is cut off: its end is missing; download it again, or unpack it and name the folder",
        ),
    ] {
        let came = list(&folder, "C", more).exits(2);
        assert_eq!(came.err, format!("viva: {said}\n"));
    }
}
