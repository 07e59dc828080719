//! What stays in rows of others although their text names the person, or they point at a row of the person (LAW §7.2):
//! what is under hold, what a contract in performance or a law needs, what the map says stays. The order is that of the
//! person's own rows.

use std::collections::BTreeMap;

use super::{Erasure, TableView};
use crate::{
    data_map::{
        classified::TableId,
        fate::{After, Erase},
    },
    database::{Arm, Database, Flow, Seed, Select},
    error::Error,
    plan::{Decision, Facts, KeepEnds, Keeping, decide},
    value::{Key, Row, Value},
};

/// Why something stays in a row of somebody else, and what.
pub(super) struct Staying {
    pub(super) decision: Decision,
    /// The columns that a law needs, by place; all where nothing may be changed
    columns: Option<Vec<usize>>,
}

impl Staying {
    pub(super) fn keeps(&self, column: usize) -> bool {
        self.columns.as_ref().is_none_or(|columns| columns.contains(&column))
    }
}

impl Erasure<'_> {
    /// Of the rows `keys` of `table` those in which something stays: one statement for all of them, and none where
    /// nothing can.
    pub(super) fn staying<'k>(
        &self,
        table: TableId,
        keys: impl Iterator<Item = &'k Key>,
        database: &mut dyn Database,
    ) -> Result<BTreeMap<Key, Staying>, Error> {
        let held = &self.map.tables[table];
        let key = held.key_columns()?;
        let seeds: Vec<Seed> = keys.map(|key| Seed { subject: 0, tag: 0, values: key.0.clone() }).collect();
        let none = seeds.is_empty();
        let mut select =
            Select::new(held.name.clone(), key.clone(), vec![Arm { columns: key, seeds: seeds.into(), folds: false }]);
        let view = TableView::new(self, table, None, &mut select)?;
        let held_back = self.holds.on(table).is_some() || self.holds.on_others();
        let fated = !view.keeps.is_empty() || !view.waits.is_empty() || matches!(held.fates.erase, Erase::Stay(_));
        if none || !(held_back || fated) {
            return Ok(BTreeMap::new());
        }
        let mut rows: BTreeMap<Key, Vec<Row>> = BTreeMap::new();
        database.read(&select, &mut |found| {
            let mut key = found.row;
            let terms = key.split_off(select.key_len());
            rows.entry(Key(key)).or_default().push(terms);
            Flow::Continue
        })?;
        let stays = |(key, terms): (Key, Vec<Row>)| Some((key, self.stays(&view, &terms)?));
        Ok(rows.into_iter().filter_map(stays).collect())
    }

    /// Several rows of terms: a join found several parents. Whatever any of them says holds the row back.
    fn stays(&self, view: &TableView<'_>, terms: &[Row]) -> Option<Staying> {
        let keeps: Vec<Keeping<'_>> = terms.iter().flat_map(|terms| self.keepings_of_others(view, terms)).collect();
        let decision = decide(&Facts {
            held: self.hold_on(view.table, &view.owners, terms),
            waits: view.waits.of_any(terms),
            keeps: &keeps,
            doubtful: false,
            shared: false,
            referenced: false,
            erase: &view.held.fates.erase,
        });
        decision.code()?;
        let columns = matches!(decision, Decision::Keep { .. }).then(|| {
            let running: Vec<&Keeping<'_>> = keeps.iter().filter(|keep| keep.ends != KeepEnds::Ended).collect();
            let columns = 0..view.held.columns.len();
            columns.filter(|at| view.needed(&running, &view.held.columns[*at].name)).collect()
        });
        Some(Staying { decision, columns })
    }

    /// Whoever the row belongs to was not removed: a minimum that counts from that has not begun.
    fn keepings_of_others<'v>(&self, view: &'v TableView<'_>, terms: &[Value]) -> Vec<Keeping<'v>> {
        let mut keeps = view.keepings(self, terms);
        for (keeping, of) in keeps.iter_mut().zip(view.keeps_binding(terms)) {
            if matches!(of.keep.after, After::Removal) {
                keeping.ends = KeepEnds::Unknown;
            }
        }
        keeps
    }
}
