//! What a page says of consents, recipients and restrictions is so.

use rusqlite::Connection;

use super::{CASE, Given, asks, asks_as, copy, house, table};
use crate::office::Office;

const CONSENTS: &str = "
    CREATE TABLE agreed (id INTEGER PRIMARY KEY, member_id INTEGER, what TEXT, given_at TEXT, ended_at TEXT, state TEXT);
    INSERT INTO agreed VALUES (1, 1, 'news', '2025-01-02', NULL, 'on'), (2, 1, 'place', '2025-01-03', '2025-06-07', 'off'),
        (3, 1, 'voice', '2025-01-04', NULL, 'off'), (4, 2, 'OTHERS', '2025-01-05', NULL, 'on');
    CREATE TABLE places (id INTEGER PRIMARY KEY, member_id INTEGER, place TEXT);";

fn consents_map() -> String {
    let consents =
        "[consents.given]\nis = \"agreed\"\nscope = \"what\"\nnames = { geo = \"place\" }\ngiven = \"given_at\"
        withdrawn = \"ended_at\"\nset = { state = \"off\" }\n";
    let places = table("places", "scope = \"geo\"", "place = \"geo\"").replace("\"contract\"", "\"separate_consent\"");
    format!("{consents}{}{places}", table("agreed", "", "what = \"fact\"\nstate = \"fact\""))
}

#[test]
fn consents_are_told_with_their_withdrawal() {
    let given = copy(CONSENTS, &consents_map());
    let told = given.data["consents"].as_array().unwrap();
    let line = |at: usize| {
        let one = &told[at];
        (
            one["scope"].as_str().unwrap(),
            one["given_at"].as_str().unwrap(),
            one["withdrawn_at"].as_str(),
            one["separate"] == true,
        )
    };
    assert_eq!(told.len(), 3);
    assert_eq!(line(0), ("news", "2025-01-02", None, false));
    assert_eq!(line(1), ("place", "2025-01-03", Some("2025-06-07"), true));
    assert_eq!(line(2), ("voice", "2025-01-04", Some("withdrawn, on a day that is not recorded"), false));
    assert!(!given.page.contains("No consents are on record") && given.page.contains("2025-06-07"));
    assert_eq!(given.bearing("OTHERS"), [""; 0]);
}

#[test]
fn what_a_guardian_agreed_to_is_told_and_what_was_only_asked_for_is_not() {
    let sql = "
        CREATE TABLE wards (id INTEGER PRIMARY KEY, minor_id INTEGER, what TEXT, given_at TEXT, ended_at TEXT, state TEXT);
        INSERT INTO wards VALUES (1, 1, 'account', '2025-01-02', NULL, 'granted'), (2, 1, 'ASKED', '2025-01-03', NULL, 'pending'),
            (3, 1, 'voice', '2025-01-04', '2025-02-03', 'revoked');";
    let map = format!(
        "[minors]\nconsent = \"wards\"\nvalid = \"state = 'granted'\"\nminor = \"minor\"\nscope = \"what\"\ngiven = \"given_at\"
         revoked = \"ended_at\"\n{}",
        table("wards", "", "minor_id = \"minor of members.id\"\nwhat = \"fact\"\nstate = \"fact\"")
    );
    let given = copy(sql, &map);
    let told = given.data["consents"].as_array().unwrap();
    let scopes: Vec<_> =
        told.iter().map(|one| (one["scope"].as_str().unwrap(), one["withdrawn_at"].as_str())).collect();
    assert_eq!(scopes, [("account", None), ("voice", Some("2025-02-03"))]);
    assert_eq!(told[0]["method"], "by a guardian");
}

#[test]
fn a_portable_copy_does_not_say_that_nothing_is_on_record() {
    let sql = format!(
        "{CONSENTS} CREATE TABLE ledger (id INTEGER PRIMARY KEY, member_id INTEGER, who TEXT); INSERT INTO ledger VALUES (1, 1, 'bank');"
    );
    let ledger = "[disclosures]\nis = \"ledger\"\nrecipient = \"who\"\n".to_owned();
    let map = format!("{ledger}{}{}", consents_map(), table("ledger", "", "who = \"fact\""));
    let mut office = house(&sql, &map);
    asks(&mut office, "transfer");
    let portable = Given::by(&mut office, "--portable").page;
    assert!(!portable.contains("on record"), "{portable}");
    assert_eq!(portable.matches("not part of a portable copy").count(), 2);
    let mut office = house(&sql, &map);
    asks(&mut office, "copy");
    let page = Given::by(&mut office, "").page;
    assert!(page.contains("bank") && page.contains("as listed under “Disclosures to others”"));
    assert!(!page.contains("nobody"), "who received what is in the ledger");
}

#[test]
fn recipients_that_no_ledger_tells_are_not_said_to_be_nobody() {
    let page = copy("", "").page;
    let facts = page.split("<dt>Recipients</dt>").nth(1).unwrap();
    assert!(facts.starts_with("<dd class=\"none\">not stated</dd>"), "{}", &facts[..60]);
}

#[test]
fn a_restricted_account_is_marked_in_every_row() {
    let mut office = Office::courier();
    let db = Connection::open(office.path("zkjia.db")).unwrap();
    db.execute("UPDATE users SET status = 'restricted' WHERE id = 1", []).unwrap();
    asks_as(&mut office, "access", "account=1");
    let given = Given::by(&mut office, "");
    let states = given.data["tables"].as_array().unwrap().iter().flat_map(|table| table["rows"].as_array().unwrap());
    assert!(states.clone().count() > 30 && states.clone().all(|row| row["state"]["is"] == "restricted"));
    assert!(given.page.contains("the account is restricted"));
    assert!(!given.page.contains("Records that the law has us keep"));
    assert!(office.run(&format!("case show {CASE}")).done().stdout().contains(CASE));
}
