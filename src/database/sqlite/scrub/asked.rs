//! Asks full-text indexes for values, in the snapshot in which the bytes are looked at.
//!
//! An index of another table's rows learns of a removal only if somebody tells it, and SQLite's own check does not compare
//! FTS5 with such rows, nor the texts that an index keeps of its own with those that they repeat. Terms share their
//! beginnings, so no search for bytes sees them all: what an index still answers is learnt by asking it. Nothing is
//! written; what a row says is cut into words by a small index in memory.

use std::collections::BTreeSet;

use rusqlite::{Connection, Row, params, types::ValueRef};

use super::{Scrubber, failure, full_text::FullTextTable, stale};
use crate::{
    database::{DatabaseError, sql::quoted},
    schema::{Content, Repeated},
};

/// Rows that are compared at once.
const ROWS: usize = 256;

/// No index has more columns.
const COLUMNS: usize = 2_000;

/// What an index answers.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Answers {
    /// The index
    pub table: String,
    /// Whether it lists rows that are gone, keeps texts that they have no more, or could not be asked
    pub differs: bool,
    /// Texts, by place, that it finds in rows that do not have them
    pub wrongly: BTreeSet<usize>,
    /// Texts, by place, that it finds, and nobody can tell in which rows
    pub somewhere: BTreeSet<usize>,
}

impl Scrubber {
    /// Asks every index that SQLite's own check does not compare with its rows for each of `texts`: those that keep no
    /// texts of their own, and those that are `repeated`.
    pub fn ask(&self, texts: &[&str], repeated: &[Repeated]) -> Result<Vec<Answers>, DatabaseError> {
        let mut all = Vec::new();
        for index in self.full_text_tables()? {
            let Some(rows) = Rows::of(&index, repeated) else { continue };
            let asking = Asking { connection: &self.connection, index: &index, rows };
            let answers = asking.all(texts).or_else(|error| match failure(&error, &self.path) {
                DatabaseError::Interrupted => Err(DatabaseError::Interrupted),
                _ => Ok(Answers { differs: true, ..Answers::default() }),
            })?;
            all.push(Answers { table: index.name, ..answers });
        }
        Ok(all)
    }
}

/// The rows with which the answers of an index are compared.
enum Rows<'a> {
    /// Those that it reads
    Read,
    /// Those that it repeats, as columns of both say
    Repeated(&'a Repeated, &'a (String, String)),
    /// Nobody can tell
    None,
}

impl<'a> Rows<'a> {
    /// `None` for an index that need not be asked.
    fn of(index: &FullTextTable, repeated: &'a [Repeated]) -> Option<Self> {
        match index.made.content() {
            Content::Nowhere => Some(Self::None),
            Content::Of(_) => index.is_fts5().then_some(Self::Read),
            Content::Own => {
                let found = repeated.iter().find(|one| one.index.eq_ignore_ascii_case(&index.name))?;
                Some(found.joined.as_ref().map_or(Self::None, |joined| Self::Repeated(found, joined)))
            }
        }
    }
}

/// One index that is asked.
struct Asking<'a> {
    connection: &'a Connection,
    index: &'a FullTextTable,
    rows: Rows<'a>,
}

impl Asking<'_> {
    fn all(&self, texts: &[&str]) -> rusqlite::Result<Answers> {
        let mut answers = Answers::default();
        let words = Words::cut_as(self.index)?;
        let differs = match &self.rows {
            Rows::Read => self.lists_what_is_gone()?,
            Rows::Repeated(repeated, joined) => stale::is_any(self.connection, repeated, joined, &words)?,
            Rows::None => false,
        };
        if differs {
            return Ok(Answers { differs, ..answers });
        }
        let has_rows = !matches!(self.rows, Rows::None);
        for (at, text) in texts.iter().enumerate() {
            let Some(question) = self.question(text, &words)? else { continue };
            if has_rows && self.finds_wrongly(text, &question, &words)? {
                answers.wrongly.insert(at);
            } else if !has_rows && self.finds(&question)? {
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
    fn finds_wrongly(&self, text: &str, question: &str, words: &Words) -> rusqlite::Result<bool> {
        let mut statement = self.connection.prepare_cached(&self.matching())?;
        let mut found = statement.query([question])?;
        let mut rows: Vec<i64> = Vec::new();
        while let Some(row) = found.next()? {
            rows.push(row.get(0)?);
            if rows.len() == ROWS && !self.all_have(text, question, &std::mem::take(&mut rows), words)? {
                return Ok(true);
            }
        }
        Ok(!self.all_have(text, question, &rows, words)?)
    }

    /// The statement that reads a row with which one of the index is compared.
    fn reading(&self) -> String {
        let index = quoted(&self.index.name);
        match &self.rows {
            Rows::Repeated(repeated, (here, there)) => {
                let (original, here, there) = (quoted(&repeated.original), quoted(here), quoted(there));
                format!(
                    "SELECT t.* FROM main.{index} i JOIN main.{original} t ON t.{there} = i.{here} WHERE i.rowid = ?1"
                )
            }
            Rows::Read | Rows::None => format!("SELECT * FROM main.{index} WHERE rowid = ?1"),
        }
    }

    /// Whether each of the rows has what was asked for. What somebody cut into words before it was repeated has it as
    /// it is written.
    fn all_have(&self, text: &str, question: &str, rows: &[i64], words: &Words) -> rusqlite::Result<bool> {
        let sql = self.reading();
        let (repeated, sought) = (matches!(self.rows, Rows::Repeated(..)), text.to_lowercase());
        let mut written = 0;
        let mut statement = self.connection.prepare_cached(&sql)?;
        let columns = statement.column_count();
        let mut texts = Vec::new();
        for (at, number) in rows.iter().enumerate() {
            let mut found = statement.query([number])?;
            let Some(row) = found.next()? else { return Ok(false) };
            let cells = (0..columns).map(|column| cell(row, column)).collect::<rusqlite::Result<Vec<String>>>()?;
            if repeated && cells.iter().any(|cell| cell.to_lowercase().contains(&sought)) {
                written += 1;
            } else if self.index.knows_order() {
                texts.extend(cells.into_iter().map(|cell| (at, cell)));
            } else {
                texts.push((at, cells.join("\n")));
            }
        }
        Ok(written + words.found(question, &texts)?.len() == rows.len())
    }
}

/// A cell as an index reads it; nothing where it is NULL.
pub(super) fn cell(row: &Row<'_>, column: usize) -> rusqlite::Result<String> {
    Ok(match row.get_ref(column)? {
        ValueRef::Null => String::new(),
        ValueRef::Integer(integer) => integer.to_string(),
        ValueRef::Real(_) => row.get::<_, f64>(column)?.to_string(),
        ValueRef::Text(bytes) | ValueRef::Blob(bytes) => String::from_utf8_lossy(bytes).into_owned(),
    })
}

/// A small index in memory that cuts texts into words as another one does.
pub(super) struct Words(Connection);

impl Words {
    /// FTS4 cuts otherwise than FTS5 can.
    fn cut_as(index: &FullTextTable) -> rusqlite::Result<Self> {
        let words = Self(Connection::open_in_memory()?);
        let tokenize = index
            .made
            .option("tokenize")
            .filter(|_| index.is_fts5())
            .map(|how| format!(", tokenize = {how}"))
            .unwrap_or_default();
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
    pub(super) fn of(&self, text: &str) -> rusqlite::Result<Vec<String>> {
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
