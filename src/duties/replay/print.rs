//! What tells a row from whoever gets its key later: a keyed tag of columns that never change. It is sealed with the
//! case when something is planned, because afterwards the values are gone.

use std::fmt;

use jiff::{civil::Date, tz::TimeZone};
use serde::{Deserialize, Serialize};

use super::form::{Cell, Form, Reader};
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

/// What fingerprints are taken and compared with.
#[derive(Clone, Copy)]
pub struct Telling<'a> {
    /// The map
    pub map: &'a Classified,
    /// The controller's zone
    pub zone: &'a TimeZone,
    /// Computes fingerprints
    pub tagging: &'a Tagging,
}

/// What is known of an erasure, by which a row that it left and a row of its day are told.
#[derive(Clone, Copy)]
pub(super) struct Removal {
    /// The day
    pub(super) day: Option<Date>,
    /// Whether rows of the person stayed in the table
    pub(super) stays: bool,
}

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
    /// Of the cells exactly as they stand
    tag: IdentityTag,
    /// Of a person's row: of each cell in whatever form
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    forms: Vec<Form>,
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
    /// The same as far as that tells anything: a day alone, on which whoever was given the key may have come as well
    SameDay,
    /// What an erasure left of it
    Left,
    /// Written otherwise, so that nobody can tell
    Doubtful,
    /// A value that only one person has is the same, and another is not
    Contradicts,
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
    pub fn of_persons(with: &Telling<'_>, set: &IdentitySet, database: &mut dyn Database) -> Result<Vec<Self>, Error> {
        let mut prints = Vec::new();
        for person in &with.map.persons {
            for key in set.persons.get(&person.name).into_iter().flatten() {
                let by = vec![person.column.clone()];
                prints.extend(Self::of_row(with, person.table, by, key, database)?);
            }
        }
        Ok(prints)
    }

    /// The fingerprint of the row in which `by` is `key`; none where nothing tells it from another with the same key.
    pub fn of_row(
        with: &Telling<'_>,
        table: TableId,
        by: Vec<String>,
        key: &Key,
        database: &mut dyn Database,
    ) -> Result<Option<Self>, Error> {
        let held = &with.map.tables[table];
        let columns = telling(held, &by);
        if columns.is_empty() {
            return Ok(None);
        }
        let Some(cells) = cells(&held.name, &by, key, &columns, database)? else { return Ok(None) };
        if cells.iter().any(Value::is_empty) {
            return Ok(None);
        }
        let readers = with.readers(held, &columns).unwrap_or_default();
        let forms = readers.iter().zip(&cells).map(|(reader, cell)| reader.form(cell)).collect();
        let print = Self::of_cells(held, by, key, columns, &cells, with.tagging);
        Ok(Some(Self { forms, ..print }))
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

    pub(super) fn of_cells(
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
        Self { table, by, key: hex(&bytes), columns, tag, forms: Vec::new() }
    }

    /// Whether it is of the row of `table` in which `by` is `key`.
    #[must_use]
    pub fn is_of(&self, table: &TableName, by: &[String], key: &Key) -> bool {
        let mut bytes = Vec::new();
        key.encode(&mut bytes);
        self.is_by(table, by) && self.key == hex(&bytes)
    }

    /// Whether it is of a row of `table` that is found by these columns.
    #[must_use]
    pub fn is_by(&self, table: &TableName, by: &[String]) -> bool {
        self.is_in(table) && self.by == by
    }

    /// Whether it is of a person's row, in whatever form.
    #[must_use]
    pub fn is_of_person(&self) -> bool {
        !self.forms.is_empty()
    }

    /// Whether it is of a row of `table`.
    #[must_use]
    pub fn is_in(&self, table: &TableName) -> bool {
        self.table == table.to_string()
    }

    /// Whether exactly these cells still stand in the row.
    pub fn look(&self, map: &Classified, database: &mut dyn Database, tagging: &Tagging) -> Result<Seen, Error> {
        let Some((held, key)) = self.held(map).zip(self.key()) else { return Ok(Seen::Unreadable) };
        Ok(match cells(&held.name, &self.by, &key, &self.columns, database)? {
            None => Seen::Nothing,
            Some(cells) if self.is_of_cells(&cells, tagging) => Seen::Same,
            Some(_) => Seen::Other,
        })
    }

    /// What stands in a row that was found to be the person's.
    pub fn look_again(&self, with: &Telling<'_>, database: &mut dyn Database) -> Result<Seen, Error> {
        match self.key() {
            Some(key) => self.look_at(&key, with, Removal { day: None, stays: true }, database),
            None => Ok(Seen::Unreadable),
        }
    }

    /// What stands in the row of this key.
    pub(super) fn look_at(
        &self,
        key: &Key,
        with: &Telling<'_>,
        removal: Removal,
        database: &mut dyn Database,
    ) -> Result<Seen, Error> {
        let Some(held) = self.held(with.map) else { return Ok(Seen::Unreadable) };
        let Some(readers) = with.readers(held, &self.columns).filter(|readers| readers.len() == self.forms.len())
        else {
            return Ok(Seen::Unreadable);
        };
        let Some(cells) = cells(&held.name, &self.by, key, &self.columns, database)? else {
            return Ok(Seen::Nothing);
        };
        let look = |((reader, form), cell): ((&Reader<'_>, &Form), &Value)| {
            let kind = reader.kind();
            (reader.look(form, cell, removal.day, removal.stays), kind.identifies() && !kind.is_weak())
        };
        let seen: Vec<(Cell, bool)> = readers.iter().zip(&self.forms).zip(&cells).map(look).collect();
        let any = |wanted: Cell| seen.iter().any(|(cell, _)| *cell == wanted);
        Ok(if any(Cell::Other) {
            if seen.contains(&(Cell::Same, true)) { Seen::Contradicts } else { Seen::Other }
        } else if any(Cell::Doubtful) {
            Seen::Doubtful
        } else if any(Cell::Same) {
            Seen::Same
        } else if any(Cell::SameDay) {
            Seen::SameDay
        } else {
            Seen::Left
        })
    }

    /// Whether the cells would be these.
    #[must_use]
    pub fn is_of_cells(&self, cells: &[Value], tagging: &Tagging) -> bool {
        tag(&self.table, &self.columns, cells, tagging) == self.tag
    }

    /// Its table, if that has the columns.
    fn held<'m>(&self, map: &'m Classified) -> Option<&'m Table> {
        let held = map.tables.iter().find(|held| self.is_in(&held.name))?;
        self.by.iter().chain(&self.columns).all(|column| held.column(column).is_some()).then_some(held)
    }

    fn key(&self) -> Option<Key> {
        let pairs = self.key.as_bytes().chunks_exact(2);
        let bytes: Option<Vec<u8>> =
            pairs.map(|pair| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok()).collect();
        Key::decode(&mut bytes?.as_slice())
    }
}

impl<'a> Telling<'a> {
    fn readers(&self, held: &'a Table, columns: &[String]) -> Option<Vec<Reader<'a>>> {
        let reader = |name: &String| {
            let column = held.column(name)?;
            Some(Reader { held, column, zone: self.zone, tagging: self.tagging })
        };
        columns.iter().map(reader).collect()
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
