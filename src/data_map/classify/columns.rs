//! What each column means, by the words that were decided for it.

use super::{
    super::{
        classified::{Column, ColumnRef, Copy, Correct, Meaning, Proves, TableId},
        finding::Code,
        tie::TargetWords,
        word::{Word, Words},
    },
    context::Context,
    decide::{Decision, What, decision_of, stated_kind},
};
use crate::{kind::Kind, schema::RowKey};

/// The columns of a table with their meanings.
pub(super) fn columns(context: &mut Context<'_>, id: TableId, decisions: &[Vec<Decision<'_>>]) -> Vec<Column> {
    let live = context.tables[id];
    let names_rows = |column: &String| matches!(&live.key, RowKey::Columns(key) if key.contains(column));
    live.columns
        .iter()
        .zip(&decisions[id])
        .map(|(column, decision)| {
            let at = At { id, column: &column.name, line: decision.by.line };
            let (meaning, by_case, covers_rest) = meanings(context, &at, decision, decisions);
            Column {
                name: column.name.clone(),
                declared: column.declared.clone(),
                not_null: column.not_null || names_rows(&column.name),
                unique: column.unique,
                distinct: live.is_distinct(&column.name),
                generated: column.generated,
                meaning,
                by_case,
                covers_rest,
                decided_by: decision.by.clone(),
            }
        })
        .collect()
}

/// The column whose words are read.
struct At<'a> {
    id: TableId,
    column: &'a str,
    line: usize,
}

fn meanings(
    context: &mut Context<'_>,
    at: &At<'_>,
    decision: &Decision<'_>,
    decisions: &[Vec<Decision<'_>>],
) -> (Meaning, Vec<(String, Meaning)>, bool) {
    let file = decision.file.clone();
    let mut read = |words: &Words| Meaning { file: file.clone(), ..meaning(context, at, words, decisions) };
    match &decision.what {
        What::Always(words) => (read(words), Vec::new(), true),
        What::ByCase(values, rest) => {
            let by_case = values.iter().map(|(value, words)| (value.clone(), read(words))).collect();
            let covers = rest.is_some();
            (rest.map_or_else(|| plain(Kind::Opaque), read), by_case, covers)
        }
        What::Original(original) => original_meanings(context, at, original, decisions),
        What::Nothing => (plain(Kind::Fact), Vec::new(), true),
        What::Undecided => (plain(Kind::Fact), Vec::new(), false),
    }
}

fn plain(kind: Kind) -> Meaning {
    Meaning {
        kind,
        role: None,
        origin: None,
        proves: None,
        correct: None,
        anonymize_to: None,
        export_no: None,
        copy: None,
        file: None,
    }
}

/// A copy means what its original means; it proves nothing and is corrected through the original. A full-text index
/// follows, any other copy is history.
fn original_meanings(
    context: &mut Context<'_>,
    at: &At<'_>,
    original: &ColumnRef,
    decisions: &[Vec<Decision<'_>>],
) -> (Meaning, Vec<(String, Meaning)>, bool) {
    let Some(decision) = decision_of(context, original, decisions).cloned() else {
        return (plain(Kind::Opaque), Vec::new(), false);
    };
    if matches!(decision.what, What::Original(_)) {
        let place = context.place(at.id, at.column);
        context.find(Code::NotSupportedYet, place, at.line, "a copy of a copy is not carried out yet", None);
        return (plain(Kind::Opaque), Vec::new(), false);
    }
    let silent = context.findings.len();
    let theirs = At { id: original.table, column: &original.column, line: decision.by.line };
    let (meaning, by_case, covers) = meanings(context, &theirs, &decision, decisions);
    context.findings.truncate(silent); // what is wrong with the original is said there
    let follows = context.is_virtual(at.id);
    let copied = |meaning: Meaning| Meaning {
        proves: None,
        correct: None,
        file: None,
        copy: Some(Copy { of: original.clone(), follows }),
        ..meaning
    };
    (copied(meaning), by_case.into_iter().map(|(value, meaning)| (value, copied(meaning))).collect(), covers)
}

fn meaning(context: &mut Context<'_>, at: &At<'_>, words: &Words, decisions: &[Vec<Decision<'_>>]) -> Meaning {
    let mut meaning = plain(Kind::Opaque);
    let mut kind = None;
    for word in &words.0 {
        match word {
            Word::Kind { role, kind: said } => {
                kind = Some(*said);
                meaning.role.clone_from(role);
            }
            Word::Of { .. } | Word::By(_) => {}
            Word::Copy { place, follows } => {
                let name = context.place(at.id, at.column);
                let of = context.require_place(place, &name, at.line);
                meaning.copy = of.map(|of| Copy { of, follows: follows.unwrap_or(true) });
            }
            Word::Computed(_) => {
                let place = context.place(at.id, at.column);
                context.find(
                    Code::NotSupportedYet,
                    place,
                    at.line,
                    "computed copies are read from the map and not carried out yet",
                    None,
                );
                kind = kind.or(Some(Kind::Fact));
            }
            Word::Proves(proves) => meaning.proves = Some(checked_proves(context, at, proves)),
            Word::Correct(correct) => meaning.correct = Some(checked_correct(context, at, correct)),
            Word::Origin(origin) => meaning.origin = Some(*origin),
            Word::AnonymizeTo(to) => meaning.anonymize_to = Some(to.clone()),
            Word::ExportNo(why) => meaning.export_no = Some(why.clone()),
        }
    }
    if kind.is_none() {
        meaning.role = tie_role(words);
    }
    let kind = kind.or_else(|| tie_kind(words)).or_else(|| {
        let original = &meaning.copy.as_ref()?.of;
        let words = decision_of(context, original, decisions)?.what.lists().into_iter().last()?.1;
        stated_kind(words).or_else(|| tie_kind(words))
    });
    if kind.is_none() {
        let place = context.place(at.id, at.column);
        let message = format!("`{words}` names no kind and no tie");
        context.find(Code::NoKind, place, at.line, message, Some("say what it is, such as `fact`".to_owned()));
    }
    Meaning { kind: kind.unwrap_or(Kind::Opaque), ..meaning }
}

/// What a column is of which only ties are said.
fn tie_kind(words: &Words) -> Option<Kind> {
    words.0.iter().find_map(|word| match word {
        Word::Of { target, .. } | Word::By(target) => match target {
            TargetWords::Rows { .. } | TargetWords::Itself => Some(Kind::Key),
            TargetWords::Value(kind) => *kind,
            TargetWords::Anyone => Some(Kind::Opaque),
        },
        _ => None,
    })
}

/// The role of a column of which only ties are said: that of its one tie with a role.
fn tie_role(words: &Words) -> Option<String> {
    let mut roles = words.0.iter().filter_map(|word| match word {
        Word::Of { role, .. } => Some(role.clone()),
        _ => None,
    });
    let first = roles.next()?;
    roles.all(|role| role == first).then_some(first)?
}

fn checked_proves(context: &mut Context<'_>, at: &At<'_>, proves: &Proves) -> Proves {
    let mut column = |name: &Option<String>| {
        let name = name.as_ref()?;
        context.require_column(at.id, name, at.line)
    };
    let (since, until) = (column(&proves.since), column(&proves.until));
    if let Some(when) = &proves.when {
        context.require_columns(at.id, when, at.line);
    }
    Proves { since, until, when: proves.when.clone() }
}

fn checked_correct(context: &mut Context<'_>, at: &At<'_>, correct: &Correct) -> Correct {
    if let Some(when) = &correct.when {
        context.require_columns(at.id, when, at.line);
    }
    correct.clone()
}
