//! From a case to its clocks: what happened is handed to [`deadlines`], what comes back is shown, recorded, judged.

use jiff::{Timestamp, tz::TimeZone};
use serde::Serialize;

use crate::case::{
    Case, DueDate,
    calendar::Calendars,
    deadline::{self, Deadline, Facts, Lateness},
    reminder::{self, State},
};

/// The dates as they are put on record.
pub(crate) fn due_dates(deadlines: &[Deadline]) -> Vec<DueDate> {
    deadlines
        .iter()
        .map(|clock| DueDate {
            clock: clock.rule,
            nominal: clock.due_nominal,
            rolled: clock.due_rolled,
            calendar_incomplete: clock.incomplete,
        })
        .collect()
}

/// A clock as it stands now.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct ClockView {
    /// Whether this is the one that binds
    pub(crate) binding: bool,
    /// How it stands
    pub(crate) state: State,
    /// Its dates
    #[serde(flatten)]
    pub(crate) clock: Deadline,
}

/// Where the clocks run: the controller's zone, region and calendars.
#[derive(Clone, Debug)]
pub(crate) struct Place {
    /// The zone whose days count
    pub(crate) zone: TimeZone,
    /// The calendar of public holidays under EU or UK law
    pub(crate) region: Option<String>,
    /// All calendars there are
    pub(crate) calendars: Calendars,
}

impl Place {
    /// What the clocks of `case` depend on.
    pub(crate) fn facts(&self, case: &Case) -> Facts {
        case.facts(self.zone.clone(), self.region.clone())
    }

    /// The dates that `facts` give, as they are put on record.
    pub(crate) fn due(&self, facts: &Facts) -> Vec<DueDate> {
        due_dates(&deadline::deadlines(facts, &self.calendars))
    }
}

/// All clocks of `case` at `now`.
pub(crate) fn of(case: &Case, place: &Place, now: Timestamp) -> Vec<ClockView> {
    let clocks = deadline::deadlines(&place.facts(case), &place.calendars);
    let binding = deadline::binding(&clocks).map(|clock| clock.rule);
    clocks
        .into_iter()
        .map(|clock| ClockView {
            binding: binding == Some(clock.rule),
            state: reminder::state(&clock, now, Lateness::Strict),
            clock,
        })
        .collect()
}

/// The clock to watch: the one that runs out first of those that run, else the one that binds.
pub(crate) fn watched(clocks: &[ClockView]) -> Option<&ClockView> {
    let running = clocks.iter().filter(|view| view.clock.stopped.is_none()).min_by_key(|view| view.clock.due_at);
    running.or_else(|| clocks.iter().find(|view| view.binding))
}
