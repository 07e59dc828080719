//! A plan: what will happen to which row, and why. Planning reads; `apply` alone carries out.

mod decide;
mod format;
mod overwrite;
mod totals;
mod work;

pub use decide::{Decision, Facts, KeepEnds, Keeping, Reason, decide};
pub use format::{Claim, FormatError, Header, PLAN_SCHEMA, Writer, read_claim};
pub use overwrite::{TOKEN_PREFIX, Written, occupied, still_there, written};
pub use totals::{Kept, TableTotals, Totals};
pub use work::{Record, Work};

use crate::{data_map::classified::TableId, value::Key};

/// What a plan says about one row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// The table
    pub table: TableId,
    /// The row
    pub key: Key,
    /// The roles in which it is the person's (0 is the row as a whole); empty for a row of somebody else that only
    /// points at the person
    pub roles: Vec<usize>,
    /// Why
    pub decision: Decision,
    /// What
    pub act: Act,
    /// How many cells it has, those of others in the row included: the same that a copy counts (W5)
    pub cells: u64,
    /// Files (as the map's template names them, beneath the files folder) that go with what goes
    pub files: Vec<String>,
}

/// What happens to a row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Act {
    /// Nothing
    Leave,
    /// It goes
    Delete,
    /// These columns (by place in the table) are overwritten as the map and their kinds say
    Overwrite(Vec<usize>),
    /// In these columns (by place) of free text the person's identifiers are struck out; the text stays
    StrikeOut(Vec<usize>),
    /// These columns (by place) become NULL, because what they point at goes
    Unlink(Vec<usize>),
}

impl Act {
    /// The machine word in plans and JSON.
    #[must_use]
    pub fn word(&self) -> &'static str {
        match self {
            Self::Leave => "leave",
            Self::Delete => "delete",
            Self::Overwrite(_) => "overwrite",
            Self::StrikeOut(_) => "strike_out",
            Self::Unlink(_) => "unlink",
        }
    }

    /// The columns that change, by place.
    #[must_use]
    pub fn columns(&self) -> &[usize] {
        match self {
            Self::Overwrite(columns) | Self::StrikeOut(columns) | Self::Unlink(columns) => columns,
            Self::Leave | Self::Delete => &[],
        }
    }
}
