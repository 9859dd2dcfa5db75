//! The dispatcher: hears what actors report and what happens in the box, numbers it, and writes the transcript.

use std::net::SocketAddr;
use std::time::Duration;

use tokio::sync::mpsc;
use tokio::time::Instant;

use crate::actor::{Hearing, Report, Reports};
use crate::r#box::{BoxEvent, BoxEvents, ProcessId, TestBox};
use crate::observe::{Rest, Thread};
use crate::scenario::Transport;
use crate::transcript::{
    ActorId, ActorInfo, ActorKind, Channel, Data, Event, EventKind, ExitStatus, Transcript,
};
use crate::verdict::Trouble;

use super::address::reachable;
use super::clock::Clock;
use super::mutant::Mutant;
use super::pauses::Alarm;
use super::player::{Part, Player, ProgramPart};
use super::relay::Lines;
use super::waiting::Watcher;

/// Everything that moves while a scenario runs.
pub(super) struct Stage {
    pub(super) transcript: Transcript,
    pub(super) players: Vec<Player>,
    pub(super) test_box: Option<TestBox>,
    pub(super) box_events: Option<BoxEvents>,
    /// Index of the step that is being done.
    pub(super) step: Option<usize>,
    pub(super) reports: Reports,
    /// What makes all that is judged worthless, and no program can have brought about: the box has ended though nobody asked it to, or Viva
    /// could not do its work.
    pub(super) trouble: Option<Trouble>,
    pub(super) hearing: Hearing,
    pub(super) began: Instant,
    processes: Vec<(ProcessId, ActorId)>,
    pub(super) alarm: Alarm,
    pub(super) clock: Clock,
    pub(super) watcher: Watcher,
    /// Timers that were announced, and that the watcher has not been told of.
    pub(super) timers: Vec<(Thread, Duration, bool)>,
    /// Processes that a step has stopped, or let go on, and that the watcher has not been told of.
    pub(super) held_still: Vec<(i32, bool)>,
    /// What kept the last wait from being proved vain.
    pub(super) last_look: Option<Rest>,
    /// Who alters what comes from the programs.
    pub(super) mutant: Option<Mutant>,
    /// What the proxies share.
    pub(super) lines: Lines,
}

impl Stage {
    pub(super) fn new(opened: Option<(TestBox, BoxEvents)>) -> Self {
        let (reports, hearing) = mpsc::unbounded_channel();
        let (test_box, box_events) = opened.unzip();
        Stage {
            transcript: Transcript::default(),
            players: Vec::new(),
            test_box,
            box_events,
            step: None,
            reports,
            trouble: None,
            hearing,
            began: Instant::now(),
            processes: Vec::new(),
            alarm: Alarm::default(),
            clock: Clock::new(),
            watcher: Watcher::NotYet,
            timers: Vec::new(),
            held_still: Vec::new(),
            last_look: None,
            mutant: None,
            lines: Lines::default(),
        }
    }

    /// Adds an actor.
    pub(super) fn enter(&mut self, player: Player, kind: ActorKind) -> ActorId {
        self.transcript.actors.push(ActorInfo {
            name: player.name.clone(),
            kind,
            address: None,
        });
        self.players.push(player);
        ActorId(self.players.len() - 1)
    }

    pub(super) fn player(&self, id: ActorId) -> &Player {
        &self.players[id.0]
    }

    pub(super) fn player_mut(&mut self, id: ActorId) -> &mut Player {
        &mut self.players[id.0]
    }

    /// All actors of this name: one, or a crowd in order.
    pub(super) fn named(&self, name: &str) -> Vec<ActorId> {
        (0..self.players.len())
            .filter(|index| self.players[*index].base == name)
            .map(ActorId)
            .collect()
    }

    /// Where this actor is reached.
    pub(super) fn address_of(&self, id: ActorId, transport: Transport) -> Option<SocketAddr> {
        let (addresses, asked) = match &self.player(id).part {
            Part::Running(address) => return Some(*address),
            Part::Server { listeners, .. } => return Some(listeners.first()?.local),
            Part::Datagrams { sockets, .. } => return Some(sockets.first()?.local),
            Part::Proxy(relay) => return relay.local(),
            Part::Connection(_) => return None,
            Part::Program(part) => match transport {
                Transport::Udp => (&part.bound, part.asked),
                Transport::Tcp | Transport::WebSocket => (&part.listening, part.asked),
            },
        };
        let by_port = addresses.iter().find(|address| address.port() == asked);
        by_port.or(addresses.first()).copied()
    }

    /// The program part of an actor, if it is a program of the box.
    pub(super) fn program_mut(&mut self, id: ActorId) -> Option<&mut ProgramPart> {
        match &mut self.player_mut(id).part {
            Part::Program(part) => Some(part),
            _ => None,
        }
    }

    pub(super) fn program(&self, id: ActorId) -> Option<&ProgramPart> {
        match &self.player(id).part {
            Part::Program(part) => Some(part),
            _ => None,
        }
    }

    /// The process of a program that has been started, and was not stopped.
    pub(super) fn process(&self, id: ActorId) -> Option<ProcessId> {
        let program = self.program(id)?.program.as_ref()?;
        Some(program.process.id)
    }

    /// Whose process this is.
    pub(super) fn set_process(&mut self, process: ProcessId, actor: ActorId) {
        self.processes.push((process, actor));
    }

    pub(super) fn set_address(&mut self, id: ActorId, address: SocketAddr) {
        self.transcript.actors[id.0].address = Some(address.to_string());
    }

    /// Gives the event its number and writes it down.
    pub(super) fn record(&mut self, actor: ActorId, kind: EventKind) -> usize {
        let is_line = self.is_line(actor);
        if let Some(mutant) = self.mutant.as_mut().filter(|_| !is_line) {
            mutant.sees(actor, &kind);
        }
        let number = self.transcript.events.len() + 1;
        self.transcript.events.push(Event {
            number,
            at: self.began.elapsed(),
            actor,
            step: self.step,
            kind,
        });
        number
    }

    /// Number of the last event.
    pub(super) fn last_event(&self) -> usize {
        self.transcript.events.len()
    }

    /// The next thing that is heard; nothing is lost when this future is dropped.
    pub(super) async fn hear(&mut self) -> Heard {
        let Some(box_events) = &mut self.box_events else {
            return self.report().await;
        };
        tokio::select! {
            Some(report) = self.hearing.recv() => Heard::Report(report),
            event = box_events.recv() => match event {
                Some(event) => Heard::Box(event),
                None => {
                    self.box_events = None;
                    self.report().await
                }
            },
        }
    }

    async fn report(&mut self) -> Heard {
        match self.hearing.recv().await {
            Some(report) => Heard::Report(report),
            // Never: this stage holds a sender.
            None => std::future::pending().await,
        }
    }

    /// Writes down what was heard.
    pub(super) async fn heed(&mut self, heard: Heard) {
        match heard {
            Heard::Report(report) => self.apply(report),
            Heard::Box(event) => self.apply_box_event(event).await,
        }
    }

    pub(super) fn apply(&mut self, report: Report) {
        match report {
            Report::Event(actor, kind) if self.is_line(actor) => self.crosses(actor, kind),
            Report::Event(actor, EventKind::Received(Data(bytes)))
                if self.player(actor).talk.is_some() =>
            {
                self.hears(actor, bytes);
            }
            Report::Event(actor, kind) => self.comes(actor, kind),
            Report::Datagram {
                actor,
                channel,
                from,
                data,
            } if self.is_line(actor) => self.datagram_crosses(actor, channel, data, from),
            Report::Reached { actor, to, outcome } => self.reached(actor, to, outcome),
            Report::Datagram {
                actor, from, data, ..
            } => {
                let player = self.player_mut(actor);
                if let Part::Datagrams { to, .. } = &mut player.part {
                    // A server answers to whoever wrote last; a client goes on writing to its server.
                    if player.connects.is_none() {
                        *to = Some((to.map_or(0, |(socket, _)| socket), from));
                    }
                }
                self.comes(actor, EventKind::Received(Data(data)));
            }
            Report::Arrived {
                listener,
                stream,
                from,
            } if self.is_line(listener) => self.comes_in(listener, stream, from),
            Report::Arrived {
                listener,
                stream,
                from,
            } => {
                if let Part::Server { arrived, .. } = &mut self.player_mut(listener).part {
                    arrived.push_back((stream, from));
                }
            }
            Report::Trouble { doing, error } => {
                self.trouble
                    .get_or_insert_with(|| Trouble::system(doing, &error));
            }
        }
    }

    /// Something has come from a program.
    pub(super) fn comes(&mut self, actor: ActorId, kind: EventKind) {
        let begun = self.step.is_some();
        match &mut self.mutant {
            None => self.apply_event(actor, kind),
            Some(mutant) => {
                for (actor, kind) in mutant.alter(actor, kind, begun) {
                    self.apply_event(actor, kind);
                }
            }
        }
    }

    /// Nothing else will happen: a mutant has only held something back. Whether it has.
    pub(super) fn let_go(&mut self) -> bool {
        let held = self.mutant.as_mut().map(Mutant::let_go).unwrap_or_default();
        let any = !held.is_empty();
        for (actor, kind) in held {
            self.apply_event(actor, kind);
        }
        any
    }

    fn is_line(&self, actor: ActorId) -> bool {
        matches!(self.player(actor).part, Part::Proxy(_))
    }

    pub(super) fn apply_event(&mut self, actor: ActorId, kind: EventKind) {
        let channel = match &kind {
            EventKind::Printed { channel, .. }
            | EventKind::Came { channel, .. }
            | EventKind::CutOff { channel }
            | EventKind::PeerClosed { channel }
            | EventKind::Flooded { channel, .. } => *channel,
            _ => Channel::Wire,
        };
        let number = self.record(actor, kind.clone());
        let Some(stream) = self.player_mut(actor).stream_mut(channel) else {
            return;
        };
        match kind {
            EventKind::Printed { data, .. }
            | EventKind::Came { data, .. }
            | EventKind::Received(data) => stream.push(&data.0, number),
            EventKind::ReceivedMessage { kind, data } => stream.push_message(kind, &data.0, number),
            EventKind::PeerClosed { .. } => stream.ended = true,
            EventKind::PeerReset | EventKind::CutOff { .. } => {
                stream.ended = true;
                stream.reset = true;
            }
            EventKind::Flooded { .. } => stream.flooded = true,
            _ => {}
        }
    }

    pub(super) async fn apply_box_event(&mut self, event: BoxEvent) {
        let actor_of = |stage: &Stage, process: ProcessId| {
            stage
                .processes
                .iter()
                .rev()
                .find(|(known, _)| *known == process)
                .map(|(_, actor)| *actor)
        };
        match event {
            BoxEvent::Exited { process, status } => {
                let Some(actor) = actor_of(self, process) else {
                    return;
                };
                let mut status = exit_status(status);
                if let Some(mutant) = &mut self.mutant {
                    status = mutant.exit(status);
                }
                self.record(actor, EventKind::Exited(status));
                self.player_mut(actor).exit = Some(status);
            }
            BoxEvent::Listening {
                process,
                address,
                only_v6,
                ..
            } => {
                let Some(actor) = actor_of(self, process) else {
                    return;
                };
                self.note_listening(actor, address, only_v6);
            }
            BoxEvent::Bound {
                process,
                address,
                only_v6,
                udp,
            } => {
                let Some(actor) = actor_of(self, process) else {
                    return;
                };
                if udp {
                    self.note_bound(actor, address, only_v6);
                }
            }
            BoxEvent::Dialling {
                process,
                address,
                udp,
                hold,
            } => {
                // Port 0 is nobody's: getaddrinfo(3) "connects" a datagram socket there to learn its own address. Whoever sends to
                // somebody that came to it answers, and dials nobody.
                let dials = address.port() != 0 && !(udp && self.is_client(address));
                if let Some(actor) = actor_of(self, process).filter(|_| dials) {
                    self.record(
                        actor,
                        EventKind::Dialled {
                            address: address.to_string(),
                        },
                    );
                    self.meet(actor, address, udp).await;
                    if let Some(part) = self.program_mut(actor) {
                        part.dialled.push(address);
                    }
                }
                drop(hold);
            }
            BoxEvent::Timer {
                pid,
                thread,
                after,
                repeats,
                ..
            } => {
                let setter = Thread {
                    process: pid,
                    thread,
                };
                self.timers.push((setter, after, repeats));
            }
            BoxEvent::Unwatched { process } => {
                if let Some(actor) = actor_of(self, process)
                    && let Some(part) = self.program_mut(actor)
                {
                    part.watched = false;
                }
            }
            BoxEvent::Gone(error) => {
                self.trouble
                    .get_or_insert_with(|| Trouble::system("box", &error));
            }
        }
    }

    /// Whether a client that Viva plays sends its datagrams from this address.
    fn is_client(&self, address: SocketAddr) -> bool {
        let kinds = self.transcript.actors.iter().map(|actor| &actor.kind);
        let clients = self.players.iter().zip(kinds);
        let mut clients = clients.filter(|(_, kind)| **kind == ActorKind::UdpClient);
        clients.any(|(client, _)| {
            matches!(&client.part, Part::Datagrams { sockets, .. }
                if sockets.iter().any(|socket| socket.local == address))
        })
    }

    pub(super) fn note_listening(&mut self, actor: ActorId, address: SocketAddr, only_v6: bool) {
        self.record(
            actor,
            EventKind::Listening {
                address: address.to_string(),
            },
        );
        if let Some(part) = self.program_mut(actor) {
            part.listening.push(reachable(address, only_v6));
        }
    }

    pub(super) fn note_bound(&mut self, actor: ActorId, address: SocketAddr, only_v6: bool) {
        self.record(
            actor,
            EventKind::Bound {
                address: address.to_string(),
            },
        );
        if let Some(part) = self.program_mut(actor) {
            part.bound.push(reachable(address, only_v6));
        }
    }
}

pub(super) enum Heard {
    Report(Report),
    Box(BoxEvent),
}

fn exit_status(status: crate::r#box::ExitStatus) -> ExitStatus {
    match status {
        crate::r#box::ExitStatus::Code(code) => ExitStatus::Code(code),
        crate::r#box::ExitStatus::Signal(signal) => ExitStatus::Signal(signal),
    }
}
