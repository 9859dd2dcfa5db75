//! Two sides that type whenever they like (C4); `exit`, typed on either side, ends both.
//!
//! The program ends although one of its threads still waits for the keyboard: the side that receives `exit` must not need an
//! Enter to notice it.

use std::io;
use std::net::{Shutdown, TcpStream};
use std::sync::Arc;
use std::sync::mpsc;

use crate::address::{accept, connect_as_told, listen_as_told};
use crate::duplex::{End, send_typed, show_received};
use crate::screen::say;

const QUIT: &str = "exit";

/// Waits for the other side.
pub(crate) fn server(args: &[String]) -> io::Result<()> {
    let listener = listen_as_told(args, "127.0.0.1", 2333)?;
    let (stream, _) = accept(&listener);
    talk(stream)
}

/// Calls the other side.
pub(crate) fn client(args: &[String]) -> io::Result<()> {
    talk(connect_as_told(args, 2333)?)
}

fn talk(stream: TcpStream) -> io::Result<()> {
    let stream = Arc::new(stream);
    let (ended, end) = mpsc::channel();
    let receiver = show_received(&stream, Some(QUIT), say, ended.clone())?;
    send_typed(&stream, QUIT, ended)?;
    // Who has nothing more to type may still listen.
    let _ = end.iter().find(|&end| end != End::InputEnded);
    let _ = stream.shutdown(Shutdown::Both);
    // The connection being closed, the receiver ends at once, after showing what it has.
    let _ = receiver.join();
    Ok(())
}
