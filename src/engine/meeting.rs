//! Viva's own sockets: made where the programs are, and where these dial.

use std::io;
use std::net::SocketAddr;
use std::os::fd::OwnedFd;

use rustix::net::{AddressFamily, SocketFlags, SocketType};

use crate::actor::{Datagrams, Listener};
use crate::r#box::Family;
use crate::scenario::Transport;
use crate::transcript::{ActorId, Channel, EventKind};

use super::address::covers;
use super::player::Part;
use super::stage::Stage;

/// A server or proxy of Viva listens at no more addresses: a program that tries one port after the other is refused in the end.
const MOST_ADDRESSES: usize = 64;

impl Stage {
    /// A program dials `address`: the server or proxy of Viva that it shall dial is made to listen there, too.
    pub(super) async fn meet(&mut self, actor: ActorId, address: SocketAddr, udp: bool) {
        let Some(server) = self.program(actor).and_then(|part| part.to) else {
            return;
        };
        let known = match &self.player(server).part {
            Part::Server { listeners, .. } => {
                udp || listeners.len() >= MOST_ADDRESSES
                    || listeners
                        .iter()
                        .any(|listener| covers(listener.local, false, address))
            }
            Part::Datagrams { sockets, .. } => {
                !udp || sockets.len() >= MOST_ADDRESSES
                    || sockets
                        .iter()
                        .any(|socket| covers(socket.local, false, address))
            }
            Part::Proxy(relay) => {
                let listeners = relay.listeners.iter().map(|listener| listener.local);
                let sockets = relay.sockets.iter().map(|socket| socket.local);
                let mut all = listeners.chain(sockets);
                (relay.setting.transport == Transport::Udp) != udp
                    || relay.listeners.len() + relay.sockets.len() >= MOST_ADDRESSES
                    || all.any(|local| covers(local, false, address))
            }
            _ => true,
        };
        if !known {
            // Where Viva can't listen the program is refused, which its transcript shows.
            let _ = self.listen_at(server, address).await;
        }
    }

    /// Makes a server or proxy of Viva listen at `address` (port 0: any), and says where it does.
    pub(super) async fn listen_at(
        &mut self,
        server: ActorId,
        address: SocketAddr,
    ) -> io::Result<SocketAddr> {
        let udp = match &self.player(server).part {
            Part::Datagrams { .. } => true,
            Part::Proxy(relay) => relay.setting.transport == Transport::Udp,
            _ => false,
        };
        let socket = self.socket(udp, address.is_ipv6()).await?;
        let reports = self.reports.clone();
        let (local, kind) = match &mut self.player_mut(server).part {
            Part::Datagrams { sockets, .. } => {
                let opened = Datagrams::open(socket, address, server, Channel::Wire, reports)?;
                let local = opened.local;
                sockets.push(opened);
                (
                    local,
                    EventKind::Bound {
                        address: local.to_string(),
                    },
                )
            }
            Part::Server { listeners, .. } => {
                let opened = Listener::open(socket, address, server, reports)?;
                let local = opened.local;
                listeners.push(opened);
                (
                    local,
                    EventKind::Listening {
                        address: local.to_string(),
                    },
                )
            }
            Part::Proxy(relay) if udp => {
                let channel = Channel::ToServer;
                let opened = Datagrams::open(socket, address, server, channel, reports)?;
                let local = opened.local;
                relay.sockets.push(opened);
                let address = local.to_string();
                (local, EventKind::Bound { address })
            }
            Part::Proxy(relay) => {
                let opened = Listener::open(socket, address, server, reports)?;
                let local = opened.local;
                relay.listeners.push(opened);
                let address = local.to_string();
                (local, EventKind::Listening { address })
            }
            _ => return Err(io::ErrorKind::InvalidInput.into()),
        };
        self.record(server, kind);
        if self.transcript.actors[server.0].address.is_none() {
            self.set_address(server, local);
        }
        Ok(local)
    }

    /// A socket where the programs are.
    pub(super) async fn socket(&self, udp: bool, v6: bool) -> io::Result<OwnedFd> {
        if let Some(test_box) = &self.test_box {
            let family = if v6 { Family::V6 } else { Family::V4 };
            return if udp {
                test_box.udp_socket(family).await
            } else {
                test_box.tcp_socket(family).await
            };
        }
        let family = if v6 {
            AddressFamily::INET6
        } else {
            AddressFamily::INET
        };
        let kind = if udp {
            SocketType::DGRAM
        } else {
            SocketType::STREAM
        };
        Ok(rustix::net::socket_with(
            family,
            kind,
            SocketFlags::CLOEXEC | SocketFlags::NONBLOCK,
            None,
        )?)
    }
}
