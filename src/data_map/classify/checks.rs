//! What else has to be true of a classified table, and what its reader should know.

use std::collections::BTreeMap;

use super::{
    super::{
        classified::{AnonymizeTo, Column, Person, Sense, Standing, Table, TableId, Target},
        fate::After,
        finding::Code,
        name::Dotted,
        nearest::nearest,
    },
    columns::{Decision, What, rule_for},
    context::{Context, is_personal},
};
use crate::schema::{Generated, RowKey};

/// Legal bases that are compared for misspelling.
const BASES: &[&str] = &[
    "consent",
    "separate consent",
    "contract",
    "legal duty",
    "legal obligation",
    "security duty",
    "legitimate interest",
    "legitimate interests",
    "vital interest",
    "vital interests",
    "public task",
    "public interest",
    "emergency",
    "employment",
];

pub(super) fn all(
    context: &mut Context<'_>,
    tables: &[Table],
    persons: &[Person],
    order: &[TableId],
    decisions: &[Vec<Decision<'_>>],
) {
    acknowledged(context);
    rules(context, tables, decisions);
    for (id, table) in tables.iter().enumerate() {
        match table.standing {
            Standing::Personal => {
                if is_personal_table(table) {
                    standing(context, id, table, order);
                }
                key(context, id, table);
                foreign_keys(context, id, table);
                shared(context, id, table);
            }
            Standing::CopyOf(of) => {
                copy(context, id, of, table);
                shared(context, id, table);
            }
            Standing::NoPersonalData(_) => none(context, id, order),
            Standing::Shadow(_) => {}
        }
    }
    if persons.is_empty() && context.map.persons.is_empty() && tables.iter().any(is_personal_table) {
        let hint = "add `[person.account]` with `is = \"TABLE.COLUMN\"`".to_owned();
        context.find(Code::NoPerson, "[person]", None, "no [person.*] says whom the database knows", Some(hint));
    }
}

fn shared(context: &mut Context<'_>, id: TableId, table: &Table) {
    fates(context, id, table);
    indexes(context, id, table);
    columns(context, id, table);
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
    if !order.contains(&id) && !in_a_cycle {
        let message = if table.ties.iter().any(|tie| tie.sense == Sense::Of) {
            "its ties end in tables that are nobody's"
        } else {
            "it holds personal data and no `of` ties its rows to anybody"
        };
        let hint = "tie a column, such as `of users.id`, or `of anyone` when its rows simply go".to_owned();
        context.find(Code::Untied, place.as_str(), line, message, Some(hint));
    }
    basis(context, id, table, line);
    origins(context, id, table, line);
}

fn section_line(context: &Context<'_>, id: TableId) -> Option<usize> {
    let name = &context.tables[id].name;
    context.map.tables.iter().find(|section| section.tables.matches(name)).map(|section| section.line)
}

fn basis(context: &mut Context<'_>, id: TableId, table: &Table, line: Option<usize>) {
    let Some(basis) = table.basis.as_ref().map(|basis| basis.replace('_', " ")) else { return };
    if BASES.contains(&basis.as_str()) {
        return;
    }
    if let Some(near) = nearest(&basis, BASES.iter().copied()) {
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
    let unmarked = |column: &&Column| {
        let kind = column.meaning.kind;
        is_personal(kind) && kind.word() != "credential" && column.meaning.origin.is_none()
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

fn key(context: &mut Context<'_>, id: TableId, table: &Table) {
    if table.key == RowKey::None {
        let message = "nothing names its rows, so none of them can be planned on";
        let hint = "give it a primary key, or name it in [none] if it holds no personal data".to_owned();
        context.find(Code::TableWithoutKey, context.name(id), section_line(context, id), message, Some(hint));
    }
}

fn foreign_keys(context: &mut Context<'_>, id: TableId, table: &Table) {
    for key in &context.tables[id].foreign_keys {
        let explained = key.columns.iter().any(|name| {
            let tied = table.ties.iter().any(|tie| tie.columns.iter().any(|column| column.eq_ignore_ascii_case(name)));
            tied || table.column(name).is_some_and(|column| matches!(column.meaning.kind.word(), "key" | "fact"))
        });
        if explained {
            continue;
        }
        let column = key.columns.first().map(String::as_str).unwrap_or_default();
        let target = format!("{}.{}", key.parent, key.parent_columns.first().map(String::as_str).unwrap_or_default());
        let line = table.column(column).map(|column| column.decided_by.line);
        let message = format!("it references `{target}`, and its words say neither tie nor key nor fact");
        let hint = format!("write `of {target}`, `by {target}` or `key`");
        context.find(Code::ForeignKeyUnexplained, context.place(id, column), line, message, Some(hint));
    }
}

fn copy(context: &mut Context<'_>, id: TableId, of: TableId, table: &Table) {
    if context.is_virtual(id) {
        return;
    }
    key(context, id, table);
    let original = context.tables[of];
    let joined = match &original.key {
        RowKey::Columns(columns) => columns.iter().all(|column| table.column(column).is_some()),
        RowKey::Rowid(_) | RowKey::None => false,
    };
    if !joined && table.ties.iter().all(|tie| tie.sense == Sense::By) {
        let message =
            format!("it is a copy of `{}` and neither has its key nor ties its rows to anybody", original.name);
        let hint = "tie a column, such as `of users.id`".to_owned();
        context.find(Code::Untied, context.name(id), section_line(context, id), message, Some(hint));
    }
}

/// A table declared free of personal data must not point at people, and should not look as if it held some.
fn none(context: &mut Context<'_>, id: TableId, order: &[TableId]) {
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
        let tied =
            table.ties.iter().any(|tie| matches!(&tie.target, Target::Rows { table, .. } if *table == found.table));
        if !tied {
            let message = format!("`{date}` is a date of a table that this one is not tied to");
            context.find(Code::MissingPlace, place, line, message, None);
        }
    }
}

fn indexes(context: &mut Context<'_>, id: TableId, table: &Table) {
    for tie in table.ties.iter().filter(|tie| !matches!(tie.target, Target::Itself | Target::Anyone)) {
        if tie.columns.iter().any(|column| context.tables[id].finds_by(column)) {
            continue;
        }
        let column = tie.columns.first().map(String::as_str).unwrap_or_default();
        let line = table.column(column).map(|column| column.decided_by.line);
        let message = "no index begins with this column, so every search for its tie scans the table";
        let hint = format!("an administrator can add one: CREATE INDEX … ON {} ({column})", table.name);
        context.find(Code::TieWithoutIndex, context.place(id, column), line, message, Some(hint));
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

/// Every view and trigger must be acknowledged by name, and every acknowledged name must exist.
fn acknowledged(context: &mut Context<'_>) {
    let map = context.map;
    let says = |name: &str, full: &str| {
        map.acknowledged.iter().any(|line| line.name.eq_ignore_ascii_case(name) || line.name.eq_ignore_ascii_case(full))
    };
    let mut known: Vec<String> = Vec::new();
    for view in context.schema.views.keys() {
        let full = view.to_string();
        if !says(&view.name, &full) {
            let hint = format!("add `\"{full}\" = \"what it shows\"` to [acknowledged]");
            context.find(
                Code::UnacknowledgedView,
                full.as_str(),
                None,
                "nobody has said what this view shows",
                Some(hint),
            );
        }
        known.extend([view.name.clone(), full]);
    }
    for table in context.tables.clone() {
        for trigger in &table.triggers {
            if !says(&trigger.name, &trigger.name) {
                let place = table.name.to_string();
                let message = format!("nobody has said what its trigger `{}` does", trigger.name);
                let hint = format!("add `\"{}\" = \"what it does\"` to [acknowledged]", trigger.name);
                context.find(Code::UnacknowledgedTrigger, place, None, message, Some(hint));
            }
            known.push(trigger.name.clone());
        }
    }
    for line in &map.acknowledged {
        if !known.iter().any(|known| known.eq_ignore_ascii_case(&line.name)) {
            let message = format!("there is no view or trigger `{}`", line.name);
            let hint = super::super::nearest::did_you_mean(&line.name, known.iter().map(String::as_str));
            context.find(Code::MissingAcknowledged, "[acknowledged]", line.line, message, hint);
        }
    }
}

/// Counts what rules decide: those for everything, and those that decide nothing.
fn rules(context: &mut Context<'_>, tables: &[Table], decisions: &[Vec<Decision<'_>>]) {
    let mut counts: BTreeMap<usize, usize> = BTreeMap::new();
    for (id, _) in tables.iter().enumerate() {
        for decision in decisions[id].iter().filter(|decision| matches!(decision.what, What::Always(_))) {
            *counts.entry(decision.by.line).or_default() += 1;
        }
    }
    for rule in &context.map.rules {
        let glob = rule.glob.to_string();
        match counts.get(&rule.line).copied().unwrap_or_default() {
            0 => context.find(Code::IdleRule, glob, rule.line, "the rule decides no column", None),
            count if rule.glob.is_catch_all() => {
                let message = format!("{count} columns are decided by a rule for everything");
                context.find(Code::CatchAll, glob, rule.line, message, None);
            }
            _ => {}
        }
    }
}
