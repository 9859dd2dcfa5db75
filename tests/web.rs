//! WebSocket and HTTP: what a wrong program is told, and what the transcript shows of messages.

mod stand;

use stand::{Came, Folder, run};

const WEBSOCKET: &str = "scenarios/websocket/known/wrong";
const HTTP: &str = "scenarios/http/known/wrong";

/// One scenario of a shipped lab against a known program.
fn judged(lab: &str, scenario: &str, role: &str, file: &str) -> Came {
    let role = format!("{role}={file}");
    run([
        "run", lab, "--only", scenario, "--role", &role, "--seed", "web",
    ])
}

#[test]
fn a_handshake_that_went_wrong_is_explained() {
    for (role, file, says) in [
        (
            "server",
            "accept_in_hexadecimal.py",
            "that is the right hash, but in hexadecimal digits",
        ),
        (
            "server",
            "status_200.py",
            "the status must be 101 (Switching Protocols), and it is \"HTTP/1.1 200 OK\".",
        ),
        ("server", "head_without_end.py", "its HTTP head has no end"),
        (
            "client",
            "client_no_upgrade.py",
            "But the header Upgrade is missing: it must say \"websocket\".",
        ),
        (
            "client",
            "client_short_key.py",
            "Sec-WebSocket-Key must be 16 random bytes in base64",
        ),
    ] {
        let scenario = match role {
            "server" => "handshake",
            _ => "client-handshake",
        };
        let came = judged("websocket", scenario, role, &format!("{WEBSOCKET}/{file}"));
        came.exits(1).prints(says);
    }
}

#[test]
fn a_broken_rule_is_named_wherever_it_comes() {
    for (scenario, role, file, says) in [
        (
            "echo",
            "server",
            "masks_its_frames.py",
            "the frame is masked, and only a client masks its frames (RFC 6455, 5.1).",
        ),
        (
            "client-sends",
            "client",
            "client_does_not_mask.py",
            "a client must mask each of its frames (RFC 6455, 5.1).",
        ),
        (
            "binary",
            "server",
            "binary_as_text.py",
            "the text is not UTF-8 from byte 2 on (RFC 6455, 8.1).",
        ),
        (
            "ping",
            "server",
            "ignores_pings.py",
            "alice must receive a pong with \"",
        ),
        (
            "close",
            "server",
            "close_without_code.py",
            "A close frame came from the server, without a code.",
        ),
    ] {
        let came = judged("websocket", scenario, role, &format!("{WEBSOCKET}/{file}"));
        came.exits(1).prints(says);
    }
}

#[test]
fn a_wrong_response_is_explained() {
    for (scenario, file, says) in [
        ("get", "no_carriage_return.py", "its lines end in \\n alone"),
        ("get", "no_empty_line.py", "But its head has no end"),
        (
            "get",
            "counts_too_many.py",
            ": it counts bytes, not characters.",
        ),
        (
            "get",
            "counts_characters.py",
            ": it counts bytes, not characters.",
        ),
        (
            "get",
            "stays_open.py",
            "But nobody can tell where its body ends: it has no Content-Length, and the connection stays open.",
        ),
        (
            "get",
            "no_content_type.py",
            "But the header Content-Type is missing.",
        ),
        (
            "not-found",
            "always_the_same.py",
            "But its status line is \"HTTP/1.1 200 OK\".",
        ),
    ] {
        let came = judged("http", scenario, "server", &format!("{HTTP}/{file}"));
        came.exits(1).prints(says);
    }
}

/// A client and a server of the reference, with Viva's own part played wrong on purpose.
#[test]
fn viva_answers_pings_and_close_frames_herself_unless_she_does_not_read() {
    let scenario = Folder::new().with(
        "x.yaml",
        r#"viva: 1
scenario: x
conventions: { transport: websocket }
roles: { client: { reference: [websocket-client, --host, "${ip}", --port, "${port}"] } }
cast:
  hub: { listens: websocket }
  client: { role: client, to: hub }
steps:
  - hub: { accept: link }
  - link: { send: { binary: "00 ff" } }
  - client: { expect: "b'\\x00\\xff'" }
  - link: { reading: false }
  - client: { close: stdin }
  - link: { send: "${token.late}" }
  - client: { expect: "${token.late}" }
  - client: { never: "${token.late}" }
  - link: { reading: true }
  - link: { expect: { close_frame: 1000 } }
  - link: { expect: { closed: true } }
  - client: { expect: { exit: 0 } }
"#,
    );
    run(["run", &scenario.at("x.yaml")]).exits(0);
}

#[test]
fn messages_cross_a_line_of_viva_like_any_bytes() {
    let scenario = Folder::new().with(
        "x.yaml",
        r#"viva: 1
scenario: x
conventions: { transport: websocket }
roles: { server: { reference: [websocket-echo-server, --port, "${port}"] } }
cast:
  server: { role: server }
  line: { proxy: server, faults: [ { split: 50 } ] }
  alice: { connects: line }
steps:
  - alice: { send: "${token.a}", fragments: bytes }
  - alice: { expect: { exactly: "${token.a}" } }
  - alice: { send: { ping: "${token.b}" } }
  - alice: { expect: { pong: "${token.b}" } }
"#,
    );
    run(["run", &scenario.at("x.yaml")]).exits(0);
}
