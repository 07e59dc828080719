//! What a person may ask. Rights make plans and copies; `apply` alone changes rows.

pub mod access;
mod common;
pub mod correction;
pub mod erasure;
mod held_rows;
pub mod restriction;
pub mod revocation;
pub mod stopping;
mod stored;
pub mod subject;
pub mod undo;
pub mod unsubscription;
