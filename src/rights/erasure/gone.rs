//! Rows that go, and the columns that others lose: they point at nothing any more.

use std::{
    collections::{BTreeSet, HashMap, HashSet},
    rc::Rc,
};

use super::{
    pins::retained,
    pointers::{is_minded, overwritable, points},
};
use crate::{
    data_map::classified::{Classified, Table, TableId, Target},
    plan::{Act, Step},
    value::Key,
};

/// Remembered only for tables that point at others by a *by* tie or a bare foreign key, name them by a value, or have rows
/// through which others are found.
#[derive(Debug, Default)]
pub(super) struct Gone {
    rows: HashMap<TableId, HashMap<Key, Rc<Act>>>,
    /// Each sort of act once
    acts: HashSet<Rc<Act>>,
    /// Rows that a hold, a contract or a law keeps: they lose no pointer
    retained: HashMap<TableId, HashSet<Key>>,
    /// Tables of a circle whose turn comes later: what is known of them is from the time before
    later: BTreeSet<TableId>,
}

impl Gone {
    /// Begins with the first of the tables of a circle.
    pub(super) fn begin(&mut self, circle: &[TableId]) {
        self.later = circle.iter().copied().collect();
    }

    /// It is the table's turn, perhaps once more.
    pub(super) fn turn(&mut self, table: TableId) {
        self.later.remove(&table);
        self.rows.insert(table, HashMap::new());
    }

    pub(super) fn note(&mut self, map: &Classified, step: &Step) {
        if !points_elsewhere(map, step.table) {
            return;
        }
        if retained(&step.decision) {
            self.retained.entry(step.table).or_default().insert(step.key.clone());
        }
        if step.act != Act::Leave {
            let act = self.act(&step.act);
            let known = self.rows.entry(step.table).or_default().entry(step.key.clone()).or_insert(Rc::clone(&act));
            if **known != Act::Delete {
                *known = act;
            }
        }
    }

    fn act(&mut self, act: &Act) -> Rc<Act> {
        if let Some(known) = self.acts.get(act) {
            return Rc::clone(known);
        }
        let act = Rc::new(act.clone());
        self.acts.insert(Rc::clone(&act));
        act
    }

    /// Whether a hold, a contract or a law keeps the row.
    pub(super) fn is_retained(&self, table: TableId, key: &Key) -> bool {
        self.retained.get(&table).is_some_and(|rows| rows.contains(key))
    }

    /// How much goes.
    pub(super) fn weight(&self) -> usize {
        self.rows.values().map(HashMap::len).sum()
    }

    /// Whether the table's turn comes later.
    pub(super) fn is_later(&self, table: TableId) -> bool {
        self.later.contains(&table)
    }

    /// Whether nothing of the row is left, or will be, that points elsewhere by `columns`. Of a table in a circle that has
    /// not been looked at yet it is taken for granted.
    pub(super) fn lets_go(&self, map: &Classified, table: TableId, key: &Key, columns: &[String]) -> bool {
        let Some(rows) = self.rows.get(&table) else { return self.is_later(table) };
        let cut = |at: &usize| columns.contains(&map.tables[table].columns[*at].name);
        rows.get(key).is_some_and(|act| **act == Act::Delete || act.columns().iter().any(cut))
    }
}

/// Whether it has to be remembered which rows of `table` go: they point at others, or name them.
fn points_elsewhere(map: &Classified, table: TableId) -> bool {
    let finds = |(other, held): (TableId, &Table)| {
        held.ties.iter().any(|tie| tie.parent() == Some(table) && is_minded(map, other, tie))
    };
    map.tables[table].ties.iter().any(|tie| match &tie.target {
        Target::Rows { table: target, columns, .. } => points(map, table, tie) || overwritable(map, *target, columns),
        _ => false,
    }) || map.tables.iter().enumerate().any(finds)
}
