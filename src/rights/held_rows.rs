//! Rows in which a legal hold lets nothing be changed: by the people of the plan, by the table, or by whoever else is in
//! the row.

use std::collections::{BTreeMap, BTreeSet};

use crate::{
    data_map::classified::{Classified, TableId},
    database::{Arm, Database, Flow, Seed, Seeds, Select, locate::Owners},
    error::Error,
    plan::{Hold, Holds},
    value::Key,
};

/// Those of the rows `keys` of `table` that are under hold, each with its hold: one statement for all of them, and none
/// when nobody is held.
pub(super) fn under_hold(
    map: &Classified,
    holds: &Holds,
    table: TableId,
    keys: &BTreeSet<&Key>,
    database: &mut dyn Database,
) -> Result<BTreeMap<Key, Hold>, Error> {
    let all = holds.on(table);
    let mut held: BTreeMap<Key, Hold> = keys.iter().filter_map(|key| all.map(|hold| ((*key).clone(), hold))).collect();
    if !holds.on_others() || keys.is_empty() || all == Some(Hold::Open) {
        return Ok(held);
    }
    let columns = map.tables[table].key_columns()?;
    let seeds: Seeds = keys.iter().map(|key| Seed { subject: 0, tag: 0, values: key.0.clone() }).collect();
    let arm = Arm { columns: columns.clone(), seeds, folds: false };
    let mut select = Select::new(map.tables[table].name.clone(), columns, vec![arm]);
    let owners = Owners::ask(map, table, &mut select);
    database.read(&select, &mut |found| {
        let (key, terms) = found.row.split_at(select.key_len());
        if let Some(hold) = owners.hold(&holds.held, terms) {
            let known = held.entry(Key(key.to_vec())).or_insert(hold);
            *known = hold.min(*known);
        }
        Flow::Continue
    })?;
    Ok(held)
}
