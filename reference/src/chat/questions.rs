//! What the programs of the chat lab ask for where no option says it, in the words of the sheet.

use std::io;
use std::net::TcpStream;

use crate::address::connect;
use crate::options::{self, Options};
use crate::screen::{ask, say};

/// Where the server is, by `--host` and `--port`.
pub(super) fn server(args: &[String]) -> io::Result<(String, u16)> {
    let options = Options::parse(args, &["--host", "--port"])?;
    let host = match options.text("--host") {
        Some(host) => host.to_owned(),
        None => ask("请输入聊天服务器IP", self::host)?,
    };
    let port = options.value("--port", options::port)?;
    Ok((host, self::port(port)?))
}

/// A connection to the server, and what the user calls it.
pub(super) fn connection(args: &[String]) -> io::Result<(String, TcpStream)> {
    let (host, port) = server(args)?;
    let stream = connect(&host, port)?;
    say(&format!(
        "与{host}连接建立成功，可以开始聊天了！（输入q断开连接）"
    ));
    Ok((host, stream))
}

/// The server's port.
pub(super) fn port(given: Option<u16>) -> io::Result<u16> {
    match given {
        Some(port) => Ok(port),
        None => ask("请输入聊天服务器端口", options::port),
    }
}

/// How many clients may be there at once.
pub(super) fn max_clients(given: Option<usize>) -> io::Result<usize> {
    match given {
        Some(number) => Ok(number),
        None => ask("请输入最大允许连接的客户端数量", clients),
    }
}

/// Understands a number of clients.
pub(super) fn clients(answer: &str) -> Result<usize, String> {
    match answer.parse() {
        Ok(number @ 1..) => Ok(number),
        _ => Err(format!("客户端数量必须是大于0的整数，而不是“{answer}”")),
    }
}

fn host(answer: &str) -> Result<String, String> {
    if answer.is_empty() {
        Err("IP不能为空".to_owned())
    } else {
        Ok(answer.to_owned())
    }
}
