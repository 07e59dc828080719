//! What is written over a personal cell: what the map says, else what the kind says, made to fit the column
//! (LAW §5.2: constants or random tokens, no mapping kept).

use jiff::tz::TimeZone;

use crate::{
    data_map::{
        classified::{AnonymizeTo, Column, Meaning},
        predicate::{Comparison, Predicate},
    },
    kind::{Generalisation, Kind, Replacement},
    schema::Generated,
    value::{Value, hex},
};

/// What random tokens begin with, so that a second run knows them.
pub const TOKEN_PREFIX: &str = "anon-";

/// Random numbers are less than this, and hardly anything else is: not the numbers of chats, nor dates before 1970.
pub const DRAWN_BELOW: i64 = i64::MIN >> 1;

/// What takes the place of a personal value.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Written {
    /// NULL
    Null,
    /// The same for every row
    Constant(Value),
    /// [`TOKEN_PREFIX`] and random digits, drawn by apply and remembered nowhere
    Token,
    /// A random negative number, for unique whole numbers
    RandomNumber,
    /// The value itself with less detail
    Generalised {
        /// How
        how: Generalisation,
        /// What takes the place of a value that cannot be read
        unreadable: Value,
    },
}

impl Written {
    /// The machine word in plans.
    #[must_use]
    pub fn word(&self) -> &'static str {
        match self {
            Self::Null => "null",
            Self::Constant(_) => "constant",
            Self::Token => "token",
            Self::RandomNumber => "number",
            Self::Generalised { how, .. } => how.word(),
        }
    }

    /// What takes the place of `value` in a column of the declared type: random bytes come from `random`, an instant is
    /// placed in its month in `zone`.
    pub fn instead_of(
        &self,
        value: &Value,
        declared: &str,
        zone: &TimeZone,
        random: &mut dyn FnMut(&mut [u8]),
    ) -> Value {
        let mut bytes = [0; 8];
        match self {
            Self::Null => Value::Null,
            Self::Constant(constant) => constant.clone(),
            Self::Token => {
                random(&mut bytes);
                Value::Text(token(declared, bytes))
            }
            Self::RandomNumber => {
                random(&mut bytes);
                Value::Integer(i64::from_be_bytes(bytes) & (i64::MAX >> 1) | i64::MIN)
            }
            Self::Generalised { how, unreadable } => match how.apply(value, zone) {
                Value::Null if !value.is_null() => unreadable.clone(),
                less => less,
            },
        }
    }

    /// Appends its canonical bytes.
    pub(super) fn encode(&self, out: &mut Vec<u8>) {
        match self {
            Self::Null => out.push(b'n'),
            Self::Token => out.push(b't'),
            Self::RandomNumber => out.push(b'r'),
            Self::Constant(value) => {
                out.push(b'c');
                value.encode(out);
            }
            Self::Generalised { how, unreadable } => {
                out.push(b'g');
                Value::from(how.word()).encode(out);
                unreadable.encode(out);
            }
        }
    }

    /// Takes one off the front of what [`Written::encode`] wrote.
    pub(super) fn decode(bytes: &mut &[u8]) -> Option<Self> {
        let (tag, rest) = bytes.split_first()?;
        *bytes = rest;
        Some(match tag {
            b'n' => Self::Null,
            b't' => Self::Token,
            b'r' => Self::RandomNumber,
            b'c' => Self::Constant(Value::decode(bytes)?),
            b'g' => {
                let word = Value::decode(bytes)?;
                let how = Generalisation::ALL.into_iter().find(|how| word.as_text() == Some(how.word()))?;
                Self::Generalised { how, unreadable: Value::decode(bytes)? }
            }
            _ => return None,
        })
    }
}

/// A random token for a column of the declared type: as many digits as its length leaves room for.
fn token(declared: &str, bytes: [u8; 8]) -> String {
    format!("{TOKEN_PREFIX}{}", &hex(&bytes)[..digits_for(declared)])
}

fn digits_for(declared: &str) -> usize {
    let room = length_of(declared).and_then(|length| length.checked_sub(TOKEN_PREFIX.len()));
    room.filter(|room| *room >= FEWEST_DIGITS).map_or(MOST_DIGITS, |room| room.min(MOST_DIGITS))
}

/// Whether apply drew the value at random in place of another.
#[must_use]
pub fn is_drawn(text: &str) -> bool {
    let digits = |digits: &str| {
        (FEWEST_DIGITS..=MOST_DIGITS).contains(&digits.len())
            && digits.bytes().all(|c| matches!(c, b'0'..=b'9' | b'a'..=b'f'))
    };
    text.strip_prefix(TOKEN_PREFIX).is_some_and(digits) || text.parse().is_ok_and(|number: i64| number < DRAWN_BELOW)
}

/// Two hexadecimal digits for each of eight random bytes.
const MOST_DIGITS: usize = 16;

/// Fewer random digits than these would soon be drawn twice.
const FEWEST_DIGITS: usize = 8;

/// Nobody needs more zeros than these.
const LONGEST: usize = 64;

/// The length that a declared type allows, such as 20 in `VARCHAR(20)`.
fn length_of(declared: &str) -> Option<usize> {
    let (_, rest) = declared.split_once('(')?;
    rest.split([')', ',']).next()?.trim().parse().ok()
}

/// What is written over `column` under `meaning`; `None` when nothing fits.
#[must_use]
pub fn written(column: &Column, meaning: &Meaning) -> Option<Written> {
    if column.generated != Generated::No {
        return None;
    }
    let token = random_for(column);
    match &meaning.anonymize_to {
        Some(AnonymizeTo::Token) => return Some(token),
        Some(AnonymizeTo::Null) => return if column.not_null { None } else { Some(Written::Null) },
        Some(AnonymizeTo::Constant(value)) => return Some(Written::Constant(value.clone())),
        None => {}
    }
    if !column.not_null {
        return Some(Written::Null);
    }
    if column.unique || column.distinct {
        return Some(token);
    }
    Some(Written::Constant(neutral(column, meaning.kind)))
}

/// A random value for a column.
fn random_for(column: &Column) -> Written {
    if column.declared.to_ascii_uppercase().contains("INT") { Written::RandomNumber } else { Written::Token }
}

/// What says nothing, of the column's type.
fn neutral(column: &Column, kind: Kind) -> Value {
    let declared = column.declared.to_ascii_uppercase();
    if ["INT", "REAL", "FLOA", "DOUB", "NUM", "DEC"].iter().any(|word| declared.contains(word)) {
        Value::Integer(0)
    } else if declared.contains("BLOB") {
        Value::Blob(Vec::new())
    } else {
        match kind.replacement() {
            Replacement::Constant(text) => Value::from(text),
            _ => Value::from(""),
        }
    }
}

/// What the constraints of a table leave open for one of its columns.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Leeway {
    /// It may be NULL
    pub nullable: bool,
    /// It is unique, alone or with others, or names the row
    pub distinct: bool,
}

/// What may be written over `column` when its row is to say nothing about anybody any more (LAW §5.2), the best first:
/// what identifies goes, a quasi-identifier (address, birth date, time, amount, place) loses detail. `None` when the
/// value stays; empty when nothing fits.
#[must_use]
pub fn anonymized(column: &Column, meaning: &Meaning, leeway: Leeway) -> Option<Vec<Written>> {
    let (kind, Leeway { nullable, distinct }) = (meaning.kind, leeway);
    let quasi = match kind.replacement() {
        Replacement::Generalise(how) => Some(how),
        Replacement::Keep if meaning.anonymize_to.is_none() => return None,
        _ => None,
    };
    if column.generated != Generated::No || !kind.is_personal() && (quasi.is_none() || distinct) {
        return None;
    }
    match &meaning.anonymize_to {
        Some(AnonymizeTo::Constant(value)) => return Some(vec![Written::Constant(value.clone())]),
        Some(AnonymizeTo::Token) => return Some(vec![random_for(column)]),
        Some(AnonymizeTo::Null) => return Some(if nullable { vec![Written::Null] } else { Vec::new() }),
        None => {}
    }
    let neutral = neutral(column, kind);
    let mut ways = Vec::new();
    if let Some(how) = quasi.filter(|_| !distinct) {
        let unreadable = if nullable { Value::Null } else { neutral.clone() };
        ways.push(Written::Generalised { how, unreadable });
    }
    if nullable {
        ways.push(Written::Null);
    }
    if distinct {
        ways.push(random_for(column));
    } else {
        ways.push(Written::Constant(neutral));
        let zeros = "0".repeat(length_of(&column.declared).unwrap_or(1).min(LONGEST));
        ways.extend([Written::Constant("".into()), random_for(column), Written::Constant(zeros.as_str().into())]);
    }
    Some(ways)
}

/// True of the rows in which `column` still holds something that `written` would replace.
#[must_use]
pub fn still_there(column: &Column, written: &Written) -> Predicate {
    let not_null = Predicate::IsNull { column: column.name.clone(), negated: true };
    let not_drawn = |digits| {
        let drawn = Predicate::Drawn { column: column.name.clone(), digits };
        Predicate::And(vec![not_null.clone(), Predicate::Not(Box::new(drawn))])
    };
    match written {
        // whether a value has more detail than it should the predicate cannot tell: only that there is something
        Written::Null | Written::Generalised { .. } => not_null,
        Written::Constant(value) => {
            let op = Comparison::NotEqual;
            let differs = Predicate::Compare { column: column.name.clone(), op, literal: value.clone() };
            Predicate::And(vec![not_null, differs])
        }
        Written::Token => not_drawn(Some(digits_for(&column.declared))),
        Written::RandomNumber => not_drawn(None),
    }
}

/// True of the rows in which `column` names or describes somebody: neither empty nor already overwritten.
#[must_use]
pub fn occupied(column: &Column) -> Predicate {
    let drawn = |digits| {
        let drawn = Predicate::Drawn { column: column.name.clone(), digits };
        Predicate::Not(Box::new(drawn))
    };
    let is_not = |literal| Predicate::Compare { column: column.name.clone(), op: Comparison::NotEqual, literal };
    let mut parts = vec![
        Predicate::IsNull { column: column.name.clone(), negated: true },
        is_not(Value::from("")),
        drawn(Some(digits_for(&column.declared))),
        drawn(None),
    ];
    for meaning in column.meanings() {
        if let Some(AnonymizeTo::Constant(value)) = &meaning.anonymize_to {
            parts.push(is_not(value.clone()));
        }
    }
    Predicate::And(parts)
}

/// True of the rows in which `column` says something personal under any of the meanings that `counts`: neither empty nor
/// what an erasure writes there. `None` where none of them is personal.
#[must_use]
pub fn speaks(column: &Column, counts: &dyn Fn(&Meaning) -> bool) -> Option<Predicate> {
    let personal: Vec<&Meaning> = column.meanings().filter(|m| m.kind.is_personal() && counts(m)).collect();
    if personal.is_empty() {
        return None;
    }
    let left =
        personal.iter().filter_map(|meaning| written(column, meaning)).map(|written| still_there(column, &written));
    Some(Predicate::And(std::iter::once(occupied(column)).chain(left).collect()))
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
            distinct: false,
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
    fn a_token_fits_the_declared_length() {
        let drawn = [0xab; 8];
        assert_eq!(token("TEXT", drawn), "anon-abababababababab");
        assert_eq!(token("VARCHAR(16)", drawn), "anon-abababababa");
        assert_eq!(token("varchar ( 40 )", drawn), "anon-abababababababab");
        assert_eq!(token("CHAR(6)", drawn), "anon-abababababababab", "too few digits are no token: the engine decides");
    }

    #[test]
    fn anonymizing_leaves_quasi_identifiers_with_less_detail_and_nothing_else() {
        let of = |kind, nullable, distinct| {
            let meaning = Meaning { kind, ..meaning(None) };
            let ways = anonymized(&column("TEXT", false, false), &meaning, Leeway { nullable, distinct });
            ways.map(|ways| ways.iter().map(Written::word).collect::<Vec<_>>())
        };
        assert_eq!(of(Kind::Phone, true, false).unwrap()[0], "null");
        assert_eq!(of(Kind::Phone, false, false).unwrap()[0], "constant");
        assert_eq!(of(Kind::Phone, false, true).unwrap(), ["token"]);
        assert_eq!(of(Kind::Address, true, false).unwrap()[..2], ["district", "null"]);
        assert_eq!(of(Kind::Address, false, true).unwrap(), ["token"], "a district is nobody's own");
        assert_eq!(of(Kind::BirthDate, false, false).unwrap()[0], "five_years");
        assert_eq!(of(Kind::Time, false, false).unwrap()[0], "month");
        assert_eq!(of(Kind::Time, false, true), None, "a time that names the row stays");
        for kind in [Kind::Fact, Kind::Key, Kind::Sex] {
            assert_eq!(of(kind, true, false), None, "{kind}");
        }
        let constant = AnonymizeTo::Constant("?".into());
        let meaning = Meaning { kind: Kind::Sex, ..meaning(Some(constant)) };
        let ways = anonymized(&column("TEXT", true, false), &meaning, Leeway { nullable: false, distinct: false });
        assert_eq!(ways, Some(vec![Written::Constant("?".into())]), "the map says so");
    }

    #[test]
    fn what_is_written_reads_back_from_a_work_list() {
        let how = Generalisation::Month;
        for written in [
            Written::Null,
            Written::Token,
            Written::RandomNumber,
            Written::Constant("***".into()),
            Written::Generalised { how, unreadable: Value::from("") },
        ] {
            let mut bytes = Vec::new();
            written.encode(&mut bytes);
            let mut rest = bytes.as_slice();
            assert_eq!(Written::decode(&mut rest), Some(written));
            assert!(rest.is_empty());
            assert_eq!(Written::decode(&mut &bytes[..bytes.len() - 1]), None);
        }
    }

    #[test]
    fn a_computed_column_is_never_written() {
        let computed = Column { generated: Generated::Virtual, ..column("TEXT", false, false) };
        assert_eq!(written(&computed, &meaning(None)), None);
    }
}
