//! All scenarios, one binary.

mod company;
mod layers;
