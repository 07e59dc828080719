//! What stands in the way of an undo: all of it is looked for before anything is refused, so that whoever sees to it sees
//! to it once.

use std::collections::BTreeMap;

use super::{ByTable, Undoing};
use crate::{data_map::classified::TableId, error::Error, plan::Hindrance, value::Key};

/// Rows that are named of each table.
const NAMED: usize = 5;

/// Rows by what stands in their way.
#[derive(Default)]
pub(super) struct Misses(BTreeMap<Hindrance, ByTable<(u64, Vec<Key>)>>);

impl Misses {
    pub(super) fn add(&mut self, because: Hindrance, table: TableId, key: &Key) {
        let (rows, keys) = self.0.entry(because).or_default().entry(table).or_default();
        *rows += 1;
        if keys.len() < NAMED {
            keys.push(key.clone());
        }
    }

    /// Refuses for the first cause, with all tables of which rows are in its way.
    pub(super) fn refuse(self, undoing: &Undoing<'_>) -> Result<(), Error> {
        let Some((because, tables)) = self.0.into_iter().next() else { return Ok(()) };
        let told = tables.into_iter().map(|(table, (rows, keys))| {
            let more = if rows > keys.len() as u64 { ", …" } else { "" };
            let keys: Vec<String> = keys.iter().map(|key| undoing.named(key)).collect();
            format!("{} {rows} ({}{more})", undoing.map.tables[table].name, keys.join(", "))
        });
        Err(Undoing::refusal(because, told.collect::<Vec<_>>().join("; ")))
    }
}
