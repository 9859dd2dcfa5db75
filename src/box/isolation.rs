//! How far programs are kept apart from the machine, and which layers do it.

use std::path::PathBuf;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// How far programs are kept apart from the machine.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Isolation {
    /// Everything: own namespaces, own root, filters, limits.
    Full,
    /// Without namespaces: the machine's network and process table, but another user where Viva is root, files out of reach, filters and limits.
    Basic,
    /// Nothing but that programs end with the box.
    None,
}

impl Isolation {
    /// Whether a box has a network to itself, so that any port of it is free.
    pub fn has_own_network(self) -> bool {
        self == Isolation::Full
    }
}

/// One of the things that keep programs apart.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Layer {
    /// Own user, network, PID, mount, IPC and UTS namespaces.
    Namespaces,
    /// Another user than Viva's own.
    User,
    /// An own root: what the interpreter needs, read-only, and nothing else of the machine.
    Root,
    /// The submission's copy and the place for temporary files are of limited size.
    Space,
    /// An own process table; else the names of the machine's processes can be seen.
    Processes,
    /// Landlock (landlock(7)): files, signals and abstract sockets out of reach.
    Landlock,
    /// System calls that no lab needs are refused (seccomp(2)).
    Calls,
    /// Limits on processes, open files, memory, file size and processor time (getrlimit(2)).
    Limits,
}

impl Layer {
    /// All of them.
    pub const ALL: [Layer; 8] = [
        Layer::Namespaces,
        Layer::User,
        Layer::Root,
        Layer::Space,
        Layer::Processes,
        Layer::Landlock,
        Layer::Calls,
        Layer::Limits,
    ];
}

/// A layer that should be there and is not.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Missing {
    /// Which.
    pub layer: Layer,
    /// What failed, in the system's words.
    pub why: String,
}

/// How programs were kept apart.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Layers {
    /// How far they were to be.
    pub isolation: Isolation,
    /// What kept them apart.
    pub held: Vec<Layer>,
    /// What this isolation has elsewhere, and could not have here.
    pub missing: Vec<Missing>,
}

impl Layers {
    /// What is there if what is missing is missing; `stranger`: programs run as another user than Viva's.
    pub(super) fn new(isolation: Isolation, stranger: bool, missing: Vec<Missing>) -> Self {
        let lacks = |layer| missing.iter().any(|missing| missing.layer == layer);
        let belongs = |layer: &Layer| match layer {
            Layer::User => stranger,
            Layer::Namespaces | Layer::Root | Layer::Space | Layer::Processes => {
                isolation == Isolation::Full
            }
            Layer::Landlock | Layer::Calls | Layer::Limits => isolation != Isolation::None,
        };
        Layers {
            isolation,
            held: Layer::ALL
                .into_iter()
                .filter(|layer| belongs(layer) && !lacks(*layer))
                .collect(),
            missing,
        }
    }
}

/// What a box must give its programs.
#[derive(Clone, Debug)]
pub struct Setting {
    /// How far they are kept apart.
    pub isolation: Isolation,
    /// Files and folders of the machine that they can read, wherever these lie: an interpreter's prefix, for example.
    pub readable: Vec<PathBuf>,
    /// Files and folders that they must not see even below what every program sees (`/usr`, `/opt`).
    pub hidden: Vec<PathBuf>,
    /// How much they can write.
    pub room: Room,
}

impl Setting {
    /// For running a submission, with nothing of the machine but what every program sees.
    pub fn new(isolation: Isolation) -> Self {
        Setting {
            isolation,
            readable: Vec::new(),
            hidden: Vec::new(),
            room: Room::RUN,
        }
    }
}

/// How much programs can write (in the submission's copy and in the place for temporary files each), and what memory they may have.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Room {
    /// Bytes.
    pub bytes: u64,
    /// Files and folders.
    pub files: u64,
    /// Bytes of memory that the programs may have together, beside what they write.
    pub memory: u64,
}

impl Room {
    /// For running a submission: 64 MiB, 10,000 files, 1 GiB of memory.
    pub const RUN: Room = Room {
        bytes: 64 << 20,
        files: 10_000,
        memory: 1 << 30,
    };
    /// For building one: compilers keep what they have compiled of their libraries.
    pub const BUILD: Room = Room {
        bytes: 1 << 30,
        files: 100_000,
        memory: 4 << 30,
    };
}
