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

/// A browser and a folder for its pages; `None`, with a word, where there is none.
fn browser() -> Option<(Browser, Folder)> {
    let Some(program) = browser::chromium() else {
        stand::lacking("Chromium (apt-get install chromium): no page is looked at");
        return None;
    };
    Some((Browser::start(&program, 1400, 900), Folder::new()))
}

/// Writes a page where the browser finds it.
fn page(folder: &Folder, name: &str, content: &str) -> PathBuf {
    folder.add(name, content)
}
