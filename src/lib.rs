//! droit answers data subject rights requests on the company's own user database.

pub mod case;
pub mod casebook;
pub mod cli;
pub mod data_map;
pub mod demo;
pub mod export;
pub mod kind;
pub mod schema;
pub mod value;
