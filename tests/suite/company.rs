//! The sample company: whole, the same for the same seed, and every story of its cast true.

use droit::demo::company::{CAST, Company, Summary};
use jiff::civil::{Date, date};
use rusqlite::{Connection, OpenFlags, types::ValueRef};
use std::{collections::BTreeMap, fs, path::Path, sync::OnceLock};
use tempfile::TempDir;

const TODAY: Date = date(2026, 11, 24);

struct Built {
    folder: TempDir,
    summary: Summary,
}

fn build(seed: u64, today: Date) -> Built {
    let folder = tempfile::tempdir().unwrap();
    let company = Company { users: 300, seed, today };
    let mut heard = 0;
    let summary = company
        .build(&folder.path().join("company.db"), &folder.path().join("files"), &mut |rows| heard = rows)
        .unwrap();
    assert!(heard > 0, "progress was never told");
    Built { folder, summary }
}

/// One company for all tests that only read.
fn shared() -> &'static Built {
    static BUILT: OnceLock<Built> = OnceLock::new();
    BUILT.get_or_init(|| build(42, TODAY))
}

fn open(built: &Built) -> Connection {
    Connection::open_with_flags(built.folder.path().join("company.db"), OpenFlags::SQLITE_OPEN_READ_ONLY).unwrap()
}

fn one<T: rusqlite::types::FromSql>(connection: &Connection, sql: &str) -> T {
    connection.query_row(sql, [], |row| row.get(0)).unwrap_or_else(|error| panic!("{sql}: {error}"))
}

fn count(sql: &str) -> i64 {
    one(&open(shared()), &format!("SELECT count(*) FROM {sql}"))
}

fn strings(connection: &Connection, sql: &str) -> Vec<String> {
    let mut statement = connection.prepare(sql).unwrap();
    statement.query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect()
}

fn tables(connection: &Connection) -> Vec<String> {
    strings(
        connection,
        "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name",
    )
}

/// Every cell of every table as one text.
fn dump(built: &Built) -> String {
    use std::fmt::Write;
    let connection = open(built);
    let mut text = String::new();
    for table in tables(&connection) {
        let mut statement = connection.prepare(&format!("SELECT * FROM {table}")).unwrap();
        let columns = statement.column_count();
        let mut rows = statement.query([]).unwrap();
        while let Some(row) = rows.next().unwrap() {
            write!(text, "{table}").unwrap();
            for column in 0..columns {
                match row.get_ref(column).unwrap() {
                    ValueRef::Null => text.push_str("|∅"),
                    ValueRef::Integer(number) => write!(text, "|{number}").unwrap(),
                    ValueRef::Real(number) => write!(text, "|{number:?}").unwrap(),
                    ValueRef::Text(bytes) | ValueRef::Blob(bytes) => {
                        write!(text, "|{}", String::from_utf8_lossy(bytes)).unwrap();
                    }
                }
            }
            text.push('\n');
        }
    }
    text
}

fn files(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut found = BTreeMap::new();
    for sub in fs::read_dir(folder).unwrap() {
        for file in fs::read_dir(sub.unwrap().path()).unwrap() {
            let path = file.unwrap().path();
            let name = path.strip_prefix(folder).unwrap().to_str().unwrap().to_owned();
            found.insert(name, fs::read(&path).unwrap());
        }
    }
    found
}

#[test]
fn the_database_is_whole() {
    let connection = open(shared());
    assert_eq!(one::<String>(&connection, "PRAGMA integrity_check"), "ok");
    let broken = strings(&connection, "SELECT \"table\" FROM pragma_foreign_key_check");
    assert!(broken.is_empty(), "{broken:?}");
}

#[test]
fn the_full_text_index_agrees_with_the_messages() {
    let folder = tempfile::tempdir().unwrap();
    let copy = folder.path().join("copy.db");
    fs::copy(shared().folder.path().join("company.db"), &copy).unwrap();
    let connection = Connection::open(copy).unwrap();
    let check = "INSERT INTO cs_messages_fts (cs_messages_fts, rank) VALUES ('integrity-check', 1)";
    connection.execute(check, []).unwrap();
    connection.execute("DROP TRIGGER cs_messages_ad", []).unwrap();
    connection.execute("DELETE FROM cs_messages WHERE id = 1", []).unwrap();
    assert!(connection.execute(check, []).is_err(), "the check sees nothing");
}

#[test]
fn the_same_seed_gives_the_same_company() {
    let again = build(42, TODAY);
    assert_eq!(dump(shared()), dump(&again));
    assert_eq!(files(&shared().folder.path().join("files")), files(&again.folder.path().join("files")));
    assert_eq!(
        fs::read(shared().folder.path().join("company.db")).unwrap(),
        fs::read(again.folder.path().join("company.db")).unwrap()
    );
}

#[test]
fn another_seed_gives_another_company() {
    assert_ne!(dump(shared()), dump(&build(43, TODAY)));
}

#[test]
fn no_table_is_empty_and_the_summary_counts_rightly() {
    let connection = open(shared());
    let mut rows = 0;
    for table in tables(&connection) {
        let found: i64 = one(&connection, &format!("SELECT count(*) FROM {table}"));
        assert!(found > 0, "{table} is empty");
        if !table.starts_with("cs_messages_fts") {
            assert_eq!(shared().summary.tables.get(table.as_str()), Some(&found.cast_unsigned()), "{table}");
            rows += found.cast_unsigned();
        }
    }
    assert_eq!(rows, shared().summary.rows);
    assert_eq!(count("users"), 300);
}

#[test]
fn about_sixty_five_rows_for_each_account() {
    let built = build(42, TODAY);
    let large = {
        let folder = tempfile::tempdir().unwrap();
        let company = Company { users: 2_000, seed: 42, today: TODAY };
        company.build(&folder.path().join("company.db"), &folder.path().join("files"), &mut |_| {}).unwrap()
    };
    let average = (large.rows - built.summary.rows) / 1_700;
    assert!((60..=70).contains(&average), "{average}");
}

#[test]
fn schema_has_the_shapes_it_promises() {
    let connection = open(shared());
    let ddl = strings(&connection, "SELECT coalesce(sql, '') FROM sqlite_schema");
    assert!(ddl.iter().any(|sql| sql.contains("WITHOUT ROWID")));
    let keyless = "SELECT name FROM sqlite_schema s WHERE type = 'table' AND name NOT LIKE 'cs_messages_fts%'
                   AND NOT EXISTS (SELECT 1 FROM pragma_table_info(s.name) WHERE pk > 0)";
    assert_eq!(strings(&connection, keyless), ["network_logs"]);
    let nullable = "SELECT \"notnull\" FROM pragma_table_info('cs_messages') WHERE name = 'operator_id'";
    assert_eq!(one::<i64>(&connection, nullable), 0);
    let required = "SELECT \"notnull\" FROM pragma_table_info('claims') WHERE name = 'operator_id'";
    assert_eq!(one::<i64>(&connection, required), 1);
    assert_eq!(count("pragma_foreign_key_list('risk_urls')"), 0);
    assert_eq!(count("pragma_foreign_key_list('cod_settlements')"), 0);
}

/// GB 11643, by the standard's remainder rule: all 18 weighted by powers of two, modulo 11, leave 1.
fn resident_id_is_valid(number: &str) -> bool {
    let mut sum = 0;
    for (at, character) in number.chars().enumerate() {
        let value = if character == 'X' { 10 } else { character.to_digit(10).unwrap() };
        sum += value * (2_u32.pow(17 - u32::try_from(at).unwrap()) % 11);
    }
    number.len() == 18 && sum % 11 == 1
}

#[test]
fn resident_numbers_are_valid() {
    let connection = open(shared());
    let mut numbers = strings(
        &connection,
        "SELECT id_no FROM real_name_auth WHERE id_type IN ('resident_id', 'residence_permit') AND user_id <> 38",
    );
    numbers.extend(strings(&connection, "SELECT id_no FROM guardians"));
    numbers.extend(strings(&connection, "SELECT id_no FROM customs_declarations"));
    assert!(numbers.len() > 100);
    for number in &numbers {
        assert!(resident_id_is_valid(number), "{number}");
        let born: Date = format!("{}-{}-{}", &number[6..10], &number[10..12], &number[12..14]).parse().unwrap();
        assert!(born < TODAY);
    }
    assert!(resident_id_is_valid("11010519491231002X") && !resident_id_is_valid("110105194912310021"));
}

/// Digits from the right, every second doubled, digit sums.
fn luhn_is_valid(number: &str) -> bool {
    let digits: Vec<u32> = number.chars().map(|c| c.to_digit(10).unwrap()).collect();
    let sum: u32 = digits.iter().rev().enumerate().map(|(i, d)| (d << (i % 2)) / 10 + (d << (i % 2)) % 10).sum();
    sum.is_multiple_of(10)
}

#[test]
fn cards_and_device_numbers_pass_luhn() {
    let connection = open(shared());
    let cards = strings(
        &connection,
        "SELECT payee_account FROM cod_settlements UNION ALL SELECT bank_account FROM invoices WHERE bank_account <> ''",
    );
    let devices = strings(&connection, "SELECT imei FROM devices WHERE user_id <> 56 AND imei IS NOT NULL");
    assert!(cards.len() > 20 && devices.len() > 200);
    assert!(cards.iter().all(|card| card.len() == 16 && luhn_is_valid(card)));
    assert!(devices.iter().all(|imei| imei.len() == 15 && luhn_is_valid(imei)));
    assert!(luhn_is_valid("4111111111111111") && !luhn_is_valid("4111111111111112"));
}

/// GB 32100: the weighted sum of all 18, check character included with weight 1, is a multiple of 31.
fn uscc_is_valid(code: &str) -> bool {
    let alphabet = "0123456789ABCDEFGHJKLMNPQRTUWXY";
    let values = code.chars().map(|c| alphabet.find(c).unwrap());
    let weights = [1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28, 1];
    code.len() == 18 && values.zip(weights).map(|(value, weight)| value * weight).sum::<usize>().is_multiple_of(31)
}

#[test]
fn tax_numbers_are_valid() {
    let codes = strings(&open(shared()), "SELECT tax_no FROM invoices WHERE title_type = 'company'");
    assert!(codes.len() > 10);
    assert!(codes.iter().all(|code| uscc_is_valid(code)), "{codes:?}");
    assert!(uscc_is_valid("9144030071526726XG") && !uscc_is_valid("9144030071526726XH"));
}

#[test]
fn phones_stand_in_several_spellings_and_mail_goes_nowhere() {
    for pattern in ["1??????????", "+861??????????", "1?? ???? ????", "1??-????-????"] {
        assert!(count(&format!("waybills WHERE recipient_phone GLOB '{pattern}'")) > 0, "{pattern}");
    }
    let mails =
        "(SELECT email FROM users UNION ALL SELECT email FROM invoices UNION ALL SELECT email FROM user_profiles
                  UNION ALL SELECT email FROM mail_log UNION ALL SELECT email FROM crash_reports)";
    let foreign = format!(
        "{mails} WHERE email LIKE '%@%' AND email NOT LIKE '%@example.com' AND email NOT LIKE '%@example.org'
         AND email NOT LIKE '%@example.net' AND email NOT LIKE '@SUM%'"
    );
    assert_eq!(count(&foreign), 0);
}

#[test]
fn numbers_of_the_cast_are_nobody_elses() {
    let plain = |column: &str| format!("substr(replace(replace({column}, ' ', ''), '-', ''), -11)");
    let crowd = format!("{} LIKE '154%' AND", plain("phone"));
    assert_eq!(count(&format!("users WHERE {crowd} id > 60")), 0);
    assert_eq!(count(&format!("contacts_import WHERE {crowd} owner_id > 60")), 0);
    assert_eq!(count(&format!("cs_tickets WHERE {crowd} user_id > 60")), 0);
    let distinct = format!("(SELECT DISTINCT {} FROM users WHERE id > 60)", plain("phone"));
    assert_eq!(count(&distinct), 240);
}

#[test]
fn some_minors_have_no_consent() {
    let minors = "users u WHERE id > 60 AND birth_date = date(birth_date) AND birth_date > '2008-11-24'";
    let without = format!("{minors} AND NOT EXISTS (SELECT 1 FROM guardian_consents WHERE minor_user_id = u.id)");
    let built = {
        let folder = tempfile::tempdir().unwrap();
        let company = Company { users: 5_000, seed: 1, today: TODAY };
        let summary =
            company.build(&folder.path().join("company.db"), &folder.path().join("files"), &mut |_| {}).unwrap();
        Built { folder, summary }
    };
    let found: i64 = one(&open(&built), &format!("SELECT count(*) FROM {without}"));
    assert!((25..=80).contains(&found), "{found} of 4,940");
}

#[test]
fn triggers_have_filled_the_audit_table() {
    assert!(count("users_audit WHERE action = 'update' AND user_id = 1 AND old_phone = '15400000101'") == 1);
    assert_eq!(count("users_audit WHERE action = 'delete' AND user_id NOT IN (SELECT id FROM users)"), 1);
    assert_eq!(count("users WHERE id = 1 AND phone = '13800138000'"), 1);

    let folder = tempfile::tempdir().unwrap();
    let copy = folder.path().join("copy.db");
    fs::copy(shared().folder.path().join("company.db"), &copy).unwrap();
    let connection = Connection::open(copy).unwrap();
    let before: i64 = one(&connection, "SELECT count(*) FROM users_audit");
    connection.execute("UPDATE users SET phone = NULL WHERE id = 200", []).unwrap();
    assert_eq!(one::<i64>(&connection, "SELECT count(*) FROM users_audit"), before + 1);
}

#[test]
fn the_plain_customer_has_a_row_everywhere() {
    let connection = open(shared());
    for (table, column) in [
        ("user_profiles", "user_id"),
        ("real_name_auth", "user_id"),
        ("addresses", "user_id"),
        ("contacts_import", "owner_id"),
        ("consents", "user_id"),
        ("permissions", "user_id"),
        ("policy_acceptances", "user_id"),
        ("policy_notices", "user_id"),
        ("third_party_accounts", "user_id"),
        ("partner_sourced", "user_id"),
        ("user_tags", "user_id"),
        ("coupons", "user_id"),
        ("orders", "user_id"),
        ("waybills", "sender_user_id"),
        ("waybills", "recipient_user_id"),
        ("claims", "user_id"),
        ("customs_declarations", "user_id"),
        ("devices", "user_id"),
        ("cookies", "user_id"),
        ("browsing_events", "user_id"),
        ("network_logs", "user_id"),
        ("risk_urls", "user_id"),
        ("risk_scores", "user_id"),
        ("geo_points", "user_id"),
        ("voice_records", "user_id"),
        ("media_uploads", "user_id"),
        ("crash_reports", "user_id"),
        ("operator_audit", "user_id"),
        ("push_log", "user_id"),
        ("sms_log", "user_id"),
        ("mail_log", "user_id"),
        ("subscriptions", "user_id"),
        ("cs_tickets", "user_id"),
        ("disclosures", "user_id"),
        ("users_audit", "user_id"),
    ] {
        let found: i64 = one(&connection, &format!("SELECT count(*) FROM {table} WHERE {column} = 1"));
        assert!(found > 0, "{table}.{column}");
    }
}

#[test]
fn files_are_where_their_columns_say() {
    let connection = open(shared());
    let names = strings(
        &connection,
        "SELECT photo_file FROM id_photos WHERE photo_file IS NOT NULL
         UNION ALL SELECT image_file FROM waybill_images WHERE image_file IS NOT NULL
         UNION ALL SELECT evidence_file FROM claims WHERE evidence_file IS NOT NULL
         UNION ALL SELECT audio_file FROM voice_records WHERE audio_file IS NOT NULL AND user_id <> 56
         UNION ALL SELECT image_file FROM media_uploads WHERE image_file IS NOT NULL",
    );
    let on_disk = files(&shared().folder.path().join("files"));
    assert_eq!(names.len(), on_disk.len());
    assert_eq!(shared().summary.files, on_disk.len() as u64);
    assert!(names.iter().all(|name| on_disk.contains_key(name)));
    let marker: &[u8] = b"droit-demo ";
    assert!(on_disk.values().all(|content| content.windows(marker.len()).any(|window| window == marker)));
}

#[test]
fn the_story_of_shared_and_reissued_numbers() {
    assert_eq!(count("users WHERE phone = '15400000002'"), 2);
    assert_eq!(count("user_profiles WHERE user_id IN (2, 3) AND real_name = '王芳'"), 2);
    assert_eq!(
        count(
            "users u JOIN waybills w ON w.recipient_phone = u.phone WHERE u.id = 4 AND w.created_at < u.phone_bound_at"
        ),
        2
    );
    assert_eq!(
        count(
            "users u JOIN waybills w ON w.recipient_phone = u.phone WHERE u.id = 4 AND w.created_at > u.phone_bound_at"
        ),
        1
    );
}

#[test]
fn the_story_of_unproven_mail_and_namesakes() {
    assert_eq!(
        count(
            "user_profiles p JOIN users u ON u.email = p.email WHERE p.user_id = 5 AND u.id = 6 AND u.email_verified_at IS NOT NULL"
        ),
        1
    );
    assert_eq!(count("users WHERE id = 5 AND email IS NULL"), 1);
    assert_eq!(count("user_profiles WHERE real_name = '张伟' AND user_id <= 60"), 3);
}

#[test]
fn the_story_of_contracts_in_performance() {
    assert_eq!(count("waybills WHERE sender_user_id = 9 AND status = 'in_transit' AND signed_at IS NULL"), 1);
    assert_eq!(count("orders WHERE user_id = 10 AND status = 'unpaid'"), 1);
    assert_eq!(count("claims WHERE user_id = 11 AND closed_at IS NULL"), 1);
    assert_eq!(
        count(
            "cod_settlements c JOIN waybills w USING (waybill_no) WHERE w.sender_user_id = 12 AND c.settled_at IS NULL"
        ),
        1
    );
    assert_eq!(count("cs_tickets WHERE user_id = 13 AND closed_at IS NULL"), 1);
    assert_eq!(
        count("invoices i JOIN orders o ON o.id = i.order_id WHERE o.user_id = 54 AND i.issued_at < '2023-11-24'"),
        1
    );
}

#[test]
fn the_story_of_the_edges_of_every_period() {
    for (table, column, inside) in [
        ("orders WHERE status = 'completed' AND completed_at > '2000' AND", "completed_at", "2023-11-24"),
        ("waybills WHERE", "signed_at", "2023-11-24"),
        ("claims WHERE", "closed_at", "2023-11-24"),
        ("disclosures WHERE", "disclosed_at", "2023-11-24"),
        ("coupons WHERE", "created_at", "2023-11-24"),
        ("real_name_auth WHERE", "last_shipped_at", "2025-11-24"),
        ("risk_scores WHERE", "scored_at", "2025-11-24"),
        ("cookies WHERE", "created_at", "2025-10-24"),
        ("browsing_events WHERE", "occurred_at", "2025-11-24"),
        ("push_log WHERE", "sent_at", "2026-05-28"),
        ("user_tags WHERE", "created_at", "2026-05-28"),
        ("voice_records WHERE", "created_at", "2026-08-26"),
    ] {
        let owner = if table.starts_with("waybills") { "sender_user_id" } else { "user_id" };
        let connection = open(shared());
        let day = |id: i64| -> String {
            one(&connection, &format!("SELECT max(substr({column}, 1, 10)) FROM {table} {owner} = {id}"))
        };
        assert_eq!(day(14), inside, "{table}");
        let outside = inside.parse::<Date>().unwrap().yesterday().unwrap().to_string();
        assert_eq!(day(15), outside, "{table}");
    }
    // Asia/Shanghai: noon of 25 October 2026 is 04:00 UTC
    assert_eq!(
        count("geo_points WHERE user_id = 14 AND datetime(ts_ms / 1000, 'unixepoch') = '2026-10-25 04:00:00'"),
        1
    );
    assert_eq!(
        count("geo_points WHERE user_id = 15 AND datetime(ts_ms / 1000, 'unixepoch') = '2026-10-24 04:00:00'"),
        1
    );
    assert_eq!(count("network_logs WHERE user_id = 14 AND datetime(ts, 'unixepoch') = '2026-05-24 04:00:00'"), 1);
    assert_eq!(
        count("invoices i JOIN orders o ON o.id = i.order_id WHERE o.user_id = 14 AND issued_at LIKE '1996-01-01%'"),
        1
    );
    assert_eq!(
        count("invoices i JOIN orders o ON o.id = i.order_id WHERE o.user_id = 15 AND issued_at LIKE '1995-12-31%'"),
        1
    );
    assert_eq!(count("users WHERE id = 16 AND cancelled_at LIKE '2026-11-23%'"), 1);
    assert_eq!(count("users WHERE id = 17 AND cancelled_at LIKE '2026-11-22%'"), 1);
}

#[test]
fn the_story_of_minors() {
    let connection = open(shared());
    let born =
        |id: i64| -> Option<String> { one(&connection, &format!("SELECT birth_date FROM users WHERE id = {id}")) };
    for (id, birth) in [
        (20, "2013-11-24"),
        (21, "2013-11-25"),
        (22, "2012-11-24"),
        (23, "2012-11-25"),
        (24, "2009-11-24"),
        (25, "2009-11-25"),
        (26, "2008-11-24"),
        (27, "2008-11-25"),
        (28, "2008-11-23"),
        (29, "2012-11-23"),
        (30, "2012-02-29"),
        (31, "2008-02-29"),
        (33, ""),
        (34, "0000-00-00"),
        (35, "2011-02-30"),
    ] {
        assert_eq!(born(id).as_deref(), Some(birth), "account {id}");
    }
    assert_eq!(born(32), None);
    let valid = "guardian_consents c JOIN users u ON u.id = c.minor_user_id
                 WHERE c.status = 'granted' AND c.evidence_sha256 IS NOT NULL AND c.revoked_at IS NULL
                 AND c.consented_at < u.created_at AND c.scope = 'all' AND u.id";
    for id in [40, 46] {
        assert_eq!(count(&format!("{valid} = {id}")), 1, "account {id}");
    }
    for id in [41, 42, 43, 44, 45, 47, 48, 49, 50] {
        assert_eq!(count(&format!("{valid} = {id}")), 0, "account {id}");
    }
    assert_eq!(
        count(
            "guardian_consents c JOIN users u ON u.id = c.minor_user_id WHERE u.id = 41 AND c.consented_at > u.created_at"
        ),
        1
    );
    assert_eq!(count("guardian_consents WHERE minor_user_id = 42 AND revoked_at IS NOT NULL"), 1);
    assert_eq!(count("guardian_consents WHERE minor_user_id = 44 AND scope NOT LIKE '%geo%'"), 1);
    assert_eq!(count("geo_points WHERE user_id = 44"), 1);
    assert_eq!(
        count(
            "users WHERE id = 48 AND date(birth_date, '+18 years') < '2026-11-24' AND date(birth_date, '+14 years') > created_at"
        ),
        1
    );
    assert_eq!(count("guardians g JOIN users u ON u.phone = g.phone WHERE u.id = 19"), 2);
}

#[test]
fn the_story_of_mentions_and_two_roles() {
    assert_eq!(count("cs_messages_fts WHERE cs_messages_fts MATCH '\"15400000052\"'"), 2);
    assert_eq!(
        count(
            "cs_messages m JOIN cs_tickets t ON t.id = m.ticket_id WHERE t.user_id = 51 AND m.body LIKE '%154 0000 9001%'"
        ),
        1
    );
    assert_eq!(count("waybills WHERE sender_user_id = 53 AND recipient_user_id = 53"), 1);
    assert_eq!(
        count("staff s JOIN users u ON u.phone = s.phone AND u.email = s.email WHERE u.id = 55 AND s.id = 5"),
        1
    );
    assert_eq!(count("coupons WHERE user_id = 18 AND given_by = 1"), 1);
    assert_eq!(count("users WHERE id = 60 AND status = 'restricted'"), 1);
    assert_eq!(count("browsing_events e JOIN cookies c USING (visitor_id) WHERE c.user_id = 59 AND c.dnt = 1"), 1);
    assert_eq!(count("waybills WHERE sender_phone = '15400009001' AND sender_user_id IS NULL"), 1);
    assert_eq!(count("waybills WHERE recipient_phone = '15400009001' AND recipient_user_id IS NULL"), 1);
}

#[test]
fn the_story_of_hostile_text() {
    for part in ["<script>", "=HYPERLINK(", "\u{1b}[2J", "../../etc/passwd", "\u{202e}"] {
        let connection = open(shared());
        let found: i64 = connection
            .query_row("SELECT count(*) FROM addresses WHERE user_id = 56 AND instr(address, ?1) > 0", [part], |r| {
                r.get(0)
            })
            .unwrap();
        assert!(found > 0, "{part:?}");
    }
    assert_eq!(count("addresses WHERE user_id = 57 AND length(name) = 1200"), 1);
    assert!(count("order_items WHERE typeof(quantity) = 'text'") > 0);
    assert_eq!(count("addresses WHERE instr(name || address || label, char(0)) > 0"), 0);
}

#[test]
fn the_stories_hold_on_a_leap_day_too() {
    let built = build(42, date(2028, 2, 29));
    let connection = open(&built);
    assert_eq!(one::<String>(&connection, "PRAGMA integrity_check"), "ok");
    let day: String = one(&connection, "SELECT max(substr(signed_at, 1, 10)) FROM waybills WHERE sender_user_id = 14");
    assert_eq!(day, "2025-03-01"); // 2025-02-28 ends on 2028-02-28
    assert_eq!(one::<i64>(&connection, &format!("SELECT count(*) FROM users WHERE id <= {CAST}")), 60);
}
