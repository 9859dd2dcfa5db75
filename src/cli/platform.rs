//! `viva init --gradescope` and `--ci`: the files that a platform wants, ready to use.

use std::fs;
use std::io;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use clap::ValueEnum;

use crate::report::{MadeFor, Problem, Style};
use crate::scenario::shipped_labs;

use super::arguments::Init;
use super::init::{is_taken, write};

/// Where a class is graded.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum Ci {
    /// GitHub Actions in a student's repository
    Github,
    /// GitHub Actions, a class on several machines
    GithubMatrix,
    /// GitLab CI, a class in parallel jobs
    Gitlab,
    /// A Slurm cluster
    Slurm,
    /// Classroom 50
    Classroom50,
    /// A container image (Containerfile)
    Container,
}

/// A file that Viva brings: its name, its text, whether it is a program.
struct Shipped(&'static str, &'static str, bool);

const GRADESCOPE: [Shipped; 2] = [
    Shipped(
        "setup.sh",
        include_str!("../../docs/platforms/files/gradescope/setup.sh"),
        true,
    ),
    Shipped(
        "run_autograder",
        include_str!("../../docs/platforms/files/gradescope/run_autograder"),
        true,
    ),
];

impl Ci {
    fn files(self) -> &'static [Shipped] {
        match self {
            Ci::Github => &[Shipped(
                ".github/workflows/viva.yml",
                include_str!("../../docs/platforms/files/github/viva.yml"),
                false,
            )],
            Ci::GithubMatrix => &[Shipped(
                ".github/workflows/viva-class.yml",
                include_str!("../../docs/platforms/files/github/viva-class.yml"),
                false,
            )],
            Ci::Gitlab => &[Shipped(
                ".gitlab-ci.yml",
                include_str!("../../docs/platforms/files/gitlab/.gitlab-ci.yml"),
                false,
            )],
            Ci::Slurm => &[Shipped(
                "viva-slurm.sh",
                include_str!("../../docs/platforms/files/slurm/viva-slurm.sh"),
                true,
            )],
            Ci::Classroom50 => &[Shipped(
                "autograder.py",
                include_str!("../../docs/platforms/files/classroom50/autograder.py"),
                true,
            )],
            Ci::Container => &[Shipped(
                "Containerfile",
                include_str!("../../docs/platforms/files/container/Containerfile"),
                false,
            )],
        }
    }

    fn made_for(self) -> MadeFor {
        match self {
            Ci::Github => MadeFor::Github,
            Ci::GithubMatrix => MadeFor::GithubMatrix,
            Ci::Gitlab => MadeFor::Gitlab,
            Ci::Slurm => MadeFor::Slurm,
            Ci::Classroom50 => MadeFor::Classroom50,
            Ci::Container => MadeFor::Container,
        }
    }
}

/// Makes them. What is there already is never touched.
pub(super) fn make(options: &Init, style: &Style) -> Result<String, Problem> {
    let folder = options.folder.clone().unwrap_or_else(|| ".".into());
    let (files, made_for) = match options.ci {
        Some(ci) => (ci.files(), ci.made_for()),
        None => (&GRADESCOPE[..], MadeFor::Gradescope),
    };
    let complete = matches!(made_for, MadeFor::Gradescope | MadeFor::Classroom50);
    let lab = Lab::of(options.lab.as_deref().unwrap_or("hub"), complete)?;
    // A folder that is uploaded as a whole holds nothing else.
    if made_for == MadeFor::Gradescope && is_taken(&folder) {
        return Err(Problem::AlreadyThere {
            path: folder.display().to_string(),
        });
    }
    let mut places: Vec<PathBuf> = files.iter().map(|file| folder.join(file.0)).collect();
    if complete {
        places.push(folder.join("viva"));
        places.extend(lab.folder.is_some().then(|| folder.join("lab")));
    }
    if let Some(place) = places
        .iter()
        .find(|place| fs::symlink_metadata(place).is_ok())
    {
        return Err(Problem::AlreadyThere {
            path: place.display().to_string(),
        });
    }
    for (Shipped(_, text, program), place) in files.iter().zip(&places) {
        let text = text.replace("@LAB@", &lab.name);
        let text = text.replace("@VERSION@", env!("CARGO_PKG_VERSION"));
        let written = write(place, text.as_bytes());
        let written = written.and_then(|()| permit(place, *program));
        written.map_err(unwritable(place))?;
    }
    if complete {
        let place = folder.join("viva");
        copy_viva(&place).map_err(unwritable(&place))?;
        if let Some(from) = &lab.folder {
            let place = folder.join("lab");
            copy_folder(from, &place).map_err(unwritable(&place))?;
        }
    }
    Ok(crate::report::made_for(made_for, &folder, &places, style))
}

fn unwritable(path: &Path) -> impl Fn(io::Error) -> Problem {
    let path = path.display().to_string();
    move |error| Problem::Unwritable {
        path: path.clone(),
        message: error.to_string(),
    }
}

/// The lab as the files name it.
struct Lab {
    name: String,
    /// Where it is copied from, if it has to be beside the files.
    folder: Option<PathBuf>,
}

impl Lab {
    /// `complete`: whether it is copied, so that its path here doesn't matter.
    fn of(typed: &str, complete: bool) -> Result<Lab, Problem> {
        let shipped = shipped_labs();
        if shipped.contains(&typed) {
            return Ok(Lab {
                name: typed.to_owned(),
                folder: None,
            });
        }
        if !Path::new(typed).join("lab.yaml").is_file() {
            return Err(Problem::UnknownLab {
                name: typed.to_owned(),
                known: shipped.into_iter().map(str::to_owned).collect(),
            });
        }
        if complete {
            return Ok(Lab {
                name: "./lab".to_owned(),
                folder: Some(typed.into()),
            });
        }
        // It is put into shell commands in YAML: no quoting is right in all of them.
        let plain = |c: char| c.is_alphanumeric() || "-_./".contains(c);
        let name = match typed.contains('/') {
            true => typed.to_owned(),
            false => format!("./{typed}"),
        };
        if !name.chars().all(plain) || name.starts_with('-') {
            return Err(Problem::NotAPlainPath { path: name });
        }
        Ok(Lab { name, folder: None })
    }
}

/// This very program.
fn copy_viva(place: &Path) -> io::Result<()> {
    let own = std::env::current_exe()?;
    fs::copy(own, place)?;
    permit(place, true)
}

fn permit(path: &Path, program: bool) -> io::Result<()> {
    match program {
        true => fs::set_permissions(path, fs::Permissions::from_mode(0o755)),
        false => Ok(()),
    }
}

/// A lab's files; the programs that prove it stay at home, where no student finds them.
fn copy_folder(from: &Path, to: &Path) -> io::Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let (name, kind) = (entry.file_name(), entry.file_type()?);
        if kind.is_file() {
            fs::copy(entry.path(), to.join(name))?;
        } else if kind.is_dir() && name != "known" {
            copy_folder(&entry.path(), &to.join(name))?;
        }
    }
    Ok(())
}
