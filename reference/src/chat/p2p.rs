//! E2: the server's user chats with one client, then the program ends.
//!
//! Further clients wait in the backlog and are never served: for those there is the hub.

use std::io;
use std::net::{Shutdown, TcpListener};
use std::sync::Arc;
use std::sync::mpsc;

use super::QUIT;
use crate::address::{accept, python_address};
use crate::duplex::{End, send_typed, show_received};
use crate::screen::say;

/// Waits for a client and chats with it until either side ends it.
pub(super) fn serve(listener: &TcpListener) -> io::Result<()> {
    say("等待客户端的连接...");
    let (stream, address) = accept(listener);
    let stream = Arc::new(stream);
    let peer = python_address(address);
    say(&format!("({peer}已成功连接!"));

    let (ended, end) = mpsc::channel();
    let name = peer.clone();
    let show = move |text: &str| say(&format!("{name} : {text}"));
    let receiver = show_received(&stream, Some(QUIT), show, ended.clone())?;
    send_typed(&stream, QUIT, ended)?;
    let user_quit = wait_for_end(&end) == End::UserQuit;

    // The thread at the keyboard may still wait there; it is not waited for, and ends with the program.
    let _ = stream.shutdown(Shutdown::Both);
    let _ = receiver.join();
    if !user_quit {
        say(&format!("({peer}已退出聊天"));
    }
    say("聊天已结束");
    Ok(())
}

/// The end of the server's own input is none: the client may go on.
fn wait_for_end(end: &mpsc::Receiver<End>) -> End {
    end.iter()
        .find(|&end| end != End::InputEnded)
        .unwrap_or(End::Closed)
}
