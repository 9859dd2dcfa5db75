//! The root of a box: what programs need of the machine, read-only; the submission's copy; private places for temporary files, devices and processes; and nothing else.

use std::ffi::CStr;
use std::fs;
use std::io;
use std::os::fd::{AsFd, AsRawFd, BorrowedFd, OwnedFd};
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

use rustix::fs::{CWD, FileType, Mode, OFlags};
use rustix::io::Errno;
use rustix::mount::{
    FsMountFlags, FsOpenFlags, MountAttrFlags, MountPropagationFlags, MoveMountFlags,
    OpenTreeFlags, UnmountFlags,
};

use crate::r#box::message::{Open, Shown, Trouble};
use crate::r#box::names;
use crate::r#box::{Layer, Missing, Room};

/// Where programs see the submission's copy.
pub(in crate::r#box) const COPY: &str = "/submission";
/// Where they find a private place for temporary files, which is also their home.
pub(in crate::r#box) const TEMPORARY: &str = "/tmp";

/// Folders of the machine with its programs and their libraries (hier(7), and those of Nix and Guix).
pub(super) const SYSTEM: [&str; 10] = [
    "/usr", "/bin", "/sbin", "/lib", "/lib32", "/lib64", "/libx32", "/opt", "/nix", "/gnu",
];

/// What programs need of `/etc`: names, or their beginnings.
const SETTINGS: [&str; 26] = [
    "alternatives",
    "ca-certificates",
    "crypto-policies",
    "debian_version",
    "gai.conf",
    "golang",
    "host.conf",
    "java",
    "jvm",
    "ld.so.",
    "locale.",
    "localtime",
    "lsb-release",
    "magic",
    "mime.types",
    "networks",
    "node",
    "os-release",
    "pki",
    "protocols",
    "python",
    "rpc",
    "services",
    "ssl",
    "terminfo",
    "timezone",
];

/// Devices that everybody may use.
const DEVICES: [&str; 6] = ["null", "zero", "full", "random", "urandom", "tty"];

/// Links that programs expect in `/dev`.
const DEVICE_LINKS: [(&str, &str); 5] = [
    ("dev/fd", "/proc/self/fd"),
    ("dev/stdin", "/proc/self/fd/0"),
    ("dev/stdout", "/proc/self/fd/1"),
    ("dev/stderr", "/proc/self/fd/2"),
    ("dev/ptmx", "pts/ptmx"),
];

/// Room for what is only folders and links: bytes, and files.
const SMALL: (u64, u64) = (1 << 20, 2000);

/// Where the new root is put together: any folder that every machine has.
const WORKSHOP: &str = "/tmp";

/// What every box shows of the machine. Looked at once.
pub(super) struct System(Vec<(PathBuf, Kind)>);

enum Kind {
    Folder,
    File,
    Link(PathBuf),
}

impl System {
    /// Where they lie.
    pub(super) fn paths(&self) -> impl Iterator<Item = &Path> {
        self.0.iter().map(|(path, _)| path.as_path())
    }

    pub(super) fn look() -> Self {
        let mut paths: Vec<PathBuf> = SYSTEM.iter().map(PathBuf::from).collect();
        let settings = fs::read_dir("/etc").into_iter().flatten().flatten();
        paths.extend(settings.map(|entry| entry.path()).filter(|path| {
            let name = path.file_name().unwrap_or_default().as_bytes();
            SETTINGS
                .iter()
                .any(|wanted| name.starts_with(wanted.as_bytes()))
        }));
        let with_kind = |path: PathBuf| {
            let kind = path.symlink_metadata().ok()?.file_type();
            let kind = if kind.is_symlink() {
                Kind::Link(path.read_link().ok()?)
            } else if kind.is_dir() {
                Kind::Folder
            } else {
                Kind::File
            };
            Some((path, kind))
        };
        System(paths.into_iter().filter_map(with_kind).collect())
    }
}

/// A mount that is nowhere yet, of a new file system in memory.
pub(super) fn memory(
    bytes: u64,
    files: u64,
    mode: &CStr,
    owner: Option<u32>,
) -> io::Result<OwnedFd> {
    let context = rustix::mount::fsopen(c"tmpfs", FsOpenFlags::FSOPEN_CLOEXEC)?;
    let set =
        |key: &CStr, value: String| rustix::mount::fsconfig_set_string(context.as_fd(), key, value);
    set(c"size", bytes.to_string())?;
    set(c"nr_inodes", files.to_string())?;
    rustix::mount::fsconfig_set_string(context.as_fd(), c"mode", mode)?;
    if let Some(owner) = owner {
        set(c"uid", owner.to_string())?;
        set(c"gid", owner.to_string())?;
    }
    rustix::mount::fsconfig_create(context.as_fd())?;
    mounted(context, MountAttrFlags::empty())
}

fn mounted(context: OwnedFd, more: MountAttrFlags) -> io::Result<OwnedFd> {
    let attributes = MountAttrFlags::MOUNT_ATTR_NOSUID | MountAttrFlags::MOUNT_ATTR_NODEV | more;
    Ok(rustix::mount::fsmount(
        context.as_fd(),
        FsMountFlags::FSMOUNT_CLOEXEC,
        attributes,
    )?)
}

/// The submission's copy: a file system of its own.
pub(super) fn copy(room: Room, owner: Option<u32>) -> io::Result<OwnedFd> {
    memory(room.bytes, room.files, c"700", owner)
}

/// Opens the top folder of a mount that is nowhere yet, for others to use.
pub(super) fn top(mount: &OwnedFd) -> io::Result<OwnedFd> {
    Ok(rustix::fs::openat(
        mount,
        c".",
        OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC,
        Mode::empty(),
    )?)
}

/// Copies of the mounts with these files and folders in them, read-only. Whoever calls must be able to reach them: inside its user namespace a stub may be a foreigner
/// to whom a home is closed, and can't use descriptors of mounts outside; but it can attach what was copied before or outside (open_tree(2)).
pub(super) fn trees(shown: &[Shown]) -> Result<Vec<OwnedFd>, Trouble> {
    shown.iter().map(|shown| read_only(&shown.path)).collect()
}

fn read_only(path: &Path) -> Result<OwnedFd, Trouble> {
    let tree = tree(path).map_err(|error| Trouble::at("open_tree", path, &error))?;
    close(tree.as_fd(), true).map_err(|error| Trouble::at("mount_setattr", path, &error))?;
    Ok(tree)
}

fn tree(path: &Path) -> io::Result<OwnedFd> {
    Ok(rustix::mount::open_tree(
        CWD,
        path,
        OpenTreeFlags::OPEN_TREE_CLONE
            | OpenTreeFlags::OPEN_TREE_CLOEXEC
            | OpenTreeFlags::AT_RECURSIVE,
    )?)
}

/// Makes a mount read-only, without devices and set-user-ID (mount_setattr(2), Linux 5.12).
fn close(mount: BorrowedFd<'_>, all_below: bool) -> io::Result<()> {
    let attributes = libc::mount_attr {
        attr_set: libc::MOUNT_ATTR_RDONLY | libc::MOUNT_ATTR_NOSUID | libc::MOUNT_ATTR_NODEV,
        attr_clr: 0,
        propagation: 0,
        userns_fd: 0,
    };
    let mut flags = libc::AT_EMPTY_PATH;
    if all_below {
        flags |= libc::AT_RECURSIVE;
    }
    // SAFETY: the path and the attributes outlive the call, and the size is that of the attributes.
    let result = unsafe {
        libc::syscall(
            libc::SYS_mount_setattr,
            mount.as_raw_fd(),
            c"".as_ptr(),
            flags,
            &raw const attributes,
            size_of::<libc::mount_attr>(),
        )
    };
    if result < 0 {
        return Err(io::Error::last_os_error());
    }
    Ok(())
}

/// A root that is being put together.
pub(super) struct Root {
    /// Its top, attached at the workshop.
    top: OwnedFd,
    /// What could not be had.
    missing: Vec<Missing>,
}

/// Puts the root of a box together and moves there. The process must have all power over its fresh mount namespace, and be the user that programs run as.
pub(super) fn enter(
    open: &Open,
    system: &System,
    copy: &OwnedFd,
    shown: Vec<OwnedFd>,
) -> Result<Vec<Missing>, Trouble> {
    // Nothing that happens to mounts in here shall reach the machine, nor the other way round.
    rustix::mount::mount_change(
        c"/",
        MountPropagationFlags::PRIVATE | MountPropagationFlags::REC,
    )
    .map_err(|error| Trouble::new("mount --make-private", &error.into()))?;
    let mut root = Root::begin()?;
    root.system(system)?;
    root.settings()
        .map_err(|error| Trouble::new("write /etc", &error))?;
    root.hide(&open.hidden)?;
    root.attach(copy, Path::new(COPY))?;
    root.private(open.room)?;
    root.devices()?;
    root.processes()?;
    for (shown, tree) in open.shown.iter().zip(shown) {
        root.show(shown, &tree)?;
    }
    root.become_root()
}

impl Root {
    fn begin() -> Result<Self, Trouble> {
        let failed = |error: io::Error| Trouble::new("mount root", &error);
        // Copies of mounts are taken from the machine's root while the new one is put together, so it must not cover any of them: what is needed below the workshop has been taken before.
        let top = memory(SMALL.0, SMALL.1, c"755", None).map_err(failed)?;
        rustix::mount::move_mount(
            &top,
            c"",
            CWD,
            WORKSHOP,
            MoveMountFlags::MOVE_MOUNT_F_EMPTY_PATH,
        )
        .map_err(|error| failed(error.into()))?;
        Ok(Root {
            top,
            missing: Vec::new(),
        })
    }

    /// Attaches a mount at a place in this root, making the place.
    fn attach(&self, mount: &OwnedFd, at: &Path) -> Result<(), Trouble> {
        self.place(at, FileType::Directory)
            .and_then(|()| self.put(mount, at))
            .map_err(|error| Trouble::at("mount", at, &error))
    }

    fn put(&self, mount: &OwnedFd, at: &Path) -> io::Result<()> {
        Ok(rustix::mount::move_mount(
            mount,
            c"",
            &self.top,
            below(at),
            MoveMountFlags::MOVE_MOUNT_F_EMPTY_PATH,
        )?)
    }

    /// Makes a folder or file to mount something on, and the folders above it.
    fn place(&self, path: &Path, kind: FileType) -> io::Result<()> {
        let path = below(path);
        let folders = match kind {
            FileType::Directory => path,
            _ => path.parent().unwrap_or(Path::new("")),
        };
        let mut at = PathBuf::new();
        for part in folders {
            at.push(part);
            match rustix::fs::mkdirat(&self.top, &at, Mode::from_raw_mode(0o755)) {
                Ok(()) | Err(Errno::EXIST) => {}
                Err(error) => return Err(error.into()),
            }
        }
        if kind != FileType::Directory {
            self.write(path, b"")?;
        }
        Ok(())
    }

    fn write(&self, path: &Path, bytes: &[u8]) -> io::Result<()> {
        let flags = OFlags::WRONLY | OFlags::CREATE | OFlags::NOFOLLOW | OFlags::CLOEXEC;
        let mode = Mode::from_raw_mode(0o644);
        let file = rustix::fs::openat(&self.top, below(path), flags, mode)?;
        io::Write::write_all(&mut fs::File::from(file), bytes)
    }

    fn system(&mut self, system: &System) -> Result<(), Trouble> {
        for (path, kind) in &system.0 {
            let failed = |error: io::Error| Trouble::at("mount", path, &error);
            match kind {
                Kind::Link(to) => {
                    if let Some(parent) = path.parent() {
                        self.place(parent, FileType::Directory).map_err(failed)?;
                    }
                    rustix::fs::symlinkat(to, &self.top, below(path))
                        .map_err(|error| failed(error.into()))?;
                }
                Kind::Folder | Kind::File => {
                    let kind = match kind {
                        Kind::Folder => FileType::Directory,
                        _ => FileType::RegularFile,
                    };
                    let tree = match read_only(path) {
                        // Gone since it was looked at, or closed to this user: then programs could not read it either.
                        Err(trouble) if trouble.is_about_the_file() => continue,
                        tree => tree?,
                    };
                    self.place(path, kind)
                        .and_then(|()| self.put(&tree, path))
                        .map_err(failed)?;
                }
            }
        }
        Ok(())
    }

    /// Who and where programs are.
    fn settings(&self) -> io::Result<()> {
        self.place(Path::new("/etc"), FileType::Directory)?;
        for (path, text) in names::FILES {
            self.write(Path::new(path), text.as_bytes())?;
        }
        Ok(())
    }

    /// Covers files and folders that lie below what everybody sees.
    fn hide(&self, hidden: &[PathBuf]) -> Result<(), Trouble> {
        for path in hidden {
            let visible = SYSTEM.iter().any(|system| path.starts_with(system));
            let Ok(metadata) = path.symlink_metadata() else {
                continue;
            };
            if !visible {
                continue;
            }
            let cover = if metadata.is_dir() {
                memory(SMALL.0, SMALL.1, c"755", None)
                    .map_err(|error| Trouble::at("mount", path, &error))?
            } else {
                read_only(Path::new("/dev/null"))?
            };
            self.put(&cover, path)
                .map_err(|error| Trouble::at("mount", path, &error))?;
        }
        Ok(())
    }

    /// Places for temporary files.
    fn private(&self, room: Room) -> Result<(), Trouble> {
        for at in [TEMPORARY, "/dev/shm"] {
            let at = Path::new(at);
            let mount = memory(room.bytes, room.files, c"1777", None)
                .map_err(|error| Trouble::at("mount", at, &error))?;
            self.attach(&mount, at)?;
        }
        for (path, to) in [
            ("var/tmp", TEMPORARY),
            ("var/run", "/run"),
            ("run/shm", "/dev/shm"),
        ] {
            let path = Path::new(path);
            let parent = path.parent().unwrap_or(path);
            self.place(parent, FileType::Directory)
                .and_then(|()| Ok(rustix::fs::symlinkat(to, &self.top, path)?))
                .map_err(|error| Trouble::at("symlink", path, &error))?;
        }
        Ok(())
    }

    /// The harmless devices, and terminals of this box's own: those of the machine might be a teacher's.
    fn devices(&self) -> Result<(), Trouble> {
        for device in DEVICES {
            let path = Path::new("/dev").join(device);
            let failed = |error: io::Error| Trouble::at("mount", &path, &error);
            let device = tree(&path).map_err(failed)?;
            self.place(&path, FileType::RegularFile)
                .and_then(|()| self.put(&device, &path))
                .map_err(failed)?;
        }
        for (path, to) in DEVICE_LINKS {
            rustix::fs::symlinkat(to, &self.top, path)
                .map_err(|error| Trouble::at("symlink", Path::new(path), &error.into()))?;
        }
        let at = Path::new("/dev/pts");
        let terminals = || {
            let context = rustix::mount::fsopen(c"devpts", FsOpenFlags::FSOPEN_CLOEXEC)?;
            rustix::mount::fsconfig_set_string(context.as_fd(), c"ptmxmode", c"666")?;
            rustix::mount::fsconfig_set_string(context.as_fd(), c"mode", c"600")?;
            // The machine has some thousands of them for all.
            rustix::mount::fsconfig_set_string(context.as_fd(), c"max", c"64")?;
            rustix::mount::fsconfig_create(context.as_fd())?;
            // Without the devices of this file system there would be no terminals; others can't be made in it.
            let attributes = MountAttrFlags::MOUNT_ATTR_NOSUID | MountAttrFlags::MOUNT_ATTR_NOEXEC;
            Ok(rustix::mount::fsmount(
                context.as_fd(),
                FsMountFlags::FSMOUNT_CLOEXEC,
                attributes,
            )?)
        };
        let terminals = terminals().map_err(|error| Trouble::at("mount", at, &error))?;
        self.attach(&terminals, at)
    }

    fn processes(&mut self) -> Result<(), Trouble> {
        let at = Path::new("/proc");
        let processes = match processes(true).or_else(|_| processes(false)) {
            Ok(processes) => processes,
            // Where parts of /proc are masked (containers) a fresh one is refused. The old one shows the processes of the machine, which can't be touched.
            Err(error) => {
                self.missing.push(Missing {
                    layer: Layer::Processes,
                    why: format!("mount /proc: {error}"),
                });
                tree(at).map_err(|error| Trouble::at("open_tree", at, &error))?
            }
        };
        self.attach(&processes, at)
    }

    fn show(&self, shown: &Shown, tree: &OwnedFd) -> Result<(), Trouble> {
        let kind = match shown.is_folder {
            true => FileType::Directory,
            false => FileType::RegularFile,
        };
        // Where that fails it may be there already, as part of something else that is read-only.
        let _ = self.place(&shown.seen_at, kind);
        self.put(tree, &shown.seen_at)
            .map_err(|error| Trouble::at("mount", &shown.seen_at, &error))
    }

    /// Moves there; the machine's root is out of reach from then on.
    fn become_root(self) -> Result<Vec<Missing>, Trouble> {
        let failed = |doing: &'static str| move |error: Errno| Trouble::new(doing, &error.into());
        close(self.top.as_fd(), false).map_err(|error| Trouble::new("mount_setattr", &error))?;
        rustix::process::fchdir(&self.top).map_err(failed("chdir root"))?;
        // Puts the old root on top of the new one, from where it is taken away (pivot_root(2)).
        rustix::process::pivot_root(c".", c".").map_err(failed("pivot_root"))?;
        rustix::mount::unmount(c".", UnmountFlags::DETACH).map_err(failed("umount root"))?;
        rustix::process::chdir(c"/").map_err(failed("chdir root"))?;
        // Where this can't be written, programs can't listen below 1024; nothing else is lost.
        let _ = fs::write("/proc/sys/net/ipv4/ip_unprivileged_port_start", "0");
        Ok(self.missing)
    }
}

/// A fresh /proc of this PID namespace, without what is not the programs' own if wanted (proc(5), hidepid).
fn processes(own_only: bool) -> io::Result<OwnedFd> {
    let context = rustix::mount::fsopen(c"proc", FsOpenFlags::FSOPEN_CLOEXEC)?;
    if own_only {
        rustix::mount::fsconfig_set_string(context.as_fd(), c"hidepid", c"2")?;
    }
    rustix::mount::fsconfig_create(context.as_fd())?;
    mounted(context, MountAttrFlags::MOUNT_ATTR_NOEXEC)
}

/// An absolute path as seen from the root's top.
fn below(path: &Path) -> &Path {
    path.strip_prefix("/").unwrap_or(path)
}
