//! Vectors and properties of all kinds.
