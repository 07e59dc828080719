//! Whether there is room for what comes back: values that may stand in one row only, and the rows that it belongs to.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use sha2::{Digest as _, Sha256};

use super::{Looking, Misses, Undoing, Wanted, images};
use crate::{
    data_map::classified::{Classified, Sense, Table, TableId, Target},
    database::{Arm, Database, Flow, Seed, Select},
    error::Error,
    plan::{Act, Hindrance, Image},
    schema::{Schema, TableName},
    value::{Key, Value},
};

/// A way from rows of one table to those that they belong to.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Way {
    columns: Vec<String>,
    parent: TableName,
    parent_columns: Vec<String>,
}

/// The ways from `held`: declared keys, and ties by which a row is somebody's.
fn ways(held: &Table, map: &Classified, schema: &Schema) -> BTreeSet<Way> {
    let live = schema.tables.get(&held.name);
    let declared = live.into_iter().flat_map(|live| &live.foreign_keys).map(|key| Way {
        columns: key.columns.clone(),
        parent: key.parent.clone(),
        parent_columns: key.parent_columns.clone(),
    });
    let tied = held.ties.iter().filter(|tie| tie.sense == Sense::Of).filter_map(|tie| match &tie.target {
        Target::Rows { table, columns, .. } => Some(Way {
            columns: tie.columns.clone(),
            parent: map.tables[*table].name.clone(),
            parent_columns: columns.clone(),
        }),
        _ => None,
    });
    declared.chain(tied).collect()
}

/// The values of `columns` before the change; none when one of them is NULL or is not kept.
fn values(held: &Table, image: &Image, columns: &[String]) -> Option<Vec<Value>> {
    let places = held.written_columns();
    let names = held.key.columns().unwrap_or_default();
    let value = |name: &String| {
        let at = places.iter().position(|at| held.columns[*at].name.eq_ignore_ascii_case(name));
        let by_key = || names.iter().position(|key| key == name).and_then(|at| image.key.0.get(at));
        at.and_then(|at| image.before.get(at)).or_else(by_key).filter(|value| !value.is_null()).cloned()
    };
    columns.iter().map(value).collect()
}

/// What can be looked for; the engine itself judges the rest.
fn can_be_sought(values: &[Value]) -> bool {
    values.iter().all(|value| match value {
        Value::Integer(_) => true,
        Value::Text(text) => !text.contains('\0'),
        _ => false,
    })
}

/// The rows that come back, by what others name them: sixteen bytes for each.
pub(super) struct Coming(HashSet<[u8; 16]>);

impl Coming {
    pub(super) fn of(undoing: &Undoing<'_>, schema: &Schema) -> Result<Self, Error> {
        let map = undoing.map;
        let mut named: BTreeMap<TableName, BTreeSet<Vec<String>>> = BTreeMap::new();
        for way in map.tables.iter().flat_map(|held| ways(held, map, schema)) {
            named.entry(way.parent).or_default().insert(way.parent_columns);
        }
        let mut coming = HashSet::new();
        let wanted = |table: TableId| named.contains_key(&map.tables[table].name);
        images::windows(undoing.vault, map, &wanted, &mut |table, window| {
            let held = &map.tables[table];
            for columns in named.get(&held.name).into_iter().flatten() {
                let values = window.iter().filter_map(|image| values(held, image, columns));
                coming.extend(values.map(|values| name_of(&held.name, columns, &values)));
            }
            Ok(())
        })?;
        Ok(Self(coming))
    }

    fn has(&self, way: &Way, values: &[Value]) -> bool {
        self.0.contains(&name_of(&way.parent, &way.parent_columns, values))
    }
}

/// A text and a number that read the same are the same to a key.
fn name_of(table: &TableName, columns: &[String], values: &[Value]) -> [u8; 16] {
    let mut digest = Sha256::new();
    let texts = columns.iter().map(|name| name.to_ascii_lowercase()).chain(values.iter().map(Value::to_canonical_text));
    for text in std::iter::once(table.to_string()).chain(texts) {
        digest.update((text.len() as u64).to_be_bytes());
        digest.update(text);
    }
    let mut name = [0; 16];
    name.copy_from_slice(&digest.finalize()[..16]);
    name
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
        for way in ways(self.held, self.undoing.map, self.schema) {
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
            .filter_map(|(at, wanted)| Some((at, values(self.held, wanted.image, columns)?)))
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
        let sought = self.getting(&way.columns, wanted).filter(|(_, values)| !self.coming.has(way, values));
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
