//! As whom programs run, and what must be done so that this somebody sees what he needs.

use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};

use rustix::thread::CapabilitySet;

use super::message::Shown;

/// A range of user and group numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Range {
    first: u32,
    count: u32,
}

/// Where foreign identities are taken from: far from real users, or, in a container that has 65,536 of them, at least from its upper half.
const RANGES: [Range; 2] = [
    Range {
        first: 210_000,
        count: 2_000_000_000,
    },
    Range {
        first: 40_000,
        count: 20_000,
    },
];
/// Boxes of one Viva that are open at the same time have different identities up to this many.
const AT_ONCE: u32 = 256;

/// A user and group that is nobody on this machine and in no other open box; `None` without the power to act as others: programs then run as Viva's own user.
pub(super) fn foreign() -> Option<u32> {
    static RANGE: OnceLock<Option<Range>> = OnceLock::new();
    static NEXT: AtomicU32 = AtomicU32::new(0);
    let range = (*RANGE.get_or_init(usable))?;
    let slot = NEXT.fetch_add(1, Ordering::Relaxed) % AT_ONCE;
    let number = std::process::id().wrapping_mul(AT_ONCE).wrapping_add(slot);
    Some(range.first + number % range.count)
}

fn usable() -> Option<Range> {
    let needed = CapabilitySet::SETUID | CapabilitySet::SETGID | CapabilitySet::CHOWN;
    let able = rustix::process::geteuid().is_root()
        && rustix::thread::capabilities(None).is_ok_and(|sets| sets.effective.contains(needed));
    if !able {
        return None;
    }
    let maps = [
        std::fs::read_to_string("/proc/self/uid_map").ok()?,
        std::fs::read_to_string("/proc/self/gid_map").ok()?,
    ];
    RANGES
        .into_iter()
        .find(|range| maps.iter().all(|map| covers(map, *range)))
}

/// Whether one line of a map (user_namespaces(7): inside, outside, count) holds the whole range.
fn covers(map: &str, range: Range) -> bool {
    map.lines().any(|line| {
        let mut numbers = line.split_ascii_whitespace().map(str::parse::<u64>);
        let (Some(Ok(first)), Some(Ok(_)), Some(Ok(count))) =
            (numbers.next(), numbers.next(), numbers.next())
        else {
            return false;
        };
        let end = u64::from(range.first) + u64::from(range.count);
        first <= u64::from(range.first) && end <= first + count
    })
}

/// What a foreigner can't reach because a folder above it is closed to him (a home of mode 0700, say): the closed folders, which can be covered, and what must then be shown below.
#[derive(Debug, Default)]
pub(super) struct Obstacles {
    pub(super) covered: Vec<PathBuf>,
    pub(super) shown: Vec<Shown>,
}

impl Obstacles {
    /// Looks at the way to these paths: (absolute path without symbolic links, writable). What doesn't exist is passed over.
    pub(super) fn on_the_way_to<'a>(paths: impl IntoIterator<Item = (&'a Path, bool)>) -> Self {
        let mut obstacles = Obstacles::default();
        for (path, writable) in paths {
            let Ok(metadata) = path.metadata() else {
                continue;
            };
            let above: Vec<&Path> = path.ancestors().skip(1).collect();
            let Some(closed) = above.into_iter().rev().find(|folder| is_closed(folder)) else {
                continue;
            };
            if !obstacles.covered.iter().any(|covered| covered == closed) {
                obstacles.covered.push(closed.to_owned());
            }
            if !obstacles
                .shown
                .iter()
                .any(|shown| path.starts_with(&shown.path))
            {
                obstacles.shown.push(Shown {
                    path: path.to_owned(),
                    writable,
                    is_folder: metadata.is_dir(),
                });
            }
        }
        obstacles
    }
}

fn is_closed(folder: &Path) -> bool {
    folder
        .metadata()
        .is_ok_and(|metadata| metadata.mode() & 0o001 == 0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;
    use std::os::unix::fs::PermissionsExt;

    #[test]
    fn identities_differ_from_box_to_box() {
        let several: Vec<_> = (0..10).map(|_| foreign()).collect();
        if let [Some(first), Some(second), ..] = several[..] {
            assert_ne!(first, second);
            assert!(first >= 40_000);
        } else {
            assert!(several.iter().all(Option::is_none));
        }
    }

    #[test]
    fn a_range_must_lie_within_one_line_of_the_map() {
        let whole = "         0          0 4294967295\n";
        let container = "0 100000 65536\n";
        let single = "0 1000 1\n";
        assert!(covers(whole, RANGES[0]));
        assert!(!covers(container, RANGES[0]));
        assert!(covers(container, RANGES[1]));
        assert!(!covers(single, RANGES[1]));
        assert!(!covers("", RANGES[1]));
    }

    #[test]
    fn a_closed_folder_is_covered_once_and_what_is_needed_below_is_shown() {
        let top = tempfile::tempdir().unwrap();
        let top = top.path().canonicalize().unwrap();
        fs::set_permissions(&top, fs::Permissions::from_mode(0o755)).unwrap();
        let home = top.join("home");
        fs::create_dir_all(home.join("a/lib")).unwrap();
        fs::write(home.join("tool"), "").unwrap();
        fs::set_permissions(&home, fs::Permissions::from_mode(0o700)).unwrap();
        let inside = [
            home.join("a"),
            home.join("a/lib"),
            home.join("tool"),
            home.join("none"),
        ];
        let obstacles = Obstacles::on_the_way_to(inside.iter().map(|path| (path.as_path(), false)));
        assert_eq!(obstacles.covered, std::slice::from_ref(&home));
        let shown: Vec<_> = obstacles
            .shown
            .iter()
            .map(|shown| (&*shown.path, shown.is_folder))
            .collect();
        assert_eq!(
            shown,
            [(&*home.join("a"), true), (&*home.join("tool"), false)]
        );
        fs::set_permissions(&home, fs::Permissions::from_mode(0o711)).unwrap();
        let open = Obstacles::on_the_way_to(inside.iter().map(|path| (path.as_path(), false)));
        assert!(open.covered.is_empty() && open.shown.is_empty());
    }
}
