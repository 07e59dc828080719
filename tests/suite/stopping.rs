//! Withdrawals on a database of another make: what the decision of each row depends on, and how each engine of consents
//! writes that one has ended.

use std::collections::BTreeSet;

use droit::{
    apply::{Recovered, apply, write_plan},
    case::FailurePoint,
    database::{connect, connect_for_writing},
    rights::{
        erasure::{Erasure, Scope},
        revocation::Revocation,
        stopping::Instant,
    },
};
use jiff::tz::TimeZone;
use rusqlite::Connection;

use crate::{
    desk::{Desk, dump, now as at_ten, seeded},
    office::Office,
};

const CASE: &str = "DSR-20261123-0001";

const SQL: &str = "
    CREATE TABLE people (id INTEGER PRIMARY KEY, name TEXT, phone TEXT, wants_news INTEGER NOT NULL DEFAULT 1);
    CREATE TABLE agreed (id INTEGER PRIMARY KEY, person_id INTEGER NOT NULL REFERENCES people (id), purpose TEXT NOT NULL,
        state TEXT NOT NULL, given_ms INTEGER NOT NULL, ended_ms INTEGER);
    CREATE TABLE diary (id INTEGER PRIMARY KEY, person_id INTEGER NOT NULL REFERENCES people (id), note TEXT);
    CREATE TABLE diary_log (id INTEGER PRIMARY KEY, person_id INTEGER, note TEXT);
    CREATE INDEX l1 ON diary_log (person_id);
    CREATE TRIGGER diary_ad AFTER DELETE ON diary BEGIN
        INSERT INTO diary_log (person_id, note) VALUES (old.person_id, old.note);
    END;
    CREATE TABLE pages (id INTEGER PRIMARY KEY, diary_id INTEGER NOT NULL REFERENCES diary (id), text TEXT);
    CREATE TABLE studies (id INTEGER PRIMARY KEY, person_id INTEGER NOT NULL REFERENCES people (id), answer TEXT);
    CREATE TABLE sold (id INTEGER PRIMARY KEY, diary_id INTEGER NOT NULL REFERENCES diary (id), price INTEGER);
    CREATE TABLE papers (id INTEGER PRIMARY KEY, person_id INTEGER NOT NULL REFERENCES people (id), text TEXT,
        made_at TEXT);
    CREATE TABLE shared (id INTEGER PRIMARY KEY, owner_id INTEGER REFERENCES people (id), guest_id INTEGER
        REFERENCES people (id), owner_word TEXT, guest_word TEXT);
    CREATE INDEX a1 ON agreed (person_id); CREATE INDEX d1 ON diary (person_id); CREATE INDEX p1 ON pages (diary_id);
    CREATE INDEX s1 ON studies (person_id); CREATE INDEX s2 ON sold (diary_id); CREATE INDEX p2 ON papers (person_id);
    CREATE INDEX o1 ON shared (owner_id); CREATE INDEX g1 ON shared (guest_id); CREATE INDEX n1 ON people (phone);
    INSERT INTO people VALUES (1, 'Ana', '13800138001', 1), (2, 'Bo', '13800138002', 1);
    INSERT INTO agreed VALUES (1, 1, 'diary', 'given', 1700000000000, NULL), (2, 1, 'study', 'given', 1700000000000, NULL),
        (3, 2, 'diary', 'given', 1700000000000, NULL), (4, 1, 'diary', 'ended', 1600000000000, 1650000000000);
    INSERT INTO diary VALUES (11, 1, 'mine'), (12, 1, 'sold one'), (21, 2, 'of Bo');
    INSERT INTO diary_log VALUES (1, 1, 'mine, before'), (2, 2, 'of Bo, before');
    INSERT INTO pages VALUES (111, 11, 'a page'), (112, 12, 'another'), (211, 21, 'a page of Bo');
    INSERT INTO studies VALUES (11, 1, 'yes'), (21, 2, 'no');
    INSERT INTO sold VALUES (1, 12, 500);
    INSERT INTO papers VALUES (11, 1, 'recent', '2026-11-01'), (12, 1, 'old', '2020-01-01'), (21, 2, 'of Bo', '2020-01-01');
    INSERT INTO shared VALUES (1, 1, 2, 'of Ana', 'of Bo'), (2, 1, NULL, 'of Ana alone', NULL);";

const MAP: &str = r#"
version = 1
controller = "Diaries"
time_zone = "Asia/Shanghai"
[person.account]
is = "people.id"
[consents.agreed]
is = "agreed"
scope = "purpose"
given = "given_ms"
withdrawn = "ended_ms"
set = { state = "ended" }
[consents.news]
is = "people"
scope = "'news'"
set = { wants_news = "0" }
[acknowledged]
"diary_ad" = "writes what is deleted into the diary's log"
[tables.people]
purpose = "account"
clause = "1"
basis = "contract"
[tables.people.columns]
id = "key"
name = "name, provided"
phone = "phone, proves, provided"
wants_news = "fact, provided"
[tables.agreed]
purpose = "proof of consent"
clause = "1"
basis = "legal_duty"
[tables.agreed.columns]
id = "key"
person_id = "of people.id"
purpose = "fact, provided"
state = "fact, observed"
given_ms = "time, observed"
ended_ms = "time, observed"
[tables.diary]
purpose = "diary"
clause = "2"
basis = "consent"
scope = "diary"
[tables.diary.columns]
id = "key"
person_id = "of people.id"
note = "free_text, provided"
[tables.diary_log]
purpose = "history of the diary"
clause = "2"
basis = "consent"
scope = "diary"
[tables.diary_log.columns]
id = "key"
person_id = "of people.id"
note = "free_text, copy history diary.note, provided"
[tables.pages.columns]
id = "key"
diary_id = "of diary.id"
text = "free_text, provided"
[tables.studies]
purpose = "research"
clause = "2"
basis = "consent"
scope = ["diary", "study"]
[tables.studies.columns]
id = "key"
person_id = "of people.id"
answer = "free_text, provided"
[tables.sold]
purpose = "sale"
clause = "3"
basis = "contract"
[tables.sold.columns]
id = "key"
diary_id = "of diary.id"
price = "amount, observed"
[tables.papers]
purpose = "papers"
clause = "4"
basis = "separate_consent"
scope = "diary"
keep = [{ for = "3 years", after = "made_at", law = "CC 188", because = "claims", columns = ["made_at"] }]
[tables.papers.columns]
id = "key"
person_id = "of people.id"
text = "free_text, provided"
made_at = "time, observed"
[tables.shared]
purpose = "shared pages"
clause = "5"
basis = "consent"
scope = "diary"
[tables.shared.columns]
id = "key"
owner_id = "owner of people.id"
guest_id = "guest of people.id"
owner_word = "owner.free_text, provided"
guest_word = "guest.free_text, provided"
"#;

/// An office whose database `sql` changed, with person 1 who takes consents back; the request arrived at 10:03.
fn office(sql: &str, map: &str) -> Office {
    let mut office = Office::empty();
    Connection::open(office.path("diaries.db")).unwrap().execute_batch(&format!("{SQL}{sql}")).unwrap();
    office.run("init diaries.db --quiet").done();
    office.file("datamap.toml", map);
    office.run("map trust --yes --quiet").done();
    office.file("who.txt", "account=1\n");
    office.run("case open withdraw_consent --id-file who.txt --quiet").done();
    office.run(&format!("case identify {CASE} --level L1 --by session --quiet")).done();
    office
}

fn after(office: &Office, sql: &str) -> String {
    std::fs::copy(office.path("diaries.db"), office.path("copy.db")).unwrap();
    Connection::open(office.path("copy.db")).unwrap().execute_batch(sql).unwrap();
    dump(&office.path("copy.db"))
}

fn now(office: &Office) -> String {
    dump(&office.path("diaries.db"))
}

#[test]
fn every_row_is_decided_as_an_erasure_decides_it() {
    let mut office = office("", MAP);
    // 2026-11-23 10:02 in Shanghai, in milliseconds
    let expected = after(
        &office,
        "UPDATE agreed SET ended_ms = 1795399320000, state = 'ended' WHERE id = 1;
         DELETE FROM pages WHERE id IN (111, 112);  -- inherited from the diary
         DELETE FROM diary WHERE id = 11;
         DELETE FROM diary_log WHERE person_id = 1;  -- the copy, also what the trigger writes meanwhile
         UPDATE diary SET note = NULL WHERE id = 12; -- what was sold points at it and is held on the contract
         DELETE FROM papers WHERE id = 12;
         UPDATE papers SET text = NULL WHERE id = 11; -- kept until 2029, but for what the law does not need
         UPDATE shared SET owner_id = NULL, owner_word = NULL WHERE id = 1;
         DELETE FROM shared WHERE id = 2;",
    );
    let done = office.run(&format!("revoke {CASE} --scope diary --confirm {CASE} --json")).done().json();
    assert_eq!(now(&office), expected);
    let data = &done["data"];
    assert_eq!(
        (&data["ended"], &data["deleted"], &data["anonymized"], &data["kept"]),
        (&1.into(), &6.into(), &3.into(), &1.into())
    );
    let kept = &data["reasons"][0];
    assert_eq!((&kept["table"], &kept["code"], &kept["law"]), (&"papers".into(), &"RET".into(), &"CC 188".into()));
    let unaffected: Vec<&str> =
        data["unaffected"].as_array().unwrap().iter().map(|one| one["table"].as_str().unwrap()).collect();
    assert_eq!(unaffected, ["people", "sold", "studies"], "what is held on a contract, or on a consent still given");
}

#[test]
fn what_is_held_on_two_consents_goes_with_the_last_of_them() {
    let mut office = office("", MAP);
    office.run(&format!("revoke {CASE} --scope study --confirm {CASE}")).done();
    assert!(now(&office).contains("yes"), "the diary's consent still stands");
    let expected = after(&office, "DELETE FROM studies WHERE id = 11").lines().filter(|l| l.contains("yes")).count();
    office.run(&format!("revoke {CASE} --scope diary --confirm {CASE}")).done();
    assert_eq!(now(&office).lines().filter(|line| line.contains("yes")).count(), expected);
}

#[test]
fn both_consents_withdrawn_together_leave_nothing() {
    let mut office = office("", MAP);
    office.run(&format!("revoke {CASE} --scope study --scope diary --confirm {CASE}")).done();
    assert!(!now(&office).contains("yes") && now(&office).contains("of Bo"));
}

#[test]
fn a_consent_that_ended_before_holds_nothing_back() {
    let mut office = office("UPDATE agreed SET ended_ms = 1700000001000 WHERE id = 2;", MAP);
    office.run(&format!("revoke {CASE} --scope diary --confirm {CASE}")).done();
    assert!(!now(&office).contains("yes"), "the study's consent had ended");
}

#[test]
fn a_flag_in_the_persons_own_row_is_set() {
    let mut office = office("", MAP);
    let expected = after(&office, "UPDATE people SET wants_news = 0 WHERE id = 1");
    let done = office.run(&format!("revoke {CASE} --scope news --confirm {CASE} --json")).done().json();
    assert_eq!((&done["data"]["ended"], now(&office)), (&1.into(), expected));
    let again = office.run(&format!("revoke {CASE} --scope news --confirm {CASE} --json")).looks().json();
    assert_eq!(again["data"]["state"], "nothing_to_do");
}

#[test]
fn what_the_application_ended_itself_is_removed_all_the_same() {
    let mut office = office("UPDATE agreed SET ended_ms = 1700000001000, state = 'ended' WHERE id = 1;", MAP);
    let done = office.run(&format!("revoke {CASE} --scope diary --confirm {CASE} --json")).done().json();
    assert_eq!((&done["data"]["ended"], &done["data"]["deleted"]), (&0.into(), &6.into()));
    assert!(!now(&office).contains("mine"));
}

#[test]
fn a_map_without_consents_cannot_write_a_withdrawal() {
    let (head, rest) = MAP.split_once("[consents.agreed]").unwrap();
    let (_, tables) = rest.split_once("[acknowledged]").unwrap();
    let mut office = office("", &format!("{head}[acknowledged]{tables}"));
    let before = now(&office);
    office.run(&format!("revoke {CASE} --scope diary --confirm {CASE}")).refused("no_consents");
    office.run(&format!("unsubscribe {CASE} --confirm {CASE}")).refused("no_subscriptions");
    office.run("unsubscribe --check").refused("no_subscriptions");
    assert_eq!(now(&office), before);
}

#[test]
fn what_is_kept_is_removed_when_its_time_has_come_and_nothing_more() {
    let mut office = office("", MAP);
    office.run(&format!("revoke {CASE} --scope diary --confirm {CASE}")).done();
    let office = &mut office.on("2029-11-02");
    let expected = after(office, "DELETE FROM papers WHERE id = 11");
    office.typing("y\n").run("purge scheduled --confirm --quiet").done();
    assert_eq!(now(office), expected);
}

#[test]
fn map_show_names_scopes_and_records() {
    let mut office = office("", MAP);
    let shown = office.run("map show --json").done().json();
    let table = |name: &str| shown["data"].as_array().unwrap().iter().find(|one| one["table"] == name).unwrap().clone();
    assert_eq!(table("studies")["scope"], "diary,study");
    assert_eq!(table("agreed")["records"], serde_json::json!(["consents.agreed"]));
    let shown = office.run("map show agreed").done();
    assert!(shown.stdout().contains("consents.agreed"), "{shown}");
}

/// Withdraws the diary's consent of person 1 at a desk, stopped at `point`; whether it came to its end.
fn withdraw(desk: &Desk, point: Option<FailurePoint>) -> bool {
    let job = desk.plan([("account", "1")]).unwrap();
    let scope = Scope { consents: BTreeSet::from(["diary".to_owned()]), ..Scope::default() };
    let instant = Instant { said: at_ten(), as_of: at_ten(), zone: TimeZone::UTC };
    let revocation = Revocation { erasure: Erasure { scope, ..job.erasure() }, instant };
    let mut reader = connect(&desk.url(), &Desk::options()).unwrap();
    let header = job.claim.header.clone();
    let (_, planned, _) = write_plan(&revocation, header, &mut *reader, std::io::sink()).unwrap();
    let mut writer = connect_for_writing(&desk.url(), &Desk::options()).unwrap();
    let (files, mut random, mut book) = (desk.files(), seeded(99), desk.book());
    book.fail_at(point);
    let mut applying = desk.applying(&desk.clock, &files, &mut random);
    apply(&revocation, &planned, &mut *reader, &mut *writer, &mut book, &mut applying).is_ok()
}

#[test]
fn killed_anywhere_it_took_place_or_it_did_not() {
    let after = {
        let desk = Desk::new(SQL, MAP);
        assert!(withdraw(&desk, None));
        desk.dump()
    };
    for mark in [true, false] {
        for point in FailurePoint::ALL {
            if point == FailurePoint::BetweenFiles {
                continue; // there are none
            }
            let mut desk = Desk::new(SQL, MAP);
            desk.mark = mark;
            let before = desk.dump();
            assert!(!withdraw(&desk, Some(point)), "{point:?}");
            let took_place = point as usize > FailurePoint::AfterCommitting as usize;
            assert_eq!(desk.dump(), if took_place { after.clone() } else { before }, "{point:?}, mark {mark}");
            let settled = desk.recover().unwrap();
            let expected = if took_place { Recovered::Finished } else { Recovered::Abandoned };
            let none = point == FailurePoint::BeforeIntent;
            assert_eq!(settled, if none { vec![] } else { vec![expected] }, "{point:?}, mark {mark}");
            assert!(desk.book().unsettled_intents().unwrap().is_empty());
            assert!(took_place || withdraw(&desk, None), "{point:?}: it cannot be done again");
            assert_eq!(desk.dump(), after, "{point:?}, mark {mark}");
        }
    }
}
