//! A4: answers in upper case, one client after another.

fn main() -> std::process::ExitCode {
    reference::start("upper-server")
}
