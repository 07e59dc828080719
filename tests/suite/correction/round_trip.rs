//! A hundred people, every field that may be corrected: there and back again.

use std::collections::{BTreeMap, BTreeSet};

use rusqlite::{Connection, types::Value};

use super::bench::Bench;

/// A cell: table, key, column.
type Cell = (String, String, String);

/// Every cell of every table, by plain SQL.
fn cells(plain: &Connection) -> BTreeMap<Cell, Value> {
    let tables: Vec<String> = strings(
        plain,
        "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%' AND name <> 'droit_mark'
         AND name NOT LIKE 'cs_messages_fts%'",
    );
    let mut cells = BTreeMap::new();
    for table in tables {
        let key = match table.as_str() {
            "permissions" => "user_id || ' ' || scope",
            "price_list" => "carrier_code || from_province || to_province",
            _ => "rowid",
        };
        let mut statement = plain.prepare(&format!("SELECT CAST({key} AS TEXT), * FROM {table}")).unwrap();
        let names: Vec<String> = statement.column_names().map(str::to_owned).collect();
        let mut rows = statement.query([]).unwrap();
        while let Some(row) = rows.next().unwrap() {
            let key: String = row.get(0).unwrap();
            for (at, name) in names.iter().enumerate().skip(1) {
                cells.insert((table.clone(), key.clone(), name.clone()), row.get(at).unwrap());
            }
        }
    }
    cells
}

fn strings(plain: &Connection, sql: &str) -> Vec<String> {
    let mut statement = plain.prepare(sql).unwrap();
    statement.query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect()
}

fn text(value: &Value) -> Option<String> {
    match value {
        Value::Null => None,
        Value::Integer(number) => Some(number.to_string()),
        Value::Text(text) => Some(text.clone()),
        other => panic!("{other:?}"),
    }
}

/// What the map lets be corrected, written down by hand: table, column, and the person's rows in which it may be.
const FIELDS: [(&str, &str, &str); 21] = [
    ("users", "username", "id = {u}"),
    ("users", "phone", "id = {u}"),
    ("users", "email", "id = {u}"),
    ("users", "nickname", "id = {u}"),
    ("users", "birth_date", "id = {u}"),
    ("users", "personalization", "id = {u}"),
    ("user_profiles", "real_name", "user_id = {u}"),
    ("user_profiles", "sex", "user_id = {u}"),
    ("user_profiles", "email", "user_id = {u}"),
    ("user_profiles", "wechat_id", "user_id = {u}"),
    ("user_profiles", "region", "user_id = {u}"),
    ("user_profiles", "plate_no", "user_id = {u}"),
    ("user_profiles", "interests", "user_id = {u}"),
    ("user_profiles", "bio", "user_id = {u}"),
    ("orders", "remark", "user_id = {u} AND status IN ('unpaid', 'paid')"),
    ("invoices", "title", DRAFT),
    ("invoices", "tax_no", DRAFT),
    ("invoices", "email", DRAFT),
    ("invoices", "purchaser_info", DRAFT),
    ("invoices", "bank_account", DRAFT),
    ("staff", "name", "0"),
];

const DRAFT: &str = "issued_at IS NULL AND order_id IN (SELECT id FROM orders WHERE user_id = {u})";

/// A new value that is right, and how it is stored.
fn wanted(table: &str, column: &str, account: i64, old: &Value) -> String {
    let sex_before = text(old).unwrap_or_default();
    match (table, column) {
        ("users", "username") => format!("neu_{account}"),
        ("users", "phone") => format!("1980000{account:04}"),
        ("users", "email") => format!("neu{account}@example.org"),
        ("users", "nickname") => format!("改名{account}"),
        ("users", "birth_date") => "1991-02-03".to_owned(),
        ("users", "personalization") => if *old == Value::Integer(0) { "1" } else { "0" }.to_owned(),
        ("user_profiles", "sex") => if sex_before == "女" { "男" } else { "女" }.to_owned(),
        ("user_profiles" | "invoices", "email") => format!("other{account}@example.org"),
        ("user_profiles", "wechat_id") => format!("neu_wx_{account}"),
        ("user_profiles", "region") => "浙江省杭州市西湖区".to_owned(),
        ("user_profiles", "plate_no") => "浙A12345".to_owned(),
        ("invoices", "tax_no") => "9144030071526726XG".to_owned(),
        ("invoices", "bank_account") => "4111111111111111".to_owned(),
        (_, "real_name" | "title") => "司马相如".to_owned(),
        _ => format!("更正后的文字（{account}），逗号也在"),
    }
}

/// The digits of a text, full width or half.
fn digits(text: &str) -> String {
    let half = |c: char| if ('０'..='９').contains(&c) { char::from_u32(c as u32 - 0xfee0).unwrap() } else { c };
    text.chars().map(half).filter(char::is_ascii_digit).collect()
}

/// A number or date in the form that the old one has: its digits, from the last on, in the places of the old ones.
fn in_the_form_of(old: &Value, new: &str) -> Value {
    let Value::Text(old) = old else { return Value::Text(new.to_owned()) };
    let mut left: Vec<char> = digits(new).chars().collect();
    if old.is_empty() || digits(old).len() < left.len() {
        return Value::Text(new.to_owned());
    }
    let mut out: Vec<char> = Vec::new();
    for c in old.chars().rev() {
        let wide = ('０'..='９').contains(&c);
        out.push(match (c.is_ascii_digit() || wide).then(|| left.pop()).flatten() {
            Some(digit) if wide => char::from_u32(digit as u32 + 0xfee0).unwrap(),
            Some(digit) => digit,
            None => c,
        });
    }
    Value::Text(out.into_iter().rev().collect())
}

/// Whether the old value could be put back by a correction, and if not why: decided here, by rules of its own.
fn refused_back(plain: &Connection, cell: &Cell, old: &Value) -> Option<&'static str> {
    let (table, key, column) = cell;
    let old = text(old)?;
    if old.trim().is_empty() {
        return Some("invalid_value");
    }
    let mobile = |from: &str| {
        let digits = digits(from);
        let local = digits.strip_prefix("0086").or_else(|| digits.strip_prefix("86")).unwrap_or(&digits);
        local.len() == 11 && local.starts_with('1')
    };
    match column.as_str() {
        "birth_date" => {
            let real: bool = plain
                .query_row(
                    "SELECT coalesce(date(?1) = ?1, 0) AND ?1 > '1800' AND ?1 <= '2026-11-24'
                     AND CAST(substr(?1, 9) AS INTEGER) <= CAST(strftime('%d', date(substr(?1, 1, 8) || '01', '+1 month', '-1 day')) AS INTEGER)",
                    [&old],
                    |row| row.get(0),
                )
                .unwrap();
            (!real).then_some("invalid_value")
        }
        "phone" if !mobile(&old) => Some("invalid_value"),
        "phone" => {
            let others = format!("SELECT count(*) FROM users WHERE id <> {key} AND phone = ?1");
            let others: i64 = plain.query_row(&others, [&old], |row| row.get(0)).unwrap();
            (others > 0).then_some("value_taken")
        }
        "email" if table == "users" => {
            let others = format!(
                "SELECT count(*) FROM users WHERE id <> {key} AND lower(email) = lower(?1) AND email_verified_at IS NOT NULL"
            );
            let others: i64 = plain.query_row(&others, [&old], |row| row.get(0)).unwrap();
            (others > 0).then_some("value_taken")
        }
        _ => None,
    }
}

/// A hundred accounts that stay the same from run to run.
fn accounts(plain: &Connection) -> Vec<i64> {
    let mut all: Vec<i64> =
        strings(plain, "SELECT CAST(id AS TEXT) FROM users ORDER BY id").iter().map(|id| id.parse().unwrap()).collect();
    let mut state: u64 = 20_261_124;
    let mut drawn = Vec::new();
    while drawn.len() < 100 {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let at = usize::try_from(state >> 33).unwrap() % all.len();
        drawn.push(all.swap_remove(at));
    }
    drawn
}

/// Cells that differ, but for what the schema declares to happen besides: history rows that a trigger adds.
fn differing(before: &BTreeMap<Cell, Value>, after: &BTreeMap<Cell, Value>) -> BTreeSet<Cell> {
    let mut differ: BTreeSet<Cell> =
        before.iter().filter(|(c, v)| after.get(c) != Some(v)).map(|(c, _)| c.clone()).collect();
    differ.extend(after.keys().filter(|cell| !before.contains_key(cell) && cell.0 != "users_audit").cloned());
    differ
}

/// A new value for every field of the person: what is asked, and what shall stand there.
fn everything(
    plain: &Connection,
    account: i64,
    before: &BTreeMap<Cell, Value>,
    expected: &mut BTreeMap<Cell, Value>,
    cells: &mut Vec<Cell>,
) -> Vec<(String, String)> {
    let mut asked = Vec::new();
    for (table, column, rows) in FIELDS {
        let key = if table == "user_profiles" { "user_id" } else { "id" };
        let rows = rows.replace("{u}", &account.to_string());
        for key in strings(plain, &format!("SELECT CAST({key} AS TEXT) FROM {table} WHERE {rows} ORDER BY 1")) {
            let cell = (table.to_owned(), key.clone(), column.to_owned());
            let new = wanted(table, column, account, &before[&cell]);
            let stored = if column == "personalization" {
                Value::Integer(new.parse().unwrap())
            } else if ["phone", "birth_date"].contains(&column) {
                in_the_form_of(&before[&cell], &new)
            } else {
                Value::Text(new.clone())
            };
            expected.insert(cell.clone(), stored);
            cells.push(cell);
            asked.push((format!("{table}[{key}].{column}"), new));
        }
    }
    asked
}

#[test]
fn correcting_and_restoring_every_field_of_a_hundred_people_changes_nothing_else() {
    let bench = Bench::courier();
    let plain = bench.plain();
    let before = cells(&plain);
    let history: i64 = bench.one("SELECT count(*) FROM users_audit");
    let people = accounts(&plain);
    let mut expected: BTreeMap<Cell, Value> = BTreeMap::new();
    let mut fields: BTreeMap<i64, Vec<Cell>> = BTreeMap::new();
    for &account in &people {
        let asked = everything(&plain, account, &before, &mut expected, fields.entry(account).or_default());
        for (column, since) in [("phone", "phone_bound_at"), ("email", "email_verified_at")] {
            let cell = |column: &str| ("users".to_owned(), account.to_string(), column.to_owned());
            assert!(expected.contains_key(&cell(column)));
            expected.insert(cell(since), Value::Text("2026-11-24 10:00:00".to_owned()));
        }
        let asked: Vec<(&str, Option<&str>)> = asked.iter().map(|(f, to)| (f.as_str(), Some(to.as_str()))).collect();
        bench.correct(account, &asked).unwrap_or_else(|error| panic!("{account}: {error}"));
    }
    let corrected = cells(&plain);
    assert_eq!(differing(&before, &corrected), expected.keys().cloned().collect());
    for (cell, value) in &expected {
        assert_eq!(&corrected[cell], value, "{cell:?}");
    }
    let tried = fields.values().map(Vec::len).sum::<usize>();
    assert!(tried >= 1_000, "only {tried} fields were tried");

    let (mut by_hand, mut told_by_hand) = (0, 0);
    for (account, cells) in &fields {
        let mut asked: Vec<(String, Option<String>)> = Vec::new();
        for cell in cells {
            let (table, key, column) = cell;
            let (field, old) = (format!("{table}[{key}].{column}"), text(&before[cell]));
            if old.is_none() && before[cell] == corrected[cell] {
                continue;
            }
            let nullable: i64 = plain
                .query_row(
                    "SELECT count(*) FROM pragma_table_info(?1) WHERE name = ?2 AND \"notnull\" = 0",
                    [table, column],
                    |row| row.get(0),
                )
                .unwrap();
            assert!(old.is_some() || nullable == 1);
            if let Some(code) = refused_back(&plain, cell, &before[cell]) {
                let refused = bench.resolve(&[bench.account(*account)], &field, old.as_deref());
                assert_eq!(refused.unwrap_err().code(), code, "{cell:?}");
                let sql = format!("UPDATE {table} SET {column} = ?1 WHERE rowid = {key}");
                plain.execute(&sql, [&before[cell]]).unwrap();
                by_hand += 1;
                told_by_hand +=
                    i64::from(table == "users" && ["phone", "email", "nickname"].contains(&column.as_str()));
            } else {
                asked.push((field, old));
            }
        }
        let asked: Vec<(&str, Option<&str>)> = asked.iter().map(|(f, to)| (f.as_str(), to.as_deref())).collect();
        bench.correct(*account, &asked).unwrap_or_else(|error| panic!("{account}: {error}"));
    }
    let restored = cells(&plain);
    let since = |cell: &Cell| cell.0 == "users" && ["phone_bound_at", "email_verified_at"].contains(&cell.2.as_str());
    let left: BTreeSet<Cell> = differing(&before, &restored).into_iter().filter(|cell| !since(cell)).collect();
    assert_eq!(left, BTreeSet::new());
    assert!(by_hand < 100, "{by_hand} values could not be put back");
    // the declared side effects, no more: one row of history for each change of a user
    let told: i64 = bench.one("SELECT count(*) FROM users_audit");
    assert_eq!(told - history, 200 + told_by_hand);
    require_sound(&bench);
}

fn require_sound(bench: &Bench) {
    let sound: String = bench.one("PRAGMA integrity_check");
    assert_eq!(sound, "ok");
    let broken: i64 = bench.one("SELECT count(*) FROM pragma_foreign_key_check");
    assert_eq!(broken, 0);
}
