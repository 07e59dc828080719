//! The pages of a SQLite file, byte by byte.
//!
//! Deleting a row leaves copies of it: in gaps, free blocks, free pages, and where rebalancing moved cells. A
//! [`walk`](fn@walk) parses every page that anything leads to and knows of each byte whether a live cell or the
//! structure needs it; what is left is dead and can be zeroed. The parsing is pure and believes nothing: whatever the
//! bytes are, it ends, and what contradicts itself is [`Damage`].

mod bitmap;
mod damage;
mod dead;
mod layout;
mod list_page;
mod objects;
mod record;
mod site;
#[cfg(test)]
mod tests;
mod tree_page;
mod varint;
mod visit;
mod walk;

pub use damage::Damage;
pub use dead::Dead;
pub use layout::{Encoding, Layout};
pub use objects::Object;
pub use record::{Column, RecordReader, SHOWN};
pub use site::{Cleaning, Site};
pub use tree_page::{Cell, Kind, TreePage};
pub use varint::write as varint;
pub use visit::{Page, PageSource, Payload, Role, Visitor};
pub use walk::{Walked, walk};
