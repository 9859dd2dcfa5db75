//! E1: talks to a chat server.

fn main() -> std::process::ExitCode {
    reference::start("chat-client")
}
