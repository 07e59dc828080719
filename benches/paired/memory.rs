//! The peak of anonymous memory, which the kernel does not keep: looked at every millisecond.

use std::{
    fs,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    thread::{self, JoinHandle},
    time::Duration,
};

/// Watches this process.
pub(crate) struct Watch {
    stop: Arc<AtomicBool>,
    thread: JoinHandle<u64>,
}

impl Watch {
    pub(crate) fn start() -> Self {
        let stop = Arc::new(AtomicBool::new(false));
        let seen = Arc::clone(&stop);
        let thread = thread::spawn(move || {
            let mut peak = 0;
            while !seen.load(Ordering::Relaxed) {
                peak = peak.max(anonymous().unwrap_or(0));
                thread::sleep(Duration::from_millis(1));
            }
            peak.max(anonymous().unwrap_or(0))
        });
        Self { stop, thread }
    }

    /// Ends it; KiB.
    pub(crate) fn peak(self) -> u64 {
        self.stop.store(true, Ordering::Relaxed);
        self.thread.join().unwrap_or(0)
    }
}

fn anonymous() -> Option<u64> {
    of(&fs::read_to_string("/proc/self/status").ok()?)
}

/// The line `RssAnon:` of a process's status, in KiB.
pub(crate) fn of(status: &str) -> Option<u64> {
    let line = status.lines().find_map(|line| line.strip_prefix("RssAnon:"))?;
    line.trim().strip_suffix("kB")?.trim().parse().ok()
}
