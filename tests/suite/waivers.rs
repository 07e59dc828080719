//! Drift may be waived: what was added, for some days, by name and on the record; everything else refuses.

use rusqlite::Connection;

use super::office::Office;

fn sql(office: &Office, sql: &str) {
    Connection::open(office.path("zkjia.db")).unwrap().execute_batch(sql).unwrap();
}

/// An office whose `users` got a column, and which got a table, after the map was trusted; one verified erasure.
fn office() -> Office {
    let mut office = Office::courier();
    office.file("who.txt", "account=100\n");
    office.run("case open delete --channel app --id-file who.txt --quiet").done();
    office.run("case identify DSR-20261123-0001 --level L2 --by otp+waybill --quiet").done();
    sql(
        &office,
        "ALTER TABLE users ADD COLUMN fax TEXT; UPDATE users SET fax = '02188889999' WHERE id = 100;
        CREATE TABLE faxes (id INTEGER PRIMARY KEY, user_id INTEGER, body TEXT)",
    );
    office.run("erase DSR-20261123-0001 --plan no.jsonl").refused("drift");
    office
}

const COLUMN: &str = "map waive users.fax --until 2026-12-01 --because 'under review' --by wang --yes";
const TABLE: &str = "map waive faxes --until 2026-12-01 --because 'under review' --yes";

#[test]
fn what_was_added_is_waived_by_name_and_everybody_is_told() {
    let mut office = office();
    let waived = office.run(&format!("{COLUMN} --json")).done().json();
    assert_eq!(
        (waived["data"]["place"].as_str(), waived["data"]["code"].as_str()),
        (Some("users.fax"), Some("new_column"))
    );
    assert_eq!((waived["data"]["by"].as_str(), waived["data"]["until"].as_str()), (Some("wang"), Some("2026-12-01")));
    let refused = office.run("erase DSR-20261123-0001 --plan no.jsonl").refused("drift");
    assert!(refused.stderr().contains("faxes") && !refused.stderr().contains("users.fax"), "{refused}");
    office.run(TABLE).done();
    let events = office.run("audit show workspace --json").done().json();
    let last = events["data"].as_array().unwrap().iter().rfind(|event| event["event"] == "waiver").unwrap();
    assert_eq!(
        (last["actor"].as_str(), last["tables"][0].as_str(), last["code"].as_str()),
        (Some("officer"), Some("faxes"), Some("new_table"))
    );
    assert!(!events.to_string().contains("review"), "the reason is sealed");

    let check = office.run("map check").done();
    assert!(check.stdout().contains("waived faxes until 2026-12-02 00:00 +08:00, by officer"), "{check}");
    assert!(check.stdout().contains("waived users.fax until 2026-12-02 00:00 +08:00, by wang"), "{check}");
    let doctor = office.run("doctor").done();
    assert!(
        doctor.stdout().contains("waived: faxes until") && doctor.stdout().contains("waived: users.fax until"),
        "{doctor}"
    );

    let planned = office.run("erase DSR-20261123-0001 --plan plan.jsonl --json").done().json();
    let warned: Vec<&str> =
        planned["warnings"].as_array().unwrap().iter().map(|warning| warning["code"].as_str().unwrap()).collect();
    assert_eq!(warned, ["waived", "waived"]);
    let header: serde_json::Value = serde_json::from_str(office.read("plan.jsonl").lines().next().unwrap()).unwrap();
    assert_eq!(header["scope"]["waived"], serde_json::json!(["faxes", "users.fax"]));
    office.run("apply plan.jsonl --confirm DSR-20261123-0001").done();
    let database = Connection::open(office.path("zkjia.db")).unwrap();
    let (phone, fax): (Option<String>, Option<String>) = database
        .query_row("SELECT phone, fax FROM users WHERE id = 100", [], |row| Ok((row.get(0)?, row.get(1)?)))
        .unwrap();
    assert_eq!((phone, fax.as_deref()), (None, Some("02188889999")), "what is waived is left as it is");
    office.run("audit verify").done();
}

#[test]
fn a_copy_says_what_it_is_without() {
    let mut office = office();
    office.run(COLUMN).done();
    office.run(TABLE).done();
    office.run("case open copy --channel app --id-file who.txt --quiet").done();
    office.run("case identify DSR-20261123-0002 --level L2 --by otp+waybill --quiet").done();
    let exported = office.run("export DSR-20261123-0002 --no-zip").done();
    assert!(exported.stderr().contains("warning[waived]: users.fax"), "{exported}");
    let manifest = office.read("packages/DSR-20261123-0002/manifest.json");
    assert!(manifest.contains(" without faxes, users.fax\""), "{manifest}");
    assert!(!office.read("packages/DSR-20261123-0002/data.json").contains("02188889999"));
}

#[test]
fn a_waiver_ends() {
    let mut office = office();
    office.run(COLUMN).done();
    office.run(TABLE).done();
    office.run("erase DSR-20261123-0001 --plan early.jsonl").done();
    office.wait_days(8); // the last day, in Shanghai
    office.run("find --id-file who.txt").done();
    office.wait_days(1);
    office.run("find --id-file who.txt").refused("drift");
    office.run("apply early.jsonl --confirm DSR-20261123-0001").refused("drift");
    assert!(office.run("map check").looks().stdout().contains("users.fax"));
    office.run("doctor").looks();
}

#[test]
fn a_plan_holds_under_its_own_waivers_only() {
    let mut office = office();
    office.run(COLUMN).done();
    office.run(TABLE).done();
    office.run("erase DSR-20261123-0001 --plan plan.jsonl").done();
    sql(&office, "DROP TABLE faxes");
    office.run("apply plan.jsonl --confirm DSR-20261123-0001").refused("waivers_changed");
    let check = office.run("map check").done();
    assert!(check.stdout().contains("a waiver of faxes until"), "{check}");
}

#[test]
fn one_more_change_of_the_table_is_not_waived() {
    let mut office = office();
    office.run(COLUMN).done();
    office.run(TABLE).done();
    office.run("erase DSR-20261123-0001 --plan plan.jsonl").done();
    sql(&office, "ALTER TABLE users ADD COLUMN telex TEXT");
    let refused = office.run("apply plan.jsonl --confirm DSR-20261123-0001").refused("drift");
    assert!(refused.stderr().contains("users.fax") && refused.stderr().contains("users.telex"), "{refused}");
}

#[test]
fn only_what_was_added_can_be_waived_and_not_for_long() {
    let mut office = office();
    for until in ["2026-11-22", "2026-12-24", "2027-11-23"] {
        office.run(&format!("map waive users.fax --until {until} --because x --yes")).refused("waiver_too_long");
    }
    office.run("map waive users.fax --until 2026-12-23 --because ' ' --yes").refused("waiver_without_reason");
    office.run("map waive users.fax --until 2026-12-23 --because x").refused("needs_yes");
    sql(&office, "ALTER TABLE addresses DROP COLUMN postcode; ALTER TABLE devices RENAME TO gadgets");
    for place in ["addresses.postcode", "addresses", "devices", "users", "users.phone", "nowhere"] {
        office.run(&format!("map waive {place} --until 2026-12-01 --because x --yes")).refused("not_waivable");
    }
    office.run(COLUMN).done();
    office.run(TABLE).done();
    office.run("find --id-file who.txt").refused("drift");
}

#[test]
fn nothing_is_called_proven_while_something_is_left_out_of_account() {
    let mut office = office();
    office.run(COLUMN).done();
    office.run(TABLE).done();
    office.run("erase DSR-20261123-0001 --confirm DSR-20261123-0001").done();
    let looked = office.run("prove DSR-20261123-0001").looks();
    assert!(looked.stdout().contains("[waived]") && looked.stdout().contains("users.fax"), "{looked}");
    let certificate: serde_json::Value =
        serde_json::from_str(&office.read("certificates/DSR-20261123-0001.json")).unwrap();
    assert_eq!(
        (&certificate["claims"][0]["holds"], &certificate["verdict"]),
        (&"not_shown".into(), &"not_provable".into())
    );
}
