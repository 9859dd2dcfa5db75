//! A1: sends `Hello, world` and shows the answer.

fn main() -> std::process::ExitCode {
    reference::start("echo-once-client")
}
