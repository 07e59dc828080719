//! The response log (LAW §4.1): one line per request, and what all lines come to.
//!
//! The log is shown to auditors and authorities. It is made of what the chained headers say, so no line holds anything
//! about the person but a random reference, and nothing in it tells that secrecy was ordered.

mod column;
mod entry;
mod field;
mod outcome;
mod secrecy;
mod summary;
#[cfg(test)]
mod tests;

pub use column::{COLUMNS, Column};
pub use entry::{Entry, Place};
pub use field::Field;
pub use outcome::{Outcome, Timeliness};
pub use summary::{Punctuality, Summary};
