//! How a cell is known again, however it is written by now: a backup, or another system, may have written the same value
//! in another form. And what droit itself may have left in its place.

use jiff::{civil::Date, tz::TimeZone};
use serde::{Deserialize, Serialize};

use super::print::Tagging;
use crate::{
    case::IdentityTag,
    data_map::classified::{Column, Table},
    kind::{Dated, Kind, folded},
    plan::{Leeway, TOKEN_PREFIX, Written, anonymized, written},
    value::Value,
};

/// What is sealed of one cell.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Form {
    kind: String,
    /// Of the canonical form
    canonical: IdentityTag,
    /// Whether it could be read as its kind
    read: bool,
    /// Of what every form has in common: letters and digits; of a time its day
    loose: IdentityTag,
    /// Of what may have been written over it
    left: Vec<IdentityTag>,
}

/// What a cell says of whose it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Cell {
    /// The same value
    Same,
    /// The same day, which is the day of the erasure or a later one: whoever came on that day has it as well
    SameDay,
    /// What an erasure left in its place
    Left,
    /// Nobody can tell: one of the two cannot be read, or they differ in form alone
    Doubtful,
    /// Another value
    Other,
}

/// A cell in words that can be compared.
struct Words {
    canonical: String,
    loose: String,
    read: bool,
}

/// Computes tags of one column's cells.
pub(super) struct Reader<'a> {
    pub(super) held: &'a Table,
    pub(super) column: &'a Column,
    pub(super) zone: &'a TimeZone,
    pub(super) tagging: &'a Tagging,
}

impl Reader<'_> {
    /// What of the column is compared by; where that depends on the row, nothing but its text.
    pub(super) fn kind(&self) -> Kind {
        if self.column.by_case.is_empty() { self.column.meaning.kind } else { Kind::Opaque }
    }

    fn tag(&self, what: &str, text: &str) -> IdentityTag {
        (self.tagging)(&format!("{what} of {}.{}", self.held.name, self.column.name), text)
    }

    pub(super) fn form(&self, value: &Value) -> Form {
        let words = words(self.kind(), value, self.zone);
        let mut left: Vec<IdentityTag> = Vec::new();
        for value in self.left(value) {
            let tag = self.tag("form", &words_of_left(self.kind(), &value, self.zone));
            if !left.contains(&tag) {
                left.push(tag);
            }
        }
        Form {
            kind: self.kind().word().to_owned(),
            canonical: self.tag("form", &words.canonical),
            read: words.read,
            loose: self.tag("signs", &words.loose),
            left,
        }
    }

    /// What stands in the place of `form` now. `removed` is the day on which the person's data was removed, `stays` whether
    /// rows of theirs stayed in the table.
    pub(super) fn look(&self, form: &Form, value: &Value, removed: Option<Date>, stays: bool) -> Cell {
        let kind = self.kind();
        let words = words(kind, value, self.zone);
        if !value.is_empty() && self.tag("form", &words.canonical) == form.canonical {
            let day = match Dated::read(value) {
                Dated::Day(day) if is_date(kind) => Some(day),
                _ => None,
            };
            let tells = day.zip(removed).is_none_or(|(day, removed)| day < removed);
            return if tells { Cell::Same } else { Cell::SameDay };
        }
        let left = || form.left.contains(&self.tag("form", &words_of_left(kind, value, self.zone))) || is_drawn(value);
        if stays && left() {
            return Cell::Left;
        }
        let comparable = form.read && words.read && !value.is_empty() && form.kind == kind.word();
        if comparable && self.tag("signs", &words.loose) != form.loose { Cell::Other } else { Cell::Doubtful }
    }

    /// All that an erasure or an anonymization may write over it, but for what is drawn at random.
    fn left(&self, value: &Value) -> Vec<Value> {
        let meanings = std::iter::once(&self.column.meaning).chain(self.column.by_case.iter().map(|(_, by)| by));
        let mut ways: Vec<Written> = Vec::new();
        for meaning in meanings {
            ways.extend(written(self.column, meaning));
            for (nullable, distinct) in [(true, false), (false, false), (true, true), (false, true)] {
                ways.extend(anonymized(self.column, meaning, Leeway { nullable, distinct }).into_iter().flatten());
            }
        }
        let fixed = ways.iter().filter(|way| !matches!(way, Written::Token | Written::RandomNumber));
        fixed.map(|way| way.instead_of(value, &self.column.declared, self.zone, &mut |_| {})).collect()
    }
}

fn is_date(kind: Kind) -> bool {
    matches!(kind, Kind::Time | Kind::BirthDate)
}

/// A value that droit drew at random.
fn is_drawn(value: &Value) -> bool {
    match value {
        Value::Text(text) => text.starts_with(TOKEN_PREFIX),
        Value::Integer(number) => *number < 0,
        _ => false,
    }
}

fn words_of_left(kind: Kind, value: &Value, zone: &TimeZone) -> String {
    if value.is_empty() { String::new() } else { words(kind, value, zone).canonical }
}

fn words(kind: Kind, value: &Value, zone: &TimeZone) -> Words {
    if is_date(kind) {
        let dated = Dated::read(value);
        let day = dated.day(zone).map(|day| day.to_string());
        // of a birth date the hour says nothing
        let canonical = match (dated, kind) {
            (Dated::Day(day), Kind::Time) => Some(day.to_string()),
            (_, Kind::Time) => dated.moment(zone).map(|moment| moment.to_string()),
            _ => day.clone(),
        };
        if let (Some(canonical), Some(loose)) = (canonical, day) {
            return Words { canonical, loose, read: true };
        }
    }
    let text = value.to_canonical_text();
    let normal = if is_date(kind) { None } else { kind.normalise_value(value) };
    let read = normal.as_deref().is_some_and(|normal| kind.recognises(normal));
    let canonical = normal.unwrap_or(text);
    let signs: String = folded(&canonical).chars().filter(|sign| sign.is_alphanumeric()).collect();
    let signs = signs.trim_start_matches('0');
    let loose = if signs.is_empty() { canonical.clone() } else { signs.to_owned() };
    Words { canonical, loose, read }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn same(kind: Kind, one: impl Into<Value>, other: impl Into<Value>) -> (bool, bool) {
        let zone = TimeZone::get("Asia/Shanghai").unwrap();
        let (one, other) = (words(kind, &one.into(), &zone), words(kind, &other.into(), &zone));
        (one.canonical == other.canonical, one.loose == other.loose)
    }

    #[test]
    fn one_value_is_one_in_every_form_of_its_kind() {
        assert_eq!(same(Kind::Time, "2024-01-05 10:00:00", "2024/1/5 10:00"), (true, true));
        assert_eq!(same(Kind::Time, "2024-01-05 10:00:00", "2024-01-05T02:00:00Z"), (true, true));
        assert_eq!(same(Kind::Time, "2024-01-05 10:00:00", 1_704_420_000), (true, true));
        assert_eq!(same(Kind::Time, "2024-01-05 10:00:00", 1_704_420_000_000), (true, true));
        assert_eq!(same(Kind::Time, "2024-01-05", "2024-1-5"), (true, true));
        assert_eq!(same(Kind::BirthDate, "1990-01-05", 19_900_105), (true, true));
        assert_eq!(same(Kind::Phone, "13800000001", "+86 138 0000 0001"), (true, true));
        assert!(same(Kind::Email, "Li@Example.com", "li@example.com").1);
    }

    #[test]
    fn what_differs_in_detail_or_form_alone_is_near() {
        assert_eq!(same(Kind::Time, "2024-01-05 10:00:00", "2024-01-05"), (false, true));
        assert_eq!(same(Kind::Fact, "KX-0012", "kx 0012"), (false, true));
        assert!(same(Kind::Fact, "0012", 12).1);
        assert_eq!(same(Kind::Fact, "KX-0012", "KX-0013"), (false, false));
        assert_eq!(same(Kind::Time, "2024-01-05 10:00:00", "2024-01-06 10:00:00"), (false, false));
    }
}
