//! How a request ended for the log's figures, and whether in time.

use jiff::Timestamp;

use crate::case::{
    Case, Decision, Reply,
    deadline::{Deadline, Lateness, StoppedBy},
    reminder::{State, state},
};

/// How a request stands in the figures of the log.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Outcome {
    /// Not answered
    Open,
    /// Answered, or refused with reasons
    Answered,
    /// Only told that identification is missing: counted apart in every figure of punctuality (D9)
    Interim,
    /// Taken back
    Withdrawn,
    /// Answered in another case
    Merged,
}

impl Outcome {
    /// Judges `case`, whose binding clock is `binding`. A request whose clock was stopped by an interim reply stays with
    /// those, whatever was answered later.
    pub(super) fn of(case: &Case, binding: Option<&Deadline>) -> Self {
        if case.ended_at.is_some() {
            return if case.merged_into.is_some() { Self::Merged } else { Self::Withdrawn };
        }
        let bridged = binding.and_then(|clock| clock.stopped).is_some_and(|stop| stop.by == StoppedBy::InterimReply);
        match (final_reply(case), interim_reply(case)) {
            (None, None) => Self::Open,
            (Some(reply), _) if reply.decision != Decision::Unverified && !bridged => Self::Answered,
            (None, Some(_)) if case.status.is_open() => Self::Open,
            _ => Self::Interim,
        }
    }
}

/// The first reply that is not an interim one: the clocks are judged by it.
pub(super) fn final_reply(case: &Case) -> Option<&Reply> {
    case.replies.iter().find(|reply| !reply.interim)
}

/// The first interim reply.
pub(super) fn interim_reply(case: &Case) -> Option<&Reply> {
    case.replies.iter().find(|reply| reply.interim)
}

/// Whether a clock was met; of several that which comes last here counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Timeliness {
    /// It was stopped in time
    Met,
    /// It runs, and there is time; or it waits
    Running,
    /// It was stopped late, or runs late
    Missed,
}

impl Timeliness {
    /// Judges a clock at `now`.
    pub(super) fn of(clock: &Deadline, now: Timestamp, lateness: Lateness) -> Self {
        match state(clock, now, lateness) {
            State::Paused | State::Running | State::DueSoon => Self::Running,
            State::StoppedOnTime | State::StoppedInterim => Self::Met,
            State::Overdue | State::StoppedLate => Self::Missed,
        }
    }

    /// Yes or no, once it is known.
    #[must_use]
    pub fn met(self) -> Option<bool> {
        match self {
            Self::Running => None,
            Self::Met => Some(true),
            Self::Missed => Some(false),
        }
    }
}
