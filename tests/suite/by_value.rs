//! Rows that are found by a number and by no key, and what hangs on them: after the erasure nobody can say of the number
//! whether it is still the person's, and nothing may be forgotten or go too soon because of that.

use crate::{office::Office, ties::table};

const USERS: &str = "CREATE TABLE users (id INTEGER PRIMARY KEY, phone TEXT, name TEXT);
    CREATE INDEX users_phone ON users (phone);
    INSERT INTO users VALUES (1, '13900139001', 'Ann'), (2, '13900139002', 'Bo');";

const PARCELS: &str = "CREATE TABLE parcels (id INTEGER PRIMARY KEY, phone TEXT);
    CREATE INDEX parcels_phone ON parcels (phone);
    INSERT INTO parcels VALUES (7, '13900139001'), (8, '13900139002');
    CREATE TABLE claims (id INTEGER PRIMARY KEY, parcel INTEGER NOT NULL REFERENCES parcels (id), who TEXT, at TEXT, status TEXT);
    CREATE INDEX claims_parcel ON claims (parcel);
    INSERT INTO claims VALUES (1, 7, 'Ann', '2025-06-07', 'open'), (2, 8, 'Bo', '2025-06-07', 'open');";

fn head() -> String {
    let head = "version = 1\ncontroller = \"C\"\ntime_zone = \"Asia/Shanghai\"\n[person.account]\nis = \"users.id\"\n\
                [rules]\n\"*.id\" = \"key\"\n";
    let users = "erase = \"anonymize\"\n[tables.users.columns]\nphone = \"phone, proves, provided\"\n\
                 name = \"name, provided\"\n";
    [head, &table("users"), users].concat()
}

fn claims(fate: &str) -> String {
    let columns = "[tables.claims.columns]\nparcel = \"of parcels.id\"\nwho = \"name, provided\"\nat = \"time, observed\"\n\
                   status = \"fact\"\n";
    [&table("claims"), fate, columns].concat()
}

fn cell(office: &Office, sql: &str) -> Option<String> {
    office.shop().query_row(sql, [], |row| row.get(0)).unwrap()
}

/// The number leads to the parcel, and that to the claim: as long as the claim stays, the number does; and when what held
/// the claim is over, that nobody knows whose the number is by now is told until somebody decides.
#[test]
fn what_hangs_on_a_row_that_is_found_by_a_number_is_neither_lost_nor_forgotten() {
    let orders = "CREATE TABLE orders (id INTEGER PRIMARY KEY, parcel INTEGER REFERENCES parcels (id));
        CREATE INDEX orders_parcel ON orders (parcel);
        INSERT INTO orders VALUES (1, 8);";
    let keep =
        "keep = [{ for = \"5 years\", after = \"at\", law = \"L\", because = \"b\", columns = [\"who\", \"at\"] }]\n";
    for led_to in [false, true] {
        for fate in ["", "wait = \"status = 'open'\"\n", keep] {
            let of = if led_to {
                "[tables.parcels.columns]\nid = \"key, of orders.parcel\"\n"
            } else {
                "[tables.parcels.columns]\n"
            };
            let map = [
                &head(),
                &table("parcels"),
                of,
                "phone = \"phone, of ~, provided\"\n",
                &claims(fate),
                &table("orders"),
                "[tables.orders.columns]\nparcel = \"by parcels.id\"\n",
            ];
            let mut office = Office::empty().with_shop(&[USERS, PARCELS, orders].concat(), &map.concat());
            office.file("order.txt", "court");
            let case = office.verified("delete", "account=1");
            if fate.is_empty() {
                office.run("hold add --table claims --order order.txt --quiet").done();
            }
            office.run(&format!("erase {case} --confirm {case} --quiet")).carried_out();
            let number = || cell(&office, "SELECT phone FROM parcels WHERE id = 7");
            assert_eq!(number().as_deref(), Some("13900139001"), "the claim is found by it: {fate:?} {led_to}");
            office.run("purge scheduled --confirm --quiet");
            let today = match fate {
                "" => {
                    office.run("hold release HOLD-20261123-0001 --reason-file order.txt --yes --quiet").done();
                    ""
                }
                _ if fate == keep => "--as-of 2031-01-01",
                _ => {
                    office.shop().execute("UPDATE claims SET status = 'done'", []).unwrap();
                    ""
                }
            };
            for _ in 0..2 {
                let told = office.run(&format!("purge scheduled {today} --quiet --json")).looks().json();
                let found = told["data"]["rules"].as_array().unwrap();
                assert!(found.iter().any(|found| found["rule"] == "undecided"), "{fate:?} {led_to}: {told}");
                if today.is_empty() {
                    office.run("purge scheduled --confirm --quiet").looks();
                }
            }
            if fate != keep {
                office.run(&format!("erase {case} --confirm {case} --quiet")).carried_out();
                assert_eq!(cell(&office, "SELECT group_concat(who) FROM claims").as_deref(), Some("Bo"));
                office.run("purge scheduled --confirm --quiet").done();
            }
        }
    }
}

/// An open parcel holds back the order that it hangs on, and whose that is, also when nobody knows any more who receives it.
#[test]
fn a_contract_in_performance_holds_back_what_it_hangs_on_whoever_is_in_it() {
    let sql = "CREATE TABLE orders (id INTEGER PRIMARY KEY, user INTEGER REFERENCES users (id), shop TEXT);
        CREATE INDEX orders_user ON orders (user);
        INSERT INTO orders VALUES (1, 1, 'Shop');
        CREATE TABLE parcels (id INTEGER PRIMARY KEY, of_order INTEGER REFERENCES orders (id), to_phone TEXT, status TEXT);
        CREATE INDEX parcels_order ON parcels (of_order); CREATE INDEX parcels_phone ON parcels (to_phone);
        INSERT INTO parcels VALUES (1, 1, '13900139001', 'open'), (2, NULL, '13900139001', 'done');";
    let map = [
        &head(),
        &table("orders"),
        "[tables.orders.columns]\nuser = \"of users.id\"\nshop = \"s.name, provided\"\n",
        &table("parcels"),
        "wait = \"status = 'open'\"\n[tables.parcels.columns]\nof_order = \"s of orders.id as s\"\n\
         to_phone = \"r.phone, r of ~, provided\"\nstatus = \"fact\"\n",
    ];
    let mut office = Office::empty().with_shop(&[USERS, sql].concat(), &map.concat());
    let case = office.verified("delete", "account=1");
    office.run(&format!("erase {case} --confirm {case} --quiet")).carried_out();
    let all = |office: &Office| {
        [
            "SELECT concat_ws(' ', phone, name) FROM users WHERE id = 1",
            "SELECT shop FROM orders",
            "SELECT to_phone FROM parcels",
        ]
        .map(|sql| cell(office, sql).unwrap_or_default())
    };
    let waits = ["13900139001 Ann", "Shop", "13900139001"];
    assert_eq!(all(&office), waits);
    office.run("purge scheduled --confirm --quiet");
    assert_eq!(all(&office), waits, "nothing has changed, and the contract is open");
    office.shop().execute("UPDATE parcels SET status = 'done'", []).unwrap();
    office.run(&format!("erase {case} --confirm {case} --quiet")).carried_out();
    assert_eq!(all(&office)[0], "");
}

/// A parcel that one person sent, by key, and received, by number, stays for a receipt: it is no row that came back.
#[test]
fn what_was_left_for_what_stays_did_not_come_back() {
    let sql = "CREATE TABLE parcels (id INTEGER PRIMARY KEY, sender INTEGER REFERENCES users (id), to_phone TEXT);
        CREATE INDEX parcels_sender ON parcels (sender); CREATE INDEX parcels_phone ON parcels (to_phone);
        INSERT INTO parcels VALUES (1, 1, '13900139001');
        CREATE TABLE receipts (id INTEGER PRIMARY KEY, parcel INTEGER REFERENCES parcels (id), name TEXT, at TEXT);
        CREATE INDEX receipts_parcel ON receipts (parcel);
        INSERT INTO receipts VALUES (1, 1, 'Ann', '2024-03-04');";
    let map = [
        &head(),
        &table("parcels"),
        "[tables.parcels.columns]\nsender = \"s of users.id\"\nto_phone = \"r.phone, r of ~, provided\"\n",
        &table("receipts"),
        "keep = [{ for = \"5 years\", after = \"at\", law = \"L\", because = \"b\", columns = [\"name\", \"at\"] }]\n\
         [tables.receipts.columns]\nparcel = \"of parcels.id as r\"\nname = \"nickname, provided\"\nat = \"time, observed\"\n",
    ];
    let mut office = Office::empty().with_shop(&[USERS, sql].concat(), &map.concat());
    let case = office.verified("delete", "account=1");
    office.run(&format!("erase {case} --confirm {case} --quiet")).carried_out();
    office.run(&format!("prove {case} --quiet")).done();
    let mut back = office.copied();
    back.shop().execute("UPDATE users SET name = 'Ann', phone = '13900139001' WHERE id = 1", []).unwrap();
    let answer = format!("case answer {case} --decision PARTIAL --letter answer --quiet");
    back.run(&answer).refused("stands_again");
    office.run(&answer).done();
}

/// What is in performance hangs on the recipient, who is found by a number: after the erasure nobody knows whose the number
/// is, and the parcel waits for it as before.
#[test]
fn what_waited_for_what_hangs_on_a_number_goes_on_waiting() {
    let sql = "CREATE TABLE parcels (id INTEGER PRIMARY KEY, sender INTEGER REFERENCES users (id), sender_name TEXT, to_phone TEXT,
            booked INTEGER REFERENCES users (id));
        CREATE INDEX parcels_sender ON parcels (sender); CREATE INDEX parcels_phone ON parcels (to_phone);
        CREATE INDEX parcels_booked ON parcels (booked);
        INSERT INTO parcels VALUES (1, 1, 'Ann', '13900139001', 1), (2, NULL, NULL, '13900139001', NULL);
        CREATE TABLE deliveries (id INTEGER PRIMARY KEY, parcel INTEGER REFERENCES parcels (id), note TEXT, status TEXT);
        CREATE INDEX deliveries_parcel ON deliveries (parcel);
        INSERT INTO deliveries VALUES (1, 1, 'at the door', 'open');";
    let map = [
        &head(),
        &table("parcels"),
        "[tables.parcels.columns]\nsender = \"a of users.id\"\nsender_name = \"a.name, provided\"\n\
         to_phone = \"b.phone, b of ~, provided\"\nbooked = \"of users.id\"\n",
        &table("deliveries"),
        "wait = \"status = 'open'\"\n[tables.deliveries.columns]\nparcel = \"of parcels.id as b\"\n\
         note = \"free_text, provided\"\nstatus = \"fact\"\n",
    ];
    let mut office = Office::empty().with_shop(&[USERS, sql].concat(), &map.concat());
    let case = office.verified("delete", "account=1");
    office.run(&format!("erase {case} --confirm {case} --quiet")).carried_out();
    let all = |office: &Office| {
        [
            "SELECT concat_ws(' ', phone, name) FROM users WHERE id = 1",
            "SELECT group_concat(concat_ws(' ', sender_name, to_phone)) FROM parcels",
        ]
        .map(|sql| cell(office, sql).unwrap_or_default())
    };
    let waits = ["13900139001 Ann", "Ann 13900139001"];
    assert_eq!(all(&office), waits);
    for _ in 0..2 {
        office.run("purge scheduled --confirm --quiet");
        assert_eq!(all(&office), waits, "the delivery is under way");
    }
    office.shop().execute("UPDATE deliveries SET status = 'done'", []).unwrap();
    office.run(&format!("erase {case} --confirm {case} --quiet")).carried_out();
    assert_eq!(all(&office), ["", ""]);
}

/// A parcel from before the number was theirs may be another's; its contract holds back the order that it hangs on.
#[test]
fn a_contract_in_a_row_that_may_be_anothers_holds_back_what_it_hangs_on() {
    let sql = "CREATE TABLE users (id INTEGER PRIMARY KEY, phone TEXT, name TEXT, bound_at TEXT);
        CREATE INDEX users_phone ON users (phone);
        INSERT INTO users VALUES (1, '13900139001', 'Ann', '2026-01-01');
        CREATE TABLE orders (id INTEGER PRIMARY KEY, user INTEGER REFERENCES users (id), shop TEXT);
        CREATE INDEX orders_user ON orders (user);
        INSERT INTO orders VALUES (1, 1, 'Shop'), (2, 1, 'Other');
        CREATE TABLE parcels (id INTEGER PRIMARY KEY, of_order INTEGER REFERENCES orders (id), to_phone TEXT, status TEXT,
            at TEXT);
        CREATE INDEX parcels_order ON parcels (of_order); CREATE INDEX parcels_phone ON parcels (to_phone);
        INSERT INTO parcels VALUES (1, 1, '13900139001', 'open', '2025-06-07'), (2, 2, '13900139001', 'done', '2025-06-07');";
    let users = "erase = \"anonymize\"\n[tables.users.columns]\nphone = \"phone, proves since bound_at, provided\"\n\
                 name = \"name, provided\"\nbound_at = \"time, observed\"\n";
    let map = [
        "version = 1\ncontroller = \"C\"\ntime_zone = \"Asia/Shanghai\"\n[person.account]\nis = \"users.id\"\n\
         [rules]\n\"*.id\" = \"key\"\n",
        &table("users"),
        users,
        &table("orders"),
        "[tables.orders.columns]\nuser = \"of users.id\"\nshop = \"s.name, provided\"\n",
        &table("parcels"),
        "dated = \"at\"\nwait = \"status = 'open'\"\n[tables.parcels.columns]\nof_order = \"s of orders.id as s\"\n\
         to_phone = \"r.phone, r of ~, provided\"\nstatus = \"fact\"\nat = \"time, observed\"\n",
    ];
    let mut office = Office::empty().with_shop(sql, &map.concat());
    let case = office.verified("delete", "account=1");
    office.run(&format!("erase {case} --confirm {case} --quiet")).carried_out();
    assert_eq!(cell(&office, "SELECT shop FROM orders WHERE id = 1").as_deref(), Some("Shop"));
    assert_eq!(cell(&office, "SELECT name FROM users").as_deref(), Some("Ann"));
    assert_eq!(cell(&office, "SELECT max(shop) FROM orders WHERE id = 2"), None);
}

/// A claim of Ann's against Bo is kept by law with Bo's name: the number by which Bo is found in it stays as well, whoever
/// of the two is erased first, or both together.
#[test]
fn whoever_is_in_a_kept_row_of_anothers_is_found_in_it_still() {
    let sql = "CREATE TABLE claims (id INTEGER PRIMARY KEY, user INTEGER REFERENCES users (id), who TEXT, phone TEXT, at TEXT);
        CREATE INDEX claims_user ON claims (user); CREATE INDEX claims_phone ON claims (phone);
        INSERT INTO claims VALUES (1, 1, 'Bo', '13900139002', '2025-06-07');";
    let map = [
        &head(),
        &table("claims"),
        "keep = [{ for = \"5 years\", after = \"at\", law = \"L\", because = \"b\", columns = [\"who\", \"at\"] }]\n\
         [tables.claims.columns]\nuser = \"of users.id\"\nwho = \"c.name, provided\"\n\
         phone = \"c.phone, c of ~, provided\"\nat = \"time, observed\"\n",
    ];
    for order in [vec!["account=1"], vec!["account=1", "account=2"], vec!["account=2", "account=1"], vec!["batch"]] {
        let mut office = Office::empty().with_shop(&[USERS, sql].concat(), &map.concat());
        let people = if order == ["batch"] { vec!["account=1", "account=2"] } else { order.clone() };
        let cases: Vec<String> = (1..=people.len()).map(|serial| format!("DSR-20261123-000{serial}")).collect();
        for (case, who) in cases.iter().zip(&people) {
            office.file("who.txt", &format!("{who}\n"));
            office.run("case open delete --id-file who.txt --quiet").done();
            office.run(&format!("case identify {case} --level L3 --by otp+waybill --quiet")).done();
            if order != ["batch"] {
                office.run(&format!("erase {case} --confirm {case} --quiet")).carried_out();
            }
        }
        if order == ["batch"] {
            office.file("cases.txt", &cases.join("\n"));
            office.run("erase --cases cases.txt --confirm 2 --quiet").carried_out();
        }
        let kept = cell(&office, "SELECT concat_ws(' ', who, phone) FROM claims");
        assert_eq!(kept.as_deref(), Some("Bo 13900139002"), "{order:?}");
        for case in &cases {
            office.run(&format!("prove {case} --quiet")).done();
            office.run(&format!("case answer {case} --decision PARTIAL --letter answer --quiet")).done();
        }
        if people == ["account=1"] {
            office.file("who.txt", "account=2\n");
            office.run("case open copy --id-file who.txt --quiet").done();
            office.run("case identify DSR-20261123-0002 --level L3 --by otp+waybill --quiet").done();
            let found = office.run("find --case DSR-20261123-0002 --json").done();
            assert!(found.stdout().contains("claims"), "{found}");
        }
    }
}
