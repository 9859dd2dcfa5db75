//! As whom programs run, and what this somebody can reach.

use std::os::unix::fs::MetadataExt;
use std::path::Path;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};

use rustix::thread::CapabilitySet;

use super::Isolation;

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

/// A user and group that is nobody on this machine and in no other open box; `None` without the power to act as others, or where nothing is demanded: programs then run as Viva's own user.
pub(super) fn foreign(isolation: Isolation) -> Option<u32> {
    static POWER: OnceLock<Option<Power>> = OnceLock::new();
    static NEXT: AtomicU32 = AtomicU32::new(0);
    let power = (*POWER.get_or_init(power))?;
    match isolation {
        Isolation::Full if power.mounts => {}
        Isolation::Basic => {}
        Isolation::Full | Isolation::None => return None,
    }
    let range = power.range;
    let slot = NEXT.fetch_add(1, Ordering::Relaxed) % AT_ONCE;
    let number = std::process::id().wrapping_mul(AT_ONCE).wrapping_add(slot);
    Some(range.first + number % range.count)
}

/// What is possible for root.
#[derive(Clone, Copy)]
struct Power {
    range: Range,
    /// Can mount file systems for others.
    mounts: bool,
}

fn power() -> Option<Power> {
    let needed = CapabilitySet::SETUID | CapabilitySet::SETGID | CapabilitySet::CHOWN;
    let has = rustix::thread::capabilities(None).ok()?.effective;
    if !rustix::process::geteuid().is_root() || !has.contains(needed) {
        return None;
    }
    let maps = [
        std::fs::read_to_string("/proc/self/uid_map").ok()?,
        std::fs::read_to_string("/proc/self/gid_map").ok()?,
    ];
    let range = RANGES
        .into_iter()
        .find(|range| maps.iter().all(|map| covers(map, *range)))?;
    Some(Power {
        range,
        mounts: has.contains(CapabilitySet::SYS_ADMIN),
    })
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

/// Whether a foreigner can reach this path, none of the folders above being closed to him (a home of mode 0700, say).
pub(super) fn can_reach(path: &Path) -> bool {
    !path.ancestors().skip(1).any(is_closed)
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
        let several: Vec<_> = (0..10).map(|_| foreign(Isolation::Full)).collect();
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
    fn what_lies_in_a_closed_folder_is_out_of_reach() {
        let top = tempfile::tempdir().unwrap();
        let home = top.path().join("home");
        fs::create_dir_all(home.join("a")).unwrap();
        let set = |path: &Path, mode| {
            fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
        };
        set(top.path(), 0o755);
        set(&home, 0o700);
        assert!(can_reach(&home));
        assert!(!can_reach(&home.join("a")));
        set(&home, 0o711);
        assert!(can_reach(&home.join("a")));
    }
}
