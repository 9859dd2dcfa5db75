//! Programs in the languages of the labs: found, built and run by what kind of file they are.

use super::stand::{Came, Folder, Mark, note, path, run};

fn is_installed(program: &str) -> bool {
    std::env::split_paths(path()).any(|folder| folder.join(program).is_file())
}

/// The reasons why a scenario is run at all: a word, one of several bytes a character, and a second start of what was built once.
fn judge(folder: &Folder) -> Came {
    let submission = folder.path().display().to_string();
    run([
        "run",
        "echo",
        "--only",
        "echo",
        "--only",
        "chinese",
        "--only",
        "restart",
        "--submission",
        &submission,
    ])
}

const C: &str = r#"
#include <arpa/inet.h>
#include <stdlib.h>
#include <unistd.h>

int main(void) {
    int server = socket(AF_INET, SOCK_STREAM, 0), on = 1;
    setsockopt(server, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    struct sockaddr_in address = {};
    address.sin_family = AF_INET;
    address.sin_port = htons(atoi(getenv("PORT")));
    if (bind(server, (struct sockaddr *)&address, sizeof address) < 0 || listen(server, 5) < 0) return 1;
    for (;;) {
        int client = accept(server, NULL, NULL);
        char buffer[4096];
        ssize_t count;
        while ((count = read(client, buffer, sizeof buffer)) > 0)
            if (write(client, buffer, count) < 0) break;
        close(client);
    }
}
"#;

#[test]
fn c_and_cpp() {
    assert!(
        is_installed("gcc") && is_installed("g++"),
        "these tests need gcc and g++"
    );
    judge(&Folder::new().with("echo_server.c", C)).exits(0);
    judge(&Folder::new().with("my server.cpp", C)).exits(0);
}

#[test]
fn java_with_a_class_in_a_file_of_its_own() {
    assert!(is_installed("javac"), "these tests need a JDK");
    let server = r#"
import java.io.*;
import java.net.*;
public class EchoServer {
    public static void main(String[] args) throws IOException {
        try (ServerSocket server = new ServerSocket(Integer.parseInt(System.getenv("PORT")))) {
            while (true) {
                try (Socket client = server.accept()) { new Copier(client).run(); } catch (IOException error) { }
            }
        }
    }
}
"#;
    let copier = r#"
import java.io.*;
import java.net.*;
class Copier {
    private final Socket client;
    Copier(Socket client) { this.client = client; }
    void run() throws IOException { client.getInputStream().transferTo(client.getOutputStream()); } // 复制
}
"#;
    let folder = Folder::new()
        .with("src/EchoServer.java", server)
        .with("src/Copier.java", copier);
    judge(&folder).exits(0);
}

#[test]
fn node() {
    assert!(is_installed("node"), "these tests need Node");
    let server = "require('net').createServer({ allowHalfOpen: true }, (socket) => { socket.on('error', () => {}); socket.pipe(socket); })\
                  .listen(process.env.PORT, '127.0.0.1');\n";
    judge(&Folder::new().with("server.js", server)).exits(0);
}

#[test]
fn rust_by_settings_of_the_submission() {
    if !is_installed("rustc") {
        note("Rust is left out: rustc is not on the PATH");
        return;
    }
    let server = r#"
use std::io::{Read, Write};
fn main() -> std::io::Result<()> {
    let port: u16 = std::env::var("PORT").unwrap().parse().unwrap();
    for client in std::net::TcpListener::bind(("127.0.0.1", port))?.incoming() {
        let mut client = client?;
        let mut bytes = [0; 4096];
        while let Ok(count @ 1..) = client.read(&mut bytes) { client.write_all(&bytes[..count])?; }
    }
    Ok(())
}
"#;
    let folder = Folder::new()
        .with("main.rs", server)
        .with("viva.yaml", "roles: { server: { find: main.rs } }\n");
    judge(&folder).exits(0);
}

#[test]
fn shell_by_settings_of_the_submission() {
    let folder = Folder::new()
        .with(
            "start.sh",
            "exec socat TCP-LISTEN:$PORT,reuseaddr,fork PIPE\n",
        )
        .with("viva.yaml", "roles: { server: { find: start.sh } }\n");
    judge(&folder).exits(0);
}

#[test]
fn go() {
    if !is_installed("go") {
        note("go is left out: it is not installed");
        return;
    }
    let server = r#"package main

import ("io"; "net"; "os")

func main() {
    server, err := net.Listen("tcp", "127.0.0.1:"+os.Getenv("PORT"))
    if err != nil { panic(err) }
    for {
        client, err := server.Accept()
        if err != nil { panic(err) }
        io.Copy(client, client)
        client.Close()
    }
}
"#;
    judge(&Folder::new().with("server.go", server)).exits(0);
}

#[test]
fn a_program_that_does_not_compile_fails_in_the_compilers_words() {
    let wrong = C.replace("listen(server, 5)", "listen(sever, 5)");
    let came = judge(&Folder::new().with("server.c", wrong)).exits(1);
    // The scenario's own hint is about what a server does.
    assert!(!came.out.contains("hint"), "{}", came.out);
    came.prints("the server must compile")
        .prints("But the compiler found mistakes.")
        .prints("server.c:12")
        .prints("undeclared")
        .prints("0 of 5 points 1 failed, 2 skipped");
    judge(&Folder::new().with("EchoServer.java", "class EchoServer { int x = ; }\n"))
        .exits(1)
        .prints("But the compiler found mistakes.")
        .prints("EchoServer.java:1: error");
}

#[test]
fn a_build_of_the_submissions_own_runs_once_and_leaves_nothing() {
    let mark = Mark::new();
    let build = format!("{}.sh", mark.0);
    // It fails where it has been before, and leaves somebody in the background.
    let script = format!(
        "test ! -e server.py && cp template.py server.py && (setsid sh {build} wait </dev/null >/dev/null 2>&1 &)\n"
    );
    let settings = format!(
        "roles: {{ server: {{ find: template.py, build: 'sh {build}', command: 'python3 server.py' }} }}\n"
    );
    let folder = Folder::new()
        .with("template.py", super::stand::ECHO)
        .with(
            &build,
            format!("test \"$1\" = wait && {{ sleep 1000; exit; }}\n{script}"),
        )
        .with("viva.yaml", settings);
    judge(&folder).exits(0);
    mark.is_gone();
    assert!(
        !folder.path().join("server.py").exists(),
        "the submission itself was changed"
    );
}
