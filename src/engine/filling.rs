//! What fills the roles of a lab: a submission's files, commands, running programs, or the reference.

use std::ffi::{OsStr, OsString};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use tokio::sync::mpsc;

use crate::actor::{Program, Report};
use crate::r#box::{BoxEvent, BoxEvents, ExitStatus, Isolation, TestBox};
use crate::scenario::{Lab, Role};
use crate::transcript::{ActorId, Data, EventKind};
use crate::verdict::Trouble;

use super::interpreter::{Recipe, os_words, recipe, resolve, split_words};

/// A folder with a student's programs.
#[derive(Clone, Debug)]
pub struct Submission {
    /// As the user named it.
    pub name: String,
    /// Where it is.
    pub folder: PathBuf,
}

/// What fills one role.
#[derive(Clone, Debug)]
pub enum Filled {
    /// The built-in reference program.
    Reference,
    /// A program of the box: the words of its command, before arguments and variables.
    Command(Vec<OsString>),
    /// A file of the submission, and how it is run.
    File(String, Vec<OsString>),
    /// A program that is running already.
    Running(SocketAddr),
    /// The submission holds no file of these names.
    Absent,
    /// The file can't be built; the compiler's last words.
    Unbuilt(Vec<u8>),
}

/// What fills the roles of a lab for one submission, ready to be cast.
pub struct Filling {
    /// Whose programs.
    pub submission: Option<Submission>,
    pub(super) isolation: Isolation,
    pub(super) roles: Vec<(String, Filled)>,
    /// What must be readable inside a box.
    pub(super) readable: Vec<PathBuf>,
    /// The folder that every box gets a copy of: the submission, built.
    base: Base,
}

enum Base {
    Nothing,
    Folder(PathBuf),
    Built(TestBox),
}

/// Why roles can't be filled: the user's mistake, or the machine's.
#[derive(Debug)]
pub enum FillingError {
    /// No lab has a role of this name.
    UnknownRole(String),
    /// The command of this role has an open quote or no word.
    BadCommand(String),
    /// An interpreter, compiler or command is not installed.
    Missing(String),
    /// Viva doesn't know how to run a file of this kind.
    UnknownKind(String),
    /// The submission's folder can't be read or copied.
    Unreadable(PathBuf, String),
    /// The machine's trouble.
    Trouble(Trouble),
}

impl Filling {
    /// Finds (and builds, once) what fills the roles of `lab`.
    ///
    /// `commands` and `running` come from the command line and go before what `submission` holds; where nothing is
    /// given at all, the reference fills every role.
    pub async fn prepare(
        lab: &Lab,
        submission: Option<Submission>,
        commands: &[(String, String)],
        running: &[(String, SocketAddr)],
        isolation: Isolation,
    ) -> Result<Self, FillingError> {
        let known = |name: &String| lab.roles.iter().any(|role| role.name == *name);
        let given = commands
            .iter()
            .map(|(name, _)| name)
            .chain(running.iter().map(|(name, _)| name));
        if let Some(unknown) = given.filter(|name| !known(name)).next() {
            return Err(FillingError::UnknownRole(unknown.clone()));
        }
        let mut readable: Vec<PathBuf> = std::env::current_exe()
            .ok()
            .and_then(|path| path.parent().map(Path::to_path_buf))
            .into_iter()
            .collect();
        let mut base = match &submission {
            Some(submission) => {
                std::fs::read_dir(&submission.folder).map_err(|error| {
                    FillingError::Unreadable(submission.folder.clone(), error.to_string())
                })?;
                Base::Folder(submission.folder.clone())
            }
            None => Base::Nothing,
        };
        let (mut roles, mut recipes) = (Vec::new(), Vec::new());
        for role in &lab.roles {
            let filled = if let Some((_, address)) =
                running.iter().find(|(name, _)| *name == role.name)
            {
                Filled::Running(*address)
            } else if let Some((_, command)) = commands.iter().find(|(name, _)| *name == role.name)
            {
                let path = Path::new(command);
                if submission.is_none() && path.is_file() {
                    // A single file: run as its kind is run, in a copy of its folder.
                    let folder = path
                        .parent()
                        .filter(|folder| !folder.as_os_str().is_empty())
                        .unwrap_or(Path::new("."));
                    base = Base::Folder(folder.to_path_buf());
                    let name = path
                        .file_name()
                        .and_then(OsStr::to_str)
                        .ok_or_else(|| FillingError::BadCommand(role.name.clone()))?;
                    file_of(folder, name, role, &mut recipes)?
                } else {
                    if matches!(base, Base::Nothing) {
                        base = Base::Folder(PathBuf::from("."));
                    }
                    let words = split_words(command)
                        .filter(|words| !words.is_empty())
                        .ok_or_else(|| FillingError::BadCommand(role.name.clone()))?;
                    Filled::Command(os_words(words))
                }
            } else if let Some(submission) = &submission {
                match find(&submission.folder, &role.find) {
                    Some(name) => file_of(&submission.folder, &name, role, &mut recipes)?,
                    None => Filled::Absent,
                }
            } else {
                Filled::Reference
            };
            roles.push((role.name.clone(), filled));
        }
        for (_, filled) in &mut roles {
            if let Filled::Command(words) | Filled::File(_, words) = filled {
                resolve_first(words, &mut readable)?;
            }
        }
        let mut filling = Filling {
            submission,
            isolation,
            roles,
            readable,
            base,
        };
        filling.build(recipes).await?;
        Ok(filling)
    }

    /// Builds what has to be built, in a box of its own whose folder is then copied.
    async fn build(&mut self, recipes: Vec<(String, Recipe)>) -> Result<(), FillingError> {
        let builds: Vec<_> = recipes
            .into_iter()
            .filter_map(|(role, recipe)| recipe.build.map(|words| (role, words)))
            .collect();
        if builds.is_empty() {
            return Ok(());
        }
        let mut commands = Vec::new();
        for (role, words) in builds {
            let mut words = os_words(words);
            resolve_first(&mut words, &mut self.readable)?;
            commands.push((role, words));
        }
        let (test_box, mut events) = TestBox::open(self.isolation, &self.readable)
            .await
            .map_err(|error| system("open box", &error))?;
        self.furnish(&test_box)?;
        for (role, command) in commands {
            let (ended_well, output) = run_to_end(&test_box, &mut events, command).await?;
            if !ended_well {
                for (name, filled) in &mut self.roles {
                    if *name == role {
                        *filled = Filled::Unbuilt(output.clone());
                    }
                }
            }
        }
        self.base = Base::Built(test_box);
        Ok(())
    }

    /// Copies the submission (built) into the folder of `test_box`.
    pub(super) fn furnish(&self, test_box: &TestBox) -> Result<(), FillingError> {
        let folder = match &self.base {
            Base::Nothing => return Ok(()),
            Base::Folder(folder) => folder.as_path(),
            Base::Built(built) => built.folder(),
        };
        match test_box.copy_in(folder) {
            Ok(_) => Ok(()),
            Err(error) => Err(FillingError::Unreadable(
                folder.to_path_buf(),
                error.to_string(),
            )),
        }
    }

    /// What fills the role of this name.
    pub(super) fn role(&self, name: &str) -> Option<&Filled> {
        self.roles
            .iter()
            .find(|(own, _)| own == name)
            .map(|(_, filled)| filled)
    }
}

fn system(doing: &str, error: &std::io::Error) -> FillingError {
    FillingError::Trouble(Trouble::System {
        doing: doing.to_owned(),
        message: error.to_string(),
    })
}

/// The file `name` in `folder`, run by the role's own command or as its kind is run.
fn file_of(
    folder: &Path,
    name: &str,
    role: &Role,
    recipes: &mut Vec<(String, Recipe)>,
) -> Result<Filled, FillingError> {
    let beside = folder.join(name).parent().map(names_in).unwrap_or_default();
    let usual = recipe(name, &beside);
    let build = match &role.build {
        // A build command has no variables: it is run before any scenario.
        Some(template) => Some(plain_words(template, name, &role.name)?),
        None => usual.as_ref().and_then(|recipe| recipe.build.clone()),
    };
    let run = match (&role.command, usual) {
        (Some(template), _) => plain_words(template, name, &role.name)?,
        (None, Some(recipe)) => recipe.run,
        (None, None) => return Err(FillingError::UnknownKind(name.to_owned())),
    };
    recipes.push((
        role.name.clone(),
        Recipe {
            build,
            run: run.clone(),
        },
    ));
    Ok(Filled::File(name.to_owned(), os_words(run)))
}

/// The words of a role's `command` or `build`, in which only `${file}` has a value.
fn plain_words(
    template: &crate::scenario::Template,
    file: &str,
    role: &str,
) -> Result<Vec<String>, FillingError> {
    use crate::scenario::{Piece, Value};
    let mut words = String::new();
    for piece in &template.pieces {
        match piece {
            Piece::Literal(text) => words.push_str(text),
            Piece::Expression(expression) if expression.value == Value::Name("file".to_owned()) => {
                words.push('"');
                words.push_str(&file.replace('\\', "\\\\").replace('"', "\\\""));
                words.push('"');
            }
            Piece::Expression(_) => return Err(FillingError::BadCommand(role.to_owned())),
        }
    }
    split_words(&words)
        .filter(|words| !words.is_empty())
        .ok_or_else(|| FillingError::BadCommand(role.to_owned()))
}

fn resolve_first(words: &mut [OsString], readable: &mut Vec<PathBuf>) -> Result<(), FillingError> {
    let Some(first) = words.first_mut() else {
        return Ok(());
    };
    let name = first.to_string_lossy().into_owned();
    if name.contains('/') {
        return Ok(());
    }
    let resolved = resolve(&name).ok_or(FillingError::Missing(name))?;
    *first = resolved.path.into_os_string();
    for folder in resolved.readable {
        if !readable.contains(&folder) {
            readable.push(folder);
        }
    }
    Ok(())
}

fn names_in(folder: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    let mut names: Vec<String> = entries
        .filter_map(|entry| entry.file_name().into_string().ok())
        .collect();
    names.sort();
    names
}

/// The first file in `folder` (or in its folders, the shallowest first) that one of `globs` names.
fn find(folder: &Path, globs: &[String]) -> Option<String> {
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

/// Runs a command in `test_box` until it ends; whether it ended well, and the end of what it printed.
async fn run_to_end(
    test_box: &TestBox,
    events: &mut BoxEvents,
    command: Vec<OsString>,
) -> Result<(bool, Vec<u8>), FillingError> {
    const KEPT: usize = 16 << 10;
    let (reports, mut hearing) = mpsc::unbounded_channel();
    let environment = super::cast::environment(test_box.folder(), false);
    let folder = test_box.folder().to_path_buf();
    let started = Program::start(
        test_box,
        command,
        environment,
        folder,
        false,
        ActorId(0),
        &reports,
    )
    .await;
    let program = match started {
        Ok(program) => program,
        Err(error) => return Err(FillingError::Trouble(super::cast::start_trouble(&error))),
    };
    let (mut output, mut open, mut ended) = (Vec::new(), 2, None);
    while open > 0 || ended.is_none() {
        tokio::select! {
            Some(report) = hearing.recv() => match report {
                Report::Event(_, EventKind::Printed { data: Data(bytes), .. }) => output.extend_from_slice(&bytes),
                Report::Event(_, EventKind::PeerClosed { .. } | EventKind::Flooded { .. }) => open -= 1,
                _ => {}
            },
            event = events.recv() => match event {
                Some(BoxEvent::Exited { process, status }) if process == program.process.id => ended = Some(status),
                Some(BoxEvent::Gone(error)) => return Err(system("build", &error)),
                None => return Err(system("build", &std::io::ErrorKind::BrokenPipe.into())),
                _ => {}
            },
        }
    }
    let cut = output.len().saturating_sub(KEPT);
    Ok((ended == Some(ExitStatus::Code(0)), output.split_off(cut)))
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
