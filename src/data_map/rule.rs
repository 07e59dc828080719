//! Rules: one line that speaks for every column whose name it matches.

use std::{
    fmt,
    str::{Chars, FromStr},
};

use super::{error::Misread, word::Words};
use crate::schema::TableName;

/// One line of `[rules]`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rule {
    /// Which columns
    pub glob: ColumnGlob,
    /// What it says of them
    pub words: Words,
    /// Line in the map, from 1
    pub line: usize,
}

/// A pattern for tables: `price_*`, `hr.*`. `*` is any text, `?` one character; ASCII case does not matter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TableGlob {
    written: String,
    schema: Option<String>,
    name: String,
    plain: bool,
}

/// A pattern for columns: `*.phone`, `users.*_at`, `hr.people.*`. What stands after the last dot matches the column.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ColumnGlob {
    table: TableGlob,
    column: String,
}

impl TableGlob {
    /// The pattern that means this table alone, whatever characters its name has.
    #[must_use]
    pub fn exact(table: &TableName) -> Self {
        Self { written: table.to_string(), schema: table.schema.clone(), name: table.name.clone(), plain: true }
    }

    /// Whether the table is meant. A pattern without a schema means tables of the default schema.
    #[must_use]
    pub fn matches(&self, table: &TableName) -> bool {
        let schema = match (&self.schema, &table.schema) {
            _ if self.plain => {
                return self.name.eq_ignore_ascii_case(&table.name)
                    && self.schema.as_deref().map(str::to_ascii_lowercase)
                        == table.schema.as_deref().map(str::to_ascii_lowercase);
            }
            (None, None) => true,
            (Some(pattern), Some(schema)) => glob(pattern, schema),
            (None, Some(_)) => self.name == "*",
            (Some(_), None) => false,
        };
        schema && glob(&self.name, &table.name)
    }

    /// Whether it has no wild card, so that it names one table.
    #[must_use]
    pub fn is_plain(&self) -> bool {
        self.plain
    }
}

impl ColumnGlob {
    /// Whether the column is meant.
    #[must_use]
    pub fn matches(&self, table: &TableName, column: &str) -> bool {
        glob(&self.column, column) && self.table.matches(table)
    }

    /// Whether it speaks for every column of every table.
    #[must_use]
    pub fn is_catch_all(&self) -> bool {
        self.column == "*" && self.table.name == "*"
    }
}

impl FromStr for TableGlob {
    type Err = Misread;

    fn from_str(text: &str) -> Result<Self, Misread> {
        let (schema, name) = match text.rsplit_once('.') {
            Some((schema, name)) => (Some(schema.to_owned()), name),
            None => (None, text),
        };
        if name.is_empty() || schema.as_ref().is_some_and(|schema| schema.is_empty() || schema.contains('.')) {
            return Err(Misread::new(0, format!("`{text}` is no pattern for tables")));
        }
        Ok(Self { written: text.to_owned(), schema, name: name.to_owned(), plain: !text.contains(['*', '?']) })
    }
}

impl FromStr for ColumnGlob {
    type Err = Misread;

    fn from_str(text: &str) -> Result<Self, Misread> {
        let (table, column) = text.rsplit_once('.').filter(|(_, column)| !column.is_empty()).ok_or_else(|| {
            Misread::new(0, format!("`{text}` is no pattern for columns"))
                .hinted(format!("write `table.column`, such as `*.{}`", text.trim_matches('.')))
        })?;
        Ok(Self { table: table.parse()?, column: column.to_owned() })
    }
}

impl fmt::Display for TableGlob {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.written)
    }
}

impl fmt::Display for ColumnGlob {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.table, self.column)
    }
}

/// Whether `text` matches; `*` is any text, `?` one character.
fn glob(pattern: &str, text: &str) -> bool {
    let (mut p, mut t) = (pattern.chars(), text.chars());
    let mut retry: Option<(Chars<'_>, Chars<'_>)> = None;
    loop {
        let from = t.clone();
        let (wanted, c) = (p.next(), t.next());
        match (wanted, c) {
            (Some('*'), _) => {
                retry = Some((p.clone(), from.clone()));
                t = from;
            }
            (None, None) => return true,
            (Some(wanted), Some(c)) if wanted == '?' || wanted.eq_ignore_ascii_case(&c) => {}
            (Some(_), None) => return false,
            (_, Some(_)) => {
                let Some((behind, from)) = &mut retry else { return false };
                from.next();
                (p, t) = (behind.clone(), from.clone());
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn matches(pattern: &str, table: &str, column: &str) -> bool {
        let table = match table.split_once('.') {
            Some((schema, name)) => TableName { schema: Some(schema.into()), name: name.into() },
            None => TableName::local(table),
        };
        pattern.parse::<ColumnGlob>().unwrap().matches(&table, column)
    }

    #[test]
    fn stars_match_any_text_and_case_does_not_matter() {
        assert!(matches("*.*_at", "orders", "created_at"));
        assert!(matches("*.*_at", "Orders", "CREATED_AT"));
        assert!(!matches("*.*_at", "orders", "at"));
        assert!(matches("wp_*_posts.id", "wp_2_posts", "ID"));
        assert!(!matches("wp_*_posts.id", "wp_posts", "id"));
        assert!(matches("users.phone?", "users", "phone2"));
        assert!(matches("*.a*b*c", "t", "aXbYbc"));
        assert!(!matches("*.a*b*c", "t", "aXbY"));
        assert!(matches("Order Details.*", "Order Details", "x"));
    }

    #[test]
    fn a_schema_is_matched_when_it_is_named() {
        assert!(matches("hr.people.*", "hr.people", "name"));
        assert!(!matches("people.*", "hr.people", "name"));
        assert!(!matches("hr.people.*", "people", "name"));
        assert!(matches("*.name", "hr.people", "name"));
    }

    #[test]
    fn catch_alls_are_known_as_such() {
        assert!("*.*".parse::<ColumnGlob>().unwrap().is_catch_all());
        assert!("hr.*.*".parse::<ColumnGlob>().unwrap().is_catch_all());
        assert!(!"*.*_at".parse::<ColumnGlob>().unwrap().is_catch_all());
        assert_eq!("phone".parse::<ColumnGlob>().unwrap_err().hint.unwrap(), "write `table.column`, such as `*.phone`");
        assert!("".parse::<TableGlob>().is_err());
        assert!("a.b.c".parse::<TableGlob>().is_err());
    }
}
