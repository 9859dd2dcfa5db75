//! The reference programs, run as a user runs them: typed to, read from, and talked to over sockets.
//!
//! No test may sleep: each waits for a line, a byte, a connection or an exit, and a deadline only ends what is broken.

mod chat_client;
mod dialogue;
mod echo;
mod file;
mod gb2312;
mod http;
mod hub;
mod p2p;
mod pair;
mod restart;
mod stage;
mod table;
mod turns;
mod udp;
mod upper;
mod variants;
mod websocket;
