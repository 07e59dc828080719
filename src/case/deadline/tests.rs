//! The worked examples of LAW §3.2, the rules one by one, and what holds for every request.

use jiff::civil::date;
use proptest::prelude::*;

use super::{facts::CHINA, *};
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
    let mut answered = facts.clone();
    answered.replied_at = Some(at("2026-03-19T10:00Z"));
    assert_eq!(ask(&answered, taken("2026-03-20T10:00Z", 10)), Err(ExtensionRefused::NoSuchClock));
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
    use RequestType as R;
    let names = |facts: &Facts| clocks(facts).iter().map(|c| c.rule.word()).collect::<Vec<_>>().join(" ");
    let plain = |request_type| names(&facts(request_type, "2026-03-10T10:00+08:00"));
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
