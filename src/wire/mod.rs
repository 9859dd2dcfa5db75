//! How messages become bytes: framing, WebSocket, text encodings, and how bytes are cut on the wire.
//!
//! Must not do any input or output, and must not know scenarios or actors.

mod cut;
mod encoding;
mod framing;
mod websocket;

pub use cut::Cut;
pub use encoding::Encoding;
pub use framing::{Framing, Unframed};
pub use websocket::{
    AcceptMistake, Decoder, Encoder, HandshakeFault, Key, LONGEST_CONTROL, Message, Opcode, Side,
    Violation, check_request, check_response, end_of_head, is_close_code, request, response,
};
