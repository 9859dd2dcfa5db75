//! The chat lab: a client (E1), a server for one client (E2, p2p) or for a room of them (E3, hub), and the variants (E4).
//!
//! Messages are raw UTF-8 without any framing: over TCP what one read brings is taken for a message, and two that arrive
//! together can't be told apart. `q` alone means that its sender leaves; whoever vanishes without it has left all the same.

mod by_turns;
mod client;
mod hub;
mod p2p;
mod polling;
mod questions;
mod server;
mod udp_client;
mod udp_room;

pub(crate) use by_turns::run as client_by_turns;
pub(crate) use client::run as client;
pub(crate) use polling::run as client_polling;
pub(crate) use server::run as server;
pub(crate) use udp_client::run as udp_client;
pub(crate) use udp_room::run as udp_room;

/// What ends a chat.
const QUIT: &str = "q";
