//! droit answers data subject rights requests on the company's own user database.

pub mod demo;
pub mod value;
