//! The data map: what is held, where, about whom, why and how long, in words that a lawyer can read.

pub mod classified;
pub mod fate;
pub mod predicate;
