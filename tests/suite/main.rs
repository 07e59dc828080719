//! All scenarios, one binary.

mod company;
mod door;
mod layers;
mod maps;
mod office;
mod package;
mod requests;
