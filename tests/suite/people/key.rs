//! The key: whose row is whose, in statements written by hand from `schema.sql` and LAW §6 and §7.1. Nothing in here
//! comes from the map or from the product's own statements.

use std::collections::BTreeSet;

use rusqlite::{Connection, params};

/// Somebody whose rows are looked for.
#[derive(Clone, Debug, Default)]
pub(crate) struct Somebody {
    pub(crate) account: Option<i64>,
    pub(crate) staff: Option<i64>,
    /// Without an account: the number and the name that were given
    pub(crate) stranger: Option<(String, String)>,
    /// A name that the officer added to tell who is meant
    pub(crate) pick: Option<String>,
    /// Nobody was asked: whoever bears no name at all owns no row that does
    pub(crate) unasked: bool,
    /// What was known of them on the day on which they were erased
    pub(crate) captured: Option<Captured>,
}

/// The person as they were when their data was removed: whoever has one of these values since is somebody else.
#[derive(Clone, Debug, Default)]
pub(crate) struct Captured {
    /// Number, since when, and whether somebody else proved it as well
    pub(crate) numbers: Vec<(String, Option<String>, bool)>,
    mails: Vec<(String, Option<String>, bool)>,
    names: Vec<String>,
    /// Until when their values were theirs: the day on which the first of it went
    pub(crate) until: String,
}

/// What is known of somebody now, as it will be remembered.
pub(crate) fn capture(db: &Connection, who: &Somebody, until: &str) -> Captured {
    write_down(db, who);
    let values = |list: &str| {
        let mut statement = db.prepare(&format!("SELECT v, since, shared FROM temp.{list} ORDER BY 1, 2")).unwrap();
        let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?))).unwrap();
        rows.map(Result::unwrap).collect()
    };
    let mut names = db.prepare("SELECT v FROM temp.names ORDER BY 1").unwrap();
    let names = names.query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect();
    Captured { numbers: values("numbers"), mails: values("mails"), names, until: until.to_owned() }
}

/// One row that has to do with somebody.
#[derive(Clone, Debug)]
pub(crate) struct Mine {
    pub(crate) table: &'static str,
    /// As the package writes it
    pub(crate) key: String,
    /// `""` is the row as a whole
    pub(crate) roles: BTreeSet<&'static str>,
    /// Bears their number or mail address, but from another time, under another name, or in somebody else's row
    pub(crate) doubtful: bool,
}

/// One way in which a row can be somebody's.
enum Way {
    /// Tied by a key
    Key(&'static str, &'static str),
    /// Bears their number: role, column, date, name, whose row it is by key
    Number(&'static str, &'static str, &'static str, &'static str, &'static str),
    /// Bears their mail address
    Mail(&'static str, &'static str, &'static str, &'static str, &'static str),
}

use Way::{Key, Mail, Number};

const OF_USER: &[Way] = &[Key("", "t.user_id = :u")];
const OF_ORDER: &[Way] = &[Key("", "t.order_id IN (SELECT id FROM orders WHERE user_id = :u)")];
const OF_DEVICE: &str = "t.device_id IN (SELECT id FROM devices WHERE user_id = :u)";
const OF_PARCEL: &[Way] = &[
    Key("sender", "t.waybill_id IN (SELECT id FROM temp.parcels WHERE role = 'sender')"),
    Key("recipient", "t.waybill_id IN (SELECT id FROM temp.parcels WHERE role = 'recipient')"),
];

/// Every table that can hold a person's rows, what names a row, and how rows are theirs; parcels and conversations
/// before what hangs on them.
const TABLES: &[(&str, &str, &[Way])] = &[
    ("users", "t.id", &[Key("", "t.id = :u")]),
    ("staff", "t.id", &[Key("", "t.id = :s")]),
    ("users_audit", "t.id", OF_USER),
    ("user_profiles", "t.user_id", OF_USER),
    ("real_name_auth", "t.id", OF_USER),
    ("id_photos", "t.id", &[Key("", "t.auth_id IN (SELECT id FROM real_name_auth WHERE user_id = :u)")]),
    ("addresses", "t.id", &[Key("", "t.user_id = :u"), Number("contact", "t.phone", "t.created_at", "t.name", "NULL")]),
    (
        "contacts_import",
        "t.id",
        &[Key("", "t.owner_id = :u"), Number("contact", "t.phone", "t.imported_at", "t.name", "NULL")],
    ),
    (
        "guardians",
        "t.id",
        &[Key("", "t.minor_user_id = :u"), Number("guardian", "t.phone", "t.created_at", "t.name", "NULL")],
    ),
    (
        "guardian_consents",
        "t.id",
        &[
            Key("minor", "t.minor_user_id = :u"),
            Key("guardian", "t.guardian_id IN (SELECT id FROM temp.guardian_rows)"),
        ],
    ),
    ("consents", "t.id", OF_USER),
    ("permissions", "t.user_id || ' ' || t.scope", OF_USER),
    ("policy_acceptances", "t.id", OF_USER),
    ("policy_notices", "t.id", OF_USER),
    ("third_party_accounts", "t.id", OF_USER),
    (
        "partner_sourced",
        "t.id",
        &[Key("", "t.user_id = :u"), Number("", "t.phone", "t.received_at", "NULL", "t.user_id")],
    ),
    ("user_tags", "t.id", OF_USER),
    ("coupons", "t.id", OF_USER),
    ("orders", "t.id", OF_USER),
    ("order_items", "t.id", OF_ORDER),
    (
        "order_contacts",
        "t.id",
        &[
            Key("", "t.order_id IN (SELECT id FROM orders WHERE user_id = :u)"),
            Number("contact", "t.phone", "t.created_at", "t.name", "NULL"),
        ],
    ),
    ("payments", "t.id", OF_ORDER),
    ("invoices", "t.id", OF_ORDER),
    (
        "waybills",
        "t.id",
        &[
            Key("sender", "t.sender_user_id = :u"),
            Number("sender", "t.sender_phone", "t.created_at", "t.sender_name", "t.sender_user_id"),
            Key("recipient", "t.recipient_user_id = :u"),
            Number("recipient", "t.recipient_phone", "t.created_at", "t.recipient_name", "t.recipient_user_id"),
        ],
    ),
    ("waybill_routes", "t.id", OF_PARCEL),
    ("waybill_images", "t.id", OF_PARCEL),
    ("cod_settlements", "t.id", &[Key("", "t.waybill_no IN (SELECT no FROM temp.parcels WHERE role = 'sender')")]),
    (
        "claims",
        "t.id",
        &[
            Key("", "t.user_id = :u"),
            Number("counterparty", "t.counterparty_phone", "t.opened_at", "t.counterparty_name", "NULL"),
        ],
    ),
    (
        "customs_declarations",
        "t.id",
        &[Key("", "t.user_id = :u"), Mail("agent", "t.agent_email", "t.declared_at", "t.agent_name", "NULL")],
    ),
    ("devices", "t.id", OF_USER),
    ("installed_apps", "t.id", &[Key("", OF_DEVICE)]),
    (
        "device_links",
        "t.id",
        &[Key("", OF_DEVICE), Key("", "t.linked_device_id IN (SELECT id FROM devices WHERE user_id = :u)")],
    ),
    ("cookies", "t.rowid", OF_USER),
    (
        "browsing_events",
        "t.id",
        &[Key("", "t.user_id = :u"), Key("", "t.visitor_id IN (SELECT visitor_id FROM cookies WHERE user_id = :u)")],
    ),
    ("network_logs", "t.rowid", OF_USER),
    ("risk_urls", "t.id", OF_USER),
    ("risk_scores", "t.id", OF_USER),
    ("geo_points", "t.id", OF_USER),
    ("voice_records", "t.id", OF_USER),
    ("media_uploads", "t.id", OF_USER),
    ("crash_reports", "t.id", OF_USER),
    ("operator_audit", "t.id", OF_USER),
    ("push_log", "t.id", OF_USER),
    ("sms_log", "t.id", &[Key("", "t.user_id = :u"), Number("", "t.phone", "t.sent_at", "NULL", "t.user_id")]),
    ("mail_log", "t.id", &[Key("", "t.user_id = :u"), Mail("", "t.email", "t.sent_at", "NULL", "t.user_id")]),
    ("subscriptions", "t.id", OF_USER),
    ("cs_tickets", "t.id", &[Key("", "t.user_id = :u"), Number("", "t.phone", "t.opened_at", "NULL", "t.user_id")]),
    ("cs_messages", "t.id", &[Key("", "t.ticket_id IN (SELECT id FROM temp.conversations)")]),
    ("disclosures", "t.id", OF_USER),
    ("deid_records", "t.id", &[Key("", "t.token IN (SELECT analytics_token FROM users WHERE id = :u)")]),
];

/// A column's number as eleven digits.
pub(crate) fn number(column: &str) -> String {
    let digits = format!("replace(replace(replace({column}, ' ', ''), '-', ''), '+', '')");
    format!("CASE WHEN length({digits}) = 11 OR {digits} LIKE '86___________' THEN substr({digits}, -11) END")
}

fn mail(column: &str) -> String {
    format!("lower(trim({column}))")
}

/// Their numbers and mail addresses, since when each is known to be theirs, and their names. A number that somebody
/// else can prove as well tells nobody apart.
fn write_down(db: &Connection, who: &Somebody) {
    db.execute_batch(
        "CREATE TEMP TABLE IF NOT EXISTS numbers (v, since, shared, until); DELETE FROM temp.numbers;
         CREATE TEMP TABLE IF NOT EXISTS mails (v, since, shared, until); DELETE FROM temp.mails;
         CREATE TEMP TABLE IF NOT EXISTS names (v); DELETE FROM temp.names;
         CREATE TEMP TABLE IF NOT EXISTS parcels (id, no, role); DELETE FROM temp.parcels;
         CREATE TEMP TABLE IF NOT EXISTS conversations (id); DELETE FROM temp.conversations;
         CREATE TEMP TABLE IF NOT EXISTS guardian_rows (id); DELETE FROM temp.guardian_rows;",
    )
    .unwrap();
    if let Some(captured) = &who.captured {
        return write_down_again(db, captured);
    }
    let (users, staff) = (number("x.phone"), number("y.phone"));
    db.execute(
        &format!(
            "INSERT INTO temp.numbers SELECT {users}, x.phone_bound_at, 0, NULL FROM users x
             WHERE x.id = ?1 AND {users} IS NOT NULL AND x.phone_bound_at IS NOT NULL
             UNION SELECT {staff}, NULL, 0, NULL FROM staff y WHERE y.id = ?2 AND {staff} IS NOT NULL"
        ),
        params![who.account, who.staff],
    )
    .unwrap();
    db.execute(
        "INSERT INTO temp.mails SELECT lower(trim(email)), email_verified_at, 0, NULL FROM users
         WHERE id = ?1 AND email IS NOT NULL AND email_verified_at IS NOT NULL
         UNION SELECT lower(trim(email)), NULL, 0, NULL FROM staff WHERE id = ?2 AND email IS NOT NULL",
        params![who.account, who.staff],
    )
    .unwrap();
    if let Some((phone, name)) = &who.stranger {
        db.execute("INSERT INTO temp.numbers VALUES (?1, NULL, 0, NULL)", [phone]).unwrap();
        db.execute("INSERT INTO temp.names VALUES (?1)", [name]).unwrap();
    }
    for (list, of_user, of_staff, since) in [
        ("numbers", number("x.phone"), number("x.phone"), "x.phone_bound_at"),
        ("mails", mail("x.email"), mail("x.email"), "x.email_verified_at"),
    ] {
        let others = format!(
            "UPDATE temp.{list} SET shared = 1 WHERE v IN (SELECT {of_user} FROM users x WHERE x.id IS NOT ?1 AND {since} IS NOT NULL)
             OR v IN (SELECT {of_staff} FROM staff x WHERE x.id IS NOT ?2)"
        );
        db.execute(&others, params![who.account, who.staff]).unwrap();
    }
    if let Some(pick) = &who.pick {
        db.execute("INSERT INTO temp.names VALUES (?1)", [pick]).unwrap();
    } else if who.stranger.is_none() {
        let own = "INSERT INTO temp.names SELECT v FROM (
                     SELECT real_name AS v FROM user_profiles WHERE user_id = ?1
                     UNION SELECT real_name FROM real_name_auth WHERE user_id = ?1
                     UNION SELECT declarant FROM customs_declarations WHERE user_id = ?1
                     UNION SELECT name FROM staff WHERE id = ?2) WHERE trim(v) <> '' AND v NOT LIKE '*%'";
        db.execute(own, params![who.account, who.staff]).unwrap();
        if who.unasked {
            db.execute("INSERT INTO temp.names SELECT '' WHERE NOT EXISTS (SELECT 1 FROM temp.names)", []).unwrap();
        }
    }
}

fn write_down_again(db: &Connection, captured: &Captured) {
    for (list, values) in [("numbers", &captured.numbers), ("mails", &captured.mails)] {
        for (value, since, shared) in values {
            let sql = format!("INSERT INTO temp.{list} VALUES (?1, ?2, ?3, ?4)");
            db.execute(&sql, params![value, since, shared, captured.until]).unwrap();
        }
    }
    for name in &captured.names {
        db.execute("INSERT INTO temp.names VALUES (?1)", [name]).unwrap();
    }
}

/// Whether a name under one of their numbers is not theirs: then a person has to decide before anything is done.
pub(crate) fn is_ambiguous(db: &Connection, who: &Somebody) -> bool {
    write_down(db, who);
    if who.stranger.is_some() || who.pick.is_some() {
        return false;
    }
    let mut names: BTreeSet<String> = BTreeSet::new();
    for (table, _, ways) in TABLES {
        for way in *ways {
            let (column, date, name, other, list) = match way {
                Number(_, column, date, name, other) if *name != "NULL" => {
                    (number(column), date, name, other, "numbers")
                }
                Mail(_, column, date, name, other) if *name != "NULL" => (mail(column), date, name, other, "mails"),
                _ => continue,
            };
            let sql = format!(
                "SELECT DISTINCT {name} FROM {table} t JOIN temp.{list} m ON m.v = {column}
                 WHERE m.shared = 0 AND (m.since IS NULL OR {date} >= m.since) AND trim({name}) <> ''
                 AND ({other} IS NULL OR {other} = :u)"
            );
            let mut statement = db.prepare(&sql).unwrap();
            let bound = statement.parameter_index(":u").unwrap();
            if let Some(at) = bound {
                statement.raw_bind_parameter(at, who.account).unwrap();
            }
            let mut rows = statement.raw_query();
            while let Some(row) = rows.next().unwrap() {
                names.insert(row.get::<_, String>(0).unwrap().trim().to_owned());
            }
        }
    }
    let own: BTreeSet<String> = db
        .prepare("SELECT v FROM temp.names")
        .unwrap()
        .query_map([], |row| row.get(0))
        .unwrap()
        .map(Result::unwrap)
        .collect();
    if own.is_empty() { names.len() > 1 } else { names.iter().any(|name| !own.contains(name)) }
}

/// Every row that has to do with `who`.
pub(crate) fn rows_of(db: &Connection, who: &Somebody) -> Vec<Mine> {
    write_down(db, who);
    let mut all = Vec::new();
    for (table, key, ways) in TABLES {
        let found = of_table(db, who, table, key, ways);
        for row in found.iter().filter(|row| !row.doubtful) {
            let remember = |sql: &str| db.execute(sql, [&row.key]).unwrap();
            match *table {
                "waybills" => row.roles.iter().for_each(|role| {
                    db.execute(
                        "INSERT INTO temp.parcels SELECT id, waybill_no, ?2 FROM waybills WHERE id = ?1",
                        params![row.key, role],
                    )
                    .unwrap();
                }),
                "cs_tickets" => _ = remember("INSERT INTO temp.conversations SELECT id FROM cs_tickets WHERE id = ?1"),
                "guardians" if row.roles.contains("guardian") => {
                    _ = remember("INSERT INTO temp.guardian_rows SELECT id FROM guardians WHERE id = ?1");
                }
                _ => {}
            }
        }
        all.extend(found);
    }
    all
}

fn of_table(db: &Connection, who: &Somebody, table: &'static str, key: &str, ways: &[Way]) -> Vec<Mine> {
    let mut columns = vec![format!("CAST({key} AS TEXT)")];
    let mut conditions = Vec::new();
    for way in ways {
        let (condition, certain) = match way {
            Key(_, condition) => ((*condition).to_owned(), "1".to_owned()),
            Number(_, column, date, name, other) => by_value("numbers", &number(column), date, name, other),
            Mail(_, column, date, name, other) => by_value("mails", &mail(column), date, name, other),
        };
        columns.push(format!("coalesce({condition}, 0)"));
        columns.push(format!("coalesce({certain}, 0)"));
        conditions.push(format!("coalesce({condition}, 0)"));
    }
    let sql = format!("SELECT {} FROM {table} t WHERE {}", columns.join(", "), conditions.join(" OR "));
    let mut statement = db.prepare_cached(&sql).unwrap();
    for (name, value) in [(":u", who.account), (":s", who.staff)] {
        if let Some(at) = statement.parameter_index(name).unwrap() {
            statement.raw_bind_parameter(at, value).unwrap();
        }
    }
    let mut rows = statement.raw_query();
    let mut found = Vec::new();
    while let Some(row) = rows.next().unwrap() {
        let (mut certain, mut doubtful) = (BTreeSet::new(), BTreeSet::new());
        for (at, way) in ways.iter().enumerate() {
            let (Key(role, _) | Number(role, ..) | Mail(role, ..)) = way;
            let holds: bool = row.get(1 + 2 * at).unwrap();
            let is_certain: bool = row.get(2 + 2 * at).unwrap();
            if holds {
                _ = if is_certain { certain.insert(*role) } else { doubtful.insert(*role) };
            }
        }
        let is_doubtful = certain.is_empty();
        let roles = if is_doubtful { doubtful } else { certain };
        found.push(Mine { table, key: row.get(0).unwrap(), roles, doubtful: is_doubtful });
    }
    found
}

/// Whether a row bears one of their values, and whether that settles it.
fn by_value(list: &str, column: &str, date: &str, name: &str, other: &str) -> (String, String) {
    let bears = format!("EXISTS (SELECT 1 FROM temp.{list} m WHERE m.v = {column})");
    let in_time = format!(
        "EXISTS (SELECT 1 FROM temp.{list} m WHERE m.v = {column} AND m.shared = 0 AND (m.since IS NULL OR {date} >= m.since)
         AND (m.until IS NULL OR {date} < m.until))"
    );
    let by_name = format!(
        "({name} IS NULL OR trim({name}) = '' OR NOT EXISTS (SELECT 1 FROM temp.names) OR trim({name}) IN (SELECT trim(v) FROM temp.names))"
    );
    let own = format!("({other} IS NULL OR {other} IS :u)");
    (bears, format!("({in_time} AND {by_name} AND {own})"))
}
