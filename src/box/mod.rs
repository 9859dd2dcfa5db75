//! Starts programs with less power, makes sockets inside, ends everything.
//!
//! A *box* is where the programs of one scenario run: fresh user, network, PID, mount, IPC and UTS namespaces (or, as a fall-back, none of these), with a small stub as its first process. The stub starts programs, reports how they
//! end, and makes Viva's own sockets, so that Viva talks to a server on 127.0.0.1:9999 of each box from outside. Whatever runs in a box ends with it, and with Viva, however it ends.
//!
//! ```text
//! Viva ──requests──▶ launcher ──fork──▶ stub (pid 1 of its box) ──▶ programs
//!   └──────────────control socket──────────┘
//! ```
//!
//! *It must not* know scenarios or YAML, read what programs write, judge, or decide safety by what a program's memory says. It never degrades silently: what it can't have is an error or is said in what it returns.

mod channel;
mod connection;
mod copy;
mod family;
mod folder;
mod identity;
mod inside;
mod isolation;
mod launcher;
mod message;
mod names;
mod probe;
mod program;
mod readiness;
mod test_box;
mod turn;
mod watch;

pub use copy::{Copied, CopyError, LIMITS, LeftOut, Limits, NOT_COPIED, Reason, measure};
pub use inside::stub_main_if_asked;
pub use isolation::{Isolation, Layer, Layers, Missing, Room, Setting};
pub use launcher::{finish, prepare, use_binary};
pub use probe::{Cure, Machine, Probe, Standing, machine, probe, survey};
pub use program::{
    BoxEvent, BoxEvents, ExitStatus, Launch, LaunchError, Process, ProcessId, Stdio, Watch,
};
pub use test_box::{Family, TestBox};
pub use turn::Turn;
pub use watch::Hold;
