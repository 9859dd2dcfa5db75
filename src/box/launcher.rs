//! Viva's end of the launcher: starts it once, hands it requests.

use std::io;
use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::process::CommandExt;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::{Mutex, MutexGuard, PoisonError};

use super::message::Open;
use super::{channel, inside};

static RUNNING: Mutex<Option<Running>> = Mutex::new(None);
static BINARY: Mutex<Option<PathBuf>> = Mutex::new(None);

struct Running {
    requests: OwnedFd,
    child: Child,
}

fn lock<T>(mutex: &'static Mutex<T>) -> MutexGuard<'static, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Makes boxes by another program than this one: for tests, whose own `main` doesn't call [`super::stub_main_if_asked`]. Before the first box.
pub fn use_binary(path: impl Into<PathBuf>) {
    *lock(&BINARY) = Some(path.into());
}

/// Starts the launcher now, so that the first box need not wait for it. Optional.
///
/// # Errors
///
/// It can't be started.
pub fn prepare() -> io::Result<()> {
    let mut running = lock(&RUNNING);
    if running.is_none() {
        *running = Some(start()?);
    }
    Ok(())
}

/// Ends the launcher and what is left of all boxes, and waits for them, so that their processor time counts as this process's children's. The last thing in `main`; without it all that is done a moment
/// later.
pub fn finish() {
    if let Some(launcher) = lock(&RUNNING).take() {
        launcher.end();
    }
}

/// Has a box made; `control` is the stub's end.
pub(super) fn open(request: &Open, control: &OwnedFd) -> io::Result<()> {
    let mut running = lock(&RUNNING);
    if let Some(launcher) = running.take() {
        match launcher.make(request, control) {
            // Somebody has killed it.
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => launcher.end(),
            result => {
                *running = Some(launcher);
                return result;
            }
        }
    }
    running.insert(start()?).make(request, control)
}

impl Running {
    fn make(&self, request: &Open, control: &OwnedFd) -> io::Result<()> {
        channel::send(self.requests.as_fd(), request, &[control.as_fd()], None)
    }

    fn end(self) {
        let Running {
            requests,
            mut child,
        } = self;
        drop(requests);
        let _ = child.wait();
    }
}

fn start() -> io::Result<Running> {
    let binary = match lock(&BINARY).clone() {
        Some(path) => path,
        // The file that is running, even if another one has taken its name.
        None if inside::can_be_launcher() => "/proc/self/exe".into(),
        None => {
            return Err(io::Error::new(
                io::ErrorKind::Unsupported,
                "this program's main does not call stub_main_if_asked",
            ));
        }
    };
    let (requests, theirs) = channel::pair()?;
    let child = Command::new(binary)
        .arg0(inside::NAME)
        .env_clear()
        .stdin(theirs)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()?;
    Ok(Running { requests, child })
}
