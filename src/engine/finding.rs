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

/// The first file in `folder` (or in its folders, the shallowest first) that one of `globs` names: its path below the folder.
pub fn find(folder: &Path, globs: &[String]) -> Option<String> {
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
        // What a Mac puts beside each file in an archive bears the file's name, but is none.
        if kind.is_file() && files.len() < FILES && !name.starts_with("._") {
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

/// Whether `glob` (`*`: any characters, `?`: one, `[sS]`: one of these) names `name`.
fn matches(glob: &str, name: &str) -> bool {
    let (glob, name) = (parsed(glob), name.chars().collect::<Vec<char>>());
    let (mut g, mut n, mut star) = (0, 0, None);
    while n < name.len() {
        match glob.get(g) {
            Some(Part::Many) => {
                star = Some((g, n));
                g += 1;
            }
            Some(part) if part.takes(name[n]) => (g, n) = (g + 1, n + 1),
            _ => {
                let Some((at, from)) = star else {
                    return false;
                };
                (g, n) = (at + 1, from + 1);
                star = Some((at, from + 1));
            }
        }
    }
    glob[g..].iter().all(|part| *part == Part::Many)
}

/// A part of a glob.
#[derive(Debug, PartialEq, Eq)]
enum Part {
    Many,
    One,
    OneOf(Vec<char>),
    Just(char),
}

impl Part {
    fn takes(&self, character: char) -> bool {
        match self {
            Part::Many | Part::One => true,
            Part::OneOf(set) => set.contains(&character),
            Part::Just(just) => *just == character,
        }
    }
}

fn parsed(glob: &str) -> Vec<Part> {
    let mut parts = Vec::new();
    let mut rest = glob.chars();
    while let Some(character) = rest.next() {
        let set = match character {
            '[' => rest
                .as_str()
                .split_once(']')
                .filter(|(set, _)| !set.is_empty()),
            _ => None,
        };
        parts.push(match (character, set) {
            (_, Some((set, behind))) => {
                rest = behind.chars();
                Part::OneOf(set.chars().collect())
            }
            ('*', None) => Part::Many,
            ('?', None) => Part::One,
            (character, None) => Part::Just(character),
        });
    }
    parts
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
            ("*[sS]erver*.py", "ChatServer.py", true),
            ("*[sS]erver*.py", "my_server2.py", true),
            ("*[sS]erver*.py", "serve.py", false),
            ("a[b", "a[b", true),
            ("a[]", "a[]", true),
        ] {
            assert_eq!(matches(glob, name), expected, "{glob} {name}");
        }
    }
}
