//! What is kept of a change while it can be undone: the rows as they were, and by what they were somebody's.
//!
//! Rows come back where the change took them from. Whether that is still the same place, keys alone do not tell: a
//! database gives keys, and a network gives numbers, to others again. So beside the rows stands a fingerprint of
//! everything that they hung on and that the change left as it was.

mod above;
mod coming;
mod rows;

pub use above::{Differs, compare, write_down};
pub use coming::{Coming, Named, cell, cells};
pub use rows::windows;
