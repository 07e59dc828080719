//! What a run of droit can see of the machine: made by `main`, or by a test.

use std::{
    cell::RefCell,
    collections::BTreeMap,
    io::{BufRead, Write},
    path::PathBuf,
    rc::Rc,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

use crate::case::clock::Clock;

/// A source of random bytes that several parts of one run draw from.
pub type Randomness = Rc<RefCell<dyn FnMut(&mut [u8])>>;

/// Clock, streams, environment and randomness of one run.
pub struct World<'a> {
    /// Tells the time
    pub clock: &'a dyn Clock,
    /// Standard input
    pub stdin: &'a mut dyn BufRead,
    /// Standard output: results only
    pub stdout: &'a mut dyn Write,
    /// Standard error: messages, hints, progress, errors
    pub stderr: &'a mut dyn Write,
    /// Which of the three are terminals, and how wide they are
    pub terminal: Terminal,
    /// Environment variables
    pub environment: BTreeMap<String, String>,
    /// Where relative paths begin
    pub current_dir: PathBuf,
    /// The user's state folder, under which key folders are made when the settings name none
    pub state_dir: Option<PathBuf>,
    /// The number of the user who runs this, where the system has such: what they can write proves nothing about others
    pub user: Option<u32>,
    /// Fills a buffer with random bytes
    pub randomness: Randomness,
    /// Set by Ctrl-C
    pub interrupt: Arc<Interrupt>,
}

/// Which streams are terminals.
#[derive(Clone, Copy, Debug, Default)]
pub struct Terminal {
    /// Standard input
    pub stdin: bool,
    /// Standard output
    pub stdout: bool,
    /// Standard error
    pub stderr: bool,
    /// Columns of the terminal, where known
    pub width: Option<usize>,
}

/// What Ctrl-C asks for: at the first press to stop at the next safe place, at the second (or while droit waits for an
/// answer) at once.
#[derive(Debug, Default)]
pub struct Interrupt {
    asked: Arc<AtomicBool>,
    waiting: AtomicBool,
}

impl Interrupt {
    /// Notes a press. Returns whether the process should leave at once.
    pub fn press(&self) -> bool {
        self.asked.swap(true, Ordering::SeqCst) || self.waiting.load(Ordering::SeqCst)
    }

    /// Whether the run was asked to stop.
    #[must_use]
    pub fn asked(&self) -> bool {
        self.asked.load(Ordering::SeqCst)
    }

    /// The flag itself, for the engines that look at it while a statement runs.
    pub(super) fn flag(&self) -> Arc<AtomicBool> {
        Arc::clone(&self.asked)
    }

    /// Marks the time between a question and its answer, in which nothing is under way.
    pub(super) fn while_waiting<T>(&self, ask: impl FnOnce() -> T) -> T {
        self.waiting.store(true, Ordering::SeqCst);
        let answer = ask();
        self.waiting.store(false, Ordering::SeqCst);
        answer
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_press_asks_and_the_second_leaves() {
        let interrupt = Interrupt::default();
        assert!(!interrupt.asked());
        assert!(!interrupt.press());
        assert!(interrupt.asked());
        assert!(interrupt.press());
    }

    #[test]
    fn a_press_at_a_question_leaves_at_once() {
        let interrupt = Interrupt::default();
        assert!(interrupt.while_waiting(|| interrupt.press()));
    }
}
