//! What belongs to one program, in a portrait of all programs of the box.

use std::net::SocketAddr;

use crate::observe::{
    Awaiting, Doing, Portrait, Protocol, Resource, SocketPortrait, Source, TcpState,
    ThreadPortrait, Wait,
};
use crate::transcript::ActorId;

use super::address::reachable;
use super::stage::Stage;

/// By what a program's belongings are known.
pub(super) struct Owner {
    /// Its main process.
    pub(super) pid: i32,
    /// No other program is in the box: whatever is there belongs to it, daemons that have left it included.
    pub(super) is_alone: bool,
    /// The ports at which it listens, or did.
    pub(super) ports: Vec<u16>,
    /// Whom it has dialled.
    pub(super) dialled: Vec<SocketAddr>,
}

/// What belongs to a program.
#[derive(Debug, PartialEq)]
pub(super) struct Belongings {
    pub(super) threads: Vec<ThreadPortrait>,
    /// How many; `None` where the kernel doesn't show it.
    descriptors: Option<usize>,
    /// TCP and UDP, those included that no process has open (any more).
    pub(super) sockets: Vec<SocketPortrait>,
}

impl Belongings {
    /// How many it has; `None` where the kernel doesn't show it.
    pub(super) fn count(&self, of: Resource) -> Option<usize> {
        match of {
            Resource::Threads => Some(self.threads.len()),
            Resource::Descriptors => self.descriptors,
        }
    }

    /// Whether it is a single process.
    pub(super) fn is_one_process(&self) -> bool {
        let mut processes = self.threads.iter().map(|thread| thread.thread.process);
        let first = processes.next();
        processes.all(|process| Some(process) == first)
    }

    /// Whether it is known that the runtime has made a thread for itself, or makes all of its threads by itself: then the locks for which
    /// such a thread waits are none of the program's. Who waits at an event counter (eventfd(2)) does so to be woken by the others: Go, Node.
    pub(super) fn is_of_the_runtime(&self, thread: &ThreadPortrait) -> bool {
        let is_waker = |source: &Source| source.what == Awaiting::Event;
        let is_woken = |other: &ThreadPortrait| match &other.doing {
            Doing::Waits {
                wait: Wait::Input(sources),
                ..
            } => sources.iter().any(is_waker),
            _ => false,
        };
        let process = thread.thread.process;
        let mut others = self.threads.iter();
        thread.is_helper || others.any(|other| other.thread.process == process && is_woken(other))
    }

    /// Datagrams that came for it and were thrown away, because there was no room.
    pub(super) fn dropped(&self) -> usize {
        self.sockets
            .iter()
            .map(|socket| socket.drops as usize)
            .sum()
    }

    /// Its TCP sockets in one of these states.
    pub(super) fn in_states(&self, states: &[TcpState]) -> Vec<&SocketPortrait> {
        let fits = |socket: &&SocketPortrait| {
            socket.protocol == Protocol::Tcp
                && socket.state.is_some_and(|state| states.contains(&state))
        };
        self.sockets.iter().filter(fits).collect()
    }
}

impl Stage {
    /// By what a program's belongings are known; `None` for one that was stopped: it has nothing any more.
    pub(super) fn owner(&self, id: ActorId) -> Option<Owner> {
        let part = self.program(id)?;
        let programs = self.players.iter().filter(|player| player.is_program());
        Some(Owner {
            pid: part.program.as_ref()?.process.pid,
            is_alone: programs.count() == 1,
            ports: part.listening.iter().map(SocketAddr::port).collect(),
            dialled: part
                .dialled
                .iter()
                .map(|to| reachable(*to, false))
                .collect(),
        })
    }

    /// What a program holds at this moment; `None` where the kernel doesn't show it.
    pub(super) fn held(&mut self, id: ActorId) -> Option<Belongings> {
        let portrait = self.portrait()?;
        Some(self.owner(id)?.belongings(&portrait))
    }
}

impl Owner {
    /// Whether the processes that descend from this one are its own, see [`crate::observe::ProcessPortrait::program`].
    pub(super) fn owns(&self, program: i32) -> bool {
        self.is_alone || program == self.pid
    }

    /// What of `portrait` belongs to it.
    pub(super) fn belongings(&self, portrait: &Portrait) -> Belongings {
        let processes = portrait
            .processes
            .iter()
            .filter(|process| self.owns(process.program) && !process.ended);
        let (mut pids, mut threads, mut descriptors) = (Vec::new(), Vec::new(), Some(0));
        for process in processes {
            pids.push(process.pid);
            threads.extend_from_slice(&process.threads);
            descriptors = descriptors
                .zip(process.descriptors)
                .map(|(all, more)| all + more);
        }
        let is_own = |socket: &&SocketPortrait| match socket.holders.as_slice() {
            [] => self.left_behind(socket),
            holders => holders.iter().any(|holder| pids.contains(&holder.pid)),
        };
        Belongings {
            threads,
            descriptors,
            sockets: portrait.sockets.iter().filter(is_own).cloned().collect(),
        }
    }

    /// Whether a socket that no process of the box has open is this program's: a connection that it has not accepted yet, or
    /// has closed. Else it is Viva's.
    fn left_behind(&self, socket: &SocketPortrait) -> bool {
        let at_its_port = self.ports.contains(&socket.local.port());
        let is_listener = socket.state == Some(TcpState::Listen);
        let dialled = |remote| self.dialled.contains(&remote);
        (at_its_port && !is_listener) || socket.remote.is_some_and(dialled)
    }
}

#[cfg(test)]
mod tests {
    use std::net::SocketAddr;
    use std::time::Duration;

    use super::{Owner, Portrait, Protocol, SocketPortrait, TcpState};
    use crate::observe::{Doing, Holder, ProcessPortrait, Resource, Thread, ThreadPortrait, Wait};

    fn process(
        pid: i32,
        program: i32,
        threads: i32,
        descriptors: Option<usize>,
    ) -> ProcessPortrait {
        let thread = |number| ThreadPortrait {
            thread: Thread {
                process: pid,
                thread: pid + number,
            },
            name: "python3".to_owned(),
            is_helper: false,
            doing: Doing::Waits {
                wait: Wait::Lock,
                limit: crate::observe::Limit::Never,
            },
            used: Duration::ZERO,
        };
        ProcessPortrait {
            pid,
            parent: 1,
            program,
            name: "server.py".to_owned(),
            ended: false,
            threads: (0..threads).map(thread).collect(),
            descriptors,
            processor: Duration::ZERO,
        }
    }

    fn socket(state: TcpState, local: &str, remote: &str, holder: Option<i32>) -> SocketPortrait {
        let address = |text: &str| text.parse::<SocketAddr>().ok();
        SocketPortrait {
            protocol: Protocol::Tcp,
            state: Some(state),
            local: address(local).expect("an address"),
            remote: address(remote),
            unread: 0,
            datagrams: Vec::new(),
            unsent: 0,
            close_unread: false,
            queue: None,
            backlog: None,
            inode: 7,
            holders: holder
                .map(|pid| Holder { pid, descriptor: 4 })
                .into_iter()
                .collect(),
            drops: 0,
        }
    }

    const SERVER: &str = "127.0.0.1:9999";

    #[test]
    fn a_program_owns_what_its_processes_hold_and_what_was_left_behind_at_its_port() {
        use TcpState::{CloseWait, Established, FinWait2, Listen, TimeWait};
        let portrait = Portrait {
            processes: vec![
                process(10, 10, 3, Some(5)),
                process(14, 10, 1, Some(4)),
                process(20, 20, 2, Some(6)),
            ],
            sockets: vec![
                socket(Listen, SERVER, "", Some(10)),
                socket(Established, SERVER, "127.0.0.1:40000", Some(14)),
                // Not accepted yet; closed long ago.
                socket(CloseWait, SERVER, "127.0.0.1:40001", None),
                socket(TimeWait, SERVER, "127.0.0.1:40002", None),
                // Viva's own end of these.
                socket(FinWait2, "127.0.0.1:40001", SERVER, None),
                // Another program, which dials the first; Viva listens, too.
                socket(CloseWait, "127.0.0.1:40003", SERVER, Some(20)),
                socket(TimeWait, "127.0.0.1:40004", "127.0.0.1:7000", None),
                socket(Listen, "127.0.0.1:7000", "", None),
            ],
        };
        let server = Owner {
            pid: 10,
            is_alone: false,
            ports: vec![9999],
            dialled: Vec::new(),
        };
        let belongings = server.belongings(&portrait);
        assert_eq!(belongings.count(Resource::Threads), Some(4));
        assert_eq!(belongings.count(Resource::Descriptors), Some(9));
        assert_eq!(belongings.in_states(&[CloseWait]).len(), 1);
        assert_eq!(belongings.in_states(&[Established, TimeWait]).len(), 2);
        assert_eq!(belongings.in_states(&[Listen]).len(), 1);
        let client = Owner {
            pid: 20,
            is_alone: false,
            ports: Vec::new(),
            dialled: vec!["127.0.0.1:7000".parse().expect("an address")],
        };
        let belongings = client.belongings(&portrait);
        assert_eq!(belongings.count(Resource::Threads), Some(2));
        assert_eq!(belongings.in_states(&[CloseWait, TimeWait]).len(), 2);
        let alone = Owner {
            is_alone: true,
            ..client
        };
        assert_eq!(
            alone.belongings(&portrait).count(Resource::Threads),
            Some(6)
        );
    }

    #[test]
    fn what_the_kernel_hides_is_not_counted() {
        let portrait = Portrait {
            processes: vec![process(10, 10, 1, Some(5)), process(11, 10, 1, None)],
            sockets: Vec::new(),
        };
        let owner = Owner {
            pid: 10,
            is_alone: true,
            ports: Vec::new(),
            dialled: Vec::new(),
        };
        let belongings = owner.belongings(&portrait);
        assert_eq!(belongings.count(Resource::Descriptors), None);
        assert_eq!(belongings.count(Resource::Threads), Some(2));
    }

    #[test]
    fn a_runtime_s_own_threads_are_known_by_their_names_or_by_what_wakes_them() {
        let mut held = Owner {
            pid: 10,
            is_alone: true,
            ports: Vec::new(),
            dialled: Vec::new(),
        }
        .belongings(&Portrait {
            processes: vec![process(10, 10, 2, None), process(20, 10, 1, None)],
            sockets: Vec::new(),
        });
        assert!(!held.is_one_process());
        let of_the_runtime = |held: &super::Belongings| -> Vec<bool> {
            let threads = held.threads.iter();
            threads.map(|one| held.is_of_the_runtime(one)).collect()
        };
        assert_eq!(of_the_runtime(&held), [false, false, false]);
        held.threads[2].is_helper = true;
        assert_eq!(of_the_runtime(&held), [false, false, true]);
        held.threads[0].doing = Doing::Waits {
            wait: Wait::Input(vec![crate::observe::Source {
                descriptor: 4,
                what: crate::observe::Awaiting::Event,
                ready: false,
            }]),
            limit: crate::observe::Limit::Never,
        };
        assert_eq!(of_the_runtime(&held), [true, true, true]);
        held.threads.pop();
        assert!(held.is_one_process());
    }
}
