//! Why a column is treated as it is: its words, the line that decided, the rules that were tried.

use super::{
    classified::{Case, Cases, Classified, Column, Decider, Meaning, Sense, Table, TableId, Target, Tie},
    name::{Dotted, quoted},
    tie::TargetWords,
    word::{Word, Words},
    written::DataMap,
};
use crate::schema::TableName;

/// Why a column is treated as it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Explanation {
    /// The table
    pub table: TableName,
    /// The column
    pub column: String,
    /// Its words, resolved
    pub words: String,
    /// The line that decided
    pub decided_by: Decider,
    /// The rules, in the order in which they are tried
    pub tried: Vec<Tried>,
}

/// A rule and what came of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tried {
    /// The pattern
    pub glob: String,
    /// Its line in the map, from 1
    pub line: usize,
    /// What it would have said
    pub words: String,
    /// What came of it
    pub verdict: Verdict,
}

/// What came of a rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It decided
    Decided,
    /// It matches, and something before it had decided
    CameTooLate,
    /// It does not match the name
    DidNotMatch,
}

/// Tells why `column` of `table` is treated as it is; `None` when there is no such column.
#[must_use]
pub fn explain(map: &DataMap, classified: &Classified, table: &TableName, column: &str) -> Option<Explanation> {
    let id = classified.table_id(table)?;
    let column = classified.tables[id].column(column)?;
    let tried = map.rules.iter().map(|rule| {
        let matches = rule.glob.matches(table, &column.name);
        let decided = rule.line == column.decided_by.line && rule.glob.to_string() == column.decided_by.text;
        let verdict = match (matches, decided) {
            (true, true) => Verdict::Decided,
            (true, false) => Verdict::CameTooLate,
            (false, _) => Verdict::DidNotMatch,
        };
        Tried { glob: rule.glob.to_string(), line: rule.line, words: rule.words.to_string(), verdict }
    });
    Some(Explanation {
        table: table.clone(),
        column: column.name.clone(),
        words: words_of(classified, id, column),
        decided_by: column.decided_by.clone(),
        tried: tried.collect(),
    })
}

/// The words of a column as they would be written in the map; by case, `VALUE: words; *: words`.
#[must_use]
pub fn words_of(map: &Classified, table: TableId, column: &Column) -> String {
    let ties: Vec<&Tie> =
        map.tables[table].ties.iter().filter(|tie| tie.columns.first() == Some(&column.name)).collect();
    if column.by_case.is_empty() {
        return written(map, &column.meaning, &ties);
    }
    let mut parts: Vec<String> = Vec::new();
    for (value, meaning) in &column.by_case {
        let ties = ties.iter().filter(|tie| matches!(&tie.cases, Some(Cases::Only(values)) if values.contains(value)));
        parts.push(format!("{value}: {}", written(map, meaning, &ties.copied().collect::<Vec<_>>())));
    }
    if column.covers_rest {
        let ties = ties.iter().filter(|tie| matches!(tie.cases, Some(Cases::Except(_))));
        parts.push(format!("*: {}", written(map, &column.meaning, &ties.copied().collect::<Vec<_>>())));
    }
    parts.join("; ")
}

/// The case of a table as it would be written in the map.
#[must_use]
pub fn case_of(map: &Classified, table: &Table) -> Option<String> {
    Some(match table.case.as_ref()? {
        Case::Column(column) => quoted(column),
        Case::Path { column, table, key, wanted } => {
            let key = Dotted { table: map.tables[*table].name.clone(), column: key.clone() };
            format!("{} = {key} . {}", quoted(column), quoted(wanted))
        }
    })
}

fn written(map: &Classified, meaning: &Meaning, ties: &[&Tie]) -> String {
    let mut words = vec![Word::Kind { role: meaning.role.clone(), kind: meaning.kind }];
    words.extend(ties.iter().map(|tie| {
        let target = target(map, tie);
        match tie.sense {
            Sense::Of => Word::Of { role: tie.role.clone(), target },
            Sense::By => Word::By(target),
        }
    }));
    words.extend(meaning.copy.as_ref().map(|copy| {
        let place = Dotted { table: map.tables[copy.of.table].name.clone(), column: copy.of.column.clone() };
        Word::Copy { place, follows: Some(copy.follows) }
    }));
    words.extend(meaning.proves.clone().map(Word::Proves));
    words.extend(meaning.correct.clone().map(Word::Correct));
    words.extend(meaning.origin.map(Word::Origin));
    words.extend(meaning.anonymize_to.clone().map(Word::AnonymizeTo));
    words.extend(meaning.export_no.clone().map(Word::ExportNo));
    Words(words).to_string()
}

fn target(map: &Classified, tie: &Tie) -> TargetWords {
    match &tie.target {
        Target::Itself => TargetWords::Itself,
        Target::Anyone => TargetWords::Anyone,
        Target::Value(kind) => TargetWords::Value(Some(*kind)),
        Target::Rows { table, columns, role } => {
            let column = columns.first().cloned().unwrap_or_default();
            let pairs = tie.columns.iter().zip(columns).skip(1);
            let within = pairs.map(|(own, theirs)| (own.clone(), (own != theirs).then(|| theirs.clone()))).collect();
            let place = Dotted { table: map.tables[*table].name.clone(), column };
            TargetWords::Rows { place, within, role: role.clone() }
        }
    }
}
