//! Another writer of the same database, as the application is one: how long it waits for the lock, and how large the
//! write-ahead log becomes.

use std::{
    fs,
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    thread::{self, JoinHandle},
    time::{Duration, Instant},
};

use anyhow::{Result, anyhow};
use rusqlite::Connection;

/// What it saw.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Seen {
    /// The longest wait, in microseconds
    pub(crate) waited: u64,
    /// KiB
    pub(crate) wal: u64,
}

/// Asks for the lock every few milliseconds and gives it back at once.
pub(crate) struct Bystander {
    stop: Arc<AtomicBool>,
    thread: JoinHandle<Result<Seen>>,
}

impl Bystander {
    pub(crate) fn stand_by(database: &Path) -> Self {
        let stop = Arc::new(AtomicBool::new(false));
        let (ended, database) = (Arc::clone(&stop), database.to_owned());
        Self { stop, thread: thread::spawn(move || watch(&database, &ended)) }
    }

    pub(crate) fn leave(self) -> Result<Seen> {
        self.stop.store(true, Ordering::Relaxed);
        self.thread.join().map_err(|_| anyhow!("the bystander fell over"))?
    }
}

fn watch(database: &Path, ended: &AtomicBool) -> Result<Seen> {
    let connection = Connection::open(database)?;
    connection.busy_timeout(Duration::from_mins(5))?;
    let log = PathBuf::from(format!("{}-wal", database.display()));
    let mut seen = Seen::default();
    while !ended.load(Ordering::Relaxed) {
        let asked = Instant::now();
        connection.execute_batch("BEGIN IMMEDIATE; ROLLBACK")?;
        seen.waited = seen.waited.max(u64::try_from(asked.elapsed().as_micros())?);
        seen.wal = seen.wal.max(fs::metadata(&log).map_or(0, |log| log.len() / 1024));
        thread::sleep(Duration::from_millis(3));
    }
    Ok(seen)
}
