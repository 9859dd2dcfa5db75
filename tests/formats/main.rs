//! A class in every form: what other programs read in it. They are not ours where such are to be had: Python's csv, xml.etree and zipfile,
//! junitparser, tap.py, markdown-it-py and jsonschema (see docs/formats.md).

#[path = "../stand/mod.rs"]
mod stand;

mod class;
mod forger;

use std::fs;
use std::io::Cursor;
use std::path::Path;
use std::process::Command;

use viva::diagnostic::Language;
use viva::grading::Class;
use viva::report::{
    Feedback, FeedbackZip, Junit, Platform, Readers, Style, Surroundings, Tap, autolab, class_json,
    class_summary, classroom50, github, github_summary, gradebook, gradescope, markdown,
    prairielearn,
};

use class::{HIDDEN, hostile_class, told};
use stand::viva;

fn style(language: Language) -> Style {
    Style {
        color: false,
        width: 100,
        language,
    }
}

/// Runs a part of `check.py` on what lies in `folder`.
#[track_caller]
pub(crate) fn check(part: &str, folder: &Path) {
    let output = Command::new("python3")
        .args(["-I", "tests/formats/check.py", part])
        .arg(folder)
        .output()
        .expect("python3");
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{part}: {said}");
}

/// Writes every form of `class` for `readers` into `folder`, each about a submission under its number.
fn write_all(class: &Class, readers: Readers, style: &Style, folder: &Path) {
    let put = |name: &str, content: &[u8]| {
        let path = folder.join(name);
        fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        fs::write(path, content).expect("a file");
    };
    put("class.json", class_json(class).as_bytes());
    put("class.txt", class_summary(class, style).as_bytes());
    put("class.csv", &gradebook(class, false));
    put("excel.csv", &gradebook(class, true));
    let mut junit = Junit::new(readers, style);
    let mut tap = Tap::new(readers, style);
    let mut moodle = FeedbackZip::new(Platform::Moodle, Cursor::default());
    let mut canvas = FeedbackZip::new(Platform::Canvas, Cursor::default());
    let surroundings = Surroundings {
        classroom: Some("net101".to_owned()),
        assignment: Some("hub".to_owned()),
        submission: Some("submit/2026-09-20T10-00-00Z-abc1234".to_owned()),
        commit: Some("https://example.org/commit/abc1234".to_owned()),
        release: Some("https://example.org/releases/x".to_owned()),
        now: "2026-09-20T10:05:00Z".to_owned(),
        ..Surroundings::default()
    };
    for (number, graded) in class.submissions.iter().enumerate() {
        let feedback = Feedback::new(class, graded, |judged| Some(told(graded, judged)));
        junit.add(&feedback);
        tap.add(&feedback);
        let text = markdown(&feedback, readers, style);
        for zip in [&mut moodle, &mut canvas] {
            zip.add(graded, "md", text.as_bytes()).expect("an entry");
        }
        for (name, content) in [
            ("markdown.md", text),
            ("gradescope.json", gradescope(&feedback, style)),
            (
                "classroom50.json",
                classroom50(&feedback, &surroundings, readers, style),
            ),
            ("autolab.json", autolab(&feedback, readers, style)),
            ("prairielearn.json", prairielearn(&feedback, readers, style)),
            ("github.txt", github(&feedback, readers, style)),
            ("github.md", github_summary(&feedback, readers, style)),
        ] {
            put(&format!("{number}/{name}"), content.as_bytes());
        }
    }
    put("junit.xml", junit.finish().as_bytes());
    put("tap.txt", tap.finish().as_bytes());
    for (name, zip) in [("moodle.zip", moodle), ("canvas.zip", canvas)] {
        let zip: Cursor<Vec<u8>> = zip.finish().expect("a zip");
        put(name, &zip.into_inner());
    }
}

#[test]
fn foreign_programs_read_every_form_and_obey_nothing_in_it() {
    let class = hostile_class();
    let folder = tempfile::tempdir().expect("a folder");
    write_all(
        &class,
        Readers::Students,
        &style(Language::English),
        folder.path(),
    );
    let schema = viva().args(["schema", "class"]).output().expect("viva");
    fs::write(folder.path().join("schema.json"), schema.stdout).expect("a file");
    check("forms", folder.path());
}

#[test]
fn students_never_read_what_is_hidden() {
    let class = hostile_class();
    for language in [Language::English, Language::Chinese] {
        let folder = tempfile::tempdir().expect("a folder");
        write_all(&class, Readers::Students, &style(language), folder.path());
        for number in 0..class.submissions.len() {
            for name in [
                "markdown.md",
                "classroom50.json",
                "autolab.json",
                "prairielearn.json",
                "github.txt",
                "github.md",
            ] {
                let path = folder.path().join(format!("{number}/{name}"));
                let text = fs::read_to_string(path).expect("a text");
                for hidden in HIDDEN {
                    assert!(!text.contains(hidden), "{number}/{name}: {hidden}\n{text}");
                }
            }
        }
        for name in ["junit.xml", "tap.txt"] {
            let text = fs::read_to_string(folder.path().join(name)).expect("a text");
            for hidden in HIDDEN {
                assert!(!text.contains(hidden), "{name}: {hidden}");
            }
        }
        check("secrets", folder.path());
    }
    // Whoever may read it does.
    let folder = tempfile::tempdir().expect("a folder");
    write_all(
        &class,
        Readers::Teachers,
        &style(Language::English),
        folder.path(),
    );
    let text = fs::read_to_string(folder.path().join("1/markdown.md")).expect("a text");
    for hidden in HIDDEN {
        assert!(text.contains(hidden), "{hidden}\n{text}");
    }
}

#[test]
fn what_students_see_of_a_mark_is_told_apart_from_what_comes_later() {
    let class = hostile_class();
    let graded = &class.submissions[1];
    let feedback = Feedback::new(&class, graded, |judged| Some(told(graded, judged)));
    let all = [Language::English, Language::Chinese]
        .map(|language| markdown(&feedback, Readers::Students, &style(language)));
    assert!(
        all[0].contains("- Visible part: 4 of 7; 5 further points are checked later.\n"),
        "{}",
        all[0]
    );
    assert!(
        all[1].contains("- 可见部分：4/7；另有 5 分稍后检查。\n"),
        "{}",
        all[1]
    );
}

#[test]
fn a_class_in_a_terminal() {
    let class = hostile_class();
    let text = class_summary(&class, &style(Language::English));
    let expected = fs::read_to_string("tests/formats/class.txt").unwrap_or_default();
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        fs::write("tests/formats/class.txt", &text).expect("a file");
        return;
    }
    assert_eq!(text, expected);
    let chinese = class_summary(&class, &style(Language::Chinese));
    assert!(
        chinese.contains("    2/5: broadcast, afterwards, secret – 发送者收到自己的消息\n"),
        "{chinese}"
    );
}
