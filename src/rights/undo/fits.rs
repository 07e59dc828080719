//! Whether there is room for what comes back: values that may stand in one row only, and rows that the schema wants to be
//! there.

use std::collections::BTreeSet;

use super::{Looking, Misses, Undoing, Wanted};
use crate::{
    data_map::classified::Table,
    database::{Arm, Database, Flow, Seed, Select},
    error::Error,
    kept::{Coming, Named, cells},
    plan::{Act, Hindrance, Image},
    schema::{Schema, TableName},
    value::{Key, Value},
};

/// A declared key: a way from rows of one table to those without which they cannot be.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Way {
    columns: Vec<String>,
    parent: TableName,
    parent_columns: Vec<String>,
}

/// The ways that the schema declares.
fn ways(held: &Table, schema: &Schema) -> BTreeSet<Way> {
    let live = schema.tables.get(&held.name);
    let declared = live.into_iter().flat_map(|live| &live.foreign_keys).map(|key| Way {
        columns: key.columns.clone(),
        parent: key.parent.clone(),
        parent_columns: key.parent_columns.clone(),
    });
    declared.collect()
}

/// The rows that come back, by what declared keys name them by.
pub(super) fn coming(undoing: &Undoing<'_>, schema: &Schema) -> Result<Coming, Error> {
    let map = undoing.map;
    let mut named = Named::new();
    for way in map.tables.iter().flat_map(|held| ways(held, schema)) {
        if let Some(parent) = map.table_id(&way.parent) {
            named.entry(parent).or_default().insert(way.parent_columns);
        }
    }
    // the engine judges in the end
    Coming::of(undoing.vault, map, &named, true)
}

/// What can be looked for; the engine itself judges the rest.
fn can_be_sought(values: &[Value]) -> bool {
    values.iter().all(|value| match value {
        Value::Integer(_) => true,
        Value::Text(text) => !text.contains('\0'),
        _ => false,
    })
}

impl Looking<'_> {
    /// Looks for whatever has no room, or nothing to belong to.
    pub(super) fn look_for_misfits(
        &self,
        wanted: &[Wanted<'_>],
        database: &mut dyn Database,
        misses: &mut Misses,
    ) -> Result<(), Error> {
        let mut unfit: BTreeSet<(Hindrance, usize)> = BTreeSet::new();
        let live = self.schema.tables.get(&self.held.name);
        for index in live.into_iter().flat_map(|live| &live.indexes).filter(|index| index.unique && !index.partial) {
            if let Some(columns) = index.columns.iter().cloned().collect::<Option<Vec<String>>>() {
                self.look_for_taken(&columns, wanted, database, &mut unfit)?;
            }
        }
        for way in ways(self.held, self.schema) {
            self.look_for_parents(&way, wanted, database, &mut unfit)?;
        }
        for (because, at) in unfit {
            misses.add(because, self.table, &wanted[at].image.key);
        }
        Ok(())
    }

    /// The rows, by place, that get values in `columns`, with these values.
    fn getting<'w>(
        &'w self,
        columns: &'w [String],
        wanted: &'w [Wanted<'_>],
    ) -> impl Iterator<Item = (usize, Vec<Value>)> + 'w {
        let changes = |act: &Act| match act {
            Act::Set { columns: set, .. } => {
                set.iter().any(|at| columns.iter().any(|name| self.held.columns[*at].name.eq_ignore_ascii_case(name)))
            }
            _ => true,
        };
        let getting = wanted.iter().enumerate().filter(move |(_, wanted)| changes(&wanted.act));
        getting
            .filter_map(|(at, wanted)| Some((at, cells(self.held, &wanted.image.key, &wanted.image.before, columns)?)))
            .filter(|(_, values)| can_be_sought(values))
    }

    fn look_for_taken(
        &self,
        columns: &[String],
        wanted: &[Wanted<'_>],
        database: &mut dyn Database,
        unfit: &mut BTreeSet<(Hindrance, usize)>,
    ) -> Result<(), Error> {
        let arm = Arm { columns: columns.to_vec(), seeds: seeds(self.getting(columns, wanted)), folds: false };
        let select = Select::new(self.held.name.clone(), self.held.key_columns()?, vec![arm]);
        database.read(&select, &mut |found| {
            let (at, key) = (found.tag as usize, Key(found.row));
            let Image { key: before, after, .. } = wanted[at].image;
            if key != *before && after.as_ref().is_none_or(|(then, _)| key != *then) {
                unfit.insert((Hindrance::ValueTaken, at));
            }
            Flow::Continue
        })?;
        Ok(())
    }

    fn look_for_parents(
        &self,
        way: &Way,
        wanted: &[Wanted<'_>],
        database: &mut dyn Database,
        unfit: &mut BTreeSet<(Hindrance, usize)>,
    ) -> Result<(), Error> {
        let sought = self
            .getting(&way.columns, wanted)
            .filter(|(_, values)| !self.coming.has(&way.parent, &way.parent_columns, values));
        let sought: Vec<(usize, Vec<Value>)> = sought.collect();
        let mut there: BTreeSet<usize> = BTreeSet::new();
        let arm = Arm { columns: way.parent_columns.clone(), seeds: seeds(sought.iter().cloned()), folds: false };
        let select = Select::new(way.parent.clone(), way.parent_columns.clone(), vec![arm]);
        database.read(&select, &mut |found| {
            there.insert(found.tag as usize);
            Flow::Continue
        })?;
        let gone = sought.into_iter().map(|(at, _)| at).filter(|at| !there.contains(at));
        unfit.extend(gone.map(|at| (Hindrance::ParentGone, at)));
        Ok(())
    }
}

fn seeds(sought: impl Iterator<Item = (usize, Vec<Value>)>) -> crate::database::Seeds {
    let seed =
        |(at, values): (usize, Vec<Value>)| Seed { subject: 0, tag: u32::try_from(at).unwrap_or(u32::MAX), values };
    sought.map(seed).collect()
}
