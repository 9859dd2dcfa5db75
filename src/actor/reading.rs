//! The one way in which a stream of bytes is read: report by report, up to a cap.

use std::io;

use crate::transcript::{ActorId, Channel, Data, EventKind};

use super::{Report, Reports};

/// How many bytes of one stream are kept, in bytes; a stream that brings more is flooded and no longer read.
pub const KEPT: usize = 8 << 20;

/// How a stream that is read comes to be reported.
#[derive(Clone)]
pub(super) struct Reader {
    pub(super) actor: ActorId,
    pub(super) channel: Channel,
    pub(super) reports: Reports,
    pub(super) kept: usize,
}

impl Reader {
    pub(super) fn new(actor: ActorId, channel: Channel, reports: Reports) -> Self {
        Reader {
            actor,
            channel,
            reports,
            kept: 0,
        }
    }

    /// Reports the outcome of one read(2); `false`: there is nothing more to read.
    pub(super) fn report(&mut self, outcome: io::Result<&[u8]>) -> bool {
        let (kind, goes_on) = match outcome {
            Ok([]) => (
                EventKind::PeerClosed {
                    channel: self.channel,
                },
                false,
            ),
            Ok(bytes) => {
                let room = KEPT - self.kept;
                let taken = &bytes[..bytes.len().min(room)];
                self.kept += taken.len();
                let data = Data(taken.to_vec());
                let kind = match self.channel {
                    Channel::Wire => EventKind::Received(data),
                    channel @ (Channel::ToServer | Channel::ToClient) => {
                        EventKind::Came { channel, data }
                    }
                    channel => EventKind::Printed { channel, data },
                };
                (kind, true)
            }
            Err(_) if self.channel == Channel::Wire => (EventKind::PeerReset, false),
            Err(_) if matches!(self.channel, Channel::ToServer | Channel::ToClient) => {
                let channel = self.channel;
                (EventKind::CutOff { channel }, false)
            }
            // EIO is how a terminal tells that no program has it open any more (pty(7)).
            Err(_) => (
                EventKind::PeerClosed {
                    channel: self.channel,
                },
                false,
            ),
        };
        // The dispatcher may be gone already: then nobody wants to know.
        let heard = self.reports.send(Report::Event(self.actor, kind)).is_ok();
        if self.kept >= KEPT {
            let flooded = EventKind::Flooded {
                channel: self.channel,
                kept: self.kept,
            };
            let _ = self.reports.send(Report::Event(self.actor, flooded));
            return false;
        }
        goes_on && heard
    }
}
