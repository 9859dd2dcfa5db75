use super::super::class::{Class, Graded, Mark, Member, NoMark, Submitted};
use super::{Filled, Order, Unfillable, fill_gradebook};
use crate::r#box::Isolation;
use crate::diagnostic::Localized;

fn member(key: &str, roster: &[(&str, &str)]) -> Member {
    let roster = roster
        .iter()
        .map(|(column, value)| ((*column).to_owned(), (*value).to_owned()));
    Member {
        key: key.to_owned(),
        name: key.to_owned(),
        roster: roster.collect(),
    }
}

fn graded(key: &str, points: Option<f64>) -> Graded {
    Graded {
        oddities: Vec::new(),
        key: key.to_owned(),
        name: key.to_owned(),
        members: vec![member(key, &[])],
        handed_in: Submitted::Nothing,
        results: Vec::new(),
        mark: Mark {
            points,
            none: points.is_none().then_some(NoMark::Unfinished),
            of: 20.0,
            lines: Vec::new(),
        },
    }
}

fn class(submissions: Vec<Graded>) -> Class {
    Class {
        digest: String::new(),
        shard: None,
        everybody: Vec::new(),
        version: 1,
        viva: "0.1.0".to_owned(),
        lab: "hub".to_owned(),
        title: Localized::default(),
        seed: "7f3a".to_owned(),
        isolation: Isolation::Full,
        roster: Vec::new(),
        scenarios: Vec::new(),
        submissions,
        interrupted: false,
    }
}

fn marks(marks: &[(&str, f64)]) -> Class {
    let submissions = marks.iter().map(|(key, points)| graded(key, Some(*points)));
    class(submissions.collect())
}

fn order(key: &str, mark: &str, comment: Option<&str>) -> Order {
    Order {
        key: key.to_owned(),
        mark: mark.to_owned(),
        comment: comment.map(str::to_owned),
    }
}

fn filled(template: impl AsRef<[u8]>, order: &Order, class: &Class) -> Filled {
    let comment = |graded: &Graded| format!("=HYPERLINK(\"{}\")", graded.key);
    fill_gradebook(template.as_ref(), order, class, comment).expect("filled")
}

fn refused(template: impl AsRef<[u8]>, order: &Order, class: &Class) -> Unfillable {
    let filled = fill_gradebook(template.as_ref(), order, class, |_| String::new());
    filled.expect_err("no such template can be filled")
}

const MOODLE: &str = "\u{feff}Identifier,Full name,Status,Grade,Maximum Grade,Last modified (grade),Feedback comments\r\n\
    Participant 1327627,\"Student, One\",Submitted for grading,,\"20,00\",-,\r\n\
    Participant 1327628,Student Two,\"No \"\"submission\"\"\",-,\"20,00\",-,\"<p>old</p>\"\r\n\
    Participant 1327629,Student Three,Draft,\"7,50\",\"20,00\",-,";

#[test]
fn a_worksheet_of_moodle_keeps_every_other_byte() {
    let order = order("Identifier", "Grade", Some("Feedback comments"));
    let class = marks(&[("1327627", 17.5), ("1327629", 8.0), ("9", 1.0)]);
    let filled = filled(MOODLE, &order, &class);
    let expected = MOODLE
        .replace("grading,,", "grading,\"17,5\",")
        .replace(
            "20,00\",-,\r\nParticipant 1327628",
            "20,00\",-,\"'=HYPERLINK(\"\"1327627\"\")\"\r\nParticipant 1327628",
        )
        .replace("\"7,50\"", "\"8\"");
    let expected = format!("{expected}\"'=HYPERLINK(\"\"1327629\"\")\"");
    assert_eq!(String::from_utf8_lossy(&filled.bytes), expected);
    assert_eq!((filled.marked, filled.replaced), (2, 1));
    assert_eq!(filled.unknown, ["Participant 1327628"]);
    assert_eq!(filled.missing, ["9"]);
}

#[test]
fn an_empty_mark_stays_empty() {
    let order = order("Identifier", "Grade", None);
    let class = class(vec![graded("1327627", None), graded("1327628", Some(0.0))]);
    let filled = filled(MOODLE, &order, &class);
    assert_eq!(
        String::from_utf8_lossy(&filled.bytes),
        MOODLE.replace("\"\"submission\"\"\",-,", "\"\"submission\"\"\",0,")
    );
    assert_eq!(filled.unmarked, ["Participant 1327627"]);
    assert!(filled.missing.is_empty());
}

#[test]
fn a_gradebook_of_canvas_keeps_excuses_and_rows_that_are_no_students() {
    let canvas = "Student,ID,SIS User ID,SIS Login ID,Section,Lab 2 hub chat (98765),Final Score\n\
        \x20   Points Possible,,,,,20,(read only)\n\
        \"One, Student\",101,2024010001,s1,NET101-01,,0\n\
        \"Two, Student\",102,2024010002,s2,NET101-01,EX\n\
        \"Three, Student\",103,2024010003,s3,NET101-01\n\
        \"Student, Test\",999,,x9,NET101-01,,\n";
    for (key, keys) in [
        ("ID", ["101", "102", "103"]),
        ("SIS Login ID", ["s1", "s2", "s3"]),
    ] {
        let order = order(key, "lab 2 hub chat (98765)", None);
        let class = marks(&[(keys[0], 17.25), (keys[1], 3.0), (keys[2], 12.0)]);
        let filled = filled(canvas, &order, &class);
        let expected = canvas
            .replace("s1,NET101-01,,", "s1,NET101-01,17.25,")
            .replace("s3,NET101-01\n", "s3,NET101-01,12\n");
        assert_eq!(String::from_utf8_lossy(&filled.bytes), expected);
        assert_eq!(filled.kept, [(keys[1].to_owned(), "EX".to_owned())]);
        assert_eq!(filled.unknown.len(), 1);
    }
}

#[test]
fn gbk_stays_gbk_and_a_title_above_the_heading_is_passed_over() {
    let text = "网络实验成绩表;;\r\n学号;姓名;成绩（录入项）;评语（录入项）\r\n2024010001;张三;;\r\n2024010002;\"李;四\";;好\r\n";
    let (gbk, _, _) = encoding_rs::GBK.encode(text);
    // Half-width parentheses are typed more easily.
    let order = order("学号", "成绩(录入项)", Some("评语(录入项)"));
    let class = marks(&[("2024010002", 17.5)]);
    let comment = |_: &Graded| "四人🙂：对".to_owned();
    let filled = fill_gradebook(&gbk, &order, &class, comment).expect("filled");
    let (expected, _, _) = encoding_rs::GBK.encode("网络实验成绩表;;\r\n学号;姓名;成绩（录入项）;评语（录入项）\r\n2024010001;张三;;\r\n2024010002;\"李;四\";17,5;四人?：对\r\n");
    assert_eq!(filled.bytes, expected.as_ref());
}

#[test]
fn who_works_together_gets_the_same_mark_and_the_roster_knows_other_names() {
    let mut group = graded("2024010001", Some(12.0));
    group.members = ["2024010001", "2024010002", "2024010009"]
        .map(|key| member(key, &[]))
        .to_vec();
    let mut alone = graded("2024010003", Some(5.0));
    alone.members = vec![member("2024010003", &[("Login", "lee")])];
    let class = class(vec![group, alone]);
    let text = "login\tmark\n2024010001\t\n2024010002\t\nlee\t\n";
    let filled = filled(text, &order("Login", "mark", None), &class);
    assert_eq!(
        String::from_utf8_lossy(&filled.bytes),
        "login\tmark\n2024010001\t12\n2024010002\t12\nlee\t5\n"
    );
    assert_eq!(filled.missing, ["2024010009"]);
}

#[test]
fn nothing_is_guessed() {
    let class = marks(&[("1", 1.0), ("2", 2.0)]);
    let there = vec!["id".to_owned(), "grade".to_owned(), "grade".to_owned()];
    let cases = [
        (
            "id,grade,grade\n1,,\n",
            order("idd", "grade", None),
            Unfillable::NoColumn {
                name: "idd".to_owned(),
                there,
            },
        ),
        (
            "id,grade,grade\n1,,\n",
            order("id", "grade", None),
            Unfillable::TwoColumns {
                name: "grade".to_owned(),
            },
        ),
        (
            "id,grade\n1,\n2,\n1,\n",
            order("id", "grade", None),
            Unfillable::TwoRows {
                key: "1".to_owned(),
                rows: vec![2, 4],
            },
        ),
        (
            "id,grade\ns1,\n",
            order("id", "grade", None),
            Unfillable::NobodyFound {
                name: "id".to_owned(),
                there: Some("s1".to_owned()),
                wanted: Some("1".to_owned()),
            },
        ),
        (
            "id,grade\n1,\"a\n",
            order("id", "grade", None),
            Unfillable::OpenQuote { line: 2 },
        ),
        ("a\0b", order("id", "grade", None), Unfillable::NotText),
        (
            "\u{d0}",
            order("id", "grade", None),
            Unfillable::NoColumn {
                name: "id".to_owned(),
                there: vec!["\u{d0}".to_owned()],
            },
        ),
        (
            "",
            order("id", "grade", None),
            Unfillable::NoColumn {
                name: "id".to_owned(),
                there: vec![],
            },
        ),
    ];
    for (template, order, why) in cases {
        assert_eq!(refused(template, &order, &class), why, "{template:?}");
    }
    assert_eq!(
        refused(
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1....",
            &order("id", "grade", None),
            &class
        ),
        Unfillable::OldExcel
    );
    assert!(matches!(
        refused(b"PK\x03\x04....", &order("id", "grade", None), &class),
        Unfillable::NotAWorkbook { .. }
    ));
    let mut twins = marks(&[("1", 1.0), ("2", 2.0)]);
    twins.submissions[1].members = vec![member("2", &[("ID", "1")])];
    assert_eq!(
        refused("id,grade\n1,\n", &order("id", "grade", None), &twins),
        Unfillable::TwoStudents {
            key: "1".to_owned(),
            students: vec!["1".to_owned(), "2".to_owned()]
        }
    );
}
