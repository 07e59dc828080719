//! A case: our answer to one request.

pub mod calendar;
pub mod clock;
pub mod deadline;
pub mod request;
