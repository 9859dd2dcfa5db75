//! Turns of boxes that share this machine's network: two programs with the same hard-coded port must not run at the same time, even if two Vivas run them.
//!
//! Whose turn it is has an abstract socket of a fixed name (unix(7)). Such names belong to a network namespace, as ports do, and the kernel frees them when their owner ends, however that happens. Who comes
//! second connects and waits for the hang-up.

use std::io;
use std::os::linux::net::SocketAddrExt;
use std::os::unix::net::{SocketAddr, UnixListener, UnixStream};

use tokio::io::Interest;

use super::readiness;

/// Held while a box shares this machine's network.
#[derive(Debug)]
pub struct Turn {
    _name: UnixListener,
}

impl Turn {
    /// Waits for a turn among the boxes of this user's Vivas.
    ///
    /// # Errors
    ///
    /// No socket can be had.
    pub async fn take() -> io::Result<Turn> {
        let user = rustix::process::geteuid().as_raw();
        Turn::of(&format!("viva-turn-{user}")).await
    }

    async fn of(name: &str) -> io::Result<Turn> {
        let address = SocketAddr::from_abstract_name(name)?;
        loop {
            match UnixListener::bind_addr(&address) {
                Ok(name) => return Ok(Turn { _name: name }),
                Err(error) if error.kind() == io::ErrorKind::AddrInUse => {}
                Err(error) => return Err(error),
            }
            // Refused: the turn has just ended.
            if let Ok(other) = UnixStream::connect_addr(&address) {
                let other = readiness::register(other.into(), Interest::READABLE)?;
                let _ = other.readable().await?;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Turn;

    #[tokio::test]
    async fn one_after_the_other() {
        let name = format!("viva-test-turn-{}", std::process::id());
        let first = Turn::of(&name).await.unwrap();
        let mut second = tokio::spawn({
            let name = name.clone();
            async move { Turn::of(&name).await }
        });
        // The other one has every chance to go wrong.
        for _ in 0..100 {
            tokio::task::yield_now().await;
        }
        assert!(!second.is_finished());
        drop(first);
        let second = (&mut second).await.unwrap().unwrap();
        drop(second);
        Turn::of(&name).await.unwrap();
    }
}
