//! How messages become bytes: framing, text encodings, and how bytes are cut on the wire.
//!
//! Must not do any input or output, and must not know scenarios or actors.

mod cut;
mod encoding;
mod framing;

pub use cut::Cut;
pub use encoding::Encoding;
pub use framing::{Framing, Unframed};
