//! What has outlived its purpose (PIPL 19, 47; LAW §7.4): every limit that has run out, with what the map says happens
//! then, and every minimum that has ended where it was the only reason to hold the row.
//!
//! A rule finds the rows of its own table by their dates. With a row goes what inherits the rule from it. Everything
//! else that hangs on it is judged by its own rule, and what stays keeps what it points at.

mod find;
mod judge;
mod planner;
mod pointers;
mod rule;
mod view;

pub use find::{Finder, Undecidable};
pub use planner::Retention;
pub use rule::{Rule, rules};
