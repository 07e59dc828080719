//! A case in which one part was asked for after the other, or a part after the whole: all of it goes in the end.

use rusqlite::types::FromSql;

use crate::office::Office;

const SQL: &str = "
    CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT, phone TEXT, nick TEXT);
    CREATE INDEX users_phone ON users (phone);
    CREATE TABLE orders (id INTEGER PRIMARY KEY, user_id INTEGER, phone TEXT, nick TEXT, state TEXT);
    CREATE INDEX orders_user ON orders (user_id);
    CREATE TABLE invoices (id INTEGER PRIMARY KEY, user_id INTEGER, nick TEXT, issued_at TEXT);
    CREATE INDEX invoices_user ON invoices (user_id);
    INSERT INTO users VALUES (1, 'Ann', '13800138001', 'a');
    INSERT INTO orders VALUES (5, 1, '13800138001', 'a', 'open'), (6, 1, '13800138001', 'a', 'done');";

const MAP: &str = r#"version = 1
controller = "C"
time_zone = "Asia/Shanghai"
[person.account]
is = "users.id"
[rules]
"*.id" = "key"
"*.phone" = "phone, provided"
"*.nick" = "nickname, provided"
[tables.users]
purpose = "p"
clause = "1"
basis = "contract"
[tables.users.columns]
name = "name, provided"
[tables.orders]
purpose = "p"
clause = "1"
basis = "contract"
wait = "state = 'open'"
[tables.orders.columns]
user_id = "of users.id"
state = "fact, observed"
[tables.invoices]
purpose = "p"
clause = "1"
basis = "contract"
keep = { for = "10 years", after = "issued_at", law = "L", because = "b", columns = ["nick", "issued_at"] }
[tables.invoices.columns]
user_id = "of users.id"
issued_at = "time, observed"
"#;

const CASE: &str = "DSR-20261123-0001";

fn one<T: FromSql>(office: &Office, sql: &str) -> T {
    office.shop().query_row(sql, [], |row| row.get(0)).unwrap()
}

/// Everything that stands in the tables after the parts were erased one after the other, the order was performed, and
/// what waited was carried out.
fn left(parts: &[&str]) -> [Option<String>; 2] {
    let (left, waiting) = left_with("", parts);
    assert_eq!(waiting, serde_json::json!([]));
    left
}

/// The same with more rows from the start, and what waits on.
fn left_with(more: &str, parts: &[&str]) -> ([Option<String>; 2], serde_json::Value) {
    let mut office = Office::empty().with_shop(&format!("{SQL}{more}"), MAP);
    assert_eq!(office.verified("delete", "account=1"), CASE);
    for part in parts {
        office.run(&format!("{part} --confirm {CASE} --quiet")).carried_out();
    }
    assert_eq!(one::<String>(&office, "SELECT phone FROM orders WHERE id = 5"), "13800138001", "it waits");
    office.shop().execute("UPDATE orders SET state = 'done'", []).unwrap();
    office.run("purge scheduled --confirm --quiet").done();
    let again = office.run("purge scheduled --confirm --json").done().json();
    assert_eq!(again["data"]["state"], "nothing_due");
    let shown = office.run(&format!("case show {CASE} --json")).done().json();
    office.run("audit verify --quiet").done();
    let cells = |table: &str, columns: &str| {
        one::<Option<String>>(&office, &format!("SELECT group_concat({columns}, ' ') FROM {table}"))
    };
    let cell = |column: &str| format!("coalesce({column}, '-')");
    let users = ["name", "phone", "nick"].map(cell).join(" || ' ' || ");
    let orders = ["phone", "nick"].map(cell).join(" || ' ' || ");
    ([cells("users", &users), cells("orders", &orders)], shown["data"]["waiting"].clone())
}

fn both(users: &str, orders: &str) -> [Option<String>; 2] {
    [users, orders].map(|text| Some(text.to_owned()))
}

#[test]
fn the_whole_goes_also_when_a_part_was_asked_for_after_it() {
    let whole = format!("erase {CASE}");
    assert_eq!(left(&[&whole]), [None, None]);
    assert_eq!(left(&[&whole, &format!("erase {CASE} --column orders.nick")]), [None, None]);
    assert_eq!(left(&[&format!("erase {CASE} --column orders.nick"), &whole]), [None, None]);
}

#[test]
fn of_two_parts_both_go() {
    let contact = format!("erase {CASE} --category contact");
    let nick = format!("erase {CASE} --column orders.nick");
    assert_eq!(left(&[&contact]), both("Ann - a", "- a - a"));
    assert_eq!(left(&[&nick]), both("Ann 13800138001 a", "13800138001 - 13800138001 -"));
    for parts in [[&contact, &nick], [&nick, &contact]] {
        assert_eq!(left(&parts.map(String::as_str)), both("Ann - a", "- - - -"));
    }
}

#[test]
fn a_part_that_waits_for_years_takes_no_other_part_with_it() {
    let invoice = "INSERT INTO invoices VALUES (8, 1, 'a', '2026-01-01');";
    let contact = format!("erase {CASE} --category contact");
    let nick = format!("erase {CASE} --column invoices.nick");
    let (left, waiting) = left_with(invoice, &[&contact, &nick]);
    assert_eq!(left, both("Ann - a", "- a - a"));
    assert_eq!((waiting.as_array().unwrap().len(), &waiting[0]["table"]), (1, &"invoices".into()), "{waiting}");
}
