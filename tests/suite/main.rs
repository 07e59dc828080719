//! All scenarios, one binary.

mod company;
mod layers;
mod package;
