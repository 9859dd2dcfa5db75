//! Viva.
