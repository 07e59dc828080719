//! Texts that a full-text index keeps of its own and that the rows it repeats have no more: nobody took them out of it.

use std::collections::BTreeSet;

use rusqlite::{Connection, types::ValueRef};

use super::asked::{Words, cell};
use crate::{database::sql::quoted, schema::Repeated};

/// Whether a row of the index repeats one that is gone, or bears texts where the row has none any more. Texts that its
/// application made of other columns are known by their words.
pub(super) fn is_any(
    connection: &Connection,
    repeated: &Repeated,
    joined: &(String, String),
    words: &Words,
) -> rusqlite::Result<bool> {
    let (sql, texts) = asking(repeated, joined);
    let mut statement = connection.prepare(&sql)?;
    let columns = statement.column_count();
    let mut found = statement.query([])?;
    while let Some(row) = found.next()? {
        if row.get(0)? {
            return Ok(true);
        }
        let kept = (1..=texts).map(|column| cell(row, column)).collect::<rusqlite::Result<Vec<String>>>()?;
        let said = (texts + 1..columns).filter(|&column| row.get_ref(column).is_ok_and(|said| said != ValueRef::Null));
        let said = said.map(|column| cell(row, column)).collect::<rusqlite::Result<Vec<String>>>()?;
        let said = words.of(&said.join("\n"))?;
        if words.of(&kept.join("\n"))?.iter().any(|word| !said.contains(word)) {
            return Ok(true);
        }
    }
    Ok(false)
}

/// The statement that finds such rows (whether the row is gone, the texts that the index keeps, the row itself), and how
/// many such texts there are.
fn asking(repeated: &Repeated, (here, there): &(String, String)) -> (String, usize) {
    let (mut kept, mut gone) = (Vec::new(), Vec::new());
    let own = repeated.made_of.iter().filter(|(name, _)| !name.eq_ignore_ascii_case(here));
    for (name, made_of) in own {
        let text = format!("i.{}", quoted(name));
        // what is always the same says nothing of anybody
        if made_of.as_ref().is_some_and(BTreeSet::is_empty) {
            continue;
        }
        gone.push(format!("length({text}) > 0"));
        let Some(made_of) = made_of else { continue };
        let empty = made_of.iter().map(|of| format!("coalesce(length(t.{}), 0) = 0", quoted(of)));
        let empty = empty.collect::<Vec<_>>().join(" AND ");
        kept.push((format!("length({text}) > 0 AND {empty}"), text));
    }
    let (index, original) = (quoted(&repeated.index), quoted(&repeated.original));
    let there = format!("t.{}", quoted(there));
    let texts: Vec<String> = kept.iter().map(|(left, text)| format!("CASE WHEN {left} THEN {text} END, ")).collect();
    let left: Vec<&str> = kept.iter().map(|(left, _)| &**left).collect();
    let any = |conditions: &[&str]| if conditions.is_empty() { "0".to_owned() } else { conditions.join(" OR ") };
    let gone = any(&gone.iter().map(String::as_str).collect::<Vec<_>>());
    let columns = texts.concat();
    let sql = format!(
        "SELECT {there} IS NULL, {columns}t.* FROM main.{index} i LEFT JOIN main.{original} t ON {there} = i.{} \
         WHERE {there} IS NULL AND ({gone}) OR {there} IS NOT NULL AND ({})",
        quoted(here),
        any(&left)
    );
    (sql, texts.len())
}
