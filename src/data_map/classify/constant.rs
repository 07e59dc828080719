//! What the map has written in the place of everybody's value (`becomes`): it has to fit, and must be nobody's, or all who
//! were erased would be one person.

use super::{
    super::{
        classified::{AnonymizeTo, Column, Meaning, Table, TableId, Target},
        finding::Code,
    },
    context::Context,
};
use crate::{
    kind::{Kind, Replacement, detect},
    schema::{Compares, Generated},
    value::Value,
};

pub(super) fn all(context: &mut Context<'_>, id: TableId, tables: &[Table]) {
    for (at, column) in tables[id].columns.iter().enumerate() {
        for meaning in column.meanings() {
            let Some(AnonymizeTo::Constant(value)) = &meaning.anonymize_to else { continue };
            let Some((message, hint)) = unfit(value, column, meaning, id, at, tables) else { continue };
            let line = column.decided_by.line;
            context.find(Code::CannotBeConstant, context.place(id, &column.name), line, message, Some(hint.to_owned()));
            break;
        }
    }
}

/// Why `value` cannot stand there, and what to write instead.
fn unfit(
    value: &Value,
    column: &Column,
    meaning: &Meaning,
    id: TableId,
    at: usize,
    tables: &[Table],
) -> Option<(&'static str, &'static str)> {
    let kinds = tied_as(&column.name, &tables[id]).chain(Some(meaning.kind).filter(|kind| tells_apart(*kind)));
    let could_be = kinds.into_iter().any(|kind| kind.normalise_value(value).is_some());
    let fits = match Compares::declared(&column.declared) {
        Compares::Numbers => matches!(value, Value::Integer(_) | Value::Real(_)),
        Compares::Texts => matches!(value, Value::Text(_)),
        Compares::Anything => true,
    };
    if column.generated != Generated::No {
        Some(("the engine computes what stands here", "leave the word out"))
    } else if !meaning.kind.is_personal() && !matches!(meaning.kind.replacement(), Replacement::Generalise(_)) {
        Some(("what says nothing about a person is left as it is", "leave the word out, or say what the column holds"))
    } else if column.unique || column.distinct || tables[id].is_key(at) {
        Some(("each row needs a value of its own here", "write `token`"))
    } else if ties_rows(&column.name, id, tables) {
        let hint = "tie the rows by a key, or by the kind of the value (`of ~phone`)";
        Some(("rows are tied by this column: all that hold the constant would belong together", hint))
    } else if could_be || !detect(&value.to_canonical_text()).is_empty() {
        let hint = "write what nobody can have, such as zeros or a remark in brackets";
        Some(("the constant could be somebody's", hint))
    } else if !fits {
        Some(("the constant is not of the column's type", "texts stand in single quotes, numbers do not"))
    } else {
        None
    }
}

/// Whether whoever has such a value is told from others by it. What any text can be is told by nothing: a nickname, an
/// address.
fn tells_apart(kind: Kind) -> bool {
    kind == Kind::Name || kind.identifies() && (!kind.is_weak() || !kind.recognises("(x)"))
}

/// The kinds as which the column's values tie rows to whoever has them, whatever else it is called.
fn tied_as<'t>(name: &'t str, table: &'t Table) -> impl Iterator<Item = Kind> + 't {
    let of = table.ties.iter().filter(|tie| tie.columns.iter().any(|column| column.eq_ignore_ascii_case(name)));
    of.filter_map(|tie| match tie.target {
        Target::Value(kind) => Some(kind),
        _ => None,
    })
}

/// Whether a tie begins or ends in the column and leads to rows.
fn ties_rows(name: &str, id: TableId, tables: &[Table]) -> bool {
    let is = |other: &String| other.eq_ignore_ascii_case(name);
    tables.iter().enumerate().any(|(from, table)| {
        table.ties.iter().any(|tie| match &tie.target {
            Target::Rows { table: to, columns, .. } => {
                from == id && tie.columns.iter().any(is) || *to == id && columns.iter().any(is)
            }
            Target::Value(_) | Target::Itself | Target::Anyone => false,
        })
    })
}
