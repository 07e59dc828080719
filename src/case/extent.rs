//! How much of what is held on a person a change was about.

use serde::{Deserialize, Serialize};

use super::event::TableCount;

/// Whether a change was made to remove something: one that only puts values in the place of others (a correction, a
/// restriction, an unsubscription) has nothing to be proven gone, and nothing of it waits.
#[must_use]
pub fn may_remove(tables: &[TableCount]) -> bool {
    tables.is_empty() || tables.iter().any(|count| count.what != "changed")
}

/// Whether a change removed what can be proven gone, or found that nothing is there any more. One that only left rows
/// where they are is no removal, whatever it was for: nothing of it is done.
#[must_use]
pub fn removes(tables: &[TableCount]) -> bool {
    tables.is_empty() || tables.iter().any(|count| !["kept", "changed"].contains(&count.what.as_str()))
}

/// How much of what is held on the person was removed, or found to stay.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Extent {
    /// What plans for a part of it were about
    Part,
    /// Everything
    Whole,
}
