//! Starts a reference program by its name: `reference echo-server --port 7`.

fn main() -> std::process::ExitCode {
    reference::start()
}
