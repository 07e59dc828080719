//! What stays holds on to what it points at; a mere pointer at a row that goes is cut where it may be NULL.

use std::collections::{HashMap, HashSet};

use super::{judge::Judged, rule::is_reverse, view::View};
use crate::{
    data_map::classified::{Classified, Sense, TableId, Target},
    plan::{Act, Decision},
    value::{Key, Row, Value},
};

/// How firmly a row is held.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Level {
    /// A row that stays points at it
    Referenced,
    /// A row that waits is tied *of* it
    Waits,
}

/// Values of columns at which rows that stay point.
#[derive(Debug, Default)]
pub(super) struct Pins(HashMap<(TableId, Vec<String>), HashMap<Vec<Value>, Level>>);

impl Pins {
    /// The strongest pin on a row.
    pub(super) fn on(&self, view: &View<'_>, terms: &Row) -> Option<Level> {
        let place = |name: &String| view.values.iter().find(|(known, _)| known == name).map(|(_, at)| *at);
        let pinned = view.lists.iter().filter_map(|columns| {
            let pinned = self.0.get(&(view.table, columns.clone()))?;
            let values: Option<Vec<Value>> = columns.iter().map(|name| Some(terms[place(name)?].clone())).collect();
            pinned.get(&values?).copied()
        });
        pinned.max()
    }

    /// Pins what the row points at, if it stays.
    pub(super) fn pin(&mut self, view: &View<'_>, judged: &Judged) {
        let act = judged.act();
        if act == Act::Delete {
            return;
        }
        let waits = judged.decision == Some(Decision::Wait) || (judged.decision.is_none() && judged.waits);
        let retained = matches!(judged.decision, Some(Decision::Hold(_) | Decision::Wait | Decision::Keep { .. }));
        for tie in &view.held.ties {
            let Target::Rows { table, columns, .. } = &tie.target else { continue };
            if is_reverse(view.map, view.table, tie) || (tie.sense == Sense::By && !retained) {
                continue;
            }
            let cut = |name: &String| act.columns().iter().any(|at| view.held.columns[*at].name == *name);
            let Some(values) = judged.values(view, &tie.columns).filter(|_| !tie.columns.iter().any(cut)) else {
                continue;
            };
            let level = if waits && tie.sense == Sense::Of { Level::Waits } else { Level::Referenced };
            let pinned = self.0.entry((*table, columns.clone())).or_default().entry(values).or_insert(level);
            *pinned = (*pinned).max(level);
        }
    }
}

/// Rows that go.
#[derive(Debug, Default)]
pub(super) struct Gone(HashMap<TableId, HashSet<Key>>);

impl Gone {
    pub(super) fn note(&mut self, table: TableId, key: &Key) {
        self.0.entry(table).or_default().insert(key.clone());
    }

    pub(super) fn contains(&self, table: TableId, key: &Key) -> bool {
        self.0.get(&table).is_some_and(|keys| keys.contains(key))
    }
}

/// Rows of a table that point at, or name, rows of another.
#[derive(Debug)]
pub(super) struct Pointer {
    pub(super) table: TableId,
    pub(super) columns: Vec<String>,
    pub(super) at_columns: Vec<String>,
    pub(super) what: What,
}

/// What follows from a pointer.
#[derive(Debug)]
pub(super) enum What {
    /// It is cut in these columns (by place) when its row goes
    Cut(Vec<usize>),
    /// It may not be NULL: its row stays
    Keeps,
    /// It names the row by something that overwriting would take
    Names,
}

/// Who points at rows of `table`.
pub(super) fn pointers(map: &Classified, table: TableId) -> Vec<Pointer> {
    let mut found = Vec::new();
    for (from, held) in map.tables.iter().enumerate() {
        for tie in &held.ties {
            let Target::Rows { table: target, columns, .. } = &tie.target else { continue };
            if *target != table {
                continue;
            }
            let pointer =
                |what| Pointer { table: from, columns: tie.columns.clone(), at_columns: columns.clone(), what };
            let personal = |name: &String| map.tables[table].column(name).is_some_and(|c| c.meaning.kind.is_personal());
            if columns.iter().any(personal) {
                found.push(pointer(What::Names));
            }
            if tie.sense == Sense::By {
                let places = tie.columns.iter().map(|name| {
                    held.columns.iter().position(|c| c.name == *name).filter(|at| !held.columns[*at].not_null)
                });
                let places: Option<Vec<usize>> = places.collect();
                found.push(pointer(places.map_or(What::Keeps, What::Cut)));
            }
        }
    }
    for tie in map.tables[table].ties.iter().filter(|tie| is_reverse(map, table, tie)) {
        if let Target::Rows { table: from, columns, .. } = &tie.target {
            let (columns, at_columns) = (columns.clone(), tie.columns.clone());
            found.push(Pointer { table: *from, columns, at_columns, what: What::Keeps });
        }
    }
    found
}
