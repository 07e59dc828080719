//! What the controller owes unasked (PIPL 47, LAW §7.3, §7.4): minors' data without consent goes, and so does what has
//! outlived its purpose. Duties find what is due and plan; `apply` alone changes rows.

pub mod breaker;
pub mod minors;
pub mod replay;
pub mod respond;
pub mod retention;
pub mod risk;
pub mod scheduled;
pub mod tidy;
