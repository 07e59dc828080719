use jiff::civil::date;

use super::*;

fn map() -> Classified {
    Classified {
        controller: "".into(),
        time_zone: "Asia/Shanghai".into(),
        persons: Vec::new(),
        tables: Vec::new(),
        order: Vec::new(),
        minors: None,
        disclosures: None,
        consents: Vec::new(),
        subscriptions: Vec::new(),
        map_fingerprint: String::new(),
        schema_fingerprint: String::new(),
        parts: std::collections::BTreeMap::new(),
    }
}

fn rules(map: &Classified, thresholds: Thresholds) -> Minors<'_> {
    let day = date(2026, 11, 23);
    Minors { map, thresholds, day, as_of: day, zone: TimeZone::UTC }
}

fn born(day: Date) -> Signs {
    Signs { declared: Ok(day), papers: None, collected: Collected::On(date(2026, 1, 1)) }
}

fn aged(thresholds: Thresholds, signs: &Signs) -> Option<Aged> {
    rules(&map(), thresholds).by_age(signs)
}

#[test]
fn a_birthday_counts_on_the_day_after() {
    // LAW §3.3: born 2012-11-23 is still below 14 on 2026-11-23
    assert_eq!(aged(Thresholds::CHINA, &born(date(2012, 11, 23))), Some(Aged::Child));
    assert_eq!(aged(Thresholds::CHINA, &born(date(2012, 11, 22))), Some(Aged::Youth));
    assert_eq!(aged(Thresholds::CHINA, &born(date(2008, 11, 23))), Some(Aged::Youth));
    assert_eq!(aged(Thresholds::CHINA, &born(date(2008, 11, 22))), Some(Aged::AdultNow));
}

#[test]
fn bands_are_those_of_the_regime() {
    let thirteen = born(date(2013, 1, 1));
    assert_eq!(aged(Thresholds::CHINA, &thirteen), Some(Aged::Child));
    assert_eq!(aged(Thresholds::CCPA, &thirteen), Some(Aged::Youth));
    assert_eq!(aged(Thresholds::gdpr(Some("DE")), &thirteen), Some(Aged::Child));
    let of_age = Signs { collected: Collected::On(date(2026, 6, 1)), ..born(date(2013, 1, 1)) };
    assert_eq!(aged(Thresholds::COPPA, &of_age), None);
}

#[test]
fn an_adult_whose_data_was_collected_from_a_minor_is_reported_and_one_whose_was_not_is_left_alone() {
    let signs = |collected| Signs { declared: Ok(date(2000, 1, 1)), papers: None, collected };
    assert_eq!(aged(Thresholds::CHINA, &signs(Collected::On(date(2017, 12, 31)))), Some(Aged::AdultNow));
    assert_eq!(aged(Thresholds::CHINA, &signs(Collected::On(date(2018, 1, 2)))), None);
    assert_eq!(aged(Thresholds::CHINA, &signs(Collected::Unreadable)), Some(Aged::Decided(Outcome::UnknownCollection)));
    assert_eq!(aged(Thresholds::CHINA, &signs(Collected::NotMapped)), None);
}

#[test]
fn papers_win_where_nothing_was_declared_and_contradictions_go_to_a_person() {
    let child = date(2014, 1, 1);
    let unknown = Signs { declared: Err(NoAge::Zero), papers: Some(child), collected: Collected::NotMapped };
    assert_eq!(aged(Thresholds::CHINA, &unknown), Some(Aged::Child));
    for (declared, papers) in [(child, date(1990, 1, 1)), (date(1990, 1, 1), child)] {
        let signs = Signs { declared: Ok(declared), papers: Some(papers), collected: Collected::NotMapped };
        assert_eq!(aged(Thresholds::CHINA, &signs), Some(Aged::Decided(Outcome::SignalsDiffer)));
    }
    let nothing = Signs { declared: Err(NoAge::Impossible), papers: None, collected: Collected::NotMapped };
    let reported = Some(Aged::Decided(Outcome::UnknownAge(NoAge::Impossible)));
    assert_eq!(aged(Thresholds::CHINA, &nothing), reported);
}

#[test]
fn only_a_child_of_whom_no_consent_says_anything_is_purged() {
    let map = map();
    let rules = rules(&map, Thresholds::CHINA);
    let all = Consent::Valid(BTreeSet::from(["all".to_owned()]));
    let told = |aged: Aged| [&Consent::None, &Consent::Late, &all].map(|consent| rules.decide(aged.clone(), consent));
    assert_eq!(told(Aged::Child), [Some(Outcome::Purge), Some(Outcome::LateConsent), None]);
    assert_eq!(told(Aged::Youth), [Some(Outcome::MayRatify), Some(Outcome::LateConsent), None]);
    assert_eq!(told(Aged::AdultNow), [Some(Outcome::AdultNow), Some(Outcome::AdultNow), None]);
}
