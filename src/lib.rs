//! droit answers data subject rights requests on the company's own user database.

pub mod apply;
pub mod case;
pub mod casebook;
pub mod cli;
pub mod data_map;
pub mod database;
pub mod demo;
pub mod error;
pub mod export;
pub mod kind;
pub mod plan;
pub mod planner;
pub mod refusal;
pub mod rights;
pub mod schema;
pub mod value;
