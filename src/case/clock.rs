//! The clock as an argument: only `main` knows what time it really is.

use std::cell::Cell;

use jiff::Timestamp;

/// Tells the time.
pub trait Clock {
    /// The instant it is.
    fn now(&self) -> Timestamp;
}

/// A clock that shows what it was set to: for `--as-of` and for tests.
#[derive(Clone, Debug)]
pub struct FixedClock(Cell<Timestamp>);

impl FixedClock {
    /// Makes a clock that stands at `now`.
    #[must_use]
    pub fn new(now: Timestamp) -> Self {
        Self(Cell::new(now))
    }

    /// Sets the clock to `now`, forwards or back.
    pub fn set(&self, now: Timestamp) {
        self.0.set(now);
    }
}

impl Clock for FixedClock {
    fn now(&self) -> Timestamp {
        self.0.get()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fixed_clock_stands_until_it_is_set() {
        let clock = FixedClock::new(Timestamp::from_second(1_000).unwrap());
        assert_eq!(clock.now(), clock.now());
        clock.set(Timestamp::from_second(5).unwrap());
        assert_eq!(clock.now().as_second(), 5);
    }
}
