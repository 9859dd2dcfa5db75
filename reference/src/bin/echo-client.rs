//! D1: sends typed lines and shows each answer.

fn main() -> std::process::ExitCode {
    reference::start("echo-client")
}
