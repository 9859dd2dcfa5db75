//! Lines with faults between two programs, or in front of one: what crosses them, and what a report shows of it.

mod stand;

use stand::{Came, Folder, run};

/// Runs a scenario of an upper-case server, over UDP or TCP, with this cast and these steps.
fn upper(transport: &str, cast: &str, steps: &str) -> Came {
    let scenario = upper_scenario(transport, cast, steps);
    run(["run", &scenario.at("x.yaml"), "--seed", "line"])
}

fn upper_scenario(transport: &str, cast: &str, steps: &str) -> Folder {
    let server = match transport {
        "udp" => "udp-upper-server",
        _ => "upper-server",
    };
    let client = server.replace("server", "client");
    let text = format!(
        "viva: 1\nscenario: x\nconventions: {{ transport: {transport}, port: 9000, reply: \"${{text|upper}}\" }}\n\
         roles:\n  server: {{ reference: [{server}, --port, \"${{port}}\"] }}\n  \
         client: {{ reference: [{client}, --host, \"${{ip}}\", --port, \"${{port}}\"] }}\n\
         cast:\n  server: {{ role: server }}\n{cast}steps:\n{steps}"
    );
    Folder::new().with("x.yaml", text)
}

#[test]
fn datagrams_are_lost_doubled_overtaken_and_late() {
    let cast = "  line: { proxy: server, faults: [ { drop: 1, way: to_server }, { duplicate: 2, way: to_server }, \
                { reorder: 4, way: to_server }, { delay: 4, way: to_client } ] }\n  \
                alice: { connects: line }\n  bob: { connects: line }\n";
    let steps = r#"
  - alice: { send: "${token.lost}" }
  - line: { expect: "${token.lost}" }
  - server: { never: "${token.lost}" }
  - alice: { silent: true }
  - alice: { send: "${token.twice}" }
  - alice: { expect: "${token.twice|upper}${token.twice|upper}" }
"#;
    // A datagram is a message of its own.
    let apart = steps.replace(
        "${token.twice|upper}${token.twice|upper}\" }",
        "${token.twice|upper}\" }\n  - alice: { expect: \"${token.twice|upper}\" }",
    );
    let rest = r#"  - alice: { send: "${token.a}" }
  - alice: { expect: "${token.a|upper}" }
  - alice: { send: "${token.b}" }
  - alice: { send: "${token.c}" }
  - server: { expect: "${token.c}" }
  - server: { expect: "${token.b}" }
  - alice: { expect: "${token.b|upper}" }
  - alice: { expect: "${token.c|upper}" }
  - bob: { send: "${token.lost}" }
  - bob: { silent: true }
  - bob: { send: "${token.twice}" }
  - bob: { expect: "${token.twice|upper}" }
  - bob: { expect: "${token.twice|upper}" }
"#;
    upper("udp", cast, &format!("{apart}{rest}")).exits(0);
    upper("udp", cast, steps).exits(1);
}

#[test]
fn a_stream_between_two_programs_is_cut_joined_and_held_back() {
    for (faults, shown) in [
        ("split: 3", 3),
        ("split: 1", 1),
        ("delay: { every: 1 }", 0),
        ("coalesce: 2", 0),
        ("throttle: 1000", 0),
    ] {
        let cast = format!(
            "  line: {{ proxy: server, faults: [ {{ {faults} }} ] }}\n  client: {{ role: client, to: line }}\n"
        );
        let first = match shown {
            0 => "${token.a|upper}".to_owned(),
            count => format!("${{token.a|upper|first({count})}}"),
        };
        let steps = format!(
            "  - client: {{ send: \"${{token.a}}\" }}\n  - line: {{ expect: \"${{token.a}}\" }}\n  \
             - client: {{ expect: \"{first}\" }}\n  - line: {{ expect: \"${{token.a|upper}}\", on: to_client }}\n  \
             - client: {{ key: ctrl-d }}\n  - client: {{ expect: {{ exit: 0 }} }}\n  \
             - line: {{ expect: {{ closed: true }} }}\n  - line: {{ expect: {{ closed: true }}, on: to_client }}\n"
        );
        upper("tcp", &cast, &steps).exits(0);
    }
}

#[test]
fn a_line_breaks_off_and_the_next_client_has_its_own() {
    let cast = "  line: { proxy: server, faults: [ { reset: 8, way: to_server }, { half_close: 6, way: to_client } ] }\n  \
                alice: { connects: line }\n  bob: { connects: line }\n";
    let steps = r#"
  - alice: { send: "hello" }
  - alice: { expect: "HELLO" }
  - alice: { send: "you" }
  - alice: { expect: { reset: true } }
  - bob: { send: "hello!!" }
  - bob: { expect: "HELLO!" }
  - bob: { expect: { closed: true } }
"#;
    upper("tcp", cast, steps).exits(0);
    let by_step = "  - alice: { send: \"hello\" }\n  - alice: { expect: HELLO }\n  - line: { reset: true }\n  \
                   - alice: { expect: { reset: true } }\n";
    let quiet = "  line: { proxy: server }\n  alice: { connects: line }\n";
    upper("tcp", quiet, by_step).exits(0);
}

#[test]
fn chance_is_repeated_by_the_seed() {
    let cast = "  line: { proxy: server, faults: [ { drop: { chance: 0.5 }, way: to_client } ] }\n  \
                alice: { connects: line }\n";
    let send = |number: usize| format!("  - alice: {{ send: \"m{number}\" }}\n");
    let sent: String = (10..30).map(send).collect();
    // Of what the line loses it can still be told that it came.
    let steps = format!("{sent}  - line: {{ expect: M29, on: to_client }}\n");
    let scenario = upper_scenario("udp", cast, &steps);
    let lost = |seed: &str| {
        let came = run(["run", &scenario.at("x.yaml"), "--json", "--seed", seed]).exits(0);
        let report: serde_json::Value = serde_json::from_str(&came.out).expect("JSON");
        let events = report["results"][0]["transcript"]["events"].as_array();
        let lost = events
            .expect("events")
            .iter()
            .map(|event| &event["kind"]["lost"]["data"]["text"]);
        lost.filter_map(|text| text.as_str().map(str::to_owned))
            .collect::<Vec<String>>()
    };
    let (first, again, other) = (lost("one"), lost("one"), lost("two"));
    assert!(!first.is_empty());
    assert_eq!(first, again);
    assert_ne!(first, other);
}

#[test]
fn a_report_shows_what_came_and_what_was_passed_on() {
    let cast = "  line: { proxy: server, faults: [ { drop: 1, way: to_client } ] }\n  alice: { connects: line }\n";
    let steps =
        "  - alice: { send: \"${token.a}\" }\n  - alice: { expect: \"${token.a|upper}\" }\n";
    let came = upper("udp", cast, steps).exits(1);
    for part in [
        "(the line)",
        "⇢ ",
        "⇒ ",
        "⇠ ",
        "× lost on the line",
        "The text did come to line, on its way to the client.",
    ] {
        assert!(came.out.contains(part), "{part} is not in\n{}", came.out);
    }
}

#[test]
fn where_nobody_listens_the_line_resets() {
    let cast = "  line: { proxy: server }\n  alice: { connects: line }\n";
    let steps = "  - server: { stop: true }\n  - alice: { connect: true }\n  - alice: { expect: { reset: true } }\n";
    upper("tcp", cast, steps).exits(0);
}

mod less_power {
    use crate::stand::less_power::{Power, hold};

    #[test]
    fn as_an_ordinary_user() {
        hold(Power::OrdinaryUser, &[]);
    }

    #[test]
    fn without_user_namespaces() {
        hold(Power::NoUserNamespaces, &[]);
    }
}
