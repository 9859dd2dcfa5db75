//! How messages become bytes, and what happens to bytes on the way: framing, WebSocket, text encodings, cuts,
//! and the faults of a line.
//!
//! Must not do any input or output, and must not know scenarios or actors.

mod cut;
mod encoding;
mod fault;
mod framing;
mod line;
mod random;
mod websocket;

pub use cut::Cut;
pub use encoding::Encoding;
pub use fault::{Fault, Which};
pub use framing::{Framing, Unframed};
pub use line::{Cargo, Line, When};
pub use websocket::{
    AcceptMistake, Decoder, Encoder, HandshakeFault, Key, LONGEST_CONTROL, Message, Opcode, Side,
    Violation, check_request, check_response, end_of_head, is_close_code, request, response,
};
