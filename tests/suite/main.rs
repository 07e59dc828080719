//! All scenarios, one binary.
#![expect(clippy::unwrap_used, reason = "a scenario that cannot be set up has failed")]

mod company;
mod desk;
mod door;
mod erasure;
mod interrupted;
mod layers;
mod maps;
mod office;
mod package;
mod properties;
mod requests;
