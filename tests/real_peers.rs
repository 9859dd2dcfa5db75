//! Real programs that nobody wrote for Viva: socat and ncat, as servers and as clients of the shipped labs; the package
//! `websockets` and the web server of Python.
//!
//! They are what Viva must agree with: where they are right every scenario passes, and where they are known to be wrong (or to
//! lack what the lab asks for) just that fails.

mod stand;

use stand::{Ends, Folder, came, viva};

/// Fails with a sentence where a program that these tests talk to is missing.
fn needs(program: &str) {
    let found = std::env::split_paths(stand::path()).any(|folder| folder.join(program).is_file());
    assert!(
        found,
        "these tests need {program}: apt-get install socat ncat"
    );
}

/// Runs a lab against a command, and says which scenarios passed and which did not.
fn judge(lab: &str, role: &str, command: &str, more: &[&str]) -> (Vec<String>, Vec<String>) {
    needs(command.split(' ').next().unwrap_or_default());
    // The command runs in a copy of the current folder.
    let empty = Folder::new();
    let output = viva()
        .current_dir(empty.path())
        .args(["run", lab, "--json", "--role", &format!("{role}={command}")])
        .args(more)
        .output()
        .expect("viva starts");
    let came = came(output);
    let (mut passed, mut others) = (Vec::new(), Vec::new());
    for (scenario, outcome) in came.outcomes() {
        match outcome.as_str() {
            "passed" => passed.push(scenario),
            "not_applicable" => {}
            _ => others.push(format!("{scenario}: {outcome}")),
        }
    }
    (passed, others)
}

/// Fails unless all that was run passed, and that was something.
#[track_caller]
fn passes(lab: &str, role: &str, command: &str, more: &[&str]) {
    let (passed, others) = judge(lab, role, command, more);
    assert_eq!(others, [] as [&str; 0], "{lab}: {command}");
    assert!(passed.len() > 3, "{lab}: {command}: only {passed:?}");
}

/// `--only` for each of these.
fn only<'a>(names: &[&'a str]) -> Vec<&'a str> {
    names.iter().flat_map(|name| ["--only", name]).collect()
}

#[test]
fn socat_is_an_echo_server() {
    for command in [
        "socat TCP-LISTEN:${port},reuseaddr,fork EXEC:cat",
        "socat TCP-LISTEN:${port},reuseaddr,fork PIPE",
        "socat TCP6-LISTEN:${port},reuseaddr,fork,ipv6only=1 PIPE",
        "socat TCP-LISTEN:${port},bind=${ip},reuseaddr,fork SYSTEM:'cat; true'",
    ] {
        passes("echo", "server", command, &[]);
    }
}

#[test]
fn an_echo_server_for_one_client_is_asked_for_no_more() {
    let form = ["--set", "form=one"];
    passes(
        "echo",
        "server",
        "socat TCP-LISTEN:${port},reuseaddr EXEC:cat",
        &form,
    );
    passes("echo", "server", "ncat -l ${port} -e /bin/cat", &form);
    // Where more is asked for, it fails.
    let (_, others) = judge(
        "echo",
        "server",
        "socat TCP-LISTEN:${port},reuseaddr EXEC:cat",
        &only(&["echo", "next-client", "at-once"]),
    );
    assert_eq!(others, ["next-client: failed", "at-once: failed"]);
}

#[test]
fn ncat_is_an_echo_server_that_may_forget_the_rest_after_a_half_close() {
    // It listens at `[::]` for IPv6 alone and then at `0.0.0.0`: whoever comes early must come to the first.
    for command in [
        "ncat -l -k ${port} -e /bin/cat",
        "ncat -6 -l -k ${port} -e /bin/cat",
        "ncat -l -k ${ip} ${port} -e /bin/cat",
    ] {
        let (passed, others) = judge("echo", "server", command, &[]);
        // It ends the connection at the end of its input, or sends the rest before: as it happens.
        let known = |other: &String| other == "half-close: failed";
        assert!(others.iter().all(known), "{command}: {others:?}");
        assert!(passed.len() > 10, "{command}: {passed:?}");
    }
}

#[test]
fn it_does_not_depend_on_how_programs_are_kept_apart() {
    let basic = ["--isolation", "basic"];
    passes(
        "echo",
        "server",
        "socat TCP-LISTEN:${port},reuseaddr,fork PIPE",
        &basic,
    );
    let more = [&basic[..], &only(&["echo", "at-once", "crowd", "restart"])].concat();
    passes("echo", "server", "ncat -l -k ${port} -e /bin/cat", &more);
}

/// What a hub can be asked that knows neither a quit word nor leave notices, and stops for a member who never reads.
const PLAIN_HUB: &[&str] = &[
    "join",
    "broadcast",
    "several",
    "together",
    "crowd",
    "burst",
    "long",
    "silent",
    "restart",
];

#[test]
fn ncat_is_a_hub() {
    let more = only(&[PLAIN_HUB, &["chinese", "long-chinese", "cut"]].concat());
    passes("hub", "server", "ncat --broker -l -k ${port}", &more);
    // As a chat room it names the senders, and shows what is not ASCII as numbers: that is no message in Chinese.
    let more = only(PLAIN_HUB);
    passes("hub", "server", "ncat --chat -l ${port}", &more);
    let (_, others) = judge(
        "hub",
        "server",
        "ncat --chat -l ${port}",
        &[&only(&["chinese"])[..], &["--deadline", "1s"]].concat(),
    );
    assert_eq!(others, ["chinese: failed"]);
}

#[test]
fn an_echo_server_is_no_hub() {
    let (_, others) = judge(
        "hub",
        "server",
        "socat TCP-LISTEN:${port},reuseaddr,fork PIPE",
        &[&only(&["join", "broadcast"])[..], &["--deadline", "1s"]].concat(),
    );
    assert_eq!(others, ["join: failed", "broadcast: skipped"]);
}

#[test]
fn socat_and_ncat_are_one_side_of_a_chat_between_two() {
    // They know no quit word; and what a program shall never print after the connection has gone costs a whole deadline.
    let server = only(&[
        "hello",
        "types",
        "both-ways",
        "chinese",
        "together",
        "long",
        "long-chinese",
        "cut",
        "restart",
    ]);
    passes(
        "p2p",
        "server",
        "socat STDIO TCP-LISTEN:${port},reuseaddr",
        &server,
    );
    passes("p2p", "server", "ncat -l ${ip} ${port}", &server);
    // They send the end of the line as well, which `client-types` does not want.
    let client = only(&[
        "client-shows",
        "client-both-ways",
        "client-chinese",
        "client-together",
        "client-long",
        "client-long-chinese",
        "client-cut",
    ]);
    for lab in ["p2p", "hub"] {
        passes(lab, "client", "socat STDIO TCP:${ip}:${port}", &client);
        passes(lab, "client", "ncat ${ip} ${port}", &client);
    }
}

#[test]
fn socat_and_ncat_are_echo_clients() {
    passes("echo", "client", "socat STDIO TCP:${ip}:${port}", &[]);
    passes("echo", "client", "ncat ${ip} ${port}", &[]);
}

#[test]
fn socat_and_ncat_speak_udp() {
    passes("udp", "client", "socat STDIO UDP:${ip}:${port}", &[]);
    passes("udp", "client", "ncat -u ${ip} ${port}", &[]);
    // `PIPE` and `cat` see no empty datagram, so that none comes back.
    let server = only(&[
        "answer",
        "several-messages",
        "own-sender",
        "chinese",
        "long-datagram",
        "burst",
        "each-once",
        "cut-character",
        "sender-gone",
    ]);
    let more = [&["--set", "reply=${text}"][..], &server].concat();
    passes(
        "udp",
        "server",
        "socat UDP-RECVFROM:${port},fork PIPE",
        &more,
    );
    passes(
        "udp",
        "server",
        "socat UDP-RECVFROM:${port},fork EXEC:cat",
        &more,
    );
}

#[test]
fn a_peer_that_runs_already_is_talked_to_where_it_is() {
    needs("socat");
    // Port 0: socat says with -d -d which one it got.
    let mut socat = Ends(
        std::process::Command::new("socat")
            .args(["-d", "-d", "TCP-LISTEN:0,bind=127.0.0.1,reuseaddr,fork"])
            .arg("PIPE")
            .stderr(std::process::Stdio::piped())
            .spawn()
            .expect("socat starts"),
    );
    let mut said = std::io::BufReader::new(socat.0.stderr.take().expect("a pipe"));
    let mut line = String::new();
    while !line.contains("listening on") {
        line.clear();
        let count = std::io::BufRead::read_line(&mut said, &mut line).expect("a line");
        assert!(count > 0, "socat has ended");
    }
    let address = line
        .rsplit(' ')
        .next()
        .unwrap_or_default()
        .trim()
        .to_owned();
    let came = stand::run([
        "run",
        "echo",
        "--json",
        "--only",
        "echo",
        "--only",
        "chinese",
        "--only",
        "at-once",
        "--only",
        "restart",
        "--connect",
        &format!("server={address}"),
    ]);
    // What is not Viva's to restart is not asked of it.
    assert_eq!(
        came.outcomes(),
        [
            ("echo", "passed"),
            ("chinese", "passed"),
            ("at-once", "passed"),
            ("restart", "not_applicable")
        ]
        .map(|(scenario, outcome)| (scenario.to_owned(), outcome.to_owned()))
    );
}

const ECHO: &str = "
import asyncio
import websockets

async def echo(socket):
    async for message in socket:
        await socket.send(message)

async def main():
    async with websockets.serve(echo, '127.0.0.1', 8765):
        await asyncio.Future()

asyncio.run(main())
";

const CHAT: &str = "
import asyncio
import websockets

clients = set()

async def chat(socket):
    clients.add(socket)
    try:
        async for message in socket:
            websockets.broadcast(clients - {socket}, f'{socket.remote_address} : {message}')
    finally:
        clients.discard(socket)

async def main():
    async with websockets.serve(chat, '127.0.0.1', 8765):
        await asyncio.Future()

asyncio.run(main())
";

const TALKS: &str = "
import asyncio
import sys
import websockets

async def show(socket):
    async for message in socket:
        print(message)

async def main():
    loop = asyncio.get_running_loop()
    async with websockets.connect('ws://127.0.0.1:8765') as socket:
        showing = asyncio.create_task(show(socket))
        while True:
            typing = loop.run_in_executor(None, sys.stdin.readline)
            await asyncio.wait([typing, showing], return_when=asyncio.FIRST_COMPLETED)
            if showing.done() or not typing.result():
                break
            await socket.send(typing.result().rstrip())

asyncio.run(main())
";

/// The package must be there for the Python that runs programs.
fn needs_websockets() {
    let found = std::process::Command::new("python3")
        .env("PATH", stand::path())
        .args(["-c", "import websockets"])
        .status();
    assert!(
        found.is_ok_and(|status| status.success()),
        "these tests need the package websockets: pip install websockets"
    );
}

#[test]
fn the_package_websockets_is_a_right_server_and_a_right_client() {
    needs_websockets();
    let folder = Folder::new()
        .with("echo.py", ECHO)
        .with("chat.py", CHAT)
        .with("client.py", TALKS);
    passes("websocket", "server", &folder.at("echo.py"), &[]);
    let chat = ["--set", "app=chat"];
    passes("websocket", "server", &folder.at("chat.py"), &chat);
    passes("websocket", "client", &folder.at("client.py"), &[]);
}

#[test]
fn python_s_own_web_server_is_right() {
    passes("http", "server", "python3 -m http.server ${port}", &[]);
}
