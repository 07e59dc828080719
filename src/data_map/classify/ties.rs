//! Ties: what they name, the roles they fill, the order in which tables follow from people.

use std::collections::BTreeSet;

use super::{
    super::{
        classified::{Cases, Column, Person, Sense, Standing, Table, TableId, Target, Tie},
        finding::Code,
        nearest::did_you_mean,
        tie::TargetWords,
        word::{Word, Words},
    },
    context::{Context, is_weak},
    decide::{Decision, What, decision_of, stated_kind},
};

/// The ties of a table, in the columns' order.
pub(super) fn ties(context: &mut Context<'_>, id: TableId, decisions: &[Vec<Decision<'_>>]) -> Vec<Tie> {
    let mut ties: Vec<Tie> = Vec::new();
    for (index, decision) in decisions[id].iter().enumerate() {
        let column = context.tables[id].columns[index].name.clone();
        let at = At { id, column: &column, line: decision.by.line };
        said(context, &at, decision, &mut ties);
    }
    ties
}

/// What a copy's rows are tied to: what the columns of its original are, as far as the copy has them, and its own words.
/// Where the original is not tied to anybody, it has the people's own rows, and the copy's rows are those of its key.
pub(super) fn of_copy(
    context: &mut Context<'_>,
    id: TableId,
    of: TableId,
    decisions: &[Vec<Decision<'_>>],
) -> Vec<Tie> {
    let mut ties = ties(context, id, decisions);
    if context.is_virtual(id) {
        return ties; // its rows go with those of the original
    }
    let has = |context: &Context<'_>, columns: &[String]| {
        columns.iter().all(|column| context.tables[id].column(column).is_some())
    };
    for (index, decision) in decisions[id].iter().enumerate() {
        let What::Original(original) = &decision.what else { continue };
        let Some(theirs) = decision_of(context, original, decisions).cloned() else { continue };
        let at = At { id: original.table, column: &original.column, line: decisions[id][index].by.line };
        let (silent, mut copied) = (context.findings.len(), Vec::new());
        said(context, &at, &theirs, &mut copied);
        context.findings.truncate(silent); // what is wrong with the original is said there
        for tie in copied.into_iter().filter(|tie| has(context, &tie.columns)) {
            merge(&mut ties, tie);
        }
    }
    let key = context.tables[of].key.columns().unwrap_or_default();
    if ties.iter().all(|tie| tie.sense == Sense::By) && has(context, &key) {
        let target = Target::Rows { table: of, columns: key.clone(), role: None };
        ties.push(Tie { columns: key, sense: Sense::Of, role: None, target, cases: None });
    }
    ties
}

/// The ties that the words of one column say.
fn said(context: &mut Context<'_>, at: &At<'_>, decision: &Decision<'_>, ties: &mut Vec<Tie>) {
    for (value, words) in decision.what.lists() {
        for word in &words.0 {
            let (sense, role, target) = match word {
                Word::Of { role, target } => (Sense::Of, role.clone(), target),
                Word::By(target) => (Sense::By, None, target),
                _ => continue,
            };
            let Some((columns, target)) = resolve(context, at, target, words) else { continue };
            let tie = Tie { columns, sense, role, target, cases: cases(&decision.what, value) };
            merge(ties, tie);
        }
    }
}

/// Adds a tie; the same tie under another case value widens the first.
fn merge(ties: &mut Vec<Tie>, tie: Tie) {
    let same = |other: &&mut Tie| Tie { cases: None, ..(**other).clone() } == Tie { cases: None, ..tie.clone() };
    if let Some(Tie { cases: Some(Cases::Only(known)), .. }) = ties.iter_mut().find(same)
        && let Some(Cases::Only(more)) = &tie.cases
    {
        known.extend(more.iter().cloned());
        return;
    }
    ties.push(tie);
}

fn cases(what: &What<'_>, value: Option<&str>) -> Option<Cases> {
    match (what, value) {
        (What::ByCase(..), Some(value)) => Some(Cases::Only(vec![value.to_owned()])),
        (What::ByCase(values, _), None) => Some(Cases::Except(values.iter().map(|(value, _)| value.clone()).collect())),
        _ => None,
    }
}

struct At<'a> {
    id: TableId,
    column: &'a str,
    line: usize,
}

fn resolve(
    context: &mut Context<'_>,
    at: &At<'_>,
    target: &TargetWords,
    words: &Words,
) -> Option<(Vec<String>, Target)> {
    let own = vec![at.column.to_owned()];
    let name = context.place(at.id, at.column);
    match target {
        TargetWords::Itself => Some((own, Target::Itself)),
        TargetWords::Anyone => Some((own, Target::Anyone)),
        TargetWords::Value(kind) => {
            let Some(kind) = kind.or_else(|| stated_kind(words)) else {
                let hint = "write `of ~ phone`, or give the column its kind".to_owned();
                context.find(Code::NoKind, name, at.line, "`~` compares values of no kind", Some(hint));
                return None;
            };
            if is_weak(kind) {
                let message = format!("many people share a `{}`: it ties no row to a person by itself", kind.word());
                context.find(Code::WeakTie, name, at.line, message, Some("tie by a phone, a mail or a key".to_owned()));
            } else if !kind.identifies() {
                let message =
                    format!("nobody is asked for by a `{}`: it would never tie a row to a person", kind.word());
                context.find(Code::WeakTie, name, at.line, message, Some("tie by a phone, a mail or a key".to_owned()));
            }
            Some((own, Target::Value(kind)))
        }
        TargetWords::Rows { place, within, role } => {
            let place = context.require_place(place, &name, at.line)?;
            let (mut columns, mut theirs) = (own, vec![place.column]);
            for (half, other) in within {
                columns.push(context.require_column(at.id, half, at.line)?);
                theirs.push(context.require_column(place.table, other.as_ref().unwrap_or(half), at.line)?);
            }
            Some((columns, Target::Rows { table: place.table, columns: theirs, role: role.clone() }))
        }
    }
}

/// The roles that columns and ties of a row name, in the columns' order.
pub(super) fn roles(columns: &[Column], ties: &[Tie]) -> Vec<String> {
    let mut roles: Vec<String> = Vec::new();
    let mut add = |role: Option<&String>| {
        if let Some(role) = role.filter(|role| !roles.contains(role)) {
            roles.push(role.clone());
        }
    };
    for column in columns {
        add(column.meaning.role.as_ref());
        column.by_case.iter().for_each(|(_, meaning)| add(meaning.role.as_ref()));
        ties.iter().filter(|tie| tie.columns.first() == Some(&column.name)).for_each(|tie| add(tie.role.as_ref()));
    }
    roles
}

/// Requires that a tie into a row of several people says to whom, and that every role can be found.
pub(super) fn check_roles(context: &mut Context<'_>, tables: &[Table]) {
    for (id, table) in tables.iter().enumerate() {
        for tie in &table.ties {
            check_role(context, id, tie, tables);
        }
        for role in &table.roles {
            if !table.ties.iter().any(|tie| tie.role.as_ref() == Some(role)) {
                let column = table.columns.iter().find(|column| column.meaning.role.as_ref() == Some(role));
                let place = column.map_or_else(|| context.name(id), |column| context.place(id, &column.name));
                let line = column.map(|column| column.decided_by.line);
                let hint = format!("tie it, such as `{role}.phone, {role} of ~`");
                let message = format!("columns belong to `{role}`, and no tie of the table fills that role");
                context.find(Code::RoleUntied, place, line, message, Some(hint));
            }
        }
    }
}

fn check_role(context: &mut Context<'_>, id: TableId, tie: &Tie, tables: &[Table]) {
    let Target::Rows { table: target, role, .. } = &tie.target else { return };
    let column = tie.columns.first().map(String::as_str).unwrap_or_default();
    let place = context.place(id, column);
    let line = tables[id].column(column).map(|column| column.decided_by.line);
    let theirs = &tables[*target];
    let target = context.name(*target);
    match role {
        Some(role) if !theirs.roles.contains(role) => {
            let hint = did_you_mean(role, theirs.roles.iter().map(String::as_str));
            let message = format!("rows of `{target}` have no role `{role}`");
            context.find(Code::MissingPlace, place, line, message, hint);
        }
        None if tie.sense == Sense::Of && filled(theirs, None).is_empty() && !theirs.roles.is_empty() => {
            let said: Vec<String> = theirs.roles.iter().map(|role| format!("`… as {role}`")).collect();
            let message = format!("rows of `{target}` have people in roles only, and the tie names none of them");
            context.find(Code::RoleNotNamed, place, line, message, Some(format!("write {}", said.join(" or "))));
        }
        _ => {}
    }
}

fn filled<'t>(table: &'t Table, role: Option<&String>) -> Vec<&'t Tie> {
    table.ties.iter().filter(|tie| tie.sense == Sense::Of && tie.role.as_ref() == role).collect()
}

/// The tables that rows of a table follow from by *of*.
pub(super) fn parents(table: &Table) -> BTreeSet<TableId> {
    let of = table.ties.iter().filter(|tie| tie.sense == Sense::Of);
    of.filter_map(|tie| match tie.target {
        Target::Rows { table, .. } => Some(table),
        _ => None,
    })
    .collect()
}

/// The tables that can hold a person's rows, parents first; among equals the canonical order of names.
pub(super) fn order(context: &mut Context<'_>, tables: &[Table], persons: &[Person]) -> Vec<TableId> {
    let mut order: Vec<TableId> = Vec::new();
    let mut waiting: Vec<TableId> = (0..tables.len()).collect();
    while let Some(next) =
        waiting.iter().position(|id| parents(&tables[*id]).iter().all(|parent| order.contains(parent)))
    {
        order.push(waiting.remove(next));
    }
    while let Some(cycle) = cycle(tables, &waiting) {
        waiting.retain(|id| !cycle.contains(id));
        report_cycle(context, tables, &cycle);
    }
    order.extend(waiting);
    let mut reached: BTreeSet<TableId> = BTreeSet::new();
    for id in &order {
        if reaches(*id, tables, persons, &reached) {
            reached.insert(*id);
        }
    }
    order.retain(|id| reached.contains(id));
    order
}

fn reaches(id: TableId, tables: &[Table], persons: &[Person], reached: &BTreeSet<TableId>) -> bool {
    let table = &tables[id];
    if !matches!(table.standing, Standing::Personal | Standing::CopyOf(_)) {
        return false;
    }
    persons.iter().any(|person| person.table == id)
        || table.ties.iter().any(|tie| match &tie.target {
            Target::Rows { table, .. } => tie.sense == Sense::Of && reached.contains(table),
            Target::Value(_) => tie.sense == Sense::Of,
            Target::Itself | Target::Anyone => true,
        })
}

/// A cycle among the tables that wait for each other; tables that only wait for a cycle are in none.
fn cycle(tables: &[Table], waiting: &[TableId]) -> Option<Vec<TableId>> {
    for start in waiting {
        let mut path = vec![*start];
        while let Some(last) = path.last() {
            let Some(next) = parents(&tables[*last]).into_iter().find(|parent| waiting.contains(parent)) else { break };
            if let Some(from) = path.iter().position(|id| *id == next) {
                return Some(path.split_off(from));
            }
            path.push(next);
        }
    }
    None
}

fn report_cycle(context: &mut Context<'_>, tables: &[Table], cycle: &[TableId]) {
    let Some(first) = cycle.iter().copied().min() else { return };
    let turn = cycle.iter().position(|id| *id == first).unwrap_or_default();
    let ids: Vec<TableId> = cycle.iter().cycle().skip(turn).take(cycle.len() + 1).copied().collect();
    let names: Vec<String> = ids.iter().map(|id| context.name(*id)).collect();
    let next = ids.get(1).copied().unwrap_or(first);
    let column = tables[first].ties.iter().find_map(|tie| match &tie.target {
        Target::Rows { table, .. } if *table == next && tie.sense == Sense::Of => tie.columns.first(),
        _ => None,
    });
    let line = column.and_then(|column| tables[first].column(column)).map(|column| column.decided_by.line);
    let message = format!("the tables belong to each other in a circle: {}", names.join(" → "));
    let hint = "let one of the ties only point: write `by` instead of `of`".to_owned();
    context.find(Code::TieCycle, context.name(first), line, message, Some(hint));
}
