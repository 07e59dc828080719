//! Asks full-text indexes for values, in the snapshot in which the bytes are looked at.
//!
//! An index of another table's rows learns of a removal only if somebody tells it, and SQLite's own check does not compare
//! FTS5 with such rows. Terms share their beginnings, so no search for bytes sees them all: what an index still answers
//! is learnt by asking it. Nothing is written; what a row says is cut into words by a small index in memory.

use std::collections::BTreeSet;

use rusqlite::{Connection, Row, params, types::ValueRef};

use super::{Scrubber, failure, full_text::FullTextTable};
use crate::{
    database::{DatabaseError, sql::quoted},
    schema::{Content, FullText},
};

/// Rows that are compared at once.
const ROWS: usize = 256;

/// No index has more columns.
const COLUMNS: usize = 2_000;

/// What an index that keeps no texts of its own answers.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Answers {
    /// The index
    pub table: String,
    /// Whether it lists rows that are gone, or could not be asked
    pub differs: bool,
    /// Texts, by place, that it finds in rows that do not have them
    pub wrongly: BTreeSet<usize>,
    /// Texts, by place, that it finds, and nobody can tell in which rows
    pub somewhere: BTreeSet<usize>,
}

impl Scrubber {
    /// Asks every index that keeps no texts of its own and that SQLite's own check does not compare with any, for each of
    /// `texts`.
    pub fn ask(&self, texts: &[&str]) -> Result<Vec<Answers>, DatabaseError> {
        let mut all = Vec::new();
        for index in self.full_text_tables()? {
            let content = index.made.content();
            let is_checked = content == Content::Own || content != Content::Nowhere && !index.is_fts5();
            if is_checked {
                continue;
            }
            let asking = Asking { connection: &self.connection, index: &index, has_rows: content != Content::Nowhere };
            let answers = asking.all(texts).or_else(|error| match failure(&error, &self.path) {
                DatabaseError::Interrupted => Err(DatabaseError::Interrupted),
                _ => Ok(Answers { differs: true, ..Answers::default() }),
            })?;
            all.push(Answers { table: index.name, ..answers });
        }
        Ok(all)
    }
}

/// One index that is asked.
struct Asking<'a> {
    connection: &'a Connection,
    index: &'a FullTextTable,
    /// Whether there are rows to compare its answers with
    has_rows: bool,
}

impl Asking<'_> {
    fn all(&self, texts: &[&str]) -> rusqlite::Result<Answers> {
        let mut answers = Answers::default();
        if self.has_rows && self.lists_what_is_gone()? {
            return Ok(Answers { differs: true, ..answers });
        }
        let words = Words::cut_as(&self.index.made)?;
        for (at, text) in texts.iter().enumerate() {
            let Some(question) = self.question(text, &words)? else { continue };
            if self.has_rows && self.finds_wrongly(&question, &words)? {
                answers.wrongly.insert(at);
            } else if !self.has_rows && self.finds(&question)? {
                answers.somewhere.insert(at);
            }
        }
        Ok(answers)
    }

    /// Whether a row is listed that is not there. An index that does not keep the lengths of texts has no list.
    fn lists_what_is_gone(&self) -> rusqlite::Result<bool> {
        let made = &self.index.made;
        if made.option("columnsize").is_some() && !made.is_on("columnsize") {
            return Ok(false);
        }
        let (table, list) = (quoted(&self.index.name), quoted(&format!("{}_docsize", self.index.name)));
        let gone = format!("NOT EXISTS (SELECT 1 FROM main.{table} r WHERE r.rowid = d.id)");
        let sql = format!("SELECT EXISTS (SELECT 1 FROM main.{list} d WHERE {gone})");
        self.connection.query_row(&sql, [], |row| row.get(0))
    }

    /// What the index is asked for `text`: the whole as it is, or all of its words where it knows no order of words.
    fn question(&self, text: &str, words: &Words) -> rusqlite::Result<Option<String>> {
        let text = text.split('\0').next().unwrap_or_default();
        let phrase = |text: &str| format!("\"{}\"", text.replace('"', "\"\""));
        if !self.index.is_fts5() {
            return Ok(Some(format!("\"{}\"", text.replace('"', " "))));
        }
        if self.index.knows_order() {
            return Ok(Some(phrase(text)));
        }
        let all: Vec<String> = words.of(text)?.iter().map(|word| phrase(word)).collect();
        Ok((!all.is_empty()).then(|| all.join(" AND ")))
    }

    fn finds(&self, question: &str) -> rusqlite::Result<bool> {
        self.connection.prepare_cached(&self.matching())?.exists([question])
    }

    fn matching(&self) -> String {
        let table = quoted(&self.index.name);
        format!("SELECT rowid FROM main.{table} WHERE {table} MATCH ?1")
    }

    /// Whether a row is found that is not there or does not have what was asked for.
    fn finds_wrongly(&self, question: &str, words: &Words) -> rusqlite::Result<bool> {
        let mut statement = self.connection.prepare_cached(&self.matching())?;
        let mut found = statement.query([question])?;
        let mut rows: Vec<i64> = Vec::new();
        while let Some(row) = found.next()? {
            rows.push(row.get(0)?);
            if rows.len() == ROWS && !self.all_have(question, &std::mem::take(&mut rows), words)? {
                return Ok(true);
            }
        }
        Ok(!self.all_have(question, &rows, words)?)
    }

    fn all_have(&self, question: &str, rows: &[i64], words: &Words) -> rusqlite::Result<bool> {
        let sql = format!("SELECT * FROM main.{} WHERE rowid = ?1", quoted(&self.index.name));
        let mut statement = self.connection.prepare_cached(&sql)?;
        let columns = statement.column_count();
        let mut texts = Vec::new();
        for (at, number) in rows.iter().enumerate() {
            let mut found = statement.query([number])?;
            let Some(row) = found.next()? else { return Ok(false) };
            let cells = (0..columns).map(|column| text(row, column)).collect::<rusqlite::Result<Vec<String>>>()?;
            if self.index.knows_order() {
                texts.extend(cells.into_iter().map(|cell| (at, cell)));
            } else {
                texts.push((at, cells.join("\n")));
            }
        }
        Ok(words.found(question, &texts)?.len() == rows.len())
    }
}

/// A cell as an index reads it; nothing where it is NULL.
fn text(row: &Row<'_>, column: usize) -> rusqlite::Result<String> {
    Ok(match row.get_ref(column)? {
        ValueRef::Null => String::new(),
        ValueRef::Integer(integer) => integer.to_string(),
        ValueRef::Real(_) => row.get::<_, f64>(column)?.to_string(),
        ValueRef::Text(bytes) | ValueRef::Blob(bytes) => String::from_utf8_lossy(bytes).into_owned(),
    })
}

/// A small index in memory that cuts texts into words as another one does.
struct Words(Connection);

impl Words {
    fn cut_as(made: &FullText) -> rusqlite::Result<Self> {
        let words = Self(Connection::open_in_memory()?);
        let tokenize = made.option("tokenize").map(|how| format!(", tokenize = {how}")).unwrap_or_default();
        words.0.execute_batch(&format!(
            "CREATE VIRTUAL TABLE texts USING fts5 (text, content = ''{tokenize});
             CREATE VIRTUAL TABLE words USING fts5vocab (texts, 'row')"
        ))?;
        Ok(words)
    }

    fn put(&self, at: usize, text: &str) -> rusqlite::Result<()> {
        let mut insert = self.0.prepare_cached("INSERT INTO texts (rowid, text) VALUES (?1, ?2)")?;
        insert.execute(params![i64::try_from(at).unwrap_or(i64::MAX), text]).map(drop)
    }

    fn forget(&self) -> rusqlite::Result<()> {
        self.0.prepare_cached("INSERT INTO texts (texts) VALUES ('delete-all')")?.execute([]).map(drop)
    }

    /// The words of a text.
    fn of(&self, text: &str) -> rusqlite::Result<Vec<String>> {
        self.put(0, text)?;
        let words: rusqlite::Result<Vec<String>> =
            self.0.prepare_cached("SELECT term FROM words")?.query_map([], |row| row.get(0))?.collect();
        self.forget()?;
        words
    }

    /// Which of the rows whose texts these are would rightly be found.
    fn found(&self, question: &str, texts: &[(usize, String)]) -> rusqlite::Result<BTreeSet<usize>> {
        self.0.execute_batch("BEGIN")?;
        for (at, (row, text)) in texts.iter().enumerate() {
            self.put(row * COLUMNS + at % COLUMNS, text)?;
        }
        let found: rusqlite::Result<BTreeSet<usize>> = self
            .0
            .prepare_cached("SELECT rowid FROM texts WHERE texts MATCH ?1")?
            .query_map([question], |row| Ok(usize::try_from(row.get::<_, i64>(0)?).unwrap_or_default() / COLUMNS))?
            .collect();
        self.forget()?;
        self.0.execute_batch("COMMIT")?;
        found
    }
}
