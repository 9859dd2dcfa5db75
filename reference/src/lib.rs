//! Reference programs.
