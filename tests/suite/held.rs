//! Whose row it is, to a hold: however the map leads from the row to the person, and whatever was known when the hold
//! was added.

use rusqlite::Connection;

use crate::{
    office::Office,
    tidy::office::{key_folder, keys},
};

/// Everything is overdue. Member 2 is under hold; member 1 has one of each kind as well.
const CLUB: &str = "
    CREATE TABLE members (id INTEGER PRIMARY KEY, phone TEXT, since TEXT);
    CREATE INDEX members_phone ON members (phone);
    CREATE TABLE cards (id INTEGER PRIMARY KEY, remark TEXT, made TEXT);
    CREATE TABLE holders (id INTEGER PRIMARY KEY, member_id INTEGER REFERENCES members (id), card_id INTEGER REFERENCES cards (id));
    CREATE INDEX holders_card ON holders (card_id);
    CREATE INDEX holders_member ON holders (member_id);
    CREATE TABLE visits (id INTEGER PRIMARY KEY, card_id INTEGER REFERENCES cards (id), made TEXT);
    CREATE INDEX visits_card ON visits (card_id);
    CREATE TABLE messages (id INTEGER PRIMARY KEY, dest TEXT, made TEXT);
    CREATE INDEX messages_dest ON messages (dest);
    CREATE TABLE logbook (id INTEGER PRIMARY KEY, kind TEXT, line TEXT, made TEXT);
    CREATE INDEX logbook_line ON logbook (line);
    INSERT INTO members VALUES (1, '13800138000', '2020-01-01'), (2, '13900139000', '2020-01-01');
    INSERT INTO cards VALUES (1, 'first', '2020-02-01'), (2, 'second', '2020-02-01');
    INSERT INTO holders VALUES (1, 1, 1), (2, 2, 2);
    INSERT INTO visits VALUES (1, 1, '2020-03-01'), (2, 2, '2020-03-01');
    INSERT INTO messages VALUES (1, '13800138000', '2020-04-01'), (2, '13900139000', '2020-04-01');
    INSERT INTO logbook VALUES (1, 'PHONE', '13800138000', '2020-05-01'), (2, 'PHONE', '13900139000', '2020-05-01');";

const MAP: &str = r#"version = 1
controller = "C"
time_zone = "Asia/Shanghai"
[person.member]
is = "members.id"
[rules]
"*.id" = "key"
"*.made" = "time, observed"
[tables.members]
purpose = "membership"
clause = "1"
basis = "contract"
[tables.members.columns]
phone = "phone, proves since since, provided"
since = "time, observed"
[tables.holders]
[tables.holders.columns]
member_id = "of members.id"
card_id = "fact, observed"
[tables.cards]
limit = { for = "1 year", after = "made", then = "delete", because = "old" }
[tables.cards.columns]
id = "key, of holders.card_id"
remark = "free_text, observed"
[tables.visits]
limit = { for = "1 year", after = "made", then = "delete", because = "old" }
[tables.visits.columns]
card_id = "of cards.id"
[tables.messages]
purpose = "messages"
clause = "1"
basis = "contract"
limit = { for = "1 year", after = "made", then = "delete", because = "old" }
[tables.messages.columns]
dest = "fact, of ~ phone, observed"
[tables.logbook]
purpose = "messages"
clause = "1"
basis = "contract"
case = "kind"
limit = { for = "1 year", after = "made", then = "delete", because = "old" }
[tables.logbook.columns]
kind = "fact, observed"
line = { TEXT = "fact, observed", PHONE = "phone, of ~, observed" }
"#;

fn open(office: &Office) -> Connection {
    Connection::open(office.path("club.db")).unwrap()
}

fn club() -> Office {
    let mut office = Office::empty();
    open(&office).execute_batch(CLUB).unwrap();
    office.run("init club.db --quiet").done();
    office.file("datamap.toml", MAP);
    office.run("map trust --yes --quiet").done();
    office.file("order.txt", "court");
    office.file("held.txt", "member=2\n");
    office
}

/// Which rows are as they were: cards, visits, messages, logbook. A card to which a holder points is written over.
fn left(office: &Office) -> [Vec<i64>; 4] {
    let db = open(office);
    ["cards WHERE remark <> ''", "visits", "messages", "logbook"].map(|table| {
        let mut rows = db.prepare(&format!("SELECT id FROM {table} ORDER BY id")).unwrap();
        rows.query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect()
    })
}

const PURGE: &str = "purge retention --confirm --beyond-breaker test --quiet";

#[test]
fn a_purge_leaves_whatever_leads_to_somebody_under_hold() {
    for sort in ["", "--confidential"] {
        let mut office = club();
        office.run(&format!("hold add --id-file held.txt --order order.txt {sort}")).done();
        office.run(PURGE).carried_out();
        assert_eq!(left(&office), [[2], [2], [2], [2]], "{sort}");
        office.run("hold release HOLD-20261123-0001 --yes").done();
        office.run(PURGE).carried_out();
        assert_eq!(left(&office), [[], [], [], []].map(|none: [i64; 0]| none.to_vec()), "{sort}");
    }
}

/// A pointer that leads here or there, as another column of its row says: only where it leads is anybody in the row. The
/// case that reads like one and is none may be meant.
#[test]
fn a_hold_is_on_a_row_only_where_its_pointer_leads() {
    let sql = "CREATE TABLE members (id INTEGER PRIMARY KEY, name TEXT);
        CREATE TABLE shops (id INTEGER PRIMARY KEY, member_id INTEGER REFERENCES members (id), title TEXT);
        CREATE TABLE notes (id INTEGER PRIMARY KEY, kind TEXT, item_id INTEGER, remark TEXT, made TEXT);
        INSERT INTO members VALUES (1, 'Ann'), (2, 'Bob');
        INSERT INTO shops VALUES (1, 2, 'of Bob'), (2, 1, 'of Ann');
        INSERT INTO notes VALUES (1, 'Member', 1, 'of Ann', '2020-01-01'), (2, 'Shop', 1, 'of Bob', '2020-01-01'),
            (3, 'Shop', 2, 'of Ann', '2020-01-01'), (4, 'Member', 2, 'of Bob', '2020-01-01'),
            (5, 'shop', 1, 'of Bob?', '2020-01-01');";
    let owned = "purpose = \"p\"\nclause = \"1\"\nbasis = \"contract\"\n";
    let map = format!(
        "version = 1\ncontroller = \"C\"\ntime_zone = \"Asia/Shanghai\"\n[person.member]\nis = \"members.id\"\n[rules]\n\"*.id\" = \"key\"\n\"*.member_id\" = \"of members.id\"\n[tables.members]\n{owned}[tables.members.columns]\nname = \"name, provided\"\n[tables.shops]\n{owned}[tables.shops.columns]\ntitle = \"free_text, provided\"\n[tables.notes]\n{owned}case = \"kind\"\nlimit = {{ for = \"1 year\", after = \"made\", then = \"delete\", because = \"old\" }}\n[tables.notes.columns]\nkind = \"fact\"\nitem_id = {{ Member = \"of members.id\", Shop = \"of shops.id\" }}\nremark = \"free_text, provided\"\nmade = \"time, observed\"\n"
    );
    let mut office = Office::empty().with_shop(sql, &map);
    office.file("order.txt", "court");
    office.file("held.txt", "member=2\n");
    office.run("hold add --id-file held.txt --order order.txt --quiet").done();
    let notes = |office: &Office| -> Vec<i64> {
        let shop = office.shop();
        let mut rows = shop.prepare("SELECT id FROM notes ORDER BY id").unwrap();
        rows.query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect()
    };
    let mut purged = office.copied();
    let case = office.verified("delete", "member=1");
    office.run(&format!("erase {case} --confirm {case} --quiet")).carried_out();
    assert_eq!(notes(&office), [2, 4, 5], "what is hers alone goes");
    purged.run(PURGE).carried_out();
    assert_eq!(notes(&purged), [2, 4, 5]);
}

#[test]
fn a_hold_from_a_time_when_the_map_could_not_be_used_protects_the_same_rows_later() {
    let mut office = club();
    open(&office).execute_batch("CREATE TABLE added_by_a_release (x)").unwrap();
    let added = office.run("hold add --id-file held.txt --order order.txt").done();
    assert!(added.stdout().contains("only what was given"), "{added}");
    open(&office).execute_batch("DROP TABLE added_by_a_release").unwrap();
    office.run(PURGE).carried_out();
    assert_eq!(left(&office), [[2], [2], [2], [2]]);
}

/// The number that the member had then leads to them by the hold's tags alone.
#[test]
fn a_hold_protects_a_number_that_was_given_up_also_after_its_key_was_replaced() {
    for sort in ["", "--confidential"] {
        let mut office = club();
        office.run(&format!("hold add --id-file held.txt --order order.txt {sort}")).done();
        open(&office).execute("UPDATE members SET phone = '13700137000' WHERE id = 2", []).unwrap();
        for _ in 0..2 {
            office.run("tidy --rotate --confirm --quiet").done();
        }
        office.run(PURGE).carried_out();
        assert_eq!(left(&office), [[2], [2], [2], [2]], "{sort}");
    }
}

#[test]
fn without_the_key_of_a_hold_nothing_is_planned() {
    let mut office = club();
    let before = keys(&office);
    office.run("hold add --id-file held.txt --order order.txt").done();
    let added: Vec<String> = keys(&office).into_keys().filter(|key| !before.contains_key(key)).collect();
    let [key] = added.as_slice() else { panic!("one key, not {added:?}") };
    std::fs::remove_file(key_folder(&office).join(format!("{key}.key"))).unwrap();
    office.run(PURGE).fails(1, "key_missing");
    assert_eq!(left(&office), [[1, 2], [1, 2], [1, 2], [1, 2]]);
}

/// The register would say that somebody is protected, and no row would be.
#[test]
fn a_hold_by_a_name_alone_is_refused() {
    let mut office = Office::courier();
    office.file("order.txt", "court");
    office.file("who.txt", "name=王芳\n");
    office.run("hold add --id-file who.txt --order order.txt").refused("protects_nobody");
    let list = office.run("hold list --json").done();
    assert!(!list.stdout().contains("HOLD-"), "{list}");
}

/// The table of holds is what its events say, or nothing is erased: what a hold keeps cannot be brought back.
#[test]
fn a_hold_that_was_changed_by_hand_stops_whatever_would_change_rows() {
    for by_hand in [
        "DELETE FROM holds",
        "UPDATE holds SET released = added",
        "UPDATE holds SET subject = NULL, held_table = 'orders'",
        "INSERT INTO holds VALUES ('HOLD-20261123-0002', NULL, 'orders', 0, NULL, 2, NULL)",
    ] {
        let mut office = Office::courier();
        let case = office.verified("delete", "account=60");
        office.file("who.txt", "account=60\n");
        office.file("order.txt", "a court's order");
        office.run("hold add --id-file who.txt --order order.txt --quiet").done();
        let before = crate::desk::dump(&office.path("zkjia.db"));
        Connection::open(office.path("casebook.db")).unwrap().execute_batch(by_hand).unwrap();
        for command in [
            format!("erase {case} --confirm {case}"),
            format!("erase {case} --plan plan.jsonl"),
            "purge retention --confirm".to_owned(),
            "hold list".to_owned(),
        ] {
            let said = office.run(&command).fails(1, "casebook_damaged");
            assert!(said.stderr().contains("droit audit verify"), "{by_hand}: {said}");
        }
        assert_eq!(crate::desk::dump(&office.path("zkjia.db")), before, "{by_hand}");
    }
}
