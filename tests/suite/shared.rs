//! Rows of several people: what one of them may take, and that the last of them takes it all. Who is in a row follows from
//! the rows as they are written here.

use std::{collections::BTreeSet, fmt::Write as _, fs};

use droit::planner::Planner as _;
use serde_json::Value as Json;

use crate::{
    desk::{Desk, export},
    office::Office,
    ties::{desk, erase, erase_again, map, rows, table},
};

/// Orders of people, and tickets that hang on an order and on whoever wrote them, by ties without a role.
fn tickets(more: &str) -> Desk {
    let columns = "[tables.tickets.columns]\noid = \"of orders.id\"\ncallback = \"phone, provided\"\n";
    desk(
        &format!(
            "CREATE TABLE orders (id INTEGER PRIMARY KEY, uid INTEGER);
             CREATE TABLE tickets (id INTEGER PRIMARY KEY, oid INTEGER, uid INTEGER NOT NULL, note TEXT, callback TEXT);
             CREATE TABLE files (id INTEGER PRIMARY KEY, ticket INTEGER, note TEXT);
             CREATE TABLE devices (id INTEGER PRIMARY KEY, uid INTEGER, number TEXT);
             INSERT INTO orders VALUES (1, 1), (2, 2), (3, NULL);
             INSERT INTO tickets VALUES (1, 1, 2, 'words of B', '13800138002'), (2, 2, 2, 'of B', '13800138002'),
                (3, 1, 1, 'of A', '13800138001'), (4, 3, 1, 'of A for a guest', NULL), (5, 99, 1, 'of A, order lost', NULL),
                (6, 0, 1, 'of A, no order', NULL);
             INSERT INTO files VALUES (10, 1, 'of B on an order of A'), (30, 3, 'of A');
             {more}"
        ),
        &[
            table("orders"),
            table("tickets") + columns,
            table("files") + "[tables.files.columns]\nticket = \"of tickets.id\"\n",
            table("devices") + "[tables.devices.columns]\nnumber = \"device_id, observed\"\n",
        ],
    )
}

/// What somebody wrote about somebody else's order is both's: it goes with the last of them, whoever that is.
#[test]
fn a_row_that_two_ties_lead_to_two_people_stays_for_the_other() {
    for [first, last] in [["1", "2"], ["2", "1"]] {
        let desk = tickets("");
        let job = erase(&desk, first);
        let left = rows(&desk, "tickets");
        assert_eq!(left.lines().next(), Some("1|1|2|words of B|13800138002"), "{first}");
        let files = rows(&desk, "files");
        assert_eq!(files.lines().next(), Some("10|1|of B on an order of A"), "{first}");
        assert_eq!(job.totals.kept_under("stay"), 2, "the ticket and its file");
        let alone = if first == "1" { ["2|2|2|of B|13800138002"].as_slice() } else { &["3|1|1|of A|13800138001"] };
        assert!(alone.iter().all(|row| left.contains(row)), "{left}");
        assert!(!left.contains(if first == "1" { "of A" } else { "2|2|2" }), "{left}");
        erase_again(&desk, last);
        assert_eq!(rows(&desk, "tickets"), "", "{last}");
        assert_eq!(rows(&desk, "files"), "", "{last}");
        let phones = "SELECT count(*) FROM users WHERE name IS NOT NULL OR phone IS NOT NULL";
        assert_eq!(desk.one::<i64>(phones), 0);
    }
}

/// Whoever never said anything anywhere is not somebody whom the record knows as erased.
#[test]
fn whoever_never_said_anything_is_still_somebody() {
    for device in ["imei-of-B", ""] {
        let silent = "UPDATE users SET name = NULL, phone = NULL WHERE id = 2;";
        let desk = tickets(&format!("{silent} INSERT INTO devices VALUES (7, 2, '{device}');"));
        erase(&desk, "1");
        assert_eq!(rows(&desk, "tickets").lines().next(), Some("1|1|2|words of B|13800138002"), "{device}");
        erase_again(&desk, "2");
        assert_eq!(rows(&desk, "tickets"), "", "{device}");
    }
}

/// The rows of a table in the package of an export.
fn given(desk: &Desk, who: &str, table: &str) -> Vec<Json> {
    export(desk, [("account", who)]);
    let data = fs::read_to_string(desk.dir.join("out/package/data.json")).unwrap();
    let data: Json = serde_json::from_str(&data).unwrap();
    let tables = data["tables"].as_array().unwrap();
    tables.iter().find(|found| found["about"]["name"] == table).unwrap()["rows"].as_array().unwrap().clone()
}

/// What hangs on a row of two people says on which, and a pointer that leads nowhere names nobody.
#[test]
fn a_copy_says_which_shared_row_something_hangs_on() {
    let desk = tickets("UPDATE tickets SET callback = '13800138001' WHERE id = 5;");
    let files = given(&desk, "1", "files");
    let file = files.iter().find(|row| row["key"] == "10").unwrap();
    assert!(!file.to_string().contains("third_party"), "{file}");
    let desk = tickets("UPDATE tickets SET callback = '13800138001' WHERE id = 5;");
    let tickets = given(&desk, "1", "tickets");
    let lost = tickets.iter().find(|row| row["key"] == "5").unwrap().to_string();
    assert!(lost.contains("13800138001") && lost.contains("99") && !lost.contains("third_party"), "{lost}");
}

/// What the engine computes of nothing says nothing.
#[test]
fn a_name_that_is_computed_is_nobodys() {
    let desk = Desk::new(
        "CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT, phone TEXT,
            shown TEXT GENERATED ALWAYS AS (coalesce(name, 'user ' || id)));
         CREATE TABLE chats (id INTEGER PRIMARY KEY, a INTEGER NOT NULL, b INTEGER NOT NULL, note TEXT);
         INSERT INTO users VALUES (1, 'A', '13800138001'), (2, 'B', '13800138002');
         INSERT INTO chats VALUES (1, 1, 2, 'of both');",
        &map(&[
            table("users") + "[tables.users.columns]\nshown = \"name, derived\"\n",
            table("chats") + "[tables.chats.columns]\na = \"of users.id\"\nb = \"of users.id\"\n",
        ]
        .concat()),
    );
    erase(&desk, "1");
    assert_eq!(rows(&desk, "chats"), "1|1|2|of both");
    erase_again(&desk, "2");
    assert_eq!(rows(&desk, "chats"), "");
}

/// A role that nobody is in, though the column may not be NULL, or whose account is gone.
#[test]
fn nobody_shares_a_row_in_a_role_that_is_empty() {
    let desk = desk(
        "CREATE TABLE orders (id INTEGER PRIMARY KEY, uid INTEGER, referrer INTEGER NOT NULL DEFAULT 0, note TEXT);
         INSERT INTO orders VALUES (1, 1, 0, 'of A alone'), (2, 1, 77, 'recommended by one who is gone'),
            (3, 1, 2, 'recommended by B');",
        &[table("orders")
            + "[tables.orders.columns]\nuid = \"buyer of users.id\"\nreferrer = \"referrer of users.id\"\nnote = \"buyer.free_text, provided\"\n"],
    );
    erase(&desk, "1");
    let left = rows(&desk, "orders");
    assert!(left.starts_with("3|") && !left.contains("recommended") && left.lines().count() == 1, "{left}");
}

/// Everybody in a row gets a copy of it, without what may be another's.
#[test]
fn a_row_of_two_people_is_given_to_each_without_the_numbers_of_the_other() {
    for (who, own, others) in [("1", "13800138001", "13800138002"), ("2", "13800138002", "13800138001")] {
        let desk = tickets("UPDATE tickets SET note = 'A 13800138001, B 13800138002' WHERE id = 1;");
        export(&desk, [("account", who)]);
        let data = fs::read_to_string(desk.dir.join("out/package/data.json")).unwrap();
        assert!(!data.contains(others), "{who}: {data}");
        let data: Json = serde_json::from_str(&data).unwrap();
        let tables = data["tables"].as_array().unwrap();
        let tickets =
            tables.iter().find(|table| table["about"]["name"] == "tickets").unwrap()["rows"].as_array().unwrap();
        let [first] = tickets.iter().filter(|row| row["key"] == "1").collect::<Vec<_>>()[..] else {
            panic!("{tickets:?}")
        };
        assert!(first.to_string().contains(own), "{first}");
        let own_tickets = if who == "1" { 5 } else { 2 };
        assert_eq!(tickets.len(), own_tickets, "{who}");
    }
}

/// A household of two, to which their own rows lead: its number and name are given to neither but whose they are.
#[test]
fn a_household_is_given_to_each_without_the_number_of_the_other() {
    for tel in ["phone, provided", "phone, of ~, provided"] {
        for (who, own, others) in [
            ("1", "", ["13800138002", "Bertha"]),
            ("2", "13800138002", ["Anna", "Clara"]),
            ("3", "13800138003", ["Anna", "Bertha"]),
        ] {
            let desk = Desk::new(
                "CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT, phone TEXT, home INTEGER);
                 CREATE TABLE homes (id INTEGER PRIMARY KEY, tel TEXT, name TEXT);
                 INSERT INTO homes VALUES (6, '13800138002', 'Bertha'), (7, '13800138003', 'Clara');
                 INSERT INTO users VALUES (1, 'Anna', '13800138001', 6), (2, 'Bertha', '13800138002', 6), (3, 'Clara', '13800138003', 7);",
                &map(&[
                    table("users"),
                    "[tables.users.columns]\nhome = \"key\"\n".into(),
                    table("homes"),
                    format!("[tables.homes.columns]\nid = \"key, of users.home\"\ntel = \"{tel}\"\n"),
                ]
                .concat()),
            );
            let homes = Json::from(given(&desk, who, "homes")).to_string();
            assert!(homes.contains(own), "{tel} {who}: {homes}");
            assert!(!others.iter().any(|other| homes.contains(other)), "{tel} {who}: {homes}");
        }
    }
}

/// Messages whose columns may not be NULL: what two people wrote each other goes when both have asked, one after the
/// other.
#[test]
fn the_last_of_two_takes_what_the_first_had_to_leave() {
    let desk = desk(
        "CREATE TABLE messages (id INTEGER PRIMARY KEY, from_id INTEGER NOT NULL, to_id INTEGER NOT NULL, note TEXT);
         INSERT INTO users VALUES (3, 'C', '13800138003');
         INSERT INTO messages VALUES (1, 1, 2, 'of A and B'), (2, 3, 2, 'of C and B'), (3, 1, 3, 'of A and C');",
        &[table("messages")
            + "[tables.messages.columns]\nfrom_id = \"sender of users.id\"\nto_id = \"recipient of users.id\"\n"],
    );
    let job = erase(&desk, "1");
    assert_eq!(rows(&desk, "messages"), "1|1|2|of A and B\n2|3|2|of C and B\n3|1|3|of A and C");
    assert_eq!(job.totals.kept_under("stay"), 2, "both messages are told");
    erase_again(&desk, "2");
    assert_eq!(rows(&desk, "messages"), "2|3|2|of C and B\n3|1|3|of A and C");
    erase_again(&desk, "3");
    assert_eq!(rows(&desk, "messages"), "");
}

/// A house goes with the last who lived there, also where an account of the first had to stay for an invoice.
#[test]
fn a_house_goes_with_the_last_although_the_first_left_an_empty_row() {
    let desk = Desk::new(
        "CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT, phone TEXT, house INTEGER NOT NULL);
         CREATE TABLE houses (id INTEGER PRIMARY KEY, note TEXT NOT NULL);
         CREATE TABLE payments (id INTEGER PRIMARY KEY, uid INTEGER NOT NULL, done TEXT, amount REAL);
         INSERT INTO houses VALUES (6, 'of A and B'), (7, 'of C');
         INSERT INTO users VALUES (1, 'A', '13800138001', 6), (2, 'B', '13800138002', 6), (3, 'C', '13800138003', 7);
         INSERT INTO payments VALUES (1, 1, '2026-01-01', 5), (2, 2, '2026-01-01', 6);",
        &map(&[
            table("users"),
            "[tables.users.columns]\nhouse = \"key\"\n".into(),
            table("houses"),
            "erase = \"anonymize\"\n[tables.houses.columns]\nid = \"key, of users.house\"\n".into(),
            table("payments"),
            "keep = { for = \"3 years\", after = \"done\", law = \"L\", because = \"b\", columns = [\"amount\", \"done\"] }\n\
             [tables.payments.columns]\namount = \"amount\"\n"
                .into(),
        ]
        .concat()),
    );
    let job = erase(&desk, "1");
    assert_eq!(rows(&desk, "houses"), "6|of A and B\n7|of C");
    assert_eq!(job.totals.kept_under("stay"), 1, "the house is told");
    erase_again(&desk, "2");
    assert_eq!(rows(&desk, "houses"), "6|\n7|of C");
    assert_eq!(rows(&desk, "users"), "1|Null|Null|6\n2|Null|Null|6\n3|C|13800138003|7");
    assert_eq!(rows(&desk, "payments"), "1|1|2026-01-01|5.0\n2|2|2026-01-01|6.0");
}

const LAW: &str = "law = \"L\", because = \"b\"";

/// A claim of the sender's is kept by law, so the parcel through which it is found keeps its sender until the law has
/// ended.
#[test]
fn a_row_of_two_people_keeps_the_tie_through_which_a_kept_one_is_found() {
    for (keep, ends) in [
        (
            format!("keep = {{ for = \"3 years\", after = \"done\", {LAW}, columns = [\"note\", \"done\"] }}\n"),
            "2010-01-01",
        ),
        ("wait = \"done IS NULL OR done > '2020'\"\n".to_owned(), "2010-01-01"),
    ] {
        let desk = desk(
            "CREATE TABLE parcels (id INTEGER PRIMARY KEY, s_id INTEGER, s_name TEXT, r_id INTEGER);
             CREATE TABLE claims (id INTEGER PRIMARY KEY, pid INTEGER NOT NULL, note TEXT, done TEXT);
             INSERT INTO parcels VALUES (1, 1, 'A', 2), (2, 1, 'A', 2);
             INSERT INTO claims VALUES (1, 1, 'words of A', '2026-01-05');",
            &[
                table("parcels")
                    + "[tables.parcels.columns]\ns_id = \"sender of users.id\"\ns_name = \"sender.name, provided\"\n\
                       r_id = \"recipient of users.id\"\n",
                table("claims") + &keep + "[tables.claims.columns]\npid = \"of parcels.id as sender\"\n",
            ],
        );
        erase(&desk, "1");
        let parcels = rows(&desk, "parcels");
        assert!(parcels.starts_with("1|1|"), "{parcels}");
        assert!(parcels.ends_with("2|Null|Null|2"), "{parcels}");
        assert_eq!(rows(&desk, "claims"), "1|1|words of A|2026-01-05");
        desk.sql(&format!("UPDATE claims SET done = '{ends}'"));
        erase_again(&desk, "1");
        assert_eq!(rows(&desk, "claims"), "", "{keep}");
        assert_eq!(rows(&desk, "parcels"), "1|Null|Null|2\n2|Null|Null|2");
        assert_eq!(rows(&desk, "users"), "2|B|13800138002");
    }
}

/// A guest's order is found by the number alone, and its invoice through the order: the number stays as long as the law
/// keeps the invoice, and is told.
#[test]
fn a_number_by_which_a_kept_row_is_found_stays_in_the_row_above() {
    for fate in ["", "erase = \"anonymize\"\n"] {
        let desk = desk(
            "CREATE TABLE orders (id INTEGER PRIMARY KEY, phone TEXT, name TEXT, made TEXT);
                 CREATE TABLE invoices (id INTEGER PRIMARY KEY, oid INTEGER NOT NULL, name TEXT, done TEXT);
                 INSERT INTO orders VALUES (1, '13800138001', 'A', '2026-01-01'), (2, '13800138001', 'A', '2026-01-01');
                 INSERT INTO invoices VALUES (1, 1, 'A, a street', '2026-01-02');",
            &[
                table("orders")
                    + "dated = \"made\"\n"
                    + fate
                    + "[tables.orders.columns]\nphone = \"phone, of ~, provided\"\nmade = \"time\"\n",
                table("invoices")
                    + &format!(
                        "keep = {{ for = \"3 years\", after = \"done\", {LAW}, columns = [\"name\", \"done\"] }}\n"
                    )
                    + "[tables.invoices.columns]\noid = \"of orders.id\"\n",
            ],
        );
        let job = erase(&desk, "1");
        let orders = rows(&desk, "orders");
        assert!(orders.starts_with("1|13800138001|Null|"), "{orders}");
        assert!(!orders.contains("2|13800138001"), "{orders}");
        assert_eq!(rows(&desk, "invoices"), "1|1|A, a street|2026-01-02");
        assert_eq!(job.totals.kept_under("RET"), 1);
        assert_eq!(job.totals.kept_under("stay"), 1, "the number that stays is told");
        desk.sql("UPDATE invoices SET done = '2010-01-02'");
        let mut goes = Vec::new();
        job.erasure()
            .derive(&mut *desk.reader().unwrap(), &mut |step| {
                goes.push((job.map.tables[step.table].name.to_string(), step.act.word()));
                Ok(())
            })
            .unwrap();
        assert!(goes.iter().any(|(table, act)| table == "invoices" && *act != "leave"), "{goes:?}");
        assert!(goes.iter().any(|(table, act)| table == "orders" && *act != "leave"), "{goes:?}");
    }
}

/// What waited and is found by a number alone, without a date, cannot be told from what came later: it is told at every
/// run until it is gone.
#[test]
fn what_waited_and_is_undecided_since_is_told_until_it_is_gone() {
    let mut office = Office::empty();
    let db = rusqlite::Connection::open(office.path("shop.sqlite")).unwrap();
    db.execute_batch(
        "CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT, phone TEXT);
         CREATE TABLE orders (id INTEGER PRIMARY KEY, phone TEXT, state TEXT, done TEXT);
         INSERT INTO users VALUES (1, 'A', '13800138001'), (2, 'B', '13800138002');
         INSERT INTO orders VALUES (1, '13800138001', 'open', NULL), (2, '13800138001', 'done', '2026-01-01');",
    )
    .unwrap();
    office.run("init shop.sqlite --time-zone UTC --quiet").done();
    let keep = format!("keep = {{ for = \"3 years\", after = \"done\", {LAW}, columns = [\"phone\", \"done\"] }}\n");
    let orders = table("orders") + "wait = \"state = 'open'\"\n" + &keep;
    let columns = "[tables.orders.columns]\nphone = \"phone, of ~, provided\"\n";
    office.file("datamap.toml", &map(&(table("users") + "erase = \"anonymize\"\n" + &orders + columns)));
    office.run("map trust --yes --quiet").done();
    office.file("who.txt", "account=1\n");
    office.run("case open delete --channel app --id-file who.txt --quiet").done();
    office.run("case identify DSR-20261123-0001 --level L2 --by otp+waybill --quiet").done();
    office.run("erase DSR-20261123-0001 --confirm DSR-20261123-0001 --quiet").done();
    db.execute_batch("UPDATE orders SET state = 'done', done = '2010-01-01' WHERE id = 1").unwrap();
    for run in 0..3 {
        office.wait_days(1);
        let told = office.run("purge scheduled --confirm --json").looks();
        assert!(told.stdout().contains("undecided"), "{run}: {told}");
    }
    office.run("audit verify --quiet").done();
    db.execute_batch("DELETE FROM orders").unwrap();
    office.run("purge scheduled --confirm --quiet").done();
    let again = office.run("purge scheduled --confirm --json").done().json();
    assert_eq!(again["data"]["state"], "nothing_due");
}

/// An address of B's at which an order of A's points is both's: it goes with the last of them, whether a key or a number
/// says that it is B's.
#[test]
fn what_a_row_of_one_leads_to_stays_for_whose_it_is_itself() {
    for (owner, sort, column, fate) in [
        ("2", "INTEGER", "owner = \"of users.id\"", ""),
        ("2", "INTEGER", "owner = \"of users.id\"", "erase = \"anonymize\"\n"),
        ("'13800138002'", "TEXT", "owner = \"phone, of ~, provided\"", ""),
    ] {
        let desk = desk(
            &format!(
                "CREATE TABLE orders (id INTEGER PRIMARY KEY, uid INTEGER, address INTEGER);
                 CREATE TABLE addresses (id INTEGER PRIMARY KEY, owner {sort}, name TEXT);
                 CREATE TABLE doors (id INTEGER PRIMARY KEY, address INTEGER, note TEXT);
                 INSERT INTO addresses VALUES (7, {owner}, 'B'), (8, NULL, 'A alone');
                 INSERT INTO orders VALUES (1, 1, 7), (2, 1, 8);
                 INSERT INTO doors VALUES (70, 7, 'of B');"
            ),
            &[
                table("orders") + "[tables.orders.columns]\naddress = \"by addresses.id\"\n",
                table("addresses")
                    + fate
                    + "[tables.addresses.columns]\nid = \"key, of orders.address\"\n"
                    + column
                    + "\n",
                table("doors") + "[tables.doors.columns]\naddress = \"of addresses.id\"\n",
            ],
        );
        let owner = owner.trim_matches('\'');
        let job = erase(&desk, "1");
        let left = rows(&desk, "addresses");
        assert_eq!(left.lines().next(), Some(&*format!("7|{owner}|B")), "{column} {fate}");
        assert!(!left.contains("A alone"), "{left}");
        assert_eq!(rows(&desk, "doors"), "70|7|of B", "{column} {fate}");
        assert!(job.totals.kept_under("stay") >= 1, "it is told that it stays");
        erase_again(&desk, "2");
        assert!(!rows(&desk, "addresses").contains("|B"), "{column} {fate}");
    }
}

/// Waybills of a sender and a recipient, with a remark that is the waybill's own.
fn waybills(remark: &str, link: &str) -> Desk {
    desk(
        &format!(
            "CREATE TABLE waybills (id INTEGER PRIMARY KEY, sid INTEGER {link}, sname TEXT, rid INTEGER, rname TEXT, remark TEXT);
             INSERT INTO waybills VALUES (1, 1, 'A', 2, 'B', {remark});"
        ),
        &[table("waybills")
            + "[tables.waybills.columns]\nsid = \"sender of users.id\"\nsname = \"sender.name, provided\"\n\
               rid = \"recipient of users.id\"\nrname = \"recipient.name, provided\"\nremark = \"free_text, provided\"\n"],
    )
}

/// The person's own free text is always searched, also where the row is somebody else's as well.
#[test]
fn in_a_text_that_two_share_ones_number_is_struck_out() {
    for link in ["", "NOT NULL"] {
        let desk = waybills("'call 13800138001 or 13800138002 at the gate'", link);
        erase(&desk, "1");
        let left = rows(&desk, "waybills");
        assert!(left.ends_with("|2|B|call 138******01 or 13800138002 at the gate"), "{left}");
        assert!(!left.contains("|A|"), "{left}");
    }
}

/// Whose an address is: whoever owns it, and whoever's order leads to it. It goes with the last of them, in whatever order
/// they ask, and whoever has no part in it changes nothing of it.
#[test]
fn an_address_goes_with_the_last_of_its_owner_and_whoever_ordered_to_it() {
    let mut dice = crate::checked::seed() | 1;
    let mut draw = |below: u64| {
        dice = dice.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (dice >> 33) % below
    };
    for _ in 0..12 {
        let mut parts: Vec<BTreeSet<u64>> = Vec::new();
        let (mut sql, mut order) = (String::new(), 0);
        for address in 1..=6 {
            let owner = draw(4); // of accounts 1 to 3; 0 is nobody
            let cell = if owner == 0 { "NULL".to_owned() } else { owner.to_string() };
            let _ = write!(sql, "INSERT INTO addresses VALUES ({address}, {cell}, 'street {address}');");
            let mut part: BTreeSet<u64> = (owner > 0).then_some(owner).into_iter().collect();
            for _ in 0..draw(3) {
                order += 1;
                let who = 1 + draw(3);
                let _ = write!(sql, "INSERT INTO orders VALUES ({order}, {who}, {address});");
                part.insert(who);
            }
            parts.push(part);
        }
        let desk = desk(
            &format!(
                "CREATE TABLE orders (id INTEGER PRIMARY KEY, uid INTEGER, address INTEGER);
                 CREATE TABLE addresses (id INTEGER PRIMARY KEY, owner INTEGER, note TEXT);
                 INSERT INTO users VALUES (3, 'C', '13800138003'); {sql}"
            ),
            &[
                table("orders") + "[tables.orders.columns]\naddress = \"by addresses.id\"\n",
                table("addresses")
                    + "[tables.addresses.columns]\nid = \"key, of orders.address\"\nowner = \"of users.id\"\n",
            ],
        );
        let first = 1 + draw(3);
        for (turn, who) in [first, 1 + first % 3, 1 + (first + 1) % 3].into_iter().enumerate() {
            let before: Vec<bool> = parts.iter().map(|part| !part.is_empty()).collect();
            if turn == 0 {
                drop(erase(&desk, &who.to_string()));
            } else {
                erase_again(&desk, &who.to_string());
            }
            for part in &mut parts {
                part.remove(&who);
            }
            for (at, (part, was)) in parts.iter().zip(before).enumerate() {
                let there: bool = desk.one(&format!("SELECT count(*) FROM addresses WHERE id = {}", at + 1));
                let nobodys = !was && there;
                assert!(
                    there != part.is_empty() || nobodys || (!was && !there),
                    "address {} after {who}: {sql}",
                    at + 1
                );
            }
        }
    }
}

/// Addresses of an owner, with somebody's number, to which an order leads.
fn owned(fate: &str, address: &str, order: &str) -> Desk {
    desk(
        &format!(
            "CREATE TABLE orders (id INTEGER PRIMARY KEY, uid INTEGER, address INTEGER);
             CREATE TABLE addresses (id INTEGER PRIMARY KEY, owner INTEGER, number TEXT, note TEXT);
             INSERT INTO users VALUES (3, 'C', '13800138003');
             INSERT INTO addresses VALUES (7, {address}, 'somewhere');
             INSERT INTO orders VALUES (1, {order}, 7);"
        ),
        &[
            table("orders") + fate + "[tables.orders.columns]\naddress = \"fact\"\n",
            table("addresses")
                + "[tables.addresses.columns]\nid = \"key, of orders.address\"\nowner = \"of users.id\"\n\
                   number = \"phone, of ~, provided\"\n",
        ],
    )
}

/// Whom a key in the row names has it, whatever number stands in it; and an order that stays, empty, keeps no address.
#[test]
fn an_address_is_whose_key_it_bears_and_no_empty_order_keeps_it() {
    for fate in ["", "erase = \"anonymize\"\n"] {
        let desk = owned(fate, "1, NULL", "1");
        erase(&desk, "1");
        assert_eq!(rows(&desk, "addresses"), "", "{fate}: their own, and their order's");
        for order in ["NULL", "1"] {
            let desk = owned(fate, "1, '13800138002'", order);
            erase(&desk, "1");
            assert_eq!(rows(&desk, "addresses"), "", "{fate} {order}: the number of another");
        }
        for turns in [["1", "2"], ["2", "1"]] {
            let desk = owned(fate, "1, '13800138003'", "2");
            erase(&desk, turns[0]);
            assert_eq!(rows(&desk, "addresses").lines().count(), 1, "{fate} {turns:?}");
            erase_again(&desk, turns[1]);
            assert_eq!(rows(&desk, "addresses"), "", "{fate} {turns:?}: the last of both");
        }
    }
}

/// An order of nobody's leads to an address with the number of B: it is B's. With one of A's it is both's.
#[test]
fn an_order_of_nobody_leaves_an_address_to_whose_number_it_bears() {
    for fate in ["", "erase = \"anonymize\"\n"] {
        for order in ["NULL", "99", "0"] {
            let desk = owned(fate, "NULL, '13800138002'", order);
            let job = erase(&desk, "2");
            assert_eq!(rows(&desk, "addresses"), "", "{fate} {order}");
            assert_eq!(job.totals.kept_under("undecided"), 0, "{fate} {order}");
        }
        for turns in [["1", "2"], ["2", "1"]] {
            let desk = owned(fate, "NULL, '13800138002'", "1");
            let job = erase(&desk, turns[0]);
            // that an order of somebody else's leads there says that it may be theirs alone
            let told = if turns[0] == "1" { "stay" } else { "undecided" };
            assert_eq!(job.totals.kept_under(told), 1, "{fate} {turns:?}");
            erase_again(&desk, turns[1]);
            assert_eq!(rows(&desk, "addresses"), "", "{fate} {turns:?}");
        }
    }
}

/// An order of A's to address 7 of shop 0, which bears `number`; `unique` says what names one address.
fn orders_to(unique: &str, number: &str) -> Desk {
    desk(
        &format!(
            "CREATE TABLE orders (id INTEGER PRIMARY KEY, uid INTEGER, address INTEGER, shop INTEGER);
             CREATE TABLE addresses (id INTEGER, shop INTEGER, number TEXT, note TEXT{unique});
             INSERT INTO addresses VALUES (7, 0, {number}, 'somewhere'), (7, 1, NULL, 'elsewhere');
             INSERT INTO orders VALUES (1, 1, 7, 0);"
        ),
        &[
            table("orders") + "[tables.orders.columns]\naddress = \"fact\"\nshop = \"fact\"\n",
            table("addresses")
                + "[tables.addresses.columns]\nid = \"key, of orders.address within shop\"\nshop = \"fact\"\n\
                   number = \"phone, of ~, provided\"\n",
        ],
    )
}

/// An address with the number of B's is B's as well, whatever says that an order leads to one address.
#[test]
fn the_number_of_somebody_else_keeps_an_address_however_it_is_found() {
    for unique in [", PRIMARY KEY (shop, id)", ", UNIQUE (id, shop)", ""] {
        let own = orders_to(unique, "NULL");
        erase(&own, "1");
        assert_eq!(rows(&own, "addresses"), "7|1|Null|elsewhere", "{unique}");
        let desk = orders_to(unique, "'13800138002'");
        let job = erase(&desk, "1");
        assert_eq!(rows(&desk, "addresses"), "7|0|13800138002|somewhere\n7|1|Null|elsewhere", "{unique}");
        assert_eq!(job.totals.kept_under("stay"), 1, "{unique}");
        if !unique.is_empty() {
            erase_again(&desk, "2");
            assert_eq!(rows(&desk, "addresses"), "7|1|Null|elsewhere", "{unique}");
        }
    }
}

/// A number that is nobody's, or nobody's any more, keeps no address for anybody; and an order of two leads there for both.
#[test]
fn an_address_is_kept_for_somebody_and_for_nobody_else() {
    let addresses = |number: &str, more: &str| {
        desk(
            &format!(
                "CREATE TABLE orders (id INTEGER PRIMARY KEY, uid INTEGER, giver INTEGER, address INTEGER);
                 CREATE TABLE addresses (id INTEGER PRIMARY KEY, number TEXT, note TEXT);
                 INSERT INTO addresses VALUES (7, {number}, 'somewhere');
                 INSERT INTO orders VALUES (1, 1, {more}, 7);"
            ),
            &[
                table("orders") + "[tables.orders.columns]\naddress = \"by addresses.id\"\ngiver = \"of users.id\"\n",
                table("addresses")
                    + "[tables.addresses.columns]\nid = \"key, of orders.address\"\nnumber = \"phone, of ~, provided\"\n",
            ],
        )
    };
    for number in ["'-'", "'0'", "'139****0002'", "'13900139999'", "'***'", "NULL", "''"] {
        let desk = addresses(number, "NULL");
        erase(&desk, "1");
        assert_eq!(rows(&desk, "addresses"), "", "{number} is nobody's");
    }
    // whose number it was is erased first, and whoever's order leads there is the last of them
    let desk = addresses("'13800138002'", "NULL");
    erase(&desk, "2");
    erase_again(&desk, "1");
    assert_eq!(rows(&desk, "addresses"), "");
    // an order of two, neither of whom the address names
    for [first, last] in [["1", "2"], ["2", "1"]] {
        let desk = addresses("NULL", "2");
        erase(&desk, first);
        assert_eq!(rows(&desk, "addresses"), "7|Null|somewhere", "{first}");
        erase_again(&desk, last);
        assert_eq!(rows(&desk, "addresses"), "", "{last}");
    }
}

/// Where nothing may be NULL, what was written over the first of two names nobody, and the second is the last.
#[test]
fn whoever_was_written_over_in_a_column_that_may_not_be_empty_is_nobody() {
    for link in ["", "NOT NULL"] {
        for [first, last] in [["1", "2"], ["2", "1"]] {
            let desk = desk(
                &format!(
                    "CREATE TABLE waybills (id INTEGER PRIMARY KEY, sid INTEGER {link}, sname TEXT NOT NULL,
                        rid INTEGER {link}, rname TEXT NOT NULL, title TEXT);
                     INSERT INTO waybills VALUES (1, 1, 'A', 2, 'B', 'of both');"
                ),
                &[table("waybills")
                    + "[tables.waybills.columns]\nsid = \"sender of users.id\"\nsname = \"sender.name, provided\"\n\
                       rid = \"recipient of users.id\"\nrname = \"recipient.name, provided\"\ntitle = \"nickname, provided\"\n"],
            );
            erase(&desk, first);
            assert!(rows(&desk, "waybills").ends_with("|of both"), "{link} {first}");
            erase_again(&desk, last);
            assert_eq!(rows(&desk, "waybills"), "", "{link} {last}");
        }
    }
}
/// A locker of whoever's account leads to it and of whoever's number stands in it: once the first is gone the empty account
/// leads there for nobody, and the other takes what was both's.
#[test]
fn an_empty_account_leads_to_a_locker_for_nobody() {
    for [first, last] in [["1", "2"], ["2", "1"]] {
        let desk = Desk::new(
            "CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT, phone TEXT, locker INTEGER);
             CREATE TABLE lockers (id INTEGER PRIMARY KEY, number TEXT, title TEXT);
             INSERT INTO lockers VALUES (6, '13800138002', 'of both');
             INSERT INTO users VALUES (1, 'A', '13800138001', 6), (2, 'B', '13800138002', NULL);",
            &map(&[
                table("users") + "erase = \"anonymize\"\n[tables.users.columns]\nlocker = \"by lockers.id\"\n",
                table("lockers")
                    + "erase = \"anonymize\"\n[tables.lockers.columns]\nid = \"key, holder of users.locker\"\n\
                       number = \"guest.phone, guest of ~, provided\"\ntitle = \"nickname, provided\"\n",
            ]
            .concat()),
        );
        erase(&desk, first);
        assert!(rows(&desk, "lockers").ends_with("|of both"), "{first}");
        erase_again(&desk, last);
        assert_eq!(rows(&desk, "lockers"), "6|Null|Null", "{first}");
    }
}

/// A parcel that A sent leads to an address that is B's as well, who received it: that gives B no part in what A's parcel
/// leads to, and the address stays for A.
#[test]
fn who_is_in_another_role_of_what_leads_there_has_no_part_in_it() {
    let desk = desk(
        "CREATE TABLE parcels (id INTEGER PRIMARY KEY, sid INTEGER, rid INTEGER, address INTEGER);
         CREATE TABLE addresses (id INTEGER PRIMARY KEY, owner INTEGER, name TEXT);
         INSERT INTO parcels VALUES (1, 1, 2, 7);
         INSERT INTO addresses VALUES (7, 2, 'of A and B');",
        &[
            table("parcels")
                + "erase = \"anonymize\"\n[tables.parcels.columns]\nsid = \"sender of users.id\"\n\
                   rid = \"recipient of users.id\"\naddress = \"by addresses.id\"\n",
            table("addresses")
                + "[tables.addresses.columns]\nid = \"key, of parcels.address as sender\"\nowner = \"of users.id\"\n",
        ],
    );
    let job = erase(&desk, "2");
    assert_eq!(rows(&desk, "addresses"), "7|2|of A and B");
    assert_eq!(job.totals.kept_under("stay"), 1, "and it is told");
    erase_again(&desk, "1");
    assert_eq!(rows(&desk, "addresses"), "");
}

/// An invoice is found through the account, and so is the house, in which nothing leads to the invoice: what it says of its
/// owner goes.
#[test]
fn what_an_account_that_is_kept_leads_to_is_not_kept_with_it() {
    let desk = Desk::new(
        "CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT, phone TEXT, house INTEGER);
         CREATE TABLE houses (id INTEGER PRIMARY KEY, owner INTEGER, note TEXT);
         CREATE TABLE invoices (id INTEGER PRIMARY KEY, uid INTEGER NOT NULL, name TEXT, done TEXT);
         INSERT INTO houses VALUES (6, 1, 'of A');
         INSERT INTO users VALUES (1, 'A', '13800138001', 6);
         INSERT INTO invoices VALUES (1, 1, 'A', '2026-01-02');",
        &map(&[
            table("users") + "erase = \"anonymize\"\n[tables.users.columns]\nhouse = \"by houses.id\"\n",
            table("houses")
                + "erase = \"anonymize\"\n[tables.houses.columns]\nid = \"key, owner of users.house\"\n\
                   owner = \"owner of users.id\"\nnote = \"owner.free_text, provided\"\n",
            table("invoices")
                + &format!("keep = {{ for = \"3 years\", after = \"done\", {LAW}, columns = [\"name\", \"done\"] }}\n"),
        ]
        .concat()),
    );
    erase(&desk, "1");
    assert_eq!(rows(&desk, "invoices"), "1|1|A|2026-01-02");
    assert_eq!(rows(&desk, "houses"), "6|Null|Null");
}

/// What the map has stay is found through a parcel's number alone: that stays as well, and is told.
#[test]
fn a_number_by_which_a_row_that_stays_is_found_stays() {
    let desk = desk(
        "CREATE TABLE parcels (id INTEGER PRIMARY KEY, number TEXT, name TEXT, made TEXT);
         CREATE TABLE proofs (id INTEGER PRIMARY KEY, parcel INTEGER, name TEXT);
         CREATE TABLE scans (id INTEGER PRIMARY KEY, parcel INTEGER, place TEXT);
         INSERT INTO parcels VALUES (1, '13800138001', 'A', '2026-01-01'), (2, '13800138001', 'A', '2026-01-01');
         INSERT INTO proofs VALUES (10, 1, 'A');
         INSERT INTO scans VALUES (20, 2, 'here');",
        &[
            table("parcels")
                + "dated = \"made\"\nerase = \"anonymize\"\n\
                   [tables.parcels.columns]\nnumber = \"phone, of ~, provided\"\nmade = \"time\"\n",
            table("proofs")
                + "erase = \"stay: the court asked for it\"\n[tables.proofs.columns]\nparcel = \"of parcels.id\"\n",
            table("scans")
                + "erase = \"stay: counted\"\n\
                   [tables.scans.columns]\nparcel = \"of parcels.id\"\nplace = \"fact\"\n",
        ],
    );
    let job = erase(&desk, "1");
    assert_eq!(rows(&desk, "parcels"), "1|13800138001|Null|2026-01-01\n2|Null|Null|2026-01-01");
    assert_eq!(rows(&desk, "proofs"), "10|1|A");
    assert_eq!(job.totals.kept_under("stay"), 3, "parcel, proof and scan");
    let again = job.erasure().derive(&mut *desk.reader().unwrap(), &mut |_| Ok(())).unwrap();
    assert_eq!(again.kept_under("stay"), 2, "the proof, and what leads to it, are found again");
}

/// Whoever asks for a part of it goes on being found in the rest: by the number that stays in their row, and through the
/// gift on which their thanks hang.
#[test]
fn a_part_leaves_what_the_rest_is_found_by() {
    let sql = "CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT, phone TEXT);
        CREATE TABLE leads (id INTEGER PRIMARY KEY, number TEXT, name TEXT);
        CREATE TABLE gifts (id INTEGER PRIMARY KEY, uid INTEGER, whom INTEGER, rname TEXT);
        CREATE TABLE thanks (id INTEGER PRIMARY KEY, gift INTEGER, note TEXT);
        CREATE INDEX a ON users (phone); CREATE INDEX b ON leads (number); CREATE INDEX c ON gifts (uid);
        CREATE INDEX d ON gifts (whom); CREATE INDEX e ON thanks (gift);
        INSERT INTO users VALUES (1, 'Annette', '13800138001'), (2, 'Bertha', '13800138002');
        INSERT INTO leads VALUES (5, '13800138002', 'Bertha'), (6, '13800138002', NULL);
        INSERT INTO gifts VALUES (1, 1, 2, 'Bertha'), (2, 1, 2, 'Bertha');
        INSERT INTO thanks VALUES (10, 1, 'words of thanks');";
    let map = map(&[
        table("users"),
        table("leads") + "[tables.leads.columns]\nnumber = \"phone, of ~, provided\"\n",
        table("gifts")
            + "[tables.gifts.columns]\nwhom = \"recipient of users.id\"\nrname = \"recipient.name, provided\"\n",
        table("thanks") + "[tables.thanks.columns]\ngift = \"of gifts.id as recipient\"\n",
    ]
    .concat());
    let cells = |office: &Office, cell: &str, table: &str| -> String {
        let sql = format!("SELECT group_concat({cell} ORDER BY id) FROM {table}");
        office.shop().query_row(&sql, [], |row| row.get(0)).unwrap()
    };
    for part in ["--category contact", "--role recipient"] {
        let mut office = Office::empty().with_shop(sql, &map);
        let case = office.verified("delete", "account=2");
        office.run(&format!("erase {case} {part} --confirm {case} --quiet")).carried_out();
        if part.starts_with("--category") {
            assert_eq!(cells(&office, "coalesce(number, '-')", "leads"), "13800138002,-", "{part}");
        } else {
            assert_eq!(cells(&office, "coalesce(whom, '-') || coalesce(rname, '-')", "gifts"), "2-,--", "{part}");
        }
        office.run(&format!("erase {case} --whole --confirm {case} --quiet")).carried_out();
        let left = "SELECT (SELECT count(*) FROM thanks) + (SELECT count(coalesce(number, name)) FROM leads)
            + (SELECT count(*) FROM gifts WHERE whom IS NOT NULL OR rname IS NOT NULL)";
        assert_eq!(office.shop().query_row::<i64, _, _>(left, [], |row| row.get(0)).unwrap(), 0, "{part}");
    }
}

/// What A gave B is A's row, and B's thanks hang on it: as long as they are there, what leads to B stays in it, and B's
/// erasure finds them.
#[test]
fn what_somebody_elses_rows_are_found_through_stays_in_a_row_that_is_not_theirs() {
    let gifts = |recipient: &str, fate: &str| {
        let (cell, sort) = if recipient.contains('~') { ("'13800138002'", "TEXT") } else { ("2", "INTEGER") };
        desk(
            &format!(
                "CREATE TABLE gifts (id INTEGER PRIMARY KEY, uid INTEGER, whom {sort}, rname TEXT, note TEXT);
                 CREATE TABLE thanks (id INTEGER PRIMARY KEY, gift INTEGER, note TEXT);
                 INSERT INTO gifts VALUES (1, 1, {cell}, 'B', 'of A for B'), (2, 1, {cell}, 'B', 'of A');
                 INSERT INTO thanks VALUES (10, 1, 'of B');"
            ),
            &[
                table("gifts")
                    + fate
                    + &format!("[tables.gifts.columns]\nwhom = \"{recipient}\"\n")
                    + "rname = \"recipient.name, provided\"\n",
                table("thanks")
                    + "[tables.thanks.columns]\ngift = \"recipient of gifts.id as recipient\"\n\
                       note = \"recipient.free_text, provided\"\n",
            ],
        )
    };
    for recipient in ["recipient of users.id", "recipient.phone, recipient of ~, provided"] {
        for (fate, anonymize) in [("", false), ("erase = \"anonymize\"\n", false), ("", true)] {
            let desk = Desk { anonymize, ..gifts(recipient, fate) };
            erase(&desk, "1");
            assert!(!rows(&desk, "gifts").contains("of A"), "{recipient} {fate} {anonymize}");
            assert_eq!(rows(&desk, "thanks"), "10|1|of B", "{recipient} {fate} {anonymize}");
            erase_again(&desk, "2");
            assert!(!rows(&desk, "thanks").contains("of B"), "{recipient} {fate} {anonymize}");
            assert!(!rows(&desk, "gifts").contains("1380013"), "{recipient} {fate} {anonymize}");
        }
    }
}
