//! A case (placeholder until its files land).
pub mod period;
