//! Messages are refused: the subscriptions end and stay, and who brings the person back is found out.

use std::fs;

use rusqlite::Connection;

use crate::{desk::dump, office::Office};

const CASE: &str = "DSR-20261123-0001";

/// The sample company with account 1, who refuses messages. The request arrived at 10:02 in Shanghai.
fn asked() -> Office {
    let mut office = Office::courier();
    office.file("who.txt", "account=1\n");
    office.run("case open opt_out --id-file who.txt --quiet").done();
    office.run(&format!("case identify {CASE} --level L1 --by session --quiet")).done();
    office
}

fn database(office: &Office) -> Connection {
    Connection::open(office.path("zkjia.db")).unwrap()
}

fn after(office: &Office, sql: &str) -> String {
    fs::copy(office.path("zkjia.db"), office.path("copy.db")).unwrap();
    Connection::open(office.path("copy.db")).unwrap().execute_batch(sql).unwrap();
    dump(&office.path("copy.db"))
}

fn now(office: &Office) -> String {
    dump(&office.path("zkjia.db"))
}

const STOPPED: &str = "UPDATE subscriptions SET unsubscribed_at = '2026-11-23 10:02:00' WHERE user_id = 1";

#[test]
fn everything_stops_nothing_goes_and_nobody_else_is_touched() {
    let mut office = asked();
    let (before, expected) = (now(&office), after(&office, STOPPED));
    let planned = office.run(&format!("unsubscribe {CASE} --plan plan.jsonl --json")).done().json();
    assert_eq!((&planned["data"]["state"], &planned["data"]["ended"]), (&"planned".into(), &2.into()));
    assert_eq!(now(&office), before, "a plan changes nothing");
    let done = office.run(&format!("apply plan.jsonl --confirm {CASE} --json")).done().json();
    assert_eq!(
        (&done["data"]["state"], &done["data"]["messages"]),
        (&"unsubscribed".into(), &serde_json::json!(["*/*"]))
    );
    assert_eq!(now(&office), expected);
    // the view from which the company sends promotions
    let audience = "SELECT count(*) FROM marketing_audience WHERE user_id = 1";
    assert_eq!(database(&office).query_row(audience, [], |row| row.get::<_, i64>(0)).unwrap(), 0);
    let case = office.run(&format!("case show {CASE} --json")).done().json();
    assert_eq!((&case["data"]["proof"], &case["data"]["status"]), (&"not_needed".into(), &"postcheck".into()));
    assert!(case["data"]["completed_at"].is_string(), "the clock of the same day has stopped");
    assert!(office.run("audit verify").done().stdout().starts_with("the record is whole"));
}

#[test]
fn one_channel_or_one_topic_stops_alone() {
    let mut office = asked();
    let expected = after(&office, &format!("{STOPPED} AND channel = 'mail'"));
    office.run(&format!("unsubscribe {CASE} --channel mail --confirm {CASE}")).done();
    assert_eq!(now(&office), expected);
    let expected = after(&office, &format!("{STOPPED} AND topic = 'route'"));
    office.run(&format!("unsubscribe {CASE} --topic route --confirm {CASE}")).done();
    assert_eq!(now(&office), expected);
}

#[test]
fn done_twice_there_is_nothing_to_do() {
    let mut office = asked();
    office.run(&format!("unsubscribe {CASE} --confirm {CASE}")).done();
    let before = now(&office);
    let again = office.run(&format!("unsubscribe {CASE} --confirm {CASE}")).looks();
    assert!(again.stdout().contains("nothing to do"), "{again}");
    assert_eq!(now(&office), before);
}

#[test]
fn who_gets_no_messages_anyway_is_remembered_and_answered() {
    let mut office = asked();
    database(&office).execute("DELETE FROM subscriptions WHERE user_id = 1", []).unwrap();
    let said = office.run(&format!("unsubscribe {CASE} --confirm {CASE}")).looks();
    assert!(said.stderr().contains(&format!("next: droit case answer {CASE}")), "{said}");
    office.run(&format!("case answer {CASE} --letter answer --decision FULFILLED --quiet")).done();
    office.run("unsubscribe --check").done();
    let sql = "INSERT INTO subscriptions VALUES (NULL, 1, 'sms', 'coupon', '2026-11-24 10:00:00', NULL)";
    database(&office).execute(sql, []).unwrap();
    office.run("unsubscribe --check").looks();
}

#[test]
fn a_channel_or_topic_that_nothing_is_called_is_refused() {
    let mut office = asked();
    let before = now(&office);
    office.run(&format!("unsubscribe {CASE} --channel emial --confirm {CASE}")).refused("unknown_messages");
    office.run(&format!("unsubscribe {CASE} --topic promtoion --confirm {CASE}")).refused("unknown_messages");
    assert_eq!(now(&office), before);
    office.run("unsubscribe --check --channel mail").misused("usage");
}

#[test]
fn who_is_brought_back_is_found_by_account_by_number_and_by_mail() {
    let mut office = asked();
    office.run(&format!("unsubscribe {CASE} --channel mail --confirm {CASE}")).done();
    office.run("unsubscribe --check").done();
    let insert = |office: &Office, user: &str, channel: &str, topic: &str| {
        let sql = "INSERT INTO subscriptions VALUES (NULL, ?1, ?2, ?3, '2026-11-24 10:00:00', NULL)";
        database(office).execute(sql, [user, channel, topic]).unwrap();
    };
    // an import adds the account again; what was not refused may come
    insert(&office, "1", "sms", "coupon");
    office.run("unsubscribe --check").done();
    insert(&office, "1", "mail", "coupon");
    let found = office.run("unsubscribe --check --json").looks().json();
    let returned = &found["data"]["returned"];
    assert_eq!((&returned[0]["case"], &returned[0]["messages"]), (&CASE.into(), &"mail/coupon".into()));
    assert_eq!(returned.as_array().unwrap().len(), 1, "{returned}");
    // or under another account, with the same number, in another spelling
    database(&office).execute("DELETE FROM subscriptions WHERE user_id = 1", []).unwrap();
    let other = "UPDATE users SET phone = '+86 138 0013 8000', phone_bound_at = '2026-11-24 09:00:00' WHERE id = 120";
    database(&office).execute(other, []).unwrap();
    database(&office).execute("DELETE FROM subscriptions WHERE user_id = 120", []).unwrap();
    insert(&office, "120", "mail", "promotion");
    let found = office.run("unsubscribe --check").looks();
    assert!(found.stdout().contains(CASE) && found.stdout().contains("mail/promotion"), "{found}");
    assert!(!found.to_string().contains("13800138000"), "{found}");
}

#[test]
fn who_refused_is_found_again_after_keys_were_replaced() {
    let mut office = asked();
    office.run(&format!("unsubscribe {CASE} --channel mail --confirm {CASE}")).done();
    for _ in 0..2 {
        office.run("tidy --rotate --confirm --quiet").done();
        office.run("unsubscribe --check").done();
    }
    // who asks for the same again is on the list already
    let tags = |office: &Office| -> i64 {
        let book = Connection::open(office.path("casebook.db")).unwrap();
        book.query_row("SELECT count(*) FROM tags WHERE purpose = 'suppression'", [], |row| row.get(0)).unwrap()
    };
    let before = tags(&office);
    office.run(&format!("unsubscribe {CASE} --channel mail --confirm {CASE}")).looks();
    assert_eq!(tags(&office), before);
    database(&office)
        .execute_batch(
            "UPDATE users SET phone = '+86 138 0013 8000', phone_bound_at = '2026-11-24 09:00:00' WHERE id = 120;
             DELETE FROM subscriptions WHERE user_id IN (1, 120);
             INSERT INTO subscriptions VALUES (NULL, 120, 'mail', 'promotion', '2026-11-24 10:00:00', NULL);",
        )
        .unwrap();
    let found = office.run("unsubscribe --check").looks();
    assert!(found.stdout().contains(CASE) && found.stdout().contains("mail/promotion"), "{found}");
}

#[test]
fn a_channel_or_topic_written_otherwise_in_the_data_stops_as_well_and_is_found_when_it_comes_back() {
    for (channel, topic) in
        [("Mail", "promotion"), ("mail ", "PROMOTION"), ("ｍａｉｌ", "Promotion\n"), ("", "promotion")]
    {
        let mut office = asked();
        let db = database(&office);
        db.execute("DELETE FROM subscriptions WHERE user_id = 1", []).unwrap();
        let insert = || {
            let sql = "INSERT INTO subscriptions VALUES (NULL, 1, ?1, ?2, '2026-11-20 10:00:00', NULL)";
            db.execute(sql, [channel, topic]).unwrap();
        };
        insert();
        let going = || -> i64 {
            let sql = "SELECT count(*) FROM subscriptions WHERE user_id = 1 AND unsubscribed_at IS NULL";
            db.query_row(sql, [], |row| row.get(0)).unwrap()
        };
        office.run(&format!("unsubscribe {CASE} --channel mail --topic promotion --confirm {CASE}")).done();
        assert_eq!(going(), 0, "{channel:?}/{topic:?}");
        office.run("unsubscribe --check").done();
        insert();
        office.run("unsubscribe --check").looks();
    }
}

#[test]
fn a_channel_is_known_however_the_data_writes_it() {
    let mut office = asked();
    database(&office).execute("UPDATE subscriptions SET channel = 'Mail ' WHERE channel = 'mail'", []).unwrap();
    office.run(&format!("unsubscribe {CASE} --channel MAIL --confirm {CASE}")).done();
    let sql = "SELECT count(*) FROM subscriptions WHERE user_id = 1 AND channel = 'Mail ' AND unsubscribed_at IS NULL";
    assert_eq!(database(&office).query_row(sql, [], |row| row.get::<_, i64>(0)).unwrap(), 0);
}

#[test]
fn a_subscription_to_several_channels_ends_with_all_of_them_or_not_at_all() {
    let mut office = asked();
    let sql = "INSERT INTO subscriptions VALUES (NULL, 1, 'mail,sms', 'promotion', '2026-11-20 10:00:00', NULL)";
    database(&office).execute(sql, []).unwrap();
    let before = now(&office);
    office.run(&format!("unsubscribe {CASE} --channel mail --confirm {CASE}")).refused("several_scopes");
    assert_eq!(now(&office), before);
    let expected = after(&office, &format!("{STOPPED} AND channel IN ('mail', 'sms', 'mail,sms')"));
    office.run(&format!("unsubscribe {CASE} --channel mail --channel sms --confirm {CASE}")).done();
    assert_eq!(now(&office), expected);
}

#[test]
fn the_list_holds_no_identifier_in_clear() {
    let mut office = asked();
    office.run(&format!("unsubscribe {CASE} --confirm {CASE}")).done();
    let book = fs::read(office.path("casebook.db")).unwrap();
    for clear in ["13800138000", "chen.ming@example.com"] {
        assert!(!book.windows(clear.len()).any(|part| part == clear.as_bytes()), "{clear}");
    }
    let shown = office.run("audit show").done();
    assert!(shown.stdout().contains("tags_added") && shown.stdout().contains("stop_asked"), "{shown}");
}

#[test]
fn who_takes_back_a_consent_may_refuse_messages_as_well() {
    let mut office = Office::courier();
    office.file("who.txt", "account=1\n");
    office.run("case open withdraw_consent --id-file who.txt --quiet").done();
    office.run(&format!("case identify {CASE} --level L1 --by session --quiet")).done();
    // messages are held on the consent to marketing: withdrawing it ends them, and their rows stay as the refusal
    let expected = after(&office, STOPPED);
    let done = office.run(&format!("revoke {CASE} --scope marketing --confirm {CASE} --json")).done().json();
    assert_eq!((&done["data"]["ended"], &done["data"]["deleted"]), (&2.into(), &0.into()));
    assert_eq!(now(&office), expected);
    office.run(&format!("unsubscribe {CASE} --confirm {CASE}")).looks();
}

#[test]
fn whenever_it_dies_it_is_done_or_not_done_and_a_second_run_finishes() {
    let expected = after(&asked(), STOPPED);
    for n in 1.. {
        let mut office = asked();
        let before = now(&office);
        if !office.dies_at(&format!("unsubscribe {CASE} --confirm {CASE} --quiet"), n) {
            assert!(n > 5, "it asked for the time {n} times only");
            break;
        }
        office.run("recover --quiet").done();
        let found = now(&office);
        assert!(found == before || found == expected, "died at {n}: half of it is done");
        office.run(&format!("unsubscribe {CASE} --confirm {CASE} --quiet"));
        assert_eq!(now(&office), expected, "died at {n}");
        assert!(office.run("audit verify").done().stdout().starts_with("the record is whole"), "died at {n}");
        let case = office.run(&format!("case show {CASE} --json")).done();
        assert!(case.stdout().contains(r#""stopped":{"messages":["*/*"]}"#), "died at {n}: {case}");
    }
}

#[test]
fn an_edited_plan_is_refused() {
    let mut office = asked();
    let before = now(&office);
    office.run(&format!("unsubscribe {CASE} --channel mail --plan plan.jsonl")).done();
    let plan = office.read("plan.jsonl").replace(r#"{"channels":["mail"]}"#, "{}");
    office.file("other.jsonl", &plan);
    office.run(&format!("apply other.jsonl --confirm {CASE}")).refused("edited_plan");
    assert_eq!(now(&office), before);
    database(&office).execute("DELETE FROM subscriptions WHERE user_id = 1 AND channel = 'mail'", []).unwrap();
    office.run(&format!("apply plan.jsonl --confirm {CASE}")).refused("stale_plan");
}
