//! Names of tables and columns inside the map's texts, and the cursor that reads them.
//!
//! A name is bare (letters, digits, `_`, `$`) or stands in double quotes, in which `""` is one quote.

use super::error::Misread;
use crate::schema::TableName;

/// Words that a bare name cannot be, because a grammar uses them.
const RESERVED: &[&str] = &[
    "and", "or", "not", "in", "like", "between", "is", "null", "true", "false", "of", "by", "as", "within", "since",
    "until", "when", "itself", "anyone", "copy", "follows", "history", "computed", "proves", "correct", "provided",
    "observed", "derived", "token", "export",
];

/// Writes a name so that it is read back as the same name.
#[must_use]
pub fn quoted(name: &str) -> String {
    let bare = !name.is_empty()
        && name.chars().all(is_bare)
        && !name.starts_with(|c: char| c.is_ascii_digit())
        && !RESERVED.iter().any(|word| word.eq_ignore_ascii_case(name));
    if bare { name.to_owned() } else { format!("\"{}\"", name.replace('"', "\"\"")) }
}

/// Writes a table's name, with its schema if it has one.
#[must_use]
pub fn quoted_table(table: &TableName) -> String {
    match &table.schema {
        Some(schema) => format!("{}.{}", quoted(schema), quoted(&table.name)),
        None => quoted(&table.name),
    }
}

fn is_bare(c: char) -> bool {
    c.is_alphanumeric() || c == '_' || c == '$'
}

/// A column of a named table, as written.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Dotted {
    /// The table
    pub table: TableName,
    /// The column
    pub column: String,
}

impl std::fmt::Display for Dotted {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}.{}", quoted_table(&self.table), quoted(&self.column))
    }
}

impl std::str::FromStr for Dotted {
    type Err = Misread;

    fn from_str(text: &str) -> Result<Self, Misread> {
        let mut cursor = Cursor::new(text);
        let dotted = cursor.dotted()?;
        cursor.end()?;
        Ok(dotted)
    }
}

/// A table's name as it stands in a key of the map: `orders`, `hr.people`, `Order Details`, `"odd.name"`.
pub(super) fn table_name(text: &str) -> Result<TableName, Misread> {
    let names = if text.contains('"') {
        let mut cursor = Cursor::new(text);
        let names = cursor.names()?;
        cursor.end()?;
        names
    } else {
        text.split('.').map(|name| name.trim().to_owned()).collect()
    };
    table_of(names, 0)
}

fn table_of(mut names: Vec<String>, at: usize) -> Result<TableName, Misread> {
    let name =
        names.pop().filter(|name| !name.is_empty()).ok_or_else(|| Misread::new(at, "a table's name is empty"))?;
    let schema = names.pop();
    if !names.is_empty() || schema.as_deref() == Some("") {
        return Err(Misread::new(at, "a table's name has at most one dot: schema.table"));
    }
    Ok(TableName { schema, name })
}

/// Reads a text from left to right.
#[derive(Clone, Debug)]
pub(super) struct Cursor<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Cursor<'a> {
    pub(super) fn new(text: &'a str) -> Self {
        Self { text, at: 0 }
    }

    /// The byte before which everything is read.
    pub(super) fn at(&self) -> usize {
        self.at
    }

    /// What is not read yet.
    pub(super) fn rest(&self) -> &'a str {
        self.text.get(self.at..).unwrap_or_default()
    }

    /// Reads over white space.
    pub(super) fn space(&mut self) {
        let rest = self.rest();
        self.at += rest.len() - rest.trim_start().len();
    }

    /// The next character after white space.
    pub(super) fn peek(&mut self) -> Option<char> {
        self.space();
        self.rest().chars().next()
    }

    /// Reads `text` if it comes next, white space aside.
    pub(super) fn eat(&mut self, text: &str) -> bool {
        self.space();
        let found = self.rest().starts_with(text);
        if found {
            self.at += text.len();
        }
        found
    }

    /// The bare word that comes next, without reading it.
    pub(super) fn peek_word(&mut self) -> Option<&'a str> {
        self.space();
        let rest = self.rest();
        let end = rest.find(|c| !is_bare(c)).unwrap_or(rest.len());
        rest.get(..end).filter(|word| !word.is_empty())
    }

    /// Reads `word` if it is the next bare word; ASCII case does not matter.
    pub(super) fn eat_word(&mut self, word: &str) -> bool {
        let found = self.peek_word().filter(|next| next.eq_ignore_ascii_case(word));
        self.at += found.map_or(0, str::len);
        found.is_some()
    }

    /// Reads a name.
    pub(super) fn name(&mut self) -> Result<String, Misread> {
        if self.peek() == Some('"') {
            return self.between('"');
        }
        let word = self.peek_word().ok_or_else(|| self.unexpected("a name"))?;
        self.at += word.len();
        Ok(word.to_owned())
    }

    /// Reads a text between two `quote`s, in which a doubled quote is one.
    pub(super) fn between(&mut self, quote: char) -> Result<String, Misread> {
        let start = self.at;
        let mut out = String::new();
        let mut chars = self.rest().char_indices().skip(1).peekable();
        while let Some((at, c)) = chars.next() {
            if c != quote {
                out.push(c);
            } else if chars.next_if(|(_, next)| *next == quote).is_some() {
                out.push(quote);
            } else {
                self.at = start + at + quote.len_utf8();
                return Ok(out);
            }
        }
        Err(Misread::new(start, format!("a text begins with {quote} and does not end")))
    }

    /// Reads names with dots between them.
    pub(super) fn names(&mut self) -> Result<Vec<String>, Misread> {
        let mut names = vec![self.name()?];
        while self.eat(".") {
            names.push(self.name()?);
        }
        Ok(names)
    }

    /// Reads `table.column` or `schema.table.column`.
    pub(super) fn dotted(&mut self) -> Result<Dotted, Misread> {
        self.space();
        let start = self.at;
        let names = self.names()?;
        dotted_of(names, start)
    }

    /// Takes all that is left.
    pub(super) fn finish(&mut self) {
        self.at = self.text.len();
    }

    /// Refuses what is left over.
    pub(super) fn end(&mut self) -> Result<(), Misread> {
        self.space();
        if self.rest().is_empty() { Ok(()) } else { Err(self.unexpected("the end")) }
    }

    /// Says what comes next instead of what was expected.
    pub(super) fn unexpected(&mut self, expected: &str) -> Misread {
        self.space();
        let next: String = self.rest().chars().take(20).collect();
        let found = if next.is_empty() { "nothing".to_owned() } else { format!("`{next}`") };
        Misread::new(self.at, format!("expected {expected}, found {found}"))
    }
}

/// The last name is the column, the others are the table.
pub(super) fn dotted_of(mut names: Vec<String>, at: usize) -> Result<Dotted, Misread> {
    let column = names.pop().unwrap_or_default();
    if names.is_empty() {
        return Err(Misread::new(at, format!("`{column}` names no table"))
            .hinted(format!("write the table too: `table.{column}`")));
    }
    Ok(Dotted { table: table_of(names, at)?, column })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_read_and_written_back() {
        for text in ["users.id", "hr.people.id", "\"Order Details\".\"a\"\"b\"", "用户.手机", "\"order\".\"of\""] {
            let dotted: Dotted = text.parse().unwrap();
            assert_eq!(dotted.to_string().parse::<Dotted>().unwrap(), dotted);
        }
        let dotted: Dotted = "hr . people . id".parse().unwrap();
        assert_eq!(dotted.table, TableName { schema: Some("hr".into()), name: "people".into() });
    }

    #[test]
    fn a_column_alone_is_refused_with_a_hint() {
        let error = "id".parse::<Dotted>().unwrap_err();
        assert_eq!(error.hint.unwrap(), "write the table too: `table.id`");
        assert!("a.b.c.d".parse::<Dotted>().is_err());
        assert!("a.".parse::<Dotted>().is_err());
        assert_eq!("a.b c".parse::<Dotted>().unwrap_err().at, 4);
    }

    #[test]
    fn keys_may_hold_spaces_and_quoted_dots() {
        assert_eq!(table_name("Order Details").unwrap(), TableName::local("Order Details"));
        assert_eq!(table_name("\"odd.name\"").unwrap(), TableName::local("odd.name"));
        assert_eq!(table_name("hr.people").unwrap().schema.unwrap(), "hr");
        assert!(table_name("").is_err());
        assert!(table_name("a.b.c").is_err());
    }
}
