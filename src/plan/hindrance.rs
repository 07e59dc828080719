//! Why nothing of a change is undone, before anything is written.

/// What stands in the way of an undo.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, thiserror::Error)]
pub enum Hindrance {
    /// The map or the schema is not the one under which the change was made
    #[error("the tables are not the ones that were changed")]
    MapChanged,
    /// A row is not as the change left it
    #[error("rows have changed since")]
    Changed,
    /// Another row has the key of one that would come back
    #[error("another row has the key by now")]
    KeyTaken,
    /// Another row has a value that may stand in one only, or says who somebody is
    #[error("another row has a value by now that may stand in one only, or says who somebody is")]
    ValueTaken,
    /// A row that one would belong to is another, or somebody else's
    #[error("the rows that they belong to are others by now")]
    ParentChanged,
    /// A row that one would belong to is gone
    #[error("the rows that they belong to are gone")]
    ParentGone,
    /// Another file has the name of one that would come back
    #[error("another file has the name by now")]
    FileTaken,
}

impl Hindrance {
    /// The stable code.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::MapChanged => "undo_map_changed",
            Self::Changed => "undo_changed_since",
            Self::KeyTaken => "undo_key_taken",
            Self::ValueTaken => "undo_value_taken",
            Self::ParentGone => "undo_parent_gone",
            Self::ParentChanged => "undo_parent_changed",
            Self::FileTaken => "undo_file_taken",
        }
    }
}
