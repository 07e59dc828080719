//! A case: our answer to one request.

pub mod age;
pub mod calendar;
pub mod clock;
pub mod deadline;
pub mod period;
pub mod reminder;
pub mod request;
