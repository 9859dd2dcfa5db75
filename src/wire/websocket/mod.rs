//! WebSocket (RFC 6455): the handshake, and frames.
//!
//! Viva's own codec, not a library's, and not that of the reference programs: an examiner must see and name, and not
//! forgive, what a library would mend or hide (a frame that isn't masked, a length that is too long, half a character),
//! and must send frames in any number of fragments. It works on bytes alone: no sockets, no time.

mod decoder;
mod encoder;
mod handshake;

pub use decoder::{Decoder, Message, Opcode, Violation};
pub use encoder::Encoder;
pub use handshake::{
    AcceptMistake, HandshakeFault, Key, check_request, check_response, end_of_head, request,
    response,
};

/// Which end of a connection: a client masks what it sends, a server does not (section 5.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// Who asks for the connection.
    Client,
    /// Who is asked.
    Server,
}

/// Whether a close frame may hold this code (section 7.4 and IANA's registry): 1000 to 1003, 1007 to 1014, 3000 to 4999.
pub fn is_close_code(code: u16) -> bool {
    matches!(code, 1000..=1003 | 1007..=1014 | 3000..=4999)
}

/// A control frame holds at most so many bytes (section 5.5).
pub const LONGEST_CONTROL: usize = 125;
