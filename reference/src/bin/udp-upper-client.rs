//! A6: sends typed lines as datagrams and shows each answer.

fn main() -> std::process::ExitCode {
    reference::start("udp-upper-client")
}
