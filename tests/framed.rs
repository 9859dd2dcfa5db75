//! A lab of its own whose programs talk otherwise than the shipped ones: a length in front of each message, GBK, pipes
//! instead of a terminal, a hard-coded LAN address, two programs of one submission cast against each other.

mod stand;

use stand::run;

const LAB: &str = "tests/labs/framed";

#[test]
fn the_lab_is_in_order() {
    let came = run(["lint", LAB]).exits(0);
    assert_eq!(came.out, "tests/labs/framed: in order\n");
}

#[test]
fn framing_encoding_pipes_and_pairs() {
    let came = run(["run", LAB, "--submission", LAB]).exits(0);
    assert_eq!(came.out.matches(" passed ").count(), 3, "{}", came.out);
}

#[test]
fn another_framing_than_the_programs_is_seen() {
    let set = |setting| {
        let lab = ["run", LAB, "--only", "gbk", "--submission", LAB];
        run(lab
            .into_iter()
            .chain(["--set", setting, "--deadline", "2s"]))
    };
    set("message=line").exits(1);
    // The programs pass bytes through, whatever they mean.
    set("encoding=utf-8").exits(0);
}

mod less_power {
    use crate::stand::less_power::{Power, hold};

    #[test]
    fn as_an_ordinary_user() {
        hold(Power::OrdinaryUser, &[]);
    }

    #[test]
    fn without_user_namespaces() {
        let why = "the server has hard-coded a LAN address, which only a network of its own has";
        let left_out = [
            ("framing_encoding_pipes_and_pairs", why),
            ("another_framing_than_the_programs_is_seen", why),
        ];
        hold(Power::NoUserNamespaces, &left_out);
    }
}
