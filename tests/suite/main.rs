//! All scenarios, one binary.

mod layers;
mod package;
