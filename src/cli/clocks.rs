//! From a case to its clocks: what happened is handed to [`deadlines`], what comes back is shown, recorded, judged.

use jiff::{Timestamp, civil::Date, tz::TimeZone};
use serde::Serialize;

use crate::case::{
    Case, Decision, DueDate,
    calendar::Calendars,
    deadline::{self, Deadline, Facts, IdRequest, Lateness},
    reminder::{self, State},
};

/// What the clocks of `case` depend on.
pub(crate) fn facts(case: &Case, zone: TimeZone, calendars: &Calendars) -> Facts {
    let mut facts = Facts::new(case.request, case.regime, case.received_at, zone);
    facts.acknowledged_at = case.acknowledged_at;
    facts.id_request = case.id_requested_at.map(|at| IdRequest { at, doubt: false });
    facts.verified_at = case.verified_at;
    facts.interim_reply_at = case.replies.iter().find(|reply| reply.interim).map(|reply| reply.sent_at);
    facts.replied_at = case.reply().map(|reply| reply.sent_at);
    facts.nothing_to_carry_out = case.refused.is_some() || case.reply().is_some_and(|reply| is_all(reply.decision));
    facts.postcheck_at = case.completed_at;
    facts.ended_at = ended_at(case);
    facts.extension = case.extension.as_ref().map(|taken| {
        let before = deadline::deadlines(&facts, calendars);
        let due = before.iter().find(|clock| clock.rule.word() == taken.clock).map(|clock| clock.due_nominal);
        deadline::Extension { notice_at: taken.notice_at, days: days_between(due, taken.until) }
    });
    facts
}

/// Whether a reply of that decision leaves nothing to be carried out.
fn is_all(decision: Decision) -> bool {
    matches!(decision, Decision::Denied | Decision::NoData)
}

/// A request that was taken back or answered elsewhere has no clocks any more. The instant does not matter for a case
/// that is not answered, so that of its receipt serves.
fn ended_at(case: &Case) -> Option<Timestamp> {
    use crate::case::Status::{Merged, Withdrawn};
    let ended = matches!(case.status, Withdrawn | Merged) || (case.closed_at.is_some() && case.reply().is_none());
    ended.then(|| case.closed_at.unwrap_or(case.received_at))
}

fn days_between(from: Option<Date>, to: Date) -> u16 {
    let hours = from.map_or(0, |from| from.duration_until(to).as_hours());
    u16::try_from(hours / 24).unwrap_or_default()
}

/// The dates as they are put on record.
pub(crate) fn due_dates(deadlines: &[Deadline]) -> Vec<DueDate> {
    deadlines
        .iter()
        .map(|clock| DueDate {
            clock: clock.rule.word().to_owned(),
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

/// All clocks of `case` at `now`.
pub(crate) fn of(case: &Case, zone: TimeZone, calendars: &Calendars, now: Timestamp) -> Vec<ClockView> {
    let clocks = deadline::deadlines(&facts(case, zone, calendars), calendars);
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
