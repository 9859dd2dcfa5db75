//! All of it with less power.

use crate::stand::less_power::{Power, hold};

#[test]
fn as_an_ordinary_user() {
    hold(Power::OrdinaryUser, &[]);
}

#[test]
fn without_user_namespaces() {
    hold(Power::NoUserNamespaces, &[]);
}
