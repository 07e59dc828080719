//! What the controller owes unasked.

pub mod respond;
