//! The data map: what is held, where, about whom, why and how long, in words that a lawyer can read.

mod agreed;
mod basis;
mod case_value;
pub mod classified;
mod classify;
mod drift;
mod error;
mod explain;
pub mod fate;
pub mod finding;
mod fingerprint;
mod json_schema;
pub mod lead;
pub mod lock;
pub mod name;
mod nearest;
mod parse;
pub mod place;
pub mod predicate;
mod reader;
pub mod risk;
pub mod rule;
pub mod tie;
pub mod waiver;
pub mod whose;
pub mod word;
mod wording;
mod written;

pub use self::{
    basis::basis_title,
    classify::{Survey, classify, classify_by, survey},
    drift::{drift, drift_by, drifted_parts},
    error::{DataMapError, Misread},
    explain::{Explanation, Tried, Verdict, case_of, explain, words_of},
    fingerprint::{SchemaDigests, of_schema as schema_fingerprint},
    json_schema::json_schema,
    wording::Wording,
    written::DataMap,
};
