//! All scenarios, one binary.

mod layers;
mod maps;
