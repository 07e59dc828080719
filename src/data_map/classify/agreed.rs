//! `[consents.*]` and `[subscriptions.*]`: which tables and columns they name, and whether a withdrawal can be written.

use super::{
    super::{
        classified::{Consents, Sense, Source, Standing, Stop, Subscriptions, Table, TableId},
        finding::Code,
        written::StopLines,
    },
    context::{Context, is_personal},
};
use crate::schema::{Generated, RowKey, TableName};

pub(super) fn consents(context: &mut Context<'_>, tables: &[Table]) -> Vec<Consents> {
    let map = context.map;
    let consents: Vec<Consents> = map
        .consents
        .iter()
        .filter_map(|section| {
            let place = format!("[consents.{}]", section.name);
            let table = people_of(context, &section.is, tables, &place, section.line)?;
            Some(Consents {
                name: section.name.clone(),
                table,
                scope: column_or_text(context, table, tables, &section.scope, section.line)?,
                names: section.names.iter().cloned().collect(),
                given: column(context, table, section.given.as_ref(), section.line),
                stop: stop(context, table, tables, &section.stop, section.line),
            })
        })
        .collect();
    if !map.consents.is_empty() {
        unscoped(context, tables);
    }
    consents
}

pub(super) fn subscriptions(context: &mut Context<'_>, tables: &[Table]) -> Vec<Subscriptions> {
    let map = context.map;
    let sections = map.subscriptions.iter().filter_map(|section| {
        let place = format!("[subscriptions.{}]", section.name);
        let table = people_of(context, &section.is, tables, &place, section.line)?;
        let mut said = |said: &Option<String>| {
            said.as_ref().and_then(|said| column_or_text(context, table, tables, said, section.line))
        };
        let (channel, topic) = (said(&section.channel), said(&section.topic));
        let since = column(context, table, section.since.as_ref(), section.line);
        let stop = stop(context, table, tables, &section.stop, section.line);
        Some(Subscriptions { name: section.name.clone(), table, channel, topic, since, stop })
    });
    sections.collect()
}

/// A column; a text in single quotes is the same for all rows, whatever columns are called. What stands there goes on
/// record and into letters, so it must say nothing of a person.
fn column_or_text(
    context: &mut Context<'_>,
    table: TableId,
    tables: &[Table],
    said: &str,
    line: usize,
) -> Option<Source> {
    if let Some(text) = said.strip_prefix('\'').and_then(|rest| rest.strip_suffix('\'')) {
        return Some(Source::Text(text.replace("''", "'")));
    }
    let column = context.require_column(table, said, line)?;
    if tables[table].column(&column).is_some_and(|column| is_personal(column.meaning.kind)) {
        let message = "its values go on record and into letters, and the map calls them personal";
        let hint = "call it a `fact` if it holds only the names of scopes, channels or topics".to_owned();
        context.find(Code::CannotBeStopped, context.place(table, &column), line, message, Some(hint));
    }
    Some(Source::Column(column))
}

fn column(context: &mut Context<'_>, table: TableId, name: Option<&String>, line: usize) -> Option<String> {
    context.require_column(table, name?, line)
}

/// The table of that name, whose rows must be people's.
fn people_of(context: &mut Context<'_>, is: &TableName, tables: &[Table], place: &str, line: usize) -> Option<TableId> {
    let table = context.require_table(is, place, line)?;
    if tables[table].standing != Standing::Personal {
        let message = format!("`{}` is declared to hold no people's rows", context.name(table));
        context.find(Code::DecidedTwice, place, line, message, None);
    }
    let is_person = context.map.persons.iter().any(|person| context.table(&person.is.value.table) == Some(table));
    if !is_person && !tables[table].ties.iter().any(|tie| tie.sense == Sense::Of) {
        let message = format!("no `of` ties rows of `{}` to anybody, so nobody's can be found", context.name(table));
        let hint = "tie a column, such as `of users.id`".to_owned();
        context.find(Code::Untied, place, line, message, Some(hint));
    }
    Some(table)
}

fn stop(context: &mut Context<'_>, table: TableId, tables: &[Table], lines: &StopLines, line: usize) -> Stop {
    let at = lines.at.as_ref().and_then(|column| writable(context, table, tables, column, line));
    let set = lines.set.iter().filter_map(|(column, value)| {
        let column = writable(context, table, tables, column, line)?;
        let whole = context.tables[table].column(&column)?.declared.to_ascii_uppercase().contains("INT");
        if whole && value.trim().parse::<i64>().is_err() {
            let message = format!("`{value}` cannot stand in it: it holds whole numbers");
            context.find(Code::CannotBeStopped, context.place(table, &column), line, message, None);
        }
        Some((column, value.clone()))
    });
    let set = set.collect();
    Stop { at, set }
}

/// The column, which must be one that a plan can write: not computed, no part of a key, no tie.
fn writable(context: &mut Context<'_>, table: TableId, tables: &[Table], column: &str, line: usize) -> Option<String> {
    let column = context.require_column(table, column, line)?;
    let found = context.tables[table].column(&column)?;
    let named = |names: &[String]| names.iter().any(|name| name.eq_ignore_ascii_case(&column));
    let because = if found.generated != Generated::No {
        "the database computes it"
    } else if matches!(&live_key(context, table), RowKey::Columns(columns) if named(columns)) {
        "it names the row"
    } else if named(&tables[table].immutable) {
        "the map says that it never changes"
    } else if tables[table].ties.iter().any(|tie| named(&tie.columns)) {
        "it says whose the row is"
    } else {
        return Some(column);
    };
    let message = format!("a withdrawal cannot be written here: {because}");
    context.find(Code::CannotBeStopped, context.place(table, &column), line, message, None);
    Some(column)
}

fn live_key(context: &Context<'_>, table: TableId) -> RowKey {
    context.tables[table].key.clone()
}

/// What is held on a consent that has no name cannot be withdrawn by one.
fn unscoped(context: &mut Context<'_>, tables: &[Table]) {
    for (id, table) in tables.iter().enumerate() {
        let own = table.standing == Standing::Personal;
        if own && table.is_held_on_consent() && table.scopes().next().is_none() {
            let message = "it is held on consent and names no scope, so no withdrawal reaches it";
            let hint = format!("add `scope = …` to [tables.{}]", table.name);
            let line = super::checks::section_line(context, id);
            context.find(Code::ConsentWithoutScope, context.name(id), line, message, Some(hint));
        }
    }
}
