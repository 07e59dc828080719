//! Why a value cannot take the place of another (LAW §7.6), before anything is written.

use crate::kind::Invalid;

/// A reason, which never holds the value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unfit {
    /// The map has no such column
    #[error("the data map knows no such column")]
    UnknownField,
    /// The map does not say that it may be corrected
    #[error("the data map does not say that it may be corrected")]
    NotCorrectable,
    /// It identifies the row for good
    #[error("it identifies the row for good: add an annotation instead")]
    Immutable,
    /// The map's condition for correcting it does not hold for this row, or a hold is on it of which nobody may learn: both
    /// read alike
    #[error("in this row it is a fact of record, or something is not decided yet: add an annotation instead")]
    Settled,
    /// It repeats another column
    #[error("it repeats another column: correct that one")]
    Copy,
    /// The person has no such row
    #[error("the person has no such row")]
    NoSuchRow,
    /// The person has several rows, and none is named
    #[error("the person has {0} such rows: name one by its key, as TABLE[KEY].COLUMN")]
    WhichRow(u64),
    /// The row may be somebody else's
    #[error("the row may be somebody else's")]
    UndecidedRow,
    /// A legal hold protects what stands there
    #[error("a legal hold protects what stands there")]
    Held,
    /// It is not a value of its kind
    #[error("{0}")]
    Invalid(#[from] Invalid),
    /// The column's type would change it, or its values are words that the map does not give
    #[error("the column's type cannot hold it")]
    WrongType,
    /// Somebody else has it
    #[error("another row has this value already, and it may stand in one only")]
    Taken,
    /// A check of the table refuses it
    #[error("a check of the table refuses it")]
    Check,
    /// The column must not be empty
    #[error("the column may not be without a value")]
    NotNull,
    /// It names a row that is not there
    #[error("it names a row of another table that does not exist")]
    NoParent,
    /// Other rows name this one by the value that would go
    #[error("other rows name this one by the value that stands there")]
    Referenced,
    /// A copy follows, but cannot be reached
    #[error("a copy has to follow, but nothing leads from it to this row")]
    CopyOutOfReach,
    /// A phone, a real name or an identity number
    #[error(
        "a mobile number, a real name or an identity number needs identity level L3; a number also does with one-time passwords to the old and the new one"
    )]
    StrongerIdentity,
    /// It stands there already
    #[error("it stands there already")]
    Same,
}

impl Unfit {
    /// The stable code.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::UnknownField => "unknown_field",
            Self::NotCorrectable => "not_correctable",
            Self::Immutable => "immutable",
            Self::Settled => "settled",
            Self::Copy => "a_copy",
            Self::NoSuchRow => "no_such_row",
            Self::WhichRow(_) => "which_row",
            Self::UndecidedRow => "undecided_row",
            Self::Held => "held",
            Self::Invalid(_) => "invalid_value",
            Self::WrongType => "wrong_type",
            Self::Taken => "value_taken",
            Self::Check => "check_refuses",
            Self::NotNull => "value_needed",
            Self::NoParent => "no_parent",
            Self::Referenced => "still_referenced",
            Self::CopyOutOfReach => "copy_out_of_reach",
            Self::StrongerIdentity => "stronger_identity",
            Self::Same => "same_value",
        }
    }

    /// Whether what must not change can be annotated instead (LAW §7.6).
    #[must_use]
    pub fn may_be_annotated(self) -> bool {
        matches!(self, Self::NotCorrectable | Self::Immutable | Self::Settled | Self::Held | Self::Referenced)
    }
}
