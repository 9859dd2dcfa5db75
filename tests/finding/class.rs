//! Classes as people and course systems hand them over.

use viva::grading::read_roster;

use crate::stage::{Stage, Tar, Zip, handin, make_executable};

#[test]
fn a_folder_for_each_student_is_taken_as_it_is() {
    let stage = Stage::new();
    stage
        .write("subs/20240002-李四/chat_server.py", "")
        .write("subs/20240001-张三/lab/src/chat_server.py", "")
        .write("subs/20240001-张三/lab/src/my_client.py", "")
        .write("subs/20240001-张三/报告.pdf", "")
        .write("subs/20240003/nothing.txt", "")
        .write("subs/20240004/.DS_Store", "")
        .write("subs/.DS_Store", "")
        .write("subs/readme.txt", "");
    assert_eq!(
        stage.told(&stage.find("subs")),
        "\
20240001-张三: subs/20240001-张三 in subs/20240001-张三/lab/src server=chat_server.py client=my_client.py
20240002-李四: subs/20240002-李四 in subs/20240002-李四 server=chat_server.py client=-
20240003: subs/20240003 in subs/20240003 server=- client=-
20240004: subs/20240004 is empty
Stray 1: subs/readme.txt"
    );
    assert_eq!(stage.files("unpacked"), Vec::<String>::new());
}

#[test]
fn files_and_archives_for_each_student_are_unpacked() {
    let stage = Stage::new();
    let zip = Zip::new()
        .file("a/b/chat_server.py", "1")
        .file("__MACOSX/a/._chat_server.py", "x")
        .done();
    let tar = Tar::new().file("chat_client.py", b"2").gzipped();
    let nested = Zip::new().file("code.tar.gz", tar).done();
    stage
        .write("subs/20240001-张三.zip", zip)
        .write("subs/20240002-李四.zip", nested)
        .write("subs/20240003-server.py", "3")
        .write("subs/20240003-chat_client.py", "4");
    let roll = stage.find("subs");
    assert_eq!(
        stage.told(&roll),
        "\
20240001-张三: subs/20240001-张三.zip in unpacked/20240001-张三/20240001-张三/a/b server=chat_server.py client=-
20240002-李四: subs/20240002-李四.zip in unpacked/20240002-李四/20240002-李四/code server=- client=chat_client.py
20240003: subs/20240003-chat_client.py in unpacked/20240003 server=20240003-server.py client=20240003-chat_client.py"
    );
}

#[test]
fn moodle_and_canvas() {
    let stage = Stage::new();
    let moodle = Zip::new()
        .file(
            "Student One_1001_assignsubmission_file/lab.zip",
            Zip::new().file("chat_server.py", "").done(),
        )
        .file(
            "Student One_1001_assignsubmission_onlinetext/onlinetext.html",
            "hello",
        )
        .file("张三_1002_assignsubmission_file_/chat_server.py", "")
        .file("Team 7_3_assignsubmission_file_chat_server.py", "")
        .file("Team 7_3_assignsubmission_file_chat_client.py", "")
        .file("Default group_assignsubmission_file/chat_server.py", "")
        .done();
    stage.write("moodle.zip", moodle);
    assert_eq!(
        stage.told(&stage.find("moodle.zip")),
        "\
1001 «Student One»: moodle.zip/Student One_1001_assignsubmission_file in unpacked/1001/lab server=chat_server.py client=-
1002 «张三»: moodle.zip/张三_1002_assignsubmission_file_ in unpacked/1002 server=chat_server.py client=-
3 «Team 7»: moodle.zip/Team 7_3_assignsubmission_file_chat_client.py in unpacked/3 server=chat_server.py client=chat_client.py
Default group: moodle.zip/Default group_assignsubmission_file in unpacked/Default group server=chat_server.py client=-"
    );
    let canvas = Zip::new()
        .file("onestudent_101_2001_chat_server-1.py", "")
        .file("onestudent_101_2002_chat_client.py", "")
        .file(
            "张三_LATE_102_2003_lab 2.zip",
            Zip::new().file("x/chat_server.py", "").done(),
        )
        .file("LATE_anon_b7_2004_chat_server.py", "")
        .done();
    stage.write("submissions.zip", canvas);
    assert_eq!(
        stage.told(&stage.find("submissions.zip")),
        "\
101 «onestudent»: submissions.zip/onestudent_101_2001_chat_server-1.py in unpacked/101 server=chat_server-1.py client=chat_client.py
102 «张三»: submissions.zip/张三_LATE_102_2003_lab 2.zip in unpacked/102/lab 2/x server=chat_server.py client=- late Yes
b7 «anon b7»: submissions.zip/LATE_anon_b7_2004_chat_server.py in unpacked/b7 server=chat_server.py client=- late Yes"
    );
}

#[test]
fn a_roster_says_who_is_who_and_who_is_missing() {
    let stage = Stage::new();
    let roster = "\u{feff}学号,姓名,Email address,Identifier\n2001,张三,zs@example.edu,Participant 9001\n2002,李四,ls@example.edu,Participant 9002\n\
                  2003,王五,ww@example.edu,Participant 9003\n2004,赵六,zl@example.edu,Participant 9004\n2005,孙七,sq@example.edu,Participant 9005\n\
                  2006,孙七,sq2@example.edu,Participant 9006\n,谁,,\n";
    let roster = stage.roster(roster, None, None);
    stage
        .write("subs/lab2_２００１_x/chat_server.py", "")
        .write("subs/Li Si_9002_assignsubmission_file/chat_server.py", "")
        .write("subs/王五-实验二/chat_server.py", "")
        .write("subs/zl@example.edu/chat_server.py", "")
        .write("subs/孙七/chat_server.py", "")
        .write("subs/someone/chat_server.py", "");
    assert_eq!(
        stage.told(&stage.find_in(&["subs"], Some(&roster)).unwrap()),
        "\
2001 «张三» by Key: subs/lab2_２００１_x in subs/lab2_２００１_x server=chat_server.py client=-
2002 «李四» by Number: subs/Li Si_9002_assignsubmission_file in subs/Li Si_9002_assignsubmission_file server=chat_server.py client=-
2003 «王五» by Name: subs/王五-实验二 in subs/王五-实验二 server=chat_server.py client=-
2004 «赵六» by Column(\"Email address\"): subs/zl@example.edu in subs/zl@example.edu server=chat_server.py client=-
2005 «孙七» by Roster: nothing
2006 «孙七» by Roster: nothing
someone: subs/someone in subs/someone server=chat_server.py client=-
孙七: subs/孙七 in subs/孙七 server=chat_server.py client=-
  Ambiguous 1: 2005, 2006
NoKey 1: 8"
    );
}

#[test]
fn groups_share_one_submission() {
    let stage = Stage::new();
    let roster = stage.roster(
        "id,name,team\n2001,A,Team 1\n2002,B,Team 1\n2003,C,\n2004,D,Team 2\n2005,E,Team 2\n2006,F,\n2007,G,\n",
        None,
        Some("team"),
    );
    stage
        .write("subs/Team 1_3_assignsubmission_file/chat_server.py", "")
        .write("subs/2003/chat_server.py", "")
        .write("subs/2006-2007/chat_server.py", "");
    assert_eq!(
        stage.told(&stage.find_in(&["subs"], Some(&roster)).unwrap()),
        "\
Team 1 of 2001 2002 by Group: subs/Team 1_3_assignsubmission_file in subs/Team 1_3_assignsubmission_file server=chat_server.py client=-
2003 «C» by Key: subs/2003 in subs/2003 server=chat_server.py client=-
Team 2 of 2004 2005 by Roster: nothing
2006+2007 «F, G» of 2006 2007 by Key: subs/2006-2007 in subs/2006-2007 server=chat_server.py client=-
  Together 1: 2006, 2007"
    );
}

#[test]
fn of_several_attempts_the_last_counts() {
    let stage = Stage::new();
    stage
        .write(
            "subs/anna (2).zip",
            Zip::new().file("chat_server.py", "2").done(),
        )
        .write(
            "subs/anna.zip",
            Zip::new().file("chat_server.py", "1").done(),
        )
        .write(
            "subs/anna (10).zip",
            Zip::new().file("chat_server.py", "10").done(),
        )
        .write("subs/bert/attempt_1/chat_server.py", "")
        .write("subs/bert/attempt_2_late/chat_server.py", "")
        .write("subs/carl/第1次/chat_server.py", "")
        .write("subs/carl/第2次/chat_client.py", "");
    let roll = stage.find("subs");
    assert_eq!(
        stage.told(&roll),
        "\
anna: subs/anna (10).zip in unpacked/anna/anna (10) server=chat_server.py client=- attempts subs/anna.zip, subs/anna (2).zip, subs/anna (10).zip
bert: subs/bert in subs/bert server=attempt_1/chat_server.py client=-
carl: subs/carl/第2次 in subs/carl/第2次 server=- client=chat_client.py attempts subs/carl/第1次, subs/carl/第2次"
    );
}

#[test]
fn who_is_called_by_a_number_alone_is_somebody_and_no_attempt() {
    let stage = Stage::new();
    stage
        .write("subs/submission_1/chat_server.py", "")
        .write("subs/submission_2/chat_server.py", "")
        .write("subs/(3)/chat_server.py", "");
    assert_eq!(
        stage.told(&stage.find("subs")),
        "\
(3): subs/(3) in subs/(3) server=chat_server.py client=-
submission_1: subs/submission_1 in subs/submission_1 server=chat_server.py client=-
submission_2: subs/submission_2 in subs/submission_2 server=chat_server.py client=-"
    );
}

#[test]
fn only_what_is_wanted_is_unpacked_and_everybody_is_known() {
    let stage = Stage::new();
    for name in ["anna", "bert", "carl"] {
        let zip = Zip::new().file("chat_server.py", name).done();
        stage.write(&format!("subs/{name}.zip"), zip);
    }
    let roll = stage.find_mine("subs", &|key| key == "bert");
    assert_eq!(roll.everybody, ["anna", "bert", "carl"]);
    assert_eq!(
        stage.told(&roll),
        "bert: subs/bert.zip in unpacked/bert/bert server=chat_server.py client=-"
    );
    assert_eq!(stage.files("unpacked"), ["bert/bert/chat_server.py"]);
}

#[test]
fn one_submission_is_one_whatever_it_lies_in() {
    let stage = Stage::new();
    stage
        .write("one/chat_server.py", "")
        .write("two/server/chat_server.py", "")
        .write("two/client/chat_client.py", "")
        .write(
            "three.zip",
            Zip::new().file("three/chat_server.py", "").done(),
        )
        .write("four.py", "");
    assert_eq!(
        stage.told(&stage.find("one")),
        "one: one in one server=chat_server.py client=-"
    );
    assert_eq!(
        stage.told(&stage.find("two")),
        "two: two in two server=server/chat_server.py client=client/chat_client.py"
    );
    assert_eq!(
        stage.told(
            &stage
                .find_in(&["two", "one", "three.zip", "four.py"], None)
                .unwrap()
        ),
        "\
four: four.py in unpacked/four server=- client=-
one: one in one server=chat_server.py client=-
three: three.zip in unpacked/three server=chat_server.py client=-
two: two in two server=server/chat_server.py client=client/chat_client.py"
    );
    // Those that are called alike are not one's.
    stage.write("other/one/chat_client.py", "");
    assert_eq!(
        stage
            .told(&stage.find_each(&["one", "other/one"]).unwrap())
            .replace(&stage.key(""), ""),
        "\
one «one»: one in one server=chat_server.py client=-
other_one «other/one»: other/one in other/one server=- client=chat_client.py"
    );
    assert_eq!(
        stage.told(&stage.find_each(&["three.zip", "two"]).unwrap()),
        "\
three: three.zip in unpacked/three/three/three server=chat_server.py client=-
two: two in two server=server/chat_server.py client=client/chat_client.py"
    );
}

#[test]
fn a_lone_file_fills_a_lone_role() {
    let lab = "viva: 1\nlab: talk\ntitle: { en: Talk }\nroles:\n  server: { find: [server.py] }\nscenarios: [{ use: join.yaml, points: 1 }]\n";
    let stage = Stage::with_lab(lab);
    stage
        .write("subs/20240001-张三.py", "1")
        .write("subs/20240002-李四-server.py", "2")
        .write("subs/report.docx", "");
    assert_eq!(
        stage.told(&stage.find("subs")),
        "\
20240001-张三: subs/20240001-张三.py in unpacked/20240001-张三 server=server.py
  Renamed 1: 20240001-张三.py → server.py
20240002-李四-server: subs/20240002-李四-server.py in unpacked/20240002-李四-server server=server.py
  Renamed 1: 20240002-李四-server.py → server.py
Stray 1: subs/report.docx"
    );
}

#[test]
fn the_digest_is_that_of_names_contents_and_executable_bits() {
    let stage = Stage::new();
    stage
        .write("subs/a/chat_server.py", "1")
        .write("subs/b/chat_server.py", "1")
        .write("subs/b/__pycache__/x", "1")
        .write("subs/c.zip", Zip::new().file("chat_server.py", "1").done())
        .write("subs/d/chat_server.py", "2")
        .write("subs/e/Chat_server.py", "1")
        .write("subs/f/chat_server.py", "1");
    make_executable(&stage.path("subs/f/chat_server.py"));
    let roll = stage.find("subs");
    let digest = |key: &str| handin(&roll, key).digest.clone();
    assert_eq!(digest("a").len(), 64);
    assert_eq!([digest("b"), digest("c")], [digest("a"), digest("a")]);
    for other in ["d", "e", "f"] {
        assert_ne!(digest(other), digest("a"), "{other}");
    }
}

#[test]
fn a_roster_may_be_a_workbook() {
    const RELATIONS: &str = "http://schemas.openxmlformats.org/package/2006/relationships";
    const OFFICE: &str = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
    const SHEET: &str = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
    let text =
        |at: &str, text: &str| format!("<c r=\"{at}\" t=\"inlineStr\"><is><t>{text}</t></is></c>");
    let rows = format!(
        "<row r=\"1\">{}</row><row r=\"3\">{}{}{}</row><row r=\"4\"><c r=\"A4\"><v>20240001</v></c>{}</row><row r=\"6\">{}{}</row>",
        text("A1", "第七班"),
        text("A3", "学号"),
        text("B3", "班"),
        text("C3", "姓名"),
        text("C4", "张三"),
        text("A6", "20240002"),
        text("C6", "李四"),
    );
    let book = Zip::new()
        .file("[Content_Types].xml", "<Types xmlns=\"http://schemas.openxmlformats.org/package/2006/content-types\"/>")
        .file("_rels/.rels", format!("<Relationships xmlns=\"{RELATIONS}\"><Relationship Id=\"r1\" Type=\"{OFFICE}/officeDocument\" Target=\"xl/workbook.xml\"/></Relationships>"))
        .file("xl/workbook.xml", format!("<workbook xmlns=\"{SHEET}\" xmlns:r=\"{OFFICE}\"><sheets><sheet name=\"a\" sheetId=\"1\" r:id=\"r1\"/></sheets></workbook>"))
        .file("xl/_rels/workbook.xml.rels", format!("<Relationships xmlns=\"{RELATIONS}\"><Relationship Id=\"r1\" Type=\"{OFFICE}/worksheet\" Target=\"worksheets/sheet1.xml\"/></Relationships>"))
        .file("xl/worksheets/sheet1.xml", format!("<worksheet xmlns=\"{SHEET}\"><sheetData>{rows}</sheetData></worksheet>"));
    let stage = Stage::new();
    stage
        .write("class.xlsx", book.done())
        .write("subs/20240001/chat_server.py", "");
    let roster = read_roster(&stage.path("class.xlsx"), None, None).unwrap();
    assert_eq!(roster.columns, ["学号", "班", "姓名"]);
    let lines: Vec<usize> = roster.rows.iter().map(|row| row.line).collect();
    assert_eq!(lines, [4, 6]);
    assert_eq!(
        stage.told(&stage.find_in(&["subs"], Some(&roster)).unwrap()),
        "\
20240001 «张三» by Key: subs/20240001 in subs/20240001 server=chat_server.py client=-
20240002 «李四» by Roster: nothing"
    );
}
