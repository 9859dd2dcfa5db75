//! What the kernel says about sockets and processes; reads only.
//!
//! Works on a plain view of descriptors and process numbers that the engine gives it: it doesn't know who made them. An [`Observer`] says whether the programs of a box are at rest, what
//! they have used, and what each of their threads waits for. It must not start, signal, or change
//! anything, connect to find out whether somebody listens (that would be a ghost client), or read `/proc/net/tcp`, which
//! walks the whole hash table of the machine (7 ms a look).

mod alarms;
mod call;
mod descriptors;
mod flight;
mod inet_diag;
mod keyboard;
mod memory;
mod names;
mod observer;
mod painting;
mod portrait;
mod position;
mod processes;
mod queue;
mod resource;
mod rest;
mod services;
mod sockets;
mod threads;
mod timeout;

pub use keyboard::{Keyboard, keyboard};
pub use observer::{Observer, Scope};
pub use portrait::{
    Awaiting, Datagram, Doing, Holder, Limit, Portrait, ProcessPortrait, Protocol, SocketPortrait,
    Source, ThreadPortrait, Wait,
};
pub use processes::holds_socket;
pub use resource::Resource;
pub use rest::{Activity, Obstacle, Rest, Spent, Thread};
pub use sockets::{Listener, SocketTable, TcpSocket, TcpState, UdpSocket};
