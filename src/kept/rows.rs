//! Reads the rows that are kept of a change, a window at a time.

use crate::{
    casebook::{CasebookError, Vault},
    data_map::classified::{Classified, TableId},
    error::Error,
    plan::{Hindrance, IMAGES, Image, ImageRecord},
    refusal::Refusal,
};

/// Rows, and bytes of rows, that are looked at at once.
const WINDOW: (usize, usize) = (256, 1 << 20);

/// Hands the rows of `wanted` tables to `each`, in windows of one table. The tables have to be those of the change, with
/// the columns that they had.
pub fn windows(
    vault: &Vault,
    map: &Classified,
    wanted: &dyn Fn(TableId) -> bool,
    each: &mut dyn FnMut(TableId, Vec<Image>) -> Result<(), Error>,
) -> Result<(), Error> {
    let mut tables: Vec<TableId> = Vec::new();
    let (mut open, mut bytes): (Option<(TableId, Vec<Image>)>, usize) = (None, 0);
    let mut reader = vault.read(IMAGES)?;
    let damaged = || CasebookError::Vault(vault.intent());
    while let Some(record) = reader.read()? {
        let image = match ImageRecord::decode(record).ok_or_else(damaged)? {
            ImageRecord::Table { name, columns } => {
                tables.push(table_of(map, &name, &columns)?);
                continue;
            }
            ImageRecord::Row(image) => image,
        };
        let table = *tables.get(image.table).ok_or_else(damaged)?;
        if !wanted(table) {
            continue;
        }
        let full = |(of, window): &(TableId, Vec<Image>)| *of != table || window.len() >= WINDOW.0 || bytes >= WINDOW.1;
        if open.as_ref().is_some_and(full)
            && let Some((table, window)) = open.take()
        {
            each(table, window)?;
            bytes = 0;
        }
        bytes += record.len();
        open.get_or_insert_with(|| (table, Vec::new())).1.push(image);
    }
    match open {
        Some((table, window)) => each(table, window),
        None => Ok(()),
    }
}

fn table_of(map: &Classified, name: &str, columns: &[String]) -> Result<TableId, Error> {
    let found = map.tables.iter().position(|held| held.name.to_string() == name);
    let same = |table: &TableId| {
        let held = &map.tables[*table];
        held.written_columns().iter().map(|at| &held.columns[*at].name).eq(columns)
    };
    found
        .filter(same)
        .ok_or_else(|| Refusal::CannotUndo { because: Hindrance::MapChanged, places: name.to_owned() }.into())
}
