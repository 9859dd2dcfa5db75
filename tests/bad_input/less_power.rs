//! The same tests by somebody with less power.

use crate::stand::less_power::{Power, hold};

#[test]
fn as_an_ordinary_user() {
    hold(Power::OrdinaryUser, &[]);
}

#[test]
fn without_user_namespaces() {
    let user = "it begins with a user namespace of its own";
    let left_out = [
        (
            "programs::a_stranger_on_the_port_earns_a_program_nothing",
            "the right program needs a network of its own to have the stranger's port",
        ),
        (
            "programs::whoever_hides_from_viva_does_not_get_a_strangers_port_for_his_own",
            user,
        ),
        (
            "submissions::what_can_not_be_read_is_not_the_students_failure",
            user,
        ),
    ];
    hold(Power::NoUserNamespaces, &left_out);
}
