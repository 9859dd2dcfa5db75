//! Settles what is expected of a program as a whole: what the kernel says of it.
//!
//! What piles up or goes away by and by is judged when the programs have come to rest: nobody is caught in the middle of
//! something. Where the kernel doesn't show it, the step is left out, with a remark.

use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use crate::observe::{SocketPortrait, SocketTable, TcpState, holds_socket};
use crate::scenario::{Action, Condition, Step, StepKind};
use crate::transcript::{ActorId, Miss, Proof};
use crate::verdict::{Actual, Expected, ListenerSeen, Remark, SocketSeen, StepRef};

use super::address::covers;
use super::belongings::Belongings;
use super::clock::Due;
use super::explain::Attempt;
use super::play::{Flow, Run, Stop, reference};
use super::stage::Stage;
use super::waiting::InVain;

/// How long programs are given to come to rest before what they hold is taken as a base line.
const TO_REST: Duration = Duration::from_secs(2);

/// How long a program that sets itself timers is watched to see how much processor time it uses.
const STRETCH: Duration = Duration::from_millis(500);

/// What of a stretch an idle program may use: it may look around now and then.
const IDLE_SHARE: u32 = 10;

/// Processor time after which a program that never came to rest is busy.
const BUSY: Duration = Duration::from_secs(2);

/// What a program held when a step was done.
pub(super) struct BaseLine {
    label: String,
    step: usize,
    id: ActorId,
    held: Belongings,
}

/// What there is instead of what was expected.
struct Instead(Actual, Miss);

impl Run<'_> {
    /// Waits until it is so, or can't become so any more.
    pub(super) async fn hold(
        &mut self,
        id: ActorId,
        condition: &Condition,
        step: &StepRef,
        due: Due,
    ) -> Flow {
        let speaker = self.speaker(id);
        match condition {
            Condition::File {
                name,
                content,
                whole,
            } => self.file(id, (name, content, *whole), step).await,
            Condition::Listening { address, backlog } => {
                let (wanted, address) = self.variables.address(address, &speaker)?;
                let expected = Expected::ListensAt {
                    address,
                    backlog: *backlog,
                };
                let fits = |seen: &Listening| {
                    seen.covers(wanted) && backlog.is_none_or(|least| seen.backlog >= least)
                };
                self.listens(Attempt::new(id, step), expected, fits, due)
                    .await
            }
            Condition::Bound { address } => {
                let (wanted, address) = self.variables.address(address, &speaker)?;
                let expected = Expected::BoundTo { address };
                let fits = |seen: &Listening| seen.covers(wanted);
                self.listens(Attempt::new(id, step), expected, fits, due)
                    .await
            }
            Condition::Sockets {
                states,
                accepted,
                count,
            } => {
                let expected = Expected::Sockets {
                    states: states.clone(),
                    accepted: *accepted,
                    count: *count,
                };
                if *count > 0 && self.stage.loses_sight_of(states) {
                    self.left_out(step);
                    return Ok(());
                }
                let judge = |stage: &Stage, held: &Belongings| {
                    let mut found = held.in_states(states);
                    found.retain(|socket| {
                        accepted.is_none_or(|wanted| wanted == is_accepted(socket))
                    });
                    let miss = match found.len().cmp(count) {
                        std::cmp::Ordering::Equal => return Some(None),
                        std::cmp::Ordering::Greater if *count == 0 => Miss::Leaked,
                        _ => Miss::Unexpected,
                    };
                    let seen = found.into_iter().map(|socket| stage.seen(socket));
                    Some(Some(Instead(Actual::Sockets(seen.collect()), miss)))
                };
                self.at_rest(Attempt::new(id, step), expected, judge, due)
                    .await
            }
            Condition::Unread(but) => {
                let judge = |_: &Stage, held: &Belongings| {
                    let unread = held.sockets.iter().map(|socket| socket.unread as usize);
                    let unread: usize = unread.sum();
                    Some(
                        (unread > *but)
                            .then_some(Instead(Actual::Unread(unread), Miss::Unexpected)),
                    )
                };
                let expected = Expected::AllRead { but: *but };
                self.at_rest(Attempt::new(id, step), expected, judge, due)
                    .await
            }
            Condition::Datagrams(count) => {
                let judge = |stage: &Stage, held: &Belongings| {
                    let unread = stage.datagrams(held)?;
                    let waiting: usize = unread.iter().filter_map(|from| from.datagrams).sum();
                    let instead = Instead(Actual::Datagrams(unread), Miss::Unexpected);
                    Some((waiting != *count).then_some(instead))
                };
                let expected = Expected::Datagrams { count: *count };
                self.at_rest(Attempt::new(id, step), expected, judge, due)
                    .await
            }
            Condition::NoMore { of, than_at, spare } => {
                let lines = self.base_lines.iter().rev();
                let line = lines
                    .filter(|line| line.id == id && line.label == than_at.value)
                    .find_map(|line| Some((line.step, line.held.count(*of)?)));
                let Some((number, then)) = line else {
                    self.left_out(step);
                    return Ok(());
                };
                let expected = Expected::NoMore {
                    of: *of,
                    step: number,
                    then,
                    spare: *spare,
                };
                let judge = |_: &Stage, held: &Belongings| {
                    let now = held.count(*of)?;
                    Some((now > then + spare).then_some(Instead(Actual::Has(now), Miss::Leaked)))
                };
                self.at_rest(Attempt::new(id, step), expected, judge, due)
                    .await
            }
            Condition::Idle => self.idle(Attempt::new(id, step), due).await,
        }
    }

    /// The kernel doesn't show what this step is about.
    fn left_out(&mut self, step: &StepRef) {
        self.remarks.push(Remark::NotSeen { step: step.clone() });
    }

    /// Whether a program listens, or has bound a UDP socket, as expected: as soon as it does.
    async fn listens(
        &mut self,
        attempt: Attempt,
        expected: Expected,
        fits: impl Fn(&Listening) -> bool,
        due: Due,
    ) -> Flow {
        let udp = matches!(expected, Expected::BoundTo { .. });
        let Ok(mut table) = self.socket_table().await else {
            self.left_out(&attempt.step);
            return Ok(());
        };
        let (id, step) = (attempt.id, attempt.step.clone());
        let outcome = self.wait(&step, due.looking(), |stage| {
            let seen = stage.listening(id, udp, &mut table).ok()?;
            seen.iter().any(&fits).then_some(())
        });
        match outcome.await? {
            Ok(()) => {
                self.settled(&step, Proof::Matched, None);
                Ok(())
            }
            Err(vain) => {
                let seen = self
                    .stage
                    .listening(id, udp, &mut table)
                    .unwrap_or_default();
                let actual = match udp {
                    true => {
                        Actual::BoundTo(seen.iter().map(|seen| seen.address.to_string()).collect())
                    }
                    false => Actual::ListensAt(
                        seen.iter()
                            .map(|seen| ListenerSeen {
                                address: seen.address.to_string(),
                                backlog: seen.backlog,
                            })
                            .collect(),
                    ),
                };
                let instead = Instead(actual, Miss::Unexpected);
                Err(self.does_not_hold(&attempt, expected, instead, vain.proof()?))
            }
        }
    }

    /// Judges what a program holds when all have come to rest. A program that sets itself timers may yet come to fit, until the
    /// deadline. `judge` gives `None` where the kernel doesn't show it.
    async fn at_rest(
        &mut self,
        attempt: Attempt,
        expected: Expected,
        judge: impl Fn(&Stage, &Belongings) -> Option<Option<Instead>>,
        due: Due,
    ) -> Flow {
        let (id, step) = (attempt.id, attempt.step.clone());
        let rest = self.wait(&step, due.in_haste(), |_| None::<()>).await?;
        let Some(judged) = self
            .stage
            .held(id)
            .and_then(|held| judge(&self.stage, &held))
        else {
            self.left_out(&step);
            return Ok(());
        };
        let proof = |vain: InVain| match vain {
            // At rest for a while: so it was.
            InVain::Overdue => Ok(Proof::Matched),
            vain => vain.proof(),
        };
        let vain = rest.err().unwrap_or(InVain::Overdue);
        let (Some(mut instead), mut vain) = (judged, vain) else {
            let proof = proof(vain)?;
            self.settled(&step, proof, None);
            return Ok(());
        };
        if vain == InVain::Overdue {
            let later = self.wait(&step, due.looking(), |stage| {
                let held = stage.held(id)?;
                judge(stage, &held)?.is_none().then_some(())
            });
            vain = match later.await? {
                Ok(()) => {
                    self.settled(&step, Proof::Matched, None);
                    return Ok(());
                }
                Err(vain) => vain,
            };
            let held = self.stage.held(id);
            instead = held
                .and_then(|held| judge(&self.stage, &held)?)
                .unwrap_or(instead);
        }
        Err(self.does_not_hold(&attempt, expected, instead, vain.proof()?))
    }

    /// Whether a program waits without using processor time. One that is at rest for good does; one with timers is watched for
    /// a while, by the clock that stands still when it gets no processor though it wants one.
    async fn idle(&mut self, attempt: Attempt, due: Due) -> Flow {
        let step = attempt.step.clone();
        let mut first = None;
        let mut stretch: Option<(Duration, Duration)> = None;
        let outcome = self.wait(&step, due, |stage| {
            let (now, used) = stage.spent()?;
            let (began, before) = *first.get_or_insert((now, used));
            if used.saturating_sub(before) >= BUSY {
                return Some(Some((used - before, now - began)));
            }
            let (since, then) = *stretch.get_or_insert((now, used));
            if now - since < STRETCH {
                return None;
            }
            stretch = Some((now, used));
            (used.saturating_sub(then) * IDLE_SHARE < now - since).then_some(None)
        });
        let outcome = outcome.await?;
        let (used, within, vain) = match outcome {
            Ok(None) => {
                self.settled(&step, Proof::Matched, None);
                return Ok(());
            }
            Err(InVain::Quiescent) => {
                self.settled(&step, Proof::Quiescent, None);
                return Ok(());
            }
            Ok(Some((used, within))) => (used, within, InVain::Spinning),
            Err(vain) => match (first, self.stage.spent()) {
                (Some((began, before)), Some((now, used))) => {
                    (used.saturating_sub(before), now - began, vain)
                }
                _ => {
                    self.left_out(&step);
                    return Ok(());
                }
            },
        };
        let actual = Actual::Used {
            processor_ms: used.as_millis() as u64,
            within_ms: within.as_millis() as u64,
        };
        let instead = Instead(actual, Miss::Busy);
        Err(self.does_not_hold(&attempt, Expected::Idle, instead, vain.proof()?))
    }

    fn does_not_hold(
        &self,
        attempt: &Attempt,
        expected: Expected,
        Instead(actual, miss): Instead,
        proof: Proof,
    ) -> Stop {
        let mut failure = self.failure(attempt, expected, actual, miss, proof);
        failure.notes = self.how_it_ended(attempt.id);
        failure.into()
    }

    /// Takes the base lines that conditions further on compare with.
    pub(super) async fn take_base_lines(&mut self, step: &Step) -> Flow {
        let members: &[Step] = match &step.kind {
            StepKind::AnyOrder(members) => members,
            StepKind::Act { .. } => &[],
        };
        for done in std::iter::once(step).chain(members) {
            let Some(label) = done.label.clone() else {
                continue;
            };
            let compared = compared_with(
                self.scenario.steps.iter().chain(&self.scenario.finally),
                &label,
            );
            let compared: Vec<ActorId> = compared
                .into_iter()
                .flat_map(|name| self.stage.named(name))
                .collect();
            for id in compared {
                let due = self.stage.clock.hasty(TO_REST);
                // Where they never come to rest, it is taken then.
                let _ = self.wait(&reference(done), due, |_| None::<()>).await?;
                if let Some(held) = self.stage.held(id) {
                    self.base_lines.push(BaseLine {
                        label: label.clone(),
                        step: done.number,
                        id,
                        held,
                    });
                }
            }
        }
        Ok(())
    }
}

/// The programs of which a condition is compared with the step of this name.
fn compared_with<'s>(steps: impl Iterator<Item = &'s Step>, label: &str) -> Vec<&'s str> {
    let mut actors: Vec<&str> = Vec::new();
    for step in steps {
        if let StepKind::Act {
            actor,
            action: Action::Hold(Condition::NoMore { than_at, .. }),
        } = &step.kind
            && than_at.value == label
            && !actors.contains(&actor.as_str())
        {
            actors.push(actor);
        }
    }
    actors
}

/// Whether a program has accepted a connection, or made it.
fn is_accepted(socket: &SocketPortrait) -> bool {
    !socket.holders.is_empty()
}

/// A socket that listens (TCP) or is bound (UDP).
struct Listening {
    address: SocketAddr,
    only_v6: bool,
    /// TCP only.
    backlog: u32,
}

impl Listening {
    fn covers(&self, wanted: Option<SocketAddr>) -> bool {
        wanted.is_some_and(|wanted| covers(self.address, self.only_v6, wanted))
    }
}

impl Stage {
    /// Where a program listens, or has bound UDP sockets, by its own words: `0.0.0.0` is that.
    fn listening(
        &self,
        id: ActorId,
        udp: bool,
        table: &mut SocketTable,
    ) -> io::Result<Vec<Listening>> {
        let program = self.program(id).and_then(|part| part.program.as_ref());
        let Some(pid) = program.map(|program| program.process.pid) else {
            return Ok(Vec::new());
        };
        let own = |inode: u32| holds_socket(pid, inode) == Some(true);
        Ok(if udp {
            let bound = table.udp_bound()?.into_iter();
            bound
                .filter(|socket| own(socket.inode))
                .map(|socket| Listening {
                    address: socket.local,
                    only_v6: socket.only_v6,
                    backlog: 0,
                })
                .collect()
        } else {
            let listeners = table.listeners()?.into_iter();
            listeners
                .filter(|listener| own(listener.inode))
                .map(|listener| Listening {
                    address: listener.address,
                    only_v6: listener.only_v6,
                    backlog: listener.backlog,
                })
                .collect()
        })
    }

    /// Whether sockets in these states may be there unseen: where the network is shared, those that no process has open any
    /// more can't be told from strangers'.
    fn loses_sight_of(&self, states: &[TcpState]) -> bool {
        let own = self
            .test_box
            .as_ref()
            .is_some_and(|test_box| test_box.has_own_network());
        let held = |state: &TcpState| {
            matches!(
                state,
                TcpState::Established | TcpState::CloseWait | TcpState::Listen | TcpState::SynSent
            )
        };
        !own && !states.iter().all(held)
    }

    /// A socket as reports name it.
    fn seen(&self, socket: &SocketPortrait) -> SocketSeen {
        let remote = socket.remote.map(|remote| remote.to_string());
        let peer = remote.as_ref().and_then(|remote| {
            let mut actors = self.transcript.actors.iter().rev();
            actors.find(|actor| actor.address.as_ref() == Some(remote))
        });
        SocketSeen {
            state: socket.state.unwrap_or(TcpState::Closed),
            with: peer.map(|peer| peer.name.clone()).or(remote),
            unread: socket.unread as usize,
            accepted: is_accepted(socket),
        }
    }
}
