//! Correction: what may be put right is, and back again; what may not is refused with the reason.

mod bench;
mod door;
mod invalid;
mod limits;
mod round_trip;
