//! What a misspelt name was probably meant to be.

use super::values::LONGEST_NAME;

/// With so many names a word is compared.
const MOST_COMPARED: usize = 200;

/// Of `known`, what `word` was probably meant to be.
pub(super) fn similar<'a>(word: &str, known: impl Iterator<Item = &'a str>) -> Option<String> {
    // A file with thousands of names, or very long ones, was not written by hand.
    if word.len() > 4 * LONGEST_NAME {
        return None;
    }
    let lower = word.to_lowercase();
    let near = |known: &str| {
        let known = known.to_lowercase();
        // A slip of the fingers, or a word that begins alike.
        let slips = strsim::damerau_levenshtein(&lower, &known);
        let alike = strsim::jaro_winkler(&lower, &known);
        let few = slips <= known.chars().count().div_ceil(4);
        (few || alike > 0.85).then_some(alike - slips as f64)
    };
    known
        .take(MOST_COMPARED)
        .filter(|known| *known != word)
        .filter_map(|known| Some((near(known)?, known)))
        .max_by(|(one, _), (other, _)| one.total_cmp(other))
        .map(|(_, known)| known.to_owned())
}

#[cfg(test)]
mod tests {
    use super::similar;

    #[test]
    fn what_was_probably_meant() {
        let known = [
            "expect",
            "send",
            "server",
            "line",
            "utf-8",
            "tcp",
            "max_clients",
        ];
        let cases = [
            ("expct", Some("expect")),
            ("srever", Some("server")),
            ("Send", Some("send")),
            ("lines", Some("line")),
            ("utf8", Some("utf-8")),
            ("tpc", Some("tcp")),
            ("maxclients", Some("max_clients")),
            ("banana", None),
            ("", None),
            ("expect", None),
        ];
        for (word, expected) in cases {
            assert_eq!(
                similar(word, known.into_iter()).as_deref(),
                expected,
                "{word}"
            );
        }
    }
}
