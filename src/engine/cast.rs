//! Brings the cast onto the stage: starts programs and waits until they are ready, connects clients, opens servers.

use std::ffi::OsString;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;

use crate::actor::{Program, StartError};
use crate::r#box::{LaunchError, TestBox};
use crate::diagnostic::Place;
use crate::observe::SocketTable;
use crate::scenario::{Action, CastMember, Connects, Proxy, StepKind, Template, Transport};
use crate::transcript::{ActorId, ActorKind, Channel, Data, EventKind, Miss, Proof};
use crate::verdict::{Actual, Expected, StepRef, Subject, Trouble};

use super::address::HERE;
use super::clock::Due;
use super::explain::Attempt;
use super::filling::Filled;
use super::play::{Flow, Run, Stop, before_the_first};
use super::player::{Part, Player, ProgramPart};
use super::relay::{Relay, Setting, line_streams};
use super::stream::{Form, Stream};

impl Run<'_> {
    /// Gives every member of the cast its place, in the order of the file; nothing is started yet.
    pub(super) fn enter_cast(&mut self) {
        for member in &self.scenario.cast {
            match &member.value {
                CastMember::Program { name, role, .. } => {
                    let role_of = &self.scenario.roles[*role];
                    let (part, kind) = match self.filled(*role) {
                        Filled::Running(address) => {
                            (Part::Running(*address), ActorKind::RunningProgram)
                        }
                        _ => {
                            let kind = if role_of.terminal {
                                ActorKind::TerminalProgram
                            } else {
                                ActorKind::PipedProgram
                            };
                            (
                                Part::Program(ProgramPart {
                                    role: *role,
                                    ..ProgramPart::default()
                                }),
                                kind,
                            )
                        }
                    };
                    let mut player = Player::new(name, part);
                    if player.is_program() && kind != ActorKind::RunningProgram {
                        let channels: &[Channel] = if role_of.terminal {
                            &[Channel::Screen]
                        } else {
                            &[Channel::Stdout, Channel::Stderr]
                        };
                        player.streams = channels
                            .iter()
                            .map(|channel| (*channel, Stream::new(Form::Bytes)))
                            .collect();
                    }
                    self.stage.enter(player, kind);
                }
                CastMember::Client {
                    name,
                    crowd,
                    connects,
                    ..
                } => {
                    self.enter_client(name, *crowd, connects);
                }
                CastMember::Server {
                    name, transport, ..
                } => {
                    let listening = Part::Server {
                        listeners: Vec::new(),
                        arrived: Default::default(),
                    };
                    let (part, kind) = match transport {
                        Transport::Tcp => (listening, ActorKind::TcpServer),
                        Transport::WebSocket => (listening, ActorKind::WebSocketServer),
                        Transport::Udp => (
                            Part::Datagrams {
                                sockets: Vec::new(),
                                to: None,
                            },
                            ActorKind::UdpServer,
                        ),
                    };
                    let mut player = Player::new(name, part);
                    player.listens = *transport;
                    if *transport == Transport::Udp {
                        player.streams = vec![(Channel::Wire, Stream::new(Form::Messages))];
                    }
                    self.stage.enter(player, kind);
                }
                CastMember::Proxy(proxy) => self.enter_proxy(proxy),
            }
        }
        for member in &self.scenario.cast {
            if let CastMember::Program {
                name,
                to: Some(server),
                ..
            } = &member.value
            {
                let server = self.stage.named(server).first().copied();
                for id in self.stage.named(name) {
                    if let Some(part) = self.stage.program_mut(id) {
                        part.to = server;
                    }
                }
            }
        }
    }

    fn enter_proxy(&mut self, proxy: &Proxy) {
        let form = self.form(proxy.transport);
        let setting = Setting {
            first: ActorId(self.stage.players.len()),
            name: proxy.name.clone(),
            transport: proxy.transport,
            to: proxy.to.clone(),
            faults: [proxy.to_server.clone(), proxy.to_client.clone()],
            seed: self.variables.tokens.seed_of(&proxy.name),
            form,
        };
        let kind = match proxy.transport {
            Transport::Tcp | Transport::WebSocket => ActorKind::TcpProxy,
            Transport::Udp => ActorKind::UdpProxy,
        };
        let relay = Relay::new(Arc::new(setting));
        let mut player = Player::new(&proxy.name, Part::Proxy(Box::new(relay)));
        player.streams = line_streams(form);
        self.stage.enter(player, kind);
        self.stage.lines.any = true;
    }

    /// A client that Viva plays, or a crowd of them.
    pub(super) fn enter_client(&mut self, name: &str, crowd: Option<usize>, connects: &Connects) {
        for index in 1..=crowd.unwrap_or(1) {
            let shown = match crowd {
                Some(_) => format!("{name}[{index}]"),
                None => name.to_owned(),
            };
            let (part, kind) = match connects.transport {
                Transport::Tcp => (Part::Connection(None), ActorKind::TcpClient),
                Transport::WebSocket => (Part::Connection(None), ActorKind::WebSocketClient),
                Transport::Udp => (
                    Part::Datagrams {
                        sockets: Vec::new(),
                        to: None,
                    },
                    ActorKind::UdpClient,
                ),
            };
            let mut player = Player::new(&shown, part);
            player.base = name.to_owned();
            player.index = index;
            player.connects = Some(connects.clone());
            player.streams = vec![(Channel::Wire, Stream::new(self.form(connects.transport)))];
            self.stage.enter(player, kind);
        }
    }

    pub(super) fn form(&self, transport: Transport) -> Form {
        match (transport, self.variables.conventions.message) {
            (Transport::Udp | Transport::WebSocket, _) => Form::Messages,
            (Transport::Tcp, crate::wire::Framing::Raw) => Form::Bytes,
            (Transport::Tcp, framing) => Form::Framed(framing),
        }
    }

    /// Begins everybody whose beginning is no step of its own: servers of Viva first, then programs that listen, then
    /// all others in the order of the cast.
    pub(super) async fn begin(&mut self) -> Flow {
        let scenario = self.scenario;
        for member in &scenario.cast {
            if let CastMember::Server { name, port, .. } = &member.value {
                // The lab's port is the line's, where there is one: whoever has hard-coded it shall meet the line.
                let port = port.or(self.has_line(name).then_some(0));
                for id in self.stage.named(name) {
                    self.open_server(id, port).await?;
                }
            }
        }
        for member in &scenario.cast {
            if let CastMember::Program { name, to: None, .. } = &member.value {
                self.begin_member(name, &member.place, Action::Start)
                    .await?;
            }
        }
        for member in &scenario.cast {
            if let CastMember::Proxy(proxy) = &member.value {
                let is_before_a_program = self.stage.named(&proxy.to).iter().any(|to| {
                    let to = self.stage.player(*to);
                    to.is_program()
                });
                let port = proxy.port.or(is_before_a_program.then_some(0));
                for id in self.stage.named(&proxy.name) {
                    self.open_server(id, port).await?;
                }
            }
        }
        for member in &scenario.cast {
            match &member.value {
                CastMember::Program {
                    name, to: Some(_), ..
                } => {
                    self.begin_member(name, &member.place, Action::Start)
                        .await?
                }
                CastMember::Client { name, .. } => {
                    self.begin_member(name, &member.place, Action::Connect)
                        .await?
                }
                _ => {}
            }
        }
        Ok(())
    }

    /// Whether a proxy leads to the actor of this name.
    fn has_line(&self, name: &str) -> bool {
        let mut cast = self.scenario.cast.iter();
        cast.any(|member| matches!(&member.value, CastMember::Proxy(proxy) if proxy.to == name))
    }

    async fn begin_member(&mut self, name: &str, place: &Place, action: Action) -> Flow {
        let begins_in_a_step = self.scenario.steps.iter().any(|step| {
            matches!(&step.kind, StepKind::Act { actor, action: own } if actor == name && *own == action)
        });
        if begins_in_a_step {
            return Ok(());
        }
        let step = before_the_first(place);
        let due = self.due(None);
        for id in self.stage.named(name) {
            match action {
                Action::Start => self.start(id, &step, due).await?,
                _ => self.connect(id, &step, due).await?,
            }
        }
        Ok(())
    }

    async fn open_server(&mut self, id: ActorId, port: Option<u16>) -> Flow {
        // Without a network of its own, a fixed port might be another program's.
        let alone = self.filling.isolation.has_own_network() && self.stage.test_box.is_some();
        let usual = if alone {
            self.variables.conventions.port
        } else {
            0
        };
        let port = port.unwrap_or(usual);
        let local = self
            .stage
            .listen_at(id, SocketAddr::new(HERE, port))
            .await
            .map_err(|error| Trouble::system("listen", &error))?;
        self.variables
            .set_address(&self.stage.player(id).name.clone(), local);
        Ok(())
    }

    /// Starts a program, answers its prompts, and waits until it is ready.
    pub(super) async fn start(&mut self, id: ActorId, step: &StepRef, due: Due) -> Flow {
        let Some(part) = self.stage.program(id) else {
            return Ok(());
        };
        let (role, to) = (&self.scenario.roles[part.role], part.to);
        let attempt = Attempt::new(id, step);
        let not_started = |run: &Self, expected, actual| {
            Stop::from(run.failure(&attempt, expected, actual, Miss::NotStarted, Proof::Exited))
        };
        let (first, file, templates): (Vec<OsString>, _, [&[Template]; 2]) =
            match self.filled(part.role) {
                Filled::Running(_) => return Ok(()),
                Filled::Absent => {
                    let expected = Expected::ProgramFile {
                        role: role.name.clone(),
                        find: role.find.clone(),
                    };
                    return Err(not_started(self, expected, Actual::NoFile));
                }
                Filled::TooMuchBuilt(mainly) => {
                    let mainly = mainly.to_string_lossy().into_owned();
                    return Err(not_started(
                        self,
                        Expected::Build,
                        Actual::BuiltTooMuch { mainly },
                    ));
                }
                Filled::Unbuilt(output) => {
                    return Err(not_started(
                        self,
                        Expected::Build,
                        Actual::Build(Data(output.clone())),
                    ));
                }
                // A command of the user's is whole as it is.
                Filled::Command(command) => (
                    vec![command.program.clone()],
                    command.file.clone(),
                    [&command.words, &[]],
                ),
                Filled::File(command) => (
                    vec![command.program.clone()],
                    command.file.clone(),
                    [&command.words, &role.arguments],
                ),
                Filled::Reference => {
                    let exe = std::env::current_exe()
                        .map_err(|error| Trouble::system("find viva", &error))?;
                    (
                        vec![exe.into_os_string(), "reference".into()],
                        None,
                        [&role.reference, &[]],
                    )
                }
            };
        self.give_variables(id, to, file)?;
        let speaker = self.speaker(id);
        let mut words = first;
        for template in templates.concat().iter() {
            words.push(self.variables.text(template, &speaker)?.into());
        }
        let Some(test_box) = &self.stage.test_box else {
            return Ok(());
        };
        let mut environment = environment(test_box, role.terminal);
        for (name, template) in &role.environment {
            environment.push((name.into(), self.variables.text(template, &speaker)?.into()));
        }
        let folder = test_box.folder().to_path_buf();
        let shown = words
            .iter()
            .map(|word| word.to_string_lossy().into_owned())
            .collect();
        self.stage.record(id, EventKind::Started { command: shown });
        let Some(test_box) = &self.stage.test_box else {
            return Ok(());
        };
        let started = Program::start(
            test_box,
            words,
            environment,
            folder,
            role.terminal,
            id,
            &self.stage.reports,
        )
        .await;
        let program = match started {
            Ok(program) => program,
            Err(StartError::Launch(LaunchError::NotExecutable(errno))) => {
                let expected = self.expected_ready(id);
                return Err(not_started(self, expected, Actual::NotExecutable(errno)));
            }
            Err(StartError::Stdio(error)) if self.have_programs_taken_it(&error) => {
                let expected = self.expected_ready(id);
                let actual = Actual::NotExecutable(libc::EAGAIN);
                return Err(not_started(self, expected, actual));
            }
            Err(error) => return Err(Stop::Trouble(start_trouble(&error))),
        };
        let player = self.stage.player_mut(id);
        player.exit = None;
        for (_, stream) in &mut player.streams {
            stream.reopen();
        }
        let process = program.process.id;
        let watched = program.process.watched;
        if let Some(part) = self.stage.program_mut(id) {
            part.watched = watched;
            part.program = Some(program);
            part.listening.clear();
            part.bound.clear();
            part.dialled.clear();
        }
        self.stage.set_process(process, id);
        self.become_ready(&attempt, due).await
    }

    /// Whether programs that were started before may have left no terminal for another one: a box of its own has few.
    fn have_programs_taken_it(&self, error: &io::Error) -> bool {
        let is_spent = matches!(
            error.kind(),
            io::ErrorKind::WouldBlock | io::ErrorKind::StorageFull
        );
        let mut players = self.stage.players.iter();
        is_spent
            && self.filling.isolation.has_own_network()
            && players
                .any(|player| matches!(&player.part, Part::Program(part) if part.program.is_some()))
    }

    /// `ip`, `port`, `file` and what `with:` says, for a program that is about to start.
    fn give_variables(&mut self, id: ActorId, to: Option<ActorId>, file: Option<String>) -> Flow {
        let server = to.and_then(|server| self.address_of(server));
        let asked = match server {
            Some(address) => address,
            None => SocketAddr::new(HERE, self.suggested_port()?),
        };
        let name = self.stage.player(id).name.clone();
        let mut own = vec![
            ("ip".to_owned(), asked.ip().to_string()),
            ("port".to_owned(), asked.port().to_string()),
        ];
        own.extend(file.map(|file| ("file".to_owned(), file)));
        let with = self
            .scenario
            .cast
            .iter()
            .find_map(|member| match &member.value {
                CastMember::Program {
                    name: own, with, ..
                } if *own == name => Some(with),
                _ => None,
            });
        for (variable, template) in with.into_iter().flatten() {
            let speaker = self.speaker(id);
            own.push((variable.clone(), self.variables.text(template, &speaker)?));
        }
        if let Some(part) = self.stage.program_mut(id) {
            // The same port again after a restart.
            if part.own.is_empty() {
                part.asked = asked.port();
                part.own = own;
            }
        }
        Ok(())
    }

    fn suggested_port(&self) -> Flow<u16> {
        if self.filling.isolation.has_own_network() && self.variables.conventions.port != 0 {
            return Ok(self.variables.conventions.port);
        }
        let probe =
            std::net::TcpListener::bind((HERE, 0)).and_then(|listener| listener.local_addr());
        Ok(probe
            .map_err(|error| Trouble::system("find a free port", &error))?
            .port())
    }

    pub(super) async fn socket_table(&self) -> io::Result<SocketTable> {
        match &self.stage.test_box {
            Some(test_box) => Ok(SocketTable::new(test_box.diag_socket().await?)),
            None => Err(io::ErrorKind::Unsupported.into()),
        }
    }

    /// Where this actor is reached by the scenario's usual transport.
    pub(super) fn address_of(&self, id: ActorId) -> Option<SocketAddr> {
        self.stage
            .address_of(id, self.variables.conventions.transport)
    }

    /// Whose sequence an expectation is about.
    pub(super) fn subject(&self, id: ActorId, on: Option<Channel>) -> Subject {
        let player = self.stage.player(id);
        Subject {
            actor: player.name.clone(),
            channel: player.channel(on),
            program: player.is_program(),
        }
    }
}

/// The environment of a program: Viva's own, nothing inherited.
pub(super) fn environment(test_box: &TestBox, terminal: bool) -> Vec<(OsString, OsString)> {
    let temporary = test_box.temporary();
    let mut environment: Vec<(OsString, OsString)> = vec![
        ("PATH".into(), "/usr/local/bin:/usr/bin:/bin".into()),
        ("HOME".into(), temporary.into()),
        ("TMPDIR".into(), temporary.into()),
        ("LANG".into(), "C.UTF-8".into()),
        ("PYTHONDONTWRITEBYTECODE".into(), "1".into()),
    ];
    if terminal {
        environment.push(("TERM".into(), "dumb".into()));
    }
    environment
}

/// What kept a program from being started, when it is not the program's own fault.
pub(super) fn start_trouble(error: &StartError) -> Trouble {
    match error {
        StartError::Stdio(error) => Trouble::system("open terminal", error),
        StartError::Launch(LaunchError::NotExecutable(errno)) => {
            Trouble::system("start program", &io::Error::from_raw_os_error(*errno))
        }
        StartError::Launch(LaunchError::System { doing, error }) => Trouble::system(doing, error),
    }
}
