//! Orders wait under an account; by the time they may go, its key may be somebody's who proves nothing and has no name.

use crate::office::Office;

/// An account of whom an order waited.
struct Waited {
    office: Office,
    database: rusqlite::Connection,
}

const WAITED: &str = "DSR-20261123-0001";

fn waited(account: &str) -> Waited {
    const SQL: &str = "
        CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT, phone TEXT, nick TEXT, made TEXT);
        CREATE INDEX users_phone ON users (phone);
        CREATE TABLE orders (id INTEGER PRIMARY KEY, user_id INTEGER, note TEXT, state TEXT);
        CREATE INDEX orders_user ON orders (user_id);
        INSERT INTO users VALUES (1, 'A', '13800138000', 'a', '2020-01-02 03:04:05');
        INSERT INTO orders VALUES (1, 1, 'of A', 'open');";
    let map = format!(
        r#"version = 1
controller = "C"
time_zone = "Asia/Shanghai"
[person.account]
is = "users.id"
[rules]
"*.id" = "key"
[tables.users]
purpose = "p"
clause = "1"
basis = "contract"
{account}
[tables.users.columns]
name = "name, provided"
phone = "phone, proves, provided"
nick = "nickname, provided"
made = "time, observed"
[tables.orders]
purpose = "p"
clause = "1"
basis = "contract"
wait = "state = 'open'"
[tables.orders.columns]
user_id = "of users.id"
note = "free_text, provided"
state = "fact, observed"
"#
    );
    let mut office = Office::empty().with_shop(SQL, &map);
    let (case, database) = (office.verified("delete", "account=1"), office.shop());
    office.run(&format!("erase {case} --confirm {case} --quiet")).carried_out();
    Waited { office, database }
}

impl Waited {
    fn notes(&self) -> Option<String> {
        self.database.query_row("SELECT group_concat(note) FROM orders", [], |row| row.get(0)).unwrap()
    }
}

/// What is left of the orders once they are performed, and whether somebody has to look.
fn purged_after(account: &str, meanwhile: &str) -> (Option<String>, bool) {
    let mut waited = waited(account);
    waited.database.execute_batch(&format!("{meanwhile}; UPDATE orders SET state = 'done'")).unwrap();
    waited.office.run("purge scheduled --confirm --quiet --look look.jsonl").carried_out();
    (waited.notes(), waited.office.read("look.jsonl").contains("reissued_key"))
}

#[track_caller]
fn a_nameless_holder_keeps_their_orders(account: &str, meanwhile: &str) {
    let case = WAITED;
    let mut waited_for = waited(account);
    let Waited { office, database } = &mut waited_for;
    database.execute_batch(&format!("{meanwhile}; UPDATE orders SET state = 'done'")).unwrap();
    database.execute_batch("INSERT INTO orders VALUES (9, 1, 'of the guest', 'done')").unwrap();
    let said = office.run("purge scheduled --confirm --quiet --look look.jsonl").looks();
    assert!(office.read("look.jsonl").contains("reissued_key"), "{said}");
    // it is told until somebody has decided
    let again = office.run("purge scheduled --confirm --quiet --look again.jsonl").looks();
    assert!(office.read("again.jsonl").contains("reissued_key"), "{again}");
    office.file("note.txt", "the guest is somebody else; the order was deleted by hand");
    office.run(&format!("case note {case} --decided --file note.txt --quiet")).done();
    office.run("purge scheduled --confirm --quiet").done();
    let nothing = office.run("purge scheduled --confirm --json").done().json();
    assert_eq!(nothing["data"]["state"], "nothing_due");
    office.run("audit verify --quiet").done();
    // while it is still theirs, what waited goes
    let mut waited_for = waited(account);
    let Waited { office, database } = &mut waited_for;
    database.execute_batch("UPDATE orders SET state = 'done'; UPDATE users SET nick = nick || '!'").unwrap();
    office.run("purge scheduled --confirm --quiet").done();
    assert_eq!(waited_for.notes(), None);
}

const GUEST: &str = "DELETE FROM users; INSERT INTO users VALUES (1, NULL, NULL, 'guest', '2026-11-24 00:00:00')";

#[test]
fn who_says_nothing_is_not_whoever_proved_a_number_in_that_row() {
    a_nameless_holder_keeps_their_orders("erase = \"stay: accounts are closed at the counter\"", GUEST);
}

#[test]
fn what_never_changes_tells_them_apart_where_the_rest_was_written_over() {
    a_nameless_holder_keeps_their_orders("immutable = [\"made\"]", GUEST);
}

#[test]
fn whoever_changed_their_number_meanwhile_is_known_by_what_never_changes() {
    let number = "UPDATE users SET phone = '13900139000', name = 'B'";
    let (left, look) = purged_after("erase = \"stay: at the counter\"\nimmutable = [\"made\"]", number);
    assert_eq!((left, look), (None, false));
    // nothing but the number told who they are: somebody has to look
    assert_eq!(purged_after("erase = \"stay: at the counter\"", number), (Some("of A".to_owned()), true));
}
