//! A4: sends typed lines and shows each answer.

fn main() -> std::process::ExitCode {
    reference::start("upper-client")
}
