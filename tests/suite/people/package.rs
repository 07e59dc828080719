//! What stands in a package, read without the product's help, and what must not stand in it.

use std::{
    collections::{BTreeMap, BTreeSet, HashSet},
    fs,
    path::Path,
};

use rusqlite::Connection;
use serde_json::Value as Json;

use super::{
    fate::{Judge, Row},
    key::{Mine, Somebody},
};

/// Columns whose values tell one person, account or contract from all others.
const TELLING: &[(&str, &[&str])] = &[
    ("users", &["username", "phone", "email", "analytics_token"]),
    ("users_audit", &["old_phone", "old_email"]),
    ("staff", &["phone", "email"]),
    ("user_profiles", &["email", "wechat_id"]),
    ("real_name_auth", &["id_no"]),
    ("addresses", &["phone", "address"]),
    ("contacts_import", &["phone"]),
    ("guardians", &["phone", "id_no"]),
    ("third_party_accounts", &["openid", "unionid", "access_token"]),
    ("partner_sourced", &["phone"]),
    ("orders", &["order_no"]),
    ("order_contacts", &["phone"]),
    ("payments", &["trade_no", "payer_openid"]),
    ("invoices", &["tax_no", "email"]),
    ("waybills", &["waybill_no", "sender_phone", "sender_address", "recipient_phone", "recipient_address"]),
    ("cod_settlements", &["payee_account"]),
    ("claims", &["counterparty_phone"]),
    ("customs_declarations", &["id_no", "agent_email"]),
    ("devices", &["imei", "oaid", "mac", "push_token"]),
    ("cookies", &["visitor_id"]),
    ("crash_reports", &["email"]),
    ("sms_log", &["phone"]),
    ("mail_log", &["email"]),
    ("cs_tickets", &["phone"]),
    ("deid_records", &["token"]),
];

/// Columns that belong to one of the people in a row, and of what sort: a name, something else that tells, a key.
const ROLES: &[(&str, &str, &str, Sort)] = &[
    ("addresses", "name", "contact", Sort::Name),
    ("addresses", "phone", "contact", Sort::Telling),
    ("addresses", "address", "contact", Sort::Telling),
    ("addresses", "postcode", "contact", Sort::Telling),
    ("contacts_import", "name", "contact", Sort::Name),
    ("contacts_import", "phone", "contact", Sort::Telling),
    ("guardians", "name", "guardian", Sort::Name),
    ("guardians", "phone", "guardian", Sort::Telling),
    ("guardians", "id_no", "guardian", Sort::Telling),
    ("guardian_consents", "minor_user_id", "minor", Sort::Key),
    ("guardian_consents", "guardian_id", "guardian", Sort::Key),
    ("order_contacts", "name", "contact", Sort::Name),
    ("order_contacts", "phone", "contact", Sort::Telling),
    ("waybills", "sender_user_id", "sender", Sort::Key),
    ("waybills", "sender_name", "sender", Sort::Name),
    ("waybills", "sender_phone", "sender", Sort::Telling),
    ("waybills", "sender_address", "sender", Sort::Telling),
    ("waybills", "recipient_user_id", "recipient", Sort::Key),
    ("waybills", "recipient_name", "recipient", Sort::Name),
    ("waybills", "recipient_phone", "recipient", Sort::Telling),
    ("waybills", "recipient_address", "recipient", Sort::Telling),
    ("waybill_routes", "signer_name", "recipient", Sort::Name),
    ("claims", "counterparty_name", "counterparty", Sort::Name),
    ("claims", "counterparty_phone", "counterparty", Sort::Telling),
    ("customs_declarations", "agent_name", "agent", Sort::Name),
    ("customs_declarations", "agent_email", "agent", Sort::Telling),
    // whose the row as a whole is, seen by somebody who only stands in it
    ("addresses", "user_id", "", Sort::Key),
    ("contacts_import", "owner_id", "", Sort::Key),
    ("guardians", "minor_user_id", "", Sort::Key),
    ("order_contacts", "order_id", "", Sort::Key),
    ("claims", "user_id", "", Sort::Key),
    ("customs_declarations", "user_id", "", Sort::Key),
];

/// Columns that point at other people: never shown.
const POINTERS: &[(&str, &str)] = &[
    ("users", "invited_by"),
    ("coupons", "given_by"),
    ("orders", "operator_id"),
    ("waybill_routes", "courier_id"),
    ("claims", "operator_id"),
    ("operator_audit", "operator_id"),
    ("cs_tickets", "operator_id"),
    ("cs_messages", "operator_id"),
];

const SECRETS: &[(&str, &str)] = &[
    ("users", "password_hash"),
    ("users", "password_salt"),
    ("users", "totp_secret"),
    ("third_party_accounts", "access_token"),
    ("devices", "push_token"),
    ("risk_scores", "score"),
    ("risk_scores", "rule_hits"),
];

#[derive(Clone, Copy, PartialEq, Eq)]
enum Sort {
    Name,
    Telling,
    Key,
}

/// A package's rows: by table and key, the cells.
pub(super) struct Read {
    pub(super) rows: BTreeMap<(String, String), Json>,
    manifest: Json,
}

pub(super) fn read(folder: &Path) -> Read {
    let parse = |name: &str| -> Json { serde_json::from_slice(&fs::read(folder.join(name)).unwrap()).unwrap() };
    let data = parse("data.json");
    let mut rows = BTreeMap::new();
    for table in data["tables"].as_array().unwrap() {
        let name = table["about"]["name"].as_str().unwrap();
        for row in table["rows"].as_array().unwrap() {
            let key = (name.to_owned(), row["key"].as_str().unwrap().to_owned());
            assert!(rows.insert(key, row["cells"].clone()).is_none(), "{name} has a row twice");
        }
    }
    Read { rows, manifest: parse("manifest.json") }
}

/// How many columns a table has.
pub(super) fn columns(db: &Connection, table: &str) -> u64 {
    let sql = format!("SELECT count(*) FROM pragma_table_info('{table}')");
    let count: u32 = db.query_row(&sql, [], |row| row.get(0)).unwrap();
    count.into()
}

/// Counts add up, and are those of the key: located = exported + withheld, in cells.
pub(super) fn counts_add_up(db: &Connection, read: &Read, mine: &[Mine]) {
    let number = |json: &Json| json.as_u64().unwrap();
    let withheld = |tally: &Json| -> u64 { tally["withheld"].as_object().unwrap().values().map(number).sum() };
    let mut per_table: BTreeMap<&str, u64> = BTreeMap::new();
    for row in mine.iter().filter(|row| !row.doubtful) {
        *per_table.entry(row.table).or_default() += columns(db, row.table);
    }
    let mut told: BTreeMap<&str, u64> = BTreeMap::new();
    for table in read.manifest["tables"].as_array().unwrap() {
        let cells = &table["cells"];
        assert_eq!(number(&cells["located"]), number(&cells["exported"]) + withheld(cells), "{table}");
        told.insert(table["name"].as_str().unwrap(), number(&cells["located"]));
    }
    assert_eq!(told, per_table, "cells by table");
    let all = &read.manifest["cells"];
    let doubtful: u64 = mine.iter().filter(|row| row.doubtful).map(|row| columns(db, row.table)).sum();
    assert_eq!(number(&all["located"]), number(&all["exported"]) + withheld(all));
    assert_eq!(number(&all["located"]), per_table.values().sum::<u64>() + doubtful, "cells in all");
    assert_eq!(all["withheld"]["undecided"].as_u64().unwrap_or_default(), doubtful, "undecided cells");
}

/// LAW §7.5, cell by cell: of other people in the row the name is shown to whoever typed it, nothing else; who only
/// points and who serves is not named; secrets are not given; everything else is.
pub(super) fn cells_are_lawful(telling: &Telling, judge: &Judge<'_>, who: &Somebody, read: &Read, mine: &[Mine]) {
    let mine_id = who.account.map(|id| id.to_string());
    for row in mine.iter().filter(|row| !row.doubtful) {
        let held = judge.row(row.table, &row.key);
        let cells = &read.rows[&(row.table.to_owned(), row.key.clone())];
        for (column, value) in &held {
            let cell = &cells[column];
            let (masked, kept) = (cell.get("masked").is_some(), cell.get("withheld").is_some());
            let place = (row.table, column.as_str());
            let name = || format!("{}.{column} of {:?}: {cell}", row.table, row.roles);
            if value.is_none() {
                assert!(cell.is_null(), "{}", name());
            } else if matches!(place.1, "invited_by" | "given_by") && *value == mine_id {
                assert!(!masked && !kept, "{}", name());
            } else if POINTERS.contains(&place) || SECRETS.contains(&place) {
                assert!(kept, "{}", name());
            } else if let Some(sort) = of_another(row, column) {
                let typed_it = row.roles.contains("") || row.roles.contains("sender");
                match sort {
                    Sort::Name => assert_eq!(masked, !typed_it, "{}", name()),
                    Sort::Telling => assert!(masked, "{}", name()),
                    Sort::Key => assert!(kept, "{}", name()),
                }
            } else {
                let whole = row.roles.contains("");
                let anothers_order = place == ("waybills", "order_id") || !whole && place.1 == "waybill_id";
                let pointer = anothers_order && !row.table.starts_with("waybill_");
                let image = place == ("waybill_images", "image_file") && row.roles.len() == 1;
                let number = ["phone", "email", "sender_phone", "recipient_phone"].contains(&place.1)
                    && telling.is_not_known_as_theirs(who, value.as_deref().unwrap());
                assert!(!masked && !kept || pointer && kept || (image || number) && masked, "{}", name());
            }
        }
    }
}

/// What a column of somebody else in the row is; `None` if it is this person's.
fn of_another(row: &Mine, column: &str) -> Option<Sort> {
    let (.., role, sort) = ROLES.iter().find(|(table, name, ..)| *table == row.table && *name == column)?;
    let theirs = row.roles.contains(role);
    (!theirs).then_some(*sort)
}

/// Every telling value of the database, in the spelling that is looked for.
pub(super) struct Telling {
    values: HashSet<String>,
    addresses: Vec<String>,
    /// Whose verified number or mail address it is; `None` is a colleague
    provers: BTreeMap<String, Vec<Option<i64>>>,
}

impl Telling {
    pub(super) fn collect(db: &Connection) -> Self {
        let (mut values, mut addresses) = (HashSet::new(), HashSet::new());
        for (table, columns) in TELLING {
            for column in *columns {
                let sql = format!("SELECT DISTINCT CAST({column} AS TEXT) FROM {table} WHERE length({column}) > 5");
                let mut statement = db.prepare(&sql).unwrap();
                for value in statement.query_map([], |row| row.get::<_, String>(0)).unwrap().map(Result::unwrap) {
                    if column.ends_with("address") {
                        addresses.insert(value);
                    } else if let Some(value) = spelled(&value) {
                        values.insert(value);
                    }
                }
            }
        }
        let sql = "SELECT phone, id FROM users WHERE phone IS NOT NULL UNION SELECT email, id FROM users
                   WHERE email IS NOT NULL UNION SELECT phone, NULL FROM staff UNION SELECT email, NULL FROM staff WHERE email IS NOT NULL";
        let mut statement = db.prepare(sql).unwrap();
        let mut rows = statement.query([]).unwrap();
        let mut provers: BTreeMap<String, Vec<Option<i64>>> = BTreeMap::new();
        while let Some(row) = rows.next().unwrap() {
            let value: String = row.get(0).unwrap();
            provers.entry(spelled(&value).unwrap_or(value)).or_default().push(row.get(1).unwrap());
        }
        Self { values, addresses: addresses.into_iter().collect(), provers }
    }

    /// Whether others can prove a number or mail address and this person cannot.
    fn is_only_anothers(&self, who: &Somebody, value: &str) -> bool {
        let value = spelled(value).unwrap_or_else(|| value.to_owned());
        self.provers.get(&value).is_some_and(|provers| !provers.contains(&who.account))
    }

    /// Whether this person proves a number or mail address, but another one than this.
    fn is_not_known_as_theirs(&self, who: &Somebody, value: &str) -> bool {
        let value = spelled(value).unwrap_or_else(|| value.to_owned());
        let mut proven = self.provers.iter().filter(|(_, provers)| provers.contains(&who.account));
        proven.clone().any(|(known, _)| known.contains('@') == value.contains('@'))
            && !proven.any(|(known, _)| *known == value)
    }

    /// The telling values that are this person's own, wherever they stand in their rows.
    fn own(&self, judge: &Judge<'_>, who: &Somebody, mine: &[Mine]) -> HashSet<String> {
        let mut own = HashSet::new();
        if let Some((phone, _)) = &who.stranger {
            own.insert(phone.clone());
        }
        for row in mine.iter().filter(|row| !row.doubtful) {
            let held: Row = judge.row(row.table, &row.key);
            for (column, value) in &held {
                let Some(value) = value.as_deref().filter(|_| of_another(row, column).is_none()) else { continue };
                let value = spelled(value).unwrap_or_else(|| value.to_owned());
                // a number that somebody else can prove is theirs, in whosever row it stands
                let typed = matches!(
                    (row.table, column.as_str()),
                    ("sms_log" | "cs_tickets" | "partner_sourced", "phone") | ("mail_log", "email")
                );
                if !(typed && self.is_only_anothers(who, &value)) {
                    own.insert(value);
                }
            }
        }
        own
    }

    /// What of other people's stands in a package's files.
    pub(super) fn leaks(&self, judge: &Judge<'_>, who: &Somebody, mine: &[Mine], folder: &Path) -> BTreeSet<String> {
        let own = self.own(judge, who, mine);
        let mut leaks = BTreeSet::new();
        for file in files(folder) {
            let bytes = fs::read(&file).unwrap();
            let text = String::from_utf8_lossy(&bytes);
            tokens(&text, &mut |token| {
                if self.values.contains(token) && !own.contains(token) {
                    leaks.insert(format!("{}: {token}", file.file_name().unwrap().to_str().unwrap()));
                }
            });
            for run in text.split(['"', '<', '>', ',', '\n']).filter(|run| run.contains('号')) {
                let found = self.addresses.iter().filter(|address| run.contains(*address) && !own.contains(*address));
                leaks.extend(found.cloned());
            }
        }
        leaks
    }
}

pub(super) fn files(folder: &Path) -> Vec<std::path::PathBuf> {
    let mut found = Vec::new();
    let mut open = vec![folder.to_owned()];
    while let Some(at) = open.pop() {
        for entry in fs::read_dir(at).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() { open.push(path) } else { found.push(path) }
        }
    }
    found
}

/// A number as its eleven digits; anything else without capitals; `None` for text that is no token.
fn spelled(value: &str) -> Option<String> {
    let digits: String = value.chars().filter(char::is_ascii_digit).collect();
    let plain = value.chars().all(|c| c.is_ascii_digit() || matches!(c, ' ' | '-' | '+'));
    if plain && (digits.len() == 11 || digits.len() == 13 && digits.starts_with("86")) {
        return Some(digits[digits.len() - 11..].to_owned());
    }
    let token = value.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '@' | '.' | '_' | '-' | ':'));
    token.then(|| value.to_ascii_lowercase())
}

/// Every word of letters, digits and the signs of mail addresses, in lower case, and every eleven digits in a row,
/// whatever separates them.
fn tokens(text: &str, each: &mut dyn FnMut(&str)) {
    let is_word = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'@' | b'.' | b'_' | b'-' | b':');
    for word in text.as_bytes().split(|b| !is_word(*b)).filter(|word| word.len() > 5) {
        let word = str::from_utf8(word).unwrap().to_ascii_lowercase();
        each(&word);
        each(word.trim_matches(['.', ':', '-', '_']));
        for part in word.split([':', '=']).filter(|part| part.len() > 5 && part.len() < word.len()) {
            each(part);
        }
    }
    let is_digit = |b: u8| b.is_ascii_digit() || matches!(b, b' ' | b'-' | b'+');
    for run in text.as_bytes().split(|b| !is_digit(*b)).filter(|run| run.len() > 10) {
        let digits: String = run.iter().filter(|b| b.is_ascii_digit()).map(|b| char::from(*b)).collect();
        if digits.len() >= 11 {
            (0..=digits.len() - 11).for_each(|at| each(&digits[at..at + 11]));
        }
    }
}
