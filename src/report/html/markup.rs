//! Text as HTML and SVG.
//!
//! The only way for a text onto a page: what it is given becomes a text node or the value of an attribute, whatever is in it, and
//! nothing that hides, turns round or moves text gets through.

use crate::diagnostic::Language;
use crate::report::visible::{is_invisible, stand_in};
use crate::report::words;
use crate::report::words::Label;
use crate::report::words::html::{Caption, caption};

/// The languages that are on every page, and how HTML calls them.
pub(super) const LANGUAGES: [(Language, &str); 2] =
    [(Language::English, "en"), (Language::Chinese, "zh")];

/// `text` as a text node, or as the value of an attribute in double quotes, which all are. Line ends stay.
pub(super) fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + text.len() / 8);
    for c in text.chars() {
        if c != '\n'
            && is_invisible(c)
            && let Some(shown) = stand_in(c)
        {
            shown.chars().for_each(|c| put(c, &mut out));
        } else {
            put(c, &mut out);
        }
    }
    out
}

fn put(c: char, out: &mut String) {
    match c {
        '&' => out.push_str("&amp;"),
        '<' => out.push_str("&lt;"),
        '>' => out.push_str("&gt;"),
        '"' => out.push_str("&quot;"),
        c => out.push(c),
    }
}

/// What `say` says in every language, one of which is shown; just once where all are the same.
pub(super) fn both(say: impl Fn(Language) -> String) -> String {
    both_in("span", say)
}

/// The same in a text of SVG.
pub(super) fn both_drawn(say: impl Fn(Language) -> String) -> String {
    both_in("tspan", say)
}

fn both_in(element: &str, say: impl Fn(Language) -> String) -> String {
    let said = LANGUAGES.map(|(language, _)| say(language));
    if said.iter().all(|text| *text == said[0]) {
        return escaped(&said[0]);
    }
    LANGUAGES
        .iter()
        .zip(&said)
        .map(|((_, lang), text)| {
            format!("<{element} lang=\"{lang}\">{}</{element}>", escaped(text))
        })
        .collect()
}

/// A caption in every language.
pub(super) fn captioned(of: Caption) -> String {
    both(|language| caption(language, of).to_owned())
}

/// A paragraph of this class.
pub(super) fn paragraph(class: &str, say: impl Fn(Language) -> String) -> String {
    format!("<p class=\"{class}\">{}</p>", both(say))
}

/// What stands behind a label, as HTML.
pub(super) fn labelled(label: Label, class: &str, content: &str) -> String {
    let label = both(|language| words::of(language).label(label).to_owned());
    format!(
        "<p class=\"labelled {class}\"><span class=\"label\">{label}</span><span>{content}</span></p>"
    )
}

/// Facts with their captions, as HTML.
pub(super) fn facts(all: &[(Caption, String)]) -> String {
    let all: String = all
        .iter()
        .map(|(of, fact)| format!("<div><dt>{}</dt><dd>{fact}</dd></div>", captioned(*of)))
        .collect();
    format!("<dl class=\"facts\">{all}</dl>")
}

/// A text that is code, as HTML.
pub(super) fn code(text: &str) -> String {
    format!("<code>{}</code>", escaped(text))
}

/// A name as the id of an element: letters and digits stay, so that links can be read.
pub(super) fn anchor(name: &str) -> String {
    let mut id = String::from("at-");
    for c in name.chars() {
        match c {
            'a'..='z' | 'A'..='Z' | '0'..='9' | '-' => id.push(c),
            c => id.push_str(&format!("_{:x}", u32::from(c))),
        }
    }
    id
}

#[cfg(test)]
mod tests {
    use super::{anchor, both, escaped};
    use crate::diagnostic::Language;

    #[test]
    fn nothing_in_a_text_is_markup() {
        let cases = [
            ("a<b>&\"'", "a&lt;b&gt;&amp;&quot;'"),
            (
                "</script><img onerror=x>",
                "&lt;/script&gt;&lt;img onerror=x&gt;",
            ),
            ("a\nb", "a\nb"),
            ("a\0\u{1b}[2J\r", "a␀␛[2J␍"),
            (
                "\u{202e}x\u{2028}\u{feff}",
                "&lt;U+202E&gt;x&lt;U+2028&gt;&lt;U+FEFF&gt;",
            ),
            ("你：好", "你：好"),
        ];
        for (text, expected) in cases {
            assert_eq!(escaped(text), expected, "{text:?}");
        }
    }

    #[test]
    fn what_is_the_same_in_all_languages_stands_once() {
        assert_eq!(both(|_| "12 < 13".to_owned()), "12 &lt; 13");
        let said = both(|language| match language {
            Language::English => "a&b".to_owned(),
            Language::Chinese => "甲".to_owned(),
        });
        assert_eq!(
            said,
            "<span lang=\"en\">a&amp;b</span><span lang=\"zh\">甲</span>"
        );
    }

    #[test]
    fn anchors_are_plain_and_differ() {
        assert_eq!(anchor("wording-once"), "at-wording-once");
        assert_eq!(anchor("a b\"<中"), "at-a_20b_22_3c_4e2d");
        assert_ne!(anchor("a_b"), anchor("a b"));
    }
}
