//! To answer in time, and to be able to show it: the response log (PIPL 50, NDR 44, CCPA regulations 7101–7102).

mod log;

pub use log::{LogPeriod, write_log};
