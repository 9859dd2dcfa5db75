//! Viva examines network programs by talking to them.
//!
//! The house, top floor first. Imports go down only; modules of one floor don't know each other; others see a
//! module only through its `mod.rs`. `tests/architecture.rs` holds the house to this table.
//!
//! | floor | module | what it is for |
//! |---|---|---|
//! | 6 | [`cli`] | one file per subcommand; exit codes |
//! | 5 | [`report`] | one file per format: a value in, bytes out; all sentences, in English and Chinese |
//! | 4 | [`grading`] | a class: finds submissions, runs them, journal, marks |
//! | 4 | [`calibration`] | tests the tests: known programs, mutants, repetition |
//! | 4 | [`recording`] | turns a conversation by hand into a scenario |
//! | 3 | [`engine`] | runs one scenario: casts the actors, dispatches events, settles the steps, concludes |
//! | 2 | [`scenario`] | the language: text, spanned model, lint, JSON Schema |
//! | 2 | [`actor`] | who acts: programs in a terminal or on pipes, TCP and UDP peers |
//! | 2 | [`verdict`] | what is concluded: plain values |
//! | 1 | [`mod@box`] | starts programs with less power, makes sockets inside, ends everything |
//! | 1 | [`observe`] | what the kernel says about sockets and processes; reads only |
//! | 1 | [`wire`] | framing, encodings, how bytes are cut, the faults of a line |
//! | 1 | [`transcript`] | events, patterns, matching, misses, differences |
//! | 0 | [`diagnostic`] | place, code, arguments; no sentences |

pub mod diagnostic;

pub mod r#box;
pub mod observe;
pub mod transcript;
pub mod wire;

pub mod actor;
pub mod scenario;
pub mod verdict;

pub mod engine;

pub mod calibration;
pub mod grading;
pub mod recording;

pub mod report;

pub mod cli;
