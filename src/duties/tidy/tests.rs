use jiff::tz::TimeZoneDatabase;

use super::*;

fn at(text: &str) -> Timestamp {
    format!("{text}+08:00").parse().unwrap()
}

fn judged_with(facts: &Facts, keep: &Keep, backups: &str, now: &str) -> Result<Why, Needed> {
    let zone = TimeZoneDatabase::bundled().get("Asia/Shanghai").unwrap();
    judge(facts, keep, backups.parse().unwrap(), at(now), &zone)
}

fn judged(facts: &Facts, now: &str) -> Result<Why, Needed> {
    judged_with(facts, &Keep::default(), "90 days", now)
}

fn case() -> CaseFacts {
    CaseFacts {
        ended: Some(at("2026-11-23T10:00:00")),
        proof: Proof::Proven,
        changed: Some(at("2026-11-20T10:00:00")),
        waits: false,
        held: false,
        restricts: false,
        unsettled: false,
    }
}

fn intent(state: IntentState, proofs: &[(Proof, Option<Timestamp>)], run: Option<bool>) -> Facts {
    Facts::Intent { state, proofs: proofs.to_vec(), run }
}

#[test]
fn three_years_after_its_end_a_case_key_is_due_on_the_next_day() {
    let facts = Facts::Case(case());
    assert_eq!(judged(&facts, "2029-11-23T23:59:59"), Err(Needed::Period));
    assert_eq!(judged(&facts, "2029-11-24T00:00:00"), Ok(Why::CaseEnded));
    let open = Facts::Case(CaseFacts { ended: None, ..case() });
    assert_eq!(judged(&open, "2099-01-01T00:00:00"), Err(Needed::Goes));
}

#[test]
fn whatever_still_needs_a_case_key_keeps_it_for_good() {
    for (facts, needed) in [
        (CaseFacts { waits: true, ..case() }, Needed::Waits),
        (CaseFacts { proof: Proof::Pending, ..case() }, Needed::Proof),
        (CaseFacts { held: true, ..case() }, Needed::Hold),
        (CaseFacts { restricts: true, ..case() }, Needed::Restriction),
        (CaseFacts { unsettled: true, ..case() }, Needed::Unsettled),
    ] {
        assert_eq!(judged(&Facts::Case(facts), "2099-01-01T00:00:00"), Err(needed));
    }
    for proof in [Proof::NotNeeded, Proof::NotProvable] {
        assert_eq!(judged(&Facts::Case(CaseFacts { proof, ..case() }), "2029-11-24T00:00:00"), Ok(Why::CaseEnded));
    }
}

#[test]
fn a_case_key_outlives_the_backups_that_would_have_to_be_cleaned_again() {
    let keep = Keep { case_keys: "1 day".parse().unwrap(), ..Keep::default() };
    let facts = Facts::Case(case());
    assert_eq!(judged_with(&facts, &keep, "90 days", "2027-02-18T12:00:00"), Err(Needed::Period));
    assert_eq!(judged_with(&facts, &keep, "90 days", "2027-02-19T00:00:00"), Ok(Why::CaseEnded));
    let unchanged = Facts::Case(CaseFacts { changed: None, ..case() });
    assert_eq!(judged_with(&unchanged, &keep, "90 days", "2026-11-25T00:00:00"), Ok(Why::CaseEnded));
}

#[test]
fn an_intents_key_is_due_when_nothing_can_need_its_work_list() {
    use IntentState::{Abandoned, Committed, Committing, Open, Removed};
    let now = "2026-12-23T09:59:59";
    let told = |proof| vec![(proof, Some(at("2026-11-23T10:00:00")))];
    for state in [Open, Committing, Committed] {
        assert_eq!(judged(&intent(state, &[], None), now), Err(Needed::Unsettled), "{state}");
    }
    assert_eq!(judged(&intent(Abandoned, &[], None), now), Ok(Why::Abandoned));
    assert_eq!(judged(&intent(Removed, &[], None), now), Ok(Why::NothingToProve));
    assert_eq!(judged(&intent(Removed, &told(Proof::Pending), None), now), Err(Needed::Proof));
    assert_eq!(judged(&intent(Removed, &told(Proof::Proven), None), now), Ok(Why::Proven));
    let not_provable = intent(Removed, &told(Proof::NotProvable), None);
    assert_eq!(judged(&not_provable, now), Err(Needed::Proof));
    assert_eq!(judged(&not_provable, "2026-12-23T10:00:00"), Ok(Why::NotProvable));
}

#[test]
fn the_key_of_a_purges_step_waits_for_the_purge_and_for_all_its_cases() {
    let now = "2027-11-23T10:00:00";
    let step = |proofs: &[(Proof, Option<Timestamp>)], ended| intent(IntentState::Removed, proofs, Some(ended));
    assert_eq!(judged(&step(&[], false), now), Err(Needed::Goes));
    assert_eq!(judged(&step(&[], true), now), Ok(Why::RunEnded));
    let (proven, pending) = ((Proof::Proven, None), (Proof::Pending, None));
    assert_eq!(judged(&step(&[proven, pending], true), now), Err(Needed::Proof));
    assert_eq!(judged(&step(&[proven, proven], true), now), Ok(Why::Proven));
    let told = (Proof::NotProvable, Some(at("2026-11-23T10:00:00")));
    assert_eq!(judged(&step(&[proven, told], true), now), Ok(Why::NotProvable));
}

#[test]
fn a_corrected_value_is_kept_until_no_older_backup_is_left() {
    let corrected = |changed: Option<&str>, unsettled| Facts::Corrected {
        asked: at("2026-11-23T10:00:00"),
        changed: changed.map(at),
        unsettled,
    };
    let made = corrected(Some("2026-11-24T10:00:00"), false);
    assert_eq!(judged(&made, "2027-02-22T23:59:59"), Err(Needed::Period));
    assert_eq!(judged(&made, "2027-02-23T00:00:00"), Ok(Why::BackupsExpired));
    assert_eq!(judged(&corrected(None, true), "2099-01-01T00:00:00"), Err(Needed::Unsettled));
    // without any backups its plan may still be applied for a day
    let asked = corrected(None, false);
    assert_eq!(judged_with(&asked, &Keep::default(), "0 hours", "2026-11-25T09:59:59"), Err(Needed::Period));
    assert_eq!(judged_with(&asked, &Keep::default(), "0 hours", "2026-11-25T10:00:00"), Ok(Why::BackupsExpired));
}

#[test]
fn registers_are_kept_three_years_after_the_purge_or_the_hold() {
    let end = Some(at("2026-11-23T10:00:00"));
    let run = |ended, waits, unsettled| Facts::Run { ended, waits, unsettled };
    for facts in [run(end, false, false), Facts::Hold { released: end }] {
        assert_eq!(judged(&facts, "2029-11-23T23:00:00"), Err(Needed::Period));
        assert_eq!(judged(&facts, "2029-11-24T00:00:00"), Ok(Why::RegisterEnded));
    }
    let late = "2099-01-01T00:00:00";
    assert_eq!(judged(&run(None, false, false), late), Err(Needed::Goes));
    assert_eq!(judged(&run(end, true, false), late), Err(Needed::Waits));
    assert_eq!(judged(&run(end, false, true), late), Err(Needed::Unsettled));
    assert_eq!(judged(&Facts::Hold { released: None }, late), Err(Needed::Goes));
}

#[test]
fn the_workspaces_own_keys_are_never_due() {
    assert_eq!(judged(&Facts::Workspace, "9000-01-01T00:00:00"), Err(Needed::Always));
}
