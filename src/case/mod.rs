//! A case: our answer to one request.

pub mod clock;
pub mod period;
pub mod request;
