//! How a file of each kind is built and run, and where the interpreters really are.

use std::collections::HashMap;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::Mutex;

use crate::scenario::{Piece, Template, Value};

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
pub struct Resolved {
    /// Its real file.
    pub path: PathBuf,
    /// Folders.
    pub readable: Vec<PathBuf>,
}

/// Finds `program` on the PATH. A version manager's shim (a script) is asked once for the real interpreter, since it
/// would cost ten times the start of Python at every start, and needs a home that programs can't see.
pub fn resolve(program: &str) -> Option<Resolved> {
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
    let real = if program == "rustc" {
        // Mostly rustup's stand-in, which finds its compilers in a home that programs can't see.
        real_rustc(&first).unwrap_or(first)
    } else if is_script(&first) {
        real_interpreter(program, &first).or_else(|| found.find(|other| !is_script(other)))?
    } else {
        first
    };
    Some(Resolved {
        readable: needed(&real),
        path: real,
    })
}

/// The folders that must be readable for the program at `path` to run.
pub(super) fn needed(path: &Path) -> Vec<PathBuf> {
    let mut needed = prefixes(path);
    if let Ok(target) = path.canonicalize() {
        needed.extend(prefixes(&target));
    }
    needed.dedup();
    needed
}

/// Whether it is a file that may be run.
pub(super) fn is_executable(path: &Path) -> bool {
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

/// Asks a Rust compiler where it is.
fn real_rustc(found: &Path) -> Option<PathBuf> {
    let output = std::process::Command::new(found)
        .args(["--print", "sysroot"])
        .stdin(std::process::Stdio::null())
        .output()
        .ok()?;
    let path = Path::new(String::from_utf8(output.stdout).ok()?.trim()).join("bin/rustc");
    (output.status.success() && is_executable(&path)).then_some(path)
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

/// The words of a command: blanks part them, quotes (`'` and `"`) and a backslash keep them together. What an expression
/// stands for never parts words. `None`: a quote that is never closed, or a backslash at the end.
pub(super) fn split_words(command: &Template) -> Option<Vec<Template>> {
    let mut words = Vec::new();
    let mut word: Option<Vec<Piece>> = None;
    let (mut quote, mut escaped) = (None, false);
    for piece in &command.pieces {
        let Piece::Literal(text) = piece else {
            // A backslash before an expression takes nothing.
            escaped = false;
            word.get_or_insert_default().push(piece.clone());
            continue;
        };
        for character in text.chars() {
            match (character, quote) {
                _ if escaped => {
                    escaped = false;
                    push(word.get_or_insert_default(), character);
                }
                ('\\', None | Some('"')) => escaped = true,
                (_, Some(open)) if character == open => quote = None,
                (_, Some(_)) => push(word.get_or_insert_default(), character),
                ('\'' | '"', None) => {
                    quote = Some(character);
                    word.get_or_insert_default();
                }
                (_, None) if character.is_whitespace() => words.extend(word.take()),
                (_, None) => push(word.get_or_insert_default(), character),
            }
        }
    }
    words.extend(word);
    let template = |pieces| Template {
        pieces,
        place: command.place.clone(),
    };
    (quote.is_none() && !escaped).then(|| words.into_iter().map(template).collect())
}

fn push(word: &mut Vec<Piece>, character: char) {
    match word.last_mut() {
        Some(Piece::Literal(text)) => text.push(character),
        _ => word.push(Piece::Literal(character.to_string())),
    }
}

/// A word that is what it is.
pub(super) fn literal(word: &str) -> Template {
    Template {
        pieces: vec![Piece::Literal(word.to_owned())],
        ..Template::default()
    }
}

/// `word`, in which only `${file}` has a value; `None` if it wants another.
pub(super) fn with_file(word: &Template, file: Option<&str>) -> Option<String> {
    let piece = |piece: &Piece| match piece {
        Piece::Literal(text) => Some(text.clone()),
        Piece::Expression(expression)
            if expression.value == Value::Name("file".to_owned())
                && expression.functions.is_empty() =>
        {
            file.map(str::to_owned)
        }
        Piece::Expression(_) => None,
    };
    word.pieces.iter().map(piece).collect()
}

#[cfg(test)]
mod tests {
    use super::{literal, recipe, split_words, with_file};
    use crate::scenario::{Expression, Piece, Template, Value};

    /// `text` as a command in which `$` stands for `${file}`.
    fn command(text: &str) -> Template {
        let file = Piece::Expression(Expression {
            value: Value::Name("file".to_owned()),
            functions: Vec::new(),
        });
        let mut pieces = Vec::new();
        for (index, part) in text.split('$').enumerate() {
            pieces.extend((index > 0).then(|| file.clone()));
            pieces.extend((!part.is_empty()).then(|| Piece::Literal(part.to_owned())));
        }
        Template {
            pieces,
            ..Template::default()
        }
    }

    #[test]
    fn words_are_kept_together_by_quotes_and_never_parted_by_what_an_expression_stands_for() {
        let words = |text: &str| {
            let words = split_words(&command(text))?;
            let words: Option<Vec<String>> = words
                .iter()
                .map(|word| with_file(word, Some("my 'file")))
                .collect();
            Some(words?.join("|"))
        };
        for (text, expected) in [
            (
                "python3 'my server.py' --name \"a b\"",
                Some("python3|my server.py|--name|a b"),
            ),
            (r"a\ b ''", Some("a b|")),
            ("  ", Some("")),
            ("'open", None),
            ("open\\", None),
            ("python3 $ x", Some("python3|my 'file|x")),
            ("./$ --to=$:$", Some("./my 'file|--to=my 'file:my 'file")),
            ("'a $'b c", Some("a my 'fileb|c")),
            ("'$", None),
        ] {
            assert_eq!(words(text).as_deref(), expected, "{text}");
        }
        assert_eq!(with_file(&command("$"), None), None);
        assert_eq!(with_file(&literal("$"), None), Some("$".to_owned()));
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
