//! Erasures that have to come to an end: what stays is found to stay each time that it is looked at, whatever was written
//! over meanwhile, and what holds a row back is told.

use std::fmt::Write as _;

use droit::{
    duties::retention::{Finder, Undecidable, rules},
    rights::erasure::Erasure,
    value::{Key, Value},
};
use jiff::{civil::date, tz::TimeZone};

use crate::{
    desk::{Desk, require_refused},
    office::Office,
    ties::{desk, erase, erase_again, map, rows, table},
};

/// A note of A's, and a receipt that names A by nothing but a number and points at the note.
const RECEIPT: &str = "CREATE TABLE notes (id INTEGER PRIMARY KEY, uid INTEGER, note TEXT);
    CREATE TABLE receipts (id INTEGER PRIMARY KEY, about INTEGER, tel TEXT, done TEXT);
    INSERT INTO notes VALUES (4, 1, 'x');
    INSERT INTO receipts VALUES (14, 4, '13800138001', '2026-06-01');";

fn receipts(columns: &str) -> [String; 2] {
    let keep = format!("keep = {{ for = \"3 years\", after = \"done\", law = \"L\", because = \"b\"{columns} }}\n");
    let lines = "[tables.receipts.columns]\nabout = \"by notes.id\"\ntel = \"phone, of ~, provided\"\n";
    [table("notes"), table("receipts") + &keep + lines]
}

/// What may be somebody else's says nothing of whether the person's rows are gone: the next holder of a number, or what a
/// trigger made of a row in which the person stood with an older number.
#[test]
fn what_may_be_somebody_elses_withholds_no_proof() {
    let sql = "CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT, phone TEXT, bound_at TEXT);
        CREATE TABLE trips (id INTEGER PRIMARY KEY, rider INTEGER REFERENCES users (id), note TEXT, for_name TEXT, for_phone TEXT, at TEXT);
        CREATE TABLE past (hid INTEGER PRIMARY KEY, id INTEGER, rider INTEGER, note TEXT, for_name TEXT, for_phone TEXT, at TEXT);
        CREATE TRIGGER keeps AFTER UPDATE ON trips BEGIN INSERT INTO past (id, rider, note, for_name, for_phone, at)
            VALUES (old.id, old.rider, old.note, old.for_name, old.for_phone, old.at); END;
        CREATE INDEX a ON users (phone); CREATE INDEX b ON trips (rider); CREATE INDEX c ON trips (for_phone);
        CREATE INDEX d ON past (id); CREATE INDEX e ON past (rider); CREATE INDEX f ON past (for_phone);
        INSERT INTO users VALUES (1, 'Ann', '13800138001', '2024-01-01'), (2, 'Bo', '13800138002', '2024-01-01');";
    let map = [
        "version = 1\ncontroller = \"C\"\ntime_zone = \"UTC\"\n[person.account]\nis = \"users.id\"\n\
         [acknowledged]\nkeeps = \"history\"\n[rules]\n\"*.id\" = \"key\"\n\"*.hid\" = \"key\"\n\"*.at\" = \"time\"\n\"*.bound_at\" = \"time\"\n",
        &table("users"),
        "[tables.users.columns]\nname = \"name\"\nphone = \"phone, proves since bound_at\"\n",
        &table("trips"),
        "dated = \"at\"\n[tables.trips.columns]\nrider = \"rider of users.id\"\nnote = \"rider.free_text\"\n\
         for_name = \"passenger.name\"\nfor_phone = \"passenger.phone, passenger of ~\"\n[tables.past]\ncopy = \"trips\"\ndated = \"at\"\n",
    ];
    for (before, after) in [
        ("(1, 1, 'mine', 'Ann', '13800138001', '2021-05-05')", ""),
        (
            "(1, 1, 'mine', NULL, NULL, '2025-05-05')",
            "INSERT INTO trips VALUES (2, 2, 'x', 'Zoe', '13800138001', '2026-11-30')",
        ),
    ] {
        let sql = format!("{sql} INSERT INTO trips VALUES {before};");
        let mut office = Office::empty().with_shop(&sql, &map.concat());
        let case = office.verified("delete", "account=1");
        office.run(&format!("erase {case} --confirm {case} --quiet")).carried_out();
        office.shop().execute_batch(after).unwrap();
        let proven = office.run(&format!("prove {case}")).carried_out();
        assert!(!proven.stdout().contains("rows_found"), "{proven}");
    }
}

/// The note that a kept receipt points at stays, empty, also once nothing leads to the receipt any more: it did not come
/// back, and the case is proven. A note that did come back is found.
#[test]
fn what_a_receipt_that_is_found_no_more_holds_back_withholds_no_proof() {
    let users = "CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT, phone TEXT);
        INSERT INTO users VALUES (1, 'Annette', '13800138001'), (2, 'Bertha', '13800138002');
        CREATE INDEX a ON users (phone);";
    let indexes =
        "CREATE INDEX b ON notes (uid); CREATE INDEX c ON receipts (about); CREATE INDEX d ON receipts (tel);";
    let mut office = Office::empty()
        .with_shop(&format!("{users}{RECEIPT}{indexes}"), &map(&(table("users") + &receipts("").concat())));
    let case = office.verified("delete", "account=1");
    office.run(&format!("erase {case} --confirm {case} --quiet")).carried_out();
    let left = |office: &Office| -> Option<String> {
        office.shop().query_row("SELECT note FROM notes WHERE id = 4 AND uid = 1", [], |row| row.get(0)).unwrap()
    };
    assert_eq!(left(&office), None, "the note is there, and says nothing");
    office.shop().execute_batch("UPDATE notes SET note = 'x'").unwrap();
    let withheld = office.run(&format!("prove {case}")).looks();
    assert!(withheld.stdout().contains("[rows_found]"), "{withheld}");
    office.shop().execute_batch("UPDATE notes SET note = NULL").unwrap();
    office.run(&format!("prove {case} --quiet")).done();
}

/// Once the number is written over nothing leads to the receipt any more; it is kept all the same, and so is its pointer.
#[test]
fn a_kept_row_that_is_found_no_more_keeps_its_pointer() {
    for (columns, tel) in [("", "Null"), (", columns = [\"done\"]", "Null"), (", columns = [\"tel\"]", "13800138001")] {
        let desk = desk(RECEIPT, &receipts(columns));
        let job = erase(&desk, "1");
        assert_eq!(rows(&desk, "receipts"), format!("14|4|{tel}|2026-06-01"), "{columns}");
        assert_eq!(rows(&desk, "notes"), "4|1|Null", "{columns}");
        assert_eq!(rows(&desk, "users"), "1|Null|Null\n2|B|13800138002", "{columns}");
        assert_eq!((job.totals.kept_under("RET"), job.totals.all().unlinked), (1, 0), "{columns}");
    }
}

/// What a law or a contract holds loses no pointer to a person who goes, also where it is somebody else's; what it points
/// at waits for the same, is told so, and goes when that has ended.
#[test]
fn a_row_of_somebody_else_that_is_held_keeps_its_pointer_until_then() {
    let keep = "keep = { for = \"3 years\", after = \"done\", law = \"L\", because = \"b\" }\n";
    for (fate, code) in [(keep, "RET"), ("wait = \"state = 'open'\"\n", "LIVE")] {
        let desk = desk(
            "CREATE TABLE devices (id INTEGER PRIMARY KEY, uid INTEGER, note TEXT);
             CREATE TABLE orders (id INTEGER PRIMARY KEY, uid INTEGER, device INTEGER, state TEXT, done TEXT);
             INSERT INTO devices VALUES (1, 1, 'held'), (2, 1, 'not held'), (3, 1, 'nobody');
             INSERT INTO orders VALUES (1, 2, 1, 'open', '2026-01-01'), (2, 2, 2, 'done', '2019-01-01');",
            &[table("devices"), table("orders") + fate + "[tables.orders.columns]\ndevice = \"by devices.id\"\n"],
        );
        let job = erase(&desk, "1");
        assert_eq!(rows(&desk, "orders"), "1|2|1|open|2026-01-01\n2|2|Null|done|2019-01-01", "{code}");
        assert_eq!(rows(&desk, "devices"), "1|1|Null", "{code}");
        assert_eq!((job.totals.kept_under(code), job.totals.all().unlinked), (1, 1));
        assert_eq!(job.totals.all().located, 4, "the person's own rows, each once");
        desk.sql("UPDATE orders SET state = 'done', done = '2019-01-01'");
        erase_again(&desk, "1");
        assert_eq!(rows(&desk, "orders"), "1|2|Null|done|2019-01-01\n2|2|Null|done|2019-01-01", "{code}");
        assert_eq!((rows(&desk, "devices"), rows(&desk, "users")), (String::new(), "2|B|13800138002".into()), "{code}");
    }
}

/// People of one plan: what a row of one of them holds of another's is told to whom it is.
#[test]
fn what_is_held_back_is_told_to_whose_it_is() {
    let keep = "keep = { for = \"3 years\", after = \"done\", law = \"L\", because = \"b\" }\n";
    let desk = desk(
        "CREATE TABLE devices (id INTEGER PRIMARY KEY, uid INTEGER, note TEXT);
         CREATE TABLE orders (id INTEGER PRIMARY KEY, uid INTEGER, device INTEGER, done TEXT);
         INSERT INTO users VALUES (3, 'C', '13800138003');
         INSERT INTO devices VALUES (1, 1, 'a'), (2, 2, 'b');
         INSERT INTO orders VALUES (1, 3, 1, '2026-01-01');",
        &[table("devices"), table("orders") + keep + "[tables.orders.columns]\ndevice = \"by devices.id\"\n"],
    );
    let [a, b] = ["1", "2"].map(|account| desk.plan([("account", account)]).unwrap());
    let subjects = [&a, &b].map(|job| job.subjects[0].clone());
    let erasure = Erasure { subjects: &subjects, ..a.erasure() };
    let shares = erasure.shares(&mut *desk.reader().unwrap()).unwrap();
    assert_eq!(shares.iter().map(|share| share.kept_under("RET")).collect::<Vec<_>>(), [1, 0]);
}

/// Three tables that point at each other; `keys` says of each pointer how it is declared.
fn circle(keys: [&str; 3], rows: &str) -> Desk {
    let names = ["a", "b", "c"];
    let (mut sql, mut tables) = (String::new(), Vec::new());
    for (at, key) in keys.into_iter().enumerate() {
        let (name, next) = (names[at], names[(at + 1) % 3]);
        let key = key.replace("NEXT", next);
        write!(sql, "CREATE TABLE {name} (id INTEGER PRIMARY KEY, uid INTEGER, p INTEGER {key}, note TEXT);").unwrap();
        tables.push(table(name) + &format!("[tables.{name}.columns]\np = \"by {next}.id\"\n"));
    }
    desk(&format!("{sql} PRAGMA foreign_keys = OFF; {rows}"), &tables)
}

const FIRM: &str = "NOT NULL REFERENCES NEXT (id)";
const LOOSE: &str = "REFERENCES NEXT (id)";
const RESTRICT: &str = "NOT NULL REFERENCES NEXT (id) ON DELETE RESTRICT";

/// A circle of A's, one of B's, and rows of B's beside it.
const CIRCLES: &str = "INSERT INTO a VALUES (1, 1, 1, 'x'), (2, 2, 2, 'y');
    INSERT INTO b VALUES (1, 1, 1, 'x'), (2, 2, 2, 'y');
    INSERT INTO c VALUES (1, 1, 1, 'x'), (2, 2, 2, 'y');";

/// Whichever of the rows went first, another would still point at it: they go together.
#[test]
fn rows_that_foreign_keys_lead_through_in_a_circle_go_together() {
    let declared = (0..8).map(|firm| [1, 2, 4].map(|bit| if firm & bit == 0 { LOOSE } else { FIRM }));
    for keys in declared.chain([[RESTRICT; 3]]) {
        let desk = circle(keys, CIRCLES);
        erase(&desk, "1");
        for name in ["a", "b", "c"] {
            assert_eq!(rows(&desk, name), "2|2|2|y", "{keys:?}");
        }
        assert_eq!(desk.one::<i64>("SELECT count(*) FROM pragma_foreign_key_check"), 0);
    }
    // one table, more rows than one statement takes, and no pointer that could be NULL
    let columns = "[tables.tasks.columns]\nnext = \"by tasks.id\"\n";
    let ring = desk(
        "PRAGMA foreign_keys = OFF;
         CREATE TABLE tasks (id INTEGER PRIMARY KEY, uid INTEGER, next INTEGER NOT NULL REFERENCES tasks (id));
         CREATE INDEX by_next ON tasks (next);
         WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 5001)
         INSERT INTO tasks SELECT i, 1, 1 + (i * 7) % 5001 FROM n;",
        &[table("tasks") + columns],
    );
    erase(&ring, "1");
    assert_eq!(rows(&ring, "tasks"), "");
}

/// What is no tie in the map, and points at what goes, refuses the whole, also where a pointer that led nowhere goes with
/// it: the engine counts one for the other.
#[test]
fn a_pointer_that_would_lead_nowhere_is_refused_also_beside_one_that_did_before() {
    let desk = circle(
        [FIRM; 3],
        &format!(
            "{CIRCLES}
             INSERT INTO a VALUES (3, 1, 99, 'its next was lost before');
             CREATE TABLE logs (id INTEGER PRIMARY KEY, about INTEGER REFERENCES b (id));
             INSERT INTO logs VALUES (1, 1);"
        ),
    );
    let logs = "[tables.logs]\npurpose = \"p\"\nclause = \"1\"\nbasis = \"contract\"\n[tables.logs.columns]\nabout = \"fact\"\n";
    let file = desk.dir.join("datamap.toml");
    std::fs::write(&file, std::fs::read_to_string(&file).unwrap() + logs).unwrap();
    let before = desk.dump();
    let job = desk.plan([("account", "1")]).unwrap();
    let said = require_refused(desk.apply(&job), "foreign_key");
    assert!(said.contains("logs"), "{said}");
    assert_eq!(desk.dump(), before);
    desk.sql("DELETE FROM logs");
    erase_again(&desk, "1");
    assert_eq!(rows(&desk, "a"), "2|2|2|y");
}

/// What cannot be looked after by what names the rows is left to the engine, statement by statement, and nothing is half
/// done.
#[test]
fn a_circle_of_keys_at_something_else_is_refused_whole() {
    let desk = desk(
        "CREATE TABLE a (id INTEGER PRIMARY KEY, uid INTEGER, no INTEGER UNIQUE, p INTEGER NOT NULL REFERENCES b (no));
         CREATE TABLE b (id INTEGER PRIMARY KEY, uid INTEGER, no INTEGER UNIQUE, p INTEGER NOT NULL REFERENCES a (no));
         PRAGMA foreign_keys = OFF;
         INSERT INTO a VALUES (1, 1, 7, 8); INSERT INTO b VALUES (1, 1, 8, 7);",
        &[("a", "b"), ("b", "a")].map(|(name, other)| {
            table(name) + &format!("[tables.{name}.columns]\nno = \"key\"\np = \"by {other}.no\"\n")
        }),
    );
    let before = desk.dump();
    let job = desk.plan([("account", "1")]).unwrap();
    require_refused(desk.apply(&job), "foreign_key");
    assert_eq!(desk.dump(), before);
}

const ITEMS: &str = "CREATE TABLE orders (id INTEGER PRIMARY KEY, uid INTEGER, state TEXT);
    CREATE TABLE items (id INTEGER PRIMARY KEY, oid INTEGER, uid INTEGER, note TEXT);
    INSERT INTO orders VALUES (1, 1, 'done'), (2, 1, 'open');
    INSERT INTO items VALUES (1, 1, 1, 'of what is done'), (2, 2, 1, 'of what is under way'), (3, NULL, 1, 'of nothing'),
        (4, 0, 1, 'of nothing, too'), (5, '', 1, 'of nothing, too'), (6, 77, 1, 'of what is not there');";

fn items() -> [String; 2] {
    [
        table("orders") + "wait = \"state = 'open'\"\n",
        table("items") + "[tables.items.columns]\noid = \"of orders.id\"\n",
    ]
}

/// What hangs on no order waits for none. Of what hangs on one that is not there nobody can tell: it waits, is told with
/// the reason, and goes when the pointer is put right.
#[test]
fn what_points_at_nothing_waits_for_nothing_and_what_leads_nowhere_is_told() {
    let desk = desk(ITEMS, &items());
    let job = erase(&desk, "1");
    assert_eq!(rows(&desk, "items"), "2|2|1|of what is under way\n6|77|1|of what is not there");
    assert_eq!(rows(&desk, "orders"), "2|1|open");
    let lines = String::from_utf8(job.file.clone()).unwrap();
    let line = |key: &str| {
        let mut items = lines.lines().filter(|line| line.contains("\"items\"") && line.contains(key));
        items.next().unwrap().to_owned()
    };
    assert!(line("[6]").contains("points at one that is not there"), "{lines}");
    assert!(!line("[2]").contains("because"), "{lines}");
    let told: Vec<_> = job.totals.kept.iter().filter(|(kept, _)| kept.code == "LIVE" && !kept.law.is_empty()).collect();
    assert_eq!(told.iter().map(|(_, rows)| **rows).sum::<u64>(), 1, "{told:?}");
    desk.sql("UPDATE items SET oid = NULL WHERE id = 6; UPDATE orders SET state = 'done'");
    erase_again(&desk, "1");
    assert_eq!((rows(&desk, "items"), rows(&desk, "orders")), (String::new(), String::new()));
    assert_eq!(rows(&desk, "users"), "2|B|13800138002");
}

/// A column that is a pointer in some cases only says nothing of contracts in others.
#[test]
fn a_row_of_another_case_waits_for_no_contract() {
    let items = table("items").replace("purpose", "case = \"kind\"\npurpose");
    let columns = "[tables.items.columns]\noid = { ORDER = \"of orders.id\", \"*\" = \"fact\" }\n";
    let desk = desk(
        "CREATE TABLE orders (id INTEGER PRIMARY KEY, uid INTEGER, state TEXT);
         CREATE TABLE items (id INTEGER PRIMARY KEY, oid INTEGER, kind TEXT, uid INTEGER);
         INSERT INTO orders VALUES (2, 2, 'open');
         INSERT INTO items VALUES (1, 2, 'ORDER', 1), (2, 2, 'PAGE', 1), (3, 77, 'PAGE', 1);",
        &[table("orders") + "wait = \"state = 'open'\"\n", items + columns],
    );
    erase(&desk, "1");
    assert_eq!(rows(&desk, "items"), "1|2|ORDER|1");
}

/// The limit of what leads nowhere has run out, and a person has to look: the purge does not take it, and says so.
#[test]
fn a_purge_lists_what_is_due_and_leads_nowhere() {
    let limit = "limit = { for = \"3 years\", after = \"done\", then = \"delete\", because = \"b\" }\n";
    let desk = desk(
        "CREATE TABLE orders (id INTEGER PRIMARY KEY, uid INTEGER, state TEXT);
         CREATE TABLE items (id INTEGER PRIMARY KEY, oid INTEGER, uid INTEGER, done TEXT);
         INSERT INTO orders VALUES (2, 2, 'open');
         INSERT INTO items VALUES (1, 2, 1, '2019-01-01'), (2, NULL, 1, '2019-01-01'), (3, 77, 1, '2019-01-01'),
            (4, 77, 1, '2026-01-01');",
        &[
            table("orders") + "wait = \"state = 'open'\"\n",
            table("items") + limit + "[tables.items.columns]\noid = \"of orders.id\"\n",
        ],
    );
    let map = desk.map();
    let rule = *rules(&map).iter().find(|rule| map.tables[rule.table].name.name == "items").unwrap();
    let mut finder = Finder::new(&map, rule, date(2026, 11, 23), TimeZone::UTC);
    let page = finder.next(&mut *desk.reader().unwrap()).unwrap().unwrap();
    assert_eq!(page.undecidable, [(Key(vec![Value::Integer(3)]), Undecidable::Lost)]);
}

/// What hangs on the recipient of a parcel is nobody's where nobody is the recipient: the parcel stays for it, emptied.
#[test]
fn what_hangs_on_a_role_in_which_nobody_is_keeps_its_row_in_place() {
    for key in [" REFERENCES parcels (id)", ""] {
        let desk = desk(
            &format!(
                "PRAGMA foreign_keys = ON;
                 CREATE TABLE parcels (id INTEGER PRIMARY KEY, uid INTEGER, recipient INTEGER REFERENCES users (id), note TEXT);
                 CREATE TABLE events (id INTEGER PRIMARY KEY, parcel INTEGER NOT NULL{key}, note TEXT);
                 INSERT INTO parcels VALUES (10, 1, NULL, 'of A'), (11, 1, NULL, 'of A'), (20, 2, 1, 'of B to A');
                 INSERT INTO events VALUES (100, 10, 'handed to nobody known'), (200, 20, 'handed to A');"
            ),
            &[
                table("parcels")
                    + "[tables.parcels.columns]\nuid = \"sender of users.id\"\nrecipient = \"recipient of users.id\"\n\
                       note = \"sender.free_text, provided\"\n",
                table("events") + "[tables.events.columns]\nparcel = \"of parcels.id as recipient\"\n",
            ],
        );
        erase(&desk, "1");
        assert_eq!(rows(&desk, "parcels"), "10|1|Null|Null\n20|2|Null|of B to A", "{key}");
        assert_eq!(rows(&desk, "users"), "1|Null|Null\n2|B|13800138002", "{key}");
        assert_eq!(rows(&desk, "events"), "100|10|handed to nobody known", "{key}");
    }
}

/// What hangs on the person's own role goes with the row, whoever else might have been in it.
#[test]
fn what_hangs_on_a_role_goes_with_whoever_is_in_it() {
    let desk = desk(
        "PRAGMA foreign_keys = ON;
         CREATE TABLE parcels (id INTEGER PRIMARY KEY, uid INTEGER, recipient INTEGER REFERENCES users (id), note TEXT);
         CREATE TABLE events (id INTEGER PRIMARY KEY, parcel INTEGER NOT NULL REFERENCES parcels (id), note TEXT);
         INSERT INTO parcels VALUES (10, NULL, 1, NULL), (11, 1, 1, 'of A to A'), (20, 2, 1, 'of B to A');
         INSERT INTO events VALUES (100, 10, 'to A'), (110, 11, 'to A'), (200, 20, 'to A');",
        &[
            table("parcels")
                + "[tables.parcels.columns]\nuid = \"sender of users.id\"\nrecipient = \"recipient of users.id\"\n\
                   note = \"sender.free_text, provided\"\n",
            table("events") + "[tables.events.columns]\nparcel = \"of parcels.id as recipient\"\n",
        ],
    );
    erase(&desk, "1");
    assert_eq!(rows(&desk, "parcels"), "20|2|Null|of B to A");
    assert_eq!(rows(&desk, "events"), "");
}
