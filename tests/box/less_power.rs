//! All of it as an ordinary user; and where user namespaces are refused, what a box says and what can still be had.

use crate::stand::less_power::{Power, hold, hold_only};

#[test]
fn as_an_ordinary_user() {
    hold(Power::OrdinaryUser, &[]);
}

#[test]
fn without_user_namespaces() {
    hold_only(
        Power::NoUserNamespaces,
        "users::a_machine_without_namespaces",
    );
}
