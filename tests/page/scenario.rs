//! The page of one scenario.

use serde_json::json;
use viva::diagnostic::Language;
use viva::report::{save, scenario_page};
use viva::verdict::{Expected, Outcome, ScenarioResult};

use crate::browser::Browser;
use crate::cases::{crowd, gbk, hostile, own_message, passed};
use crate::page;
use crate::stand::{Folder, run};
use crate::story::{Story, data};

fn shown(result: &ScenarioResult) -> String {
    scenario_page(result, Some("runs/004.json"), "0.1.0", Language::English)
}

/// Whether somebody who looks at the page can see what this selects.
fn visible(selector: &str) -> String {
    format!("[...document.querySelectorAll({selector:?})].some(it => it.checkVisibility())")
}

#[test]
fn a_saved_transcript_becomes_a_page() {
    let folder = Folder::new().with("own.json", save(&own_message()));
    let (file, out) = (folder.at("own.json"), folder.at("pages/own.html"));
    run(["show", &file, "--html", &out]).exits(0).prints("");
    let page = std::fs::read_to_string(&out).expect("the page");
    assert!(
        page.starts_with("<!DOCTYPE html>\n<html lang=\"en\""),
        "{page}"
    );
    run(["show", &file, "--lang", "zh", "--html", &out]).exits(0);
    let page = std::fs::read_to_string(&out).expect("the page");
    assert!(
        page.starts_with("<!DOCTYPE html>\n<html lang=\"zh\""),
        "{page}"
    );
    let there = folder.with("a", "");
    let nowhere = there.at("a/b.html");
    run(["show", &file, "--html", &nowhere])
        .exits(3)
        .complains("a/b.html");
}

pub(crate) fn a_browser_shows_a_page_loads_nothing_and_has_nothing_to_complain_of(
    browser: &mut Browser,
    folder: &Folder,
) {
    for (name, result) in [
        ("own", own_message()),
        ("gbk", gbk()),
        ("passed", passed()),
        ("crowd", crowd()),
    ] {
        browser.open(&page(folder, &format!("{name}.html"), &shown(&result)));
        assert_eq!(browser.trouble(), [] as [&str; 0], "{name}");
        assert_eq!(browser.eval(&visible(".lanes svg text")), true, "{name}");
    }

    // What failed and why is in view at once.
    browser.open(&folder.path().join("own.html"));
    let seen = "document.querySelector('.arrival').getBoundingClientRect().bottom < innerHeight";
    assert_eq!(browser.eval(seen), true);
    let arrival = browser.text("document.querySelector('.arrival').innerText");
    assert_eq!(arrival, "But alice received it (33 bytes).");

    // Which character it is.
    let codes = browser
        .text("[...document.querySelectorAll('.came .wide')].map(it => it.dataset.code).join()");
    assert_eq!(codes, "U+FF1A · EF BC 9A · ≠ U+003A :");

    // Languages.
    browser.press("l");
    let arrival = browser.text("document.querySelector('.arrival').innerText");
    assert!(arrival.contains("收到"), "{arrival}");
    assert_eq!(browser.text("document.documentElement.lang"), "zh");
    assert_eq!(browser.eval(&visible("body [lang=en]:not(button)")), false);
    browser.press("l");

    // Steps move the view, and keys move from step to step.
    let current = "document.querySelector('.side .current')?.innerText ?? ''";
    browser.press("f");
    assert!(
        browser.text(current).starts_with("✗"),
        "{}",
        browser.text(current)
    );
    browser.press("j");
    let first = browser.text(current);
    browser.press("j");
    let second = browser.text(current);
    assert_ne!(first, second);
    browser.press("k");
    assert_eq!(browser.text(current), first);
    browser.eval("document.querySelector('.side ol ol .failed a').click()");
    assert_eq!(browser.eval(&visible("g.step.flash .bad")), true);
    browser.press("?");
    assert_eq!(browser.eval("document.querySelector('#help').open"), true);
    assert_eq!(browser.trouble(), [] as [&str; 0]);
}

pub(crate) fn bytes_can_be_read_in_other_encodings_and_as_digits(
    browser: &mut Browser,
    folder: &Folder,
) {
    browser.open(&page(folder, "gbk.html", &shown(&gbk())));
    let came = "document.querySelector('.came td').innerText.trim()";
    let drawn = "[...document.querySelectorAll('.lanes text.as')].filter(it => it.checkVisibility()).map(it => it.textContent.trim()).join('|')";
    let mut seen = Vec::new();
    for _ in 0..4 {
        seen.push(browser.text(came));
        seen.push(browser.text(drawn));
        browser.press("x");
    }
    assert_eq!(
        seen,
        [
            "\\xC4\\xE3\\xBA\\xC3",
            "你好|\\xC4\\xE3\\xBA\\xC3",
            "你好",
            "浣犲ソ|你好",
            "ÄãºÃ",
            "ä½<NBSP>å¥½|ÄãºÃ",
            "c4 e3 ba c3",
            "e4 bd a0 e5 a5 bd|c4 e3 ba c3",
        ]
    );
    assert_eq!(browser.text(came), seen[0]);
    browser.eval("form.value = 'g'; form.dispatchEvent(new Event('change'))");
    assert_eq!(browser.text(came), "你好");
    assert_eq!(browser.trouble(), [] as [&str; 0]);
}

#[test]
fn nothing_is_missing_where_something_came_that_must_not() {
    // It came before the step that looks for it.
    let mut story = Story::hub(&["alice", "bob"]);
    story.sent("alice", "mango-41", 0);
    let event = story.received("alice", "mango-41", 0);
    story.sent("bob", "done", 1);
    let result = story
        .failed("alice", 3, "  - alice: { never: mango-41 }", "never")
        .expected(Expected::Not(Box::new(Expected::Text(data("mango-41")))))
        .came("mango-41", None)
        .event(event)
        .hint("", "")
        .done();
    let html = shown(&result);
    assert_eq!(html.matches("class=\"failing\"").count(), 1);
    assert_eq!(html.matches("class=\"missing\"").count(), 0);
    // What never came has its place.
    assert_eq!(shown(&crowd()).matches("class=\"missing\"").count(), 1);
}

#[test]
fn a_page_takes_little_more_than_what_it_tells() {
    let story = |events: usize| {
        let mut story = Story::hub(&["alice", "bob"]);
        for _ in 0..events / 2 {
            story.sent("alice", "你好：mango-41\n", 0);
            story.received("bob", "('127.0.0.1', 40112) ： mango-41\n", 0);
        }
        let ending = story.failed("bob", 2, "", "");
        shown(&ending.expected(Expected::Silence).hint("", "").done()).len()
    };
    let each = (story(240) - story(40)) / 200;
    crate::stand::note(&format!("an event: {each} bytes"));
    assert!(each < 700, "{each} bytes");
}

pub(crate) fn nothing_that_a_program_made_is_obeyed(browser: &mut Browser, folder: &Folder) {
    let html = shown(&hostile());
    // A flood of megabytes is cut, and the page says where all of it is.
    assert!(html.len() < 1 << 20, "{} bytes", html.len());
    browser.open(&page(folder, "hostile.html", &html));
    assert_eq!(browser.trouble(), [] as [&str; 0]);
    assert_eq!(browser.eval("window.hit === undefined"), true);
    let own = "document.querySelectorAll('script').length + ' ' + document.querySelectorAll('style').length + ' ' \
        + document.querySelectorAll('img, iframe, object, embed, link, base').length";
    assert_eq!(browser.text(own), "1 1 0");
    // Nothing that hides, turns round or ends text is anywhere in it.
    let unseen = "(document.documentElement.outerHTML.match(/[\\u0000-\\u0008\\u000b-\\u001f\\u007f-\\u009f\\u202a-\\u202e\\u2028\\u2029\\u2066-\\u2069\\ufeff]/g) || []).length";
    assert_eq!(browser.eval(unseen), 0);
    assert_eq!(browser.eval(&visible(".payloads + .cut, .cut")), true);
    let said =
        browser.text("[...document.querySelectorAll('.cut')].map(it => it.innerText).join(' ')");
    assert_eq!(
        said,
        "Something is cut here; the saved transcript has all of it. The whole transcript is in runs/004.json (viva show draws it)."
    );
    // All keys do as they should on such a page, too.
    for key in ["f", "j", "k", "x", "l", "F"] {
        browser.press(key);
    }
    browser.eval("document.querySelectorAll('summary').forEach(it => it.click())");
    assert_eq!(browser.trouble(), [] as [&str; 0]);
    assert_eq!(browser.eval("window.hit === undefined"), true);
}

pub(crate) fn without_script_everything_can_be_read_and_it_prints(
    browser: &mut Browser,
    folder: &Folder,
) {
    let file = page(folder, "own.html", &shown(&own_message()));
    browser.call(
        "Emulation.setScriptExecutionDisabled",
        json!({ "value": true }),
    );
    browser.open(&file);
    assert_eq!(browser.eval(&visible(".arrival")), true);
    assert_eq!(browser.eval(&visible(".lanes g.step .bad")), true);
    // A switch that would do nothing is not shown.
    assert_eq!(browser.eval(&visible(".switches, button.copy")), false);
    let pdf = browser.pdf();
    assert!(
        pdf.starts_with(b"%PDF-") && pdf.len() > 10_000,
        "{} bytes",
        pdf.len()
    );
    assert_eq!(browser.trouble(), [] as [&str; 0]);
}

#[test]
fn a_scenario_that_was_not_judged_has_a_page_too() {
    let mut result = passed();
    result.transcript = Default::default();
    for (outcome, says) in [
        (
            Outcome::Skipped {
                need: "join".to_owned(),
            },
            "needs join, which did not pass",
        ),
        (
            Outcome::NotApplicable {
                name: "form".to_owned(),
                value: "one".to_owned(),
            },
            "not for form: one",
        ),
        (
            Outcome::Error(viva::verdict::Trouble::TooSlow),
            "the machine is too busy",
        ),
        (Outcome::Passed, "Nothing happened."),
    ] {
        result.outcome = outcome;
        let html = shown(&result);
        assert!(html.contains(says), "{says}: {html}");
    }
}
