//! What tells a row from whoever gets its key later: a keyed tag of columns that never change. It is sealed with the
//! case when something is planned, because afterwards the values are gone.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::{
    case::{IdentitySet, IdentityTag, Secret},
    data_map::classified::{Classified, Table, TableId},
    database::{Arm, Database, Flow, Seed, Select, Term},
    error::Error,
    schema::TableName,
    value::{Key, Value, hex},
};

/// Computes the keyed tag of a text, by a word that says what it is of.
pub type Tagging = dyn Fn(&str, &str) -> IdentityTag;

/// The fingerprint of some cells of one row.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Print {
    table: String,
    /// The columns by which the row is found
    by: Vec<String>,
    /// What stands in them, by its canonical bytes
    key: String,
    /// The columns whose cells are meant
    columns: Vec<String>,
    tag: IdentityTag,
}

/// The key may be personal itself.
impl fmt::Debug for Print {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Print").field("table", &self.table).field("columns", &self.columns).finish_non_exhaustive()
    }
}

/// What stands in the place of a row that was fingerprinted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Seen {
    /// No row
    Nothing,
    /// The same
    Same,
    /// Something else
    Other,
    /// The columns are not there any more
    Unreadable,
}

/// Columns that tell one holder of a key from the next: those that the map calls immutable, but for the key itself.
fn telling(held: &Table, key: &[String]) -> Vec<String> {
    held.immutable.iter().filter(|column| !key.contains(column)).cloned().collect()
}

impl Print {
    /// The fingerprints of a person's rows, as far as they exist and the map has columns for them.
    pub fn of_persons(
        map: &Classified,
        set: &IdentitySet,
        database: &mut dyn Database,
        tagging: &Tagging,
    ) -> Result<Vec<Self>, Error> {
        let mut prints = Vec::new();
        for person in &map.persons {
            for key in set.persons.get(&person.name).into_iter().flatten() {
                let by = vec![person.column.clone()];
                prints.extend(Self::of_row(map, person.table, by, key, database, tagging)?);
            }
        }
        Ok(prints)
    }

    /// The fingerprint of the row in which `by` is `key`; none where nothing tells it from another with the same key.
    pub fn of_row(
        map: &Classified,
        table: TableId,
        by: Vec<String>,
        key: &Key,
        database: &mut dyn Database,
        tagging: &Tagging,
    ) -> Result<Option<Self>, Error> {
        let columns = telling(&map.tables[table], &by);
        if columns.is_empty() {
            return Ok(None);
        }
        let Some(cells) = cells(&map.tables[table].name, &by, key, &columns, database)? else { return Ok(None) };
        if cells.iter().any(Value::is_empty) {
            return Ok(None);
        }
        Ok(Some(Self::of_cells(&map.tables[table], by, key, columns, &cells, tagging)))
    }

    /// The fingerprint of one cell as it stands now; none when there is no row.
    pub fn of_cell(
        map: &Classified,
        table: TableId,
        key: &Key,
        column: usize,
        database: &mut dyn Database,
        tagging: &Tagging,
    ) -> Result<Option<Self>, Error> {
        let held = &map.tables[table];
        let (by, columns) = (held.key_columns()?, vec![held.columns[column].name.clone()]);
        let cells = cells(&held.name, &by, key, &columns, database)?;
        Ok(cells.map(|cells| Self::of_cells(held, by, key, columns, &cells, tagging)))
    }

    fn of_cells(
        held: &Table,
        by: Vec<String>,
        key: &Key,
        columns: Vec<String>,
        cells: &[Value],
        tagging: &Tagging,
    ) -> Self {
        let mut bytes = Vec::new();
        key.encode(&mut bytes);
        let table = held.name.to_string();
        let tag = tag(&table, &columns, cells, tagging);
        Self { table, by, key: hex(&bytes), columns, tag }
    }

    /// Whether it is of the row of `table` in which `by` is `key`.
    #[must_use]
    pub fn is_of(&self, table: &TableName, by: &[String], key: &Key) -> bool {
        let mut bytes = Vec::new();
        key.encode(&mut bytes);
        self.is_in(table) && self.by == by && self.key == hex(&bytes)
    }

    /// Whether it is of a row of `table`.
    #[must_use]
    pub fn is_in(&self, table: &TableName) -> bool {
        self.table == table.to_string()
    }

    /// What stands in the row now.
    pub fn look(&self, map: &Classified, database: &mut dyn Database, tagging: &Tagging) -> Result<Seen, Error> {
        match self.key() {
            Some(key) => self.look_at(&key, map, database, tagging),
            None => Ok(Seen::Unreadable),
        }
    }

    /// What stands in the row of another key.
    pub fn look_at(
        &self,
        key: &Key,
        map: &Classified,
        database: &mut dyn Database,
        tagging: &Tagging,
    ) -> Result<Seen, Error> {
        let held = map.tables.iter().find(|held| self.is_in(&held.name));
        let known = |held: &&Table| self.by.iter().chain(&self.columns).all(|column| held.column(column).is_some());
        let Some(held) = held.filter(known) else { return Ok(Seen::Unreadable) };
        Ok(match cells(&held.name, &self.by, key, &self.columns, database)? {
            None => Seen::Nothing,
            Some(cells) if tag(&self.table, &self.columns, &cells, tagging) == self.tag => Seen::Same,
            Some(_) => Seen::Other,
        })
    }

    /// Whether the cells would be these.
    #[must_use]
    pub fn is_of_cells(&self, cells: &[Value], tagging: &Tagging) -> bool {
        tag(&self.table, &self.columns, cells, tagging) == self.tag
    }

    fn key(&self) -> Option<Key> {
        let pairs = self.key.as_bytes().chunks_exact(2);
        let bytes: Option<Vec<u8>> =
            pairs.map(|pair| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok()).collect();
        Key::decode(&mut bytes?.as_slice())
    }
}

/// The cells of one row; none when there is no row.
fn cells(
    table: &TableName,
    by: &[String],
    key: &Key,
    columns: &[String],
    database: &mut dyn Database,
) -> Result<Option<Vec<Value>>, Error> {
    let seeds = vec![Seed { subject: 0, tag: 0, values: key.0.clone() }];
    let arm = Arm { columns: by.to_vec(), seeds: seeds.into(), folds: false };
    let mut select = Select::new(table.clone(), by.to_vec(), vec![arm]);
    let places: Vec<usize> =
        columns.iter().map(|column| select.term(Term::Column { via: 0, column: column.clone() })).collect();
    let skip = select.key_len();
    let mut found = None;
    database.read(&select, &mut |row| {
        found = Some(places.iter().map(|at| row.row[skip + at].clone()).collect());
        Flow::Stop
    })?;
    Ok(found)
}

fn tag(table: &str, columns: &[String], cells: &[Value], tagging: &Tagging) -> IdentityTag {
    let mut bytes = Vec::new();
    for cell in cells {
        cell.encode(&mut bytes);
    }
    tagging(&format!("fingerprint of {table} ({})", columns.join(", ")), &hex(&bytes))
}

/// As they stand in an encrypted body.
#[must_use]
pub fn seal<T: Serialize>(prints: &T) -> Secret {
    serde_json::to_string(prints).unwrap_or_default().into()
}

/// Reads them again; nothing of what is something else.
#[must_use]
pub fn unseal<T: for<'de> Deserialize<'de> + Default>(sealed: &Secret) -> T {
    serde_json::from_str(sealed.reveal()).unwrap_or_default()
}
