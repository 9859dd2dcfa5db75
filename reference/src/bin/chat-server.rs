//! E2 and E3: a chat with one client, or a room for many.

fn main() -> std::process::ExitCode {
    reference::start("chat-server")
}
