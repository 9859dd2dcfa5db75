//! Finds the file of a submission that fills a role.

use std::path::Path;

/// What is in a folder, sorted; nothing where it can't be read.
pub(super) fn names_in(folder: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    let mut names: Vec<String> = entries
        .filter_map(|entry| entry.file_name().into_string().ok())
        .collect();
    names.sort();
    names
}

/// The first file in `folder` (or in its folders, the shallowest first) that one of `globs` names.
pub(super) fn find(folder: &Path, globs: &[String]) -> Option<String> {
    let mut files = Vec::new();
    list(folder, "", 0, &mut files);
    files.sort_by_key(|file| (file.matches('/').count(), file.clone()));
    globs.iter().find_map(|glob| {
        files
            .iter()
            .find(|file| {
                matches(glob, file) || matches(glob, file.rsplit('/').next().unwrap_or(file))
            })
            .cloned()
    })
}

fn list(folder: &Path, prefix: &str, depth: usize, files: &mut Vec<String>) {
    const DEPTH: usize = 6;
    const FILES: usize = 10_000;
    for name in names_in(folder) {
        let path = folder.join(&name);
        let shown = format!("{prefix}{name}");
        let Ok(kind) = std::fs::symlink_metadata(&path).map(|metadata| metadata.file_type()) else {
            continue;
        };
        if kind.is_file() && files.len() < FILES {
            files.push(shown);
        } else if kind.is_dir()
            && depth < DEPTH
            && !name.starts_with('.')
            && name != "__pycache__"
            && name != "__MACOSX"
        {
            list(&path, &format!("{shown}/"), depth + 1, files);
        }
    }
}

/// Whether `glob` (`*`: any characters, `?`: one) names `name`.
fn matches(glob: &str, name: &str) -> bool {
    let (glob, name): (Vec<char>, Vec<char>) = (glob.chars().collect(), name.chars().collect());
    let (mut g, mut n, mut star) = (0, 0, None);
    while n < name.len() {
        if g < glob.len() && (glob[g] == '?' || glob[g] == name[n]) && glob[g] != '*' {
            (g, n) = (g + 1, n + 1);
        } else if g < glob.len() && glob[g] == '*' {
            star = Some((g, n));
            g += 1;
        } else if let Some((at, from)) = star {
            (g, n) = (at + 1, from + 1);
            star = Some((at, from + 1));
        } else {
            return false;
        }
    }
    glob[g..].iter().all(|character| *character == '*')
}

#[cfg(test)]
mod tests {
    use super::matches;

    #[test]
    fn globs_name_files() {
        for (glob, name, expected) in [
            ("server.py", "server.py", true),
            ("*server*.py", "my_server2.py", true),
            ("*server*.py", "client.py", false),
            ("?.c", "a.c", true),
            ("?.c", "ab.c", false),
            ("*", "", true),
            ("聊天*.py", "聊天服务器.py", true),
            ("*a*b", "xaxxb", true),
            ("*a*b", "xaxxbc", false),
        ] {
            assert_eq!(matches(glob, name), expected, "{glob} {name}");
        }
    }
}
