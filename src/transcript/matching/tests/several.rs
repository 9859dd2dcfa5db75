//! Patterns of several: the first of them, or all of them.

use super::*;

#[test]
fn the_first_of_several() {
    check(&[
        (any_of([text("b"), text("a")]), "xab", "[1..2]", "[1..2]"),
        (any_of([text("b"), text("a")]), "x", "-", "x"),
        (any_of([exactly("b"), exactly("c")]), "a", "x", "x"),
        (any_of([exactly("b"), text("c")]), "a", "-", "x"),
        // `abcd` could begin before it, until a byte says no.
        (any_of([text("c"), text("abcd")]), "abc", "[2..3", "[2..3]"),
        (
            any_of([text("c"), text("abcd")]),
            "abcx",
            "[2..3]",
            "[2..3]",
        ),
        (
            any_of([text("c"), text("abcd")]),
            "abcd",
            "[0..4]",
            "[0..4]",
        ),
        // At one place the first in the list is taken.
        (any_of([text("ab"), text("abcd")]), "ab", "[0..2]", "[0..2]"),
        (any_of([text("abcd"), text("ab")]), "ab", "[0..2", "[0..2]"),
        (
            any_of([text("abcd"), text("ab")]),
            "abcd",
            "[0..4]",
            "[0..4]",
        ),
        (any_of([regex("e.*r"), text("l")]), "hel", "[2..3", "[2..3]"),
        (
            any_of([regex("e.*r"), text("l")]),
            "hel\n",
            "[2..3]",
            "[2..3]",
        ),
        (
            any_of([regex("e.*r"), text("l")]),
            "hel\ner",
            "[2..3]",
            "[2..3]",
        ),
        (
            any_of([regex(r"\bx"), text("l")]),
            "hel",
            "[2..3]",
            "[2..3]",
        ),
        (
            any_of([regex("x.*r"), text("l")]),
            "hel",
            "[2..3]",
            "[2..3]",
        ),
        (any_of([text("a"), Pattern::Closed]), "b", "-", "[1..1]"),
        (
            any_of([Pattern::Closed, text("a")]),
            "ba",
            "[1..2]",
            "[1..2]",
        ),
        (
            any_of([Pattern::Closed, Pattern::Exit(None)]),
            "b",
            "-",
            "[1..1]",
        ),
        (any_of([Pattern::Reset, text("a")]), "b", "-", "x"),
        (
            any_of([all_of([text("c"), text("a")]), text("b")]),
            "ab",
            "[1..2",
            "[1..2]",
        ),
    ]);
}

#[test]
fn all_of_several() {
    check(&[
        (all_of([text("b"), text("a")]), "xaxbx", "[1..4]", "[1..4]"),
        (all_of([text("b"), text("a")]), "xbx", "-", "x"),
        // Two equal ones are two.
        (all_of([text("a"), text("a")]), "a", "-", "x"),
        (all_of([text("a"), text("a")]), "a a a", "[0..3]", "[0..3]"),
        (
            all_of([text("aa"), text("aa"), text("aa")]),
            "aaaaa",
            "-",
            "x",
        ),
        (
            all_of([text("aa"), text("aa"), text("aa")]),
            "aaaaaaa",
            "[0..6]",
            "[0..6]",
        ),
        // The one must not take what only the other can have, in whatever order they come.
        (
            all_of([text("mango"), text("mango-41")]),
            "mango-41 mango",
            "[0..14]",
            "[0..14]",
        ),
        (
            all_of([text("mango"), text("mango-41")]),
            "mango mango-41",
            "[0..14]",
            "[0..14]",
        ),
        (
            all_of([text("mango"), text("mango-41")]),
            "mango-41",
            "-",
            "x",
        ),
        (
            all_of([text("aba"), regex("^ab")]),
            "ababa",
            "[0..5]",
            "[0..5]",
        ),
        (
            all_of([text("ab"), text("bc")]),
            "abc ab",
            "[1..6]",
            "[1..6]",
        ),
        (
            all_of([regex("bob.*"), text("alice")]),
            "bob alice",
            "[0..9",
            "[0..9]",
        ),
        (
            all_of([regex("bob.*"), text("alice")]),
            "bob alice\nx",
            "[0..9]",
            "[0..9]",
        ),
        (
            all_of([regex("[0-9]+"), regex("[0-9]+")]),
            "17 4",
            "[0..4",
            "[0..4]",
        ),
        (
            all_of([regex("[0-9]+"), regex("[0-9]+")]),
            "17\n4\n5",
            "[0..4]",
            "[0..4]",
        ),
        (
            all_of([text("bye"), Pattern::Closed]),
            "bye!",
            "-",
            "[0..4]",
        ),
        (all_of([text("bye"), Pattern::Reset]), "bye!", "-", "x"),
        (all_of([exactly("b"), text("a")]), "ba", "[0..2]", "[0..2]"),
        (all_of([exactly("b"), text("a")]), "ab", "x", "x"),
        (
            all_of([all_of([text("a"), text("b")]), text("a")]),
            "aba",
            "[0..3]",
            "[0..3]",
        ),
        (
            all_of([any_of([text("a"), text("b")]), text("a")]),
            "ab",
            "[0..2",
            "[0..2]",
        ),
        (all_of([gbk("[0-9]+"), text("a")]), "1a", "[0..2]", "[0..2]"),
    ]);
}

#[test]
fn many_equal_ones_leave_room_for_another() {
    let came = "a".repeat(100_000);
    let all = Pattern::AllOf(vec![text("a"); 30]);
    assert_eq!(short(&search(&all, &open(came.as_bytes()))), "[0..30]");
    assert_eq!(short(&search(&all, &open(&came.as_bytes()[..29]))), "-");

    let mut members = vec![text("a"); 8];
    members.push(regex("^a"));
    let all = Pattern::AllOf(members);
    let found = search(&all, &open(&came.as_bytes()[..9]));
    assert_eq!(short(&found), "[0..9]");
}
