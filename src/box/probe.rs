//! What this machine allows: tried with a real box, not read off version numbers.

use std::ffi::OsString;
use std::io;
use std::path::Path;
use std::sync::OnceLock;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{
    BoxEvent, ExitStatus, Isolation, Launch, Layer, Layers, Missing, Setting, Stdio, TestBox,
    Watch, inside,
};

/// What this machine allows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Probe {
    /// How programs are kept apart in a box of full isolation; else which layer failed, and how.
    pub full: Result<Layers, Missing>,
}

impl Probe {
    /// The best that can be had.
    pub fn best(&self) -> Isolation {
        match self.full {
            Ok(_) => Isolation::Full,
            Err(_) => Isolation::Basic,
        }
    }

    /// The first layer that full isolation lacks here.
    pub fn lacks(&self) -> Option<&Missing> {
        match &self.full {
            Ok(layers) => layers.missing.first(),
            Err(missing) => Some(missing),
        }
    }
}

/// Tries a box of full isolation, once in the life of this process. Some systems make namespaces and then allow nothing in them, so that only success at everything is success.
pub fn probe() -> &'static Probe {
    static PROBE: OnceLock<Probe> = OnceLock::new();
    PROBE.get_or_init(|| Probe {
        full: attempt(Isolation::Full),
    })
}

/// Tries a box of this isolation: runs a program in it.
fn attempt(isolation: Isolation) -> Result<Layers, Missing> {
    let failed = |error: io::Error| {
        let why = error.to_string();
        Missing {
            layer: layer_of(&why),
            why,
        }
    };
    // On a thread of its own: this one may have a runtime already.
    let trial = std::thread::spawn(move || {
        tokio::runtime::Builder::new_current_thread()
            .enable_io()
            .build()?
            .block_on(run_something(isolation))
    });
    match trial.join() {
        Ok(layers) => layers.map_err(failed),
        Err(_) => Err(failed(io::ErrorKind::Other.into())),
    }
}

/// Which layer it is that fails with these words: they begin with what was being done.
fn layer_of(why: &str) -> Layer {
    let doing = |words: &[&str]| words.iter().any(|word| why.starts_with(word));
    if doing(&["clone3", "identity", "uid_map", "network", "sethostname"]) {
        Layer::Namespaces
    } else if doing(&["mount copy"]) {
        Layer::Space
    } else if doing(&["landlock"]) {
        Layer::Landlock
    } else if doing(&["seccomp"]) {
        Layer::Calls
    } else if doing(&["setrlimit"]) {
        Layer::Limits
    } else {
        Layer::Root
    }
}

async fn run_something(isolation: Isolation) -> io::Result<Layers> {
    let (test_box, mut events) = TestBox::open(&Setting::new(isolation)).await?;
    let layers = test_box.ready().await?;
    let truth = ["/bin/true", "/usr/bin/true"]
        .into_iter()
        .find(|path| Path::new(path).exists());
    if let Some(program) = truth {
        let nothing = || {
            let mut options = std::fs::File::options();
            options.read(true).write(true).open("/dev/null")
        };
        let launch = Launch {
            argv: vec![OsString::from(program)],
            environment: Vec::new(),
            folder: test_box.folder().to_owned(),
            stdio: Stdio::Streams([nothing()?.into(), nothing()?.into(), nothing()?.into()]),
            watch: Watch::NONE,
        };
        test_box.launch(launch).await.map_err(io::Error::other)?;
        match events.recv().await {
            Some(BoxEvent::Exited {
                status: ExitStatus::Code(0),
                ..
            }) => {}
            other => return Err(io::Error::other(format!("{program}: {other:?}"))),
        }
    }
    test_box.end().await?;
    Ok(layers)
}

/// How a layer stands on this machine.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Standing {
    /// It is there.
    Held,
    /// It is not.
    Missing(Missing),
    /// It is not, since this one is not.
    Without(Layer),
}

/// Every layer, and how it stands: some can be had where others can't.
pub fn survey() -> Vec<(Layer, Standing)> {
    let full = &probe().full;
    let found = match full {
        Ok(layers) => layers.clone(),
        Err(_) => attempt(Isolation::Basic)
            .unwrap_or_else(|missing| Layers::new(Isolation::None, false, vec![missing])),
    };
    let standing = |layer: Layer| {
        if found.held.contains(&layer) {
            return Standing::Held;
        }
        let own = found.missing.iter().find(|missing| missing.layer == layer);
        match (own, full) {
            (Some(own), _) => Standing::Missing(own.clone()),
            (None, Err(failed)) if layer == failed.layer => Standing::Missing(failed.clone()),
            (None, Err(failed)) if layer != Layer::User => Standing::Without(failed.layer),
            _ => Standing::Missing(Missing {
                layer,
                why: String::new(),
            }),
        }
    };
    Layer::ALL.map(|layer| (layer, standing(layer))).to_vec()
}

/// How a missing layer can be had.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Cure {
    /// By this setting of the kernel (sysctl(8)).
    Sysctl(String),
    /// By a profile of AppArmor's for Viva, or by this setting of the kernel.
    AppArmor(String),
    /// By giving the container that Viva is in more rights.
    Container,
    /// By a kernel of this version, or newer.
    Kernel(String),
    /// By naming Landlock among the kernel's security modules (`lsm=` on its command line).
    SecurityModule,
    /// By being root.
    Root,
    /// Not known.
    Unknown,
}

impl Cure {
    /// For a layer that failed with these words.
    pub fn of(missing: &Missing) -> Cure {
        match missing.layer {
            Layer::User => Cure::Root,
            Layer::Landlock if missing.why.contains("os error 38") => Cure::Kernel("5.13".into()),
            Layer::Landlock => Cure::SecurityModule,
            Layer::Namespaces => namespaces(),
            Layer::Processes if is_container() => Cure::Container,
            Layer::Root | Layer::Space if missing.why.contains("os error 38") => {
                Cure::Kernel("5.12".into())
            }
            _ if is_container() => Cure::Container,
            _ => Cure::Unknown,
        }
    }
}

/// What keeps an ordinary user, or everybody, from namespaces.
fn namespaces() -> Cure {
    let setting = |name: &str| {
        let text = std::fs::read_to_string(format!("/proc/sys/{name}")).ok()?;
        text.trim().parse::<u64>().ok()
    };
    // user_namespaces(7), namespaces(7).
    for kind in ["user", "net", "pid", "mnt", "ipc", "uts"] {
        if setting(&format!("user/max_{kind}_namespaces")) == Some(0) {
            return Cure::Sysctl(format!("user.max_{kind}_namespaces=10000"));
        }
    }
    // Debian's own.
    if setting("kernel/unprivileged_userns_clone") == Some(0) {
        return Cure::Sysctl("kernel.unprivileged_userns_clone=1".to_owned());
    }
    // Ubuntu's, since 23.10.
    if setting("kernel/apparmor_restrict_unprivileged_userns") == Some(1) {
        return Cure::AppArmor("kernel.apparmor_restrict_unprivileged_userns=0".to_owned());
    }
    if is_container() {
        return Cure::Container;
    }
    Cure::Unknown
}

/// Docker and Podman leave these files in their containers.
fn is_container() -> bool {
    ["/.dockerenv", "/run/.containerenv"]
        .into_iter()
        .any(|path| Path::new(path).exists())
}

/// A machine, as far as it matters for boxes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Machine {
    /// The kernel's release.
    pub kernel: String,
    /// The processor's architecture.
    pub architecture: String,
    /// How many processors Viva may use.
    pub processors: usize,
    /// The version of Landlock's interface; 0: none.
    pub landlock: i64,
    /// Whether Viva is root.
    pub root: bool,
}

/// This machine.
pub fn machine() -> Machine {
    let kernel = rustix::system::uname();
    Machine {
        kernel: kernel.release().to_string_lossy().into_owned(),
        architecture: std::env::consts::ARCH.to_owned(),
        processors: std::thread::available_parallelism().map_or(1, usize::from),
        landlock: inside::landlock_version().unwrap_or(0),
        root: rustix::process::geteuid().is_root(),
    }
}
