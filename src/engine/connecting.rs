//! Connects the clients that Viva plays.

use std::io;
use std::net::SocketAddr;

use crate::actor::{Connection, Datagrams, connect};
use crate::scenario::Transport;
use crate::transcript::{ActorId, Channel, EventKind, Miss, Proof};
use crate::verdict::{Actual, Expected, StepRef, Trouble};

use super::address::{beside, is_about_the_address};
use super::clock::Due;
use super::explain::Attempt;
use super::play::{Flow, Run, Stop};
use super::player::Part;

impl Run<'_> {
    /// Connects a client of Viva and does the handshake of the conventions.
    pub(super) async fn connect(&mut self, id: ActorId, step: &StepRef, due: Due) -> Flow {
        let Some(connects) = self.stage.player(id).connects.clone() else {
            return Ok(());
        };
        let attempt = Attempt::new(id, step);
        let server = self.stage.named(&connects.to).first().copied();
        let to = match server.and_then(|server| self.address_of(server)) {
            Some(to) => to,
            None => self.find(server, &connects.to, step, due).await?,
        };
        let name = self.stage.player(id).name.clone();
        if connects.transport == Transport::Udp {
            let socket = self
                .stage
                .socket(true, to.is_ipv6())
                .await
                .map_err(|error| Trouble::system("socket", &error))?;
            let reports = self.stage.reports.clone();
            let opened = match Datagrams::open(socket, beside(to), id, Channel::Wire, reports) {
                Err(error) if is_about_the_address(&error) => {
                    return Err(self.no_way(&attempt, to, &error).await);
                }
                opened => opened.map_err(|error| Trouble::system("bind", &error))?,
            };
            let local = opened.local;
            self.stage.player_mut(id).part = Part::Datagrams {
                sockets: vec![opened],
                to: Some((0, to)),
            };
            self.stage
                .record(id, EventKind::Connected { to: to.to_string() });
            self.came(id, &name, local);
        } else {
            self.wait_for_room(&attempt, to, due).await?;
            let socket = self
                .stage
                .socket(false, to.is_ipv6())
                .await
                .map_err(|error| Trouble::system("socket", &error))?;
            let connecting = connect(socket, to, connects.receive_buffer);
            // While it is under way the box is not at rest.
            let stream = match self.stage.during(due, connecting, || None).await {
                Ok(Ok(stream)) => stream,
                Ok(Err(error)) => {
                    return Err(self.no_way(&attempt, to, &error).await);
                }
                Err(vain) => {
                    let proof = vain.proof()?;
                    return Err(self.refused(&attempt, to, Actual::Nothing, proof).await);
                }
            };
            let opened = Connection::open(
                stream,
                to,
                id,
                Channel::Wire,
                self.stage.reports.clone(),
                connects.reading,
            )
            .map_err(|error| Trouble::system("connect", &error))?;
            let local = opened.local;
            let player = self.stage.player_mut(id);
            player.part = Part::Connection(Some(opened));
            if let Some(stream) = player.stream_mut(Channel::Wire) {
                stream.reopen();
            }
            self.stage
                .record(id, EventKind::Connected { to: to.to_string() });
            self.came(id, &name, local);
            if connects.transport == Transport::WebSocket {
                self.ask_for_websocket(id, &to.to_string(), step, due)
                    .await?;
            }
        }
        for action in self.variables.conventions.handshake.clone() {
            self.shake(id, &action, step, due).await?;
        }
        Ok(())
    }

    pub(super) fn came(&mut self, id: ActorId, name: &str, address: SocketAddr) {
        self.stage.set_address(id, address);
        self.variables.set_address(name, address);
    }

    /// A connection attempt while the accept queue is full costs a SYN retransmission (1 s and more): wait for room.
    async fn wait_for_room(&mut self, attempt: &Attempt, to: SocketAddr, due: Due) -> Flow {
        let has_company = self.stage.players.iter().any(
            |player| matches!(&player.part, Part::Connection(Some(other)) if other.remote == to),
        );
        if !has_company || self.stage.test_box.is_none() {
            return Ok(());
        }
        let Ok(mut table) = self.socket_table().await else {
            return Ok(());
        };
        // The kernel has no event for an accept queue that has shrunk: it is looked at again and again.
        let has_room = self.wait(&attempt.step, due.looking(), |_| {
            let full = table
                .listener_for(to)
                .ok()?
                .is_some_and(|listener| listener.queued > listener.backlog);
            (!full).then_some(())
        });
        match has_room.await? {
            Ok(()) => Ok(()),
            Err(vain) => {
                let proof = vain.proof()?;
                Err(self.refused(attempt, to, Actual::Nothing, proof).await)
            }
        }
    }

    /// The kernel finds nobody at the address of the program, or no way there.
    pub(super) async fn no_way(
        &mut self,
        attempt: &Attempt,
        to: SocketAddr,
        error: &io::Error,
    ) -> Stop {
        let errno = error.raw_os_error().unwrap_or(0);
        let refused = EventKind::Refused {
            to: to.to_string(),
            errno,
        };
        self.stage.record(attempt.id, refused);
        self.refused(attempt, to, Actual::Refused(errno), Proof::Matched)
            .await
    }

    async fn refused(
        &mut self,
        attempt: &Attempt,
        to: SocketAddr,
        actual: Actual,
        proof: Proof,
    ) -> Stop {
        let expected = Expected::Connection { to: to.to_string() };
        let mut failure = self.ended_failure(attempt, expected, actual, proof).await;
        if failure.miss == Miss::Closed {
            failure.miss = Miss::Refused;
        }
        failure.event =
            matches!(failure.actual, Actual::Refused(_)).then(|| self.stage.last_event());
        failure.into()
    }
}
