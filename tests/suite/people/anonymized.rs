//! The same people anonymized: what is left of every row, cell by cell, against a table written by hand from LAW §5.2.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
};

use droit::case::identity::IdentitySet;
use jiff::{Timestamp, tz::TimeZone};
use rusqlite::Connection;

use super::{
    compare::{Happened, differences},
    fate::{Fate, Judge, Row, other_side},
    house::{House, TODAY},
    key::{Mine, Somebody, rows_of},
    people, references_hold, resolve, whole,
};

/// How many of the people are anonymized: the cast, the complicated ones, and as many of the crowd.
const PEOPLE: usize = 160;

/// What becomes of a cell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Left {
    /// NULL, or what says nothing where NULL is refused
    Nothing,
    /// A random text
    Token,
    /// A random negative number
    Number,
    /// NULL: the link is cut
    Cut,
    /// Province, city, district
    District,
    /// Five years
    Band,
    /// Year and month
    Month,
    /// The month in seconds, in milliseconds since 1970
    Seconds,
    Millis,
    /// 0, 1, 2, 5, 10, 20, 50 …
    Amount,
    /// A tenth of a degree
    Tenth,
}

use Left::{Amount, Band, Cut, District, Millis, Month, Nothing, Number, Seconds, Tenth, Token};

/// Of every table the columns that change, each with the role whose it is (`""` is the row as a whole).
type Columns = &'static [(&'static str, &'static str, Left)];

const LEFT: &[(&str, Columns)] = &[
    (
        "users",
        &[
            ("username", "", Token),
            ("phone", "", Nothing),
            ("phone_bound_at", "", Month),
            ("nickname", "", Nothing),
            ("avatar_url", "", Nothing),
            ("password_hash", "", Nothing),
            ("password_salt", "", Nothing),
            ("totp_secret", "", Nothing),
            ("email", "", Nothing),
            ("email_verified_at", "", Month),
            ("birth_date", "", Band),
            ("reg_ip", "", Nothing),
            ("analytics_token", "", Token),
            ("invited_by", "", Cut),
            ("created_at", "", Month),
            ("last_login_at", "", Month),
            ("cancelled_at", "", Month),
        ],
    ),
    (
        "users_audit",
        &[
            ("user_id", "", Number),
            ("old_phone", "", Nothing),
            ("old_email", "", Nothing),
            ("old_nickname", "", Nothing),
            ("changed_at", "", Month),
        ],
    ),
    (
        "user_profiles",
        &[
            ("real_name", "", Nothing),
            ("email", "", Nothing),
            ("wechat_id", "", Nothing),
            ("region", "", District),
            ("plate_no", "", Nothing),
            ("interests", "", Nothing),
            ("bio", "", Nothing),
            ("updated_at", "", Month),
        ],
    ),
    (
        "real_name_auth",
        &[
            ("id_no", "", Nothing),
            ("real_name", "", Nothing),
            ("verified_at", "", Month),
            ("last_shipped_at", "", Month),
        ],
    ),
    ("id_photos", &[("photo_file", "", Nothing), ("checked_at", "", Month)]),
    (
        "addresses",
        &[
            ("name", "contact", Nothing),
            ("phone", "contact", Nothing),
            ("address", "contact", District),
            ("postcode", "contact", Nothing),
            ("label", "", Nothing),
            ("created_at", "", Month),
        ],
    ),
    ("contacts_import", &[("name", "contact", Nothing), ("phone", "contact", Nothing), ("imported_at", "", Month)]),
    (
        "guardians",
        &[
            ("name", "guardian", Nothing),
            ("phone", "guardian", Nothing),
            ("id_no", "guardian", Nothing),
            ("created_at", "", Month),
        ],
    ),
    ("policy_notices", &[("sent_at", "", Month)]),
    (
        "third_party_accounts",
        &[
            ("openid", "", Nothing),
            ("unionid", "", Nothing),
            ("nickname", "", Nothing),
            ("avatar_url", "", Nothing),
            ("access_token", "", Nothing),
            ("bound_at", "", Month),
        ],
    ),
    (
        "partner_sourced",
        &[("user_id", "", Cut), ("phone", "", Nothing), ("value", "", Nothing), ("received_at", "", Month)],
    ),
    ("user_tags", &[("tag", "", Nothing), ("created_at", "", Month)]),
    ("coupons", &[("amount_cents", "", Amount), ("created_at", "", Month), ("used_at", "", Month)]),
    (
        "orders",
        &[
            ("amount_cents", "", Amount),
            ("remark", "", Nothing),
            ("operator_id", "", Cut),
            ("created_at", "", Month),
            ("completed_at", "", Month),
            ("cancelled_at", "", Month),
        ],
    ),
    ("order_items", &[("price_cents", "", Amount)]),
    (
        "order_contacts",
        &[
            ("name", "contact", Nothing),
            ("phone", "contact", Nothing),
            ("demand", "", Nothing),
            ("created_at", "", Month),
        ],
    ),
    ("payments", &[("amount_cents", "", Amount), ("payer_openid", "", Nothing), ("paid_at", "", Month)]),
    (
        "invoices",
        &[
            ("title", "", Nothing),
            ("tax_no", "", Nothing),
            ("email", "", Nothing),
            ("purchaser_info", "", Nothing),
            ("bank_account", "", Nothing),
            ("amount_cents", "", Amount),
            ("issued_at", "", Month),
        ],
    ),
    (
        "waybills",
        &[
            ("waybill_no", "", Token),
            ("order_id", "", Cut),
            ("sender_user_id", "sender", Cut),
            ("sender_name", "sender", Nothing),
            ("sender_phone", "sender", Nothing),
            ("sender_address", "sender", District),
            ("recipient_user_id", "recipient", Cut),
            ("recipient_name", "recipient", Nothing),
            ("recipient_phone", "recipient", Nothing),
            ("recipient_address", "recipient", District),
            ("fee_cents", "", Amount),
            ("created_at", "", Month),
            ("signed_at", "", Month),
        ],
    ),
    ("waybill_routes", &[("scanned_at", "", Month), ("courier_id", "", Cut), ("signer_name", "recipient", Nothing)]),
    // whose the image is depends on its type: see `columns_of`
    ("waybill_images", &[("taken_at", "", Month)]),
    (
        "cod_settlements",
        &[
            ("waybill_no", "", Token),
            ("payee_name", "", Nothing),
            ("payee_account", "", Nothing),
            ("amount_cents", "", Amount),
            ("created_at", "", Month),
            ("settled_at", "", Month),
        ],
    ),
    (
        "claims",
        &[
            ("waybill_id", "", Cut),
            ("counterparty_name", "counterparty", Nothing),
            ("counterparty_phone", "counterparty", Nothing),
            ("description", "", Nothing),
            ("evidence_file", "", Nothing),
            ("opened_at", "", Month),
            ("closed_at", "", Month),
        ],
    ),
    (
        "customs_declarations",
        &[
            ("declarant", "", Nothing),
            ("id_no", "", Nothing),
            ("value_cents", "", Amount),
            ("agent_name", "agent", Nothing),
            ("agent_email", "agent", Nothing),
            ("declared_at", "", Month),
        ],
    ),
    (
        "devices",
        &[
            ("imei", "", Nothing),
            ("oaid", "", Nothing),
            ("mac", "", Nothing),
            ("os", "", Nothing),
            ("push_token", "", Nothing),
            ("last_active_at", "", Month),
        ],
    ),
    ("installed_apps", &[("package", "", Nothing), ("seen_at", "", Month)]),
    ("device_links", &[("created_at", "", Month)]),
    (
        "cookies",
        &[("visitor_id", "", Token), ("user_id", "", Cut), ("created_at", "", Month), ("expires_at", "", Month)],
    ),
    (
        "browsing_events",
        &[
            ("user_id", "", Cut),
            ("visitor_id", "", Cut),
            ("url", "", Nothing),
            ("referrer", "", Nothing),
            ("occurred_at", "", Month),
        ],
    ),
    (
        "network_logs",
        &[
            ("user_id", "", Cut),
            ("ip", "", Nothing),
            ("path", "", Nothing),
            ("user_agent", "", Nothing),
            ("ts", "", Seconds),
        ],
    ),
    ("risk_urls", &[("user_id", "", Cut), ("url", "", Nothing), ("recorded_at", "", Month)]),
    ("risk_scores", &[("scored_at", "", Month)]),
    ("geo_points", &[("lat", "", Tenth), ("lng", "", Tenth), ("ts_ms", "", Millis)]),
    (
        "voice_records",
        &[("waybill_id", "", Cut), ("audio_file", "", Nothing), ("transcript", "", Nothing), ("created_at", "", Month)],
    ),
    ("media_uploads", &[("image_file", "", Nothing), ("used_at", "", Month)]),
    (
        "crash_reports",
        &[
            ("user_id", "", Cut),
            ("device_id", "", Cut),
            ("email", "", Nothing),
            ("dump", "", Nothing),
            ("created_at", "", Month),
        ],
    ),
    ("operator_audit", &[("user_id", "", Cut), ("occurred_at", "", Month)]),
    ("push_log", &[("device_id", "", Cut), ("body", "", Nothing), ("sent_at", "", Month), ("opened_at", "", Month)]),
    ("sms_log", &[("user_id", "", Cut), ("phone", "", Nothing), ("body", "", Nothing), ("sent_at", "", Month)]),
    (
        "mail_log",
        &[
            ("user_id", "", Cut),
            ("email", "", Nothing),
            ("subject", "", Nothing),
            ("sent_at", "", Month),
            ("opened_at", "", Month),
            ("clicked_url", "", Nothing),
        ],
    ),
    ("subscriptions", &[("subscribed_at", "", Month), ("unsubscribed_at", "", Month)]),
    (
        "cs_tickets",
        &[
            ("user_id", "", Cut),
            ("phone", "", Nothing),
            ("subject", "", Nothing),
            ("operator_id", "", Cut),
            ("opened_at", "", Month),
            ("closed_at", "", Month),
        ],
    ),
    ("cs_messages", &[("operator_id", "", Cut), ("body", "", Nothing), ("sent_at", "", Month)]),
    ("disclosures", &[("consent_id", "", Cut), ("disclosed_at", "", Month)]),
    (
        "deid_records",
        &[("token", "", Token), ("birth_year", "", Band), ("city", "", District), ("spent_cents", "", Amount)],
    ),
];

/// Links that only say which colleague or acquaintance it was: whoever follows them finds nothing of the person.
const OF_OTHERS: [&str; 4] = ["operator_id", "courier_id", "invited_by", "given_by"];

/// Tables that are about nobody.
const ABOUT_NOBODY: [&str; 6] =
    ["districts", "carriers", "partners", "policy_versions", "deid_datasets", "service_points"];

/// Links that the schema does not declare: table, column, table, column.
const UNDECLARED: [(&str, &str, &str, &str); 4] = [
    ("users_audit", "user_id", "users", "id"),
    ("risk_urls", "user_id", "users", "id"),
    ("cod_settlements", "waybill_no", "waybills", "waybill_no"),
    ("deid_records", "token", "users", "analytics_token"),
];

#[test]
fn nothing_that_identifies_is_left_in_anonymized_rows_and_what_shares_a_key_is_told() {
    let house = House::build();
    let mut book = house.casebook();
    let before = house.room.path().join("before.db");
    let mut failures = Vec::new();
    let (mut anonymized, mut de_identified) = (0, 0);
    let all = people(&house.plain());
    for (number, mut who) in (0..).zip(all.into_iter().take(PEOPLE)) {
        fs::copy(house.database(), &before).unwrap();
        let outcome = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
            let (whole, linked) = anonymize_and_compare(&house, &mut book, &before, &mut who, number);
            anonymized += whole;
            de_identified += linked;
        }));
        if outcome.is_err() {
            failures.push(who);
        }
    }
    assert!(failures.is_empty(), "{failures:#?}");
    whole(&house.plain());
    assert!(anonymized > 100 && de_identified > 500, "{anonymized} anonymized, {de_identified} de-identified");
}

fn anonymize_and_compare(
    house: &House,
    book: &mut droit::casebook::Casebook,
    before: &std::path::Path,
    who: &mut Somebody,
    number: u64,
) -> (u64, u64) {
    let db = house.plain();
    let closed = resolve(house, &db, who);
    let mine = rows_of(&db, who);
    let judge = Judge::new(&db, TODAY);
    let fates = judge.fates(&mine);
    let theirs = |at: &usize| matches!(fates[*at], Fate::Gone | Fate::Blank(_) | Fate::Named(_));
    let go: Vec<usize> = (0..mine.len()).filter(theirs).collect();
    let old: BTreeMap<usize, Row> = go.iter().map(|at| (*at, judge.row(mine[*at].table, &mine[*at].key))).collect();
    drop(judge);
    drop(db);

    let subjects: Vec<IdentitySet> = vec![closed.set];
    let applied = house.carry_out(&house.anonymization(&subjects), book, number).unwrap();

    let db = house.plain();
    let judge = Judge::new(&db, TODAY);
    let found = differences(&db, before);
    let mut told: BTreeMap<String, u64> = BTreeMap::new();
    let mut changed = 0;
    for (at, mine) in mine.iter().enumerate() {
        let place = (mine.table.to_owned(), mine.key.clone());
        let happened = found.get(&place);
        match &fates[at] {
            Fate::Undecided | Fate::Live => assert_eq!(happened, None, "{who:?}: {place:?}"),
            Fate::Kept(_, columns) => {
                let expected = (!columns.is_empty()).then(|| Happened::Changed(columns.clone()));
                assert_eq!(happened, expected.as_ref(), "{who:?}: {place:?}");
            }
            Fate::Gone | Fate::Blank(_) | Fate::Named(_) => {
                let new = judge.row(mine.table, &mine.key);
                check_row(&db, who, mine, &old[&at], &new);
                if let Some(happened) = happened {
                    assert!(matches!(happened, Happened::Changed(_)), "{who:?}: {place:?} {happened:?}");
                    changed += 1;
                    let told = told.entry(mine.table.to_owned()).or_default();
                    *told += u64::from(shares_a_key(&db, mine, &new));
                }
            }
        }
    }
    only_theirs(&db, who, &mine, &found);
    not_in(&db, &mine, &go, &old, who);
    let de_identified = applied.totals.tables.iter().map(|(table, sums)| {
        let name = house.map.tables[*table].name.to_string();
        (name, sums.de_identified)
    });
    let de_identified: BTreeMap<String, u64> = de_identified.filter(|(_, rows)| *rows > 0).collect();
    told.retain(|_, rows| *rows > 0);
    assert_eq!(de_identified, told, "{who:?}: rows that share a key");
    references_hold(&db);
    if number.is_multiple_of(16) {
        whole(&db);
    }
    drop(judge);
    drop(db);
    // there is nothing more to do
    let mut reader = house.reader();
    let mut left = 0;
    let again = house.anonymization(&subjects);
    droit::planner::Planner::derive(&again, &mut *reader, &mut |step| {
        left += u64::from(droit::plan::Work::of(step).is_some());
        Ok(())
    })
    .unwrap();
    assert_eq!(left, 0, "{who:?}: rows are anonymized again");
    let linked: u64 = told.values().sum();
    (changed - linked, linked)
}

/// The columns of this row that change.
fn columns_of(db: &Connection, mine: &Mine, old: &Row) -> BTreeMap<&'static str, Left> {
    let listed = LEFT.iter().find(|(table, _)| *table == mine.table);
    let (_, columns) = listed.unwrap_or_else(|| panic!("{} is always kept", mine.table));
    let shared = is_shared(db, mine, old);
    let whole = mine.roles.contains("");
    let theirs = |role: &str| whole || if role.is_empty() { !shared } else { mine.roles.contains(role) };
    let columns = columns.iter().filter(|(_, role, _)| theirs(role));
    let mut columns: BTreeMap<&str, Left> = columns.map(|(column, _, left)| (*column, *left)).collect();
    match mine.table {
        "partner_sourced" => {
            let left = match old["field"].as_deref() {
                Some("birth_date") => Band,
                Some("city") => District,
                _ => Nothing,
            };
            columns.insert("value", left);
        }
        "waybill_images" => {
            let recipients = matches!(old["image_type"].as_deref(), Some("signature" | "door"));
            if if recipients { mine.roles.contains("recipient") } else { !shared } {
                columns.insert("image_file", Nothing);
            }
        }
        _ => {}
    }
    columns
}

/// Whether somebody else is in the row and the row as a whole is not theirs.
fn is_shared(db: &Connection, mine: &Mine, row: &Row) -> bool {
    let there = |column: &str| {
        row[column].as_deref().is_some_and(|text| !text.is_empty() && text != "***" && !text.starts_with("anon-"))
    };
    if mine.roles.contains("") {
        return false;
    }
    match mine.table {
        "waybills" => ["sender", "recipient"]
            .iter()
            .filter(|role| !mine.roles.contains(*role))
            .any(|role| ["user_id", "name", "phone", "address"].iter().any(|part| there(&format!("{role}_{part}")))),
        "waybill_routes" | "waybill_images" => other_side(db, mine, row),
        "guardian_consents" => mine.roles.len() < 2,
        _ => true,
    }
}

fn check_row(db: &Connection, who: &Somebody, mine: &Mine, old: &Row, new: &Row) {
    let columns = columns_of(db, mine, old);
    for (column, before) in old {
        let after = new[column].as_deref();
        let place = format!("{who:?}: {}.{column} of {}", mine.table, mine.key);
        let Some(left) = columns.get(column.as_str()) else {
            assert_eq!(after, before.as_deref(), "{place}");
            continue;
        };
        let Some(before) = before.as_deref() else {
            assert_eq!(after, None, "{place}");
            continue;
        };
        let named = || mine.table == "waybills" && column == "waybill_no" && is_named(db, before);
        assert!(
            is_left(*left, before, after) || named() && after == Some(before),
            "{place}: {left:?} of {before:?} is {after:?}"
        );
    }
}

/// Whether a voucher that is kept says by this number which parcel it is about.
fn is_named(db: &Connection, number: &str) -> bool {
    let sql = "SELECT count(*) > 0 FROM cod_settlements WHERE waybill_no = ?1";
    db.query_row(sql, [number], |row| row.get(0)).unwrap()
}

fn is_left(left: Left, before: &str, after: Option<&str>) -> bool {
    let nothing = matches!(after, None | Some("" | "***"));
    let first_of_month = |at: Timestamp| {
        let local = at.to_zoned_datetime(TimeZone::get("Asia/Shanghai").unwrap());
        local.date().first_of_month().to_zoned_datetime(local.time_zone().clone()).unwrap().timestamp()
    };
    match left {
        Nothing => nothing,
        Token => after.is_some_and(|after| after.starts_with("anon-") && after.len() >= 13),
        Number => after.is_some_and(|after| after.starts_with('-')),
        Cut => after.is_none(),
        District => {
            let Some(after) = after.filter(|after| !after.is_empty()) else {
                return !before.contains(['省', '市', '区']) || before.len() < 6;
            };
            let plain: String = before.chars().filter(|c| !c.is_whitespace()).collect();
            plain.starts_with(after)
                && after.ends_with(['省', '市', '区', '县', '州'])
                && !after.contains(char::is_numeric)
        }
        Band => {
            let Some(after) = after.filter(|after| !after.is_empty()) else { return !is_plain_date(before) };
            let digits: String = after.chars().filter(char::is_ascii_digit).collect();
            let year = |text: &str| text.get(..4).and_then(|year| year.parse::<i32>().ok());
            let band = year(&digits).is_some_and(|year| year % 5 == 0) && ["", "0101"].contains(&&digits[4..]);
            let floor = !is_plain_date(before) || year(before).map(|year| year - year % 5) == year(after);
            band && floor
        }
        Month if before.len() == 19 => after == Some(format!("{}-01 00:00:00", &before[..7]).as_str()),
        Month if before.len() == 10 => after == Some(format!("{}-01", &before[..7]).as_str()),
        Month => nothing && before.trim().is_empty(),
        Seconds => {
            let at = Timestamp::from_second(before.parse().unwrap()).unwrap();
            after == Some(first_of_month(at).as_second().to_string().as_str())
        }
        Millis => {
            let at = Timestamp::from_millisecond(before.parse().unwrap()).unwrap();
            after == Some(first_of_month(at).as_millisecond().to_string().as_str())
        }
        Amount => {
            let bounds = (0..17).flat_map(|power| [1, 2, 5].map(|first| first * 10_i64.pow(power)));
            let amount: i64 = before.parse().unwrap();
            let bound = bounds.take_while(|bound| *bound <= amount.abs()).last().unwrap_or(0);
            after == Some((bound * amount.signum()).to_string().as_str())
        }
        Tenth => {
            let degrees = |text: &str| text.parse::<f64>().unwrap();
            let after = degrees(after.unwrap());
            if before.parse::<f64>().is_err() {
                return after == 0.0; // no place at all
            }
            (after - degrees(before)).abs() <= 0.050_000_1 && ((after * 10.0).round() - after * 10.0).abs() < 1e-6
        }
    }
}

/// Year, month and day with hyphens, and such a day exists.
fn is_plain_date(text: &str) -> bool {
    text.len() == 10 && text.parse::<jiff::civil::Date>().is_ok() && !text.starts_with("0000")
}

/// Nothing changed that is nobody's or somebody else's; what a trigger added is theirs no more.
fn only_theirs(db: &Connection, who: &Somebody, mine: &[Mine], found: &super::compare::Differences) {
    let own: BTreeSet<(&str, &str)> = mine.iter().map(|row| (row.table, row.key.as_str())).collect();
    for ((table, key), happened) in found {
        if own.contains(&(table.as_str(), key.as_str())) {
            continue;
        }
        assert_eq!((table.as_str(), happened), ("users_audit", &Happened::Inserted), "{who:?}: {table} {key}");
        let sql = "SELECT user_id < 0 AND old_phone IS NULL AND old_email IS NULL AND old_nickname IS NULL
                   FROM users_audit WHERE id = ?1";
        assert!(db.query_row(sql, [key], |row| row.get::<_, bool>(0)).unwrap(), "{who:?}: history remembers");
    }
}

/// No value that identified them is in any cell of a row of theirs that nothing keeps.
fn not_in(db: &Connection, mine: &[Mine], go: &[usize], old: &BTreeMap<usize, Row>, who: &Somebody) {
    let mut values: BTreeSet<&str> = BTreeSet::new();
    for at in go {
        let columns = columns_of(db, &mine[*at], &old[at]);
        let identifies = columns.iter().filter(|(_, left)| matches!(left, Nothing | Token));
        let cells = identifies.filter_map(|(column, _)| old[at][*column].as_deref());
        // two characters are a name; what is shorter, or says nothing, is nobody's
        values.extend(cells.filter(|text| text.chars().count() > 1 && *text != "***" && !text.starts_with("anon-")));
    }
    // a parcel's number that a kept voucher names stays
    values.retain(|value| !is_named(db, value));
    let judge = Judge::new(db, TODAY);
    for at in go {
        let row = judge.row(mine[*at].table, &mine[*at].key);
        let columns = columns_of(db, &mine[*at], &old[at]);
        for (column, cell) in row.iter().filter(|(column, _)| columns.contains_key(column.as_str())) {
            let Some(cell) = cell.as_deref() else { continue };
            let left =
                values.iter().find(|value| cell == **value || value.chars().count() > 5 && cell.contains(**value));
            assert_eq!(left, None, "{who:?}: {}.{column}", mine[*at].table);
        }
    }
}

/// Whether the row can be put together with another one: it points at one that is about people, or one points at it.
fn shares_a_key(db: &Connection, mine: &Mine, row: &Row) -> bool {
    let filled = |column: &str| row.get(column).is_some_and(Option::is_some);
    let theirs = |column: &str| match mine.table {
        "waybills" => column == "order_id" || mine.roles.iter().any(|role| column == format!("{role}_user_id")),
        "claims" | "customs_declarations" if column == "waybill_id" => true,
        "waybill_routes" | "waybill_images" => true,
        _ => mine.roles.contains(""),
    };
    let links = links(db);
    let own = links.iter().filter(|link| link.0 == mine.table && !OF_OTHERS.contains(&link.1.as_str()));
    let mut own = own.filter(|link| !ABOUT_NOBODY.contains(&link.2.as_str()));
    // a random token leads nowhere
    let cut =
        |column: &str| row[column].as_deref().is_some_and(|text| text.starts_with("anon-") || text.starts_with('-'));
    own.any(|link| theirs(&link.1) && filled(&link.1) && !cut(&link.1))
        || links.iter().filter(|link| link.2 == mine.table).any(|(table, column, _, key)| {
            let sql = format!("SELECT count(*) > 0 FROM {table} WHERE CAST({column} AS TEXT) = ?1");
            row[key.as_str()].as_deref().is_some_and(|key| db.query_row(&sql, [key], |row| row.get(0)).unwrap())
        })
}

type Link = (String, String, String, String);

/// Every link of the schema, and those that it does not declare.
fn links(db: &Connection) -> Vec<Link> {
    let sql = "SELECT m.name, k.\"from\", k.\"table\", coalesce(k.\"to\", 'id') FROM sqlite_schema m, pragma_foreign_key_list(m.name) k
               WHERE m.type = 'table'";
    let mut statement = db.prepare_cached(sql).unwrap();
    let declared = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?))).unwrap();
    let declared = declared.map(Result::unwrap);
    let undeclared = UNDECLARED.map(|(a, b, c, d)| (a.to_owned(), b.to_owned(), c.to_owned(), d.to_owned()));
    declared.chain(undeclared).collect()
}
