//! When a request is due: every clock that applies, and which binds (LAW §3.1, D1–D17).
//!
//! Clocks never excuse: what is not known yet (a missing calendar, what a guardian wants) gives the earlier date.

use std::{fmt, str::FromStr};

use jiff::{
    Span, Timestamp,
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
    let first = facts.local_date(start.at);
    let pause = Span::new().days(start.paused_days);
    let roll = |date: Date| {
        if rule.rolls() { calendars.roll(facts.region(), date) } else { Counted { date, known: true } }
    };
    let counted = count(rule, first, facts, calendars);
    let mut nominal = counted.date.saturating_add(pause);
    let mut rolled = roll(nominal);
    let mut extended = Extended::No;
    if let Some(taken) = facts.extension
        && let Some(later) = rule.extended(first, nominal, &taken)
    {
        let later = if rule == ClockRule::Kgb { later } else { later.saturating_add(pause) };
        let in_time = |date| taken.notice_at < end_of(date, &zone);
        extended = match (in_time(nominal), in_time(rolled.date)) {
            (true, _) => Extended::Yes,
            (false, true) => Extended::RolledOnly,
            (false, false) => Extended::TooLate,
        };
        if extended == Extended::Yes {
            nominal = later;
        }
        if extended != Extended::TooLate {
            rolled = roll(later);
        }
    }
    let (due_at, due_rolled_at, soft_due) = match rule.length() {
        Length::Hours(hours) => {
            let due = start.at + jiff::SignedDuration::from_hours(hours);
            (due, due, due)
        }
        _ => (end_of(nominal, &zone), end_of(rolled.date, &zone), soft_due(rule, nominal, &zone)),
    };
    let stops_by = stops_by(rule, facts);
    Deadline {
        rule,
        start: start.at,
        due_nominal: nominal,
        due_rolled: rolled.date,
        due_at,
        due_rolled_at,
        soft_due,
        stops_by,
        stopped: stopped(rule, stops_by, facts),
        paused: start.paused,
        extended,
        incomplete: !(counted.known && rolled.known),
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
