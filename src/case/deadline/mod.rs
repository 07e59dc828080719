//! When a request is due: every clock that applies, and which binds (LAW §3.1, D1–D17).
//!
//! Clocks never excuse: what is not known yet (a missing calendar, what a guardian wants) gives the earlier date.

mod extension;
mod facts;
mod rule;

use jiff::{
    SignedDuration, Span, Timestamp,
    civil::{Date, Time},
    tz::TimeZone,
};
use serde::{Deserialize, Serialize};

use self::rule::Length;
pub use self::{
    extension::{Extended, Extension, ExtensionRefused, check_extension},
    facts::{Facts, IdRequest},
    rule::ClockRule,
};
use super::{
    calendar::{Calendars, Counted},
    request::{ComplaintAbout, Duty, Regime, Request, RequestType},
};

/// The hour at which an office closes; work is to be done before it (D4).
const CLOSE_OF_BUSINESS: Time = Time::constant(18, 0, 0, 0);

/// What stops a clock (D11).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StopsBy {
    /// The answer, or the refusal with its reasons, sent
    Reply,
    /// The check that the stored data is really changed; when nothing is to be carried out, the reply
    PostCheck,
    /// Receipt confirmed
    Acknowledgement,
}

/// What stopped a clock.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StoppedBy {
    /// The answer or refusal
    Reply,
    /// The interim reply to somebody who did not identify themselves: outcome UNVERIFIED, counted apart (D9)
    InterimReply,
    /// The check of the stored data
    PostCheck,
    /// The confirmation of receipt
    Acknowledgement,
    /// The request was withdrawn or merged
    Ended,
}

/// When and by what a clock stopped.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stopped {
    /// The instant
    pub at: Timestamp,
    /// The event
    pub by: StoppedBy,
}

/// By which date lateness is judged (D6).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Lateness {
    /// By the nominal date: it is our own promise
    #[default]
    #[serde(rename = "strict")]
    Strict,
    /// By the date that waits for a holiday to pass
    #[serde(rename = "civil_code_203")]
    CivilCode203,
}

/// One clock of one request.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Deadline {
    /// Which clock
    pub rule: ClockRule,
    /// When it began; its day is not counted (D3)
    pub start: Timestamp,
    /// The last day
    pub due_nominal: Date,
    /// The last day, when a last day on a holiday waits for the next working day (D6)
    pub due_rolled: Date,
    /// The first instant that is too late, by the nominal date (D4)
    pub due_at: Timestamp,
    /// The first instant that is too late, by the rolled date
    pub due_rolled_at: Timestamp,
    /// When the office should be done: close of business (D4), for CCPA a day earlier (D16)
    pub soft_due: Timestamp,
    /// What stops it
    pub stops_by: StopsBy,
    /// What stopped it
    pub stopped: Option<Stopped>,
    /// Whether it waits for identification and so will end later than it says (D9; never in China or California)
    pub paused: bool,
    /// What an extension did
    pub extended: Extended,
    /// Whether a calendar was missing, so that the dates are the earliest possible ones (D7)
    pub incomplete: bool,
}

impl Deadline {
    /// The first instant that is too late.
    #[must_use]
    pub fn too_late_at(&self, lateness: Lateness) -> Timestamp {
        match lateness {
            Lateness::Strict => self.due_at,
            Lateness::CivilCode203 => self.due_rolled_at,
        }
    }

    /// Whether it was stopped in time; `None` while it runs.
    #[must_use]
    pub fn on_time(&self, lateness: Lateness) -> Option<bool> {
        self.stopped.map(|stopped| stopped.at < self.too_late_at(lateness))
    }
}

/// The clock that binds: the one that is due first, stopped or not (D8).
#[must_use]
pub fn binding(deadlines: &[Deadline]) -> Option<&Deadline> {
    deadlines.iter().min_by_key(|deadline| (deadline.due_at, deadline.due_rolled_at, deadline.rule))
}

/// The clock that is due first of those still running.
#[must_use]
pub fn next_due(deadlines: &[Deadline]) -> Option<&Deadline> {
    let running = deadlines.iter().filter(|deadline| deadline.stopped.is_none());
    running.min_by_key(|deadline| (deadline.due_at, deadline.due_rolled_at, deadline.rule))
}

/// Gives every clock that applies (D8), in the order of [`ClockRule`].
#[must_use]
pub fn deadlines(facts: &Facts, calendars: &Calendars) -> Vec<Deadline> {
    ClockRule::ALL
        .into_iter()
        .filter(|rule| applies(*rule, facts))
        .filter_map(|rule| Some(deadline(rule, &start(rule, facts, calendars)?, facts, calendars)))
        .collect()
}

/// Whether `rule` is a clock of this request (D8, LAW §2.4).
fn applies(rule: ClockRule, facts: &Facts) -> bool {
    let duties = facts.request.duties();
    let has = |duty| duties.contains(&duty);
    let settles = |about| has(Duty::Settle) && facts.request.complaint_about().is_none_or(|said| said == about);
    let in_china = facts.regime == Regime::Cn;
    match rule {
        ClockRule::K30 | ClockRule::Km72 => in_china,
        ClockRule::Kgb => in_china && !has(Duty::Settle) && !has(Duty::NameSender),
        ClockRule::K15w => {
            let minor = facts.minor_found_at.is_some();
            in_china && (has(Duty::Change) || settles(ComplaintAbout::PersonalInformation) || minor)
        }
        ClockRule::K15d => in_china && settles(ComplaintAbout::PersonalInformation),
        ClockRule::K7 => in_china && settles(ComplaintAbout::ExpressService),
        ClockRule::K7s => in_china && has(Duty::NameSender),
        ClockRule::K0 => in_china && has(Duty::AtOnce),
        ClockRule::Kg => matches!(facts.regime, Regime::Eu | Regime::Uk),
        ClockRule::KcAck | ClockRule::KcAnswer => facts.regime == Regime::UsCa && !opts_out(facts.request),
        ClockRule::KcOptOut => facts.regime == Regime::UsCa && opts_out(facts.request),
    }
}

fn opts_out(request: Request) -> bool {
    matches!(request.action(), Some(RequestType::OptOut | RequestType::WithdrawConsent))
}

/// Where a clock begins.
struct Start {
    at: Timestamp,
    /// Days it stood still afterwards
    paused_days: i64,
    /// Whether it stands still now
    paused: bool,
}

/// Where `rule` begins; `None` while what begins it has not happened.
fn start(rule: ClockRule, facts: &Facts, calendars: &Calendars) -> Option<Start> {
    let from = |at| Start { at, paused_days: 0, paused: false };
    match rule {
        ClockRule::Kgb => facts.verified_at.map(from),
        ClockRule::Km72 => facts.minor_found_at.map(from),
        ClockRule::Kg => Some(gdpr_start(facts, calendars)),
        _ => Some(from(facts.received_at)),
    }
}

/// Where a GDPR clock begins and how long it stood still (D9). Only identification that was asked for promptly counts,
/// in the EU only on reasonable doubt; in the UK the clock then begins with identification.
fn gdpr_start(facts: &Facts, calendars: &Calendars) -> Start {
    let plain = Start { at: facts.received_at, paused_days: 0, paused: false };
    let Some(asked) = facts.id_request.filter(|_| !facts.asked_for_id_late(calendars)) else { return plain };
    match (facts.regime, facts.verified_at) {
        (Regime::Uk, Some(verified)) => Start { at: verified.max(facts.received_at), ..plain },
        (Regime::Uk, None) => Start { paused: true, ..plain },
        (_, Some(verified)) if asked.doubt => {
            let waited = facts.local_date(verified).duration_since(facts.local_date(asked.at)).as_hours() / 24;
            Start { paused_days: waited.max(0), ..plain }
        }
        (_, None) if asked.doubt => Start { paused: true, ..plain },
        _ => plain,
    }
}

fn deadline(rule: ClockRule, start: &Start, facts: &Facts, calendars: &Calendars) -> Deadline {
    let zone = facts.zone();
    let dates = dates(rule, start, facts, calendars);
    let (due_at, due_rolled_at, soft_due) = match rule.length() {
        Length::Hours(hours) => {
            let due = start.at.saturating_add(SignedDuration::from_hours(hours)).unwrap_or(Timestamp::MAX);
            (due, due, due)
        }
        _ => (end_of(dates.nominal, &zone), end_of(dates.rolled, &zone), soft_due(rule, dates.nominal, &zone)),
    };
    let stops_by = stops_by(rule, facts);
    Deadline {
        rule,
        start: start.at,
        due_nominal: dates.nominal,
        due_rolled: dates.rolled,
        due_at,
        due_rolled_at,
        soft_due,
        stops_by,
        stopped: stopped(rule, stops_by, facts),
        paused: start.paused,
        extended: dates.extended,
        incomplete: !dates.known,
    }
}

/// The last days of a clock.
struct Dates {
    nominal: Date,
    rolled: Date,
    extended: Extended,
    known: bool,
}

fn dates(rule: ClockRule, start: &Start, facts: &Facts, calendars: &Calendars) -> Dates {
    let pause = Span::new().days(start.paused_days);
    let first = facts.local_date(start.at);
    let roll = |date: Date| {
        if rule.rolls() { calendars.roll(facts.region(), date) } else { Counted { date, known: true } }
    };
    let counted = count(rule, first, facts, calendars);
    let nominal = counted.date.saturating_add(pause);
    let rolled = roll(nominal);
    let plain = Dates { nominal, rolled: rolled.date, extended: Extended::No, known: counted.known && rolled.known };
    let Some(taken) = facts.extension else { return plain };
    let Some(later) = rule.extended(first, counted.date, &taken) else { return plain };
    let later = later.saturating_add(pause);
    let rolled_later = roll(later);
    // each date is moved by a notice that came before it
    let in_time = |date| taken.notice_at < end_of(date, &facts.zone());
    let moved = Dates { rolled: rolled_later.date, known: counted.known && rolled_later.known, ..plain };
    match (in_time(nominal), in_time(rolled.date)) {
        (true, _) => Dates { nominal: later, extended: Extended::Yes, ..moved },
        (false, true) => Dates { extended: Extended::RolledOnly, ..moved },
        (false, false) => Dates { extended: Extended::TooLate, ..plain },
    }
}

/// The last day: the first is not counted (D3), a month ends on the same day-number or on its last day (D5, D15).
fn count(rule: ClockRule, first: Date, facts: &Facts, calendars: &Calendars) -> Counted {
    let plain = |span: Span| Counted { date: first.saturating_add(span), known: true };
    match rule.length() {
        Length::Days(days) => plain(Span::new().days(days)),
        Length::Months(months) => plain(Span::new().months(months)),
        Length::WorkingDays(days) => calendars.working_days_after(facts.region(), first, days),
        Length::Hours(hours) => plain(Span::new().days(hours / 24)),
    }
}

/// The first instant after `date` (D4).
fn end_of(date: Date, zone: &TimeZone) -> Timestamp {
    let next = date.tomorrow().ok().and_then(|next| next.to_zoned_datetime(zone.clone()).ok());
    next.map_or(Timestamp::MAX, |midnight| midnight.timestamp())
}

fn soft_due(rule: ClockRule, due: Date, zone: &TimeZone) -> Timestamp {
    let day = if rule == ClockRule::KcAnswer { due.saturating_sub(Span::new().days(1)) } else { due };
    let close = day.to_datetime(CLOSE_OF_BUSINESS).to_zoned_datetime(zone.clone());
    close.map_or(Timestamp::MAX, |close| close.timestamp())
}

/// What stops `rule` (D11). A complaint is settled by the answer; other working-day clocks and what must take effect
/// at once run until the stored data shows it.
fn stops_by(rule: ClockRule, facts: &Facts) -> StopsBy {
    let only_settled = facts.request.duties() == [Duty::Settle] && facts.minor_found_at.is_none();
    match rule {
        ClockRule::K15w if only_settled => StopsBy::Reply,
        ClockRule::K15w | ClockRule::Km72 | ClockRule::K0 | ClockRule::KcOptOut => StopsBy::PostCheck,
        ClockRule::KcAck => StopsBy::Acknowledgement,
        _ => StopsBy::Reply,
    }
}

fn stopped(rule: ClockRule, stops_by: StopsBy, facts: &Facts) -> Option<Stopped> {
    let reply = facts.replied_at.map(|at| Stopped { at, by: StoppedBy::Reply });
    let own = match stops_by {
        StopsBy::Reply => reply,
        StopsBy::PostCheck => {
            let checked = facts.postcheck_at.map(|at| Stopped { at, by: StoppedBy::PostCheck });
            let told = reply.filter(|_| facts.nothing_to_carry_out);
            checked.into_iter().chain(told).min_by_key(|stop| stop.at)
        }
        StopsBy::Acknowledgement => {
            let confirmed = facts.acknowledged_at.map(|at| Stopped { at, by: StoppedBy::Acknowledgement });
            confirmed.into_iter().chain(reply).min_by_key(|stop| stop.at)
        }
    };
    // an interim reply stops the policy's promise only while identification is missing (D9)
    let unverified_at = |at: Timestamp| facts.verified_at.is_none_or(|verified| at < verified);
    let interim = facts.interim_reply_at.filter(|at| rule == ClockRule::K30 && unverified_at(*at));
    let interim = interim.map(|at| Stopped { at, by: StoppedBy::InterimReply });
    let ended = facts.ended_at.map(|at| Stopped { at, by: StoppedBy::Ended });
    own.into_iter().chain(interim).chain(ended).min_by_key(|stop| stop.at)
}

#[cfg(test)]
mod tests;
