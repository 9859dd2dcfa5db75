//! Talks to a program as somebody wishes, and keeps what was done and what came of it.

use crate::engine::{Arrived, Conversation, Filling, News, NotDone, Options};
use crate::scenario::{Action, Conventions, LabEntry, Payload, Piece, Template};
use crate::transcript::{ActorId, ActorKind, Channel, EventKind, ExitStatus};
use crate::verdict::{Failure, Outcome, ScenarioResult, Trouble};

use super::cast::Cast;
use super::order::{Deed, Order};

/// The longest text that is sent, in bytes: a longer one is better written by a function of the language.
const LONGEST: usize = 2000;

/// Something that has come to an actor, or from a program.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Heard {
    /// Whose.
    pub actor: String,
    /// Whether it is a program.
    pub program: bool,
    /// Where.
    pub channel: Channel,
    /// What.
    pub what: Arrived,
}

/// Why an order was not obeyed.
#[derive(Debug)]
pub enum Refusal {
    /// Nobody is called so.
    UnknownActor {
        /// As typed.
        name: String,
        /// Who is there.
        known: Vec<String>,
    },
    /// It is connected already.
    Connected(String),
    /// It is not connected, or has ended.
    NotThere(String),
    /// This is not for programs, or only for them.
    NotForIt {
        /// Who.
        name: String,
        /// As the language writes it.
        deed: String,
        /// It is for programs; else for connections.
        of_program: bool,
    },
    /// The encoding lacks this character.
    NotEncodable {
        /// Which.
        character: char,
        /// The encoding's name.
        encoding: &'static str,
    },
    /// The text is longer than so many bytes.
    TooLong(usize),
    /// The programs did not let it happen.
    NotDone(Box<Failure>),
    /// Viva's or the machine's trouble: the conversation is over.
    Trouble(Trouble),
}

impl From<NotDone> for Refusal {
    fn from(not_done: NotDone) -> Self {
        match not_done {
            NotDone::Failed(failure) => Refusal::NotDone(failure),
            NotDone::Trouble(trouble) => Refusal::Trouble(trouble),
        }
    }
}

/// One thing that was done, and what came of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Scene {
    pub(super) order: Order,
    /// What came, in the order of each sequence.
    pub(super) heard: Vec<Heard>,
    /// It was proved that nothing else comes.
    pub(super) proved: bool,
    /// The connections there were then.
    pub(super) connected: Vec<String>,
    /// The addresses of all actors then, as the other side sees them.
    pub(super) addresses: Vec<(String, String)>,
}

/// A conversation as it went: everything that a scenario is made from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recording {
    /// The name of the scenario.
    pub name: String,
    /// Who took part from the beginning.
    pub cast: Cast,
    /// How the programs talk.
    pub conventions: Conventions,
    /// Clients of Viva that came, in their order.
    pub(super) clients: Vec<String>,
    /// What programs printed before anything was done.
    pub(super) before: Vec<u8>,
    pub(super) scenes: Vec<Scene>,
}

impl Recording {
    /// Whether nothing was done.
    pub fn is_empty(&self) -> bool {
        self.scenes.is_empty()
    }

    /// How many things were done.
    pub fn len(&self) -> usize {
        self.scenes.len()
    }
}

/// A conversation under way.
pub struct Recorder<'a> {
    conversation: Conversation<'a>,
    recording: Recording,
}

impl<'a> Recorder<'a> {
    /// Starts the program, and gives what came from it until nothing more came.
    ///
    /// # Errors
    ///
    /// How it came out instead.
    pub async fn begin(
        lab: &str,
        cast: Cast,
        entry: &'a LabEntry,
        filling: &'a Filling,
        options: &Options,
    ) -> Result<(Self, Vec<Heard>), Box<ScenarioResult>> {
        let conversation = Conversation::begin(lab, entry, filling, options).await?;
        let mut recorder = Recorder {
            conversation,
            recording: Recording {
                name: entry.scenario.name.clone(),
                cast,
                conventions: entry.scenario.conventions.clone(),
                clients: Vec::new(),
                before: Vec::new(),
                scenes: Vec::new(),
            },
        };
        let rested = recorder.conversation.rest().await;
        let mut heard = recorder.heard();
        let printed = recorder.conversation.transcript().events.iter();
        recorder.recording.before = printed
            .filter_map(|event| match &event.kind {
                EventKind::Printed { data, .. } => Some(data.0.as_slice()),
                _ => None,
            })
            .collect::<Vec<_>>()
            .concat();
        let taken = match rested {
            Ok(_) => recorder.take_connections().await,
            Err(not_done) => Err(not_done),
        };
        match taken {
            Ok(more) => {
                heard.extend(more);
                Ok((recorder, heard))
            }
            Err(not_done) => {
                let mut result = recorder.conversation.end().await;
                result.outcome = match not_done {
                    NotDone::Failed(failure) => Outcome::Failed(failure),
                    NotDone::Trouble(trouble) => Outcome::Error(trouble),
                };
                Err(Box::new(result))
            }
        }
    }

    /// Who takes part, with the addresses that are known.
    pub fn actors(&self) -> impl Iterator<Item = (&str, Option<&str>)> {
        let actors = self.conversation.transcript().actors.iter();
        actors.map(|actor| (actor.name.as_str(), actor.address.as_deref()))
    }

    /// What was recorded so far.
    pub fn recording(&self) -> &Recording {
        &self.recording
    }

    /// Does what somebody wishes, and waits until nothing more comes of it.
    ///
    /// # Errors
    ///
    /// It makes no sense, or was not possible: then nothing is recorded.
    pub async fn obey(&mut self, order: Order) -> Result<Vec<Heard>, Refusal> {
        let id = self.who(&order)?;
        let action = self.action(&order)?;
        let done = self.conversation.act(id, action).await;
        if let Err(NotDone::Failed(failure)) = done {
            // What came meanwhile came of what was done before.
            self.overhear();
            return Err(Refusal::NotDone(failure));
        }
        done?;
        let is_new = order.deed == Deed::Connect && !self.recording.clients.contains(&order.actor);
        if is_new {
            self.recording.clients.push(order.actor.clone());
        }
        self.scene(order);
        let mut heard = self.come_to_rest().await?;
        heard.extend(self.take_connections().await?);
        Ok(heard)
    }

    /// The next thing that happens by itself. Nothing is lost when this future is dropped.
    pub async fn next(&mut self) -> News {
        self.conversation.next().await
    }

    /// Writes down what has happened by itself, as something that came of what was done last.
    pub async fn heed(&mut self, news: News) -> Vec<Heard> {
        self.conversation.heed(news).await;
        self.overhear()
    }

    /// Ends the program.
    pub async fn end(self) -> Recording {
        self.conversation.end().await;
        self.recording
    }

    fn overhear(&mut self) -> Vec<Heard> {
        let heard = self.heard();
        if let Some(last) = self.recording.scenes.last_mut() {
            last.heard.extend(heard.iter().cloned());
        }
        heard
    }

    fn heard(&mut self) -> Vec<Heard> {
        let arrivals = self.conversation.arrivals();
        let actors = &self.conversation.transcript().actors;
        let heard = arrivals.into_iter().map(|arrival| {
            let actor = &actors[arrival.actor.0];
            Heard {
                actor: actor.name.clone(),
                program: is_program(&actor.kind),
                channel: arrival.channel,
                what: arrival.what,
            }
        });
        heard.collect()
    }

    async fn come_to_rest(&mut self) -> Result<Vec<Heard>, NotDone> {
        let proved = self.conversation.rest().await?;
        let stopped = self.recording.scenes.last().is_some_and(|scene| {
            matches!(
                &scene.order.deed,
                Deed::Plain {
                    action: Action::Stop | Action::Restart,
                    ..
                }
            )
        });
        let mut heard = self.heard();
        if stopped {
            // That is what was ordered.
            heard.retain(|heard| {
                !matches!(
                    heard.what,
                    Arrived::Exited(ExitStatus::Signal(libc::SIGKILL))
                )
            });
        }
        if let Some(last) = self.recording.scenes.last_mut() {
            last.proved = proved;
            last.heard.extend(heard.iter().cloned());
        }
        Ok(heard)
    }

    /// Takes every connection that a program has made.
    async fn take_connections(&mut self) -> Result<Vec<Heard>, NotDone> {
        let mut heard = Vec::new();
        while let Some(server) = self.conversation.knocked().map(str::to_owned) {
            let Some((id, _)) = self.conversation.actor(&server) else {
                break;
            };
            let link = self.free_name();
            self.conversation
                .act(id, Action::Accept(link.clone()))
                .await?;
            self.scene(Order {
                actor: server,
                deed: Deed::Accept(link),
            });
            heard.extend(self.come_to_rest().await?);
        }
        Ok(heard)
    }

    fn free_name(&self) -> String {
        let link = &self.recording.cast.link;
        let numbered = (2..).map(|number| format!("{link}{number}"));
        let mut names = std::iter::once(link.clone()).chain(numbered);
        let free = names.find(|name| self.conversation.actor(name).is_none());
        free.unwrap_or_else(|| link.clone())
    }

    fn scene(&mut self, order: Order) {
        let transcript = self.conversation.transcript();
        let ids = (0..transcript.actors.len()).map(ActorId);
        let connected = ids.filter(|id| {
            let kind = &transcript.actors[id.0].kind;
            (is_client(kind) || is_stream(kind)) && self.conversation.is_there(*id)
        });
        let connected = connected.map(|id| transcript.actors[id.0].name.clone());
        let connected = connected.collect();
        let addresses = self
            .actors()
            .filter_map(|(name, address)| Some((name.to_owned(), address?.to_owned())))
            .collect();
        self.recording.scenes.push(Scene {
            order,
            heard: Vec::new(),
            proved: false,
            connected,
            addresses,
        });
    }

    /// Who is meant; a client that connects for the first time comes onto the stage.
    fn who(&mut self, order: &Order) -> Result<ActorId, Refusal> {
        let name = order.actor.as_str();
        let there = self.conversation.actor(name);
        let there = there.map(|(id, info)| (id, info.kind.clone()));
        let Some((id, kind)) = there else {
            if order.deed != Deed::Connect || self.recording.cast.host.is_some() {
                return Err(Refusal::UnknownActor {
                    name: name.to_owned(),
                    known: self.actors().map(|(name, _)| name.to_owned()).collect(),
                });
            }
            let connects = self.recording.cast.connects();
            self.conversation.enter_client(name, &connects);
            return match self.conversation.actor(name) {
                Some((id, _)) => Ok(id),
                None => Err(Refusal::NotThere(name.to_owned())),
            };
        };
        let (is_there, program) = (self.conversation.is_there(id), is_program(&kind));
        let not_for_it = |deed: String, of_program| Refusal::NotForIt {
            name: name.to_owned(),
            deed,
            of_program,
        };
        let shown = |key: &str, value: &str| match value {
            "true" => key.to_owned(),
            value => format!("{key} {value}"),
        };
        match &order.deed {
            Deed::Connect if !is_client(&kind) => Err(not_for_it(shown("connect", "true"), false)),
            Deed::Connect if is_there => Err(Refusal::Connected(name.to_owned())),
            Deed::Connect => Ok(id),
            // It only listens.
            Deed::Send(_) if matches!(kind, ActorKind::TcpServer | ActorKind::WebSocketServer) => {
                Err(not_for_it(shown("send", "true"), false))
            }
            Deed::Plain {
                key,
                value,
                of_program,
                ..
            } if *of_program != program => Err(not_for_it(shown(key, value), *of_program)),
            // A datagram socket has nothing to close halfway.
            Deed::Plain {
                key,
                value,
                action: Action::CloseWrite | Action::Reset,
                ..
            } if !is_stream(&kind) => Err(not_for_it(shown(key, value), false)),
            Deed::Plain {
                action: Action::Restart,
                ..
            } => Ok(id),
            _ if !is_there => Err(Refusal::NotThere(name.to_owned())),
            _ => Ok(id),
        }
    }

    fn action(&self, order: &Order) -> Result<Action, Refusal> {
        Ok(match &order.deed {
            Deed::Send(text) => {
                if text.len() > LONGEST {
                    return Err(Refusal::TooLong(LONGEST));
                }
                let encoding = self.recording.conventions.encoding;
                encoding
                    .encode(text)
                    .map_err(|character| Refusal::NotEncodable {
                        character,
                        encoding: encoding.name(),
                    })?;
                Action::Send {
                    payload: Payload::Messages(vec![Template {
                        pieces: vec![Piece::Literal(text.clone())],
                        ..Template::default()
                    }]),
                    cut: Default::default(),
                    fragments: Default::default(),
                }
            }
            Deed::Connect => Action::Connect,
            Deed::Accept(name) => Action::Accept(name.clone()),
            Deed::Plain { action, .. } => action.clone(),
        })
    }
}

fn is_program(kind: &ActorKind) -> bool {
    matches!(
        kind,
        ActorKind::TerminalProgram | ActorKind::PipedProgram | ActorKind::RunningProgram
    )
}

/// Whether it is a client that Viva plays.
fn is_client(kind: &ActorKind) -> bool {
    matches!(
        kind,
        ActorKind::TcpClient | ActorKind::UdpClient | ActorKind::WebSocketClient
    )
}

/// Whether it is one end of a connection.
fn is_stream(kind: &ActorKind) -> bool {
    matches!(
        kind,
        ActorKind::TcpClient
            | ActorKind::TcpLink
            | ActorKind::WebSocketClient
            | ActorKind::WebSocketLink
    )
}
