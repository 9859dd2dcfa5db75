//! One run of one scenario, from the empty stage to the result.

use std::time::Duration;

use tokio::time::Instant;

use crate::r#box::{Isolation, Room, TestBox, Turn};
use crate::diagnostic::Place;
use crate::scenario::{CastMember, LabEntry, Mutation, Near, Scenario, Step, StepKind};
use crate::transcript::{ActorId, Miss, Proof};
use crate::verdict::{
    Actual, Expected, Failure, Kind, Outcome, Remark, ScenarioResult, StepRef, StepResult, Trouble,
};

use super::absence::Watch;
use super::answers::Answers;
use super::clock::{Due, WALL};
use super::condition::BaseLine;
use super::explain::Attempt;
use super::filling::{Filled, Filling, FillingError, Submission};

use super::ledger::Ledger;
use super::mutant::Mutant;
use super::stage::Stage;
use super::tokens::Tokens;
use super::variables::{Speaker, Variables};

/// How many of the things that were not copied are named.
const NAMED: usize = 3;

/// How long what a mutant may still alter is waited for where no proof is to be had.
const RESTING: Duration = Duration::from_secs(1);

/// How a scenario is played.
#[derive(Clone, Debug)]
pub struct Options {
    /// The seed of the random words.
    pub seed: String,
    /// Instead of the scenario's deadline per step.
    pub deadline: Option<Duration>,
}

/// What a mutant came to.
#[derive(Clone, Debug)]
pub struct Mutated {
    /// How the scenario came out.
    pub result: ScenarioResult,
    /// How many events were altered: with none the mutant doesn't apply.
    pub altered: usize,
}

/// Why a run ends before its last step. Not an error: the first is the usual way for a wrong program.
pub(super) enum Stop {
    Failed(Box<Failure>),
    /// The programs have taken more time of their own than the scenario may last.
    PastLimit,
    Trouble(Trouble),
}

impl From<Trouble> for Stop {
    fn from(trouble: Trouble) -> Self {
        Stop::Trouble(trouble)
    }
}

pub(super) type Flow<T = ()> = Result<T, Stop>;

/// The run of a scenario.
pub(super) struct Run<'a> {
    pub(super) scenario: &'a Scenario,
    pub(super) filling: &'a Filling,
    pub(super) stage: Stage,
    pub(super) variables: Variables,
    pub(super) ledger: Ledger,
    pub(super) answers: Answers,
    pub(super) watches: Vec<Watch>,
    /// Named steps, and the number of the last event before each.
    pub(super) labels: Vec<(String, usize)>,
    /// What programs held after named steps.
    pub(super) base_lines: Vec<BaseLine>,
    pub(super) steps: Vec<StepResult>,
    pub(super) remarks: Vec<Remark>,
    /// What becomes of near misses.
    pub(super) near: Near,
    pub(super) deadline: Duration,
}

/// Plays `entry` with the programs of `filling`.
///
/// Dropping the future ends everything that was started.
pub async fn play(
    lab: &str,
    entry: &LabEntry,
    filling: &Filling,
    options: &Options,
) -> ScenarioResult {
    play_altered(lab, entry, filling, options, None)
        .await
        .result
}

/// The same with programs that were right, and go wrong in this way before anybody sees it.
pub async fn play_mutant(
    lab: &str,
    entry: &LabEntry,
    filling: &Filling,
    options: &Options,
    mutation: Mutation,
) -> Mutated {
    play_altered(lab, entry, filling, options, Some(mutation)).await
}

/// The result of a scenario of which nothing has been played yet: it tells no event.
pub fn unplayed(
    lab: &str,
    entry: &LabEntry,
    submission: Option<&Submission>,
    seed: &str,
) -> ScenarioResult {
    let scenario = &entry.scenario;
    ScenarioResult {
        lab: lab.to_owned(),
        scenario: scenario.name.clone(),
        title: scenario.title.clone(),
        submission: submission.map(|submission| submission.name.clone()),
        kind: if entry.robustness {
            Kind::Robustness
        } else {
            Kind::Core
        },
        points: entry.points,
        deducted: 0.0,
        outcome: Outcome::Passed,
        steps: Vec::new(),
        remarks: Vec::new(),
        hint: scenario.hint.clone(),
        seed: seed.to_owned(),
        again: Vec::new(),
        layers: None,
        duration: Duration::ZERO,
        transcript: Default::default(),
    }
}

async fn play_altered(
    lab: &str,
    entry: &LabEntry,
    filling: &Filling,
    options: &Options,
    mutation: Option<Mutation>,
) -> Mutated {
    let began = Instant::now();
    let scenario = &entry.scenario;
    let mut result = unplayed(lab, entry, filling.submission.as_ref(), &options.seed);
    if let Some((name, value)) = not_applicable(scenario, filling) {
        result.outcome = Outcome::NotApplicable { name, value };
        return Mutated { result, altered: 0 };
    }
    // Held until the box has ended.
    let (mut run, _turn) = match run_of(entry, filling, options).await {
        Ok(set) => set,
        Err(trouble) => {
            result.outcome = Outcome::Error(trouble);
            return Mutated { result, altered: 0 };
        }
    };
    run.stage.mutant = mutation.map(|mutation| Mutant::new(mutation, &scenario.conventions));
    let wall = scenario.limit.saturating_mul(WALL);
    result.outcome = match tokio::time::timeout(wall, run.whole()).await {
        Ok(Ok(())) => Outcome::Passed,
        Ok(Err(stop)) => run.outcome_of(stop),
        Err(_) => Outcome::Error(Trouble::TooSlow),
    };
    let altered = concluded(run, &mut result).await;
    result.duration = began.elapsed();
    Mutated { result, altered }
}

/// A run of which nothing has been played yet, and the turn that it has to take.
pub(super) async fn run_of<'a>(
    entry: &'a LabEntry,
    filling: &'a Filling,
    options: &Options,
) -> Result<(Run<'a>, Option<Turn>), Trouble> {
    let scenario = &entry.scenario;
    let (stage, turn) = set_stage(scenario, filling).await?;
    let tokens = Tokens::new(&options.seed, &scenario.name);
    let run = Run {
        scenario,
        filling,
        stage,
        variables: Variables::new(scenario.conventions.clone(), tokens, &scenario.variables),
        ledger: Ledger::new(scenario),
        watches: Vec::new(),
        labels: Vec::new(),
        base_lines: Vec::new(),
        answers: Answers::default(),
        steps: Vec::new(),
        remarks: Vec::new(),
        near: entry.near,
        deadline: options.deadline.unwrap_or(scenario.deadline),
    };
    Ok((run, turn))
}

/// Ends what a run has started, and puts down in `result` what it came to; how many events a mutant has altered.
pub(super) async fn concluded(mut run: Run<'_>, result: &mut ScenarioResult) -> usize {
    if let Some(test_box) = run.stage.test_box.take() {
        result.layers = test_box.layers();
        if let Some(bytes) = test_box.exhausted() {
            run.remarks.push(Remark::Exhausted { bytes });
        }
        run.stage.players.clear();
        if run.stage.trouble.is_none()
            && let Err(error) = test_box.end().await
        {
            run.stage.trouble = Some(Trouble::system("end box", &error));
        }
    }
    if let Some(trouble) = run.stage.trouble.take() {
        result.outcome = Outcome::Error(trouble);
    }
    if let Outcome::Failed(failure) = &result.outcome {
        // The hint is about what a program does.
        if !failure.has_program() {
            result.hint = Default::default();
        }
        // Who fails may do so for want of it.
        let left_out = run.filling.left_out.iter().take(NAMED);
        run.remarks.extend(left_out.map(|left_out| Remark::LeftOut {
            path: left_out.path.to_string_lossy().into_owned(),
            reason: left_out.reason,
        }));
    }
    if let Near::Deduct(points) = run.near {
        let is_near = |remark: &&Remark| matches!(remark, Remark::NearMiss { .. });
        let count = run.remarks.iter().filter(is_near).count();
        result.deducted = (points * count as f64).min(result.points);
    }
    result.steps = run.steps;
    result.remarks = run.remarks;
    result.transcript = run.stage.transcript;
    run.stage.mutant.map_or(0, |mutant| mutant.altered)
}

/// The convention, variable or role that makes the scenario not applicable, and its value.
pub fn not_applicable(scenario: &Scenario, filling: &Filling) -> Option<(String, String)> {
    scenario
        .excluded()
        .or_else(|| out_of_sight(scenario, filling))
}

/// A program that runs already can only be talked to: neither its terminal nor its process is Viva's. Its role and address,
/// if the scenario asks for more.
fn out_of_sight(scenario: &Scenario, filling: &Filling) -> Option<(String, String)> {
    scenario.cast.iter().find_map(|member| {
        let CastMember::Program { name, role, .. } = &member.value else {
            return None;
        };
        let role = &scenario.roles[*role].name;
        let Some(Filled::Running(address)) = filling.role(role) else {
            return None;
        };
        scenario
            .steps
            .iter()
            .any(|step| step.acts(name))
            .then(|| (role.clone(), address.to_string()))
    })
}

async fn set_stage(
    scenario: &Scenario,
    filling: &Filling,
) -> Result<(Stage, Option<Turn>), Trouble> {
    let roles = scenario
        .cast
        .iter()
        .filter_map(|member| match &member.value {
            CastMember::Program { role, .. } => filling.role(&scenario.roles[*role].name),
            _ => None,
        });
    let (running, started): (Vec<_>, Vec<_>) =
        roles.partition(|filled| matches!(filled, Filled::Running(_)));
    if started.is_empty() {
        return Ok((Stage::new(None), None));
    }
    // Who shall talk to a program of this machine's network can't have one of its own.
    let isolation = if running.is_empty() {
        filling.isolation
    } else {
        Isolation::Basic
    };
    let turn = match isolation.has_own_network() {
        true => None,
        false => Some(
            Turn::take()
                .await
                .map_err(|error| Trouble::system("take turns", &error))?,
        ),
    };
    let opened = TestBox::open(&filling.setting(isolation, Room::RUN))
        .await
        .map_err(|error| Trouble::system("open box", &error))?;
    filling
        .furnish(&opened.0)
        .await
        .map_err(|error| match error {
            FillingError::Trouble(trouble) => trouble,
            FillingError::Unreadable(path, message) => Trouble::Unreadable {
                path: path.display().to_string(),
                message,
            },
            other => Trouble::System {
                doing: "copy".into(),
                message: format!("{other:?}"),
            },
        })?;
    Ok((Stage::new(Some(opened)), turn))
}

impl Run<'_> {
    async fn whole(&mut self) -> Flow {
        self.stage.clock.set_limit(Some(self.scenario.limit));
        let mut flow = self.in_order().await;
        // What is still to be done has its own deadlines.
        self.stage.clock.set_limit(None);
        if let Err(Stop::PastLimit) = flow {
            flow = Err(self.past_limit().into());
        }
        if flow.is_ok() {
            flow = self.conclude();
            self.let_mutant_rest().await;
        }
        if let Err(Stop::Failed(failure)) = &mut flow {
            self.diagnose(failure).await;
        }
        let watches = std::mem::take(&mut self.watches);
        for step in &self.scenario.finally {
            let done = self.step(step).await;
            if flow.is_ok() {
                flow = done;
            }
        }
        drop(watches);
        flow
    }

    /// What a run comes to that ends so.
    pub(super) fn outcome_of(&self, stop: Stop) -> Outcome {
        match stop {
            Stop::Failed(failure) => Outcome::Failed(failure),
            Stop::PastLimit => Outcome::Failed(Box::new(self.past_limit())),
            Stop::Trouble(trouble) => Outcome::Error(trouble),
        }
    }

    /// The programs have taken too long over all steps together: that of the step that was being done.
    fn past_limit(&self) -> Failure {
        let current = self.stage.step.map(|index| index + 1);
        let mut steps = self.scenario.steps.iter();
        let step = steps.find(|step| Some(step.number) == current);
        let program = || {
            let mut cast = self.scenario.cast.iter();
            cast.find(|member| matches!(member.value, CastMember::Program { .. }))
        };
        let place = || program().map(|member| member.place.clone());
        let at = match step {
            Some(step) => reference(step),
            None => before_the_first(&place().unwrap_or_default()),
        };
        let players = &self.stage.players;
        let who = players.iter().position(|player| player.is_program());
        let attempt = Attempt {
            began: self.stage.began,
            ..Attempt::new(ActorId(who.unwrap_or(0)), &at)
        };
        let limit_ms = self.scenario.limit.as_millis() as u64;
        let expected = Expected::InTime { limit_ms };
        let (actual, proof) = (Actual::StillOpen, Proof::Deadline);
        self.failure(&attempt, expected, actual, Miss::NotEnded, proof)
    }

    /// Whether a mutant alters what is still on its way shall not be left to chance: it alters what programs print once the steps have
    /// begun, and until nothing more comes.
    async fn let_mutant_rest(&mut self) {
        if self.stage.mutant.is_some() {
            let due = self.stage.clock.hasty(RESTING);
            let _ = self.stage.until(due, |_| None::<()>).await;
        }
    }

    async fn in_order(&mut self) -> Flow {
        self.enter_cast();
        self.lay_files().await?;
        self.begin().await?;
        self.let_mutant_rest().await;
        for step in &self.scenario.steps {
            self.step(step).await?;
        }
        Ok(())
    }

    /// Lays the scenario's files ready.
    async fn lay_files(&mut self) -> Flow {
        let Some(test_box) = &self.stage.test_box else {
            return Ok(());
        };
        for (name, content) in &self.scenario.files {
            let bytes = self.variables.content(content, &Speaker::default())?;
            test_box
                .add_file(name, &bytes)
                .await
                .map_err(|error| Trouble::system("write file", &error))?;
        }
        Ok(())
    }

    async fn step(&mut self, step: &Step) -> Flow {
        self.stage.step = Some(step.number - 1);
        if let Some(label) = &step.label {
            self.labels.push((label.clone(), self.stage.last_event()));
        }
        match &step.kind {
            StepKind::Act { actor, action } => {
                for id in self.stage.named(actor) {
                    self.perform(step, id, action).await?;
                }
                // An `accept` names somebody who is not there yet; everybody else is, or linting has said so.
            }
            StepKind::AnyOrder(members) => self.any_order(members).await?,
        }
        self.take_base_lines(step).await
    }

    /// When the step is overdue.
    pub(super) fn due(&self, step: Option<&Step>) -> Due {
        let within = step.and_then(|step| step.within);
        self.stage.clock.due(within.unwrap_or(self.deadline))
    }

    /// For whom templates are rendered.
    pub(super) fn speaker(&self, id: ActorId) -> Speaker {
        let player = self.stage.player(id);
        let own = self
            .stage
            .program(id)
            .map(|part| part.own.clone())
            .unwrap_or_default();
        Speaker {
            actor: player.name.clone(),
            index: player.index,
            own,
        }
    }

    pub(super) fn settled(&mut self, step: &StepRef, proof: Proof, event: Option<usize>) {
        self.steps.push(StepResult {
            step: step.clone(),
            proof,
            event,
        });
    }
}

impl<'a> Run<'a> {
    /// What fills the role of a program.
    pub(super) fn filled(&self, role: usize) -> &'a Filled {
        self.filling
            .role(&self.scenario.roles[role].name)
            .unwrap_or(&Filled::Reference)
    }
}

/// A step as reports name it.
pub(super) fn reference(step: &Step) -> StepRef {
    StepRef {
        number: step.number,
        place: step.place.clone(),
        label: step.label.clone(),
        spec: step.spec.clone(),
    }
}

/// What stands for a step before the first one: a member of the cast.
pub(super) fn before_the_first(place: &Place) -> StepRef {
    StepRef {
        number: 0,
        place: place.clone(),
        label: None,
        spec: None,
    }
}
