//! What contradicts the file format.

/// A page that is not what the rest of the file says it is, or that cannot be anything.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}{what}", at(*page))]
pub struct Damage {
    /// The page, 0 for the file as a whole
    pub page: u32,
    /// What is wrong with it
    pub what: &'static str,
}

impl Damage {
    pub(super) fn new(page: u32, what: &'static str) -> Self {
        Self { page, what }
    }

    /// What is wrong with the file as a whole.
    #[must_use]
    pub fn of_file(what: &'static str) -> Self {
        Self { page: 0, what }
    }
}

fn at(page: u32) -> String {
    if page == 0 { String::new() } else { format!("page {page}: ") }
}
