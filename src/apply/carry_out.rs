//! Carries out work in windows, and accounts for everything that happens because of it (W2): what the engine reports
//! beyond the plan must be a declared side effect, or nothing is committed.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use jiff::tz::{TimeZone, TimeZoneDatabase};

use super::keep::{Changing, Keeper};
use crate::{
    data_map::classified::{Classified, Standing, Table, TableId},
    database::{Action, Arm, Change, Effects, Flow, RowCounts, Seed, Select, Term, Transaction, Write, WriteTo},
    error::Error,
    plan::{Act, Totals, Work, Written, written},
    planner::Planner,
    refusal::Refusal,
    schema::{Schema, Storage, TableName},
    value::{Key, Value},
};

/// Rows per statement.
pub(super) const WINDOW: usize = 4096;

/// Rows of a window in which identifiers are struck out of texts: those are held while they are written.
const TEXTS: usize = 16;

/// Bytes of values that wait for their statement.
const BYTES: usize = 1 << 20;

/// A row of a window, and the values that the plan itself gives it.
type Row = (Key, Vec<Value>);

/// Work on its way into the database.
pub(super) struct CarryingOut<'a> {
    planner: &'a dyn Planner,
    map: &'a Classified,
    declared: BTreeMap<TableName, BTreeSet<TableName>>,
    random: &'a mut dyn FnMut(&mut [u8]),
    table: Option<TableId>,
    /// What one statement does, and to which rows; with the rows the values that are told for each
    open: Vec<(Act, Vec<Row>)>,
    refilled: BTreeSet<TableName>,
    /// Side effects declared by any table that was touched: full-text tables write theirs down later
    expected: BTreeSet<TableName>,
    schema: &'a Schema,
    /// Where the change can be undone for a time
    keeper: Option<Keeper<'a>>,
    /// So many bytes of values wait
    bytes: usize,
}

impl<'a> CarryingOut<'a> {
    pub(super) fn new(
        planner: &'a dyn Planner,
        schema: &'a Schema,
        keeper: Option<Keeper<'a>>,
        random: &'a mut dyn FnMut(&mut [u8]),
    ) -> Self {
        Self {
            planner,
            map: planner.map(),
            declared: schema.side_effects(),
            random,
            table: None,
            open: Vec::new(),
            refilled: BTreeSet::new(),
            expected: BTreeSet::new(),
            schema,
            keeper,
            bytes: 0,
        }
    }

    /// Takes one row; carries out a window when one is full or the table changes.
    pub(super) fn push(&mut self, work: Work, transaction: &mut dyn Transaction) -> Result<(), Error> {
        if self.table != Some(work.table) {
            self.close(transaction)?;
            self.table = Some(work.table);
        }
        let known = self.open.iter().position(|(act, _)| act.goes_with(&work.act));
        let at = known.unwrap_or(self.open.len());
        let told = match &work.act {
            Act::Set { to: values, .. } | Act::PutBack { values, .. } => values.clone(),
            _ => Vec::new(),
        };
        let window = match &work.act {
            Act::StrikeOut(_) => TEXTS,
            Act::Set { .. } | Act::PutBack { .. } => WINDOW.min(Change::rows_bound(work.key.0.len() + told.len())),
            _ => WINDOW,
        };
        if known.is_none() {
            self.open.push((work.act, Vec::new()));
        }
        self.bytes += told.iter().map(weight).sum::<usize>();
        self.open[at].1.push((work.key, told));
        if self.bytes >= BYTES || self.open[at].1.len() >= window { self.close(transaction) } else { Ok(()) }
    }

    /// Carries out what is still open. Terms that left full-text tables stay in their segments until a proof merges them,
    /// once for many changes: a merge reads the whole index, however little was removed.
    pub(super) fn flush(&mut self, transaction: &mut dyn Transaction) -> Result<(), Error> {
        self.close(transaction)?;
        self.table = None;
        Ok(())
    }

    fn close(&mut self, transaction: &mut dyn Transaction) -> Result<(), Error> {
        let Some(table) = self.table else { return Ok(()) };
        self.bytes = 0;
        // a link is cut before the row goes that it leads to
        let (goes, stays): (Vec<_>, Vec<_>) =
            std::mem::take(&mut self.open).into_iter().partition(|(act, _)| *act == Act::Delete);
        for (act, rows) in stays.into_iter().chain(goes) {
            self.execute(table, &act, rows, transaction)?;
        }
        Ok(())
    }

    fn execute(
        &mut self,
        table: TableId,
        act: &Act,
        rows: Vec<Row>,
        transaction: &mut dyn Transaction,
    ) -> Result<(), Error> {
        let held = &self.map.tables[table];
        let key = held.key_columns()?;
        let planned = rows.len() as u64;
        let action = match act {
            Act::Leave => return Ok(()),
            Act::Delete => Action::Delete,
            Act::Unlink(columns) => Action::Overwrite(columns.iter().map(|at| null(&held.columns[*at].name)).collect()),
            Act::Overwrite(columns) => Action::Overwrite(writes(held, columns, &self.written(table, columns)?)),
            Act::Anonymize { columns, to, .. } => Action::Overwrite(writes(held, columns, to)),
            Act::PutBack { columns, .. } => {
                Action::Insert(columns.iter().map(|at| held.columns[*at].name.clone()).collect())
            }
            Act::StrikeOut(columns) | Act::Set { columns, .. } => {
                let write = |(at, column): (usize, &usize)| Write {
                    column: held.columns[*column].name.clone(),
                    to: WriteTo::PerRow(at),
                };
                Action::Overwrite(columns.iter().enumerate().map(write).collect())
            }
        };
        let rows = match act {
            Act::StrikeOut(columns) => {
                let keys: Vec<Key> = rows.into_iter().map(|(key, _)| key).collect();
                self.struck_out(table, columns, &keys, transaction)?
            }
            Act::Overwrite(columns) => {
                let to = self.written(table, columns)?;
                self.put_in_place(table, columns, &to, rows, transaction)?
            }
            Act::Anonymize { columns, to, .. } => self.put_in_place(table, columns, to, rows, transaction)?,
            Act::Set { .. } | Act::PutBack { .. } | Act::Leave | Act::Delete | Act::Unlink(_) => rows,
        };
        if let Some(keeper) = &mut self.keeper {
            let changing = rows.iter().map(|(old, values)| {
                let then = then(&key, &action, old, values);
                Changing { key: old.clone(), then }
            });
            keeper.keep((table, held), changing.collect(), wrote(held, &action).as_deref(), transaction)?;
        }
        let change = Change { table: held.name.clone(), key, action, rows };
        let effects = transaction.execute(&change)?;
        self.account(&held.name, act, planned, &effects)
    }

    /// The texts as they are inside the transaction, without the identifiers that go.
    fn struck_out(
        &self,
        table: TableId,
        columns: &[usize],
        keys: &[Key],
        transaction: &mut dyn Transaction,
    ) -> Result<Vec<(Key, Vec<Value>)>, Error> {
        let struck = |value: Value| match value {
            Value::Text(text) => Value::Text(self.planner.strike(&text)),
            other => other,
        };
        let texts = self.cells(table, columns, keys, transaction)?;
        Ok(texts.into_iter().map(|(key, texts)| (key, texts.into_iter().map(struck).collect())).collect())
    }

    /// What an erasure writes over `columns`.
    fn written(&self, table: TableId, columns: &[usize]) -> Result<Vec<Written>, Refusal> {
        let held = &self.map.tables[table];
        let of = |at: &usize| {
            let column = &held.columns[*at];
            let nothing_fits = || Refusal::CannotOverwrite(format!("{}.{}", held.name, column.name));
            written(column, &column.meaning).ok_or_else(nothing_fits)
        };
        columns.iter().map(of).collect()
    }

    /// The rows, each with the values of its own that are written over `columns`: what is random is drawn here and
    /// remembered nowhere, what loses detail is read inside the transaction.
    fn put_in_place(
        &mut self,
        table: TableId,
        columns: &[usize],
        to: &[Written],
        rows: Vec<Row>,
        transaction: &mut dyn Transaction,
    ) -> Result<Vec<Row>, Error> {
        let map = self.map;
        let held = &map.tables[table];
        let own: Vec<(&usize, &Written)> = columns.iter().zip(to).filter(|(_, written)| is_own(written)).collect();
        let loses_detail = |(_, written): &&(&usize, &Written)| matches!(written, Written::Generalised { .. });
        let read: Vec<usize> = own.iter().filter(loses_detail).map(|(at, _)| **at).collect();
        let zone = if read.is_empty() { TimeZone::UTC } else { zone_of(map)? };
        let keys: Vec<Key> = rows.into_iter().map(|(key, _)| key).collect();
        let mut there = if read.is_empty() { HashMap::new() } else { self.cells(table, &read, &keys, transaction)? };
        let row = |key: Key| {
            let mut cells = there.remove(&key).unwrap_or_default().into_iter();
            let values = own.iter().map(|(at, written)| {
                let cell = if loses_detail(&&(*at, *written)) { cells.next() } else { None };
                let declared = &held.columns[**at].declared;
                written.instead_of(&cell.unwrap_or_default(), declared, &zone, self.random)
            });
            let values = values.collect();
            (key, values)
        };
        Ok(keys.into_iter().map(row).collect())
    }

    /// The cells of `columns` as they are inside the transaction, by key.
    fn cells(
        &self,
        table: TableId,
        columns: &[usize],
        keys: &[Key],
        transaction: &mut dyn Transaction,
    ) -> Result<HashMap<Key, Vec<Value>>, Error> {
        let held = &self.map.tables[table];
        let key = held.key_columns()?;
        let seeds = keys.iter().map(|key| Seed { subject: 0, tag: 0, values: key.0.clone() }).collect();
        let mut select =
            Select::new(held.name.clone(), key.clone(), vec![Arm { columns: key.clone(), seeds, folds: false }]);
        for at in columns {
            select.term(Term::Column { via: 0, column: held.columns[*at].name.clone() });
        }
        let mut cells = HashMap::new();
        transaction.read(&select, &mut |found| {
            let mut row = found.row;
            let values = row.split_off(key.len());
            cells.insert(Key(row), values);
            Flow::Continue
        })?;
        Ok(cells)
    }

    /// The table's own rows must be as many as planned; every other table that moved must be declared. A trigger that
    /// somebody has acknowledged may add rows where its text says so, may touch again the very rows that are changed,
    /// and may do as it likes where no personal data is: it never changes or removes a row that could be somebody's.
    fn account(&mut self, table: &TableName, act: &Act, planned: u64, effects: &Effects) -> Result<(), Error> {
        self.expected.extend(self.declared.get(table).into_iter().flatten().cloned());
        for (name, counts) in &effects.0 {
            if name != table {
                self.require_declared(table, name, counts)?;
                if counts.inserted > 0 {
                    self.refilled.insert(name.clone());
                }
                continue;
            }
            let own_triggers = self.declared.get(table).is_some_and(|declared| declared.contains(table));
            let (changed, other) = match act {
                Act::Delete => (counts.deleted, counts.inserted + counts.updated),
                Act::PutBack { .. } => (counts.inserted, counts.updated + counts.deleted),
                _ => (counts.updated, counts.inserted + counts.deleted),
            };
            let as_planned = changed == planned && other == 0;
            let gone = if *act == Act::Delete { planned } else { 0 };
            let touched = if self.has_rowid(table) { counts.touched } else { counts.updated + counts.deleted };
            let touched_again = match act {
                Act::PutBack { .. } => own_triggers && counts.inserted == planned && counts.deleted == 0,
                _ => own_triggers && touched == planned && counts.deleted == gone,
            };
            if !as_planned && !touched_again {
                let changed = touched.max(changed + other);
                return Err(Refusal::RowsChanged { table: table.to_string(), planned, changed }.into());
            }
        }
        if !effects.0.contains_key(table) && planned > 0 {
            return Err(Refusal::RowsChanged { table: table.to_string(), planned, changed: 0 }.into());
        }
        Ok(())
    }

    /// What happened in another table because `table` was changed.
    fn require_declared(&self, table: &TableName, name: &TableName, counts: &RowCounts) -> Result<(), Refusal> {
        let storage = self.schema.tables.get(name).map(|table| &table.storage);
        let declared = match storage {
            Some(Storage::Shadow(_)) => self.expected.contains(name),
            _ => self.declared.get(table).is_some_and(|declared| declared.contains(name)),
        };
        let changed = counts.updated + counts.deleted;
        let free = matches!(storage, Some(Storage::Shadow(_)))
            || self.map.tables.iter().any(|t| t.name == *name && matches!(t.standing, Standing::NoPersonalData(_)));
        match (declared, free) {
            (true, true) => Ok(()),
            (true, false) if changed == 0 => Ok(()),
            (true, false) => Err(Refusal::UnplannedChange { table: name.to_string(), rows: changed }),
            (false, _) => Err(Refusal::UnplannedChange { table: name.to_string(), rows: changed + counts.inserted }),
        }
    }

    fn has_rowid(&self, table: &TableName) -> bool {
        self.schema.tables.get(table).is_some_and(|table| table.storage != Storage::WithoutRowid)
    }

    /// What was kept of the rows so far; whatever follows is not.
    pub(super) fn take_keeper(&mut self) -> Option<Keeper<'a>> {
        self.keeper.take()
    }

    /// Whether a trigger inserted into the table meanwhile.
    pub(super) fn was_refilled(&self, table: TableId) -> bool {
        self.refilled.contains(&self.map.tables[table].name)
    }

    /// The mapped tables that triggers inserted into.
    pub(super) fn refilled(&self) -> BTreeSet<TableId> {
        (0..self.map.tables.len()).filter(|table| self.was_refilled(*table)).collect()
    }

    /// After the changes, what is found must be exactly what the plan keeps, table by table; only history that triggers
    /// write may differ.
    pub(super) fn require_kept(&self, planned: &Totals, found: &Totals) -> Result<(), Error> {
        for (table, sums) in &planned.tables {
            let kept = sums.located - sums.deleted;
            let still = found.tables.get(table).map_or(0, |sums| sums.located);
            // Rows whose link to the person was cut are no longer found, which is why fewer may be there.
            if still > kept && !self.was_refilled(*table) {
                let name = self.map.tables[*table].name.to_string();
                return Err(Refusal::StillFound { table: name, rows: still - kept }.into());
            }
        }
        Ok(())
    }
}

/// What names a row after its change.
fn then(key: &[String], action: &Action, old: &Key, values: &[Value]) -> Key {
    let Action::Overwrite(writes) = action else { return old.clone() };
    let part = |(name, value): (&String, &Value)| {
        let write = writes.iter().find(|write| write.column == *name);
        write.map_or_else(
            || value.clone(),
            |write| match &write.to {
                WriteTo::Constant(value) => value.clone(),
                WriteTo::PerRow(at) => values.get(*at).cloned().unwrap_or_default(),
            },
        )
    };
    Key(key.iter().zip(&old.0).map(part).collect())
}

/// The cells that a change writes, by place among those that can be written; none where rows go.
fn wrote(held: &Table, action: &Action) -> Option<Vec<usize>> {
    let Action::Overwrite(writes) = action else { return None };
    let columns = held.written_columns();
    let places = columns.iter().enumerate();
    let written = |at: &usize| writes.iter().any(|write| write.column == held.columns[*at].name);
    Some(places.filter(|(_, at)| written(at)).map(|(place, _)| place).collect())
}

/// Bytes of a value in memory.
fn weight(value: &Value) -> usize {
    match value {
        Value::Text(text) => text.len(),
        Value::Blob(bytes) | Value::Malformed(bytes) => bytes.len(),
        Value::Null | Value::Integer(_) | Value::Real(_) => 8,
    }
}

/// Whether every row gets a value of its own.
fn is_own(written: &Written) -> bool {
    !matches!(written, Written::Null | Written::Constant(_))
}

/// What a statement writes over `columns`; values of the rows' own in their order.
fn writes(held: &Table, columns: &[usize], to: &[Written]) -> Vec<Write> {
    let mut own = 0..;
    let write = |(at, written): (&usize, &Written)| {
        let to = match written {
            Written::Null => WriteTo::Constant(Value::Null),
            Written::Constant(value) => WriteTo::Constant(value.clone()),
            _ => WriteTo::PerRow(own.next().unwrap_or_default()),
        };
        Write { column: held.columns[*at].name.clone(), to }
    };
    columns.iter().zip(to).map(write).collect()
}

/// The zone in which instants are placed in their month.
pub(super) fn zone_of(map: &Classified) -> Result<TimeZone, Error> {
    let unknown = |source| Error::Io { what: "the time zone of the data map is not known", source };
    TimeZoneDatabase::bundled().get(&map.time_zone).map_err(|e| unknown(std::io::Error::other(e)))
}

fn null(column: &str) -> Write {
    Write { column: column.to_owned(), to: WriteTo::Constant(Value::Null) }
}
