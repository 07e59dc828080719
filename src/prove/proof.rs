//! What was proven and what was not, without a value of anybody.

use serde::Serialize;

use crate::database::sqlite::scrub::{Obstacle, Process};

/// The outcome of one attempt.
#[derive(Clone, Debug, Serialize)]
pub struct Proof {
    /// The whole, or what stands in the way
    #[serde(flatten)]
    pub verdict: Verdict,
    /// The file; `None` when it could not be looked at
    pub file: Option<File>,
    /// What was zeroed on the way
    pub cleaned: Cleaned,
    /// What was looked for
    pub searched: Searched,
}

/// Whether it is proven.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "bytes", content = "because", rename_all = "snake_case")]
pub enum Verdict {
    /// Claims (b) and (c) hold
    Proven,
    /// They do not, or it could not be seen whether they do
    NotProvable(Vec<Reason>),
}

/// The file, as it was in one instant.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct File {
    /// How the dead bytes became what they are
    pub method: Method,
    /// Bytes in a page
    pub page_size: u64,
    /// Pages, every one of which was visited
    pub pages: u64,
    /// Live cells
    pub cells: u64,
    /// Bytes outside of live cells and structure
    pub dead_bytes: u64,
    /// Pages on which such bytes are not zero
    pub dirty_pages: u64,
    /// Pages that are free
    pub free_pages: u64,
}

/// How the dead bytes became what they are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Method {
    /// Each was zeroed, or was zero
    Scrub,
    /// All were written by one VACUUM: copies of rows that lived then
    Vacuum,
}

/// What was zeroed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Cleaned {
    /// Full-text tables whose segments were merged before
    pub merged: u64,
    /// Walks through the file, the last one included
    pub rounds: u64,
    /// Pages written
    pub pages: u64,
    /// Bytes that were not zero
    pub bytes: u64,
    /// Write transactions
    pub slices: u64,
    /// The longest that the write lock was held, merging included, in milliseconds
    pub longest_lock_ms: u64,
}

/// What was looked for, where, and how often it was there.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Searched {
    /// Values
    pub values: usize,
    /// Forms of them: encodings, cases, numbers as records hold them, halves
    pub forms: usize,
    /// Places (from 0) of values too short to be looked for in bytes: they were compared with decoded cells only
    pub decoded_only: Vec<usize>,
    /// Payloads that are no records, so that only their bytes were searched
    pub undecoded_cells: u64,
    /// Full-text tables: their terms are stored without common beginnings, so that only whole terms are seen in bytes
    pub full_text: Vec<String>,
    /// Hits in live cells: rows that stay, or other people's
    pub live: Vec<LiveHits>,
    /// Files beside the database
    pub beside: Vec<Beside>,
}

/// Hits in the live cells of one table or index.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct LiveHits {
    /// Its name
    pub object: String,
    /// The table it belongs to
    pub table: String,
    /// How many different values
    pub values: usize,
    /// How often altogether
    pub hits: u64,
}

/// A file beside the database.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Beside {
    /// Its name in the folder
    pub name: String,
    /// Bytes searched; `None` when it could not be read
    pub bytes: Option<u64>,
    /// Whole values that were found
    pub hits: u64,
    /// Halves that were found, which other people's values may share
    pub halves: u64,
}

/// Why something is not proven.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "reason", rename_all = "snake_case")]
pub enum Reason {
    /// A reader keeps an old snapshot, which the log still has to serve
    SnapshotHeld {
        /// Who, where the system tells
        processes: Vec<Holder>,
    },
    /// Somebody keeps the database locked
    Locked {
        /// Who, where the system tells
        processes: Vec<Holder>,
    },
    /// The application wrote in every instant that was looked at
    NeverQuiet,
    /// VACUUM would renumber rows that a full-text table points at
    VacuumBreaks {
        /// The full-text table
        table: String,
    },
    /// The segments of a full-text table, in which removed terms stay, could not be merged
    NotMerged {
        /// The full-text table
        table: String,
    },
    /// Full-text indexes do not say what the rows say that they are of, so that they may hold words of rows that are gone
    IndexDiffers {
        /// The full-text tables
        tables: Vec<String>,
    },
    /// After every round of cleaning there were new dead bytes
    StillDirty {
        /// On so many pages
        pages: u64,
    },
    /// The page that SQLite never uses is not empty, and cannot be written
    LockPage,
    /// Values stand in what is derived from rows (full-text segments, statistics) and in no row
    LeftInDerived {
        /// Tables of the derived data
        objects: Vec<String>,
        /// Different values
        values: usize,
    },
    /// Values stand in the text of the schema: in a default, a check, a view, a trigger
    InSchema {
        /// Different values
        values: usize,
    },
    /// Values stand outside of live cells
    Elsewhere {
        /// Different values
        values: usize,
    },
    /// A file beside the database holds values
    Beside {
        /// Its name
        name: String,
        /// How often
        hits: u64,
    },
    /// A file beside the database cannot be read
    Unread {
        /// Its name
        name: String,
    },
}

/// A process that stands in the way.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Holder {
    /// Its number
    pub id: u32,
    /// Its name
    pub name: String,
}

impl Proof {
    /// Whether claims (b) and (c) are proven.
    #[must_use]
    pub fn is_proven(&self) -> bool {
        self.verdict == Verdict::Proven
    }

    /// What stands in the way.
    #[must_use]
    pub fn reasons(&self) -> &[Reason] {
        match &self.verdict {
            Verdict::Proven => &[],
            Verdict::NotProvable(reasons) => reasons,
        }
    }
}

impl Reason {
    /// The stable code.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::SnapshotHeld { .. } => "snapshot_held",
            Self::Locked { .. } => "locked",
            Self::NeverQuiet => "never_quiet",
            Self::VacuumBreaks { .. } => "vacuum_breaks",
            Self::NotMerged { .. } => "not_merged",
            Self::IndexDiffers { .. } => "index_differs",
            Self::StillDirty { .. } => "still_dirty",
            Self::LockPage => "lock_page",
            Self::LeftInDerived { .. } => "left_in_derived",
            Self::InSchema { .. } => "in_schema",
            Self::Elsewhere { .. } => "elsewhere",
            Self::Beside { .. } => "beside",
            Self::Unread { .. } => "unread",
        }
    }

    /// What an obstacle means for the proof; `Err` when it is a failure or refusal of its own.
    pub(super) fn of(obstacle: Obstacle) -> Result<Self, crate::error::Error> {
        let holders =
            |processes: Vec<Process>| processes.into_iter().map(|Process { id, name }| Holder { id, name }).collect();
        Ok(match obstacle {
            Obstacle::SnapshotHeld(processes) => Self::SnapshotHeld { processes: holders(processes) },
            Obstacle::Locked(processes) => Self::Locked { processes: holders(processes) },
            Obstacle::NeverQuiet => Self::NeverQuiet,
            Obstacle::VacuumBreaks(table) => Self::VacuumBreaks { table },
            Obstacle::NotMerged(table) => Self::NotMerged { table },
            Obstacle::IndexDiffers(tables) => Self::IndexDiffers { tables },
            Obstacle::Database(error) => return Err(error.into()),
        })
    }
}
