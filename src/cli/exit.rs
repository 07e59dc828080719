//! Exit codes: a public promise to cron and to scripts (docs/reference/exit-codes.md).

/// How a run of droit ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Exit {
    /// 0: done, and nothing needs a look
    Done,
    /// 1: it could not be done: a file, a database or the machine failed
    Failed,
    /// 2: the command line, the settings or an input file were not understood
    Usage,
    /// 3: law, policy or safety says no: a refusal, a stale plan, a missing confirmation
    Refused,
    /// 4: done, but look: overdue cases, drift, findings, open intents, a broken chain
    Look,
    /// 5: somebody else holds the lock; try again
    Busy,
    /// 130: interrupted by Ctrl-C
    Interrupted,
    /// 143: ended by SIGTERM
    Terminated,
}

impl Exit {
    /// All of them, in the order of their numbers.
    pub const ALL: [Self; 8] = [
        Self::Done,
        Self::Failed,
        Self::Usage,
        Self::Refused,
        Self::Look,
        Self::Busy,
        Self::Interrupted,
        Self::Terminated,
    ];

    /// The number that the process ends with.
    #[must_use]
    pub fn code(self) -> u8 {
        match self {
            Self::Done => 0,
            Self::Failed => 1,
            Self::Usage => 2,
            Self::Refused => 3,
            Self::Look => 4,
            Self::Busy => 5,
            Self::Interrupted => 130,
            Self::Terminated => 143,
        }
    }

    /// The word that `droit explain` knows it by.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Done => "done",
            Self::Failed => "failed",
            Self::Usage => "usage",
            Self::Refused => "refused",
            Self::Look => "look",
            Self::Busy => "busy",
            Self::Interrupted => "interrupted",
            Self::Terminated => "terminated",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_numbers_are_the_promised_ones() {
        assert_eq!(Exit::ALL.map(Exit::code), [0, 1, 2, 3, 4, 5, 130, 143]);
    }
}
