//! How far a long piece of work is, told to whoever waits for it.

/// What is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Doing {
    /// Rows of the user database that were read
    Reading,
    /// Rows of the user database that were changed
    Changing,
    /// Rows of the sample company that were written
    Making,
    /// Events of the record that were checked
    Checking,
    /// Cases that were taken up
    Cases,
}

/// How far it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Progress {
    /// What is counted
    pub doing: Doing,
    /// How many so far
    pub done: u64,
    /// How many there will be, where that is known
    pub of: Option<u64>,
}

impl Progress {
    /// So many of an unknown number.
    #[must_use]
    pub fn counted(doing: Doing, done: u64) -> Self {
        Self { doing, done, of: None }
    }

    /// So many of a known number.
    #[must_use]
    pub fn part(doing: Doing, done: u64, of: u64) -> Self {
        Self { doing, done, of: Some(of) }
    }
}
