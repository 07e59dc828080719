//! Keys and numbers are given again. What comes back must not come back to whoever has them by now: neither where the
//! change had left the row above alone, nor where a value alone made a row the person's.

use rusqlite::types::FromSql;

use crate::office::{Office, Outcome};

/// Orders stay by law; their items, and letters to an address, do not.
const SQL: &str = "
    CREATE TABLE users (id INTEGER PRIMARY KEY, mail TEXT, nick TEXT, seen TEXT);
    CREATE INDEX users_mail ON users (mail COLLATE NOCASE);
    CREATE TABLE orders (id INTEGER PRIMARY KEY, user_id INTEGER, state TEXT);
    CREATE INDEX orders_user ON orders (user_id);
    CREATE TABLE items (id INTEGER PRIMARY KEY, order_id INTEGER, engraving TEXT);
    CREATE INDEX items_order ON items (order_id);
    CREATE TABLE letters (id INTEGER PRIMARY KEY, mail TEXT, body TEXT);
    CREATE INDEX letters_mail ON letters (mail COLLATE NOCASE);
    INSERT INTO users VALUES (1, 'an@example.cn', 'an', '2026-01-01'), (2, 'bo@example.cn', 'bo', '2026-01-02');
    INSERT INTO orders VALUES (5, 1, 'paid'), (6, 2, 'paid');
    INSERT INTO items VALUES (50, 5, 'An forever'), (60, 6, 'Bo');
    INSERT INTO letters VALUES (7, 'an@example.cn', 'dear An'), (8, 'bo@example.cn', 'dear Bo');";

const MAP: &str = r#"
version = 1
controller = "Engraver"
time_zone = "Asia/Shanghai"
[person.account]
is = "users.id"
[tables.users]
purpose = "account"
clause = "1"
basis = "contract"
erase = "stay: the account is kept until it is closed"
[tables.users.columns]
id = "key"
mail = "email, proves, provided"
nick = "username, provided"
seen = "time, observed"
[tables.orders]
purpose = "orders"
clause = "2"
basis = "contract"
erase = "stay: e-commerce law 31"
[tables.orders.columns]
id = "key"
user_id = "of users.id"
state = "fact, observed"
[tables.items]
purpose = "engravings"
clause = "3"
basis = "contract"
[tables.items.columns]
id = "key"
order_id = "of orders.id"
engraving = "free_text, provided"
[tables.letters]
purpose = "letters"
clause = "4"
basis = "contract"
[tables.letters.columns]
id = "key"
mail = "email, of ~, provided"
body = "free_text, provided"
"#;

struct Engraver {
    office: Office,
    case: String,
}

impl Engraver {
    /// An was erased; account and order stay, item and letter went.
    fn erased() -> Self {
        Self::with(MAP)
    }

    fn with(map: &str) -> Self {
        let mut shop = Self::before(map, "");
        shop.erase();
        shop
    }

    /// An has asked, and nothing was done yet.
    fn before(map: &str, more: &str) -> Self {
        let mut office = Office::in_memory().with_shop(&format!("{SQL}{more}"), map);
        let written = office.read("droit.toml");
        office.file("droit.toml", &format!("undo = \"72 hours\"\n{written}"));
        let case = "DSR-20261123-0001".to_owned();
        office.piping("account=1\n");
        office.run("case open delete --channel app --id-file - --quiet").done();
        office.run(&format!("case identify {case} --level L3 --by otp+waybill --age adult --quiet")).done();
        Self { office, case }
    }

    fn erase(&mut self) {
        self.office.run(&format!("erase {} --confirm {} --quiet", self.case, self.case)).carried_out();
    }

    fn sql(&self, sql: &str) {
        self.office.shop().execute_batch(sql).unwrap();
    }

    fn one<T: FromSql>(&self, sql: &str) -> T {
        self.office.shop().query_row(sql, [], |row| row.get(0)).unwrap()
    }

    fn undo(&mut self) -> Outcome {
        self.office.run(&format!("undo {} --confirm {}", self.case, self.case))
    }

    #[track_caller]
    fn require_refused(&mut self, meanwhile: &str, code: &str, table: &str) {
        self.sql(meanwhile);
        let refused = self.undo().refused(code);
        assert!(refused.stderr().contains(&format!("{table} 1 (")), "{refused}");
        for secret in ["example.cn", "An", "forever"] {
            assert!(!refused.stderr().contains(secret), "{refused}");
        }
        assert_eq!(self.one::<i64>("SELECT count(*) FROM items WHERE id = 50"), 0, "nothing came back");
        assert_eq!(self.one::<i64>("SELECT count(*) FROM letters WHERE id = 7"), 0);
    }
}

#[test]
fn what_the_change_left_alone_may_be_used_meanwhile() {
    let mut shop = Engraver::erased();
    assert_eq!(shop.one::<i64>("SELECT count(*) FROM users JOIN orders ON user_id = users.id WHERE user_id = 1"), 1);
    shop.sql("UPDATE users SET seen = '2026-11-24' WHERE id = 1; UPDATE orders SET state = 'sent' WHERE id = 5");
    shop.sql("UPDATE users SET nick = 'bobo' WHERE id = 2; INSERT INTO orders VALUES (9, 1, 'new')");
    shop.undo().done();
    assert_eq!(shop.one::<String>("SELECT engraving FROM items WHERE id = 50"), "An forever");
    assert_eq!(shop.one::<String>("SELECT body FROM letters WHERE id = 7"), "dear An");
}

#[test]
fn the_next_holder_of_an_order_number_gets_nothing_of_the_last() {
    let again = "DELETE FROM orders WHERE id = 5; INSERT INTO orders VALUES (5, 2, 'paid')";
    Engraver::erased().require_refused(again, "undo_parent_changed", "items");
}

#[test]
fn nor_does_the_next_holder_of_an_account() {
    // two ties above the item: it is the order whose account is another
    let again = "DELETE FROM users WHERE id = 1; INSERT INTO users VALUES (1, 'cy@example.cn', 'cy', NULL)";
    Engraver::erased().require_refused(again, "undo_parent_changed", "orders");
    let gone = "DELETE FROM users WHERE id = 1";
    Engraver::erased().require_refused(gone, "undo_parent_gone", "orders");
}

#[test]
fn where_nobody_has_a_number_or_a_name_the_whole_row_tells() {
    let anonymous = "nick = \"fact, provided\"";
    let map =
        MAP.replace("nick = \"username, provided\"", anonymous).replace("email, proves, provided", "fact, observed");
    let guest = "UPDATE users SET mail = NULL, nick = 'guest', seen = '2026-11-24' WHERE id = 1";
    let mut shop = Engraver::with(&map);
    shop.sql(guest);
    let refused = shop.undo().refused("undo_parent_changed");
    assert!(refused.stderr().contains("orders 1 ("), "{refused}");
}

/// Without numbers a name is all that tells, and names are borne by many.
#[test]
fn nor_does_a_guest_nor_a_namesake() {
    let map = MAP.replace("nick = \"username, provided\"", "nick = \"name, provided\"");
    for nick in ["'an'", "NULL"] {
        let mut shop = Engraver::before(
            &map,
            &format!("UPDATE users SET mail = NULL, nick = {nick} WHERE id = 1; DELETE FROM letters WHERE id = 7"),
        );
        shop.erase();
        shop.require_refused("UPDATE users SET seen = '2026-11-24' WHERE id = 1", "undo_parent_changed", "orders");
    }
}

/// The order stays, is tied by its mailbox alone, and that is somebody else's by now.
#[test]
fn nor_does_whoever_has_the_mailbox_of_a_row_that_stayed() {
    let map = MAP
        .replace("user_id = \"of users.id\"", "user_id = \"fact, observed\"")
        .replace("state = \"fact, observed\"", "state = \"email, of ~, provided\"");
    let mut shop = Engraver::before(&map, "UPDATE orders SET state = 'an@example.cn' WHERE id = 5");
    shop.erase();
    shop.sql("UPDATE users SET mail = 'new@example.cn' WHERE id = 1");
    let taken = "INSERT INTO users VALUES (3, 'an@example.cn', 'dee', NULL); DELETE FROM letters";
    shop.sql(taken);
    let refused = shop.undo().refused("undo_value_taken");
    assert!(refused.stderr().contains("orders 1 ("), "{refused}");
    assert_eq!(shop.one::<i64>("SELECT count(*) FROM items WHERE id = 50"), 0, "nothing came back");
}

/// An account comes back to rows of the one who had its number meanwhile, and went without them.
#[test]
fn what_somebody_else_left_under_the_number_does_not_become_theirs() {
    let map = MAP.replace("erase = \"stay: the account is kept until it is closed\"\n", "");
    let map = map.replace("erase = \"stay: e-commerce law 31\"\n", "");
    let mut shop = Engraver::with(&map);
    assert_eq!(shop.one::<i64>("SELECT count(*) FROM users WHERE id = 1"), 0);
    shop.sql("INSERT INTO orders VALUES (9, 1, 'of the next, who is gone')");
    let refused = shop.undo().refused("undo_key_taken");
    assert!(refused.stderr().contains("users 1 ("), "{refused}");
    shop.sql("DELETE FROM orders WHERE id = 9");
    shop.undo().done();
    assert_eq!(shop.one::<String>("SELECT engraving FROM items WHERE id = 50"), "An forever");
}

#[test]
fn a_letter_does_not_come_back_to_whoever_has_the_address_by_now() {
    let proven = "INSERT INTO users VALUES (3, 'AN@example.cn', 'dee', NULL)";
    Engraver::erased().require_refused(proven, "undo_value_taken", "letters");
}

#[test]
fn nor_does_an_account_come_back_beside_another_that_proves_its_address() {
    let map = MAP.replace("erase = \"stay: the account is kept until it is closed\"\n", "");
    let mut shop = Engraver::with(&map);
    assert_eq!(shop.one::<i64>("SELECT count(*) FROM users WHERE id = 1 AND mail IS NOT NULL"), 0);
    shop.sql("INSERT INTO users VALUES (3, ' an@example.cn', 'dee', NULL)");
    let refused = shop.undo().refused("undo_value_taken");
    assert!(refused.stderr().contains("users 1 (") || refused.stderr().contains("letters 1 ("), "{refused}");
    shop.sql("DELETE FROM users WHERE id = 3");
    shop.undo().done();
    assert_eq!(shop.one::<String>("SELECT mail FROM users WHERE id = 1"), "an@example.cn");
    assert_eq!(shop.one::<String>("SELECT body FROM letters WHERE id = 7"), "dear An");
}
