//! A consent is taken back: it ends on record, what was held on it alone goes, everything else stays.

use std::fs;

use rusqlite::Connection;

use crate::{desk::dump, office::Office};

const CASE: &str = "DSR-20261123-0001";

fn open(office: &mut Office, case: &str, who: &str) {
    office.file("who.txt", who);
    office.run("case open withdraw_consent --id-file who.txt --quiet").done();
    office.run(&format!("case identify {case} --level L1 --by session --quiet")).done();
}

/// The sample company with account 1, who takes a consent back. The request arrived at 10:02 in Shanghai.
fn asked() -> Office {
    let mut office = Office::courier();
    open(&mut office, CASE, "account=1\n");
    office
}

fn one<T: rusqlite::types::FromSql>(office: &Office, sql: &str) -> T {
    Connection::open(office.path("zkjia.db")).unwrap().query_row(sql, [], |row| row.get(0)).unwrap()
}

/// What the database holds after `sql` is carried out on a copy of it.
fn after(office: &Office, sql: &str) -> String {
    fs::copy(office.path("zkjia.db"), office.path("copy.db")).unwrap();
    Connection::open(office.path("copy.db")).unwrap().execute_batch(sql).unwrap();
    dump(&office.path("copy.db"))
}

const GEO: &str = "DELETE FROM geo_points WHERE user_id = 1;
    UPDATE consents SET withdrawn_at = '2026-11-23 10:02:00' WHERE user_id = 1 AND scope = 'geo';
    UPDATE permissions SET revoked_at = '2026-11-23 10:02:00' WHERE user_id = 1 AND scope = 'geo';";

#[test]
fn the_consent_ends_what_is_held_on_it_goes_and_nothing_else_changes() {
    let mut office = asked();
    let before = dump(&office.path("zkjia.db"));
    let expected = after(&office, GEO);
    let planned = office.run(&format!("revoke {CASE} --scope geo --plan plan.jsonl --json")).done().json();
    assert_eq!(dump(&office.path("zkjia.db")), before, "a plan changes nothing");
    let data = &planned["data"];
    assert_eq!((&data["state"], &data["ended"], &data["deleted"]), (&"planned".into(), &2.into(), &1.into()));
    // counted by hand: what account 1 has ordered is held on the contract
    let orders: i64 = one(&office, "SELECT count(*) FROM orders WHERE user_id = 1");
    let other = |table: &str| data["unaffected"].as_array().unwrap().iter().find(|one| one["table"] == table).unwrap();
    assert_eq!((&other("orders")["rows"], &other("orders")["basis"]), (&orders.into(), &"contract".into()));
    assert_eq!(
        (&other("invoices")["basis"], &other("voice_records")["scope"]),
        (&"legal_duty".into(), &"voice".into())
    );
    assert!(data["unaffected"].as_array().unwrap().iter().all(|one| one["table"] != "geo_points"));
    let done = office.run(&format!("apply plan.jsonl --confirm {CASE} --json")).done();
    assert_eq!(done.json()["data"]["state"], "withdrawn");
    assert_eq!(dump(&office.path("zkjia.db")), expected);
    assert!(office.run("audit verify").done().stdout().starts_with("the record is whole"));
}

#[test]
fn the_plan_reads_as_what_it_does() {
    let mut office = asked();
    office.run(&format!("revoke {CASE} --scope geo --plan plan.jsonl")).done();
    let plan = office.read("plan.jsonl");
    let steps: Vec<serde_json::Value> = plan.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!((&steps[0]["command"], &steps[0]["scope"]["consents"][0]), (&"revoke".into(), &"geo".into()));
    let words: Vec<&str> = steps[1..steps.len() - 1].iter().map(|step| step["decision"].as_str().unwrap()).collect();
    assert_eq!(words, ["delete", "withdraw", "withdraw"]);
}

#[test]
fn done_twice_there_is_nothing_to_do() {
    let mut office = asked();
    office.run(&format!("revoke {CASE} --scope third_party --confirm {CASE}")).done();
    assert_eq!(one::<i64>(&office, "SELECT count(*) FROM third_party_accounts WHERE user_id = 1"), 0);
    let before = dump(&office.path("zkjia.db"));
    // the person was known by that account's openid as well: that it is gone now is our doing
    let again = office.run(&format!("revoke {CASE} --scope third_party --confirm {CASE} --json")).looks();
    assert_eq!(again.json()["data"]["state"], "nothing_to_do");
    let said = office.run(&format!("revoke {CASE} --scope third_party --confirm {CASE}")).looks();
    assert!(said.stdout().contains("nothing to do: third_party is withdrawn already"), "{said}");
    assert_eq!(dump(&office.path("zkjia.db")), before);
}

#[test]
fn two_scopes_at_once_and_files_go_with_their_rows() {
    let mut office = asked();
    let voice: String = one(&office, "SELECT audio_file FROM voice_records WHERE user_id = 1");
    assert!(office.path("files").join(&voice).exists());
    let expected = after(
        &office,
        "DELETE FROM voice_records WHERE user_id = 1; DELETE FROM media_uploads WHERE user_id = 1;
         UPDATE consents SET withdrawn_at = '2026-11-23 10:02:00'
            WHERE user_id = 1 AND scope IN ('mic', 'camera', 'album');
         UPDATE permissions SET revoked_at = '2026-11-23 10:02:00'
            WHERE user_id = 1 AND scope IN ('mic', 'camera', 'album');",
    );
    office.run(&format!("revoke {CASE} --scope voice --scope camera --confirm {CASE}")).done();
    assert_eq!(dump(&office.path("zkjia.db")), expected);
    assert!(!office.path("files").join(&voice).exists());
}

#[test]
fn personalisation_is_switched_off_in_the_account_and_what_was_made_of_it_goes() {
    let mut office = asked();
    let expected = after(
        &office,
        "UPDATE users SET personalization = 0 WHERE id = 1;
         DELETE FROM user_tags WHERE user_id = 1; 
         DELETE FROM device_links WHERE device_id IN (SELECT id FROM devices WHERE user_id = 1)
            OR linked_device_id IN (SELECT id FROM devices WHERE user_id = 1);
         DELETE FROM deid_records WHERE token = (SELECT analytics_token FROM users WHERE id = 1);",
    );
    office.run(&format!("revoke {CASE} --scope personalization --confirm {CASE}")).done();
    assert_eq!(dump(&office.path("zkjia.db")), expected);
}

#[test]
fn without_a_scope_the_case_itself_says_it() {
    let mut office = Office::courier();
    office.file("who.txt", "account=1\n");
    office.run("case open withdraw_consent --scope contacts --id-file who.txt --quiet").done();
    office.run(&format!("case identify {CASE} --level L1 --by session --quiet")).done();
    let done = office.run(&format!("revoke {CASE} --confirm {CASE} --json")).done().json();
    assert_eq!(done["data"]["scopes"], serde_json::json!(["contacts"]));
    assert_eq!(one::<i64>(&office, "SELECT count(*) FROM contacts_import WHERE owner_id = 1"), 0);
}

#[test]
fn a_scope_that_nobody_knows_is_refused_with_those_that_are_known() {
    let mut office = asked();
    let refused = office.run(&format!("revoke {CASE} --scope gps --confirm {CASE}")).refused("unknown_scope");
    for known in ["geo", "contacts", "third_party", "personalization", "sharing"] {
        assert!(refused.stderr().contains(known), "{known}: {refused}");
    }
    let missing = office.run(&format!("revoke {CASE} --confirm {CASE}")).misused("no_scope");
    assert!(missing.stderr().contains("geo"), "{missing}");
}

#[test]
fn a_consent_on_which_nothing_is_held_ends_all_the_same() {
    let mut office = asked();
    let expected = after(
        &office,
        "UPDATE consents SET withdrawn_at = '2026-11-23 10:02:00' WHERE user_id = 1 AND scope = 'sharing'",
    );
    let done = office.run(&format!("revoke {CASE} --scope sharing --confirm {CASE} --json")).done().json();
    assert_eq!((&done["data"]["ended"], &done["data"]["deleted"]), (&1.into(), &0.into()));
    assert_eq!(dump(&office.path("zkjia.db")), expected);
    let case = office.run(&format!("case show {CASE} --json")).done().json();
    assert_eq!(case["data"]["proof"], "not_needed", "nothing was removed");
    assert!(case["data"]["completed_at"].is_string());
}

#[test]
fn nobody_withdraws_for_a_person_who_is_not_identified() {
    let mut office = Office::courier();
    office.file("who.txt", "account=1\n");
    office.run("case open withdraw_consent --id-file who.txt --quiet").done();
    let before = dump(&office.path("zkjia.db"));
    let refused = office.run(&format!("revoke {CASE} --scope geo --confirm {CASE}"));
    assert!(refused.stderr().contains("identity"), "{refused}");
    assert_eq!(dump(&office.path("zkjia.db")), before);
}

#[test]
fn under_a_hold_the_consent_ends_and_the_rows_wait_until_it_is_released() {
    let mut office = asked();
    office.file("order.txt", "order of a court\n");
    office.run(&format!("hold add --case {CASE} --order order.txt --quiet")).done();
    let orders: i64 = one(&office, "SELECT count(*) FROM orders WHERE user_id = 1");
    let done = office.run(&format!("revoke {CASE} --scope geo --confirm {CASE} --json")).done().json();
    assert_eq!(
        (&done["data"]["ended"], &done["data"]["deleted"], &done["data"]["kept"]),
        (&2.into(), &0.into(), &1.into())
    );
    assert_eq!(done["data"]["reasons"][0]["code"], "HOLD");
    assert_eq!(one::<i64>(&office, "SELECT count(*) FROM geo_points WHERE user_id = 1"), 1);
    let withdrawn = "SELECT count(*) FROM consents WHERE user_id = 1 AND scope = 'geo' AND withdrawn_at IS NOT NULL";
    assert_eq!(one::<i64>(&office, withdrawn), 1);
    // another refusal in the same case is no erasure, and does not make one of what waits
    office.run(&format!("unsubscribe {CASE} --channel mail --confirm {CASE}")).done();
    office.run("hold release HOLD-20261123-0001 --yes --quiet").done();
    let expected = after(&office, "DELETE FROM geo_points WHERE user_id = 1");
    office.run("purge scheduled --confirm --quiet").done();
    assert_eq!(dump(&office.path("zkjia.db")), expected);
    assert_eq!(one::<i64>(&office, "SELECT count(*) FROM orders WHERE user_id = 1"), orders);
}

#[test]
fn who_agrees_again_before_a_hold_ends_keeps_what_is_held_on_that() {
    let mut office = asked();
    office.file("order.txt", "order of a court\n");
    office.run(&format!("hold add --case {CASE} --order order.txt --quiet")).done();
    office.run(&format!("revoke {CASE} --scope geo --confirm {CASE}")).done();
    let sql = "INSERT INTO consents VALUES (NULL, 1, 'geo', '3.0', 1, 'dialog', NULL, '2026-11-23 11:00:00', NULL)";
    Connection::open(office.path("zkjia.db")).unwrap().execute(sql, []).unwrap();
    office.run("hold release HOLD-20261123-0001 --yes --quiet").done();
    let before = dump(&office.path("zkjia.db"));
    office.run("purge scheduled --confirm --quiet").done();
    assert_eq!(dump(&office.path("zkjia.db")), before);
}

#[test]
fn a_consent_that_is_younger_than_the_request_is_not_taken_back() {
    let mut office = asked();
    let sql = "INSERT INTO consents VALUES (NULL, 1, 'geo', '3.0', 1, 'dialog', NULL, '2026-11-23 10:03:00', NULL)";
    Connection::open(office.path("zkjia.db")).unwrap().execute(sql, []).unwrap();
    let before = dump(&office.path("zkjia.db"));
    office.run(&format!("revoke {CASE} --scope geo --confirm {CASE}")).refused("agreed_since");
    assert_eq!(dump(&office.path("zkjia.db")), before);
}

#[test]
fn a_row_that_agrees_to_several_scopes_ends_with_all_of_them_or_not_at_all() {
    let mut office = asked();
    let sql =
        "INSERT INTO consents VALUES (NULL, 1, 'geo,contacts', '3.0', 1, 'dialog', NULL, '2026-01-01 10:00:00', NULL)";
    Connection::open(office.path("zkjia.db")).unwrap().execute(sql, []).unwrap();
    let before = dump(&office.path("zkjia.db"));
    office.run(&format!("revoke {CASE} --scope geo --confirm {CASE}")).refused("several_scopes");
    assert_eq!(dump(&office.path("zkjia.db")), before);
    let done = office.run(&format!("revoke {CASE} --scope geo --scope contacts --confirm {CASE} --json")).done().json();
    assert_eq!(done["data"]["ended"], 5, "three consents, two permissions");
}

#[test]
fn a_row_of_which_nobody_can_tell_whether_it_agrees_to_the_scope_is_refused() {
    for scope in ["geo mail", "geo/mail", "geo+mail", "all", "*"] {
        let mut office = asked();
        let db = Connection::open(office.path("zkjia.db")).unwrap();
        let sql = "INSERT INTO consents VALUES (NULL, 1, ?1, '3.0', 1, 'dialog', NULL, '2026-01-01 10:00:00', NULL)";
        db.execute(sql, [scope]).unwrap();
        let before = dump(&office.path("zkjia.db"));
        office.run(&format!("revoke {CASE} --scope geo --confirm {CASE}")).refused("several_scopes");
        assert_eq!(dump(&office.path("zkjia.db")), before, "{scope}");
    }
}

#[test]
fn a_scope_written_otherwise_in_the_data_ends_as_well() {
    for scope in ["GEO", "geo ", "ｇｅｏ", "[\"Geo\"]"] {
        let mut office = asked();
        let db = Connection::open(office.path("zkjia.db")).unwrap();
        let sql = "INSERT INTO consents VALUES (NULL, 1, ?1, '3.0', 1, 'dialog', NULL, '2026-01-01 10:00:00', NULL)";
        db.execute(sql, [scope]).unwrap();
        office.run(&format!("revoke {CASE} --scope geo --confirm {CASE}")).done();
        let sql = "SELECT count(*) FROM consents WHERE user_id = 1 AND scope = ?1 AND withdrawn_at IS NULL";
        assert_eq!(db.query_row(sql, [scope], |row| row.get::<_, i64>(0)).unwrap(), 0, "{scope}");
    }
}

#[test]
fn a_plan_whose_scope_was_edited_is_refused() {
    let mut office = asked();
    let before = dump(&office.path("zkjia.db"));
    office.run(&format!("revoke {CASE} --scope geo --plan plan.jsonl")).done();
    let plan = office.read("plan.jsonl").replace(r#"{"consents":["geo"]}"#, r#"{"consents":["contacts"]}"#);
    office.file("other.jsonl", &plan);
    office.run(&format!("apply other.jsonl --confirm {CASE}")).refused("edited_plan");
    let plan = office.read("plan.jsonl").replace(r#""command":"revoke""#, r#""command":"erase""#);
    office.file("other.jsonl", &plan);
    let refused = office.run(&format!("apply other.jsonl --confirm {CASE}"));
    assert!(refused.stderr().contains("error"), "{refused}");
    // what is held changes before the plan is applied
    let sql = "INSERT INTO geo_points (user_id, lat, lng, ts_ms) SELECT user_id, lat, lng, ts_ms FROM geo_points WHERE user_id = 1";
    assert_eq!(dump(&office.path("zkjia.db")), before);
    Connection::open(office.path("zkjia.db")).unwrap().execute(sql, []).unwrap();
    office.run(&format!("apply plan.jsonl --confirm {CASE}")).refused("stale_plan");
}

#[test]
fn whenever_it_dies_it_is_done_or_not_done_and_a_second_run_finishes() {
    let expected = {
        let office = asked();
        after(&office, GEO)
    };
    let mut finished = 0;
    for n in 1.. {
        let mut office = asked();
        let before = dump(&office.path("zkjia.db"));
        // whenever the request arrived is the same in every run
        if !office.dies_at(&format!("revoke {CASE} --scope geo --confirm {CASE} --quiet"), n) {
            assert!(n > 5, "it asked for the time {n} times only");
            break;
        }
        office.run("recover --quiet").done();
        let now = dump(&office.path("zkjia.db"));
        assert!(now == before || now == expected, "died at {n}: half of it is done");
        finished += u32::from(now == expected);
        let again = office.run(&format!("revoke {CASE} --scope geo --confirm {CASE} --json"));
        let state = again.json()["data"]["state"].as_str().unwrap().to_owned();
        assert_eq!(state, if now == before { "withdrawn" } else { "nothing_to_do" }, "died at {n}");
        assert_eq!(dump(&office.path("zkjia.db")), expected, "died at {n}");
        assert!(office.run("audit verify").done().stdout().starts_with("the record is whole"), "died at {n}");
        let case = office.run(&format!("case show {CASE} --json")).done();
        assert!(case.stdout().contains(r#""stopped":{"consents":["geo"]}"#), "died at {n}: {case}");
    }
    assert!(finished > 0, "it never died after the change had taken place");
}

#[test]
fn what_was_removed_is_proven_gone_although_other_data_stays() {
    let mut office = asked();
    let marker = "121.0000001";
    let sql = "UPDATE geo_points SET lng = '121.0000001' WHERE user_id = 1";
    Connection::open(office.path("zkjia.db")).unwrap().execute(sql, []).unwrap();
    office.run(&format!("revoke {CASE} --scope geo --confirm {CASE}")).done();
    let proven = office.run(&format!("prove {CASE} --json")).done().json();
    assert_eq!(proven["data"]["proofs"][0]["state"], "proven", "{proven}");
    let certificate: serde_json::Value =
        serde_json::from_str(&office.read(&format!("certificates/{CASE}.json"))).unwrap();
    assert_eq!(
        certificate["scope"],
        serde_json::json!({"consents": ["geo"]}),
        "the certificate says of what it speaks"
    );
    let bytes = fs::read(office.path("zkjia.db")).unwrap();
    assert!(!bytes.windows(marker.len()).any(|part| part == marker.as_bytes()));
}

#[test]
fn what_a_refused_plan_would_have_stopped_is_not_told_as_stopped() {
    let mut office = asked();
    office.run(&format!("revoke {CASE} --scope geo --plan plan.jsonl")).done();
    let sql = "INSERT INTO geo_points (user_id, lat, lng, ts_ms) SELECT user_id, lat, lng, ts_ms FROM geo_points WHERE user_id = 1";
    Connection::open(office.path("zkjia.db")).unwrap().execute(sql, []).unwrap();
    office.run(&format!("apply plan.jsonl --confirm {CASE}")).refused("stale_plan");
    // something else is carried out for the same case
    office.run(&format!("restrict {CASE} --confirm {CASE}"));
    let case = office.run(&format!("case show {CASE} --json")).done();
    assert!(!case.stdout().contains(r#""consents":["geo"]"#), "{case}");
}

#[test]
fn letter_and_log_say_what_was_stopped_and_what_was_removed() {
    let mut office = asked();
    office.run(&format!("revoke {CASE} --scope geo --confirm {CASE}")).done();
    office.run(&format!("unsubscribe {CASE} --channel mail --topic promotion --confirm {CASE}")).done();
    office.run(&format!("prove {CASE} --quiet")).done();
    let answer = format!("case answer {CASE} --letter answer --decision FULFILLED --plain --quiet");
    office.run(&format!("{answer} --draft --letter-lang en")).done();
    let draft = fs::read_dir(office.path("answers")).unwrap().next().unwrap().unwrap().path();
    let text = fs::read_to_string(draft).unwrap();
    let said = [
        "## What we stopped",
        "- what was done on your consent to \"geo\"",
        "- messages to you by \"mail\" about \"promotion\"",
        "What we hold on another basis",
        "## What we removed",
        "- map and navigation: 1 records",
    ];
    for said in said {
        assert!(text.contains(said), "{said}\n{text}");
    }
    office.run(&answer).done();
    let letter = fs::read_to_string(office.path("answers").join(format!("{CASE}-answer-2.txt"))).unwrap();
    for said in ["## 已停止", "基于您对“geo”的同意所作的处理", "通过“mail”向您发送的关于“promotion”的消息", "## 已移除"]
    {
        assert!(letter.contains(said), "{said}\n{letter}");
    }
    let log = office.run("log --from 2026-11-01 --to 2026-11-30 --format csv").done();
    let row = log.stdout().lines().find(|line| line.contains(CASE)).unwrap().to_owned();
    for said in ["geo; mail/promotion", "geo_points deleted 1", "consents changed 1", "subscriptions changed 1"] {
        assert!(row.contains(said), "{said}\n{row}");
    }
}

#[test]
fn at_a_terminal_the_case_number_is_typed_and_the_texts_are_chinese() {
    let mut office = Office::courier().speaking("zh");
    open(&mut office, CASE, "account=1\n");
    let refused = office.typing("no\n").run(&format!("revoke {CASE} --scope geo")).refused("not_confirmed");
    assert!(refused.stdout().contains("撤回 geo：终止同意 2 项；删除 1 行"), "{refused}");
    assert_eq!(one::<i64>(&office, "SELECT count(*) FROM geo_points WHERE user_id = 1"), 1);
    let done = office.typing(&format!("{CASE}\n")).run(&format!("revoke {CASE} --scope geo")).done();
    assert!(done.stdout().contains("已撤回：geo"), "{done}");
    assert_eq!(one::<i64>(&office, "SELECT count(*) FROM geo_points WHERE user_id = 1"), 0);
}
