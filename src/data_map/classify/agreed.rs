//! `[consents.*]` and `[subscriptions.*]`: which tables and columns they name, and whether a withdrawal can be written.

use super::{
    super::{
        classified::{Column, Consents, Sense, Source, Standing, Stop, Subscriptions, Table, TableId},
        finding::Code,
        written::StopLines,
    },
    context::{Context, is_personal},
    whose,
};
use crate::{
    kind::Kind,
    schema::{Generated, RowKey, TableName},
};

pub(super) fn consents(context: &mut Context<'_>, tables: &[Table]) -> Vec<Consents> {
    let map = context.map;
    let consents: Vec<Consents> = map
        .consents
        .iter()
        .filter_map(|section| {
            let place = format!("[consents.{}]", section.name);
            let table = people_of(context, &section.is, tables, &place, section.line)?;
            let role = whose::role(context, table, tables, section.role.as_deref(), &place, section.line);
            let scope = column_or_text(context, table, tables, &section.scope, section.line)?;
            let given = time(context, table, tables, section.given.as_ref(), section.line);
            let read = columns_read([Some(&scope)], given.as_ref());
            let stop = Stopped { table, tables, line: section.line, read }.by(context, &section.stop);
            let names = section.names.iter().cloned().collect();
            Some(Consents { name: section.name.clone(), table, role, scope, names, given, stop })
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
        let role = whose::role(context, table, tables, section.role.as_deref(), &place, section.line);
        let mut said = |said: &Option<String>| {
            said.as_ref().and_then(|said| column_or_text(context, table, tables, said, section.line))
        };
        let (channel, topic) = (said(&section.channel), said(&section.topic));
        let since = time(context, table, tables, section.since.as_ref(), section.line);
        let read = columns_read([channel.as_ref(), topic.as_ref()], since.as_ref());
        let stop = Stopped { table, tables, line: section.line, read }.by(context, &section.stop);
        Some(Subscriptions { name: section.name.clone(), table, role, channel, topic, since, stop })
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

/// A column of dates; what could not be read as one would be passed over.
fn time(
    context: &mut Context<'_>,
    table: TableId,
    tables: &[Table],
    name: Option<&String>,
    line: usize,
) -> Option<String> {
    let column = context.require_column(table, name?, line)?;
    require_time(context, table, tables, &column, line);
    Some(column)
}

fn require_time(context: &mut Context<'_>, table: TableId, tables: &[Table], column: &str, line: usize) {
    let theirs = tables[table].standing == Standing::Personal;
    let meant = tables[table].column(column).filter(|_| theirs).map(Column::meanings);
    if meant.is_some_and(|mut meant| meant.any(|meaning| meaning.kind != Kind::Time)) {
        let message = "a date is read here, and the map does not call it a `time`";
        context.find(Code::CannotBeStopped, context.place(table, column), line, message, None);
    }
}

/// The columns that say what was agreed to and since when.
fn columns_read<const N: usize>(said: [Option<&Source>; N], began: Option<&String>) -> Vec<String> {
    let columns = said.into_iter().flatten().filter_map(|source| match source {
        Source::Column(column) => Some(column.clone()),
        Source::Text(_) => None,
    });
    columns.chain(began.cloned()).collect()
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

/// Where it is written that something has ended.
struct Stopped<'a> {
    table: TableId,
    tables: &'a [Table],
    line: usize,
    /// Columns that say what was agreed to and since when
    read: Vec<String>,
}

impl Stopped<'_> {
    fn by(&self, context: &mut Context<'_>, lines: &StopLines) -> Stop {
        let mut written: Vec<String> = Vec::new();
        let at = lines.at.as_ref().and_then(|column| {
            let column = writable(context, self.table, self.tables, column, self.line)?;
            require_time(context, self.table, self.tables, &column, self.line);
            if self.tables[self.table].column(&column).is_some_and(|column| column.not_null) {
                self.find(context, &column, "it may not be NULL, so that no row could say that it goes on");
            }
            self.require_apart(context, &column, &mut written);
            Some(column)
        });
        let set = lines.set.iter().filter_map(|(column, value)| {
            let column = writable(context, self.table, self.tables, column, self.line)?;
            self.require_apart(context, &column, &mut written);
            self.require_plain(context, &column);
            let whole = context.tables[self.table].column(&column)?.declared.to_ascii_uppercase().contains("INT");
            if whole && value.trim().parse::<i64>().is_err() {
                self.find(context, &column, &format!("`{value}` cannot stand in it: it holds whole numbers"));
            }
            Some((column, value.clone()))
        });
        let set = set.collect();
        Stop { at, set }
    }

    /// What says what was agreed to, and since when, would be lost; and one column cannot hold two things.
    fn require_apart(&self, context: &mut Context<'_>, column: &str, written: &mut Vec<String>) {
        if self.read.iter().any(|read| read == column) {
            self.find(context, column, "it says what was agreed to or since when, which would be written over");
        }
        if written.iter().any(|before| before == column) {
            self.find(context, column, "two things would be written here");
        }
        written.push(column.to_owned());
    }

    /// What is personal, or proves whose the row is, would be lost for ever.
    fn require_plain(&self, context: &mut Context<'_>, column: &str) {
        let meanings = || self.tables[self.table].column(column).into_iter().flat_map(Column::meanings);
        if meanings().any(|meaning| meaning.proves.is_some()) {
            self.find(context, column, "it proves whose the row is, which would be written over");
        } else if meanings().any(|meaning| is_personal(meaning.kind)) {
            self.find(context, column, "the map calls it personal, and it would be written over");
        }
    }

    fn find(&self, context: &mut Context<'_>, column: &str, message: &str) {
        context.find(Code::CannotBeStopped, context.place(self.table, column), self.line, message, None);
    }
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
