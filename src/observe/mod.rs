//! What the kernel says about sockets and processes; reads only.
//!
//! Works on a plain view of descriptors and process numbers that the engine gives it: it doesn't know who made them. It must not start, signal, or change
//! anything, connect to find out whether somebody listens (that would be a ghost client), or read `/proc/net/tcp`, which
//! walks the whole hash table of the machine (7 ms a look).

mod keyboard;
mod processes;
mod resource;
mod sockets;

pub use keyboard::{Keyboard, keyboard, turns};
pub use processes::holds_socket;
pub use resource::Resource;
pub use sockets::{Listener, SocketTable, TcpSocket, TcpState, UdpSocket};
