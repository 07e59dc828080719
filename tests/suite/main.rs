//! All scenarios, one binary.
#![expect(clippy::unwrap_used, reason = "a scenario that cannot be set up has failed")]

mod attacked;
mod bad_databases;
mod bad_plans;
mod batch;
mod company;
mod correction;
mod desk;
mod docs;
mod door;
mod erasure;
mod intake;
mod interrupted;
mod layers;
mod letters;
mod long_cells;
mod long_record;
mod maps;
mod mentions;
mod misused;
mod office;
mod package;
mod people;
mod planned;
mod practice;
mod progress;
mod proof;
mod properties;
mod prove;
mod purge_minors;
mod purge_retention;
mod requests;
mod response_log;
mod restriction;
mod trusted_places;
mod waivers;
