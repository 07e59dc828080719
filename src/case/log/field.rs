//! What stands in one column of one line.

use std::borrow::Cow;

use jiff::civil::Date;
use serde::{Serialize, Serializer};
use serde_json::Value;

/// A value of the log. Each form of the log shows it in its own way.
#[derive(Clone, Debug, PartialEq)]
pub enum Field<'a> {
    /// Nothing, or not yet
    Empty,
    /// A word, a name, an instant in RFC 3339 with its offset
    Text(Cow<'a, str>),
    /// A day
    Date(Date),
    /// A whole number
    Count(i64),
    /// A number with one decimal, in tenths
    Decimal(i64),
    /// Yes or no
    Flag(bool),
    /// A list: what machines read, and one line for a cell
    List(Value, String),
}

impl<'a> Field<'a> {
    /// A text; the empty one is nothing.
    pub(super) fn text(text: impl Into<Cow<'a, str>>) -> Self {
        let text = text.into();
        if text.is_empty() { Self::Empty } else { Self::Text(text) }
    }

    /// A text, if there is one.
    pub(super) fn maybe(text: Option<impl Into<Cow<'a, str>>>) -> Self {
        text.map_or(Self::Empty, Self::text)
    }

    /// Yes or no, if that is known.
    pub(super) fn flag(flag: Option<bool>) -> Self {
        flag.map_or(Self::Empty, Self::Flag)
    }

    /// The text of a cell: words of machines, never translated.
    #[must_use]
    pub fn plain(&self) -> Cow<'_, str> {
        match self {
            Self::Empty => Cow::Borrowed(""),
            Self::Text(text) => Cow::Borrowed(text),
            Self::Date(date) => Cow::Owned(date.to_string()),
            Self::Count(count) => Cow::Owned(count.to_string()),
            Self::Decimal(tenths) => {
                let sign = if *tenths < 0 { "-" } else { "" };
                Cow::Owned(format!("{sign}{}.{}", tenths.unsigned_abs() / 10, tenths.unsigned_abs() % 10))
            }
            Self::Flag(flag) => Cow::Borrowed(if *flag { "true" } else { "false" }),
            Self::List(_, line) => Cow::Borrowed(line),
        }
    }
}

impl Serialize for Field<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Empty => serializer.serialize_none(),
            Self::Text(text) => serializer.serialize_str(text),
            Self::Date(date) => date.serialize(serializer),
            Self::Count(count) => serializer.serialize_i64(*count),
            Self::Decimal(_) => self.plain().parse().unwrap_or(0.0_f64).serialize(serializer),
            Self::Flag(flag) => serializer.serialize_bool(*flag),
            Self::List(list, _) => list.serialize(serializer),
        }
    }
}
