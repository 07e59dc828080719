//! `[person.*]`, `[minors]`, `[disclosures]`: which tables and columns they name.

use super::{
    super::{
        classified::{ColumnRef, Disclosures, Minors, Person, Restricted, Standing, Table, TableId},
        finding::Code,
        nearest::did_you_mean,
        written::{Lined, PersonSection},
    },
    context::Context,
    whose::{self, Needed},
};
use crate::data_map::name::Dotted;

pub(super) fn persons(context: &mut Context<'_>, tables: &[Table]) -> Vec<Person> {
    let map = context.map;
    map.persons.iter().filter_map(|section| person(context, section, tables)).collect()
}

fn person(context: &mut Context<'_>, section: &PersonSection, tables: &[Table]) -> Option<Person> {
    let place = format!("[person.{}]", section.name);
    let is = context.require_place(&section.is.value, &place, section.is.line)?;
    if tables[is.table].standing != Standing::Personal {
        let message = format!("`{}` is declared to hold no people's rows", context.name(is.table));
        context.find(Code::DecidedTwice, place.as_str(), section.is.line, message, None);
    }
    if !context.tables[is.table].names_one_row(std::slice::from_ref(&is.column)) {
        let message = format!("`{}` can hold the same value twice", section.is.value);
        let hint = "name the primary key or a column with a unique index".to_owned();
        context.find(Code::PersonNotUnique, place.as_str(), section.is.line, message, Some(hint));
    }
    let born = optional(context, section.born.as_ref(), &place);
    let restricted = section.restricted.as_ref().and_then(|line| {
        let place = context.require_place(&line.column.value, &place, line.column.line)?;
        Some(Restricted { place, set: line.set.clone(), clear: line.clear.clone() })
    });
    let person = Person { name: section.name.clone(), table: is.table, column: is.column, born, restricted };
    if let (Some(born), Some(line)) = (&person.born, section.born.as_ref().map(|born| born.line)) {
        whose::require_tie(context, tables, &person, born, (&place, line), Needed::One);
    }
    if let (Some(flag), Some(line)) = (&person.restricted, section.restricted.as_ref().map(|line| line.column.line)) {
        whose::require_tie(context, tables, &person, &flag.place, (&place, line), Needed::OneInEachCase);
    }
    never_changes(context, &person, tables, &place, section.is.line);
    Some(person)
}

/// A key may be given again: whose it was then is told by what never changes in the row.
fn never_changes(context: &mut Context<'_>, person: &Person, tables: &[Table], place: &str, line: usize) {
    let table = &tables[person.table];
    let immutable = &table.immutable;
    if table.columns.len() > 1 && immutable.iter().all(|column| column.eq_ignore_ascii_case(&person.column)) {
        let message = "no column of the row beside its key is declared never to change";
        let hint = format!("such as `immutable = [\"created_at\"]` in [tables.{}]", table.name);
        context.find(Code::NothingImmutable, place, line, message, Some(hint));
    }
}

fn optional(context: &mut Context<'_>, dotted: Option<&Lined<Dotted>>, place: &str) -> Option<ColumnRef> {
    let dotted = dotted?;
    context.require_place(&dotted.value, place, dotted.line)
}

pub(super) fn minors(context: &mut Context<'_>, tables: &[Table], persons: &[Person]) -> Option<Minors> {
    let section = context.map.minors.as_ref()?;
    let line = section.line;
    let consent = context.require_table(&section.consent, "[minors]", line)?;
    context.require_columns(consent, &section.valid, line);
    if !tables[consent].roles.contains(&section.minor) {
        let hint = did_you_mean(&section.minor, tables[consent].roles.iter().map(String::as_str));
        let message = format!("rows of `{}` have no role `{}`", context.name(consent), section.minor);
        context.find(Code::MissingPlace, "[minors]", line, message, hint);
    }
    let collected = optional(context, section.collected.as_ref(), "[minors]");
    if let (Some(collected), Some(line)) = (&collected, section.collected.as_ref().map(|place| place.line)) {
        for person in persons.iter().filter(|person| person.born.is_some()) {
            whose::require_tie(context, tables, person, collected, ("[minors]", line), Needed::AtMostOne);
        }
    }
    Some(Minors {
        consent,
        valid: section.valid.clone(),
        minor: section.minor.clone(),
        scope: column(context, consent, section.scope.as_ref(), line),
        given: column(context, consent, section.given.as_ref(), line),
        revoked: column(context, consent, section.revoked.as_ref(), line),
        collected,
    })
}

pub(super) fn disclosures(context: &mut Context<'_>, tables: &[Table]) -> Option<Disclosures> {
    let section = context.map.disclosures.as_ref()?;
    let line = section.line;
    let table = context.require_table(&section.is, "[disclosures]", line)?;
    Some(Disclosures {
        table,
        role: whose::role(context, table, tables, section.role.as_deref(), "[disclosures]", line),
        recipient: context.require_column(table, &section.recipient, line)?,
        fields: column(context, table, section.fields.as_ref(), line),
        at: column(context, table, section.at.as_ref(), line),
        basis: column(context, table, section.basis.as_ref(), line),
    })
}

fn column(context: &mut Context<'_>, table: TableId, name: Option<&String>, line: usize) -> Option<String> {
    context.require_column(table, name?, line)
}
