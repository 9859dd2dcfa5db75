//! What each program of a box is held by, beside the box itself: prepared once, taken on by every program before it runs.

use std::os::fd::OwnedFd;
use std::path::Path;

use super::access::{self, Reach};
use super::launcher::Common;
use super::limits::Limits;
use super::root;
use crate::r#box::family;
use crate::r#box::message::Open;
use crate::r#box::{Isolation, Layer, Missing};

/// What says who is who, which an own root has of its own.
const NAMES: [&str; 6] = [
    "/etc/group",
    "/etc/hostname",
    "/etc/hosts",
    "/etc/nsswitch.conf",
    "/etc/passwd",
    "/etc/resolv.conf",
];

/// What a program takes on between clone and exec.
pub(super) struct Confinement<'a> {
    /// The user it must become; `None` if the stub is the right one already.
    pub(super) identity: Option<u32>,
    pub(super) limits: Option<Limits>,
    /// Landlock's.
    pub(super) rules: Option<OwnedFd>,
    /// The filter of system calls.
    pub(super) forbidden: Option<&'a [libc::sock_filter]>,
}

impl<'a> Confinement<'a> {
    /// In a box that is set up. What can't be had goes to `missing`.
    pub(super) fn new(open: &Open, common: &'a Common, missing: &mut Vec<Missing>) -> Self {
        let mut confinement = Confinement {
            identity: None,
            limits: None,
            rules: None,
            forbidden: None,
        };
        if open.isolation == Isolation::None {
            return confinement;
        }
        let mut miss = |layer, why: String| missing.push(Missing { layer, why });
        confinement.forbidden = common.forbidden.as_deref();
        if confinement.forbidden.is_none() {
            miss(Layer::Calls, std::env::consts::ARCH.to_owned());
        }
        match access::rules(&reach(open, common)) {
            Ok(rules) => confinement.rules = Some(rules),
            Err(error) => miss(Layer::Landlock, format!("landlock_create_ruleset: {error}")),
        }
        confinement.limits = Some(Limits::new(open.room, others(open)));
        if open.isolation == Isolation::Basic {
            confinement.identity = open.identity;
        }
        confinement
    }
}

fn reach<'a>(open: &'a Open, common: &'a Common) -> Reach<'a> {
    if open.isolation == Isolation::Full {
        return Reach {
            readable: vec![Path::new("/")],
            writable: vec![
                Path::new(root::COPY),
                Path::new(root::TEMPORARY),
                Path::new("/dev/shm"),
            ],
            usable: vec![Path::new("/dev"), Path::new("/proc")],
            alone: false,
        };
    }
    // Not all of /etc: where programs run as Viva's own user, and that is root, nothing else keeps its secrets from them.
    let mut readable: Vec<&Path> = common.system.paths().collect();
    readable.extend(NAMES.iter().map(Path::new));
    readable.extend(open.shown.iter().map(|shown| shown.path.as_path()));
    Reach {
        readable,
        writable: open.folder.iter().map(|folder| folder.as_path()).collect(),
        usable: vec![
            Path::new("/dev/null"),
            Path::new("/dev/zero"),
            Path::new("/dev/full"),
            Path::new("/dev/random"),
            Path::new("/dev/urandom"),
            Path::new("/dev/tty"),
            Path::new("/proc"),
        ],
        alone: true,
    }
}

/// How many processes count against a program's limit that are not of its box.
fn others(open: &Open) -> u64 {
    match (open.isolation, open.identity) {
        // A user namespace, or a user that nobody else is.
        (Isolation::Full, _) | (_, Some(_)) => 0,
        _ => family::tasks_of(rustix::process::geteuid()),
    }
}
