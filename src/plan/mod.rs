//! A plan: what will happen to which row, and why. Planning reads; `apply` alone carries out.

mod decide;
mod format;
mod held;
mod hindrance;
mod image;
mod overwrite;
mod totals;
mod unfit;
mod work;

pub use decide::{Decision, Facts, Hold, KeepEnds, Keeping, Reason, decide};
pub use format::{Claim, FormatError, Header, PLAN_SCHEMA, Writer, read_claim};
pub use held::{Erased, Held, Holds, Tagging, text_of};
pub use hindrance::Hindrance;
pub use image::{IMAGES, Image, ImageRecord};
pub use overwrite::{
    DRAWN_BELOW, Leeway, TOKEN_PREFIX, Written, anonymized, is_drawn, occupied, speaks, still_there, written,
};
pub(crate) use totals::is_none;
pub use totals::{Kept, TableTotals, Totals};
pub use unfit::Unfit;
pub use work::{Record, Work};

use crate::{
    data_map::classified::TableId,
    value::{Key, Value},
};

/// What a plan says about one row.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
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

impl Step {
    /// Whether it only tells of a row that it may be theirs in further roles, or that somebody else's row holds it back;
    /// what becomes of the row another step says.
    #[must_use]
    pub fn is_beside(&self) -> bool {
        !self.roles.is_empty() && self.cells == 0 && self.act == Act::Leave
    }

    /// Whether it is a row of somebody else whose text would lose the person's identifiers if a hold, a contract, a law or
    /// the map did not keep it as it is: it is none of theirs, and waits for that to end.
    #[must_use]
    pub fn is_held_back(&self) -> bool {
        self.roles.is_empty() && self.decision.code().is_some()
    }
}

/// What happens to a row.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Act {
    /// Nothing
    Leave,
    /// It goes
    Delete,
    /// These columns (by place in the table) are overwritten as the map and their kinds say
    Overwrite(Vec<usize>),
    /// The row is to say nothing about anybody any more (LAW §5.2)
    Anonymize {
        /// The columns (by place) that change
        columns: Vec<usize>,
        /// What is written over each
        to: Vec<Written>,
        /// It keeps a key that other rows share: it is de-identified only, and still personal data
        linked: bool,
    },
    /// In these columns (by place) of free text the person's identifiers are struck out; the text stays
    StrikeOut(Vec<usize>),
    /// These columns (by place) become NULL, because what they point at goes
    Unlink(Vec<usize>),
    /// In these columns (by place) one value takes the place of another
    Set {
        /// The columns
        columns: Vec<usize>,
        /// What stands there, which the plan rests on
        from: Vec<Value>,
        /// What will stand there, as the engine stores it
        to: Vec<Value>,
    },
    /// A row that went comes back
    PutBack {
        /// Its columns that are not computed
        columns: Vec<usize>,
        /// What stood in them
        values: Vec<Value>,
    },
}

impl Act {
    /// The machine word in plans and JSON.
    #[must_use]
    pub fn word(&self) -> &'static str {
        match self {
            Self::Leave => "leave",
            Self::Delete => "delete",
            Self::Overwrite(_) => "overwrite",
            Self::Anonymize { linked: false, .. } => "anonymize",
            Self::Anonymize { linked: true, .. } => "de_identify",
            Self::StrikeOut(_) => "strike_out",
            Self::Unlink(_) => "unlink",
            Self::Set { .. } => "set",
            Self::PutBack { .. } => "put_back",
        }
    }

    /// The columns that change, by place.
    #[must_use]
    pub fn columns(&self) -> &[usize] {
        match self {
            Self::Overwrite(columns)
            | Self::StrikeOut(columns)
            | Self::Unlink(columns)
            | Self::Anonymize { columns, .. }
            | Self::Set { columns, .. }
            | Self::PutBack { columns, .. } => columns,
            Self::Leave | Self::Delete => &[],
        }
    }

    /// Whether one statement can do this to one row and the other to another.
    #[must_use]
    pub fn goes_with(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Set { columns, .. }, Self::Set { columns: theirs, .. })
            | (Self::PutBack { columns, .. }, Self::PutBack { columns: theirs, .. }) => columns == theirs,
            (Self::Anonymize { columns, to, .. }, Self::Anonymize { columns: theirs, to: also, .. }) => {
                columns == theirs && to == also
            }
            _ => self == other,
        }
    }
}
