//! A year of a thousand requests, and what their log should say, computed by the law's rules (LAW §3) from tables and
//! arithmetic that share nothing with `src/case`.

use std::collections::BTreeMap;

use droit::{
    case::{
        Body, CaseNumber, Channel, Decision, Event, Fingerprint, KeyId, Level, RefusalCode, Regime, Request,
        RequestType, RequesterType, TableCount, age::Band, deadline::ClockRule, request::ComplaintAbout,
    },
    casebook::Casebook,
};
use jiff::{
    Timestamp, ToSpan,
    civil::{Date, date},
    tz::{Offset, TimeZone},
};

/// Days off in China in 2026 that are weekdays, and weekend days that are worked (LAW §3.1).
const CHINA_OFF: [(i8, i8, i8); 7] =
    [(1, 1, 3), (2, 15, 23), (4, 4, 6), (5, 1, 5), (6, 19, 21), (9, 25, 27), (10, 1, 7)];
const CHINA_WORK: [(i8, i8); 6] = [(1, 4), (2, 14), (2, 28), (5, 9), (9, 20), (10, 10)];
/// Federal holidays of the United States in 2026 as observed.
const US_OFF: [(i8, i8); 11] =
    [(1, 1), (1, 19), (2, 16), (5, 25), (6, 19), (7, 3), (9, 7), (10, 12), (11, 11), (11, 26), (12, 25)];

fn china_works(day: Date) -> bool {
    assert_eq!(day.year(), 2026, "the year ends before its clocks do");
    if CHINA_WORK.contains(&(day.month(), day.day())) {
        return true;
    }
    let off =
        CHINA_OFF.iter().any(|(month, first, last)| day.month() == *month && (*first..=*last).contains(&day.day()));
    !off && day.weekday().to_monday_one_offset() <= 5
}

fn us_works(day: Date) -> bool {
    assert_eq!(day.year(), 2026);
    !US_OFF.contains(&(day.month(), day.day())) && day.weekday().to_monday_one_offset() <= 5
}

fn after(day: Date, working: u32, works: fn(Date) -> bool) -> Date {
    let mut day = day;
    let mut left = working;
    while left > 0 {
        day = day.tomorrow().unwrap();
        left -= u32::from(works(day));
    }
    day
}

fn rolled(day: Date, works: fn(Date) -> bool) -> Date {
    let mut day = day;
    while !works(day) {
        day = day.tomorrow().unwrap();
    }
    day
}

/// One month later: the same day number, or the last one of a shorter month.
fn months_later(day: Date, months: i8) -> Date {
    let (year, month) =
        if day.month() + months > 12 { (2027, day.month() + months - 12) } else { (2026, day.month() + months) };
    let lengths = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
    date(year, month, day.day().min(lengths[usize::try_from(month).unwrap() - 1]))
}

pub(super) const ZONE: Offset = Offset::constant(8);

fn at(day: Date, second: i64) -> Timestamp {
    day.to_zoned_datetime(TimeZone::fixed(ZONE)).unwrap().timestamp() + second.seconds()
}

fn local(at: Timestamp) -> Date {
    at.to_zoned_datetime(TimeZone::fixed(ZONE)).date()
}

/// How a story ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum End {
    Open,
    Answered(Decision),
    Interim,
    InterimThenAnswered,
    Withdrawn,
    Merged,
}

/// What happens to one request.
#[derive(Clone, Debug)]
pub(super) struct Story {
    pub(super) number: CaseNumber,
    right: RequestType,
    inner: Option<RequestType>,
    about: Option<ComplaintAbout>,
    regime: Regime,
    pub(super) received: Timestamp,
    pub(super) end: End,
    /// Days from receipt to the reply
    reply_after: i64,
    interim_after: i64,
    /// When the stored data was checked to be changed
    done_after: Option<i64>,
    extended: bool,
    refusal: Option<RefusalCode>,
    age: Option<Band>,
    failed: u32,
    /// Days between asking for identification on reasonable doubt and getting it (European Union)
    paused: Option<i64>,
    acknowledged: Option<i64>,
    pub(super) complained: bool,
    /// What was removed was never proven gone
    unproven: bool,
}

/// What the log should say of a story.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Expected {
    pub(super) due: Date,
    pub(super) rolled: Date,
    pub(super) clock: &'static str,
    pub(super) days: Option<i64>,
    pub(super) on_time: Option<bool>,
    pub(super) on_time_rolled: Option<bool>,
    pub(super) decision: Option<&'static str>,
    /// `open`, `answered`, `interim` or `ended`
    pub(super) class: &'static str,
}

/// What stops a clock.
#[derive(Clone, Copy, PartialEq)]
enum Stops {
    Reply,
    /// The reply, and an interim one too
    ReplyOrInterim,
    Done,
    Acknowledged,
}

/// A generator that gives the same year each time.
struct Dice(u64);

impl Dice {
    fn below(&mut self, bound: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % bound
    }

    fn days(&mut self, least: i64, most: i64) -> i64 {
        least + i64::try_from(self.below(u64::try_from(most - least + 1).unwrap())).unwrap()
    }

    fn one_in(&mut self, times: u64) -> bool {
        self.below(times) == 0
    }
}

/// The instant at which the log of the year is made.
pub(super) fn year_end() -> Timestamp {
    at(date(2026, 11, 23), 10 * 3600)
}

/// `count` stories, received from January to the middle of November.
pub(super) fn stories(count: usize) -> Vec<Story> {
    let mut dice = Dice(20_260_101);
    let mut stories: Vec<Story> = (0..count).map(|at| story(at, &mut dice)).collect();
    // cases of a day are numbered as they come
    let mut order: Vec<usize> = (0..count).collect();
    order.sort_by_key(|at| stories[*at].received);
    let mut serials: BTreeMap<Date, u16> = BTreeMap::new();
    for at in order {
        let day = stories[at].day();
        let serial = serials.entry(day).or_default();
        *serial += 1;
        stories[at].number = CaseNumber::new(day, *serial).unwrap();
    }
    stories
}

/// Puts the stories on record, each step at its time.
pub(super) fn tell(stories: &[Story], book: &mut Casebook) {
    let steps = stories.iter().flat_map(|story| story.steps().into_iter().map(move |(at, step)| (at, story, step)));
    let mut steps: Vec<_> = steps.collect();
    steps.sort_by_key(|(at, story, _)| (*at, story.received));
    for (at, story, step) in steps {
        match step {
            Step::Opens => story.open(book),
            Step::Has(event) => drop(book.append(at, "wang", story.number, event, None).unwrap()),
            Step::IsErased => erased(story, at, book),
        }
    }
}

/// A step of a story.
enum Step {
    Opens,
    Has(Event),
    IsErased,
}

fn story(nth: usize, dice: &mut Dice) -> Story {
    let right = RequestType::ALL[nth % RequestType::ALL.len()];
    let day = date(2026, 1, 1) + dice.days(0, 318).days();
    // one in nine within a second of midnight
    let second = if dice.one_in(9) { [0, 86_399][nth % 2] } else { dice.days(0, 86_399) };
    let regime = match dice.below(10) {
        0 => Regime::Eu,
        1 => Regime::UsCa,
        _ => Regime::Cn,
    };
    let inner = right.is_on_behalf().then(|| [RequestType::Access, RequestType::Delete][nth / 14 % 2]);
    let about = (right == RequestType::Complaint)
        .then(|| [Some(ComplaintAbout::PersonalInformation), Some(ComplaintAbout::ExpressService), None][nth / 14 % 3])
        .flatten();
    let end = match dice.below(20) {
        0 | 1 => End::Open,
        2 => End::Withdrawn,
        3 => End::Merged,
        4 => End::Interim,
        5 => End::InterimThenAnswered,
        6 | 7 => End::Answered(Decision::Denied),
        8 | 9 => End::Answered(Decision::Partial),
        10 => End::Answered(Decision::NoData),
        _ => End::Answered(Decision::Fulfilled),
    };
    let reply_after = match dice.below(6) {
        0 => dice.days(25, 70),
        1 => dice.days(29, 36), // around the promise, where holidays count
        _ => dice.days(0, 31),
    };
    let interim_after = dice.days(1, 34);
    let mut story = Story {
        number: CaseNumber::new(day, 1).unwrap(),
        right,
        inner,
        about,
        regime,
        received: at(day, second),
        end,
        reply_after: if end == End::InterimThenAnswered { interim_after + 1 + reply_after % 20 } else { reply_after },
        interim_after,
        done_after: dice.one_in(2).then(|| reply_after - dice.days(0, reply_after)),
        extended: regime == Regime::Eu && dice.one_in(3),
        refusal: (end == End::Answered(Decision::Denied)).then(|| {
            [RefusalCode::Ret, RefusalCode::Live, RefusalCode::Tpr, RefusalCode::Abu, RefusalCode::Sec][nth % 5]
        }),
        age: [None, Some(Band::Child), Some(Band::Youth), Some(Band::Adult)][usize::try_from(dice.below(4)).unwrap()],
        failed: if dice.one_in(12) { 2 } else { 0 },
        paused: (regime == Regime::Eu && dice.one_in(2)).then(|| dice.days(1, 6)),
        acknowledged: dice.one_in(2).then(|| dice.days(0, 20)),
        complained: dice.one_in(15),
        unproven: dice.one_in(5),
    };
    // what waits for the identity comes after it; a reply that says so comes before it
    story.paused = story.paused.filter(|_| !matches!(story.end, End::Interim | End::InterimThenAnswered));
    let known = story.paused.unwrap_or(0);
    story.reply_after = story.reply_after.max(known);
    story.done_after = story.done_after.map(|days| days.max(known));
    // whatever came last is answered soon and removed, and waits for its proof when the log is made
    if day >= date(2026, 11, 1) && matches!(story.end, End::Answered(_)) {
        story.reply_after = (story.reply_after % 6).max(known);
        (story.unproven, story.done_after) = (true, Some(story.reply_after));
    }
    story
}

impl Story {
    fn day(&self) -> Date {
        local(self.received)
    }

    fn later(&self, days: i64) -> Timestamp {
        self.received + (days * 86_400).seconds()
    }

    /// What is to be done in the end.
    fn action(&self) -> RequestType {
        self.inner.unwrap_or(self.right)
    }

    /// Whether it has happened when the log is made.
    fn happens(&self, days: i64) -> bool {
        self.later(days) <= year_end()
    }

    fn reply(&self) -> Option<(Timestamp, Decision)> {
        let decision = match self.end {
            End::Answered(decision) => decision,
            End::InterimThenAnswered => Decision::Fulfilled,
            _ => return None,
        };
        self.happens(self.reply_after).then(|| (self.later(self.reply_after), decision))
    }

    fn interim(&self) -> Option<Timestamp> {
        let bridged = matches!(self.end, End::Interim | End::InterimThenAnswered) && self.happens(self.interim_after);
        bridged.then(|| self.later(self.interim_after))
    }

    fn ended(&self) -> Option<Timestamp> {
        let ends = matches!(self.end, End::Withdrawn | End::Merged) && self.happens(self.reply_after);
        ends.then(|| self.later(self.reply_after))
    }

    /// Something was really changed: only what is to be changed can be.
    fn done(&self) -> Option<Timestamp> {
        self.removed().filter(|_| !self.unproven)
    }

    /// When something was removed.
    fn removed(&self) -> Option<Timestamp> {
        let changed = matches!(self.end, End::Answered(Decision::Fulfilled | Decision::Partial));
        let days = self.done_after.filter(|days| changed && self.happens(*days) && self.happens(self.reply_after))?;
        Some(self.later(days))
    }

    /// When the requester was identified, if ever.
    fn identified(&self) -> Option<Timestamp> {
        if let Some(days) = self.paused {
            return self.happens(days).then(|| self.later(days));
        }
        match self.end {
            // identified after the interim reply, on the way to the answer
            End::InterimThenAnswered => self.reply().map(|(at, _)| at - 60.seconds()),
            End::Interim => None,
            _ => Some(self.received),
        }
    }

    /// Every clock that applies with its last days and what stops it.
    fn clocks(&self) -> Vec<(&'static str, Date, Date, Stops)> {
        use RequestType as R;
        let day = self.day();
        let days = |count: i64| day + count.days();
        let china = |due: Date| rolled(due, china_works);
        match self.regime {
            Regime::Eu | Regime::Uk => {
                let pause = self.identified().and(self.paused).unwrap_or(0);
                let months = if self.extended && self.extension_counts() { 3 } else { 1 };
                let due = months_later(day, months) + pause.days();
                let weekday = |day: Date| day.weekday().to_monday_one_offset() <= 5; // no calendar of holidays is named
                return vec![("KG", due, rolled(due, weekday), Stops::Reply)];
            }
            Regime::UsCa if matches!(self.action(), R::OptOut | R::WithdrawConsent) => {
                let due = after(day, 15, us_works);
                return vec![("KC_OPT_OUT", due, due, Stops::Done)];
            }
            Regime::UsCa => {
                let (ack, answer) = (after(day, 10, us_works), days(45));
                return vec![("KC_ACK", ack, ack, Stops::Acknowledged), ("KC_ANSWER", answer, answer, Stops::Reply)];
            }
            Regime::Cn => {}
        }
        let mut clocks = vec![("K30", days(30), china(days(30)), Stops::ReplyOrInterim)];
        let working = after(day, 15, china_works);
        match self.action() {
            R::Correct | R::Delete | R::CancelAccount | R::Restrict => {
                clocks.push(("K15W", working, working, Stops::Done));
            }
            R::WithdrawConsent | R::OptOut => clocks.push(("K0", day, day, Stops::Done)),
            R::SenderDisclosure => clocks.push(("K7S", days(7), china(days(7)), Stops::Reply)),
            R::Complaint => {
                if self.about != Some(ComplaintAbout::ExpressService) {
                    clocks.push(("K15D", days(15), china(days(15)), Stops::Reply));
                    clocks.push(("K15W", working, working, Stops::Reply));
                }
                if self.about != Some(ComplaintAbout::PersonalInformation) {
                    clocks.push(("K7", days(7), china(days(7)), Stops::Reply));
                }
            }
            _ => {}
        }
        clocks
    }

    /// Notice is sent on day 20, so it counts whenever it was sent before the log is made and the request still ran.
    fn extension_counts(&self) -> bool {
        let settled = self.reply().map(|(at, _)| at).or(self.ended()).or(self.interim());
        self.happens(20)
            && settled.is_none_or(|at| at > self.later(20))
            && self.identified().is_none_or(|at| at <= self.later(20))
    }

    fn stopped(&self, stops: Stops) -> Option<Timestamp> {
        let (reply, interim, ended) = (self.reply(), self.interim(), self.ended());
        // what was removed is done when it is proven gone; where nothing was, with the answer
        let nothing_to_do = reply.filter(|_| self.removed().is_none());
        let replied = reply.map(|(at, _)| at);
        let acknowledged = self.acknowledged.filter(|days| self.acknowledges(*days)).map(|days| self.later(days));
        let own = match stops {
            Stops::Reply => replied,
            Stops::ReplyOrInterim => replied.into_iter().chain(interim).min(),
            Stops::Done => self.done().or(nothing_to_do.map(|(at, _)| at)),
            Stops::Acknowledged => replied.into_iter().chain(acknowledged).min(),
        };
        own.into_iter().chain(ended).min()
    }

    pub(super) fn expected(&self) -> Expected {
        let clocks = self.clocks();
        let least = |clock: &&(&'static str, Date, Date, Stops)| (clock.1, clock.2);
        let (clock, due, late_due, stops) = *clocks.iter().min_by_key(least).unwrap();
        let (reply, interim, ended) = (self.reply(), self.interim(), self.ended());
        let replied = reply.map(|(at, _)| at);
        let stopped = self.stopped(stops);
        let judge = |due: Date| match stopped {
            Some(at) => Some(local(at) <= due),
            None => (local(year_end()) > due).then_some(false),
        };
        // what nobody has answered is late by whichever clock still runs, and never in time
        let is_open = (reply, interim, ended) == (None, None, None);
        let running: Vec<_> = clocks.iter().filter(|clock| is_open && self.stopped(clock.3).is_none()).collect();
        let judge = |due: Date, each: fn(&(&'static str, Date, Date, Stops)) -> Date| {
            let late = running.iter().any(|clock| local(year_end()) > each(clock));
            if late { Some(false) } else { judge(due).filter(|met| !met || running.is_empty()) }
        };
        let bridged = stops == Stops::ReplyOrInterim && interim.is_some() && stopped == interim;
        let (class, decision) = match (reply, interim, ended) {
            (_, _, Some(_)) => ("ended", Some(if self.end == End::Merged { "MERGED" } else { "WITHDRAWN" })),
            (Some((_, decision)), _, _) => (if bridged { "interim" } else { "answered" }, Some(decision.word())),
            (None, Some(_), _) => ("interim", Some("UNVERIFIED")),
            (None, None, None) => ("open", None),
        };
        let settled = replied.or(interim).or(ended);
        let days = settled.map(|at| i64::from((local(at) - self.day()).get_days()));
        Expected {
            due,
            rolled: late_due,
            clock,
            days,
            on_time: judge(due, |clock| clock.1),
            on_time_rolled: judge(late_due, |clock| clock.2),
            decision,
            class,
        }
    }

    /// Receipt is confirmed only while the request waits for nothing else.
    fn acknowledges(&self, days: i64) -> bool {
        days == 0 && self.regime == Regime::UsCa && self.happens(days)
    }

    pub(super) fn is_refused_by(&self) -> Option<RefusalCode> {
        self.reply().and(self.refusal)
    }

    pub(super) fn age(&self) -> Option<Band> {
        self.identified().filter(|at| *at <= year_end()).and(self.age)
    }

    pub(super) fn failed(&self) -> u32 {
        if self.end == End::Interim && self.interim().is_some() { self.failed } else { 0 }
    }

    pub(super) fn right(&self) -> RequestType {
        self.right
    }

    pub(super) fn received_on(&self) -> Date {
        self.day()
    }

    pub(super) fn is_extended(&self) -> bool {
        self.extended && self.extension_counts()
    }

    /// Whether the binding clock runs late, or another one of a request that nobody has answered.
    pub(super) fn runs_late(&self) -> bool {
        let (clocks, open) = (self.clocks(), self.expected().class == "open");
        let binding = clocks.iter().min_by_key(|clock| (clock.1, clock.2)).unwrap();
        let judged = clocks.iter().filter(|clock| open || (clock.0, clock.1) == (binding.0, binding.1));
        judged.into_iter().any(|clock| self.stopped(clock.3).is_none() && local(year_end()) > clock.1)
    }

    /// Whether the person complained after the answer.
    pub(super) fn complains(&self) -> bool {
        self.complained && self.reply().is_some()
    }

    /// All that happens, and when.
    fn steps(&self) -> Vec<(Timestamp, Step)> {
        let mut steps = vec![(self.received, Step::Opens)];
        self.identify(&mut steps);
        self.finish(&mut steps);
        steps
    }

    fn open(&self, book: &mut Casebook) {
        let mut request = Request::new(self.right);
        if let Some(inner) = self.inner {
            request = request.asking(inner).unwrap();
        }
        if let Some(about) = self.about {
            request = request.about(about).unwrap();
        }
        let subject = book.new_subject();
        let opened = Event::Opened {
            subject,
            request,
            regime: self.regime,
            channel: Channel::ALL[usize::try_from(self.received.as_second() % 7).unwrap()],
            requester: RequesterType::Subject,
            received_at: self.received,
            scope: vec![],
            policy_version: Some("2026-01".into()),
            linked: vec![],
            due: vec![],
        };
        let body = Body { name: Some("Zhang-secret".into()), ..Body::text("Zhang-secret asks") };
        let (number, _) = book.open_case(self.received, "wang", self.day(), opened, Some(&body)).unwrap();
        assert_eq!(number, self.number);
    }

    fn identify(&self, steps: &mut Vec<(Timestamp, Step)>) {
        let mut record = |at: Timestamp, event: Event| steps.push((at, Step::Has(event)));
        if let Some(days) = self.acknowledged.filter(|days| self.acknowledges(*days)) {
            record(self.received, Event::Acknowledged { sent_at: self.later(days), channel: Channel::Email });
        }
        if self.paused.is_some() {
            record(self.received, Event::IdRequested { sent_at: self.received, level: Level::L3, doubt: true });
        }
        for _ in 0..self.failed() {
            record(self.received, Event::IdentityFailed { level: Level::L2, method: "otp".into() });
        }
        if let Some(sent_at) = self.interim() {
            if self.failed() == 0 && self.paused.is_none() {
                record(self.received, Event::IdRequested { sent_at: self.received, level: Level::L3, doubt: false });
            }
            record(sent_at, answered(Decision::Unverified, true, sent_at));
        }
        if self.end == End::InterimThenAnswered && self.interim().is_some() && self.identified().is_some() {
            record(self.later(self.interim_after), Event::Reopened { due: vec![] });
        }
        let known = self.identified().filter(|at| *at <= year_end());
        if let Some(at) = known.filter(|_| self.end != End::Interim || self.interim().is_none()) {
            record(
                at,
                Event::Identified { level: Level::L3, method: "otp+waybill".into(), age: self.age, due: vec![] },
            );
        }
    }

    fn finish(&self, steps: &mut Vec<(Timestamp, Step)>) {
        if self.is_extended() {
            let notice_at = self.later(20);
            let event = Event::Extended { clock: ClockRule::Kg, days: 0, notice_at, due: vec![] };
            steps.push((notice_at, Step::Has(event)));
        }
        if let Some(at) = self.removed() {
            steps.push((at, Step::IsErased));
        }
        let mut record = |at: Timestamp, event: Event| steps.push((at, Step::Has(event)));
        if let Some((at, decision)) = self.reply() {
            if let Some(code) = self.refusal {
                record(at, Event::Refused { code, law: "LAW-OF-THE-REFUSAL".into() });
            }
            record(at, answered(decision, false, at));
            if self.complained {
                record(at, Event::Complained { at });
            }
        }
        if let Some(at) = self.ended() {
            let event = match self.end {
                End::Merged => Event::Merged { into: CaseNumber::new(self.day(), 1).unwrap() },
                _ => Event::Withdrawn {},
            };
            record(at, event);
        }
    }
}

fn answered(decision: Decision, interim: bool, sent_at: Timestamp) -> Event {
    Event::Answered {
        decision,
        interim,
        sent_at,
        channel: Channel::Letter,
        reply: Fingerprint::new([0xab; 32]),
        remedies_given: decision != Decision::Fulfilled,
        law: None,
        by_hand: true,
    }
}

/// A change that is carried out and proven.
fn erased(story: &Story, at: Timestamp, book: &mut Casebook) {
    let intent = 1_000_000 + book.head().unwrap().number;
    let mut key = [0; 16];
    key[..8].copy_from_slice(&intent.to_be_bytes());
    let plan = Fingerprint::new([1; 32]);
    let count = TableCount { table: "orders".into(), what: "deleted".into(), rows: 3 };
    let events = [
        Event::IntentOpened { intent, plan, database: "shop".into(), key: KeyId::new(key), windows: 0, work: plan },
        Event::Committing { intent },
        Event::Committed { intent },
        Event::Removed { intent, tables: vec![count], kept: vec![] },
        Event::Proven { certificate: plan },
    ];
    let steps = if story.unproven { 4 } else { 5 };
    for event in events.into_iter().take(steps) {
        book.append(at, "wang", story.number, event, None).unwrap();
    }
}
