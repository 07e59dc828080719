//! The rows of a change, by what others name them.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use sha2::{Digest as _, Sha256};

use super::windows;
use crate::{
    casebook::Vault,
    data_map::classified::{Classified, Table, TableId},
    error::Error,
    schema::TableName,
    value::{Key, Value},
};

/// What stands for a row, or a value, in memory.
pub(super) type Name = [u8; 16];

/// The columns by which rows are named, by table.
pub type Named = BTreeMap<TableId, BTreeSet<Vec<String>>>;

/// The rows that a change touched, by what others name them: sixteen bytes for each.
pub struct Coming {
    names: HashSet<Name>,
    /// Whether a key may be written in several ways
    folds: bool,
}

impl Coming {
    /// All rows of which something is kept in `vault`, by their values in the columns that `named` gives, as they were
    /// before the change; by their keys also as they are since. `folds`: texts that differ in case, or in spaces behind
    /// them, are the same, as they are to some engines' keys.
    pub fn of(vault: &Vault, map: &Classified, named: &Named, folds: bool) -> Result<Self, Error> {
        let mut coming = Self { names: HashSet::new(), folds };
        windows(vault, map, &|table| named.contains_key(&table), &mut |table, window| {
            let held = &map.tables[table];
            let key = held.key_columns()?;
            for columns in named.get(&table).into_iter().flatten() {
                let values = window.iter().filter_map(|image| cells(held, &image.key, &image.before, columns));
                for values in values {
                    coming.add(&held.name, columns, &values);
                }
            }
            let since = window.iter().filter_map(|image| Some(&image.after.as_ref()?.0));
            for Key(values) in since {
                coming.add(&held.name, &key, values);
            }
            Ok(())
        })?;
        Ok(coming)
    }

    fn add(&mut self, table: &TableName, columns: &[String], values: &[Value]) {
        self.names.insert(self.name_of(table, columns, values));
    }

    /// Whether a row with these values is among them.
    #[must_use]
    pub fn has(&self, table: &TableName, columns: &[String], values: &[Value]) -> bool {
        self.names.contains(&self.name_of(table, columns, values))
    }

    fn name_of(&self, table: &TableName, columns: &[String], values: &[Value]) -> Name {
        let fold = |value: &Value| match value {
            Value::Text(text) if self.folds => Value::Text(text.trim_end_matches(' ').to_ascii_lowercase()),
            other => other.clone(),
        };
        name_of(table, columns, &values.iter().map(fold).collect::<Vec<_>>())
    }
}

/// What stands in `column` of a row whose written cells are `written`; `None`: NULL, or not kept.
#[must_use]
pub fn cell(held: &Table, key: &Key, written: &[Value], column: &str) -> Option<Value> {
    let at = held.written_columns().iter().position(|at| held.columns[*at].name.eq_ignore_ascii_case(column));
    let by_key = || {
        let names = held.key.columns().unwrap_or_default();
        let at = names.iter().position(|name| name.eq_ignore_ascii_case(column))?;
        key.0.get(at)
    };
    at.and_then(|at| written.get(at)).or_else(by_key).filter(|value| !value.is_null()).cloned()
}

/// What stands in `columns`; `None` when one of them is NULL or not kept.
#[must_use]
pub fn cells(held: &Table, key: &Key, written: &[Value], columns: &[String]) -> Option<Vec<Value>> {
    columns.iter().map(|column| cell(held, key, written, column)).collect()
}

/// A text and a number that read the same are the same to a key.
pub(super) fn name_of(table: &TableName, columns: &[String], values: &[Value]) -> Name {
    let texts = columns.iter().map(|name| name.to_ascii_lowercase()).chain(values.iter().map(Value::to_canonical_text));
    digest_of(std::iter::once(table.to_string()).chain(texts))
}

/// Sixteen bytes that stand for a list of texts.
pub(super) fn digest_of(texts: impl Iterator<Item = impl AsRef<[u8]>>) -> Name {
    let mut digest = Sha256::new();
    for text in texts {
        digest.update((text.as_ref().len() as u64).to_be_bytes());
        digest.update(text);
    }
    let mut name = [0; 16];
    name.copy_from_slice(&digest.finalize()[..16]);
    name
}
