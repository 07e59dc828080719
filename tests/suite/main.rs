//! All scenarios, one binary.

mod layers;
