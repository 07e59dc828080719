//! How a clock stands at an instant, and when to remind of it (LAW D17).

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::deadline::{Deadline, Lateness, StoppedBy};

const DAY: SignedDuration = SignedDuration::from_hours(24);

/// A moment at which a running clock is brought to mind.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Point {
    /// Half of the time is gone
    Half,
    /// Four fifths of the time are gone
    FourFifths,
    /// Three days are left
    ThreeDaysLeft,
    /// One day is left
    OneDayLeft,
}

/// One reminder.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reminder {
    /// When
    pub at: Timestamp,
    /// Which
    pub point: Point,
}

/// Gives the reminders of a clock in order of time. Those that a short clock would have at or before its start are left
/// out.
#[must_use]
pub fn reminders(deadline: &Deadline, lateness: Lateness) -> Vec<Reminder> {
    let due = deadline.too_late_at(lateness);
    let fraction = |of_ten: i32| deadline.start.saturating_add(deadline.start.duration_until(due) / 10 * of_ten).ok();
    let left = |days: i32| due.saturating_sub(DAY * days).ok();
    let mut all: Vec<Reminder> = [
        (fraction(5), Point::Half),
        (fraction(8), Point::FourFifths),
        (left(3), Point::ThreeDaysLeft),
        (left(1), Point::OneDayLeft),
    ]
    .into_iter()
    .filter_map(|(at, point)| Some(Reminder { at: at?, point }))
    .filter(|reminder| reminder.at > deadline.start)
    .collect();
    all.sort_by_key(|reminder| (reminder.at, reminder.point));
    all
}

/// Gives the reminders that fell due after `since` and until `now` while the clock ran: what a run of cron has to say.
#[must_use]
pub fn fallen_due(deadline: &Deadline, lateness: Lateness, since: Timestamp, now: Timestamp) -> Vec<Reminder> {
    let ran_at = |at: Timestamp| deadline.stopped.is_none_or(|stopped| at < stopped.at);
    let mut fallen = reminders(deadline, lateness);
    fallen.retain(|reminder| reminder.at > since && reminder.at <= now && ran_at(reminder.at));
    fallen
}

/// How a clock stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// It waits for identification
    Paused,
    /// It runs, and there is time
    Running,
    /// It runs, and four fifths of its time are gone or three days are left
    DueSoon,
    /// It runs, and its time is over
    Overdue,
    /// It was stopped in time
    StoppedOnTime,
    /// It was stopped when its time was over
    StoppedLate,
    /// It was stopped in time, but only by a reply that asks for identification: no answer yet (D9)
    StoppedInterim,
}

impl State {
    /// Whether somebody must act, so that cron ends with exit code 4 (D17).
    #[must_use]
    pub fn is_overdue(self) -> bool {
        self == Self::Overdue
    }
}

/// Tells how a clock stands at `now`; what stops it later has not stopped it yet.
#[must_use]
pub fn state(deadline: &Deadline, now: Timestamp, lateness: Lateness) -> State {
    let due = deadline.too_late_at(lateness);
    if let Some(stopped) = deadline.stopped.filter(|stopped| stopped.at <= now) {
        return match stopped.by {
            _ if stopped.at >= due => State::StoppedLate,
            StoppedBy::InterimReply => State::StoppedInterim,
            _ => State::StoppedOnTime,
        };
    }
    if deadline.paused {
        return State::Paused;
    }
    if now >= due {
        return State::Overdue;
    }
    let soon = |reminder: &Reminder| matches!(reminder.point, Point::FourFifths | Point::ThreeDaysLeft);
    // a clock too short to have three days left has been due soon from its start
    let short = due.duration_since(deadline.start) <= DAY * 3;
    let passed = reminders(deadline, lateness).iter().any(|reminder| soon(reminder) && reminder.at <= now);
    if short || passed { State::DueSoon } else { State::Running }
}

#[cfg(test)]
mod tests {
    use jiff::tz::TimeZone;

    use super::*;
    use crate::case::{
        calendar::Calendars,
        deadline::{ClockRule, Facts, IdRequest, deadlines},
        request::{Regime, Request, RequestType},
    };

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    fn facts(request_type: RequestType) -> Facts {
        Facts::new(Request::new(request_type), Regime::Cn, at("2026-03-10T00:00+08:00"), TimeZone::UTC)
    }

    fn clock(facts: &Facts, rule: ClockRule) -> Deadline {
        let all = deadlines(facts, &Calendars::bundled().unwrap());
        all.into_iter().find(|clock| clock.rule == rule).unwrap()
    }

    /// Received as 10 March begins: 31 days until 10 April 00:00.
    fn thirty_days() -> Deadline {
        clock(&facts(RequestType::Access), ClockRule::K30)
    }

    #[test]
    fn reminders_come_at_half_at_four_fifths_and_before_the_end() {
        let expected = [
            ("2026-03-25T12:00+08:00", Point::Half),
            ("2026-04-03T19:12+08:00", Point::FourFifths),
            ("2026-04-07T00:00+08:00", Point::ThreeDaysLeft),
            ("2026-04-09T00:00+08:00", Point::OneDayLeft),
        ];
        let reminders = reminders(&thirty_days(), Lateness::Strict);
        assert_eq!(reminders, expected.map(|(time, point)| Reminder { at: at(time), point }));
    }

    #[test]
    fn a_clock_of_one_day_has_no_reminders_from_before_it_began() {
        let clock = clock(&facts(RequestType::OptOut), ClockRule::K0);
        let points: Vec<Point> = reminders(&clock, Lateness::Strict).iter().map(|reminder| reminder.point).collect();
        assert_eq!(points, [Point::Half, Point::FourFifths]);
        assert_eq!(state(&clock, at("2026-03-10T00:00:01+08:00"), Lateness::Strict), State::DueSoon);
    }

    #[test]
    fn each_reminder_falls_due_in_exactly_one_run() {
        let clock = thirty_days();
        let noon = |day: &str| at(&format!("{day}T12:00+08:00"));
        let run = |since, now| fallen_due(&clock, Lateness::Strict, since, now).len();
        assert_eq!(run(noon("2026-03-24"), noon("2026-03-25")), 1); // at its very second
        assert_eq!(run(noon("2026-03-25"), noon("2026-03-26")), 0);
        assert_eq!(run(noon("2026-03-09"), noon("2026-04-12")), 4);
    }

    #[test]
    fn a_stopped_clock_reminds_no_more() {
        let mut facts = facts(RequestType::Access);
        facts.replied_at = Some(at("2026-03-26T10:00+08:00"));
        let clock = clock(&facts, ClockRule::K30);
        let fallen = fallen_due(&clock, Lateness::Strict, at("2026-03-01T00:00Z"), at("2026-05-01T00:00Z"));
        assert_eq!(fallen.iter().map(|reminder| reminder.point).collect::<Vec<_>>(), [Point::Half]);
    }

    #[test]
    fn a_running_clock_becomes_due_soon_and_then_overdue_at_midnight() {
        let clock = thirty_days();
        let state = |now: &str| state(&clock, at(now), Lateness::Strict);
        assert_eq!(state("2026-04-03T19:11:59+08:00"), State::Running);
        assert_eq!(state("2026-04-03T19:12:00+08:00"), State::DueSoon);
        assert_eq!(state("2026-04-09T23:59:59+08:00"), State::DueSoon);
        assert_eq!(state("2026-04-10T00:00:00+08:00"), State::Overdue);
        assert!(state("2026-04-10T00:00:00+08:00").is_overdue());
    }

    #[test]
    fn a_stop_counts_from_its_instant_on() {
        let mut facts = facts(RequestType::Access);
        facts.replied_at = Some(at("2026-04-10T00:00:00+08:00"));
        let late = clock(&facts, ClockRule::K30);
        assert_eq!(state(&late, at("2026-04-09T23:59:59+08:00"), Lateness::Strict), State::DueSoon);
        assert_eq!(state(&late, at("2026-04-10T00:00:00+08:00"), Lateness::Strict), State::StoppedLate);
        facts.replied_at = Some(at("2026-04-09T23:59:59+08:00"));
        let timely = clock(&facts, ClockRule::K30);
        assert_eq!(state(&timely, at("2026-05-01T00:00Z"), Lateness::Strict), State::StoppedOnTime);
    }

    #[test]
    fn lateness_may_wait_for_a_holiday() {
        let mut facts = facts(RequestType::Access);
        facts.received_at = at("2026-09-03T10:00+08:00"); // nominal 3 October, rolled 8 October
        let clock = clock(&facts, ClockRule::K30);
        let now = at("2026-10-08T12:00+08:00");
        assert_eq!(state(&clock, now, Lateness::Strict), State::Overdue);
        assert_eq!(state(&clock, now, Lateness::CivilCode203), State::DueSoon);
    }

    #[test]
    fn an_interim_reply_is_told_apart() {
        let mut facts = facts(RequestType::Access);
        facts.interim_reply_at = Some(at("2026-04-01T00:00Z"));
        let clock = clock(&facts, ClockRule::K30);
        assert_eq!(state(&clock, at("2026-05-01T00:00Z"), Lateness::Strict), State::StoppedInterim);
    }

    #[test]
    fn a_clock_that_waits_for_identification_is_not_overdue() {
        let mut facts = facts(RequestType::Access);
        facts.regime = Regime::Uk;
        facts.id_request = Some(IdRequest { at: at("2026-03-11T00:00Z"), doubt: true });
        let clock = clock(&facts, ClockRule::Kg);
        assert_eq!(state(&clock, at("2026-09-01T00:00Z"), Lateness::Strict), State::Paused);
    }
}
