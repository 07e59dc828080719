//! Keys: rows that nothing names, ties that no index serves.

use std::collections::BTreeSet;

use super::{
    super::{
        classified::{Person, Sense, Table, TableId, Target, Tie},
        finding::Code,
    },
    checks::section_line,
    context::{Context, is_personal},
    decide::rule_for,
    full_text::{self, Stay},
};
use crate::schema::{Column, Compares, RowKey};

pub(super) fn key(context: &mut Context<'_>, id: TableId, table: &Table) {
    if table.key == RowKey::None {
        let message = "nothing names its rows, so none of them can be planned on";
        let hint = "give it a primary key, or name it in [none] if it holds no personal data".to_owned();
        context.find(Code::TableWithoutKey, context.name(id), section_line(context, id), message, Some(hint));
    }
}

pub(super) fn copy(context: &mut Context<'_>, id: TableId, of: TableId, table: &Table) {
    let original = context.tables[of];
    if context.is_virtual(id) {
        if let Some(why) = full_text::stay_behind(context.tables[id], original, context.schema) {
            let (message, hint) = words_stay(&why, &original.name.to_string());
            context.find(Code::Untied, context.name(id), section_line(context, id), message, Some(hint));
        }
        return;
    }
    key(context, id, table);
    if table.ties.iter().all(|tie| tie.sense == Sense::By) {
        let message =
            format!("it is a copy of `{}` and neither has its key nor ties its rows to anybody", original.name);
        let hint = "tie a column, such as `of users.id`".to_owned();
        context.find(Code::Untied, context.name(id), section_line(context, id), message, Some(hint));
    }
}

/// Why words of `original`'s rows would stay in an index, and what to do.
fn words_stay(why: &Stay, original: &str) -> (String, String) {
    let triggers =
        format!("write triggers on `{original}` that take a row's words out of it on DELETE and on every UPDATE");
    match why {
        Stay::Unheard(event) => (
            format!("no trigger of `{original}` takes a row's words out of it on {event}: they would stay behind"),
            triggers,
        ),
        Stay::Sometimes(event) => (
            format!(
                "the trigger of `{original}` that takes a row's words out of it on {event} has a WHEN, so that it does \
                 not run for every row: they would stay behind"
            ),
            "leave WHEN out, or let it ask of every text that is indexed whether it has changed: \
             `old.body IS NOT new.body OR …`"
                .to_owned(),
        ),
        Stay::TooLate(event) => (
            format!(
                "on {event} it would read a row of `{original}` for its words when that is gone or another one already"
            ),
            "let the trigger hand over the old words with the command 'delete' (FTS5), or run BEFORE".to_owned(),
        ),
        Stay::OfAnother(table) => (
            format!("its texts are those of `{table}`, so nothing takes their words out when rows of `{original}` go"),
            format!("write `copy = \"{table}\"`"),
        ),
        Stay::ForEver => (
            "it has no texts, and nothing can be taken out of it again".to_owned(),
            format!("make it again with FTS5 or with texts of its own, and {triggers}"),
        ),
    }
}

/// Both ends of a tie must be compared alike, or the same key is another one on the other side.
pub(super) fn compared(context: &mut Context<'_>, id: TableId, table: &Table) {
    for tie in &table.ties {
        let Target::Rows { table: target, columns, .. } = &tie.target else { continue };
        if context.is_virtual(id) || context.is_virtual(*target) {
            continue; // their columns have no types
        }
        for (own, theirs) in tie.columns.iter().zip(columns) {
            let (here, there) = (context.tables[id].column(own), context.tables[*target].column(theirs));
            let sort = |column: Option<&Column>| column.map_or(Compares::Numbers, Column::compares); // rowid
            let collation = |column: Option<&Column>| {
                column.and_then(|column| column.collation.clone()).unwrap_or_else(|| "BINARY".to_owned())
            };
            let place = context.place(*target, theirs);
            let message = if sort(here) != sort(there) {
                let declared = |column: Option<&Column>| match column.map_or("INTEGER", |column| &column.declared) {
                    "" => "without a type".to_owned(),
                    declared => format!("`{declared}`"),
                };
                format!("it is declared {}, and `{place}` {}", declared(here), declared(there))
            } else if sort(here) != Compares::Numbers && !collation(here).eq_ignore_ascii_case(&collation(there)) {
                format!("it is compared by {}, and `{place}` by {}", collation(here), collation(there))
            } else {
                continue;
            };
            let line = table.column(own).map(|column| column.decided_by.line);
            let hint = "declare both ends alike, or tie the table by another column".to_owned();
            context.find(Code::TieComparesDifferently, context.place(id, own), line, message, Some(hint));
        }
    }
}

/// Keys travel as a set of numbers and texts; bytes, such as a UUID as `BINARY(16)`, cannot.
pub(super) fn bytes(context: &mut Context<'_>, id: TableId, table: &Table) {
    let declaration = context.tables[id];
    let by_rows = table.ties.iter().filter(|tie| matches!(tie.target, Target::Rows { .. } | Target::Itself));
    let columns = table.key.columns().into_iter().flatten().chain(by_rows.flat_map(|tie| tie.columns.clone()));
    let named: BTreeSet<String> =
        columns.filter(|name| declaration.column(name).is_some_and(Column::holds_bytes)).collect();
    for name in named {
        let declared = declaration.column(&name).map(|column| column.declared.clone()).unwrap_or_default();
        let line = table.column(&name).map(|column| column.decided_by.line);
        let message = format!("its rows are keyed or tied by it, and it is declared `{declared}`: bytes");
        let hint =
            "keep keys as numbers or as text, such as a UUID of 36 characters in a column declared TEXT, here and in \
                    every column that points here"
                .to_owned();
        context.find(Code::KeyOfBytes, context.place(id, &name), line, message, Some(hint));
    }
}

/// A table declared free of personal data must not point at people, and should not look as if it held some.
pub(super) fn none(context: &mut Context<'_>, id: TableId, order: &[TableId]) {
    let live = context.tables[id];
    for key in &live.foreign_keys {
        let parent = context.table(&key.parent).filter(|parent| order.contains(parent));
        if parent.is_some() {
            let column = key.columns.first().map(String::as_str).unwrap_or_default();
            let message = format!("it references `{}`, whose rows are people's", key.parent);
            let hint = "take it out of [none] and tie the column with `of` or `by`".to_owned();
            context.find(Code::NonePointsAtPeople, context.place(id, column), None, message, Some(hint));
        }
    }
    let kinds = live.columns.iter().filter_map(|column| Some((column, rule_for(context, &live.name, &column.name)?)));
    let looks: Vec<String> = kinds
        .filter(|(_, kind)| is_personal(*kind))
        .map(|(column, kind)| format!("{} ({})", column.name, kind.word()))
        .collect();
    if !looks.is_empty() {
        let message = format!("a rule would call these columns personal: {}", looks.join(", "));
        context.find(Code::NoneLooksPersonal, context.name(id), None, message, None);
    }
}

pub(super) fn indexes(context: &mut Context<'_>, id: TableId, table: &Table) {
    for tie in table.ties.iter().filter(|tie| !matches!(tie.target, Target::Itself | Target::Anyone)) {
        let folds = matches!(tie.target, Target::Value(kind) if kind.folds_case());
        let there = context.tables[id];
        let finds = |column: &String| if folds { there.finds_folded(column) } else { there.finds_by(column) };
        if tie.columns.iter().any(finds) {
            continue;
        }
        let column = tie.columns.first().map(String::as_str).unwrap_or_default();
        let line = table.column(column).map(|column| column.decided_by.line);
        let (message, of) = if folds {
            (
                "no index begins with this column without regard to case, so every search for its tie scans the table",
                " COLLATE NOCASE",
            )
        } else {
            ("no index begins with this column, so every search for its tie scans the table", "")
        };
        let hint = format!("an administrator can add one: CREATE INDEX … ON {} ({column}{of})", table.name);
        context.find(Code::TieWithoutIndex, context.place(id, column), line, message, Some(hint));
    }
}

/// Ties of one row to several others, of none of which is said as whom it has its people.
pub(super) fn several(context: &mut Context<'_>, id: TableId, table: &Table, persons: &[Person]) {
    if persons.iter().any(|person| person.table == id) {
        return;
    }
    let keys = table.key.columns().unwrap_or_default();
    // a pointer that stands in the other row is about what is had in common
    let unnamed =
        |tie: &&Tie| tie.sense == Sense::Of && tie.role.is_none() && tie.parent().is_some() && tie.columns != keys;
    let ties: Vec<&Tie> = table.ties.iter().filter(unnamed).collect();
    let both = |(at, tie): (usize, &&Tie)| ties[..at].iter().any(|other| other.may_hold_with(tie));
    let Some(at) = ties.iter().enumerate().position(both) else { return };
    let column = ties[at].columns.first().map(String::as_str).unwrap_or_default();
    let line = table.column(column).map(|column| column.decided_by.line);
    let message =
        "the row may belong to several people at once, who are not told apart: it stays until the last of them goes";
    let hint =
        "give the ties roles, such as `author of users.id`, or write `by` where the column only points".to_owned();
    context.find(Code::SeveralByTies, context.place(id, column), line, message, Some(hint));
}

/// Two telephone numbers may be one person's or two people's: the roles have to say.
pub(super) fn values(context: &mut Context<'_>, id: TableId, table: &Table, persons: &[Person]) {
    if persons.iter().any(|person| person.table == id) {
        return;
    }
    let unnamed = |tie: &&Tie| tie.sense == Sense::Of && tie.role.is_none() && matches!(tie.target, Target::Value(_));
    let ties: Vec<&Tie> = table.ties.iter().filter(unnamed).collect();
    let both = |(at, tie): (usize, &&Tie)| {
        ties[..at].iter().any(|other| (&other.target, true) == (&tie.target, other.may_hold_with(tie)))
    };
    let Some(at) = ties.iter().enumerate().position(both) else { return };
    let column = ties[at].columns.first().map(String::as_str).unwrap_or_default();
    let line = table.column(column).map(|column| column.decided_by.line);
    let message = "two values of one kind say whose the row is, and may be two people's";
    let hint =
        "give them roles: `sender.phone, sender of ~` and `recipient.phone, recipient of ~` where they are of two people, one role \
                for both where they are of one"
            .to_owned();
    context.find(Code::TieUnclear, context.place(id, column), line, message, Some(hint));
}

/// Before a file is removed, it is looked whether another row names it.
pub(super) fn file_indexes(context: &mut Context<'_>, id: TableId, table: &Table) {
    for column in table.columns.iter().filter(|column| column.file_template().is_some()) {
        if context.tables[id].finds_by(&column.name) {
            continue;
        }
        let message = "no index begins with this column, so every removal of a file that it names scans the table";
        let hint = format!("an administrator can add one: CREATE INDEX … ON {} ({})", table.name, column.name);
        let line = Some(column.decided_by.line);
        context.find(Code::FileWithoutIndex, context.place(id, &column.name), line, message, Some(hint));
    }
}

/// A value belongs to a person for a time; rows tied by it need a date of their own to be compared with that time.
pub(super) fn undated(context: &mut Context<'_>, id: TableId, table: &Table) {
    let by_value = |tie: &&Tie| tie.sense == Sense::Of && matches!(tie.target, Target::Value(_));
    let Some(tie) = table.ties.iter().find(by_value).filter(|_| table.dated.is_none()) else { return };
    let column = tie.columns.first().map(String::as_str).unwrap_or_default();
    let line = table.column(column).map(|column| column.decided_by.line);
    let message = "the row has no date to compare with the time in which the value was the person's";
    let hint = format!("add `dated = \"COLUMN\"` to [tables.{}]", table.name);
    context.find(Code::ValueTieUndated, context.place(id, column), line, message, Some(hint));
}
