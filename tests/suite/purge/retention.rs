//! Retention: the purge list of the sample company against an answer key that is computed here, table by table; dates that
//! are missing; interruptions; and erasures that waited.

use std::collections::{BTreeMap, BTreeSet};

use jiff::{
    Span, ToSpan,
    civil::{Date, date},
};
use rusqlite::Connection;

use super::{ids, list, open, plan, planned};
use crate::office::Office;

/// Rows whose event lies so long before `day` that its last kept day (CC 201, 202) is over.
fn due(db: &Connection, table: &str, key: &str, event: &str, span: Span, day: Date) -> BTreeSet<i64> {
    let sql = format!("SELECT {key}, {event} FROM {table}");
    let mut statement = db.prepare(&sql).unwrap_or_else(|error| panic!("{error}\n{sql}"));
    let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get::<_, Option<String>>(1)?))).unwrap();
    let over = |text: Option<String>| {
        let event: Option<Date> = text.and_then(|text| text.get(..10)?.parse().ok());
        event.is_some_and(|event| event.saturating_add(span) < day)
    };
    rows.map(Result::unwrap).filter(|(_, text)| over(text.clone())).map(|(id, _)| id).collect()
}

/// The company's periods as LAW §6 and the policy state them, by hand: what is deleted when it is over.
fn deleted(db: &Connection, day: Date) -> BTreeMap<&'static str, BTreeSet<i64>> {
    let epoch = "datetime(ts, 'unixepoch', '+8 hours')";
    let millis = "datetime(ts_ms / 1000, 'unixepoch', '+8 hours')";
    let years = |n: i64| Span::new().years(n);
    let days = |n: i64| Span::new().days(n);
    let of = |table, key, event: &str, span| due(db, table, key, event, span, day);
    let tickets = of("cs_tickets", "id", "closed_at", years(3));
    let orders = of("orders", "id", "coalesce(completed_at, cancelled_at)", years(3));
    let users = of("users", "id", "cancelled_at", days(1));
    let photos = of("id_photos", "id", "checked_at", days(1));
    let photographed = ids(db, &format!("SELECT auth_id FROM id_photos WHERE id NOT IN ({})", list(&photos)));
    let apps = of("installed_apps", "id", "seen_at", days(90));
    let links = of("device_links", "id", "created_at", days(180));
    let used = ids(
        db,
        &format!(
            "SELECT device_id FROM installed_apps WHERE id NOT IN ({}) UNION
             SELECT device_id FROM device_links WHERE id NOT IN ({links}) UNION
             SELECT linked_device_id FROM device_links WHERE id NOT IN ({links})",
            list(&apps),
            links = list(&links)
        ),
    );
    let with = |table: &str, key: &str, column: &str, parents: &BTreeSet<i64>| {
        ids(db, &format!("SELECT {key} FROM {table} WHERE {column} IN ({})", list(parents)))
    };
    BTreeMap::from([
        ("user_tags", of("user_tags", "id", "created_at", days(180))),
        ("partner_sourced", of("partner_sourced", "id", "received_at", years(1))),
        ("contacts_import", of("contacts_import", "id", "imported_at", days(180))),
        ("coupons", of("coupons", "id", "coalesce(used_at, created_at)", years(3))),
        ("policy_notices", of("policy_notices", "id", "sent_at", years(3))),
        (
            "real_name_auth",
            &of("real_name_auth", "id", "coalesce(last_shipped_at, verified_at)", years(1)) - &photographed,
        ),
        ("customs_declarations", of("customs_declarations", "id", "declared_at", years(3))),
        ("claims", of("claims", "id", "closed_at", years(3))),
        ("waybill_images", of("waybill_images", "id", "taken_at", years(1))),
        ("devices", &of("devices", "id", "last_active_at", days(180)) - &used),
        ("browsing_events", of("browsing_events", "id", "occurred_at", Span::new().months(12))),
        ("network_logs", of("network_logs", "rowid", epoch, Span::new().months(12))),
        ("risk_scores", of("risk_scores", "id", "scored_at", years(1))),
        ("geo_points", of("geo_points", "id", millis, days(30))),
        ("voice_records", of("voice_records", "id", "created_at", days(90))),
        ("media_uploads", of("media_uploads", "id", "used_at", days(90))),
        ("crash_reports", of("crash_reports", "id", "created_at", days(180))),
        ("operator_audit", of("operator_audit", "id", "occurred_at", years(3))),
        ("push_log", of("push_log", "id", "sent_at", days(180))),
        ("sms_log", of("sms_log", "id", "sent_at", days(180))),
        ("mail_log", of("mail_log", "id", "sent_at", days(180))),
        ("disclosures", of("disclosures", "id", "disclosed_at", years(3))),
        ("cs_messages", with("cs_messages", "id", "ticket_id", &tickets)),
        ("order_contacts", with("order_contacts", "id", "order_id", &orders)),
        ("addresses", with("addresses", "id", "user_id", &users)),
        ("user_profiles", with("user_profiles", "user_id", "user_id", &users)),
        ("third_party_accounts", with("third_party_accounts", "id", "user_id", &users)),
        ("cs_tickets", tickets),
        ("id_photos", photos),
        ("installed_apps", apps),
        ("device_links", links),
        ("orders", BTreeSet::new()),
        ("users", BTreeSet::new()),
        ("waybills", BTreeSet::new()),
    ])
}

#[test]
fn the_list_is_the_answer_key_on_several_days() {
    let mut office = Office::courier_of(300);
    for day in [date(2026, 11, 23), date(2026, 11, 24), date(2027, 2, 28), date(2029, 3, 1)] {
        let name = format!("{day}.jsonl");
        office.run(&format!("purge retention --as-of {day} --plan {name} --quiet")).looks();
        let (steps, db) = (plan(&office, &name), open(&office));
        for (table, rows) in deleted(&db, day) {
            assert_eq!(planned(&steps, table, "delete"), rows, "{table} on {day}");
        }
        let years = Span::new().years(3);
        let waybills =
            due(&db, "waybills", "id", "CASE WHEN status IN ('signed', 'returned') THEN signed_at END", years, day);
        let something = ids(&db, "SELECT id FROM waybills WHERE sender_name IS NOT NULL OR recipient_name IS NOT NULL");
        assert_eq!(planned(&steps, "waybills", "overwrite"), &waybills & &something, "waybills on {day}");
        // what the voucher needs stays for thirty years; who paid goes after three
        let paid = due(&db, "payments", "id", "paid_at", years, day);
        let paid = &paid & &ids(&db, "SELECT id FROM payments WHERE payer_openid IS NOT NULL");
        assert_eq!(planned(&steps, "payments", "overwrite"), paid, "payments on {day}");
        assert!(planned(&steps, "payments", "delete").is_empty() || day > date(2050, 1, 1));
        let left = due(&db, "staff", "id", "left_at", years, day);
        assert_eq!(planned(&steps, "staff", "overwrite"), left, "staff on {day}");
        let gone = due(&db, "users", "id", "cancelled_at", 1.day(), day);
        assert_eq!(planned(&steps, "users", "overwrite"), gone, "users on {day}");
    }
}

#[test]
fn a_record_on_its_last_day_stays_and_one_past_it_goes() {
    // account 14 has a record on the last day of every period, 15 one past it
    let mut office = Office::courier();
    office.run("purge retention --plan plan.jsonl --quiet").looks();
    let (steps, db) = (plan(&office, "plan.jsonl"), open(&office));
    let mut compared = 0;
    for table in
        ["user_tags", "geo_points", "voice_records", "push_log", "risk_scores", "browsing_events", "crash_reports"]
    {
        let gone = planned(&steps, table, "delete");
        let of = |user: i64| ids(&db, &format!("SELECT id FROM {table} WHERE user_id = {user}"));
        assert!(of(14).is_disjoint(&gone), "{table}: on its last day");
        compared += (&of(15) & &gone).len();
    }
    assert!(compared >= 5, "{compared}");
}

fn dump(db: &Connection, tables: &[&str]) -> BTreeMap<String, BTreeSet<String>> {
    let dumped = tables.iter().map(|name| {
        let mut statement = db.prepare(&format!("SELECT * FROM \"{name}\"")).unwrap();
        let columns = statement.column_count();
        let mut rows = statement.query([]).unwrap();
        let mut lines = BTreeSet::new();
        while let Some(row) = rows.next().unwrap() {
            let cells = (0..columns).map(|at| format!("{:?}", row.get_ref(at).unwrap()));
            lines.insert(cells.collect::<Vec<_>>().join("|"));
        }
        ((*name).to_owned(), lines)
    });
    dumped.collect()
}

const TABLES: [&str; 14] = [
    "user_tags",
    "geo_points",
    "voice_records",
    "push_log",
    "orders",
    "order_contacts",
    "payments",
    "invoices",
    "waybills",
    "waybill_routes",
    "devices",
    "cs_messages",
    "real_name_auth",
    "network_logs",
];

#[test]
fn what_was_shown_is_what_happens_and_a_second_run_changes_nothing() {
    let mut office = Office::courier();
    let shown = office.run("purge retention --json").looks().json();
    let done = office.run("purge retention --confirm --beyond-breaker 'first run' --json").done().json();
    for sum in ["deleted", "anonymized", "kept", "unlinked"] {
        assert_eq!(shown["data"][sum], done["data"][sum], "{sum}");
    }
    let before = dump(&open(&office), &TABLES);
    let again = office.run("purge retention --confirm --json").done().json();
    assert_eq!(again["data"]["state"], "nothing_due");
    assert_eq!(dump(&open(&office), &TABLES), before);
    assert!(open(&office).query_row("PRAGMA foreign_key_check", [], |_| Ok(())).is_err(), "an orphan");
    office.run("audit verify --quiet").done();
}

#[test]
fn an_interrupted_run_is_taken_up_again_and_ends_alike() {
    let made = Office::courier();
    let reference = {
        let mut office = made.copied();
        office.run("purge retention --confirm --beyond-breaker test --quiet").done();
        dump(&open(&office), &TABLES)
    };
    let mut died = 0;
    for n in (7..).step_by(61) {
        let mut office = made.copied();
        if !office.dies_at("purge retention --confirm --beyond-breaker test --quiet", n) {
            break;
        }
        died += 1;
        office.run("purge retention --confirm --beyond-breaker test --quiet").done();
        assert_eq!(dump(&open(&office), &TABLES), reference, "after dying at {n}");
        office.run("audit verify --quiet").done();
    }
    assert!(died >= 3, "{died}");
}

#[test]
fn rows_without_a_date_or_with_one_that_is_none_stay_and_are_listed() {
    let mut office = Office::courier();
    let db = open(&office);
    db.execute_batch(
        "UPDATE id_photos SET checked_at = NULL WHERE id % 2 = 0;
         UPDATE user_tags SET created_at = '0000-00-00' WHERE id = (SELECT min(id) FROM user_tags);
         UPDATE user_tags SET created_at = 'soon' WHERE id = (SELECT max(id) FROM user_tags);
         -- May 2024 in seconds since 2001; read from 1970 it would be 1993, and long past its limit
         UPDATE user_tags SET created_at = 736149600 WHERE id = (SELECT min(id) + 1 FROM user_tags);",
    )
    .unwrap();
    let undated = ids(&db, "SELECT id FROM id_photos WHERE checked_at IS NULL");
    let odd = ids(&db, "SELECT id FROM user_tags WHERE created_at IN ('0000-00-00', 'soon', '736149600')");
    assert_eq!(odd.len(), 3);
    drop(db);
    office.run("purge retention --confirm --beyond-breaker test --quiet --look look.jsonl").looks();
    let db = open(&office);
    assert!(undated.is_subset(&ids(&db, "SELECT id FROM id_photos")));
    assert!(odd.is_subset(&ids(&db, "SELECT id FROM user_tags")));
    let looks: Vec<serde_json::Value> =
        office.read("look.jsonl").lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let listed = |table: &str, why: &str| -> BTreeSet<i64> {
        let of = looks.iter().filter(|line| line["of"] == table && line["why"] == why);
        of.map(|line| line["key"][0].as_i64().unwrap()).collect()
    };
    assert_eq!(listed("id_photos", "no_date"), undated);
    assert_eq!(listed("user_tags", "unreadable_date"), odd);
}

#[test]
fn a_table_that_was_emptied_meanwhile_and_one_that_is_held_are_no_trouble() {
    let mut office = Office::courier();
    open(&office).execute_batch("DELETE FROM geo_points; DELETE FROM user_tags;").unwrap();
    office.file("order.txt", "audit");
    office.run("hold add --table voice_records --order order.txt").done();
    let before = dump(&open(&office), &["voice_records"]);
    office.run("purge retention --confirm --beyond-breaker test --quiet").done();
    assert_eq!(dump(&open(&office), &["voice_records"]), before);
}

#[test]
fn nothing_of_a_person_under_hold_goes_whatever_hangs_on_them() {
    let mut office = Office::courier();
    office.file("who.txt", "account=15");
    office.file("order.txt", "court");
    office.run("hold add --id-file who.txt --order order.txt").done();
    let mine = |office: &Office| {
        let db = open(office);
        ["user_tags", "geo_points", "push_log", "orders", "devices", "claims", "consents"]
            .map(|table| ids(&db, &format!("SELECT id FROM {table} WHERE user_id = 15")))
    };
    let before = mine(&office);
    let orders = "SELECT count(*) FROM order_contacts c JOIN orders o ON o.id = c.order_id WHERE o.user_id = 15";
    let contacts: i64 = open(&office).query_row(orders, [], |row| row.get(0)).unwrap();
    office.run("purge retention --confirm --beyond-breaker test --quiet").done();
    assert_eq!(mine(&office), before);
    assert_eq!(open(&office).query_row(orders, [], |row| row.get::<_, i64>(0)).unwrap(), contacts);
    assert_eq!(ids(&open(&office), "SELECT id FROM geo_points WHERE user_id = 14 AND ts_ms < 0"), BTreeSet::new());
}

#[test]
fn a_hold_on_somebody_without_an_account_holds_by_their_number() {
    let mut office = Office::courier();
    let due = |office: &mut Office, name: &str| {
        office.run(&format!("purge retention --as-of 2029-03-01 --plan {name} --quiet")).looks();
        planned(&plan(office, name), "waybills", "overwrite")
    };
    let before = due(&mut office, "before.jsonl");
    let strangers =
        ids(&open(&office), "SELECT id FROM waybills WHERE recipient_user_id IS NULL AND length(recipient_phone) = 11");
    let waybill =
        *before.intersection(&strangers).next().expect("the company has parcels to people without an account");
    let phone: String = open(&office)
        .query_row("SELECT recipient_phone FROM waybills WHERE id = ?1", [waybill], |row| row.get(0))
        .unwrap();
    office.file("who.txt", &format!("phone={phone}"));
    office.file("order.txt", "court");
    office.run("hold add --id-file who.txt --order order.txt").done();
    let theirs =
        ids(&open(&office), &format!("SELECT id FROM waybills WHERE '{phone}' IN (recipient_phone, sender_phone)"));
    let after = due(&mut office, "after.jsonl");
    assert!(after.intersection(&theirs).next().is_none(), "held, and planned all the same");
    assert!(after.len() < before.len() && after.is_subset(&before));
}

// --- what waited -----------------------------------------------------------------------------------------------------

fn erase(office: &mut Office, account: i64) {
    office.file("who.txt", &format!("account={account}"));
    office.run("case open delete --channel app --id-file who.txt").done();
    office.run("case identify DSR-20261123-0001 --level L2 --by otp+waybill").done();
    office.run("erase DSR-20261123-0001 --confirm DSR-20261123-0001 --quiet").done();
}

#[test]
fn what_waited_for_a_contract_goes_when_it_is_performed() {
    let mut office = Office::courier();
    erase(&mut office, 10); // an unpaid order
    let phone = |office: &Office| -> Option<String> {
        open(office).query_row("SELECT phone FROM users WHERE id = 10", [], |row| row.get(0)).unwrap()
    };
    assert!(phone(&office).is_some());
    let waits = office.run("purge scheduled --confirm --json").done().json();
    assert_eq!(waits["data"]["state"], "nothing_due");
    open(&office)
        .execute("UPDATE orders SET status = 'cancelled', cancelled_at = '2026-11-23 12:00:00' WHERE user_id = 10", [])
        .unwrap();
    let shown = office.run("purge scheduled --json").done().json();
    assert!(shown["data"]["anonymized"].as_u64().unwrap() > 0);
    office.run("purge scheduled --confirm --quiet").done();
    assert_eq!(phone(&office), None);
    let again = office.run("purge scheduled --confirm --json").done().json();
    assert_eq!(again["data"]["state"], "nothing_due");
    office.run("audit verify --quiet").done();
}

#[test]
fn what_a_hold_stopped_goes_when_it_is_released() {
    let mut office = Office::courier();
    office.file("order.txt", "court");
    office.file("lifted.txt", "over");
    office.file("who.txt", "account=7");
    office.run("hold add --id-file who.txt --order order.txt").done();
    erase(&mut office, 7);
    let there = |office: &Office| ids(&open(office), "SELECT id FROM users WHERE id = 7 AND phone IS NOT NULL").len();
    office.run("purge scheduled --confirm --quiet").done();
    assert_eq!(there(&office), 1);
    office.run("hold release HOLD-20261123-0001 --reason-file lifted.txt --yes").done();
    office.run("purge scheduled --confirm --quiet").done();
    assert_eq!(there(&office), 0);
}

#[test]
fn what_a_law_kept_goes_when_its_period_ends_and_counts_from_the_removal() {
    let mut office = Office::courier();
    erase(&mut office, 7);
    let consents = |office: &Office| ids(&open(office), "SELECT id FROM consents WHERE user_id = 7").len();
    let kept = consents(&office);
    assert!(kept > 0);
    // three years after the removal, through 2029-11-23
    let on = |office: &mut Office, day: &str| {
        office.run(&format!("purge scheduled --as-of {day} --plan {day}.jsonl --quiet"));
        planned(&plan(office, &format!("{day}.jsonl")), "consents", "delete").len()
    };
    assert_eq!(on(&mut office, "2029-11-23"), 0);
    assert_eq!(on(&mut office, "2029-11-24"), kept);
    office.wait_days(3 * 366);
    office.run("purge scheduled --confirm").refused("clock_jump");
    office.typing("y\n").run("purge scheduled --confirm --quiet").done();
    assert_eq!(consents(&office), 0);
}

#[test]
fn a_part_that_was_asked_for_stays_a_part_when_its_time_comes() {
    let mut office = Office::courier();
    office.file("who.txt", "account=10");
    office.run("case open delete --channel app --id-file who.txt").done();
    office.run("case identify DSR-20261123-0001 --level L2 --by otp+waybill").done();
    office.run("erase DSR-20261123-0001 --column users.nickname --confirm DSR-20261123-0001 --quiet").done();
    open(&office)
        .execute("UPDATE orders SET status = 'cancelled', cancelled_at = '2026-11-23 12:00:00' WHERE user_id = 10", [])
        .unwrap();
    office.run("purge scheduled --confirm --quiet").done();
    let (phone, nickname): (Option<String>, Option<String>) = open(&office)
        .query_row("SELECT phone, nickname FROM users WHERE id = 10", [], |row| Ok((row.get(0)?, row.get(1)?)))
        .unwrap();
    assert!(phone.is_some());
    assert_eq!(nickname, None);
}

#[test]
fn what_a_purge_of_minors_left_goes_when_its_time_comes() {
    let mut office = Office::courier();
    office.run("purge minors --confirm --quiet").looks();
    let kept = ids(&open(&office), "SELECT id FROM policy_acceptances WHERE user_id IN (20, 21, 42)");
    assert!(!kept.is_empty());
    office.run("purge scheduled --as-of 2029-11-24 --plan then.jsonl --quiet");
    let gone = planned(&plan(&office, "then.jsonl"), "policy_acceptances", "delete");
    assert!(kept.is_subset(&gone), "{kept:?} {gone:?}");
}

#[test]
fn the_destruction_log_tells_what_went_by_which_rule() {
    let mut office = Office::courier();
    let expected = deleted(&open(&office), date(2026, 11, 23));
    let done = office.run("purge retention --confirm --beyond-breaker test --json").done().json();
    let counts = &done["data"];
    let log = office.run("purge log --json").done().json();
    let [run] = &log["data"].as_array().unwrap()[..] else { panic!("{log}") };
    assert_eq!((run["duty"].as_str(), run["officer"].as_str()), (Some("retention"), Some("officer")));
    assert!(run["ended"].is_string() && run["plan"].is_string());
    let tables = run["tables"].as_array().unwrap();
    for (table, rows) in expected.iter().filter(|(_, rows)| !rows.is_empty()) {
        let line = tables.iter().find(|line| line["table"] == *table && line["what"] == "deleted");
        assert_eq!(line.map(|line| line["rows"].as_u64().unwrap()), Some(rows.len() as u64), "{table}");
    }
    let rule = run["rules"].as_array().unwrap().iter().find(|rule| rule["table"] == "user_tags").unwrap();
    assert!(rule["first"].as_str().unwrap() <= rule["last"].as_str().unwrap());
    let shown = office.run("purge log").done();
    assert!(shown.stdout().contains("RUN-20261123-0001"), "{shown}");
    // as the run itself counts: with what a law keeps and is written over but for that
    let sheet = office.run("purge log --format csv").done();
    let cells: Vec<&str> = sheet.stdout().lines().nth(1).unwrap().split(',').collect();
    assert_eq!(cells[4..6], [counts["deleted"].to_string(), counts["anonymized"].to_string()], "{sheet}");
    assert!(tables.iter().any(|line| line["what"] == "kept_in_part"), "{log}");
}

/// A day begins at two moments: rows would go a day early.
#[test]
fn a_zone_for_the_rows_and_another_for_the_clocks_purge_nothing() {
    let mut office = Office::courier();
    let settings = office.read("droit.toml");
    assert!(settings.contains("Asia/Shanghai"), "{settings}");
    office.file("droit.toml", &settings.replace("Asia/Shanghai", "America/New_York"));
    for duty in ["retention", "minors", "scheduled"] {
        let refused = office.run(&format!("purge {duty}")).refused("two_zones");
        assert!(refused.stderr().contains("Asia/Shanghai") && refused.stderr().contains("New_York"), "{refused}");
    }
}
