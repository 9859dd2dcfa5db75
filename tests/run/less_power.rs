//! All of it with less power.

use crate::stand::less_power::{Power, hold};

#[test]
fn as_an_ordinary_user() {
    hold(Power::OrdinaryUser, &[]);
}

#[test]
fn without_user_namespaces() {
    let left_out = [
        (
            "selection::sixteen_servers_listen_on_one_port_at_the_same_time",
            "boxes without a network of their own take turns",
        ),
        (
            "conditions::sockets_are_counted_by_their_state",
            "a connection in TIME_WAIT is nobody's, and so not seen in a network that others use",
        ),
        (
            "selection::without_root_and_without_namespaces_it_is_the_same",
            "it needs a user namespace to arrange that",
        ),
        (
            "selection::forty_programs_that_insist_on_one_port_are_run_side_by_side",
            "boxes without a network of their own take turns",
        ),
    ];
    hold(Power::NoUserNamespaces, &left_out);
}
