//! History that a trigger writes while what it is of is written over: it is kept as that is, or goes where the map says
//! so, and either way the proof comes to an end.

use crate::office::Office;

const PHONE: &str = "13800138000";

/// Orders that a law keeps without their remark, and a log of them that a trigger writes; `log`: what the map says of it.
fn office(log: &str) -> Office {
    let sql = format!(
        "CREATE TABLE users (id INTEGER PRIMARY KEY, phone TEXT UNIQUE);
         INSERT INTO users VALUES (1, '{PHONE}'), (2, '13700137000');
         CREATE TABLE orders (id INTEGER PRIMARY KEY, user_id INTEGER, memo TEXT, booked TEXT);
         CREATE INDEX by_user ON orders (user_id);
         INSERT INTO orders VALUES (1, 1, 'leave it at the door', '2026-01-01'), (2, 2, 'ring twice', '2026-01-01');
         CREATE TABLE orders_log (lid INTEGER PRIMARY KEY, id INTEGER, memo TEXT);
         CREATE INDEX by_order ON orders_log (id);
         CREATE TRIGGER logged AFTER UPDATE OF memo ON orders BEGIN
             INSERT INTO orders_log (id, memo) VALUES (old.id, old.memo); END;"
    );
    let map = format!(
        r#"version = 1
controller = "Shop"
time_zone = "UTC"
[person.account]
is = "users.id"
[acknowledged]
logged = "keeps the old row"
[tables.users]
purpose = "p"
clause = "1"
basis = "contract"
[tables.users.columns]
id = "key"
phone = "phone, proves, provided"
[tables.orders]
purpose = "p"
clause = "1"
basis = "contract"
keep = {{ for = "10 years", after = "booked", law = "L", because = "B", columns = ["booked"] }}
[tables.orders.columns]
id = "key"
user_id = "of users.id"
memo = "free_text, provided"
booked = "time, observed"
[tables.orders_log]
copy = "orders"
{log}[tables.orders_log.columns]
lid = "key"
"#
    );
    Office::empty().with_shop(&sql, &map)
}

fn logged(office: &Office) -> Vec<(i64, Option<String>)> {
    let shop = office.shop();
    let mut rows = shop.prepare("SELECT id, memo FROM orders_log ORDER BY lid").unwrap();
    let rows = rows.query_map([], |row| Ok((row.get(0)?, row.get(1)?))).unwrap();
    rows.collect::<Result<_, _>>().unwrap()
}

fn erased(office: &mut Office) -> &'static str {
    let case = office.verified("erase", &format!("phone={PHONE}"));
    office.run(&format!("erase {case} --confirm {case}")).done();
    case
}

#[test]
fn what_a_trigger_wrote_of_a_kept_row_is_kept_with_it_and_proven() {
    let mut office = office("");
    let case = erased(&mut office);
    assert_eq!(logged(&office), [(1, None)]);
    let proven = office.run(&format!("prove {case}")).done();
    assert!(proven.stdout().contains("erased and proven"), "{proven}");
    let certificate = std::fs::read_to_string(office.path(&format!("certificates/{case}.json"))).unwrap();
    assert!(certificate.contains("orders_log"), "what is kept is told: {certificate}");
}

#[test]
fn a_history_that_keeps_nothing_keeps_no_row_that_a_trigger_wrote() {
    let mut office = office("keep = []\n");
    let case = erased(&mut office);
    assert_eq!(logged(&office), []);
    office.run(&format!("prove {case}")).done();
}

/// Rows that came since and are kept as they are leave nothing to erase; whoever erased again has said so.
#[test]
fn what_came_since_and_a_law_keeps_is_proven_when_it_was_erased_again() {
    let mut office = office("");
    let case = erased(&mut office);
    office.shop().execute_batch("INSERT INTO orders VALUES (3, 1, NULL, '2026-11-01')").unwrap();
    let withheld = office.run(&format!("prove {case}")).looks();
    assert!(withheld.stdout().contains("[rows_found]"), "{withheld}");
    office.run(&format!("erase {case} --confirm {case}")).done();
    let proven = office.run(&format!("prove {case}")).done();
    assert!(proven.stdout().contains("erased and proven"), "{proven}");
}
