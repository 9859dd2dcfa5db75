//! `viva record`: somebody talks to a program in this terminal, and gets the scenario that repeats it.

use std::fs;
use std::io::{BufRead, IsTerminal, Read};
use std::net::SocketAddr;
use std::path::Path;
use std::time::Duration;

use tokio::sync::mpsc;

use crate::r#box::{prepare as prepare_boxes, probe};
use crate::engine::{Filling, Options, Submission};
use crate::recording::{
    Heard, Proved, Recorder, Recording, Refusal, Typed, Wanted, Wishes, cast, prove, read_order,
    shared_parts,
};
use crate::report::{Problem, Style};
use crate::scenario::{Lab, LabEntry, Overrides, is_name, read_scenario};
use crate::verdict::Outcome;

use super::arguments::Record;
use super::run::{Obstacle, addresses, fresh_seed, keeps_from_running};
use super::selection::own_settings;
use super::target::Target;
use super::{Exit, complain, complain_of, print, runtime};

/// No line is longer, in bytes; the rest counts as the next line.
const LONGEST_LINE: u64 = 64 << 10;

/// How long a step may take when the scenario is played: what came later than that was not recorded as what came of it.
const DEADLINE: Duration = Duration::from_secs(2);

/// 0 if the scenario comes true again, 1 if not, 4 if nothing was recorded.
pub(super) fn record(options: &Record, style: &Style) -> Exit {
    // If the launcher of boxes can't be had, the first box will say so.
    let _ = prepare_boxes();
    match prepared(options) {
        Ok(session) => session.hold(style),
        Err(obstacle) => obstacle.tell(style),
    }
}

/// Everything that is known before the conversation begins.
struct Session<'o> {
    options: &'o Record,
    lab: Lab,
    overrides: Overrides,
    wanted: Wanted,
    cast: crate::recording::Cast,
    entry: LabEntry,
    submission: Option<Submission>,
    running: Vec<(String, SocketAddr)>,
}

fn prepared(options: &Record) -> Result<Session<'_>, Obstacle> {
    let target = Target::find(&options.target).map_err(Obstacle::Problem)?;
    let submission = options.submission.as_ref().map(|folder| Submission {
        name: folder.display().to_string(),
        folder: folder.clone(),
    });
    let settings = match &submission {
        Some(submission) => own_settings(&submission.folder).map_err(Obstacle::Problem)?,
        None => None,
    };
    let overrides = Overrides {
        set: options.set.clone(),
        submission: settings,
    };
    let lab = target.read(&overrides).map_err(Obstacle::Mistakes)?;
    let name = scenario_name(&options.output).map_err(Obstacle::Problem)?;
    let running = addresses(&options.connect).map_err(Obstacle::Problem)?;
    let mut filled = options.connect.iter().chain(&options.role);
    let given = || filled.next().map(|(role, _)| role.clone());
    let first = || lab.roles.first().map(|role| role.name.clone());
    let role = options.cast.clone().or_else(given).or_else(first);
    let role = role.unwrap_or_default();
    let (cast, entry) = cast(&lab, &role, &name).ok_or_else(|| {
        Obstacle::Problem(Problem::UnknownRole {
            role,
            known: lab.roles.iter().map(|role| role.name.clone()).collect(),
        })
    })?;
    let is_talked_to = |role: &String| *role == cast.role && cast.host.is_none();
    if let Some((role, _)) = running.iter().find(|(role, _)| !is_talked_to(role)) {
        return Err(Obstacle::Problem(Problem::NotTalkedTo {
            role: role.clone(),
        }));
    }
    let parts = match options.output.with_file_name("lab.yaml").is_file() {
        true => String::new(),
        false => target
            .text()
            .map_or_else(String::new, |text| shared_parts(&text)),
    };
    let when = options.set.iter();
    let when = when.filter(|(name, _)| entry.scenario.value_of(name).is_some());
    let when = when.cloned().collect();
    Ok(Session {
        options,
        overrides,
        wanted: Wanted {
            parts,
            when,
            wishes: Wishes {
                words: options.words,
                ignored: options.ignore.clone(),
            },
        },
        cast,
        entry,
        submission,
        running,
        lab,
    })
}

/// The name that a scenario in this file has.
fn scenario_name(output: &Path) -> Result<String, Problem> {
    let path = output.display().to_string();
    let is_yaml = output
        .extension()
        .is_some_and(|it| it == "yaml" || it == "yml");
    let stem = output.file_stem().and_then(|stem| stem.to_str());
    match stem {
        Some(stem) if is_yaml && is_name(stem) => match fs::symlink_metadata(output) {
            Ok(_) => Err(Problem::AlreadyThere { path }),
            Err(_) => Ok(stem.to_owned()),
        },
        _ => Err(Problem::NotAScenarioFile { path }),
    }
}

impl Session<'_> {
    fn hold(&self, style: &Style) -> Exit {
        match runtime() {
            Ok(runtime) => runtime.block_on(self.talk(style)),
            Err(problem) => complain(&problem, style),
        }
    }

    async fn talk(&self, style: &Style) -> Exit {
        let filling = Filling::prepare(
            &self.lab,
            self.submission.clone(),
            &self.options.role,
            &self.running,
            probe().best(),
        );
        let filling = match filling.await {
            Ok(filling) => filling,
            Err(error) => {
                return keeps_from_running(error, self.submission.as_ref()).tell(style);
            }
        };
        let options = Options {
            seed: fresh_seed(),
            deadline: None,
        };
        let begun = Recorder::begin(
            &self.lab.name,
            self.cast.clone(),
            &self.entry,
            &filling,
            &options,
        );
        let (mut recorder, heard) = match begun.await {
            Ok(begun) => begun,
            Err(result) => {
                print(&crate::report::scenario(&result, style));
                return match result.outcome {
                    Outcome::Error(_) => Exit::Trouble,
                    _ => Exit::Failed,
                };
            }
        };
        // Whether it can be written is known before anybody takes the trouble to talk.
        if let Err(error) = fs::File::create_new(&self.options.output) {
            recorder.end().await;
            return self.unwritable(&error, style);
        }
        let actors: Vec<_> = recorder.actors().collect();
        print(&crate::report::opening(&actors, style));
        show(&heard, style);
        let trouble = self.conversation(&mut recorder, style).await;
        let recording = recorder.end().await;
        if recording.is_empty() {
            let _ = fs::remove_file(&self.options.output);
            print(&crate::report::unkept(style));
            return trouble.unwrap_or(Exit::Nothing);
        }
        let exit = self.keep(&recording, &filling, style).await;
        trouble.map_or(exit, |trouble| exit.max(trouble))
    }

    /// Does what is typed until there is no more of it.
    async fn conversation(&self, recorder: &mut Recorder<'_>, style: &Style) -> Option<Exit> {
        let mut lines = typed_lines();
        let interactive = std::io::stdin().is_terminal();
        let mut asked = false;
        loop {
            if !asked {
                print(crate::report::prompt());
                asked = true;
            }
            let news = tokio::select! {
                line = lines.recv() => Ok(line),
                news = recorder.next() => Err(news),
                _ = tokio::signal::ctrl_c() => Ok(None),
            };
            let line = match news {
                Ok(Some(line)) => line,
                Ok(None) => {
                    print("\n");
                    return None;
                }
                Err(news) => {
                    let heard = recorder.heed(news).await;
                    if !heard.is_empty() {
                        print("\n");
                        show(&heard, style);
                        asked = false;
                    }
                    continue;
                }
            };
            asked = false;
            if !interactive {
                // Then what is printed reads as it would in a terminal.
                print(&format!("{}\n", line.trim_end_matches('\n')));
            }
            let order = match read_order(&line) {
                Ok(Typed::Order(order)) => order,
                Ok(Typed::Nothing) => continue,
                Ok(Typed::Done) => return None,
                Ok(Typed::Help) => {
                    print(&crate::report::help(style));
                    continue;
                }
                Err(mistake) => {
                    print(&crate::report::misread(&mistake, style));
                    continue;
                }
            };
            let obeyed = tokio::select! {
                obeyed = recorder.obey(order) => obeyed,
                _ = tokio::signal::ctrl_c() => return None,
            };
            match obeyed {
                Ok(heard) => {
                    show(&heard, style);
                    // Whatever happens to Viva, this much is kept.
                    let text = recorder.recording().text(&self.wanted);
                    if let Err(error) = fs::write(&self.options.output, text) {
                        return Some(self.unwritable(&error, style));
                    }
                }
                Err(refusal) => {
                    print(&crate::report::refused(&refusal, style));
                    if matches!(refusal, Refusal::Trouble(_)) {
                        return Some(Exit::Trouble);
                    }
                }
            }
        }
    }

    /// Plays what was recorded, and says how that went.
    async fn keep(&self, recording: &Recording, filling: &Filling, style: &Style) -> Exit {
        let output = &self.options.output;
        let options = Options {
            seed: fresh_seed(),
            deadline: Some(DEADLINE),
        };
        let mut unwritten = None;
        let mut read = |text: &str| {
            unwritten = fs::write(output, text).err();
            read_scenario(output, &self.overrides)
        };
        let proved = prove(recording, &self.wanted, filling, &options, &mut read).await;
        if let Some(error) = unwritten {
            return self.unwritable(&error, style);
        }
        let Proved {
            steps,
            weakened,
            warnings,
            result,
            ..
        } = match proved {
            Ok(proved) => proved,
            Err(diagnostics) => {
                complain_of(&diagnostics, style);
                return Exit::Usage;
            }
        };
        complain_of(&warnings, style);
        let passed = result
            .as_ref()
            .is_some_and(|result| result.outcome == Outcome::Passed);
        if let Some(result) = result.filter(|_| !passed) {
            print(&crate::report::scenario(&result, style));
        }
        let listed = output.with_file_name("lab.yaml").is_file();
        let kept = crate::report::kept(output, steps, weakened, passed, listed, style);
        let exit = if passed { Exit::Passed } else { Exit::Failed };
        print(&kept).max(exit)
    }

    fn unwritable(&self, error: &std::io::Error, style: &Style) -> Exit {
        let problem = Problem::Unwritable {
            path: self.options.output.display().to_string(),
            message: error.to_string(),
        };
        complain(&problem, style)
    }
}

fn show(heard: &[Heard], style: &Style) {
    print(&crate::report::came(heard, style));
}

/// The lines of standard input, each as soon as it is typed and the one before it was taken.
fn typed_lines() -> mpsc::Receiver<String> {
    let (lines, typed) = mpsc::channel(1);
    // Reading can't be cut short: the thread ends with the program.
    std::thread::spawn(move || {
        let mut input = std::io::stdin().lock();
        loop {
            let mut line = Vec::new();
            match (&mut input).take(LONGEST_LINE).read_until(b'\n', &mut line) {
                Ok(count) if count > 0 => {}
                _ => return,
            }
            let line = String::from_utf8_lossy(&line).into_owned();
            if lines.blocking_send(line).is_err() {
                return;
            }
        }
    });
    typed
}
