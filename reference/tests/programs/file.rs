//! C2.

use std::fs;
use std::path::Path;

use tempfile::TempDir;

use crate::stage::{Peer, Running, free_port, listener, start};

fn server() -> (TempDir, u16, Running) {
    let folder = TempDir::new().unwrap();
    let port = free_port();
    let server = start!(
        "file-server",
        "--port",
        port,
        "--dir",
        folder.path().display()
    );
    Peer::connect(port).closes();
    (folder, port, server)
}

fn names(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).unwrap();
    entries
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect()
}

fn contents() -> Vec<(&'static str, Vec<u8>)> {
    let bytes: Vec<u8> = (0..=255).collect();
    vec![
        ("empty", Vec::new()),
        ("text.txt", "你好\r\n\n再见".into()),
        (" my 文件 (1).txt", b"a name with spaces".into()),
        ("-rf", b"a name like an option".into()),
        ("all bytes.bin", bytes.repeat(300)),
    ]
}

#[test]
fn every_byte_arrives_under_the_same_name() {
    let (folder, port, mut server) = server();
    let source = TempDir::new().unwrap();
    for (name, content) in contents() {
        let path = source.path().join(name);
        fs::write(&path, &content).unwrap();
        let mut client = start!("file-client", "--port", port);
        client.shows("请输入要发送的文件\n");
        // The answer to a question loses the blanks around it; these stand within the path.
        client.types(path.to_str().unwrap());
        client.shows(&format!("发送完毕：{name:?}，{} 字节\n", content.len()));
        client.ends(0);
        assert!(
            server
                .shows_line()
                .ends_with(&format!("的文件 {name:?}，{} 字节", content.len()))
        );
        assert_eq!(fs::read(folder.path().join(name)).unwrap(), content);
    }
    assert_eq!(names(folder.path()).len(), contents().len());
}

#[test]
fn a_large_file_passes_through_without_being_held_in_memory() {
    let (folder, port, mut server) = server();
    let source = TempDir::new().unwrap();
    let path = source.path().join("large");
    let content = b"16 bytes of text".repeat(4 << 20);
    fs::write(&path, &content).unwrap();
    let mut client = start!("file-client", "--port", port, "--file", path.display());
    client.shows("发送完毕：\"large\"，67108864 字节\n");
    client.ends(0);
    assert!(fs::read(folder.path().join("large")).unwrap() == content);
    assert!(server.most_memory() < 30_000, "{}", server.most_memory());
}

#[test]
fn an_interrupted_transfer_leaves_nothing_and_spoils_nothing() {
    let (folder, port, mut server) = server();
    let path = folder.path().join("a");
    fs::write(&path, "before").unwrap();
    for reset in [false, true] {
        let mut alice = Peer::connect(port);
        alice.sends("10 a\nhalf");
        // What has come is not yet under its name.
        while names(folder.path()).len() < 2 {
            assert!(server.is_running());
            std::thread::yield_now();
        }
        if reset {
            alice.aborts();
        } else {
            alice.sends_no_more();
            alice.gets("only 4 of 10 bytes came\n");
            alice.sees_the_end();
        }
        // The listener alone: the server is done with alice.
        server.has_sockets(1);
        assert_eq!(names(folder.path()), ["a"]);
        assert_eq!(fs::read_to_string(&path).unwrap(), "before");
    }
    let mut bob = Peer::connect(port);
    bob.sends("5 a\nafter and not a byte more");
    bob.gets("OK\n");
    assert_eq!(fs::read_to_string(&path).unwrap(), "after");
}

#[test]
fn a_name_that_leads_elsewhere_is_refused() {
    let (folder, port, _server) = server();
    let inner = folder.path().join("inner");
    fs::create_dir(&inner).unwrap();
    for line in ["1 ../x\nx", "1 inner/x\nx", "x\nx", "no line at all"] {
        let mut alice = Peer::connect(port);
        alice.sends(line);
        alice.sends_no_more();
        alice.gets("no line `SIZE NAME`\n");
        alice.sees_the_end();
    }
    let mut alice = Peer::connect(port);
    alice.sends("1 inner\nx");
    assert!(String::from_utf8(alice.reads()).unwrap().ends_with("\n"));
    assert_eq!(names(folder.path()), ["inner"]);
    assert_eq!(names(&inner).len(), 0);
}

#[test]
fn client_says_what_the_server_says() {
    let source = TempDir::new().unwrap();
    let path = source.path().join("名字");
    fs::write(&path, "12345").unwrap();
    for (answer, complaint) in [
        ("no space left\n", "file-client: no space left\n"),
        ("", "file-client: the server has closed the connection\n"),
    ] {
        let (listener, port) = listener();
        let mut client = start!("file-client", "--port", port, "--file", path.display());
        let mut server = Peer::accept(&listener);
        server.gets("5 名字\n12345");
        server.sends(answer);
        server.closes();
        client.ends(1);
        assert_eq!(client.complaint(), complaint);
    }
}

#[test]
fn what_is_no_file_is_told_before_anybody_is_called() {
    let source = TempDir::new().unwrap();
    for (path, trouble) in [
        (source.path().to_owned(), "this is no file that can be sent"),
        (
            source.path().join("none"),
            "No such file or directory (os error 2)",
        ),
    ] {
        let mut client = start!(
            "file-client",
            "--port",
            free_port(),
            "--file",
            path.display()
        );
        client.ends(1);
        assert_eq!(
            client.complaint(),
            format!("file-client: {}: {trouble}\n", path.display())
        );
    }
}

/// A client and a server of the same protocol in a few lines of Python.
const PYTHON: &str = r#"
import os, socket, sys
what, port, path = sys.argv[1], int(sys.argv[2]), sys.argv[3]
if what == "send":
    s = socket.create_connection(("127.0.0.1", port))
    s.sendall(f"{os.path.getsize(path)} {os.path.basename(path)}\n".encode())
    with open(path, "rb") as file:
        s.sendfile(file)
    print(s.makefile().readline(), end="")
else:
    listener = socket.create_server(("127.0.0.1", port))
    print("listening")
    c, _ = listener.accept()
    stream = c.makefile("rb")
    size, name = stream.readline().decode().rstrip("\n").split(" ", 1)
    with open(os.path.join(path, name), "wb") as file:
        file.write(stream.read(int(size)))
    c.sendall(b"OK\n")
"#;

#[test]
fn a_python_client_and_a_python_server_fit() {
    let (folder, port, _server) = server();
    let source = TempDir::new().unwrap();
    let path = source.path().join("蟒蛇 1.bin");
    let content: Vec<u8> = (0..=255).collect::<Vec<u8>>().repeat(1000);
    fs::write(&path, &content).unwrap();
    let path = path.to_str().unwrap();
    let mut client = Running::start("python3", &["-c", PYTHON, "send", &port.to_string(), path]);
    client.shows("OK\n");
    client.ends(0);
    assert_eq!(fs::read(folder.path().join("蟒蛇 1.bin")).unwrap(), content);

    let target = TempDir::new().unwrap();
    let port = free_port();
    let folder = target.path().to_str().unwrap();
    let mut server = Running::start(
        "python3",
        &["-u", "-c", PYTHON, "save", &port.to_string(), folder],
    );
    server.shows("listening\n");
    let mut client = start!("file-client", "--port", port, "--file", path);
    client.shows_line();
    client.ends(0);
    server.ends(0);
    assert_eq!(fs::read(target.path().join("蟒蛇 1.bin")).unwrap(), content);
}
