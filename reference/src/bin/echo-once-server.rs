//! A1: echoes to one client until it closes, then ends.

fn main() -> std::process::ExitCode {
    reference::start("echo-once-server")
}
