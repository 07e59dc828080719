//! What an erasure has to do to a row: LAW §7.2 with the periods of LAW §6, written again by hand.

use std::{
    cell::RefCell,
    collections::{BTreeMap, BTreeSet},
};

use jiff::{Span, civil::Date};
use rusqlite::{Connection, types::ValueRef};

use super::key::Mine;

/// What becomes of a row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Fate {
    /// Perhaps not theirs: stays as it is
    Undecided,
    /// A contract in performance: stays as it is
    Live,
    /// Kept by law through a day (`None`: a date is missing); these columns go all the same
    Kept(Option<Date>, BTreeSet<String>),
    /// These columns go
    Blank(BTreeSet<String>),
    /// These columns go, and another stays by which rows that are kept name the row
    Named(BTreeSet<String>),
    Gone,
}

/// One row as text, whatever the columns hold.
pub(crate) type Row = BTreeMap<String, Option<String>>;

/// A personal column: name, role (`""` is the row as a whole).
type Personal = &'static [(&'static str, &'static str)];

/// Columns that tell who somebody is or what they are like, and whose they are.
const PERSONAL: &[(&str, Personal)] = &[
    (
        "users",
        &[
            ("username", ""),
            ("phone", ""),
            ("nickname", ""),
            ("avatar_url", ""),
            ("password_hash", ""),
            ("password_salt", ""),
            ("totp_secret", ""),
            ("email", ""),
            ("birth_date", ""),
            ("reg_ip", ""),
            ("analytics_token", ""),
        ],
    ),
    ("staff", &[("name", ""), ("phone", ""), ("email", "")]),
    (
        "addresses",
        &[("name", "contact"), ("phone", "contact"), ("address", "contact"), ("postcode", "contact"), ("label", "")],
    ),
    ("contacts_import", &[("name", "contact"), ("phone", "contact")]),
    ("guardians", &[("name", "guardian"), ("phone", "guardian"), ("id_no", "guardian")]),
    ("orders", &[("remark", "")]),
    ("order_contacts", &[("name", "contact"), ("phone", "contact"), ("demand", "")]),
    ("payments", &[("payer_openid", "")]),
    ("invoices", &[("title", ""), ("tax_no", ""), ("email", ""), ("purchaser_info", ""), ("bank_account", "")]),
    (
        "waybills",
        &[
            ("sender_name", "sender"),
            ("sender_phone", "sender"),
            ("sender_address", "sender"),
            ("recipient_name", "recipient"),
            ("recipient_phone", "recipient"),
            ("recipient_address", "recipient"),
            ("waybill_no", ""),
        ],
    ),
    ("waybill_routes", &[("signer_name", "recipient")]),
    ("cod_settlements", &[("payee_name", ""), ("payee_account", "")]),
    (
        "claims",
        &[
            ("counterparty_name", "counterparty"),
            ("counterparty_phone", "counterparty"),
            ("description", ""),
            ("evidence_file", ""),
        ],
    ),
    ("customs_declarations", &[("declarant", ""), ("id_no", ""), ("agent_name", "agent"), ("agent_email", "agent")]),
    ("risk_urls", &[("url", "")]),
    ("cs_tickets", &[("phone", ""), ("subject", "")]),
    ("cs_messages", &[("body", "")]),
];

/// Whether anybody is in a role of the parcel of a scan or picture in which the person is not.
pub(crate) fn other_side(db: &Connection, mine: &Mine, row: &Row) -> bool {
    let others = ["sender", "recipient"].into_iter().filter(|role| !mine.roles.contains(*role));
    others.into_iter().any(|role| {
        let says = ["user_id", "name", "phone", "address"].map(|part| format!("coalesce({role}_{part}, '')"));
        let blank = |cell: String| format!("({cell} <> '' AND {cell} <> '***' AND {cell} NOT LIKE 'anon-%')");
        let sql = format!("SELECT {} FROM waybills WHERE id = ?1", says.map(blank).join(" OR "));
        db.query_row(&sql, [&row["waybill_id"]], |row| row.get(0)).unwrap()
    })
}

/// Whoever decides the rows of one person, as the database is now.
pub(crate) struct Judge<'a> {
    db: &'a Connection,
    today: Date,
    /// The day from which periods count that begin with the removal
    removed: Date,
    not_null: RefCell<BTreeMap<String, BTreeSet<String>>>,
}

impl<'a> Judge<'a> {
    pub(crate) fn new(db: &'a Connection, today: Date) -> Self {
        Self { db, today, removed: today, not_null: RefCell::default() }
    }

    /// … of somebody who was erased before, on `removed`.
    pub(crate) fn again(db: &'a Connection, today: Date, removed: Date) -> Self {
        Self { removed, ..Self::new(db, today) }
    }

    /// Every row's fate. The account's own row waits for any contract in performance; a guardian's row stays, blank, as
    /// long as the proof of consent stays.
    pub(crate) fn fates(&self, rows: &[Mine]) -> Vec<Fate> {
        let mut fates: Vec<Fate> = rows.iter().map(|row| self.fate(row)).collect();
        let holder_waits = rows.iter().zip(&fates).any(|(row, fate)| {
            *fate == Fate::Live
                && match row.table {
                    "claims" => row.roles.contains(""),
                    "orders" | "invoices" | "cs_tickets" | "waybills" | "cod_settlements" => self.is_of_account(row),
                    _ => false,
                }
        });
        if holder_waits {
            for (row, fate) in rows.iter().zip(&mut fates).filter(|(row, _)| row.table == "users") {
                assert!(matches!(fate, Fate::Blank(_)), "{row:?}");
                *fate = Fate::Live;
            }
        }
        fates
    }

    /// Whether the row is tied to the account by a key, directly or through the parcel.
    fn is_of_account(&self, mine: &Mine) -> bool {
        let row = self.row(mine.table, &mine.key);
        let set = |column: &str| row[column].is_some();
        match mine.table {
            "waybills" => mine.roles.iter().any(|role| set(&format!("{role}_user_id"))),
            "cod_settlements" => {
                let sql = "SELECT sender_user_id FROM waybills WHERE waybill_no = ?1";
                self.text(sql, row["waybill_no"].as_deref().unwrap()).is_some()
            }
            "cs_tickets" => set("user_id"),
            _ => true,
        }
    }

    fn fate(&self, mine: &Mine) -> Fate {
        if mine.doubtful {
            return Fate::Undecided;
        }
        let row = self.row(mine.table, &mine.key);
        if self.waits(mine, &row) {
            return Fate::Live;
        }
        let running: Vec<Keep> = self
            .keeps(mine, &row)
            .into_iter()
            .filter(|keep| keep.through.is_none_or(|day| day >= self.today))
            .collect();
        let shared = self.is_shared(mine, &row);
        if !running.is_empty() {
            let needed: BTreeSet<&str> = running.iter().flat_map(|keep| keep.columns).copied().collect();
            let through = if running.iter().any(|keep| keep.through.is_none()) {
                None
            } else {
                running.iter().filter_map(|keep| keep.through).max()
            };
            let mut columns = self.personal(mine, &row, shared);
            columns.retain(|column| !needed.contains(column.as_str()));
            // what stays of them has to be found again when the minimum ends, and nothing else leads to them
            match mine.table {
                "claims" => drop(columns.remove("counterparty_phone")),
                "cs_tickets" if row["user_id"].is_none() => drop(columns.remove("phone")),
                // whom the voucher's money was paid to
                "waybills"
                    if mine.roles.contains("sender") && row["sender_user_id"].is_none() && self.vouchers(&row) > 0 =>
                {
                    columns.remove("sender_phone");
                }
                _ => {}
            }
            return Fate::Kept(through, columns);
        }
        let mut columns = self.personal(mine, &row, shared);
        match mine.table {
            // §6: other rows need them as they are (vouchers, the other person in the row), or only the person goes
            "users" | "orders" | "order_items" | "payments" | "invoices" | "cod_settlements" | "staff" => {}
            "waybills" | "waybill_routes" => {
                // … and leads to whom it was paid to
                let found_by = mine.table != "waybills" || !mine.roles.contains("sender") || self.vouchers(&row) == 0;
                columns.extend(Self::links(mine, &row).into_iter().filter(|_| found_by));
                let by_phone = !found_by && row["sender_user_id"].is_none() && columns.remove("sender_phone");
                // what they are found in still has a number that is of both
                if by_phone || !found_by && shared && row["waybill_no"].is_some() {
                    return Fate::Named(columns);
                }
                // a voucher that is kept says by this number which parcel it is about
                let sql = "SELECT count(*) FROM cod_settlements WHERE waybill_no = ?1";
                let number = row.get("waybill_no").and_then(Option::as_deref);
                if number.is_some_and(|number| self.text(sql, number).as_deref() != Some("0"))
                    && columns.remove("waybill_no")
                {
                    return Fate::Named(columns);
                }
            }
            "risk_urls" => {
                columns.insert("user_id".to_owned());
            }
            "guardians" if mine.roles.contains("") => {
                let kept = self.text("SELECT count(*) FROM guardian_consents WHERE guardian_id = ?1", &mine.key);
                if kept.as_deref() == Some("0") {
                    return Fate::Gone;
                }
            }
            "waybill_images" if shared => columns = Self::image(mine, &row),
            _ if shared => {}
            _ => return Fate::Gone,
        }
        // a picture that shows somebody else as well stays, and that is told
        let label = |kind: &str| !matches!(kind, "signature" | "door");
        let pictured = shared
            && mine.table == "waybill_images"
            && row["image_file"].is_some()
            && row["image_type"].as_deref().is_none_or(label);
        if pictured && columns.is_empty() { Fate::Named(columns) } else { Fate::Blank(columns) }
    }

    /// LAW §7.2, 2: parcel not signed, cash not paid out, not paid or not delivered, open claim, open conversation.
    fn waits(&self, mine: &Mine, row: &Row) -> bool {
        let value = |column: &str| row[column].as_deref();
        let order = |id: Option<&str>| {
            let status = self.text("SELECT status FROM orders WHERE id = ?1", id.unwrap());
            !matches!(status.as_deref(), Some("completed" | "cancelled"))
        };
        let parcel = |sql: &str, by: Option<&str>| {
            let status = self.text(sql, by.unwrap());
            !matches!(status.as_deref(), Some("signed" | "returned"))
        };
        match mine.table {
            "orders" => {
                let draft = "SELECT count(*) FROM invoices WHERE order_id = ?1 AND issued_at IS NULL";
                order(value("id")) || self.text(draft, &mine.key).as_deref() != Some("0")
            }
            "order_items" | "order_contacts" | "payments" => order(value("order_id")),
            "invoices" => value("issued_at").is_none() || order(value("order_id")),
            "waybills" => {
                let unpaid = "SELECT count(*) FROM cod_settlements WHERE waybill_no = ?1 AND settled_at IS NULL";
                parcel("SELECT status FROM waybills WHERE id = ?1", value("id"))
                    || mine.roles.contains("sender")
                        && self.text(unpaid, value("waybill_no").unwrap()).as_deref() != Some("0")
            }
            "waybill_routes" | "waybill_images" => {
                parcel("SELECT status FROM waybills WHERE id = ?1", value("waybill_id"))
            }
            "cod_settlements" => {
                value("settled_at").is_none()
                    || parcel("SELECT status FROM waybills WHERE waybill_no = ?1", value("waybill_no"))
            }
            "claims" | "cs_tickets" => value("closed_at").is_none(),
            "cs_messages" => {
                self.text("SELECT closed_at FROM cs_tickets WHERE id = ?1", value("ticket_id").unwrap()).is_none()
            }
            "staff" => value("left_at").is_none(),
            _ => false,
        }
    }

    /// Minimums, ended or not.
    fn keeps(&self, mine: &Mine, row: &Row) -> Vec<Keep> {
        let value = |column: &str| row[column].clone();
        let first = |columns: &[&str]| columns.iter().find_map(|column| value(column).filter(|text| !text.is_empty()));
        let order = |id: Option<String>| {
            self.text("SELECT coalesce(completed_at, cancelled_at) FROM orders WHERE id = ?1", &id.unwrap())
        };
        let parcel = |id: Option<String>| self.text("SELECT signed_at FROM waybills WHERE id = ?1", &id.unwrap());
        let removal = || Keep { through: Some(self.removed.saturating_add(Span::new().years(3))), columns: &[] };
        match mine.table {
            "orders" => vec![Keep::years(3, first(&["completed_at", "cancelled_at"]), &[])],
            "order_items" | "order_contacts" => vec![Keep::years(3, order(value("order_id")), &[])],
            "payments" => {
                vec![Keep::years(3, value("paid_at"), &["payer_openid"]), Keep::vouchers(value("paid_at"), &[])]
            }
            "invoices" => vec![
                Keep::years(3, value("issued_at"), &["title", "tax_no", "email", "purchaser_info", "bank_account"]),
                Keep::vouchers(value("issued_at"), &["title", "tax_no", "purchaser_info", "bank_account"]),
            ],
            "waybills" => vec![Keep::years(3, value("signed_at"), &["waybill_no"])],
            "waybill_routes" => vec![Keep::years(3, parcel(value("waybill_id")), &[])],
            "cod_settlements" => vec![Keep::vouchers(value("settled_at"), &["payee_name", "payee_account"])],
            "claims" => {
                vec![Keep::years(3, value("closed_at"), &["description", "evidence_file", "counterparty_name"])]
            }
            "customs_declarations" => vec![Keep::years(3, value("declared_at"), &["declarant", "id_no"])],
            "real_name_auth" => vec![Keep::years(1, first(&["last_shipped_at", "verified_at"]), &[])],
            "policy_notices" => vec![Keep::years(3, value("sent_at"), &[])],
            "disclosures" => vec![Keep::years(3, value("disclosed_at"), &[])],
            "permissions" | "consents" | "policy_acceptances" | "guardian_consents" => vec![removal()],
            "operator_audit" => vec![Keep::months(6, value("occurred_at"))],
            "network_logs" => {
                let seconds: i64 = value("ts").unwrap().parse().unwrap();
                let local = jiff::Timestamp::from_second(seconds + 8 * 3600).unwrap().to_string();
                vec![Keep::months(6, Some(local))]
            }
            "cs_tickets" => vec![Keep::years(3, value("closed_at"), &["subject"])],
            "cs_messages" => {
                let closed = self.text("SELECT closed_at FROM cs_tickets WHERE id = ?1", &value("ticket_id").unwrap());
                vec![Keep::years(3, closed, &[])]
            }
            "staff" => vec![Keep::years(3, value("left_at"), &["name"])],
            _ => Vec::new(),
        }
    }

    /// Vouchers about the parcel, all of which are kept for thirty years.
    fn vouchers(&self, row: &Row) -> u64 {
        let number = row.get("waybill_no").and_then(Option::as_deref);
        let sql = "SELECT count(*) FROM cod_settlements WHERE waybill_no = ?1";
        number.and_then(|number| self.text(sql, number)).map_or(0, |count| count.parse().unwrap())
    }

    /// Whether somebody else is in the row and the row as a whole is not theirs.
    fn is_shared(&self, mine: &Mine, row: &Row) -> bool {
        let there = |column: &str| {
            row[column].as_deref().is_some_and(|text| !text.is_empty() && text != "***" && !text.starts_with("anon-"))
        };
        if mine.roles.contains("") {
            return false;
        }
        match mine.table {
            "waybills" => ["sender", "recipient"].iter().filter(|role| !mine.roles.contains(*role)).any(|role| {
                ["user_id", "name", "phone", "address"].iter().any(|part| there(&format!("{role}_{part}")))
            }),
            // whose parcel it is stands in the parcel's row
            "waybill_routes" | "waybill_images" => other_side(self.db, mine, row),
            "guardian_consents" => mine.roles.len() < 2,
            _ => true,
        }
    }

    /// Personal columns of the row that are theirs and hold something.
    fn personal(&self, mine: &Mine, row: &Row, shared: bool) -> BTreeSet<String> {
        let columns = PERSONAL.iter().find(|(table, _)| *table == mine.table).map_or(&[][..], |(_, columns)| columns);
        let whole = mine.roles.contains("");
        let theirs = |role: &str| whole || if role.is_empty() { !shared } else { mine.roles.contains(role) };
        columns
            .iter()
            .filter(|(column, role)| theirs(role) && self.is_filled(mine.table, column, row))
            .map(|(column, _)| (*column).to_owned())
            .collect()
    }

    fn links(mine: &Mine, row: &Row) -> BTreeSet<String> {
        let links = mine.roles.iter().map(|role| format!("{role}_user_id"));
        links.filter(|column| row.get(column).is_some_and(Option::is_some)).collect()
    }

    /// The label shows both; signature and door are the recipient's.
    fn image(mine: &Mine, row: &Row) -> BTreeSet<String> {
        let recipients = matches!(row["image_type"].as_deref(), Some("signature" | "door"));
        let goes = recipients && mine.roles.contains("recipient") && row["image_file"].is_some();
        goes.then(|| "image_file".to_owned()).into_iter().collect()
    }

    fn is_filled(&self, table: &str, column: &str, row: &Row) -> bool {
        let Some(text) = row[column].as_deref() else { return false };
        let mut known = self.not_null.borrow_mut();
        let not_null = known.entry(table.to_owned()).or_insert_with(|| {
            let sql = format!("SELECT name FROM pragma_table_info('{table}') WHERE \"notnull\" = 1");
            let mut statement = self.db.prepare(&sql).unwrap();
            statement.query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect()
        });
        !(text.starts_with("anon-") || not_null.contains(column) && matches!(text, "" | "***"))
    }

    fn text(&self, sql: &str, by: &str) -> Option<String> {
        let mut statement = self.db.prepare_cached(sql).unwrap();
        let mut rows = statement.query([by]).unwrap();
        rows.next().unwrap().and_then(|row| text_of(row.get_ref(0).unwrap()))
    }

    pub(crate) fn row(&self, table: &str, key: &str) -> Row {
        let condition = named(table);
        let mut statement = self.db.prepare_cached(&format!("SELECT * FROM {table} WHERE {condition}")).unwrap();
        let names: Vec<String> = statement.column_names().map(str::to_owned).collect();
        let mut rows = statement.query([key]).unwrap();
        let row = rows.next().unwrap().unwrap_or_else(|| panic!("{table} has no such row"));
        names.into_iter().enumerate().map(|(at, name)| (name, text_of(row.get_ref(at).unwrap()))).collect()
    }
}

/// What names a row of `table` in SQL, by `?1`.
pub(crate) fn named(table: &str) -> &'static str {
    match table {
        "permissions" => "user_id || ' ' || scope = ?1",
        "network_logs" | "cookies" => "rowid = ?1",
        "user_profiles" => "user_id = ?1",
        _ => "id = ?1",
    }
}

pub(crate) fn text_of(value: ValueRef<'_>) -> Option<String> {
    match value {
        ValueRef::Null => None,
        ValueRef::Integer(number) => Some(number.to_string()),
        ValueRef::Real(number) => Some(number.to_string()),
        ValueRef::Text(bytes) | ValueRef::Blob(bytes) => Some(String::from_utf8_lossy(bytes).into_owned()),
    }
}

/// A minimum: through which day, and which personal columns the law needs.
struct Keep {
    through: Option<Date>,
    columns: &'static [&'static str],
}

impl Keep {
    fn years(count: i64, from: Option<String>, columns: &'static [&'static str]) -> Self {
        Self { through: day(from).map(|day| day.saturating_add(Span::new().years(count))), columns }
    }

    fn months(count: i64, from: Option<String>) -> Self {
        Self { through: day(from).map(|day| day.saturating_add(Span::new().months(count))), columns: &[] }
    }

    /// R-ACC: thirty years, counted from the end of the year.
    fn vouchers(from: Option<String>, columns: &'static [&'static str]) -> Self {
        let last = |day: Date| Date::new(day.year() + 30, 12, 31).unwrap();
        Self { through: day(from).map(last), columns }
    }
}

fn day(text: Option<String>) -> Option<Date> {
    text.filter(|text| !text.is_empty()).map(|text| text[..10].parse().unwrap())
}
