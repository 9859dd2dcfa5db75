//! C5: frame by frame, and with the Python package `websockets` at the other end.

use crate::stage::{Peer, Running, free_port, start};

/// Starts a server and takes its word that it listens: the handshake is waited for anyway.
fn server(program: &str) -> (u16, Running) {
    let port = free_port();
    let server = start!(program, "--port", port);
    (port, server)
}

/// A connection after the handshake, with the key and the answer to it from RFC 6455, 1.3.
fn shaken(port: u16) -> Peer {
    let mut peer = Peer::connect(port);
    peer.sends(format!(
        "GET /chat HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nUpgrade: websocket\r\nConnection: keep-alive, Upgrade\r\n\
         Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n"
    ));
    let head = String::from_utf8(peer.reads_until(b"\r\n\r\n")).unwrap();
    let mut lines = head.lines();
    assert_eq!(lines.next(), Some("HTTP/1.1 101 Switching Protocols"));
    for header in [
        "connection: upgrade",
        "upgrade: websocket",
        "sec-websocket-accept: s3pplmbitxaq9kygzzhzrbk+xoo=",
    ] {
        assert!(head.to_lowercase().contains(header), "{head}");
    }
    peer
}

/// A frame as a client sends it: masked, here with zeros.
fn masked(first: u8, payload: &[u8]) -> Vec<u8> {
    let length = u8::try_from(payload.len()).unwrap();
    assert!(length < 126);
    [&[first, 0x80 | length, 0, 0, 0, 0], payload].concat()
}

/// A frame as a server sends it.
fn plain(first: u8, payload: &[u8]) -> Vec<u8> {
    [&[first, u8::try_from(payload.len()).unwrap()], payload].concat()
}

const TEXT: u8 = 0x81;
const BINARY: u8 = 0x82;
const CLOSE: u8 = 0x88;
const PING: u8 = 0x89;
const PONG: u8 = 0x8a;
const TEXT_THAT_GOES_ON: u8 = 0x01;
const END_OF_IT: u8 = 0x80;

#[test]
fn echo_of_text_bytes_fragments_and_pings() {
    let (port, _server) = server("websocket-echo-server");
    let mut alice = shaken(port);
    alice.sends(masked(TEXT, "你好".as_bytes()));
    alice.gets(plain(TEXT, "你好".as_bytes()));
    alice.sends(masked(BINARY, b"\x00\xff"));
    alice.gets(plain(BINARY, b"\x00\xff"));
    // A character that is cut between two fragments, and a ping between them.
    alice.sends(masked(TEXT_THAT_GOES_ON, b"\xe4\xbd"));
    alice.sends(masked(PING, b"are you there"));
    alice.gets(plain(PONG, b"are you there"));
    alice.sends(masked(END_OF_IT, b"\xa0!"));
    alice.gets(plain(TEXT, "你!".as_bytes()));
    // Several in one segment, then one byte by byte.
    alice.sends([masked(TEXT, b"1"), masked(TEXT, b"2"), masked(TEXT, b"")].concat());
    alice.gets([plain(TEXT, b"1"), plain(TEXT, b"2"), plain(TEXT, b"")].concat());
    for byte in masked(TEXT, b"slow") {
        alice.sends([byte]);
    }
    alice.gets(plain(TEXT, b"slow"));
    // The close comes back with its code.
    alice.sends(masked(CLOSE, b"\x03\xe8bye"));
    let answer = alice.reads_until(b"\x03\xe8");
    assert_eq!(answer[0], CLOSE);
}

#[test]
fn who_breaks_the_rules_is_told_which_and_nobody_else_is_harmed() {
    for program in ["websocket-echo-server", "websocket-chat-server"] {
        let (port, _server) = server(program);
        let mut witness = shaken(port);
        for (wrong, code) in [
            (plain(TEXT, b"not masked"), 1002_u16),
            (masked(0x83, b"no such kind"), 1002),
            (masked(END_OF_IT, b"the end of nothing"), 1002),
            (masked(TEXT, b"\xff"), 1007),
        ] {
            let mut mallory = shaken(port);
            mallory.sends(wrong);
            let close = mallory.reads_until(&code.to_be_bytes());
            assert_eq!((close[0], close.len()), (CLOSE, 4), "{close:?}");
        }
        shaken(port).closes();
        let mut lost = shaken(port);
        lost.sends(masked(PING, b""));
        lost.resets();
        witness.sends(masked(PING, b"still here"));
        witness.reads_until(b"still here");
    }
}

#[test]
fn what_is_no_handshake_is_let_go() {
    let (port, _server) = server("websocket-echo-server");
    let mut browser = Peer::connect(port);
    browser.sends("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
    browser.is_let_go();
    let _silent = Peer::connect(port);
    let mut alice = shaken(port);
    alice.sends(masked(TEXT, b"x"));
    alice.gets(plain(TEXT, b"x"));
}

#[test]
fn chat_passes_messages_to_all_others() {
    let (port, mut server) = server("websocket-chat-server");
    let mut room: Vec<Peer> = (0..3)
        .map(|_| {
            let peer = shaken(port);
            server.shows(&format!("({}已成功连接!\n", peer.name()));
            peer
        })
        .collect();
    let name = room[0].name();
    room[0].sends(masked(TEXT, "你好".as_bytes()));
    room[0].sends(masked(BINARY, b"\x00"));
    for peer in &mut room[1..] {
        peer.gets(plain(TEXT, format!("{name} : 你好").as_bytes()));
        peer.gets(plain(BINARY, b"\x00"));
    }
    server.shows(&format!("{name} : 你好\n"));
    let leaver = room.remove(1);
    let its_name = leaver.name();
    leaver.closes();
    server.shows(&format!("{its_name}已经离开了\n"));
    for peer in &mut room {
        // Nobody has got his own words back.
        peer.gets(plain(TEXT, format!("{its_name}已经离开了").as_bytes()));
    }
}

#[test]
fn clients_talk_to_each_other_through_the_chat() {
    let (port, mut server) = server("websocket-chat-server");
    let _witness = shaken(port);
    server.shows_line();
    let mut names = Vec::new();
    let mut clients: Vec<Running> = Vec::new();
    for _ in 0..2 {
        clients.push(start!("websocket-client", "--port", port));
        let line = server.shows_line();
        let name = line.strip_prefix('(').unwrap();
        names.push(name.strip_suffix("已成功连接!").unwrap().to_owned());
    }
    clients[0].types("你好");
    clients[1].shows(&format!("{} : 你好\n", names[0]));
    clients[1].types("再见");
    clients[0].shows(&format!("{} : 再见\n", names[1]));
    clients[0].ends_input();
    clients[0].ends(0);
    clients[1].shows(&format!("{}已经离开了\n", names[0]));
}

/// A client of the echo server.
const PYTHON_CLIENT: &str = r#"
import asyncio, sys, websockets
async def main(port):
    async with websockets.connect(f"ws://127.0.0.1:{port}/") as ws:
        for message in ["你好", "", "x" * 1_000_000, b"", bytes(range(256)) * 300]:
            await ws.send(message)
            assert await ws.recv() == message
        await ws.send(["he", "ll", "o"])
        assert await ws.recv() == "hello"
        await (await ws.ping(b"payload"))
    print("closed with", ws.close_code)
    async with websockets.connect(f"ws://127.0.0.1:{port}/") as ws:
        await ws.send("first")
        await ws.close(4001, "再见")
        print("closed with", ws.close_code)
asyncio.run(main(sys.argv[1]))
"#;

#[test]
fn the_python_package_talks_to_the_echo_server() {
    let (port, _server) = server("websocket-echo-server");
    Peer::connect(port).closes();
    let mut client = Running::start("python3", &["-c", PYTHON_CLIENT, &port.to_string()]);
    client.shows("closed with 1000\nclosed with 4001\n");
    client.ends(0);
    assert_eq!(client.complaint(), "");
}

/// A server that does what it is told.
const PYTHON_SERVER: &str = r#"
import asyncio, sys, websockets
async def answer(ws):
    async for message in ws:
        if message == "bytes":
            await ws.send(b"\x00'")
        elif message == "fragments":
            await ws.send(["he", "ll", "o"])
        elif message == "ping":
            await (await ws.ping())
            await ws.send("the pong came")
        elif message == "close":
            await ws.close(4001, "再见")
            break
        else:
            await ws.send(message)
    print("closed with", ws.close_code, flush=True)
async def main(port):
    async with websockets.serve(answer, "127.0.0.1", port):
        print("listening", flush=True)
        await asyncio.Future()
asyncio.run(main(int(sys.argv[1])))
"#;

#[test]
fn the_client_talks_to_the_python_package() {
    let port = free_port();
    let mut server = Running::start("python3", &["-c", PYTHON_SERVER, &port.to_string()]);
    server.shows("listening\n");
    let mut client = start!("websocket-client", "--port", port);
    for (typed, shown) in [
        ("你好", "你好"),
        ("bytes", r#"b"\x00'""#),
        ("fragments", "hello"),
        ("ping", "the pong came"),
    ] {
        client.types(typed);
        client.shows(&format!("{shown}\n"));
    }
    client.ends_input();
    client.ends(0);
    server.shows("closed with 1000\n");

    let mut client = start!("websocket-client", "--host", "127.0.0.1", "--port", port);
    client.types("close");
    client.ends(0);
    assert_eq!(
        client.complaint(),
        "the server has closed the connection: 再见 (4001)\n"
    );
    server.shows("closed with 4001\n");
}

#[test]
fn a_server_of_another_kind_is_an_error() {
    let port = free_port();
    let _server = start!("http-server", "--port", port);
    Peer::connect(port).closes();
    let mut client = start!("websocket-client", "--port", port, "--path", "/none");
    client.ends(1);
    assert_eq!(
        client.complaint(),
        "websocket-client: HTTP error: 404 Not Found\n"
    );
}
