//! What one run does, and what it says afterwards.

use std::{collections::BTreeMap, path::PathBuf};

use serde::{Deserialize, Serialize};

use crate::Operation;

/// Whose code runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Side {
    /// The library, in the bench's own process
    Droit,
    /// rusqlite and SQL written for this one database
    Hand,
    /// The program as it is used
    Binary,
    /// By hand in one transaction, where the other takes windows
    Whole,
}

/// One run.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Job {
    pub(crate) operation: Operation,
    pub(crate) side: Side,
    pub(crate) database: PathBuf,
    pub(crate) files: PathBuf,
    /// An empty folder for whatever the run writes
    pub(crate) out: PathBuf,
    pub(crate) people: Vec<Subject>,
    /// Whether memory is measured instead of time
    pub(crate) watch: bool,
}

/// Somebody who asks.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Subject {
    pub(crate) account: i64,
    pub(crate) phone: String,
}

/// What a run says.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) struct Report {
    /// From opening the database to the end, in microseconds
    pub(crate) inside: u64,
    /// Parts of it, in microseconds
    pub(crate) parts: BTreeMap<String, u64>,
    /// Rows read or changed, by table: both sides must have done the same
    pub(crate) rows: BTreeMap<String, u64>,
    /// Bytes written to packages
    pub(crate) bytes: u64,
    pub(crate) anonymous_kib: u64,
    /// The longest that another writer waited, in microseconds
    #[serde(default)]
    pub(crate) waited: u64,
    /// The largest that the write-ahead log was, in KiB
    #[serde(default)]
    pub(crate) wal_kib: u64,
}
