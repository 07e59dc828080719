//! An instant in the encoding that a column has.

use jiff::{Timestamp, tz::TimeZone};

use crate::{
    data_map::classified::{Classified, TableId},
    database::{Database, Flow, Select, Term},
    error::Error,
    kind::written_like,
    refusal::Refusal,
    rights::stored::stored,
    value::Value,
};

/// `moment` as it is written in the column (by place): like `like`, else like another row's, else as its type suggests.
pub(in crate::rights) fn written_in(
    map: &Classified,
    table: TableId,
    column: usize,
    moment: Timestamp,
    zone: &TimeZone,
    like: Option<&Value>,
    database: &mut dyn Database,
) -> Result<Value, Error> {
    let held = &map.tables[table];
    let named = &held.columns[column];
    let like = match like.filter(|like| !like.is_empty()) {
        Some(like) => like.clone(),
        None => neighbour(map, table, &named.name, database)?,
    };
    let written = written_like(moment, &like, zone).filter(|written| fits(written, &named.declared));
    let written = written.unwrap_or_else(|| plain(moment, &named.declared, zone));
    let unfit = || Refusal::CannotOverwrite(format!("{}.{}", held.name, named.name));
    Ok(stored(&written, &named.declared).ok_or_else(unfit)?)
}

/// Another column's encoding need not be this one's.
fn fits(written: &Value, declared: &str) -> bool {
    stored(written, declared).as_ref() == Some(written)
}

/// What another row has in `column`, by which the column's encoding is known.
fn neighbour(map: &Classified, table: TableId, column: &str, database: &mut dyn Database) -> Result<Value, Error> {
    let mut select = Select::new(map.tables[table].name.clone(), Vec::new(), Vec::new());
    select.term(Term::Column { via: 0, column: column.to_owned() });
    let mut found = Value::Null;
    database.scan(&select, &mut |mut row| {
        found = row.swap_remove(0);
        if found.is_empty() { Flow::Continue } else { Flow::Stop }
    })?;
    Ok(found)
}

/// An instant where no neighbour shows how instants are written.
fn plain(moment: Timestamp, declared: &str, zone: &TimeZone) -> Value {
    if declared.to_ascii_uppercase().contains("INT") {
        return Value::Integer(moment.as_second());
    }
    let like = Value::from("2000-01-01 00:00:00");
    written_like(moment, &like, zone).unwrap_or(Value::Null)
}
