//! SQLite's pre-update hook: it sees every row operation of a connection, cascades, triggers and REPLACE included,
//! where `changes()` sees only the statement's own.
//!
//! rusqlite's own binding needs bindgen and libclang, so the one C function is declared here. This is the only file
//! that may use `unsafe`.
#![expect(unsafe_code, reason = "one C declaration and the callback it takes")]

use std::{
    ffi::{CStr, CString, c_char, c_int, c_void},
    sync::{Arc, Mutex, PoisonError},
};

use rusqlite::{Connection, ffi};

use super::{DatabaseError, Effects};
use crate::{database::RowCounts, schema::TableName};

/// So many different rows are told apart between two looks; a window of planned rows is smaller, so that more than
/// this is more than planned anyway.
const TOLD_APART: usize = 1 << 16;

type Callback = unsafe extern "C" fn(
    *mut c_void,
    *mut ffi::sqlite3,
    c_int,
    *const c_char,
    *const c_char,
    ffi::sqlite3_int64,
    ffi::sqlite3_int64,
);

unsafe extern "C" {
    fn sqlite3_preupdate_hook(db: *mut ffi::sqlite3, callback: Option<Callback>, argument: *mut c_void) -> *mut c_void;
}

/// Row operations since they were last taken, by table.
#[derive(Default)]
struct Seen {
    tables: Vec<SeenTable>,
    /// The table of the operation before: the next one is most often of the same
    last: usize,
}

struct SeenTable {
    name: CString,
    counts: RowCounts,
    /// Which rows were changed, some of them several times
    rows: Vec<i64>,
    /// More than are told apart
    enough: bool,
}

impl Seen {
    fn table(&mut self, name: &CStr) -> &mut SeenTable {
        if self.tables.get(self.last).is_none_or(|table| *table.name != *name) {
            let known = self.tables.iter().position(|table| *table.name == *name);
            self.last = known.unwrap_or(self.tables.len());
            if known.is_none() {
                let table =
                    SeenTable { name: name.to_owned(), counts: RowCounts::default(), rows: Vec::new(), enough: false };
                self.tables.push(table);
            }
        }
        &mut self.tables[self.last]
    }
}

impl SeenTable {
    fn touch(&mut self, rowid: i64) {
        // the same row again comes mostly at once, for a trigger
        if self.enough || self.rows.last() == Some(&rowid) {
            return;
        }
        self.rows.push(rowid);
        if self.rows.len() > 2 * TOLD_APART {
            self.tell_apart();
            self.enough = self.rows.len() > TOLD_APART;
        }
    }

    fn tell_apart(&mut self) {
        self.rows.sort_unstable();
        self.rows.dedup();
    }
}

/// Counts of row operations since they were last taken.
pub(super) struct Accounting {
    db: *mut ffi::sqlite3,
    seen: Arc<Mutex<Seen>>,
}

impl std::fmt::Debug for Accounting {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Accounting")
    }
}

impl Accounting {
    /// Puts the hook on `connection`; the value must be dropped before the connection is.
    pub(super) fn attach(connection: &Connection) -> Result<Self, DatabaseError> {
        let enabled: bool = connection
            .query_row("SELECT sqlite_compileoption_used('ENABLE_PREUPDATE_HOOK')", [], |row| row.get(0))
            .unwrap_or(false);
        if !enabled {
            return Err(DatabaseError::Unsupported("the pre-update hook (SQLITE_ENABLE_PREUPDATE_HOOK)"));
        }
        let seen = Arc::new(Mutex::new(Seen::default()));
        // SAFETY: the handle is open; the argument lives as long as `seen`, and `drop` takes the hook off first.
        let db = unsafe {
            let db = connection.handle();
            sqlite3_preupdate_hook(db, Some(count), Arc::as_ptr(&seen).cast_mut().cast());
            db
        };
        Ok(Self { db, seen })
    }

    /// What happened since the last call.
    pub(super) fn take(&self) -> Effects {
        let seen = std::mem::take(&mut *self.seen.lock().unwrap_or_else(PoisonError::into_inner));
        let named = |mut table: SeenTable| {
            table.tell_apart();
            let touched = table.rows.len() as u64;
            let name = TableName::local(table.name.to_string_lossy().into_owned());
            (name, RowCounts { touched, ..table.counts })
        };
        Effects(seen.tables.into_iter().map(named).collect())
    }
}

impl Drop for Accounting {
    fn drop(&mut self) {
        // SAFETY: the connection is still open (see `attach`).
        unsafe { sqlite3_preupdate_hook(self.db, None, std::ptr::null_mut()) };
    }
}

unsafe extern "C" fn count(
    argument: *mut c_void,
    _: *mut ffi::sqlite3,
    operation: c_int,
    schema: *const c_char,
    table: *const c_char,
    rowid: ffi::sqlite3_int64,
    _: ffi::sqlite3_int64,
) {
    // SAFETY: SQLite passes the argument given to `attach` and names that live for the call.
    let (seen, schema, table) =
        unsafe { (&*argument.cast_const().cast::<Mutex<Seen>>(), CStr::from_ptr(schema), CStr::from_ptr(table)) };
    if schema.to_bytes() == b"temp" {
        return;
    }
    let mut seen = seen.lock().unwrap_or_else(PoisonError::into_inner);
    let table = seen.table(table);
    match operation {
        ffi::SQLITE_INSERT => {
            table.counts.inserted += 1;
            return;
        }
        ffi::SQLITE_DELETE => table.counts.deleted += 1,
        _ => table.counts.updated += 1,
    }
    table.touch(rowid);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn touched(rows: impl IntoIterator<Item = i64>) -> usize {
        let mut table =
            SeenTable { name: CString::default(), counts: RowCounts::default(), rows: Vec::new(), enough: false };
        rows.into_iter().for_each(|row| table.touch(row));
        table.tell_apart();
        table.rows.len()
    }

    #[test]
    fn rows_are_told_apart_however_often_each_is_touched() {
        assert_eq!(touched([7, 7, -1, 7, -1]), 2);
        assert_eq!(touched((0..10).cycle().take(8 * TOLD_APART)), 10);
        assert_eq!(touched(0..1 << 12), 1 << 12);
        assert!(touched(0..1 << 19) > TOLD_APART, "more than any window is not held, and more than planned");
    }
}
