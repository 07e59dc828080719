//! All scenarios, one binary.

mod door;
mod layers;
mod maps;
mod office;
mod requests;
