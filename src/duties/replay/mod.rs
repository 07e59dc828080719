//! After a restored backup (LAW §4.2: backup ledger; PIPL 47): what was erased or put right since is in the database as
//! it was before, and is done again, for the same people and for nobody else.
//!
//! The values by which an erased person was known stand sealed with their case; keys and numbers are given to others
//! meanwhile. So a row counts as theirs only when its fingerprint says so: a keyed tag of columns that the map calls
//! immutable, taken when the erasure was planned. What cannot be told is left to a person.

mod form;
mod given_away;
mod grounded;
mod print;
mod whose;

pub use grounded::Grounded;
pub use print::{Print, Seen, Tagging, Telling, seal, unseal};
pub use whose::{Known, Unsure, Whose};
