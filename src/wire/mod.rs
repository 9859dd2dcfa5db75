//! How messages become bytes, and what happens to bytes on the way: framing, WebSocket, text encodings, cuts,
//! and the faults of a line.
//!
//! Must not do any input or output, and must not know scenarios or actors.

mod cut;
mod encoding;
mod framing;
mod line;
mod websocket;

pub use cut::Cut;
pub use encoding::Encoding;
pub use framing::{Framing, Unframed};
pub use line::{Cargo, Fault, Line, When, Which};
pub use websocket::{
    AcceptMistake, Decoder, Encoder, HandshakeFault, Key, LONGEST_CONTROL, Message, Opcode, Side,
    Violation, check_request, check_response, end_of_head, is_close_code, request, response,
};
