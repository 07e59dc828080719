//! When a request is due: every clock that applies, and which binds (LAW §3.1, D1–D17).
//!
//! Clocks never excuse: what is not known yet (a missing calendar, what a guardian wants) gives the earlier date.

use std::{fmt, str::FromStr};

use jiff::{
    SignedDuration, Span, Timestamp,
    civil::{Date, Time},
    tz::{Offset, TimeZone},
};
use serde::{Deserialize, Serialize};

use super::{
    calendar::{self, Calendars, Counted},
    request::{ComplaintAbout, Duty, Regime, Request, RequestType, UnknownWord},
};

/// China's zone for clocks: UTC+08:00 without daylight saving time (D1).
const CHINA: Offset = Offset::constant(8);
/// The hour at which an office closes; work is to be done before it (D4).
const CLOSE_OF_BUSINESS: Time = Time::constant(18, 0, 0, 0);
/// Working days within which a controller asks for identification (D9).
const PROMPT: u16 = 3;

/// A clock of LAW D8.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum ClockRule {
    /// The policy's thirty days from receipt
    K30,
    /// GB/T 35273 8.7: thirty days from verification; the only Chinese clock that can be extended (D10)
    #[serde(rename = "KGB")]
    Kgb,
    /// Fifteen working days from receipt, until the stored data is really changed
    #[serde(rename = "K15W")]
    K15w,
    /// MIIT Order 24 art. 12: complaints, fifteen days
    #[serde(rename = "K15D")]
    K15d,
    /// EXP 28: complaints about the carriage, seven days
    K7,
    /// EMM 27(3): the sender of a parcel, seven days as EXP 28
    #[serde(rename = "K7S")]
    K7s,
    /// Seventy-two hours from the discovery that a minor's data is held without consent
    #[serde(rename = "KM72")]
    Km72,
    /// The day of receipt, for what must simply stop
    K0,
    /// GDPR 12(3): one month, three when extended
    #[serde(rename = "KG")]
    Kg,
    /// CCPA regulations 7021: acknowledgement within ten business days
    #[serde(rename = "KC_ACK")]
    KcAck,
    /// CCPA regulations 7021: answer within 45 days, 90 when extended; no weekend is waited for (D16)
    #[serde(rename = "KC_ANSWER")]
    KcAnswer,
    /// CCPA regulations: an opt-out takes effect within fifteen business days
    #[serde(rename = "KC_OPT_OUT")]
    KcOptOut,
}

/// How far a clock runs from its start.
#[derive(Clone, Copy)]
enum Length {
    Days(i32),
    WorkingDays(u16),
    Months(i32),
    Hours(i64),
}

impl ClockRule {
    /// All of them.
    pub const ALL: [Self; 12] = [
        Self::K30,
        Self::Kgb,
        Self::K15w,
        Self::K15d,
        Self::K7,
        Self::K7s,
        Self::Km72,
        Self::K0,
        Self::Kg,
        Self::KcAck,
        Self::KcAnswer,
        Self::KcOptOut,
    ];

    /// The word in files and JSON.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::K30 => "K30",
            Self::Kgb => "KGB",
            Self::K15w => "K15W",
            Self::K15d => "K15D",
            Self::K7 => "K7",
            Self::K7s => "K7S",
            Self::Km72 => "KM72",
            Self::K0 => "K0",
            Self::Kg => "KG",
            Self::KcAck => "KC_ACK",
            Self::KcAnswer => "KC_ANSWER",
            Self::KcOptOut => "KC_OPT_OUT",
        }
    }

    fn length(self) -> Length {
        match self {
            Self::K30 | Self::Kgb => Length::Days(30),
            Self::K15w | Self::KcOptOut => Length::WorkingDays(15),
            Self::K15d => Length::Days(15),
            Self::K7 | Self::K7s => Length::Days(7),
            Self::Km72 => Length::Hours(72),
            Self::K0 => Length::Days(0),
            Self::Kg => Length::Months(1),
            Self::KcAck => Length::WorkingDays(10),
            Self::KcAnswer => Length::Days(45),
        }
    }

    /// Whether a last day that is no working day moves to the next one (D6, D15, D16). Working days never need to, and
    /// what is due at once or in hours does not wait for a holiday to pass.
    fn rolls(self) -> bool {
        matches!(self, Self::K30 | Self::Kgb | Self::K15d | Self::K7 | Self::K7s | Self::Kg)
    }

    /// The latest date an extension can give (D10), if this clock can be extended at all.
    fn extended(self, start: Date, due: Date, extension: &Extension) -> Option<Date> {
        match self {
            Self::Kgb if extension.days <= Extension::MOST_DAYS => {
                Some(due.saturating_add(Span::new().days(extension.days)))
            }
            Self::Kg => Some(start.saturating_add(Span::new().months(3))),
            Self::KcAnswer => Some(start.saturating_add(Span::new().days(90))),
            _ => None,
        }
    }
}

impl fmt::Display for ClockRule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.word())
    }
}

impl FromStr for ClockRule {
    type Err = UnknownWord;

    fn from_str(text: &str) -> Result<Self, UnknownWord> {
        let found = Self::ALL.into_iter().find(|rule| rule.word() == text);
        found.ok_or(UnknownWord {
            what: "clock",
            known: "K30, KGB, K15W, K15D, K7, K7S, KM72, K0, KG, KC_ACK, KC_ANSWER, KC_OPT_OUT",
        })
    }
}

/// That identification was asked for (D9).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct IdRequest {
    /// When it was asked for
    pub at: Timestamp,
    /// Whether there was reasonable doubt about who asks (GDPR 12(6)); without it no GDPR clock pauses
    pub doubt: bool,
}

/// That more time was taken (D10), at most once per case.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Extension {
    /// When the requester was told, with the reason
    pub notice_at: Timestamp,
    /// Days taken on the Chinese clock KGB; GDPR and CCPA know only their own fixed extensions
    pub days: u16,
}

impl Extension {
    /// The most days KGB can be extended by.
    pub const MOST_DAYS: u16 = 30;
}

/// What the clocks of one request depend on. A mail that asks for two things is two requests with one receipt, each
/// with clocks of its own (D12).
#[derive(Clone, Debug)]
pub struct Facts {
    /// What is asked
    pub request: Request,
    /// Under which law
    pub regime: Regime,
    /// Arrival at any published channel, or at a wrong desk: intake never resets it, at any hour (D2, D14)
    pub received_at: Timestamp,
    /// The controller's zone; Chinese clocks run in UTC+08:00 whatever it is (D1)
    pub zone: TimeZone,
    /// The calendar of the controller's public holidays under EU or UK law; China and California have their own
    pub region: Option<String>,
    /// When receipt was confirmed
    pub acknowledged_at: Option<Timestamp>,
    /// When identification was asked for
    pub id_request: Option<IdRequest>,
    /// When the requester was identified
    pub verified_at: Option<Timestamp>,
    /// More time taken
    pub extension: Option<Extension>,
    /// When the requester was told that the answer waits for identification
    pub interim_reply_at: Option<Timestamp>,
    /// When the answer, or the refusal with its reasons, was sent
    pub replied_at: Option<Timestamp>,
    /// Whether the reply was all there is to do: refused, or nothing was held
    pub nothing_to_carry_out: bool,
    /// When it was checked that the stored data is really changed
    pub postcheck_at: Option<Timestamp>,
    /// When it was found that a minor's data is held without consent
    pub minor_found_at: Option<Timestamp>,
    /// When the request was withdrawn or merged into another
    pub ended_at: Option<Timestamp>,
}

impl Facts {
    /// States that a request was received, and nothing else yet.
    #[must_use]
    pub fn new(request: Request, regime: Regime, received_at: Timestamp, zone: TimeZone) -> Self {
        Self {
            request,
            regime,
            received_at,
            zone,
            region: None,
            acknowledged_at: None,
            id_request: None,
            verified_at: None,
            extension: None,
            interim_reply_at: None,
            replied_at: None,
            nothing_to_carry_out: false,
            postcheck_at: None,
            minor_found_at: None,
            ended_at: None,
        }
    }

    /// Takes in a duplicate of the request: the earlier receipt counts (D13).
    pub fn merge_receipt(&mut self, received_at: Timestamp) {
        self.received_at = self.received_at.min(received_at);
    }

    /// The zone whose dates count (D1).
    #[must_use]
    pub fn zone(&self) -> TimeZone {
        match self.regime {
            Regime::Cn => TimeZone::fixed(CHINA),
            _ => self.zone.clone(),
        }
    }

    /// The calendar whose days count.
    #[must_use]
    pub fn region(&self) -> Option<&str> {
        match self.regime {
            Regime::Cn => Some(calendar::CN),
            Regime::UsCa => Some(self.region.as_deref().unwrap_or(calendar::US)),
            Regime::Eu | Regime::Uk => self.region.as_deref(),
        }
    }

    fn local_date(&self, at: Timestamp) -> Date {
        self.zone().to_datetime(at).date()
    }

    /// Calendar days from receipt to `to`, by local date; the day of receipt is day 0.
    #[must_use]
    pub fn days_used(&self, to: Timestamp) -> i64 {
        let days = self.local_date(to).duration_since(self.local_date(self.received_at)).as_hours();
        days / 24
    }

    /// Whether identification was asked for later than three working days after receipt: the controller's own delay
    /// (D9).
    #[must_use]
    pub fn asked_for_id_late(&self, calendars: &Calendars) -> bool {
        let last = calendars.working_days_after(self.region(), self.local_date(self.received_at), PROMPT);
        self.id_request.is_some_and(|asked| self.local_date(asked.at) > last.date)
    }
}

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

/// What an extension did to a clock.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Extended {
    /// None was taken, or this clock knows none
    No,
    /// The notice came after the clock had run out
    TooLate,
    /// The notice came after the nominal date but before the rolled one
    RolledOnly,
    /// Both dates are later
    Yes,
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
        .filter_map(|rule| Some(deadline(rule, start(rule, facts, calendars)?, facts, calendars)))
        .collect()
}

/// Whether `rule` is a clock of this request (D8, LAW §2.4).
fn applies(rule: ClockRule, facts: &Facts) -> bool {
    let duties = facts.request.duties();
    let has = |duty| duties.contains(&duty);
    let settles = |about| has(Duty::Settle) && facts.request.complaint_about().is_none_or(|said| said == about);
    let in_china = facts.regime == Regime::Cn;
    match rule {
        ClockRule::K30 => in_china,
        ClockRule::Kgb => in_china && !has(Duty::Settle) && !has(Duty::NameSender),
        ClockRule::K15w => {
            let minor = facts.minor_found_at.is_some();
            in_china && (has(Duty::Change) || settles(ComplaintAbout::PersonalInformation) || minor)
        }
        ClockRule::K15d => in_china && settles(ComplaintAbout::PersonalInformation),
        ClockRule::K7 => in_china && settles(ComplaintAbout::ExpressService),
        ClockRule::K7s => in_china && has(Duty::NameSender),
        ClockRule::Km72 => in_china,
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

fn deadline(rule: ClockRule, start: Start, facts: &Facts, calendars: &Calendars) -> Deadline {
    let zone = facts.zone();
    let dates = dates(rule, &start, facts, calendars);
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
            checked.or(reply.filter(|_| facts.nothing_to_carry_out))
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

/// Why no more time can be taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ExtensionRefused {
    /// Once is all there is
    #[error("the case was extended before, and there is no second extension")]
    Twice,
    /// K30, K15W, K7 and their like are never extended
    #[error("no clock of this case can be extended")]
    NoSuchClock,
    /// More than KGB allows
    #[error("a clock under GB/T 35273 is extended by 1 to {} days", Extension::MOST_DAYS)]
    Days,
    /// Notice must reach the requester while the clock runs
    #[error("the notice comes after {0}, the last day for it")]
    TooLate(Date),
}

/// Checks whether `extension` may be taken now (D10): once, on a clock that knows one, with notice before it runs out.
pub fn check_extension(facts: &Facts, extension: Extension, calendars: &Calendars) -> Result<(), ExtensionRefused> {
    if facts.extension.is_some() {
        return Err(ExtensionRefused::Twice);
    }
    let extendable = |rule| matches!(rule, ClockRule::Kgb | ClockRule::Kg | ClockRule::KcAnswer);
    let running = deadlines(facts, calendars);
    let clock = running.iter().find(|clock| extendable(clock.rule)).ok_or(ExtensionRefused::NoSuchClock)?;
    if clock.rule == ClockRule::Kgb && !(1..=Extension::MOST_DAYS).contains(&extension.days) {
        return Err(ExtensionRefused::Days);
    }
    if extension.notice_at >= clock.due_rolled_at {
        return Err(ExtensionRefused::TooLate(clock.due_rolled));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use proptest::prelude::*;

    use super::*;
    use crate::case::calendar::Calendar;

    const CN_ZONE: TimeZone = TimeZone::fixed(CHINA);

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    fn zone(name: &str) -> TimeZone {
        TimeZone::get(name).unwrap()
    }

    fn facts(request_type: RequestType, received: &str) -> Facts {
        Facts::new(Request::new(request_type), Regime::Cn, at(received), CN_ZONE)
    }

    fn clocks(facts: &Facts) -> Vec<Deadline> {
        deadlines(facts, &Calendars::bundled().unwrap())
    }

    fn clock(facts: &Facts, rule: ClockRule) -> Deadline {
        clocks(facts).into_iter().find(|clock| clock.rule == rule).unwrap()
    }

    /// Checks the nominal and the rolled date of one clock, given as month and day of `year`.
    fn check(facts: &Facts, rule: ClockRule, nominal: (i16, i8, i8), rolled: (i16, i8, i8)) -> Deadline {
        let clock = clock(facts, rule);
        assert_eq!(clock.due_nominal, date(nominal.0, nominal.1, nominal.2), "nominal");
        assert_eq!(clock.due_rolled, date(rolled.0, rolled.1, rolled.2), "rolled");
        clock
    }

    fn access(received: &str) -> Facts {
        facts(RequestType::Access, received)
    }

    fn delete(received: &str) -> Facts {
        facts(RequestType::Delete, received)
    }

    fn european(received: &str) -> Facts {
        let mut facts = Facts::new(Request::new(RequestType::Access), Regime::Eu, at(received), zone("Europe/Berlin"));
        facts.region = Some("test".to_owned());
        facts
    }

    fn californian(received: &str) -> Facts {
        Facts::new(Request::new(RequestType::Access), Regime::UsCa, at(received), zone("America/Los_Angeles"))
    }

    fn extend(facts: &mut Facts, notice: &str) {
        facts.extension = Some(Extension { notice_at: at(notice), days: 30 });
    }

    #[test]
    fn t01_plain_thirty_days() {
        let clock = check(&access("2026-03-10T10:00+08:00"), ClockRule::K30, (2026, 4, 9), (2026, 4, 9));
        assert!(!clock.incomplete);
    }

    #[test]
    fn t02_national_day_is_waited_for() {
        check(&access("2026-09-03T10:00+08:00"), ClockRule::K30, (2026, 10, 3), (2026, 10, 8));
    }

    #[test]
    fn t03_a_make_up_saturday_is_not_waited_for() {
        check(&access("2026-09-10T10:00+08:00"), ClockRule::K30, (2026, 10, 10), (2026, 10, 10));
    }

    #[test]
    fn t04_spring_festival_is_waited_for() {
        check(&access("2026-01-20T10:00+08:00"), ClockRule::K30, (2026, 2, 19), (2026, 2, 24));
    }

    #[test]
    fn t05_the_make_up_saturday_before_spring_festival() {
        check(&access("2026-01-15T10:00+08:00"), ClockRule::K30, (2026, 2, 14), (2026, 2, 14));
    }

    #[test]
    fn t06_a_make_up_sunday_is_not_waited_for() {
        check(&access("2026-08-21T10:00+08:00"), ClockRule::K30, (2026, 9, 20), (2026, 9, 20));
    }

    #[test]
    fn t07_labour_day_is_waited_for() {
        check(&access("2026-04-01T10:00+08:00"), ClockRule::K30, (2026, 5, 1), (2026, 5, 6));
    }

    #[test]
    fn t08_the_local_date_counts() {
        check(&access("2026-03-10T16:30Z"), ClockRule::K30, (2026, 4, 10), (2026, 4, 10));
    }

    #[test]
    fn t09_working_days_count_a_make_up_sunday() {
        check(&delete("2026-09-03T10:00+08:00"), ClockRule::K15w, (2026, 9, 23), (2026, 9, 23));
    }

    #[test]
    fn t10_working_days_skip_autumn_holidays() {
        check(&delete("2026-09-10T10:00+08:00"), ClockRule::K15w, (2026, 10, 8), (2026, 10, 8));
    }

    #[test]
    fn t11_working_days_skip_spring_festival() {
        check(&delete("2026-01-31T10:00+08:00"), ClockRule::K15w, (2026, 2, 27), (2026, 2, 27));
    }

    #[test]
    fn t12_for_a_deletion_the_working_days_bind() {
        let facts = delete("2026-11-23T10:00+08:00");
        check(&facts, ClockRule::K30, (2026, 12, 23), (2026, 12, 23));
        check(&facts, ClockRule::K15w, (2026, 12, 14), (2026, 12, 14));
        let clocks = clocks(&facts);
        assert_eq!(binding(&clocks).unwrap().rule, ClockRule::K15w);
    }

    #[test]
    fn t13_verification_starts_its_own_clock_and_pauses_none() {
        let mut facts = access("2026-03-10T10:00+08:00");
        assert!(clocks(&facts).iter().all(|clock| clock.rule != ClockRule::Kgb), "not verified yet");
        facts.id_request = Some(IdRequest { at: at("2026-03-11T10:00+08:00"), doubt: true });
        facts.verified_at = Some(at("2026-03-16T10:00+08:00"));
        check(&facts, ClockRule::K30, (2026, 4, 9), (2026, 4, 9));
        check(&facts, ClockRule::Kgb, (2026, 4, 15), (2026, 4, 15));
        assert_eq!(binding(&clocks(&facts)).unwrap().due_nominal, date(2026, 4, 9));
    }

    #[test]
    fn t14_a_complaint_about_the_carriage_has_seven_days() {
        let mut facts = facts(RequestType::Complaint, "2026-11-23T10:00+08:00");
        facts.request = facts.request.about(ComplaintAbout::ExpressService).unwrap();
        check(&facts, ClockRule::K7, (2026, 11, 30), (2026, 11, 30));
        assert_eq!(binding(&clocks(&facts)).unwrap().rule, ClockRule::K7);
    }

    #[test]
    fn t15_a_month_ends_on_its_last_day() {
        let mut facts = european("2026-01-31T10:00+01:00");
        check(&facts, ClockRule::Kg, (2026, 2, 28), (2026, 3, 2));
        extend(&mut facts, "2026-02-20T10:00+01:00");
        check(&facts, ClockRule::Kg, (2026, 4, 30), (2026, 4, 30));
    }

    #[test]
    fn t16_easter_monday_is_waited_for_where_it_is_a_holiday() {
        let facts = european("2026-03-05T10:00+01:00");
        let clock = check(&facts, ClockRule::Kg, (2026, 4, 5), (2026, 4, 6));
        assert!(clock.incomplete, "no calendar of public holidays");
        let mut calendars = Calendars::bundled().unwrap();
        let easter = "region = \"test\"\nyear = 2026\nsource = \"test\"\noff = [\"2026-04-06\"]\nwork = []\n";
        calendars.add(Calendar::parse(easter).unwrap());
        let clock = deadlines(&facts, &calendars).remove(0);
        assert_eq!((clock.due_nominal, clock.due_rolled), (date(2026, 4, 5), date(2026, 4, 7)));
        assert!(!clock.incomplete);
    }

    #[test]
    fn t17_an_extension_counts_months_from_the_start() {
        let mut facts = european("2026-08-31T10:00+02:00");
        check(&facts, ClockRule::Kg, (2026, 9, 30), (2026, 9, 30));
        extend(&mut facts, "2026-09-30T23:59:59+02:00");
        check(&facts, ClockRule::Kg, (2026, 11, 30), (2026, 11, 30));
    }

    #[test]
    fn t18_california_acknowledges_in_business_days() {
        let mut facts = californian("2026-11-23T10:00-08:00");
        let ack = check(&facts, ClockRule::KcAck, (2026, 12, 8), (2026, 12, 8));
        assert!(!ack.incomplete);
        let answer = check(&facts, ClockRule::KcAnswer, (2027, 1, 7), (2027, 1, 7));
        assert_eq!(answer.soft_due, at("2027-01-06T18:00-08:00")); // shown a day earlier (D16)
        extend(&mut facts, "2027-01-07T23:59:59-08:00");
        check(&facts, ClockRule::KcAnswer, (2027, 2, 21), (2027, 2, 21));
        assert_eq!(binding(&clocks(&facts)).unwrap().rule, ClockRule::KcAck);
    }

    #[test]
    fn t19_california_waits_for_no_weekend() {
        let mut facts = californian("2026-03-01T10:00-08:00");
        check(&facts, ClockRule::KcAnswer, (2026, 4, 15), (2026, 4, 15));
        extend(&mut facts, "2026-04-01T10:00-07:00");
        check(&facts, ClockRule::KcAnswer, (2026, 5, 30), (2026, 5, 30)); // a Saturday
    }

    #[test]
    fn a_reply_in_the_last_second_is_on_time_and_the_next_is_late() {
        let mut facts = access("2026-09-03T10:00+08:00");
        let mut judge = |reply: &str, lateness| {
            facts.replied_at = Some(at(reply));
            clock(&facts, ClockRule::K30).on_time(lateness)
        };
        assert_eq!(judge("2026-10-03T23:59:59+08:00", Lateness::Strict), Some(true));
        assert_eq!(judge("2026-10-04T00:00:00+08:00", Lateness::Strict), Some(false));
        assert_eq!(judge("2026-10-08T23:59:59+08:00", Lateness::CivilCode203), Some(true));
        assert_eq!(judge("2026-10-09T00:00:00+08:00", Lateness::CivilCode203), Some(false));
    }

    #[test]
    fn receipt_at_midnight_belongs_to_the_new_day() {
        assert_eq!(clock(&access("2026-03-10T23:59:59+08:00"), ClockRule::K30).due_nominal, date(2026, 4, 9));
        assert_eq!(clock(&access("2026-03-11T00:00:00+08:00"), ClockRule::K30).due_nominal, date(2026, 4, 10));
    }

    #[test]
    fn chinese_clocks_ignore_the_configured_zone() {
        let mut facts = access("2026-03-10T16:30Z");
        facts.zone = zone("America/New_York");
        assert_eq!(clock(&facts, ClockRule::K30).due_nominal, date(2026, 4, 10));
        assert_eq!(clock(&facts, ClockRule::K30).soft_due, at("2026-04-10T18:00+08:00"));
    }

    #[test]
    fn a_day_ends_at_local_midnight_also_when_clocks_change() {
        // California turns its clocks forward on 2026-03-08: the last day is 23 hours long
        let facts = californian("2026-01-22T10:00-08:00");
        let clock = clock(&facts, ClockRule::KcAnswer);
        assert_eq!((clock.due_nominal, clock.due_at), (date(2026, 3, 8), at("2026-03-09T07:00Z")));
    }

    #[test]
    fn a_deletion_is_done_when_it_was_checked_not_when_it_was_answered() {
        let mut facts = delete("2026-11-23T10:00+08:00");
        facts.replied_at = Some(at("2026-11-25T10:00+08:00"));
        assert!(clock(&facts, ClockRule::K15w).stopped.is_none());
        assert!(clock(&facts, ClockRule::K30).stopped.is_some());
        assert_eq!(next_due(&clocks(&facts)).unwrap().rule, ClockRule::K15w);
        facts.postcheck_at = Some(at("2026-12-15T00:00+08:00"));
        let stopped = clock(&facts, ClockRule::K15w);
        assert_eq!(stopped.stopped.unwrap().by, StoppedBy::PostCheck);
        assert_eq!(stopped.on_time(Lateness::Strict), Some(false));
        assert!(next_due(&clocks(&facts)).is_none());
    }

    #[test]
    fn a_refused_deletion_is_done_when_it_was_answered() {
        let mut facts = delete("2026-11-23T10:00+08:00");
        facts.replied_at = Some(at("2026-11-25T10:00+08:00"));
        facts.nothing_to_carry_out = true;
        assert_eq!(clock(&facts, ClockRule::K15w).stopped.unwrap().by, StoppedBy::Reply);
    }

    #[test]
    fn an_interim_reply_stops_the_thirty_days_only_while_identification_is_missing() {
        let mut facts = delete("2026-03-10T10:00+08:00");
        facts.interim_reply_at = Some(at("2026-04-08T10:00+08:00"));
        assert_eq!(clock(&facts, ClockRule::K30).stopped.unwrap().by, StoppedBy::InterimReply);
        assert!(clock(&facts, ClockRule::K15w).stopped.is_none(), "working days never pause");
        facts.verified_at = Some(at("2026-04-20T10:00+08:00")); // reopened: answered under GB/T 35273
        assert_eq!(clock(&facts, ClockRule::K30).stopped.unwrap().by, StoppedBy::InterimReply);
        assert!(clock(&facts, ClockRule::Kgb).stopped.is_none());
        facts.verified_at = Some(at("2026-04-01T10:00+08:00")); // verified before: it was no reply
        assert!(clock(&facts, ClockRule::K30).stopped.is_none());
    }

    #[test]
    fn a_withdrawn_request_stops_every_clock() {
        let mut facts = delete("2026-03-10T10:00+08:00");
        facts.ended_at = Some(at("2026-03-12T10:00+08:00"));
        assert!(clocks(&facts).iter().all(|clock| clock.stopped.is_some_and(|stop| stop.by == StoppedBy::Ended)));
    }

    #[test]
    fn only_the_clock_from_verification_is_extended_in_china() {
        let mut facts = delete("2026-03-10T10:00+08:00");
        facts.verified_at = Some(at("2026-03-16T10:00+08:00"));
        let before = clocks(&facts);
        extend(&mut facts, "2026-04-01T10:00+08:00");
        for (old, new) in before.iter().zip(clocks(&facts)) {
            let days = if old.rule == ClockRule::Kgb { 30 } else { 0 };
            assert_eq!(new.due_nominal, old.due_nominal.saturating_add(Span::new().days(days)), "{}", old.rule);
        }
        facts.extension = Some(Extension { notice_at: at("2026-04-01T10:00+08:00"), days: 31 });
        assert_eq!(clocks(&facts), before, "more than thirty days is no extension");
    }

    #[test]
    fn a_late_notice_extends_nothing_and_one_on_the_rolled_day_only_that() {
        let mut facts = european("2026-01-31T10:00+01:00"); // 28 February is a Saturday
        extend(&mut facts, "2026-03-02T23:59:59+01:00");
        let clock = check(&facts, ClockRule::Kg, (2026, 2, 28), (2026, 4, 30));
        assert_eq!(clock.extended, Extended::RolledOnly);
        extend(&mut facts, "2026-03-03T00:00:00+01:00");
        assert_eq!(check(&facts, ClockRule::Kg, (2026, 2, 28), (2026, 3, 2)).extended, Extended::TooLate);
    }

    #[test]
    fn an_extension_is_refused_with_its_reason() {
        let calendars = Calendars::bundled().unwrap();
        let taken = |notice: &str, days| Extension { notice_at: at(notice), days };
        let mut facts = delete("2026-03-10T10:00+08:00");
        let ask = |facts: &Facts, extension| check_extension(facts, extension, &calendars);
        assert_eq!(ask(&facts, taken("2026-03-12T10:00Z", 10)), Err(ExtensionRefused::NoSuchClock));
        facts.verified_at = Some(at("2026-03-16T10:00+08:00"));
        assert_eq!(ask(&facts, taken("2026-03-20T10:00Z", 10)), Ok(()));
        assert_eq!(ask(&facts, taken("2026-03-20T10:00Z", 31)), Err(ExtensionRefused::Days));
        let late = ask(&facts, taken("2026-04-16T00:00+08:00", 10));
        assert_eq!(late, Err(ExtensionRefused::TooLate(date(2026, 4, 15))));
        facts.extension = Some(taken("2026-03-20T10:00Z", 10));
        assert_eq!(ask(&facts, taken("2026-03-21T10:00Z", 10)), Err(ExtensionRefused::Twice));
    }

    #[test]
    fn gdpr_pauses_for_identification_asked_promptly_and_on_doubt() {
        let mut facts = european("2026-06-01T10:00+02:00"); // a Monday
        facts.id_request = Some(IdRequest { at: at("2026-06-03T10:00+02:00"), doubt: true });
        assert!(clock(&facts, ClockRule::Kg).paused);
        facts.verified_at = Some(at("2026-06-08T10:00+02:00"));
        assert_eq!(clock(&facts, ClockRule::Kg).due_nominal, date(2026, 7, 6)); // five days of waiting
        facts.id_request = Some(IdRequest { at: at("2026-06-03T10:00+02:00"), doubt: false });
        assert_eq!(clock(&facts, ClockRule::Kg).due_nominal, date(2026, 7, 1));
        facts.id_request = Some(IdRequest { at: at("2026-06-05T10:00+02:00"), doubt: true }); // four working days
        assert_eq!(clock(&facts, ClockRule::Kg).due_nominal, date(2026, 7, 1));
    }

    #[test]
    fn the_british_clock_begins_with_identification() {
        let mut facts = european("2026-06-01T10:00+01:00");
        (facts.regime, facts.zone) = (Regime::Uk, zone("Europe/London"));
        facts.id_request = Some(IdRequest { at: at("2026-06-03T10:00+01:00"), doubt: true });
        facts.verified_at = Some(at("2026-06-30T10:00+01:00"));
        assert_eq!(clock(&facts, ClockRule::Kg).due_nominal, date(2026, 7, 30));
    }

    #[test]
    fn asking_late_for_identification_is_the_controllers_delay() {
        let calendars = Calendars::bundled().unwrap();
        let mut facts = access("2026-09-30T10:00+08:00"); // eight days off follow: working days are 8, 9, 10 October
        facts.id_request = Some(IdRequest { at: at("2026-10-10T23:59:59+08:00"), doubt: true });
        assert!(!facts.asked_for_id_late(&calendars));
        facts.id_request = Some(IdRequest { at: at("2026-10-11T00:00:00+08:00"), doubt: true });
        assert!(facts.asked_for_id_late(&calendars));
    }

    #[test]
    fn each_request_has_the_clocks_of_the_matrix() {
        let names = |facts: &Facts| clocks(facts).iter().map(|c| c.rule.word()).collect::<Vec<_>>().join(" ");
        let plain = |request_type| names(&facts(request_type, "2026-03-10T10:00+08:00"));
        use RequestType as R;
        for right in [R::Access, R::Copy, R::Transfer, R::Explain] {
            assert_eq!(plain(right), "K30", "{right}");
        }
        for right in [R::Correct, R::Delete, R::CancelAccount, R::Restrict, R::Guardian, R::Deceased] {
            assert_eq!(plain(right), "K30 K15W", "{right}");
        }
        assert_eq!(plain(R::WithdrawConsent), "K30 K0");
        assert_eq!(plain(R::OptOut), "K30 K0");
        assert_eq!(plain(R::SenderDisclosure), "K30 K7S");
        assert_eq!(plain(R::Complaint), "K30 K15W K15D K7");
        let mut guardian = facts(R::Guardian, "2026-03-10T10:00+08:00");
        guardian.request = guardian.request.asking(R::Access).unwrap();
        assert_eq!(names(&guardian), "K30");
        let mut opt_out = californian("2026-03-10T10:00-07:00");
        opt_out.request = Request::new(R::OptOut);
        assert_eq!(names(&opt_out), "KC_OPT_OUT");
    }

    #[test]
    fn what_must_stop_at_once_is_due_on_the_day_of_receipt() {
        let mut facts = facts(RequestType::CancelAccount, "2026-10-03T10:00+08:00");
        facts.request = facts.request.automatic().unwrap();
        check(&facts, ClockRule::K0, (2026, 10, 3), (2026, 10, 3));
        assert_eq!(clock(&facts, ClockRule::K0).due_at, at("2026-10-04T00:00+08:00"));
    }

    #[test]
    fn a_minor_found_without_consent_has_72_hours_and_a_ceiling() {
        let mut facts = access("2026-11-23T10:00+08:00");
        facts.minor_found_at = Some(at("2026-11-24T09:30:00+08:00"));
        let clock = clock(&facts, ClockRule::Km72);
        assert_eq!((clock.due_at, clock.due_rolled_at), (at("2026-11-27T01:30Z"), at("2026-11-27T01:30Z")));
        check(&facts, ClockRule::K15w, (2026, 12, 14), (2026, 12, 14));
        facts.replied_at = Some(at("2026-11-25T10:00Z"));
        assert!(clocks(&facts).iter().any(|c| c.rule == ClockRule::K15w && c.stopped.is_none()));
    }

    #[test]
    fn a_missing_calendar_gives_the_earliest_date_and_says_so() {
        let clock = check(&delete("2027-09-27T10:00+08:00"), ClockRule::K15w, (2027, 10, 12), (2027, 10, 12));
        assert!(clock.incomplete);
        assert!(check(&access("2027-09-03T10:00+08:00"), ClockRule::K30, (2027, 10, 3), (2027, 10, 3)).incomplete);
    }

    #[test]
    fn days_used_are_local_calendar_days() {
        let facts = access("2026-03-10T23:59:59+08:00");
        assert_eq!(facts.days_used(at("2026-03-10T23:59:59+08:00")), 0);
        assert_eq!(facts.days_used(at("2026-03-11T00:00:00+08:00")), 1);
        assert_eq!(facts.days_used(at("2026-04-09T12:00:00+08:00")), 30);
    }

    #[test]
    fn a_duplicate_keeps_the_earlier_receipt() {
        let mut facts = access("2026-03-10T10:00+08:00");
        facts.merge_receipt(at("2026-03-12T10:00+08:00"));
        assert_eq!(facts.received_at, at("2026-03-10T10:00+08:00"));
        facts.merge_receipt(at("2026-03-09T10:00+08:00"));
        assert_eq!(facts.received_at, at("2026-03-09T10:00+08:00"));
    }

    #[test]
    fn rules_have_the_words_of_the_law() {
        for rule in ClockRule::ALL {
            assert_eq!(rule.word().parse(), Ok(rule));
            assert_eq!(serde_json::to_value(rule).unwrap(), rule.word());
        }
    }

    /// Days off and days worked in China in 2026, copied from LAW and counted here in a way of their own.
    fn naive_fifteenth_working_day(received: Date) -> Date {
        const OFF: [((i8, i8), (i8, i8)); 7] = [
            ((1, 1), (1, 3)),
            ((2, 15), (2, 23)),
            ((4, 4), (4, 6)),
            ((5, 1), (5, 5)),
            ((6, 19), (6, 21)),
            ((9, 25), (9, 27)),
            ((10, 1), (10, 7)),
        ];
        const WORK: [(i8, i8); 6] = [(1, 4), (2, 14), (2, 28), (5, 9), (9, 20), (10, 10)];
        let mut worked = 0;
        let mut day = received;
        while worked < 15 {
            day = day.tomorrow().unwrap();
            let md = (day.month(), day.day());
            let holiday = OFF.iter().any(|(from, to)| (*from..=*to).contains(&md));
            let weekday = day.weekday().to_monday_one_offset() <= 5;
            worked += i32::from(WORK.contains(&md) || (weekday && !holiday));
        }
        day
    }

    #[test]
    fn working_days_agree_with_a_naive_count_for_every_day_of_2026() {
        let mut day = date(2026, 1, 1);
        while day <= date(2026, 12, 9) {
            let received = day.at(12, 0, 0, 0).to_zoned_datetime(CN_ZONE).unwrap().timestamp();
            let facts = Facts::new(Request::new(RequestType::Delete), Regime::Cn, received, CN_ZONE);
            assert_eq!(clock(&facts, ClockRule::K15w).due_nominal, naive_fifteenth_working_day(day), "{day}");
            day = day.tomorrow().unwrap();
        }
    }

    /// Any request at any second of twelve years, with or without what may happen to it.
    fn any_facts() -> impl Strategy<Value = Facts> {
        let seconds = 1_577_836_800_i64..1_956_528_000;
        let later = || proptest::option::of(0..9_000_000_i64);
        let who = (0..RequestType::ALL.len(), 0..Regime::ALL.len());
        (who, seconds, later(), later(), later(), any::<bool>()).prop_map(
            |((right, regime), received, verified, noticed, minor, doubt)| {
                let after = |seconds: i64| Timestamp::from_second(received + seconds).unwrap();
                let request = Request::new(RequestType::ALL[right]);
                let mut facts = Facts::new(request, Regime::ALL[regime], after(0), zone("Europe/Berlin"));
                facts.verified_at = verified.map(after);
                facts.id_request = verified.map(|at| IdRequest { at: after(at / 2), doubt });
                facts.extension = noticed.map(|at| Extension { notice_at: after(at), days: 30 });
                facts.minor_found_at = minor.map(after);
                facts
            },
        )
    }

    proptest! {
        #[test]
        fn rolled_dates_never_come_first_and_the_binding_clock_never_last(facts in any_facts()) {
            let clocks = clocks(&facts);
            prop_assert!(!clocks.is_empty());
            let bound = binding(&clocks).unwrap();
            for clock in &clocks {
                prop_assert!(clock.due_rolled >= clock.due_nominal, "{}", clock.rule);
                prop_assert!(clock.due_rolled_at >= clock.due_at, "{}", clock.rule);
                prop_assert!(clock.due_at > clock.start, "{}", clock.rule);
                prop_assert!(clock.soft_due <= clock.due_at, "{}", clock.rule);
                prop_assert!(bound.due_at <= clock.due_at, "{}", clock.rule);
            }
        }

        #[test]
        fn who_asks_later_is_never_due_earlier(facts in any_facts(), seconds in 0..4_000_000_i64) {
            let mut early = facts;
            (early.verified_at, early.id_request, early.extension, early.minor_found_at) = (None, None, None, None);
            let mut late = early.clone();
            late.received_at = early.received_at + SignedDuration::from_secs(seconds);
            for (first, second) in clocks(&early).iter().zip(&clocks(&late)) {
                prop_assert_eq!(first.rule, second.rule);
                prop_assert!(first.due_nominal <= second.due_nominal, "{}", first.rule);
                prop_assert!(first.due_rolled <= second.due_rolled, "{}", first.rule);
            }
        }

        #[test]
        fn an_extension_never_brings_a_date_forward(facts in any_facts()) {
            let mut without = facts.clone();
            without.extension = None;
            for (plain, taken) in clocks(&without).iter().zip(&clocks(&facts)) {
                prop_assert!(taken.due_nominal >= plain.due_nominal && taken.due_rolled >= plain.due_rolled);
            }
        }
    }
}
