//! Viva's connection with one stub: orders out, answers and news in.

use std::collections::HashMap;
use std::io;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use rustix::event::{PollFd, PollFlags};
use rustix::fs::OFlags;
use rustix::net::Shutdown;
use tokio::io::Interest;
use tokio::io::unix::AsyncFd;
use tokio::sync::{mpsc, oneshot, watch};

use super::channel::{self, Packet, Receiver};
use super::message::{Answer, Open, Order, Report, Trouble};
use super::program::{BoxEvent, BoxEvents, ExitStatus, ProcessId};
use super::{Missing, launcher, readiness};

/// One of the connection's ends; what comes in is read by a task of the runtime.
#[derive(Debug)]
pub(super) struct Connection {
    inner: Arc<Inner>,
    life: watch::Receiver<Life>,
}

/// What the reading task and the box share.
#[derive(Debug)]
struct Inner {
    control: AsyncFd<OwnedFd>,
    next_order: AtomicU64,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    /// Orders whose answers have not come.
    waiting: HashMap<u64, oneshot::Sender<Packet<Answer>>>,
    /// The stub's pidfd.
    stub: Option<OwnedFd>,
    /// Nobody needs to hear of the end.
    ending: bool,
    /// No answer will come any more.
    over: bool,
}

/// How far a box has come.
#[derive(Clone, Debug, Default)]
pub(super) struct Life {
    /// The stub's process, as Viva sees it.
    pub(super) stub: Option<i32>,
    /// The submission's copy, where it is made inside.
    pub(super) copy: Option<Arc<OwnedFd>>,
    /// Once everything is set up: the layers that are missing.
    pub(super) ready: Option<Vec<Missing>>,
    /// Whether programs have been killed for having too much memory.
    exhausted: bool,
    gone: Option<Trouble>,
}

impl Inner {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Connection {
    /// Has a box made, and hears of it from then on. Returns before anything has been made.
    pub(super) fn open(request: &Open) -> io::Result<(Self, BoxEvents)> {
        let (control, theirs) = channel::pair()?;
        rustix::net::sockopt::set_socket_passcred(&control, true)?;
        rustix::fs::fcntl_setfl(&control, OFlags::NONBLOCK)?;
        let control = readiness::register(control, Interest::READABLE | Interest::WRITABLE)?;
        launcher::open(request, &theirs)?;
        let inner = Arc::new(Inner {
            control,
            next_order: AtomicU64::new(0),
            state: Mutex::default(),
        });
        let (events, receiver) = mpsc::unbounded_channel();
        let (life_sender, life) = watch::channel(Life::default());
        tokio::spawn(listen(Arc::clone(&inner), life_sender, events));
        Ok((Connection { inner, life }, receiver))
    }

    /// Waits until the box has come so far; an error if it never will.
    pub(super) async fn life(&self, reached: impl Fn(&Life) -> bool) -> io::Result<Life> {
        let mut life = self.life.clone();
        let life = life
            .wait_for(|life| reached(life) || life.gone.is_some())
            .await
            .map_err(|_| Trouble::hung_up())?;
        if reached(&life) {
            return Ok(life.clone());
        }
        Err(life.gone.clone().unwrap_or_else(Trouble::hung_up).into())
    }

    /// The layers that are missing, once everything is set up.
    pub(super) fn missing(&self) -> Option<Vec<Missing>> {
        self.life.borrow().ready.clone()
    }

    /// Whether programs have been killed for having too much memory.
    pub(super) fn is_exhausted(&self) -> bool {
        self.life.borrow().exhausted
    }

    /// Gives an order and waits for the answer.
    pub(super) async fn order(
        &self,
        order: impl FnOnce(u64) -> Order,
        descriptors: &[BorrowedFd<'_>],
    ) -> io::Result<Packet<Answer>> {
        let number = self.inner.next_order.fetch_add(1, Ordering::Relaxed);
        let bytes = channel::encode(&order(number))?;
        let (sender, answer) = oneshot::channel();
        {
            let mut state = self.inner.state();
            if state.over {
                drop(sender);
            } else {
                state.waiting.insert(number, sender);
            }
        }
        let send =
            |socket: &OwnedFd| channel::send_bytes(socket.as_fd(), &bytes, descriptors, None);
        let sent = match send(self.inner.control.get_ref()) {
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                self.inner.control.async_io(Interest::WRITABLE, send).await
            }
            result => result,
        };
        // If the stub has hung up, why is better known from what it said before.
        if let Err(error) = sent
            && error.kind() != io::ErrorKind::BrokenPipe
        {
            self.inner.state().waiting.remove(&number);
            return Err(error);
        }
        match answer.await {
            Ok(packet) => Ok(packet),
            Err(_) => Err(self
                .life(|_| false)
                .await
                .map_or_else(|error| error, |_| Trouble::hung_up().into())),
        }
    }

    /// An order that is answered by nothing but that it has been obeyed.
    pub(super) async fn obeyed(&self, order: impl FnOnce(u64) -> Order) -> io::Result<()> {
        match self.order(order, &[]).await?.message {
            Answer::Done => Ok(()),
            Answer::Trouble(Trouble { number, .. }) => Err(io::Error::from_raw_os_error(number)),
            _ => Err(io::ErrorKind::InvalidData.into()),
        }
    }

    /// What makes the stub end everything. Nothing can be ordered any more.
    pub(super) fn hang_up(&self) {
        self.inner.state().ending = true;
        let _ = rustix::net::shutdown(self.inner.control.get_ref(), Shutdown::Write);
    }

    /// The stub's pidfd, once; `None` if it never came to be.
    pub(super) async fn stub(&self) -> Option<OwnedFd> {
        self.life(|life| life.stub.is_some()).await.ok()?;
        self.inner.state().stub.take()
    }

    /// The same where nothing can be awaited, after hanging up: blocks until the launcher has sent it.
    pub(super) fn stub_blocking(&self) -> Option<OwnedFd> {
        if let Some(stub) = self.inner.state().stub.take() {
            return Some(stub);
        }
        let control = self.inner.control.get_ref();
        let mut receiver = Receiver::new();
        loop {
            let _ = rustix::event::poll(&mut [PollFd::new(control, PollFlags::IN)], None);
            match receiver.next::<Report>(control) {
                Ok(Some(packet)) => {
                    if let Report::Born(_) = packet.message {
                        return packet.descriptors.into_iter().next();
                    }
                }
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
                Ok(None) | Err(_) => return None,
            }
        }
    }
}

/// Hears what comes from the launcher and the stub until they hang up.
async fn listen(
    inner: Arc<Inner>,
    life: watch::Sender<Life>,
    events: mpsc::UnboundedSender<BoxEvent>,
) {
    let mut receiver = Receiver::new();
    while let Ok(mut ready) = inner.control.readable().await {
        match ready.try_io(|control| receiver.next::<Report>(control)) {
            Ok(Ok(Some(packet))) => heed(&inner, &life, &events, packet),
            Ok(Ok(None) | Err(_)) => break,
            Err(_) => {}
        }
    }
    life.send_if_modified(|life| {
        life.gone.get_or_insert_with(Trouble::hung_up);
        true
    });
    let ending = {
        let mut state = inner.state();
        state.waiting.clear();
        state.over = true;
        state.ending
    };
    if !ending && let Some(trouble) = life.borrow().gone.clone() {
        let _ = events.send(BoxEvent::Gone(trouble.into()));
    }
}

fn heed(
    inner: &Inner,
    life: &watch::Sender<Life>,
    events: &mpsc::UnboundedSender<BoxEvent>,
    packet: Packet<Report>,
) {
    let descriptor = packet.descriptors.into_iter();
    match packet.message {
        Report::Born(stub) => {
            inner.state().stub = descriptor.last();
            life.send_modify(|life| life.stub = Some(stub));
        }
        Report::Copy => {
            let copy = descriptor.last().map(Arc::new);
            life.send_modify(|life| life.copy = copy);
        }
        Report::Ready(missing) => life.send_modify(|life| life.ready = Some(missing)),
        Report::Exhausted => life.send_modify(|life| life.exhausted = true),
        Report::Failed(trouble) => life.send_modify(|life| life.gone = Some(trouble)),
        Report::Answer(number, message) => {
            let waiting = inner.state().waiting.remove(&number);
            if let Some(waiting) = waiting {
                let _ = waiting.send(Packet {
                    message,
                    descriptors: descriptor.collect(),
                    process: packet.process,
                });
            }
        }
        Report::Watching(program) => {
            if let Some(listener) = descriptor.last() {
                let events = events.clone();
                tokio::spawn(super::watch::watch(listener, ProcessId(program), events));
            }
        }
        Report::Exited(program, status) => {
            let _ = events.send(BoxEvent::Exited {
                process: ProcessId(program),
                status: ExitStatus::from_wait(status),
            });
        }
    }
}
