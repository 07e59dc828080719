//! SQLite's pre-update hook: it sees every row operation of a connection, cascades, triggers and REPLACE included,
//! where `changes()` sees only the statement's own.
//!
//! rusqlite's own binding needs bindgen and libclang, so the one C function is declared here. This is the only file
//! that may use `unsafe`.
#![expect(unsafe_code, reason = "one C declaration and the callback it takes")]

use std::{
    ffi::{CStr, c_char, c_int, c_void},
    sync::{Arc, Mutex, PoisonError},
};

use rusqlite::{Connection, ffi};

use super::{DatabaseError, Effects};
use crate::schema::TableName;

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

/// Counts of row operations since they were last taken.
pub(super) struct Accounting {
    db: *mut ffi::sqlite3,
    effects: Arc<Mutex<Effects>>,
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
        let effects = Arc::new(Mutex::new(Effects::default()));
        // SAFETY: the handle is open; the argument lives as long as `effects`, and `drop` takes the hook off first.
        let db = unsafe {
            let db = connection.handle();
            sqlite3_preupdate_hook(db, Some(count), Arc::as_ptr(&effects).cast_mut().cast());
            db
        };
        Ok(Self { db, effects })
    }

    /// What happened since the last call.
    pub(super) fn take(&self) -> Effects {
        std::mem::take(&mut *self.effects.lock().unwrap_or_else(PoisonError::into_inner))
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
    _: ffi::sqlite3_int64,
    _: ffi::sqlite3_int64,
) {
    // SAFETY: SQLite passes the argument given to `attach` and names that live for the call.
    let (effects, schema, table) =
        unsafe { (&*argument.cast_const().cast::<Mutex<Effects>>(), CStr::from_ptr(schema), CStr::from_ptr(table)) };
    if schema.to_bytes() == b"temp" {
        return;
    }
    let name = TableName::local(table.to_string_lossy().into_owned());
    let mut effects = effects.lock().unwrap_or_else(PoisonError::into_inner);
    let counts = effects.0.entry(name).or_default();
    match operation {
        ffi::SQLITE_INSERT => counts.inserted += 1,
        ffi::SQLITE_DELETE => counts.deleted += 1,
        _ => counts.updated += 1,
    }
}
