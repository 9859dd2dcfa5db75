//! Cases of matching, each with what is found while more can come and when nothing can.

mod several;

use encoding_rs::{GBK, UTF_8};

use super::{ExitStatus, Found, MessageKind, Pattern, Search, search, search_message};

fn text(text: &str) -> Pattern {
    Pattern::Bytes(text.into())
}

fn exactly(text: &str) -> Pattern {
    Pattern::Exactly(text.into())
}

fn regex(source: &str) -> Pattern {
    Pattern::regex(source, UTF_8).expect(source)
}

fn gbk(source: &str) -> Pattern {
    Pattern::regex(source, GBK).expect(source)
}

fn any_of<const N: usize>(members: [Pattern; N]) -> Pattern {
    Pattern::AnyOf(members.into())
}

fn all_of<const N: usize>(members: [Pattern; N]) -> Pattern {
    Pattern::AllOf(members.into())
}

fn open(unread: &[u8]) -> Search<'_> {
    Search {
        unread,
        ended: false,
        reset: false,
        exited: None,
    }
}

fn ended(unread: &[u8]) -> Search<'_> {
    Search {
        ended: true,
        ..open(unread)
    }
}

/// `[2..5]` for a settled match, `[2..5` for one that more could change, `-` for not yet, `x` for impossible;
/// behind it what was caught.
fn short(found: &Found) -> String {
    match found {
        Found::Match {
            start,
            end,
            captures,
            settled,
        } => {
            let mut short = format!("[{start}..{end}{}", if *settled { "]" } else { "" });
            for (name, caught) in captures {
                short += &format!(" {name}={}", caught.escape_ascii());
            }
            short
        }
        Found::NotYet => "-".into(),
        Found::Impossible => "x".into(),
    }
}

/// Each case: a pattern, what came, what is found while more can come, and when nothing can.
fn check(cases: &[(Pattern, &str, &str, &str)]) {
    for (pattern, came, while_open, at_end) in cases {
        let came = came.as_bytes();
        let told = short(&search(pattern, &open(came)));
        assert_eq!(
            told,
            *while_open,
            "{pattern:?} in {:?}",
            came.escape_ascii().to_string()
        );
        let told = short(&search(pattern, &ended(came)));
        assert_eq!(
            told,
            *at_end,
            "{pattern:?} in all of {:?}",
            came.escape_ascii().to_string()
        );
    }
}

#[test]
fn texts() {
    check(&[
        (text("mango"), "", "-", "x"),
        (text("mango"), "man", "-", "x"),
        (text("mango"), "mango", "[0..5]", "[0..5]"),
        (text("mango"), "a mango, a mango", "[2..7]", "[2..7]"),
        (text("mango"), "MANGO", "-", "x"),
        (text(""), "", "[0..0]", "[0..0]"),
        (text("你"), "a你", "[1..4]", "[1..4]"),
        (exactly("mango"), "", "-", "x"),
        (exactly("mango"), "man", "-", "x"),
        (exactly("mango"), "mango", "[0..5]", "[0..5]"),
        (exactly("mango"), "mango-41", "[0..5]", "[0..5]"),
        (exactly("mango"), " mango", "x", "x"),
        (exactly("mango"), "max", "x", "x"),
    ]);
}

#[test]
fn expressions() {
    check(&[
        (regex("[0-9]+"), "port ", "-", "x"),
        (regex("[0-9]+"), "port 99", "[5..7", "[5..7]"),
        (regex("[0-9]+"), "port 99 ", "[5..7]", "[5..7]"),
        (regex("[0-9]+"), "port 99\n", "[5..7]", "[5..7]"),
        (regex("[0-9]{4}"), "9999", "[0..4]", "[0..4]"),
        (regex("[0-9]{2,4}"), "999", "[0..3", "[0..3]"),
        (regex("port|端口"), "请输入端口", "[9..15]", "[9..15]"),
        // The first alternative wins: whatever comes, `foo` is it.
        (regex("foo|foobar"), "foo", "[0..3]", "[0..3]"),
        (regex("foobar|foo"), "foo", "[0..3", "[0..3]"),
        (regex("foobar|foo"), "foob", "[0..3", "[0..3]"),
        (regex("foobar|foo"), "foot", "[0..3]", "[0..3]"),
        (regex("a+?"), "aa", "[0..1]", "[0..1]"),
        // One that begins earlier could still come.
        (regex("abcd|c"), "abc", "[2..3", "[2..3]"),
        (regex("abcd|c"), "abcx", "[2..3]", "[2..3]"),
        // What stands behind a match can undo it.
        (regex("bye$"), "bye", "[0..3", "[0..3]"),
        (regex("bye$"), "bye!", "-", "x"),
        (regex("^bye$"), "bye", "[0..3", "[0..3]"),
        (regex("^bye$"), "bye!", "x", "x"),
        (regex("(?m)^bye$"), "a\nbye", "[2..5", "[2..5]"),
        (regex("(?m)^bye$"), "a\nbye\nb", "[2..5]", "[2..5]"),
        (regex(r"\bman\b"), "man", "[0..3", "[0..3]"),
        (regex(r"\bman\b"), "man ", "[0..3]", "[0..3]"),
        (regex(r"\bman\b"), "mango", "-", "x"),
        (regex(r"\bman\b"), "mango man, ", "[6..9]", "[6..9]"),
        (regex(r"\bman\b"), "你man man", "[7..10", "[7..10]"),
        (regex(r"\bman\b"), "你 man 好", "[4..7]", "[4..7]"),
        (regex(r"\bman\b"), "好 man\nman", "[4..7]", "[4..7]"),
        // Nothing that comes can still make it the beginning.
        (regex("^mango"), "x", "x", "x"),
        (regex("^mango"), "man", "-", "x"),
        // A line that has ended is final, whatever the next one holds.
        (regex("(?s)mango.*"), "mango\nb", "[0..6]", "[0..6]"),
        (
            regex("(?s)begin.*end"),
            "begin\nend\nend\n",
            "[0..9]",
            "[0..9]",
        ),
        (regex(r"ok\s*"), "ok\n\n", "[0..3]", "[0..3]"),
        (regex(r"ok\s*"), "ok ", "[0..3", "[0..3]"),
        (regex("x*"), "", "[0..0", "[0..0]"),
        (regex("x*"), "y", "[0..0]", "[0..0]"),
        (
            regex("(?<name>[a-z]+): (?<what>.*)|(?<other>!)"),
            "bob: hi\n",
            "[0..7] name=bob what=hi",
            "[0..7] name=bob what=hi",
        ),
    ]);
}

#[test]
fn expressions_on_half_characters_and_on_what_is_no_text() {
    let half = &"你好".as_bytes()[..4];
    assert_eq!(short(&search(&regex(".+"), &open(half))), "[0..3");
    assert_eq!(short(&search(&regex(".+"), &ended(half))), "[0..3]");
    assert_eq!(short(&search(&regex("a+"), &open(b"\xffaa\xff"))), "[1..3]");
    assert_eq!(
        short(&search(&regex(r"(?-u:\xff)a"), &open(b"\xffaa"))),
        "[0..2]"
    );
}

#[test]
fn expressions_on_another_encoding() {
    let you = b"\xc4\xe3\xba\xc3"; // 你好
    let cases: &[(&str, &[u8], &str)] = &[
        ("好", you, "[2..4]"),
        ("好", &you[..3], "-"),
        (".+", you, "[0..4"),
        (".+", &you[..3], "[0..2"),
        (".", &you[..3], "[0..2]"),
        (
            "(?<w>[^:]+): *(?<n>[0-9]+)",
            b"\xc4\xe3\xba\xc3: 41\nx",
            "[0..8] w=\\xc4\\xe3\\xba\\xc3 n=41",
        ),
        ("你.*", b"a\xc4\xe3 b\nc", "[1..5]"),
        // 0xbac4 is 耗: the bytes of 好你 hold it, the text does not.
        ("耗", b"\xc3\xba\xc4\xe3", "-"),
    ];
    for (source, came, expected) in cases {
        let found = search(&gbk(source), &open(came));
        assert_eq!(
            short(&found),
            *expected,
            "{source} in {:?}",
            came.escape_ascii().to_string()
        );
    }
}

#[test]
fn ends() {
    let code = |code| Some(ExitStatus::Code(code));
    let exit = |status| Pattern::Exit(status);
    let states = [
        open(b"ab"),
        ended(b"ab"),
        Search {
            reset: true,
            ..ended(b"ab")
        },
        Search {
            exited: code(0),
            ..open(b"ab")
        },
        Search {
            exited: code(1),
            ..ended(b"ab")
        },
    ];
    let cases: &[(Pattern, [&str; 5])] = &[
        (Pattern::Closed, ["-", "[2..2]", "[2..2]", "-", "[2..2]"]),
        (Pattern::Reset, ["-", "x", "[2..2]", "-", "x"]),
        (exit(None), ["-", "-", "-", "[2..2]", "[2..2]"]),
        (exit(code(0)), ["-", "-", "-", "[2..2]", "x"]),
        (exit(Some(ExitStatus::Signal(1))), ["-", "-", "-", "x", "x"]),
        (
            any_of([exit(code(0)), text("c")]),
            ["-", "-", "-", "[2..2]", "x"],
        ),
    ];
    for (pattern, expected) in cases {
        let told = states.map(|state| short(&search(pattern, &state)));
        assert_eq!(told, *expected, "{pattern:?}");
    }
}

#[test]
fn whole_messages() {
    let cases: &[(Pattern, &str, &str)] = &[
        (text("b"), "abc", "[1..2]"),
        (text("x"), "abc", "x"),
        (exactly("abc"), "abc", "[0..3]"),
        (exactly("ab"), "abc", "x"),
        (regex("^[a-z\n]*$"), "ab\ncd", "[0..5]"),
        (regex("^[a-z\n]*$"), "ab\n!!", "x"),
        (regex("(?s)b.*"), "ab\ncd\n", "[1..6]"),
        (
            all_of([text("c"), regex("a(?s:.*)b")]),
            "ca\nb\nb",
            "[0..6]",
        ),
        (any_of([text("b"), text("a")]), "ab", "[0..1]"),
        (Pattern::Closed, "ab", "-"),
        (Pattern::Reset, "ab", "-"),
        (Pattern::Exit(None), "ab", "-"),
        (any_of([text("x"), Pattern::Closed]), "ab", "-"),
        (text("a"), "", "x"),
    ];
    for (pattern, message, expected) in cases {
        let told = short(&search_message(
            pattern,
            MessageKind::Text,
            message.as_bytes(),
        ));
        assert_eq!(told, *expected, "{pattern:?} in {message:?}");
    }
}

/// The first settled match of a stream that comes in these pieces, or the one at its end.
fn fed<'a>(pattern: &Pattern, pieces: impl Iterator<Item = &'a [u8]>) -> String {
    let mut unread = Vec::new();
    for piece in pieces {
        unread.extend_from_slice(piece);
        let found = search(pattern, &open(&unread));
        if matches!(
            found,
            Found::Match { settled: true, .. } | Found::Impossible
        ) {
            return short(&found);
        }
    }
    short(&search(pattern, &ended(&unread)))
}

#[test]
fn the_pieces_of_a_stream_make_no_difference() {
    let patterns = [
        text("ab"),
        text("aab\na"),
        exactly("ab"),
        regex("[ab]+"),
        regex("a+b|b+"),
        regex("ba*b|a"),
        regex("(?<first>a+)(?<second>b*)"),
        regex("(?s)a.*b"),
        regex("(?s)b.*?a|a+\n"),
        regex("^a+$"),
        regex("(?m)^b+$"),
        regex(r"\ba+\b"),
        regex(r"a\s*b"),
        regex("你+"),
        regex("[^a]+"),
        gbk("[^a\n]+"),
        gbk("a.b?"),
        any_of([text("ab"), text("b")]),
        any_of([text("aaab"), text("aa"), text("b\nb")]),
        any_of([text("b\na"), regex("a+")]),
        any_of([regex("ab*a"), regex("b+"), text("aaa")]),
        any_of([text("aba"), Pattern::Closed]),
        all_of([text("a"), text("b"), text("a")]),
        all_of([text("ab"), text("ba"), text("b")]),
        any_of([all_of([text("aa"), text("b")]), text("ba")]),
        all_of([regex("a+"), text("b")]),
        all_of([regex("[ab]+"), text("ab")]),
        all_of([regex("b+"), regex("a+b"), text("a")]),
    ];
    let alphabet: [&[u8]; 6] = [b"a", b"b", b"a", b"\n", "你".as_bytes(), b"\xc4\xe3"];
    let mut seed = 0x9e37_79b9_7f4a_7c15_u64;
    let mut random = |below: usize| {
        // xorshift64 (Marsaglia, 2003)
        seed ^= seed << 13;
        seed ^= seed >> 7;
        seed ^= seed << 17;
        (seed % below as u64) as usize
    };
    for _ in 0..400 {
        let stream: Vec<u8> = (0..random(16))
            .flat_map(|_| alphabet[random(alphabet.len())])
            .copied()
            .collect();
        let piece = 1 + random(5);
        for pattern in &patterns {
            let whole = fed(pattern, std::iter::once(&stream[..]));
            let context = || format!("{pattern:?} in {:?}", stream.escape_ascii().to_string());
            assert_eq!(fed(pattern, stream.chunks(1)), whole, "{}", context());
            assert_eq!(fed(pattern, stream.chunks(piece)), whole, "{}", context());
            assert_eq!(
                short(&search(pattern, &ended(&stream))),
                whole,
                "{}",
                context()
            );
        }
    }
}
