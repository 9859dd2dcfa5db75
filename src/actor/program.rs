//! A program under test: its keyboard and what it prints.

use std::cell::Cell;
use std::ffi::OsString;
use std::io;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::path::PathBuf;
use std::sync::Arc;

use tokio::net::unix::pipe;
use tokio::task::JoinHandle;

use crate::r#box::{Launch, LaunchError, Process, Stdio, TestBox, Watch};
use crate::transcript::{ActorId, Channel};

use super::Reports;
use super::reading::Reader;
use super::terminal::{self, Terminal};

/// What ends the input on a terminal: Ctrl-D (termios(3), VEOF).
pub const END_OF_FILE: u8 = 4;

/// A started program.
pub struct Program {
    /// Its process in the box.
    pub process: Process,
    keyboard: Keys,
    /// What it prints on, where that is not its terminal.
    output: Vec<Arc<pipe::Receiver>>,
    readers: Vec<JoinHandle<()>>,
}

/// The keyboard of a program: its terminal, or its standard input.
#[derive(Clone)]
pub struct Keys(Keyboard);

#[derive(Clone)]
enum Keyboard {
    Terminal(Arc<Terminal>),
    Pipe(Option<Arc<pipe::Sender>>),
}

impl Keys {
    /// Types `bytes`; `taken` counts those that the kernel has taken, also when this future is dropped.
    pub async fn write(&self, bytes: &[u8], taken: &Cell<usize>) -> io::Result<()> {
        match &self.0 {
            Keyboard::Terminal(terminal) => terminal.write(bytes, taken).await,
            Keyboard::Pipe(None) => Err(io::ErrorKind::BrokenPipe.into()),
            Keyboard::Pipe(Some(pipe)) => {
                while taken.get() < bytes.len() {
                    pipe.writable().await?;
                    match pipe.try_write(&bytes[taken.get()..]) {
                        Ok(count) => taken.set(taken.get() + count),
                        Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
                        Err(error) => return Err(error),
                    }
                }
                Ok(())
            }
        }
    }

    /// Where there is room to type, or not; `None` once its input was ended.
    pub fn descriptor(&self) -> Option<BorrowedFd<'_>> {
        match &self.0 {
            Keyboard::Terminal(terminal) => Some(terminal.descriptor()),
            Keyboard::Pipe(pipe) => pipe.as_deref().map(AsFd::as_fd),
        }
    }
}

/// Why a program could not be started.
#[derive(Debug)]
pub enum StartError {
    /// Viva could not make its terminal or pipes.
    Stdio(io::Error),
    /// The box could not start it.
    Launch(LaunchError),
}

impl Program {
    /// Starts `command` in `test_box`, in a terminal or on pipes, and begins to read what it prints.
    pub async fn start(
        test_box: &TestBox,
        command: Vec<OsString>,
        environment: Vec<(OsString, OsString)>,
        folder: PathBuf,
        in_terminal: bool,
        actor: ActorId,
        reports: &Reports,
    ) -> Result<Self, StartError> {
        if in_terminal {
            let (master, slave) = terminal::open(test_box).await.map_err(StartError::Stdio)?;
            let launch = Launch {
                argv: command,
                environment,
                folder,
                stdio: Stdio::Terminal(slave),
                watch: Watch::ALL,
            };
            let process = test_box.launch(launch).await.map_err(StartError::Launch)?;
            let master = Arc::new(master);
            let reader = Reader::new(actor, Channel::Screen, reports.clone());
            let readers = vec![tokio::spawn(read_terminal(Arc::clone(&master), reader))];
            return Ok(Program {
                process,
                keyboard: Keys(Keyboard::Terminal(master)),
                output: Vec::new(),
                readers,
            });
        }
        let pipes = (|| io::Result::Ok([open_pipe()?, open_pipe()?, open_pipe()?]))()
            .map_err(StartError::Stdio)?;
        let [(stdin, keyboard), (output, stdout), (errors, stderr)] = pipes;
        let opened = (|| {
            Ok::<_, io::Error>((
                Arc::new(pipe::Sender::from_owned_fd(keyboard)?),
                Arc::new(pipe::Receiver::from_owned_fd(output)?),
                Arc::new(pipe::Receiver::from_owned_fd(errors)?),
            ))
        })();
        let (keyboard, output, errors) = opened.map_err(StartError::Stdio)?;
        let launch = Launch {
            argv: command,
            environment,
            folder,
            stdio: Stdio::Streams([stdin, stdout, stderr]),
            watch: Watch::ALL,
        };
        let process = test_box.launch(launch).await.map_err(StartError::Launch)?;
        let readers = [(&output, Channel::Stdout), (&errors, Channel::Stderr)]
            .map(|(pipe, channel)| {
                tokio::spawn(read_pipe(
                    Arc::clone(pipe),
                    Reader::new(actor, channel, reports.clone()),
                ))
            })
            .into();
        Ok(Program {
            process,
            keyboard: Keys(Keyboard::Pipe(Some(keyboard))),
            output: vec![output, errors],
            readers,
        })
    }

    /// Its keyboard.
    pub fn keys(&self) -> Keys {
        self.keyboard.clone()
    }

    /// Whether it has printed something that is not yet reported. Asks the terminal itself, which first hands over what is
    /// on its way in the kernel (poll(2) on a pseudo-terminal does; AsyncFd's readiness does not).
    pub fn has_output(&self) -> bool {
        match &self.keyboard.0 {
            Keyboard::Terminal(terminal) => terminal.has_output(),
            // What is in a pipe is reported by its reader; there is nothing in between.
            Keyboard::Pipe(_) => false,
        }
    }

    /// What its readers wait for: its terminal or its pipes, but for those that have come to their end.
    pub fn descriptors(&self) -> impl Iterator<Item = BorrowedFd<'_>> {
        let terminal = match &self.keyboard.0 {
            Keyboard::Terminal(terminal) => Some(terminal.descriptor()),
            Keyboard::Pipe(_) => None,
        };
        let all = terminal
            .into_iter()
            .chain(self.output.iter().map(|pipe| pipe.as_fd()));
        all.zip(&self.readers)
            .filter(|(_, reader)| !reader.is_finished())
            .map(|(descriptor, _)| descriptor)
    }

    /// Ends its input: closes the pipe. Of a terminal the input is ended by typing [`END_OF_FILE`]: that may find no room.
    pub fn end_input(&mut self) -> Option<Keys> {
        match &mut self.keyboard.0 {
            Keyboard::Terminal(_) => Some(self.keys()),
            Keyboard::Pipe(pipe) => {
                *pipe = None;
                None
            }
        }
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        for reader in &self.readers {
            reader.abort();
        }
    }
}

fn open_pipe() -> io::Result<(OwnedFd, OwnedFd)> {
    Ok(rustix::pipe::pipe_with(rustix::pipe::PipeFlags::CLOEXEC)?)
}

async fn read_terminal(terminal: Arc<Terminal>, mut reader: Reader) {
    let mut buffer = vec![0; 16384];
    loop {
        let outcome = terminal.read(&mut buffer).await;
        if !reader.report(outcome.map(|count| &buffer[..count])) {
            return;
        }
    }
}

async fn read_pipe(pipe: Arc<pipe::Receiver>, mut reader: Reader) {
    let mut buffer = vec![0; 16384];
    loop {
        let outcome = match pipe.readable().await {
            Ok(()) => pipe.try_read(&mut buffer),
            Err(error) => Err(error),
        };
        match outcome {
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
            outcome => {
                if !reader.report(outcome.map(|count| &buffer[..count])) {
                    return;
                }
            }
        }
    }
}
