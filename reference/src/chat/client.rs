//! E1: the chat client.
//!
//! Doesn't look into what it shows: whether the server is a hub or a single user makes no difference here.

use std::io::{self, Write};
use std::net::Shutdown;
use std::sync::Arc;
use std::sync::mpsc;

use super::duplex::{End, send_typed, show_received};
use crate::address::connect;
use crate::options::{self, Options};
use crate::screen::{ask, say};

/// Asks for the server, then talks to it until either side ends it.
pub(crate) fn run(args: &[String]) -> io::Result<()> {
    let options = Options::parse(args, &["--host", "--port"])?;
    let host = match options.text("--host") {
        Some(host) => host.to_owned(),
        None => ask("请输入聊天服务器IP", host)?,
    };
    let port = match options.value("--port", options::port)? {
        Some(port) => port,
        None => ask("请输入聊天服务器端口", options::port)?,
    };
    let stream = Arc::new(connect(&host, port)?);
    say(&format!(
        "与{host}连接建立成功，可以开始聊天了！（输入q断开连接）"
    ));

    let (ended, end) = mpsc::channel();
    let receiver = show_received(&stream, host, false, ended.clone())?;
    send_typed(&stream, ended)?;
    // Whichever comes first: `q`, the end of the input, or the server's leaving. In the last case the other thread still
    // waits for the keyboard; it is not waited for, and ends with the program.
    if end.recv() == Ok(End::InputEnded) {
        let _ = (&*stream).write_all(b"q");
    }
    let _ = stream.shutdown(Shutdown::Both);
    // The connection being closed, the receiver ends at once; what it still shows comes before the last line.
    let _ = receiver.join();
    say("聊天已结束");
    Ok(())
}

fn host(answer: &str) -> Result<String, String> {
    if answer.is_empty() {
        Err("IP不能为空".to_owned())
    } else {
        Ok(answer.to_owned())
    }
}
