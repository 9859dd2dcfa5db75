//! A6: answers each datagram in upper case.

fn main() -> std::process::ExitCode {
    reference::start("udp-upper-server")
}
