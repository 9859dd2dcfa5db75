//! What this machine allows: tried, not read off version numbers.

use std::ffi::OsString;
use std::path::Path;
use std::sync::OnceLock;

use super::{BoxEvent, ExitStatus, Isolation, Launch, Setting, Stdio, TestBox, Watch};

/// What this machine allows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Probe {
    /// Boxes with namespaces; else what failed.
    pub namespaces: Result<(), String>,
}

impl Probe {
    /// The best that can be had.
    pub fn best(&self) -> Isolation {
        match self.namespaces {
            Ok(()) => Isolation::Full,
            Err(_) => Isolation::Basic,
        }
    }
}

/// Set to `basic`, [`probe`] finds no namespaces: to see how everything does without them.
const FORCED: &str = "VIVA_ISOLATION";

/// What to begin with where nobody demands anything: namespaces, unless the environment forbids them. Not tried; what goes wrong
/// then is a question for [`probe`].
pub fn presumed() -> Isolation {
    if is_forced() {
        Isolation::Basic
    } else {
        Isolation::Full
    }
}

fn is_forced() -> bool {
    std::env::var_os(FORCED).is_some_and(|value| value == "basic")
}

/// Tries a real box, once in the life of this process. Some systems make namespaces and then allow nothing in them, so that only success at everything is success.
pub fn probe() -> &'static Probe {
    static PROBE: OnceLock<Probe> = OnceLock::new();
    PROBE.get_or_init(|| {
        if is_forced() {
            let namespaces = Err(format!("{FORCED}=basic"));
            return Probe { namespaces };
        }
        // On a thread of its own: this one may have a runtime already.
        let trial = std::thread::spawn(|| {
            tokio::runtime::Builder::new_current_thread()
                .enable_io()
                .build()
                .map_err(|error| error.to_string())?
                .block_on(try_namespaces())
        });
        Probe {
            namespaces: trial.join().unwrap_or_else(|_| Err("probe".to_owned())),
        }
    })
}

async fn try_namespaces() -> Result<(), String> {
    let told = |error: std::io::Error| error.to_string();
    let (test_box, mut events) = TestBox::open(&Setting::new(Isolation::Full))
        .await
        .map_err(told)?;
    test_box.ready().await.map_err(told)?;
    let truth = ["/bin/true", "/usr/bin/true"]
        .into_iter()
        .find(|path| Path::new(path).exists());
    if let Some(program) = truth {
        let nothing = || {
            std::fs::File::options()
                .read(true)
                .write(true)
                .open("/dev/null")
        };
        let streams = [nothing(), nothing(), nothing()];
        let [Ok(input), Ok(output), Ok(error)] = streams else {
            return Err("/dev/null".to_owned());
        };
        let launch = Launch {
            argv: vec![OsString::from(program)],
            environment: Vec::new(),
            folder: test_box.folder().to_owned(),
            stdio: Stdio::Streams([input.into(), output.into(), error.into()]),
            watch: Watch::NONE,
        };
        test_box
            .launch(launch)
            .await
            .map_err(|error| error.to_string())?;
        match events.recv().await {
            Some(BoxEvent::Exited {
                status: ExitStatus::Code(0),
                ..
            }) => {}
            other => return Err(format!("{program}: {other:?}")),
        }
    }
    test_box.end().await.map_err(told)
}
