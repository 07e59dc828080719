//! A row that has to stay, and a CHECK that takes neither NULL nor an empty value nor a token: the map says what to write.

use crate::{
    last_of_all::{address_book, erase},
    office::Office,
    ties::table,
};

/// Two accounts whose numbers have eleven digits, and a chat that nothing cuts off from them.
fn club(word: &str) -> Office {
    let sql = "CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT, phone TEXT NOT NULL CHECK (length(phone) = 11));
         CREATE INDEX by_phone ON users (phone);
         CREATE TABLE chats (id INTEGER PRIMARY KEY, a INTEGER NOT NULL REFERENCES users(id),
            b INTEGER NOT NULL REFERENCES users(id), words TEXT);
         CREATE TABLE calls (id INTEGER PRIMARY KEY, number TEXT, said TEXT);
         CREATE INDEX by_number ON calls (number);
         INSERT INTO users VALUES (1, 'Ann', '13800138001'), (2, 'Bo', '13800138002'), (3, 'Cy', '13800138003');
         INSERT INTO chats VALUES (7, 1, 2, 'of both');
         INSERT INTO calls VALUES (1, '13800138001', 'by Ann'), (2, '00000000000', 'withheld number');";
    let map = [
        "version = 1\ncontroller = \"C\"\ntime_zone = \"Asia/Shanghai\"\n[person.account]\nis = \"users.id\"\n\
         [rules]\n\"*.id\" = \"key\"\n",
        &table("users"),
        &format!("[tables.users.columns]\nname = \"name, provided\"\nphone = \"phone, provided, proves{word}\"\n"),
        &table("chats"),
        "[tables.chats.columns]\na = \"of users.id\"\nb = \"of users.id\"\nwords = \"free_text, provided\"\n",
        &table("calls"),
        "[tables.calls.columns]\nnumber = \"phone, of ~phone\"\nsaid = \"free_text, provided\"\n",
    ];
    Office::empty().with_shop(sql, &map.concat())
}

fn cells(office: &Office, sql: &str) -> String {
    office.shop().query_row(sql, [], |row| row.get::<_, Option<String>>(0)).unwrap().unwrap_or_default()
}

const USERS: &str = "SELECT group_concat(concat_ws(' ', id, name, phone), '; ') FROM users";
const CHATS: &str = "SELECT group_concat(words, '; ') FROM chats";
const CALLS: &str = "SELECT group_concat(said, '; ') FROM calls";

#[test]
fn the_person_is_erased_proven_and_nobody_afterwards() {
    for verb in ["erase", "anonymize"] {
        let mut office = club("");
        let case = office.verified("delete", "account=1");
        let line = format!("{verb} {case} --confirm {case} --quiet");
        let (exit, code) = if verb == "erase" { (1, "constraint") } else { (3, "cannot_overwrite") };
        let refused = office.run(&line).fails(exit, code);
        assert!(refused.stderr().contains("becomes"), "it says how to go on: {}", refused.stderr());
    }

    let mut office = club(", becomes '00000000000'");
    let first = erase(&mut office, 1);
    assert_eq!(cells(&office, USERS), "1 00000000000; 2 Bo 13800138002; 3 Cy 13800138003");
    assert_eq!((cells(&office, CHATS).as_str(), cells(&office, CALLS).as_str()), ("of both", "withheld number"));
    office.run(&format!("prove {first} --quiet")).done();

    let second = erase(&mut office, 2);
    assert_eq!(cells(&office, USERS), "1 00000000000; 3 Cy 13800138003");
    assert_eq!((cells(&office, CHATS).as_str(), cells(&office, CALLS).as_str()), ("", "withheld number"));
    office.run(&format!("prove {second} --quiet")).done();
    office.run("audit verify --quiet").done();
    office.file("who.txt", "phone=00000000000\n");
    office.run("find --id-file who.txt").misused("bad_identifiers");
}

#[test]
fn an_anonymized_row_takes_it_as_well() {
    let mut office = club(", becomes '00000000000'");
    let case = office.verified("delete", "account=1");
    office.run(&format!("anonymize {case} --confirm {case} --quiet")).carried_out();
    assert_eq!(cells(&office, USERS), "1 00000000000; 2 Bo 13800138002; 3 Cy 13800138003");
    assert!(!cells(&office, CALLS).contains("by Ann"));
}

/// What was written over somebody's number is nobody's: the row goes with the last who is in it.
#[test]
fn whoever_was_written_over_is_in_the_row_no_more() {
    let mut office = address_book("TEXT NOT NULL CHECK (length(phone) = 11)", ", becomes '00000000000'");
    erase(&mut office, 2);
    let left = "SELECT group_concat(concat_ws(' ', owner, phone, memo), '; ') FROM contacts";
    assert!(cells(&office, left).starts_with("1 00000000000"), "{}", cells(&office, left));
    erase(&mut office, 1);
    assert_eq!(cells(&office, left), "");
}
