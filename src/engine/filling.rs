//! What fills the roles of a lab: a submission's files, commands, running programs, or the reference.

use std::ffi::{OsStr, OsString};
use std::net::SocketAddr;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use crate::r#box::{CopyError, Isolation, LeftOut, Room, Setting, TestBox, measure};
use crate::diagnostic::Diagnostic;
use crate::scenario::{Lab, Role, Template, read_command};
use crate::verdict::Trouble;

use super::building::run_to_end;
use super::finding::{find, names_in};
use super::interpreter::{
    Recipe, is_executable, literal, needed, recipe, resolve, split_words, with_file,
};

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
    /// A command of the user's.
    Command(Command),
    /// A file of the submission, and how it is run; the role's arguments follow.
    File(Command),
    /// A program that is running already.
    Running(SocketAddr),
    /// The submission holds no file of these names.
    Absent,
    /// The file can't be built; the compiler's last words.
    Unbuilt(Vec<u8>),
    /// Building it leaves more than can be copied for each run, this file or folder before all.
    TooMuchBuilt(PathBuf),
}

/// How a program is started.
#[derive(Clone, Debug)]
pub struct Command {
    /// The file of the submission that fills the role: `${file}`.
    pub(super) file: Option<String>,
    /// What is executed.
    pub(super) program: OsString,
    /// Its arguments.
    pub(super) words: Vec<Template>,
}

/// Where Viva was called.
const HERE: &str = ".";

/// What fills the roles of a lab for one submission, ready to be cast.
pub struct Filling {
    /// Whose programs.
    pub submission: Option<Submission>,
    pub(super) isolation: Isolation,
    pub(super) roles: Vec<(String, Filled)>,
    /// What must be readable inside a box.
    readable: Vec<PathBuf>,
    /// What must not be seen there.
    hidden: Vec<PathBuf>,
    /// What is not copied of that folder, in the order of names.
    pub(super) left_out: Vec<LeftOut>,
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
    /// The lab has no role of this name.
    UnknownRole {
        /// As named.
        role: String,
        /// The roles that it has.
        known: Vec<String>,
    },
    /// The command of this role has an open quote or no word.
    BadCommand(String),
    /// What stands in a command can't be understood.
    Mistakes(Vec<Diagnostic>),
    /// An interpreter, compiler or command is not installed.
    Missing(String),
    /// Viva doesn't know how to run a file of this kind.
    UnknownKind(String),
    /// The submission's folder can't be read or copied.
    Unreadable(PathBuf, String),
    /// This folder can't be copied for each run. The flag: it was not named, but is where Viva was called.
    NotCopied(PathBuf, CopyError, bool),
    /// The machine's trouble.
    Trouble(Trouble),
}

impl From<Trouble> for FillingError {
    fn from(trouble: Trouble) -> Self {
        FillingError::Trouble(trouble)
    }
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
        let mut given = commands
            .iter()
            .map(|(name, _)| name)
            .chain(running.iter().map(|(name, _)| name));
        if let Some(unknown) = given.find(|name| !known(name)) {
            return Err(FillingError::UnknownRole {
                role: unknown.clone(),
                known: lab.roles.iter().map(|role| role.name.clone()).collect(),
            });
        }
        let mut readable = Vec::new();
        let mut base = match &submission {
            Some(submission) => {
                std::fs::read_dir(&submission.folder).map_err(|error| {
                    FillingError::Unreadable(submission.folder.clone(), error.to_string())
                })?;
                Base::Folder(submission.folder.clone())
            }
            None => Base::Nothing,
        };
        let (mut roles, mut builds) = (Vec::new(), Vec::new());
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
                    file_of(folder, name, role, &mut builds)?
                } else {
                    if matches!(base, Base::Nothing) {
                        base = Base::Folder(PathBuf::from(HERE));
                    }
                    let command =
                        read_command(&role.name, command, lab).map_err(FillingError::Mistakes)?;
                    let file = submission
                        .as_ref()
                        .and_then(|submission| find(&submission.folder, &role.find));
                    Filled::Command(command_of(&command, file, &role.name)?)
                }
            } else if let Some(submission) = &submission {
                match find(&submission.folder, &role.find) {
                    Some(name) => file_of(&submission.folder, &name, role, &mut builds)?,
                    None => Filled::Absent,
                }
            } else if role.reference.is_empty() {
                // Who has none needs a program.
                Filled::Absent
            } else {
                Filled::Reference
            };
            roles.push((role.name.clone(), filled));
        }
        let mut left_out = Vec::new();
        if let Base::Folder(folder) = &base {
            // Said once and beforehand, not by every scenario.
            let measured = measure(folder).map_err(|error| {
                FillingError::NotCopied(folder.clone(), error, folder == Path::new(HERE))
            })?;
            left_out = measured.left_out;
            left_out.sort_by(|one, other| one.path.cmp(&other.path));
        }
        for (_, filled) in &mut roles {
            if let Filled::Command(command) | Filled::File(command) = filled {
                resolve_program(&mut command.program, &mut readable)?;
            }
            // What a teacher's command names by its absolute path is there to be read.
            if let Filled::Command(command) = filled {
                let words = command
                    .words
                    .iter()
                    .filter_map(|word| with_file(word, None));
                let paths = words.map(PathBuf::from);
                readable.extend(paths.filter(|path| path.is_absolute() && path.is_file()));
            }
        }
        let mut hidden = not_for_students(submission.as_ref());
        if let Ok(viva) = std::env::current_exe() {
            // The reference is in Viva's own binary; who is examined shall not have it.
            let is_cast = |(_, filled): &(String, Filled)| matches!(filled, Filled::Reference);
            if roles.iter().any(is_cast) {
                readable.push(viva);
            } else {
                hidden.push(viva);
            }
        }
        let mut filling = Filling {
            submission,
            isolation,
            roles,
            readable,
            hidden,
            left_out,
            base,
        };
        filling.build(builds).await?;
        Ok(filling)
    }

    /// Builds what has to be built, in a box of its own whose folder is then copied.
    async fn build(&mut self, builds: Vec<(String, Vec<String>)>) -> Result<(), FillingError> {
        if builds.is_empty() {
            return Ok(());
        }
        let mut commands = Vec::new();
        for (role, words) in builds {
            let mut words: Vec<OsString> = words.into_iter().map(OsString::from).collect();
            if let Some(program) = words.first_mut() {
                resolve_program(program, &mut self.readable)?;
            }
            commands.push((role, words));
        }
        let (test_box, mut events) = TestBox::open(&self.setting(self.isolation, Room::BUILD))
            .await
            .map_err(|error| Trouble::system("open box", &error))?;
        self.furnish(&test_box).await?;
        for (role, command) in &commands {
            let command = command.clone();
            let (ended_well, output) = run_to_end(&test_box, &mut events, command).await?;
            if !ended_well {
                for (name, filled) in &mut self.roles {
                    if name == role {
                        *filled = Filled::Unbuilt(output.clone());
                    }
                }
            }
        }
        test_box
            .freeze()
            .await
            .map_err(|error| Trouble::system("build", &error))?;
        match test_box.measure().await {
            Ok(_) => {}
            Err(
                CopyError::TooLarge { mainly, .. }
                | CopyError::TooMany { mainly, .. }
                | CopyError::TooDeep { at: mainly, .. },
            ) => {
                let built = |name: &String| commands.iter().any(|(role, _)| role == name);
                for (name, filled) in &mut self.roles {
                    if built(name) && !matches!(filled, Filled::Unbuilt(_)) {
                        *filled = Filled::TooMuchBuilt(mainly.clone());
                    }
                }
                // Nothing of it can be run.
                self.base = Base::Nothing;
                return Ok(());
            }
            Err(CopyError::NotReadable(error) | CopyError::NotWritten(error)) => {
                return Err(Trouble::system("copy", &error).into());
            }
        }
        self.base = Base::Built(test_box);
        Ok(())
    }

    /// A box for these programs.
    pub(super) fn setting(&self, isolation: Isolation, room: Room) -> Setting {
        Setting {
            isolation,
            readable: self.readable.clone(),
            hidden: self.hidden.clone(),
            room,
        }
    }

    /// Copies the submission (built) into `test_box`.
    pub(super) async fn furnish(&self, test_box: &TestBox) -> Result<(), FillingError> {
        let (copied, folder) = match &self.base {
            Base::Nothing => return Ok(()),
            Base::Folder(folder) => (test_box.copy_in(folder).await, folder.as_path()),
            Base::Built(built) => (test_box.copy_of(built).await, built.folder()),
        };
        match copied {
            Ok(_) => Ok(()),
            Err(error) => Err(FillingError::NotCopied(
                folder.to_path_buf(),
                error,
                folder == Path::new(HERE),
            )),
        }
    }

    /// Whether a file can't be built, so that its role has no program.
    pub fn is_unbuilt(&self) -> bool {
        let mut roles = self.roles.iter();
        roles.any(|(_, filled)| matches!(filled, Filled::Unbuilt(_) | Filled::TooMuchBuilt(_)))
    }

    /// What fills the role of this name.
    pub(super) fn role(&self, name: &str) -> Option<&Filled> {
        self.roles
            .iter()
            .find(|(own, _)| own == name)
            .map(|(_, filled)| filled)
    }
}

/// The file `name` in `folder`, run by the role's own command or as its kind is run; how it is built goes to `builds`.
fn file_of(
    folder: &Path,
    name: &str,
    role: &Role,
    builds: &mut Vec<(String, Vec<String>)>,
) -> Result<Filled, FillingError> {
    // Else its copy would be missing without a word.
    let path = folder.join(name);
    std::fs::OpenOptions::new()
        .read(true)
        .custom_flags(libc::O_NONBLOCK)
        .open(&path)
        .map_err(|error| FillingError::Unreadable(path.clone(), error.to_string()))?;
    // No program shall take it for an option.
    let dashed = name.starts_with('-').then(|| format!("./{name}"));
    let name = dashed.as_deref().unwrap_or(name);
    let beside = path.parent().map(names_in).unwrap_or_default();
    let (usual_build, usual_run) = match recipe(name, &beside) {
        Some(Recipe { build, run }) => (build, Some(run)),
        // A program that is built already.
        None if is_executable(&path) => (None, Some(vec![format!("./{name}")])),
        None => (None, None),
    };
    let build = match &role.build {
        // A build command has no other variables: it is run before any scenario.
        Some(template) => {
            let words = split_words(template).unwrap_or_default();
            let words = words.iter().map(|word| with_file(word, Some(name)));
            let words: Option<Vec<String>> = words.collect();
            Some(
                words
                    .filter(|words| !words.is_empty())
                    .ok_or_else(|| FillingError::BadCommand(role.name.clone()))?,
            )
        }
        None => usual_build,
    };
    builds.extend(build.map(|words| (role.name.clone(), words)));
    let file = Some(name.to_owned());
    match (&role.command, usual_run) {
        (Some(template), _) => Ok(Filled::File(command_of(template, file, &role.name)?)),
        (None, Some(words)) => {
            let mut words = words.into_iter();
            Ok(Filled::File(Command {
                file,
                program: words.next().unwrap_or_default().into(),
                words: words.map(|word| literal(&word)).collect(),
            }))
        }
        (None, None) => Err(FillingError::UnknownKind(name.to_owned())),
    }
}

/// What `template` says for a role, once its words are parted.
fn command_of(
    template: &Template,
    file: Option<String>,
    role: &str,
) -> Result<Command, FillingError> {
    let bad = || FillingError::BadCommand(role.to_owned());
    let mut words = split_words(template).ok_or_else(bad)?.into_iter();
    let first = words.next().ok_or_else(bad)?;
    // What is executed is looked up before any scenario.
    let program = with_file(&first, file.as_deref()).ok_or_else(bad)?;
    Ok(Command {
        file,
        program: program.into(),
        words: words.collect(),
    })
}

fn resolve_program(
    program: &mut OsString,
    readable: &mut Vec<PathBuf>,
) -> Result<(), FillingError> {
    let name = program.to_string_lossy().into_owned();
    let folders = if name.starts_with('/') {
        needed(Path::new(&name))
    } else if name.contains('/') {
        // In the submission.
        return Ok(());
    } else {
        let resolved = resolve(&name).ok_or(FillingError::Missing(name))?;
        *program = resolved.path.into_os_string();
        resolved.readable
    };
    for folder in folders {
        if !readable.contains(&folder) {
            readable.push(folder);
        }
    }
    Ok(())
}

/// Where other submissions, labs and results may lie: beside this one, and where Viva was called. (A box shows no home to begin with.)
fn not_for_students(submission: Option<&Submission>) -> Vec<PathBuf> {
    let beside = submission.and_then(|submission| {
        let folder = submission.folder.canonicalize().ok()?;
        folder.parent().map(Path::to_path_buf)
    });
    let here = std::env::current_dir().ok();
    // Never a folder of the system's own, which holds programs.
    let is_own = |path: &PathBuf| {
        let folder = |top: &str| path.strip_prefix(top).ok()?.components().next();
        let local = folder("/usr/local").map(|first| first.as_os_str().to_owned());
        let own = [
            "bin", "sbin", "lib", "include", "share", "etc", "src", "man",
        ];
        let below = path.components().count();
        folder("/opt").is_some()
            || local.is_some_and(|first| below > 4 || !own.iter().any(|name| first == *name))
    };
    beside.into_iter().chain(here).filter(is_own).collect()
}
