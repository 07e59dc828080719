//! Which part of a person's data an erasure was asked for: on the command line, and in the request.

use std::collections::BTreeSet;

use crate::{
    case::Case,
    data_map::classified::{Classified, Table},
    rights::erasure::Scope,
};

use super::text::trouble;

/// The part as it was written.
pub(super) struct Part<'a> {
    pub(super) categories: &'a [String],
    /// `table.column`
    pub(super) columns: &'a [String],
    pub(super) roles: &'a [String],
}

impl Part<'_> {
    /// The part in the map's own spelling; a word that the map does not know would erase nothing and say so as if
    /// nothing were there.
    pub(super) fn within(&self, map: &Classified) -> anyhow::Result<Scope> {
        let meanings = || {
            let columns = map.tables.iter().flat_map(|table| &table.columns);
            columns.flat_map(|column| {
                std::iter::once(&column.meaning).chain(column.by_case.iter().map(|(_, meaning)| meaning))
            })
        };
        let categories = meanings().map(|meaning| meaning.kind.category().word()).collect();
        let roles = map.tables.iter().flat_map(|table| &table.roles).map(String::as_str).collect();
        Ok(Scope {
            categories: all(self.categories, &categories)?,
            columns: self.columns.iter().map(|name| column(name, map)).collect::<anyhow::Result<_>>()?,
            roles: all(self.roles, &roles)?,
            ..Scope::default()
        })
    }
}

fn all(asked: &[String], known: &BTreeSet<&str>) -> anyhow::Result<BTreeSet<String>> {
    if asked.iter().all(|word| known.contains(word.as_str())) {
        Ok(asked.iter().cloned().collect())
    } else {
        Err(unknown(known.iter().copied()))
    }
}

/// The column's name as the map has it: databases do not tell upper from lower case.
fn column(asked: &str, map: &Classified) -> anyhow::Result<String> {
    let of = |table: &Table| -> Vec<String> {
        table.columns.iter().map(|column| format!("{}.{}", table.name, column.name)).collect()
    };
    let table = |table: &&Table| {
        let (name, asked) = (table.name.to_string(), asked.as_bytes());
        let named = asked.get(..name.len()).is_some_and(|start| start.eq_ignore_ascii_case(name.as_bytes()));
        named && asked.get(name.len()) == Some(&b'.')
    };
    let known: Vec<String> = map.tables.iter().filter(table).flat_map(of).collect();
    if let Some(column) = known.iter().find(|known| known.eq_ignore_ascii_case(asked)) {
        return Ok(column.clone());
    }
    if known.is_empty() {
        let tables: Vec<String> = map.tables.iter().map(|table| format!("{}.…", table.name)).collect();
        return Err(unknown(tables.iter().map(String::as_str)));
    }
    Err(unknown(known.iter().map(String::as_str)))
}

fn unknown<'k>(known: impl Iterator<Item = &'k str>) -> anyhow::Error {
    let known = known.collect::<Vec<_>>().join(", ");
    // what was typed is not repeated: a number may have slipped into the wrong place
    trouble::UNKNOWN_PART.with(&[("known", &known)]).into()
}

/// A request that was limited when it came is not answered by erasing everything.
pub(super) fn require_no_less(case: &Case, scope: &Scope, whole: bool) -> anyhow::Result<()> {
    if case.scope.is_empty() || whole || !scope.is_whole() {
        return Ok(());
    }
    let (number, part) = (case.number.to_string(), case.scope.join(", "));
    Err(trouble::ASKED_FOR_A_PART.with(&[("case", &number), ("part", &part)]).into())
}
