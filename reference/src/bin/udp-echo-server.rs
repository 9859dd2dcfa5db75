//! D2: echoes each datagram until `True` comes.

fn main() -> std::process::ExitCode {
    reference::start("udp-echo-server")
}
