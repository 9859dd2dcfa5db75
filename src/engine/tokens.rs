//! Fresh random words from a seed.

use std::collections::{HashMap, HashSet};
use std::ops::Range;

const WORDS: [&str; 64] = [
    "acorn", "almond", "amber", "anchor", "apricot", "aspen", "badger", "bamboo", "barley",
    "basil", "beacon", "birch", "bramble", "cactus", "candle", "canyon", "cedar", "cherry",
    "cobalt", "comet", "copper", "coral", "cricket", "dahlia", "delta", "dune", "ember", "falcon",
    "fennel", "fjord", "garnet", "ginger", "glacier", "harbor", "hazel", "heron", "indigo",
    "island", "ivory", "jasmine", "juniper", "lagoon", "lantern", "lilac", "lotus", "mango",
    "maple", "marble", "meadow", "nectar", "nutmeg", "olive", "onyx", "orchid", "pepper", "plum",
    "poppy", "raven", "saffron", "sparrow", "thistle", "tulip", "walnut", "willow",
];

/// The random words of one run of a scenario: the same name gives the same word, and no two names share one.
#[derive(Clone, Debug)]
pub(super) struct Tokens {
    state: u64,
    root: u64,
    given: HashMap<String, String>,
    order: Vec<String>,
}

/// FNV-1a, with a zero byte between the texts: words and chances must be the same with every version of every library.
fn hash(texts: &[&str]) -> u64 {
    texts
        .join("\0")
        .bytes()
        .fold(0xcbf2_9ce4_8422_2325, |hash: u64, byte| {
            (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
        })
}

impl Tokens {
    /// The words that `seed` gives in the scenario of this name.
    pub(super) fn new(seed: &str, scenario: &str) -> Self {
        let state = hash(&[seed, scenario]);
        Tokens {
            state,
            root: state,
            given: HashMap::new(),
            order: Vec::new(),
        }
    }

    /// The seed of what happens by chance to the actor of this name.
    pub(super) fn seed_of(&self, actor: &str) -> u64 {
        self.root ^ hash(&[actor])
    }

    /// The word of this name. A scenario asks for its words in the order of its steps, so they are repeatable.
    pub(super) fn word(&mut self, name: &str) -> String {
        if let Some(word) = self.given.get(name) {
            return word.clone();
        }
        let word = loop {
            let draw = self.draw();
            let word = format!("{}-{}", WORDS[(draw % 64) as usize], 10 + (draw >> 32) % 90);
            if !self.order.contains(&word) {
                break word;
            }
        };
        self.given.insert(name.to_owned(), word.clone());
        self.order.push(word.clone());
        word
    }

    /// Random bytes that are nobody's word.
    pub(super) fn bytes(&mut self) -> [u8; 16] {
        let both = u128::from(self.draw()) << 64 | u128::from(self.draw());
        both.to_be_bytes()
    }

    /// The word of this name, if it was asked for already.
    pub(super) fn known(&self, name: &str) -> Option<&str> {
        self.given.get(name).map(String::as_str)
    }

    /// All words that were asked for.
    pub(super) fn all(&self) -> Vec<&str> {
        self.order.iter().map(String::as_str).collect()
    }

    /// Where in `bytes` somebody guesses: the first of several words that could be asked for and are not. Who sends them all
    /// sends the right one, too.
    pub(super) fn guessed(&self, bytes: &[u8]) -> Option<Range<usize>> {
        // A text of the scenario's own may look like one.
        const SEVERAL: usize = 3;
        let mut first = None;
        let mut others = HashSet::new();
        for dash in memchr::memchr_iter(b'-', bytes) {
            let Some(range) = like_a_word(bytes, dash) else {
                continue;
            };
            let word = String::from_utf8_lossy(&bytes[range.clone()]).to_ascii_lowercase();
            if self.order.contains(&word) {
                continue;
            }
            first.get_or_insert(range);
            others.insert(word);
            if others.len() == SEVERAL {
                return first;
            }
        }
        None
    }

    /// SplitMix64 (Steele, Lea, Flood 2014).
    fn draw(&mut self) -> u64 {
        self.state = self.state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.state;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }
}

/// The word around the dash at this place, in capitals or not.
fn like_a_word(bytes: &[u8], dash: usize) -> Option<Range<usize>> {
    let number = bytes.get(dash + 1..dash + 3)?;
    let is_number = matches!(number, [b'1'..=b'9', b'0'..=b'9']);
    let before = &bytes[..dash];
    let is_end = |word: &&&str| {
        let start = before.len().checked_sub(word.len());
        start.is_some_and(|start| before[start..].eq_ignore_ascii_case(word.as_bytes()))
    };
    let word = WORDS.iter().find(is_end).filter(|_| is_number)?;
    Some(dash - word.len()..dash + 3)
}

#[cfg(test)]
mod tests {
    use super::{Tokens, WORDS};

    #[test]
    fn who_guesses_is_seen_and_who_answers_is_not() {
        let mut tokens = Tokens::new("7f3a", "echo");
        let own = [tokens.word("a"), tokens.word("b")];
        let guessed = |text: &str| tokens.guessed(text.as_bytes());
        let answers = format!(
            "{0}{1} -- {0}7-12 {1}: X{0} mango-1 mango-05 dragon-41",
            own[0],
            own[1].to_uppercase()
        );
        assert_eq!(guessed(&answers), None);
        assert_eq!(
            guessed(&format!("{answers} cedar-10 cedar-10 MAPLE-11")),
            None
        );
        assert_eq!(guessed("> cedar-10,xMAPLE-11,onyx-99"), Some(2..10));
        // No word is the end of another: there is one way to read each.
        for word in WORDS {
            assert!(
                WORDS
                    .iter()
                    .all(|other| *other == word || !other.ends_with(word)),
                "{word}"
            );
        }
    }

    #[test]
    fn the_same_seed_gives_the_same_words_and_names_never_share_one() {
        let names: Vec<String> = (0..500).map(|index| format!("n{index}")).collect();
        let words = |seed| {
            let mut tokens = Tokens::new(seed, "broadcast");
            names
                .iter()
                .map(|name| tokens.word(name))
                .collect::<Vec<_>>()
        };
        assert_eq!(words("7f3a"), words("7f3a"));
        assert_ne!(words("7f3a"), words("7f3b"));
        let mut distinct = words("7f3a");
        distinct.sort();
        distinct.dedup();
        assert_eq!(distinct.len(), 500);
    }
}
