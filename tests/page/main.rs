//! The pages that Viva writes, looked at in a real browser: Chromium without a window.
//!
//! Where there is no Chromium these tests say so and show nothing (`apt-get install chromium`); with `VIVA_REQUIRE=full` they fail.

#[path = "../stand/mod.rs"]
mod stand;
#[path = "../report/story.rs"]
#[allow(dead_code)]
mod story;

mod browser;
mod cases;
mod class;
mod drawing;
mod scenario;

use std::path::PathBuf;

use browser::Browser;
use stand::Folder;

/// One browser looks at all of them: to start it takes longer than to look at a page.
#[test]
fn a_browser_looks_at_all_pages() {
    let Some(program) = browser::chromium() else {
        stand::lacking("Chromium (apt-get install chromium): no page is looked at");
        return;
    };
    let folder = Folder::new();
    let mut browser = Browser::start(&program, 1400, 900);
    for look in [
        scenario::a_browser_shows_a_page_loads_nothing_and_has_nothing_to_complain_of,
        scenario::bytes_can_be_read_in_other_encodings_and_as_digits,
        scenario::nothing_that_a_program_made_is_obeyed,
        class::a_class_of_any_size_has_a_page_that_can_be_used,
        class::a_submission_has_a_page_with_its_mark_and_all_its_scenarios,
        // It leaves the browser without script.
        scenario::without_script_everything_can_be_read_and_it_prints,
    ] {
        look(&mut browser, &folder);
    }
}

/// Writes a page where the browser finds it.
fn page(folder: &Folder, name: &str, content: &str) -> PathBuf {
    folder.add(name, content)
}
