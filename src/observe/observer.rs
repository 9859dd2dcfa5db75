//! One look at all programs of a box: are they at rest?

use std::collections::HashMap;
use std::collections::HashSet;
use std::fs::File;
use std::os::unix::fs::FileExt;
use std::time::{Duration, Instant};

use rustix::event::PollFlags;
use rustix::io::Errno;

use super::alarms::Alarms;
use super::call::{self, Awaited, Call};
use super::descriptors::{Descriptors, sooner};
use super::flight::{self, Between};
use super::painting;
use super::portrait::Portrait;
use super::position::{Frame, Position};
use super::processes;
use super::rest::{Activity, Obstacle, Rest, Spent, Thread};
use super::services::Services;
use super::sockets::{SocketTable, TcpState};
use super::threads::{Sight, State, Threads, Times, Trouble, is_held, stopped_by};
use super::timeout::Timeout;

/// Whose the network namespace is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope {
    /// The box's own: all sockets in it are the programs' or Viva's.
    Own,
    /// Shared with the whole machine: only sockets that the programs or Viva hold count, and their other ends.
    Shared,
}

/// Watches the programs of one box. Keeps descriptors in /proc open (some 130 at most), so that a look is cheap.
///
/// *How quiescence is proved.* All threads are listed and read: each must be asleep in a system call. What each waits for is looked at: it must not be there. No process may have ended
/// without its parent knowing. No packet may be undelivered, no byte between two sockets. Then all threads are listed and read again: if nothing has changed, not even how often each of them
/// was given a processor, then at the moment between the two readings nobody could run, and nothing was on its way that could have woken anybody.
#[derive(Debug)]
pub struct Observer {
    pub(super) root: i32,
    pub(super) scope: Scope,
    pub(super) sockets: SocketTable,
    pub(super) threads: Threads,
    pub(super) descriptors: Descriptors,
    services: Services,
    alarms: Alarms,
    /// Processes that Viva has stopped, until she lets them go on.
    held_still: HashSet<i32>,
    packets: Option<File>,
    /// Since when a thread has been seen where it is: how often it had run by then, and when that was first seen.
    since: HashMap<Thread, (u64, Instant)>,
    spent: HashMap<Thread, Times>,
    ended: Times,
    /// Processor time at the last portrait.
    pub(super) painted: HashMap<Thread, u64>,
}

/// Stops a look.
enum Stop {
    Busy(Activity),
    Trouble(Trouble),
}

impl From<Trouble> for Stop {
    fn from(trouble: Trouble) -> Self {
        Stop::Trouble(trouble)
    }
}

/// What is known of the sleepers of one look.
#[derive(Default)]
struct Sleepers {
    /// Inodes of sockets that somebody waits to have room in.
    for_room: Vec<u64>,
    /// The first timed wait to end, if there is one.
    end: Option<(Option<Duration>, Thread)>,
    obstacle: Option<Obstacle>,
}

impl Sleepers {
    fn ends(&mut self, left: Option<Duration>, who: Thread) {
        self.end = Some(match self.end {
            None => (left, who),
            Some((Some(first), _)) if left.is_some_and(|left| left < first) => (left, who),
            Some((None, _)) if left.is_some() => (left, who),
            Some(end) => end,
        });
    }
}

impl Observer {
    /// `root`: the process below which all programs of the box are (the stub; it is not counted itself), as a number in Viva's own PID namespace. `sockets`: of the box's network
    /// namespace; `scope`: whose that is.
    pub fn new(root: i32, sockets: SocketTable, scope: Scope) -> Self {
        Observer {
            root,
            scope,
            sockets,
            threads: Threads::new(root),
            descriptors: Descriptors::default(),
            services: Services::default(),
            alarms: Alarms::default(),
            held_still: HashSet::new(),
            packets: File::open("/proc/net/softnet_stat").ok(),
            since: HashMap::new(),
            spent: HashMap::new(),
            ended: Times::default(),
            painted: HashMap::new(),
        }
    }

    /// Tells of an announced alarm(2) or setitimer(2), which the kernel shows nowhere: the process of `setter` gets a signal after that time, or, if it is zero, none any more;
    /// `repeats`: and again and again.
    pub fn has_timer(&mut self, setter: Thread, after: Duration, repeats: bool) {
        self.alarms.set(setter, after, repeats);
    }

    /// Tells that Viva has stopped a process (SIGSTOP), and until when: one that she will let go on herself is at rest. Whoever else is stopped may go on at any time.
    pub fn holds_still(&mut self, process: i32, still: bool) {
        match still {
            true => self.held_still.insert(process),
            false => self.held_still.remove(&process),
        };
    }

    /// Are the programs at rest? Never waits. Takes some 0.1 to 0.5 ms, by the number of threads.
    ///
    /// What vanishes while it is looked at makes it busy: look again.
    pub fn look(&mut self) -> Rest {
        match self.try_look() {
            Ok(rest) => rest,
            Err(Stop::Busy(activity)) => Rest::Busy(activity),
            Err(Stop::Trouble(Trouble::Vanished)) => Rest::Busy(Activity::Changed),
            Err(Stop::Trouble(Trouble::Obstacle(obstacle))) => Rest::Unknown(obstacle),
        }
    }

    fn try_look(&mut self) -> Result<Rest, Stop> {
        let list = self.threads.list()?;
        let stub = self.stub()?;
        let before = self.sights(&list)?;
        self.nobody_ends(&before)?;
        let mut sleepers = Sleepers::default();
        for sight in &before {
            self.consider(sight, &before, &mut sleepers)?;
        }
        self.consider_processes(&before, &mut sleepers);
        self.nothing_flies(&before, &mut sleepers)?;
        if self.threads.list()? != list || self.stub()? != stub {
            return Err(Stop::Busy(Activity::Changed));
        }
        for sight in &before {
            if !self.threads.is_as_before(sight)? {
                return Err(Stop::Busy(Activity::Changed));
            }
        }
        Ok(match (sleepers.obstacle, sleepers.end) {
            (Some(obstacle), _) => Rest::Unknown(obstacle),
            (None, Some((soonest, who))) => Rest::Timed { soonest, who },
            (None, None) => Rest::Quiet,
        })
    }

    /// The box's own first process must be asleep too: it reports the end of programs. It can't be read beyond that, and has one thread. Asked of any other root in the same way.
    fn stub(&mut self) -> Result<u64, Stop> {
        let stub = Thread {
            process: self.root,
            thread: self.root,
        };
        let turns = match self.threads.times(stub) {
            Ok(times) => times.turns,
            // Then nobody is left.
            Err(Trouble::Vanished) => return Ok(0),
            Err(trouble) => return Err(trouble.into()),
        };
        match self.threads.stat(stub)?.state {
            State::Sleeps => Ok(turns),
            _ => Err(Stop::Busy(Activity::Runs(stub))),
        }
    }

    /// Reads all threads, none of which may run.
    fn sights(&mut self, list: &[Thread]) -> Result<Vec<Sight>, Stop> {
        let now = Instant::now();
        let mut sights = Vec::with_capacity(list.len());
        let mut obstacle = None;
        for thread in list {
            let sight = match self.threads.sight(*thread) {
                // Whether anybody runs is worth more than who can't be read.
                Err(Trouble::Obstacle(trouble)) => {
                    obstacle = obstacle.or(Some(trouble));
                    continue;
                }
                sight => sight?,
            };
            let since = self.since.entry(*thread).or_insert((sight.turns, now));
            if since.0 != sight.turns {
                *since = (sight.turns, now);
            }
            let runs = sight.state == State::Runs
                || matches!(
                    sight.position,
                    Some(Position::Running | Position::Elsewhere)
                );
            if runs {
                return Err(Stop::Busy(Activity::Runs(*thread)));
            }
            sights.push(sight);
        }
        if self.since.len() > sights.len() {
            let current: HashSet<Thread> = list.iter().copied().collect();
            self.since.retain(|thread, _| current.contains(thread));
            self.descriptors
                .keep(|process| list.iter().any(|thread| thread.process == process));
        }
        obstacle.map_or(Ok(sights), |obstacle| {
            Err(Trouble::Obstacle(obstacle).into())
        })
    }

    /// A process that has ended concerns a parent that waits for it. Where the parent waits for something else it may stay for ever.
    fn nobody_ends(&mut self, sights: &[Sight]) -> Result<(), Stop> {
        let dead = |sight: &&Sight| {
            sight.state == State::Ended && sight.thread.process == sight.thread.thread
        };
        for sight in sights.iter().filter(dead) {
            let process = sight.thread.process;
            let others = sights
                .iter()
                .any(|other| other.thread.process == process && other.state != State::Ended);
            if others {
                continue;
            }
            let parent = self.threads.stat(sight.thread)?.parent;
            // Calls name processes by their numbers in the box's own PID namespace.
            let number = processes::own_number(process).ok_or(Trouble::Vanished)?;
            let awaited = sights.iter().any(|other| {
                other.thread.process == parent
                    && match other.position {
                        Some(Position::Blocked(frame)) => awaits(&frame, number),
                        _ => false,
                    }
            });
            if parent == self.root || awaited {
                return Err(Stop::Busy(Activity::Ends { process }));
            }
        }
        Ok(())
    }

    /// What one thread waits for.
    fn consider(
        &mut self,
        sight: &Sight,
        all: &[Sight],
        sleepers: &mut Sleepers,
    ) -> Result<(), Stop> {
        let thread = sight.thread;
        let frame = match (sight.state, sight.position) {
            (State::Ended, _) => return Ok(()),
            (State::Stopped, _) => {
                return match stopped_by(thread.process) {
                    // Its own doing: it used the terminal from the background, or its user stopped it there (signal(7)).
                    libc::SIGTTIN | libc::SIGTTOU | libc::SIGTSTP => Ok(()),
                    _ if self.held_still.contains(&thread.process) => Ok(()),
                    _ => Err(Stop::Busy(Activity::Stopped(thread))),
                };
            }
            (State::Traced, _) => {
                sleepers.obstacle.get_or_insert(Obstacle::Traced(thread));
                return Ok(());
            }
            (_, Some(Position::Blocked(frame))) => frame,
            _ => return Err(Stop::Busy(Activity::Runs(thread))),
        };
        if sight.state == State::Firmly {
            return Err(Stop::Busy(if is_held(thread) {
                Activity::Announced(thread)
            } else {
                Activity::Runs(thread)
            }));
        }
        let call = match call::decode(thread.process, &frame) {
            Ok(call) => call,
            Err(Errno::SRCH) => return Err(Trouble::Vanished.into()),
            Err(_) => Call::Unknown,
        };
        let timeout = match call {
            Call::Descriptors { awaited, timeout } => {
                let own = self.descriptors_of(thread, &awaited, sleepers)?;
                match (timeout, own) {
                    (Timeout::Never, Some(given)) => Timeout::After(given),
                    (timeout, _) => timeout,
                }
            }
            Call::Connect { descriptor } => {
                let awaited = [Awaited::new(descriptor, PollFlags::OUT)];
                let own = self.descriptors_of(thread, &awaited, sleepers)?;
                Timeout::After(own.unwrap_or(CONNECT))
            }
            Call::Lock(timeout) | Call::Signal(timeout) | Call::Sleep(timeout) => timeout,
            Call::Child(_) | Call::Opening => Timeout::Never,
            Call::Announceable => return Err(Stop::Busy(Activity::Announced(thread))),
            Call::Unknown => {
                sleepers.obstacle.get_or_insert(Obstacle::Call {
                    who: thread,
                    number: frame.number,
                });
                return Ok(());
            }
        };
        let waited = self
            .since
            .get(&thread)
            .map_or(Duration::ZERO, |(_, since)| since.elapsed());
        if let Some(left) = timeout.left(waited) {
            let on_lock = frame.number == libc::SYS_futex;
            let first = all
                .iter()
                .filter(|other| other.thread.process == thread.process)
                .map(|other| other.thread.thread)
                .find(|number| *number != thread.process);
            if !self.services.serves(thread, first, on_lock) {
                sleepers.ends(left, thread);
            }
        }
        Ok(())
    }

    /// Looks at awaited descriptors; returns the timeout that the only one has of its own.
    fn descriptors_of(
        &mut self,
        thread: Thread,
        awaited: &[Awaited],
        sleepers: &mut Sleepers,
    ) -> Result<Option<Duration>, Stop> {
        let mut timeout = None;
        let mut timer = None;
        for one in awaited {
            let look = match self.descriptors.look(thread.process, *one) {
                Ok(look) => look,
                Err(Errno::SRCH) => return Err(Trouble::Vanished.into()),
                Err(error @ (Errno::PERM | Errno::ACCESS)) => {
                    let obstacle = Obstacle::Unreadable {
                        process: thread.process,
                        error: error.raw_os_error(),
                    };
                    return Err(Trouble::Obstacle(obstacle).into());
                }
                Err(error) => {
                    let error = error.raw_os_error();
                    return Err(Trouble::Obstacle(Obstacle::System { error }).into());
                }
            };
            if look.ready {
                return Err(Stop::Busy(Activity::HasInput {
                    who: thread,
                    descriptor: one.descriptor,
                }));
            }
            if one.events.contains(PollFlags::OUT) {
                sleepers.for_room.push(look.inode);
            }
            timer = sooner(timer, look.timer);
            timeout = look.timeout;
        }
        if let Some(left) = timer {
            sleepers.ends(left, thread);
        }
        Ok(timeout.filter(|_| awaited.len() == 1))
    }

    /// What concerns processes as a whole: their terminal, alarms, and POSIX timers (timer_create(2)), of which the kernel shows only that they exist.
    fn consider_processes(&mut self, sights: &[Sight], sleepers: &mut Sleepers) {
        for (who, left) in self.alarms.pending(sights) {
            sleepers.ends(left, who);
        }
        for sight in sights {
            let main = sight.thread;
            if main.process == main.thread && sight.state != State::Ended {
                self.descriptors.deliver_typing(main.process);
                let timers = std::fs::read(format!("/proc/{}/timers", main.process));
                if timers.is_ok_and(|timers| !timers.is_empty()) {
                    sleepers.ends(None, main);
                }
            }
        }
    }

    fn nothing_flies(&mut self, sights: &[Sight], sleepers: &mut Sleepers) -> Result<(), Stop> {
        if self.packets.as_ref().is_some_and(has_packets) {
            return Err(Stop::Busy(Activity::Packets));
        }
        let sockets = self.sockets.tcp().map_err(|error| {
            let error = error.raw_os_error().unwrap_or(libc::EIO);
            Trouble::Obstacle(Obstacle::System { error })
        })?;
        let ours: HashSet<u32> = match self.scope {
            Scope::Own => HashSet::new(),
            Scope::Shared => {
                let mut processes: Vec<i32> =
                    sights.iter().map(|sight| sight.thread.process).collect();
                processes.dedup();
                processes.push(std::process::id() as i32);
                processes.into_iter().flat_map(processes::sockets).collect()
            }
        };
        let is_whole = self.scope == Scope::Own;
        let between = flight::between(&sockets, &sleepers.for_room, is_whole, |socket| {
            is_whole || socket.state != TcpState::Listen && ours.contains(&socket.inode)
        });
        match between {
            Between::Nothing => Ok(()),
            Between::Flying(activity) => Err(Stop::Busy(activity)),
            Between::Outside(obstacle) => {
                sleepers.obstacle.get_or_insert(obstacle);
                Ok(())
            }
        }
    }

    /// What the programs have used so far, and what they want now. Threads that came and went between two calls are missing.
    pub fn spent(&mut self) -> Spent {
        let mut spent = Spent::default();
        // Whoever vanishes meanwhile is counted as of last time.
        let list = self.threads.list().unwrap_or_default();
        for thread in &list {
            let (Ok(times), Ok(stat)) = (self.threads.times(*thread), self.threads.stat(*thread))
            else {
                continue;
            };
            self.spent.insert(*thread, times);
            spent.threads += usize::from(stat.state != State::Ended);
            spent.runnable += usize::from(matches!(stat.state, State::Runs | State::Firmly));
            spent.stopped += usize::from(matches!(stat.state, State::Stopped | State::Traced));
        }
        let current: HashSet<Thread> = list.into_iter().collect();
        let ended = &mut self.ended;
        self.spent.retain(|thread, times| {
            let is_there = current.contains(thread);
            if !is_there {
                ended.ran += times.ran;
                ended.queued += times.queued;
            }
            is_there
        });
        let sum = |of: fn(&Times) -> u64| -> u64 {
            self.spent.values().map(of).sum::<u64>() + of(&self.ended)
        };
        spent.processor = Duration::from_nanos(sum(|times| times.ran));
        spent.queued = Duration::from_nanos(sum(|times| times.queued));
        spent
    }

    /// Everything worth telling about each process, thread and socket.
    pub fn portrait(&mut self) -> Portrait {
        painting::paint(self)
    }

    pub(super) fn waited(&self, thread: Thread) -> Duration {
        self.since
            .get(&thread)
            .map_or(Duration::ZERO, |(_, since)| since.elapsed())
    }
}

/// How long connect(2) tries (tcp(7), tcp_syn_retries: 127 s).
const CONNECT: Duration = Duration::from_secs(127);

/// Whether a blocked call waits for the end of this child.
fn awaits(frame: &Frame, child: i32) -> bool {
    match frame.number {
        // Process groups are left aside: they make it wait longer, not judge wrongly.
        libc::SYS_wait4 => {
            let awaited = frame.arguments[0] as i32;
            awaited <= 0 || awaited == child
        }
        libc::SYS_waitid => {
            frame.arguments[0] != u64::from(libc::P_PID) || frame.arguments[1] as i32 == child
        }
        _ => false,
    }
}

/// Whether a processor has packets that it has not delivered: the twelfth number of each line of /proc/net/softnet_stat (net/core/net-procfs.c), which is of the whole machine.
fn has_packets(file: &File) -> bool {
    let mut buffer = [0; 16 << 10];
    let Ok(length) = file.read_at(&mut buffer, 0) else {
        return false;
    };
    let text = std::str::from_utf8(&buffer[..length]).unwrap_or_default();
    text.lines().any(|line| {
        let backlog = line.split_ascii_whitespace().nth(11);
        backlog.is_some_and(|backlog| backlog.bytes().any(|digit| digit != b'0'))
    })
}
