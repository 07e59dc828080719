//! What becomes of a table's rows in time: keep (at least), limit (at most), wait (not decidable yet), erase (how).

use super::predicate::Predicate;
use crate::case::period::Period;

/// The fates that a table states for itself. What it leaves unsaid it inherits from its nearest *of*, `erase` and
/// keep's `columns` excepted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Fates {
    /// Statutory minimums; the longest binds
    pub keep: Vec<Keep>,
    /// The purpose's maximum
    pub limit: Option<Limit>,
    /// While this is true or undecided the row is not decidable yet (a contract in performance: LAW §7.2, 2)
    pub wait: Option<Predicate>,
    /// How an erasure treats a row that nothing keeps
    pub erase: Erase,
}

/// A statutory minimum (PIPL 47: until it ends the row is kept, and nothing else is done with it).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Keep {
    /// How long
    pub period: Period,
    /// From when
    pub after: After,
    /// Whether the period counts from the end of the event's calendar year
    pub end_of_year: bool,
    /// The law, as quoted to the person
    pub law: String,
    /// Why that law applies to this controller
    pub because: String,
    /// The columns that the law needs; the others of a kept row are anonymized. `None`: what inherits or states no
    /// columns keeps facts, keys, amounts and times, never personal kinds
    pub columns: Option<Vec<String>>,
}

/// The event that a period counts from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum After {
    /// The first of these columns that is not empty; a dotted name is a column of a row that this one is tied to
    Dates(Vec<String>),
    /// The day the person was erased
    Removal,
}

/// The maximum that the purpose allows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Limit {
    /// How long
    pub period: Period,
    /// From when
    pub after: After,
    /// What happens then
    pub then: Erase,
    /// Why
    pub because: String,
}

/// How a row goes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Erase {
    /// The row is deleted
    #[default]
    Delete,
    /// Its personal columns are overwritten; the row stays
    Anonymize,
    /// It stays as it is, for the stated reason
    Stay(String),
}
