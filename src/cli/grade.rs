//! `viva grade`: examines a class, and turns what comes out into marks, feedback and evidence.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use clap::Args;
use tokio::sync::mpsc::Receiver;

use crate::r#box::prepare as prepare_boxes;
use crate::diagnostic::Diagnostic;
use crate::grading::{
    Class, Examination, Hindrance, Journal, JournalError, News, NoMark, OwnLab, Pick, Plan, Roll,
    Roster, Rules, Schedule, Shard, Sources, find, read_roster, replace, run, tell_late,
};
use crate::report::{
    GradingProblem, Problem, Style, class_json, class_summary, interrupted_class, roll_json,
};
use crate::scenario::{Lab, Overrides};

use super::arguments::{Formats, Isolation, duration, pair};
use super::following::Following;
use super::formats;
use super::printer::Interruption;
use super::run::{Obstacle, fresh_seed, isolation, keeps_from_running, repeated};
use super::selection::{OWN_SETTINGS, own_settings};
use super::target::Target;
use super::{Exit, complain, complain_of, eprint, print, runtime};

#[derive(Args)]
pub(super) struct Grade {
    /// Name or folder of a lab
    #[arg(value_name = "LAB")]
    target: String,
    /// A folder of submissions, or the archive that a platform gives
    #[arg(value_name = "SUBMISSIONS", required_unless_present = "submission")]
    submissions: Vec<PathBuf>,
    /// One submission: the folder (or archive) with its programs; may be given several times
    #[arg(long, value_name = "DIR")]
    submission: Vec<PathBuf>,
    /// The result folder; the same command with the same folder goes on where it was (default: viva-LAB)
    #[arg(short, long, value_name = "DIR")]
    output: Option<PathBuf>,
    /// Everybody who gets a mark: CSV or xlsx
    #[arg(long, value_name = "FILE")]
    roster: Option<PathBuf>,
    /// The roster's column that tells people apart, such as a student number (default: a usual one, such as 学号 or Student ID)
    #[arg(long, value_name = "COLUMN", requires = "roster")]
    key: Option<String>,
    /// The roster's column that tells who works together
    #[arg(long, value_name = "COLUMN", requires = "roster")]
    group: Option<String>,
    /// The roster's column that tells how late somebody was: days, or such as 90m, 2h, 1.5d
    #[arg(long, value_name = "COLUMN", requires = "roster")]
    late: Option<String>,
    /// Only this part of the class: the third of eight; viva merge puts the parts together. auto: as Slurm, Kubernetes, GitLab or GitHub says
    #[arg(long, value_name = "3/8|auto")]
    shard: Option<String>,
    /// Only say what was understood; run nothing
    #[arg(long)]
    list: bool,
    /// With --list: print it as JSON
    #[arg(long, requires = "list")]
    json: bool,
    #[command(flatten)]
    formats: Formats,
    /// Only the scenario of this name; may be given several times
    #[arg(long, value_name = "NAME")]
    only: Vec<String>,
    /// Only the submission of this key; may be given several times
    #[arg(long, value_name = "KEY")]
    student: Vec<String>,
    /// Only what was not passed before
    #[arg(long)]
    failed: bool,
    /// Also what came out before and is still valid
    #[arg(long)]
    rerun: bool,
    /// How many scenarios at a time; default: number of processors
    #[arg(short, long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=256))]
    jobs: Option<u16>,
    /// Seed of the random words; default: that of the run that goes on
    #[arg(long, value_name = "S")]
    seed: Option<String>,
    /// Deadline of each step, instead of the scenario's
    #[arg(long, value_name = "TIME", value_parser = duration)]
    deadline: Option<Duration>,
    /// Set a convention or variable of the lab
    #[arg(long, value_name = "NAME=VALUE", value_parser = pair)]
    set: Vec<(String, String)>,
    /// How programs are kept apart
    #[arg(long, value_enum, default_value_t = Isolation::Auto, env = "VIVA_ISOLATION")]
    isolation: Isolation,
}

pub(super) fn grade(options: &Grade, style: &Style) -> Exit {
    let graded = Grading::begin(options, style).and_then(|grading| grading.run());
    graded.unwrap_or_else(|exit| exit)
}

/// Writes the class into its folder, tells what came out, and writes all that is wanted.
pub(super) fn render(formats: &Formats, class: &Class, folder: &Path, style: &Style) -> Exit {
    let Formats { wanted, show } = formats;
    let mut exit = Exit::Passed;
    let file = folder.join("class.json");
    if let Err(error) = replace(&file, class_json(class).as_bytes()) {
        let path = file.display().to_string();
        let message = error.to_string();
        exit = complain(&Problem::Unwritable { path, message }, style);
    }
    if !formats::want_all(wanted) {
        exit = exit.max(print(&class_summary(class, style)));
    }
    let load = formats::saved(folder);
    exit.max(formats::write(wanted, class, load, show.readers(), style))
}

/// One call of `viva grade`.
struct Grading<'a> {
    options: &'a Grade,
    style: &'a Style,
    target: Target,
    lab: Arc<Lab>,
    shard: Option<Shard>,
}

impl<'a> Grading<'a> {
    fn begin(options: &'a Grade, style: &'a Style) -> Result<Self, Exit> {
        let target = Target::find(&options.target).map_err(|problem| complain(&problem, style))?;
        let lab = read(&target, options, None).map_err(|diagnostics| {
            complain_of(&diagnostics, style);
            Exit::Usage
        })?;
        let names = || lab.scenarios.iter().map(|entry| &entry.scenario.name);
        let is_unknown = |only: &&String| !names().any(|name| name == *only);
        if let Some(unknown) = options.only.iter().find(is_unknown) {
            let problem = Problem::UnknownScenario {
                name: unknown.clone(),
                known: names().cloned().collect(),
            };
            complain(&problem, style);
            return Err(Exit::Nothing);
        }
        let shard = options.shard.as_deref().map(|shard| match shard {
            "auto" => Shard::wanted(|name| std::env::var(name).ok()),
            shard => Shard::parse(shard),
        });
        let shard = shard.transpose();
        let shard = shard.map_err(|error| complain(&Problem::Shard(error), style))?;
        Ok(Grading {
            options,
            style,
            target,
            shard,
            lab: Arc::new(lab),
        })
    }

    fn complain(&self, problem: &Problem) -> Exit {
        complain(problem, self.style)
    }

    /// Where everything goes.
    fn folder(&self) -> PathBuf {
        let usual = || match self.shard {
            Some(Shard { index, of }) => format!("viva-{}-{index}-of-{of}", self.lab.name).into(),
            None => format!("viva-{}", self.lab.name).into(),
        };
        self.options.output.clone().unwrap_or_else(usual)
    }

    fn run(self) -> Result<Exit, Exit> {
        if self.options.list {
            let unpacked = tempfile::tempdir().map_err(|error| {
                self.complain(&Problem::System {
                    doing: "folder".to_owned(),
                    message: error.to_string(),
                })
            })?;
            let roster = self.roster()?;
            let (roll, _) = self.roll(roster.as_ref(), unpacked.path())?;
            return Ok(print(&match self.options.json {
                true => roll_json(&roll),
                false => crate::report::roll(&roll, self.style),
            }));
        }
        let (options, style, folder) = (self.options, self.style, self.folder());
        // Its start takes as long as reading a lab. If it can't be had, the first box will say so.
        let _ = prepare_boxes();
        let (isolation, footing) =
            isolation(options.isolation, &[]).map_err(|problem| self.complain(&problem))?;
        let runtime = runtime().map_err(|problem| self.complain(&problem))?;
        let roster = self.roster()?;
        let journal = Journal::open(
            &folder,
            &self.lab.name,
            self.shard.map(|shard| shard.to_string()).as_deref(),
            options.seed.as_deref(),
            fresh_seed,
        );
        let journal = journal.map_err(|error| self.complain(&unusable(error)))?;
        let (roll, labs) = self.roll(roster.as_ref(), &journal.0.unpacked())?;
        // Before anything runs: that may take hours.
        formats::check(&options.formats.wanted, roll.entries.len(), false)
            .map_err(|problem| self.complain(&problem))?;
        let words = repeated(&[], &[], &options.set, options.deadline, options.isolation);
        let own = |folder: &Path| labs.get(folder).cloned();
        let mut examination = Examination::new(Arc::clone(&self.lab), roll, journal, &words, own);
        if let Some(unknown) = examination.stranger(&options.student) {
            let problem = GradingProblem::UnknownStudent {
                key: unknown.clone(),
                known: examination.keys().cloned().collect(),
            };
            self.complain(&Problem::Grading(problem));
            return Err(Exit::Nothing);
        }
        // From here on an interruption ends Viva in good order; before, there is nothing that could be lost.
        let mut interruption = Interruption::new(&runtime);
        let pick = Pick {
            scenarios: options.only.clone(),
            submissions: options.student.clone(),
            failed: options.failed,
            again: options.rerun,
        };
        let schedule = Schedule::new(examination.groups(self.target.named(), &pick));
        let mut plan = Plan {
            commands: Vec::new(),
            running: Vec::new(),
            isolation,
            footing,
            seed: examination.seed().to_owned(),
            deadline: options.deadline,
            jobs: options.jobs.map(usize::from),
            repeat: true,
            options: words,
        };
        let mut following = Following::new(&schedule, style);
        run(&mut plan, &schedule, |hearing, stop| {
            runtime.block_on(follow(
                hearing,
                &mut interruption,
                &mut examination,
                &mut following,
                || stop.stop(),
            ));
            following.is_over()
        });
        let interrupted = following.is_interrupted();
        let mut exit = match following.finish() {
            Some(problem) => self.complain(&problem),
            None => Exit::Passed,
        };
        let class = examination.class(plan.isolation, interrupted);
        if class
            .submissions
            .iter()
            .any(|graded| matches!(graded.mark.none, Some(NoMark::Trouble(_))))
        {
            exit = exit.max(Exit::Trouble);
        }
        exit = exit.max(render(&options.formats, &class, &folder, style));
        if interrupted {
            exit = exit.max(Exit::Interrupted);
            if formats::want_all(&options.formats.wanted) {
                eprint(&interrupted_class(style));
            }
        }
        Ok(exit)
    }

    fn roster(&self) -> Result<Option<Roster>, Exit> {
        let options = self.options;
        let read =
            |path: &PathBuf| read_roster(path, options.key.as_deref(), options.group.as_deref());
        let roster = options.roster.as_ref().map(read).transpose();
        roster.map_err(|error| self.complain(&Problem::Roster(error)))
    }

    /// Everybody, and the labs of those whose own settings change it.
    fn roll(&self, roster: Option<&Roster>, unpacked: &Path) -> Result<(Roll, Labs), Exit> {
        let options = self.options;
        let sources = Sources {
            classes: &options.submissions,
            single: &options.submission,
        };
        let labs = RefCell::new(Labs::new());
        let own = |folder: &Path| -> OwnLab {
            let lab = self.own_lab(folder)?.map(Arc::new);
            let known = lab.iter().map(|lab| (folder.to_owned(), Arc::clone(lab)));
            labs.borrow_mut().extend(known);
            Ok(lab)
        };
        let rules = Rules {
            lab: &self.lab,
            own: &own,
            mine: &|key| self.shard.is_none_or(|shard| shard.holds(key)),
        };
        let mut roll = find(&sources, roster, &rules, unpacked)
            .map_err(|error| self.complain(&Problem::Unfound(error)))?;
        if let Some(column) = &options.late {
            let late = tell_late(&mut roll, column);
            late.map_err(|error| self.complain(&Problem::Grading(GradingProblem::Late(error))))?;
        }
        Ok((roll, labs.into_inner()))
    }

    /// The lab as the settings of the submission in this folder change it; `None`: it has none.
    fn own_lab(&self, folder: &Path) -> Result<Option<Lab>, Hindrance> {
        let settings = own_settings(folder).map_err(|problem| {
            let (why, _) = Obstacle::Problem(problem).hindrance();
            (why, Some(OWN_SETTINGS.to_owned()))
        })?;
        let Some((_, text)) = settings else {
            return Ok(None);
        };
        // By its name alone: where it was unpacked says nothing to anybody.
        let settings = Some((OWN_SETTINGS.to_owned(), text));
        read(&self.target, self.options, settings)
            .map(Some)
            .map_err(|mistakes| Obstacle::Mistakes(mistakes).hindrance())
    }
}

/// The labs as submissions change them, by their folders.
type Labs = BTreeMap<PathBuf, Arc<Lab>>;

fn read(
    target: &Target,
    options: &Grade,
    submission: Option<(String, String)>,
) -> Result<Lab, Vec<Diagnostic>> {
    target.read(&Overrides {
        set: options.set.clone(),
        submission,
    })
}

/// Keeps what is heard until nothing comes any more; calls `stop` when interrupted, or when nothing can be kept.
async fn follow(
    mut hearing: Receiver<News>,
    interruption: &mut Interruption,
    examination: &mut Examination,
    following: &mut Following<'_>,
    stop: impl Fn(),
) {
    loop {
        let news = tokio::select! {
            news = hearing.recv() => news,
            () = interruption.comes() => {
                following.interrupted();
                stop();
                continue;
            }
        };
        match news {
            None => return,
            Some(News::Trouble(error)) => following.stopped_by(Problem::System {
                doing: "runtime".to_owned(),
                message: error.to_string(),
            }),
            Some(News::Unprepared(group, error)) => {
                let obstacle = keeps_from_running(error, None);
                let by_the_machine = obstacle.is_the_machines();
                examination.hindered(group, obstacle.hindrance(), by_the_machine);
                following.hindered(group, examination);
            }
            Some(News::Result(group, entry, came)) => {
                let transcript = crate::report::save(&came.result);
                match examination.came(group, entry, *came, &transcript) {
                    Ok(()) => following.came(group, examination),
                    Err(error) => {
                        following.stopped_by(unusable(error));
                        stop();
                    }
                }
            }
        }
    }
}

fn unusable(error: JournalError) -> Problem {
    let shown = |path: PathBuf| path.display().to_string();
    match error {
        JournalError::NotOurs(folder) => {
            let path = shown(folder);
            Problem::Grading(GradingProblem::NotAResultFolder { path })
        }
        JournalError::OtherRun { folder, owner } => Problem::Grading(GradingProblem::OtherRun {
            path: shown(folder),
            lab: owner.lab,
            shard: owner.shard,
        }),
        JournalError::InUse(folder) => {
            let path = shown(folder);
            Problem::Grading(GradingProblem::InUse { path })
        }
        JournalError::System(path, error) => Problem::Unwritable {
            path: shown(path),
            message: error.to_string(),
        },
    }
}
