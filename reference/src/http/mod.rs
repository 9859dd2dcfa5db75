//! HTTP over TCP (C6): a server that a browser can visit, and a client that shows what a server answers.
//!
//! Requests and answers are what RFC 9110 and RFC 9112 say, as little of it as a browser needs.

mod client;
mod server;

pub(crate) use client::run as client;
pub(crate) use server::run as server;
