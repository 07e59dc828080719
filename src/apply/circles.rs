//! Rows that point at each other by foreign keys in a circle: whichever goes first, another still points at it. So the
//! engine looks at foreign keys only when it commits. It merely counts then: a pointer that led nowhere before, and goes,
//! makes up for one that leads nowhere since. Hence all that points at what went is looked up here as well.

use std::collections::{BTreeMap, BTreeSet};

use super::carry_out::WINDOW;
use crate::{
    casebook::{Casebook, CasebookError, Intent},
    data_map::classified::{Classified, TableId},
    database::{Arm, DatabaseError, Flow, Seed, Select, Transaction},
    error::Error,
    plan::{Act, Record, Totals},
    schema::{ForeignKey, ReferentialAction, Schema, TableName},
    value::Key,
};

/// The foreign keys at rows that go, some of them in a circle.
pub(super) struct Circles<'s>(Vec<Pointing<'s>>);

/// A foreign key at the rows of a table.
struct Pointing<'s> {
    from: &'s TableName,
    key: &'s ForeignKey,
    at: TableId,
    /// Of each column that it names, the place in the key of the rows that it points at
    places: Vec<usize>,
}

impl<'s> Circles<'s> {
    /// Where tables that lose rows point at each other in a circle. None where that cannot be looked after, because a
    /// foreign key names something else than what names the rows in the plan: the engine looks at each statement then.
    pub(super) fn of(map: &Classified, schema: &'s Schema, totals: &Totals) -> Option<Self> {
        let keys =
            schema.tables.values().flat_map(|table| table.foreign_keys.iter().map(move |key| (&table.name, key)));
        let at = |key: &ForeignKey| map.tables.iter().position(|table| table.name == key.parent);
        let changes = |at: &TableId| totals.tables.get(at).is_some_and(|sums| sums.deleted + sums.overwritten > 0);
        let mut pointing = Vec::new();
        for (from, key) in keys {
            let Some(at) = at(key).filter(changes) else { continue };
            let (held, named) = (&map.tables[at], map.tables[at].key_columns().ok()?);
            let place = |column: &String| {
                let place = named.iter().position(|name| name.eq_ignore_ascii_case(column))?;
                held.column(column).is_some_and(|c| !c.meanings().any(|m| m.kind.is_personal())).then_some(place)
            };
            let places = key.parent_columns.iter().map(place).collect::<Option<Vec<_>>>()?;
            pointing.push(Pointing { from, key, at, places });
        }
        let goes = |at: TableId| totals.tables.get(&at).is_some_and(|sums| sums.deleted > 0);
        let mut edges: BTreeMap<&TableName, BTreeSet<&TableName>> = BTreeMap::new();
        for one in pointing.iter().filter(|one| goes(one.at) && one.key.on_delete == ReferentialAction::NoAction) {
            edges.entry(one.from).or_default().insert(&one.key.parent);
        }
        edges.keys().any(|table| leads_back(table, &edges)).then_some(Self(pointing))
    }

    /// Nothing points at a row that went.
    pub(super) fn require_whole(
        &self,
        book: &Casebook,
        listed: &Intent,
        transaction: &mut dyn Transaction,
    ) -> Result<(), Error> {
        let mut went: BTreeMap<TableId, Vec<Key>> = BTreeMap::new();
        book.read_work::<Error>(listed, |record| {
            let work = match Record::decode(record) {
                Some(Record::Row(work)) if work.act == Act::Delete => work,
                Some(_) => return Ok(()),
                None => return Err(CasebookError::WorkList(listed.number).into()),
            };
            let keys = went.entry(work.table).or_default();
            keys.push(work.key);
            if keys.len() >= WINDOW { self.look(work.table, &std::mem::take(keys), transaction) } else { Ok(()) }
        })?;
        went.into_iter().try_for_each(|(table, keys)| self.look(table, &keys, transaction))
    }

    fn look(&self, table: TableId, keys: &[Key], transaction: &mut dyn Transaction) -> Result<(), Error> {
        for Pointing { from, key, places, .. } in self.0.iter().filter(|one| one.at == table && !keys.is_empty()) {
            let seed = |went: &Key| {
                let values = places.iter().map(|at| went.0[*at].clone()).collect();
                Seed { subject: 0, tag: 0, values }
            };
            let arm = Arm {
                columns: key.columns.clone(),
                seeds: keys.iter().map(seed).collect::<Vec<_>>().into(),
                folds: false,
            };
            let mut found = false;
            transaction.read(&Select::new((*from).clone(), key.columns.clone(), vec![arm]), &mut |_| {
                found = true;
                Flow::Stop
            })?;
            if found {
                return Err(DatabaseError::PointedAt((*from).clone()).into());
            }
        }
        Ok(())
    }
}

/// Whether one comes back to `table` by following the edges.
fn leads_back(table: &TableName, edges: &BTreeMap<&TableName, BTreeSet<&TableName>>) -> bool {
    let mut seen: BTreeSet<&TableName> = BTreeSet::new();
    let mut next = vec![table];
    while let Some(here) = next.pop() {
        for &to in edges.get(here).into_iter().flatten() {
            if to == table {
                return true;
            }
            if seen.insert(to) {
                next.push(to);
            }
        }
    }
    false
}
