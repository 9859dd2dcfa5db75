//! The drawing of a transcript, compared with `tests/golden/page/*.html` (`UPDATE_GOLDEN=1` rewrites them: look at them in a browser).

use std::path::Path;

use viva::diagnostic::Language;
use viva::report::scenario_page;

use crate::cases::{gbk, own_message};

/// The drawing of a page as a file of its own, in the colours of the light page.
fn drawing(page: &str) -> String {
    let from = page.find("<div class=\"lanes").expect("a drawing");
    let to = from + page[from..].find("</div>").expect("its end");
    format!("{}</div>\n", &page[from..to])
}

#[test]
fn drawings_are_as_they_were() {
    for (name, result) in [("own-message", own_message()), ("gbk", gbk())] {
        let page = scenario_page(&result, None, "0.1.0", Language::English);
        let drawing = drawing(&page);
        let path = Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("tests/golden/page")
            .join(format!("{name}.html"));
        if std::env::var_os("UPDATE_GOLDEN").is_some() {
            std::fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
            std::fs::write(&path, &drawing).expect("the golden folder can be written to");
            continue;
        }
        let golden = std::fs::read_to_string(&path).unwrap_or_default();
        assert!(golden == drawing, "{name} is now:\n{drawing}");
    }
}
