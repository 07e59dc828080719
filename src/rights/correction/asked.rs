//! A field as the officer names it: `TABLE.COLUMN`, or `TABLE[KEY].COLUMN` where the person has several rows.

use crate::{
    case::Secret,
    value::{Key, Value},
};

/// A field and what shall stand in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asked {
    /// The table
    pub table: String,
    /// The row's key, its values between commas
    pub row: Option<String>,
    /// The column
    pub column: String,
    /// The new value as it was given; `None` takes the old one out
    pub to: Option<Secret>,
}

impl Asked {
    /// Reads the name of a field; `None` when it is none.
    #[must_use]
    pub fn read(field: &str, to: Option<Secret>) -> Option<Self> {
        let field = field.trim();
        let (table, row, column) = if let Some((table, rest)) = field.split_once('[') {
            let (row, column) = rest.rsplit_once("].")?;
            (table, Some(row.to_owned()), column)
        } else {
            let (table, column) = field.rsplit_once('.')?;
            (table, None, column)
        };
        let named = !table.is_empty() && !column.is_empty() && row.as_ref().is_none_or(|row| !row.is_empty());
        named.then(|| Self { table: table.to_owned(), row, column: column.to_owned(), to })
    }

    /// The table and the column, for people.
    #[must_use]
    pub fn place(&self) -> String {
        format!("{}.{}", self.table, self.column)
    }

    /// Whether the row of this key is meant.
    pub(super) fn means(&self, key: &Key) -> bool {
        self.row.as_ref().is_none_or(|row| *row == key_text(key))
    }
}

/// A key as it is written between the brackets.
#[must_use]
pub fn key_text(key: &Key) -> String {
    key.0.iter().map(Value::to_canonical_text).collect::<Vec<_>>().join(",")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(field: &str) -> Option<(String, Option<String>, String)> {
        Asked::read(field, None).map(|asked| (asked.table, asked.row, asked.column))
    }

    #[test]
    fn a_field_names_table_row_and_column() {
        let of = |table: &str, row: Option<&str>, column: &str| {
            Some((table.to_owned(), row.map(str::to_owned), column.to_owned()))
        };
        assert_eq!(read(" users.phone "), of("users", None, "phone"));
        assert_eq!(read("addresses[17].name"), of("addresses", Some("17"), "name"));
        assert_eq!(read("permissions[1,geo].scope"), of("permissions", Some("1,geo"), "scope"));
        assert_eq!(read("cookies[a].b].dnt"), of("cookies", Some("a].b"), "dnt"));
        for wrong in ["users", "users.", ".phone", "users[].phone", "users[1]phone", ""] {
            assert_eq!(read(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn a_key_is_compared_by_its_text() {
        let key = Key(vec![Value::from(1), Value::from("geo")]);
        assert!(Asked::read("p[1,geo].x", None).is_some_and(|asked| asked.means(&key)));
        assert!(Asked::read("p[1].x", None).is_some_and(|asked| !asked.means(&key)));
    }
}
