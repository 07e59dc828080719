//! How much is held on whom: rows per table and role, without reading what is in them.

use std::collections::BTreeMap;

use super::{Doubt, Walk};
use crate::{
    data_map::classified::TableId,
    database::{Database, DatabaseError, Flow},
};

/// Rows of one table that an identity set reaches.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Held {
    /// The table
    pub table: TableId,
    /// Rows that are the person's
    pub rows: u64,
    /// … by role (0 is the row as a whole); a row in two roles counts in both
    pub roles: BTreeMap<usize, u64>,
    /// Rows that bear the person's value but may not be theirs, by reason
    pub undecided: BTreeMap<Doubt, u64>,
}

impl Walk<'_> {
    /// Counts what is held, table by table, parents first; tables with nothing are left out.
    pub fn count(&self, database: &mut dyn Database) -> Result<Vec<Held>, DatabaseError> {
        let mut counted = Vec::new();
        for &table in &self.map().order {
            let Some(select) = self.select(table) else { continue };
            let mut held = Held { table, rows: 0, roles: BTreeMap::new(), undecided: BTreeMap::new() };
            self.holdings(table, select, database, &mut |holding| {
                if let Some(doubt) = holding.doubt {
                    *held.undecided.entry(doubt).or_default() += 1;
                } else {
                    held.rows += 1;
                    for role in holding.roles {
                        *held.roles.entry(role).or_default() += 1;
                    }
                }
                Flow::Continue
            })?;
            if held.rows > 0 || !held.undecided.is_empty() {
                counted.push(held);
            }
        }
        Ok(counted)
    }
}
