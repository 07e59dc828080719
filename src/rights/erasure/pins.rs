//! Keeping is contagious: what a row that stays points at is at most anonymized; what is retained has to be found again
//! and keeps the ties above it; what waits holds back the rows that it is tied *of*.

use std::collections::{BTreeSet, HashMap};

use super::{TableView, company::is_common, row::Judged};
use crate::{
    data_map::classified::{Classified, Sense, TableId, Target, Tie},
    database::{Arm, Database, Flow, Seed, Select, locate::role_number},
    error::Error,
    plan::{Act, Decision, Step},
    rights::common,
    value::{Key, Value},
};

/// How firmly a row is held.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Level {
    /// A row that stays points at it
    Referenced,
    /// Whoever is in a row that is retained is found through it
    Retained,
    /// … and something personal stays in that
    Remembered,
    /// A row that waits is tied *of* it
    Waits,
}

/// How firmly a row is held, and in which roles whoever is in what stays is found through it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Pin {
    pub(super) level: Option<Level>,
    pub(super) through: BTreeSet<usize>,
}

impl Pin {
    fn take(&mut self, other: &Self) {
        self.level = self.level.max(other.level);
        self.through.extend(&other.through);
    }
}

/// Values of columns at which rows that stay point.
#[derive(Debug, Default)]
pub(super) struct Pins(HashMap<TableId, HashMap<Vec<String>, Pinned>>);

/// By the columns' values.
type Pinned = HashMap<Vec<Value>, Pin>;

impl Pins {
    /// The rows of `table` that are held, each with its strongest pin: equal is what the engine calls equal.
    pub(super) fn rows(
        &self,
        map: &Classified,
        table: TableId,
        database: &mut dyn Database,
    ) -> Result<HashMap<Key, Pin>, Error> {
        let Some(lists) = self.0.get(&table) else { return Ok(HashMap::new()) };
        let held = &map.tables[table];
        let mut pins: Vec<&Pin> = Vec::new();
        let mut arms = Vec::new();
        for (columns, pinned) in lists {
            let mut seeds: Vec<Seed> = Vec::with_capacity(pinned.len());
            for (values, pin) in pinned {
                // few pins differ: a tag is the place of one
                let tag = pins.iter().position(|known| *known == pin).unwrap_or(pins.len());
                if tag == pins.len() {
                    pins.push(pin);
                }
                seeds.push(Seed { subject: 0, tag: u32::try_from(tag).unwrap_or(u32::MAX), values: values.clone() });
            }
            arms.push(Arm { columns: columns.clone(), seeds: seeds.into(), folds: false });
        }
        let select = Select::new(held.name.clone(), held.key_columns()?, arms);
        let mut rows: HashMap<Key, Pin> = HashMap::new();
        database.read(&select, &mut |found| {
            if let Some(pin) = pins.get(found.tag as usize) {
                rows.entry(Key(found.row)).or_default().take(pin);
            }
            Flow::Continue
        })?;
        Ok(rows)
    }

    /// How much is pinned: it never becomes less.
    pub(super) fn weight(&self) -> usize {
        let pinned = self.0.values().flat_map(HashMap::values).flat_map(HashMap::values);
        pinned.map(|pin| 1 + pin.level.map_or(0, |level| level as usize) + pin.through.len()).sum()
    }

    fn add(&mut self, table: TableId, columns: &[String], values: Vec<Value>, (level, role): (Level, usize)) {
        let lists = self.0.entry(table).or_default();
        if !lists.contains_key(columns) {
            lists.insert(columns.to_vec(), HashMap::new());
        }
        if let Some(pinned) = lists.get_mut(columns) {
            let through = (level >= Level::Remembered).then_some(role).into_iter().collect();
            pinned.entry(values).or_default().take(&Pin { level: Some(level), through });
        }
    }

    /// Pins what `step`'s row points at, if it stays, and the rows of other tables that a reverse tie finds through it.
    pub(super) fn pin(&mut self, view: &TableView<'_>, judged: &Judged, step: &Step) {
        let Some(own) = level(judged, step) else { return };
        // Whoever hangs on this row is not found through what it leads to; and what nothing needs is not kept for a pointer
        // that the engine does not mind.
        for Found { table, columns, pointer, role } in view.found.iter().filter(|_| own >= Level::Retained) {
            let cut = pointer.iter().any(|name| cuts(view, step, name));
            if let Some(values) = judged.referenced(view, pointer).filter(|_| !cut) {
                self.add(*table, columns, values, (own, *role));
            }
        }
        // a row that waits for one that hangs on it says so itself
        let level = judged.pin.map_or(own, |pin| own.max(pin.min(Level::Remembered)));
        for Named { tie, table, columns, role } in &view.named {
            // What is retained by law keeps all it points at; a mere pointer of another row is cut when its target goes.
            if !tie.holds_in(judged.case.as_deref()) || tie.sense == Sense::By && !retained(&step.decision) {
                continue;
            }
            let cut = tie.columns.iter().any(|name| cuts(view, step, name));
            let Some(values) = judged.referenced(view, &tie.columns).filter(|_| !cut) else { continue };
            // What waits holds back what it is tied *of*; whom it merely points at is at most anonymized.
            let level = if tie.sense == Sense::Of { level } else { Level::Referenced };
            self.add(*table, columns, values, (level, *role));
        }
    }
}

/// The level at which a row that stays holds on to what it points at. A contract in performance holds back whose it is
/// also where a hold comes first, or where it is not certain whose the row is.
fn level(judged: &Judged, step: &Step) -> Option<Level> {
    Some(match step.decision {
        Decision::Wait | Decision::Lost => Level::Waits,
        Decision::Hold(_) | Decision::Undecided if judged.waits => Level::Waits,
        _ if step.act == Act::Delete => return None,
        Decision::Hold(_) => Level::Remembered,
        _ if judged.remembers => Level::Remembered,
        // whoever else is in it is found by their own ties
        _ if is_common(&step.decision) => Level::Referenced,
        _ if step.decision.code().is_some() => Level::Retained,
        _ => Level::Referenced,
    })
}

/// Whether a hold, a contract or a law has the row stay, with all that it points at.
pub(super) fn retained(decision: &Decision) -> bool {
    matches!(decision, Decision::Hold(_) | Decision::Wait | Decision::Lost | Decision::Keep { .. })
}

fn cuts(view: &TableView<'_>, step: &Step, column: &str) -> bool {
    let (Act::Overwrite(columns) | Act::Unlink(columns) | Act::Anonymize { columns, .. }) = &step.act else {
        return false;
    };
    columns.iter().any(|at| view.held.columns[*at].name == column)
}

/// Rows of another table that a reverse tie finds through rows of this one.
pub(super) struct Found<'a> {
    table: TableId,
    columns: &'a [String],
    /// The columns of this one that lead there
    pointer: &'a [String],
    /// In which role there
    role: usize,
}

/// Rows of another table that rows of this one point at.
pub(super) struct Named<'a> {
    tie: &'a Tie,
    table: TableId,
    columns: &'a [String],
    /// In which role there
    role: usize,
}

/// What reverse ties find through `table`.
pub(super) fn found_through(map: &Classified, table: TableId) -> Vec<Found<'_>> {
    let ties = map.tables.iter().enumerate().flat_map(|(other, held)| held.ties.iter().map(move |tie| (other, tie)));
    ties.filter(|(other, tie)| tie.sense == Sense::Of && map.is_reverse(*other, tie))
        .filter_map(|(other, tie)| match &tie.target {
            Target::Rows { table: target, columns, .. } if *target == table => {
                let role = role_number(map, other, tie.role.as_deref());
                Some(Found { table: other, columns: &tie.columns, pointer: columns, role })
            }
            _ => None,
        })
        .collect()
}

/// What the ties of `table` point at; the pointer of a reverse tie stands in the other row.
pub(super) fn named_by(map: &Classified, table: TableId) -> Vec<Named<'_>> {
    let ties = map.tables[table].ties.iter().filter(|tie| !map.is_reverse(table, tie));
    ties.filter_map(|tie| match &tie.target {
        Target::Rows { table, columns, role } => {
            let role = role_number(map, *table, role.as_deref());
            Some(Named { tie, table: *table, columns, role })
        }
        _ => None,
    })
    .collect()
}

/// Whether rows of `table` are decided without looking at those of others: nothing points at them or names them, and
/// none of them is somebody else's as well.
pub(super) fn stands_alone(map: &Classified, table: TableId) -> bool {
    map.lists_named(table).is_empty() && !common::tables(map).contains(&table)
}
