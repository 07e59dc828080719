//! Whether it is clear whom a section means: by which tie a row is a person's, and in which role.

use std::collections::BTreeSet;

use super::{
    super::{
        classified::{ColumnRef, Person, Sense, Standing, Table, TableId},
        finding::Code,
        nearest::did_you_mean,
        whose::competing,
    },
    context::Context,
};

/// How many ties there may be.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Needed {
    One,
    AtMostOne,
    OneInEachCase,
}

/// A column of another table is a person's by a tie in the column's role, and it must be clear by which.
pub(super) fn require_tie(
    context: &mut Context<'_>,
    tables: &[Table],
    person: &Person,
    column: &ColumnRef,
    (place, line): (&str, usize),
    needed: Needed,
) {
    let held = &tables[column.table];
    if column.table == person.table || held.standing != Standing::Personal {
        return;
    }
    let role = held.column(&column.column).and_then(|column| column.meaning.role.as_deref());
    let ties = held.ties_of(role, &|tie| tie.is_of(person));
    let whose = context.place(person.table, &person.column);
    let several = match ties.as_slice() {
        [one, other, ..] if needed != Needed::OneInEachCase => Some((one.columns.join(", "), other.columns.join(", "))),
        _ => competing(&ties),
    };
    let (message, hint) = match (several, ties.is_empty() && needed != Needed::AtMostOne) {
        (Some((one, other)), _) => (
            format!("a row of `{}` could be the person's by `{one}` or by `{other}`", context.name(column.table)),
            "let one of them only point (`by`), or give it a role that the column does not have".to_owned(),
        ),
        (None, true) => (
            format!("no `of` of this role ties rows of `{}` to `{whose}`", context.name(column.table)),
            format!("tie a column with `of {whose}`, in the role of `{}`", column.column),
        ),
        (None, false) => return,
    };
    context.find(Code::TieUnclear, place, line, message, Some(hint));
}

/// The word for those whose a row is as a whole.
const ITSELF: &str = "itself";

/// The role of those whom the rows of a section's table are about. `itself` says whose they are as a whole; it need be said
/// only where people are in the rows in several ways. A person's own row is theirs.
pub(super) fn role(
    context: &mut Context<'_>,
    table: TableId,
    tables: &[Table],
    said: Option<&str>,
    place: &str,
    line: usize,
) -> Option<String> {
    let held = &tables[table];
    let is_person = context.map.persons.iter().any(|person| context.table(&person.is.value.table) == Some(table));
    let of = held.ties.iter().filter(|tie| tie.sense == Sense::Of).map(|tie| tie.role.as_deref().unwrap_or_default());
    let known: BTreeSet<&str> = of.chain(is_person.then_some("")).collect();
    let word = |role: &&str| if role.is_empty() { ITSELF.to_owned() } else { (*role).to_owned() };
    let listed = || known.iter().map(|role| format!("`\"{}\"`", word(role))).collect::<Vec<_>>().join(" or ");
    let said = said.map(|said| if said == ITSELF && !known.contains(said) { "" } else { said });
    let role = match said {
        Some(said) if !known.contains(said) => {
            let message = format!("rows of `{}` are nobody's in the role `{}`", context.name(table), word(&said));
            let hint = did_you_mean(said, known.iter().copied().filter(|role| !role.is_empty()));
            context.find(Code::MissingPlace, place, line, message, hint);
            said
        }
        Some(said) => said,
        None if is_person => "",
        None => {
            if known.len() > 1 {
                let name = context.name(table);
                let message =
                    format!("people are in rows of `{name}` in several roles, and it is not said who is meant");
                context.find(Code::TieUnclear, place, line, message, Some(format!("add `role` = {}", listed())));
            }
            known.first().copied().unwrap_or_default()
        }
    };
    (!role.is_empty()).then(|| role.to_owned())
}
