//! What the law asks for, done by hand on the second database: erasures (LAW §7.2), children without consent (§7.3),
//! what waited, and retention (§7.4). Whose row is whose and what becomes of it is `people`'s key; periods are LAW §6's.

use std::collections::{BTreeMap, BTreeSet};

use jiff::{Span, civil::Date};
use rusqlite::Connection;

use super::both::blank;
use crate::{
    people::{
        fate::{Fate, Judge, named},
        key::{Somebody, capture, rows_of},
    },
    purge::{ids, list, minors::Key},
};

/// Holds in force: accounts, tables.
#[derive(Clone, Debug, Default)]
pub(super) struct Holds {
    pub(super) people: BTreeSet<i64>,
    pub(super) tables: BTreeSet<&'static str>,
}

/// Somebody who is to be erased, and the next day on which something of theirs may go.
#[derive(Debug)]
pub(super) struct Erased {
    pub(super) who: Somebody,
    /// When the first of it went
    pub(super) on: Option<Date>,
    pub(super) next: Option<Date>,
}

/// Everybody who was erased, and what is done for them by hand.
#[derive(Debug, Default)]
pub(super) struct Ledger {
    pub(super) erased: Vec<Erased>,
    pub(super) holds: Holds,
    /// Accounts of children that went without anybody asking
    pub(super) purged: BTreeSet<i64>,
    /// Rows that went or were written over
    pub(super) changes: u64,
}

impl Ledger {
    /// Erases somebody now.
    pub(super) fn erase(&mut self, db: &Connection, mut who: Somebody, today: Date, now: &str) {
        let mut captured = capture(db, &who, now);
        let before = self.changes;
        let next = self.carry_out(db, &who, today, today, None);
        let on = (self.changes > before).then_some(today);
        if on.is_none() {
            STILL.clone_into(&mut captured.until);
        }
        who.captured = Some(captured);
        self.erased.push(Erased { who, on, next });
    }

    /// What waited and has come to its time.
    pub(super) fn scheduled(&mut self, db: &Connection, today: Date, now: &str) {
        let mut erased = std::mem::take(&mut self.erased);
        for one in erased.iter_mut().filter(|one| one.next.is_some_and(|next| next <= today)) {
            let before = self.changes;
            one.next = self.carry_out(db, &one.who, today, one.on.unwrap_or(today), None);
            if one.on.is_none() && self.changes > before {
                one.on = Some(today);
                if let Some(captured) = &mut one.who.captured {
                    now.clone_into(&mut captured.until);
                }
            }
        }
        self.erased = erased;
    }

    /// Children without a valid consent.
    pub(super) fn minors(&mut self, db: &Connection, today: Date, now: &str) {
        let day = today.to_string();
        let key = Key { db, day: &day, child: 14, adult: 18 };
        let outcomes = key.outcomes();
        for child in &outcomes["purge"] - &self.holds.people {
            let mut who = Somebody { account: Some(child), unasked: true, ..Somebody::default() };
            let again = self.erased.iter().any(|one| one.who.account == Some(child));
            let captured = capture(db, &who, now);
            let next = self.carry_out(db, &who, today, today, None);
            self.purged.insert(child);
            if !again {
                who.captured = Some(captured);
                self.erased.push(Erased { who, on: Some(today), next });
            }
        }
        for child in &outcomes["purge_part"] - &self.holds.people {
            let sql = format!("SELECT scope FROM ({}) WHERE minor_user_id = {child}", key.valid());
            let covered = super::both::strings(db, &sql).join(",");
            let uncovered: BTreeSet<&str> = ON_CONSENT
                .iter()
                .filter(|(scope, _)| !covered.split([',', ' ']).any(|word| word == *scope))
                .flat_map(|(_, tables)| *tables)
                .copied()
                .collect();
            let who = Somebody { account: Some(child), unasked: true, ..Somebody::default() };
            self.carry_out(db, &who, today, today, Some(&uncovered));
        }
    }

    /// Does to every row what has to be done, and tells when to look again.
    fn carry_out(
        &mut self,
        db: &Connection,
        who: &Somebody,
        today: Date,
        removed: Date,
        only: Option<&BTreeSet<&str>>,
    ) -> Option<Date> {
        let tomorrow = Some(today.tomorrow().unwrap());
        if who.account.is_some_and(|account| self.holds.people.contains(&account)) {
            return tomorrow;
        }
        let mine = rows_of(db, who);
        let fates = Judge::again(db, today, removed).fates(&mine);
        db.execute_batch("BEGIN; PRAGMA defer_foreign_keys = ON").unwrap();
        let mut next: Option<Date> = None;
        let mut later = |day: Option<Date>| next = next.into_iter().chain(day).min();
        for (row, fate) in mine.iter().zip(&fates) {
            if only.is_some_and(|only| !only.contains(row.table)) {
                continue;
            }
            if self.holds.tables.contains(row.table) {
                later(tomorrow);
                continue;
            }
            let condition = named(row.table);
            match fate {
                Fate::Undecided => {}
                Fate::Live => later(tomorrow),
                Fate::Gone => {
                    let sql = format!("DELETE FROM {} WHERE {condition}", row.table);
                    self.changes += db.prepare_cached(&sql).unwrap().execute([&row.key]).unwrap() as u64;
                }
                Fate::Blank(columns) | Fate::Named(columns) | Fate::Kept(_, columns) => {
                    for column in columns {
                        blank(db, row.table, column, condition, &row.key);
                        self.changes += 1;
                    }
                    if row.table == "users" {
                        db.execute("DELETE FROM users_audit WHERE user_id = ?1", [&row.key]).unwrap();
                    }
                    if let Fate::Kept(until, _) = fate {
                        later(until.map_or(tomorrow, |until| until.tomorrow().ok()));
                    }
                }
            }
        }
        db.execute_batch("COMMIT").unwrap();
        next
    }

    /// What has outlived its purpose.
    pub(super) fn retention(&mut self, db: &Connection, today: Date) {
        let mut held: BTreeMap<&str, BTreeSet<i64>> = BTreeMap::new();
        for &account in &self.holds.people {
            for row in rows_of(db, &Somebody { account: Some(account), ..Somebody::default() }) {
                held.entry(row.table).or_default().extend(row.key.parse::<i64>().ok());
            }
        }
        db.execute_batch("BEGIN; PRAGMA defer_foreign_keys = ON").unwrap();
        let run = Retention { db, today, held, tables: &self.holds.tables };
        self.changes += run.deletes() + run.money() + run.parcels() + run.people();
        db.execute_batch("COMMIT").unwrap();
    }
}

/// The values of somebody of whom nothing went yet are theirs.
const STILL: &str = "9999-12-31 00:00:00";

/// What is held on a consent alone, by its scope.
const ON_CONSENT: &[(&str, &[&str])] = &[
    ("profile", &["user_profiles"]),
    ("third_party", &["third_party_accounts"]),
    ("personalization", &["user_tags", "device_links", "deid_records"]),
    ("contacts", &["contacts_import"]),
    ("cookies", &["cookies", "browsing_events"]),
    ("geo", &["geo_points"]),
    ("voice", &["voice_records"]),
    ("camera", &["media_uploads"]),
    ("diagnostics", &["crash_reports"]),
    ("mail", &["mail_log"]),
    ("marketing", &["subscriptions"]),
];

struct Retention<'a> {
    db: &'a Connection,
    today: Date,
    held: BTreeMap<&'a str, BTreeSet<i64>>,
    tables: &'a BTreeSet<&'static str>,
}

enum Period {
    Days(i64),
    Months(i64),
    Years(i64),
}
use Period::{Days, Months, Years};

/// LAW §6: rows that go when their time is over, those that hang on others first.
const DELETED: &[(&str, &str, &str, Period)] = &[
    ("user_tags", "id", "created_at", Days(180)),
    ("partner_sourced", "id", "received_at", Years(1)),
    ("contacts_import", "id", "imported_at", Days(180)),
    ("coupons", "id", "coalesce(used_at, created_at)", Years(3)),
    ("policy_notices", "id", "sent_at", Years(3)),
    ("id_photos", "id", "checked_at", Days(1)),
    ("customs_declarations", "id", "declared_at", Years(3)),
    ("installed_apps", "id", "seen_at", Days(90)),
    ("device_links", "id", "created_at", Days(180)),
    ("browsing_events", "id", "occurred_at", Months(12)),
    ("network_logs", "rowid", "datetime(ts, 'unixepoch', '+8 hours')", Months(12)),
    ("risk_scores", "id", "scored_at", Years(1)),
    ("geo_points", "id", "datetime(ts_ms / 1000, 'unixepoch', '+8 hours')", Days(30)),
    ("voice_records", "id", "created_at", Days(90)),
    ("media_uploads", "id", "used_at", Days(90)),
    ("crash_reports", "id", "created_at", Days(180)),
    ("operator_audit", "id", "occurred_at", Years(3)),
    ("push_log", "id", "sent_at", Days(180)),
    ("sms_log", "id", "sent_at", Days(180)),
    ("mail_log", "id", "sent_at", Days(180)),
    ("disclosures", "id", "disclosed_at", Years(3)),
    ("claims", "id", "closed_at", Years(3)),
];

/// Contracts in performance that hold an account's own row back.
const OPEN: &str = "SELECT user_id FROM orders WHERE status NOT IN ('completed', 'cancelled')
    UNION SELECT o.user_id FROM orders o JOIN invoices i ON i.order_id = o.id WHERE i.issued_at IS NULL
    UNION SELECT sender_user_id FROM waybills WHERE status NOT IN ('signed', 'returned') AND sender_user_id IS NOT NULL
    UNION SELECT recipient_user_id FROM waybills
          WHERE status NOT IN ('signed', 'returned') AND recipient_user_id IS NOT NULL
    UNION SELECT w.sender_user_id FROM waybills w JOIN cod_settlements s USING (waybill_no)
          WHERE s.settled_at IS NULL AND w.sender_user_id IS NOT NULL
    UNION SELECT user_id FROM claims WHERE closed_at IS NULL
    UNION SELECT user_id FROM cs_tickets WHERE closed_at IS NULL AND user_id IS NOT NULL";

impl Retention<'_> {
    /// Rows whose last day is over and that nobody holds.
    fn over(&self, table: &str, key: &str, event: &str, period: &Period) -> BTreeSet<i64> {
        if self.tables.contains(table) {
            return BTreeSet::new();
        }
        let span = match period {
            Days(count) => Span::new().days(*count),
            Months(count) => Span::new().months(*count),
            Years(count) => Span::new().years(*count),
        };
        let mut statement = self.db.prepare_cached(&format!("SELECT {key}, {event} FROM {table}")).unwrap();
        let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get::<_, Option<String>>(1)?))).unwrap();
        let over = |text: &Option<String>| {
            let event: Option<Date> = text.as_ref().and_then(|text| text.get(..10)?.parse().ok());
            event.is_some_and(|event| event.saturating_add(span) < self.today)
        };
        let held = self.held.get(table);
        rows.map(Result::unwrap)
            .filter(|(id, text)| over(text) && held.is_none_or(|held| !held.contains(id)))
            .map(|(id, _)| id)
            .collect()
    }

    fn run(&self, sql: &str) -> u64 {
        self.db.execute(sql, []).unwrap_or_else(|error| panic!("{error}\n{sql}")) as u64
    }

    fn delete(&self, table: &str, key: &str, rows: &BTreeSet<i64>) -> u64 {
        self.run(&format!("DELETE FROM {table} WHERE {key} IN ({})", list(rows)))
    }

    fn blank(&self, table: &str, columns: &[&str], rows: &BTreeSet<i64>) -> u64 {
        for row in rows {
            for column in columns {
                let there = format!("rowid = ?1 AND {column} IS NOT NULL AND {column} NOT LIKE 'anon-%'");
                blank(self.db, table, column, &there, &row.to_string());
            }
        }
        0
    }

    fn deletes(&self) -> u64 {
        let mut changes = 0;
        for (table, key, event, period) in DELETED {
            changes += self.delete(table, key, &self.over(table, key, event, period));
        }
        // what still hangs on a row keeps it
        let devices = self.over("devices", "id", "last_active_at", &Days(180));
        let used = ids(
            self.db,
            "SELECT device_id FROM installed_apps UNION SELECT device_id FROM device_links
             UNION SELECT linked_device_id FROM device_links",
        );
        changes += self.delete("devices", "id", &(&devices - &used));
        self.blank("devices", &["imei", "oaid", "mac", "os", "push_token"], &(&devices & &used));
        let cookies = self.over("cookies", "rowid", "created_at", &Months(13));
        let seen =
            ids(self.db, "SELECT rowid FROM cookies WHERE visitor_id IN (SELECT visitor_id FROM browsing_events)");
        changes += self.delete("cookies", "rowid", &(&cookies - &seen));
        let papers = self.over("real_name_auth", "id", "coalesce(last_shipped_at, verified_at)", &Years(1));
        let photographed = ids(self.db, "SELECT auth_id FROM id_photos");
        changes += self.delete("real_name_auth", "id", &(&papers - &photographed));
        let tickets = self.over("cs_tickets", "id", "closed_at", &Years(3));
        changes += self.run(&format!("DELETE FROM cs_messages WHERE ticket_id IN ({})", list(&tickets)));
        changes + self.delete("cs_tickets", "id", &tickets)
    }

    fn money(&self) -> u64 {
        let orders = self.over("orders", "id", "coalesce(completed_at, cancelled_at)", &Years(3));
        let open = ids(self.db, "SELECT id FROM orders WHERE status NOT IN ('completed', 'cancelled')");
        let drafts = ids(self.db, "SELECT order_id FROM invoices WHERE issued_at IS NULL");
        let orders = &orders - &open;
        let contacts = ids(self.db, &format!("SELECT id FROM order_contacts WHERE order_id IN ({})", list(&orders)));
        let held = self.held.get("order_contacts").cloned().unwrap_or_default();
        let changes = self.delete("order_contacts", "id", &(&contacts - &held));
        self.blank("orders", &["remark"], &(&orders - &drafts));
        let paid = self.over("payments", "id", "paid_at", &Years(3));
        let waiting = ids(self.db, &format!("SELECT id FROM payments WHERE order_id IN ({})", list(&open)));
        self.blank("payments", &["payer_openid"], &(&paid - &waiting));
        // vouchers: thirty years, counted from the end of the year
        let last = |table, event: &str| {
            let old = self.over(table, "id", event, &Years(30));
            let year = i64::from(self.today.year());
            let ended = ids(
                self.db,
                &format!("SELECT id FROM {table} WHERE CAST(substr({event}, 1, 4) AS INTEGER) + 30 < {year}"),
            );
            &old & &ended
        };
        // the voucher needs no mail address
        self.blank("invoices", &["email"], &self.over("invoices", "id", "issued_at", &Years(30)));
        let invoices = last("invoices", "issued_at");
        let vouchers = last("cod_settlements", "settled_at");
        changes + self.delete("invoices", "id", &invoices) + self.delete("cod_settlements", "id", &vouchers)
    }

    fn parcels(&self) -> u64 {
        let way = ids(self.db, "SELECT id FROM waybills WHERE status NOT IN ('signed', 'returned')");
        let images = self.over("waybill_images", "id", "taken_at", &Years(1));
        let waiting = ids(self.db, &format!("SELECT id FROM waybill_images WHERE waybill_id IN ({})", list(&way)));
        let changes = self.delete("waybill_images", "id", &(&images - &waiting));
        let unsettled = ids(
            self.db,
            "SELECT w.id FROM waybills w JOIN cod_settlements s USING (waybill_no) WHERE s.settled_at IS NULL",
        );
        let due = &self.over("waybills", "id", "signed_at", &Years(3)) - &way;
        let scans = ids(self.db, &format!("SELECT id FROM waybill_routes WHERE waybill_id IN ({})", list(&due)));
        let held = self.held.get("waybill_routes").cloned().unwrap_or_default();
        self.blank("waybill_routes", &["signer_name"], &(&scans - &held));
        let due = &due - &unsettled;
        for role in ["sender", "recipient"] {
            let columns = ["user_id", "name", "phone", "address"].map(|part| format!("{role}_{part}"));
            self.blank("waybills", &columns.each_ref().map(String::as_str), &due);
        }
        // a voucher says by this number which parcel it is about
        let vouched = ids(self.db, "SELECT w.id FROM waybills w JOIN cod_settlements s USING (waybill_no)");
        self.blank("waybills", &["waybill_no"], &(&due - &vouched));
        changes
    }

    fn people(&self) -> u64 {
        let links = self.over("risk_urls", "id", "recorded_at", &Years(1));
        self.blank("risk_urls", &["url", "user_id"], &links);
        self.blank("staff", &["name", "phone", "email"], &self.over("staff", "id", "left_at", &Years(3)));
        let gone = self.over("users", "id", "cancelled_at", &Days(1));
        let own = list(&gone);
        let mut changes = 0;
        for table in ["user_profiles", "third_party_accounts", "addresses", "subscriptions", "users_audit"] {
            changes += self.run(&format!("DELETE FROM {table} WHERE user_id IN ({own})"));
        }
        changes += self.run(&format!(
            "DELETE FROM guardians WHERE minor_user_id IN ({own}) AND id NOT IN (SELECT guardian_id FROM guardian_consents)"
        ));
        let proven = "id IN (SELECT guardian_id FROM guardian_consents)";
        let kept = ids(self.db, &format!("SELECT id FROM guardians WHERE minor_user_id IN ({own}) AND {proven}"));
        self.blank("guardians", &["name", "phone", "id_no"], &kept);
        changes += self.run(&format!(
            "DELETE FROM deid_records WHERE token IN (SELECT analytics_token FROM users WHERE id IN ({own}))"
        ));
        let ready = &gone - &ids(self.db, OPEN);
        let columns = [
            "username",
            "phone",
            "nickname",
            "avatar_url",
            "password_hash",
            "password_salt",
            "totp_secret",
            "email",
            "birth_date",
            "reg_ip",
            "analytics_token",
        ];
        self.blank("users", &columns, &ready);
        changes + self.run(&format!("DELETE FROM users_audit WHERE user_id IN ({})", list(&ready)))
    }
}
