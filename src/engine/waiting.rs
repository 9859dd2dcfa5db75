//! Waits for what happens, until it has happened or can't happen any more.
//!
//! A wait ends by proof where there is one: when every program of the box is at rest and nothing is under way, what has
//! not come will never come. Where the kernel can't prove that, a wait ends when it has lasted long enough, by a clock that
//! counts only what the programs could use.

use std::future::Future;
use std::os::fd::BorrowedFd;
use std::time::Duration;

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use tokio::time::Instant;

use crate::observe::{Activity, Observer, Rest, Scope, SocketTable};
use crate::transcript::Proof;
use crate::verdict::Trouble;

use super::clock::Due;
use super::pauses::Pauses;
use super::play::{Flow, Stop};
use super::player::Part;
use super::stage::Stage;

/// A wait is never looked into earlier: what is waited for is mostly about to happen.
const FIRST_LOOK: Duration = Duration::from_millis(2);

/// Interpreters need tens of milliseconds before a program does anything that could be proved.
const FIRST_LOOK_AT_START: Duration = Duration::from_millis(5);

/// But where nothing is waited for but the proof.
const FIRST_LOOK_FOR_PROOF: Duration = Duration::from_micros(100);

/// A program at work is looked at more and more rarely, but not more rarely than this.
const LONGEST_BETWEEN_LOOKS: Duration = Duration::from_millis(20);

/// How much processor time a program may use without any sign of life, or any but the same thing over and over, while nothing lies
/// unread, until it is said to spin, or to babble.
const SPINNING: Duration = Duration::from_secs(2);

/// Why something was waited for in vain.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum InVain {
    /// It can't come: every thread of every program waits for input that is not under way.
    Quiescent,
    /// The programs use processor time, and neither read nor write.
    Spinning,
    /// The programs use processor time, and write the same thing over and over.
    Babbling,
    /// The time was up.
    Overdue,
    /// The time of the whole scenario was up.
    PastLimit,
    /// The machine gave the programs no time.
    Starved,
}

impl InVain {
    /// What it settles; an error of the machine settles nothing, and the end of the scenario's time ends it.
    pub(super) fn proof(self) -> Flow<Proof> {
        match self {
            InVain::Quiescent => Ok(Proof::Quiescent),
            InVain::Spinning => Ok(Proof::Spinning),
            InVain::Babbling => Ok(Proof::Flooded),
            InVain::Overdue => Ok(Proof::Deadline),
            InVain::PastLimit => Err(Stop::PastLimit),
            InVain::Starved => Err(Trouble::TooSlow.into()),
        }
    }
}

/// Who looks at the programs of a box.
#[derive(Default)]
pub(super) enum Watcher {
    /// Nobody yet.
    #[default]
    NotYet,
    Looking(Box<Observer>),
    /// There is no box, or the kernel doesn't show it.
    Blind,
}

impl Stage {
    /// Waits until `check` gives something: it is asked again after every event, and now and then without one; often where
    /// `due` says that there is none.
    pub(super) async fn until<T>(
        &mut self,
        due: Due,
        mut check: impl FnMut(&mut Stage) -> Option<T>,
    ) -> Result<T, InVain> {
        let first = match due {
            Due { hasty: true, .. } => FIRST_LOOK_FOR_PROOF,
            Due { starts: true, .. } => FIRST_LOOK_AT_START,
            _ => FIRST_LOOK,
        };
        let mut pauses = Pauses::new();
        let mut between = first;
        let mut next_look = Instant::now() + between;
        let mut effort = None;
        let mut heard = false;
        let mut since = None;
        loop {
            heard |= self.take_in().await;
            // While something is passed on more is reported; `check` sees all that was when it looks at the programs.
            while self.relay().await {
                self.take_in().await;
                heard = true;
            }
            if heard {
                pauses = Pauses::new();
                between = first;
                next_look = Instant::now() + between;
                effort = None;
            }
            if let Some(settled) = check(self) {
                return Ok(settled);
            }
            self.clock.tick(&mut self.watcher);
            if self.clock.is_past_limit() {
                return Err(InVain::PastLimit);
            }
            if self.clock.is_over(&due) {
                return Err(InVain::Overdue);
            }
            if !due.starts && self.is_babbling(&mut since) {
                return Err(InVain::Babbling);
            }
            if Instant::now() >= due.wall {
                // Who is stopped wants no processor: no machine keeps it from going on.
                return Err(if self.clock.is_stopped() {
                    InVain::Overdue
                } else {
                    InVain::Starved
                });
            }
            // Whether what a line passed on was read has no event.
            let pause = match due.sought || self.lines.any {
                true => pauses.next(),
                false => next_look.saturating_duration_since(Instant::now()),
            };
            heard = self.hear_within(pause).await;
            if heard || Instant::now() < next_look {
                continue;
            }
            let rest = self.look().await;
            self.last_look = rest.clone();
            between = match rest {
                // Its input is about to be read, or its output about to come.
                Some(Rest::Busy(activity)) if !matches!(activity, Activity::Runs(_)) => first,
                _ => (between * 3).min(LONGEST_BETWEEN_LOOKS),
            };
            next_look = Instant::now() + between;
            match rest {
                Some(Rest::Quiet) if self.is_everything_heard().await => {
                    if self.relay_at_rest().await || self.let_go() {
                        continue;
                    }
                    // What has happened until then was not looked at yet.
                    return check(self).ok_or(InVain::Quiescent);
                }
                Some(Rest::Busy(_)) => {
                    let used = self.clock.used();
                    let spinning = used.saturating_sub(*effort.get_or_insert(used)) >= SPINNING;
                    if spinning && !self.lies_anything_unread() {
                        return Err(InVain::Spinning);
                    }
                }
                // As much at rest as such a program ever is.
                Some(Rest::Timed { .. } | Rest::Unknown(_)) | None
                    if self.lines.any
                        && self.is_everything_heard().await
                        && self.relay_at_rest().await => {}
                Some(Rest::Timed { .. } | Rest::Unknown(_)) | None if due.hasty => {
                    return Err(InVain::Overdue);
                }
                _ => {}
            }
        }
    }

    /// Does `work`, and hears what happens meanwhile, until it is done. `stuck` tells how far it has come, if nobody but the
    /// programs can let it go on.
    pub(super) async fn during<F: Future>(
        &mut self,
        due: Due,
        work: F,
        stuck: impl Fn() -> Option<usize>,
    ) -> Result<F::Output, InVain> {
        let mut work = std::pin::pin!(work);
        let mut before = None;
        loop {
            let vain = tokio::select! {
                biased;
                done = &mut work => return Ok(done),
                Err(vain) = self.until(due, |_| None::<()>) => vain,
            };
            // Between the look that proved it and now the work may have gone on: then it is proved anew.
            let now = stuck();
            if vain != InVain::Quiescent || now.is_some() && now == before {
                return Err(vain);
            }
            before = now;
        }
    }

    /// Takes what has been reported already; whether there was anything.
    pub(super) async fn take_in(&mut self) -> bool {
        let mut any = false;
        loop {
            if let Ok(report) = self.hearing.try_recv() {
                self.apply(report);
            } else if let Some(Ok(event)) = self.box_events.as_mut().map(|events| events.try_recv())
            {
                self.apply_box_event(event).await;
            } else {
                return any;
            }
            any = true;
        }
    }

    /// Waits for so long, or until something is heard.
    async fn hear_within(&mut self, pause: Duration) -> bool {
        let mut alarm = std::mem::take(&mut self.alarm);
        let heard = tokio::select! {
            heard = self.hear() => Some(heard),
            () = alarm.after(pause) => None,
        };
        self.alarm = alarm;
        match heard {
            Some(heard) => {
                self.heed(heard).await;
                true
            }
            None => false,
        }
    }

    /// Whether the programs are at rest; `None` where nobody can tell.
    async fn look(&mut self) -> Option<Rest> {
        if matches!(self.watcher, Watcher::NotYet) {
            self.watcher = match self.observer().await {
                Some(observer) => Watcher::Looking(Box::new(observer)),
                None => Watcher::Blind,
            };
        }
        match &mut self.watcher {
            Watcher::Looking(observer) => {
                for (setter, after, repeats) in self.timers.drain(..) {
                    observer.has_timer(setter, after, repeats);
                }
                for (process, still) in self.held_still.drain(..) {
                    observer.holds_still(process, still);
                }
                Some(observer.look())
            }
            _ => None,
        }
    }

    async fn observer(&self) -> Option<Observer> {
        let test_box = self.test_box.as_ref()?;
        // A program that runs somewhere else can be at work unseen.
        let elsewhere = |part: &Part| matches!(part, Part::Running(_));
        if self.players.iter().any(|player| elsewhere(&player.part)) {
            return None;
        }
        let root = test_box.root().await.ok()?;
        let table = SocketTable::new(test_box.diag_socket().await.ok()?);
        let scope = if test_box.has_own_network() {
            Scope::Own
        } else {
            Scope::Shared
        };
        Some(Observer::new(root, table, scope))
    }

    /// Whether Viva has heard all that has happened until now: from the box, and on its own ends of terminals, pipes and
    /// sockets. If not, it is heard soon.
    async fn is_everything_heard(&mut self) -> bool {
        if let Some(test_box) = &self.test_box
            && test_box.heard().await.is_err()
        {
            return false;
        }
        !self.can_read() && !self.take_in().await
    }

    /// Whether anything can be read at this moment that Viva is going to read. poll(2) on a terminal first hands over what is
    /// still on its way in the kernel.
    fn can_read(&self) -> bool {
        let mut waiting: Vec<PollFd<'_>> = self
            .players
            .iter()
            .flat_map(|player| ears(&player.part))
            .map(|descriptor| PollFd::from_borrowed_fd(descriptor, PollFlags::IN))
            .collect();
        // Broken off by a signal it has told nothing: nothing is proved by that.
        poll(&mut waiting, Some(&NOW)).map_or(true, |ready| ready > 0)
    }

    /// What the clock says, and the processor time that the programs have used by then; `None` where nobody has looked at them
    /// yet, or nobody can.
    pub(super) fn spent(&mut self) -> Option<(Duration, Duration)> {
        match &self.watcher {
            Watcher::Looking(_) => Some((self.clock.now(), self.clock.used())),
            _ => None,
        }
    }

    /// Whether all that has come somewhere, in the last [`SPINNING`] of the programs' own time, is the same over and over, though nothing
    /// lies unread. `since` is for its own use, and `None` when a wait begins.
    fn is_babbling(&mut self, since: &mut Option<(Duration, usize)>) -> bool {
        let now = (self.clock.used(), self.last_event());
        let (used, event) = *since.get_or_insert(now);
        if now.0.saturating_sub(used) < SPINNING {
            return false;
        }
        *since = Some(now);
        let mut streams = self.players.iter().flat_map(|player| &player.streams);
        streams.any(|(_, stream)| stream.repeated_after(event).is_some())
            && !self.lies_anything_unread()
    }

    /// Whether a program has something to read.
    fn lies_anything_unread(&mut self) -> bool {
        let Watcher::Looking(observer) = &mut self.watcher else {
            return true;
        };
        let sockets = observer.portrait().sockets;
        sockets.iter().any(|socket| {
            let lies = socket.unread > 0 || !socket.datagrams.is_empty();
            lies && !socket.holders.is_empty()
        })
    }
}

const NOW: Timespec = Timespec {
    tv_sec: 0,
    tv_nsec: 0,
};

/// Whether something can be written there at this moment.
pub(super) fn has_room(descriptor: BorrowedFd<'_>) -> bool {
    let mut waiting = [PollFd::from_borrowed_fd(descriptor, PollFlags::OUT)];
    // The same.
    poll(&mut waiting, Some(&NOW)).map_or(true, |ready| ready > 0)
}

/// What Viva reads on behalf of an actor.
fn ears(part: &Part) -> Vec<BorrowedFd<'_>> {
    match part {
        Part::Program(part) => part
            .program
            .iter()
            .flat_map(|program| program.descriptors())
            .collect(),
        Part::Running(_) | Part::Connection(None) => Vec::new(),
        Part::Connection(Some(connection)) => connection.descriptor().into_iter().collect(),
        Part::Server { listeners, .. } => listeners
            .iter()
            .map(|listener| listener.descriptor())
            .collect(),
        Part::Datagrams { sockets, .. } => sockets
            .iter()
            .filter_map(|socket| socket.descriptor())
            .collect(),
        Part::Proxy(relay) => relay.ears(),
    }
}
