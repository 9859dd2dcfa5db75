//! A2: echoes to one client and shows what it sends.

fn main() -> std::process::ExitCode {
    reference::start("echo-loop-server")
}
