//! Keeping is contagious: what a row that stays points at is at most anonymized; what waits holds back the rows that it
//! is tied *of*.

use std::collections::HashMap;

use super::{TableView, level, row::Judged};
use crate::{
    data_map::classified::{Classified, Sense, TableId, Target},
    plan::{Act, Decision, Step},
    value::Value,
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
    /// The strongest pin on a row whose `values(columns)` are given.
    pub(super) fn on(
        &self,
        table: TableId,
        lists: &[Vec<String>],
        values: &dyn Fn(&[String]) -> Option<Vec<Value>>,
    ) -> Option<Level> {
        lists
            .iter()
            .filter_map(|columns| {
                let pinned = self.0.get(&(table, columns.clone()))?;
                pinned.get(&values(columns)?).copied()
            })
            .max()
    }

    /// Pins what `step`'s row points at, if it stays.
    pub(super) fn pin(&mut self, map: &Classified, view: &TableView<'_>, judged: &Judged, step: &Step) {
        let Some(level) = level(step) else { return };
        for tie in &map.tables[step.table].ties {
            let Target::Rows { table, columns, .. } = &tie.target else { continue };
            // What is retained by law keeps all it points at; a mere pointer of another row is cut when its target goes.
            if tie.sense == Sense::By && !retained(step) {
                continue;
            }
            let cut = tie.columns.iter().any(|name| cuts(view, step, name));
            let Some(values) = judged.values(view, &tie.columns).filter(|_| !cut) else { continue };
            if values.iter().any(Value::is_null) {
                continue;
            }
            // What waits holds back what it is tied *of*; whom it merely points at is at most anonymized.
            let level = if tie.sense == Sense::Of { level } else { Level::Referenced };
            let pinned = self.0.entry((*table, columns.clone())).or_default().entry(values).or_insert(level);
            *pinned = (*pinned).max(level);
        }
    }
}

fn retained(step: &Step) -> bool {
    matches!(step.decision, Decision::Hold | Decision::Wait | Decision::Keep { .. })
}

fn cuts(view: &TableView<'_>, step: &Step, column: &str) -> bool {
    let (Act::Overwrite(columns) | Act::Unlink(columns)) = &step.act else { return false };
    columns.iter().any(|at| view.held.columns[*at].name == column)
}

/// Rows of another table that point at rows of `parent` without being theirs: *by* ties.
#[derive(Debug)]
pub(super) struct Incoming {
    pub(super) table: TableId,
    pub(super) columns: Vec<String>,
    pub(super) parent_columns: Vec<String>,
    /// The columns (by place) that become NULL; `None` when one of them may not
    pub(super) cut: Option<Vec<usize>>,
}

/// Who points at rows of `parent`.
pub(super) fn incoming(map: &Classified, parent: TableId) -> Vec<Incoming> {
    let mut found = Vec::new();
    for (table, held) in map.tables.iter().enumerate() {
        for tie in held.ties.iter().filter(|tie| tie.sense == Sense::By) {
            let Target::Rows { table: target, columns, .. } = &tie.target else { continue };
            if *target != parent {
                continue;
            }
            let places: Option<Vec<usize>> = tie
                .columns
                .iter()
                .map(|name| held.columns.iter().position(|c| c.name == *name).filter(|at| !held.columns[*at].not_null))
                .collect();
            found.push(Incoming { table, columns: tie.columns.clone(), parent_columns: columns.clone(), cut: places });
        }
    }
    found
}

/// Ties of other tables by a value of `parent` that anonymizing would overwrite: a parcel's number in a voucher.
#[derive(Debug)]
pub(super) struct Naming {
    pub(super) table: TableId,
    pub(super) columns: Vec<String>,
    pub(super) parent_columns: Vec<String>,
}

/// Who names rows of `parent` by something else than a key that stays anyway.
pub(super) fn naming(map: &Classified, parent: TableId) -> Vec<Naming> {
    let ties = map.tables.iter().enumerate().flat_map(|(table, held)| held.ties.iter().map(move |tie| (table, tie)));
    ties.filter_map(|(table, tie)| match &tie.target {
        Target::Rows { table: target, columns, .. } if *target == parent && overwritable(map, parent, columns) => {
            Some(Naming { table, columns: tie.columns.clone(), parent_columns: columns.clone() })
        }
        _ => None,
    })
    .collect()
}

fn overwritable(map: &Classified, table: TableId, columns: &[String]) -> bool {
    let personal = |name: &String| map.tables[table].column(name).is_some_and(|c| c.meaning.kind.is_personal());
    columns.iter().any(personal)
}

/// Whether it has to be remembered which rows of `table` go: they point at others, or name them.
pub(super) fn points_elsewhere(map: &Classified, table: TableId) -> bool {
    map.tables[table].ties.iter().any(|tie| match &tie.target {
        Target::Rows { table: target, columns, .. } => tie.sense == Sense::By || overwritable(map, *target, columns),
        _ => false,
    })
}

/// Column lists of `table` that ties of any sense name.
pub(super) fn named_lists(map: &Classified, table: TableId) -> Vec<Vec<String>> {
    let mut lists: Vec<Vec<String>> = Vec::new();
    for tie in map.tables.iter().flat_map(|other| &other.ties) {
        if let Target::Rows { table: target, columns, .. } = &tie.target
            && *target == table
            && !lists.contains(columns)
        {
            lists.push(columns.clone());
        }
    }
    lists
}
