//! What all programs have in common.

use std::net::TcpListener;

use crate::stage::{free_port, start};

#[test]
fn every_program_is_found_by_its_name() {
    for program in reference::PROGRAMS {
        let found = reference::find(program.name).unwrap();
        assert_eq!(found.name, program.name);
        assert!(program.usage.starts_with(program.name));
    }
    assert_eq!(reference::PROGRAMS.len(), 36);
    assert!(reference::find("hub").is_none());
}

#[test]
fn a_port_in_use_is_an_error_and_no_crash() {
    let port = free_port();
    let _taken = TcpListener::bind(("0.0.0.0", port)).unwrap();
    let mut server = start!("upper-server", "--port", port);
    server.ends(1);
    let complaint = server.complaint();
    assert!(
        complaint.starts_with(&format!("upper-server: cannot listen on 0.0.0.0:{port}: ")),
        "{complaint}"
    );
    assert_eq!(complaint.lines().count(), 1);
}

#[test]
fn nobody_at_the_other_end_is_an_error_and_no_crash() {
    let mut client = start!("chat-client", "--host", "127.0.0.1", "--port", free_port());
    client.ends(1);
    assert!(
        client
            .complaint()
            .starts_with("chat-client: cannot connect to 127.0.0.1:")
    );
}

#[test]
fn help_and_mistakes_on_the_command_line() {
    let mut helped = start!("udp-echo-server", "--help");
    helped.shows("UDP: echoes each datagram until `True` comes (D2)\n");
    helped.shows("usage: udp-echo-server [--port N (3214)] [--bind ADDR (0.0.0.0)]\n");
    helped.ends(0);
    let mut mistaken = start!("echo-server", "--host", "x");
    mistaken.ends(1);
    assert_eq!(
        mistaken.complaint(),
        "echo-server: unknown argument `--host`; it takes --port, --bind, --form\n"
    );
}

#[test]
fn the_documentation_lists_every_program_as_it_is() {
    let page = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/programs.md");
    let page = std::fs::read_to_string(page).unwrap();
    let (_, programs) = page.split_once("\n## The programs\n").unwrap();
    let listed: Vec<&str> = programs
        .lines()
        .filter(|line| line.contains("`viva reference "))
        .collect();
    let programs: Vec<String> = reference::PROGRAMS
        .iter()
        .map(|program| {
            format!(
                "| {} | `viva reference {}` | {} |",
                program.row, program.name, program.about
            )
        })
        .collect();
    assert_eq!(listed, programs);
}
