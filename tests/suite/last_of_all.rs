//! A row of several people goes with the last of them. Who was erased is on record: in the rows they look like whoever
//! never said anything.

use crate::{office::Office, ties::table};

/// Accounts that say little, and chats of two of them, whom nothing may cut off.
fn club(users: &str, chats: &str) -> Office {
    let sql = format!(
        "CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT, birth TEXT, joined_at TEXT);
         CREATE TABLE chats (id INTEGER PRIMARY KEY, a INTEGER NOT NULL REFERENCES users(id),
            b INTEGER NOT NULL REFERENCES users(id), words TEXT);
         CREATE TABLE devices (id INTEGER PRIMARY KEY, uid INTEGER REFERENCES users(id), number TEXT);
         CREATE TABLE gc (id INTEGER PRIMARY KEY, minor_id INTEGER, status TEXT, given_at TEXT);
         INSERT INTO users VALUES {users};
         INSERT INTO chats VALUES {chats};"
    );
    let map = [
        r#"version = 1
controller = "C"
time_zone = "Asia/Shanghai"
[person.account]
is = "users.id"
born = "users.birth"
[rules]
"*.id" = "key"
"*.uid" = "of users.id"
"*.*_at" = "time"
[minors]
consent = "gc"
valid = "status = 'granted'"
minor = "minor"
given = "given_at"
collected = "users.joined_at"
"#,
        &table("users"),
        "[tables.users.columns]\nname = \"name, provided\"\nbirth = \"birth_date, provided\"\n",
        &table("chats"),
        "[tables.chats.columns]\na = \"of users.id\"\nb = \"of users.id\"\nwords = \"free_text, provided\"\n",
        &table("devices"),
        "[tables.devices.columns]\nnumber = \"device_id, observed\"\n",
        &table("gc"),
        "[tables.gc.columns]\nminor_id = \"minor of users.id\"\nstatus = \"fact\"\n",
    ];
    Office::empty().with_shop(&sql, &map.concat())
}

/// The same with two people who have nothing in common.
pub(crate) fn erasable() -> Office {
    club("(1, 'Ann', NULL, NULL), (2, 'Bo', NULL, NULL)", "(7, 1, 1, 'of Ann'), (8, 2, 2, 'of Bo')")
}

/// A verified case of the account, erased.
pub(crate) fn erase(office: &mut Office, account: u32) -> String {
    office.file("who.txt", &format!("account={account}\n"));
    let opened = office.run("case open delete --id-file who.txt --json").done().json();
    let case = opened["data"]["number"].as_str().unwrap().to_owned();
    office.run(&format!("case identify {case} --level L2 --by otp+waybill --age adult --quiet")).done();
    office.run(&format!("erase {case} --confirm {case} --quiet")).carried_out();
    case
}

fn chats(office: &Office) -> String {
    let sql = "SELECT coalesce(group_concat(id || ' ' || words, '; '), '') FROM chats";
    office.shop().query_row(sql, [], |row| row.get(0)).unwrap()
}

#[test]
fn whoever_says_nothing_is_not_whoever_was_erased() {
    let mut office = club("(1, 'Ann', NULL, NULL), (2, NULL, NULL, NULL)", "(7, 1, 2, 'of both')");
    erase(&mut office, 1);
    assert_eq!(chats(&office), "7 of both", "the second is alive");
    erase(&mut office, 2);
    assert_eq!(chats(&office), "", "the first was erased");
    office.run("audit verify --quiet").done();
}

/// Also where each of them has a role of their own.
#[test]
fn what_both_wrote_in_goes_with_the_last_in_whatever_role() {
    let sql = "CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT);
        CREATE TABLE chats (id INTEGER PRIMARY KEY, a INTEGER NOT NULL REFERENCES users (id),
            b INTEGER NOT NULL REFERENCES users (id), words TEXT);
        INSERT INTO users VALUES (1, 'Ann'), (2, 'Bo');
        INSERT INTO chats VALUES (7, 1, 2, 'of both');";
    let map = [
        "version = 1\ncontroller = \"C\"\ntime_zone = \"Asia/Shanghai\"\n[person.account]\nis = \"users.id\"\n\
         [rules]\n\"*.id\" = \"key\"\n",
        &table("users"),
        "[tables.users.columns]\nname = \"name, provided\"\n",
        &table("chats"),
        "[tables.chats.columns]\na = \"sender of users.id\"\nb = \"recipient of users.id\"\nwords = \"free_text, provided\"\n",
    ];
    for [first, last] in [[1, 2], [2, 1]] {
        let mut office = Office::empty().with_shop(sql, &map.concat());
        erase(&mut office, first);
        assert_eq!(chats(&office), "7 of both");
        erase(&mut office, last);
        assert_eq!(chats(&office), "", "{first}");
    }
}

/// A key whose row went is anybody's.
#[test]
fn whoever_has_the_key_of_a_row_that_went_was_not_erased() {
    let child = "'2020-01-01', '2024-06-01'";
    let mut office =
        club(&format!("(1, 'Ann', NULL, NULL), (2, 'Bo', NULL, NULL), (3, 'Cy', {child})"), "(7, 1, 1, 'of Ann')");
    erase(&mut office, 2);
    office.run("purge minors --confirm --beyond-breaker test --quiet").carried_out();
    let again =
        "INSERT INTO users (id) VALUES (2), (3); INSERT INTO chats VALUES (8, 1, 2, 'of two'), (9, 3, 1, 'of three')";
    office.shop().execute_batch(again).unwrap();
    erase(&mut office, 1);
    assert_eq!(chats(&office), "8 of two; 9 of three");
}

/// Two accounts, and a contact of the first's: the second by their number alone. `column` is how the number is declared
/// behind its name, `word` what else the map says of it.
pub(crate) fn address_book(column: &str, word: &str) -> Office {
    let sql = format!(
        "CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT, phone TEXT);
         CREATE TABLE contacts (id INTEGER PRIMARY KEY, owner INTEGER NOT NULL REFERENCES users (id),
            phone {column}, memo TEXT);
         CREATE INDEX by_phone ON users (phone); CREATE INDEX by_number ON contacts (phone);
         INSERT INTO users VALUES (1, 'Ann', '13800138001'), (2, 'Bo', '13800138002'), (3, 'Cy', '13800138003');
         INSERT INTO contacts VALUES (7, 1, '13800138002', 'Bo lives with Ann');"
    );
    let map = [
        "version = 1\ncontroller = \"C\"\ntime_zone = \"Asia/Shanghai\"\n[person.account]\nis = \"users.id\"\n\
         [rules]\n\"*.id\" = \"key\"\n",
        &table("users"),
        "[tables.users.columns]\nname = \"name, provided\"\nphone = \"phone, proves, provided\"\n",
        &table("contacts"),
        "[tables.contacts.columns]\nowner = \"owner of users.id\"\nmemo = \"free_text, provided\"\n",
        &format!("phone = \"listed.phone, listed of ~{word}\"\n"),
    ];
    Office::empty().with_shop(&sql, &map.concat())
}

/// Also where one of the two is in the row by a value alone.
#[test]
fn what_somebody_wrote_of_a_number_goes_with_the_last_of_both() {
    for order in [[1, 2], [2, 1]] {
        let mut office = address_book("TEXT", "");
        for account in order {
            erase(&mut office, account);
        }
        let left = "SELECT count(*) FROM contacts";
        assert_eq!(office.shop().query_row(left, [], |row| row.get::<_, i64>(0)).unwrap(), 0, "{order:?}");
    }
}

/// Of a part that was erased more is left than of everything.
#[test]
fn whoever_lost_a_part_is_still_somebody() {
    let mut office = club("(1, 'Ann', NULL, NULL), (2, 'Bo', NULL, NULL)", "(7, 1, 2, 'of both')");
    let case = office.verified("delete", "account=1");
    office.run(&format!("erase {case} --column users.name --confirm {case} --quiet")).carried_out();
    erase(&mut office, 2);
    assert_eq!(chats(&office), "7 of both");
}

/// A house that both live in, at which their rows point by a key that the engine minds.
#[test]
fn what_the_empty_row_of_the_first_points_at_is_written_over_with_the_last() {
    for (word, not_null) in [("key", ""), ("key", "NOT NULL"), ("fact", ""), ("by houses.id", "")] {
        let sql = format!(
            "CREATE TABLE houses (id INTEGER PRIMARY KEY, address TEXT);
             CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT, house INTEGER {not_null} REFERENCES houses (id));
             CREATE TABLE pays (id INTEGER PRIMARY KEY, uid INTEGER NOT NULL REFERENCES users (id), at TEXT, cents INTEGER);
             INSERT INTO houses VALUES (6, 'of Ann and Bo'), (7, 'of Cy');
             INSERT INTO users VALUES (1, 'Ann', 6), (2, 'Bo', 6), (3, 'Cy', 7);
             INSERT INTO pays VALUES (1, 1, '2026-01-01', 500);"
        );
        let map = [
            "version = 1\ncontroller = \"C\"\ntime_zone = \"UTC\"\n[person.account]\nis = \"users.id\"\n\
             [rules]\n\"*.id\" = \"key\"\n\"*.uid\" = \"of users.id\"\n\"*.at\" = \"time\"\n",
            &table("users"),
            &format!("[tables.users.columns]\nname = \"name\"\nhouse = \"{word}\"\n"),
            &table("houses"),
            "[tables.houses.columns]\nid = \"key, of users.house\"\naddress = \"address\"\n",
            &table("pays"),
            "keep = { for = \"3 years\", after = \"at\", law = \"L\", because = \"B\", columns = [\"cents\", \"at\"] }\n\
             [tables.pays.columns]\ncents = \"amount\"\n",
        ];
        let mut office = Office::empty().with_shop(&sql, &map.concat());
        let houses = |office: &Office| {
            let sql =
                "SELECT coalesce(group_concat(id || ' ' || coalesce(address, '-'), '; ' ORDER BY id), '') FROM houses";
            office.shop().query_row(sql, [], |row| row.get::<_, String>(0)).unwrap()
        };
        let first = erase(&mut office, 1);
        assert_eq!(houses(&office), "6 of Ann and Bo; 7 of Cy", "{word} {not_null}");
        let last = erase(&mut office, 2);
        let left = if word.starts_with("by") { "7 of Cy" } else { "6 -; 7 of Cy" };
        assert_eq!(houses(&office), left, "{word} {not_null}");
        for case in [first, last] {
            let proven = office.run(&format!("prove {case}")).done();
            assert!(proven.stdout().contains("erased and proven"), "{proven}");
        }
        erase(&mut office, 3);
        let alone = left.replace("7 of Cy", "");
        assert_eq!(houses(&office), alone.trim_end_matches("; "), "who lived alone takes all along");
    }
}

/// Children who were purged have no case.
#[test]
fn whoever_was_purged_is_known_as_that() {
    let child = "'2020-01-01', '2024-06-01'";
    let users = format!("(1, 'Ann', {child}), (2, 'Bo', NULL, '2024-06-01'), (3, 'Cy', {child})");
    let mut office = club(&users, "(7, 1, 2, 'of child and adult'), (8, 1, 3, 'of children')");
    office.run("purge minors --confirm --beyond-breaker test --quiet").carried_out();
    assert_eq!(chats(&office), "7 of child and adult");
    office.run("audit verify --quiet").done();
    erase(&mut office, 2);
    assert_eq!(chats(&office), "");
}

#[test]
fn whoever_came_back_is_somebody_again() {
    let mut office = club("(1, NULL, NULL, NULL), (2, 'Bo', NULL, NULL)", "(7, 1, 2, 'of both')");
    office.shop().execute("INSERT INTO devices VALUES (3, 1, 'imei')", []).unwrap();
    let written = office.read("droit.toml");
    office.file("droit.toml", &format!("undo = \"72 hours\"\n{written}"));
    let case = erase(&mut office, 1);
    office.run(&format!("undo {case} --confirm {case}")).done();
    erase(&mut office, 2);
    assert_eq!(chats(&office), "7 of both");
}

/// A conversation with places that nobody takes, and a row whose other role nobody is in.
#[test]
fn whoever_has_left_nothing_shares_nothing() {
    let head = "version = 1\ncontroller = \"C\"\ntime_zone = \"Asia/Shanghai\"\n[person.account]\nis = \"users.id\"\n\
                [rules]\n\"*.id\" = \"key\"\n\"*.uid\" = \"of users.id\"\n";
    let users = table("users") + "[tables.users.columns]\nname = \"name, provided\"\n";
    let talks = [
        table("talks") + "[tables.talks.columns]\nid = \"key, of places.talk\"\ntopic = \"free_text, provided\"\n",
        table("places") + "[tables.places.columns]\ntalk = \"by talks.id\"\n",
        table("words") + "[tables.words.columns]\ntalk = \"of talks.id\"\nsaid = \"free_text, provided\"\n",
    ];
    for (place, stays) in [("NULL", 0), ("0", 0), ("999", 0), ("1", 0), ("2", 1)] {
        let sql = format!(
            "CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT);
             CREATE TABLE talks (id INTEGER PRIMARY KEY, topic TEXT);
             CREATE TABLE places (id INTEGER PRIMARY KEY, talk INTEGER NOT NULL REFERENCES talks (id), uid INTEGER);
             CREATE TABLE words (id INTEGER PRIMARY KEY, talk INTEGER NOT NULL REFERENCES talks (id), said TEXT);
             INSERT INTO users VALUES (1, 'Ann'), (2, 'Bo');
             INSERT INTO talks VALUES (5, 'of Ann'); INSERT INTO words VALUES (8, 5, 'of Ann');
             INSERT INTO places VALUES (3, 5, 1), (4, 5, {place});"
        );
        let mut office = Office::empty().with_shop(&sql, &[head, &users, &talks.concat()].concat());
        erase(&mut office, 1);
        let left = "SELECT (SELECT count(*) FROM talks WHERE topic = 'of Ann') + (SELECT count(*) FROM words)";
        assert_eq!(office.shop().query_row(left, [], |row| row.get::<_, i64>(0)).unwrap(), 2 * stays, "{place}");
    }
    let disputes = [
        table("orders")
            + "[tables.orders.columns]\nbuyer = \"buyer of users.id\"\nseller = \"seller of users.id\"\nguest = \"buyer.name, provided\"\n",
        table("disputes")
            + "[tables.disputes.columns]\norder_id = \"buyer of orders.id as buyer, seller of orders.id as seller\"\n\
               words = \"free_text, provided\"\n",
    ];
    for (buyer, guest, stays) in
        [("NULL", "NULL", false), ("99", "NULL", false), ("2", "NULL", true), ("NULL", "'Gus'", true)]
    {
        let sql = format!(
            "CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT);
             CREATE TABLE orders (id INTEGER PRIMARY KEY, buyer INTEGER, seller INTEGER, guest TEXT);
             CREATE TABLE disputes (id INTEGER PRIMARY KEY, order_id INTEGER NOT NULL, words TEXT);
             INSERT INTO users VALUES (1, 'Ann'), (2, 'Bo');
             INSERT INTO orders VALUES (5, {buyer}, 1, {guest}); INSERT INTO disputes VALUES (6, 5, 'of both');"
        );
        let mut office = Office::empty().with_shop(&sql, &[head, &users, &disputes.concat()].concat());
        erase(&mut office, 1);
        let left = "SELECT count(*) FROM disputes WHERE words IS NOT NULL";
        assert_eq!(
            office.shop().query_row(left, [], |row| row.get::<_, i64>(0)).unwrap() > 0,
            stays,
            "{buyer} {guest}"
        );
    }
}
