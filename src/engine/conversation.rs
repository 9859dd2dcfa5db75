//! A scenario that is made up while it is played: somebody says step by step who does what, and hears what comes of it.

use std::time::Duration;

use crate::diagnostic::Place;
use crate::scenario::{Action, Connects, LabEntry, Step, StepKind};
use crate::transcript::{ActorId, ActorInfo, Channel, ExitStatus, Transcript};
use crate::verdict::{Failure, Outcome, ScenarioResult, Trouble};

use super::filling::Filling;
use super::play::{Options, Run, Stop, before_the_first, concluded, run_of, unplayed};
use super::player::Part;
use super::stage::Heard;
use super::waiting::InVain;

/// So long without news, and what has not come is not waited for any more, where no proof is to be had.
const WINDOW: Duration = Duration::from_secs(1);

/// A run whose steps are not known beforehand.
pub struct Conversation<'a> {
    run: Run<'a>,
    /// What it comes to.
    result: ScenarioResult,
    _turn: Option<crate::r#box::Turn>,
    /// How many steps were done.
    done: usize,
    /// The sequences whose end was told: actor and channel.
    ended: Vec<(ActorId, Channel)>,
}

/// Something that has come to an actor since the last look.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Arrival {
    /// To whom, or from which program.
    pub actor: ActorId,
    /// In which of its sequences.
    pub channel: Channel,
    /// What.
    pub what: Arrived,
}

/// What has come.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Arrived {
    /// More bytes of an undivided stream.
    Bytes(Vec<u8>),
    /// A whole message or datagram.
    Message(Vec<u8>),
    /// The other side has closed its sending direction.
    Closed,
    /// The other side has reset the connection.
    Reset,
    /// The program has ended.
    Exited(ExitStatus),
}

/// Something that has just happened; see [`Conversation::heed`].
pub struct News(Heard);

/// Why a step was not done.
pub enum NotDone {
    /// The programs did not let it happen.
    Failed(Box<Failure>),
    /// Viva's or the machine's trouble.
    Trouble(Trouble),
}

impl From<Stop> for NotDone {
    fn from(stop: Stop) -> Self {
        match stop {
            Stop::Failed(failure) => NotDone::Failed(failure),
            Stop::Trouble(trouble) => NotDone::Trouble(trouble),
            // A conversation has no limit.
            Stop::PastLimit => NotDone::Trouble(Trouble::TooSlow),
        }
    }
}

impl<'a> Conversation<'a> {
    /// Brings the cast of `entry` onto the stage, as before the first step of a scenario; its steps are not played.
    ///
    /// # Errors
    ///
    /// How it came out instead, as a run would tell it.
    pub async fn begin(
        lab: &str,
        entry: &'a LabEntry,
        filling: &'a Filling,
        options: &Options,
    ) -> Result<Self, Box<ScenarioResult>> {
        let mut result = unplayed(lab, entry, filling.submission.as_ref(), &options.seed);
        let (mut run, turn) = match run_of(entry, filling, options).await {
            Ok(set) => set,
            Err(trouble) => {
                result.outcome = Outcome::Error(trouble);
                return Err(Box::new(result));
            }
        };
        run.enter_cast();
        let Err(stop) = run.begin().await else {
            return Ok(Conversation {
                run,
                result,
                _turn: turn,
                done: 0,
                ended: Vec::new(),
            });
        };
        result.outcome = match stop {
            Stop::Failed(mut failure) => {
                run.diagnose(&mut failure).await;
                Outcome::Failed(failure)
            }
            stop => run.outcome_of(stop),
        };
        concluded(run, &mut result).await;
        Err(Box::new(result))
    }

    /// What has happened so far, and who takes part.
    pub fn transcript(&self) -> &Transcript {
        &self.run.stage.transcript
    }

    /// Who is called so.
    pub fn actor(&self, name: &str) -> Option<(ActorId, &ActorInfo)> {
        let id = *self.run.stage.named(name).first()?;
        Some((id, &self.transcript().actors[id.0]))
    }

    /// Whether an actor can be talked to: a program that runs, a connection that Viva has not closed, an open socket.
    pub fn is_there(&self, id: ActorId) -> bool {
        let player = self.run.stage.player(id);
        match &player.part {
            Part::Program(part) => part.program.is_some() && player.exit.is_none(),
            // Nobody talks to these.
            Part::Running(_) | Part::Proxy(_) => false,
            Part::Connection(connection) => connection.is_some(),
            Part::Server { listeners, .. } => !listeners.is_empty(),
            Part::Datagrams { sockets, .. } => !sockets.is_empty(),
        }
    }

    /// The server of Viva at which a connection waits to be taken.
    pub fn knocked(&self) -> Option<&str> {
        let mut players = self.run.stage.players.iter();
        let waiting =
            |part: &Part| matches!(part, Part::Server { arrived, .. } if !arrived.is_empty());
        let server = players.find(|player| waiting(&player.part))?;
        Some(&server.name)
    }

    /// A new client that Viva plays; it is not connected yet.
    pub fn enter_client(&mut self, name: &str, connects: &Connects) {
        self.run.enter_client(name, None, connects);
    }

    /// One actor does something, and nobody waits for what comes of it.
    ///
    /// # Errors
    ///
    /// The programs did not let it happen, or there was trouble.
    pub async fn act(&mut self, id: ActorId, action: Action) -> Result<(), NotDone> {
        self.run.stage.step = Some(self.done);
        self.done += 1;
        let actor = self.run.stage.player(id).name.clone();
        let again = matches!(action, Action::Start | Action::Restart | Action::Connect);
        if again {
            self.ended.retain(|(ended, _)| *ended != id);
        }
        let step = Step {
            number: self.done,
            place: Place::default(),
            label: None,
            within: None,
            spec: None,
            kind: StepKind::Act {
                actor,
                action: action.clone(),
            },
        };
        Ok(self.run.perform(&step, id, &action).await?)
    }

    /// Waits until nothing more comes of what was done; whether that was proved.
    ///
    /// # Errors
    ///
    /// There was trouble.
    pub async fn rest(&mut self) -> Result<bool, NotDone> {
        let step = before_the_first(&Place::default());
        let longest = self.run.due(None);
        loop {
            let before = self.run.stage.last_event();
            let due = self.run.stage.clock.due(WINDOW);
            match self.run.wait(&step, due, |_| None::<()>).await? {
                Err(InVain::Quiescent) => return Ok(true),
                Err(InVain::Starved) => return Err(NotDone::Trouble(Trouble::TooSlow)),
                _ => {}
            }
            let silent = self.run.stage.last_event() == before;
            if silent || self.run.stage.clock.is_over(&longest) {
                return Ok(false);
            }
        }
    }

    /// The next thing that happens by itself. Nothing is lost when this future is dropped.
    pub async fn next(&mut self) -> News {
        News(self.run.stage.hear().await)
    }

    /// Writes down what has happened.
    pub async fn heed(&mut self, news: News) {
        self.run.stage.heed(news.0).await;
    }

    /// What has come since the last call, actor by actor; then it counts as read.
    pub fn arrivals(&mut self) -> Vec<Arrival> {
        let mut arrivals = Vec::new();
        for (index, player) in self.run.stage.players.iter_mut().enumerate() {
            let (actor, is_program) = (ActorId(index), player.is_program());
            let mut ends = Vec::new();
            for (channel, stream) in &mut player.streams {
                let divided = stream.is_divided();
                arrivals.extend(stream.take_unread().into_iter().map(|bytes| Arrival {
                    actor,
                    channel: *channel,
                    what: match divided {
                        true => Arrived::Message(bytes),
                        false => Arrived::Bytes(bytes),
                    },
                }));
                if stream.ended && !is_program {
                    ends.push((
                        *channel,
                        if stream.reset {
                            Arrived::Reset
                        } else {
                            Arrived::Closed
                        },
                    ));
                }
            }
            if let Some(status) = player.exit {
                ends.push((Channel::Screen, Arrived::Exited(status)));
            }
            for (channel, what) in ends {
                if !self.ended.contains(&(actor, channel)) {
                    self.ended.push((actor, channel));
                    arrivals.push(Arrival {
                        actor,
                        channel,
                        what,
                    });
                }
            }
        }
        arrivals
    }

    /// Ends everything that was started; what happened, as a run of a scenario without steps.
    pub async fn end(mut self) -> ScenarioResult {
        concluded(self.run, &mut self.result).await;
        self.result
    }
}
