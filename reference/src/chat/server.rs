//! The chat server's questions: where to listen, for whom, and for how many. The chat itself is `p2p` or `hub`.

use std::io;

use super::{hub, p2p, questions};
use crate::address::{listen, own_address};
use crate::options::{self, Options};
use crate::screen::{ask, say};

enum Mode {
    P2p,
    Hub,
}

/// E2 and E3: prints its own address, asks for what the options don't say, and serves.
pub(crate) fn run(args: &[String]) -> io::Result<()> {
    let options = Options::parse(args, &["--port", "--mode", "--max", "--bind"])?;
    // All options are looked at before the first question: a mistake is told at once.
    let port = options.value("--port", options::port)?;
    let mode = options.value("--mode", mode)?;
    let max_clients = options.value("--max", questions::clients)?;

    say(&format!("服务器地址: {}", own_address()));
    let port = questions::port(port)?;
    let mode = match mode {
        Some(mode) => mode,
        None => ask("请输入服务器工作模式(p2p, hub)", self::mode)?,
    };
    let max_clients = questions::max_clients(max_clients)?;
    let listener = listen(options.text("--bind").unwrap_or("0.0.0.0"), port)?;
    match mode {
        Mode::P2p => p2p::serve(&listener),
        Mode::Hub => hub::serve(&listener, max_clients),
    }
}

fn mode(answer: &str) -> Result<Mode, String> {
    match answer {
        "p2p" => Ok(Mode::P2p),
        "hub" => Ok(Mode::Hub),
        _ => Err(format!("工作模式必须是p2p或hub，而不是“{answer}”")),
    }
}
