//! Keeping is contagious: what a row that stays points at is at most anonymized; what waits holds back the rows that it
//! is tied *of*.

use std::collections::HashMap;

use super::{TableView, common, level, row::Judged};
use crate::{
    data_map::classified::{Classified, Sense, TableId, Target, Tie},
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
pub(super) struct Pins(HashMap<TableId, HashMap<Vec<String>, Pinned>>);

/// By the columns' values.
type Pinned = HashMap<Vec<Value>, Level>;

impl Pins {
    /// The strongest pin on a row whose `values(columns)` are given.
    pub(super) fn on(
        &self,
        table: TableId,
        lists: &[Vec<String>],
        values: &dyn Fn(&[String]) -> Option<Vec<Value>>,
    ) -> Option<Level> {
        let pinned = self.0.get(&table)?;
        lists.iter().filter_map(|columns| pinned.get(columns)?.get(&values(columns)?).copied()).max()
    }

    fn add(&mut self, table: TableId, columns: &[String], values: Vec<Value>, level: Level) {
        let lists = self.0.entry(table).or_default();
        if !lists.contains_key(columns) {
            lists.insert(columns.to_vec(), HashMap::new());
        }
        if let Some(pinned) = lists.get_mut(columns) {
            let pinned = pinned.entry(values).or_insert(level);
            *pinned = (*pinned).max(level);
        }
    }

    /// Pins what `step`'s row points at, if it stays, and the rows of other tables that a reverse tie finds through it.
    pub(super) fn pin(&mut self, view: &TableView<'_>, judged: &Judged, step: &Step) {
        let Some(level) = level(step, judged.waits) else { return };
        for Found { table, columns, own } in &view.found {
            let cut = own.iter().any(|name| cuts(view, step, name));
            if let Some(values) = judged.referenced(view, own).filter(|_| !cut) {
                self.add(*table, columns, values, level);
            }
        }
        for Named { tie, table, columns } in &view.named {
            // What is retained by law keeps all it points at; a mere pointer of another row is cut when its target goes.
            if tie.sense == Sense::By && !retained(step) {
                continue;
            }
            let cut = tie.columns.iter().any(|name| cuts(view, step, name));
            let Some(values) = judged.referenced(view, &tie.columns).filter(|_| !cut) else { continue };
            // What waits holds back what it is tied *of*; whom it merely points at is at most anonymized.
            let level = if tie.sense == Sense::Of { level } else { Level::Referenced };
            self.add(*table, columns, values, level);
        }
    }
}

/// Rows of another table that a reverse tie finds through rows of this one.
pub(super) struct Found<'a> {
    table: TableId,
    columns: &'a [String],
    own: &'a [String],
}

/// Rows of another table that rows of this one point at.
pub(super) struct Named<'a> {
    tie: &'a Tie,
    table: TableId,
    columns: &'a [String],
}

/// What reverse ties find through `table`.
pub(super) fn found_through(map: &Classified, table: TableId) -> Vec<Found<'_>> {
    let ties = map.tables.iter().enumerate().flat_map(|(other, held)| held.ties.iter().map(move |tie| (other, tie)));
    ties.filter(|(other, tie)| tie.sense == Sense::Of && map.is_reverse(*other, tie))
        .filter_map(|(other, tie)| match &tie.target {
            Target::Rows { table: target, columns, .. } if *target == table => {
                Some(Found { table: other, columns: &tie.columns, own: columns })
            }
            _ => None,
        })
        .collect()
}

/// What the ties of `table` point at; the pointer of a reverse tie stands in the other row.
pub(super) fn named_by(map: &Classified, table: TableId) -> Vec<Named<'_>> {
    let ties = map.tables[table].ties.iter().filter(|tie| !map.is_reverse(table, tie));
    ties.filter_map(|tie| match &tie.target {
        Target::Rows { table, columns, .. } => Some(Named { tie, table: *table, columns }),
        _ => None,
    })
    .collect()
}

/// The tables in which rows are decided, each after those whose rows point at its own. Where pointers run in a circle
/// the order of the ties stands.
pub(super) fn order(map: &Classified) -> Vec<TableId> {
    let mut left: Vec<TableId> = map.order.iter().rev().copied().collect();
    let pointed_at = |by: TableId, table: TableId| {
        let ties =
            |of: TableId| map.tables[of].ties.iter().filter(|tie| tie.sense == Sense::Of).map(move |tie| (of, tie));
        let names = |tie: &Tie, other: TableId| matches!(&tie.target, Target::Rows { table, .. } if *table == other);
        by != table
            && (ties(by).any(|(of, tie)| names(tie, table) && !map.is_reverse(of, tie))
                || ties(table).any(|(of, tie)| names(tie, by) && map.is_reverse(of, tie)))
    };
    let mut order = Vec::with_capacity(left.len());
    while !left.is_empty() {
        let free = left.iter().position(|&table| !left.iter().any(|&by| pointed_at(by, table)));
        order.push(left.remove(free.unwrap_or(0)));
    }
    order
}

fn retained(step: &Step) -> bool {
    matches!(step.decision, Decision::Hold(_) | Decision::Wait | Decision::Keep { .. })
}

fn cuts(view: &TableView<'_>, step: &Step, column: &str) -> bool {
    let (Act::Overwrite(columns) | Act::Unlink(columns) | Act::Anonymize { columns, .. }) = &step.act else {
        return false;
    };
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

/// Whether rows of `table` are decided without looking at those of others: nothing points at them or names
/// them, and none of them is somebody else's as well.
pub(super) fn stands_alone(map: &Classified, table: TableId) -> bool {
    map.lists_named(table).is_empty() && !common::tables(map).contains(&table)
}
