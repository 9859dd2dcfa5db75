//! C6: request by request, and with curl and Python at the other end.

use std::fs;
use std::process::Command;

use tempfile::TempDir;

use crate::stage::{Peer, Running, free_port, start};

const PAGE: &str =
    "<!DOCTYPE html>\n<html lang=\"zh\"><title>首页</title><h1>你好，浏览器！</h1></html>\n";

fn server() -> (u16, Running) {
    let port = free_port();
    let server = start!("http-server", "--port", port);
    Peer::connect(port).closes();
    (port, server)
}

/// Reads the head of an answer; the date, which differs, is checked and left out.
fn head(peer: &mut Peer) -> String {
    let head = String::from_utf8(peer.reads_until(b"\r\n\r\n")).unwrap();
    let (date, rest): (Vec<&str>, Vec<&str>) = head
        .split_inclusive("\r\n")
        .partition(|line| line.starts_with("Date: "));
    assert!(date.len() == 1 && date[0].ends_with(" GMT\r\n"), "{head}");
    rest.concat()
}

fn expected(status: &str, length: usize, more: &str) -> String {
    format!(
        "HTTP/1.1 {status}\r\nContent-Type: text/html; charset=utf-8\r\nContent-Length: {length}\r\n{more}\r\n"
    )
}

/// What Chromium sends.
const BROWSER: &str = "GET / HTTP/1.1\r\nHost: 127.0.0.1:8080\r\nConnection: keep-alive\r\nCache-Control: max-age=0\r\n\
    sec-ch-ua: \"Chromium\";v=\"130\", \"Not?A_Brand\";v=\"99\"\r\nsec-ch-ua-mobile: ?0\r\nsec-ch-ua-platform: \"Linux\"\r\n\
    Upgrade-Insecure-Requests: 1\r\nUser-Agent: Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) \
    Chrome/130.0.0.0 Safari/537.36\r\nAccept: text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,\
    image/apng,*/*;q=0.8,application/signed-exchange;v=b3;q=0.7\r\nSec-Fetch-Site: none\r\nSec-Fetch-Mode: navigate\r\n\
    Sec-Fetch-User: ?1\r\nSec-Fetch-Dest: document\r\nAccept-Encoding: gzip, deflate, br, zstd\r\n\
    Accept-Language: zh-CN,zh;q=0.9,en;q=0.8\r\n\r\n";

#[test]
fn a_browser_gets_its_page_and_asks_again_on_the_same_connection() {
    let (port, mut server) = server();
    let mut browser = Peer::connect(port);
    let _silent = Peer::connect(port);
    for _ in 0..2 {
        browser.sends(BROWSER);
        assert_eq!(head(&mut browser), expected("200 OK", PAGE.len(), ""));
        browser.gets(PAGE);
        server.shows(&format!("{} GET / 200 OK\n", browser.name()));
    }
    browser.sends(BROWSER.replace("GET / ", "GET /favicon.ico "));
    let body = "<!DOCTYPE html>\n<h1>没有这个页面</h1>\n";
    assert_eq!(
        head(&mut browser),
        expected("404 Not Found", body.len(), "")
    );
    browser.gets(body);
    server.shows(&format!(
        "{} GET /favicon.ico 404 Not Found\n",
        browser.name()
    ));
    browser.sends_no_more();
    browser.sees_the_end();
}

#[test]
fn requests_may_come_together_or_in_pieces() {
    let (port, _server) = server();
    let mut alice = Peer::connect(port);
    let one = "HEAD /?q=1 HTTP/1.1\r\nhost: x\r\n\r\n";
    alice.sends(one.repeat(3));
    for _ in 0..3 {
        assert_eq!(head(&mut alice), expected("200 OK", PAGE.len(), ""));
    }
    for byte in one.bytes() {
        alice.sends([byte]);
    }
    assert_eq!(head(&mut alice), expected("200 OK", PAGE.len(), ""));
    alice.sends("GET http://127.0.0.1/ HTTP/1.1\r\nHost: x\r\nConnection: Close\r\n\r\n");
    let last = "Connection: close\r\n";
    assert_eq!(head(&mut alice), expected("200 OK", PAGE.len(), last));
    alice.gets(PAGE);
    alice.sees_the_end();
}

#[test]
fn what_can_not_be_answered_is_told_and_ends_the_connection() {
    let (port, mut server) = server();
    let long = format!("GET / HTTP/1.1\r\nHost: {}\r\n\r\n", "x".repeat(20_000));
    let many = format!("GET / HTTP/1.1\r\n{}\r\n", "a: b\r\n".repeat(101));
    for (request, status) in [
        ("GET / HTTP/1.1\r\n\r\n", "400 Bad Request"),
        (
            "GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
            "400 Bad Request",
        ),
        ("no request\r\n\r\n", "400 Bad Request"),
        ("\x16\x03\x01\x02", "400 Bad Request"),
        ("GET / HTTP/7.0\r\n\r\n", "505 HTTP Version Not Supported"),
        (&long, "431 Request Header Fields Too Large"),
        (&many, "431 Request Header Fields Too Large"),
    ] {
        let mut alice = Peer::connect(port);
        alice.sends(request);
        assert_eq!(
            head(&mut alice),
            expected(status, 0, "Connection: close\r\n")
        );
        alice.sends_no_more();
        alice.sees_the_end();
    }
    // A body that nobody reads must not be taken for the next request.
    let mut alice = Peer::connect(port);
    alice.sends("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 30\r\n\r\nGET / HTTP/1.1\r\nHost: x\r\n\r\nxx");
    assert_eq!(
        head(&mut alice),
        expected(
            "405 Method Not Allowed",
            0,
            "Allow: GET, HEAD\r\nConnection: close\r\n"
        )
    );
    alice.sends_no_more();
    alice.sees_the_end();
    let mut old = Peer::connect(port);
    old.sends("GET / HTTP/1.0\r\n\r\n");
    assert_eq!(
        head(&mut old),
        expected("200 OK", PAGE.len(), "Connection: close\r\n")
    );
    old.gets(PAGE);
    old.sends_no_more();
    old.sees_the_end();
    assert!(server.is_running());
}

#[test]
fn curl_gets_several_pages_over_one_connection() {
    let (port, _server) = server();
    let address = format!("http://127.0.0.1:{port}/");
    let output = Command::new("curl")
        .args(["--silent", "--show-error", "--max-time", "20"])
        .args([
            "--write-out",
            "%{http_code} %{num_connects} %{content_type}\n",
        ])
        .args([&address, &address])
        .output()
        .unwrap();
    assert_eq!(String::from_utf8_lossy(&output.stderr), "");
    let first = format!("{PAGE}200 1 text/html; charset=utf-8\n");
    let second = format!("{PAGE}200 0 text/html; charset=utf-8\n");
    assert_eq!(String::from_utf8_lossy(&output.stdout), first + &second);
}

/// A visitor that keeps its connection.
const PYTHON_CLIENT: &str = r#"
import http.client, sys
c = http.client.HTTPConnection("127.0.0.1", int(sys.argv[1]), timeout=20)
for method, path in [("GET", "/"), ("HEAD", "/"), ("GET", "/none"), ("POST", "/"), ("GET", "/")]:
    c.request(method, path, body="a=b" if method == "POST" else None)
    answer = c.getresponse()
    print(method, path, answer.status, answer.reason, len(answer.read()))
"#;

#[test]
fn python_visits_the_server() {
    let (port, _server) = server();
    let mut client = Running::start("python3", &["-c", PYTHON_CLIENT, &port.to_string()]);
    let page = PAGE.len();
    client.shows(&format!("GET / 200 OK {page}\nHEAD / 200 OK 0\n"));
    client.shows(&format!(
        "GET /none 404 Not Found {}\n",
        "<!DOCTYPE html>\n<h1>没有这个页面</h1>\n".len()
    ));
    client.shows(&format!(
        "POST / 405 Method Not Allowed 0\nGET / 200 OK {page}\n"
    ));
    client.ends(0);
}

#[test]
fn the_client_visits_python() {
    let folder = TempDir::new().unwrap();
    fs::write(folder.path().join("page.txt"), "你好\n").unwrap();
    let path = folder.path().to_str().unwrap();
    let mut server = Running::start(
        "python3",
        &[
            "-u",
            "-m",
            "http.server",
            "0",
            "--bind",
            "127.0.0.1",
            "--directory",
            path,
        ],
    );
    let line = server.shows_line();
    let port: u16 = line.split(' ').nth(5).unwrap().parse().unwrap();
    let mut client = start!("http-client", "--port", port, "--path", "/page.txt");
    assert_eq!(client.shows_line(), "HTTP/1.0 200 OK");
    while !client.shows_line().is_empty() {}
    client.shows("你好\n");
    client.ends(0);
    let mut client = start!("http-client", "--port", port, "--path", "/none");
    assert_eq!(client.shows_line(), "HTTP/1.0 404 File not found");
}

#[test]
fn an_answer_that_is_cut_is_shown_and_told() {
    for (answer, trouble) in [
        (
            "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf\n",
            "only 5 of 10 bytes came",
        ),
        ("HTTP/1.1 200 OK\r\n", "the answer ends among its headers"),
        ("hello\n", "this is no HTTP: invalid HTTP version"),
    ] {
        let (listener, port) = crate::stage::listener();
        let mut client = start!("http-client", "--port", port);
        let mut server = Peer::accept(&listener);
        server.gets(request(port));
        server.sends(answer);
        server.closes();
        client.shows(answer);
        client.ends(1);
        assert_eq!(client.complaint(), format!("http-client: {trouble}\n"));
    }
}

#[test]
fn an_answer_ends_where_it_says() {
    for (answer, shown) in [
        (
            "HTTP/1.1 200 OK\r\ncontent-length: 7\r\n\r\n你好\n",
            "HTTP/1.1 200 OK\r\ncontent-length: 7\r\n\r\n你好\n",
        ),
        (
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\na你\r\n3\r\nx\n!\r\n0\r\n\r\n",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\na你x\n!",
        ),
    ] {
        let (listener, port) = crate::stage::listener();
        let mut client = start!("http-client", "--port", port);
        let mut server = Peer::accept(&listener);
        server.gets(request(port));
        server.sends(answer);
        client.shows(shown);
        client.ends(0);
    }
}

/// What the client sends.
fn request(port: u16) -> String {
    format!("GET / HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nConnection: close\r\n\r\n")
}
