//! Tests the tests: runs a lab's scenarios against the reference, against known programs, and against mutants of the
//! reference, and says where what came out is not what the contract says.
//!
//! A value comes out ([`Calibration`]); must not print, and must not judge a scenario itself: that is the engine's.

mod table;
mod trials;

pub use table::{Breach, Calibration, Cell, Row, Subject};
pub use trials::{Plan, Reader, calibrate};
