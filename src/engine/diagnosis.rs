//! What every program was doing when a step had failed.

use std::net::SocketAddr;
use std::time::Duration;

use std::cell::Cell;

use crate::observe::{
    Awaiting, Doing as Does, Portrait, Protocol, Resource, Rest, SocketPortrait, Source, TcpState,
    Wait,
};
use crate::transcript::{ActorId, Channel, Data, EventKind, Miss, Pattern, Proof};
use crate::verdict::{Doing, Expected, Failure, Note, Standing, Unproved, Unread};
use crate::wire::Framing;

use super::belongings::Belongings;
use super::play::Run;
use super::player::Part;
use super::stage::Stage;
use super::stream::Look;
use super::waiting::Watcher;

/// How long programs are given to come to rest before they are described.
const TO_REST: Duration = Duration::from_millis(100);

/// How long a program is given to write what it has held back, once its input is ended.
const TO_END: Duration = Duration::from_millis(500);

impl Run<'_> {
    /// Adds what the kernel shows of the programs.
    pub(super) async fn diagnose(&mut self, failure: &mut Failure) {
        let last_look = match failure.proof {
            Proof::Deadline => self.stage.last_look.clone(),
            _ => None,
        };
        if failure.proof != Proof::Quiescent && failure.proof != Proof::Spinning {
            // Whatever comes now comes too late for the verdict.
            let due = self.stage.clock.hasty(TO_REST);
            let _ = self.stage.until(due, |_| None::<()>).await;
        }
        if let Some(portrait) = self.stage.portrait() {
            let obstacle = last_look.and_then(|look| self.stage.obstacle(&look, &portrait));
            failure.notes.extend(obstacle.map(Note::Unproved));
            if failure.miss == Miss::Never
                && self.stage.is_unaccepted(&failure.subject.actor, &portrait)
            {
                failure.miss = Miss::Refused;
            }
            let spins = matches!(failure.proof, Proof::Spinning | Proof::Flooded);
            let mut telling: Vec<Note> = self.stage.floods(&failure.notes);
            let standings = self.stage.standings(&portrait, spins);
            telling.extend(standings.into_iter().map(Note::Stood));
            let nothing_came = matches!(
                failure.miss,
                Miss::Never | Miss::Refused | Miss::NotStarted | Miss::NotEnded
            );
            let is_known = |note: &Note| matches!(note, Note::CameBefore { .. });
            let at = match nothing_came && !failure.notes.iter().any(is_known) {
                true => 0,
                false => failure.notes.len(),
            };
            failure.notes.splice(at..at, telling);
        }
        failure.notes.splice(0..0, self.stage.talk_to_themselves());
        self.tell_old_from_double(failure);
        self.look_for_the_unflushed(failure).await;
        self.look_for_who_reads_lines(failure).await;
    }

    /// Sends a newline behind a last message that had none, and looks whether what was missing comes then.
    async fn look_for_who_reads_lines(&mut self, failure: &mut Failure) {
        let Expected::Text(text) = &failure.expected else {
            return;
        };
        let is_raw = self.variables.conventions.message == Framing::Raw;
        if !is_raw || failure.miss != Miss::Never || failure.proof != Proof::Quiescent {
            return;
        }
        let mut events = self.stage.transcript.events.iter().rev();
        let last = events.find_map(|event| match &event.kind {
            EventKind::Sent(data) => Some((event.actor, data.0.ends_with(b"\n"))),
            _ => None,
        });
        let Some((from, false)) = last else { return };
        if self.stage.player(from).talk.is_some() {
            return;
        }
        let (waits, writer) = match (
            self.stage.named(&failure.subject.actor).first().copied(),
            &self.stage.player(from).part,
        ) {
            (Some(waits), Part::Connection(Some(connection))) => (waits, connection.writer()),
            _ => return,
        };
        let (channel, before) = (failure.subject.channel, self.stage.last_event());
        let mut brought = None;
        // What any further byte brings does not wait for the end of a line.
        for piece in [b" ", b"\n"] {
            let due = self.stage.clock.due(TO_END);
            let taken = Cell::new(0);
            let writing = writer.write(piece, &taken);
            let written = self.stage.during(due, writing, || Some(taken.get())).await;
            if !matches!(written, Ok(Ok(()))) {
                break;
            }
            if self.stage.comes_at_last(waits, channel, text).await {
                brought = Some(piece);
                break;
            }
        }
        // What came of the question is no part of the run.
        self.stage.transcript.events.truncate(before);
        if brought == Some(b"\n") {
            let from = self.stage.player(from).name.clone();
            failure.notes.insert(0, Note::ReadsLines { from });
        }
    }

    /// Ends the input of a program that may hold something back, and looks whether what was missing comes then.
    async fn look_for_the_unflushed(&mut self, failure: &mut Failure) {
        let may_be = |note: &Note| match note {
            Note::MayBeUnflushed { actor } => Some(actor.clone()),
            _ => None,
        };
        let (Some(at), Expected::Text(text)) = (
            failure.notes.iter().position(|note| may_be(note).is_some()),
            &failure.expected,
        ) else {
            return;
        };
        let Some(actor) = may_be(&failure.notes[at]) else {
            return;
        };
        let Some(id) = self.stage.named(&actor).first().copied() else {
            return;
        };
        let Some(program) = self
            .stage
            .program_mut(id)
            .and_then(|part| part.program.as_mut())
        else {
            return;
        };
        let process = program.process.id;
        // It is on pipes. Whether it could be asked shows in what comes.
        let _ = program.end_input();
        if let Some(test_box) = &self.stage.test_box {
            let _ = test_box.signal(process, libc::SIGINT).await;
        }
        if self.stage.comes_at_last(id, Channel::Stdout, text).await {
            failure.miss = Miss::Unflushed;
            failure.notes[at] = Note::Unflushed { actor };
        }
    }
}

impl Stage {
    /// Whether this still comes there, now that somebody has been asked for it.
    async fn comes_at_last(&mut self, id: ActorId, channel: Channel, text: &Data) -> bool {
        let (due, pattern) = (self.clock.due(TO_END), Pattern::Bytes(text.0.clone()));
        let came = self.until(due, |stage| {
            let stream = stage.player(id).stream(channel)?;
            match stream.look(&pattern, None) {
                Look::Hit(_) => Some(true),
                _ => stream.ended.then_some(false),
            }
        });
        came.await == Ok(true)
    }

    /// All programs as they are at this moment; `None` where nobody has looked at them yet, or nobody can.
    pub(super) fn portrait(&mut self) -> Option<Portrait> {
        match &mut self.watcher {
            Watcher::Looking(observer) => Some(observer.portrait()),
            _ => None,
        }
    }

    /// Whether every thread of a process is stopped, or nobody can see that.
    pub(super) fn stands_still(&mut self, pid: i32) -> bool {
        if matches!(self.watcher, Watcher::NotYet) {
            return false;
        }
        let portrait = self.portrait();
        let processes = portrait.iter().flat_map(|portrait| &portrait.processes);
        let mut threads = processes
            .filter(|process| process.pid == pid)
            .flat_map(|process| &process.threads);
        threads.all(|thread| thread.doing == Does::Stopped)
    }

    /// What kept a wait from being proved vain, by the last look at it.
    fn obstacle(&self, look: &Rest, portrait: &Portrait) -> Option<Unproved> {
        Some(match look {
            Rest::Quiet => return None,
            Rest::Timed { soonest, who } => Unproved::Timed {
                actor: self.program_of(who.process, portrait)?,
                ms: soonest.map(|soonest| soonest.as_millis() as u64),
            },
            Rest::Busy(_) => Unproved::Busy,
            Rest::Unknown(_) => Unproved::Hidden,
        })
    }

    /// The program that the process belongs to; `None` for a daemon of one of several programs.
    fn program_of(&self, pid: i32, portrait: &Portrait) -> Option<String> {
        let mut processes = portrait.processes.iter();
        let process = processes.find(|process| process.pid == pid);
        let top = process.map_or(pid, |process| process.program);
        let mut actors = (0..self.players.len()).map(ActorId);
        let owner = actors.find(|id| self.owner(*id).is_some_and(|owner| owner.owns(top)));
        Some(self.player(owner?).name.clone())
    }

    /// Whether the connection of this peer was never taken by a program: it belongs to no file yet.
    fn is_unaccepted(&self, actor: &str, portrait: &Portrait) -> bool {
        self.named(actor).first().is_some_and(|id| {
            let Part::Connection(Some(connection)) = &self.player(*id).part else {
                return false;
            };
            portrait.sockets.iter().any(|socket| {
                socket.local == connection.remote
                    && socket.remote == Some(connection.local)
                    && socket.holders.is_empty()
                    && socket.inode == 0
                    && socket.state == Some(TcpState::Established)
            })
        })
    }

    /// The programs that have printed more than is kept: they are not read any more.
    fn floods(&self, known: &[Note]) -> Vec<Note> {
        let is_told = |note: &Note| matches!(note, Note::Flood { .. } | Note::Repeats { .. });
        if known.iter().any(is_told) {
            return Vec::new();
        }
        let programs = self.players.iter().filter(|player| player.is_program());
        programs
            .filter_map(|player| {
                let (_, flooded) = player.streams.iter().find(|(_, stream)| stream.flooded)?;
                let actor = player.name.clone();
                Some(match flooded.repeated_after(0) {
                    Some(repeated) => repeated.told_of(actor),
                    None => Note::Flood {
                        actor,
                        kept: flooded.len(),
                    },
                })
            })
            .collect()
    }

    /// The programs that send to the address that they have bound themselves: datagrams that come from there are their own.
    fn talk_to_themselves(&self) -> Vec<Note> {
        let programs = (0..self.players.len()).map(ActorId);
        programs
            .filter_map(|id| {
                let part = self.program(id)?;
                let mut dialled = part.dialled.iter();
                let address = dialled.find(|address| part.bound.contains(address))?;
                Some(Note::TalksToItself {
                    actor: self.player(id).name.clone(),
                    address: address.to_string(),
                })
            })
            .collect()
    }

    /// What each program that runs was doing, as far as that can be told.
    fn standings(&self, portrait: &Portrait, spins: bool) -> Vec<Standing> {
        (0..self.players.len())
            .map(ActorId)
            .filter_map(|id| {
                let player = self.player(id);
                if player.exit.is_some() {
                    return None;
                }
                let held = self.owner(id)?.belongings(portrait);
                let standing = self.standing(&player.name, &held, spins);
                let tells = !standing.doing.is_empty()
                    || !standing.unread.is_empty()
                    || !standing.unclosed.is_empty()
                    || standing.unaccepted > 0
                    || standing.dropped > 0;
                tells.then_some(standing)
            })
            .collect()
    }

    fn standing(&self, name: &str, held: &Belongings, spins: bool) -> Standing {
        let mut doing = Vec::new();
        for thread in &held.threads {
            match self.doing(&thread.doing, held) {
                // Whoever runs when it is looked at may be about to rest.
                Some(Doing::Runs) if !spins => {}
                Some(Doing::Other) => {}
                Some(Doing::Lock) if held.is_of_the_runtime(thread) => {}
                does => does.into_iter().for_each(|does| merge(&mut doing, does)),
            }
        }
        let (mut unread, mut unclosed, mut unaccepted) = (Vec::<Unread>::new(), Vec::new(), 0);
        let is_open = |socket: &&SocketPortrait| !socket.holders.is_empty();
        for socket in held.sockets.iter().filter(is_open) {
            unaccepted += socket.queue.unwrap_or(0) as usize;
            if socket.protocol == Protocol::Udp {
                continue;
            }
            let peer = socket
                .remote
                .and_then(|remote| self.at_the_other_end(socket.local, remote));
            if socket.unread > 0 {
                unread.extend(peer.clone().map(|from| Unread {
                    from,
                    bytes: socket.unread as usize,
                    datagrams: None,
                }));
            }
            if socket.state == Some(TcpState::CloseWait) && socket.unread == 0 {
                unclosed.extend(peer);
            }
        }
        unread.extend(self.datagrams(held).unwrap_or_default());
        Standing {
            actor: name.to_owned(),
            doing,
            unread,
            unaccepted,
            dropped: held.dropped(),
            unclosed,
            threads: held.threads.len(),
            descriptors: held.count(Resource::Descriptors).unwrap_or(0),
        }
    }

    fn doing(&self, does: &Does, held: &Belongings) -> Option<Doing> {
        Some(match does {
            Does::Runs => Doing::Runs,
            Does::Stopped => Doing::Stopped,
            Does::Unknown => return None,
            Does::Waits { wait, .. } => match wait {
                Wait::Input(sources) => return self.awaited(sources, held),
                Wait::Lock => Doing::Lock,
                Wait::Child(_) => Doing::Child,
                Wait::Signal => Doing::Signal,
                Wait::Sleep => Doing::Sleep,
                Wait::Opening => Doing::Pipe,
                Wait::Viva | Wait::Call(_) => Doing::Other,
            },
        })
    }

    /// What a thread waits for at its descriptors.
    fn awaited(&self, sources: &[Source], held: &Belongings) -> Option<Doing> {
        let peer = |local: SocketAddr, remote: SocketAddr| {
            Vec::from_iter(self.at_the_other_end(local, remote))
        };
        let mut all = Vec::new();
        for source in sources {
            let does = match &source.what {
                Awaiting::Keyboard => Doing::Keyboard,
                Awaiting::Data { local, remote } => Doing::Receive {
                    from: peer(*local, *remote),
                },
                Awaiting::Datagram { .. } => Doing::Receive { from: Vec::new() },
                Awaiting::Connection { .. } => Doing::Accept,
                Awaiting::Room { local, remote } => Doing::Send {
                    to: remote.map_or_else(Vec::new, |remote| peer(*local, remote)),
                },
                Awaiting::Connect { .. } => Doing::Connect,
                // How a runtime wakes itself says nothing to a student.
                Awaiting::Pipe | Awaiting::PipeRoom if held.is_one_process() => continue,
                Awaiting::Event => continue,
                Awaiting::Pipe | Awaiting::PipeRoom => Doing::Pipe,
                Awaiting::OutputRoom | Awaiting::Closed | Awaiting::Other(_) => continue,
            };
            merge(&mut all, does);
        }
        // The kernel tells them in no order.
        all.sort();
        for does in &mut all {
            if let Doing::Receive { from: names } | Doing::Send { to: names } = does {
                names.sort_by_key(|name| self.named(name).first().map(|id| id.0));
            }
        }
        match all.len() {
            0 if sources.is_empty() => Some(Doing::Sleep),
            0 | 1 => all.pop(),
            _ => Some(Doing::Several { of: all }),
        }
    }

    /// Who is at the other end of a program's connection: an actor of Viva, or another program.
    fn at_the_other_end(&self, local: SocketAddr, remote: SocketAddr) -> Option<String> {
        let player = self.players.iter().find(|player| match &player.part {
            Part::Connection(Some(connection)) => {
                connection.local == remote && connection.remote == local
            }
            Part::Datagrams { sockets, .. } => sockets.iter().any(|socket| socket.local == remote),
            Part::Program(part) => part.listening.contains(&remote) || part.bound.contains(&remote),
            Part::Proxy(relay) => relay.is_at(local, remote),
            _ => false,
        });
        Some(player?.name.clone())
    }

    /// The datagrams that lie unread in a program's sockets, by who has sent them; `None` where the kernel doesn't show them.
    pub(super) fn datagrams(&self, held: &Belongings) -> Option<Vec<Unread>> {
        let mut all: Vec<Unread> = Vec::new();
        for socket in &held.sockets {
            if socket.protocol != Protocol::Udp || socket.unread == 0 && socket.datagrams.is_empty()
            {
                continue;
            }
            if socket.datagrams.is_empty() {
                return None;
            }
            for datagram in &socket.datagrams {
                let from = self.at_the_other_end(socket.local, datagram.from);
                let from = from.unwrap_or_else(|| datagram.from.to_string());
                let bytes = datagram.bytes as usize;
                match all.iter_mut().find(|unread| unread.from == from) {
                    Some(known) => {
                        known.bytes += bytes;
                        known.datagrams = known.datagrams.map(|count| count + 1);
                    }
                    None => all.push(Unread {
                        from,
                        bytes,
                        datagrams: Some(1),
                    }),
                }
            }
        }
        Some(all)
    }
}

/// Adds what a thread does, each thing once.
fn merge(doing: &mut Vec<Doing>, does: Doing) {
    for known in &mut *doing {
        match (known, &does) {
            (Doing::Receive { from: all }, Doing::Receive { from: new })
            | (Doing::Send { to: all }, Doing::Send { to: new }) => {
                for name in new {
                    if !all.contains(name) {
                        all.push(name.clone());
                    }
                }
                return;
            }
            (Doing::Several { of: all }, Doing::Several { of: new }) => {
                new.iter().for_each(|does| merge(all, does.clone()));
                return;
            }
            (known, does) if known == does => return,
            _ => {}
        }
    }
    doing.push(does);
}
