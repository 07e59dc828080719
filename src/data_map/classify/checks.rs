//! What else has to be true of a classified table, and what its reader should know.

use super::{
    super::{
        basis,
        classified::{AnonymizeTo, Column, Meaning, Person, Sense, Standing, Table, TableId},
        fate::{After, Erase},
        finding::Code,
        lead::leads,
        name::Dotted,
        nearest::nearest,
        whose::competing,
    },
    acknowledged, constant,
    context::{Context, is_personal, is_weak},
    decide::Decision,
    foreign_keys, keys, rule_use,
};
use crate::schema::Generated;

pub(super) fn all(
    context: &mut Context<'_>,
    tables: &[Table],
    persons: &[Person],
    order: &[TableId],
    decisions: &[Vec<Decision<'_>>],
) {
    acknowledged::acknowledged(context);
    rule_use::rules(context, tables, decisions);
    for (id, table) in tables.iter().enumerate() {
        match table.standing {
            Standing::Personal => {
                if is_personal_table(table) {
                    standing(context, id, table, order);
                }
                keys::key(context, id, table);
                foreign_keys::all(context, id, tables);
                keys::several(context, id, table, persons);
                keys::values(context, id, table, persons);
                shared(context, id, tables);
                proofs(context, id, tables, persons);
            }
            Standing::CopyOf(of) => {
                keys::copy(context, id, of, table);
                foreign_keys::all(context, id, tables);
                shared(context, id, tables);
            }
            Standing::NoPersonalData(_) => keys::none(context, id, order),
            Standing::Shadow(_) => {}
        }
    }
    if persons.is_empty() && context.map.persons.is_empty() && tables.iter().any(is_personal_table) {
        let hint = "add `[person.account]` with `is = \"TABLE.COLUMN\"`".to_owned();
        context.find(Code::NoPerson, "[person]", None, "no [person.*] says whom the database knows", Some(hint));
    }
}

fn shared(context: &mut Context<'_>, id: TableId, tables: &[Table]) {
    let table = &tables[id];
    fates(context, id, table);
    keys::compared(context, id, table);
    keys::bytes(context, id, table);
    keys::indexes(context, id, table);
    keys::file_indexes(context, id, table);
    keys::undated(context, id, table);
    columns(context, id, table);
    constant::all(context, id, tables);
    copies(context, id, table);
}

/// Whether a table holds something about people.
fn is_personal_table(table: &Table) -> bool {
    let personal = |column: &Column| {
        is_personal(column.meaning.kind) || column.by_case.iter().any(|(_, meaning)| is_personal(meaning.kind))
    };
    table.standing == Standing::Personal
        && (table.ties.iter().any(|tie| tie.sense == Sense::Of) || table.columns.iter().any(personal))
}

fn standing(context: &mut Context<'_>, id: TableId, table: &Table, order: &[TableId]) {
    let line = section_line(context, id);
    let place = context.name(id);
    let section = format!("say it in [tables.{place}]");
    for (code, said, what) in [
        (Code::NoPurpose, table.purpose.is_some(), "purpose"),
        (Code::NoBasis, table.basis.is_some(), "legal basis"),
        (Code::NoClause, table.clause.is_some(), "clause of the policy"),
    ] {
        if !said {
            let message = format!("it holds personal data and neither states nor inherits a {what}");
            context.find(code, place.as_str(), line, message, Some(section.clone()));
        }
    }
    let in_a_cycle = context.findings.iter().any(|finding| finding.code == Code::TieCycle);
    if !order.contains(&id) && !in_a_cycle && !stays_unfindable(table) {
        let message = if table.ties.iter().any(|tie| tie.sense == Sense::Of) {
            "its ties end in tables that are nobody's"
        } else {
            "it holds personal data and no `of` ties its rows to anybody"
        };
        let hint = "tie a column, such as `of users.id`, or `of anyone` when its rows simply go".to_owned();
        context.find(Code::Untied, place.as_str(), line, message, Some(hint));
    }
    check_basis(context, id, table, line);
    origins(context, id, table, line);
}

/// Whether a table that no tie leads to stays by its own line, and holds nothing by which it could be tied.
fn stays_unfindable(table: &Table) -> bool {
    let weak = |column: &Column| {
        column.by_case.is_empty() && (!is_personal(column.meaning.kind) || is_weak(column.meaning.kind))
    };
    matches!(table.fates.erase, Erase::Stay(_)) && table.columns.iter().all(weak)
}

pub(super) fn section_line(context: &Context<'_>, id: TableId) -> Option<usize> {
    let name = &context.tables[id].name;
    context.map.tables.iter().find(|section| section.tables.matches(name)).map(|section| section.line)
}

fn check_basis(context: &mut Context<'_>, id: TableId, table: &Table, line: Option<usize>) {
    let Some(basis) = table.basis.as_ref().map(|basis| basis.replace('_', " ")) else { return };
    if basis::known().any(|known| known == basis) {
        return;
    }
    if let Some(near) = nearest(&basis, basis::known()) {
        let message = format!("`{basis}` looks like `{near}`, and portability depends on the word");
        context.find(Code::BasisMisspelt, context.name(id), line, message, Some(format!("did you mean `{near}`?")));
    }
}

/// Only what the person provided on consent or contract is portable, so only there the origin matters.
fn origins(context: &mut Context<'_>, id: TableId, table: &Table, line: Option<usize>) {
    let basis = table.basis.as_ref().map(|basis| basis.replace('_', " "));
    if !matches!(basis.as_deref(), Some("consent" | "separate consent" | "contract")) {
        return;
    }
    let lacks = |meaning: &Meaning| {
        is_personal(meaning.kind) && meaning.kind.word() != "credential" && meaning.origin.is_none()
    };
    let unmarked = |column: &&Column| {
        let in_a_case = column.by_case.iter().any(|(_, meaning)| lacks(meaning));
        in_a_case || (column.covers_rest && lacks(&column.meaning))
    };
    let names: Vec<&str> = table.columns.iter().filter(unmarked).map(|column| column.name.as_str()).collect();
    if names.is_empty() {
        return;
    }
    let message =
        format!("these columns are not portable, for they do not say where they come from: {}", names.join(", "));
    let hint = "add `provided`, `observed` or `derived`".to_owned();
    context.find(Code::OriginUnmarked, context.name(id), line, message, Some(hint));
}

fn fates(context: &mut Context<'_>, id: TableId, table: &Table) {
    let line = section_line(context, id).unwrap_or_default();
    if let Some(wait) = &table.fates.wait {
        context.require_columns(id, wait, line);
    }
    for keep in &table.fates.keep {
        after(context, id, table, &keep.after, line);
        for column in keep.columns.iter().flatten() {
            context.require_column(id, column, line);
        }
    }
    if let Some(limit) = &table.fates.limit {
        after(context, id, table, &limit.after, line);
    }
}

/// A date is a column here, or `table.column` of a row that this one is tied to.
fn after(context: &mut Context<'_>, id: TableId, table: &Table, after: &After, line: usize) {
    let After::Dates(dates) = after else { return };
    for date in dates {
        let Some(dotted) = date.contains('.').then(|| date.parse::<Dotted>().ok()).flatten() else {
            context.require_column(id, date, line);
            continue;
        };
        let place = context.name(id);
        let Some(found) = context.require_place(&dotted, &place, line) else { continue };
        let ties = table.ties_dating(found.table);
        if ties.is_empty() {
            let message = format!("`{date}` is a date of a table that this one is not tied to");
            context.find(Code::MissingPlace, place, line, message, None);
        } else if let Some((one, other)) = competing(&ties).filter(|_| found.table != id) {
            let message =
                format!("`{date}` could be that of the row that `{one}` names or of the one that `{other}` does");
            let hint = "let one of them only point (`by`), or give it a role".to_owned();
            context.find(Code::TieUnclear, place, line, message, Some(hint));
        }
    }
}

/// A copy that follows is reached by the ties of its role; by two it could be that of either's row.
fn copies(context: &mut Context<'_>, id: TableId, table: &Table) {
    for column in &table.columns {
        for meaning in column.meanings() {
            let Some(of) = meaning.copy.as_ref().filter(|copy| copy.follows && copy.of.table != id) else { continue };
            let ties = table.ties_of(meaning.role.as_deref(), &|tie| tie.parent() == Some(of.of.table));
            let Some((one, other)) = competing(&ties) else { continue };
            let message =
                format!("it could be a copy from the row that `{one}` names or from the one that `{other}` does");
            let hint = "let one of them only point (`by`), or give it a role that the copy does not have".to_owned();
            let (place, line) = (context.place(id, &column.name), column.decided_by.line);
            context.find(Code::TieUnclear, place, line, message, Some(hint));
        }
    }
}

/// What proves who somebody is must stand in a row that is theirs by keys.
fn proofs(context: &mut Context<'_>, id: TableId, tables: &[Table], persons: &[Person]) {
    if persons.is_empty() {
        return; // said elsewhere
    }
    for column in &tables[id].columns {
        let proves = |meaning: &&Meaning| meaning.proves.is_some() && !is_weak(meaning.kind);
        for (_, meaning) in column.meanings_by_case().iter().filter(|(_, meaning)| proves(meaning)) {
            let found = leads(tables, persons, id, meaning.role.as_deref());
            let whom = meaning.role.as_ref().map_or("a person".to_owned(), |role| format!("whoever is `{role}` in it"));
            let message = match (found.clear.is_empty(), found.unclear) {
                (_, true) => "a row on the way from here to a person is theirs in some cases only".to_owned(),
                (true, false) => format!("it proves who somebody is, and no key leads from its row to {whom}"),
                (false, false) => continue,
            };
            let role = meaning.role.as_ref().map_or(String::new(), |role| format!("{role} "));
            let hint = format!("tie the row by a key (`{role}of TABLE.COLUMN`), or leave out `proves`");
            let line = column.decided_by.line;
            context.find(Code::ProofLeadsNowhere, context.place(id, &column.name), line, message, Some(hint));
        }
    }
}

fn columns(context: &mut Context<'_>, id: TableId, table: &Table) {
    for column in &table.columns {
        let place = context.place(id, &column.name);
        let line = column.decided_by.line;
        let meanings = || std::iter::once(&column.meaning).chain(column.by_case.iter().map(|(_, meaning)| meaning));
        if column.not_null && meanings().any(|meaning| meaning.anonymize_to == Some(AnonymizeTo::Null)) {
            let message = "anonymizing would write NULL, which the table refuses here";
            context.find(Code::CannotBeNull, place.as_str(), line, message, Some("write `token`".to_owned()));
        }
        if meanings().any(|meaning| meaning.proves.is_some() && is_weak(meaning.kind)) {
            let message = "many people share such a value: it proves nothing about who somebody is";
            context.find(Code::WeakTie, place.as_str(), line, message, Some("leave out `proves`".to_owned()));
        }
        if column.generated != Generated::No && meanings().any(|meaning| meaning.correct.is_some()) {
            let message = "the database computes it; correct what it is computed from";
            context.find(Code::CannotBeCorrected, place.as_str(), line, message, None);
        }
        if column.by_case.is_empty() {
            continue;
        }
        if table.case.is_none() && context.map.tables.iter().all(|s| !s.tables.matches(&table.name) || s.case.is_none())
        {
            let hint = format!("add `case = \"COLUMN\"` to [tables.{}]", table.name);
            let message = "its meaning depends on a case, and the table names none";
            context.find(Code::CaseWithoutPlace, place.as_str(), line, message, Some(hint));
        }
        if !column.covers_rest {
            let message = "rows with another case value will be refused";
            context.find(Code::CaseNotCovered, place.as_str(), line, message, Some("add `\"*\" = …`".to_owned()));
        }
    }
}
