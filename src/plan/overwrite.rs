//! What is written over a personal cell: what the map says, else what the kind says, made to fit the column
//! (LAW §5.2: constants or random tokens, no mapping kept).

use crate::{
    data_map::{
        classified::{AnonymizeTo, Column, Meaning},
        predicate::{Comparison, Predicate},
    },
    kind::Replacement,
    schema::Generated,
    value::Value,
};

/// What random tokens begin with, so that a second run knows them.
pub const TOKEN_PREFIX: &str = "anon-";

/// What takes the place of a personal value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Written {
    /// NULL
    Null,
    /// The same for every row
    Constant(Value),
    /// [`TOKEN_PREFIX`] and random digits, drawn by apply and remembered nowhere
    Token,
    /// A random negative number, for unique whole numbers
    RandomNumber,
}

/// What is written over `column` under `meaning`; `None` when nothing fits.
#[must_use]
pub fn written(column: &Column, meaning: &Meaning) -> Option<Written> {
    if column.generated != Generated::No {
        return None;
    }
    let declared = column.declared.to_ascii_uppercase();
    let whole_number = declared.contains("INT");
    let token = if whole_number { Written::RandomNumber } else { Written::Token };
    match meaning.anonymize_to {
        Some(AnonymizeTo::Token) => return Some(token),
        Some(AnonymizeTo::Null) => return if column.not_null { None } else { Some(Written::Null) },
        None => {}
    }
    if !column.not_null {
        return Some(Written::Null);
    }
    if column.unique {
        return Some(token);
    }
    let number = whole_number || ["REAL", "FLOA", "DOUB", "NUM", "DEC"].iter().any(|word| declared.contains(word));
    Some(Written::Constant(if number {
        Value::Integer(0)
    } else if declared.contains("BLOB") {
        Value::Blob(Vec::new())
    } else {
        match meaning.kind.replacement() {
            Replacement::Constant(text) => Value::from(text),
            _ => Value::from(""),
        }
    }))
}

/// True of the rows in which `column` still holds something that `written` would replace.
#[must_use]
pub fn still_there(column: &str, written: &Written) -> Predicate {
    let column = || column.to_owned();
    let not_null = Predicate::IsNull { column: column(), negated: true };
    match written {
        Written::Null => not_null,
        Written::Constant(value) => Predicate::And(vec![
            not_null,
            Predicate::Compare { column: column(), op: Comparison::NotEqual, literal: value.clone() },
        ]),
        Written::Token => Predicate::And(vec![
            not_null,
            Predicate::Like { column: column(), pattern: format!("{TOKEN_PREFIX}%"), negated: true },
        ]),
        Written::RandomNumber => {
            Predicate::Compare { column: column(), op: Comparison::GreaterOrEqual, literal: Value::Integer(0) }
        }
    }
}

/// True of the rows in which `column` names or describes somebody: neither empty nor already overwritten.
#[must_use]
pub fn occupied(column: &str) -> Predicate {
    let column = || column.to_owned();
    Predicate::And(vec![
        Predicate::IsNull { column: column(), negated: true },
        Predicate::Compare { column: column(), op: Comparison::NotEqual, literal: Value::from("") },
        Predicate::Like { column: column(), pattern: format!("{TOKEN_PREFIX}%"), negated: true },
    ])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        data_map::classified::{Decider, DeciderSort},
        kind::Kind,
    };

    fn column(declared: &str, not_null: bool, unique: bool) -> Column {
        Column {
            name: "c".into(),
            declared: declared.into(),
            not_null,
            unique,
            generated: Generated::No,
            meaning: meaning(None),
            by_case: Vec::new(),
            covers_rest: true,
            decided_by: Decider { text: String::new(), line: 1, catch_all: false, from: DeciderSort::Line },
        }
    }

    fn meaning(anonymize_to: Option<AnonymizeTo>) -> Meaning {
        Meaning {
            kind: Kind::Phone,
            role: None,
            origin: None,
            proves: None,
            correct: None,
            anonymize_to,
            export_no: None,
            copy: None,
            file: None,
        }
    }

    #[test]
    fn what_fits_depends_on_the_column() {
        let of = |declared, not_null, unique| written(&column(declared, not_null, unique), &meaning(None));
        assert_eq!(of("TEXT", false, true), Some(Written::Null));
        assert_eq!(of("TEXT", true, false), Some(Written::Constant("".into())));
        assert_eq!(of("TEXT", true, true), Some(Written::Token));
        assert_eq!(of("BIGINT", true, true), Some(Written::RandomNumber));
        assert_eq!(of("REAL", true, false), Some(Written::Constant(Value::Integer(0))));
        assert_eq!(of("BLOB", true, false), Some(Written::Constant(Value::Blob(Vec::new()))));
    }

    #[test]
    fn a_map_that_asks_for_null_where_null_is_refused_cannot_be_served() {
        assert_eq!(written(&column("TEXT", true, false), &meaning(Some(AnonymizeTo::Null))), None);
        assert_eq!(written(&column("TEXT", false, false), &meaning(Some(AnonymizeTo::Token))), Some(Written::Token));
    }

    #[test]
    fn a_computed_column_is_never_written() {
        let computed = Column { generated: Generated::Virtual, ..column("TEXT", false, false) };
        assert_eq!(written(&computed, &meaning(None)), None);
    }
}
