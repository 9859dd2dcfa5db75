//! What every page has around its content: the head with what a browser may load (nothing), the switches, the help, the foot.

use data_encoding::BASE64;
use sha2::{Digest, Sha256};

use crate::diagnostic::Language;
use crate::report::words::html::{self, Caption};

use super::markup::{both, captioned, escaped};

const STYLE: &str = include_str!("style.css");
const SCRIPT: &str = include_str!("page.js");

/// A page.
pub(super) struct Document<'a> {
    pub(super) title: &'a str,
    /// In which language it opens.
    pub(super) language: Language,
    /// What is at the left, if something is.
    pub(super) aside: String,
    pub(super) main: String,
    pub(super) viva: &'a str,
    /// Whether bytes are shown, and can be shown in other forms.
    pub(super) has_bytes: bool,
    /// A word for the style: which kind of page it is.
    pub(super) kind: &'static str,
}

/// The whole file.
pub(super) fn document(it: &Document<'_>) -> String {
    let lang = match it.language {
        Language::English => "en",
        Language::Chinese => "zh",
    };
    // The only style and the only script that a browser may use are those that Viva wrote, and nothing can be loaded.
    let policy = format!(
        "default-src 'none'; style-src '{}'; script-src '{}'; base-uri 'none'; form-action 'none'",
        hash(STYLE),
        hash(SCRIPT)
    );
    // They stay in view with the list, if there is one.
    let switches = switches(it.has_bytes);
    let aside = match it.aside.as_str() {
        "" => switches,
        aside => format!("<nav class=\"side\" id=\"side\">{switches}{aside}</nav>\n"),
    };
    format!(
        "<!DOCTYPE html>\n<html lang=\"{lang}\" data-language=\"{lang}\" data-kind=\"{}\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"{policy}\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta name=\"referrer\" content=\"no-referrer\">\n\
         <title>{}</title>\n<style>{STYLE}</style>\n</head>\n<body>\n{aside}<main id=\"main\">\n{}\n\
         <footer>{}</footer>\n</main>\n{}<script>{SCRIPT}</script>\n</body>\n</html>\n",
        it.kind,
        escaped(it.title),
        it.main,
        both(|language| html::foot(language, it.viva)),
        help(it.kind == "class"),
    )
}

fn hash(text: &str) -> String {
    format!("sha256-{}", BASE64.encode(&Sha256::digest(text.as_bytes())))
}

/// What stands in the corner; nothing of it works without the script, so the script shows it.
fn switches(has_bytes: bool) -> String {
    let mut forms = String::new();
    if has_bytes {
        forms += &format!("<label>{} <select id=\"form\">", captioned(Caption::ShowAs));
        for (letter, name) in [("u", "UTF-8"), ("g", "GBK"), ("l", "Latin-1"), ("x", "hex")] {
            forms += &format!("<option value=\"{letter}\">{name}</option>");
        }
        forms += "</select></label>";
    }
    format!(
        "<div class=\"switches\" hidden>{forms}<button id=\"language\" lang=\"\"><span lang=\"en\">中文</span><span lang=\"zh\">English</span></button>\
         <button id=\"keys\"><span aria-hidden=\"true\">?</span><span class=\"spoken\">{}</span></button></div>\n",
        captioned(Caption::Help)
    )
}

fn help(of_class: bool) -> String {
    let mut keys = vec![("j ↓", Caption::KeyNext), ("k ↑", Caption::KeyBack)];
    keys.extend(match of_class {
        true => [("f", Caption::KeyOnlyFailures), ("/", Caption::KeySearch)],
        false => [("f", Caption::KeyFailure), ("x", Caption::KeyForm)],
    });
    keys.extend([("l", Caption::KeyLanguage), ("?", Caption::KeyHelp)]);
    let rows: String = keys
        .iter()
        .map(|(key, what)| {
            format!(
                "<tr><th><kbd>{key}</kbd></th><td>{}</td></tr>",
                captioned(*what)
            )
        })
        .collect();
    format!(
        "<dialog id=\"help\"><h2>{}</h2><table>{rows}</table><form method=\"dialog\"><button>{}</button></form></dialog>\n",
        captioned(Caption::Help),
        captioned(Caption::Close)
    )
}
