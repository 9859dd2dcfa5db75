//! Passes on what crosses a proxy: takes clients in, reaches the server for each of them, and lets a [`Line`] for each
//! direction decide what comes out of it, and when.
//!
//! What a line holds back counts as something that Viva has yet to do: nothing is proved while it does.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;

use tokio::net::TcpStream;

use crate::actor::{Connection, Datagrams, Report, connect};
use crate::observe::SocketTable;
use crate::transcript::{ActorId, ActorKind, Channel, Data, EventKind};
use crate::verdict::Trouble;
use crate::wire::{Cargo, Line, When};

use super::address::{beside, is_about_the_address};
use super::player::{Part, Player};
use super::relay::{Arrival, Crossing, Ends, Relay, Setting, WAYS, line_streams};
use super::stage::Stage;

/// An attempt to reach a server that so many looks have not seen succeed waits in a full backlog.
const PATIENCE: usize = 3;

/// Through a proxy lead no more ways: a program that dials without end must not use up Viva's descriptors.
const MOST_WAYS: usize = 256;

impl Stage {
    /// Somebody has connected to a proxy.
    pub(super) fn comes_in(&mut self, proxy: ActorId, stream: TcpStream, from: SocketAddr) {
        if let Part::Proxy(relay) = &mut self.player_mut(proxy).part {
            relay.waiting.push_back(Arrival::Connection(stream, from));
        }
    }

    /// A datagram has come to a proxy.
    pub(super) fn datagram_crosses(
        &mut self,
        actor: ActorId,
        channel: Channel,
        data: Vec<u8>,
        from: SocketAddr,
    ) {
        if channel == Channel::ToClient {
            let data = Data(data);
            return self.crosses(actor, EventKind::Came { channel, data });
        }
        if let Part::Proxy(relay) = &mut self.player_mut(actor).part {
            relay.waiting.push_back(Arrival::Datagram(data, from));
        }
    }

    /// The server was reached for a client of a proxy, or not.
    pub(super) fn reached(
        &mut self,
        actor: ActorId,
        to: SocketAddr,
        outcome: io::Result<TcpStream>,
    ) {
        self.lines.reaching = self.lines.reaching.saturating_sub(1);
        let reports = self.reports.clone();
        let opened = outcome.and_then(|stream| {
            Connection::open(stream, to, actor, Channel::ToClient, reports, true)
        });
        let (kind, opened) = match opened {
            Ok(opened) => (EventKind::Connected { to: to.to_string() }, Some(opened)),
            Err(error) => {
                let errno = error.raw_os_error().unwrap_or(0);
                let to = to.to_string();
                (EventKind::Refused { to, errno }, None)
            }
        };
        self.record(actor, kind);
        let Part::Proxy(relay) = &mut self.player_mut(actor).part else {
            return;
        };
        let Some(crossing) = &mut relay.crossing else {
            return;
        };
        crossing.ways[0].shut = false;
        if opened.is_none() {
            crossing.ways[0].line.reset();
        }
        if let Ends::Streams(ends) = &mut crossing.ends {
            ends[1] = opened;
        }
    }

    /// Something comes to a proxy, on its way.
    pub(super) fn crosses(&mut self, actor: ActorId, kind: EventKind) {
        let now = self.began.elapsed();
        self.apply_event(actor, kind.clone());
        let Part::Proxy(relay) = &mut self.player_mut(actor).part else {
            return;
        };
        let Some(crossing) = &mut relay.crossing else {
            return;
        };
        let (EventKind::Came { channel, .. }
        | EventKind::PeerClosed { channel }
        | EventKind::CutOff { channel }) = kind
        else {
            return;
        };
        let line = &mut crossing.ways[usize::from(channel == Channel::ToClient)].line;
        match kind {
            EventKind::Came { data, .. } => line.take(data.0, now),
            EventKind::PeerClosed { .. } => line.end(),
            _ => line.reset(),
        }
    }

    /// Resets a client's connection across a proxy, on both sides.
    pub(super) async fn reset_line(&mut self, actor: ActorId) {
        if let Part::Proxy(relay) = &mut self.player_mut(actor).part
            && let Some(crossing) = &mut relay.crossing
            && let Ends::Streams(ends) = &mut crossing.ends
        {
            let ends: Vec<Connection> = ends.iter_mut().filter_map(Option::take).collect();
            if !ends.is_empty() {
                self.lines.resetting.extend(ends);
                self.record(actor, EventKind::Reset);
            }
        }
        self.relay().await;
    }

    /// Lets cross what may cross at this moment; whether anything did: if not, this future has never waited. Nothing is lost
    /// when it is dropped.
    pub(super) async fn relay(&mut self) -> bool {
        if !self.lines.any {
            return false;
        }
        let mut any = self.let_in().await;
        if self.lines.table.is_none()
            && let Some(test_box) = &self.test_box
        {
            self.lines.table = test_box.diag_socket().await.ok().map(SocketTable::new);
            any |= self.lines.table.is_some();
        }
        any |= self.pass_all(false);
        while let Some(connection) = self.lines.resetting.pop() {
            // An end that is gone already needs no reset.
            let _ = connection.reset().await;
        }
        any
    }

    /// Nothing else happens any more: lets cross what waited for that. Whether something has crossed, or will.
    pub(super) async fn relay_at_rest(&mut self) -> bool {
        if !self.lines.any {
            return false;
        }
        if self.relay().await || self.pass_all(true) {
            self.lines.patience = PATIENCE;
            return true;
        }
        if self.relays().any(Relay::waits_for_time) {
            return true;
        }
        // The kernel is through with it, but perhaps this process has not heard yet.
        let reaches = self.lines.reaching > 0 && self.lines.patience > 0;
        self.lines.patience = self.lines.patience.saturating_sub(1);
        reaches
    }

    fn relays(&self) -> impl Iterator<Item = &Relay> {
        self.players.iter().filter_map(|player| match &player.part {
            Part::Proxy(relay) => Some(relay.as_ref()),
            _ => None,
        })
    }

    /// Takes in who waits at the gates.
    async fn let_in(&mut self) -> bool {
        let mut any = false;
        for index in 0..self.players.len() {
            let proxy = ActorId(index);
            while let Some((setting, from)) = self.next_arrival(proxy) {
                any = true;
                if let Some(actor) = self.way_of(&setting, from) {
                    if let Some(Arrival::Datagram(bytes, _)) = self.take_arrival(proxy) {
                        let (channel, data) = (Channel::ToServer, Data(bytes));
                        self.crosses(actor, EventKind::Came { channel, data });
                    }
                    continue;
                }
                let server = self.named(&setting.to).first().copied();
                let has_room = self.named(&setting.name).len() < MOST_WAYS;
                let to = server
                    .filter(|_| has_room)
                    .and_then(|server| self.address_of(server, setting.transport));
                let socket = match to {
                    Some(to) => {
                        let socket = self.socket(!setting.is_stream(), to.is_ipv6()).await;
                        match self.done(socket) {
                            None => return any,
                            socket => socket,
                        }
                    }
                    None => None,
                };
                match (to.zip(socket), self.take_arrival(proxy)) {
                    (Some((to, socket)), Some(Arrival::Connection(stream, from))) => {
                        let actor = self.enter_line(&setting);
                        let from_client = EventKind::Accepted {
                            from: from.to_string(),
                        };
                        self.record(actor, from_client);
                        let reports = self.reports.clone();
                        let opened = Connection::open(
                            stream,
                            from,
                            actor,
                            Channel::ToServer,
                            reports.clone(),
                            true,
                        );
                        let ends = Ends::Streams([self.done(opened), None]);
                        self.set_out(actor, &setting, from, ends);
                        self.lines.reaching += 1;
                        self.lines.patience = PATIENCE;
                        tokio::spawn(async move {
                            let outcome = connect(socket, to, None).await;
                            // The dispatcher may be gone already: then nobody wants to know.
                            let _ = reports.send(Report::Reached { actor, to, outcome });
                        });
                    }
                    (Some((to, socket)), Some(Arrival::Datagram(bytes, from))) => {
                        let actor = self.enter_line(&setting);
                        let (channel, reports) = (Channel::ToClient, self.reports.clone());
                        let opened = Datagrams::open(socket, beside(to), actor, channel, reports);
                        // No way leads to where the program is bound.
                        if opened.as_ref().is_err_and(is_about_the_address) {
                            self.lose(actor, bytes);
                            continue;
                        }
                        let Some(opened) = self.done(opened) else {
                            return any;
                        };
                        self.set_out(actor, &setting, from, Ends::Datagrams(opened, to));
                        let (channel, data) = (Channel::ToServer, Data(bytes));
                        self.crosses(actor, EventKind::Came { channel, data });
                    }
                    // There is no server yet: who connects is refused, as far as that is still possible; a datagram is lost.
                    (None, Some(Arrival::Connection(stream, _))) => {
                        let _ = rustix::net::sockopt::set_socket_linger(
                            &stream,
                            Some(std::time::Duration::ZERO),
                        );
                    }
                    (None, Some(Arrival::Datagram(bytes, _))) => self.lose(proxy, bytes),
                    (_, None) => {}
                }
            }
        }
        any
    }

    /// A datagram has come from a client, and can't be passed on.
    fn lose(&mut self, actor: ActorId, bytes: Vec<u8>) {
        let (channel, data) = (Channel::ToServer, Data(bytes));
        let lost = EventKind::Lost {
            channel,
            data: data.clone(),
        };
        self.apply_event(actor, EventKind::Came { channel, data });
        self.record(actor, lost);
    }

    /// What Viva has done for a proxy. That it could not is no failure of a program.
    fn done<T>(&mut self, outcome: io::Result<T>) -> Option<T> {
        match outcome {
            Ok(done) => Some(done),
            Err(error) => {
                self.trouble.get_or_insert(Trouble::system("proxy", &error));
                None
            }
        }
    }

    fn next_arrival(&self, proxy: ActorId) -> Option<(Arc<Setting>, SocketAddr)> {
        let Part::Proxy(relay) = &self.player(proxy).part else {
            return None;
        };
        let (Arrival::Connection(_, from) | Arrival::Datagram(_, from)) = relay.waiting.front()?;
        Some((Arc::clone(&relay.setting), *from))
    }

    fn take_arrival(&mut self, proxy: ActorId) -> Option<Arrival> {
        match &mut self.player_mut(proxy).part {
            Part::Proxy(relay) => relay.waiting.pop_front(),
            _ => None,
        }
    }

    /// The way of a client that has sent datagrams before.
    fn way_of(&self, setting: &Setting, from: SocketAddr) -> Option<ActorId> {
        let of = |player: &Player| match &player.part {
            Part::Proxy(relay) => {
                relay.setting.first == setting.first
                    && relay.crossing.as_ref().is_some_and(|crossing| {
                        crossing.client == from && matches!(crossing.ends, Ends::Datagrams(..))
                    })
            }
            _ => false,
        };
        self.players.iter().position(of).map(ActorId)
    }

    /// The actor for one more client: the proxy itself for the first.
    fn enter_line(&mut self, setting: &Arc<Setting>) -> ActorId {
        let is_free = match &self.player(setting.first).part {
            Part::Proxy(relay) => relay.crossing.is_none(),
            _ => false,
        };
        if is_free {
            return setting.first;
        }
        let number = self.named(&setting.name).len() + 1;
        let part = Part::Proxy(Box::new(Relay::new(Arc::clone(setting))));
        let mut player = Player::new(&format!("{}[{number}]", setting.name), part);
        player.base.clone_from(&setting.name);
        player.index = number;
        player.streams = line_streams(setting.form);
        let kind = if setting.is_stream() {
            ActorKind::TcpProxy
        } else {
            ActorKind::UdpProxy
        };
        self.enter(player, kind)
    }

    fn set_out(&mut self, actor: ActorId, setting: &Setting, client: SocketAddr, ends: Ends) {
        let player = self.player_mut(actor);
        let ways = setting.ways(player.index);
        if let Part::Proxy(relay) = &mut player.part {
            relay.crossing = Some(Crossing { client, ends, ways });
        }
    }

    fn pass_all(&mut self, at_rest: bool) -> bool {
        let mut any = false;
        for index in 0..self.players.len() {
            let taken = match &mut self.players[index].part {
                Part::Proxy(relay) => relay.crossing.take(),
                _ => None,
            };
            let Some(mut crossing) = taken else {
                continue;
            };
            for way in 0..WAYS.len() {
                any |= self.pass(ActorId(index), &mut crossing, way, at_rest);
            }
            if let Part::Proxy(relay) = &mut self.players[index].part {
                relay.crossing = Some(crossing);
            }
        }
        any
    }

    /// Passes on what may go in one direction, of what waits for rest only one thing; whether there was any.
    fn pass(
        &mut self,
        actor: ActorId,
        crossing: &mut Crossing,
        way: usize,
        mut at_rest: bool,
    ) -> bool {
        let (channel, now) = (WAYS[way], self.began.elapsed());
        let mut any = false;
        while !crossing.ways[way].shut {
            let unwritten = std::mem::take(&mut crossing.ways[way].unwritten);
            if !unwritten.is_empty() {
                let written = self.write_across(actor, crossing, way, &unwritten);
                any |= written > 0;
                crossing.ways[way].unwritten = unwritten[written..].to_vec();
                if written < unwritten.len() {
                    return any;
                }
            }
            let mut table = self.lines.table.take();
            let mut line =
                std::mem::replace(&mut crossing.ways[way].line, Line::new(Vec::new(), true, 0));
            let cargo = line.next(|when| match when {
                When::Now => true,
                When::Read => crossing.is_read(way, table.as_mut()),
                When::AtRest => std::mem::take(&mut at_rest),
                When::At(time) => time <= now,
            });
            crossing.ways[way].line = line;
            self.lines.table = table;
            let Some(cargo) = cargo else {
                return any;
            };
            any = true;
            match (cargo, &mut crossing.ends) {
                (Cargo::Bytes(bytes), Ends::Streams(_)) => {
                    let data = Data(bytes.clone());
                    self.record(actor, EventKind::PassedOn { channel, data });
                    crossing.ways[way].unwritten = bytes;
                }
                (Cargo::Bytes(bytes), Ends::Datagrams(socket, server)) => {
                    let data = Data(bytes);
                    // A datagram that finds no room is lost, as on any line.
                    let sent = match way {
                        0 => socket.try_send(&data.0, *server),
                        _ => self.send_from_gate(actor, &data.0, crossing.client),
                    };
                    let kind = match sent {
                        Ok(true) => EventKind::PassedOn { channel, data },
                        _ => EventKind::Lost { channel, data },
                    };
                    self.record(actor, kind);
                }
                (Cargo::Lost(bytes), _) => {
                    let data = Data(bytes);
                    self.record(actor, EventKind::Lost { channel, data });
                }
                (Cargo::End, Ends::Streams(ends)) => {
                    self.record(actor, EventKind::PassedEnd { channel });
                    if let Some(end) = &ends[1 - way] {
                        // The other side may have reset it already: nothing is left to close then.
                        let _ = end.end_writing();
                    }
                }
                (Cargo::Reset, Ends::Streams(ends)) => {
                    let ends: Vec<Connection> = ends.iter_mut().filter_map(Option::take).collect();
                    if !ends.is_empty() {
                        self.record(actor, EventKind::Reset);
                        self.lines.resetting.extend(ends);
                    }
                }
                (Cargo::End | Cargo::Reset, Ends::Datagrams(..)) => {}
            }
        }
        any
    }

    /// How much of `bytes` is done with: written, or lost since nobody takes it any more.
    fn write_across(
        &mut self,
        actor: ActorId,
        crossing: &Crossing,
        way: usize,
        bytes: &[u8],
    ) -> usize {
        let Ends::Streams(ends) = &crossing.ends else {
            return bytes.len();
        };
        let written = match &ends[1 - way] {
            Some(end) => end.writer().try_write(bytes),
            None => Err(io::ErrorKind::NotConnected.into()),
        };
        written.unwrap_or_else(|_| {
            let (channel, data) = (WAYS[way], Data(bytes.to_vec()));
            self.record(actor, EventKind::Lost { channel, data });
            bytes.len()
        })
    }

    fn send_from_gate(&self, actor: ActorId, bytes: &[u8], client: SocketAddr) -> io::Result<bool> {
        let Part::Proxy(relay) = &self.player(actor).part else {
            return Ok(false);
        };
        match &self.player(relay.setting.first).part {
            Part::Proxy(gate) => match gate.sockets.first() {
                Some(socket) => socket.try_send(bytes, client),
                None => Ok(false),
            },
            _ => Ok(false),
        }
    }
}
