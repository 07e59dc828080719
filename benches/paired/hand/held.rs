//! Where a person's rows are, table by table, parents first.

use anyhow::Result;
use rusqlite::{Connection, types::ValueRef};

use super::{
    open,
    person::{self, Person},
};
use crate::{Job, Report};

/// A table, how its rows are found, in which order, and the column that children name.
pub(super) struct Held {
    pub(super) table: &'static str,
    pub(super) condition: String,
    pub(super) order: &'static str,
    /// Parameter and column
    pub(super) hands_on: Option<(&'static str, &'static str)>,
}

fn held(table: &'static str, condition: &str) -> Held {
    Held { table, condition: condition.to_owned(), order: "1", hands_on: None }
}

fn parent(table: &'static str, condition: &str, parameter: &'static str, column: &'static str) -> Held {
    Held { hands_on: Some((parameter, column)), ..held(table, condition) }
}

fn among(column: &str, parameter: &str) -> String {
    format!("{column} IN (SELECT value FROM json_each({parameter}))")
}

/// One condition with OR would not use an index that folds case.
const BY_MAIL: &str = "id IN (SELECT id FROM mail_log WHERE user_id = :id
             UNION SELECT id FROM mail_log WHERE email = :mail COLLATE NOCASE AND sent_at >= :mailed)";
const BY_AGENT: &str = "id IN (SELECT id FROM customs_declarations WHERE user_id = :id
             UNION SELECT id FROM customs_declarations WHERE agent_email = :mail COLLATE NOCASE AND declared_at >= :mailed)";

/// All tables that hold anything on people with accounts.
pub(super) fn all() -> Vec<Held> {
    let phone = person::phone;
    let or = |first: &str, second: &str| format!("{first} OR {second}");
    let own = "user_id = :id";
    let mut all = vec![
        parent("users", "id = :id", ":tokens", "analytics_token"),
        parent("real_name_auth", own, ":auth", "id"),
        parent("orders", own, ":orders", "id"),
        parent(
            "waybills",
            &or(
                &or("sender_user_id = :id OR recipient_user_id = :id", &phone("sender_phone", "created_at")),
                &phone("recipient_phone", "created_at"),
            ),
            ":waybills",
            "id",
        ),
        parent("devices", own, ":devices", "id"),
        parent("cookies", own, ":visitors", "visitor_id"),
        parent("cs_tickets", &or(own, &phone("phone", "opened_at")), ":tickets", "id"),
        parent("guardians", &or("minor_user_id = :id", &phone("phone", "created_at")), ":guardians", "id"),
        held("guardian_consents", &or("minor_user_id = :id", &among("guardian_id", ":guardians"))),
        held("addresses", &or(own, &phone("phone", "created_at"))),
        held("contacts_import", &or("owner_id = :id", &phone("phone", "imported_at"))),
        held("partner_sourced", &or(own, &phone("phone", "received_at"))),
        held("sms_log", &or(own, &phone("phone", "sent_at"))),
        held("claims", &or(own, &phone("counterparty_phone", "opened_at"))),
        held("order_contacts", &or(&among("order_id", ":orders"), &phone("phone", "created_at"))),
        held("mail_log", BY_MAIL),
        held("customs_declarations", BY_AGENT),
        held("browsing_events", &or(own, &among("visitor_id", ":visitors"))),
        held("device_links", &or(&among("device_id", ":devices"), &among("linked_device_id", ":devices"))),
        held(
            "cod_settlements",
            "waybill_no IN (SELECT w.waybill_no FROM json_each(:waybills) k JOIN waybills w ON w.id = k.value
             WHERE w.sender_user_id = :id OR w.sender_phone IN (:p0, :p1, :p2, :p3, :p4))",
        ),
    ];
    for (table, column, parameter) in [
        ("id_photos", "auth_id", ":auth"),
        ("order_items", "order_id", ":orders"),
        ("payments", "order_id", ":orders"),
        ("invoices", "order_id", ":orders"),
        ("waybill_routes", "waybill_id", ":waybills"),
        ("waybill_images", "waybill_id", ":waybills"),
        ("installed_apps", "device_id", ":devices"),
        ("cs_messages", "ticket_id", ":tickets"),
        ("deid_records", "token", ":tokens"),
    ] {
        all.push(held(table, &among(column, parameter)));
    }
    for table in [
        "users_audit",
        "user_profiles",
        "third_party_accounts",
        "consents",
        "policy_acceptances",
        "policy_notices",
        "coupons",
        "user_tags",
        "risk_urls",
        "risk_scores",
        "geo_points",
        "voice_records",
        "media_uploads",
        "crash_reports",
        "operator_audit",
        "push_log",
        "subscriptions",
        "disclosures",
    ] {
        all.push(held(table, own));
    }
    all.push(Held { order: "rowid", ..held("network_logs", own) });
    all.push(Held { order: "1, 2", ..held("permissions", own) });
    all
}

/// The keys that children are found by.
pub(super) struct Keys {
    parents: Vec<(&'static str, String)>,
}

impl Keys {
    pub(super) fn new() -> Self {
        Self { parents: Vec::new() }
    }

    pub(super) fn parents(&self) -> &[(&'static str, String)] {
        &self.parents
    }

    pub(super) fn put(&mut self, parameter: &'static str, keys: &[String]) {
        self.parents.push((parameter, format!("[{}]", keys.join(","))));
    }
}

/// A key as JSON.
pub(super) fn as_json(value: ValueRef<'_>) -> Option<String> {
    match value {
        ValueRef::Integer(number) => Some(number.to_string()),
        ValueRef::Text(text) => serde_json::to_string(std::str::from_utf8(text).ok()?).ok(),
        _ => None,
    }
}

/// Counts what is held on somebody known by telephone number.
pub(super) fn count(job: &Job, report: &mut Report) -> Result<()> {
    let connection = open(&job.database)?;
    let Some(person) = job.people.first() else { return Ok(()) };
    let account = find(&connection, &person.phone)?;
    let person = Person::of(&connection, account)?;
    let mut keys = Keys::new();
    for held in all() {
        let column = held.hands_on.map_or("1", |(_, column)| column);
        let sql = format!("SELECT {column} FROM {} WHERE {}", held.table, held.condition);
        let mut statement = connection.prepare_cached(&sql)?;
        person.bind(&mut statement, keys.parents())?;
        let mut rows = statement.raw_query();
        let mut found = Vec::new();
        let mut count = 0;
        while let Some(row) = rows.next()? {
            count += 1;
            if held.hands_on.is_some() {
                found.extend(as_json(row.get_ref(0)?));
            }
        }
        if let Some((parameter, _)) = held.hands_on {
            keys.put(parameter, &found);
        }
        if count > 0 {
            report.rows.insert(held.table.to_owned(), count);
        }
    }
    Ok(())
}

fn find(connection: &Connection, phone: &str) -> Result<i64> {
    let spellings = person::spellings(phone).unwrap_or_default();
    let sql = "SELECT id FROM users WHERE phone IN (?1, ?2, ?3, ?4, ?5)";
    Ok(connection.query_row(sql, rusqlite::params_from_iter(spellings), |row| row.get(0))?)
}
