//! Cells that are too long to be held in memory: SQLite reads them page by page where it can open them as a blob, which
//! works for text as well, in tables with rowids and without computed columns, in databases of UTF-8.

use std::{fmt, io::Read, rc::Rc};

use rusqlite::{Connection, OptionalExtension as _, limits::Limit};

use super::{DatabaseError, End, query_until, statement_failure, value};
use crate::{
    database::{Flow, Found, LongCell, Select, sql::quoted},
    schema::TableName,
    value::Value,
};

/// Bytes of a long cell that stand for it where it is only looked at.
const STAND_IN: u64 = 4096;

/// Reads what `select` finds. Cells longer than it bears are announced, where the table allows it.
///
/// Nearly no table has any, so the statement runs as it is, under a limit at which the engine refuses to take a longer
/// value into memory; only then it runs again and looks at every length.
pub(super) fn read(
    connection: &Rc<Connection>,
    select: &Select,
    bears: usize,
    each: &mut dyn FnMut(Found) -> Flow,
) -> Result<(), DatabaseError> {
    let mut begun = false;
    let limit = |bytes: i32| connection.set_limit(Limit::SQLITE_LIMIT_LENGTH, bytes).map_err(|e| statement_failure(&e));
    let before = limit(i32::try_from(bears).unwrap_or(i32::MAX))?;
    let first = super::read_until(connection, select, &mut |found| {
        begun = true;
        each(found)
    });
    limit(before)?;
    match first? {
        End::TooBig if begun && !select.may_repeat() => {
            Err(DatabaseError::Engine("a value is too long to be read behind shorter ones".into()))
        }
        End::TooBig => match rowid_of(connection, &select.table)? {
            Some(rowid) => read_cut(connection, select, bears, rowid, each),
            None => super::read_whole(connection, select, each),
        },
        End::Done => Ok(()),
    }
}

/// The name of the rowid, where cells of the table can be opened.
fn rowid_of(connection: &Connection, table: &TableName) -> Result<Option<&'static str>, DatabaseError> {
    let asked = |sql: &str| -> rusqlite::Result<Option<String>> {
        connection.query_row(sql, [&table.name], |row| row.get(0)).optional()
    };
    let encoding = connection
        .query_row("PRAGMA main.encoding", [], |row| row.get::<_, String>(0))
        .map_err(|e| statement_failure(&e))?;
    let plain = asked(
        "SELECT name FROM pragma_table_list(?1) WHERE schema = 'main' AND type = 'table' AND wr = 0
         AND NOT EXISTS (SELECT 1 FROM pragma_table_xinfo(?1, 'main') WHERE hidden <> 0)",
    )
    .map_err(|e| statement_failure(&e))?;
    if encoding != "UTF-8" || plain.is_none() || table.schema.is_some() {
        return Ok(None);
    }
    for alias in ["rowid", "_rowid_", "oid"] {
        let sql = format!("SELECT name FROM pragma_table_info(?1, 'main') WHERE name = '{alias}' COLLATE NOCASE");
        if asked(&sql).map_err(|e| statement_failure(&e))?.is_none() {
            return Ok(Some(alias));
        }
    }
    Ok(None)
}

fn read_cut(
    connection: &Rc<Connection>,
    select: &Select,
    bears: usize,
    rowid: &str,
    each: &mut dyn FnMut(Found) -> Flow,
) -> Result<(), DatabaseError> {
    let Some((statement, cut)) = select.print_cut(bears, rowid) else {
        return Err(DatabaseError::Unbindable(select.unbindable()));
    };
    let keyed = select.is_keyed();
    let terms = select.key_len() + select.terms.len();
    let mut failed = Ok(());
    let ended = query_until(connection, &statement, 3, &mut |row, mut cells| {
        let (first, arm): (u32, u32) = (row.get(0)?, row.get(1)?);
        let mut found = super::found(select, keyed, (first, arm as usize), row, Vec::new())?;
        let rowid = cells.pop().and_then(|rowid| rowid.as_integer()).unwrap_or_default();
        let lengths = cells.split_off(terms);
        found.row = cells;
        for ((term, column), length) in cut.iter().zip(&lengths) {
            let Some(length) = length.as_integer() else { continue };
            let (bytes, is_text) = (length.unsigned_abs(), length > 0);
            let (connection, table) = (Rc::clone(connection), select.table.name.clone());
            let cell = Opened { connection, table, column: column.clone(), rowid, bytes, is_text };
            match cell.stand_in() {
                Ok(value) => found.row[select.key_len() + term] = value,
                Err(error) => {
                    failed = Err(error);
                    return Ok(Flow::Stop);
                }
            }
            found.long.push((*term, Rc::new(cell)));
        }
        Ok(each(found))
    })?;
    failed?;
    match ended {
        End::Done => Ok(()),
        End::TooBig => Err(DatabaseError::Engine("a row is too long to be read".into())),
    }
}

/// A long cell of a row.
struct Opened {
    connection: Rc<Connection>,
    table: String,
    column: String,
    rowid: i64,
    bytes: u64,
    is_text: bool,
}

/// Place and length: the content is somebody's.
impl fmt::Debug for Opened {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{} ({} bytes)", quoted(&self.table), quoted(&self.column), self.bytes)
    }
}

impl Opened {
    /// The begin of the cell, which is looked at where the whole is too much.
    fn stand_in(&self) -> Result<Value, DatabaseError> {
        let mut bytes = Vec::new();
        let failed = |_| DatabaseError::Engine("a long value cannot be read".into());
        self.open()?.take(STAND_IN).read_to_end(&mut bytes).map_err(failed)?;
        if !self.is_text {
            return Ok(Value::Blob(bytes));
        }
        if let Err(error) = std::str::from_utf8(&bytes)
            && error.error_len().is_none()
        {
            bytes.truncate(error.valid_up_to()); // a character goes on behind the cut
        }
        Ok(value(rusqlite::types::ValueRef::Text(&bytes)))
    }
}

impl LongCell for Opened {
    fn bytes(&self) -> u64 {
        self.bytes
    }

    fn is_text(&self) -> bool {
        self.is_text
    }

    fn open(&self) -> Result<Box<dyn Read + '_>, DatabaseError> {
        let opened = self.connection.blob_open("main", self.table.as_str(), self.column.as_str(), self.rowid, true);
        Ok(Box::new(opened.map_err(|e| statement_failure(&e))?))
    }
}
