//! All scenarios, one binary.
#![expect(clippy::unwrap_used, reason = "a scenario that cannot be set up has failed")]

mod company;
mod erasure;
mod layers;
mod maps;
mod package;
mod people;
mod properties;
