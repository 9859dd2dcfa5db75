//! A6 and D2.

use std::io::ErrorKind;
use std::net::UdpSocket;

use crate::stage::{free_port, python_address, start, udp_socket};

/// A client of the server at that port, which is sent `probe` until it answers, so that it is known to receive.
fn client_of(port: u16, probe: &str) -> UdpSocket {
    let client = udp_socket(0);
    client.connect(("127.0.0.1", port)).unwrap();
    let mut answer = [0; 100];
    loop {
        // Where nobody receives, the kernel says so at the next call.
        let asked = client
            .send(probe.as_bytes())
            .and_then(|_| client.recv(&mut answer));
        match asked {
            Ok(_) => return client,
            Err(error) if error.kind() == ErrorKind::ConnectionRefused => std::thread::yield_now(),
            Err(error) => panic!("{error}"),
        }
    }
}

fn gets(socket: &UdpSocket, expected: &[u8]) {
    let mut buffer = vec![0; 70_000];
    let length = socket.recv(&mut buffer).unwrap();
    assert_eq!(&buffer[..length], expected);
}

#[test]
fn upper_server_answers_every_sender() {
    let port = free_port();
    let mut server = start!("udp-upper-server", "--port", port);
    let alice = client_of(port, "x");
    let address = python_address(alice.local_addr().unwrap());
    server.shows(&format!("recv  b'x' {address}\n"));
    alice.send("é".as_bytes()).unwrap();
    gets(&alice, "É".as_bytes());
    server.shows(&format!("recv  b'\\xc3\\xa9' {address}\n"));
    alice.send(b"").unwrap();
    gets(&alice, b"");
    server.shows(&format!("recv  b'' {address}\n"));
    // Cut at 1024 bytes, silently; what is left of a character goes through unchanged.
    alice
        .send(format!("{}你", "a".repeat(1023)).as_bytes())
        .unwrap();
    gets(&alice, &[&b"A".repeat(1023)[..], b"\xe4"].concat());
    let bob = client_of(port, "bob");
    bob.send(b"again").unwrap();
    gets(&bob, b"AGAIN");
    alice.send(b"alice").unwrap();
    gets(&alice, b"ALICE");
}

#[test]
fn echo_server_ends_at_true_without_an_answer() {
    let port = free_port();
    let mut server = start!("udp-echo-server", "--port", port);
    let alice = client_of(port, "x");
    server.shows("Receive String: x\n");
    let long = "你好".repeat(5000);
    alice.send(long.as_bytes()).unwrap();
    gets(&alice, long.as_bytes());
    server.shows(&format!("Receive String: {long}\n"));
    alice.send(b"a\xff").unwrap();
    gets(&alice, b"a\xff");
    server.shows("Receive String: a\u{fffd}\n");
    for other in ["true", "True\n"] {
        alice.send(other.as_bytes()).unwrap();
        gets(&alice, other.as_bytes());
        server.shows(&format!("Receive String: {other}\n"));
    }
    alice.send(b"True").unwrap();
    server.shows("Receive String: True\n");
    server.ends(0);
    // An answer would be here already. At most the kernel has to say that nobody receives any more.
    alice.set_nonblocking(true).unwrap();
    assert!(alice.recv(&mut [0; 10]).is_err());
}

#[test]
fn upper_client_shows_the_answer_and_its_sender() {
    let server = udp_socket(free_port());
    let here = server.local_addr().unwrap();
    let mut client = start!("udp-upper-client", "--port", here.port());
    client.shows(">>: ");
    client.types("  ");
    client.shows(">>: ");
    client.types(" 你好 ");
    let mut buffer = [0; 100];
    let (length, sender) = server.recv_from(&mut buffer).unwrap();
    assert_eq!(&buffer[..length], "你好".as_bytes());
    server.send_to("你好 ÉÉ".as_bytes(), sender).unwrap();
    client.shows(&format!("你好 ÉÉ {}\n>>: ", python_address(here)));
    client.ends_input();
    client.ends(0);
}

#[test]
fn a_client_survives_a_lost_datagram_and_shows_a_late_answer() {
    let port = free_port();
    let mut client = start!("udp-upper-client", "--port", port);
    client.shows(">>: ");
    client.types("lost");
    client.shows(">>: ");
    let server = udp_socket(port);
    client.types("late");
    let mut buffer = [0; 100];
    let (_, sender) = server.recv_from(&mut buffer).unwrap();
    client.shows(">>: ");
    server.send_to(b"LATE", sender).unwrap();
    client.shows(&format!(
        "LATE {}\n",
        python_address(server.local_addr().unwrap())
    ));
    client.types("next");
    server.recv_from(&mut buffer).unwrap();
    server.send_to(b"NEXT", sender).unwrap();
    client.shows(&format!(
        "NEXT {}\n>>: ",
        python_address(server.local_addr().unwrap())
    ));
}

#[test]
fn echo_client_shows_each_answer_on_its_line() {
    let server = udp_socket(free_port());
    let mut client = start!(
        "udp-echo-client",
        "--port",
        server.local_addr().unwrap().port()
    );
    client.types("");
    for text in ["one", " 二 "] {
        client.types(text);
        let mut buffer = [0; 100];
        let (length, sender) = server.recv_from(&mut buffer).unwrap();
        assert_eq!(&buffer[..length], text.as_bytes());
        server.send_to(&buffer[..length], sender).unwrap();
        client.shows(&format!("{text}\n"));
    }
    client.ends_input();
    client.ends(0);
}
