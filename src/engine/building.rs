//! Runs what builds a submission's programs.

use std::ffi::OsString;
use std::time::Duration;

use tokio::sync::mpsc;

use crate::actor::{Program, Report};
use crate::r#box::{BoxEvent, BoxEvents, ExitStatus, TestBox};
use crate::transcript::{ActorId, Data, EventKind};
use crate::verdict::Trouble;

use super::cast::{environment, start_trouble};

/// How long a build may take, in wall time; compilers of whole courses' programs need seconds.
const BUILD_LIMIT: Duration = Duration::from_secs(120);

/// Runs a command in `test_box` until it ends; whether it ended well, and the end of what it printed.
pub(super) async fn run_to_end(
    test_box: &TestBox,
    events: &mut BoxEvents,
    command: Vec<OsString>,
) -> Result<(bool, Vec<u8>), Trouble> {
    const KEPT: usize = 16 << 10;
    let (reports, mut hearing) = mpsc::unbounded_channel();
    let environment = environment(test_box, false);
    let folder = test_box.folder().to_path_buf();
    let started = Program::start(
        test_box,
        command,
        environment,
        folder,
        false,
        ActorId(0),
        &reports,
    )
    .await;
    let program = started.map_err(|error| start_trouble(&error))?;
    let (mut output, mut open, mut ended) = (Vec::new(), 2, None);
    // A limit, not a wait: it is over as soon as the build has ended.
    let limit = tokio::time::sleep(BUILD_LIMIT);
    tokio::pin!(limit);
    while open > 0 || ended.is_none() {
        tokio::select! {
            Some(report) = hearing.recv() => match report {
                Report::Event(_, EventKind::Printed { data: Data(bytes), .. }) => output.extend_from_slice(&bytes),
                Report::Event(_, EventKind::PeerClosed { .. } | EventKind::Flooded { .. }) => open -= 1,
                _ => {}
            },
            // A compiler that does not end has not built it; what it said so far is all there is.
            () = &mut limit => break,
            event = events.recv() => match event {
                Some(BoxEvent::Exited { process, status }) if process == program.process.id => {
                    ended = Some(status);
                    // What it leaves running is not waited for. Who multiplies too fast to be caught dies with the box.
                    let _ = test_box.end_process(process).await;
                }
                Some(BoxEvent::Gone(error)) => return Err(Trouble::system("build", &error)),
                None => return Err(Trouble::system("build", &std::io::ErrorKind::BrokenPipe.into())),
                _ => {}
            },
        }
    }
    let cut = output.len().saturating_sub(KEPT);
    Ok((ended == Some(ExitStatus::Code(0)), output.split_off(cut)))
}
