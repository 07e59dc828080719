//! All scenarios, one binary.

mod company;
mod erasure;
mod layers;
mod maps;
mod package;
