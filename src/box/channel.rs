//! Packets with descriptors over a pair of Unix sockets: how Viva, the launcher and the stubs talk.

use std::io::{self, IoSlice, IoSliceMut};
use std::mem::MaybeUninit;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};

use rustix::net::{
    AddressFamily, RecvAncillaryBuffer, RecvAncillaryMessage, RecvFlags, SendAncillaryBuffer,
    SendAncillaryMessage, SendFlags, SocketFlags, SocketType, UCred,
};
use serde::Serialize;
use serde::de::DeserializeOwned;

/// No packet is longer; the kernel's own limit (net.core.wmem_default, mostly 208 KiB) is below.
const LONGEST: usize = 256 << 10;
/// No packet carries more descriptors.
const MOST_DESCRIPTORS: usize = 4;

/// One packet.
#[derive(Debug)]
pub(super) struct Packet<M> {
    /// What it says.
    pub(super) message: M,
    /// Descriptors that came with it.
    pub(super) descriptors: Vec<OwnedFd>,
    /// The process that it is about, numbered as the receiver sees it (0: none), where the receiver has asked for it.
    pub(super) process: i32,
}

/// A connected pair that keeps packets apart; hanging up at one end is seen at the other. Blocking, close-on-exec.
pub(super) fn pair() -> io::Result<(OwnedFd, OwnedFd)> {
    Ok(rustix::net::socketpair(
        AddressFamily::UNIX,
        SocketType::SEQPACKET,
        SocketFlags::CLOEXEC,
        None,
    )?)
}

/// The bytes of a message.
pub(super) fn encode<M: Serialize>(message: &M) -> io::Result<Vec<u8>> {
    serde_json::to_vec(message).map_err(io::Error::from)
}

/// Sends a message. `about` names a process as the sender sees it; the kernel translates it for the receiver
/// (SCM_CREDENTIALS, unix(7)), which needs power over the sender's PID namespace.
pub(super) fn send<M: Serialize>(
    socket: BorrowedFd<'_>,
    message: &M,
    descriptors: &[BorrowedFd<'_>],
    about: Option<rustix::process::Pid>,
) -> io::Result<()> {
    send_bytes(socket, &encode(message)?, descriptors, about)
}

/// Sends an encoded message; allocates nothing, so that it may be called between clone and exec.
pub(super) fn send_bytes(
    socket: BorrowedFd<'_>,
    bytes: &[u8],
    descriptors: &[BorrowedFd<'_>],
    about: Option<rustix::process::Pid>,
) -> io::Result<()> {
    let mut space = [MaybeUninit::uninit();
        rustix::cmsg_space!(ScmRights(MOST_DESCRIPTORS), ScmCredentials(1))];
    let mut ancillary = SendAncillaryBuffer::new(&mut space);
    let credentials = about.map(|pid| UCred {
        pid,
        uid: rustix::process::getuid(),
        gid: rustix::process::getgid(),
    });
    let room = (descriptors.is_empty()
        || ancillary.push(SendAncillaryMessage::ScmRights(descriptors)))
        && credentials.is_none_or(|credentials| {
            ancillary.push(SendAncillaryMessage::ScmCredentials(credentials))
        });
    if !room {
        return Err(io::ErrorKind::InvalidInput.into());
    }
    loop {
        match rustix::net::sendmsg(
            socket,
            &[IoSlice::new(bytes)],
            &mut ancillary,
            SendFlags::NOSIGNAL,
        ) {
            Err(rustix::io::Errno::INTR) => {}
            Err(error) => return Err(error.into()),
            Ok(_) => return Ok(()),
        }
    }
}

/// Takes packets off a socket.
pub(super) struct Receiver {
    buffer: Vec<u8>,
}

impl Receiver {
    pub(super) fn new() -> Self {
        Receiver {
            // Fresh zeroed memory: pages that no packet reaches are never touched.
            buffer: vec![0; LONGEST],
        }
    }

    /// The next packet; `None` when the other end has hung up. Waits or fails with `WouldBlock` as the socket is set.
    pub(super) fn next<M: DeserializeOwned>(
        &mut self,
        socket: impl AsFd,
    ) -> io::Result<Option<Packet<M>>> {
        let mut space = [MaybeUninit::uninit();
            rustix::cmsg_space!(ScmRights(MOST_DESCRIPTORS), ScmCredentials(1))];
        let mut ancillary = RecvAncillaryBuffer::new(&mut space);
        let received = loop {
            match rustix::net::recvmsg(
                &socket,
                &mut [IoSliceMut::new(&mut self.buffer)],
                &mut ancillary,
                RecvFlags::CMSG_CLOEXEC,
            ) {
                Err(rustix::io::Errno::INTR) => {}
                Err(rustix::io::Errno::CONNRESET) => return Ok(None),
                Err(error) => return Err(error.into()),
                Ok(received) => break received,
            }
        };
        let mut descriptors = Vec::new();
        let mut process = 0;
        for part in ancillary.drain() {
            match part {
                RecvAncillaryMessage::ScmRights(rights) => descriptors.extend(rights),
                RecvAncillaryMessage::ScmCredentials(credentials) => {
                    process = credentials.pid.as_raw_nonzero().get();
                }
                _ => {}
            }
        }
        if received.bytes == 0 {
            return Ok(None);
        }
        let message = serde_json::from_slice(&self.buffer[..received.bytes])?;
        Ok(Some(Packet {
            message,
            descriptors,
            process,
        }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::{Read, Write};

    #[test]
    fn a_packet_carries_words_descriptors_and_the_process_it_is_about() {
        let (ours, theirs) = pair().unwrap();
        rustix::net::sockopt::set_socket_passcred(&ours, true).unwrap();
        let (mut reader, writer) = io::pipe().unwrap();
        let me = rustix::process::getpid();
        send(theirs.as_fd(), &"hello", &[writer.as_fd()], Some(me)).unwrap();
        send(theirs.as_fd(), &"again", &[], None).unwrap();
        drop(writer);
        let mut receiver = Receiver::new();
        let packet = receiver.next::<String>(&ours).unwrap().unwrap();
        assert_eq!(packet.message, "hello");
        assert_eq!(packet.process, me.as_raw_nonzero().get());
        let mut pipe = std::fs::File::from(packet.descriptors.into_iter().next().unwrap());
        pipe.write_all(b"through").unwrap();
        drop(pipe);
        let mut text = String::new();
        reader.read_to_string(&mut text).unwrap();
        assert_eq!(text, "through");
        assert_eq!(
            receiver.next::<String>(&ours).unwrap().unwrap().message,
            "again"
        );
        drop(theirs);
        assert!(receiver.next::<String>(&ours).unwrap().is_none());
    }
}
