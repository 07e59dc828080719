//! What a walk reads from, and whom it tells.

use super::Dead;
use crate::database::DatabaseError;

/// Where pages come from.
pub trait PageSource {
    /// Reads as many bytes of the first page as `head` holds.
    fn read_head(&mut self, head: &mut [u8]) -> Result<(), DatabaseError>;

    /// Reads page `number` into `page`, which has the size of one.
    fn read(&mut self, number: u32, page: &mut [u8]) -> Result<(), DatabaseError>;
}

/// Sees everything that a walk goes through.
pub trait Visitor {
    /// A page; every page of the file comes once.
    fn page(&mut self, page: &Page<'_>) -> Result<(), DatabaseError>;

    /// The payload of a cell. The pages it goes on in come in between.
    fn payload(&mut self, _payload: Payload<'_>) {}
}

/// A page and what it is.
#[derive(Clone, Copy, Debug)]
pub struct Page<'a> {
    /// Its number
    pub number: u32,
    /// What it is
    pub role: Role,
    /// Whose it is, if it is a table's or an index's
    pub object: Option<usize>,
    /// In a b-tree: the pages from the root to this one, or to the one whose cell overflows into this one
    pub path: &'a [u32],
    /// All of it
    pub bytes: &'a [u8],
    /// What is dead in it, the reserved bytes left out
    pub dead: &'a Dead,
}

/// What a page is used as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// A page of a b-tree
    Tree,
    /// A page of an overflow chain
    Overflow {
        /// The first page of the chain
        first: u32,
    },
    /// A page of the free list that lists others
    Trunk,
    /// A page of the free list that another lists
    Free {
        /// The one that lists it
        trunk: u32,
    },
    /// A pointer map
    PointerMap,
    /// The page with the byte that SQLite locks
    LockPage,
}

/// The payload of one cell, as it comes.
#[derive(Clone, Copy, Debug)]
pub enum Payload<'a> {
    /// What stands in the cell itself; the whole of it, or more and the end will come
    Begin {
        /// Whose it is
        object: usize,
        /// The bytes
        local: &'a [u8],
        /// Whether that is all
        whole: bool,
    },
    /// What stands on an overflow page
    More(&'a [u8]),
    /// The end of one that did not stand in the cell alone
    End,
}
