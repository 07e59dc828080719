//! The sample company on which droit is shown, tested and measured.

pub mod company;
