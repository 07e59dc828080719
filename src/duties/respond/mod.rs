//! To answer in time, and to be able to show it: the response log (PIPL 50, NDR 44, CCPA regulations 7101–7102).

mod letter;
mod log;

pub use letter::{LetterTerms, letter_facts};
pub use log::{LogPeriod, write_log};
