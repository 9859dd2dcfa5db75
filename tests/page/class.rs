//! The page of a submission and that of a class.

use std::time::{Duration, Instant};

use viva::r#box::Isolation;
use viva::diagnostic::{Language, Localized};
use viva::grading::{
    Class, Column, Graded, Handin, Judged, Late, Mark, MarkLine, Member, Odd, Oddity, Reason, Role,
    Submitted, Visibility,
};
use viva::report::{Feedback, Readers, Style, class_page, class_summary, submission_page};
use viva::verdict::{Actual, Expected, Kind, Outcome, ScenarioResult, Trouble};

use crate::browser::Browser;
use crate::cases::{EVIL, gbk, hostile, own_message, passed};
use crate::page;
use crate::stand::Folder;

/// A scenario of a lab with so many of them: every tenth is seen after the due date only, and every eleventh by teachers only.
fn column(index: usize) -> Column {
    Column {
        name: format!("scenario-{index}"),
        title: Localized {
            en: Some(format!("Number {index}")),
            zh: Some(format!("第 {index} 号")),
        },
        kind: if index.is_multiple_of(3) {
            Kind::Robustness
        } else {
            Kind::Core
        },
        points: 2.0,
        bonus: false,
        visibility: match index {
            _ if index % 10 == 9 => Visibility::AfterDue,
            _ if index % 11 == 10 => Visibility::Hidden,
            _ => Visibility::Visible,
        },
    }
}

/// How it came out for somebody: mostly well.
fn judged(who: usize, index: usize) -> Judged {
    let outcome = match (who * 31 + index * 17) % 13 {
        0 | 1 => own_message().outcome,
        2 => gbk().outcome,
        3 if index > 0 => Outcome::Skipped {
            need: "scenario-0".to_owned(),
        },
        4 if who.is_multiple_of(7) => Outcome::Error(Trouble::TooSlow),
        5 if index.is_multiple_of(5) => Outcome::NotApplicable {
            name: "form".to_owned(),
            value: "one".to_owned(),
        },
        _ => Outcome::Passed,
    };
    let is_passed = matches!(outcome, Outcome::Passed);
    let unstable = who % 9 == 4 && index == 2;
    Judged {
        scenario: format!("scenario-{index}"),
        points: match &outcome {
            Outcome::Passed => Some(2.0),
            Outcome::Error(_) => None,
            _ => Some(0.0),
        },
        of: if matches!(outcome, Outcome::NotApplicable { .. }) {
            0.0
        } else {
            2.0
        },
        passed: if unstable { 2 } else { u32::from(is_passed) },
        runs: if unstable { 3 } else { 1 },
        outcome,
        deducted: 0.0,
        remarks: Vec::new(),
        seed: "7f3a".to_owned(),
        again: vec!["run".into(), "hub".into()],
        layers: None,
        duration: Duration::from_millis((who * 7 + index) as u64),
        transcript: Some(format!("transcripts/{who}/{index}.json")),
    }
}

fn graded(who: usize, scenarios: usize) -> Graded {
    let results: Vec<Judged> = (0..scenarios).map(|index| judged(who, index)).collect();
    let points: Option<Vec<f64>> = results.iter().map(|own| own.points).collect();
    let points = points.map(|points| points.iter().sum::<f64>());
    let of = 2.0 * scenarios as f64;
    let key = format!("2024{who:04}");
    Graded {
        name: format!("学生 {who}"),
        members: vec![Member {
            key: key.clone(),
            name: format!("学生 {who}"),
            roster: Default::default(),
        }],
        key,
        handed_in: Submitted::Files(Handin {
            source: format!("downloads/{who}.zip"),
            folder: format!("submissions/{who}"),
            digest: "00".to_owned(),
            roles: vec![Role {
                role: "server".to_owned(),
                file: Some("server.py".to_owned()),
            }],
            attempts: Vec::new(),
            late: if who % 20 == 3 {
                Late::By(7200)
            } else {
                Late::No
            },
        }),
        oddities: Vec::new(),
        mark: Mark {
            points,
            none: points
                .is_none()
                .then(|| viva::grading::NoMark::Trouble(vec!["scenario-4".to_owned()])),
            of,
            lines: vec![MarkLine {
                reason: Reason::Core { of },
                points: points.unwrap_or(0.0),
            }],
        },
        results,
    }
}

fn class(people: usize, scenarios: usize) -> Class {
    let mut submissions: Vec<Graded> = (0..people).map(|who| graded(who, scenarios)).collect();
    if people > 3 {
        submissions[2].handed_in = Submitted::Nothing;
        submissions[2].results = Vec::new();
        submissions[2].mark.points = Some(0.0);
        EVIL.clone_into(&mut submissions[3].name);
    }
    Class {
        version: 1,
        viva: "0.1.0".to_owned(),
        lab: "hub".to_owned(),
        title: Localized {
            en: Some("A chat room over sockets".to_owned()),
            zh: Some("socket 聊天室".to_owned()),
        },
        seed: "7f3a".to_owned(),
        isolation: Isolation::Full,
        scenarios: (0..scenarios).map(column).collect(),
        submissions,
        interrupted: false,
        ..empty()
    }
}

/// What is the same in every class.
fn empty() -> Class {
    serde_json::from_value(serde_json::json!({
        "version": 1, "viva": "", "lab": "", "title": {}, "seed": "", "isolation": "full", "digest": "",
        "scenarios": [], "submissions": [], "interrupted": false
    }))
    .expect("a class")
}

fn pages(graded: &Graded) -> Option<String> {
    Some(format!("pages/{}.html", graded.key))
}

fn teacher(class: &Class) -> String {
    class_page(class, &pages, Readers::Teachers, Language::English)
}

pub(crate) fn a_class_of_any_size_has_a_page_that_can_be_used(
    browser: &mut Browser,
    folder: &Folder,
) {
    for people in [0, 1, 40, 500] {
        let mut class = class(people, 30);
        // One of them has nothing to mend.
        let best = class.submissions.iter_mut().take(1);
        for judged in best.flat_map(|graded| &mut graded.results) {
            judged.outcome = Outcome::Passed;
            (judged.passed, judged.runs) = (1, 1);
        }
        let begun = Instant::now();
        let html = teacher(&class);
        let (made, size) = (begun.elapsed(), html.len());
        let file = page(folder, &format!("class-{people}.html"), &html);
        let begun = Instant::now();
        browser.open(&file);
        let rows = browser.eval("document.querySelectorAll('table.class tbody tr').length");
        crate::stand::note(&format!(
            "{people} submissions: {size} bytes, made in {made:?}, shown in {:?}",
            begun.elapsed()
        ));
        assert_eq!(rows, people);
        assert!(size < 3 << 20, "{people}: {size} bytes");
        assert_eq!(browser.trouble(), [] as [&str; 0], "{people}");
        assert_eq!(browser.eval("window.hit === undefined"), true);
    }
    assert!(teacher(&class(0, 30)).contains("Nobody is in this class."));

    // Sorted by points, then the other way round; narrowed to a name; moved along by keys.
    browser.open(&folder.path().join("class-40.html"));
    let points =
        "[...document.querySelectorAll('table.class td.points')].map(it => +it.dataset.points)";
    browser.eval("document.querySelector('th.points').click()");
    let rising = format!("{points}.every((it, at, all) => at === 0 || all[at - 1] <= it)");
    assert_eq!(browser.eval(&rising), true);
    browser.eval("document.querySelector('th.points').click()");
    let falling = format!("{points}.every((it, at, all) => at === 0 || all[at - 1] >= it)");
    assert_eq!(browser.eval(&falling), true);
    browser.eval("document.querySelectorAll('thead th')[2].click()");
    let first = browser.text("document.querySelector('tbody tr').cells[2].className");
    assert_eq!(first, "failed");
    browser.press("/");
    for key in "20240017".chars() {
        browser.press(&key.to_string());
    }
    let shown = "[...document.querySelectorAll('tbody tr')].filter(it => it.checkVisibility()).map(it => it.cells[0].innerText).join('|')";
    assert!(
        browser.text(shown).starts_with("学生 17"),
        "{}",
        browser.text(shown)
    );
    browser.eval("document.activeElement.blur()");
    browser.press("j");
    let link = browser.text("document.activeElement.getAttribute('href')");
    assert_eq!(link, "pages/20240017.html");

    // Narrowed to who has something to mend, by a key and by the mouse.
    browser.eval("filter.value = ''; filter.dispatchEvent(new Event('input'))");
    let count =
        "[...document.querySelectorAll('tbody tr')].filter(it => it.checkVisibility()).length";
    let fine = "[...document.querySelectorAll('tbody tr')].filter(it => it.checkVisibility()).some(it => [...it.cells].slice(2).every(cell => cell.matches('.passed, .none')))";
    assert_eq!(browser.eval(count), 40);
    assert_eq!(browser.eval(fine), true);
    browser.press("f");
    assert_eq!(browser.eval(count), 39);
    assert_eq!(browser.eval(fine), false);
    browser.eval("document.querySelector('#wanting').click()");
    assert_eq!(browser.eval(count), 40);
    assert_eq!(browser.trouble(), [] as [&str; 0]);

    // It prints.
    assert!(browser.pdf().starts_with(b"%PDF-"));
}

#[test]
fn a_class_page_says_what_most_got_wrong() {
    let mut class = class(40, 6);
    for graded in &mut class.submissions {
        for (index, judged) in graded.results.iter_mut().enumerate() {
            judged.outcome = Outcome::Passed;
            if index == 1 && graded.key.as_str() < "20240031" {
                judged.outcome = own_message().outcome;
            }
        }
    }
    let html = teacher(&class);
    let miss = "<b><span lang=\"en\">30 of 39</span><span lang=\"zh\">30/39</span></b>";
    assert!(html.contains(miss), "{html}");
    let who = "<a href=\"pages/20240017.html#at-scenario-1\">学生 17</a>";
    assert!(html.contains(who), "{html}");
    assert!(
        html.contains("the sender gets its own message back"),
        "{html}"
    );
}

#[test]
fn one_mistake_counts_once_for_each_submission() {
    let mut class = class(3, 6);
    for (who, graded) in class.submissions.iter_mut().enumerate() {
        for (index, judged) in graded.results.iter_mut().enumerate() {
            let mut outcome = own_message().outcome;
            if let Outcome::Failed(failure) = &mut outcome {
                failure.step.number = index;
                if who < 2 && index > 3 {
                    failure.notes.clear();
                    failure.expected = Expected::ProgramFile {
                        role: "client".to_owned(),
                        find: Vec::new(),
                    };
                    failure.actual = Actual::Nothing;
                }
                if index == 3 {
                    failure.notes.clear();
                }
            }
            judged.outcome = outcome;
        }
    }
    let style = Style {
        color: false,
        width: 100,
        language: Language::English,
    };
    let summary = class_summary(&class, &style);
    let from = summary.find("most frequent misses").expect("misses");
    let lines: Vec<&str> = summary[from..]
        .lines()
        .skip(1)
        .map(str::trim)
        .take_while(|line| !line.is_empty())
        .collect();
    assert_eq!(
        lines,
        [
            "3 of 3: scenario-0, scenario-1, scenario-2, … – the sender gets its own message back",
            "3 of 3: scenario-3 – a message reaches somebody who must not get it",
            "2 of 3: scenario-4, scenario-5 – there is no program for the role client",
        ]
    );
    let html = teacher(&class);
    assert_eq!(html.matches("<meter").count(), 3, "{html}");
    let place = "<small><span lang=\"en\">scenario-3 · step 3</span>";
    assert!(html.contains(place), "{html}");
    // Students see nothing of what is hidden, here neither.
    class.scenarios[3].visibility = Visibility::Hidden;
    let html = class_page(&class, &pages, Readers::Students, Language::English);
    assert_eq!(html.matches("<meter").count(), 2, "{html}");
}

#[test]
fn what_is_odd_is_told_to_whom_it_helps() {
    let mut class = class(4, 2);
    let odd = |what, about: &str| Oddity {
        what,
        about: vec![about.to_owned()],
        count: 1,
    };
    class.submissions[1].oddities = vec![
        odd(Odd::Link, "server.py<b>"),
        odd(Odd::Ambiguous, "20240001, 20240099"),
        odd(Odd::Twice, "20240098"),
    ];
    let graded = &class.submissions[1];
    let feedback = Feedback::new(&class, graded, load);
    let student = submission_page(&feedback, Readers::Students, Language::English);
    let said =
        "Links were left out: server.py&lt;b&gt;. Hand in the files themselves, not links to them.";
    assert!(student.contains(said), "{student}");
    assert!(student.contains("Put your own student number into the name"));
    assert!(student.contains("请提交文件本身"));
    assert!(!student.contains("20240099") && !student.contains("20240098"));
    let teachers = submission_page(&feedback, Readers::Teachers, Language::English);
    assert!(teachers.contains("could be from any of: 20240001, 20240099"));
    let all = teacher(&class);
    assert!(
        all.contains("links are left out: server.py&lt;b&gt;"),
        "{all}"
    );
    let students = class_page(&class, &pages, Readers::Students, Language::English);
    assert!(!students.contains("20240099"), "{students}");
}

/// Results with transcripts for a submission, under the names of its scenarios.
fn load(judged: &Judged) -> Option<ScenarioResult> {
    let mut result = match judged.scenario.as_str() {
        "scenario-0" => own_message(),
        "scenario-1" => gbk(),
        "scenario-2" => hostile(),
        _ => passed(),
    };
    judged.scenario.clone_into(&mut result.scenario);
    Some(result)
}

pub(crate) fn a_submission_has_a_page_with_its_mark_and_all_its_scenarios(
    browser: &mut Browser,
    folder: &Folder,
) {
    let mut class = class(4, 30);
    let submission = &mut class.submissions[3];
    for (index, result) in [own_message(), gbk(), hostile()].into_iter().enumerate() {
        submission.results[index].outcome = result.outcome;
        submission.results[index].remarks = result.remarks;
    }
    let graded = &class.submissions[3];
    let feedback = Feedback::new(&class, graded, load);
    let html = submission_page(&feedback, Readers::Teachers, Language::English);
    crate::stand::note(&format!("a submission: {} bytes", html.len()));
    browser.open(&page(folder, "submission.html", &html));
    assert_eq!(browser.trouble(), [] as [&str; 0]);
    assert_eq!(browser.eval("window.hit === undefined"), true);
    assert_eq!(
        browser.eval("document.querySelectorAll('details.scenario').length"),
        30
    );
    let open = "[...document.querySelectorAll('details.scenario')].every(it => it.open === it.matches('.failed, .error, .unstable'))";
    assert_eq!(browser.eval(open), true);
    let here = "document.querySelector('.side .here b')?.innerText ?? ''";
    browser.press("f");
    assert_eq!(browser.text(here), "scenario-0");
    browser.press("f");
    assert_eq!(browser.text(here), "scenario-1");
    browser.press("F");
    assert_eq!(browser.text(here), "scenario-0");
    let top = "Math.abs(document.getElementById('at-scenario-0').getBoundingClientRect().top) < innerHeight";
    assert_eq!(browser.eval(top), true);
    assert_eq!(browser.trouble(), [] as [&str; 0]);
}

#[test]
fn students_see_nothing_of_what_is_hidden() {
    let mut class = class(4, 30);
    // What is hidden says something of itself in every place.
    class.scenarios[10].name = "secret-one".to_owned();
    class.scenarios[10].title.en = Some("secret-title".to_owned());
    class.scenarios[9].name = "secret-later".to_owned();
    let submission = &mut class.submissions[0];
    submission.results[10].scenario = "secret-one".to_owned();
    submission.results[9].scenario = "secret-later".to_owned();
    submission.results[5].outcome = Outcome::Skipped {
        need: "secret-one".to_owned(),
    };
    submission.mark.none = Some(viva::grading::NoMark::Trouble(vec![
        "secret-one".to_owned(),
    ]));
    submission.mark.points = None;
    let graded = &class.submissions[0];
    let feedback = Feedback::new(&class, graded, load);
    let read = |readers| {
        submission_page(&feedback, readers, Language::English)
            + &class_page(&class, &pages, readers, Language::English)
    };
    let found = |readers| {
        let page = read(readers);
        ["secret-one", "secret-title", "secret-later", "downloads/"]
            .into_iter()
            .filter(|word| page.contains(word))
            .collect::<Vec<_>>()
    };
    assert_eq!(found(Readers::Students), [] as [&str; 0]);
    assert_eq!(found(Readers::StudentsAfterDue), ["secret-later"]);
    assert_eq!(
        found(Readers::Teachers),
        ["secret-one", "secret-title", "secret-later", "downloads/"]
    );
}
