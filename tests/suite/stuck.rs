//! Erasures that have to come to an end: what stays is found to stay each time that it is looked at, whatever was written
//! over meanwhile, and what holds a row back is told.

use droit::rights::erasure::Erasure;

use crate::ties::{desk, erase, erase_again, rows, table};

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
