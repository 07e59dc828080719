//! Which columns are in the part of a person's data that is asked for.

use super::Scope;
use crate::data_map::classified::{Classified, ColumnRef, Meaning, TableId};

impl Scope {
    /// By table: whether any column is in it, in whatever case of the table; `None` when it is not about columns.
    pub(super) fn tables(&self, map: &Classified) -> Option<Vec<bool>> {
        let is_about = |table: TableId| {
            map.tables[table].columns.iter().any(|column| {
                let place = || ColumnRef { table, column: column.name.clone() };
                column.meanings().any(|meaning| self.covers(map, place(), meaning))
            })
        };
        self.is_partial().then(|| (0..map.tables.len()).map(is_about).collect())
    }

    /// Whether a column of this meaning is in it: by its category, by its place, or by that of what it copies. A history
    /// that a trigger writes would keep the very value that is written over.
    pub(super) fn covers(&self, map: &Classified, mut place: ColumnRef, meaning: &Meaning) -> bool {
        if !self.is_partial() || self.categories.contains(meaning.kind.category().word()) {
            return true;
        }
        if self.columns.is_empty() {
            return false;
        }
        let (mut copy, mut seen) = (meaning.copy.as_ref(), Vec::new());
        loop {
            if self.columns.contains(&format!("{}.{}", map.tables[place.table].name, place.column)) {
                return true;
            }
            seen.push(place);
            let Some(of) = copy.map(|copy| &copy.of).filter(|of| !seen.contains(of)) else { return false };
            let original = map.tables[of.table].column(&of.column);
            copy = original.and_then(|column| column.meanings().find_map(|meaning| meaning.copy.as_ref()));
            place = of.clone();
        }
    }
}
