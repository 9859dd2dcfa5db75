//! How a file of each kind is built and run, and where the interpreters really are.

use std::collections::HashMap;
use std::ffi::OsString;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::Mutex;

/// How to build and run a file: words, the first of which is looked up with [`resolve`] unless it has a slash.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Recipe {
    pub(super) build: Option<Vec<String>>,
    pub(super) run: Vec<String>,
}

/// The usual way to build and run `file` (relative to the submission's folder), by its kind; `siblings` are the names
/// of all files beside it. `None`: a kind that Viva doesn't know.
pub(super) fn recipe(file: &str, siblings: &[String]) -> Option<Recipe> {
    let path = Path::new(file);
    let stem = path.file_stem()?.to_str()?;
    let folder = path
        .parent()
        .and_then(Path::to_str)
        .filter(|folder| !folder.is_empty())
        .unwrap_or(".");
    let words = |words: &[&str]| {
        words
            .iter()
            .map(|word| (*word).to_owned())
            .collect::<Vec<_>>()
    };
    let binary = format!("./.viva-build-{stem}");
    let compiled = |build: &[&str]| {
        Some(Recipe {
            build: Some(words(build)),
            run: vec![binary.clone()],
        })
    };
    match path.extension()?.to_str()? {
        "py" => Some(Recipe {
            build: None,
            run: words(&["python3", file]),
        }),
        "js" | "mjs" | "cjs" => Some(Recipe {
            build: None,
            run: words(&["node", file]),
        }),
        "sh" => Some(Recipe {
            build: None,
            run: words(&["bash", file]),
        }),
        "c" => compiled(&["gcc", "-g", "-O1", "-o", &binary, file, "-pthread", "-lm"]),
        "cpp" | "cc" | "cxx" => compiled(&["g++", "-g", "-O1", "-o", &binary, file, "-pthread"]),
        "rs" => compiled(&["rustc", "--edition", "2021", "-g", "-o", &binary, file]),
        "go" => compiled(&["go", "build", "-o", &binary, file]),
        "java" => {
            let classes = ".viva-build-classes";
            let mut build = words(&["javac", "-encoding", "UTF-8", "-d", classes]);
            // Classes that a student put into files of their own belong to the program.
            build.extend(
                siblings
                    .iter()
                    .filter(|name| name.ends_with(".java"))
                    .map(|name| {
                        if folder == "." {
                            name.clone()
                        } else {
                            format!("{folder}/{name}")
                        }
                    }),
            );
            Some(Recipe {
                build: Some(build),
                run: words(&["java", "-cp", classes, stem]),
            })
        }
        _ => None,
    }
}

/// A program of the machine: its real file, and the folders that must be readable for it to run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Resolved {
    pub(super) path: PathBuf,
    pub(super) readable: Vec<PathBuf>,
}

/// Finds `program` on the PATH. A version manager's shim (a script) is asked once for the real interpreter, since it
/// would cost ten times the start of Python at every start, and needs a home that programs can't see.
pub(super) fn resolve(program: &str) -> Option<Resolved> {
    static KNOWN: Mutex<Option<HashMap<String, Option<Resolved>>>> = Mutex::new(None);
    let mut known = KNOWN
        .lock()
        .unwrap_or_else(std::sync::PoisonError::into_inner);
    let known = known.get_or_insert_with(HashMap::new);
    known
        .entry(program.to_owned())
        .or_insert_with(|| look_up(program))
        .clone()
}

fn look_up(program: &str) -> Option<Resolved> {
    let path = std::env::var_os("PATH")?;
    let mut found = std::env::split_paths(&path)
        .map(|folder| folder.join(program))
        .filter(|candidate| is_executable(candidate));
    let first = found.next()?;
    let real = if is_script(&first) {
        real_interpreter(program, &first).or_else(|| found.find(|other| !is_script(other)))?
    } else {
        first
    };
    let mut readable = prefixes(&real);
    if let Ok(target) = real.canonicalize() {
        readable.extend(prefixes(&target));
    }
    readable.dedup();
    Some(Resolved {
        path: real,
        readable,
    })
}

fn is_executable(path: &Path) -> bool {
    path.is_file() && rustix::fs::access(path, rustix::fs::Access::EXEC_OK).is_ok()
}

fn is_script(path: &Path) -> bool {
    let mut start = [0; 2];
    std::fs::File::open(path)
        .and_then(|mut file| file.read_exact(&mut start))
        .is_ok()
        && &start == b"#!"
}

/// Asks an interpreter behind a shim where it is.
fn real_interpreter(program: &str, shim: &Path) -> Option<PathBuf> {
    let question: &[&str] = match program {
        "python3" | "python" => &["-c", "import sys; print(sys.executable)"],
        "node" => &["-p", "process.execPath"],
        _ => return None,
    };
    let output = std::process::Command::new(shim)
        .args(question)
        .stdin(std::process::Stdio::null())
        .output()
        .ok()?;
    let path = PathBuf::from(String::from_utf8(output.stdout).ok()?.trim());
    (output.status.success() && is_executable(&path) && !is_script(&path)).then_some(path)
}

/// What an installed program needs: `PREFIX` of `PREFIX/bin/program`, else its own folder.
fn prefixes(path: &Path) -> Vec<PathBuf> {
    let Some(folder) = path.parent() else {
        return Vec::new();
    };
    match folder.file_name() {
        Some(name) if name == "bin" => folder
            .parent()
            .map(Path::to_path_buf)
            .into_iter()
            .filter(|prefix| prefix.parent().is_some())
            .collect(),
        _ => vec![folder.to_path_buf()],
    }
}

/// The words of a command line: blanks part them, quotes (`'` and `"`) and a backslash keep them together.
pub(super) fn split_words(text: &str) -> Option<Vec<String>> {
    let (mut words, mut word, mut quote) = (Vec::new(), None::<String>, None);
    let mut characters = text.chars();
    while let Some(character) = characters.next() {
        match (character, quote) {
            ('\\', None | Some('"')) => word.get_or_insert_default().push(characters.next()?),
            (_, Some(open)) if character == open => quote = None,
            (_, Some(_)) => word.get_or_insert_default().push(character),
            ('\'' | '"', None) => {
                quote = Some(character);
                word.get_or_insert_default();
            }
            (_, None) if character.is_whitespace() => words.extend(word.take()),
            (_, None) => word.get_or_insert_default().push(character),
        }
    }
    words.extend(word);
    quote.is_none().then_some(words)
}

/// The same words as the system takes them.
pub(super) fn os_words(words: Vec<String>) -> Vec<OsString> {
    words.into_iter().map(OsString::from).collect()
}

#[cfg(test)]
mod tests {
    use super::{recipe, split_words};

    #[test]
    fn words_are_kept_together_by_quotes() {
        let words = |text| split_words(text).map(|words| words.join("|"));
        assert_eq!(
            words("python3 'my server.py' --name \"a b\""),
            Some("python3|my server.py|--name|a b".to_owned())
        );
        assert_eq!(words(r"a\ b ''"), Some("a b|".to_owned()));
        assert_eq!(words("  "), Some(String::new()));
        assert_eq!(words("'open"), None);
        assert_eq!(words("open\\"), None);
    }

    #[test]
    fn java_builds_all_classes_beside_the_file() {
        let siblings = [
            "ChatServer.java".to_owned(),
            "Room.java".to_owned(),
            "notes.txt".to_owned(),
        ];
        let recipe = recipe("src/ChatServer.java", &siblings).expect("known kind");
        assert_eq!(
            recipe.build.expect("a build").join(" "),
            "javac -encoding UTF-8 -d .viva-build-classes src/ChatServer.java src/Room.java"
        );
        assert_eq!(
            recipe.run.join(" "),
            "java -cp .viva-build-classes ChatServer"
        );
    }
}
