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

/// A verified case of the account, erased.
fn erase(office: &mut Office, account: u32) -> String {
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

/// Of a part that was erased more is left than of everything.
#[test]
fn whoever_lost_a_part_is_still_somebody() {
    let mut office = club("(1, 'Ann', NULL, NULL), (2, 'Bo', NULL, NULL)", "(7, 1, 2, 'of both')");
    let case = office.verified("delete", "account=1");
    office.run(&format!("erase {case} --column users.name --confirm {case} --quiet")).carried_out();
    erase(&mut office, 2);
    assert_eq!(chats(&office), "7 of both");
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
